import type pg from "pg";
import type { ShopScope } from "~/db.server";
import type { OrderEvent } from "./order-event";
import { projectOrder } from "./project-order";
import { insertStagedEvents, lockRecording, stageEvents, stageFacts, upsertStagedFacts } from "./write-facts.server";

/**
 * Records orders nobody has heard of before, which is nearly all of a first reading: there is nothing to merge with, so
 * everything is made ready before the shop's lock is taken. Where that proves wrong, nothing is recorded: "known".
 *
 * The commit does not wait for the disk. What records its progress afterwards does, and by then this is on disk too;
 * until then a crash loses only what will be read again.
 */
export async function recordNewOrders(
  scope: ShopScope,
  shop: { id: number; timeZone: string },
  read: readonly OrderEvent[],
  readAt: number,
): Promise<"recorded" | "known"> {
  const byOrder = new Map<string, Map<string, OrderEvent>>();
  for (const event of read) {
    let events = byOrder.get(event.orderId);
    if (events === undefined) byOrder.set(event.orderId, (events = new Map()));
    // Told twice, in one reading: that is for those who merge.
    if (events.has(event.eventKey)) return "known";
    events.set(event.eventKey, event);
  }
  const states = [...byOrder.values()].flatMap((events) => projectOrder([...events.values()], readAt) ?? []);
  return scope.transaction(async (client) => {
    await client.query("set local synchronous_commit = off");
    await stageEvents(client, shop.id, read);
    await stageFacts(client, shop.id, states, new Map());
    await lockRecording(client, shop.id);
    if (await anythingKnown(client, shop.id, [...byOrder.keys()])) {
      await client.query("truncate new_order_event, new_order_fact, new_shipment_fact");
      return "known";
    }
    await insertStagedEvents(client, "impossible");
    await upsertStagedFacts(client, shop.timeZone);
    return "recorded";
  });
}

/**
 * Whether anything was heard of the orders in this stretch of ids, or of what orders are to forget. Batches come in the
 * order of ids, so a stretch holds hardly any others.
 */
async function anythingKnown(client: pg.ClientBase, shopId: number, orderIds: string[]): Promise<boolean> {
  // What PostgreSQL knows of tables that are just being filled would have it read them whole.
  await client.query("set local enable_seqscan = off");
  const ids = orderIds.map(BigInt).sort((a, b) => (a < b ? -1 : 1));
  const { rows } = await client.query<{ known: boolean }>(
    `select exists (select from order_event where shop_id = $1 and order_id between $2 and $3)
       or exists (select from tombstone where shop_id = $1)
       or exists (select from customer_alias where shop_id = $1) as known`,
    [shopId, ids[0] ?? 0, ids.at(-1) ?? 0],
  );
  return rows[0]!.known;
}
