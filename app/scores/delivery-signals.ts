import { awaitsReport, reportsDelivery } from "~/facts/carrier-habit";
import type { DeliveryPromise, OrderState, ShipmentState } from "~/facts/order-state";
import { type DeliveryContext, deliveryRegion, type UsualTime } from "~/scores/delivery-context";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The part of an order's state that a score reads. */
export type ScoredState = Pick<
  OrderState,
  | "placedAt" | "method" | "country" | "province" | "promise" | "holdReason" | "items" | "itemsRemoved"
  | "subtotalMinor" | "shippingMinor" | "cancelledAt" | "cancelReason" | "firstRefundedAt" | "returnedAt"
  | "returnReason"
> & { shipments: readonly ScoredShipment[] };

export type ScoredShipment = Pick<
  ShipmentState,
  | "carrier" | "fulfilledAt" | "handedOverAt" | "lastScanAt" | "lastStatus" | "failedAttempts" | "delays" | "failures"
  | "deliveredAt" | "cancelledAt"
>;

/**
 * Where a delivery stands:
 * - received: everything sent has arrived and nothing is held back
 * - on_the_way: something sent has not arrived, or a part is still held back
 * - not_sent: nothing has been sent
 * - unknown: sent with a carrier whose parcels are not known to end in a reported delivery
 * - cancelled: called off before it arrived
 */
export type DeliveryOutcome = "received" | "on_the_way" | "not_sent" | "unknown" | "cancelled";

export interface DeliverySilence {
  carrier: string;
  since: number;
  hours: number;
  /** What 95 of 100 waits between this carrier's scans stay within. */
  usualHours: number;
}

/**
 * What is measurable of one delivery at one moment. Null where a signal does not apply; the scorecard gives no points
 * for it then.
 */
export interface DeliverySignals {
  outcome: DeliveryOutcome;
  /** When the shopper's wait ended, or the moment of the score. For "unknown" the earliest moment it can have ended. */
  end: number;
  promise: DeliveryPromise | null;
  /** Days from the promise to `end`; negative when there was time left. Null without a promise. */
  daysLate: number | null;
  /** Days from purchase to `end`. */
  days: number;
  usual: UsualTime | null;
  /** `days` on the scale of the usual time, see `slowness`. */
  slowness: number | null;
  /** Days from purchase to the first fulfilment, or to `end` while there is none. */
  handlingDays: number;
  handled: boolean;
  /** The longest silence of a parcel on the way, against its carrier's usual silence. */
  silence: DeliverySilence | null;
  failedAttempts: number;
  delays: number;
  failures: number;
  parcels: number;
  /** Days from the return, or from a cancellation that was refunded, to the refund. */
  refundDays: number | null;
  refundSince: number | null;
}

/**
 * Reads the signals of a delivery out of what is known of the order at `asOf` (epoch ms).
 *
 * A hold tells that more is to come; a quantity does not, because an order may also hold items that are never shipped.
 */
export function deliverySignals(state: ScoredState, asOf: number, context: DeliveryContext): DeliverySignals {
  const { shipments, placedAt, promise } = state;
  let parcels = 0;
  let firstFulfilledAt = Infinity;
  let lastArrival = -Infinity;
  let open = 0;
  let unreported = 0;
  let silence: DeliverySilence | null = null;
  let silenceRatio = 0;
  let failedAttempts = 0;
  let delays = 0;
  let failures = 0;

  for (const shipment of shipments) {
    failedAttempts += shipment.failedAttempts;
    delays += shipment.delays;
    failures += shipment.failures;
    if (shipment.cancelledAt !== null) continue;
    parcels++;
    if (shipment.fulfilledAt < firstFulfilledAt) firstFulfilledAt = shipment.fulfilledAt;
    if (shipment.deliveredAt !== null) {
      if (shipment.deliveredAt > lastArrival) lastArrival = shipment.deliveredAt;
      continue;
    }
    const habit = context.carrierHabit(shipment.carrier);
    const reports = reportsDelivery(habit);
    if (!awaitsReport(shipment, habit, asOf)) {
      unreported++;
      lastArrival = Math.max(lastArrival, shipment.lastScanAt ?? shipment.fulfilledAt);
      continue;
    }
    open++;
    // Nothing is scanned while a parcel waits at a counter for the shopper.
    const atCounter = shipment.lastStatus === "READY_FOR_PICKUP";
    if (reports === "yes" && !atCounter && habit?.silenceQ95Hours && shipment.carrier !== null) {
      const since = shipment.lastScanAt ?? shipment.fulfilledAt;
      const hours = Math.max(0, (asOf - since) / HOUR);
      const ratio = hours / habit.silenceQ95Hours;
      if (ratio > silenceRatio) {
        silenceRatio = ratio;
        silence = { carrier: shipment.carrier, since, hours, usualHours: habit.silenceQ95Hours };
      }
    }
  }

  const nothingMissing = parcels > 0 && open === 0 && state.holdReason === null;
  let outcome: DeliveryOutcome;
  let end = asOf;
  if (state.cancelledAt !== null && !(nothingMissing && lastArrival <= state.cancelledAt)) {
    outcome = "cancelled";
    end = state.cancelledAt;
  } else if (nothingMissing) {
    outcome = unreported > 0 ? "unknown" : "received";
    end = lastArrival;
  } else {
    outcome = parcels > 0 ? "on_the_way" : "not_sent";
  }

  const days = Math.max(0, (end - placedAt) / DAY);
  const usual = context.usualTime(state.method, deliveryRegion(state.country, state.province));
  const refundSince = state.returnedAt ?? (state.firstRefundedAt === null ? null : state.cancelledAt);
  return {
    outcome,
    end,
    promise,
    daysLate: promise === null ? null : (end - promise.at) / DAY,
    days,
    usual,
    slowness: usual === null ? null : slowness(days, usual),
    handlingDays: Math.max(0, (Math.min(firstFulfilledAt, end) - placedAt) / DAY),
    handled: firstFulfilledAt !== Infinity,
    silence: outcome === "on_the_way" ? silence : null,
    failedAttempts,
    delays,
    failures,
    parcels,
    refundDays: refundSince === null ? null : Math.max(0, ((state.firstRefundedAt ?? asOf) - refundSince) / DAY),
    refundSince,
  };
}

/**
 * Where a duration lies on the scale of the usual time: 1 at the median, 2 at the 80 % quantile, 3 at the 95 %
 * quantile, straight between; beyond, one more for every stretch from the median to the 95 % quantile, that stretch
 * being no shorter than a day.
 */
export function slowness(days: number, usual: UsualTime): number {
  const { medianDays, q80Days, q95Days } = usual;
  if (days <= medianDays) return medianDays > 0 ? days / medianDays : 1;
  if (days <= q80Days) return 1 + (days - medianDays) / (q80Days - medianDays);
  if (days <= q95Days) return 2 + (days - q80Days) / (q95Days - q80Days);
  return 3 + (days - q95Days) / Math.max(1, q95Days - medianDays);
}
