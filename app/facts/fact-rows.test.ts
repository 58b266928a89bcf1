import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instant } from "./fact-rows";

describe("an instant", () => {
  it("is written as toISOString writes it", () => {
    const times = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(times, (at) => {
        expect(instant(at)).toBe(new Date(at).toISOString());
      }),
    );
  });

  it("that is none is none", () => {
    expect(instant(null)).toBeNull();
  });
});
