import { describe, expect, it } from "vitest";

import { auc, averagePrecision, brier, calibrationError } from "./ranking";

describe("ranking measures", () => {
  // The four cases of scikit-learn's documentation of roc_auc and average_precision_score.
  const predicted = [0.1, 0.4, 0.35, 0.8];
  const happened = [false, false, true, true];

  it("gives the documented worked examples", () => {
    expect(auc(predicted, happened)).toBeCloseTo(0.75, 10);
    expect(averagePrecision(predicted, happened)).toBeCloseTo(0.8333, 4);
  });

  it("counts ties half", () => {
    expect(auc([1, 1, 1, 1], happened)).toBe(0.5);
    expect(averagePrecision([1, 1, 1, 1], happened)).toBe(0.5);
  });

  it("has no area where only one kind happened", () => {
    expect(auc([1, 2], [true, true])).toBeNaN();
  });

  it("measures distance and calibration", () => {
    expect(brier([0.5, 1], [true, true])).toBeCloseTo(0.125, 10);
    const { ece, bins } = calibrationError([0.1, 0.1, 0.9, 0.9], [false, false, true, false], 2);
    expect(bins).toEqual([
      { n: 2, predicted: 0.1, happened: 0 },
      { n: 2, predicted: 0.9, happened: 0.5 },
    ]);
    expect(ece).toBeCloseTo(0.25, 10);
  });
});
