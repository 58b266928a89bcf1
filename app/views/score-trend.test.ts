import { describe, expect, it } from "vitest";
import { changeOf, meanOf, trendOf, type DaySums } from "./score-trend";

/** A day of so many scores spread two points about their mean. */
function dayOf(day: string, scored: number, mean: number): DaySums {
  return { day, scored, sum: scored * mean, squares: scored * (mean * mean + 4) };
}

describe("meanOf", () => {
  it("pools days by their orders, not by their means", () => {
    const mean = meanOf([dayOf("2026-11-01", 90, 80), dayOf("2026-11-02", 10, 90)]);
    expect(mean).toMatchObject({ n: 100, mean: 81 });
    expect(mean!.low).toBeLessThan(81);
    expect(mean!.high).toBeGreaterThan(81);
  });

  it("has none of nothing", () => {
    expect(meanOf([])).toBeNull();
    expect(meanOf([dayOf("2026-11-01", 0, 0)])).toBeNull();
  });

  it("keeps the interval where scores can be", () => {
    expect(meanOf([dayOf("2026-11-01", 3, 99.9)])!.high).toBeLessThanOrEqual(100);
  });
});

describe("changeOf", () => {
  it("is certain only beyond both margins", () => {
    const before = [dayOf("2026-10-01", 400, 80)];
    expect(changeOf([dayOf("2026-11-01", 400, 84)], before, 30)).toMatchObject({ difference: 4, certain: true });
    expect(changeOf([dayOf("2026-11-01", 400, 80.1)], before, 30)!.certain).toBe(false);
  });

  it("needs enough on both sides", () => {
    expect(changeOf([dayOf("2026-11-01", 400, 84)], [dayOf("2026-10-01", 29, 80)], 30)).toBeNull();
    expect(changeOf([], [dayOf("2026-10-01", 400, 80)], 30)).toBeNull();
  });
});

describe("trendOf", () => {
  it("leaves a gap where too few were scored, and marks what is too young", () => {
    const stretches = ["2026-11-01", "2026-11-02", "2026-11-03"].map((day) => ({ from: day, to: day }));
    const days = [dayOf("2026-11-01", 20, 80), dayOf("2026-11-02", 2, 80)];
    expect(trendOf(days, stretches, "2026-11-02").map(({ scored, young, mean }) => [scored, young, mean !== null])).toEqual([
      [20, false, true],
      [2, false, false],
      [0, true, false],
    ]);
  });
});
