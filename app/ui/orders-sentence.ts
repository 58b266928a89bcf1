import type { OrderFilters, OrderSort } from "~/views/order-filters";
import type { OrderPage } from "~/views/order-list.server";
import { REASON_NAMES } from "./delivery-reason";
import { calendarDay, count, counted, type Writing } from "./format";
import { leftOutWords } from "./order-words";
import { isReasonCode } from "~/views/score-reasons";

/** Matching orders are counted no further than this; see COUNT_LIMIT of the read model. */
const COUNTED_UP_TO = 1_000;

const SORT_WORDS: Record<OrderSort, string> = {
  worst: "the hardest delivery first",
  easiest: "the easiest delivery first",
  newest: "the newest first",
  oldest: "the oldest first",
};

/** The sentence Orders opens with: how many are shown, which, and in what order. */
export function ordersSentence(input: {
  page: OrderPage;
  filters: OrderFilters;
  narrowed: boolean;
  importing: boolean;
  writing: Writing;
}): { sentence: string; detail: string } {
  const { page, filters, narrowed, importing, writing } = input;
  if (page.matching === 0) {
    if (narrowed) return { sentence: "No order matches these filters.", detail: "Take one away to see more." };
    return importing
      ? { sentence: "Your orders are being read.", detail: "They show here as they are scored." }
      : { sentence: "No orders yet.", detail: "The first one will show here with its delivery score." };
  }
  const many =
    page.matching > COUNTED_UP_TO
      ? `More than ${count(COUNTED_UP_TO, writing)} orders`
      : counted(page.matching, "order", "orders", writing);
  const sentence = `${many}${which(filters)}, ${SORT_WORDS[filters.sort]}.`;
  const dates = datesOf(filters, writing);
  return {
    sentence,
    detail: [dates, importing ? "More are still being read." : "", "Each opens to show why."].filter(Boolean).join(" "),
  };
}

function which(filters: OrderFilters): string {
  if (filters.leftOut === "any") return " left out of the score";
  if (filters.leftOut) return ` left out of the score (${leftOutWords(filters.leftOut).toLowerCase()})`;
  if (filters.reason && isReasonCode(filters.reason)) return ` lost points for “${REASON_NAMES[filters.reason].title}”`;
  const promised = filters.onTime.length > 0 && WITH_PROMISE[[...filters.onTime].sort().join(" ")];
  return promised || " with a delivery score";
}

/** The on-time figures of Home lead here; any other choice of states stands among the filters alone. */
const WITH_PROMISE: Record<string, string> = {
  kept: " with a promise that was kept",
  broken: " with a promise that was broken",
  "broken kept": " with a promise that came due",
  open: " with a promise that is not due yet",
  without_promise: " without a promise",
  arrival_unknown: " whose arrival is not reported",
  cancelled: " that were cancelled",
};

function datesOf(filters: OrderFilters, writing: Writing): string {
  const { from, to } = filters;
  if (from && to) return `Placed ${calendarDay(from, writing)} – ${calendarDay(to, writing)}.`;
  if (from) return `Placed since ${calendarDay(from, writing)}.`;
  return to ? `Placed up to ${calendarDay(to, writing)}.` : "";
}
