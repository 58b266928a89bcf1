import { z } from "zod";

export const ORDER_SORTS = ["worst", "newest"] as const;
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

const name = z.string().trim().min(1).max(120);
const code = z.string().regex(/^[a-z][a-zA-Z0-9_-]{0,60}$/);
const calendarDay = z.iso.date();

const PARTS = {
  sort: z.enum(ORDER_SORTS),
  search: z.string().trim().max(60),
  state: z.enum(DELIVERY_STATES),
  method: name,
  carrier: name,
  country: name,
  band: z.enum(SCORE_BANDS),
  reason: code,
  leftOut: code,
  from: calendarDay,
  to: calendarDay,
};
type Part = keyof typeof PARTS;

/** Most values one list may hold; an address with more is shown without the rest. */
const LIST_LIMIT = 20;

/**
 * Reads the filters out of an address. What cannot be understood is left out and named in `ignored`, by the name it
 * has in the address; nothing a person can type makes this throw.
 */
export function readOrderFilters(search: URLSearchParams): { filters: OrderFilters; ignored: string[] } {
  const ignored = new Set<string>();
  const all = <P extends Part>(part: P): z.infer<(typeof PARTS)[P]>[] => {
    const texts = search.getAll(part).filter((text) => text !== "");
    const values = texts.flatMap((text) => {
      const read = PARTS[part].safeParse(text);
      if (!read.success) ignored.add(part);
      return read.success ? [read.data as z.infer<(typeof PARTS)[P]>] : [];
    });
    if (values.length > LIST_LIMIT) ignored.add(part);
    return [...new Set(values)].slice(0, LIST_LIMIT);
  };
  const one = <P extends Part>(part: P) => all(part)[0] ?? null;

  const leftOut = one("leftOut");
  const filters: OrderFilters = {
    sort: leftOut ? "newest" : (one("sort") ?? "worst"),
    search: one("search") ?? "",
    state: all("state"),
    method: all("method"),
    carrier: all("carrier"),
    country: all("country"),
    // Left-out orders have no score, so nothing about one can narrow them.
    band: leftOut ? [] : all("band"),
    reason: leftOut ? null : one("reason"),
    leftOut,
    from: one("from"),
    to: one("to"),
  };
  return { filters, ignored: [...ignored] };
}

/** The address that shows these filters, from the first page on; empty for the screen as it opens. */
export function writeOrderFilters(filters: OrderFilters): URLSearchParams {
  const search = new URLSearchParams();
  const put = (part: Part, value: string | null) => {
    if (value) search.append(part, value);
  };
  if (filters.sort !== "worst" && !filters.leftOut) put("sort", filters.sort);
  put("search", filters.search);
  for (const part of ["state", "method", "carrier", "country", "band"] as const) {
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
  method: [],
  carrier: [],
  country: [],
  band: [],
  reason: null,
  leftOut: null,
  from: null,
  to: null,
};
