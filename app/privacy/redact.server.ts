import type pg from "pg";
import { z } from "zod";
import { pool, prisma, type ShopScope } from "~/db.server";
import { lockRecording } from "~/facts/write-facts.server";
import { bindNamed, type Named, patternOf, shopperRows } from "./shopper-rows";

/** Every table that holds rows of shops, from the catalog, so that a new one cannot be forgotten. */
async function tablesOfShops(): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'shop_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  return rows.map((row) => row.name);
}

/**
 * Ends access to a shop: its tokens and its staff's addresses are deleted and what was still to be done for it is
 * dropped; a job that has started finds it uninstalled. Deliveries go on being recorded: what Shopify asks for after an
 * uninstall comes as one.
 */
export async function closeShop(shop: { id: number; domain: string }, at: Date): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await tx.$executeRaw`select set_config('ease.shop_id', ${String(shop.id)}, true)`;
    await tx.shop.update({ where: { id: shop.id }, data: { uninstalledAt: at } });
    await tx.session.deleteMany({ where: { shop: shop.domain } });
    await tx.staffContact.deleteMany({ where: { shopId: shop.id } });
    await tx.$executeRaw`
      delete from graphile_worker._private_jobs
      where payload ->> 'shopId' = ${String(shop.id)} and locked_at is null
        and task_id not in (select id from graphile_worker._private_tasks where identifier = 'record-inbox')`;
  });
}

/** Deletes everything known of a shop (Shopify's shop/redact, 48 hours after it uninstalled). */
export async function redactShop(scope: ShopScope, shop: { id: number; domain: string }): Promise<void> {
  const tables = await tablesOfShops();
  // An import that is under way stops by itself, having seen that the shop is uninstalled; its last rows go too.
  await scope.exclusively("backfill", "wait", async () => {
    await scope.transaction(async (client) => {
      // A delivery is stored before this, or finds the shop gone.
      await client.query("select pg_advisory_xact_lock(hashtextextended('shop ' || $1, 0))", [shop.domain]);
      for (const table of tables) await client.query(`delete from "${table}" where shop_id = $1`, [shop.id]);
      await client.query("delete from session where shop = $1", [shop.domain]);
      await client.query(
        "delete from graphile_worker._private_jobs where payload ->> 'shopId' = $1 and locked_at is null",
        [String(shop.id)],
      );
      await client.query("delete from shop where id = $1", [shop.id]);
    });
  });
}

/** A shopper as Shopify's requests name one. */
export interface NamedShopper {
  /** Null when the request names orders only. */
  customerId: string | null;
  /** Orders the request names, besides those known to be the shopper's. */
  orderIds: string[];
}

/**
 * Forgets whose the orders of a shopper were (Shopify's customers/redact), in every table, in one transaction. The
 * orders stay, since nothing in them says whose they were; tombstones keep a later reading from bringing it back. A
 * tombstone holds the shopper's number and nothing about them: that is what a late delivery is recognised by.
 */
export async function redactCustomer(scope: ShopScope, shopper: NamedShopper, at: Date): Promise<void> {
  await scope.transaction(async (client) => {
    await lockRecording(client, scope.shopId);
    const named = await everythingNamed(client, scope.shopId, shopper, at);
    for (const { forget } of Object.values(shopperRows)) {
      for (const sql of forget) await client.query(bindNamed(sql, named));
    }
  });
}

/**
 * Empties what came into the inbox about shoppers who have been forgotten and was not recorded at that time. Tombstones
 * since the moment are looked at: older ones have outlived every delivery.
 */
export async function redactLateDeliveries(scope: ShopScope, since: Date): Promise<void> {
  await scope.transaction(async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `select id from tombstone where shop_id = $1 and at >= $2
       and kind in ('customer_redacted', 'order_redacted')`,
      [scope.shopId, since],
    );
    for (let from = 0; from < rows.length; from += IDS_A_PATTERN) {
      const words = patternOf(rows.slice(from, from + IDS_A_PATTERN).map((row) => row.id));
      const named: Named = { shop: scope.shopId, customers: [], orders: [], tokens: [], words, at: since };
      for (const sql of shopperRows.inbox_delivery!.forget) await client.query(bindNamed(sql, named));
    }
  });
}

/** A longer pattern makes each row slower to look through. */
const IDS_A_PATTERN = 200;

const request = z.object({ webhookId: z.string(), customerId: z.string().nullable(), orderIds: z.array(z.string()) });

/**
 * Answers what is known of a shopper (Shopify's customers/data_request): every row of every table that is about them,
 * kept with the request for the merchant to fetch. Answering again gives the first answer's place to the second.
 */
export async function answerDataRequest(
  scope: ShopScope,
  asked: z.input<typeof request> & { askedAt: Date },
  now: Date,
): Promise<void> {
  const shopper = request.parse(asked);
  await scope.transaction(async (client) => {
    await lockRecording(client, scope.shopId);
    const named = await everythingNamed(client, scope.shopId, shopper, now);
    const answer: Record<string, unknown> = {};
    for (const [table, { tell }] of Object.entries(shopperRows)) {
      if (!tell) continue;
      const { text, values } = bindNamed(tell, named);
      const { rows } = await client.query<{ row: object }>(
        `select to_jsonb(held) - 'shop_id' as row from (${text}) as held`,
        values,
      );
      if (rows.length > 0) answer[table] = rows.map(({ row }) => row);
    }
    // A request that came after the shopper was forgotten does not bring the number back.
    await client.query(
      `insert into data_request (shop_id, webhook_id, customer_id, asked_at, answered_at, answer)
       select $1::int, $2::text, $3::bigint, $4::timestamptz, $5::timestamptz, $6::jsonb where not exists
         (select 1 from tombstone where shop_id = $1 and kind = 'customer_redacted' and id = $3::bigint::text)
       on conflict (shop_id, webhook_id) do update
         set answered_at = excluded.answered_at, answer = excluded.answer`,
      [scope.shopId, shopper.webhookId, shopper.customerId, asked.askedAt, now, JSON.stringify(answer)],
    );
  });
}

/** All numbers a shopper has had, their orders and the checkouts of these. */
async function everythingNamed(
  client: pg.ClientBase,
  shopId: number,
  { customerId, orderIds }: NamedShopper,
  at: Date,
): Promise<Named> {
  // Customers merged into one are one shopper, whichever number the request uses.
  const merged = await client.query<{ id: string }>(
    `with recursive same (id) as (
       select $2::bigint where $2::bigint is not null
       union
       select case when a.customer_id = same.id then a.remains_id else a.customer_id end
       from same join customer_alias a on a.shop_id = $1 and same.id in (a.customer_id, a.remains_id)
     ) select id from same`,
    [shopId, customerId],
  );
  const customers = merged.rows.map((row) => row.id);
  const placed = await client.query<{ order_id: string }>(
    "select order_id from order_fact where shop_id = $1 and customer_id = any($2::bigint[])",
    [shopId, customers],
  );
  const orders = [...new Set([...placed.rows.map((row) => row.order_id), ...orderIds])];
  const checkouts = await client.query<{ token: string }>(
    `select checkout_token as token from order_fact
       where shop_id = $1 and order_id = any($2::bigint[]) and checkout_token is not null
     union
     select value ->> 'checkoutToken' from order_event
       where shop_id = $1 and order_id = any($2::bigint[]) and value ->> 'checkoutToken' is not null`,
    [shopId, orders],
  );
  const tokens = checkouts.rows.map((row) => row.token);
  return { shop: shopId, customers, orders, tokens, words: patternOf([...customers, ...orders, ...tokens]), at };
}
