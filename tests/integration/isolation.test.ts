import { beforeAll, describe, expect, it } from "vitest";
import type { Shop } from "@prisma/client";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { forShop, pool, type ShopScope } from "~/db.server";
import { readActivity, readWithheld } from "~/views/activity.server";
import { readHome } from "~/views/home.server";
import { readImportProgress } from "~/views/import-progress.server";
import { readOrder } from "~/views/order-detail.server";
import { NO_FILTERS } from "~/views/order-filters";
import { readOrderFacets, readOrderPage } from "~/views/order-list.server";
import { readDataRequestAnswer, readPrivacySettings } from "~/views/privacy-settings.server";
import { readMethodPromises } from "~/views/promise-settings.server";
import type { StoreOrder } from "../dev-store/model";
import { DAY, PLACED_AT, storeFulfillment, storeOrder, storeShop } from "../factories/store-order";
import { adminRequest, everythingOf, owner, rows, storeWithEase, tablesOfShops } from "./store-with-ease";

/** Tables without a tenant: Ease's own and its libraries'. Every other table must be isolated. */
const EXEMPT = ["_prisma_migrations", "session", "shop"];

/** Schemas a table may be in; the queue's tables are exempt too. */
const SCHEMAS = ["graphile_worker", "public"];

/** Stands in everything of the other shop that a screen could show. */
const MARK = "Umbra";
const OTHERS_ORDER = 868686;

const ease = storeWithEase(() => [
  storeShop({ domain: "ours.myshopify.com", id: 1, name: "Ours", orders: orders(1001, "Standard", "DHL") }),
  storeShop({
    domain: "theirs.myshopify.com",
    id: 2,
    name: MARK,
    // The same ids, and one that only they have.
    orders: [...orders(1001, `${MARK} express`, `${MARK} post`), umbraOrder(OTHERS_ORDER, PLACED_AT)],
  }),
]);

function umbraOrder(id: number, placedAt: number): StoreOrder {
  return { ...storeOrder({ id, placedAt, name: `#${MARK}-${id}`, shippingTitle: `${MARK} express`, country: "JP" }) };
}

/** Enough deliveries, long enough ago, for what is usual to be learnt. */
function orders(firstId: number, method: string, carrier: string): StoreOrder[] {
  return Array.from({ length: 25 }, (_, index) => {
    const plain = storeOrder({ id: firstId + index, placedAt: PLACED_AT - 30 * DAY, shippingTitle: method });
    if (method !== "Standard") plain.name = `#${MARK}-${plain.id}`;
    return { ...plain, fulfillments: plain.fulfillments.map((one) => storeFulfillment({ ...one, carrier })) };
  });
}

let ours: Shop;
let theirs: Shop;

beforeAll(async () => {
  ours = (await ease.visit("ours.myshopify.com")).shop;
  theirs = (await ease.visit("theirs.myshopify.com")).shop;
  await ease.runQueue();
  // What an import alone does not leave behind, so that each table holds a row of theirs to be found.
  await owner.query(`
    insert into set_aside_line values (${theirs.id}, 1, 'orders', 1, '${MARK}');
    update backfill set lines_set_aside = 1 where shop_id = ${theirs.id};
    insert into method_promise values (${theirs.id}, '${MARK} express', 3);
    insert into dirty_day values (${theirs.id}, '2026-06-01');
    insert into tombstone values (${theirs.id}, 'order_deleted', '${MARK}', now());
    insert into customer_alias values (${theirs.id}, 1, 2);
    insert into checkout_fact (shop_id, token, started_at, updated_at, source) values (${theirs.id}, '${MARK}', now(), now(), 'webhook');
    insert into reconciliation values (${theirs.id}, 'orders', now(), now(), 1, 1, '${MARK}');
    insert into reconciliation_day values (${theirs.id}, 'orders', '2026-06-01', 1, 1, 1);
    insert into withheld_part values (${theirs.id}, 'returns', 'scope', now());
    insert into shop_setting (shop_id) values (${theirs.id});
    insert into staff_contact values (${theirs.id}, 1, '\\x00', now());
    insert into data_request (shop_id, webhook_id, asked_at, answer)
      values (${theirs.id}, '${MARK}', now(), '{"order_fact": "${MARK}"}');
    update delivery_day set left_out = '{"${MARK}": 1}' where shop_id = ${theirs.id};
  `);
});

describe("the catalog", () => {
  it("holds no table outside the list that is not isolated: enabled, forced, one policy on both sides", async () => {
    const tables = await rows(
      `select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
         exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'shop_id') as tenant,
         (select array_agg(p.polcmd::text || ' ' || p.polpermissive || ' ' || pg_get_expr(p.polqual, c.oid) || ' ' ||
           pg_get_expr(p.polwithcheck, c.oid)) from pg_policy p where p.polrelid = c.oid) as policies
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm', 'v', 'f')
       order by 1`
    );
    expect(tables.filter((table) => !table.tenant).map((table) => table.name)).toEqual(EXEMPT);
    const shown = "(shop_id = (NULLIF(current_setting('ease.shop_id'::text, true), ''::text))::integer)";
    for (const table of tables.filter((one) => one.tenant)) {
      expect(table).toMatchObject({ enabled: true, forced: true, policies: [`* true ${shown} ${shown}`] });
    }
    expect(tables.length).toBeGreaterThan(EXEMPT.length + 10);
  });

  it("has no table in another schema", async () => {
    const schemas = await rows(
      `select distinct table_schema as name from information_schema.tables
       where table_schema not in ('pg_catalog', 'information_schema') and table_schema not like 'pg_temp%' order by 1`
    );
    expect(schemas.map((row) => row.name)).toEqual(SCHEMAS);
  });

  it("starts every primary and unique key of a tenant's table with shop_id", async () => {
    const keys = await rows(
      `select i.indexrelid::regclass::text as name, a.attname as first
       from pg_index i
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
       where i.indisunique and i.indrelid::regclass::text = any($1)`,
      [await tablesOfShops()]
    );
    expect(new Set(keys.map((key) => key.first))).toEqual(new Set(["shop_id"]));
    expect(keys.length).toBeGreaterThanOrEqual((await tablesOfShops()).length);
  });

  it("runs only the rotation of partitions with the owner's rights", async () => {
    const found = await rows(
      `select p.oid::regprocedure::text as name from pg_proc p
       where p.prosecdef and p.pronamespace in ('public'::regnamespace, 'graphile_worker'::regnamespace)`
    );
    expect(found.map((one) => one.name).sort()).toEqual([
      "ease_drop_partitions(text,timestamp with time zone)",
      "ease_ensure_partition(text,timestamp with time zone)",
    ]);
  });
});

describe("the app's role", () => {
  it("is none that could see past row-level security", async () => {
    const { rows: found } = await pool.query(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
         (select count(*)::int from pg_auth_members where member = pg_roles.oid) as memberships,
         (select count(*)::int from pg_class where relowner = pg_roles.oid and relpersistence <> 't') as owned
       from pg_roles where rolname = current_user`
    );
    expect(found).toEqual([
      {
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        memberships: 0,
        owned: 0,
      },
    ]);
  });

  it.each([
    ["make a table", "create table public.mine (id int)"],
    ["make a table in the queue's schema", "create table graphile_worker.mine (id int)"],
    ["make a function", "create function public.mine() returns int language sql as 'select 1'"],
    ["switch row-level security off", "alter table order_fact disable row level security"],
    ["unforce it", "alter table order_fact no force row level security"],
    ["drop a policy", "drop policy tenant on order_fact"],
    ["change a policy", "alter policy tenant on order_fact using (true)"],
    ["add a policy", "create policy open on order_fact using (true)"],
    ["empty a table", "truncate order_fact"],
    ["read past it", "set local row_security = off; select * from order_fact"],
    ["become the owner", "set role ease_owner"],
    ["rewrite the migrations", "delete from _prisma_migrations"],
  ])("cannot %s", async (_, sql) => {
    const client = await pool.connect();
    try {
      await client.query("begin");
      await expect(client.query(sql)).rejects.toThrow(/permission denied|must be owner|row-level security policy/);
    } finally {
      await client.query("rollback");
      client.release();
    }
  });
});

describe("a connection", () => {
  it("without a shop set sees no row of anyone's, though every table has some", async () => {
    for (const table of await tablesOfShops()) {
      const all = await rows(`select count(*)::int as n from "${table}" where shop_id = $1`, [theirs.id]);
      expect(all[0]!.n, `rows of theirs in ${table}`).toBeGreaterThan(0);
      const seen = await pool.query(`select * from "${table}"`);
      expect(seen.rows, table).toEqual([]);
    }
  });

  it("keeps no shop once its work is done", async () => {
    await forShop(theirs.id).transaction(async (client) => client.query("select 1"));
    await forShop(theirs.id)
      .transaction(async () => Promise.reject(new Error("half way")))
      .catch(() => undefined);
    await forShop(theirs.id).entities((tx) => tx.backfill.findMany());
    const clients = await Promise.all(Array.from({ length: 5 }, () => pool.connect()));
    for (const client of clients) {
      const { rows: found } = await client.query("select nullif(current_setting('ease.shop_id', true), '') as shop");
      client.release();
      expect(found).toEqual([{ shop: null }]);
    }
  });

  it("of one shop sees none of another's rows, nor writes, moves or deletes one", async () => {
    const before = await everythingOf(theirs.id);
    const scope = forShop(ours.id);
    for (const table of await tablesOfShops()) {
      const [theirRow] = await rows(`select to_jsonb(t) as row from "${table}" t where shop_id = $1 limit 1`, [
        theirs.id,
      ]);
      const seen = await scope.transaction((client) => client.query(`select distinct shop_id from "${table}"`));
      expect(seen.rows, table).not.toContainEqual({ shop_id: theirs.id });
      const changed = await scope.transaction((client) =>
        client.query(`update "${table}" set shop_id = shop_id where shop_id = $1`, [theirs.id])
      );
      expect(changed.rowCount, table).toBe(0);
      const deleted = await scope.transaction((client) =>
        client.query(`delete from "${table}" where shop_id = $1`, [theirs.id])
      );
      expect(deleted.rowCount, table).toBe(0);
      const insert = scope.transaction((client) =>
        client.query(`insert into "${table}" select (jsonb_populate_record(null::"${table}", $1)).*`, [theirRow!.row])
      );
      await expect(insert, table).rejects.toThrow(`violates row-level security policy for table "${table}"`);
    }
    const move = scope.transaction((client) => client.query("update order_fact set shop_id = $1", [theirs.id]));
    await expect(move).rejects.toThrow("violates row-level security policy");
    const entity = scope.entities((tx) =>
      tx.methodPromise.create({ data: { shopId: theirs.id, method: "x", days: 1 } })
    );
    await expect(entity).rejects.toThrow("row-level security");
    expect(await everythingOf(theirs.id)).toEqual(before);
  });
});

/** Each read model asked, for one shop, for what is the other's. */
const views: Record<string, (scope: ShopScope) => Promise<unknown>> = {
  readActivity: (scope) => readActivity(scope, { period: "week", now: Date.now() }),
  readWithheld: async (scope) =>
    // A part's name is one of a list, so it stands for the mark.
    (await readWithheld(scope)).map((one) => ({ ...one, marked: MARK })),
  readHome: (scope) => readHome(scope, { period: 90, today: "2026-06-11", now: Date.now() }),
  readImportProgress,
  readOrder: (scope) => readOrder(scope, String(OTHERS_ORDER)),
  readOrderPage: async (scope) => [
    await readOrderPage(scope, { filters: NO_FILTERS, cursor: { kind: "first" } }),
    await readOrderPage(scope, {
      filters: { ...NO_FILTERS, method: [`${MARK} express`] },
      cursor: { kind: "after", place: { value: 0, orderId: "1" } },
    }),
  ],
  readOrderFacets,
  readPrivacySettings,
  readDataRequestAnswer: (scope) => readDataRequestAnswer(scope, MARK),
  readMethodPromises: (scope) => readMethodPromises(scope, "2026-01-01"),
};

describe("a read model", () => {
  const modules = import.meta.glob<Record<string, unknown>>("../../app/views/*.server.ts", { eager: true });
  const exported = Object.values(modules).flatMap((module) =>
    Object.entries(module).flatMap(([name, value]) => (typeof value === "function" ? [name] : []))
  );

  it("is never without a case here", () => {
    expect(Object.keys(views).toSorted()).toEqual(exported.toSorted());
    expect(exported.length).toBeGreaterThan(0);
  });

  it.each(Object.entries(views))("%s shows one shop nothing of the other", async (_, view) => {
    expect(JSON.stringify(await view(forShop(theirs.id)))).toContain(MARK);
    const seen = JSON.stringify(await view(forShop(ours.id)));
    expect(seen).not.toContain(MARK);
    expect(seen).not.toContain(String(OTHERS_ORDER));
  });
});

type Handler = (args: LoaderFunctionArgs & ActionFunctionArgs) => unknown;

interface RouteCase {
  place: string;
  params?: Record<string, string>;
  form?: [string, string][];
  /** Whether the other shop itself sees its mark there; a frame or an answer without content shows none. */
  marked: boolean;
}

/** Each admin route asked by one shop for what is the other's, under an address that names the other. */
const routes: Record<string, { loader?: RouteCase; action?: RouteCase }> = {
  "app.tsx": { loader: { place: "/app", marked: false } },
  "app._index": {
    loader: { place: "/app?period=90", marked: true },
    action: { place: "/app?index", form: [], marked: false },
  },
  "app.orders._index": { loader: { place: "/app/orders?after=0~1", marked: true } },
  "app.orders.$orderId": {
    loader: { place: `/app/orders/${OTHERS_ORDER}`, params: { orderId: String(OTHERS_ORDER) }, marked: true },
  },
  "app.activity": {
    loader: { place: "/app/activity?period=week", marked: true },
    action: { place: "/app/activity", form: [["job", "1"]], marked: false },
  },
  "app.privacy.ts": {
    // The answer is a file, which this does not open; the read model's case does.
    loader: { place: `/app/privacy?request=${MARK}`, marked: false },
    action: {
      place: "/app/privacy",
      form: [
        ["inboxDays", "1"],
        ["historyMonths", "3"],
        ["staffContactDays", "1"],
      ],
      marked: false,
    },
  },
  "app.settings": {
    loader: { place: "/app/settings", marked: true },
    action: {
      place: "/app/settings",
      form: [
        ["method", `${MARK} express`],
        ["days", "9"],
      ],
      marked: false,
    },
  },
};

/** Routes that no shop's staff opens. */
const OTHER_ROUTES = ["_index.ts", "auth.$.ts", "auth.login.tsx"];

describe("an admin route", () => {
  const modules = import.meta.glob<Record<string, unknown>>(
    ["../../app/routes/*.{ts,tsx}", "../../app/routes/*/route.{ts,tsx}"],
    { eager: true }
  );
  const found = Object.fromEntries(
    Object.entries(modules).map(([path, module]) => [path.split("/routes/")[1]!.replace(/\/route\.tsx?$/, ""), module])
  );
  const cases = Object.entries(routes).flatMap(([name, route]) =>
    (["loader", "action"] as const).flatMap((part) => {
      const one = route[part];
      return one ? [{ name, part, one }] : [];
    })
  );

  it("is never without a case here, loader and action", () => {
    const parts = Object.entries(found)
      .filter(([name]) => !OTHER_ROUTES.includes(name))
      .flatMap(([name, module]) =>
        ["loader", "action"].filter((part) => part in module).map((part) => `${name} ${part}`)
      );
    expect(cases.map(({ name, part }) => `${name} ${part}`).toSorted()).toEqual(parts.toSorted());
  });

  it.each(cases)("$name $part shows one shop nothing of the other", async ({ name, part, one }) => {
    const before = await everythingOf(theirs.id);
    const ask = async (token: string) => {
      const form = one.form && new FormData();
      for (const [field, value] of one.form ?? []) form!.append(field, value);
      const request = await adminRequest(ease.store, theirs.domain, one.place, {
        token,
        ...(form ? { method: "POST", body: form } : {}),
      });
      const handler = found[name]![part] as Handler;
      try {
        return JSON.stringify(await handler({ request, params: one.params ?? {}, context: {} }));
      } catch (thrown) {
        // "There is no such order" is an answer; a fault or a refusal to let this shop in is none.
        if (thrown instanceof Error || thrown instanceof Response) throw thrown;
        return JSON.stringify(thrown);
      }
    };

    const answer = await ask(await ease.store.idToken(ours.domain));
    // What was typed comes back to whoever typed it.
    expect(answer.replace(/"typed":\[.*?\]/, "")).not.toContain(MARK);
    expect(answer).not.toContain(`"${OTHERS_ORDER}"`);
    expect(await everythingOf(theirs.id)).toEqual(before);
    if (one.marked) expect(await ask(await ease.store.idToken(theirs.domain))).toContain(MARK);
    await rows("delete from graphile_worker._private_jobs");
  });
});
