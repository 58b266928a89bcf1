import { describe, expect, it } from "vitest";
import { errorWords, storableError, withoutQuotes } from "./log-words";

describe("a message that is written down", () => {
  it.each([
    ['invalid input syntax for type bigint: "Rosa Quint"', "invalid input syntax for type bigint: “…”"],
    ['GraphQL Error (Code: 200): {"response":{"data":{"email":"rosa@example.com"}}}', "GraphQL Error (Code: 200): …"],
    ["no session for rosa.quint@example.co.uk", "no session for [address]"],
    ["refused shpat_0123456789abcdef", "refused [token]"],
    ["refused shprt_0123456789abcdef", "refused [token]"],
    ["header Bearer abc.def", "header [token]"],
    ["from 203.0.113.77 port 80", "from [address] port 80"],
    ["from 2001:db8:85a3:0:0:8a2e:370:7334", "from [address]"],
    ["called +49 151 2345678 twice", "called [number] twice"],
    ["GET /app?id_token=secret&shop=x failed", "GET /app?… failed"],
    ["shop-1.myshopify.com: HTTP 502", "shop-1.myshopify.com: HTTP 502"],
  ])("%s", (message, words) => {
    expect(withoutQuotes(message)).toBe(words);
  });

  it("is not longer than a line", () => {
    expect(withoutQuotes("x".repeat(5000)).length).toBeLessThan(310);
  });
});

describe("an error that is written down", () => {
  it("says what and where, also of its cause, and nothing it was about", () => {
    const cause = Object.assign(new Error("Key (email)=('rosa@example.com') exists"), {
      code: "23505",
      detail: "rosa@example.com",
    });
    const words = errorWords(new TypeError('no "rosa@example.com"\nsecond line', { cause }));
    expect(words).toMatchObject({ type: "TypeError", cause: { code: "23505" } });
    expect(words.stack).toMatch(/^\s+at /);
    expect(JSON.stringify(words)).not.toContain("rosa");
  });

  it("may be anything thrown", () => {
    expect(errorWords("rosa@example.com")).toEqual({ type: "string", message: "" });
    expect(errorWords(null)).toEqual({ type: "object", message: "" });
  });

  it("is stored as it is where it quotes nothing, else without", () => {
    const plain = new Error("the connection broke");
    expect(storableError(plain)).toBe(plain);
    expect(storableError(new RangeError('bad "Rosa"'))).toMatchObject({ name: "RangeError", message: "bad “…”" });
    expect(storableError("rosa").message).toBe("string");
  });
});
