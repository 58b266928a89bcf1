import { describe, expect, it } from "vitest";
import { handlers } from "~/jobs/handlers/handlers.server";
import type { StoreOrder } from "../dev-store/model";
import {
  DAY,
  HOUR,
  PLACED_AT,
  storeFulfillment,
  storeFulfillmentOrder,
  storeLineItem,
  storeOrder,
  storeShop,
} from "../factories/store-order";
import { everythingOf, NOW, storeWithEase } from "./store-with-ease";

/** More of everything than one query asks for: lines, parcels, scans, refunds, fulfilment orders, returns and theirs. */
function sprawlingOrder(id: number): StoreOrder {
  const many = <T>(n: number, one: (index: number) => T) => Array.from({ length: n }, (_, index) => one(index));
  const base = id * 1000;
  return storeOrder({
    id,
    lineItems: many(45, (n) => storeLineItem({ id: base + n, vendor: n < 30 ? "Lumen" : "Nox", quantity: 2 })),
    fulfillmentOrders: many(6, (n) =>
      storeFulfillmentOrder({ id: base + 100 + n, createdAt: PLACED_AT, maxDeliveryAt: PLACED_AT + (n + 2) * DAY }),
    ),
    fulfillments: many(6, (n) =>
      storeFulfillment({
        id: base + 200 + n,
        fulfillmentOrderId: base + 100 + n,
        createdAt: PLACED_AT + DAY,
        scans: many(20, (scan) => ({
          id: base * 100 + n * 100 + scan,
          status: scan === 19 ? "DELIVERED" : "IN_TRANSIT",
          happenedAt: PLACED_AT + DAY + (scan + 1) * HOUR,
        })),
      }),
    ),
    refunds: many(6, (n) => ({ id: base + 300 + n, at: PLACED_AT + 4 * DAY, amount: 100 + n })),
    returns: many(3, (n) => ({
      id: base + 400 + n,
      createdAt: PLACED_AT + 5 * DAY,
      closedAt: null,
      items: many(25, (item) => ({
        id: base + 500 + n * 30 + item,
        lineItemId: base + item,
        quantity: 1,
        reason: item === 24 ? "wrong-item" : "unwanted",
      })),
    })),
  });
}

const ORDERS = [sprawlingOrder(2001), ...Array.from({ length: 14 }, (_, n) => storeOrder({ id: 3001 + n }))];
const ease = storeWithEase(() => [
  storeShop({ domain: "bulk.myshopify.com", id: 1, orders: ORDERS }),
  storeShop({ domain: "by-id.myshopify.com", id: 2, orders: ORDERS }),
]);

describe("orders read by id", () => {
  it("give the same facts as a backfill, also where an order has more of everything than one query asks for", async () => {
    const bulk = (await ease.visit("bulk.myshopify.com")).shop;
    const byId = (await ease.visit("by-id.myshopify.com")).shop;
    await handlers["advance-backfill"]({ shopId: bulk.id }, NOW);
    await ease.settled();
    await handlers["advance-backfill"]({ shopId: bulk.id }, NOW);
    // An id that no order has is left out without a word.
    const orderIds = [...ORDERS.map((order) => String(order.id)), "999"];
    await handlers["read-orders"]({ shopId: byId.id, orderIds }, NOW);
    const facts = async (shopId: number) => {
      const { order_event, order_fact, shipment_fact } = await everythingOf(shopId);
      return { order_event, order_fact, shipment_fact };
    };
    const read = await facts(byId.id);
    expect(read.order_event!.length).toBeGreaterThan(200);
    expect(read).toEqual(await facts(bulk.id));
  });
});
