import { BlockStack, Card, InlineStack, Link, Text } from "@shopify/polaris";
import { REASON_NAMES } from "~/ui/delivery-reason";
import { counted, decimal, points, type Writing } from "~/ui/format";
import { WORTH_A_ROW } from "~/ui/home-sentence";
import { fromCode } from "~/ui/order-words";
import type { DeliveryHome } from "~/views/home.server";
import { NO_FILTERS, writeOrderFilters } from "~/views/order-filters";
import { isReasonCode } from "~/views/score-reasons";

/** What takes points off, dearest first; each row leads to the orders it counts. */
export function ReasonsCard({ home, writing }: { home: DeliveryHome; writing: Writing }) {
  const shown = home.reasons.filter((reason) => reason.points >= WORTH_A_ROW && reason.code !== "base");
  const base = home.reasons.find((reason) => reason.code === "base");
  const small = home.reasons.filter((reason) => reason.points < WORTH_A_ROW && reason.code !== "base");
  const widest = Math.max(0.01, ...shown.map((reason) => reason.points));

  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          What takes points off
        </Text>
        {shown.length === 0 ? (
          <Text as="p">Nothing in particular: no cause takes a tenth of a point an order. Well done.</Text>
        ) : (
          <ul className="ease-reasons">
            {shown.map((reason) => (
              <li key={reason.code}>
                <BlockStack gap="100">
                  <InlineStack align="space-between" gap="200" wrap={false}>
                    <Link url={ordersWith(home, reason.code)} removeUnderline>
                      {isReasonCode(reason.code) ? REASON_NAMES[reason.code].title : fromCode(reason.code)}
                    </Link>
                    <Text as="span" numeric fontWeight="medium">
                      {points(reason.points, writing)}
                    </Text>
                  </InlineStack>
                  <div className="ease-bar">
                    <span style={{ width: `${Math.max(1, (reason.points / widest) * 100)}%` }} />
                  </div>
                  <Text as="span" variant="bodySm" tone="subdued">
                    {counted(reason.orders, "order", "orders", writing)},{" "}
                    {eachWords((reason.points * scoredOf(home)) / Math.max(1, reason.orders), writing)}
                  </Text>
                </BlockStack>
              </li>
            ))}
          </ul>
        )}
        <Text as="p" variant="bodySm" tone="subdued">
          {footnote(
            base?.points ?? 0,
            small.reduce((sum, reason) => sum + reason.points, 0),
            writing
          )}
        </Text>
      </BlockStack>
    </Card>
  );
}

function eachWords(each: number, writing: Writing): string {
  return each < 1.5 ? "about a point each" : `${decimal(each, 0, writing)} points each`;
}

function scoredOf(home: DeliveryHome): number {
  return home.score.kind === "known" ? home.score.mean.n : home.score.scored;
}

function ordersWith(home: DeliveryHome, reason: string): string {
  const span = home.score.kind === "known" ? home.score.span : home.span;
  return `/app/orders?${writeOrderFilters({ ...NO_FILTERS, reason, ...span })}`;
}

function footnote(base: number, small: number, writing: Writing): string {
  const every = `Points are the mean over the orders of the score. Besides, every order loses ${decimal(
    base,
    1,
    writing
  )}: some shoppers rate badly what went without a fault`;
  return small >= 0.05 ? `${every}. Smaller causes take ${decimal(small, 1, writing)} together.` : `${every}.`;
}
