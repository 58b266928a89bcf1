import type { OnTimeState } from "~/insights/on-time-state";

export const ORDER_SORTS = ["worst", "easiest", "newest", "oldest"] as const;
export const DELIVERY_STATES = ["waiting", "on_the_way", "delivered", "cancelled", "unknown"] as const;
export const SCORE_BANDS = ["hard", "strained", "easy"] as const;

export type OrderSort = (typeof ORDER_SORTS)[number];
export type DeliveryState = (typeof DELIVERY_STATES)[number];
export type ScoreBand = (typeof SCORE_BANDS)[number];

/** Lowest score of a band; a score belongs to the best band whose floor it reaches. */
export const BAND_FLOORS: Record<ScoreBand, number> = { hard: 0, strained: 60, easy: 80 };

/** The band a score falls into. */
export function bandOf(score: number): ScoreBand {
  if (score >= BAND_FLOORS.easy) return "easy";
  return score >= BAND_FLOORS.strained ? "strained" : "hard";
}

/** What the Orders screen shows, as its address says it. Lists mean "any of"; an empty one does not narrow. */
export interface OrderFilters {
  sort: OrderSort;
  search: string;
  state: DeliveryState[];
  onTime: OnTimeState[];
  method: string[];
  carrier: string[];
  country: string[];
  band: ScoreBand[];
  reason: string | null;
  /** Null shows scored orders; "any" all that are left out of the score, otherwise those left out for that reason. */
  leftOut: string | null;
  /** Calendar days of the shop, both included. */
  from: string | null;
  to: string | null;
}

/** The address that shows these filters, from the first page on; empty for the screen as it opens. */
export function writeOrderFilters(filters: OrderFilters): URLSearchParams {
  const search = new URLSearchParams();
  const put = (part: string, value: string | null) => {
    if (value) search.append(part, value);
  };
  if (filters.sort !== "worst" && !filters.leftOut) put("sort", filters.sort);
  put("search", filters.search);
  for (const part of ["state", "onTime", "method", "carrier", "country", "band"] as const) {
    for (const value of filters[part]) put(part, value);
  }
  put("reason", filters.reason);
  put("leftOut", filters.leftOut);
  put("from", filters.from);
  put("to", filters.to);
  return search;
}

/** Whether anything narrows the list. */
export function narrows(filters: OrderFilters): boolean {
  return writeOrderFilters({ ...filters, sort: "worst" }).size > 0;
}

export const NO_FILTERS: OrderFilters = {
  sort: "worst",
  search: "",
  state: [],
  onTime: [],
  method: [],
  carrier: [],
  country: [],
  band: [],
  reason: null,
  leftOut: null,
  from: null,
  to: null,
};
