import { BlockStack, Card, Text } from "@shopify/polaris";
import { TrendChart } from "~/ui/charts/trend-chart";
import { calendarDay, count, counted, decimal, type Writing } from "~/ui/format";
import { changeWords, enoughWords } from "~/ui/home-sentence";
import type { Comparison, DeliveryHome, ScoreFigure } from "~/views/home.server";

/** The delivery score of the period with its range, the period before beside it, and how it went from day to day. */
export function ScoreCard({ home, now, writing }: { home: DeliveryHome; now: number; writing: Writing }) {
  const { score } = home;
  const change = score.kind === "known" && score.comparison.kind === "change" ? score.comparison.change : null;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          Delivery score
        </Text>
        {score.kind === "known" ? (
          <>
            <div className="ease-figure">
              <Text as="span" variant="heading2xl">
                {decimal(score.mean.mean, 1, writing)}
              </Text>
              <Text as="span" tone="subdued">
                ±{decimal((score.mean.high - score.mean.low) / 2, 1, writing)}
              </Text>
              {change?.certain && (
                <Text as="span" fontWeight="medium">
                  {changeWords(change, writing)}
                </Text>
              )}
            </div>
            <Text as="p" variant="bodySm" tone="subdued">
              {basis(home, score, writing)}
            </Text>
          </>
        ) : (
          <>
            <Text as="p" variant="headingXl">
              {count(score.scored, writing)} of {count(score.needed, writing)}
            </Text>
            <Text as="p" tone="subdued">
              scored orders are in, too few for a score. {enoughWords(score.enough, now, writing)}
            </Text>
          </>
        )}
        {home.trend.some((point) => point.mean !== null) && (
          <TrendChart
            label={trendLabel(home, writing)}
            points={home.trend}
            before={change?.before.mean ?? null}
            writing={writing}
          />
        )}
      </BlockStack>
    </Card>
  );
}

function basis(home: DeliveryHome, score: Extract<ScoreFigure, { kind: "known" }>, writing: Writing): string {
  const { mean, span, young } = score;
  const dates = `${calendarDay(span.from, writing)} – ${calendarDay(span.to, writing)}`;
  const of = `Mean of ${counted(mean.n, "order", "orders", writing)} placed ${dates}; 100 is effortless.`;
  const younger =
    young > 0 ? ` ${count(young, writing)} younger ones (grey) have had no time to go wrong and would flatter it.` : "";
  const since = home.knownFrom
    ? ` Ease knows no order before ${calendarDay(home.knownFrom, writing)}, so these are not all ${home.period} days.`
    : "";
  return `${of}${since}${younger} ${comparisonWords(score.comparison, writing)}`;
}

function comparisonWords(comparison: Comparison, writing: Writing): string {
  switch (comparison.kind) {
    case "change": {
      const { before, certain } = comparison.change;
      const figure = `${decimal(before.mean, 1, writing)} from ${count(before.n, writing)} orders`;
      return `${certain ? "Before" : "No certain change: before"}, it was ${figure} (dashed).`;
    }
    case "tooYoung":
      return "All of it is too young to judge: parcels that will be late are not late yet. A longer period tells more.";
    case "historyTooShort":
      return "The period before is not wholly known, so there is nothing to compare with.";
    case "tooFew":
      return "The period before holds too few orders to compare with.";
  }
}

function trendLabel(home: DeliveryHome, writing: Writing): string {
  const shown = home.trend.flatMap((point) => (point.mean ? [point.mean.mean] : []));
  const unit = home.period > 31 ? "week" : "day";
  const low = decimal(Math.min(...shown), 0, writing);
  const high = decimal(Math.max(...shown), 0, writing);
  return `Delivery score by ${unit} of purchase, with its 95 % range: between ${low} and ${high}.`;
}
