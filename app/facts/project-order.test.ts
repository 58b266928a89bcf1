import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OrderDescription, OrderEvent, OrderHappening } from "./order-event";
import { deliveredAt, projectOrder } from "./project-order";

const HOUR = 3_600_000;
const PLACED = Date.parse("2026-05-04T09:00:00Z");

const description: OrderDescription = {
  seen: [PLACED],
  name: "#1001",
  placedAt: PLACED,
  sourceName: "web",
  test: false,
  company: false,
  requiresShipping: true,
  methodType: "SHIPPING",
  method: "Standard",
  country: "DE",
  province: "BE",
  vendor: "Nordlicht",
  location: "Berlin",
  customerId: "7",
  checkoutToken: "t",
  presentmentCurrency: "EUR",
  totalMinor: 5000,
  subtotalMinor: 4500,
  shippingMinor: 500,
  items: 2,
};

/** An event `hours` after the purchase, known at once unless said otherwise. */
function event(eventKey: string, hours: number, happening: OrderHappening, knownHours = hours): OrderEvent {
  return {
    orderId: "1",
    eventKey,
    happenedAt: PLACED + hours * HOUR,
    knownAt: PLACED + knownHours * HOUR,
    assumed: false,
    source: "bulk",
    ...happening,
  };
}

const described = event("described:a", 0, { kind: "described", value: description });
const fulfilled = (shipmentId: string, hours: number) =>
  event(`fulfilled:${shipmentId}`, hours, {
    kind: "fulfilled",
    value: { shipmentId, carrier: "DHL", quantity: 1, updatedAt: PLACED + hours * HOUR },
  });
const scanned = (id: string, shipmentId: string, hours: number, status: string, knownHours = hours) =>
  event(`scanned:${id}`, hours, { kind: "scanned", value: { shipmentId, status } }, knownHours);

const story: OrderEvent[] = [
  described,
  event("promised:5:a", 0, { kind: "promised", value: { promisedFor: "5", at: PLACED + 72 * HOUR } }),
  event("promised:6:a", 0, { kind: "promised", value: { promisedFor: "6", at: PLACED + 96 * HOUR } }),
  fulfilled("10", 20),
  scanned("1", "10", 21, "LABEL_PRINTED"),
  scanned("2", "10", 26, "CARRIER_PICKED_UP"),
  scanned("3", "10", 60, "ATTEMPTED_DELIVERY"),
  scanned("4", "10", 84, "DELIVERED"),
  fulfilled("11", 30),
  scanned("5", "11", 34, "IN_TRANSIT"),
  scanned("6", "11", 50, "DELAYED"),
  scanned("7", "11", 110, "DELIVERED", 130),
  event("promised:6:b", 48, { kind: "promised", value: { promisedFor: "6", at: PLACED + 120 * HOUR } }),
  event("refunded:1", 140, { kind: "refunded", value: { amountMinor: 700 } }),
  event("refunded:2", 150, { kind: "refunded", value: { amountMinor: 300 } }),
  event("returned:1", 135, { kind: "returned", value: { reasons: ["unwanted", "defective"], quantity: 2 } }),
];

const at = (hours: number) => projectOrder(story, PLACED + hours * HOUR)!;

describe("projectOrder", () => {
  it("knows nothing before the order was placed", () => {
    expect(projectOrder(story, PLACED - 1)).toBeNull();
  });

  it("tells the parcels from their scans; a printed label is not yet a hand-over", () => {
    expect(at(22).shipments).toMatchObject([{ shipmentId: "10", scans: 1, handedOverAt: null, lastStatus: "LABEL_PRINTED" }]);
    expect(at(90).shipments).toMatchObject([
      { shipmentId: "10", handedOverAt: PLACED + 26 * HOUR, failedAttempts: 1, deliveredAt: PLACED + 84 * HOUR },
      { shipmentId: "11", handedOverAt: PLACED + 34 * HOUR, delays: 1, deliveredAt: null },
    ]);
  });

  it("holds a scan back until it was known, however early it happened", () => {
    expect(deliveredAt(at(129))).toBeNull();
    expect(deliveredAt(at(130))).toBe(PLACED + 110 * HOUR);
  });

  it("promises what the last parcel was promised, as last revised", () => {
    expect(at(1).promise).toEqual({ at: PLACED + 96 * HOUR, source: "quoted" });
    expect(at(48).promise).toEqual({ at: PLACED + 120 * HOUR, source: "quoted" });
  });

  it("adds refunds up and keeps the first one's time; of several return reasons the gravest counts", () => {
    expect(at(200)).toMatchObject({
      refundedMinor: 1000,
      firstRefundedAt: PLACED + 140 * HOUR,
      returnedAt: PLACED + 135 * HOUR,
      returnReason: "defective",
    });
  });

  it("counts a parcel that was called off neither as on the way nor as delivered", () => {
    const off = event("fulfilment_cancelled:11", 40, { kind: "fulfilment_cancelled", value: { shipmentId: "11" } });
    const state = projectOrder([...story, off], PLACED + 100 * HOUR)!;
    expect(state.shipments.find((one) => one.shipmentId === "11")?.cancelledAt).toBe(PLACED + 40 * HOUR);
    expect(deliveredAt(state)).toBe(PLACED + 84 * HOUR);
  });

  it("is the same in whatever order the events are read", () => {
    const expected = at(200);
    fc.assert(
      fc.property(fc.shuffledSubarray(story, { minLength: story.length }), (shuffled) => {
        expect(projectOrder(shuffled, PLACED + 200 * HOUR)).toEqual(expected);
      }),
    );
  });

  it("sees nothing of the future: later events change no earlier state", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 160 }), (hours) => {
        const asOf = PLACED + hours * HOUR;
        const past = story.filter((one) => one.knownAt <= asOf);
        expect(projectOrder(story, asOf)).toEqual(projectOrder(past, asOf));
      }),
    );
  });
});
