import type pg from "pg";
import type { ShopScope } from "~/db.server";
import type { BulkOrder } from "~/ingest/bulk-order";
import { ensurePartitions } from "~/ingest/partitions.server";
import { legacyId } from "~/shopify/gid";
import { eventsOfBulkOrder } from "./events-of-bulk-order";
import { instant } from "./fact-rows";
import { mergeTellings, sameTelling, withoutOwner } from "./merge-events";
import { readWhole } from "./order-description";
import type { OrderEvent } from "./order-event";
import { byTime, projectOrder } from "./project-order";
import { recordNewOrders } from "./record-new-orders.server";
import { insertStagedEvents, lockRecording, stageEvents, stageFacts, upsertStagedFacts } from "./write-facts.server";

/** What recording needs to know of the shop. */
export interface RecordingShop {
  id: number;
  currency: string;
  timeZone: string;
}

/**
 * Records orders that were read, by a backfill or by their ids: their events, the projections of all that is known of
 * them, and the days whose rollups no longer hold, in one transaction. Recording the same orders again changes nothing.
 */
export async function recordBulkOrders(
  scope: ShopScope,
  shop: RecordingShop,
  orders: readonly BulkOrder[],
  readAt: number,
): Promise<void> {
  const read = orders.flatMap((whole) => eventsOfBulkOrder(whole, shop.currency, readAt));
  await ensurePartitionsOf(read, readAt);
  if ((await recordNewOrders(scope, shop, read, readAt)) === "recorded") return;
  await scope.transaction(async (client) => {
    const holds = new Map(orders.map((whole) => [legacyId(whole.order.id), holdsOf(whole)]));
    await recordEvents(client, shop, read, readAt, { holds });
  });
}

/** Makes the partitions events go into. Before the transaction: it waits for everyone who has touched the table. */
export async function ensurePartitionsOf(events: readonly OrderEvent[], now: number): Promise<void> {
  await ensurePartitions("order_event", [now, ...events.map((event) => event.happenedAt)]);
}

/**
 * Records what was heard of orders, from whatever source and in whatever order: merges it with what is known, and
 * projects the facts of these orders anew. What was deleted stays so, and whose an order was stays forgotten where that
 * was asked for. `holds` says, for orders that were read whole, which holds are in force; `also` names orders of which
 * nothing was heard, but something that bears on them.
 */
export async function recordEvents(
  client: pg.ClientBase,
  shop: RecordingShop,
  heard: readonly OrderEvent[],
  now: number,
  { holds = new Map(), also = [] }: { holds?: ReadonlyMap<string, ReadonlySet<string>>; also?: string[] } = {},
): Promise<RecordedOrders> {
  const orderIds = [...new Set([...heard.map((event) => event.orderId), ...also])];
  if (orderIds.length === 0) return { orderIds, toRead: [], deleted: [] };
  // Two who record the same order at once would each project without what the other heard.
  await lockRecording(client, shop.id);
  const earlier = await earlierEvents(client, shop.id, orderIds);
  const buried = await readTombstones(client, shop.id, orderIds, [...earlier, ...heard]);
  const known = byOrder(earlier);
  for (const event of heard) {
    if (!buried.deleted.has(event.orderId) && !known.has(event.orderId)) known.set(event.orderId, new Map());
  }
  const changed: OrderEvent[] = [];
  const moved: OrderEvent[] = [];
  for (const event of [...heard, ...holdChanges(known, holds, now)]) {
    const events = known.get(event.orderId);
    events?.set(event.eventKey, merged(events.get(event.eventKey), event));
  }
  const before = byOrder(earlier);
  for (const [orderId, events] of known) {
    if (buried.deleted.has(orderId)) continue;
    const forgotten = ownerIsForgotten(orderId, events, buried);
    for (const [key, event] of events) {
      const now = forgotten ? withoutOwner(event) : event;
      events.set(key, now);
      const then = before.get(orderId)?.get(key);
      if (then && sameTelling(then, now)) continue;
      changed.push(now);
      if (then && then.happenedAt !== now.happenedAt) moved.push(then);
    }
  }
  await deleteEvents(client, shop.id, moved);
  await stageEvents(client, shop.id, changed);
  await insertStagedEvents(client, "replace");
  const touched = [...known].filter(([orderId]) => !buried.deleted.has(orderId));
  const states = touched.flatMap(([, events]) => projectOrder([...events.values()], now) ?? []);
  await stageFacts(client, shop.id, states, buried.remains);
  await upsertStagedFacts(client, shop.timeZone);
  return {
    orderIds: states.map((state) => state.orderId),
    toRead: touched.flatMap(([orderId, events]) => (needsReading([...events.values()]) ? [orderId] : [])),
    deleted: [...buried.deleted],
  };
}

export interface RecordedOrders {
  /** Whose facts were projected anew. */
  orderIds: string[];
  /** Which are to be read by id: what is known of them does not tell enough. */
  toRead: string[];
  /** Which Shopify deleted: what was heard of them was not recorded. */
  deleted: string[];
}

function merged(known: OrderEvent | undefined, heard: OrderEvent): OrderEvent {
  return known ? mergeTellings(known, heard) : heard;
}

function byOrder(events: readonly OrderEvent[]): Map<string, Map<string, OrderEvent>> {
  const orders = new Map<string, Map<string, OrderEvent>>();
  for (const event of events) {
    const known = orders.get(event.orderId) ?? new Map<string, OrderEvent>();
    known.set(event.eventKey, merged(known.get(event.eventKey), event));
    orders.set(event.orderId, known);
  }
  return orders;
}

/**
 * Webhooks tell neither the promise nor how an order is sent, so each order is read once, and again while Shopify had
 * not yet decided it. Two webhooks that say different things of the same state of an order contradict each other; the
 * order knows better.
 */
function needsReading(events: readonly OrderEvent[]): boolean {
  const words = events.flatMap((event) => (event.kind === "described" ? [event.value] : []));
  const whole = words.filter(readWhole);
  if (!whole.some((one) => one.methodType !== null || !one.requiresShipping)) return true;
  const readAt = Math.max(...whole.flatMap((one) => one.seen));
  const since = words.flatMap((one) => one.seen).filter((state) => state > readAt);
  return new Set(since).size < since.length;
}

interface Tombstones {
  deleted: ReadonlySet<string>;
  ordersRedacted: ReadonlySet<string>;
  customersRedacted: ReadonlySet<string>;
  /** By the number of a customer who was merged into another: who remains. */
  remains: ReadonlyMap<string, string>;
}

async function readTombstones(
  client: pg.ClientBase,
  shopId: number,
  orderIds: string[],
  events: readonly OrderEvent[],
): Promise<Tombstones> {
  const named = events.flatMap((event) => (event.kind === "described" ? (event.value.customerId ?? []) : []));
  const remains = await readAliases(client, shopId, [...new Set(named)]);
  const customers = [...new Set([...named, ...remains.values()])];
  const { rows } = await client.query<{ kind: string; id: string }>(
    `select kind, id from tombstone where shop_id = $1
       and (kind in ('order_deleted', 'order_redacted') and id = any($2)
         or kind = 'customer_redacted' and id = any($3))`,
    [shopId, orderIds, customers],
  );
  const idsOf = (kind: string) => new Set(rows.flatMap((row) => (row.kind === kind ? [row.id] : [])));
  return {
    deleted: idsOf("order_deleted"),
    ordersRedacted: idsOf("order_redacted"),
    customersRedacted: idsOf("customer_redacted"),
    remains,
  };
}

/** Who remains of customers that were merged, over any number of mergers. */
export async function readAliases(
  client: pg.ClientBase,
  shopId: number,
  customerIds: string[],
): Promise<Map<string, string>> {
  if (customerIds.length === 0) return new Map();
  const { rows } = await client.query<{ id: string; remains: string }>(
    `with recursive merger as (
       select customer_id as id, remains_id as remains, 1 as step
       from customer_alias where shop_id = $1 and customer_id = any($2::bigint[])
       union all
       select merger.id, next.remains_id, step + 1
       from merger join customer_alias next on next.shop_id = $1 and next.customer_id = merger.remains
       where step < 100
     )
     select distinct on (id) id::text, remains::text from merger order by id, step desc`,
    [shopId, customerIds],
  );
  return new Map(rows.map((row) => [row.id, row.remains]));
}

function ownerIsForgotten(orderId: string, events: Map<string, OrderEvent>, buried: Tombstones): boolean {
  if (buried.ordersRedacted.has(orderId)) return true;
  for (const event of events.values()) {
    if (event.kind !== "described") continue;
    const { customerId, redacted } = event.value;
    if (redacted) return true;
    if (customerId === null) continue;
    if (buried.customersRedacted.has(customerId)) return true;
    if (buried.customersRedacted.has(buried.remains.get(customerId) ?? customerId)) return true;
  }
  return false;
}

function holdsOf({ fulfillmentOrders }: BulkOrder): Set<string> {
  const keys = fulfillmentOrders.flatMap(({ id, fulfillmentHolds }) =>
    fulfillmentHolds.map(({ reason }) => `held:${legacyId(id)}:${reason}`),
  );
  return new Set(keys);
}

/** A hold that was known and is no longer there was released by the time of the reading; it may come back. */
function holdChanges(
  known: Map<string, Map<string, OrderEvent>>,
  holds: ReadonlyMap<string, ReadonlySet<string>>,
  readAt: number,
): OrderEvent[] {
  return [...holds].flatMap(([orderId, inForce]) => {
    const events = [...(known.get(orderId)?.values() ?? [])];
    const orderHolds = events.filter((event) => event.kind === "held" || event.kind === "hold_released").sort(byTime);
    const last = new Map(orderHolds.map((event) => [holdName(event.eventKey), event]));
    return [...last].flatMap(([name, event]): OrderEvent[] => {
      const held = inForce.has(`held:${name}`);
      if (held === (event.kind === "held") || event.happenedAt >= readAt) return [];
      const kind = held ? "held" : "hold_released";
      const eventKey = `${kind}:${name}:${readAt}`;
      return [{ ...event, kind, eventKey, happenedAt: readAt, knownAt: readAt } as OrderEvent];
    });
  });
}

/** "held:55:OTHER:1780000000000" → "55:OTHER" */
function holdName(eventKey: string): string {
  return eventKey.split(":").slice(1, 3).join(":");
}

async function earlierEvents(client: pg.ClientBase, shopId: number, orderIds: string[]): Promise<OrderEvent[]> {
  const { rows } = await client.query<OrderEvent>(
    `select order_id::text as "orderId", event_key as "eventKey", kind, assumed, source, value,
       (extract(epoch from happened_at) * 1000)::float8 as "happenedAt",
       (extract(epoch from known_at) * 1000)::float8 as "knownAt"
     from order_event where shop_id = $1 and order_id = any($2::bigint[])`,
    [shopId, orderIds],
  );
  return rows;
}

/** Buries orders Shopify deleted: nothing of them stays, and nothing heard of them later is recorded. */
export async function deleteOrders(
  client: pg.ClientBase,
  shopId: number,
  deleted: readonly { orderId: string; at: number }[],
): Promise<void> {
  if (deleted.length === 0) return;
  const orderIds = deleted.map((one) => one.orderId);
  await lockRecording(client, shopId);
  await client.query(
    `insert into tombstone (shop_id, kind, id, at)
     select $1, 'order_deleted', id, min(at) from unnest($2::text[], $3::timestamptz[]) as gone (id, at) group by id
     on conflict (shop_id, kind, id) do update set at = least(tombstone.at, excluded.at)`,
    [shopId, orderIds, deleted.map((one) => instant(one.at))],
  );
  await client.query(
    `insert into dirty_day (shop_id, day)
     select distinct shop_id, day from order_fact where shop_id = $1 and order_id = any($2::bigint[])
     on conflict do nothing`,
    [shopId, orderIds],
  );
  for (const table of ["delivery_score", "shipment_fact", "order_fact", "order_event"]) {
    await client.query(`delete from ${table} where shop_id = $1 and order_id = any($2::bigint[])`, [shopId, orderIds]);
  }
}

/** Takes out tellings whose time turned out to be another: the time says which partition they lie in. */
async function deleteEvents(client: pg.ClientBase, shopId: number, events: OrderEvent[]): Promise<void> {
  if (events.length === 0) return;
  await client.query(
    `delete from order_event e using unnest($2::bigint[], $3::text[], $4::timestamptz[]) as gone (order_id, key, at)
     where e.shop_id = $1 and e.order_id = gone.order_id and e.event_key = gone.key and e.happened_at = gone.at`,
    [
      shopId,
      events.map((event) => event.orderId),
      events.map((event) => event.eventKey),
      events.map((event) => instant(event.happenedAt)),
    ],
  );
}
