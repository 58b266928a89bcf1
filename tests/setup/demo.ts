import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { z } from "zod";
import type { StoreShop } from "../dev-store/model";
import { readOlist } from "../dev-store/olist/read-olist";
import { shopHandle } from "../dev-store/pages/embed";
import { northwindOutdoor, tinyTea } from "../dev-store/simulator/presets";
import { simulateShop } from "../dev-store/simulator/shop";
import { type RunningEase, runEase } from "./run-ease";

const FIRST_PORT = 4100;
const DAYS = 110;
const DAYS_AHEAD = 45;

const backfillRow = z.object({
  domain: z.string(),
  state: z.string(),
  found: z.number().nullable(),
  recorded: z.number(),
  scored: z.number(),
  errorCode: z.string().nullable(),
});

const { values: flags } = parseArgs({
  options: { data: { type: "string" }, reset: { type: "boolean", default: false } },
});

const startedAt = performance.now();
const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`;
const step = (what: string) => console.log(`${seconds()}  ${what}`);

const dataDir = resolve(".data", flags.data ? `demo-${basename(resolve(flags.data))}` : "demo");
if (flags.reset) rmSync(dataDir, { recursive: true, force: true });
mkdirSync(dataDir, { recursive: true });
const until = firstStart(dataDir);

let ease: RunningEase | null = null;
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    console.log("\nStopping …");
    const stopped = ease ? ease.stop() : Promise.resolve();
    void stopped.then(() => process.exit(0));
  });
}

try {
  ease = await runEase({
    dataDir,
    until,
    firstPort: FIRST_PORT,
    followLives: true,
    shops: flags.data ? (at) => marketplace(flags.data!, at) : simulated,
    step,
    said: (name, text) => {
      for (const line of text.split("\n")) if (worthShowing(line)) console.log(`        [${name}] ${line}`);
    },
  });
  if (stopping) await ease.stop();
  else await install(ease);
} catch (error) {
  console.error(`\nThe demo could not start: ${error instanceof Error ? error.message : String(error)}`);
  console.error("Run it again; `npm run demo -- --reset` begins anew. What it had stored is under .data/.");
  await ease?.stop();
  process.exit(1);
}

/** Simulated shops are made up to the first start's moment, so that a second start finds the same orders. */
function firstStart(dir: string): number {
  const file = join(dir, "first-start.json");
  if (existsSync(file)) return z.object({ until: z.number() }).parse(JSON.parse(readFileSync(file, "utf8"))).until;
  const now = Date.now();
  writeFileSync(file, JSON.stringify({ until: now }));
  return now;
}

function simulated(at: number): StoreShop[] {
  const options = { seed: "demo", until: at, days: DAYS, ahead: DAYS_AHEAD };
  return [simulateShop(northwindOutdoor, options), simulateShop(tinyTea, options)];
}

async function marketplace(dir: string, at: number): Promise<StoreShop[]> {
  const { shop, shiftWeeks } = await readOlist(dir, { until: at });
  step(`Read ${shop.orders.length.toLocaleString("en")} real orders; their dates are moved by ${shiftWeeks} weeks`);
  return [shop];
}

function worthShowing(line: string): boolean {
  // Of the log, only what went wrong.
  if (line.startsWith("{")) return /"level":"(warn|error|fatal)"/.test(line);
  return line.trim() !== "" && !/^(web|worker): ready/.test(line);
}

async function install(running: RunningEase): Promise<void> {
  for (const shop of running.store.shops.values()) {
    step(`Opening Ease in ${shop.name}`);
    const status = await running.visit(shop.domain);
    if (status !== 200) throw new Error(`Ease answered ${status} when it was opened in ${shop.domain}.`);
  }
  await imported(running);
  const { devStore } = running.urls;
  console.log(`\nReady in ${seconds().trim()}.\n`);
  for (const shop of running.store.shops.values()) {
    console.log(`  ${shop.name}`);
    console.log(`    Ease in its admin   ${devStore}/admin/store/${shopHandle(shop.domain)}/apps/ease`);
    console.log(`    Its storefront      ${devStore}/storefront/${shopHandle(shop.domain)}`);
  }
  console.log(`\n  The store's controls  ${devStore}/controls`);
  console.log("\nThis is a stand-in for Shopify: no account, no internet. Ctrl-C stops everything it started.");
}

/** Waits until every shop's history is recorded and scored, and says how far it is. */
async function imported(running: RunningEase): Promise<void> {
  const client = new pg.Client({ connectionString: running.postgres.ownerUrl(running.database) });
  await client.connect();
  let last = "";
  try {
    for (;;) {
      const { rows } = await client.query(
        `select distinct on (shop_id) domain, state, orders_found as found, orders_recorded as recorded,
           orders_scored as scored, error_code as "errorCode"
         from backfill join shop on shop.id = shop_id order by shop_id, backfill.id desc`,
      );
      const backfills = z.array(backfillRow).parse(rows);
      const said = backfills.map(progress).join(" · ");
      if (said !== last) step(said);
      last = said;
      const failed = backfills.find((one) => one.state === "failed");
      if (failed) throw new Error(`${failed.domain}: its history could not be read (${failed.errorCode}).`);
      if (backfills.every((one) => one.state === "done")) return;
      if (stopping) return;
      await new Promise((settle) => setTimeout(settle, 500));
    }
  } finally {
    await client.end();
  }
}

function progress({ domain, state, found, recorded, scored }: z.infer<typeof backfillRow>): string {
  const name = domain.split(".")[0];
  const number = (value: number) => value.toLocaleString("en");
  switch (state) {
    case "requested":
    case "running":
      return `${name}: Shopify prepares its orders${found ? ` (${number(found)} so far)` : ""}`;
    case "recording":
      return `${name}: ${number(recorded)} of ${number(found ?? 0)} orders recorded`;
    case "scoring":
      return `${name}: ${number(scored)} orders scored`;
    default:
      return `${name}: ${state}, ${number(recorded)} orders, ${number(scored)} scored`;
  }
}
