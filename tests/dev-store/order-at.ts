/**
 * What a shop's records show at one moment: the states Shopify would report at `now` (epoch ms), derived from whole
 * lives. Carrier scans move a parcel's own states and never the order's `updatedAt`, as at Shopify.
 */
import type { StoreFulfillment, StoreFulfillmentOrder, StoreOrder, StoreScan } from "./model";

export const DAY_MS = 86_400_000;
/** How far back an app without read_all_orders sees. */
export const HISTORY_LIMIT_MS = 60 * DAY_MS;

const by = (at: number | null | undefined, now: number): at is number => at != null && at <= now;

export function scansAt(fulfillment: StoreFulfillment, now: number): StoreScan[] {
  return fulfillment.scans.filter((scan) => scan.happenedAt <= now);
}

export function fulfillmentsAt(order: StoreOrder, now: number): StoreFulfillment[] {
  return order.fulfillments.filter((fulfillment) => fulfillment.createdAt <= now);
}

export function fulfillmentStatusAt(fulfillment: StoreFulfillment, now: number): "CANCELLED" | "SUCCESS" {
  return by(fulfillment.cancelledAt, now) ? "CANCELLED" : "SUCCESS";
}

/** Shopify's FulfillmentDisplayStatus: the latest scan's, FULFILLED while there is none. */
export function displayStatusAt(fulfillment: StoreFulfillment, now: number): string {
  if (by(fulfillment.cancelledAt, now)) return "CANCELED";
  let latest: StoreScan | null = null;
  for (const scan of fulfillment.scans) {
    if (scan.happenedAt <= now && (latest === null || scan.happenedAt >= latest.happenedAt)) latest = scan;
  }
  return latest?.status ?? "FULFILLED";
}

/** When the first scan of that status happened, null if none has by `now`. */
export function firstScanAt(fulfillment: StoreFulfillment, status: StoreScan["status"], now: number): number | null {
  let first: number | null = null;
  for (const scan of fulfillment.scans) {
    if (scan.status === status && scan.happenedAt <= now && (first === null || scan.happenedAt < first)) {
      first = scan.happenedAt;
    }
  }
  return first;
}

export function fulfillmentOrdersAt(order: StoreOrder, now: number): StoreFulfillmentOrder[] {
  return order.fulfillmentOrders.filter((fulfillmentOrder) => fulfillmentOrder.createdAt <= now);
}

export function fulfillmentOrderStatusAt(
  order: StoreOrder,
  fulfillmentOrder: StoreFulfillmentOrder,
  now: number,
): "CANCELLED" | "CLOSED" | "IN_PROGRESS" | "ON_HOLD" | "OPEN" {
  // A record has no quantities per fulfilment order: it is closed once the last parcel it will ever have is there.
  const whole = order.fulfillments.filter(
    (parcel) => parcel.fulfillmentOrderId === fulfillmentOrder.id && !by(parcel.cancelledAt, now),
  );
  const sent = whole.filter((parcel) => parcel.createdAt <= now);
  if (sent.length > 0 && sent.length === whole.length) return "CLOSED";
  if (by(order.cancelledAt, now)) return sent.length > 0 ? "CLOSED" : "CANCELLED";
  if (holdsAt(fulfillmentOrder, now).length > 0) return "ON_HOLD";
  return sent.length > 0 ? "IN_PROGRESS" : "OPEN";
}

export function holdsAt(fulfillmentOrder: StoreFulfillmentOrder, now: number): StoreFulfillmentOrder["holds"] {
  return fulfillmentOrder.holds.filter((hold) => hold.from <= now && (hold.until === null || hold.until > now));
}

export function orderFulfillmentStatusAt(order: StoreOrder, now: number): string {
  const states = fulfillmentOrdersAt(order, now).map((each) => fulfillmentOrderStatusAt(order, each, now));
  const closed = states.filter((state) => state === "CLOSED").length;
  if (states.length > 0 && closed === states.length) return "FULFILLED";
  if (states.includes("ON_HOLD")) return "ON_HOLD";
  return closed > 0 || states.includes("IN_PROGRESS") ? "PARTIALLY_FULFILLED" : "UNFULFILLED";
}

export function financialStatusAt(order: StoreOrder, now: number): string {
  const refunded = refundedAt(order, now);
  if (refunded === 0) return by(order.cancelledAt, now) ? "VOIDED" : "PAID";
  return refunded >= total(order) ? "REFUNDED" : "PARTIALLY_REFUNDED";
}

/** Minor units of the shop's currency, as the items that follow. */
export function subtotal(order: StoreOrder): number {
  return order.lineItems.reduce((sum, item) => sum + item.unitPrice * item.quantity, 0);
}

export function total(order: StoreOrder): number {
  return subtotal(order) + order.shippingPrice;
}

export function refundedAt(order: StoreOrder, now: number): number {
  return order.refunds.reduce((sum, refund) => sum + (refund.at <= now ? refund.amount : 0), 0);
}

/** Quantity left of a line item after removals by `now`. */
export function quantityAt(item: StoreOrder["lineItems"][number], now: number): number {
  return item.quantity - (item.removed !== null && item.removed.at <= now ? item.removed.quantity : 0);
}

/** The order's latest happening by `now`, carrier scans left out. */
export function updatedAt(order: StoreOrder, now: number): number {
  let latest = order.placedAt;
  const seen = (at: number | null) => {
    if (at !== null && at <= now && at > latest) latest = at;
  };
  seen(order.cancelledAt);
  for (const item of order.lineItems) if (item.removed !== null) seen(item.removed.at);
  for (const fulfillmentOrder of order.fulfillmentOrders) {
    seen(fulfillmentOrder.createdAt);
    for (const hold of fulfillmentOrder.holds) {
      seen(hold.from);
      seen(hold.until);
    }
  }
  for (const fulfillment of order.fulfillments) {
    seen(fulfillment.createdAt);
    seen(fulfillment.cancelledAt);
  }
  for (const refund of order.refunds) seen(refund.at);
  for (const returned of order.returns) {
    seen(returned.createdAt);
    seen(returned.closedAt);
  }
  return latest;
}
