import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { OrderState, ShipmentState } from "~/facts/order-state";
import { deliveryContext } from "~/scores/delivery-context";
import { defaultDeliveryCard } from "~/scores/delivery-default-card";
import { type DeliveryReasonCode, scoreDelivery } from "~/scores/delivery-score";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PLACED = Date.UTC(2026, 4, 4, 9);
const NOW = PLACED + 60 * DAY;

const context = deliveryContext(
  [{ method: "", region: "", parcels: 500, medianDays: 3, q80Days: 4, q95Days: 6 }],
  [
    { carrier: "UPS", parcels: 300, scanned: 299, deliveryReported: 295, silenceQ95Hours: 40, reportedWithinDays: null },
    { carrier: "Post", parcels: 300, scanned: 12, deliveryReported: 5, silenceQ95Hours: null, reportedWithinDays: null },
    { carrier: "Novice", parcels: 4, scanned: 4, deliveryReported: 4, silenceQ95Hours: 40, reportedWithinDays: null },
  ],
);

function shipment(changes: Partial<ShipmentState> = {}): ShipmentState {
  return {
    shipmentId: "1",
    carrier: "UPS",
    quantity: 2,
    fulfilledAt: PLACED + DAY,
    handedOverAt: PLACED + DAY,
    lastScanAt: PLACED + 2 * DAY,
    lastStatus: "DELIVERED",
    scans: 4,
    failedAttempts: 0,
    delays: 0,
    failures: 0,
    deliveredAt: PLACED + 2 * DAY,
    cancelledAt: null,
    ...changes,
  };
}

/** A parcel handed over on the first day and never heard of since. */
function parcelOnTheWay(changes: Partial<ShipmentState> = {}): ShipmentState {
  return shipment({ deliveredAt: null, lastStatus: "IN_TRANSIT", lastScanAt: PLACED + DAY, ...changes });
}

/** An order without a fault: sent on the first day, there on the second, promised for the fourth. */
function order(changes: Partial<OrderState> = {}): OrderState {
  return {
    orderId: "1",
    name: "#1001",
    updatedAt: PLACED,
    placedAt: PLACED,
    sourceName: "web",
    test: false,
    company: false,
    requiresShipping: true,
    methodType: "SHIPPING",
    method: "Standard",
    country: "DE",
    province: "BY",
    vendor: null,
    location: null,
    customerId: null,
    checkoutToken: null,
    presentmentCurrency: "EUR",
    totalMinor: 5500,
    subtotalMinor: 5000,
    shippingMinor: 500,
    refundedMinor: 0,
    items: 2,
    itemsRemoved: 0,
    promise: { at: PLACED + 4 * DAY, source: "quoted" },
    holdReason: null,
    cancelledAt: null,
    cancelReason: null,
    firstRefundedAt: null,
    returnedAt: null,
    returnReason: null,
    shipments: [shipment()],
    ...changes,
  };
}

function score(state: OrderState, asOf = NOW) {
  return scoreDelivery(state, asOf, context, defaultDeliveryCard);
}

function points(state: OrderState, asOf = NOW): Partial<Record<DeliveryReasonCode, number>> {
  return Object.fromEntries(score(state, asOf).reasons.map((reason) => [reason.code, reason.points]));
}

function reason(state: OrderState, code: DeliveryReasonCode, asOf = NOW) {
  return score(state, asOf).reasons.find((one) => one.code === code);
}

describe("a delivery without a fault", () => {
  it("loses the base alone", () => {
    expect(score(order())).toEqual({
      score: 95.3,
      version: "delivery-default-2",
      reasons: [{ code: "base", points: 4.7, evidence: {} }],
    });
  });
});

describe("every signal takes points, and says why", () => {
  const late = [shipment({ deliveredAt: PLACED + 7 * DAY, lastScanAt: PLACED + 7 * DAY })];
  const cases: [string, OrderState, number, DeliveryReasonCode, object][] = [
    [
      "received late", order({ shipments: late }), NOW, "promise_broken",
      { daysLate: 3, promisedAt: PLACED + 4 * DAY, source: "quoted", deliveredAt: PLACED + 7 * DAY },
    ],
    [
      "not received and overdue", order({ shipments: [parcelOnTheWay()] }), PLACED + 6 * DAY, "promise_overdue",
      { daysOver: 2, promisedAt: PLACED + 4 * DAY, source: "quoted", outcome: "on_the_way" },
    ],
    [
      "not sent and overdue", order({ shipments: [] }), PLACED + 6 * DAY, "promise_overdue",
      { daysOver: 2, promisedAt: PLACED + 4 * DAY, source: "quoted", outcome: "not_sent" },
    ],
    [
      "slower than usual", order({ shipments: late }), NOW, "slower_than_usual",
      { days: 7, medianDays: 3, q95Days: 6, parcels: 500, outcome: "received" },
    ],
    [
      "slower than usual on the way, nothing promised", order({ promise: null, shipments: [parcelOnTheWay()] }),
      PLACED + 7 * DAY, "slower_than_usual",
      { days: 7, medianDays: 3, q95Days: 6, parcels: 500, outcome: "on_the_way" },
    ],
    [
      "a long wait",
      order({ shipments: [shipment({ deliveredAt: PLACED + 12 * DAY, lastScanAt: PLACED + 12 * DAY })] }),
      NOW, "long_wait", { days: 12, outcome: "received" },
    ],
    [
      "sent late", order({ shipments: [shipment({ fulfilledAt: PLACED + 6 * DAY, deliveredAt: PLACED + 7 * DAY })] }),
      NOW, "slow_handling", { days: 6, handled: true },
    ],
    ["still not sent", order({ shipments: [] }), PLACED + 6 * DAY, "slow_handling", { days: 6, handled: false }],
    [
      "silence", order({ shipments: [parcelOnTheWay()] }), PLACED + 3.5 * DAY, "silence",
      { carrier: "UPS", since: PLACED + DAY, hours: 60, usualHours: 40 },
    ],
    [
      "a failed attempt", order({ shipments: [shipment({ failedAttempts: 1 })] }), NOW, "failed_attempt",
      { attempts: 1 },
    ],
    ["a delay", order({ shipments: [shipment({ delays: 2 })] }), NOW, "delay_reported", { delays: 2 }],
    [
      "a failure", order({ shipments: [parcelOnTheWay({ failures: 1 })] }), PLACED + 2 * DAY, "delivery_failed",
      { failures: 1, outcome: "on_the_way" },
    ],
    [
      "a failure made good", order({ shipments: [shipment({ failures: 1 })] }), NOW, "delivery_failed",
      { failures: 1, outcome: "received" },
    ],
    [
      "two parcels", order({ shipments: [shipment(), shipment({ shipmentId: "2" })] }), NOW, "split_parcels",
      { parcels: 2 },
    ],
    ["a partial cancellation", order({ itemsRemoved: 1 }), NOW, "items_removed", { removed: 1, items: 2 }],
    [
      "a hold for want of stock", order({ holdReason: "INVENTORY_OUT_OF_STOCK", shipments: [] }), PLACED + DAY,
      "out_of_stock", { holdReason: "INVENTORY_OUT_OF_STOCK" },
    ],
    [
      "a cancellation", order({ cancelledAt: PLACED + DAY, cancelReason: "INVENTORY", shipments: [] }), NOW,
      "cancelled", { cancelledAt: PLACED + DAY, reason: "INVENTORY" },
    ],
    [
      "a wrong item", order({ returnedAt: NOW - DAY, returnReason: "wrong-item" }), NOW, "returned_at_fault",
      { returnedAt: NOW - DAY, reason: "wrong-item" },
    ],
    [
      "a slow refund", order({ returnedAt: NOW - 20 * DAY, firstRefundedAt: NOW }), NOW, "slow_refund",
      { since: NOW - 20 * DAY, days: 20, refundedAt: NOW },
    ],
    [
      "a refund not made", order({ returnedAt: NOW - 20 * DAY }), NOW, "slow_refund",
      { since: NOW - 20 * DAY, days: 20, refundedAt: null },
    ],
    [
      "dear shipping", order({ shippingMinor: 3000 }), NOW, "shipping_price",
      { shippingMinor: 3000, subtotalMinor: 5000 },
    ],
  ];

  it.each(cases)("%s", (_, state, asOf, code, evidence) => {
    const found = reason(state, code, asOf);
    expect(found?.evidence).toEqual(evidence);
    expect(found?.points).toBeGreaterThan(0);
    expect(score(state, asOf).score).toBeLessThan(score(order()).score);
  });
});

describe("what is usual takes no points", () => {
  const after = (days: number, overrides: Partial<OrderState> = {}) => {
    const deliveredAt = PLACED + days * DAY;
    return points(order({ ...overrides, shipments: [shipment({ deliveredAt, lastScanAt: deliveredAt })] }));
  };
  // Four in five alike arrive within four days.
  it.each([["promised", {}], ["not promised", { promise: null }]])("up to the 80 %% quantile: %s", (_, overrides) => {
    expect(after(3.9, overrides)).not.toHaveProperty("slower_than_usual");
    expect(after(4.1, overrides).slower_than_usual).toBeGreaterThan(0);
  });

  it("up to ten days in total", () => {
    expect(after(9.9)).not.toHaveProperty("long_wait");
    expect(after(10.1).long_wait).toBeGreaterThan(0);
  });
});

describe("what takes no points", () => {
  it.each<[string, OrderState, DeliveryReasonCode, number]>([
    ["a promise kept", order(), "promise_broken", NOW],
    ["a promise not due", order({ shipments: [parcelOnTheWay()] }), "promise_overdue", PLACED + 3 * DAY],
    ["a usual silence", order({ shipments: [parcelOnTheWay()] }), "silence", PLACED + 2 * DAY],
    [
      "silence while the parcel waits at a counter",
      order({ shipments: [parcelOnTheWay({ lastStatus: "READY_FOR_PICKUP" })] }), "silence", NOW,
    ],
    ["a return for size", order({ returnedAt: NOW, returnReason: "size-too-small" }), "returned_at_fault", NOW],
    [
      "an order the shopper cancelled",
      order({ cancelledAt: PLACED + DAY, cancelReason: "CUSTOMER", shipments: [] }), "cancelled", NOW,
    ],
    [
      "a cancellation whose payment may never have been taken",
      order({ cancelledAt: PLACED + DAY, cancelReason: "INVENTORY", shipments: [] }), "slow_refund", NOW,
    ],
    ["items that came back with a return", order({ itemsRemoved: 1, returnedAt: NOW }), "items_removed", NOW],
    ["goods for nothing", order({ subtotalMinor: 0 }), "shipping_price", NOW],
    [
      "a parcel that was called off",
      order({ shipments: [shipment(), parcelOnTheWay({ cancelledAt: PLACED + DAY })] }), "split_parcels", NOW,
    ],
  ])("%s", (_, state, code, asOf) => {
    expect(points(state, asOf)).not.toHaveProperty(code);
  });
});

describe("how grave", () => {
  it.each<[string, OrderState, OrderState]>([
    [
      "a cancellation for want of stock is worse than another by the shop",
      order({ cancelledAt: PLACED + DAY, cancelReason: "INVENTORY", shipments: [] }),
      order({ cancelledAt: PLACED + DAY, cancelReason: "STAFF", shipments: [] }),
    ],
    [
      "not having it is worse than having it late",
      order({ shipments: [parcelOnTheWay()] }),
      order({ shipments: [shipment({ deliveredAt: NOW, lastScanAt: NOW })] }),
    ],
    [
      "a failure is worse than a failure made good",
      order({ promise: null, shipments: [parcelOnTheWay({ failures: 1 })] }),
      order({ promise: null, shipments: [shipment({ failures: 1, deliveredAt: NOW })] }),
    ],
    [
      "a part held back is worse than all of it there",
      order({ holdReason: "INVENTORY_OUT_OF_STOCK" }),
      order(),
    ],
  ])("%s", (_, worse, better) => {
    expect(score(worse).score).toBeLessThan(score(better).score);
  });
});

describe("a carrier that does not report deliveries", () => {
  const silent = { lastScanAt: null, handedOverAt: null, scans: 0 };

  it.each(["Post", "never seen", null])("leaves arrival unknown and takes no points for it: %s", (carrier) => {
    const state = order({ shipments: [parcelOnTheWay({ carrier, ...silent })] });
    expect(points(state)).toEqual({ base: 4.7 });
    expect(score(state, PLACED + 2 * DAY)).toEqual(score(state, PLACED + 400 * DAY));
  });

  it("still breaks a promise the parcel was sent too late for", () => {
    const state = order({ shipments: [parcelOnTheWay({ carrier: "Post", ...silent, fulfilledAt: PLACED + 6 * DAY })] });
    expect(reason(state, "promise_broken")?.evidence).toEqual({
      daysLate: 2, promisedAt: PLACED + 4 * DAY, source: "quoted", deliveredAt: null,
    });
  });

  it("has no silence points while too few of its parcels are known, but a scanned parcel counts as on the way", () => {
    const state = order({ shipments: [parcelOnTheWay({ carrier: "Novice" })] });
    expect(points(state)).toHaveProperty("promise_overdue");
    expect(points(state)).not.toHaveProperty("silence");
  });
});

const instants = fc.integer({ min: 0, max: 50 * 24 }).map((hours) => PLACED + hours * HOUR);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const shipments = fc.array(
  fc.record({
    carrier: maybe(fc.constantFrom("UPS", "Post", "Novice", "never seen")),
    fulfilledAt: instants,
    lastScanAt: maybe(instants),
    failedAttempts: fc.nat(3),
    delays: fc.nat(2),
    failures: fc.nat(1),
    deliveredAt: maybe(instants),
    cancelledAt: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, instants),
  }).map((changes) => shipment({ ...changes, handedOverAt: changes.lastScanAt })),
  { maxLength: 3 },
);
const states = fc.record({
  promise: maybe(fc.record({ at: instants, source: fc.constantFrom("quoted" as const, "merchant" as const) })),
  holdReason: maybe(fc.constantFrom("INVENTORY_OUT_OF_STOCK", "AWAITING_PAYMENT")),
  cancelledAt: maybe(instants),
  cancelReason: maybe(fc.constantFrom("CUSTOMER", "INVENTORY", "STAFF", "FRAUD")),
  firstRefundedAt: maybe(instants),
  returnedAt: maybe(instants),
  returnReason: maybe(fc.constantFrom("wrong-item", "unwanted", "arrived-late")),
  itemsRemoved: fc.nat(2),
  shippingMinor: fc.nat(8000),
  subtotalMinor: fc.nat(8000),
  shipments,
}).map(order);

describe("for any order", () => {
  it("points are positive tenths that sum exactly to what is missing from 100", () => {
    fc.assert(
      fc.property(states, (state) => {
        const { score: value, reasons } = score(state);
        const tenths = reasons.map((one) => one.points * 10);
        for (const tenth of tenths) expect(Math.abs(tenth - Math.round(tenth))).toBeLessThan(1e-9);
        for (const tenth of tenths) expect(Math.round(tenth)).toBeGreaterThan(0);
        expect(tenths.reduce((sum, tenth) => sum + Math.round(tenth), 0)).toBe(1000 - Math.round(value * 10));
        expect(new Set(reasons.map((one) => one.code)).size).toBe(reasons.length);
        expect(value).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 1000 },
    );
  });

  it("waiting longer is never better", () => {
    fc.assert(
      fc.property(states, fc.integer({ min: 0, max: 90 * 24 }), (state, hours) => {
        expect(score(state, NOW + hours * HOUR).score).toBeLessThanOrEqual(score(state, NOW).score);
      }),
      { numRuns: 500 },
    );
  });

  it("arriving later is never better, and arriving is never worse than not having arrived", () => {
    fc.assert(
      fc.property(states, fc.nat(30), fc.nat(30), (state, one, other) => {
        const arrivingAfter = (days: number) =>
          order({ ...state, shipments: [shipment({ deliveredAt: PLACED + (1 + days) * DAY })] });
        const earlier = score(arrivingAfter(Math.min(one, other))).score;
        const later = score(arrivingAfter(Math.max(one, other))).score;
        expect(later).toBeLessThanOrEqual(earlier);
        expect(score(order({ ...state, shipments: [parcelOnTheWay()] })).score).toBeLessThanOrEqual(later);
      }),
      { numRuns: 500 },
    );
  });

  it("an earlier promise, broken by more, is never better", () => {
    fc.assert(
      fc.property(states, instants, instants, (state, one, other) => {
        const promised = (at: number) => score({ ...state, promise: { at, source: "quoted" } }).score;
        expect(promised(Math.min(one, other))).toBeLessThanOrEqual(promised(Math.max(one, other)));
      }),
      { numRuns: 500 },
    );
  });

  it("a later first fulfilment or refund, another parcel or attempt is never better", () => {
    fc.assert(
      fc.property(states, fc.nat(20), (state, days) => {
        const before = score(state).score;
        const later = {
          ...state,
          firstRefundedAt: state.firstRefundedAt === null ? null : state.firstRefundedAt + days * DAY,
          shipments: state.shipments.map((one) => ({ ...one, failedAttempts: one.failedAttempts + 1 })),
        };
        expect(score(later).score).toBeLessThanOrEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  it("nothing promised is nothing kept or broken", () => {
    fc.assert(
      fc.property(states, (state) => {
        const taken = points({ ...state, promise: null });
        expect(taken).not.toHaveProperty("promise_broken");
        expect(taken).not.toHaveProperty("promise_overdue");
      }),
      { numRuns: 300 },
    );
  });

  it("a carrier not known to report deliveries has no silence points", () => {
    fc.assert(
      fc.property(states, fc.constantFrom("Post", "Novice", "never seen", null), (state, carrier) => {
        const unheard = { ...state, shipments: state.shipments.map((one) => ({ ...one, carrier })) };
        expect(points(unheard)).not.toHaveProperty("silence");
      }),
      { numRuns: 300 },
    );
  });

  it("the same input gives the same score, down to the order of the reasons", () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(JSON.stringify(score(structuredClone(state)))).toBe(JSON.stringify(score(state)));
      }),
      { numRuns: 100 },
    );
  });
});
