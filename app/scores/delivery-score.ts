import { binWeight, type CompiledDeliveryCard, DELIVERY_SIGNALS, type DeliverySignal } from "~/scores/delivery-card";
import type { DeliveryContext } from "~/scores/delivery-context";
import {
  type DeliveryOutcome,
  type DeliverySignals,
  deliverySignals,
  type ScoredState,
} from "~/scores/delivery-signals";

/** Why points are missing, with what a sentence about it needs. Instants in epoch ms, durations as they are named. */
export type DeliveryReason = { points: number } & (
  | { code: "base"; evidence: Record<string, never> }
  | {
      code: "promise_broken";
      evidence: {
        daysLate: number;
        promisedAt: number;
        source: "quoted" | "merchant";
        /** When it arrived; null where the order was sent too late to keep the promise and arrival is not reported. */
        deliveredAt: number | null;
      };
    }
  | {
      code: "promise_overdue";
      evidence: { daysOver: number; promisedAt: number; source: "quoted" | "merchant"; outcome: DeliveryOutcome };
    }
  | {
      code: "slower_than_usual";
      evidence: { days: number; medianDays: number; q95Days: number; parcels: number; outcome: DeliveryOutcome };
    }
  | { code: "long_wait"; evidence: { days: number; outcome: DeliveryOutcome } }
  | { code: "slow_handling"; evidence: { days: number; handled: boolean } }
  | { code: "silence"; evidence: { carrier: string; since: number; hours: number; usualHours: number } }
  | { code: "failed_attempt"; evidence: { attempts: number } }
  | { code: "delay_reported"; evidence: { delays: number } }
  | { code: "delivery_failed"; evidence: { failures: number; outcome: DeliveryOutcome } }
  | { code: "split_parcels"; evidence: { parcels: number } }
  | { code: "items_removed"; evidence: { removed: number; items: number } }
  | { code: "out_of_stock"; evidence: { holdReason: string } }
  | { code: "cancelled"; evidence: { cancelledAt: number; reason: string | null } }
  | { code: "returned_at_fault"; evidence: { returnedAt: number | null; reason: string } }
  | { code: "slow_refund"; evidence: { since: number; days: number; refundedAt: number | null } }
  | { code: "shipping_price"; evidence: { shippingMinor: number; subtotalMinor: number } }
);

export type DeliveryReasonCode = DeliveryReason["code"];

export interface DeliveryScore {
  /** 0–100 in steps of 0.1; 100 is effortless. */
  score: number;
  version: string;
  /** Dearest first, the base last. Points are positive, in steps of 0.1, and sum to 100 − score. */
  reasons: DeliveryReason[];
}

/**
 * Return-reason handles of Shopify's library (and its older enum) that say the delivery was at fault, with how gravely.
 * The rest, size and taste among them, says nothing about the delivery.
 */
const FAULT_OF_RETURN: ReadonlyMap<string, number> = new Map([
  ["arrived-late", 1],
  ["not-as-described", 1],
  ["defective", 2],
  ["damaged", 2],
  ["damaged-or-defective", 2],
  ["missing-parts", 2],
  ["missing-item", 2],
  ["wrong-item", 2],
]);

const FAULT_OF_CANCELLATION: ReadonlyMap<string, number> = new Map([
  ["CUSTOMER", 0],
  ["DECLINED", 1],
  ["FRAUD", 1],
  ["INVENTORY", 3],
]);
const CANCELLED_BY_SHOP = 2;

const SIGNAL_INDEX = Object.fromEntries(DELIVERY_SIGNALS.map((signal, index) => [signal, index])) as Record<
  DeliverySignal,
  number
>;

/** Tenths of a point: scores are kept to one decimal, and only integers add up exactly. */
const TENTHS = 1000;

/**
 * Scores the delivery of one order from what is known of it at `asOf` (epoch ms): 100 × (1 − probability of a bad
 * rating), the log-odds of which are the card's base plus one weight a signal.
 *
 * Points: the base takes what the card takes from a faultless delivery, the rest of what is missing from 100 is shared
 * among the signals in proportion to their weights, in tenths, the largest remainders rounded up (on a tie the signal
 * that comes first in DELIVERY_SIGNALS). So points are never negative, and a signal in its best bin has none.
 */
export function scoreDelivery(
  state: ScoredState,
  asOf: number,
  context: DeliveryContext,
  card: CompiledDeliveryCard,
): DeliveryScore {
  const signals = deliverySignals(state, asOf, context);
  const weights = weigh(signals, state, card);
  let total = 0;
  for (const weight of weights) total += weight;

  const missing = Math.round(TENTHS * badProbability(card.base + total));
  const ofBase = total === 0 ? missing : Math.min(missing, Math.round(TENTHS * badProbability(card.base)));
  const tenths = share(missing - ofBase, weights, total);

  const reasons: DeliveryReason[] = [];
  for (let index = 0; index < tenths.length; index++) {
    const points = tenths[index] as number;
    if (points > 0) reasons.push(explain(DELIVERY_SIGNALS[index] as DeliverySignal, points / 10, signals, state));
  }
  reasons.sort((a, b) => b.points - a.points);
  if (ofBase > 0) reasons.push({ code: "base", points: ofBase / 10, evidence: {} });
  return { score: (TENTHS - missing) / 10, version: card.version, reasons };
}

function badProbability(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/** The weight of each signal, by position in DELIVERY_SIGNALS. */
function weigh(signals: DeliverySignals, state: ScoredState, card: CompiledDeliveryCard): number[] {
  const weights: number[] = new Array(DELIVERY_SIGNALS.length).fill(0);
  const put = (signal: DeliverySignal, value: number): void => {
    const index = SIGNAL_INDEX[signal];
    weights[index] = binWeight(card, index, value);
  };
  const arrived = signals.outcome === "received" || signals.outcome === "unknown";

  if (signals.daysLate !== null) put(arrived ? "promise_broken" : "promise_overdue", signals.daysLate);
  if (signals.slowness !== null) {
    put(signals.promise === null ? "slower_than_usual_unpromised" : "slower_than_usual", signals.slowness);
  }
  put("long_wait", signals.days);
  put("slow_handling", signals.handlingDays);
  if (signals.silence !== null) put("silence", signals.silence.hours / signals.silence.usualHours);
  if (signals.failedAttempts > 0) put("failed_attempt", signals.failedAttempts);
  if (signals.delays > 0) put("delay_reported", signals.delays);
  if (signals.failures > 0) put("delivery_failed", arrived ? 1 : 2);
  if (signals.parcels > 1) put("split_parcels", signals.parcels);
  if (takenOff(state)) put("items_removed", state.itemsRemoved / Math.max(1, state.items));
  if (state.holdReason === "INVENTORY_OUT_OF_STOCK") put("out_of_stock", 1);
  if (signals.outcome === "cancelled") {
    put("cancelled", FAULT_OF_CANCELLATION.get(state.cancelReason ?? "") ?? CANCELLED_BY_SHOP);
  }
  if (state.returnReason !== null) put("returned_at_fault", FAULT_OF_RETURN.get(state.returnReason) ?? 0);
  if (signals.refundDays !== null) put("slow_refund", signals.refundDays);
  if (state.subtotalMinor > 0) put("shipping_price", state.shippingMinor / state.subtotalMinor);
  return weights;
}

/** Items taken off by the shop. A return and a cancellation also reduce an order; they are signals of their own. */
function takenOff(state: ScoredState): boolean {
  return state.itemsRemoved > 0 && state.returnedAt === null && state.cancelledAt === null;
}

/** Splits an integer in proportion to weights by the method of largest remainders. */
function share(amount: number, weights: readonly number[], total: number): number[] {
  const parts: number[] = new Array(weights.length).fill(0);
  if (amount <= 0 || total <= 0) return parts;
  let left = amount;
  for (let index = 0; index < weights.length; index++) {
    const part = Math.floor((amount * (weights[index] as number)) / total);
    parts[index] = part;
    left -= part;
  }
  const remainder = weights.map((weight) => (weight > 0 ? ((amount * weight) / total) % 1 : -1));
  while (left > 0) {
    let largest = 0;
    for (let index = 1; index < remainder.length; index++) {
      if ((remainder[index] as number) > (remainder[largest] as number)) largest = index;
    }
    parts[largest] = (parts[largest] as number) + 1;
    remainder[largest] = -1;
    left--;
  }
  return parts;
}

function explain(signal: DeliverySignal, points: number, signals: DeliverySignals, state: ScoredState): DeliveryReason {
  const { outcome, promise, usual, silence } = signals;
  switch (signal) {
    case "promise_broken":
      return {
        code: signal,
        points,
        evidence: {
          daysLate: signals.daysLate as number,
          promisedAt: promise!.at,
          source: promise!.source,
          deliveredAt: outcome === "received" ? signals.end : null,
        },
      };
    case "promise_overdue":
      return {
        code: signal,
        points,
        evidence: {
          daysOver: signals.daysLate as number,
          promisedAt: promise!.at,
          source: promise!.source,
          outcome,
        },
      };
    case "slower_than_usual":
    case "slower_than_usual_unpromised":
      return {
        code: "slower_than_usual",
        points,
        evidence: {
          days: signals.days,
          medianDays: usual!.medianDays,
          q95Days: usual!.q95Days,
          parcels: usual!.parcels,
          outcome,
        },
      };
    case "long_wait":
      return { code: signal, points, evidence: { days: signals.days, outcome } };
    case "slow_handling":
      return { code: signal, points, evidence: { days: signals.handlingDays, handled: signals.handled } };
    case "silence":
      return { code: signal, points, evidence: silence! };
    case "failed_attempt":
      return { code: signal, points, evidence: { attempts: signals.failedAttempts } };
    case "delay_reported":
      return { code: signal, points, evidence: { delays: signals.delays } };
    case "delivery_failed":
      return { code: signal, points, evidence: { failures: signals.failures, outcome } };
    case "split_parcels":
      return { code: signal, points, evidence: { parcels: signals.parcels } };
    case "items_removed":
      return { code: signal, points, evidence: { removed: state.itemsRemoved, items: state.items } };
    case "out_of_stock":
      return { code: signal, points, evidence: { holdReason: state.holdReason! } };
    case "cancelled":
      return { code: signal, points, evidence: { cancelledAt: state.cancelledAt!, reason: state.cancelReason } };
    case "returned_at_fault":
      return { code: signal, points, evidence: { returnedAt: state.returnedAt, reason: state.returnReason! } };
    case "slow_refund":
      return {
        code: signal,
        points,
        evidence: { since: signals.refundSince!, days: signals.refundDays!, refundedAt: state.firstRefundedAt },
      };
    case "shipping_price":
      return {
        code: signal,
        points,
        evidence: { shippingMinor: state.shippingMinor, subtotalMinor: state.subtotalMinor },
      };
  }
}
