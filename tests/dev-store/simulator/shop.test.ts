import { describe, expect, it } from "vitest";
import type { StoreFulfillment, StoreOrder, StoreShop } from "../model";
import { DAY, HOUR, wallTime, weekday } from "./local-time";
import { northwindOutdoor, tinyTea } from "./presets";
import { nextOrderNumber, plantedIncidents, simulateShop } from "./shop";
import type { ShopSpec } from "./spec";

const options = { seed: 11, until: Date.UTC(2026, 9, 28, 15), days: 110 };
const northwind = simulateShop(northwindOutdoor, options);
const tea = simulateShop(tinyTea, options);
const both: [ShopSpec, StoreShop][] = [[northwindOutdoor, northwind], [tinyTea, tea]];

function share<T>(all: readonly T[], is: (each: T) => boolean): number {
  return all.filter(is).length / all.length;
}

function parcels(order: StoreOrder): StoreFulfillment[] {
  const shipping = order.fulfillmentOrders.filter((each) => ["SHIPPING", "LOCAL"].includes(each.methodType));
  const ids = new Set(shipping.map((each) => each.id));
  return order.fulfillments.filter((each) => ids.has(each.fulfillmentOrderId) && each.cancelledAt === null);
}

/** Whether the promise was kept in truth; null where none was made or the order was cancelled. */
function keptPromise(order: StoreOrder): boolean | null {
  const promises = order.fulfillmentOrders.flatMap((each) => each.maxDeliveryAt ?? []);
  if (promises.length === 0 || order.cancelledAt !== null) return null;
  return parcels(order).every((each) => each.arrivedAt !== null && each.arrivedAt <= Math.max(...promises));
}

const promised = (orders: readonly StoreOrder[]) => orders.filter((order) => keptPromise(order) !== null);

describe.each(both)("$name", (spec, shop) => {
  const orders = shop.orders;
  const shipped = orders.filter((order) => parcels(order).length > 0);
  const all = shipped.flatMap(parcels);
  const scanned = all.filter((parcel) => parcel.scans.length > 0);

  it("sells about as much as it says, for as long as it was asked", () => {
    const perDay = orders.length / options.days;
    expect(perDay / spec.ordersPerDay).toBeGreaterThan(0.85);
    expect(perDay / spec.ordersPerDay).toBeLessThan(1.15);
    expect(orders[0]?.placedAt).toBeLessThan(options.until - (options.days - 1.5) * DAY);
    expect(orders.at(-1)?.placedAt).toBeLessThanOrEqual(options.until);
    expect(orders.at(-1)?.placedAt).toBeGreaterThan(options.until - 6 * HOUR);
  });

  it("is the same for the same seed and another for another", () => {
    const week = { ...options, days: 7 };
    expect(simulateShop(spec, week)).toEqual(simulateShop(spec, week));
    expect(simulateShop(spec, { ...week, seed: 12 })).not.toEqual(simulateShop(spec, week));
  });

  it("has every kind of order in believable shares", () => {
    const within = (is: (order: StoreOrder) => boolean, low: number, high: number) => {
      expect(share(orders, is)).toBeGreaterThan(low);
      expect(share(orders, is)).toBeLessThan(high);
    };
    const methodType = (type: string) => (order: StoreOrder) =>
      order.fulfillmentOrders.some((each) => each.methodType === type);
    const held = (reason: string) => (order: StoreOrder) =>
      order.fulfillmentOrders.some((each) => each.holds.some((hold) => hold.reason === reason));
    within((order) => order.sourceName === "pos" && methodType("RETAIL")(order), 0.03, 0.08);
    within((order) => order.sourceName === "shopify_draft_order", 0.003, 0.03);
    within((order) => order.sourceName === "subscription_contract", 0.01, 0.12);
    within((order) => order.sourceName === "mobile_app", 0.02, 0.12);
    within(methodType("PICK_UP"), 0.02, 0.07);
    within(methodType("LOCAL"), 0.001, 0.05);
    within((order) => order.lineItems.every((line) => !line.requiresShipping), 0.01, 0.04);
    within((order) => order.test, 0.0005, 0.01);
    within((order) => order.company, 0.005, 0.06);
    within((order) => order.cancelledAt !== null, 0.01, 0.04);
    within((order) => order.cancelReason === "INVENTORY", 0.002, 0.012);
    within(held("INVENTORY_OUT_OF_STOCK"), 0.015, 0.05);
    within((order) => order.lineItems.some((line) => line.removed !== null), 0.005, 0.04);
    within((order) => parcels(order).length > 1, 0.02, 0.09);
    within((order) => order.fulfillments.some((each) => each.cancelledAt !== null), 0.001, 0.01);
    within((order) => order.refunds.length > 0, 0.03, 0.15);
    within((order) => order.returns.length > 0, 0.01, 0.12);
    const customers = orders.flatMap((order) => order.customerId ?? []);
    expect(1 - new Set(customers).size / customers.length).toBeGreaterThan(0.25);
    expect(share(shipped, (order) => order.fulfillmentOrders.every((each) => each.maxDeliveryAt === null)))
      .toBeGreaterThan(0.1);
  });

  it("sends by several carriers, methods, regions and currencies, and gets returns for several reasons", () => {
    const distinct = (values: unknown[]) => new Set(values).size;
    expect(distinct(all.map((parcel) => parcel.carrier))).toBeGreaterThanOrEqual(5);
    expect(distinct(shipped.map((order) => order.shippingTitle))).toBeGreaterThanOrEqual(5);
    expect(distinct(shipped.map((order) => `${order.country}-${order.province}`))).toBeGreaterThanOrEqual(10);
    expect(distinct(shipped.map((order) => order.presentmentCurrency))).toBeGreaterThanOrEqual(3);
    const reasons = orders.flatMap((order) => order.returns.flatMap((each) => each.items.map((item) => item.reason)));
    expect(reasons).toEqual(expect.arrayContaining(["defective", "wrong-item", "not-as-described", "unwanted"]));
    expect(reasons.includes("size-too-small")).toBe(spec === northwindOutdoor);
  });

  it("has every scan, parcels that are lost or fail, and carriers that never scan or hardly report delivery", () => {
    const statuses = new Set(scanned.flatMap((parcel) => parcel.scans.map((scan) => scan.status)));
    expect([...statuses].sort()).toEqual([
      "ATTEMPTED_DELIVERY", "CARRIER_PICKED_UP", "DELAYED", "DELIVERED", "FAILURE", "IN_TRANSIT", "LABEL_PRINTED",
      "OUT_FOR_DELIVERY", "READY_FOR_PICKUP",
    ]);
    const never = spec.carriers.filter((carrier) => !carrier.scans).map((carrier) => carrier.name);
    const silent = all.filter((parcel) => never.includes(parcel.carrier ?? ""));
    expect(silent.length).toBeGreaterThan(20);
    expect(silent.flatMap((parcel) => parcel.scans)).toEqual([]);
    expect(share(all, (parcel) => parcel.arrivedAt === null)).toBeGreaterThan(0.003);
    expect(share(all, (parcel) => parcel.arrivedAt === null)).toBeLessThan(0.02);
  });

  it("has parcels still on the way at the end", () => {
    const sent = all.filter((parcel) => parcel.createdAt <= options.until);
    const underWay = sent.filter((parcel) => (parcel.arrivedAt ?? 0) > options.until);
    expect(underWay.length).toBeGreaterThan(spec.ordersPerDay);
    expect(orders.some((order) => order.fulfillments.some((parcel) => parcel.createdAt > options.until))).toBe(true);
  });

  it("scans in order of time and never before the parcel was handed out", () => {
    for (const parcel of scanned) {
      const times = [parcel.createdAt, ...parcel.scans.map((scan) => scan.happenedAt)];
      expect(times.every((at, index) => index === 0 || at > (times[index - 1] ?? 0))).toBe(true);
    }
    const delivered = scanned.filter((parcel) => parcel.scans.at(-1)?.status === "DELIVERED");
    const apart = delivered.map((parcel) => Math.abs((parcel.scans.at(-1)?.happenedAt ?? 0) - (parcel.arrivedAt ?? 0)));
    expect(Math.max(...apart)).toBeLessThan(HOUR);
  });

  it("keeps most of its promises", () => {
    const plain = promised(orders).filter((order) => order.fulfillmentOrders[0]?.maxDeliveryAt);
    const kept = share(plain, (order) => keptPromise(order) === true);
    expect(kept).toBeGreaterThan(0.87);
    expect(kept).toBeLessThan(0.935);
  });

  it("lets nothing leave on a Sunday, and nothing before it was ordered or while it was held", () => {
    for (const order of orders) {
      for (const parcel of parcels(order)) {
        expect(weekday(wallTime(spec.timeZone, parcel.createdAt))).not.toBe(0);
        const from = order.fulfillmentOrders.find((each) => each.id === parcel.fulfillmentOrderId);
        const freeAt = Math.max(order.placedAt, ...(from?.holds.map((hold) => hold.until ?? Infinity) ?? []));
        expect(parcel.createdAt).toBeGreaterThan(freeAt);
      }
    }
  });

  it("sends no more than was ordered, and gives back no more than was paid", () => {
    for (const order of orders) {
      const ordered = order.lineItems.reduce((sum, line) => sum + line.quantity, 0);
      const removed = order.lineItems.reduce((sum, line) => sum + (line.removed?.quantity ?? 0), 0);
      const live = order.fulfillments.filter((each) => each.cancelledAt === null);
      const sent = live.reduce((sum, each) => sum + each.quantity, 0);
      expect(sent).toBe(order.cancelledAt === null ? ordered - removed : 0);
      const paid = order.lineItems.reduce((sum, line) => sum + line.quantity * line.unitPrice, order.shippingPrice);
      expect(order.refunds.reduce((sum, refund) => sum + refund.amount, 0)).toBeLessThanOrEqual(paid);
      expect(order.refunds.every((refund) => refund.at > order.placedAt)).toBe(true);
      for (const returned of order.returns) {
        const arrivals = parcels(order).map((each) => each.arrivedAt ?? Infinity);
        expect(returned.createdAt).toBeGreaterThan(Math.max(...arrivals));
        for (const item of returned.items) {
          const line = order.lineItems.find((each) => each.id === item.lineItemId);
          expect(item.quantity).toBeLessThanOrEqual((line?.quantity ?? 0) - (line?.removed?.quantity ?? 0));
        }
      }
      expect(order.fulfillments.every((each) =>
        order.fulfillmentOrders.some((from) => from.id === each.fulfillmentOrderId))).toBe(true);
    }
  });

  it("speaks in whole seconds and minor units", () => {
    const times = orders.flatMap((order) => [
      order.placedAt, order.cancelledAt ?? 0, ...order.refunds.map((each) => each.at),
      ...order.returns.flatMap((each) => [each.createdAt, each.closedAt ?? 0]),
      ...order.fulfillments.flatMap((each) => [each.createdAt, each.arrivedAt ?? 0]),
      ...order.fulfillments.flatMap((each) => each.scans.map((scan) => scan.happenedAt)),
    ]);
    expect(times.filter((at) => at % 1000 !== 0)).toEqual([]);
    expect(orders.flatMap((order) => order.refunds.map((each) => each.amount)).every(Number.isInteger)).toBe(true);
  });
});

describe("two shops", () => {
  it("share no id", () => {
    const ids = [northwind, tea].flatMap((shop) => shop.orders.flatMap((order) => [
      order.id, ...order.lineItems.map((each) => each.id), ...order.refunds.map((each) => each.id),
      ...order.fulfillmentOrders.flatMap((each) => [each.id, ...each.holds.map((hold) => hold.id)]),
      ...order.fulfillments.flatMap((each) => [each.id, ...each.scans.map((scan) => scan.id)]),
      ...order.returns.flatMap((each) => [each.id, ...each.items.map((item) => item.id)]),
    ]));
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.max(...ids.slice(0, 1000))).toBeLessThan(2 ** 53);
    const customers = (shop: StoreShop) => new Set(shop.orders.flatMap((order) => order.customerId ?? []));
    expect([...customers(northwind)].filter((id) => customers(tea).has(id))).toEqual([]);
  });

  it("number their orders without a gap", () => {
    expect(northwind.orders.map((order) => order.name)).toEqual(northwind.orders.map((_, index) => `#${1001 + index}`));
    expect(nextOrderNumber(northwind)).toBe(1001 + northwind.orders.length);
  });

  it("differ in what the app may read and where they send from", () => {
    expect(northwind.grantableScopes).toContain("read_all_orders");
    expect(tea.grantableScopes).not.toContain("read_all_orders");
    expect(new Set(tea.orders.flatMap((order) => order.fulfillmentOrders.map((each) => each.location))).size).toBe(1);
  });
});

describe("the planted incident", () => {
  const [incident] = plantedIncidents(northwindOutdoor, options);
  if (!incident) throw new Error("Northwind Outdoor has no incident.");
  const quiet = simulateShop({ ...northwindOutdoor, incidents: [] }, options);

  const keptShare = (shop: StoreShop, carrier: string, country: string, during: boolean) => {
    const orders = promised(shop.orders).filter((order) => {
      const [parcel] = parcels(order);
      return parcel?.carrier === carrier && order.country === country
        && (parcel.createdAt >= incident.startsAt && parcel.createdAt < incident.endsAt) === during;
    });
    return share(orders, (order) => keptPromise(order) === true);
  };

  it("starts where it says, at a local midnight", () => {
    expect(incident).toMatchObject({ kind: "carrierDelay", slice: { carrier: "DHL", country: "AT" } });
    expect(wallTime("Europe/Berlin", incident.startsAt) % DAY).toBe(0);
    expect(options.until - incident.startsAt).toBeGreaterThan(23 * DAY);
    expect(incident.endsAt).toBeGreaterThan(options.until);
  });

  it("shows in its slice and its time", () => {
    expect(keptShare(northwind, "DHL", "AT", false)).toBeGreaterThan(0.85);
    expect(keptShare(northwind, "DHL", "AT", true)).toBeLessThan(0.72);
    expect(keptShare(quiet, "DHL", "AT", true)).toBeGreaterThan(0.84);
  });

  it("leaves every other parcel as it was", () => {
    const struck = (order: StoreOrder) => order.country === "AT"
      && parcels(order).some((each) => each.carrier === "DHL" && each.createdAt >= incident.startsAt);
    const untouched = (shop: StoreShop) => shop.orders.filter((order) => !struck(order));
    expect(untouched(northwind).length).toBeGreaterThan(0.97 * northwind.orders.length);
    expect(untouched(northwind)).toEqual(untouched(quiet));
  });
});

describe("the rhythm", () => {
  const perLocal = (shop: StoreShop, zone: string, of: (wall: number) => number, size: number) => {
    const counts = Array.from({ length: size }, () => 0);
    for (const order of shop.orders) {
      const key = of(wallTime(zone, order.placedAt));
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  };

  it("follows the local day and the week", () => {
    const hours = perLocal(northwind, "Europe/Berlin", (wall) => new Date(wall).getUTCHours(), 24);
    expect(hours[20]).toBeGreaterThan(5 * (hours[3] ?? Infinity));
    const days = perLocal(northwind, "Europe/Berlin", weekday, 7);
    expect(days[1]).toBeGreaterThan(1.1 * (days[5] ?? Infinity));
  });

  it("grows, and swells before the holidays", () => {
    const winter = simulateShop(northwindOutdoor, { seed: 5, until: Date.UTC(2026, 11, 31, 12), days: 75 });
    const count = (from: number, until: number) =>
      winter.orders.filter((order) => order.placedAt >= from && order.placedAt < until).length / ((until - from) / DAY);
    const usual = count(Date.UTC(2026, 9, 26), Date.UTC(2026, 10, 16));
    expect(count(Date.UTC(2026, 10, 27), Date.UTC(2026, 11, 1))).toBeGreaterThan(1.7 * usual);
    expect(count(Date.UTC(2026, 11, 24), Date.UTC(2026, 11, 27))).toBeLessThan(0.7 * usual);
    const growing = simulateShop({ ...northwindOutdoor, yearlyGrowth: 20 }, options);
    expect(growing.orders.length).toBeLessThan(0.75 * northwind.orders.length);
  });

  it("goes on past now where it is asked to, with the same past", () => {
    const week = { ...options, days: 7 };
    const now = simulateShop(tinyTea, week);
    const further = simulateShop(tinyTea, { ...week, ahead: 3 });
    expect(further.orders.slice(0, now.orders.length)).toEqual(now.orders);
    expect(further.orders.at(-1)?.placedAt).toBeGreaterThan(options.until + 2 * DAY);
  });
});
