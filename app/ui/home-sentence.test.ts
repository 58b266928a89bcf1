import { describe, expect, it } from "vitest";
import type { Comparison, DeliveryHome } from "~/views/home.server";
import type { ImportProgress } from "~/views/import-progress.server";
import type { Writing } from "./format";
import { changeWords, homeSentence } from "./home-sentence";

const writing: Writing = { locale: "en-GB", currency: "EUR", timeZone: "Europe/Berlin" };
const now = Date.parse("2026-11-22T12:00:00Z");
const span = { from: "2026-10-26", to: "2026-11-22" };
const mean = { mean: 78.2, low: 76.1, high: 80.3, n: 412 };

const home: DeliveryHome = {
  period: 28,
  span,
  before: { from: "2026-09-28", to: "2026-10-25" },
  knownFrom: null,
  orders: 450,
  score: { kind: "known", mean, span, young: 0, comparison: { kind: "tooFew" } },
  trend: [],
  onTime: { kept: 0, due: 0, interval: null, open: 0, withoutPromise: 0, arrivalUnknown: 0, cancelled: 0 },
  reasons: [
    { code: "base", points: 4.7, orders: 412 },
    { code: "promise_broken", points: 3.1, orders: 80 },
  ],
  leftOut: [],
};
const importing: ImportProgress = {
  state: "recording",
  attempts: 1,
  ordersFound: 69454,
  ordersRecorded: 23100,
  ordersScored: 0,
  limitedTo: null,
  errorCode: null,
  requestedAt: now,
  finishedAt: null,
  setAside: [],
};

const compared = (comparison: Comparison): DeliveryHome => ({
  ...home,
  score: { kind: "known", mean, span, young: 0, comparison },
});
const changed = (difference: number, certain: boolean) =>
  compared({ kind: "change", change: { difference, low: difference - 1, high: difference + 1, certain, before: mean } });
const say = (one: DeliveryHome, progress: ImportProgress | null = null) =>
  homeSentence({ home: one, progress, now, writing });

describe("homeSentence", () => {
  it("says where it goes only when that is certain", () => {
    expect(say(changed(-4.2, true)).sentence).toBe(
      "Getting orders delivered got harder: 78 out of 100, 4.2 less than in the 28 days before. " +
        "What costs most: parcels that arrive after their promise."
    );
    expect(say(changed(4.2, true)).sentence).toMatch(/got easier: 78 out of 100, 4.2 more/);
    expect(say(changed(-0.5, false)).sentence).toMatch(/about as easy as before/);
  });

  it("does not judge what is too young", () => {
    expect(say(compared({ kind: "tooYoung" })).sentence).toMatch(/^Too early to judge the last 28 days/);
  });

  it("carries the range and the count", () => {
    expect(say(home).detail).toBe("95 % range 76.1–80.3, from 412 orders.");
  });

  it("is glad when nothing stands out", () => {
    expect(say({ ...home, reasons: [] }).sentence).toBe("Delivery scores 78 out of 100. Nothing in particular stands in the way.");
  });

  it("names the first of several small causes, and says that it is small", () => {
    const small = { code: "promise_broken", points: 0.3, orders: 8 };
    expect(say({ ...home, reasons: [small] }).sentence).toMatch(
      /No single cause costs much; the largest: parcels that arrive after their promise\.$/
    );
    expect(say({ ...home, reasons: [{ ...small, points: 0.09 }] }).sentence).toMatch(/Nothing in particular/);
  });

  it("says how much more it takes, and by when", () => {
    const few = (at: number): DeliveryHome => ({
      ...home,
      score: { kind: "notEnough", scored: 12, needed: 30, enough: { kind: "by", at } },
    });
    expect(say(few(now + 4 * 86_400_000))).toEqual({
      sentence: "Not enough orders to judge delivery yet: 12 of the 30 scored orders it takes.",
      detail: "At the present rate there will be enough by Thursday.",
    });
    expect(say(few(now + 14 * 86_400_000)).detail).toMatch(/by 6 Dec/);
  });

  it("tells an import under way from an empty shop and from a stopped import", () => {
    const empty: DeliveryHome = {
      ...home,
      orders: 0,
      score: { kind: "notEnough", scored: 0, needed: 30, enough: { kind: "unknown" } },
    };
    expect(say(empty, importing)).toEqual({
      sentence: "Your orders are being read.",
      detail: "23,100 of 69,454 are in so far; the score follows by itself.",
    });
    expect(say(empty, { ...importing, state: "failed" }).sentence).toBe("Your orders are not in yet.");
    expect(say(empty).sentence).toBe("No orders in the last 28 days.");
  });
});

describe("changeWords", () => {
  it("shows the direction without relying on a sign", () => {
    expect(changeWords({ difference: -4.2, high: -3.1 }, writing)).toBe("▼ 4.2 (±1.1)");
  });
});
