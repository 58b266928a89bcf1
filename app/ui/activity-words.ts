import type { Cause } from "~/ingest/access.server";
import type { WithheldPart } from "~/ingest/order-parts";
import type { JobName } from "~/jobs/definitions";
import type { Activity, ComparisonActivity } from "~/views/activity.server";
import { count, counted, dayAndTime, decimal, duration, type Writing } from "./format";

/** Deliveries wait a moment by design; longer than this is worth a word. */
const WAITING_LONG_MS = 60_000;

/** The sentence Activity opens with: whether everything is in, and how it is known. */
export function activitySentence(
  activity: Activity,
  now: number,
  writing: Writing,
): { sentence: string; detail: string } {
  const { waiting, lastArrivedAt, givenUp, comparisons } = activity;
  const repaired = comparisons.reduce((sum, one) => sum + one.repaired, 0);
  const compared = comparisons.find((one) => one.kind === "orders");
  const known = !compared
    ? "Ease compares itself with Shopify every hour; the first comparison has not run yet."
    : repaired > 0
    ? `Comparing with Shopify found ${counted(repaired, "change", "changes", writing)} that never arrived, and ` +
      `repaired ${repaired === 1 ? "it" : "them"}.`
    : compared.trouble !== null
    ? `The last comparison with Shopify stopped early: ${troubleWords(compared.trouble)}`
    : `Ease last compared itself with Shopify ${ago(compared.ranAt, now, writing)}, and nothing was missing.`;
  if (waiting.since !== null && now - waiting.since > WAITING_LONG_MS) {
    const many =
      waiting.deliveries === 1 ? "One delivery waits" : `${count(waiting.deliveries, writing)} deliveries wait`;
    return {
      sentence: `${many} since ${dayAndTime(waiting.since, now, writing)}.`,
      detail: "What waits is kept and will be recorded; the figures on other screens may be that much behind.",
    };
  }
  if (givenUp.length > 0) {
    const many =
      givenUp.length === 1 ? "One piece of work was" : `${count(givenUp.length, writing)} pieces of work were`;
    return {
      sentence: `${many} given up.`,
      detail: "Nothing that arrived was lost. You can have it tried again below.",
    };
  }
  if (lastArrivedAt === null) {
    return {
      sentence: "Nothing has arrived from Shopify yet.",
      detail: "Deliveries show here as soon as something happens.",
    };
  }
  const last = ago(lastArrivedAt, now, writing);
  const unreadable = activity.unreadable.reduce((sum, one) => sum + one.deliveries, 0);
  if (unreadable > 0) {
    const many = counted(unreadable, "delivery", "deliveries", writing);
    return { sentence: `${many} could not be read; everything else has been recorded.`, detail: known };
  }
  return { sentence: `Everything Shopify sent has been recorded; the last delivery came ${last}.`, detail: known };
}

/** "2 minutes ago", or "just now" within a minute. */
export function ago(at: number, now: number, writing: Writing): string {
  const hours = (now - at) / 3_600_000;
  return hours < 1 / 60 ? "just now" : `${duration(hours, writing)} ago`;
}

/** A lag as people say it: "0.4 seconds", "12 seconds", "5 minutes". */
export function lag(ms: number | null, writing: Writing): string {
  if (ms === null) return "–";
  if (ms < 60_000) {
    const seconds = ms / 1000;
    return `${decimal(seconds, seconds < 10 ? 1 : 0, writing)} s`;
  }
  return duration(ms / 3_600_000, writing);
}

const TOPICS: Record<string, string> = {
  "orders/create": "New orders",
  "orders/updated": "Orders changed",
  "orders/cancelled": "Orders cancelled",
  "orders/edited": "Orders edited",
  "orders/delete": "Orders deleted",
  "fulfillments/create": "Parcels sent",
  "fulfillments/update": "Parcels changed",
  "fulfillment_events/create": "Carrier scans",
  "fulfillment_events/delete": "Carrier scans taken back",
  "fulfillment_orders/placed_on_hold": "Orders put on hold",
  "fulfillment_orders/hold_released": "Holds released",
  "fulfillment_holds/added": "Orders put on hold",
  "fulfillment_holds/released": "Holds released",
  "refunds/create": "Refunds",
  "order_transactions/create": "Payments",
  "checkouts/create": "Checkouts begun",
  "checkouts/update": "Checkouts changed",
  "checkouts/delete": "Checkouts deleted",
  "customers/merge": "Customers merged",
  "app/uninstalled": "Ease uninstalled",
  "app/scopes_update": "Permissions changed",
  "shop/update": "Shop settings changed",
  "bulk_operations/finish": "Order files ready",
  "customers/data_request": "Shoppers asking for their data",
  "customers/redact": "Shoppers to be forgotten",
  "shop/redact": "Shop to be forgotten",
};

/** What a webhook topic is about, in words; returns share theirs. */
export function topicWords(topic: string): string {
  if (Object.hasOwn(TOPICS, topic)) return TOPICS[topic]!;
  return topic.startsWith("returns/") ? `Returns: ${topic.slice("returns/".length).replaceAll("_", " ")}` : topic;
}

/** What is compared with Shopify. */
export function comparisonWords(kind: ComparisonActivity["kind"]): { name: string; how: string } {
  switch (kind) {
    case "orders":
      return { name: "Orders", how: "every hour" };
    case "parcels":
      return { name: "Parcels under way", how: "every day" };
    case "abandoned_checkouts":
      return { name: "Abandoned checkouts", how: "every hour" };
  }
}

const JOBS: Partial<Record<JobName, string>> = {
  "advance-backfill": "Reading the order history",
  "record-inbox": "Recording what Shopify sent",
  "read-orders": "Reading changed orders",
  "renew-scores": "Scoring orders",
  reconcile: "Comparing with Shopify",
  "reread-parcels": "Looking for new carrier scans",
};

/** What a job was to do. */
export function jobWords(name: JobName): string {
  return JOBS[name] ?? `Background work (${name.replaceAll("-", " ")})`;
}

/** Why something failed, from the code of its error. */
export function troubleWords(code: string | null): string {
  switch (code) {
    case "admin_api_unreachable":
      return "Shopify did not answer.";
    case "throttled":
      return "Shopify asked Ease to slow down for too long.";
    case "token_refused":
    case "shop_uninstalled":
      return "Shopify no longer accepts Ease’s access to this shop. Opening Ease again renews it.";
    case "access_denied":
    case "ACCESS_DENIED":
      return "Shopify does not let Ease read this.";
    case "admin_api_refused":
    case "bulk_operation_refused":
      return "Shopify refused the request.";
    case "bulk_file_unreadable":
      return "The file Shopify prepared could not be read.";
    case null:
      return "Something in Ease went wrong.";
    default:
      return /^(ECONN|ETIMEDOUT|57P|53|08)/.test(code)
        ? "Ease’s database could not be reached."
        : "Something in Ease went wrong.";
  }
}

/** What a withheld part means: what is missing, what follows, and what to do. */
export function withheldWords(part: WithheldPart, cause: Cause): { title: string; follows: string; todo: string } {
  const todo =
    cause === "scope"
      ? "Open Ease’s permissions in Shopify admin (Settings, Apps) and grant them; Ease then reads what is missing."
      : "Shopify has not approved Ease for this data, or the person who installed Ease may not see it. Ease asks " +
        "again every hour and reads what is missing once it may.";
  switch (part) {
    case "orders":
      return {
        title: "Shopify does not let Ease read your orders",
        follows: "Without them there is nothing to score. What is in already stays.",
        todo,
      };
    case "customers":
      return {
        title: "Shopify does not let Ease see which orders are by the same customer",
        follows: "First and repeated orders cannot be told apart. Everything else works.",
        todo,
      };
    case "returns":
      return {
        title: "Shopify does not let Ease read returns",
        follows: "Wrong and damaged items do not count in the scores. Everything else works.",
        todo,
      };
    case "fulfillment_orders":
      return {
        title: "Shopify does not let Ease read delivery promises and holds",
        follows: "Promises quoted at checkout are not known, so fewer orders count as on time or late.",
        todo,
      };
    case "abandoned_checkouts":
      return {
        title: "Shopify does not let Ease read abandoned checkouts",
        follows: "Checkouts are known only from what Shopify sends as they happen. Everything else works.",
        todo:
          cause === "scope"
            ? todo
            : "It needs someone who may manage abandoned checkouts: let them open Ease once. Ease asks again hourly.",
      };
  }
}
