import type { ScanStatus, StoreOrder } from "../model";

export interface TimelineEntry {
  at: number;
  text: string;
  tone: "neutral" | "good" | "bad";
}

const scanTexts: Record<ScanStatus, [string, TimelineEntry["tone"]]> = {
  LABEL_PRINTED: ["Label printed", "neutral"],
  CONFIRMED: ["Parcel announced to the carrier", "neutral"],
  CARRIER_PICKED_UP: ["Handed to the carrier", "neutral"],
  IN_TRANSIT: ["On its way", "neutral"],
  DELAYED: ["Delayed", "bad"],
  OUT_FOR_DELIVERY: ["Out for delivery", "neutral"],
  ATTEMPTED_DELIVERY: ["Delivery attempted, nobody there", "bad"],
  READY_FOR_PICKUP: ["Ready for pickup", "good"],
  DELIVERED: ["Delivered", "good"],
  FAILURE: ["Delivery failed", "bad"],
};

const holdTexts = {
  INVENTORY_OUT_OF_STOCK: "out of stock",
  AWAITING_PAYMENT: "awaiting payment",
  INCORRECT_ADDRESS: "address incorrect",
  HIGH_RISK_OF_FRAUD: "high risk of fraud",
  OTHER: "other reason",
};

const pieces = (count: number) => (count === 1 ? "1 item" : `${count} items`);

/** What has happened to an order by `now` (epoch ms), oldest first: what a shopper or the admin may know by then. */
export function orderTimeline(order: StoreOrder, now: number): TimelineEntry[] {
  const entries: TimelineEntry[] = [{ at: order.placedAt, text: "Order placed", tone: "neutral" }];
  const add = (at: number | null, text: string, tone: TimelineEntry["tone"] = "neutral") => {
    if (at !== null) entries.push({ at, text, tone });
  };
  for (const { holds } of order.fulfillmentOrders) {
    for (const hold of holds) {
      add(hold.from, `On hold: ${holdTexts[hold.reason]}`, "bad");
      add(hold.until, "Hold released");
    }
  }
  for (const [index, fulfillment] of order.fulfillments.entries()) {
    const parcel = order.fulfillments.length > 1 ? `Parcel ${index + 1}: ` : "";
    add(fulfillment.createdAt, `${parcel}${pieces(fulfillment.quantity)} sent`);
    for (const scan of fulfillment.scans) {
      const [text, tone] = scanTexts[scan.status];
      add(scan.happenedAt, `${parcel}${text}`, tone);
    }
    add(fulfillment.cancelledAt, `${parcel}shipment cancelled`, "bad");
  }
  for (const item of order.lineItems) {
    if (item.removed) add(item.removed.at, `${item.title}: ${pieces(item.removed.quantity)} cancelled`, "bad");
  }
  for (const one of order.returns) {
    add(one.createdAt, `Return started (${one.items.map((item) => item.reason).join(", ")})`, "bad");
    add(one.closedAt, "Return closed");
  }
  for (const refund of order.refunds) add(refund.at, "Refunded");
  add(order.cancelledAt, "Order cancelled", "bad");
  return entries.filter((entry) => entry.at <= now).sort((a, b) => a.at - b.at);
}

/** The latest day promised at checkout, over all of the order's shipments; null where none was quoted. */
export function promisedBy(order: StoreOrder): number | null {
  const promises = order.fulfillmentOrders.flatMap((one) => one.maxDeliveryAt ?? []);
  return promises.length ? Math.max(...promises) : null;
}

/** What the buyer pays, in minor units of the shop's currency: what was ordered plus shipping. */
export function orderTotal(order: StoreOrder): number {
  return order.lineItems.reduce((sum, item) => sum + item.quantity * item.unitPrice, order.shippingPrice);
}
