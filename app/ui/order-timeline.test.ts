import { describe, expect, it } from "vitest";
import type { OrderHappening } from "~/facts/order-event";
import type { KnownHappening, OrderDetail } from "~/views/order-detail.server";
import type { Writing } from "./format";
import { orderTimeline } from "./order-timeline";

const writing: Writing = { locale: "en-GB", currency: "EUR", timeZone: "Europe/Berlin" };
const HOUR = 3_600_000;
const placedAt = Date.parse("2026-11-03T09:00:00Z");
const now = placedAt + 480 * HOUR;

const order: OrderDetail = {
  orderId: "1",
  name: "#1001",
  placedAt,
  state: "on_the_way",
  leftOut: null,
  method: "Standard",
  country: "DE",
  province: null,
  totalMinor: 10190,
  shippingMinor: 490,
  items: 3,
  promisedAt: placedAt + 96 * HOUR,
  promiseSource: "quoted",
  deliveredAt: null,
  score: null,
  parcels: [{ shipmentId: "7", carrier: "DHL", cancelled: false }],
  happenings: [],
};

function after(hours: number, happening: OrderHappening, more: Partial<KnownHappening> = {}): KnownHappening {
  const happenedAt = placedAt + hours * HOUR;
  const known = { eventKey: `${happening.kind}:${hours}`, happenedAt, knownAt: happenedAt, assumed: true };
  return { ...known, ...happening, ...more } as KnownHappening;
}
const scan = (hours: number, status: string, shipmentId = "7") =>
  after(hours, { kind: "scanned", value: { shipmentId, status } });
const titles = (one: OrderDetail) => orderTimeline(one, now, writing).map((entry) => entry.title);

describe("orderTimeline", () => {
  it("puts purchase, promise and scans in order of time", () => {
    const happenings = [
      scan(30, "CARRIER_PICKED_UP"),
      after(24, { kind: "fulfilled", value: { shipmentId: "7", carrier: "DHL", quantity: 3, updatedAt: 0 } }),
      scan(120, "DELIVERED"),
    ];
    expect(titles({ ...order, deliveredAt: placedAt + 120 * HOUR, happenings })).toEqual([
      "Ordered",
      "Sent",
      "Handed over to the carrier",
      "Promised arrival",
      "Delivered",
    ]);
  });

  it("folds scans on the way that say nothing new", () => {
    const happenings = [scan(30, "IN_TRANSIT"), scan(40, "IN_TRANSIT"), scan(50, "IN_TRANSIT"), scan(60, "OUT_FOR_DELIVERY")];
    const entries = orderTimeline({ ...order, happenings }, now, writing);
    expect(entries[1]).toMatchObject({ title: "Scanned on the way 3 times", at: placedAt + 30 * HOUR, until: placedAt + 50 * HOUR });
  });

  it("tells parcels apart only where there are several", () => {
    const two = { ...order, parcels: [...order.parcels, { shipmentId: "8", carrier: "DPD", cancelled: false }] };
    const happenings = [scan(30, "DELIVERED", "8")];
    expect(orderTimeline({ ...two, happenings }, now, writing)[1]?.detail).toBe("Parcel 2 · DPD");
  });

  it("says what became of the promise", () => {
    const due = (one: OrderDetail) => orderTimeline(one, now, writing).find((entry) => entry.key === "promise-due")?.detail;
    expect(due(order)).toBe("Quoted at the checkout. Passed 16 days ago.");
    expect(due({ ...order, state: "delivered", deliveredAt: placedAt + 90 * HOUR })).toBe("Quoted at the checkout. Kept.");
    expect(due({ ...order, state: "unknown", promiseSource: "merchant" })).toMatch(/^Your own promise .* not known\.$/);
    expect(due({ ...order, promisedAt: null })).toBeUndefined();
  });

  it("says since when something is known where that is later", () => {
    const held = after(300, { kind: "held", value: { reason: "INVENTORY_OUT_OF_STOCK" } }, { assumed: false });
    const refunded = after(200, { kind: "refunded", value: { amountMinor: 500 } }, { assumed: false, knownAt: placedAt + 260 * HOUR });
    const [, , first, second] = orderTimeline({ ...order, happenings: [held, refunded] }, now, writing);
    expect(first?.detail).toBe("€5.00 · known since 14 Nov, 6:00");
    expect(second?.detail).toBe("Because something is out of stock · time of the reading that showed it");
  });
});
