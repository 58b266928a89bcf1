import { randomBytes } from "node:crypto";

import type { DevStore } from "../dev-store";
import type { StoreOrder, StoreShop } from "../model";
import { simulateOrderLife } from "../simulator/order-life";
import { northwindOutdoor, tinyTea } from "../simulator/presets";
import { createRandom, pick, pickIndex } from "../simulator/random";
import { deliveryOptions, methodsFor, type OrderLine } from "../simulator/shipping";
import { nextOrderNumber } from "../simulator/shop";
import type { ShopSpec } from "../simulator/spec";

export type Purchase =
  | { kind: "placed"; order: StoreOrder }
  | { kind: "refused"; reason: string };

export interface Basket {
  lines: OrderLine[];
  /** Null where everything in the basket is digital. */
  delivery: { country: string; province: string | null; method: string } | null;
}

/** What a shop sells and how it ships; null for a shop whose orders come from elsewhere. */
export function sellingSpec(shop: StoreShop): ShopSpec | null {
  return [northwindOutdoor, tinyTea].find((spec) => spec.domain === shop.domain) ?? null;
}

/** Places an order at the store's now, with the whole life a simulated order has. */
export function placePurchase(store: DevStore, shop: StoreShop, basket: Basket): Purchase {
  const spec = sellingSpec(shop);
  if (!spec) return { kind: "refused", reason: `${shop.name} sells nothing here: its orders come from elsewhere.` };
  if (!basket.lines.length) return { kind: "refused", reason: "The cart is empty." };
  const placedAt = store.clock.now();
  const { delivery, lines } = basket;
  if (lines.some((line) => line.product.requiresShipping)) {
    const offered = delivery ? deliveryOptions(spec, { lines, ...delivery, placedAt }) : [];
    if (!offered.some((option) => option.method === delivery?.method)) {
      return { kind: "refused", reason: "Choose a delivery that goes to this address." };
    }
  }
  const number = nextOrderNumber(shop);
  const order = simulateOrderLife(
    spec,
    {
      number,
      placedAt,
      lines,
      country: delivery?.country ?? null,
      province: delivery?.province ?? null,
      method: delivery?.method ?? null,
      // Far above the simulated shoppers, so that nobody's history grows by accident.
      customerId: spec.idBase + 60_000_000_000 + number,
      checkoutToken: randomBytes(16).toString("hex"),
    },
    createRandom(`${shop.domain}/purchase/${number}`),
  );
  store.placeOrder(shop.domain, order);
  return { kind: "placed", order };
}

/** Places an order such as the shop usually gets: products, destination and method by their usual weights. */
export function placeRandomOrder(store: DevStore, shop: StoreShop): Purchase {
  const spec = sellingSpec(shop);
  if (!spec) return placePurchase(store, shop, { lines: [], delivery: null });
  const random = createRandom(randomBytes(8).toString("hex"));
  const goods = spec.catalogue.filter((product) => product.requiresShipping);
  const products = new Set(
    Array.from({ length: 1 + pickIndex(random, [60, 28, 12]) }, () => pick(random, goods, (product) => product.weight)),
  );
  const lines = [...products].map((product) => ({ product, quantity: 1 }));
  const destination = pick(random, spec.destinations, (one) => one.weight);
  const method = pick(random, methodsFor(spec, lines, destination), (one) => one.weight);
  const { country, province } = destination;
  return placePurchase(store, shop, { lines, delivery: { country, province, method: method.name } });
}
