import { EventEmitter } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Shop } from "@prisma/client";
import { runOnce, type WorkerEvents } from "graphile-worker";
import pg from "pg";
import { afterAll, beforeAll, vi } from "vitest";
import { type AdminVisit, requireShop } from "~/admin-session.server";
import { pool } from "~/db.server";
import { env } from "~/env.server";
import { handlers } from "~/jobs/handlers/handlers.server";
import { jobLogger, taskList } from "~/jobs/run-jobs.server";
import { openWeb } from "~/open-web.server";
import { readAppToml } from "../dev-store/app-toml";
import { type DevStore, openDevStore } from "../dev-store/dev-store";
import type { StoreShop } from "../dev-store/model";
import { serveDevStore } from "../dev-store/server";
import { DAY, PLACED_AT } from "../factories/store-order";

/** What the clock says when a test file begins: ten days after the factories' orders are placed. */
export const NOW = PLACED_AT + 10 * DAY;

const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

export interface StoreWithEase {
  store: DevStore;
  /** Adds a shop to the store, as if it had just been opened at Shopify. */
  addShop(shop: StoreShop): void;
  /** Opens Ease in the shop's admin as Shopify would, which installs it on the first visit. */
  visit(domain: string): Promise<AdminVisit>;
  /** Installs Ease and has it ask for the shop's history; Shopify's files are ready, and nothing has read them yet. */
  startImport(domain: string): Promise<Shop>;
  /** Waits until the store has nothing under way: no bulk operation, no webhook. */
  settled(): Promise<void>;
  /** Does the jobs that are due, and those they ask for without delay. Gives the errors of those that failed. */
  runDueJobs(): Promise<Error[]>;
  /** Works until no job is left, not waiting for those asked for later. Throws what a job throws. */
  runQueue(): Promise<void>;
  /** The lines of a bulk operation's file, by the operation's global id. */
  bulkFile(operation: string): { path: string; lines: string[] };
}

/**
 * The dev store on a port of its own with Ease behind it: the app's own code in this process, its front served over
 * HTTP. Time stands still at `NOW` until a test moves it by `passTime`.
 */
export function storeWithEase(shops: () => StoreShop[]): StoreWithEase {
  const stateDir = mkdtempSync(join(tmpdir(), "ease-store-"));
  const closing: (() => Promise<unknown>)[] = [];
  let store!: DevStore;

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: NOW });
    const web = await serveFront();
    closing.push(() => closed(web));
    const app = {
      apiKey: env.SHOPIFY_API_KEY,
      apiSecret: env.SHOPIFY_API_SECRET,
      url: `http://127.0.0.1:${(web.address() as AddressInfo).port}`,
      toml: readAppToml("shopify.app.toml"),
    };
    store = await openDevStore({ stateDir, shops: shops(), app, now: NOW });
    closing.push(() => store.close());
    const served = await serveDevStore(store, { port: 0 });
    closing.push(() => served.close());
    process.env.DEV_STORE_PORT = String(served.port);
  });

  afterAll(async () => {
    for (const close of closing.reverse()) await close();
    await owner.end();
    vi.useRealTimers();
    rmSync(stateDir, { recursive: true, force: true });
  });

  const settled = async () => {
    while (store.background.size > 0) await Promise.allSettled(store.background);
  };

  const runDueJobs = async () => {
    const errors: Error[] = [];
    const events = new EventEmitter() as WorkerEvents;
    events.on("job:error", ({ error }) => errors.push(error as Error));
    await runOnce({ pgPool: pool, taskList, noHandleSignals: true, events, logger: jobLogger(() => undefined) });
    // The run may end a moment before the queue has written down how its last jobs ended.
    for (let waited = 0; waited < 3000; waited += 10) {
      const [locked] = await rows("select count(*)::int as jobs from graphile_worker._private_jobs where locked_at is not null");
      if (locked!.jobs === 0) break;
      await new Promise((settle) => setTimeout(settle, 10));
    }
    return errors;
  };

  const visit = async (domain: string) => requireShop(await adminRequest(store, domain, "/app"));

  return {
    get store() {
      return store;
    },
    addShop: (shop) => void store.shops.set(shop.domain, shop),
    visit,
    async startImport(domain) {
      const { shop } = await visit(domain);
      await handlers["advance-backfill"]({ shopId: shop.id }, Date.now());
      await settled();
      return shop;
    },
    settled,
    runDueJobs,
    async runQueue() {
      for (let rounds = 0; rounds < 100; rounds++) {
        const [error] = await runDueJobs();
        if (error) throw error;
        await settled();
        const later = await rows("update graphile_worker._private_jobs set run_at = now() returning id");
        if (later.length === 0) return;
      }
      throw new Error("The queue does not come to an end");
    },
    bulkFile(operation) {
      const path = join(stateDir, "bulk", `${operation.split("/").at(-1)}.jsonl`);
      return { path, lines: readFileSync(path, "utf8").trimEnd().split("\n") };
    },
  };
}

/** A request for a page of Ease as it comes from inside the admin frame: with a session token and a real browser. */
export async function adminRequest(
  store: DevStore,
  domain: string,
  place: string,
  init: { method?: string; body?: BodyInit; token?: string | null; userAgent?: string } = {}
): Promise<Request> {
  const url = new URL(place, env.SHOPIFY_APP_URL);
  url.searchParams.set("embedded", "1");
  url.searchParams.set("shop", domain);
  url.searchParams.set("host", Buffer.from(`${domain}/admin`).toString("base64"));
  const headers = new Headers({ "User-Agent": init.userAgent ?? BROWSER });
  const token = init.token === undefined ? await store.idToken(domain) : init.token;
  if (token !== null) headers.set("Authorization", `Bearer ${token}`);
  return new Request(url, { method: init.method ?? "GET", body: init.body, headers });
}

/** Lets time pass for the app and the store alike. */
export function passTime(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

/** The database as its owner sees it, past row-level security: what tests look at. */
export const owner = new pg.Pool({ connectionString: process.env.MIGRATION_DATABASE_URL, max: 2 });
owner.on("error", () => undefined);

/** Rows of a statement run as the owner. Instants come as ISO strings, days as "2026-06-01", ids as strings. */
export async function rows(sql: string, params: unknown[] = []): Promise<Record<string, unknown>[]> {
  const { rows: found } = await owner.query<Record<string, unknown>>({ text: sql, values: params, types });
  return found;
}

const DATE = 1082;
const TIMESTAMPTZ = 1184;
const types = {
  getTypeParser: (type: number, format?: "text" | "binary") => {
    if (type === DATE) return (text: string) => text;
    if (type === TIMESTAMPTZ)
      return (text: string) => new Date(text.replace(" ", "T").replace(/\+00$/, "Z")).toISOString();
    return pg.types.getTypeParser(type, format) as (text: string) => unknown;
  },
} as pg.CustomTypesConfig;

/** Every table that holds rows of shops, from the catalog. */
export async function tablesOfShops(): Promise<string[]> {
  const found = await rows(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'shop_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`
  );
  return found.map((row) => row.name as string);
}

/** All rows of one shop in every table, but for the tables named; comparable row for row. */
export async function everythingOf(shopId: number, except: string[] = []): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const table of await tablesOfShops()) {
    if (except.includes(table)) continue;
    const found = await rows(
      `select to_jsonb(t) - 'shop_id' as row from "${table}" t where shop_id = $1 order by to_jsonb(t)::text`,
      [shopId]
    );
    all[table] = found.map(({ row }) => row);
  }
  return all;
}

/** Every row of every table as text: tables of shops, shops, sessions, the queue; but for the tables named. */
export async function everythingStored(except: string[] = []): Promise<string> {
  const tables = await rows(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_schema in ('public', 'graphile_worker') and table_type = 'BASE TABLE' order by 1`
  );
  const contents: unknown[] = [];
  for (const { name } of tables) {
    if (except.includes(name as string)) continue;
    contents.push([name, await rows(`select to_jsonb(t)::text as row from ${name as string} t order by 1`)]);
  }
  return JSON.stringify(contents);
}

/** An instant as the rows write it. */
export const iso = (at: number): string => new Date(at).toISOString();

/** The web process's server, without pages. */
async function serveFront(): Promise<Server> {
  const server = openWeb((_request, answer) => answer.writeHead(404).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
