import type { StoreFulfillment, StoreFulfillmentOrder, StoreLineItem, StoreOrder, StoreShop } from "../dev-store/model";

/** The moment the factories' orders are placed: 2026-06-01T10:00:00Z. */
export const PLACED_AT = Date.UTC(2026, 5, 1, 10);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/**
 * A plain web order for the dev store: two items, promised within five days, one parcel fulfilled after a day and
 * delivered on the third. Ids of its parts follow from `id`.
 */
export function storeOrder(overrides: Partial<StoreOrder> = {}): StoreOrder {
  const id = overrides.id ?? 1001;
  const placedAt = overrides.placedAt ?? PLACED_AT;
  return {
    id,
    name: `#${id}`,
    placedAt,
    sourceName: "web",
    test: false,
    company: false,
    cancelledAt: null,
    cancelReason: null,
    customerId: id * 10 + 7,
    checkoutToken: `token-${id}`,
    presentmentCurrency: "EUR",
    presentmentRate: 1,
    shippingPrice: 490,
    shippingTitle: "Standard",
    country: "DE",
    province: "BE",
    lineItems: [storeLineItem({ id: id * 10 + 1 }), storeLineItem({ id: id * 10 + 2, title: "Mug", unitPrice: 1250 })],
    fulfillmentOrders: [
      storeFulfillmentOrder({ id: id * 10 + 3, createdAt: placedAt, maxDeliveryAt: placedAt + 5 * DAY }),
    ],
    fulfillments: [
      storeFulfillment({
        id: id * 10 + 4,
        fulfillmentOrderId: id * 10 + 3,
        createdAt: placedAt + DAY,
        scans: [
          { id: id * 100 + 1, status: "CARRIER_PICKED_UP", happenedAt: placedAt + DAY + 4 * HOUR },
          { id: id * 100 + 2, status: "IN_TRANSIT", happenedAt: placedAt + 2 * DAY },
          { id: id * 100 + 3, status: "DELIVERED", happenedAt: placedAt + 3 * DAY },
        ],
        arrivedAt: placedAt + 3 * DAY,
      }),
    ],
    refunds: [],
    returns: [],
    ...overrides,
  };
}

export function storeLineItem(overrides: Partial<StoreLineItem> = {}): StoreLineItem {
  return {
    id: 1,
    title: "Lamp",
    vendor: "Lumen",
    productType: "Home",
    quantity: 1,
    unitPrice: 4900,
    requiresShipping: true,
    removed: null,
    ...overrides,
  };
}

export function storeFulfillmentOrder(overrides: Partial<StoreFulfillmentOrder> = {}): StoreFulfillmentOrder {
  return {
    id: 3,
    createdAt: PLACED_AT,
    location: "Berlin",
    methodType: "SHIPPING",
    presentedName: "Standard",
    minDeliveryAt: null,
    maxDeliveryAt: null,
    holds: [],
    ...overrides,
  };
}

export function storeFulfillment(overrides: Partial<StoreFulfillment> = {}): StoreFulfillment {
  return {
    id: 4,
    fulfillmentOrderId: 3,
    createdAt: PLACED_AT + DAY,
    cancelledAt: null,
    carrier: "DHL",
    quantity: 2,
    scans: [],
    arrivedAt: null,
    ...overrides,
  };
}

export function storeShop(overrides: Partial<StoreShop> = {}): StoreShop {
  return {
    domain: "lamp-house.myshopify.com",
    id: 501,
    name: "Lamp House",
    currency: "EUR",
    timeZone: "Europe/Berlin",
    grantableScopes: ["read_all_orders"],
    orders: [],
    ...overrides,
  };
}
