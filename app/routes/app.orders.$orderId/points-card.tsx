import { BlockStack, Card, Text } from "@shopify/polaris";
import { PointsWaterfall } from "~/ui/charts/points-waterfall";
import { REASON_NAMES, reasonSentence } from "~/ui/delivery-reason";
import { dayAndTime, decimal, points, type Writing } from "~/ui/format";
import type { OrderDetail } from "~/views/order-detail.server";

/** How 100 became the score: the points as a chart, and each reason in a sentence with what it rests on. */
export function PointsCard(props: { score: NonNullable<OrderDetail["score"]>; now: number; writing: Writing }) {
  const { score, now, writing } = props;
  const steps = score.reasons.map(({ code, points: taken }) => ({
    code,
    title: REASON_NAMES[code].title,
    points: taken,
  }));
  const label = `From 100 to ${decimal(score.score, 1, writing)}: ${steps
    .map((step) => `${step.title} ${points(step.points, writing)}`)
    .join(", ")}.`;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          Where the points went
        </Text>
        <PointsWaterfall label={label} score={score.score} steps={steps} writing={writing} />
        <ul className="ease-reasons">
          {score.reasons.map((reason) => (
            <li key={reason.code}>
              <Text as="p">
                <Text as="span" fontWeight="semibold">
                  {points(reason.points, writing)} {REASON_NAMES[reason.code].title}.
                </Text>{" "}
                {reasonSentence(reason, now, writing)}
              </Text>
            </li>
          ))}
        </ul>
        <Text as="p" variant="bodySm" tone="subdued">
          As of {dayAndTime(score.asOf, now, writing)}, by scorecard {score.version}.
        </Text>
      </BlockStack>
    </Card>
  );
}
