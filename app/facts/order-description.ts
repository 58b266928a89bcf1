import { createHash } from "node:crypto";
import type { OrderDescription } from "./order-event";

/** The key of an order's description: the same for the same words, whenever and from wherever they are heard. */
export function describedKey(description: OrderDescription): string {
  const words: Partial<OrderDescription> = { ...description };
  delete words.seen;
  return `described:${createHash("sha1").update(JSON.stringify(words)).digest("hex").slice(0, 12)}`;
}

/** The vendor of most items; the first by name on a tie. */
export function mainVendor(lineItems: { vendor?: string | null; quantity: number }[]): string | null {
  const items = new Map<string, number>();
  for (const { vendor, quantity } of lineItems) {
    if (vendor) items.set(vendor, (items.get(vendor) ?? 0) + quantity);
  }
  return [...items].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))[0]?.[0] ?? null;
}

/**
 * How an order described itself at `asOf` (epoch ms), of the descriptions known by then: that of its latest state
 * by then. Of two for one state, the one that was read whole stands, since of two webhooks nobody can tell which is
 * right. Before its first known state an order is taken as it was in that.
 */
export function latestDescription(descriptions: readonly OrderDescription[], asOf: number): OrderDescription | null {
  if (descriptions.length <= 1) return descriptions[0] ?? null;
  const states = descriptions.flatMap((words) => words.seen.map((state) => ({ state, words })));
  states.sort((a, b) => a.state - b.state || (a.words === b.words ? 0 : beats(a.words, b.words) ? 1 : -1));
  const latest = states.findLast(({ state }) => state <= asOf);
  if (latest) return latest.words;
  const first = states[0]!.state;
  return states.findLast(({ state }) => state === first)!.words;
}

function beats(one: OrderDescription, other: OrderDescription): boolean {
  if (readWhole(one) !== readWhole(other)) return readWhole(one);
  return describedKey(one) < describedKey(other);
}

/** Whether it comes from reading the order, which tells what webhooks cannot. */
export function readWhole(description: OrderDescription): boolean {
  return description.methodType !== undefined;
}
