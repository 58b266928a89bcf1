import { z } from "zod";
import { ON_TIME_STATES } from "~/insights/on-time-state";
import { DELIVERY_STATES, ORDER_SORTS, SCORE_BANDS, type OrderFilters } from "./order-filters";

// PostgreSQL refuses a zero byte and half a surrogate pair.
const text = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u);
const name = text.trim().min(1).max(120);
const code = z.string().regex(/^[a-z][a-zA-Z0-9_-]{0,60}$/);
const calendarDay = z.iso.date();

const PARTS = {
  sort: z.enum(ORDER_SORTS),
  search: text.trim().max(60),
  state: z.enum(DELIVERY_STATES),
  onTime: z.enum(ON_TIME_STATES),
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
    sort: leftOut ? "newest" : one("sort") ?? "worst",
    search: one("search") ?? "",
    state: all("state"),
    method: all("method"),
    carrier: all("carrier"),
    country: all("country"),
    // Left-out orders have neither a score nor a promise that counts, so nothing about those can narrow them.
    onTime: leftOut ? [] : all("onTime"),
    band: leftOut ? [] : all("band"),
    reason: leftOut ? null : one("reason"),
    leftOut,
    from: one("from"),
    to: one("to"),
  };
  return { filters, ignored: [...ignored] };
}
