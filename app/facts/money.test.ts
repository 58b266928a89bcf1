import { describe, expect, it } from "vitest";
import { minorExponent, toMinor } from "./money";

describe("toMinor", () => {
  it.each([
    ["12.5", "EUR", 1250],
    ["12.50", "EUR", 1250],
    ["0.1", "EUR", 10],
    ["19.99", "USD", 1999],
    ["1100", "JPY", 1100],
    ["1100.0", "JPY", 1100],
    ["1.234", "KWD", 1234],
    ["-3.20", "EUR", -320],
    ["-0.00", "EUR", 0],
    ["2.005", "EUR", 201],
    ["90071992547.40", "EUR", 9007199254740],
  ])("reads %s %s as %i minor units", (amount, currency, minor) => {
    expect(toMinor(amount, currency)).toBe(minor);
  });

  it.each(["", "12,50", "1e3", "NaN", "€5"])("refuses %j", (amount) => {
    expect(() => toMinor(amount, "EUR")).toThrow("not a decimal amount");
  });
});

describe("minorExponent", () => {
  it("knows currencies without and with three decimals", () => {
    expect(["EUR", "JPY", "KWD"].map(minorExponent)).toEqual([2, 0, 3]);
  });
});
