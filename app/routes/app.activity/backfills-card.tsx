import { BlockStack, Card, Text } from "@shopify/polaris";
import { troubleWords } from "~/ui/activity-words";
import { counted, dayAndTime, type Writing } from "~/ui/format";
import type { BackfillActivity } from "~/views/activity.server";

/** The latest readings of the order history. */
export function BackfillsCard(props: { backfills: BackfillActivity[]; now: number; writing: Writing }) {
  const { backfills, now, writing } = props;
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          Order history
        </Text>
        {backfills.length === 0 && (
          <Text as="p" tone="subdued">
            It has not been asked for yet.
          </Text>
        )}
        {backfills.map((one) => (
          <div key={one.id}>
            <Text as="p">{outcome(one, writing)}</Text>
            <Text as="p" tone="subdued">
              Asked for {dayAndTime(one.requestedAt, now, writing)}
              {one.finishedAt === null ? "." : `, finished ${dayAndTime(one.finishedAt, now, writing)}.`}
            </Text>
          </div>
        ))}
      </BlockStack>
    </Card>
  );
}

function outcome({ state, orders, errorCode }: BackfillActivity, writing: Writing): string {
  const read = counted(orders, "order", "orders", writing);
  switch (state) {
    case "done":
      return `${read} read.`;
    case "failed":
      return `Stopped after ${read}. ${troubleWords(errorCode)}`;
    case "requested":
    case "running":
      return "Shopify is preparing the orders.";
    case "recording":
      return `Being read: ${read} so far.`;
    case "scoring":
      return `${read} read, being scored.`;
  }
}
