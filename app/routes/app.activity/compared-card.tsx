import { BlockStack, Card, Text } from "@shopify/polaris";
import { ago, comparisonWords, troubleWords } from "~/ui/activity-words";
import { count, type Writing } from "~/ui/format";
import type { ComparisonActivity } from "~/views/activity.server";
import type { ActivityPeriod } from "~/views/activity-period";

interface ComparedCardProps {
  comparisons: ComparisonActivity[];
  period: ActivityPeriod;
  now: number;
  writing: Writing;
}

/** What comparing with Shopify looked at and repaired. */
export function ComparedCard({ comparisons, period, now, writing }: ComparedCardProps) {
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          Compared with Shopify
        </Text>
        <Text as="p" tone="subdued">
          {comparisons.length === 0
            ? "Not yet. It runs by itself every hour, once the order history is in."
            : `Deliveries can get lost, so Ease looks by itself. Figures since ${
                period === "day" ? "yesterday" : "seven days ago"
              }.`}
        </Text>
        {comparisons.map(({ kind, ranAt, trouble, compared, repaired }) => {
          const { name, how } = comparisonWords(kind);
          return (
            <div key={kind}>
              <Text as="p" fontWeight="semibold">
                {name}
              </Text>
              <Text as="p">{result(compared, repaired, writing)}</Text>
              <Text as="p" tone="subdued">
                {trouble === null
                  ? `Last ${ago(ranAt, now, writing)}; ${how}.`
                  : `The last try, ${ago(ranAt, now, writing)}, stopped early: ${troubleWords(trouble)}`}
              </Text>
            </div>
          );
        })}
      </BlockStack>
    </Card>
  );
}

function result(compared: number, repaired: number, writing: Writing): string {
  if (compared === 0) return "Nothing to compare.";
  const missing = repaired === 0 ? "nothing was missing" : `${count(repaired, writing)} repaired`;
  return `${count(compared, writing)} compared, ${missing}.`;
}
