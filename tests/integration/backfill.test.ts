import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { forShop, pool } from "~/db.server";
import { requestBackfill } from "~/ingest/install.server";
import { readBulkFiles } from "~/ingest/read-bulk-files.server";
import { handlers } from "~/jobs/handlers/handlers.server";
import { runJobs } from "~/jobs/run-jobs.server";
import type { StoreOrder, StoreShop } from "../dev-store/model";
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
import { everythingOf, iso, NOW, owner, passTime, rows, storeWithEase } from "./store-with-ease";

const ease = storeWithEase(() => []);
let shops = 0;

/** Opens a shop of its own at Shopify, so that no test meets another's rows. */
function openShop(orders: StoreOrder[], overrides: Partial<StoreShop> = {}): StoreShop {
  const id = ++shops;
  const shop = storeShop({ id, domain: `shop-${id}.myshopify.com`, orders, ...overrides });
  ease.addShop(shop);
  return shop;
}

async function installAndImport(shop: StoreShop) {
  const visit = await ease.visit(shop.domain);
  await ease.runQueue();
  return visit.shop;
}

async function backfills(shopId: number) {
  return rows("select * from backfill where shop_id = $1 order by id", [shopId]);
}

async function lastBackfill(shopId: number) {
  return (await backfills(shopId)).at(-1)!;
}

async function orderFact(shopId: number, orderId: number) {
  const [fact] = await rows("select * from order_fact where shop_id = $1 and order_id = $2", [shopId, orderId]);
  return fact;
}

async function shipmentFacts(shopId: number, orderId: number) {
  return rows("select * from shipment_fact where shop_id = $1 and order_id = $2 order by shipment_id", [
    shopId,
    orderId,
  ]);
}

async function scoreOf(shopId: number, orderId: number) {
  const [score] = await rows(
    `select score, version, as_of,
       (select array_agg(reason ->> 'code') from jsonb_array_elements(reasons) reason) codes,
       (select sum((reason ->> 'points')::numeric)::float8 from jsonb_array_elements(reasons) reason) points
     from delivery_score where shop_id = $1 and order_id = $2`,
    [shopId, orderId]
  );
  return score;
}

const eventKeys = async (shopId: number, orderId: number) => {
  const found = await rows("select event_key from order_event where shop_id = $1 and order_id = $2 order by 1", [
    shopId,
    orderId,
  ]);
  return found.map((row) => row.event_key as string);
};

/** What recording the same history once more must leave as it was. */
const recorded = (shopId: number) => everythingOf(shopId, ["backfill", "inbox_delivery", "inbox_key"]);

/** Parts of an order before anything is sent. */
const waiting = { fulfillments: [] } satisfies Partial<StoreOrder>;

describe("an imported order", () => {
  it("is recorded as it happened: its events, its fact, its parcel, its score and its day", async () => {
    const shop = await installAndImport(openShop([storeOrder()]));

    const events = await rows(
      `select event_key, kind, happened_at, known_at, assumed, source, value from order_event
       where shop_id = $1 order by 3, 1`,
      [shop.id]
    );
    const promisedAt = PLACED_AT + 5 * DAY;
    const assumed = (event_key: string, kind: string, at: number, value: unknown) => ({
      event_key,
      kind,
      happened_at: iso(at),
      known_at: iso(at),
      assumed: true,
      source: "bulk",
      value,
    });
    expect(events).toEqual([
      assumed(expect.stringMatching(/^described:[0-9a-f]{12}$/) as string, "described", PLACED_AT, {
        seen: [PLACED_AT + DAY],
        name: "#1001",
        placedAt: PLACED_AT,
        sourceName: "web",
        test: false,
        company: false,
        requiresShipping: true,
        methodType: "SHIPPING",
        method: "Standard",
        country: "DE",
        province: "BE",
        vendor: "Lumen",
        location: "Berlin",
        customerId: "10017",
        checkoutToken: "token-1001",
        presentmentCurrency: "EUR",
        totalMinor: 6640,
        subtotalMinor: 6150,
        shippingMinor: 490,
        items: 2,
      }),
      assumed(`promised:10013:${promisedAt}`, "promised", PLACED_AT, { promisedFor: "10013", at: promisedAt }),
      assumed("fulfilled:10014", "fulfilled", PLACED_AT + DAY, {
        shipmentId: "10014",
        carrier: "DHL",
        quantity: 2,
        updatedAt: PLACED_AT + DAY,
      }),
      assumed("scanned:100101", "scanned", PLACED_AT + DAY + 4 * HOUR, {
        shipmentId: "10014",
        status: "CARRIER_PICKED_UP",
      }),
      assumed("scanned:100102", "scanned", PLACED_AT + 2 * DAY, { shipmentId: "10014", status: "IN_TRANSIT" }),
      assumed("scanned:100103", "scanned", PLACED_AT + 3 * DAY, { shipmentId: "10014", status: "DELIVERED" }),
    ]);

    expect(await orderFact(shop.id, 1001)).toEqual({
      shop_id: shop.id,
      order_id: "1001",
      name: "#1001",
      placed_at: iso(PLACED_AT),
      day: "2026-06-01",
      source_name: "web",
      left_out: null,
      customer_id: "10017",
      checkout_token: "token-1001",
      total_minor: "6640",
      subtotal_minor: "6150",
      shipping_minor: "490",
      refunded_minor: "0",
      presentment_currency: "EUR",
      country: "DE",
      province: "BE",
      method: "Standard",
      vendor: "Lumen",
      location: "Berlin",
      items: 2,
      items_removed: 0,
      promised_at: iso(promisedAt),
      promise_source: "quoted",
      hold_reason: null,
      cancelled_at: null,
      cancel_reason: null,
      first_refunded_at: null,
      returned_at: null,
      return_reason: null,
      shipments: 1,
      first_fulfilled_at: iso(PLACED_AT + DAY),
      last_scan_at: iso(PLACED_AT + 3 * DAY),
      delivered_at: iso(PLACED_AT + 3 * DAY),
      delivery_state: "delivered",
      updated_at: iso(PLACED_AT + DAY),
    });
    expect(await shipmentFacts(shop.id, 1001)).toEqual([
      {
        shop_id: shop.id,
        order_id: "1001",
        shipment_id: "10014",
        carrier: "DHL",
        quantity: 2,
        fulfilled_at: iso(PLACED_AT + DAY),
        handed_over_at: iso(PLACED_AT + DAY + 4 * HOUR),
        last_scan_at: iso(PLACED_AT + 3 * DAY),
        last_status: "DELIVERED",
        scans: 3,
        failed_attempts: 0,
        delays: 0,
        failures: 0,
        delivered_at: iso(PLACED_AT + 3 * DAY),
        cancelled_at: null,
      },
    ]);
    expect(await scoreOf(shop.id, 1001)).toEqual({
      score: 95.3,
      version: "delivery-default-2",
      as_of: iso(NOW),
      codes: ["base"],
      points: 4.7,
    });
    expect(await rows("select * from delivery_day where shop_id = $1", [shop.id])).toEqual([
      {
        shop_id: shop.id,
        day: "2026-06-01",
        orders: 1,
        scored: 1,
        score_sum: 95.3,
        score_squares: 9082.09,
        promises_due: 1,
        promises_kept: 1,
        promises_open: 0,
        without_promise: 0,
        arrival_unknown: 0,
        cancelled: 0,
        as_of: iso(NOW),
        left_out: {},
        reasons: { base: { orders: 1, points: 4.7 } },
      },
    ]);
    expect(await backfills(shop.id)).toMatchObject([
      {
        id: 1,
        state: "done",
        attempts: 1,
        orders_found: 1,
        orders_recorded: 1,
        orders_scored: 1,
        lines_set_aside: 0,
        limited_to: null,
        error_code: null,
      },
    ]);
  });

  it("has no promise where none was quoted: then none is kept or broken", async () => {
    const unquoted = storeOrder({ fulfillmentOrders: [storeFulfillmentOrder({ id: 10013 })] });
    const shop = await installAndImport(openShop([unquoted]));
    expect(await orderFact(shop.id, 1001)).toMatchObject({ promised_at: null, promise_source: null });
    expect(await rows("select * from delivery_day where shop_id = $1", [shop.id])).toMatchObject([
      { promises_due: 0, promises_kept: 0, promises_open: 0, without_promise: 1 },
    ]);
  });

  it("in split parcels has arrived when the last one has, and keeps the latest promise", async () => {
    const shop = await installAndImport(
      openShop([
        storeOrder({
          fulfillmentOrders: [
            storeFulfillmentOrder({ id: 31, maxDeliveryAt: PLACED_AT + 4 * DAY }),
            storeFulfillmentOrder({ id: 32, maxDeliveryAt: PLACED_AT + 6 * DAY, location: "Hamburg" }),
          ],
          fulfillments: [
            storeFulfillment({
              id: 41,
              fulfillmentOrderId: 31,
              quantity: 1,
              scans: [{ id: 1, status: "DELIVERED", happenedAt: PLACED_AT + 3 * DAY }],
            }),
            storeFulfillment({
              id: 42,
              fulfillmentOrderId: 32,
              quantity: 1,
              createdAt: PLACED_AT + 2 * DAY,
              scans: [{ id: 2, status: "IN_TRANSIT", happenedAt: PLACED_AT + 3 * DAY + HOUR }],
            }),
          ],
        }),
      ])
    );
    expect(await orderFact(shop.id, 1001)).toMatchObject({
      shipments: 2,
      promised_at: iso(PLACED_AT + 6 * DAY),
      first_fulfilled_at: iso(PLACED_AT + DAY),
      last_scan_at: iso(PLACED_AT + 3 * DAY + HOUR),
      delivered_at: null,
      delivery_state: "on_the_way",
      location: "Berlin",
    });
    expect(await shipmentFacts(shop.id, 1001)).toMatchObject([
      { shipment_id: "41", delivered_at: iso(PLACED_AT + 3 * DAY) },
      {
        shipment_id: "42",
        delivered_at: null,
        last_status: "IN_TRANSIT",
        handed_over_at: iso(PLACED_AT + 3 * DAY + HOUR),
      },
    ]);
    expect((await scoreOf(shop.id, 1001))?.codes).toEqual(expect.arrayContaining(["promise_overdue", "split_parcels"]));
  });

  it("counts failed attempts, delays and failures, and a cancelled parcel no longer", async () => {
    const shop = await installAndImport(
      openShop([
        storeOrder({
          fulfillments: [
            storeFulfillment({ id: 41, fulfillmentOrderId: 10013, cancelledAt: PLACED_AT + DAY + HOUR }),
            storeFulfillment({
              id: 42,
              fulfillmentOrderId: 10013,
              createdAt: PLACED_AT + 2 * DAY,
              scans: [
                { id: 1, status: "LABEL_PRINTED", happenedAt: PLACED_AT + 2 * DAY },
                { id: 2, status: "DELAYED", happenedAt: PLACED_AT + 3 * DAY },
                { id: 3, status: "ATTEMPTED_DELIVERY", happenedAt: PLACED_AT + 4 * DAY },
                { id: 4, status: "ATTEMPTED_DELIVERY", happenedAt: PLACED_AT + 5 * DAY },
                { id: 5, status: "FAILURE", happenedAt: PLACED_AT + 6 * DAY },
              ],
            }),
          ],
        }),
      ])
    );
    expect(await shipmentFacts(shop.id, 1001)).toMatchObject([
      // A bulk file shows that a parcel is cancelled, not since when: known since it was read.
      { shipment_id: "41", cancelled_at: iso(NOW) },
      {
        shipment_id: "42",
        handed_over_at: iso(PLACED_AT + 3 * DAY),
        scans: 5,
        failed_attempts: 2,
        delays: 1,
        failures: 1,
        delivered_at: null,
        cancelled_at: null,
      },
    ]);
    expect(await orderFact(shop.id, 1001)).toMatchObject({
      shipments: 1,
      first_fulfilled_at: iso(PLACED_AT + 2 * DAY),
      delivery_state: "on_the_way",
    });
  });

  it("cancelled by the shop stays in the score, with its refund", async () => {
    const shop = await installAndImport(
      openShop([
        storeOrder({
          ...waiting,
          cancelledAt: PLACED_AT + 2 * DAY,
          cancelReason: "INVENTORY",
          refunds: [{ id: 5, at: PLACED_AT + 2 * DAY + HOUR, amount: 6640 }],
        }),
      ])
    );
    expect(await orderFact(shop.id, 1001)).toMatchObject({
      left_out: null,
      cancelled_at: iso(PLACED_AT + 2 * DAY),
      cancel_reason: "INVENTORY",
      refunded_minor: "6640",
      first_refunded_at: iso(PLACED_AT + 2 * DAY + HOUR),
      shipments: 0,
      first_fulfilled_at: null,
      delivery_state: "cancelled",
    });
    expect((await scoreOf(shop.id, 1001))?.codes).toContain("cancelled");
    // Nobody waits for it any more, so its promise is neither kept nor broken.
    expect(await rows("select * from delivery_day where shop_id = $1", [shop.id])).toMatchObject([
      { orders: 1, scored: 1, promises_due: 0, promises_open: 0, without_promise: 0 },
    ]);
  });

  it("carries its refunds, its return and the gravest reason of it", async () => {
    const shop = await installAndImport(
      openShop([
        storeOrder({
          refunds: [
            { id: 5, at: PLACED_AT + 8 * DAY, amount: 1250 },
            { id: 6, at: PLACED_AT + 9 * DAY, amount: 100 },
          ],
          returns: [
            {
              id: 7,
              createdAt: PLACED_AT + 5 * DAY,
              closedAt: PLACED_AT + 8 * DAY,
              items: [
                { id: 8, lineItemId: 10011, quantity: 1, reason: "unwanted" },
                { id: 9, lineItemId: 10012, quantity: 1, reason: "wrong-item" },
              ],
            },
          ],
        }),
      ])
    );
    expect(await orderFact(shop.id, 1001)).toMatchObject({
      refunded_minor: "1350",
      first_refunded_at: iso(PLACED_AT + 8 * DAY),
      returned_at: iso(PLACED_AT + 5 * DAY),
      return_reason: "wrong-item",
    });
    expect((await scoreOf(shop.id, 1001))?.codes).toContain("returned_at_fault");
  });

  it("shows a hold in force and items taken off, known since they were read", async () => {
    const held = storeFulfillmentOrder({
      id: 10013,
      maxDeliveryAt: PLACED_AT + 5 * DAY,
      holds: [{ id: 1, reason: "INVENTORY_OUT_OF_STOCK", from: PLACED_AT + HOUR, until: null }],
    });
    const over = storeFulfillmentOrder({
      id: 10023,
      holds: [{ id: 2, reason: "AWAITING_PAYMENT", from: PLACED_AT, until: PLACED_AT + HOUR }],
    });
    const removed = storeLineItem({ id: 2, quantity: 3, removed: { at: PLACED_AT + DAY, quantity: 2 } });
    const shop = await installAndImport(
      openShop([
        storeOrder({ ...waiting, fulfillmentOrders: [held] }),
        storeOrder({ id: 1002, fulfillmentOrders: [over], lineItems: [storeLineItem(), removed] }),
      ])
    );
    expect(await orderFact(shop.id, 1001)).toMatchObject({
      hold_reason: "INVENTORY_OUT_OF_STOCK",
      delivery_state: "waiting",
    });
    expect(await orderFact(shop.id, 1002)).toMatchObject({ hold_reason: null, items: 4, items_removed: 2 });
    expect(
      await rows(
        `select kind, happened_at, known_at, assumed from order_event
         where shop_id = $1 and kind in ('held', 'items_removed') order by 1`,
        [shop.id]
      )
    ).toEqual([
      { kind: "held", happened_at: iso(NOW), known_at: iso(NOW), assumed: false },
      { kind: "items_removed", happened_at: iso(NOW), known_at: iso(NOW), assumed: false },
    ]);
    expect((await scoreOf(shop.id, 1002))?.codes).toContain("items_removed");
  });

  it("sent by a carrier that scans nothing has an unknown arrival, never a late one", async () => {
    const shop = await installAndImport(
      openShop([
        storeOrder({ fulfillments: [storeFulfillment({ id: 10014, fulfillmentOrderId: 10013, carrier: "Courier" })] }),
      ])
    );
    expect(await orderFact(shop.id, 1001)).toMatchObject({ delivery_state: "unknown", delivered_at: null });
    expect(await rows("select * from delivery_day where shop_id = $1", [shop.id])).toMatchObject([
      { orders: 1, promises_due: 0, promises_open: 0, arrival_unknown: 1 },
    ]);
    expect((await scoreOf(shop.id, 1001))?.codes).not.toContain("promise_overdue");
  });

  it("belongs to the shop's own calendar day", async () => {
    const late = Date.UTC(2026, 5, 1, 22, 30);
    const shop = await installAndImport(openShop([storeOrder({ placedAt: late })]));
    expect(await orderFact(shop.id, 1001)).toMatchObject({ placed_at: iso(late), day: "2026-06-02" });
    expect(await rows("select day from delivery_day where shop_id = $1", [shop.id])).toEqual([{ day: "2026-06-02" }]);
  });

  it("counts money in minor units of the shop's currency, whatever the shopper saw", async () => {
    const dollars = storeOrder({ presentmentCurrency: "USD", presentmentRate: 1.1 });
    const yen = storeOrder({
      presentmentCurrency: "JPY",
      shippingPrice: 490,
      lineItems: [storeLineItem({ unitPrice: 6150 })],
      refunds: [{ id: 5, at: PLACED_AT + 4 * DAY, amount: 150 }],
    });
    const euroShop = await installAndImport(openShop([dollars]));
    const yenShop = await installAndImport(openShop([yen], { currency: "JPY", timeZone: "Asia/Tokyo" }));
    expect(await orderFact(euroShop.id, 1001)).toMatchObject({ total_minor: "6640", presentment_currency: "USD" });
    expect(await orderFact(yenShop.id, 1001)).toMatchObject({
      total_minor: "6640",
      subtotal_minor: "6150",
      shipping_minor: "490",
      refunded_minor: "150",
      presentment_currency: "JPY",
    });
    expect(yenShop).toMatchObject({ currency: "JPY", timeZone: "Asia/Tokyo" });
  });

  it("without a delivery to experience is left out, with the reason, and counted", async () => {
    const parts = (methodType: "PICK_UP" | "NONE") => [storeFulfillmentOrder({ methodType })];
    const shop = await installAndImport(
      openShop([
        storeOrder({ id: 1, test: true }),
        storeOrder({ id: 2, sourceName: "pos" }),
        storeOrder({ id: 3, sourceName: "shopify_draft_order" }),
        storeOrder({ id: 4, sourceName: "subscription_contract" }),
        storeOrder({ id: 5, company: true }),
        storeOrder({
          id: 6,
          ...waiting,
          lineItems: [storeLineItem({ requiresShipping: false })],
          fulfillmentOrders: parts("NONE"),
        }),
        storeOrder({ id: 7, fulfillmentOrders: parts("PICK_UP") }),
        storeOrder({ id: 8, ...waiting, cancelledAt: PLACED_AT + HOUR, cancelReason: "CUSTOMER" }),
        storeOrder({ id: 9, sourceName: "pos" }),
        storeOrder({ id: 10 }),
      ])
    );
    const facts = await rows("select order_id, left_out from order_fact where shop_id = $1 order by 1", [shop.id]);
    expect(facts.map((row) => row.left_out)).toEqual([
      "test",
      "point_of_sale",
      "draft",
      "renewal",
      "company",
      "digital",
      "pickup",
      "cancelled_by_shopper",
      "point_of_sale",
      null,
    ]);
    expect(await rows("select order_id from delivery_score where shop_id = $1", [shop.id])).toEqual([
      { order_id: "10" },
    ]);
    expect(await rows("select orders, scored, left_out from delivery_day where shop_id = $1", [shop.id])).toEqual([
      {
        orders: 1,
        scored: 1,
        left_out: {
          test: 1,
          point_of_sale: 2,
          draft: 1,
          renewal: 1,
          company: 1,
          digital: 1,
          pickup: 1,
          cancelled_by_shopper: 1,
        },
      },
    ]);
  });
});

/** Orders of many shapes, so that every kind of line is in the files. */
function manyOrders(count: number): StoreOrder[] {
  return Array.from({ length: count }, (_, index) => {
    const id = 2001 + index;
    const placedAt = PLACED_AT + (index * HOUR) / 12;
    if (index % 5 === 1) return storeOrder({ id, placedAt, ...waiting });
    const returned = {
      id: id * 10 + 8,
      createdAt: placedAt + 4 * DAY,
      closedAt: null,
      items: [{ id: id * 10 + 9, lineItemId: id * 10 + 1, quantity: 1, reason: "defective" }],
    };
    return storeOrder({ id, placedAt, returns: index % 5 === 2 ? [returned] : [] });
  });
}

describe("reading the files", () => {
  it("gives the same rows in whatever order the lines come", async () => {
    const one = await installAndImport(openShop(manyOrders(25)));
    const other = await installAndImport(openShop(manyOrders(25)));

    const lines = async (shopId: number) =>
      ease.bulkFile((await lastBackfill(shopId)).orders_operation as string).lines;
    const [first, second] = [await lines(one.id), await lines(other.id)];
    expect(first).not.toEqual(second);
    expect(first.toSorted()).toEqual(second.toSorted());
    const parent = (line: string) => (JSON.parse(line) as { __parentId?: string }).__parentId;
    const before = first.findIndex((line) => parent(line) !== undefined);
    const after = first.findIndex((line) => line.startsWith(`{"id":"${parent(first[before]!)}"`));
    expect(after).toBeGreaterThan(before);

    const rowsOfOne = await recorded(one.id);
    expect(rowsOfOne.order_fact).toHaveLength(25);
    expect(await recorded(other.id)).toEqual(rowsOfOne);
  });

  it("twice changes nothing, row for row", async () => {
    const shop = await installAndImport(openShop(manyOrders(10)));
    const before = await recorded(shop.id);
    await requestBackfill(shop, NOW);
    await ease.runQueue();
    expect(await backfills(shop.id)).toMatchObject([
      { id: 1, state: "done" },
      { id: 2, state: "done", orders_recorded: 10 },
    ]);
    expect(await recorded(shop.id)).toEqual(before);
  });

  it("sets aside what cannot be read, each line with its reason, and records the rest", async () => {
    const shop = openShop([storeOrder({ id: 1 }), storeOrder({ id: 2 }), storeOrder({ id: 3 })]);
    const installed = await ease.startImport(shop.domain);
    const { orders_operation: orders, scans_operation: scans } = await lastBackfill(installed.id);

    const ordersFile = ease.bulkFile(orders as string);
    const isOrder2 = (line: string) => line.startsWith('{"id":"gid://shopify/Order/2"');
    const childrenOf2 = ordersFile.lines.filter((line) => line.includes('"__parentId":"gid://shopify/Order/2"'));
    const rest = ordersFile.lines.filter((line) => !isOrder2(line) && !childrenOf2.includes(line));
    const order3 = rest.find((line) => line.startsWith('{"id":"gid://shopify/Order/3"'))!;
    const faulty = [
      "{",
      '{"name":"somebody@example.com"}',
      '{"id":"gid://shopify/Metafield/9"}',
      order3.replace("Order/3", "Order/4").replace('"name":"#3"', '"name":null'),
      JSON.stringify({
        id: "gid://shopify/ReturnLineItem/7",
        quantity: 1,
        returnReasonDefinition: null,
        __parentId: "gid://shopify/Return/6",
      }),
    ];
    writeFileSync(ordersFile.path, [...faulty, ...rest, "", ...childrenOf2].join("\n"));
    const scansFile = ease.bulkFile(scans as string);
    const broken = scansFile.lines.findIndex((line) => line.includes("FulfillmentEvent/101"));
    expect(broken).toBeGreaterThan(-1);
    writeFileSync(scansFile.path, scansFile.lines.with(broken, scansFile.lines[broken]!.slice(0, -3)).join("\n"));
    await ease.runQueue();

    const orphans = rest.length + faulty.length + 1;
    const setAside = await rows(
      "select operation, line_number, reason from set_aside_line where shop_id = $1 order by 1, 2",
      [installed.id]
    );
    const ofOrder2 = setAside.filter(
      (line) => line.operation === "scans" && /parent is missing/.test(String(line.reason))
    );
    expect(setAside.filter((line) => !ofOrder2.includes(line))).toEqual([
      { operation: "orders", line_number: 1, reason: "not JSON" },
      { operation: "orders", line_number: 2, reason: "no id" },
      { operation: "orders", line_number: 3, reason: "Metafield: not asked for" },
      { operation: "orders", line_number: 4, reason: "Order.name: invalid_type" },
      { operation: "orders", line_number: 5, reason: "ReturnLineItem: its parent is missing" },
      ...childrenOf2.map((line, index) => ({
        operation: "orders",
        line_number: orphans + index + 1,
        reason: `${/LineItem|FulfillmentOrder/.exec(line)![0]}: its parent is missing`,
      })),
      { operation: "scans", line_number: broken + 1, reason: "not JSON" },
    ]);
    // The three scans of the order whose own line is missing.
    expect(ofOrder2).toHaveLength(3);
    expect(await lastBackfill(installed.id)).toMatchObject({
      state: "done",
      orders_recorded: 2,
      lines_set_aside: setAside.length,
    });

    const facts = await rows("select order_id, delivery_state from order_fact where shop_id = $1 order by 1", [
      installed.id,
    ]);
    expect(facts).toEqual([
      { order_id: "1", delivery_state: "delivered" },
      { order_id: "3", delivery_state: "delivered" },
    ]);
    expect(await shipmentFacts(installed.id, 1)).toMatchObject([{ scans: 2 }]);
  });

  it("sets lines aside that Shopify cut off, and goes on", async () => {
    const shop = openShop(manyOrders(20));
    ease.store.faults.bulk.push({ kind: "malformed", lines: 3 });
    const installed = await installAndImport(shop);
    const { state, lines_set_aside, orders_recorded } = await lastBackfill(installed.id);
    expect(state).toBe("done");
    expect(lines_set_aside).toBeGreaterThanOrEqual(3);
    expect(orders_recorded).toBeGreaterThanOrEqual(17);
    const reasons = await rows("select reason, count(*)::int n from set_aside_line where shop_id = $1 group by 1", [
      installed.id,
    ]);
    expect(reasons).toContainEqual({ reason: "not JSON", n: 3 });
  });
});

describe("a second reading", () => {
  it("adds what happened since, and the facts move on", async () => {
    const onItsWay = storeOrder({
      fulfillments: [
        storeFulfillment({
          id: 10014,
          fulfillmentOrderId: 10013,
          scans: [
            { id: 1, status: "IN_TRANSIT", happenedAt: PLACED_AT + 2 * DAY },
            { id: 2, status: "OUT_FOR_DELIVERY", happenedAt: PLACED_AT + 12 * DAY },
            { id: 3, status: "DELIVERED", happenedAt: PLACED_AT + 12 * DAY + HOUR },
          ],
        }),
      ],
    });
    const shop = await installAndImport(openShop([onItsWay]));
    const early = await eventKeys(shop.id, 1001);
    expect(await orderFact(shop.id, 1001)).toMatchObject({ delivery_state: "on_the_way", delivered_at: null });
    expect((await scoreOf(shop.id, 1001))?.codes).toContain("promise_overdue");

    passTime(3 * DAY);
    await requestBackfill(shop, Date.now());
    await ease.runQueue();
    const late = await eventKeys(shop.id, 1001);
    expect(late).toEqual([...early, "scanned:2", "scanned:3"].toSorted());
    expect(await orderFact(shop.id, 1001)).toMatchObject({
      delivery_state: "delivered",
      delivered_at: iso(PLACED_AT + 12 * DAY + HOUR),
    });
    expect(await shipmentFacts(shop.id, 1001)).toMatchObject([{ scans: 3, last_status: "DELIVERED" }]);
    expect((await scoreOf(shop.id, 1001))?.codes).toContain("promise_broken");
    expect(await rows("select * from delivery_day where shop_id = $1", [shop.id])).toMatchObject([
      { promises_due: 1, promises_kept: 0 },
    ]);
  });

  it("takes an order as it now describes itself, there and back, and remembers what it was", async () => {
    const shop = await installAndImport(openShop([storeOrder(), storeOrder({ id: 1002 })]));
    const inStore = ease.store.shops.get(shop.domain)!.orders[0]!;
    const before = await recorded(shop.id);
    for (const country of ["AT", "CH", "PL", "FR", "DE"]) {
      passTime(HOUR);
      inStore.country = country;
      // An address changes an order without anything else having happened to it.
      inStore.fulfillmentOrders[0]!.holds = [{ id: 1, reason: "OTHER", from: Date.now(), until: Date.now() }];
      await requestBackfill(shop, Date.now());
      await ease.runQueue();
      expect(await orderFact(shop.id, 1001)).toMatchObject({ country });
    }
    const described = await rows(
      `select value ->> 'country' as country, value -> 'seen' as seen from order_event
       where shop_id = $1 and order_id = 1001 and kind = 'described' order by value -> 'seen' -> 0`,
      [shop.id]
    );
    const now = Date.now();
    expect(described).toEqual([
      { country: "DE", seen: [PLACED_AT + DAY, now] },
      ...["AT", "CH", "PL", "FR"].map((country, index) => ({ country, seen: [now - (4 - index) * HOUR] })),
    ]);
    const of1002 = (events: unknown[]) => events.filter((event) => (event as { order_id: number }).order_id === 1002);
    expect(of1002((await recorded(shop.id)).order_event!)).toEqual(of1002(before.order_event!));
  });

  it("asked for while one is under way goes on with that one", async () => {
    const shop = openShop([storeOrder()]);
    const installed = await ease.startImport(shop.domain);
    await requestBackfill(installed, Date.now());
    await ease.runQueue();
    expect(await backfills(installed.id)).toMatchObject([{ id: 1, state: "done", attempts: 1 }]);
  });
});

describe("bad days at Shopify", () => {
  it.each([
    ["fails", { kind: "fail", errorCode: "INTERNAL_SERVER_ERROR" }, "INTERNAL_SERVER_ERROR"],
    ["expires", { kind: "expire" }, "EXPIRED"],
  ] as const)("starts a bulk operation that %s again", async (_, fault, code) => {
    const shop = openShop(manyOrders(5));
    ease.store.faults.bulk.push(fault);
    const installed = await ease.startImport(shop.domain);
    const { orders_operation: first } = await lastBackfill(installed.id);
    await handlers["advance-backfill"]({ shopId: installed.id }, Date.now());
    expect(await lastBackfill(installed.id)).toMatchObject({ state: "requested", error_code: code });
    await ease.runQueue();
    const finished = await lastBackfill(installed.id);
    expect(finished).toMatchObject({ state: "done", attempts: 2, orders_recorded: 5, error_code: null });
    expect(finished.orders_operation).not.toBe(first);
  });

  it("gives up after five failures and says why; asking again starts anew", async () => {
    const shop = openShop([storeOrder()]);
    for (let operation = 0; operation < 10; operation++) {
      ease.store.faults.bulk.push({ kind: "fail", errorCode: "TIMEOUT" });
    }
    const installed = await installAndImport(shop);
    expect(await backfills(installed.id)).toMatchObject([
      { state: "failed", attempts: 5, error_code: "TIMEOUT", finished_at: iso(Date.now()) },
    ]);
    expect(ease.store.faults.bulk).toEqual([]);

    await requestBackfill(installed, Date.now());
    await ease.runQueue();
    expect(await lastBackfill(installed.id)).toMatchObject({ id: 2, state: "done", attempts: 1, orders_recorded: 1 });
  });

  it("waits out a throttled call and goes on", async () => {
    const shop = openShop([storeOrder()]);
    ease.store.faults.throttleNext = 2;
    const { shop: installed } = await ease.visit(shop.domain);
    ease.store.faults.throttleNext = 2;
    await ease.runQueue();
    expect(ease.store.faults.throttleNext).toBe(0);
    expect(await lastBackfill(installed.id)).toMatchObject({ state: "done", attempts: 1, orders_recorded: 1 });
  });

  it("asks for the files again when they cannot be read", async () => {
    const shop = openShop(manyOrders(5));
    const installed = await ease.startImport(shop.domain);
    const { orders_operation: first } = await lastBackfill(installed.id);
    rmSync(ease.bulkFile(first as string).path);
    await ease.runQueue();
    expect(await lastBackfill(installed.id)).toMatchObject({ state: "done", attempts: 2, orders_recorded: 5 });
  });
});

describe("a connection that breaks in the middle of a file", () => {
  it("is not taken for the file's end", async () => {
    const server = createServer((_, answer) => {
      answer
        .writeHead(200, { "Content-Length": "1000" })
        .write('{"id":"gid://shopify/Order/1"}\n', () => answer.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const orders = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders.jsonl`;
    const client = await pool.connect();
    try {
      const reading = readBulkFiles(client, { orders, scans: null }, () => undefined);
      await expect(reading.next()).rejects.toMatchObject({ code: "bulk_file_unreadable" });
    } finally {
      client.release(true);
      server.close();
    }
  });
});

describe("what can be read", () => {
  it("is sixty days without read_all_orders, and says so", async () => {
    const old = storeOrder({ id: 1, placedAt: Date.now() - 61 * DAY });
    const recent = storeOrder({ id: 2, placedAt: Date.now() - 59 * DAY });
    const limited = await installAndImport(openShop([old, recent], { grantableScopes: [] }));
    const whole = await installAndImport(openShop([old, recent]));
    expect(await lastBackfill(limited.id)).toMatchObject({ state: "done", limited_to: "60_days", orders_recorded: 1 });
    expect(await lastBackfill(whole.id)).toMatchObject({ state: "done", limited_to: null, orders_recorded: 2 });
    expect(limited.scopes).not.toContain("read_all_orders");
    expect(await orderFact(limited.id, 1)).toBeUndefined();
  });

  it("may be nothing: a shop without orders is done at once", async () => {
    const shop = await installAndImport(openShop([]));
    const { backfill, inbox_delivery, inbox_key, ...rest } = await everythingOf(shop.id);
    expect(backfill).toMatchObject([{ state: "done", orders_found: 0, orders_recorded: 0, lines_set_aside: 0 }]);
    expect(inbox_delivery).toHaveLength(2);
    expect(inbox_key).toHaveLength(2);
    expect(Object.values(rest).flat()).toEqual([]);
  });
});

describe("a worker that dies half way", () => {
  it("loses nothing: the next one ends with the same rows", async () => {
    const unharmed = await installAndImport(openShop(manyOrders(1200)));
    const shop = openShop(manyOrders(1200));
    const installed = await ease.startImport(shop.domain);

    // The connection is ended from the server's side in the middle of the second thousand.
    await owner.query(`
      create function die() returns trigger security definer language plpgsql as
        $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
      create trigger die before insert on order_fact for each row
        when (new.shop_id = ${installed.id} and new.order_id = 3100) execute function die();
    `);
    const errors = await ease.runDueJobs();
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error.message).toMatch(/terminat/);
    expect(await lastBackfill(installed.id)).toMatchObject({ state: "recording", orders_recorded: 1000 });

    await owner.query("drop trigger die on order_fact");
    await rows("update graphile_worker._private_jobs set run_at = now() returning id");
    await ease.runQueue();
    expect(await lastBackfill(installed.id)).toMatchObject({ state: "done", attempts: 1, orders_recorded: 1200 });
    expect(await recorded(installed.id)).toEqual(await recorded(unharmed.id));
  });

  it("and leaves its job locked does not hold the shop up: a starting worker takes it over", async () => {
    const installed = await ease.startImport(openShop(manyOrders(5)).domain);
    await rows("delete from graphile_worker._private_jobs where key is distinct from $1 returning id", [
      `advance-backfill:${installed.id}`,
    ]);
    const killed = await rows(
      "update graphile_worker._private_jobs set locked_at = now(), locked_by = 'killed', attempts = 1 returning key"
    );
    expect(killed).toEqual([{ key: `advance-backfill:${installed.id}` }]);
    expect(await ease.runDueJobs()).toEqual([]);
    expect(await lastBackfill(installed.id)).toMatchObject({ state: "running" });

    const said: string[] = [];
    const runner = await runJobs((line) => said.push(line));
    await expect.poll(async () => (await lastBackfill(installed.id)).state, { timeout: 10_000 }).toBe("done");
    await runner.stop();
    expect(said).toEqual([]);
    expect(await lastBackfill(installed.id)).toMatchObject({ orders_recorded: 5, attempts: 1 });
    await rows("delete from graphile_worker._private_jobs returning id");
  });

  it("leaves the scoring to the next one when it dies in there", async () => {
    const installed = await installAndImport(openShop(manyOrders(5)));
    const scored = await recorded(installed.id);
    await forShop(installed.id).transaction(async (client) => {
      await client.query("delete from delivery_score where shop_id = $1", [installed.id]);
      await client.query("update backfill set state = 'scoring', finished_at = null where shop_id = $1", [
        installed.id,
      ]);
    });
    await requestBackfill(installed, Date.now());
    await ease.runQueue();
    expect(await backfills(installed.id)).toMatchObject([{ state: "done", attempts: 1 }]);
    expect(await recorded(installed.id)).toEqual(scored);
  });
});
