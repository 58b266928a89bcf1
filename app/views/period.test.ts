import { describe, expect, it } from "vitest";
import { addDays, readPeriod, spansOf, stretchesOf } from "./period";

describe("readPeriod", () => {
  it("falls back to the usual period and says so", () => {
    expect(readPeriod(null)).toEqual({ period: 28, understood: true });
    expect(readPeriod("90")).toEqual({ period: 90, understood: true });
    for (const asked of ["", "30", "7 days", "1e9"]) expect(readPeriod(asked)).toEqual({ period: 28, understood: false });
  });
});

describe("spansOf", () => {
  it("ends today and stands beside an equal span before, across a change of clocks", () => {
    expect(spansOf(7, "2026-10-28")).toEqual({
      current: { from: "2026-10-22", to: "2026-10-28" },
      before: { from: "2026-10-15", to: "2026-10-21" },
    });
    expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
  });
});

describe("stretchesOf", () => {
  it("fills the span from its end, the first one shorter if need be", () => {
    expect(stretchesOf({ from: "2026-11-01", to: "2026-11-10" }, 7)).toEqual([
      { from: "2026-11-01", to: "2026-11-03" },
      { from: "2026-11-04", to: "2026-11-10" },
    ]);
  });
});
