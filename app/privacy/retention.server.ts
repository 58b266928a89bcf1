import { z } from "zod";
import type { ShopScope } from "~/db.server";
import { retentionDefaults, type RetentionSettings } from "./retention-settings";

/** Orders deleted in one transaction: their events, parcels and scores are some twenty rows each. */
const ORDERS_A_TIME = 2000;
const DELIVERIES_A_TIME = 10_000;

/** Answers to data requests: the law gives a month to pass one on. */
export const DATA_REQUEST_DAYS = 90;

const DAY_MS = 86_400_000;

const settingsRow = z.object({ inboxDays: z.number(), historyMonths: z.number(), staffContactDays: z.number() });

/** How long the shop has set that things are kept. */
export async function readRetention(scope: ShopScope): Promise<RetentionSettings> {
  const [row] = await scope.query(
    `select inbox_days as "inboxDays", history_months as "historyMonths", staff_contact_days as "staffContactDays"
     from shop_setting where shop_id = $1`,
    [scope.shopId],
    settingsRow,
  );
  return row ?? retentionDefaults;
}

/** Sets how long things are kept. A staff contact keeps the end it was given, unless the new one is sooner. */
export async function saveRetention(scope: ShopScope, settings: RetentionSettings, now: Date): Promise<void> {
  await scope.transaction(async (client) => {
    await client.query(
      `insert into shop_setting (shop_id, inbox_days, history_months, staff_contact_days) values ($1, $2, $3, $4)
       on conflict (shop_id) do update set inbox_days = excluded.inbox_days, history_months = excluded.history_months,
         staff_contact_days = excluded.staff_contact_days`,
      [scope.shopId, settings.inboxDays, settings.historyMonths, settings.staffContactDays],
    );
    await client.query(
      `update staff_contact set kept_until = least(kept_until, $2::timestamptz + interval '1 day' * $3)
       where shop_id = $1`,
      [scope.shopId, now, settings.staffContactDays],
    );
  });
}

/** What was deleted, in rows. */
export interface Expired {
  deliveries: number;
  orders: number;
  checkouts: number;
  staffContacts: number;
  dataRequests: number;
}

/**
 * Deletes what a shop keeps no longer, some at a time. A partition that is older than every shop's setting is dropped
 * whole elsewhere; this is for the shops whose own setting is shorter.
 *
 * An order goes whole, by the day it was placed, with the totals of its day: half an order would be projected wrongly,
 * and a total would open on orders that are gone. Tombstones stay for as long as the shop does.
 */
export async function deleteExpired(scope: ShopScope, settings: RetentionSettings, now: Date): Promise<Expired> {
  const { shopId } = scope;
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS);
  const historyStart = historyStartsAt(now, settings.historyMonths);
  const removed = async (sql: string, params: unknown[]) =>
    scope.transaction(async (client) => (await client.query(sql, [shopId, ...params])).rowCount ?? 0);

  let deliveries = 0;
  for (let gone = DELIVERIES_A_TIME; gone === DELIVERIES_A_TIME; deliveries += gone) {
    // What still waits to be recorded is not lost for being old. The key goes with it, and only once Shopify has long
    // given up sending the delivery again.
    gone = await removed(
      `with old as (
         delete from inbox_delivery where shop_id = $1 and (received_at, webhook_id) in (
           select received_at, webhook_id from inbox_delivery
           where shop_id = $1 and received_at < $2 and recorded_at is not null limit ${DELIVERIES_A_TIME}
         ) returning webhook_id
       ), keys as (delete from inbox_key where shop_id = $1 and webhook_id in (select webhook_id from old))
       select 1 from old`,
      [before(settings.inboxDays)],
    );
  }
  // Of deliveries that went with a partition only the keys are left.
  await removed("delete from inbox_key where shop_id = $1 and received_at < $2", [before(LONGEST_INBOX_DAYS)]);
  await removed(
    `delete from set_aside_line where shop_id = $1 and backfill_id in
       (select id from backfill where shop_id = $1 and finished_at < $2)`,
    [before(settings.inboxDays)],
  );

  let orders = 0;
  for (let gone = ORDERS_A_TIME; gone === ORDERS_A_TIME; orders += gone) {
    gone = await deleteOldOrders(scope, historyStart);
  }
  await removed("delete from delivery_day where shop_id = $1 and day < $2::date", [historyStart]);
  return {
    deliveries,
    orders,
    checkouts: await removed("delete from checkout_fact where shop_id = $1 and updated_at < $2", [historyStart]),
    staffContacts: await removed("delete from staff_contact where shop_id = $1 and kept_until <= $2", [now]),
    dataRequests: await removed("delete from data_request where shop_id = $1 and asked_at < $2", [
      before(DATA_REQUEST_DAYS),
    ]),
  };
}

/** As the table's check allows at most. */
const LONGEST_INBOX_DAYS = 90;

/** The first moment that is kept: the beginning of a UTC month, so that a shop's days are never cut in two for long. */
export function historyStartsAt(now: Date, months: number): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1));
}

async function deleteOldOrders(scope: ShopScope, historyStart: Date): Promise<number> {
  return scope.transaction(async (client) => {
    const { rows } = await client.query<{ order_id: string }>(
      `select order_id from order_fact where shop_id = $1 and placed_at < $2 order by placed_at limit ${ORDERS_A_TIME}`,
      [scope.shopId, historyStart],
    );
    const ids = rows.map((row) => row.order_id);
    if (ids.length === 0) return 0;
    for (const table of ["order_event", "shipment_fact", "delivery_score", "order_fact"]) {
      const sql = `delete from ${table} where shop_id = $1 and order_id = any($2::bigint[])`;
      await client.query(sql, [scope.shopId, ids]);
    }
    return ids.length;
  });
}
