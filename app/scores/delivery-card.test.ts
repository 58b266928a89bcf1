import { describe, expect, it } from "vitest";

import { type Bin, binWeight, compileDeliveryCard, DELIVERY_SIGNALS } from "~/scores/delivery-card";
import { DEFAULT_DELIVERY_CARD, defaultDeliveryCard } from "~/scores/delivery-default-card";

function withSilence(bins: Bin[]) {
  const bySignal = { ...DEFAULT_DELIVERY_CARD.bins, silence: bins };
  return () => compileDeliveryCard({ ...DEFAULT_DELIVERY_CARD, bins: bySignal });
}

function bin(upTo: number, weight: number): Bin {
  return { upTo, weight, label: "", why: "" };
}

describe("compileDeliveryCard", () => {
  it.each([
    ["a first bin that costs", [bin(1, 0.1), bin(Infinity, 1)], "first bin must weigh 0"],
    ["no bins", [], "first bin must weigh 0"],
    ["a closed last bin", [bin(1, 0), bin(2, 1)], "last bin must be open"],
    ["bounds that do not rise", [bin(1, 0), bin(1, 1), bin(Infinity, 2)], "bounds must rise"],
    ["weights that fall", [bin(1, 0), bin(2, 1), bin(Infinity, 0.5)], "weights must not fall"],
    ["a weight that is no number", [bin(1, 0), bin(Infinity, NaN)], "weights must be finite"],
  ])("refuses %s and names the signal", (_, bins, rule) => {
    expect(withSilence(bins)).toThrow(`silence: ${rule}`.replace("first", "the first").replace("last", "the last"));
  });

  it("puts a value on a bound into the bin that ends there", () => {
    const silence = DELIVERY_SIGNALS.indexOf("silence");
    const card = withSilence([bin(1, 0), bin(2, 1), bin(Infinity, 3)])();
    expect([-5, 1, 1.001, 2, 2.001, 1e9].map((value) => binWeight(card, silence, value))).toEqual([0, 0, 1, 1, 3, 3]);
  });
});

describe("the default card", () => {
  it("says why for every bin", () => {
    for (const signal of DELIVERY_SIGNALS) {
      for (const { label, why } of DEFAULT_DELIVERY_CARD.bins[signal]) {
        expect(label, signal).not.toBe("");
        expect(why, `${signal} ${label}`).not.toBe("");
      }
    }
  });

  it("never rates having received late below not having received, by the same days", () => {
    const broken = DELIVERY_SIGNALS.indexOf("promise_broken");
    const overdue = DELIVERY_SIGNALS.indexOf("promise_overdue");
    for (let days = -1; days < 30; days += 0.25) {
      expect(binWeight(defaultDeliveryCard, broken, days)).toBeLessThanOrEqual(
        binWeight(defaultDeliveryCard, overdue, days),
      );
    }
  });
});
