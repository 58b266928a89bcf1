import { describe, expect, it } from "vitest";
import { WITHHELD_PARTS } from "~/ingest/order-parts";
import { topics } from "~/ingest/topics";
import type { Activity } from "~/views/activity.server";
import { activitySentence, lag, topicWords, troubleWords, withheldWords } from "./activity-words";
import type { Writing } from "./format";

const writing: Writing = { locale: "en-GB", currency: "EUR", timeZone: "Europe/Berlin" };
const NOW = Date.parse("2026-11-17T10:00:00Z");
const MINUTE = 60_000;

function activity(overrides: Partial<Activity> = {}): Activity {
  return {
    period: "day",
    waiting: { deliveries: 0, since: null },
    lastArrivedAt: NOW - 2 * MINUTE,
    topics: [],
    unreadable: [],
    comparisons: [{ kind: "orders", ranAt: NOW - 30 * MINUTE, trouble: null, compared: 12, repaired: 0 }],
    withheld: [],
    backfills: [],
    givenUp: [],
    ...overrides,
  };
}

const said = (overrides: Partial<Activity>) => activitySentence(activity(overrides), NOW, writing);

describe("the sentence Activity opens with", () => {
  it("says with pleasure that all is in, and how that is known", () => {
    expect(said({})).toEqual({
      sentence: "Everything Shopify sent has been recorded; the last delivery came 2 minutes ago.",
      detail: "Ease last compared itself with Shopify 30 minutes ago, and nothing was missing.",
    });
    expect(said({ lastArrivedAt: NOW - 1000 }).sentence).toContain("just now");
    const repaired = [{ kind: "orders" as const, ranAt: NOW, trouble: null, compared: 9, repaired: 1 }];
    expect(said({ comparisons: repaired }).detail).toBe(
      "Comparing with Shopify found 1 change that never arrived, and repaired it.",
    );
    expect(said({ comparisons: [] }).detail).toContain("has not run yet");
  });

  it("does not claim that nothing was missing where the comparison stopped early", () => {
    const stopped = [
      { kind: "orders" as const, ranAt: NOW, trouble: "admin_api_unreachable", compared: 0, repaired: 0 },
    ];
    expect(said({ comparisons: stopped }).detail).toBe(
      "The last comparison with Shopify stopped early: Shopify did not answer.",
    );
  });

  it("names what waits too long before anything else, then what was given up, then what could not be read", () => {
    const waiting = { deliveries: 3, since: NOW - 10 * MINUTE };
    const job = { id: "1", name: "reconcile" as const, errorCode: null, attempts: 5, lastTriedAt: NOW };
    const unreadable = [{ topic: "orders/create", reason: "order.id: invalid_type", deliveries: 2, lastAt: NOW }];
    expect(said({ waiting, givenUp: [job], unreadable }).sentence).toBe("3 deliveries wait since 17 Nov, 10:50.");
    expect(said({ givenUp: [job], unreadable }).sentence).toBe("One piece of work was given up.");
    expect(said({ unreadable }).sentence).toBe("2 deliveries could not be read; everything else has been recorded.");
    // A moment in the inbox is how it works, and no trouble.
    expect(said({ waiting: { deliveries: 3, since: NOW - 5000 } }).sentence).toContain("the last delivery came");
  });

  it("says where nothing has come yet", () => {
    expect(said({ lastArrivedAt: null }).sentence).toBe("Nothing has arrived from Shopify yet.");
  });
});

describe("the words of Activity", () => {
  it("name every topic Ease takes by what happened", () => {
    expect(Object.keys(topics).filter((topic) => topicWords(topic) === topic)).toEqual([]);
    expect(topicWords("returns/request")).toBe("Returns: request");
  });

  it("say what each withheld part means and what to do, for either cause", () => {
    for (const part of WITHHELD_PARTS) {
      for (const cause of ["scope", "refused"] as const) {
        const { title, follows, todo } = withheldWords(part, cause);
        expect([title, follows, todo].every((words) => words.length > 20)).toBe(true);
      }
    }
  });

  it("tell why something failed without showing a code", () => {
    const codes = ["admin_api_unreachable", "token_refused", "57P01", "ECONNREFUSED", "SQLITE", null];
    for (const code of codes) expect(troubleWords(code)).not.toMatch(/_|\d|ECONN/);
  });

  it("write a lag as people say it", () => {
    expect([400, 12_400, 300_000, 7_200_000, null].map((ms) => lag(ms, writing))).toEqual([
      "0.4 s",
      "12 s",
      "5 minutes",
      "2 hours",
      "–",
    ]);
  });
});
