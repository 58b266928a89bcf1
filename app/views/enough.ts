/** Orders it takes before a mean or a share is shown with its interval; below it only the counts are. */
export const ENOUGH_ORDERS = 30;

/** Orders it takes for one point of a trend; below it the line has a gap and the table the count. */
export const ENOUGH_FOR_A_POINT = 5;

export type Enough =
  /** At the present rate enough will have come by that moment. */
  | { kind: "by"; at: number }
  /** The period is too short for this shop: it will never hold enough. */
  | { kind: "longerPeriod" }
  /** No rate is known yet. */
  | { kind: "unknown" };

/** When a period will hold enough orders, from how many it holds now and how many arrive a day. */
export function whenEnough(input: { held: number; perDay: number; periodDays: number; now: number }): Enough {
  if (input.perDay <= 0) return { kind: "unknown" };
  if (input.perDay * input.periodDays < ENOUGH_ORDERS) return { kind: "longerPeriod" };
  const missing = Math.max(0, ENOUGH_ORDERS - input.held);
  return { kind: "by", at: input.now + (missing / input.perDay) * 86_400_000 };
}
