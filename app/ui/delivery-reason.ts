import type { DeliveryReason, DeliveryReasonCode } from "~/scores/delivery-score";
import { count, counted, day, decimal, duration, money, share, type Writing } from "./format";

/** What a reason is called where it stands for many orders, and in a sentence ("… cost the most"). */
export const REASON_NAMES: Record<DeliveryReasonCode, { title: string; inSentence: string }> = {
  base: { title: "Taken from every order", inSentence: "what every order loses" },
  promise_broken: { title: "Arrived after the promise", inSentence: "parcels that arrive after their promise" },
  promise_overdue: {
    title: "Promise passed, not there yet",
    inSentence: "parcels past their promise and still not there",
  },
  slower_than_usual: { title: "Slower than usual", inSentence: "deliveries slower than usual" },
  long_wait: { title: "Long wait in total", inSentence: "long waits" },
  slow_handling: { title: "Sent late", inSentence: "orders sent late" },
  silence: { title: "Silence between scans", inSentence: "parcels gone quiet" },
  failed_attempt: { title: "Failed delivery attempt", inSentence: "failed delivery attempts" },
  delay_reported: { title: "Delay reported by the carrier", inSentence: "delays the carriers report" },
  delivery_failed: { title: "Delivery failed", inSentence: "failed deliveries" },
  split_parcels: { title: "Sent in several parcels", inSentence: "orders sent in several parcels" },
  items_removed: { title: "Items taken off the order", inSentence: "items taken off orders" },
  out_of_stock: { title: "Held, out of stock", inSentence: "orders held for want of stock" },
  cancelled: { title: "Cancelled by the shop", inSentence: "orders the shop cancels" },
  returned_at_fault: { title: "Returned as wrong or damaged", inSentence: "wrong or damaged items" },
  slow_refund: { title: "Slow refund", inSentence: "slow refunds" },
  shipping_price: { title: "Shipping dear for the basket", inSentence: "dear shipping" },
};

const CANCEL_REASONS: Record<string, string> = {
  DECLINED: " because the payment was declined",
  FRAUD: " on suspicion of fraud",
  INVENTORY: " because it was out of stock",
};

const RETURN_REASONS: Record<string, string> = {
  "arrived-late": "it arrived late",
  "not-as-described": "it was not as described",
  defective: "it was defective",
  damaged: "it was damaged",
  "damaged-or-defective": "it was damaged or defective",
  "missing-parts": "parts were missing",
  "missing-item": "an item was missing",
  "wrong-item": "it was the wrong item",
};

/** A reason with its evidence, as one sentence about one order. */
export function reasonSentence(reason: DeliveryReason, now: number, writing: Writing): string {
  const days = (length: number) => duration(length * 24, writing);
  switch (reason.code) {
    case "base":
      return "Some shoppers rate badly even what went without a fault, so every order loses this much.";
    case "promise_broken": {
      const { daysLate, promisedAt, source, deliveredAt } = reason.evidence;
      const promise = promiseWords(promisedAt, source, now, writing);
      return deliveredAt === null
        ? `Sent too late to keep ${promise}: at least ${days(daysLate)} over it.`
        : `Arrived on ${day(deliveredAt, now, writing)}, ${days(daysLate)} after ${promise}.`;
    }
    case "promise_overdue": {
      const { daysOver, promisedAt, source, outcome } = reason.evidence;
      const promise = promiseWords(promisedAt, source, now, writing);
      if (outcome === "not_sent") return `Not sent yet, ${days(daysOver)} past ${promise}.`;
      if (outcome === "cancelled") return `Cancelled ${days(daysOver)} after ${promise} had passed.`;
      return `Still on the way, ${days(daysOver)} past ${promise}.`;
    }
    case "slower_than_usual": {
      const { days: taken, medianDays, q95Days, parcels, outcome } = reason.evidence;
      const beyond = taken > q95Days ? `, and 95 of 100 arrive within ${days(q95Days)}` : "";
      const alike = `longer than four in five of ${count(parcels, writing)} alike`;
      return `${waited(days(taken), outcome)}, ${alike}: half took at most ${days(medianDays)}${beyond}.`;
    }
    case "long_wait":
      return `${waited(days(reason.evidence.days), reason.evidence.outcome)}, which is long whatever was promised.`;
    case "slow_handling":
      return reason.evidence.handled
        ? `It took ${days(reason.evidence.days)} from the purchase until it was sent.`
        : `Nothing has been sent for ${days(reason.evidence.days)} since the purchase.`;
    case "silence": {
      const { carrier, hours, usualHours, since } = reason.evidence;
      const usual = `95 of 100 of its waits are shorter than ${duration(usualHours, writing)}`;
      return `${carrier} has been silent for ${duration(hours, writing)}, since ${day(since, now, writing)}; ${usual}.`;
    }
    case "failed_attempt": {
      const { attempts } = reason.evidence;
      return `${counted(attempts, "delivery attempt", "delivery attempts", writing)} failed.`;
    }
    case "delay_reported": {
      const { delays } = reason.evidence;
      return delays === 1 ? "The carrier reported a delay." : `The carrier reported ${count(delays, writing)} delays.`;
    }
    case "delivery_failed":
      return reason.evidence.outcome === "received"
        ? "The carrier gave the delivery up, and it arrived after all."
        : "The carrier gave the delivery up; it has not arrived.";
    case "split_parcels":
      return `It was sent in ${count(reason.evidence.parcels, writing)} parcels.`;
    case "items_removed": {
      const { removed, items } = reason.evidence;
      return `${count(removed, writing)} of ${counted(items, "item", "items", writing)} were taken off the order.`;
    }
    case "out_of_stock":
      return "It is held because something is out of stock.";
    case "cancelled": {
      const { cancelledAt, reason: why } = reason.evidence;
      return `Cancelled on ${day(cancelledAt, now, writing)}${CANCEL_REASONS[why ?? ""] ?? " by the shop"}.`;
    }
    case "returned_at_fault": {
      const why = RETURN_REASONS[reason.evidence.reason] ?? "the delivery was at fault";
      const { returnedAt } = reason.evidence;
      return `Sent back${returnedAt === null ? "" : ` on ${day(returnedAt, now, writing)}`} because ${why}.`;
    }
    case "slow_refund": {
      const { days: taken, refundedAt, since } = reason.evidence;
      return refundedAt === null
        ? `The refund has been due for ${days(taken)}, since ${day(since, now, writing)}.`
        : `The refund took ${days(taken)}.`;
    }
    case "shipping_price": {
      const { shippingMinor, subtotalMinor } = reason.evidence;
      const ratio = share(shippingMinor / Math.max(1, subtotalMinor), writing);
      return `Shipping cost ${money(shippingMinor, writing)}, ${ratio} of the goods' price.`;
    }
  }
}

/** The main reason in a few words, for a row of a list. */
export function reasonShort(reason: DeliveryReason, writing: Writing): string {
  const days = (length: number) => duration(length * 24, writing);
  switch (reason.code) {
    case "base":
      return "Nothing went wrong";
    case "promise_broken":
      return `${days(reason.evidence.daysLate)} after the promise`;
    case "promise_overdue":
      return `${days(reason.evidence.daysOver)} past the promise, not there yet`;
    case "slower_than_usual":
      return `${days(reason.evidence.days)}; usual is ${days(reason.evidence.medianDays)}`;
    case "long_wait":
      return `${days(reason.evidence.days)} in total`;
    case "slow_handling":
      return reason.evidence.handled
        ? `Sent after ${days(reason.evidence.days)}`
        : `Not sent for ${days(reason.evidence.days)}`;
    case "silence":
      return `${reason.evidence.carrier} silent for ${duration(reason.evidence.hours, writing)}`;
    case "failed_attempt":
      return counted(reason.evidence.attempts, "failed attempt", "failed attempts", writing);
    case "delay_reported":
      return "Delay reported by the carrier";
    case "delivery_failed":
      return reason.evidence.outcome === "received" ? "Delivery failed, then arrived" : "Delivery failed";
    case "split_parcels":
      return `${count(reason.evidence.parcels, writing)} parcels`;
    case "items_removed":
      return `${count(reason.evidence.removed, writing)} of ${count(reason.evidence.items, writing)} items taken off`;
    case "out_of_stock":
      return "Held, out of stock";
    case "cancelled":
      return `Cancelled${CANCEL_REASONS[reason.evidence.reason ?? ""] ?? " by the shop"}`;
    case "returned_at_fault": {
      const why = RETURN_REASONS[reason.evidence.reason] ?? "the delivery was at fault";
      return `Sent back: ${why}`;
    }
    case "slow_refund":
      return reason.evidence.refundedAt === null
        ? `Refund due for ${days(reason.evidence.days)}`
        : `Refund took ${days(reason.evidence.days)}`;
    case "shipping_price":
      return `Shipping ${decimal(
        (reason.evidence.shippingMinor / Math.max(1, reason.evidence.subtotalMinor)) * 100,
        0,
        writing
      )} % of the goods' price`;
  }
}

function promiseWords(promisedAt: number, source: "quoted" | "merchant", now: number, writing: Writing): string {
  const by = source === "merchant" ? "your own promise for the method" : "the promise";
  return `${by} of ${day(promisedAt, now, writing)}`;
}

function waited(length: string, outcome: string): string {
  switch (outcome) {
    case "received":
      return `Took ${length} from purchase to arrival`;
    case "not_sent":
      return `Not sent after ${length}`;
    case "cancelled":
      return `Cancelled after ${length}`;
    case "unknown":
      return `Took at least ${length} (the carrier does not report arrivals)`;
    default:
      return `Not there after ${length}`;
  }
}
