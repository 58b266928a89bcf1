import { describe, expect, it } from "vitest";
import { exchangeToken, testDevStore } from "../factories/dev-store";
import { DAY, PLACED_AT, storeOrder, storeShop } from "../factories/store-order";
import { runBulkQuery } from "./bulk-operations";
import { createClock } from "./clock";

describe("a restart", () => {
  it("keeps the installation, store time and the orders placed", async () => {
    const store = await testDevStore([storeShop()]);
    await exchangeToken(store, "lamp-house.myshopify.com");
    store.clock.advance(3 * DAY);
    store.placeOrder("lamp-house.myshopify.com", storeOrder({ placedAt: store.clock.now() }));
    const before = { scopes: store.grantedScopes("lamp-house.myshopify.com"), now: store.clock.now() };
    await store.close();

    const again = await testDevStore([storeShop()], { stateDir: store.stateDir });
    expect(again.shops.get("lamp-house.myshopify.com")!.orders.map(({ id }) => id)).toEqual([1001]);
    expect(again.grantedScopes("lamp-house.myshopify.com")).toEqual(before.scopes);
    expect(again.clock.now() - before.now).toBeGreaterThanOrEqual(0);
    expect(again.clock.now() - before.now).toBeLessThan(10_000);
    expect(() => again.placeOrder("lamp-house.myshopify.com", storeOrder())).toThrow("has an order 1001 already");
  });

  it("has made a bulk operation fail that was under way", async () => {
    const shop = storeShop({ orders: [storeOrder()] });
    const store = await testDevStore([shop]);
    await exchangeToken(store, shop.domain);
    const { bulkOperation } = runBulkQuery(store, shop, "{ orders { nodes { id } } }", false);
    await store.persist();
    const again = await testDevStore([shop], { stateDir: store.stateDir });
    expect(again.bulkOperations.get(bulkOperation!.id)).toMatchObject({
      status: "FAILED",
      errorCode: "INTERNAL_SERVER_ERROR",
    });
  });
});

describe("a shop the store does not have", () => {
  it("gets no token", async () => {
    const store = await testDevStore([storeShop()]);
    await expect(store.idToken("nobody.myshopify.com")).rejects.toThrow("no shop nobody.myshopify.com");
  });
});

describe("the clock", () => {
  it("goes forward, faster when told to, and never back", () => {
    const clock = createClock(PLACED_AT);
    clock.setSpeed(0);
    const stood = clock.now();
    expect(stood - PLACED_AT).toBeLessThan(1_000);
    clock.advance(DAY);
    expect(clock.now()).toBe(stood + DAY);
    expect(() => clock.advance(-1)).toThrow(RangeError);
    expect(() => clock.setSpeed(Number.NaN)).toThrow(RangeError);
    clock.setSpeed(1_000_000);
    const before = performance.now();
    while (performance.now() - before < 5);
    expect(clock.now()).toBeGreaterThan(stood + DAY + 3_000_000);
  });
});
