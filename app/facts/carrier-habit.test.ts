import { describe, expect, it } from "vitest";
import { awaitsReport, reportsDelivery } from "./carrier-habit";

describe("reportsDelivery", () => {
  it.each([
    ["a carrier never seen", null, "unknown"],
    ["too few parcels old enough to tell", { parcels: 19, deliveryReported: 19 }, "unknown"],
    ["nine in ten deliveries reported", { parcels: 20, deliveryReported: 18 }, "yes"],
    ["fewer than nine in ten", { parcels: 100, deliveryReported: 89 }, "no"],
    ["none at all", { parcels: 500, deliveryReported: 0 }, "no"],
  ] as const)("%s", (_case, habit, reports) => {
    expect(reportsDelivery(habit)).toBe(reports);
  });
});

describe("awaitsReport", () => {
  const DAY = 24 * 3_600_000;
  const habit = { parcels: 200, scanned: 200, deliveryReported: 190, silenceQ95Hours: 40, reportedWithinDays: 6 };
  const parcel = { fulfilledAt: 0, handedOverAt: DAY, lastStatus: "IN_TRANSIT" };

  it.each([
    ["young enough for most reports still to come", 6, {}, habit, true],
    ["older than the reports of this carrier reach", 6.1, {}, habit, false],
    ["as old, but its last scan says it was not delivered", 30, { lastStatus: "FAILURE" }, habit, true],
    ["as old, waiting at a counter", 30, { lastStatus: "READY_FOR_PICKUP" }, habit, true],
    ["of a carrier that reports every delivery", 90, {}, { ...habit, reportedWithinDays: null }, true],
    ["of a carrier that hardly reports any", 1, {}, { ...habit, deliveryReported: 20 }, false],
    ["of a carrier little is known of, scanned", 30, {}, null, true],
    ["of a carrier little is known of, never scanned", 1, { handedOverAt: null }, null, false],
  ])("a parcel %s", (_case, days, difference, ofCarrier, awaits) => {
    expect(awaitsReport({ ...parcel, ...difference }, ofCarrier, days * DAY)).toBe(awaits);
  });
});
