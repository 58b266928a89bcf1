import type { DeliveryReason, DeliveryReasonCode } from "~/scores/delivery-score";

const CODES: Record<DeliveryReasonCode, true> = {
  base: true,
  promise_broken: true,
  promise_overdue: true,
  slower_than_usual: true,
  long_wait: true,
  slow_handling: true,
  silence: true,
  failed_attempt: true,
  delay_reported: true,
  delivery_failed: true,
  split_parcels: true,
  items_removed: true,
  out_of_stock: true,
  cancelled: true,
  returned_at_fault: true,
  slow_refund: true,
  shipping_price: true,
};

/** Every code a reason can have. */
export const REASON_CODES = Object.keys(CODES) as DeliveryReasonCode[];

export function isReasonCode(code: string): code is DeliveryReasonCode {
  return Object.hasOwn(CODES, code);
}

/**
 * The reason that took most points off. What every order loses is none: null when nothing else was taken.
 */
export function mainReason(reasons: DeliveryReason[]): DeliveryReason | null {
  return reasons.reduce<DeliveryReason | null>(
    (most, one) => (one.code !== "base" && one.points > (most?.points ?? 0) ? one : most),
    null
  );
}
