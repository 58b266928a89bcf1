import { describe, expect, it } from "vitest";
import { bindNamed, patternOf } from "./shopper-rows";

describe("a statement with names", () => {
  it("becomes one with numbered, typed parameters, each sent once, and casts stay casts", () => {
    const named = { shop: 7, customers: ["1"], orders: ["2", "3"], tokens: [], words: "", at: new Date(0) };
    expect(bindNamed("select :orders, unnest(:customers)::text from t where a = :shop or b = any(:orders)", named)).toEqual({
      text: "select $1::bigint[], unnest($2::bigint[])::text from t where a = $3::int or b = any($1::bigint[])",
      values: [["2", "3"], ["1"], 7],
    });
  });
});

describe("a pattern of ids", () => {
  const found = (ids: string[], text: string) => new RegExp(patternOf(ids)).test(text);

  it("finds whole ids only, as numbers, texts and global ids", () => {
    expect(found(["41"], '{"id": 41}')).toBe(true);
    expect(found(["41"], '{"id": "41"}')).toBe(true);
    expect(found(["41"], '{"a": "gid://shopify/Customer/41"}')).toBe(true);
    expect(found(["41"], '{"id": 410, "b": 141, "c": "a-41", "d": "41f"}')).toBe(false);
    expect(found(["9", "a.b"], '{"token": "a.b"}')).toBe(true);
    expect(found(["a.b"], '{"token": "axb"}')).toBe(false);
  });

  it("of none finds nothing", () => {
    for (const text of ["", "{}", "$.^", "a\nb"]) expect(found([], text)).toBe(false);
  });
});
