import type { DeliveryState, ScoreBand } from "~/views/order-filters";

type Tone = "success" | "info" | "attention" | "warning" | "critical" | undefined;

/** A band in a word, with the tone that repeats it in colour. */
export const BAND_WORDS: Record<ScoreBand, { word: string; range: string; tone: Tone }> = {
  hard: { word: "Hard", range: "below 60", tone: "critical" },
  strained: { word: "Strained", range: "60 to 79", tone: "warning" },
  easy: { word: "Easy", range: "80 and above", tone: "success" },
};

export const STATE_WORDS: Record<DeliveryState, string> = {
  waiting: "Waiting to be sent",
  on_the_way: "On the way",
  delivered: "Delivered",
  cancelled: "Cancelled",
  unknown: "Arrival not reported",
};

const LEFT_OUT_WORDS: Record<string, string> = {
  test: "Test order",
  point_of_sale: "Sold in person",
  draft: "Draft order made by staff",
  renewal: "Subscription renewal",
  digital: "Nothing to deliver",
  pickup: "Picked up by the shopper",
  local_delivery: "Delivered by the shop itself",
  exchange: "Exchange",
  b2b: "Bought by a company",
  company: "Bought by a company",
  cancelled_by_shopper: "Cancelled by the shopper",
  payment: "Never paid",
};

/** Why an order has no delivery score, in a few words; a reason newer than this list is shown by its own name. */
export function leftOutWords(reason: string): string {
  return LEFT_OUT_WORDS[reason] ?? fromCode(reason);
}

/** A code as words: "point_of_sale" and "pointOfSale" become "Point of sale". */
export function fromCode(code: string): string {
  const words = code
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[_-]+/g, " ")
    .toLowerCase()
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
