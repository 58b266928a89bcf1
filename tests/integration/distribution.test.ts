import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { storeOrder, storeShop } from "../factories/store-order";
import { adminRequest, owner, rows, storeWithEase, tablesOfShops } from "./store-with-ease";

/**
 * What Citus asks of a database it is to distribute: every table of shops has the distribution column, of one type, in
 * each of its keys; nothing is unique across shops; and what a request asks names the shop for every table it touches, so
 * that one node can answer it.
 */

/** Tables every node would have whole, or that stay on the coordinator. */
const NOT_DISTRIBUTED = ["_prisma_migrations", "session", "shop"];

const ease = storeWithEase(() => [
  storeShop({ domain: "far.myshopify.com", id: 1, orders: [storeOrder(), storeOrder({ id: 1002 })] }),
]);

describe("the tables of shops", () => {
  it("have shop_id of one type, never null, first in every primary key, unique key and unique index", async () => {
    const columns = await rows(
      `select c.relname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "notNull"
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'shop_id'
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`,
    );
    expect(columns.length).toBeGreaterThan(20);
    for (const column of columns) expect(column).toMatchObject({ type: "integer", notNull: true });

    const keys = await rows(
      `select i.indexrelid::regclass::text as name, a.attname as first
       from pg_index i join pg_class c on c.oid = i.indrelid
       join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and (i.indisunique or i.indisprimary)
         and not (c.relname = any($1))`,
      [NOT_DISTRIBUTED],
    );
    expect(keys.length).toBeGreaterThanOrEqual(columns.length);
    for (const key of keys) expect(key, key.name as string).toMatchObject({ first: "shop_id" });
  });

  it("each have a primary key", async () => {
    const without = await rows(
      `select c.relname as name from pg_class c
       where c.relname = any($1) and not exists (select 1 from pg_index i where i.indrelid = c.oid and i.indisprimary)`,
      [await tablesOfShops()],
    );
    expect(without).toEqual([]);
  });

  it("refer to no other table but with shop_id on both sides, and take nothing from a sequence or a trigger", async () => {
    const tables = await tablesOfShops();
    const foreign = await rows(
      `select conname as name from pg_constraint k where contype = 'f' and conrelid::regclass::text = any($1) and not (
         exists (select 1 from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any(k.conkey)
           and a.attname = 'shop_id')
         and exists (select 1 from pg_attribute a where a.attrelid = k.confrelid and a.attnum = any(k.confkey)
           and a.attname = 'shop_id'))`,
      [tables],
    );
    expect(foreign).toEqual([]);
    const made = await rows(
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema = 'public' and table_name = any($1)
         and (column_default like 'nextval%' or is_identity = 'YES')`,
      [tables],
    );
    expect(made).toEqual([]);
    const triggers = await rows(
      "select tgname from pg_trigger where not tgisinternal and tgrelid::regclass::text = any($1)",
      [tables],
    );
    expect(triggers).toEqual([]);
  });
});

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  Plans?: Plan[];
  [condition: string]: unknown;
}

/** Reads of a table of shops that no condition ties to a shop. PostgreSQL itself carries "= $1" across joins. */
function untied(plan: Plan, tables: ReadonlySet<string>): string[] {
  const relation = plan["Relation Name"]?.replace(/_\d{4}_\d{2}(_\d{2})?$/, "");
  const conditions = ["Index Cond", "Filter", "Recheck Cond", "Join Filter", "Hash Cond", "Merge Cond"];
  const tied = conditions.some((name) => /shop_id\)? = /.test(String(plan[name] ?? "")));
  // The rows of a bitmap are tied by the index below it.
  const below = (plan.Plans ?? []).some((one) => /shop_id\)? = /.test(String(one["Index Cond"] ?? "")));
  const scan = /Scan$/.test(plan["Node Type"]) && plan["Node Type"] !== "Bitmap Index Scan";
  const here = scan && relation && tables.has(relation) && !tied && !below ? [relation] : [];
  return [...here, ...(plan.Plans ?? []).flatMap((one) => untied(one, tables))];
}

/** Statements that read or change rows; the rest (begin, set, copy …) has nothing to be planned. */
const PLANNED = /^\s*(with|select|insert|update|delete)\b/i;

async function planOf(sql: string): Promise<Plan> {
  const client = await owner.connect();
  try {
    await client.query("begin; set local enable_seqscan = off");
    // As the superuser: no policy adds the condition that the statement itself must have.
    const found = await client.query(`explain (generic_plan, format json) ${sql}`);
    return (found.rows[0] as { "QUERY PLAN": { Plan: Plan }[] })["QUERY PLAN"][0]!.Plan;
  } finally {
    await client.query("rollback");
    client.release();
  }
}

describe("what requests and jobs ask of the database", () => {
  const requests = new Set<string>();
  const jobs = new Set<string>();
  let heard = jobs;
  const { query } = pg.Client.prototype as { query: (...args: unknown[]) => unknown };

  beforeAll(async () => {
    vi.spyOn(pg.Client.prototype, "query").mockImplementation(function (this: pg.Client, ...args: unknown[]) {
      const [first] = args;
      const text = typeof first === "string" ? first : (first as { text?: string } | undefined)?.text;
      if (text && PLANNED.test(text)) heard.add(text);
      return query.apply(this, args) as never;
    });
    await ease.visit("far.myshopify.com");
    await ease.runQueue();

    heard = requests;
    const modules = import.meta.glob<Record<string, unknown>>(
      ["../../app/routes/app*.tsx", "../../app/routes/app*/route.tsx"],
      { eager: true },
    );
    const loaders = Object.entries(modules).filter(([, module]) => "loader" in module);
    expect(loaders.length).toBeGreaterThanOrEqual(5);
    for (const [, module] of loaders) {
      for (const search of ["", "?q=1001", "?score=0-50&carrier=DHL&method=Standard&reason=base"]) {
        const request = await adminRequest(ease.store, "far.myshopify.com", `/app${search}`);
        const loader = module.loader as (args: object) => Promise<unknown>;
        // An address that names what is not there is answered by a thrown response; its questions were asked.
        await loader({ request, params: { orderId: "1001" }, context: {} }).catch(() => undefined);
      }
    }
    await ease.store.sendWebhook("far.myshopify.com", "app/scopes_update", { current: ["read_orders"] });
    heard = jobs;
    await ease.runQueue();
    vi.mocked(pg.Client.prototype.query).mockRestore();
  });

  const check = async (statements: ReadonlySet<string>) => {
    const tables = new Set(await tablesOfShops());
    const crossing: string[] = [];
    const unplanned: string[] = [];
    let planned = 0;
    for (const sql of statements) {
      if (![...tables].some((table) => sql.includes(table))) continue;
      try {
        const plan = await planOf(sql);
        planned++;
        const reads = untied(plan, tables);
        if (reads.length > 0) crossing.push(`${reads.join(", ")}: ${sql.replace(/\s+/g, " ").slice(0, 400)}`);
      } catch (error) {
        // A temporary table of the connection that made it; only one shop's rows are in it.
        const { message } = error as Error;
        if (!/relation "(new_|staged_|pg_temp)[a-z_.]*" does not exist/.test(message)) unplanned.push(`${message}: ${sql}`);
      }
    }
    return { planned, crossing, unplanned };
  };

  it("names the shop for every table a request touches", async () => {
    const { planned, crossing, unplanned } = await check(requests);
    expect(crossing).toEqual([]);
    expect(unplanned).toEqual([]);
    expect(planned).toBeGreaterThan(10);
  });

  it("names it in every job too", async () => {
    const { planned, crossing, unplanned } = await check(jobs);
    expect(crossing).toEqual([]);
    expect(unplanned).toEqual([]);
    expect(planned).toBeGreaterThan(5);
  });

  it("would be noticed if it did not", async () => {
    const { crossing } = await check(
      new Set([
        "select * from order_fact",
        "select * from order_fact f join shipment_fact s on s.order_id = f.order_id where f.shop_id = $1",
        "select * from order_fact f join shipment_fact s using (shop_id, order_id) where f.shop_id = $1",
        "update order_event set source = 'x' where order_id = $1",
      ]),
    );
    expect(crossing.map((one) => one.split(":")[0])).toEqual([
      "order_fact",
      "shipment_fact",
      expect.stringMatching(/^order_event/) as string,
    ]);
  });
});

const OLDEST = "/usr/lib/postgresql/15/bin";

describe.skipIf(!existsSync(`${OLDEST}/initdb`))("the oldest PostgreSQL that is supported (15; skipped without one)", () => {
  afterAll(() => vi.restoreAllMocks());

  it("takes every migration", { timeout: 120_000 }, async () => {
    const said = execFileSync(
      process.execPath,
      ["--import", "tsx", "tests/setup/migrate-on.ts", OLDEST],
      { encoding: "utf8" },
    );
    expect(said.trim().split("\n").at(-1)).toMatch(/^PostgreSQL 15\.\d+: \d+ tables of shops, all isolated$/);
  });
});
