/** Shopify's global id, e.g. "gid://shopify/Order/1001". */
export function gid(type: string, id: number | string): string {
  return `gid://shopify/${type}/${id}`;
}

/** The number at the end of a global id; NaN where there is none. */
export function numericId(globalId: string): number {
  return Number(/\/(\d+)$/.exec(globalId)?.[1] ?? NaN);
}

/** Epoch milliseconds as Shopify's DateTime, which has whole seconds: "2026-07-01T12:00:00Z". */
export function iso(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}
