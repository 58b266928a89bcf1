import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { meanInterval, wilsonInterval } from "~/stats/intervals";

describe("wilsonInterval", () => {
  // Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("gives the published limits for %i of %i", (part, whole, low, high) => {
    const interval = wilsonInterval(part, whole);
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  });

  it("has no interval where nothing was counted, and refuses what is no rate", () => {
    expect(wilsonInterval(0, 0)).toBeNull();
    expect(() => wilsonInterval(3, 2)).toThrow(RangeError);
    expect(() => wilsonInterval(-1, 2)).toThrow(RangeError);
  });

  it("holds the observed rate, stays within 0 and 1, and mirrors", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (whole, share) => {
        const part = Math.round(share * whole);
        const interval = wilsonInterval(part, whole)!;
        const mirrored = wilsonInterval(whole - part, whole)!;
        expect(interval.low).toBeGreaterThanOrEqual(0);
        expect(interval.high).toBeLessThanOrEqual(1);
        expect(interval.low).toBeLessThanOrEqual(part / whole);
        expect(interval.high).toBeGreaterThanOrEqual(part / whole);
        expect(interval.low).toBeCloseTo(1 - mirrored.high, 10);
      }),
      { numRuns: 200 },
    );
  });
});

describe("meanInterval", () => {
  // Quantiles of Student's t from the NIST/SEMATECH e-Handbook, 1.3.6.7.2.
  it.each([
    [2, 12.706],
    [3, 4.303],
    [4, 3.182],
    [6, 2.571],
    [11, 2.228],
    [31, 2.042],
  ])("uses Student's t for %i values", (count, quantile) => {
    const values = Array.from({ length: count }, (_, index) => index);
    const sum = values.reduce((total, value) => total + value, 0);
    const squares = values.reduce((total, value) => total + value * value, 0);
    const mean = sum / count;
    const deviation = Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / (count - 1));
    const interval = meanInterval(count, sum, squares)!;
    expect(interval.mean).toBeCloseTo(mean, 10);
    const used = (interval.high - interval.mean) / (deviation / Math.sqrt(count));
    expect(Math.abs(used / quantile - 1)).toBeLessThan(0.01);
  });

  it("says nothing of fewer than two values", () => {
    expect(meanInterval(0, 0, 0)).toBeNull();
    expect(meanInterval(1, 80, 6400)).toBeNull();
  });

  it("is a point where all values agree, whatever rounding does to the squares", () => {
    const interval = meanInterval(3, 0.3, 0.03)!;
    expect(interval.high - interval.low).toBeLessThan(1e-6);
  });
});
