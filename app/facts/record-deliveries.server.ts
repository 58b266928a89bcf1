import type pg from "pg";
import type { ShopScope } from "~/db.server";
import { type Topic, topics } from "~/ingest/topics";
import { legacyId } from "~/shopify/gid";
import { type Delivery, eventsOfWebhook, type Told } from "./events-of-webhook";
import { checkoutOfWebhook, type CheckoutTold, recordCheckouts } from "./record-checkouts.server";
import { deleteOrders, ensurePartitionsOf, recordEvents, type RecordingShop } from "./record-orders.server";

/** What deliveries tell, and those that cannot be understood, each with the reason, without a word of its content. */
export interface Heard<Row extends Delivery> {
  orders: Extract<Told, { kind: "order" }>[];
  deletedOrders: { orderId: string; at: number }[];
  checkouts: CheckoutTold[];
  mergers: { customerId: string; remainsId: string }[];
  /** Global ids of what belongs to orders the payload does not name. */
  parts: string[];
  unreadable: { delivery: Row; reason: string }[];
}

/** Reads deliveries; pure. `currency` is the shop's. */
export function hearDeliveries<Row extends Delivery>(deliveries: readonly Row[], currency: string): Heard<Row> {
  const heard: Heard<Row> = { orders: [], deletedOrders: [], checkouts: [], mergers: [], parts: [], unreadable: [] };
  for (const delivery of deliveries) {
    try {
      hear(delivery, currency, heard);
    } catch (error) {
      heard.unreadable.push({ delivery, reason: reasonOf(error) });
    }
  }
  return heard;
}

function hear(delivery: Delivery, currency: string, heard: Omit<Heard<Delivery>, "unreadable">): void {
  if (delivery.topic === "customers/merge") {
    const merger = mergerOf(delivery.topic, delivery.payload);
    if (merger) heard.mergers.push(merger);
    return;
  }
  const checkout = checkoutOfWebhook(delivery, currency);
  if (checkout) {
    heard.checkouts.push(checkout);
    return;
  }
  const told = eventsOfWebhook(delivery, currency);
  switch (told.kind) {
    case "order":
      heard.orders.push(told);
      return;
    case "order-deleted":
      heard.deletedOrders.push(told);
      return;
    case "part-of-order":
      heard.parts.push(told.gid);
      return;
    case "nothing":
      return;
  }
}

function mergerOf(topic: Topic & "customers/merge", payload: unknown): Heard<Delivery>["mergers"][number] | null {
  const {
    admin_graphql_api_customer_deleted_id: gone,
    admin_graphql_api_customer_kept_id: kept,
    status,
  } = topics[topic].parse(payload);
  if (!gone || !kept || gone === kept || status?.toLowerCase() !== "completed") return null;
  return { customerId: legacyId(gone), remainsId: legacyId(kept) };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `not understood: ${error.name}` : "not understood";
}

export interface RecordedDeliveries {
  /** Orders whose facts changed. */
  orderIds: string[];
  /** Orders to be read by id. */
  toRead: string[];
}

/**
 * Records what deliveries told, in one transaction, which `along` joins: facts, the days whose rollups no longer hold,
 * and that the deliveries are recorded belong together. Recording again, or in another order, comes to the same.
 */
export async function recordHeard(
  scope: ShopScope,
  shop: RecordingShop,
  heard: Heard<Delivery>,
  now: number,
  along: (client: pg.PoolClient, recorded: RecordedDeliveries) => Promise<void>,
): Promise<void> {
  const events = heard.orders.flatMap((one) => one.events);
  await ensurePartitionsOf(events, now);
  await scope.transaction(async (client) => {
    await deleteOrders(client, shop.id, heard.deletedOrders);
    await recordMergers(client, shop.id, heard.mergers);
    const touched = await ordersOfCustomers(client, shop.id, heard.mergers.map((one) => one.customerId));
    const recorded = await recordEvents(client, shop, events, now, { also: touched });
    await recordCheckouts(client, shop.id, heard.checkouts);
    const gone = new Set(recorded.deleted);
    const asked = heard.orders.flatMap((one) => (one.read && !gone.has(one.orderId) ? [one.orderId] : []));
    await along(client, { orderIds: recorded.orderIds, toRead: [...new Set([...recorded.toRead, ...asked])] });
  });
}

async function recordMergers(client: pg.ClientBase, shopId: number, mergers: Heard<Delivery>["mergers"]): Promise<void> {
  if (mergers.length === 0) return;
  await client.query(
    `insert into customer_alias (shop_id, customer_id, remains_id)
     select $1, customer_id, max(remains_id)
     from unnest($2::bigint[], $3::bigint[]) as merger (customer_id, remains_id)
     group by customer_id
     on conflict (shop_id, customer_id) do update
       set remains_id = greatest(customer_alias.remains_id, excluded.remains_id)`,
    [shopId, mergers.map((one) => one.customerId), mergers.map((one) => one.remainsId)],
  );
}

async function ordersOfCustomers(client: pg.ClientBase, shopId: number, customerIds: string[]): Promise<string[]> {
  if (customerIds.length === 0) return [];
  const { rows } = await client.query<{ id: string }>(
    "select order_id::text as id from order_fact where shop_id = $1 and customer_id = any($2::bigint[])",
    [shopId, customerIds],
  );
  return rows.map((row) => row.id);
}
