import type pg from "pg";
import { copyRows } from "~/ingest/copy-rows.server";
import { EVENT_COLUMNS, eventRow, ORDER_COLUMNS, orderRow, SHIPMENT_COLUMNS, shipmentRow } from "./fact-rows";
import type { OrderEvent } from "./order-event";
import type { OrderState } from "./order-state";

/** Copies events to where `insertStagedEvents` takes them from, in the same transaction. */
export async function stageEvents(client: pg.ClientBase, shopId: number, events: readonly OrderEvent[]): Promise<void> {
  await client.query(
    "create temporary table if not exists new_order_event (like order_event) on commit delete rows",
  );
  const rows = events.map((event) => eventRow(shopId, event));
  await copyRows(client, `new_order_event (${EVENT_COLUMNS.join(", ")})`, rows);
}

/** Writes the staged events. `ifKnown` says what becomes of those that stand there already. */
export async function insertStagedEvents(client: pg.ClientBase, ifKnown: "replace" | "impossible"): Promise<void> {
  await client.query(
    ifKnown === "impossible"
      ? insertNew("order_event", EVENT_COLUMNS)
      : `${insertNew("order_event", EVENT_COLUMNS)}
         on conflict (shop_id, order_id, event_key, happened_at) do update set
           known_at = excluded.known_at, assumed = excluded.assumed, source = excluded.source, value = excluded.value`,
  );
}

/** Copies orders and their parcels to where `upsertStagedFacts` takes them from, in the same transaction. */
export async function stageFacts(
  client: pg.ClientBase,
  shopId: number,
  states: readonly OrderState[],
  remains: ReadonlyMap<string, string>,
): Promise<void> {
  // The day is still missing there, so the table must not ask for it.
  await client.query(`
    create temporary table if not exists new_order_fact on commit delete rows as select * from order_fact with no data;
    create temporary table if not exists new_shipment_fact (like shipment_fact) on commit delete rows;
  `);
  const orders = states.map((state) => orderRow(shopId, state, remains));
  const shipments = states.flatMap((state) => state.shipments.map((one) => shipmentRow(shopId, state.orderId, one)));
  await copyRows(client, `new_order_fact (${ORDER_COLUMNS.join(", ")})`, orders);
  await copyRows(client, `new_shipment_fact (${SHIPMENT_COLUMNS.join(", ")})`, shipments);
}

/** Writes the staged orders and parcels over what stood there, and marks their days for the rollups. */
export async function upsertStagedFacts(client: pg.ClientBase, timeZone: string): Promise<void> {
  await client.query(
    `insert into dirty_day (shop_id, day)
     select distinct shop_id, (placed_at at time zone $1)::date as day from new_order_fact order by day
     on conflict do nothing`,
    [timeZone],
  );
  const values = ORDER_COLUMNS.map((column) => (column === "day" ? "(placed_at at time zone $1)::date" : column));
  await client.query(
    `insert into order_fact (${ORDER_COLUMNS.join(", ")}) select ${values.join(", ")} from new_order_fact
     on conflict (shop_id, order_id) do update set ${setFromNew(ORDER_COLUMNS)}`,
    [timeZone],
  );
  await client.query(`${insertNew("shipment_fact", SHIPMENT_COLUMNS)}
    on conflict (shop_id, order_id, shipment_id) do update set ${setFromNew(SHIPMENT_COLUMNS)}`);
}

function setFromNew(columns: string[]): string {
  return columns.map((column) => `${column} = excluded.${column}`).join(", ");
}

/** "insert into order_event (…) select … from new_order_event" */
function insertNew(table: string, columns: string[]): string {
  const list = columns.join(", ");
  return `insert into ${table} (${list}) select ${list} from new_${table}`;
}

/**
 * Takes turns, until the transaction ends, with everyone who records a shop's orders or forgets whose they were: both
 * read what is known and write what follows from it.
 */
export async function lockRecording(client: pg.ClientBase, shopId: number): Promise<void> {
  await client.query("select pg_advisory_xact_lock($1, hashtext('record-orders'))", [shopId]);
}
