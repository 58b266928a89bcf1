import { describe, expect, it } from "vitest";
import { outdoorCatalogue } from "./catalogue";
import { simulateOrderLife, type OrderInput } from "./order-life";
import { northwindOutdoor } from "./presets";
import { createRandom } from "./random";
import { deliveryOptions } from "./shipping";
import type { Product } from "./spec";

const placedAt = Date.UTC(2026, 9, 14, 8, 30);

function productNamed(title: string): Product {
  const product = outdoorCatalogue.find((each) => each.title === title);
  if (!product) throw new Error(`No ${title} in the catalogue.`);
  return product;
}

const boots = { product: productNamed("Ridge Mid Hiking Boots"), quantity: 1 };
const map = { product: productNamed("Hiking Map Harz"), quantity: 2 };
const giftCard = { product: productNamed("Gift Card"), quantity: 1 };

const bought: OrderInput = {
  number: 20_001, placedAt, lines: [boots], country: "DE", province: "BY", method: "Standard", customerId: 7,
  checkoutToken: "a".repeat(32),
};

describe("an order bought in the storefront", () => {
  it("keeps what the shopper chose, and the promise checkout showed", () => {
    const order = simulateOrderLife(northwindOutdoor, bought, createRandom(3));
    const [shown] = deliveryOptions(northwindOutdoor, { lines: [boots], country: "DE", province: "BY", placedAt });
    expect(order).toMatchObject({
      name: "#20001", placedAt, sourceName: "web", country: "DE", province: "BY", shippingTitle: "Standard",
      presentmentCurrency: "EUR", presentmentRate: 1, customerId: 7,
    });
    expect(shown?.method).toBe("Standard");
    expect(order.shippingPrice).toBe(shown?.price);
    expect(order.fulfillmentOrders[0]?.maxDeliveryAt).toBe(shown?.maxDeliveryAt);
  });

  it("has the same life for the same random stream, another for another", () => {
    const once = simulateOrderLife(northwindOutdoor, bought, createRandom("x"));
    expect(simulateOrderLife(northwindOutdoor, bought, createRandom("x"))).toEqual(once);
    expect(simulateOrderLife(northwindOutdoor, bought, createRandom("y"))).not.toEqual(once);
  });

  it("is presented in the currency of the country", () => {
    const order = simulateOrderLife(
      northwindOutdoor, { ...bought, country: "CH", province: null }, createRandom(1));
    expect(order).toMatchObject({ presentmentCurrency: "CHF", presentmentRate: 0.94, country: "CH", province: null });
  });

  it("sends nothing for a digital order, and hands it over in seconds", () => {
    const order = simulateOrderLife(
      northwindOutdoor, { ...bought, lines: [giftCard], method: null }, createRandom(1));
    expect(order).toMatchObject({ country: null, shippingPrice: 0, shippingTitle: null });
    expect(order.fulfillmentOrders.map((each) => each.methodType)).toEqual(["NONE"]);
    expect(order.fulfillments[0]?.createdAt).toBeLessThan(placedAt + 60_000);
  });

  it("splits a mixed basket into what is sent and what is not", () => {
    const input = { ...bought, lines: [boots, giftCard] };
    const order = simulateOrderLife(northwindOutdoor, input, createRandom(3));
    expect(order.cancelledAt).toBeNull();
    expect(order.fulfillmentOrders.map((each) => each.methodType)).toEqual(["SHIPPING", "NONE"]);
    expect(order.fulfillments.map((each) => each.quantity)).toEqual([1, 1]);
  });

  it("waits at the counter when it is picked up", () => {
    const order = simulateOrderLife(
      northwindOutdoor, { ...bought, method: northwindOutdoor.pickup.method }, createRandom(3));
    expect(order.country).toBeNull();
    expect(order.fulfillmentOrders[0]).toMatchObject({ methodType: "PICK_UP", location: "Berlin store" });
  });

  it("refuses a method that is not offered there, and a country the shop does not ship to", () => {
    const life = (change: Partial<OrderInput>) => () =>
      simulateOrderLife(northwindOutdoor, { ...bought, ...change }, createRandom(1));
    expect(life({ method: "Letter" })).toThrow("does not offer Letter");
    expect(life({ country: "JP", province: null })).toThrow("does not ship to JP");
  });
});

describe("delivery options", () => {
  const options = (lines: OrderInput["lines"], country: string, province: string | null) =>
    deliveryOptions(northwindOutdoor, { lines, country, province, placedAt });

  it("offers letters for what fits one, and a courier in the city", () => {
    expect(options([map], "DE", "BE").map((each) => each.method))
      .toEqual(["Standard", "Express", "Economy", "Letter", "Berlin courier"]);
    expect(options([boots], "DE", "BY").map((each) => each.method)).toEqual(["Standard", "Express", "Economy"]);
    expect(options([boots], "JP", null)).toEqual([]);
  });

  it("quotes no date for economy, a sooner one for express, a later one abroad", () => {
    const [standard, express, economy] = options([boots], "DE", "BY");
    const [toNorway] = options([boots], "NO", null);
    expect(economy).toMatchObject({ minDeliveryAt: null, maxDeliveryAt: null });
    expect(express?.maxDeliveryAt).toBeLessThan(standard?.maxDeliveryAt ?? 0);
    expect(toNorway?.maxDeliveryAt).toBeGreaterThan(standard?.maxDeliveryAt ?? Infinity);
  });

  it("ships big baskets free", () => {
    expect(options([{ ...boots, quantity: 2 }], "DE", "BY")[0]?.price).toBe(0);
  });
});
