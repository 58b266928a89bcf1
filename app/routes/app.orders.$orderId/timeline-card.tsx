import { BlockStack, Card, Text } from "@shopify/polaris";
import { dayAndTime, type Writing } from "~/ui/format";
import { orderTimeline } from "~/ui/order-timeline";
import type { OrderDetail } from "~/views/order-detail.server";

/** What happened, from the purchase to the last news. */
export function TimelineCard({ order, now, writing }: { order: OrderDetail; now: number; writing: Writing }) {
  const entries = orderTimeline(order, now, writing);
  const assumed = order.happenings.some((happening) => happening.assumed);
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          What happened
        </Text>
        <ol className="ease-timeline">
          {entries.map((entry) => (
            <li key={entry.key} data-weight={entry.weight}>
              <Text as="p" fontWeight="medium">
                {entry.title}
              </Text>
              {entry.detail && <Text as="p">{entry.detail}</Text>}
              <Text as="p" variant="bodySm" tone="subdued">
                <time dateTime={new Date(entry.at).toISOString()}>{dayAndTime(entry.at, now, writing)}</time>
                {entry.until !== undefined && ` – ${dayAndTime(entry.until, now, writing)}`}
              </Text>
            </li>
          ))}
        </ol>
        {assumed && (
          <Text as="p" variant="bodySm" tone="subdued">
            What came with the import is taken as known from when it happened; when it would have been heard of is not
            on record.
          </Text>
        )}
      </BlockStack>
    </Card>
  );
}
