import { describe, expect, it } from "vitest";
import { readCursor, writePlace } from "./order-cursor";

const read = (query: string) => readCursor(new URLSearchParams(query));

describe("readCursor", () => {
  it("gives the first page when nothing is asked for", () => {
    expect(read("sort=worst")).toEqual({ cursor: { kind: "first" }, understood: true });
  });

  it("reads back what was written, scores as small as a float holds included", () => {
    for (const value of [0, 78.25, 1.100000023841858, 1e-7, 1_763_000_000_123]) {
      const place = { value, orderId: "5100002280704" };
      const search = new URLSearchParams({ after: writePlace(place) });
      expect(readCursor(search)).toEqual({ cursor: { kind: "after", place }, understood: true });
    }
  });

  it("says when it could not understand, and gives the first page", () => {
    const bad = ["after=", "after=x", "after=1", "after=1~", "after=-1~2", "after=1~2;drop", "after=1~2&before=1~2"];
    for (const query of [...bad, `after=1~${"9".repeat(30)}`]) {
      expect(read(query)).toEqual({ cursor: { kind: "first" }, understood: false });
    }
  });
});
