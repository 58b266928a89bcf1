import type { Shop } from "@prisma/client";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { forShop } from "~/db.server";
import { givenUpJobs } from "~/jobs/given-up.server";
import { handlers } from "~/jobs/handlers/handlers.server";
import { jobs } from "~/jobs/definitions";
import { enqueue } from "~/jobs/enqueue.server";
import { action as activityAction } from "~/routes/app.activity/route";
import { readActivity } from "~/views/activity.server";
import { DAY, storeOrder, storeShop } from "../factories/store-order";
import { adminRequest, iso, NOW, rows, storeWithEase } from "./store-with-ease";

const ease = storeWithEase(() => [
  storeShop({ domain: "ours.myshopify.com", id: 1, orders: [storeOrder({ id: 1 })] }),
  storeShop({ domain: "theirs.myshopify.com", id: 2, orders: [storeOrder({ id: 1 })] }),
]);

let ours: Shop;
let theirs: Shop;

beforeAll(async () => {
  ours = (await ease.visit("ours.myshopify.com")).shop;
  theirs = (await ease.visit("theirs.myshopify.com")).shop;
  await ease.runQueue();
});

beforeEach(async () => {
  await rows("delete from graphile_worker._private_jobs");
});

/** Breaks what a comparison writes, tries it until it is given up, and mends it. */
async function giveUp(...shops: Shop[]): Promise<void> {
  await rows(`create or replace function refuse() returns trigger language plpgsql as $$
    begin raise exception 'disk full at Jane Doe, jane@example.com' using errcode = '53100'; end $$`);
  await rows("create trigger refuse before insert or update on reconciliation for each row execute function refuse()");
  for (const { id } of shops) await enqueue("reconcile", { shopId: id }, { key: `reconcile:${id}` });
  for (let tried = 0; tried < jobs.reconcile.maxAttempts; tried++) {
    expect(await ease.runDueJobs()).toHaveLength(shops.length);
    await rows("update graphile_worker._private_jobs set run_at = now() returning id");
  }
  await rows("drop trigger refuse on reconciliation");
}

async function retry(domain: string, jobId: string): Promise<unknown> {
  const form = new FormData();
  form.append("job", jobId);
  const request = await adminRequest(ease.store, domain, "/app/activity", { method: "POST", body: form });
  const answer = await activityAction({ request, params: {}, context: {} });
  return (answer as { data: unknown }).data;
}

describe("a job that gave up", () => {
  it("is listed with why, in the shop whose work it was alone, and done once it is tried again", async () => {
    await giveUp(ours, theirs);
    const [mine, ...others] = await givenUpJobs(ours.id);
    expect(others).toEqual([]);
    expect(mine).toMatchObject({ name: "reconcile", errorCode: "53100", attempts: jobs.reconcile.maxAttempts });
    const [their] = await givenUpJobs(theirs.id);
    expect(their!.id).not.toBe(mine!.id);
    // Tried as often as it is tried, it waits for somebody.
    expect(await ease.runDueJobs()).toEqual([]);
    const kept = await rows("select last_error from graphile_worker.jobs");
    expect(JSON.stringify(kept)).not.toContain("jane@example.com");

    expect(await retry(theirs.domain, mine!.id)).toEqual({ kind: "gone" });
    expect(await givenUpJobs(ours.id)).toHaveLength(1);
    expect(await retry(ours.domain, mine!.id)).toEqual({ kind: "retried" });
    expect(await givenUpJobs(ours.id)).toEqual([]);
    expect(await ease.runDueJobs()).toEqual([]);
    expect(await rows("select payload from graphile_worker._private_jobs")).toEqual([
      { payload: { shopId: theirs.id } },
    ]);
    expect(await retry(ours.domain, mine!.id)).toEqual({ kind: "gone" });
  });

  it.each(["", "abc", "1; drop table shop", "99999999999999999999999"])("is not found by %j", async (jobId) => {
    expect(await retry(ours.domain, jobId)).toEqual({ kind: "gone" });
  });

  it("and is done by its schedule is listed no more", async () => {
    await giveUp(ours);
    await handlers["reconcile-every-shop"]({}, NOW);
    expect(await givenUpJobs(ours.id)).toEqual([]);
  });
});

describe("the partitions", () => {
  it("are made ahead, and dropped when no shop keeps what they hold", async () => {
    const partitions = async (parent: string) =>
      (
        await rows(
          "select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass order by 1",
          [parent],
        )
      ).map((row) => row.name as string);
    await rows(`select ease_ensure_partition('order_event', at)
      from unnest(array['2020-01-15', '2023-02-01']::timestamptz[]) at`);
    await rows(`select ease_ensure_partition('inbox_delivery', at)
      from unnest(array['2026-04-01', '2026-04-20']::timestamptz[]) at`);
    await rows("insert into shop_setting (shop_id, inbox_days, history_months) values ($1, 60, 40)", [theirs.id]);
    await handlers["rotate-partitions"]({}, NOW);
    // NOW is 11 June 2026: forty months back is February 2023, sixty days back 12 April.
    const [months, days] = [await partitions("order_event"), await partitions("inbox_delivery")];
    expect(months).not.toContain("order_event_2020_01");
    expect(months).toEqual(
      expect.arrayContaining(["order_event_2023_02", "order_event_2026_06", "order_event_2026_09"]),
    );
    expect(days).not.toContain("inbox_delivery_2026_04_01");
    expect(days).toEqual(expect.arrayContaining(["inbox_delivery_2026_04_20", "inbox_delivery_2026_06_18"]));
    // Twice is as good as once.
    await handlers["rotate-partitions"]({}, NOW);
    expect(await partitions("order_event")).toEqual(months);
    await rows("delete from shop_setting");
  });
});

describe("what the activity of a shop says", () => {
  it("counts what arrived by topic with how late, what waits, what was unreadable, and nothing older", async () => {
    const at = (ms: number) => new Date(NOW + ms);
    await rows("select ease_ensure_partition('inbox_delivery', $1), ease_ensure_partition('inbox_delivery', $2)", [
      at(-60_000),
      at(-3 * DAY),
    ]);
    await rows("delete from inbox_delivery");
    const insert = (id: string, received: number, lagMs: number | null, unreadable: string | null = null) =>
      rows(
        `insert into inbox_delivery
           (shop_id, received_at, webhook_id, topic, triggered_at, payload, unreadable, recorded_at)
         values ($1, $2, $3, 'orders/create', $2, '{}', $4, $5)`,
        [ours.id, at(received), id, unreadable, lagMs === null ? null : at(received + lagMs)],
      );
    await insert("a", -50_000, 1000);
    await insert("b", -40_000, 3000);
    await insert("c", -30_000, 20_000);
    await insert("d", -20_000, null);
    await insert("e", -10_000, 0, "order.id: invalid_type");
    await insert("old", -3 * DAY, 1000);
    const activity = await readActivity(forShop(ours.id), { period: "day", now: NOW });
    expect(activity.topics).toEqual([
      { topic: "orders/create", arrived: 5, lastAt: NOW - 10_000, medianLagMs: 3000, worstLagMs: 20_000 },
    ]);
    expect(activity.waiting).toEqual({ deliveries: 1, since: NOW - 20_000 });
    expect(activity.unreadable).toEqual([
      { topic: "orders/create", reason: "order.id: invalid_type", deliveries: 1, lastAt: NOW - 10_000 },
    ]);
    const week = await readActivity(forShop(ours.id), { period: "week", now: NOW });
    expect(week.topics).toMatchObject([{ arrived: 6 }]);
    expect(week.backfills).toMatchObject([{ state: "done", orders: 1, requestedAt: NOW }]);
    expect(iso(week.lastArrivedAt!)).toBe(iso(NOW - 10_000));
    expect((await readActivity(forShop(theirs.id), { period: "week", now: NOW })).topics).toEqual([]);
  });
});
