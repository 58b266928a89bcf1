/**
 * The place of one order in a sorted list: the sorted value and the order's id, which breaks ties. The value is the
 * score, or the time of purchase in epoch milliseconds.
 */
export interface OrderPlace {
  value: number;
  orderId: string;
}

export type PageCursor = { kind: "first" } | { kind: "after" | "before"; place: OrderPlace };

/** Writes a place as it stands in an address: "78.25~1001". */
export function writePlace(place: OrderPlace): string {
  return `${place.value}~${place.orderId}`;
}

/**
 * The page an address asks for. A cursor that is not one gives the first page and `understood` false; so does an
 * address with both directions.
 */
export function readCursor(search: URLSearchParams): { cursor: PageCursor; understood: boolean } {
  const after = search.get("after");
  const before = search.get("before");
  if (after === null && before === null) return { cursor: { kind: "first" }, understood: true };
  const place = after !== null && before !== null ? null : readPlace(after ?? before ?? "");
  if (!place) return { cursor: { kind: "first" }, understood: false };
  return { cursor: { kind: after === null ? "before" : "after", place }, understood: true };
}

function readPlace(text: string): OrderPlace | null {
  // Fifteen digits of value and eighteen of id stay inside what JavaScript and a bigint can hold.
  const parts = /^(\d{1,15}(?:\.\d{1,17})?(?:e-\d{1,2})?)~(\d{1,18})$/.exec(text);
  return parts?.[1] && parts[2] ? { value: Number(parts[1]), orderId: parts[2] } : null;
}
