import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { openLifeFeed } from "../dev-store/life-feed";
import { tinyTea } from "../dev-store/simulator/presets";
import { simulateShop } from "../dev-store/simulator/shop";
import { type RunningEase, runEase } from "../setup/run-ease";

/**
 * The worst days of the year, on real processes: while a shop sells, its parcels travel and its webhooks come twice, late
 * and in any order, the web process, the worker and PostgreSQL are killed in turn, tokens run out and refreshes are refused.
 * Afterwards the facts must equal those of the same days without any of it.
 */
const HOUR = 3_600_000;
const UNTIL = Date.parse("2026-06-10T06:00:00Z");
const STEP_HOURS = 6;
const STEPS = 6;
const VICTIMS = ["web", "worker", "postgres"] as const;

const folders: string[] = [];
const running: RunningEase[] = [];

afterAll(async () => {
  for (const ease of running) await ease.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

type Facts = Record<"order_fact" | "shipment_fact" | "checkout_fact", unknown[]>;

async function live(firstPort: number, chaos: boolean): Promise<{ facts: Facts; sent: number; said: string }> {
  const dataDir = mkdtempSync(join(tmpdir(), "ease-chaos-"));
  folders.push(dataDir);
  let said = "";
  const ease = await runEase({
    dataDir,
    firstPort,
    until: UNTIL,
    // The fastest plan: waiting for points is not what is tried here.
    shops: (until) => [{ ...simulateShop(tinyTea, { seed: "chaos", until, days: 6, ahead: 3 }), restoreRate: 2000 }],
    step: () => undefined,
    said: (name, text) => (said += `[${name}] ${text}`),
  });
  running.push(ease);
  expect(await ease.visit(tinyTea.domain)).toBe(200);
  await settled(ease);

  if (chaos) {
    ease.store.faults.webhooks = { seed: "chaos", duplicateShare: 0.2, lateShare: 0.2, loseShare: 0, reorder: true };
  }
  const feed = openLifeFeed(ease.store, ease.store.clock.now(), { byItself: false });
  let sent = 0;
  for (let step = 0; step < STEPS; step++) {
    // Longer than a token lives, so that every step begins with a refresh.
    ease.store.clock.advance(STEP_HOURS * HOUR);
    if (chaos) ease.store.faults.refuseRefreshes = 2;
    const sending = feed.sendDue();
    if (chaos) {
      await wait(150);
      await ease.crash(VICTIMS[step % VICTIMS.length]!);
    }
    sent += await sending;
  }
  await feed.stop();
  await settled(ease);
  for (const job of ["reconcile", "reread-parcels", "renew-scores"]) {
    await ask(ease, job);
    await settled(ease);
  }
  const facts = await factsOf(ease);
  await ease.stop();
  running.splice(running.indexOf(ease), 1);
  return { facts, sent, said };
}

async function onDatabase<T>(ease: RunningEase, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: ease.postgres.ownerUrl(ease.database) });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function ask(ease: RunningEase, job: string): Promise<void> {
  await onDatabase(ease, (client) =>
    client.query(
      `select graphile_worker.add_job($1, json_build_object('shopId', id, 'orders', 'all')) from shop`,
      [job],
    ),
  );
}

/** Waits until nothing waits: no delivery, no job, no backfill. Jobs that wait for another try are tried now. */
async function settled(ease: RunningEase): Promise<void> {
  const deadline = Date.now() + 40_000;
  for (let quiet = 0; quiet < 3; ) {
    const waiting = await onDatabase(ease, async (client) => {
      await client.query(
        "update graphile_worker._private_jobs set run_at = now() where run_at > now() and locked_at is null and attempts > 0",
      );
      const { rows } = await client.query<{ waiting: number }>(
        `select (select count(*) from inbox_delivery where recorded_at is null)::int
           + (select count(*) from graphile_worker.jobs where attempts < max_attempts and run_at < now() + interval '2 min')::int
           + (select count(*) from backfill where state not in ('done', 'failed'))::int as waiting`,
      );
      return rows[0]!.waiting;
    }).catch(() => 1);
    quiet = waiting === 0 ? quiet + 1 : 0;
    if (Date.now() > deadline) {
      const jobs = await onDatabase(ease, (client) =>
        client.query("select task_identifier, attempts, locked_by, last_error from graphile_worker.jobs"),
      );
      throw new Error(`still ${waiting} waiting: ${JSON.stringify(jobs.rows)}`);
    }
    await wait(200);
  }
}

async function factsOf(ease: RunningEase): Promise<Facts> {
  return onDatabase(ease, async (client) => {
    const all = {} as Facts;
    for (const table of ["order_fact", "shipment_fact", "checkout_fact"] as const) {
      const { rows } = await client.query<{ row: Record<string, unknown> }>(
        `select to_jsonb(t) as row from ${table} t order by to_jsonb(t)::text`,
      );
      // Of a parcel that was called off before the import, only the moment of the reading is known.
      all[table] = rows.map(({ row }) =>
        table === "shipment_fact" ? { ...row, cancelled_at: row.cancelled_at !== null } : row,
      );
    }
    return all;
  });
}

describe("killed processes, late, doubled and reordered deliveries, expired tokens", () => {
  it("leave the same facts as calm days, row for row", async () => {
    const calm = await live(4600, false);
    const stormy = await live(4650, true);
    expect(calm.sent).toBeGreaterThan(300);
    expect(calm.facts.order_fact.length).toBeGreaterThan(200);
    expect(calm.facts.shipment_fact.length).toBeGreaterThan(100);
    for (const table of ["order_fact", "shipment_fact", "checkout_fact"] as const) {
      expect(stormy.facts[table], table).toEqual(calm.facts[table]);
    }
  }, 120_000);
});
