import { BlockStack, Card, Text } from "@shopify/polaris";
import { ago, lag, topicWords } from "~/ui/activity-words";
import { count, type Writing } from "~/ui/format";
import type { Activity } from "~/views/activity.server";

/** What arrived by topic, and how late it was recorded. */
export function ArrivedCard({ activity, now, writing }: { activity: Activity; now: number; writing: Writing }) {
  const { topics, waiting, period } = activity;
  const time = period === "day" ? "the last 24 hours" : "the last 7 days";
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          What arrived
        </Text>
        <Text as="p" tone="subdued">
          {topics.length === 0
            ? `Nothing arrived in ${time}. Shopify sends word when an order, parcel or checkout changes.`
            : "How late is the time from when it happened at Shopify until it was recorded here."}
          {waiting.deliveries > 0 && ` Waiting now: ${count(waiting.deliveries, writing)}.`}
        </Text>
        {topics.length > 0 && (
          // Keyboards scroll only what they can reach.
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          <div className="ease-scroll" role="region" aria-label="What arrived, by topic" tabIndex={0}>
            <table className="ease-table">
              <thead>
                <tr>
                  <th scope="col">What</th>
                  <th scope="col" className="ease-number">
                    Arrived
                  </th>
                  <th scope="col" className="ease-number">
                    Late, median
                  </th>
                  <th scope="col" className="ease-number">
                    Worst
                  </th>
                </tr>
              </thead>
              <tbody>
                {topics.map((one) => (
                  <tr key={one.topic}>
                    <th scope="row">
                      {topicWords(one.topic)}
                      <Text as="p" tone="subdued">
                        last {ago(one.lastAt, now, writing)}
                      </Text>
                    </th>
                    <td className="ease-number">{count(one.arrived, writing)}</td>
                    <td className="ease-number">{lag(one.medianLagMs, writing)}</td>
                    <td className="ease-number">{lag(one.worstLagMs, writing)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </BlockStack>
    </Card>
  );
}
