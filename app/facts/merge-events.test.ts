import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeTellings, sameTelling, withoutOwner } from "./merge-events";
import type { OrderEvent } from "./order-event";

const moment = fc.integer({ min: 1, max: 4 });
const heard = fc.record({
  happenedAt: moment,
  knownAt: moment,
  assumed: fc.boolean(),
  source: fc.constantFrom("bulk" as const, "webhook" as const),
});

/** Tellings of one parcel and of one description, as different sources may give them. */
const parcels: fc.Arbitrary<OrderEvent> = fc
  .tuple(heard, fc.constantFrom("DHL", "UPS", null), moment)
  .map(([how, carrier, updatedAt]) => ({
    orderId: "1", eventKey: "fulfilled:7", ...how, kind: "fulfilled",
    value: { shipmentId: "7", carrier, quantity: 1, updatedAt },
  }));
const words = {
  name: "#1", placedAt: 1, sourceName: null, test: false, company: false, requiresShipping: true, method: null,
  country: "DE", province: null, vendor: null, customerId: "9", checkoutToken: "t", presentmentCurrency: "EUR",
  totalMinor: 1, subtotalMinor: 1, shippingMinor: 0, items: 1,
};
const descriptions: fc.Arbitrary<OrderEvent> = fc
  .tuple(heard, moment, fc.boolean())
  .map(([how, state, redacted]) => {
    const event = { orderId: "1", eventKey: "described:a", ...how, kind: "described" as const };
    const told: OrderEvent = { ...event, value: { seen: [state], ...words } };
    return redacted ? withoutOwner(told) : told;
  });

describe("mergeTellings", () => {
  it.each([
    ["parcels", parcels],
    ["descriptions", descriptions],
  ])("makes no difference of order or repetition: %s", (_, told) => {
    fc.assert(
      fc.property(told, told, told, (a, b, c) => {
        expect(mergeTellings(a, b)).toEqual(mergeTellings(b, a));
        expect(mergeTellings(mergeTellings(a, b), c)).toEqual(mergeTellings(a, mergeTellings(b, c)));
        expect(sameTelling(mergeTellings(a, a), a)).toBe(true);
        expect(mergeTellings(mergeTellings(a, b), b)).toEqual(mergeTellings(a, b));
      }),
    );
  });

  it("prefers a time that is known to one that is assumed, and the earlier of two", () => {
    const at = (knownAt: number, assumed: boolean): OrderEvent => ({
      orderId: "1", eventKey: "cancelled", happenedAt: 5, knownAt, assumed, source: "bulk", kind: "cancelled",
      value: { reason: null },
    });
    expect(mergeTellings(at(5, true), at(9, false))).toMatchObject({ knownAt: 9, assumed: false });
    expect(mergeTellings(at(8, false), at(9, false)).knownAt).toBe(8);
  });

  it("never brings back whose order it was", () => {
    fc.assert(
      fc.property(descriptions, descriptions, (a, b) => {
        const merged = mergeTellings(withoutOwner(a), b);
        expect(merged.value).toMatchObject({ customerId: null, checkoutToken: null, redacted: true });
      }),
    );
  });
});
