/**
 * How an order stands to its delivery promise. Every order with a delivery to experience is in exactly one state:
 * - kept, broken: the promise came due and everything had arrived by then, or had not
 * - open: the promise is not due yet. Early arrivals wait here too: counting them would flatter the last days
 * - without_promise: nothing was promised
 * - arrival_unknown: promised, but its carrier hardly ever reports an arrival
 * - cancelled: called off, so that nothing is left to be on time
 */
export const ON_TIME_STATES = ["kept", "broken", "open", "without_promise", "arrival_unknown", "cancelled"] as const;
export type OnTimeState = (typeof ON_TIME_STATES)[number];

/**
 * The state as an SQL expression over a row of `order_fact` under that alias, at the moment the second expression
 * gives. The rollup counts by it and lists filter by it, so that both mean the same orders.
 */
export function onTimeStateSql(order: string, at: string): string {
  return `case
    when ${order}.cancelled_at is not null then 'cancelled'
    when ${order}.promised_at is null then 'without_promise'
    when ${order}.delivery_state = 'unknown' then 'arrival_unknown'
    when ${order}.promised_at > ${at} then 'open'
    when ${order}.delivered_at <= ${order}.promised_at then 'kept'
    else 'broken' end`;
}
