import { type ChildProcess, fork, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createReadStream, mkdirSync, rmSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import copy from "pg-copy-streams";
import { z } from "zod";
import { deployDatabase } from "../../prisma/deploy";
import { buildEase } from "../setup/build";
import { ensureDatabase, freePort, type RunningPostgres, startPostgres } from "../setup/postgres";
import type { Benchmark } from "./bench";
import type { LoadOrder, LoadResult } from "./ingest-load";

const PAIRS = 5;
const SECRET = "bench-secret-that-protects-nothing";
const DOMAINS = Array.from({ length: 6 }, (_, index) => `bench-${index}.myshopify.com`);
const DUPLICATES = 0.03;
/** More than either answers in a second. */
const PREPARED_PER_SECOND = { ease: 16_000, template: 2_000 };
const STEADY_PER_SECOND = 1_000;
/** The steady phase lasts this many times `--seconds`: a minute by default. */
const STEADY_TIMES = 12;
const DRAIN_WITHIN_MS = 15 * 60_000;
const NODE = "node_modules/.bin/node";
const TEMPLATE_BUILD = ".data/bench/template/server/index.js";

/** Webhooks through Ease's front, against the official template's way, and how far the facts fall behind. */
export const ingestBenchmark: Benchmark = {
  what: "webhooks per second, acknowledged when durable, against the official template's way",
  flags: "--seconds N of each of five pairs (default 5), --concurrency N connections (default 128)",
  async run({ seconds = "5", concurrency = "128" }) {
    const duration = positive(seconds, "--seconds");
    const connections = positive(concurrency, "--concurrency");
    const folder = resolve(".data/bench/ingest");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const started: (() => Promise<unknown>)[] = [];
    try {
      const postgres = await startPostgres({ dataDir: join(folder, "postgres"), wantedPort: 4600 });
      started.push(async () => {
        await postgres.stop();
        rmSync(postgres.dataDir, { recursive: true, force: true });
        rmSync(folder, { recursive: true, force: true });
      });
      await prepare(postgres);
      const owner = new pg.Pool({ connectionString: postgres.ownerUrl("ease"), max: 2 });
      started.push(() => owner.end());
      await describe(owner, duration, connections);

      const environment: NodeJS.ProcessEnv = { NODE_ENV: "production", HOST: "127.0.0.1", ...appEnvironment() };
      const easePort = await freePort(4620);
      const templatePort = await freePort(easePort + 1);
      const easeEnvironment = { ...environment, DATABASE_URL: postgres.appUrl("ease"), PORT: String(easePort) };
      const web = start(["build/web.js"], easeEnvironment);
      started.push(() => end(web));
      const remixServe = ["node_modules/@remix-run/serve/dist/cli.js", TEMPLATE_BUILD];
      const templateDatabase = postgres.ownerUrl("template");
      const template = start(remixServe, { ...environment, DATABASE_URL: templateDatabase, PORT: String(templatePort) });
      started.push(() => end(template));
      await Promise.all([easePort, templatePort].map((port) => answers(port)));

      let run = 0;
      const ledgers: string[] = [];
      const load = (port: number, wanted: { seconds: number; perSecond?: number }, name: "ease" | "template") => {
        const ledger = name === "ease" ? join(folder, `ledger-${run}.tsv`) : null;
        if (ledger) ledgers.push(ledger);
        return sendLoad({
          port,
          seconds: wanted.seconds,
          concurrency: connections,
          perSecond: wanted.perSecond ?? null,
          secret: SECRET,
          domains: DOMAINS,
          // The template has nothing that keeps a second delivery out.
          duplicates: name === "ease" ? DUPLICATES : 0,
          prepared: wanted.perSecond ? 0 : wanted.seconds * PREPARED_PER_SECOND[name],
          run: run++,
          ledger,
        });
      };

      // Compilers and caches warm up before the clock runs.
      await load(easePort, { seconds: 2 }, "ease");
      await load(templatePort, { seconds: 2 }, "template");
      const ease: LoadResult[] = [];
      const official: LoadResult[] = [];
      console.log("pair      Ease /s     p50     p99    template /s     p99    ratio");
      for (let pair = 0; pair < PAIRS; pair++) {
        const measureEase = async () => ease.push(await load(easePort, { seconds: duration }, "ease"));
        const measureTemplate = async () => official.push(await load(templatePort, { seconds: duration }, "template"));
        for (const measure of pair % 2 ? [measureTemplate, measureEase] : [measureEase, measureTemplate]) await measure();
        console.log(pairLine(pair, ease[pair]!, official[pair]!));
      }

      const waiting = await waitingDeliveries(owner);
      const workerStartedAt = performance.now();
      const worker = start(["--max-old-space-size=192", "build/worker.js"], easeEnvironment);
      started.push(() => end(worker));
      await drained(owner, worker);
      const recordedPerSecond = waiting / ((performance.now() - workerStartedAt) / 1000);
      console.log(`recorded afterwards by one worker: ${waiting} deliveries, ${Math.round(recordedPerSecond)} a second`);

      const sampling = new AbortController();
      const lags = sampleLag(owner, sampling.signal);
      const steady = await load(easePort, { seconds: duration * STEADY_TIMES, perSecond: STEADY_PER_SECOND }, "ease");
      await drained(owner, worker);
      sampling.abort();
      const lag = (await lags).sort((a, b) => a - b);
      const lagP99 = quantile(lag, 0.99);
      console.log(
        `steady: ${rounded(steady.acknowledged / steady.seconds)} a second for ${Math.round(steady.seconds)} s; facts ` +
          `behind by ${rounded(quantile(lag, 0.5))} ms (median), ${rounded(lagP99)} ms (p99); answers p99 ${rounded(steady.p99Ms)} ms`,
      );

      const kept = await compare(owner, ledgers);
      const result = {
        perSecond: rounded(median(ease.map(perSecond))),
        p50Ms: rounded(median(ease.map((one) => one.p50Ms))),
        p99Ms: rounded(median(ease.map((one) => one.p99Ms))),
        recordedPerSecond: rounded(recordedPerSecond),
        lagP99Ms: rounded(lagP99),
        lost: kept.lost,
        duplicated: kept.duplicated,
        template: { perSecond: rounded(median(official.map(perSecond))), p99Ms: rounded(median(official.map((one) => one.p99Ms))) },
      };
      console.log(
        `medians: Ease ${result.perSecond} a second (p50 ${result.p50Ms} ms, p99 ${result.p99Ms} ms), template ` +
          `${result.template.perSecond} a second (p99 ${result.template.p99Ms} ms): ` +
          `${(result.perSecond / result.template.perSecond).toFixed(1)} times as many, p99 at ` +
          `${(result.p99Ms / result.template.p99Ms).toFixed(2)} of the template's`,
      );
      console.log(`${kept.acknowledged} acknowledged deliveries: ${kept.lost} lost, ${kept.duplicated} duplicated`);
      return result;
    } finally {
      for (const stop of started.reverse()) await stop();
    }
  },
};

function positive(text: string, flag: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag} is a whole number above 0, not "${text}"`);
  return value;
}

/** Both databases migrated alike, Ease's with its shops; the programs built. */
async function prepare(postgres: RunningPostgres): Promise<void> {
  for (const database of ["ease", "template"]) {
    await ensureDatabase(postgres, database);
    await deployDatabase({ ownerUrl: postgres.ownerUrl(database), appUrl: postgres.appUrl(database) });
    const client = new pg.Client({ connectionString: postgres.ownerUrl(database) });
    await client.connect();
    await client.query("select ease_ensure_partition('inbox_delivery', now() + n * interval '1 day') from generate_series(0, 1) n");
    await client.query(
      `insert into shop (domain, name, currency, time_zone, scopes, installed_at)
       select domain, domain, 'EUR', 'Europe/Berlin', '{read_orders}', now() from unnest($1::text[]) as domain`,
      [DOMAINS],
    );
    await client.end();
  }
  await buildEase();
  await new Promise<void>((settle, fail) => {
    const vite = spawn("node_modules/.bin/remix", ["vite:build", "tests/bench/template-app"], {
      env: { ...process.env, NODE_ENV: "production" },
      stdio: ["ignore", "ignore", "inherit"],
    });
    vite.once("exit", (code) => (code === 0 ? settle() : fail(new Error("the template's way could not be built"))));
  });
}

async function describe(owner: pg.Pool, seconds: number, concurrency: number): Promise<void> {
  const { rows } = await owner.query<{ setting: string }>(
    `select name || ' ' || setting as setting from pg_settings
     where name in ('fsync', 'synchronous_commit', 'full_page_writes') order by name`,
  );
  console.log(`ingest:   ${PAIRS} alternating pairs of ${seconds} s, ${concurrency} connections, ${DOMAINS.length} shops`);
  console.log(`machine:  ${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} cores, Node ${process.version};`);
  console.log("          sender, server and PostgreSQL share them; the worker runs after the pairs, and in the steady phase");
  console.log(`database: PostgreSQL, ${rows.map((row) => row.setting).join(", ")}`);
  console.log("template: Remix route in remix-serve, authenticate.webhook, one write through Prisma into the same table");
}

function appEnvironment(): Record<string, string> {
  return {
    SHOPIFY_API_KEY: "bench",
    SHOPIFY_API_SECRET: SECRET,
    SHOPIFY_APP_URL: "https://ease.example",
    SCOPES: "read_orders",
    ENCRYPTION_KEY: randomBytes(32).toString("base64"),
  };
}

function start(args: string[], environment: NodeJS.ProcessEnv): ChildProcess {
  return spawn(NODE, args, {
    env: { PATH: process.env.PATH, LOG_LEVEL: "fatal", ...environment },
    // The template's server prints a line for every request; nobody reads it here.
    stdio: ["ignore", "ignore", "inherit"],
    // Ctrl-C reaches this process alone, which ends the others.
    detached: true,
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((settle) => {
    const impatience = setTimeout(() => child.kill("SIGKILL"), 10_000);
    child.once("exit", () => {
      clearTimeout(impatience);
      settle();
    });
    child.kill("SIGTERM");
  });
}

async function answers(port: number): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 100) {
    const answered = await fetch(`http://127.0.0.1:${port}/webhooks`, { method: "POST" }).catch(() => null);
    if (answered) return;
    await sleep(100);
  }
  throw new Error(`nobody answers at port ${port}`);
}

function sendLoad(order: LoadOrder): Promise<LoadResult> {
  return new Promise((settle, fail) => {
    const child = fork("tests/bench/ingest-load.ts", { execArgv: ["--import", "tsx"], serialization: "json" });
    child.once("message", (result) => settle(result as LoadResult));
    child.once("exit", (code) => fail(new Error(`the sender ended with ${code}`)));
    child.send(order);
  });
}

async function waitingDeliveries(owner: pg.Pool): Promise<number> {
  const { rows } = await owner.query("select count(*)::int as waiting from inbox_delivery where recorded_at is null");
  return z.object({ waiting: z.number() }).parse(rows[0]).waiting;
}

async function drained(owner: pg.Pool, worker: ChildProcess): Promise<void> {
  const until = Date.now() + DRAIN_WITHIN_MS;
  for (;;) {
    const { rows } = await owner.query("select exists (select from inbox_delivery where recorded_at is null) as waits");
    if (!z.object({ waits: z.boolean() }).parse(rows[0]).waits) return;
    if (worker.exitCode !== null) throw new Error("the worker ended");
    if (Date.now() > until) throw new Error(`${await waitingDeliveries(owner)} deliveries are still not recorded`);
    await sleep(200);
  }
}

/** Ten times a second: how long the oldest delivery that is not in the facts has waited, 0 when none waits. */
async function sampleLag(owner: pg.Pool, signal: AbortSignal): Promise<number[]> {
  const lags: number[] = [];
  while (!signal.aborted) {
    const { rows } = await owner.query(
      `select coalesce(extract(epoch from clock_timestamp() - min(received_at)) * 1000, 0)::float8 as lag
       from inbox_delivery where recorded_at is null`,
    );
    lags.push(z.object({ lag: z.number() }).parse(rows[0]).lag);
    await sleep(100);
  }
  return lags;
}

/** What was acknowledged against what the facts hold. */
async function compare(owner: pg.Pool, ledgers: string[]): Promise<{ acknowledged: number; lost: number; duplicated: number }> {
  const client = await owner.connect();
  try {
    await client.query("create temp table said (domain text, order_id bigint, updated_at timestamptz, webhook_id text)");
    for (const ledger of ledgers) await pipeline(createReadStream(ledger), client.query(copy.from("copy said from stdin")));
    await client.query("analyze said");
    const { rows } = await client.query(
      `select count(*)::int as acknowledged,
         count(*) filter (where inbox.recorded_at is null)::int as "notRecorded",
         count(*) filter (where inbox.recorded_at is not null and fact.order_id is null)::int as "withoutFact",
         count(*) filter (where inbox.recorded_at is not null and fact.updated_at < said.updated_at)::int as outdated,
         (select count(*)::int from (
           select from inbox_delivery group by shop_id, webhook_id having count(*) > 1
           union all
           select from order_event group by shop_id, order_id, event_key having count(*) > 1
         ) as twice) as duplicated
       from said join shop using (domain)
         left join inbox_delivery as inbox on inbox.shop_id = shop.id and inbox.webhook_id = said.webhook_id
         left join order_fact as fact on fact.shop_id = shop.id and fact.order_id = said.order_id`,
    );
    const { acknowledged, notRecorded, withoutFact, outdated, duplicated } = comparison.parse(rows[0]);
    const lost = notRecorded + withoutFact + outdated;
    if (lost > 0) console.log(`not recorded ${notRecorded}, without a fact ${withoutFact}, fact older ${outdated}`);
    return { acknowledged, lost, duplicated };
  } finally {
    client.release(true);
  }
}

const comparison = z.object({
  acknowledged: z.number(),
  notRecorded: z.number(),
  withoutFact: z.number(),
  outdated: z.number(),
  duplicated: z.number(),
});

const perSecond = (result: LoadResult): number => result.acknowledged / result.seconds;

function pairLine(pair: number, ease: LoadResult, template: LoadResult): string {
  const column = (value: number, width: number, digits = 0) => value.toFixed(digits).padStart(width);
  const refused = ease.refused + template.refused;
  return (
    `${column(pair + 1, 4)} ${column(perSecond(ease), 12)} ${column(ease.p50Ms, 7, 1)} ${column(ease.p99Ms, 7, 1)} ` +
    `${column(perSecond(template), 14)} ${column(template.p99Ms, 7, 1)} ${column(perSecond(ease) / perSecond(template), 8, 1)}` +
    (refused ? `   (${refused} refused)` : "")
  );
}

function median(values: number[]): number {
  return quantile([...values].sort((a, b) => a - b), 0.5);
}

function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
}
