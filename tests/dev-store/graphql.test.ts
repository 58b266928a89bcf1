import { describe, expect, it } from "vitest";
import { exchangeToken, testDevStore } from "../factories/dev-store";
import { DAY, HOUR, PLACED_AT, storeFulfillment, storeOrder, storeShop } from "../factories/store-order";
import { answerAdminRequest } from "./graphql";
import type { StoreOrder, StoreShop } from "./model";
import { createBucket } from "./throttle";

async function installed(orders: StoreOrder[], options: { now?: number; shop?: Partial<StoreShop> } = {}) {
  const shop = storeShop({ orders, ...options.shop });
  const store = await testDevStore([shop], options);
  await exchangeToken(store, shop.domain);
  const ask = async (query: string, variables?: Record<string, unknown>) =>
    (await answerAdminRequest(store, shop, { query, variables })) as {
      data?: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers are checked field by field
      errors?: { message: string; extensions?: { code?: string } }[];
      extensions?: { cost: { requestedQueryCost: number; actualQueryCost: number | null } };
    };
  return { store, shop, ask };
}

const ORDERS = `query ($first: Int, $after: String, $query: String, $sortKey: OrderSortKeys) {
  orders(first: $first, after: $after, query: $query, sortKey: $sortKey) {
    edges { node { id updatedAt } } pageInfo { hasNextPage endCursor }
  }
}`;

describe("what is still to come", () => {
  const order = storeOrder({
    cancelledAt: PLACED_AT + 20 * DAY,
    cancelReason: "CUSTOMER",
    refunds: [{ id: 1, at: PLACED_AT + 20 * DAY, amount: 4900 }],
    returns: [{ id: 2, createdAt: PLACED_AT + 20 * DAY, closedAt: null, items: [] }],
  });
  const query = `{ order(id: "gid://shopify/Order/1001") {
    updatedAt cancelledAt cancelReason displayFinancialStatus
    refunds { id } returns(first: 5) { nodes { id } }
    fulfillments { displayStatus deliveredAt events(first: 9) { nodes { status } } }
    fulfillmentOrders(first: 5) { nodes { status } }
  } }`;

  it.each([
    ["before the order", -HOUR, null],
    [
      "at purchase",
      0,
      {
        fulfillments: [],
        refunds: [],
        updatedAt: "2026-06-01T10:00:00Z",
        fulfillmentOrders: { nodes: [{ status: "OPEN" }] },
      },
    ],
    [
      "under way",
      2 * DAY,
      {
        fulfillments: [
          {
            displayStatus: "IN_TRANSIT",
            deliveredAt: null,
            events: { nodes: [{ status: "CARRIER_PICKED_UP" }, { status: "IN_TRANSIT" }] },
          },
        ],
        // A scan does not move it: this is when the parcel was fulfilled.
        updatedAt: "2026-06-02T10:00:00Z",
        cancelledAt: null,
        displayFinancialStatus: "PAID",
        fulfillmentOrders: { nodes: [{ status: "CLOSED" }] },
      },
    ],
    [
      "after it all",
      21 * DAY,
      {
        cancelReason: "CUSTOMER",
        refunds: [{ id: "gid://shopify/Refund/1" }],
        returns: { nodes: [{ id: "gid://shopify/Return/2" }] },
        displayFinancialStatus: "PARTIALLY_REFUNDED",
      },
    ],
  ])("is not there %s", async (_, after, expected) => {
    const { ask } = await installed([order], { now: PLACED_AT + after });
    const { data, errors } = await ask(query);
    expect(errors).toBeUndefined();
    if (expected === null) expect(data.order).toBeNull();
    else expect(data.order).toMatchObject(expected);
  });
});

describe("money", () => {
  it("is a decimal of its currency, also without minor units", async () => {
    const order = storeOrder({ presentmentCurrency: "JPY", presentmentRate: 163.5 });
    const { ask } = await installed([order]);
    const { data } = await ask(`{ order(id: "gid://shopify/Order/1001") {
      totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } } } }`);
    expect(data.order.totalPriceSet).toEqual({
      shopMoney: { amount: "66.40", currencyCode: "EUR" },
      presentmentMoney: { amount: "10856", currencyCode: "JPY" },
    });
  });
});

describe("listing orders", () => {
  const orders = [1, 2, 3, 4, 5].map((id) => storeOrder({ id, placedAt: PLACED_AT + id * HOUR }));

  it("pages through all of them once", async () => {
    const { ask } = await installed(orders);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await ask(ORDERS, { first: 2, after });
      seen.push(...data.orders.edges.map((edge: { node: { id: string } }) => edge.node.id));
      after = data.orders.pageInfo.hasNextPage ? data.orders.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual([1, 2, 3, 4, 5].map((id) => `gid://shopify/Order/${id}`));
  });

  it.each([
    ["created_at:>=2026-06-01T13:00:00Z", [3, 4, 5]],
    ["created_at:>'2026-06-01T13:00:00Z' AND id:<5", [4]],
    ["id:2 OR id:4", [2, 4]],
    ["updated_at:<=2026-06-02T12:00:00Z", [1, 2]],
  ])("filters by %s", async (query, ids) => {
    const { ask } = await installed(orders);
    const { data } = await ask(ORDERS, { first: 10, query, sortKey: "UPDATED_AT" });
    const found = data.orders.edges.map((edge: { node: { id: string } }) => edge.node.id);
    expect(found).toEqual(ids.map((id) => `gid://shopify/Order/${id}`));
  });

  it.each([
    ["no size", { first: null }, "you must provide one of first or last"],
    ["an unknown filter", { first: 5, query: "colour:blue" }, "does not search by colour"],
    ["more than 250", { first: 251 }, "first and last are between 0 and 250"],
  ])("refuses %s", async (_, variables, message) => {
    const { ask } = await installed(orders);
    const { errors } = await ask(ORDERS, variables);
    expect(errors?.[0]?.message).toContain(message);
  });

  it("ends 60 days back without read_all_orders", async () => {
    const old = storeOrder({ id: 9, placedAt: PLACED_AT - 55 * DAY });
    const ids = async (grantableScopes: string[]) => {
      const { ask } = await installed([old, ...orders], { shop: { grantableScopes } });
      const { data } = await ask(ORDERS, { first: 10 });
      const order = await ask(`{ order(id: "gid://shopify/Order/9") { id } }`);
      return { count: data.orders.edges.length, byId: order.data.order };
    };
    expect(await ids([])).toEqual({ count: 5, byId: null });
    expect(await ids(["read_all_orders"])).toEqual({ count: 6, byId: { id: "gid://shopify/Order/9" } });
  });
});

describe("a field the store cannot answer", () => {
  it("fails instead of being null", async () => {
    const { ask } = await installed([storeOrder()]);
    const { errors } = await ask(`{ order(id: "gid://shopify/Order/1001") { clientIp } }`);
    expect(errors?.[0]?.message).toBe("The dev store does not answer Order.clientIp");
  });

  it("is denied without its scope", async () => {
    const { store, shop, ask } = await installed([storeOrder()]);
    const installation = store.installation(shop.domain)!;
    installation.grantedScopes = installation.grantedScopes.filter((scope) => scope !== "read_customers");
    const { data, errors } = await ask(`{ order(id: "gid://shopify/Order/1001") { name customer { id } } }`);
    expect(data.order).toEqual({ name: "#1001", customer: null });
    expect(errors).toMatchObject([{ extensions: { code: "ACCESS_DENIED" }, path: ["order", "customer"] }]);
  });
});

describe("cost", () => {
  it("counts objects, times what a connection is asked for, and gives back what was not there", async () => {
    const { ask } = await installed([storeOrder()]);
    const { extensions } = await ask(`{ orders(first: 10) { nodes { id lineItems(first: 5) { nodes { id } } } } }`);
    expect(extensions?.cost).toMatchObject({ requestedQueryCost: 60, actualQueryCost: 3 });
  });

  it("refuses a query of more than 1,000 points", async () => {
    const { ask } = await installed([]);
    const { errors, data } = await ask(`{ orders(first: 250) { nodes { id lineItems(first: 5) { nodes { id } } } } }`);
    expect(data).toBeUndefined();
    expect(errors?.[0]?.extensions?.code).toBe("MAX_COST_EXCEEDED");
  });

  it("throttles when asked to, and then goes on", async () => {
    const { store, ask } = await installed([storeOrder()]);
    store.faults.throttleNext = 1;
    const throttled = await ask("{ shop { id } }");
    expect(throttled.errors?.[0]?.extensions?.code).toBe("THROTTLED");
    expect(throttled.extensions?.cost).toMatchObject({ requestedQueryCost: 1, actualQueryCost: null });
    expect((await ask("{ shop { id } }")).data.shop.id).toBe("gid://shopify/Shop/501");
  });

  it("empties and fills again at 100 points a second", () => {
    const bucket = createBucket();
    expect([bucket.take(1_000, 0), bucket.take(999, 0), bucket.take(2, 0), bucket.take(2, 10)]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(bucket.status(5_010)).toMatchObject({ currentlyAvailable: 500, restoreRate: 100 });
  });
});

describe("split parcels", () => {
  it("leave a fulfilment order in progress until the last one is sent", async () => {
    const order = storeOrder();
    order.fulfillments.push(storeFulfillment({ id: 99, fulfillmentOrderId: 10013, createdAt: PLACED_AT + 4 * DAY }));
    const status = async (now: number) => {
      const { ask } = await installed([order], { now });
      const { data } = await ask(`{ order(id: "gid://shopify/Order/1001") {
        displayFulfillmentStatus fulfillmentOrders(first: 1) { nodes { status } } } }`);
      return [data.order.fulfillmentOrders.nodes[0].status, data.order.displayFulfillmentStatus];
    };
    expect(await status(PLACED_AT + 2 * DAY)).toEqual(["IN_PROGRESS", "PARTIALLY_FULFILLED"]);
    expect(await status(PLACED_AT + 5 * DAY)).toEqual(["CLOSED", "FULFILLED"]);
  });
});
