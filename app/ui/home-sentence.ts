import type { Comparison, DeliveryHome } from "~/views/home.server";
import type { ImportProgress } from "~/views/import-progress.server";
import type { Enough } from "~/views/enough";
import { isReasonCode } from "~/views/score-reasons";
import { REASON_NAMES } from "./delivery-reason";
import { count, counted, day, decimal, weekday, type Writing } from "./format";

/** Points an order from which on a reason is worth naming in the opening sentence. */
const WORTH_NAMING = 0.5;

/** A reason below this many points an order is summed up with the other small ones. */
export const WORTH_A_ROW = 0.1;

/** The sentence Home opens with, and what stands behind it. */
export function homeSentence(input: {
  home: DeliveryHome;
  progress: ImportProgress | null;
  now: number;
  writing: Writing;
}): { sentence: string; detail: string } {
  const { home, progress, now, writing } = input;
  const importing = progress !== null && progress.state !== "done" && progress.state !== "failed";
  const { score } = home;

  if (score.kind === "known") {
    const { mean } = score;
    const figure = `${decimal(mean.mean, 0, writing)} out of 100`;
    const range = `${decimal(mean.low, 1, writing)}–${decimal(mean.high, 1, writing)}, from ${counted(
      mean.n,
      "order",
      "orders",
      writing
    )}`;
    return {
      sentence: `${direction(figure, score.comparison, home.period, writing)} ${dearest(home)}`,
      detail: `95 % range ${range}.`,
    };
  }
  if (importing) {
    const found = progress.ordersFound;
    const recorded = count(progress.ordersRecorded, writing);
    const of = found === null ? "" : ` of ${count(found, writing)}`;
    return {
      sentence: "Your orders are being read.",
      detail:
        progress.ordersRecorded > 0
          ? `${recorded}${of} are in so far; the score follows by itself.`
          : "The first figures show as soon as orders are in.",
    };
  }
  if (home.orders === 0 && progress?.state === "failed") {
    return {
      sentence: "Your orders are not in yet.",
      detail: "Their import stopped; the next new order shows here all the same.",
    };
  }
  if (home.orders === 0) {
    return {
      sentence: `No orders in the last ${home.period} days.`,
      detail: "The next one will show here with its delivery score.",
    };
  }
  const have = `${count(score.scored, writing)} of the ${count(score.needed, writing)} scored orders it takes`;
  return {
    sentence: `Not enough orders to judge delivery yet: ${have}.`,
    detail: enoughWords(score.enough, now, writing),
  };
}

/** When there will be enough, as one would say it. */
export function enoughWords(enough: Enough, now: number, writing: Writing): string {
  switch (enough.kind) {
    case "by": {
      const soon = enough.at - now < 6 * 86_400_000;
      return `At the present rate there will be enough by ${
        soon ? weekday(enough.at, writing) : day(enough.at, now, writing)
      }.`;
    }
    case "longerPeriod":
      return "This period is too short for how many orders come in; a longer one shows more.";
    case "unknown":
      return "Every order that comes in counts; until then each is on the Orders screen.";
  }
}

function direction(figure: string, comparison: Comparison, period: number, writing: Writing): string {
  if (comparison.kind === "tooYoung") return `Too early to judge the last ${period} days: ${figure} so far.`;
  if (comparison.kind !== "change") return `Delivery scores ${figure}.`;
  const { certain, difference } = comparison.change;
  if (!certain) return `Delivery is about as easy as before: ${figure}.`;
  const by = decimal(Math.abs(difference), 1, writing);
  return difference < 0
    ? `Getting orders delivered got harder: ${figure}, ${by} less than in the ${period} days before.`
    : `Getting orders delivered got easier: ${figure}, ${by} more than in the ${period} days before.`;
}

function dearest(home: DeliveryHome): string {
  const [first] = home.reasons.filter((reason) => reason.code !== "base");
  if (!first || first.points < WORTH_A_ROW || !isReasonCode(first.code))
    return "Nothing in particular stands in the way.";
  const name = REASON_NAMES[first.code].inSentence;
  if (first.points < WORTH_NAMING) return `No single cause costs much; the largest: ${name}.`;
  return `What costs most: ${name}.`;
}

/** The change beside a figure: "▲ 2.1 (±0.8)". */
export function changeWords(change: { difference: number; high: number }, writing: Writing): string {
  const margin = decimal(change.high - change.difference, 1, writing);
  const sign = change.difference < 0 ? "▼" : "▲";
  return `${sign} ${decimal(Math.abs(change.difference), 1, writing)} (±${margin})`;
}
