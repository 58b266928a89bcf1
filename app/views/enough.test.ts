import { describe, expect, it } from "vitest";
import { whenEnough } from "./enough";

const now = Date.parse("2026-11-22T12:00:00Z");

describe("whenEnough", () => {
  it("reckons with the present rate", () => {
    expect(whenEnough({ held: 10, perDay: 4, periodDays: 28, now })).toEqual({ kind: "by", at: now + 5 * 86_400_000 });
  });

  it("says when the period will never hold enough", () => {
    expect(whenEnough({ held: 5, perDay: 0.5, periodDays: 28, now })).toEqual({ kind: "longerPeriod" });
  });

  it("claims nothing without a rate", () => {
    expect(whenEnough({ held: 0, perDay: 0, periodDays: 28, now })).toEqual({ kind: "unknown" });
  });
});
