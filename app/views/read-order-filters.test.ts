import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bandOf, narrows, NO_FILTERS, writeOrderFilters } from "./order-filters";
import { readOrderFilters } from "./read-order-filters";

const read = (query: string) => readOrderFilters(new URLSearchParams(query));

describe("readOrderFilters", () => {
  it("opens with the worst first and nothing narrowed", () => {
    expect(read("")).toEqual({ filters: NO_FILTERS, ignored: [] });
  });

  it("reads back what was written", () => {
    const filters = {
      ...NO_FILTERS,
      sort: "newest" as const,
      search: "#1001",
      state: ["delivered" as const, "on_the_way" as const],
      onTime: ["kept" as const, "broken" as const],
      carrier: ["DHL", "Royal Mail & Co"],
      reason: "promise_broken",
      from: "2026-10-26",
      to: "2026-11-22",
    };
    expect(readOrderFilters(writeOrderFilters(filters))).toEqual({ filters, ignored: [] });
  });

  it("names what it could not understand and keeps the rest", () => {
    const { filters, ignored } = read("sort=best&state=lost&state=delivered&from=2026-02-30&reason=%27;--&carrier=DHL");
    expect(new Set(ignored)).toEqual(new Set(["sort", "state", "from", "reason"]));
    expect(filters).toEqual({ ...NO_FILTERS, state: ["delivered"], carrier: ["DHL"] });
  });

  it("refuses text a database cannot hold", () => {
    expect(read("search=%00&carrier=a%00b").ignored.sort()).toEqual(["carrier", "search"]);
  });

  it("has left-out orders by time, for they have no score and no promise that counts", () => {
    expect(read("leftOut=any&sort=worst&band=hard&onTime=open&reason=silence").filters).toEqual({
      ...NO_FILTERS,
      sort: "newest",
      leftOut: "any",
    });
  });

  it("keeps a list from growing without end", () => {
    const many = Array.from({ length: 100 }, (_, index) => `carrier=c${index}`).join("&");
    expect(read(many).filters.carrier).toHaveLength(20);
    expect(read(many).ignored).toEqual(["carrier"]);
  });

  it("never throws, and what it gives can be written and read again", () => {
    const part = fc.constantFrom(
      ...["sort", "state", "onTime", "from", "to", "reason", "leftOut", "search", "band", "carrier", "x"]
    );
    // Any code unit there is, control characters and halves of surrogate pairs among them.
    const text = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(fc.array(fc.tuple(part, text)), (pairs) => {
        const { filters } = readOrderFilters(new URLSearchParams(pairs));
        expect(readOrderFilters(writeOrderFilters(filters))).toEqual({ filters, ignored: [] });
      })
    );
  });
});

describe("narrows", () => {
  it("is about filters, not about the order", () => {
    expect(narrows({ ...NO_FILTERS, sort: "newest" })).toBe(false);
    expect(narrows({ ...NO_FILTERS, carrier: ["DHL"] })).toBe(true);
  });
});

describe("bandOf", () => {
  it("begins a band at its floor", () => {
    expect([0, 59.9, 60, 79.9, 80, 100].map(bandOf)).toEqual(["hard", "hard", "strained", "strained", "easy", "easy"]);
  });
});
