import { execFileSync, spawn } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { build as bundle } from "esbuild";
import pg from "pg";

import { deployDatabase } from "../../prisma/deploy";
import { ensureDatabase, type RunningPostgres, startPostgres } from "../setup/postgres";
import type { BackfillTimes } from "./backfill-worker";
import type { Benchmark } from "./bench";
import { serveBulkHistory, writeBulkHistory } from "./bulk-history";

const SEED = 20261122;
const NOW = Date.UTC(2026, 10, 1, 9);

/** What a backfill leaves of the orders it read: these rows are copied for comparison. */
const TABLES = ["order_event", "order_fact", "shipment_fact", "delivery_score", "delivery_day"];

// As in package.json's start:worker.
const WORKER_FLAGS = ["--enable-source-maps", "--max-old-space-size=192", "--max-semi-space-size=32"];

export interface BackfillFigures {
  orders: number;
  perSecond: number;
  maxRssMb: number;
  copyPerSecond: number;
  recordSeconds: number;
  scoreSeconds: number;
  /** Processor time of the worker, of PostgreSQL while it worked, and of PostgreSQL while it copied. */
  workerCpuSeconds: number;
  postgresCpuSeconds: number;
  copyCpuSeconds: number;
}

/** `backfill`: from bulk files to scored orders and rollups, against COPY of the rows that came of it. */
export const backfillBenchmark: Benchmark = {
  what: "orders a second from bulk files to scores and rollups, against COPY of the same rows",
  flags: "--orders N (100000)",
  async run({ orders }) {
    const count = orders === undefined ? 100_000 : Number(orders);
    if (!Number.isInteger(count) || count < 1) throw new Error("--orders takes a number of orders.");
    const figures = await measureBackfill(count, console.log);
    const { perSecond, maxRssMb, copyPerSecond } = figures;
    const rounded = (value: number) => Math.round(value).toLocaleString("en");
    const seconds = (value: number) => `${value.toFixed(1)} s`;
    console.log(`
  orders                        ${rounded(count)}
  backfill                      ${rounded(perSecond)} orders a second (recording ${seconds(figures.recordSeconds)}, \
scores and rollups ${seconds(figures.scoreSeconds)})
  COPY of the same rows         ${rounded(copyPerSecond)} orders a second
  backfill ÷ COPY               ${(perSecond / copyPerSecond).toFixed(2)}
  worker's memory at its peak   ${rounded(maxRssMb)} MB
  processor time                worker ${seconds(figures.workerCpuSeconds)}, PostgreSQL \
${seconds(figures.postgresCpuSeconds)}; COPY ${seconds(figures.copyCpuSeconds)}
`);
    return figures;
  },
};

/** Measures one backfill of `count` orders on a PostgreSQL of its own. */
export async function measureBackfill(
  count: number,
  say: (line: string) => void,
  settings: string[] = [],
): Promise<BackfillFigures> {
  const folder = mkdtempSync(join(tmpdir(), "ease-bench-"));
  const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const [cpu] = cpus();
    say(`${cpus().length} × ${cpu?.model ?? "processor"}, Node ${process.versions.node}, seed ${SEED}`);
    const history = await writeBulkHistory(count, NOW, SEED);
    closing.push(history.remove);
    const size = `${history.lines.toLocaleString("en")} lines, ${(history.bytes / 1e6).toFixed(0)} MB`;
    say(`${size}, every line at a random place`);
    const served = await serveBulkHistory(history);
    closing.push(served.close);

    const postgres = await startPostgres({ dataDir: join(folder, "postgres"), wantedPort: 5900, settings });
    closing.push(() => rmSync(postgres.dataDir, { recursive: true, force: true }), postgres.stop);
    for (const database of ["ease", "copied"]) {
      await ensureDatabase(postgres, database);
      await deployDatabase({ ownerUrl: postgres.ownerUrl(database), appUrl: postgres.appUrl(database) });
    }
    say(await durability(postgres));
    const [shop] = await query(postgres, "ease", `
      insert into shop (domain, name, currency, time_zone, scopes, installed_at)
      values ('bench.myshopify.com', 'Bench', 'EUR', 'Europe/Berlin', '{read_all_orders}', now()) returning id`);
    await query(postgres, "ease", "checkpoint");

    const before = postgresCpuSeconds(postgres);
    const times = await runWorker(postgres, [String(shop!.id), String(NOW), JSON.stringify(served.files)]);
    const worked = postgresCpuSeconds(postgres);
    const [made] = await query(postgres, "ease", `
      select (select count(*) from order_fact)::int as orders, (select count(*) from order_event)::int as events,
        (select count(*) from order_fact where left_out is null)::int as "inScore",
        (select count(*) from delivery_score)::int as scores, (select sum(orders) from delivery_day)::int as "ofDays",
        (select count(*) from set_aside_line)::int as "setAside"`);
    say(`rows: ${JSON.stringify(made)}`);
    if (made!.orders !== count || made!.scores !== made!.inScore || made!.ofDays !== made!.inScore || made!.setAside) {
      throw new Error("the backfill is not whole");
    }

    const copied = await copyRowsOf(postgres);
    return {
      orders: count,
      perSecond: (1000 * count) / (times.recordMs + times.scoreMs),
      maxRssMb: times.maxRssMb,
      copyPerSecond: count / copied.seconds,
      recordSeconds: times.recordMs / 1000,
      scoreSeconds: times.scoreMs / 1000,
      workerCpuSeconds: times.cpuMs / 1000,
      postgresCpuSeconds: worked - before,
      copyCpuSeconds: copied.cpuSeconds,
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** Runs the worker bundled as in production, and gives what it measured of itself. */
async function runWorker(postgres: RunningPostgres, args: string[]): Promise<BackfillTimes> {
  // Beside build/worker.js, where it finds the same packages.
  const outfile = "build/bench/backfill-worker.js";
  await bundle({
    entryPoints: ["tests/bench/backfill-worker.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    packages: "external",
    sourcemap: true,
    logLevel: "warning",
  });
  // For looking into it: --cpu-prof and the like.
  const nodeFlags = process.env.BENCH_NODE_FLAGS?.split(" ") ?? [];
  const worker = spawn(process.execPath, [...WORKER_FLAGS, ...nodeFlags, outfile, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      DATABASE_URL: postgres.appUrl("ease"),
      SHOPIFY_API_KEY: "bench",
      SHOPIFY_API_SECRET: "bench-secret",
      SHOPIFY_APP_URL: "https://bench.example",
      ENCRYPTION_KEY: Buffer.alloc(32).toString("base64"),
    },
  });
  let said = "";
  worker.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  const code = await new Promise((settle, fail) => worker.once("close", settle).once("error", fail));
  if (code !== 0) throw new Error(`the worker ended with ${code}`);
  return JSON.parse(said.trim().split("\n").at(-1)!) as BackfillTimes;
}

/** Copies the rows, as the owner and from files of the server's own, into an empty database of the same definition. */
async function copyRowsOf(postgres: RunningPostgres): Promise<{ seconds: number; cpuSeconds: number }> {
  // PostgreSQL's account writes here.
  const rows = join(postgres.dataDir, "..", `${postgres.dataDir.split("/").at(-1)}-rows`);
  mkdirSync(rows, { recursive: true });
  const { uid, gid } = statSync(postgres.dataDir);
  if (process.getuid?.() === 0) chownSync(rows, uid, gid);
  try {
    for (const table of TABLES) {
      await query(postgres, "ease", `copy (select * from ${table}) to '${rows}/${table}'`);
    }
    const partitions = await query(postgres, "ease", `
      select to_date(right(inhrelid::regclass::text, 7), 'YYYY_MM') as month
      from pg_inherits where inhparent = 'order_event'::regclass`);
    for (const { month } of partitions) {
      await query(postgres, "copied", "select ease_ensure_partition('order_event', $1)", [month]);
    }
    await query(postgres, "copied", "checkpoint");
    const before = postgresCpuSeconds(postgres);
    const started = performance.now();
    for (const table of TABLES) await query(postgres, "copied", `copy ${table} from '${rows}/${table}'`);
    return { seconds: (performance.now() - started) / 1000, cpuSeconds: postgresCpuSeconds(postgres) - before };
  } finally {
    rmSync(rows, { recursive: true, force: true });
  }
}

async function durability(postgres: RunningPostgres): Promise<string> {
  const settings = ["fsync", "synchronous_commit", "full_page_writes", "wal_level", "shared_buffers"];
  const rows = await query(postgres, "ease", "select name, setting from pg_settings where name = any($1)", [settings]);
  return `PostgreSQL: ${rows.map(({ name, setting }) => `${name} = ${setting}`).join(", ")}`;
}

async function query(
  postgres: RunningPostgres,
  database: string,
  sql: string,
  params?: unknown[],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: postgres.ownerUrl(database) });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, params)).rows;
  } finally {
    await client.end();
  }
}

/** Processor time of a server and all it has started, those that ended included, from /proc; 0 where there is none. */
function postgresCpuSeconds(postgres: RunningPostgres): number {
  try {
    const pid = readFileSync(join(postgres.dataDir, "postmaster.pid"), "utf8").split("\n")[0]!;
    const ticks = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
    const children = execFileSync("ps", ["-o", "pid=", "--ppid", pid], { encoding: "utf8" }).trim().split(/\s+/);
    let used = 0;
    for (const one of [pid, ...children]) {
      try {
        const stat = readFileSync(`/proc/${one}/stat`, "utf8");
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        // user and system time of the process itself; for the server, also of its children that ended
        used += Number(fields[11]) + Number(fields[12]);
        if (one === pid) used += Number(fields[13]) + Number(fields[14]);
      } catch {
        continue;
      }
    }
    return used / ticks;
  } catch {
    return 0;
  }
}
