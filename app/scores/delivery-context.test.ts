import { describe, expect, it } from "vitest";

import { deliveryContext, deliveryRegion, usualTimesOf } from "~/scores/delivery-context";

function usual(method: string, region: string, medianDays: number, parcels = 100) {
  return { method, region, parcels, medianDays, q80Days: medianDays + 1, q95Days: medianDays + 3 };
}

describe("usualTime", () => {
  const context = deliveryContext(
    [
      usual("Express", "US-CA", 1),
      usual("Express", "US", 2),
      usual("", "US-NY", 3),
      usual("", "US", 4),
      usual("Express", "", 5),
      usual("", "", 6),
      usual("Express", "US-AK", 20, 19),
    ],
    [],
  );

  it.each<[string | null, string | null, number, string]>([
    ["Express", "US-CA", 1, "method and province"],
    ["Express", "US-TX", 2, "method and country"],
    ["Express", "US-AK", 2, "a row with too few parcels is passed over"],
    ["Standard", "US-NY", 3, "province"],
    ["Standard", "US-TX", 4, "country"],
    ["Express", "DE", 5, "method"],
    ["Express", null, 5, "method, where the region is not known"],
    ["Standard", "DE-BY", 6, "all"],
    [null, null, 6, "all, where nothing is known"],
    [null, "US-NY", 3, "province, where the method is not known"],
  ])("of %s to %s is the one with median %i: %s", (method, region, medianDays) => {
    expect(context.usualTime(method, region)?.medianDays).toBe(medianDays);
    expect(context.usualTime(method, region)?.medianDays).toBe(medianDays);
  });

  it("is unknown where there is no row", () => {
    expect(deliveryContext([], []).usualTime("Express", "US-CA")).toBeNull();
  });
});

describe("usualTimesOf", () => {
  it("keeps the groups with enough deliveries, each with its quantiles", () => {
    const days = (count: number, from: number) => Array.from({ length: count }, (_, index) => from + index);
    const rows = usualTimesOf([
      ...days(20, 1).map((taken) => ({ method: "Standard", country: "DE", province: "BY", days: taken })),
      ...days(5, 1).map((taken) => ({ method: "Express", country: "DE", province: null, days: taken })),
    ]);
    expect(rows.map(({ method, region, parcels }) => [method, region, parcels])).toEqual([
      ["Standard", "DE-BY", 20],
      ["Standard", "DE", 20],
      ["Standard", "", 20],
      ["", "DE-BY", 20],
      ["", "DE", 25],
      ["", "", 25],
    ]);
    expect(rows[0]?.medianDays).toBeCloseTo(10.5, 10);
    expect(rows[0]?.q80Days).toBeCloseTo(16.2, 10);
    expect(rows[0]?.q95Days).toBeCloseTo(19.05, 10);
  });
});

describe("carrierHabit", () => {
  it("is looked up by the carrier's name", () => {
    const habit = { carrier: "UPS", parcels: 100, scanned: 100, deliveryReported: 95, silenceQ95Hours: 30, reportedWithinDays: null };
    const context = deliveryContext([], [habit]);
    expect(context.carrierHabit("UPS")).toEqual(habit);
    expect(context.carrierHabit("DHL")).toBeNull();
    expect(context.carrierHabit(null)).toBeNull();
  });
});

describe("deliveryRegion", () => {
  it.each([
    ["DE", "BY", "DE-BY"],
    ["SG", null, "SG"],
    [null, "BY", null],
  ])("of %s, %s is %s", (country, province, region) => {
    expect(deliveryRegion(country, province)).toBe(region);
  });
});
