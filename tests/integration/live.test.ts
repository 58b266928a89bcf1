import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openInbox } from "~/ingest/inbox.server";
import { pool } from "~/db.server";
import { topics } from "~/ingest/topics";
import { happeningsOf, openLifeFeed } from "../dev-store/life-feed";
import type { StoreOrder, StoreShop } from "../dev-store/model";
import { simulateShop } from "../dev-store/simulator/shop";
import { northwindOutdoor } from "../dev-store/simulator/presets";
import { DAY, HOUR, PLACED_AT, storeFulfillment, storeOrder, storeShop } from "../factories/store-order";
import { everythingOf, NOW, passTime, rows, storeWithEase } from "./store-with-ease";

const ease = storeWithEase(() => []);
const inbox = openInbox(pool);
let shops = 0;

/** A shop with Ease that imported nothing: what it knows, it knows from webhooks. */
async function installed(orders: StoreOrder[] = [], overrides: Partial<StoreShop> = {}) {
  const id = 1 + shops++;
  const shop = storeShop({ id, domain: `live-${id}.myshopify.com`, ...overrides, orders: [] });
  ease.addShop(shop);
  const visit = await ease.visit(shop.domain);
  await ease.runQueue();
  shop.orders.push(...orders);
  return { ...visit.shop, inStore: shop };
}

interface Sent {
  topic: string;
  payload: unknown;
  at: number;
  webhookId: string;
}

/** Puts deliveries into the inbox as the web process does, and records them. */
async function arrive(domain: string, deliveries: Sent[]) {
  for (const { topic, payload, at, webhookId } of deliveries) {
    await inbox.receive(
      {
        shopDomain: domain,
        topic,
        webhookId,
        eventId: null,
        triggeredAt: new Date(at).toISOString(),
        rawBody: JSON.stringify(payload),
      },
      Date.now(),
    );
  }
}

function deliveriesOf(shop: StoreShop, orders: readonly StoreOrder[], until = NOW): Sent[] {
  return orders.flatMap((order) =>
    happeningsOf(shop, order)
      .filter((one) => one.at <= until)
      .map(({ at, topic, payload }) => ({ at, topic, payload: payload(), webhookId: randomUUID() })),
  );
}

/** Tables that say when something came, and not what. */
const NOT_FACTS = ["inbox_delivery", "inbox_key", "backfill", "reconciliation"];

const factsOf = (shopId: number) => everythingOf(shopId, NOT_FACTS);

describe("Shopify's own sample of each webhook", () => {
  const folder = new URL("../fixtures/webhook-samples/", import.meta.url);
  const samples = readdirSync(folder).filter((file) => file.endsWith(".json"));

  it("is there for every webhook Ease takes", () => {
    expect(samples.map((file) => file.replace("-", "/").replace(".json", "")).sort()).toEqual(Object.keys(topics).sort());
  });

  it("is accepted and recorded", async () => {
    const shop = await installed();
    const ended = new Set(["app/uninstalled", "shop/redact"]);
    const sent = samples.map((file) => ({
      topic: file.replace("-", "/").replace(".json", ""),
      payload: JSON.parse(readFileSync(new URL(file, folder), "utf8")) as unknown,
      at: Date.now(),
      webhookId: randomUUID(),
    }));
    await arrive(shop.domain, sent.filter(({ topic }) => !ended.has(topic)));
    await ease.runQueue();
    const recorded = await rows(
      `select distinct topic, recorded_at is not null as recorded, unreadable from inbox_delivery
       where shop_id = $1 order by 1`,
      [shop.id],
    );
    const expected = Object.keys(topics).filter((topic) => !ended.has(topic)).sort();
    expect(recorded).toEqual(expected.map((topic) => ({ topic, recorded: true, unreadable: null })));
    expect(await rows("select count(*)::int as n from tombstone where shop_id = $1 and kind = 'order_deleted'", [shop.id]))
      .toEqual([{ n: 1 }]);

    await arrive(shop.domain, sent.filter(({ topic }) => topic === "app/uninstalled"));
    await ease.runQueue();
    expect(await rows("select uninstalled_at is not null as gone from shop where id = $1", [shop.id])).toEqual([
      { gone: true },
    ]);
    await arrive(shop.domain, sent.filter(({ topic }) => topic === "shop/redact"));
    await ease.runQueue();
    expect(await rows("select id from shop where id = $1", [shop.id])).toEqual([]);
  });
});

/** Orders to which everything happens that webhooks tell of. */
function eventful(firstId: number): StoreOrder[] {
  const plain = storeOrder({ id: firstId });
  const cancelled = storeOrder({
    id: firstId + 1, cancelledAt: PLACED_AT + HOUR, cancelReason: "INVENTORY", fulfillments: [],
    refunds: [{ id: (firstId + 1) * 10 + 8, at: PLACED_AT + HOUR, amount: 6640 }],
  });
  const returned = storeOrder({
    id: firstId + 2,
    refunds: [{ id: (firstId + 2) * 10 + 8, at: PLACED_AT + 6 * DAY, amount: 4900 }],
    returns: [
      {
        id: (firstId + 2) * 10 + 9, createdAt: PLACED_AT + 5 * DAY, closedAt: PLACED_AT + 6 * DAY,
        items: [{ id: (firstId + 2) * 100 + 9, lineItemId: (firstId + 2) * 10 + 1, quantity: 1, reason: "defective" }],
      },
    ],
  });
  const held = storeOrder({ id: firstId + 3 });
  held.fulfillmentOrders[0]!.holds = [
    { id: 1, reason: "AWAITING_PAYMENT", from: PLACED_AT + HOUR, until: PLACED_AT + 2 * HOUR },
  ];
  const shortened = storeOrder({ id: firstId + 4 });
  shortened.lineItems[1]!.removed = { at: PLACED_AT + 3 * HOUR, quantity: 1 };
  const resent = storeOrder({ id: firstId + 5 });
  resent.fulfillments = [
    storeFulfillment({ id: (firstId + 5) * 10 + 4, cancelledAt: PLACED_AT + 2 * DAY, carrier: null }),
    storeFulfillment({ id: (firstId + 5) * 10 + 5, createdAt: PLACED_AT + 3 * DAY, carrier: "UPS" }),
  ];
  return [plain, cancelled, returned, held, shortened, resent];
}

describe("facts from webhooks", () => {
  it("equal those of a backfill, row for row", async () => {
    const orders = eventful(1001);
    const live = await installed(orders);
    await arrive(live.domain, deliveriesOf(live.inStore, orders));
    await ease.runQueue();

    const id = 1 + shops++;
    const read = storeShop({ id, domain: `live-${id}.myshopify.com`, orders });
    ease.addShop(read);
    const { shop } = await ease.visit(read.domain);
    await ease.runQueue();
    // When a parcel was called off, a reading only knows to have been before it.
    const comparable = async (shopId: number) => {
      const { order_fact, shipment_fact } = await factsOf(shopId);
      return { order_fact, shipment_fact: shipment_fact!.map((one) => ({ ...(one as object), cancelled_at: undefined })) };
    };
    const facts = await comparable(live.id);
    expect(facts.order_fact).toHaveLength(6);
    expect(facts).toEqual(await comparable(shop.id));
  });

  it("equal those of a backfill also where nothing was read by id, but for what no webhook tells", async () => {
    const orders = simulateShop(northwindOutdoor, { seed: "webhooks", until: NOW, days: 3, ahead: 0 }).orders;
    const live = await installed(orders, { currency: northwindOutdoor.currency });
    await arrive(live.domain, deliveriesOf(live.inStore, orders));
    await ease.runDueJobs();
    await rows("delete from graphile_worker._private_jobs where run_at > now() returning id");
    const id = 1 + shops++;
    const read = storeShop({ id, domain: `live-${id}.myshopify.com`, currency: northwindOutdoor.currency, orders });
    ease.addShop(read);
    const { shop } = await ease.visit(read.domain);
    await ease.runQueue();
    const told = `order_id, name, placed_at, source_name, customer_id, checkout_token, total_minor, subtotal_minor,
      shipping_minor, presentment_currency, country, province, method, vendor, items, cancelled_at, cancel_reason,
      shipments, first_fulfilled_at, last_scan_at, delivered_at, updated_at`;
    const facts = await rows(`select ${told} from order_fact where shop_id = $1 order by order_id`, [live.id]);
    expect(facts.length).toBeGreaterThan(100);
    expect(facts).toEqual(await rows(`select ${told} from order_fact where shop_id = $1 order by order_id`, [shop.id]));
  });

  it("are the same in any order, with duplicates and in any groups, row for row", async () => {
    const orders = eventful(2001);
    const all = (shop: StoreShop) => {
      const sent = deliveriesOf(shop, orders);
      const scan = sent.find((one) => one.topic === "fulfillment_events/create")!;
      const merge = (deleted: number, kept: number): Sent => ({
        topic: "customers/merge", at: NOW, webhookId: randomUUID(),
        payload: {
          admin_graphql_api_customer_deleted_id: `gid://shopify/Customer/${deleted}`,
          admin_graphql_api_customer_kept_id: `gid://shopify/Customer/${kept}`,
          status: "completed",
        },
      });
      return [
        ...sent,
        { topic: "fulfillment_events/delete", payload: scan.payload, at: NOW, webhookId: randomUUID() },
        { topic: "orders/delete", payload: { id: 2004 }, at: NOW, webhookId: randomUUID() },
        { topic: "checkouts/delete", payload: { id: 2006 }, at: NOW, webhookId: randomUUID() },
        merge(20017, 77), merge(77, 78),
      ];
    };
    const calm = await installed();
    await arrive(calm.domain, all(calm.inStore));
    calm.inStore.orders.push(...orders.filter((order) => order.id !== 2004));
    await ease.runQueue();
    const expected = await factsOf(calm.id);
    expect(expected.order_fact).toHaveLength(5);
    expect(expected.order_fact).toContainEqual(expect.objectContaining({ order_id: 2001, customer_id: 78 }));

    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.double({ min: 0, max: 0.4, noNaN: true }), async (seed, share) => {
        const shop = await installed();
        const deliveries = shuffled(all(shop.inStore), seed);
        const again = deliveries.filter((_, index) => (index * 7 + Math.abs(seed)) % 100 < share * 100);
        // The same state told once more under an id of its own, as Shopify does for a second subscription.
        const twice = again.map((one, index) => (index % 2 ? one : { ...one, webhookId: randomUUID() }));
        const mixed = shuffled([...deliveries, ...twice], seed + 1);
        const cut = Math.floor(mixed.length / 3);
        await arrive(shop.domain, mixed.slice(0, cut));
        await ease.runDueJobs();
        await arrive(shop.domain, mixed.slice(cut, 2 * cut));
        await ease.runDueJobs();
        await arrive(shop.domain, mixed.slice(2 * cut));
        shop.inStore.orders.push(...orders.filter((order) => order.id !== 2004));
        await ease.runQueue();
        expect(await factsOf(shop.id)).toEqual(expected);
      }),
      { numRuns: 6 },
    );
  }, 120_000);
});

/** The same shuffle for the same seed. */
function shuffled<T>(all: T[], seed: number): T[] {
  const [result] = fc.sample(fc.shuffledSubarray(all, { minLength: all.length }), { numRuns: 1, seed });
  return result!;
}

describe("the dev store", () => {
  it("sends what happens as its clock passes over it, cut to the fields asked for, and Ease follows", async () => {
    const order = storeOrder({ id: 3001, placedAt: NOW + HOUR });
    const shop = await installed([order]);
    const feed = openLifeFeed(ease.store, NOW, { byItself: false, domains: [shop.domain] });
    expect(await feed.sendDue()).toBe(0);
    passTime(5 * DAY);
    await feed.sendDue();
    await ease.runQueue();
    const topicsSent = happeningsOf(shop.inStore, order).map(({ topic }) => topic);
    const came = await rows("select topic from inbox_delivery where shop_id = $1 and topic like '%s/%' order by 1", [
      shop.id,
    ]);
    expect(came.map(({ topic }) => topic).filter((topic) => topic !== "bulk_operations/finish")).toEqual(
      topicsSent.toSorted(),
    );
    expect(await rows("select delivery_state from order_fact where shop_id = $1", [shop.id])).toEqual([
      { delivery_state: "delivered" },
    ]);
    expect(await rows("select completed_at is not null as completed, country from checkout_fact where shop_id = $1", [
      shop.id,
    ])).toEqual([{ completed: true, country: "DE" }]);
    await feed.stop();
  });
});
