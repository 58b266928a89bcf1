import { BlockStack, Card, List, Text } from "@shopify/polaris";
import { ago, topicWords } from "~/ui/activity-words";
import { counted, type Writing } from "~/ui/format";
import type { Unreadable } from "~/views/activity.server";

/** Deliveries that were signed by Shopify and not what their topic says; nothing when there are none. */
export function UnreadableCard(props: { unreadable: Unreadable[]; now: number; writing: Writing }) {
  const { unreadable, now, writing } = props;
  if (unreadable.length === 0) return null;
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          What could not be read
        </Text>
        <Text as="p" tone="subdued">
          Each is kept by its topic and the reason, without its content. What it was about is found by comparing with
          Shopify.
        </Text>
        <List>
          {unreadable.map(({ topic, reason, deliveries, lastAt }) => (
            <List.Item key={`${topic} ${reason}`}>
              {topicWords(topic)}: {counted(deliveries, "delivery", "deliveries", writing)}, the last{" "}
              {ago(lastAt, now, writing)} (<span className="ease-any-word">{reason}</span>)
            </List.Item>
          ))}
        </List>
      </BlockStack>
    </Card>
  );
}
