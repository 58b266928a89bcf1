import { useNavigation } from "@remix-run/react";
import { BlockStack, IndexTable, InlineStack, Link, Pagination, Text, useBreakpoints } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { REASON_NAMES, reasonShort } from "~/ui/delivery-reason";
import { dayAndTime, money, points, type Writing } from "~/ui/format";
import { leftOutWords, STATE_WORDS } from "~/ui/order-words";
import { placeName } from "~/ui/place-name";
import { ScoreBadge } from "~/ui/score-badge";
import { writeOrderFilters, type OrderFilters } from "~/views/order-filters";
import type { DeliveryReasonCode } from "~/scores/delivery-score";
import type { OrderLine, OrderPage } from "~/views/order-list.server";
import { isReasonCode, mainReason } from "~/views/score-reasons";

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
  const asked = filters.reason !== null && isReasonCode(filters.reason) ? filters.reason : null;
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
          ...(filters.leftOut ? [] : [{ title: asked ? REASON_NAMES[asked].title : "Main reason" }, { title: "Delivery" }]),
          { title: "Sent by" },
          { title: "Total", alignment: "end" },
        ]}
      >
        {page.orders.map((order, index) => (
          <IndexTable.Row id={order.orderId} key={order.orderId} position={index}>
            {condensed ? (
              <CondensedRow order={order} asked={asked} now={now} writing={writing} />
            ) : (
              <WideRow order={order} asked={asked} scored={filters.leftOut === null} now={now} writing={writing} />
            )}
          </IndexTable.Row>
        ))}
      </IndexTable>
      {(page.previous !== null || page.next !== null) && (
        // The table's own pager sticks to the window and covers the last row.
        <Pagination
          type="table"
          hasPrevious={page.previous !== null}
          hasNext={page.next !== null}
          previousURL={page.previous === null ? undefined : pageAt("before", page.previous)}
          nextURL={page.next === null ? undefined : pageAt("after", page.next)}
          accessibilityLabel="Pages of orders"
        />
      )}
    </div>
  );
}

interface RowProps {
  order: OrderLine;
  /** The reason the list is narrowed to; its own words stand in every row then. */
  asked: DeliveryReasonCode | null;
  now: number;
  writing: Writing;
}

function WideRow({ order, asked, scored, now, writing }: RowProps & { scored: boolean }) {
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
            <Reason order={order} asked={asked} writing={writing} />
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

function CondensedRow({ order, asked, now, writing }: RowProps) {
  return (
    <div className="ease-condensed">
      <BlockStack gap="100">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <OrderLink order={order} />
          <Standing order={order} writing={writing} />
        </InlineStack>
        {order.leftOut === null && <Reason order={order} asked={asked} writing={writing} />}
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

function Reason({ order, asked, writing }: Pick<RowProps, "order" | "asked" | "writing">) {
  const reason = asked ? order.reasons.find((one) => one.code === asked) : mainReason(order.reasons);
  if (!reason) return <Text as="p">Nothing went wrong</Text>;
  return (
    <Text as="p">
      {reasonShort(reason, writing)}{" "}
      <Text as="span" tone="subdued" numeric>
        ({points(reason.points, writing)})
      </Text>
    </Text>
  );
}

function wayOf(order: OrderLine, withMethod: boolean, writing: Writing): string {
  return [withMethod ? order.method : null, placeName(order, writing)].filter(Boolean).join(" · ");
}

/** Narrow rows: what the phone said at first, what the window says once it can be measured. */
function useCondensed(phone: boolean): boolean {
  const { smDown } = useBreakpoints();
  const [measured, setMeasured] = useState(false);
  useEffect(() => setMeasured(true), []);
  return measured ? smDown : phone;
}
