import type { OrderDescription, OrderEvent } from "./order-event";

/**
 * What two tellings of one happening (the same key, of the same order) come to. The result is the same whichever was
 * heard first, however often, and in whatever groups: each part is the least or the greatest of what was told.
 *
 * - when it happened: the earliest time told, since what is only seen as a state is seen at every look
 * - when it was known: a time that is known before one that is assumed, then the earliest
 * - how an order describes itself: the same words, in all states in which it was seen so
 * - what a parcel is: as of its latest change
 */
export function mergeTellings(a: OrderEvent, b: OrderEvent): OrderEvent {
  const known = knownBefore(a, b) ? a : b;
  return {
    ...a,
    happenedAt: Math.min(a.happenedAt, b.happenedAt),
    knownAt: known.knownAt,
    assumed: known.assumed,
    source: known.source,
    value: mergeValues(a, b),
  } as OrderEvent;
}

function knownBefore(a: OrderEvent, b: OrderEvent): boolean {
  if (a.assumed !== b.assumed) return !a.assumed;
  if (a.knownAt !== b.knownAt) return a.knownAt < b.knownAt;
  return a.source <= b.source;
}

function mergeValues(a: OrderEvent, b: OrderEvent): OrderEvent["value"] {
  if (a.kind === "described" && b.kind === "described") return mergeDescriptions(a.value, b.value);
  const [changedA, changedB] = [lastChange(a), lastChange(b)];
  if (changedA !== changedB) return changedA > changedB ? a.value : b.value;
  return comparable(a.value) >= comparable(b.value) ? a.value : b.value;
}

function mergeDescriptions(a: OrderDescription, b: OrderDescription): OrderDescription {
  const seen = [...new Set([...a.seen, ...b.seen])].sort((one, other) => one - other);
  return { ...(a.redacted ? a : b), seen };
}

function lastChange({ value }: OrderEvent): number {
  return "updatedAt" in value ? value.updatedAt : 0;
}

/** A value as text that is the same for the same value, whatever order its members came in. */
function comparable(value: object): string {
  return JSON.stringify(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Whether two tellings say the same in everything that is stored. */
export function sameTelling(a: OrderEvent, b: OrderEvent): boolean {
  return (
    a.happenedAt === b.happenedAt &&
    a.knownAt === b.knownAt &&
    a.assumed === b.assumed &&
    a.source === b.source &&
    comparable(a.value) === comparable(b.value)
  );
}

/** Whose order it was, forgotten for good. */
export function withoutOwner(event: OrderEvent): OrderEvent {
  if (event.kind !== "described") return event;
  return { ...event, value: { ...event.value, customerId: null, checkoutToken: null, redacted: true } };
}
