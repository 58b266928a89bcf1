import type { Shop } from "@prisma/client";
import { beforeEach, describe, expect, it } from "vitest";
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
import { everythingOf, iso, NOW, passTime, rows, storeWithEase } from "./store-with-ease";

/** More of everything than one query asks for: lines, parcels, scans, refunds, fulfilment orders, returns. */
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
  it("give the same facts as a backfill, also where an order has more of everything than one query gives", async () => {
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

let shops = 0;

/** A shop of its own with its history read, an hour ago. */
async function installedShop(orders: StoreOrder[], more: Partial<Parameters<typeof storeShop>[0]> = {}): Promise<Shop> {
  const domain = `shop-${++shops}.myshopify.com`;
  ease.addShop(storeShop({ domain, id: 100 + shops, orders, ...more }));
  const { shop } = await ease.visit(domain);
  await ease.runQueue();
  passTime(HOUR);
  return shop;
}

const storeOf = (shop: Shop) => ease.store.shops.get(shop.domain)!;
const factsOf = (shop: Shop) =>
  rows(
    `select order_id, delivery_state, cancelled_at, refunded_minor, updated_at from order_fact
     where shop_id = $1 order by order_id`,
    [shop.id],
  );
const comparisonsOf = (shop: Shop) =>
  rows("select kind, compared, repaired, trouble from reconciliation where shop_id = $1 order by kind", [shop.id]);
const withheldIn = (shop: Shop) =>
  rows("select part, cause, since from withheld_part where shop_id = $1 order by part", [shop.id]);
const backfillsOf = (shop: Shop) =>
  rows("select id, state, limited_to, error_code from backfill where shop_id = $1 order by id", [shop.id]);

/** Places an order of which no webhook ever arrives. */
function placeUnheard(shop: Shop, order: StoreOrder): void {
  const { orders } = storeOf(shop);
  storeOf(shop).orders = [...orders, order];
}

/** Changes an order in the store, as one whose webhooks are lost. */
function changeUnheard(shop: Shop, id: number, change: Partial<StoreOrder>): void {
  storeOf(shop).orders = storeOf(shop).orders.map((order) => (order.id === id ? { ...order, ...change } : order));
}

beforeEach(async () => {
  ease.store.faults.unapproved = [];
  ease.store.faults.throttleNext = 0;
  await rows("delete from graphile_worker._private_jobs");
});

describe("the comparison with Shopify", () => {
  it("records what no webhook ever told: an order, a cancellation, a refund, and nothing twice", async () => {
    const at = Date.now();
    const shop = await installedShop([storeOrder({ id: 1 }), storeOrder({ id: 2 }), storeOrder({ id: 3 })]);
    placeUnheard(shop, storeOrder({ id: 4, placedAt: at + HOUR / 2 }));
    changeUnheard(shop, 1, { cancelledAt: at + HOUR / 2, cancelReason: "INVENTORY" });
    changeUnheard(shop, 2, { refunds: [{ id: 77, at: at + HOUR / 2, amount: 500 }] });

    await handlers.reconcile({ shopId: shop.id }, Date.now());
    expect(await factsOf(shop)).toMatchObject([
      { order_id: "1", cancelled_at: iso(at + HOUR / 2) },
      { order_id: "2", refunded_minor: "500" },
      { order_id: "3", cancelled_at: null, refunded_minor: "0" },
      { order_id: "4", delivery_state: "waiting" },
    ]);
    expect(await comparisonsOf(shop)).toEqual([
      { kind: "abandoned_checkouts", compared: 0, repaired: 0, trouble: null },
      { kind: "orders", compared: 3, repaired: 3, trouble: null },
    ]);
    await ease.runQueue();
    expect(await rows("select order_id from delivery_score where shop_id = $1", [shop.id])).toHaveLength(4);

    const before = await everythingOf(shop.id, ["reconciliation", "reconciliation_day"]);
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    expect(await everythingOf(shop.id, ["reconciliation", "reconciliation_day"])).toEqual(before);
    expect(await comparisonsOf(shop)).toContainEqual({ kind: "orders", compared: 0, repaired: 0, trouble: null });
    const day = await rows("select runs, repaired from reconciliation_day where shop_id = $1 and kind = 'orders'", [
      shop.id,
    ]);
    expect(day).toEqual([{ runs: 2, repaired: 3 }]);
  });

  it("sees a part that is missing although the order itself is known as it is now", async () => {
    const at = Date.now();
    const shop = await installedShop([storeOrder({ id: 1, refunds: [{ id: 9, at: at + HOUR / 2, amount: 100 }] })]);
    await rows("update order_fact set updated_at = $2 where shop_id = $1", [shop.id, new Date(at + HOUR)]);
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    expect(await factsOf(shop)).toMatchObject([{ refunded_minor: "100" }]);
  });

  it("goes over more pages than one, and waits where Shopify throttles it", async () => {
    const at = Date.now();
    const shop = await installedShop([storeOrder({ id: 1 })]);
    for (let n = 0; n < 60; n++) placeUnheard(shop, storeOrder({ id: 100 + n, placedAt: at + 60_000 + n * 1000 }));
    ease.store.faults.throttleNext = 3;
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    expect(await factsOf(shop)).toHaveLength(61);
    expect(ease.store.faults.throttleNext).toBe(0);
  });

  it("that dies half way goes on where it was, and does no harm when it runs twice at a time", async () => {
    const at = Date.now();
    const shop = await installedShop([storeOrder({ id: 1 })]);
    for (let n = 0; n < 60; n++) placeUnheard(shop, storeOrder({ id: 100 + n, placedAt: at + 60_000 + n * 1000 }));
    // The second page of the listing holds an order the database refuses to take.
    await rows(`create function refuse() returns trigger language plpgsql as $$
      begin if new.order_id = 155 then raise exception 'full'; end if; return new; end $$`);
    await rows("create trigger refuse before insert on order_fact for each row execute function refuse()");
    await expect(handlers.reconcile({ shopId: shop.id }, Date.now())).rejects.toThrow("full");
    await rows("drop trigger refuse on order_fact");
    const half = await factsOf(shop);
    expect(half.length).toBeGreaterThan(40);
    expect(await comparisonsOf(shop)).toMatchObject([{ kind: "orders", trouble: "unexpected" }]);
    await Promise.all([1, 2].map(() => handlers.reconcile({ shopId: shop.id }, Date.now())));
    expect(await factsOf(shop)).toHaveLength(61);
  });

  it("waits for the first import, which has everything", async () => {
    const domain = "importing.myshopify.com";
    ease.addShop(storeShop({ domain, id: 90, orders: [storeOrder({ id: 1 })] }));
    const { shop } = await ease.visit(domain);
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    expect(await comparisonsOf(shop)).toMatchObject([{ kind: "abandoned_checkouts" }]);
    expect(await factsOf(shop)).toEqual([]);
  });

  it("leaves deleted orders and shops that uninstalled alone", async () => {
    const at = Date.now();
    const shop = await installedShop([storeOrder({ id: 1 })]);
    placeUnheard(shop, storeOrder({ id: 2, placedAt: at + 60_000 }));
    await rows("insert into tombstone values ($1, 'order_deleted', '2', now())", [shop.id]);
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    expect(await factsOf(shop)).toHaveLength(1);
    await rows("update shop set uninstalled_at = now() where id = $1", [shop.id]);
    const before = await comparisonsOf(shop);
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    await handlers["reread-parcels"]({ shopId: shop.id }, Date.now());
    expect(await comparisonsOf(shop)).toEqual(before);
  });

  it("is asked for hourly in every shop that has Ease, at different minutes", async () => {
    const [one, two] = [await installedShop([]), await installedShop([])];
    await rows("update shop set uninstalled_at = now() where id <> all($1)", [[one.id, two.id]]);
    await handlers["reconcile-every-shop"]({}, Date.now());
    await handlers["reread-parcels-of-every-shop"]({}, Date.now());
    const asked = await rows(
      `select key, run_at from graphile_worker.jobs where key ~ '^(reconcile|reread-parcels):' order by key`,
    );
    expect(asked.map((job) => job.key)).toEqual(
      [one, two].flatMap(({ id }) => [`reconcile:${id}`, `reread-parcels:${id}`]).toSorted(),
    );
    expect(new Set(asked.map((job) => job.run_at)).size).toBe(4);
  });
});

describe("parcels under way", () => {
  it("show the scans that moved nothing else, once read again", async () => {
    const at = Date.now();
    const parcel = storeFulfillment({ id: 11, createdAt: at - DAY, scans: [] });
    const shop = await installedShop([
      storeOrder({
        id: 1,
        fulfillments: [{ ...parcel, scans: [{ id: 5, status: "DELIVERED", happenedAt: at + 60_000 }] }],
      }),
      storeOrder({ id: 2, fulfillments: [{ ...parcel, id: 12 }] }),
      storeOrder({ id: 3 }),
    ]);
    // A scan leaves the order's own time as it is, so the comparison of orders cannot see it.
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    expect((await factsOf(shop)).map((fact) => fact.delivery_state).slice(0, 2)).not.toContain("delivered");
    await handlers["reread-parcels"]({ shopId: shop.id }, Date.now());
    const [told, silent] = await factsOf(shop);
    expect(told).toMatchObject({ delivery_state: "delivered" });
    expect(silent!.delivery_state).not.toBe("delivered");
    expect(await comparisonsOf(shop)).toContainEqual({ kind: "parcels", compared: 2, repaired: 1, trouble: null });
  });
});

describe("abandoned checkouts", () => {
  it("come with their token, without the key that opens them, and tell when their shopper came back", async () => {
    const at = Date.now();
    const left = {
      id: 7,
      token: "tok7",
      startedAt: at - DAY,
      leftAt: at - DAY,
      country: "DE",
      province: "BE",
      total: 1990,
    };
    const shop = await installedShop([], { abandonedCheckouts: [{ ...left, completedAt: at + 2 * HOUR }] });
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    const facts = () =>
      rows(
        `select token, checkout_id, abandoned, completed_at, country, province, currency, total_minor
         from checkout_fact where shop_id = $1`,
        [shop.id],
      );
    const row = {
      token: "tok7",
      checkout_id: "7",
      country: "DE",
      province: "BE",
      currency: "EUR",
      total_minor: "1990",
    };
    expect(await facts()).toEqual([{ ...row, abandoned: true, completed_at: null }]);
    passTime(2 * HOUR);
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    expect(await facts()).toEqual([{ ...row, abandoned: false, completed_at: iso(at + 2 * HOUR) }]);
    const stored = await rows("select to_jsonb(c)::text as row from checkout_fact c where shop_id = $1", [shop.id]);
    expect(JSON.stringify(stored)).not.toContain("recovery-key");
  });

  it("that Shopify does not give are named, and the orders are compared all the same", async () => {
    const shop = await installedShop([storeOrder({ id: 1 })]);
    placeUnheard(shop, storeOrder({ id: 2, placedAt: Date.now() - 60_000 }));
    ease.store.faults.unapproved = ["QueryRoot.abandonedCheckouts"];
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    expect(await factsOf(shop)).toHaveLength(2);
    expect(await withheldIn(shop)).toEqual([{ part: "abandoned_checkouts", cause: "refused", since: iso(Date.now()) }]);
    ease.store.faults.unapproved = [];
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    expect(await withheldIn(shop)).toEqual([]);
  });
});

describe("what Shopify withholds", () => {
  it("for want of a scope is left out of the import, named since when, and read once granted", async () => {
    const domain = "narrow.myshopify.com";
    const returned = {
      id: 5,
      createdAt: NOW - DAY,
      closedAt: null,
      items: [{ id: 6, lineItemId: 11, quantity: 1, reason: "defective" }],
    };
    ease.addShop(storeShop({ domain, id: 91, orders: [storeOrder({ id: 1, returns: [returned] })] }));
    const { grantedScopes } = ease.store.install(domain);
    const scopes = [...grantedScopes];
    grantedScopes.splice(0, grantedScopes.length, ...scopes.filter((one) => !/returns|fulfillment_orders/.test(one)));
    const { shop } = await ease.visit(domain);
    const installedAt = Date.now();
    await ease.runQueue();
    expect(await backfillsOf(shop)).toMatchObject([{ state: "done", error_code: null }]);
    expect(await withheldIn(shop)).toEqual([
      { part: "fulfillment_orders", cause: "scope", since: iso(installedAt) },
      { part: "returns", cause: "scope", since: iso(installedAt) },
    ]);
    const facts = () => rows("select returned_at, promised_at from order_fact where shop_id = $1", [shop.id]);
    expect(await facts()).toEqual([{ returned_at: null, promised_at: null }]);

    passTime(HOUR);
    grantedScopes.splice(0, grantedScopes.length, ...scopes);
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    await ease.runQueue();
    expect(await withheldIn(shop)).toEqual([]);
    expect(await backfillsOf(shop)).toHaveLength(2);
    expect(await facts()).toEqual([{ returned_at: iso(NOW - DAY), promised_at: iso(PLACED_AT + 5 * DAY) }]);
  });

  it("as protected data leaves the rest readable: import, comparison and reading by id", async () => {
    ease.store.faults.unapproved = ["Order.customer"];
    const shop = await installedShop([storeOrder({ id: 1 })]);
    placeUnheard(shop, storeOrder({ id: 2, placedAt: Date.now() - 60_000 }));
    placeUnheard(shop, storeOrder({ id: 3, placedAt: Date.now() - 60_000 }));
    await handlers["read-orders"]({ shopId: shop.id, orderIds: ["2"] }, Date.now());
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    const customers = () => rows("select customer_id from order_fact where shop_id = $1 order by order_id", [shop.id]);
    expect(await customers()).toEqual([{ customer_id: null }, { customer_id: null }, { customer_id: null }]);
    expect(await withheldIn(shop)).toMatchObject([{ part: "customers", cause: "refused" }]);
    expect(await backfillsOf(shop)).toMatchObject([{ state: "done" }]);
  });

  it("altogether ends the import with a word, and begins it again by itself once it is given", async () => {
    const domain = "closed.myshopify.com";
    ease.store.faults.unapproved = ["QueryRoot.orders"];
    ease.addShop(storeShop({ domain, id: 92, orders: [storeOrder({ id: 1 })] }));
    const { shop } = await ease.visit(domain);
    await ease.runQueue();
    expect(await backfillsOf(shop)).toMatchObject([{ state: "failed", error_code: "ACCESS_DENIED" }]);
    expect(await withheldIn(shop)).toMatchObject([{ part: "orders", cause: "refused" }]);
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    expect(await comparisonsOf(shop)).toContainEqual({
      kind: "orders",
      compared: 0,
      repaired: 0,
      trouble: "access_denied",
    });
    expect(await backfillsOf(shop)).toHaveLength(1);

    ease.store.faults.unapproved = [];
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    await ease.runQueue();
    expect(await backfillsOf(shop)).toMatchObject([{ state: "failed" }, { state: "done" }]);
    expect(await withheldIn(shop)).toEqual([]);
    expect(await factsOf(shop)).toHaveLength(1);
  });
});

describe("a shop that installs again", () => {
  it("soon finds what was known, and what happened meanwhile, without another backfill", async () => {
    const shop = await installedShop([storeOrder({ id: 1 })]);
    await ease.store.uninstall(shop.domain);
    await ease.runQueue();
    placeUnheard(shop, storeOrder({ id: 2, placedAt: Date.now() + HOUR }));
    passTime(3 * DAY);
    expect((await ease.visit(shop.domain)).shop.id).toBe(shop.id);
    expect(await factsOf(shop)).toHaveLength(1);
    await ease.runQueue();
    expect(await factsOf(shop)).toHaveLength(2);
    expect(await backfillsOf(shop)).toHaveLength(1);
  });

  it("after long has its history read again", async () => {
    const shop = await installedShop([storeOrder({ id: 1 })]);
    await ease.store.uninstall(shop.domain);
    await ease.runQueue();
    passTime(40 * DAY);
    await ease.visit(shop.domain);
    await ease.runQueue();
    expect(await backfillsOf(shop)).toHaveLength(2);
  });

  it("with all orders granted has the older ones read too, as one that grants them later", async () => {
    const old = storeOrder({ id: 1, placedAt: Date.now() - 100 * DAY });
    const shop = await installedShop([old], { grantableScopes: [] });
    expect(await factsOf(shop)).toEqual([]);
    storeOf(shop).grantableScopes = ["read_all_orders"];
    ease.store.installation(shop.domain)!.grantedScopes.push("read_all_orders");
    await handlers.reconcile({ shopId: shop.id }, Date.now());
    await ease.runQueue();
    expect(await factsOf(shop)).toHaveLength(1);
    expect(await backfillsOf(shop)).toMatchObject([{ limited_to: "60_days" }, { limited_to: null, state: "done" }]);
  });
});
