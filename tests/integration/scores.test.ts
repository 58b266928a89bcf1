import { describe, expect, it } from "vitest";
import type { Shop } from "@prisma/client";
import { forShop } from "~/db.server";
import type { OrderEvent } from "~/facts/order-event";
import { projectOrder } from "~/facts/project-order";
import { requestBackfill } from "~/ingest/install.server";
import { renewDeliveryDays } from "~/insights/delivery-days.server";
import { ON_TIME_STATES, type OnTimeState } from "~/insights/on-time-state";
import { handlers } from "~/jobs/handlers/handlers.server";
import { action as saveSettings } from "~/routes/app.settings/route";
import { defaultDeliveryCard } from "~/scores/delivery-default-card";
import { scoreDelivery } from "~/scores/delivery-score";
import { readDeliveryContext } from "~/scores/score-orders.server";
import { readHome } from "~/views/home.server";
import { NO_FILTERS } from "~/views/order-filters";
import { readOrderPage } from "~/views/order-list.server";
import type { StoreOrder } from "../dev-store/model";
import {
  DAY,
  HOUR,
  PLACED_AT,
  storeFulfillment,
  storeFulfillmentOrder,
  storeOrder,
  storeShop,
} from "../factories/store-order";
import { adminRequest, iso, passTime, rows, storeWithEase } from "./store-with-ease";

const ease = storeWithEase(() => []);
let shops = 0;

async function imported(orders: StoreOrder[]): Promise<Shop> {
  const id = ++shops;
  const shop = storeShop({ id, domain: `shop-${id}.myshopify.com`, orders });
  ease.addShop(shop);
  const visit = await ease.visit(shop.domain);
  await ease.runQueue();
  return visit.shop;
}

async function readAgain(shop: Shop): Promise<void> {
  await requestBackfill(shop, Date.now());
  await ease.runQueue();
}

const renewScores = (shop: Shop, orders: "all" | "open" = "open") =>
  handlers["renew-scores"]({ shopId: shop.id, orders }, Date.now());

const scores = (shopId: number) =>
  rows("select order_id, score, as_of, reasons from delivery_score where shop_id = $1 order by order_id", [shopId]);

/** The rollups; `as_of` tells when one was made, and a day nothing happened to keeps its own. */
const days = (shopId: number) =>
  rows("select to_jsonb(d) - 'as_of' as made from delivery_day d where shop_id = $1 order by day", [shopId]).then(
    (found) => found.map(({ made }) => made as Record<string, unknown>)
  );

const facts = (shopId: number) =>
  rows(
    `select order_id, method, promise_source, promised_at from order_fact
     where shop_id = $1 order by order_id`,
    [shopId]
  );

/** The codes of an order's reasons. */
function codes(score: Record<string, unknown> | undefined): string[] {
  return (score?.reasons as { code: string }[]).map((reason) => reason.code);
}

/** A parcel scanned until it was in transit, and not again. */
function underWay(id: number, overrides: Partial<StoreOrder> = {}): StoreOrder {
  const { fulfillments, ...order } = storeOrder({ id, ...overrides });
  const [parcel] = fulfillments;
  return { ...order, fulfillments: [{ ...parcel!, scans: parcel!.scans.slice(0, 2), arrivedAt: null }] };
}

/** A month of orders of many fates, one every eight hours, the last ones not arrived yet. */
function aMonth(): StoreOrder[] {
  return Array.from({ length: 90 }, (_, index) => {
    const id = 3001 + index;
    const placedAt = PLACED_AT - 20 * DAY + index * 8 * HOUR;
    switch (index % 9) {
      case 1:
        return underWay(id, { placedAt });
      case 2:
        return storeOrder({ id, placedAt, fulfillments: [] });
      case 3:
        return storeOrder({ id, placedAt, sourceName: "pos" });
      case 4:
        return storeOrder({
          id,
          placedAt,
          fulfillmentOrders: [storeFulfillmentOrder({ id: id * 10 + 3, createdAt: placedAt })],
          shippingTitle: "Economy",
        });
      case 5:
        return storeOrder({
          id,
          placedAt,
          fulfillments: [],
          cancelledAt: placedAt + 2 * DAY,
          cancelReason: index % 2 ? "CUSTOMER" : "INVENTORY",
        });
      case 6:
        return storeOrder({
          id,
          placedAt,
          fulfillments: [
            storeFulfillment({
              id: id * 10 + 4,
              fulfillmentOrderId: id * 10 + 3,
              createdAt: placedAt + DAY,
              carrier: "Courier",
            }),
          ],
        });
      default:
        return storeOrder({ id, placedAt });
    }
  });
}

/** A day's rollup worked out here from the rows it is made of, in another way than the one under test. */
async function recomputedDays(shopId: number, now: number) {
  const orders = await rows(
    `select o.day, o.left_out, o.delivery_state, o.promised_at, o.delivered_at, o.cancelled_at,
       round(s.score::numeric, 1)::float8 as score, s.reasons
     from order_fact o left join delivery_score s using (shop_id, order_id) where o.shop_id = $1`,
    [shopId]
  );
  return [...new Set(orders.map((order) => order.day as string))].sort().map((day) => {
    const all = orders.filter((order) => order.day === day);
    const counted = all.filter((order) => order.left_out === null);
    const cancelled = counted.filter((order) => order.cancelled_at !== null);
    const unpromised = counted.filter((order) => order.cancelled_at === null && order.promised_at === null);
    const others = counted.filter((order) => !cancelled.includes(order) && !unpromised.includes(order));
    const measured = others.filter((order) => order.delivery_state !== "unknown");
    const due = measured.filter((order) => (order.promised_at as string) <= iso(now));
    const kept = due.filter(
      (order) => order.delivered_at !== null && (order.delivered_at as string) <= (order.promised_at as string)
    );
    const tenths = counted.map((order) => Math.round((order.score as number) * 10));
    const reasons: Record<string, { orders: number; points: number }> = {};
    for (const { code, points } of counted.flatMap((order) => order.reasons as { code: string; points: number }[])) {
      const sum = (reasons[code] ??= { orders: 0, points: 0 });
      sum.orders++;
      sum.points = Math.round((sum.points + points) * 10) / 10;
    }
    const leftOut: Record<string, number> = {};
    for (const order of all) {
      const reason = order.left_out as string | null;
      if (reason !== null) leftOut[reason] = (leftOut[reason] ?? 0) + 1;
    }
    return {
      shop_id: shopId,
      day,
      orders: counted.length,
      scored: counted.length,
      score_sum: tenths.reduce((sum, one) => sum + one, 0) / 10,
      score_squares: tenths.reduce((sum, one) => sum + one * one, 0) / 100,
      promises_due: due.length,
      promises_kept: kept.length,
      promises_open: measured.length - due.length,
      without_promise: unpromised.length,
      arrival_unknown: others.length - measured.length,
      cancelled: cancelled.length,
      left_out: leftOut,
      reasons,
    };
  });
}

describe("a day's rollup", () => {
  it("after many changes is what a recomputation from scratch gives", async () => {
    const orders = aMonth();
    const shop = await imported(orders);
    const first = await days(shop.id);
    expect(first).toEqual(await recomputedDays(shop.id, Date.now()));
    expect(first.length).toBeGreaterThan(25);

    // What was on the way arrives; one is cancelled, one refunded, one comes back; a promise is set; time passes.
    const inStore = ease.store.shops.get(shop.domain)!.orders;
    const later = Date.now() + DAY;
    for (const order of inStore) {
      for (const parcel of order.fulfillments) {
        if (parcel.carrier !== "DHL" || parcel.scans.some((scan) => scan.status === "DELIVERED")) continue;
        parcel.scans.push({ id: order.id * 100 + 9, status: "DELIVERED", happenedAt: later });
      }
    }
    Object.assign(inStore[2]!, { cancelledAt: later, cancelReason: "STAFF" });
    inStore[8]!.refunds.push({ id: 1, at: later, amount: 500 });
    inStore[9]!.returns.push({
      id: 2,
      createdAt: later,
      closedAt: null,
      items: [{ id: 3, lineItemId: inStore[9]!.lineItems[0]!.id, quantity: 1, reason: "damaged" }],
    });
    passTime(2 * DAY);
    await readAgain(shop);
    const second = await days(shop.id);
    expect(second).toEqual(await recomputedDays(shop.id, Date.now()));
    expect(second).not.toEqual(first);

    await setPromises(shop, { Economy: "3" });
    await ease.runQueue();
    const third = await days(shop.id);
    expect(third).toEqual(await recomputedDays(shop.id, Date.now()));
    expect(third).not.toEqual(second);

    passTime(3 * DAY);
    await renewScores(shop);
    const fourth = await days(shop.id);
    expect(fourth).toEqual(await recomputedDays(shop.id, Date.now()));
    expect(fourth).not.toEqual(third);

    // And from nothing: every day anew.
    await rows("delete from delivery_day where shop_id = $1 returning day", [shop.id]);
    await rows("insert into dirty_day select distinct shop_id, day from order_fact where shop_id = $1 returning day", [
      shop.id,
    ]);
    expect(await renewDeliveryDays(forShop(shop.id), Date.now())).toBe(fourth.length);
    expect(await days(shop.id)).toEqual(fourth);
    expect(await rows("select day from dirty_day where shop_id = $1", [shop.id])).toEqual([]);
  });

  it("has every order in exactly one on-time state, and each count leads to its orders", async () => {
    const late = Date.now() - 5 * DAY;
    const soon = underWay(1004, {
      fulfillmentOrders: [storeFulfillmentOrder({ id: 10043, maxDeliveryAt: Date.now() + HOUR })],
    });
    soon.fulfillments[0]!.carrier = "A carrier of whose habits nothing is known";
    const shop = await imported([
      ...aMonth(),
      // Twice a reason not to count: nothing promised by a carrier that does not report, and cancelled besides.
      ...[1001, 1002, 1003].map((id) =>
        storeOrder({
          id,
          placedAt: late,
          fulfillmentOrders: [storeFulfillmentOrder({ id: id * 10 + 3, createdAt: late })],
          fulfillments: [
            storeFulfillment({ id: id * 10 + 4, fulfillmentOrderId: id * 10 + 3, createdAt: late, carrier: "Courier" }),
          ],
          ...(id === 1003 ? { cancelledAt: late + DAY, cancelReason: "CUSTOMER" } : {}),
        })
      ),
      soon,
    ]);
    const counted = async () => {
      const { onTime, orders, leftOut } = await readHome(forShop(shop.id), {
        period: 90,
        today: iso(Date.now()).slice(0, 10),
        now: Date.now(),
      });
      const population = orders - leftOut.reduce((sum, one) => sum + one.orders, 0);
      const counts: Record<OnTimeState, number> = {
        kept: onTime.kept,
        broken: onTime.due - onTime.kept,
        open: onTime.open,
        without_promise: onTime.withoutPromise,
        arrival_unknown: onTime.arrivalUnknown,
        cancelled: onTime.cancelled,
      };
      return { counts, population };
    };
    const listed = async (onTime: OnTimeState[]) => {
      const filters = { ...NO_FILTERS, onTime };
      return (await readOrderPage(forShop(shop.id), { filters, cursor: { kind: "first" } })).matching;
    };

    for (let round = 0; round < 2; round++) {
      const { counts, population } = await counted();
      const sum = Object.values(counts).reduce((total, one) => total + one, 0);
      expect(sum).toBe(population);
      for (const state of ON_TIME_STATES) {
        expect(counts[state], state).toBeGreaterThan(0);
        expect(await listed([state]), state).toBe(counts[state]);
      }
      expect(await listed(["kept", "broken"])).toBe(counts.kept + counts.broken);
      expect(await listed([...ON_TIME_STATES])).toBe(population);
      // A promise passes, and the list goes on showing what the day counts until the day is counted again.
      passTime(2 * HOUR);
    }
    const before = await counted();
    await renewScores(shop);
    const after = await counted();
    expect(after.counts.open).toBeLessThan(before.counts.open);
    expect(after.counts.broken).toBeGreaterThan(before.counts.broken);
    expect(await listed(["broken"])).toBe(after.counts.broken);
  });

  it("counts a promise as due the moment it is, though nothing was heard", async () => {
    const shop = await imported([
      underWay(1001, { fulfillmentOrders: [storeFulfillmentOrder({ id: 10013, maxDeliveryAt: Date.now() + HOUR })] }),
    ]);
    expect(await days(shop.id)).toMatchObject([{ promises_open: 1, promises_due: 0, promises_kept: 0 }]);
    passTime(2 * HOUR);
    await renewScores(shop);
    expect(await days(shop.id)).toMatchObject([{ promises_open: 0, promises_due: 1, promises_kept: 0 }]);
  });
});

describe("a score", () => {
  it("of a parcel under way falls as time passes; one that has arrived keeps its own", async () => {
    const promisedAt = Date.now() + DAY;
    const shop = await imported([
      underWay(1001, { fulfillmentOrders: [storeFulfillmentOrder({ id: 10013, maxDeliveryAt: promisedAt })] }),
      storeOrder({ id: 1002 }),
    ]);
    const [, arrived] = await scores(shop.id);
    const seen: number[] = [];
    for (let day = 0; day < 12; day++) {
      const [open, still] = await scores(shop.id);
      expect(open).toMatchObject({ order_id: "1001", as_of: iso(Date.now()) });
      const late = Date.now() > promisedAt;
      expect(codes(open).includes("promise_overdue")).toBe(late);
      seen.push(open!.score as number);
      expect(still).toEqual(arrived);
      passTime(DAY);
      await renewScores(shop);
    }
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
    expect(seen[0]! - seen.at(-1)!).toBeGreaterThan(30);
  });

  it("of a parcel on its way is the one it had then, read anew from what was known then", async () => {
    const order = underWay(1001);
    const shop = await imported([order]);
    const then = Date.now();
    const [asItWas] = await scores(shop.id);
    const context = await readDeliveryContext(forShop(shop.id));

    // Afterwards it is delivered, sent back and refunded.
    order.fulfillments[0]!.scans.push({ id: 9, status: "DELIVERED", happenedAt: then + DAY });
    order.returns.push({
      id: 2,
      createdAt: then + 2 * DAY,
      closedAt: null,
      items: [{ id: 3, lineItemId: 10011, quantity: 1, reason: "wrong-item" }],
    });
    order.refunds.push({ id: 4, at: then + 3 * DAY, amount: 100 });
    passTime(4 * DAY);
    await readAgain(shop);
    const [asItIs] = await scores(shop.id);
    expect(codes(asItIs)).toContain("returned_at_fault");

    const events = await storedEvents(shop.id, 1001);
    const scoreOf = (known: OrderEvent[], asOf: number) =>
      scoreDelivery(projectOrder(known, asOf)!, asOf, context, defaultDeliveryCard);
    const again = scoreOf(events, then);
    expect({ score: again.score, reasons: again.reasons }).toEqual({
      score: asItWas!.score,
      reasons: asItWas!.reasons,
    });
    // Taking away what came later changes nothing of it; what is known today does differ.
    const before = events.filter((event) => event.knownAt <= then);
    expect(before.length).toBeLessThan(events.length);
    expect(scoreOf(before, then)).toEqual(again);
    expect(scoreOf(events.toReversed(), then)).toEqual(again);
    expect(scoreOf(events, Date.now())).not.toEqual(scoreOf(before, Date.now()));
  });

  it("adds up: its points are what is missing from 100, for every order, at any time", async () => {
    const shop = await imported(aMonth());
    for (let round = 0; round < 3; round++) {
      const all = await scores(shop.id);
      expect(all.length).toBeGreaterThan(70);
      for (const { score, reasons } of all) {
        const tenths = (reasons as { points: number }[]).reduce((sum, { points }) => sum + Math.round(points * 10), 0);
        expect(tenths).toBe(1000 - Math.round((score as number) * 10));
      }
      passTime(5 * DAY);
      await renewScores(shop, "all");
    }
  });

  it("is not written for a shop that has uninstalled Ease", async () => {
    const shop = await imported([underWay(1001)]);
    const before = await scores(shop.id);
    await ease.store.uninstall(shop.domain);
    await ease.runQueue();
    passTime(DAY);
    await handlers["renew-scores-of-every-shop"]({}, Date.now());
    await ease.runQueue();
    expect(await scores(shop.id)).toEqual(before);
  });

  it("of every open parcel of every shop is renewed by the hourly job", async () => {
    const one = await imported([underWay(1001)]);
    const other = await imported([underWay(1001)]);
    passTime(DAY);
    await handlers["renew-scores-of-every-shop"]({}, Date.now());
    await ease.runQueue();
    for (const { id } of [one, other]) expect(await scores(id)).toMatchObject([{ as_of: iso(Date.now()) }]);
  });
});

/** Saves promises as a merchant does on the Settings screen. */
async function setPromises(shop: Shop, promises: Record<string, string>) {
  const form = new FormData();
  for (const [method, typed] of Object.entries(promises)) {
    form.append("method", method);
    form.append("days", typed);
  }
  const request = await adminRequest(ease.store, shop.domain, "/app/settings", { method: "POST", body: form });
  return (await saveSettings({ request, params: {}, context: {} })) as unknown as {
    data: { problems: Record<string, string> };
    init: { status?: number } | null;
  };
}

describe("a promise the merchant sets for a method", () => {
  const unquoted = (id: number, shippingTitle: string, overrides: Partial<StoreOrder> = {}) =>
    storeOrder({ id, shippingTitle, fulfillmentOrders: [storeFulfillmentOrder({ id: id * 10 + 3 })], ...overrides });

  it("holds for its orders that were quoted none, to the end of the day; taken back, it is gone", async () => {
    const shop = await imported([
      unquoted(1001, "Economy"),
      unquoted(1002, "Express"),
      storeOrder({ id: 1003, shippingTitle: "Economy" }),
      unquoted(1004, "Economy", { placedAt: Date.UTC(2026, 5, 1, 22, 30) }),
    ]);
    const without = await facts(shop.id);
    const [scoreWithout] = await scores(shop.id);
    expect(without.map((fact) => fact.promise_source)).toEqual([null, null, "quoted", null]);

    await setPromises(shop, { Economy: "1", Express: "" });
    await ease.runQueue();
    expect(await facts(shop.id)).toEqual([
      // Midnight in Berlin is 22:00 UTC in summer; the second order was placed on the next day there.
      { order_id: "1001", method: "Economy", promise_source: "merchant", promised_at: "2026-06-02T21:59:59.999Z" },
      { order_id: "1002", method: "Express", promise_source: null, promised_at: null },
      { order_id: "1003", method: "Economy", promise_source: "quoted", promised_at: iso(PLACED_AT + 5 * DAY) },
      { order_id: "1004", method: "Economy", promise_source: "merchant", promised_at: "2026-06-03T21:59:59.999Z" },
    ]);
    const [broken] = await scores(shop.id);
    expect(codes(broken)).toContain("promise_broken");
    expect(broken!.score).toBeLessThan(scoreWithout!.score as number);
    expect(await days(shop.id)).toMatchObject([
      { day: "2026-06-01", promises_due: 2, promises_kept: 1, without_promise: 1 },
      { day: "2026-06-02", promises_due: 1, promises_kept: 0, without_promise: 0 },
    ]);

    await setPromises(shop, { Economy: "" });
    await ease.runQueue();
    expect(await facts(shop.id)).toEqual(without);
    const [restored] = await scores(shop.id);
    expect(restored).toMatchObject({ score: scoreWithout!.score, reasons: scoreWithout!.reasons });
    expect(await days(shop.id)).toMatchObject([
      { promises_due: 1, promises_kept: 1, without_promise: 2 },
      { promises_due: 0, promises_kept: 0, without_promise: 1 },
    ]);
  });

  it("outlives another reading of the history", async () => {
    const shop = await imported([unquoted(1001, "Economy")]);
    await setPromises(shop, { Economy: "4" });
    await ease.runQueue();
    const promised = await facts(shop.id);
    expect(promised).toMatchObject([{ promise_source: "merchant" }]);
    await readAgain(shop);
    expect(await facts(shop.id)).toEqual(promised);
  });

  it("is not saved when it is no number of days: nothing is", async () => {
    const shop = await imported([unquoted(1001, "Economy")]);
    const { data, init } = await setPromises(shop, { Standard: "3", Economy: "soon" });
    expect(init?.status).toBe(422);
    expect(Object.keys(data.problems)).toEqual(["Economy"]);
    expect(await rows("select * from method_promise where shop_id = $1", [shop.id])).toEqual([]);
  });
});

async function storedEvents(shopId: number, orderId: number): Promise<OrderEvent[]> {
  const found = await rows(
    `select order_id as "orderId", event_key as "eventKey", kind, happened_at, known_at, assumed, source, value
     from order_event where shop_id = $1 and order_id = $2`,
    [shopId, orderId]
  );
  return found.map(({ happened_at, known_at, ...event }) => ({
    ...event,
    happenedAt: Date.parse(happened_at as string),
    knownAt: Date.parse(known_at as string),
  })) as unknown as OrderEvent[];
}
