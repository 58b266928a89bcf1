import { data, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/node";
import { useLoaderData, useNavigate } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { BlockStack, Button, Card, InlineStack, Link, Page, Text } from "@shopify/polaris";
import { requireShop } from "~/admin-session.server";
import { dayAndTime, money, zoneName, type Writing } from "~/ui/format";
import { Opening } from "~/ui/opening";
import { orderSentence } from "~/ui/order-sentence";
import { STATE_WORDS } from "~/ui/order-words";
import { placeName } from "~/ui/place-name";
import { ScoreBadge } from "~/ui/score-badge";
import { ScreenError } from "~/ui/screen-error";
import { useWriting } from "~/ui/use-writing";
import { readOrder, type OrderDetail } from "~/views/order-detail.server";
import { PointsCard } from "./points-card";
import { TimelineCard } from "./timeline-card";

export const meta: MetaFunction<typeof loader> = ({ data: read }) => [
  { title: `${read?.order.name ?? "Order"} · Ease` },
];

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { scope } = await requireShop(request);
  const order = await readOrder(scope, params.orderId ?? "");
  if (!order) throw data(null, 404);
  return { order, now: Date.now() };
}

export default function Order() {
  const { order, now } = useLoaderData<typeof loader>();
  const writing = useWriting();
  const { sentence, detail } = orderSentence(order, now, writing);
  return (
    <Page
      title={order.name}
      titleMetadata={order.score ? <ScoreBadge score={order.score.score} writing={writing} /> : undefined}
      subtitle={`${dayAndTime(order.placedAt, now, writing)} (${zoneName(order.placedAt, writing)})`}
    >
      <OrderTitle title={order.name} />
      <BlockStack gap="400">
        <Opening level="h2" sentence={sentence}>
          {detail}
        </Opening>
        <Facts order={order} writing={writing} />
        <div className="ease-two-columns">
          {order.score && <PointsCard score={order.score} now={now} writing={writing} />}
          <TimelineCard order={order} now={now} writing={writing} />
        </div>
      </BlockStack>
    </Page>
  );
}

/** The admin's own bar, with the way back to all orders. */
function OrderTitle({ title }: { title: string }) {
  const navigate = useNavigate();
  return (
    <TitleBar title={title}>
      <button variant="breadcrumb" onClick={() => navigate("/app/orders")}>
        Orders
      </button>
    </TitleBar>
  );
}

function Facts({ order, writing }: { order: OrderDetail; writing: Writing }) {
  const carriers = [...new Set(order.parcels.flatMap((parcel) => parcel.carrier ?? []))].join(", ");
  const shipping = order.shippingMinor > 0 ? `${money(order.shippingMinor, writing)} of it shipping` : "shipping free";
  const facts = [
    ["Delivery", order.leftOut === null || order.state === "cancelled" ? STATE_WORDS[order.state] : null],
    ["Method", order.method],
    ["Carrier", carriers],
    ["To", placeName(order, writing)],
    ["Total", `${money(order.totalMinor, writing)}, ${shipping}`],
  ].filter((fact): fact is [string, string] => Boolean(fact[1]));
  return (
    <Card>
      <InlineStack gap="600" align="start">
        {facts.map(([name, value]) => (
          <div key={name} className="ease-any-word">
            <Text as="p" variant="bodySm" tone="subdued">
              {name}
            </Text>
            <Text as="p">{value}</Text>
          </div>
        ))}
        <div>
          <Text as="p" variant="bodySm" tone="subdued">
            In Shopify
          </Text>
          <Link url={`shopify://admin/orders/${order.orderId}`} target="_top">
            Open order
          </Link>
        </div>
      </InlineStack>
    </Card>
  );
}

export function ErrorBoundary() {
  return (
    <ScreenError
      what="This order could not be read just now."
      lost="Nothing was lost: the order and its score are kept, only this page failed."
      notFound={
        <Page>
          <OrderTitle title="Order" />
          <BlockStack gap="400">
            <Opening sentence="There is no such order here.">
              It may be older than what could be read, or deleted in Shopify, or the address is not quite right.
            </Opening>
            <div className="ease-opening">
              <Button url="/app/orders">See all orders</Button>
            </div>
          </BlockStack>
        </Page>
      }
    />
  );
}
