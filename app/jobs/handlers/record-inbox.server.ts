import type { Shop } from "@prisma/client";
import type pg from "pg";
import { z } from "zod";
import { forShop, prisma, type ShopScope } from "~/db.server";
import { type Heard, hearDeliveries, recordHeard } from "~/facts/record-deliveries.server";
import type { Delivery } from "~/facts/events-of-webhook";
import { idText, type Topic, topics } from "~/ingest/topics";
import { enqueue } from "~/jobs/enqueue.server";
import { answerDataRequest, closeShop, redactCustomer, redactShop } from "~/privacy/redact.server";
import { measured } from "~/telemetry.server";

const DELIVERIES_A_TIME = 500;

/** Orders a job of reading or scoring takes at once. */
const ORDERS_A_JOB = 1000;

/** Permissions are granted one after another, and Shopify needs a moment until all of its API knows. */
const SCOPES_SETTLE_MS = 10_000;

/** Together with what comes in the meantime, an order is read once; Shopify also needs a moment to route a new one. */
const READ_AFTER_MS = 2000;

const inboxRow = z.object({
  webhookId: z.string(),
  receivedAt: z.date(),
  topic: z.enum(Object.keys(topics) as [Topic, ...Topic[]]),
  triggeredAt: z.number(),
  payload: z.unknown(),
});

type InboxRow = z.output<typeof inboxRow> & Delivery;

/** Topics about the shop and its people; all others tell of orders and checkouts, and are recorded many at a time. */
const ABOUT_THE_SHOP = new Set<Topic>([
  "app/uninstalled",
  "app/scopes_update",
  "shop/update",
  "bulk_operations/finish",
  "customers/data_request",
  "customers/redact",
  "shop/redact",
]);

/**
 * Records what came into a shop's inbox until nothing waits. Whoever is at it is waited for: what came after their last
 * look would otherwise wait for the next delivery. Each delivery may be recorded twice, and in any order, without harm.
 */
export async function recordInbox({ shopId }: { shopId: number }, now: number): Promise<void> {
  const scope = forShop(shopId);
  await scope.exclusively("record", "wait", async () => {
    for (;;) {
      const shop = await prisma.shop.findUnique({ where: { id: shopId } });
      if (!shop) return;
      const deliveries = await waiting(scope);
      const facts = deliveries.filter((one) => !ABOUT_THE_SHOP.has(one.topic));
      // Deliveries keep coming while this job runs, and Shopify's clock is not ours: what they tell is known by now.
      const at = facts.reduce((latest, one) => Math.max(latest, one.triggeredAt, one.receivedAt.getTime()), now);
      if (facts.length > 0) await recordFacts(scope, shop, facts, at);
      for (const delivery of deliveries.filter((one) => ABOUT_THE_SHOP.has(one.topic))) {
        if ((await recordAboutShop(scope, delivery, now)) === "shop-gone") return;
        await scope.transaction((client) => markRecorded(client, shopId, [delivery], now));
        measureRecorded([delivery]);
      }
      if (deliveries.length < DELIVERIES_A_TIME) return;
    }
  });
}

async function waiting(scope: ShopScope): Promise<InboxRow[]> {
  return scope.query(
    `select webhook_id as "webhookId", received_at as "receivedAt", topic,
       (extract(epoch from coalesce(triggered_at, received_at)) * 1000)::float8 as "triggeredAt", payload
     from inbox_delivery where shop_id = $1 and recorded_at is null
     order by received_at, webhook_id limit ${DELIVERIES_A_TIME}`,
    [scope.shopId],
    inboxRow,
  );
}

async function recordFacts(scope: ShopScope, shop: Shop, deliveries: InboxRow[], now: number): Promise<void> {
  const heard = hearDeliveries(deliveries, shop.currency);
  await recordHeard(scope, shop, heard, now, async (client, { orderIds, toRead }) => {
    const shopId = shop.id;
    for (const ids of inGroups(orderIds)) await enqueue("score-orders", { shopId, orderIds: ids }, { client });
    for (const ids of inGroups(toRead)) {
      await enqueue("read-orders", { shopId, orderIds: ids }, { client, inMs: READ_AFTER_MS });
    }
    for (const parts of inGroups([...new Set(heard.parts)])) {
      await enqueue("find-orders", { shopId, parts }, { client, inMs: READ_AFTER_MS });
    }
    await markRecorded(client, shopId, deliveries, now, heard.unreadable);
  });
  measureRecorded(deliveries);
}

function measureRecorded(deliveries: readonly InboxRow[]): void {
  const { recorded, lag } = measured();
  recorded.add(deliveries.length);
  for (const { triggeredAt } of deliveries) lag.record(Math.max(0, Date.now() - triggeredAt) / 1000);
}

function inGroups<T>(all: T[]): T[][] {
  const groups: T[][] = [];
  for (let from = 0; from < all.length; from += ORDERS_A_JOB) groups.push(all.slice(from, from + ORDERS_A_JOB));
  return groups;
}

async function markRecorded(
  client: pg.ClientBase,
  shopId: number,
  deliveries: readonly InboxRow[],
  now: number,
  unreadable: Heard<InboxRow>["unreadable"] = [],
): Promise<void> {
  const reasons = new Map(unreadable.map(({ delivery, reason }) => [delivery.webhookId, reason]));
  await client.query(
    `update inbox_delivery d set recorded_at = $2, unreadable = done.reason
     from unnest($3::timestamptz[], $4::text[], $5::text[]) as done (received_at, webhook_id, reason)
     where d.shop_id = $1 and d.received_at = done.received_at and d.webhook_id = done.webhook_id`,
    [
      shopId,
      new Date(now),
      deliveries.map((one) => one.receivedAt),
      deliveries.map((one) => one.webhookId),
      deliveries.map((one) => reasons.get(one.webhookId) ?? null),
    ],
  );
}

async function recordAboutShop(
  scope: ShopScope,
  delivery: InboxRow,
  now: number,
): Promise<"recorded" | "shop-gone"> {
  const { shopId } = scope;
  const shop = await prisma.shop.findUniqueOrThrow({ where: { id: shopId } });
  const triggeredAt = new Date(delivery.triggeredAt);
  switch (delivery.topic) {
    case "app/uninstalled":
      // One that was sent before the shop installed again is about an installation that is over.
      if (triggeredAt < shop.installedAt) break;
      await closeShop(shop, triggeredAt);
      break;
    case "app/scopes_update": {
      if (await newerIsRecorded(scope, delivery)) break;
      const { current } = topics["app/scopes_update"].parse(delivery.payload);
      await prisma.shop.update({ where: { id: shopId }, data: { scopes: current } });
      // The comparison sees what can be read now and could not before, and has it read.
      await enqueue("reconcile", { shopId }, { key: `reconcile:${shopId}`, inMs: SCOPES_SETTLE_MS });
      break;
    }
    case "shop/update":
      if (await newerIsRecorded(scope, delivery)) break;
      await updateShop(scope, shop, delivery);
      break;
    case "bulk_operations/finish":
      await enqueue("advance-backfill", { shopId }, { key: `advance-backfill:${shopId}` });
      break;
    case "customers/redact": {
      const { customer, orders_to_redact = [] } = topics["customers/redact"].parse(delivery.payload);
      const shopper = { customerId: customer ? idText(customer) : null, orderIds: orders_to_redact.map(String) };
      await redactCustomer(scope, shopper, triggeredAt);
      break;
    }
    case "customers/data_request": {
      const { customer, orders_requested = [] } = topics["customers/data_request"].parse(delivery.payload);
      const asked = {
        webhookId: delivery.webhookId,
        customerId: customer ? idText(customer) : null,
        orderIds: orders_requested.map(String),
        askedAt: triggeredAt,
      };
      await answerDataRequest(scope, asked, new Date(now));
      break;
    }
    case "shop/redact":
      if (!shop.uninstalledAt) break;
      await redactShop(scope, shop);
      return "shop-gone";
  }
  return "recorded";
}

/** Whether a later word of the same topic is recorded: what a shop says of itself stands as it was last sent. */
async function newerIsRecorded(scope: ShopScope, { topic, triggeredAt }: InboxRow): Promise<boolean> {
  const [found] = await scope.query(
    `select exists (
       select from inbox_delivery
       where shop_id = $1 and topic = $2 and recorded_at is not null and triggered_at > $3
     ) as newer`,
    [scope.shopId, topic, new Date(triggeredAt)],
    z.object({ newer: z.boolean() }),
  );
  return found!.newer;
}

/** The shop as it says it is. */
async function updateShop(scope: ShopScope, shop: Shop, delivery: InboxRow): Promise<void> {
  const said = topics["shop/update"].parse(delivery.payload);
  const timeZone = said.iana_timezone ?? shop.timeZone;
  await scope.transaction(async (client) => {
    await client.query("update shop set name = $2, currency = $3, time_zone = $4 where id = $1", [
      shop.id,
      said.name,
      said.currency,
      timeZone,
    ]);
    if (timeZone === shop.timeZone) return;
    // A shop's days are in its own time zone: both the days orders leave and those they come to are counted anew.
    const markDays =
      "insert into dirty_day select distinct shop_id, day from order_fact where shop_id = $1 on conflict do nothing";
    await client.query(markDays, [shop.id]);
    await client.query("update order_fact set day = (placed_at at time zone $2)::date where shop_id = $1", [
      shop.id,
      timeZone,
    ]);
    await client.query(markDays, [shop.id]);
    await enqueue("renew-scores", { shopId: shop.id, orders: "all" }, { client, key: `renew-scores:${shop.id}` });
  });
}
