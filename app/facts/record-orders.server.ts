import type pg from "pg";
import type { ShopScope } from "~/db.server";
import type { BulkOrder } from "~/ingest/bulk-order";
import { copyRows, type CopyValue } from "~/ingest/copy-rows.server";
import { ensurePartitions } from "~/ingest/partitions.server";
import { legacyId } from "~/shopify/gid";
import { eventsOfBulkOrder } from "./events-of-bulk-order";
import type { OrderEvent } from "./order-event";
import type { OrderState } from "./order-state";
import { population } from "./population";
import { byTime, deliveredAt, projectOrder } from "./project-order";

/** What recording needs to know of the shop. */
export interface RecordingShop {
  id: number;
  currency: string;
  timeZone: string;
}

/**
 * Records orders read by a backfill: their events (those not heard of before), the projections of all that is known of
 * them, and the days whose rollups no longer hold, in one transaction. Recording the same orders again changes nothing.
 */
export async function recordBulkOrders(
  scope: ShopScope,
  shop: RecordingShop,
  orders: readonly BulkOrder[],
  readAt: number,
): Promise<void> {
  const updatedAt = new Map(orders.map(({ order }) => [legacyId(order.id), Date.parse(order.updatedAt)]));
  const read = orders.flatMap((whole) => eventsOfBulkOrder(whole, shop.currency, readAt));
  // Before the transaction: making a partition waits for everyone who has touched the table.
  await ensurePartitions("order_event", [...read.map((event) => event.happenedAt), ...updatedAt.values()]);
  await scope.transaction(async (client) => {
    const earlier = await earlierEvents(client, shop.id, [...updatedAt.keys()]);
    const heard = newsOf(read, earlier, updatedAt, readAt);
    const events = withEarlierEvents(heard, earlier);
    await insertEvents(client, shop.id, heard);
    await upsertFacts(client, shop, events, updatedAt, readAt);
  });
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

/**
 * What of a reading is news. A description that says what the latest one did is none; one that differs is of the order's
 * last change and known since it was read, so that the newest stands whatever came before. Whose order it was stays
 * forgotten where that was asked for.
 */
function newsOf(read: OrderEvent[], earlier: OrderEvent[], updatedAt: Map<string, number>, readAt: number): OrderEvent[] {
  const described = new Map<string, OrderEvent & { kind: "described" }>();
  for (const event of earlier.toSorted(byTime)) if (event.kind === "described") described.set(event.orderId, event);
  return read.flatMap((event): OrderEvent[] => {
    const latest = event.kind === "described" ? described.get(event.orderId) : undefined;
    if (event.kind !== "described" || !latest) return [event];
    if (latest.eventKey.startsWith(event.eventKey)) return [];
    const happenedAt = updatedAt.get(event.orderId)!;
    const redaction = latest.value.redacted ? ({ customerId: null, checkoutToken: null, redacted: true } as const) : {};
    return [
      {
        ...event,
        eventKey: `${event.eventKey}:${happenedAt}`,
        happenedAt,
        knownAt: readAt,
        assumed: false,
        value: { ...event.value, ...redaction },
      },
    ];
  });
}

/** By order, an event heard of before standing for the same event heard again. */
function withEarlierEvents(heard: OrderEvent[], earlier: OrderEvent[]): Map<string, OrderEvent[]> {
  const byOrder = new Map<string, Map<string, OrderEvent>>();
  for (const event of [...earlier, ...heard]) {
    const known = byOrder.get(event.orderId) ?? new Map<string, OrderEvent>();
    if (!known.has(event.eventKey)) known.set(event.eventKey, event);
    byOrder.set(event.orderId, known);
  }
  return new Map([...byOrder].map(([orderId, events]) => [orderId, [...events.values()]]));
}

async function insertEvents(client: pg.ClientBase, shopId: number, events: OrderEvent[]): Promise<void> {
  await client.query(
    "create temporary table if not exists new_order_event (like order_event) on commit delete rows",
  );
  await copyRows(
    client,
    `new_order_event (${EVENT_COLUMNS.join(", ")})`,
    events.map((event) => [
      shopId,
      event.orderId,
      event.eventKey,
      event.kind,
      iso(event.happenedAt),
      iso(event.knownAt),
      event.assumed,
      event.source,
      JSON.stringify(event.value),
    ]),
  );
  await client.query(`${insertNew("order_event", EVENT_COLUMNS)} on conflict do nothing`);
}

async function upsertFacts(
  client: pg.ClientBase,
  shop: RecordingShop,
  eventsByOrder: Map<string, OrderEvent[]>,
  updatedAt: Map<string, number>,
  now: number,
): Promise<void> {
  const orders: CopyValue[][] = [];
  const shipments: CopyValue[][] = [];
  for (const [orderId, events] of eventsByOrder) {
    const state = projectOrder(events, now);
    if (!state) continue;
    orders.push(orderRow(shop.id, state, updatedAt.get(orderId)!));
    for (const one of state.shipments) {
      shipments.push([
        shop.id,
        orderId,
        one.shipmentId,
        one.carrier,
        one.quantity,
        iso(one.fulfilledAt),
        iso(one.handedOverAt),
        iso(one.lastScanAt),
        one.lastStatus,
        one.scans,
        one.failedAttempts,
        one.delays,
        one.failures,
        iso(one.deliveredAt),
        iso(one.cancelledAt),
      ]);
    }
  }
  await client.query(`
    create temporary table if not exists new_order_fact (like order_fact) on commit delete rows;
    alter table new_order_fact alter column day drop not null;
    create temporary table if not exists new_shipment_fact (like shipment_fact) on commit delete rows;
  `);
  await copyRows(client, `new_order_fact (${ORDER_COLUMNS.join(", ")})`, orders);
  await copyRows(client, `new_shipment_fact (${SHIPMENT_COLUMNS.join(", ")})`, shipments);
  await client.query("update new_order_fact set day = (placed_at at time zone $1)::date", [shop.timeZone]);
  await client.query(`
    insert into dirty_day (shop_id, day) select distinct shop_id, day from new_order_fact on conflict do nothing;
    ${insertNew("order_fact", ORDER_COLUMNS)}
      on conflict (shop_id, order_id) do update set ${setFromNew(ORDER_COLUMNS)};
    ${insertNew("shipment_fact", SHIPMENT_COLUMNS)}
      on conflict (shop_id, order_id, shipment_id) do update set ${setFromNew(SHIPMENT_COLUMNS)};
  `);
}

function orderRow(shopId: number, state: OrderState, updatedAt: number): CopyValue[] {
  const sent = state.shipments.filter((one) => one.cancelledAt === null);
  const arrived = deliveredAt(state);
  const lastScan = Math.max(...sent.map((one) => one.lastScanAt ?? Number.NEGATIVE_INFINITY));
  return [
    shopId,
    state.orderId,
    state.name,
    iso(state.placedAt),
    null,
    state.sourceName,
    population(state),
    state.customerId,
    state.checkoutToken,
    state.totalMinor,
    state.subtotalMinor,
    state.shippingMinor,
    state.refundedMinor,
    state.presentmentCurrency,
    state.country,
    state.province,
    state.method,
    state.vendor,
    state.location,
    state.items,
    state.itemsRemoved,
    iso(state.promise?.at ?? null),
    state.promise?.source ?? null,
    state.holdReason,
    iso(state.cancelledAt),
    state.cancelReason,
    iso(state.firstRefundedAt),
    iso(state.returnedAt),
    state.returnReason,
    sent.length,
    iso(sent[0]?.fulfilledAt ?? null),
    iso(Number.isFinite(lastScan) ? lastScan : null),
    iso(arrived),
    arrived !== null ? "delivered" : state.cancelledAt !== null ? "cancelled" : sent.length > 0 ? "on_the_way" : "waiting",
    iso(updatedAt),
  ];
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

const EVENT_COLUMNS = [
  "shop_id", "order_id", "event_key", "kind", "happened_at", "known_at", "assumed", "source", "value",
];

const ORDER_COLUMNS = [
  "shop_id", "order_id", "name", "placed_at", "day", "source_name", "left_out", "customer_id", "checkout_token",
  "total_minor", "subtotal_minor", "shipping_minor", "refunded_minor", "presentment_currency", "country", "province",
  "method", "vendor", "location", "items", "items_removed", "promised_at", "promise_source", "hold_reason",
  "cancelled_at", "cancel_reason", "first_refunded_at", "returned_at", "return_reason", "shipments",
  "first_fulfilled_at", "last_scan_at", "delivered_at", "delivery_state", "updated_at",
];

const SHIPMENT_COLUMNS = [
  "shop_id", "order_id", "shipment_id", "carrier", "quantity", "fulfilled_at", "handed_over_at", "last_scan_at",
  "last_status", "scans", "failed_attempts", "delays", "failures", "delivered_at", "cancelled_at",
];

function setFromNew(columns: string[]): string {
  return columns.map((column) => `${column} = excluded.${column}`).join(", ");
}

/** "insert into order_fact (…) select … from new_order_fact" */
function insertNew(table: string, columns: string[]): string {
  const list = columns.join(", ");
  return `insert into ${table} (${list}) select ${list} from new_${table}`;
}
