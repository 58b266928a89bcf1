import { describe, expect, it } from "vitest";
import { reportsDelivery } from "./carrier-habit";

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
