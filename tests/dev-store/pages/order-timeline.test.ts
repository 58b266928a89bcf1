import { describe, expect, it } from "vitest";

import type { StoreOrder } from "../model";
import { orderTimeline, orderTotal, promisedBy } from "./order-timeline";

const hour = 3_600_000;
const order: StoreOrder = {
  id: 1, name: "#1", placedAt: 0, sourceName: "web", test: false, company: false, cancelledAt: null, cancelReason: null,
  customerId: null, checkoutToken: "t", presentmentCurrency: "EUR", presentmentRate: 1, shippingPrice: 490,
  shippingTitle: "Standard", country: "DE", province: "BE",
  lineItems: [{
    id: 2, title: "Tent", vendor: "Lodd", productType: "Tents", quantity: 2, unitPrice: 1000, requiresShipping: true,
    removed: { at: 3 * hour, quantity: 1 },
  }],
  fulfillmentOrders: [{
    id: 3, createdAt: 0, location: "Berlin", methodType: "SHIPPING", presentedName: "Standard", minDeliveryAt: hour,
    maxDeliveryAt: 40 * hour, holds: [{ id: 4, reason: "INVENTORY_OUT_OF_STOCK", from: hour, until: 2 * hour }],
  }],
  fulfillments: [{
    id: 5, fulfillmentOrderId: 3, createdAt: 10 * hour, cancelledAt: null, carrier: "DHL", quantity: 1,
    arrivedAt: 30 * hour,
    scans: [
      { id: 6, status: "CARRIER_PICKED_UP", happenedAt: 11 * hour },
      { id: 7, status: "DELIVERED", happenedAt: 30 * hour },
    ],
  }],
  refunds: [{ id: 8, at: 4 * hour, amount: 1000 }],
  returns: [],
};

describe("orderTimeline", () => {
  it("tells what has happened by now, oldest first, and nothing of what is to come", () => {
    expect(orderTimeline(order, 12 * hour).map((entry) => entry.text)).toEqual([
      "Order placed", "On hold: out of stock", "Hold released", "Tent: 1 item cancelled", "Refunded", "1 item sent",
      "Handed to the carrier",
    ]);
    expect(orderTimeline(order, 30 * hour).at(-1)).toMatchObject({ text: "Delivered", tone: "good" });
  });
});

it("promises the latest day of all shipments, and none where none was quoted", () => {
  expect(promisedBy(order)).toBe(40 * hour);
  expect(promisedBy({ ...order, fulfillmentOrders: [] })).toBeNull();
});

it("totals products and shipping", () => {
  expect(orderTotal(order)).toBe(2490);
});
