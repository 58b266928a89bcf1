import { describe, expect, it } from "vitest";
import type { DeliveryReason } from "~/scores/delivery-score";
import { mainReason, REASON_CODES } from "~/views/score-reasons";
import { REASON_NAMES, reasonSentence, reasonShort } from "./delivery-reason";
import type { Writing } from "./format";

const writing: Writing = { locale: "en-GB", currency: "EUR", timeZone: "Europe/Berlin" };
const now = Date.parse("2026-11-22T12:00:00Z");
const promisedAt = Date.parse("2026-11-10T22:59:00Z");

const say = (reason: DeliveryReason) => reasonSentence(reason, now, writing);

describe("reasonSentence", () => {
  it("tells a broken promise with its dates", () => {
    const deliveredAt = Date.parse("2026-11-13T10:00:00Z");
    expect(
      say({ code: "promise_broken", points: 17, evidence: { daysLate: 2.46, promisedAt, source: "quoted", deliveredAt } })
    ).toBe("Arrived on 13 Nov, 2.5 days after the promise of 10 Nov.");
  });

  it("says whose promise it was, and when arrival is not reported", () => {
    const evidence = { daysLate: 2, promisedAt, source: "merchant" as const, deliveredAt: null };
    expect(say({ code: "promise_broken", points: 5, evidence })).toBe(
      "Sent too late to keep your own promise for the method of 10 Nov: at least 2 days over it."
    );
  });

  it("knows what has not been sent from what is on the way", () => {
    const evidence = { daysOver: 3, promisedAt, source: "quoted" as const };
    expect(say({ code: "promise_overdue", points: 40, evidence: { ...evidence, outcome: "on_the_way" } })).toMatch(/^Still/);
    expect(say({ code: "promise_overdue", points: 40, evidence: { ...evidence, outcome: "not_sent" } })).toMatch(/^Not sent/);
  });

  it("compares with what is usual", () => {
    const evidence = { days: 9, medianDays: 2.8, q95Days: 7.2, parcels: 165, outcome: "received" as const };
    expect(say({ code: "slower_than_usual", points: 5, evidence })).toBe(
      "Took 9 days from purchase to arrival, longer than four in five of 165 alike: half took at most 2.8 days, " +
        "and 95 of 100 arrive within 7.2 days."
    );
  });

  it("writes money and shares of the goods", () => {
    expect(say({ code: "shipping_price", points: 1, evidence: { shippingMinor: 790, subtotalMinor: 1500 } })).toBe(
      "Shipping cost €7.90, 53% of the goods' price."
    );
  });
});

describe("reasonShort", () => {
  it("fits a row", () => {
    const silence = { carrier: "DHL", since: promisedAt, hours: 80, usualHours: 28 };
    expect(reasonShort({ code: "silence", points: 3, evidence: silence }, writing)).toBe("DHL silent for 3.3 days");
    expect(reasonShort({ code: "base", points: 4.7, evidence: {} }, writing)).toBe("Nothing went wrong");
  });
});

describe("mainReason", () => {
  it("is the dearest, and never what every order loses", () => {
    const base: DeliveryReason = { code: "base", points: 4.7, evidence: {} };
    const parcels: DeliveryReason = { code: "split_parcels", points: 1.2, evidence: { parcels: 2 } };
    expect(mainReason([parcels, base])).toBe(parcels);
    expect(mainReason([base])).toBeNull();
    expect(mainReason([])).toBeNull();
  });
});

describe("names", () => {
  it("exist for every code", () => {
    expect(Object.keys(REASON_NAMES).sort()).toEqual([...REASON_CODES].sort());
  });
});
