import { useNavigation } from "@remix-run/react";
import { BlockStack, IndexTable, InlineStack, Link, Text, useBreakpoints } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { reasonShort } from "~/ui/delivery-reason";
import { countryName, dayAndTime, money, type Writing } from "~/ui/format";
import { leftOutWords, STATE_WORDS } from "~/ui/order-words";
import { ScoreBadge } from "~/ui/score-badge";
import { writeOrderFilters, type OrderFilters } from "~/views/order-filters";
import type { OrderLine, OrderPage } from "~/views/order-list.server";
import { mainReason } from "~/views/score-reasons";

/** One page of orders, with the way to the pages beside it. */
export function OrderTable(props: {
  page: OrderPage;
  filters: OrderFilters;
  phone: boolean;
  now: number;
  writing: Writing;
}) {
  const { page, filters, now, writing } = props;
  const condensed = useCondensed(props.phone);
  const loading = useNavigation().state !== "idle";
  const pageAt = (direction: "after" | "before", place: string) => {
    const search = writeOrderFilters(filters);
    search.set(direction, place);
    return `/app/orders?${search}`;
  };
  return (
    <div className={loading ? "ease-busy" : undefined} aria-busy={loading}>
      <IndexTable
        resourceName={{ singular: "order", plural: "orders" }}
        itemCount={page.orders.length}
        selectable={false}
        condensed={condensed}
        headings={[
          { title: "Order" },
          { title: filters.leftOut ? "Left out because" : "Delivery score" },
          ...(filters.leftOut ? [] : [{ title: "Main reason" }, { title: "Delivery" }]),
          { title: "Sent by" },
          { title: "Total", alignment: "end" },
        ]}
        pagination={{
          hasPrevious: page.previous !== null,
          hasNext: page.next !== null,
          previousURL: page.previous === null ? undefined : pageAt("before", page.previous),
          nextURL: page.next === null ? undefined : pageAt("after", page.next),
          accessibilityLabel: "Pages of orders",
        }}
      >
        {page.orders.map((order, index) => (
          <IndexTable.Row id={order.orderId} key={order.orderId} position={index}>
            {condensed ? (
              <CondensedRow order={order} now={now} writing={writing} />
            ) : (
              <WideRow order={order} scored={filters.leftOut === null} now={now} writing={writing} />
            )}
          </IndexTable.Row>
        ))}
      </IndexTable>
    </div>
  );
}

interface RowProps {
  order: OrderLine;
  now: number;
  writing: Writing;
}

function WideRow({ order, scored, now, writing }: RowProps & { scored: boolean }) {
  return (
    <>
      <IndexTable.Cell>
        <OrderLink order={order} />
        <Text as="p" variant="bodySm" tone="subdued">
          {dayAndTime(order.placedAt, now, writing)}
        </Text>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Standing order={order} writing={writing} />
      </IndexTable.Cell>
      {scored && (
        <>
          <IndexTable.Cell className="ease-wrap">
            <Reason order={order} writing={writing} />
          </IndexTable.Cell>
          <IndexTable.Cell>{STATE_WORDS[order.state]}</IndexTable.Cell>
        </>
      )}
      <IndexTable.Cell className="ease-wrap">
        <Text as="p">{order.carriers.join(", ") || order.method || "–"}</Text>
        <Text as="p" variant="bodySm" tone="subdued">
          {wayOf(order, order.carriers.length > 0, writing)}
        </Text>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Text as="span" alignment="end" numeric>
          {money(order.totalMinor, writing)}
        </Text>
      </IndexTable.Cell>
    </>
  );
}

function CondensedRow({ order, now, writing }: RowProps) {
  return (
    <div className="ease-condensed">
      <BlockStack gap="100">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <OrderLink order={order} />
          <Standing order={order} writing={writing} />
        </InlineStack>
        {order.leftOut === null && <Reason order={order} writing={writing} />}
        <Text as="p" variant="bodySm" tone="subdued">
          {[order.leftOut === null && STATE_WORDS[order.state], order.carriers.join(", "), wayOf(order, true, writing)]
            .filter(Boolean)
            .join(" · ")}
        </Text>
        <Text as="p" variant="bodySm" tone="subdued">
          {dayAndTime(order.placedAt, now, writing)} · {money(order.totalMinor, writing)}
        </Text>
      </BlockStack>
    </div>
  );
}

function OrderLink({ order }: { order: OrderLine }) {
  return (
    <Link url={`/app/orders/${order.orderId}`} dataPrimaryLink removeUnderline>
      <Text as="span" fontWeight="semibold">
        {order.name}
      </Text>
    </Link>
  );
}

function Standing({ order, writing }: { order: OrderLine; writing: Writing }) {
  if (order.leftOut !== null) return <Text as="span">{leftOutWords(order.leftOut)}</Text>;
  if (order.score === null)
    return (
      <Text as="span" tone="subdued">
        Not scored yet
      </Text>
    );
  return <ScoreBadge score={order.score} writing={writing} />;
}

function Reason({ order, writing }: { order: OrderLine; writing: Writing }) {
  const reason = mainReason(order.reasons);
  return <Text as="p">{reason ? reasonShort(reason, writing) : "Nothing went wrong"}</Text>;
}

function wayOf(order: OrderLine, withMethod: boolean, writing: Writing): string {
  const country = order.country === null ? null : countryName(order.country, writing);
  const region = [order.province, country].filter(Boolean).join(", ");
  return [withMethod ? order.method : null, region].filter(Boolean).join(" · ");
}

/** Narrow rows: what the phone said at first, what the window says once it can be measured. */
function useCondensed(phone: boolean): boolean {
  const { smDown } = useBreakpoints();
  const [measured, setMeasured] = useState(false);
  useEffect(() => setMeasured(true), []);
  return measured ? smDown : phone;
}
