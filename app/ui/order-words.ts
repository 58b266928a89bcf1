import type { LeftOut } from "~/facts/population";
import type { OnTimeState } from "~/insights/on-time-state";
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

/** How an order stands to its promise, as an entry of a list. */
export const ON_TIME_WORDS: Record<OnTimeState, string> = {
  kept: "Promise kept",
  broken: "Promise broken",
  open: "Promised, not due yet",
  without_promise: "Nothing was promised",
  arrival_unknown: "Promised, arrival not reported",
  cancelled: "Cancelled",
};

const LEFT_OUT_WORDS: Record<LeftOut, { short: string; why: string }> = {
  test: { short: "Test order", why: "It is a test order; nobody waits for it." },
  point_of_sale: { short: "Sold in person", why: "It was sold in person, so nothing had to be delivered." },
  draft: { short: "Draft made by staff", why: "Staff made it from a draft; nobody went through the checkout." },
  renewal: { short: "Subscription renewal", why: "It is the renewal of a subscription; nobody ordered it just then." },
  company: { short: "Bought by a company", why: "A company bought it, on terms of its own." },
  digital: { short: "Nothing to deliver", why: "Nothing in it is shipped." },
  pickup: { short: "Picked up", why: "The shopper picks it up." },
  cancelled_by_shopper: {
    short: "Called off before it was sent",
    why: "It was called off before anything was sent, and not by the shop.",
  },
};

function isLeftOut(reason: string): reason is LeftOut {
  return Object.hasOwn(LEFT_OUT_WORDS, reason);
}

/** Why an order has no delivery score, in a few words. */
export function leftOutWords(reason: string): string {
  return isLeftOut(reason) ? LEFT_OUT_WORDS[reason].short : fromCode(reason);
}

/** Why an order has no delivery score, as a sentence. */
export function leftOutSentence(reason: string): string {
  return isLeftOut(reason) ? LEFT_OUT_WORDS[reason].why : `${fromCode(reason)}.`;
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
