import { forShop, prisma } from "~/db.server";
import { idText, type Topic, topics } from "~/ingest/topics";
import { enqueue } from "~/jobs/enqueue.server";
import { answerDataRequest, closeShop, redactCustomer, redactShop } from "~/privacy/redact.server";
import { z } from "zod";

const DELIVERIES_A_TIME = 200;

const inboxRow = z.object({
  webhookId: z.string(),
  topic: z.enum(Object.keys(topics) as [Topic, ...Topic[]]),
  triggeredAt: z.date().nullable(),
  payload: z.unknown(),
});

/** Records what came into a shop's inbox, oldest first. Each delivery may be recorded twice without harm. */
export async function recordInbox({ shopId }: { shopId: number }, now: number): Promise<void> {
  const scope = forShop(shopId);
  for (;;) {
    const deliveries = await scope.query(
      `select webhook_id as "webhookId", topic, triggered_at as "triggeredAt", payload from inbox_delivery
       where shop_id = $1 and recorded_at is null order by triggered_at, webhook_id limit ${DELIVERIES_A_TIME}`,
      [shopId],
      inboxRow,
    );
    for (const delivery of deliveries) {
      const remains = await record(shopId, delivery, now);
      if (remains === "shop-gone") return;
      await scope.transaction((client) =>
        client.query("update inbox_delivery set recorded_at = $3 where shop_id = $1 and webhook_id = $2", [
          shopId,
          delivery.webhookId,
          new Date(now),
        ]),
      );
    }
    if (deliveries.length < DELIVERIES_A_TIME) return;
  }
}

async function record(
  shopId: number,
  delivery: z.output<typeof inboxRow>,
  now: number,
): Promise<"recorded" | "shop-gone"> {
  const shop = await prisma.shop.findUniqueOrThrow({ where: { id: shopId } });
  switch (delivery.topic) {
    case "app/uninstalled":
      // One that was sent before the shop installed again is about an installation that is over.
      if (delivery.triggeredAt && delivery.triggeredAt < shop.installedAt) break;
      await closeShop(shop, delivery.triggeredAt ?? new Date(now));
      break;
    case "app/scopes_update": {
      const { current } = topics["app/scopes_update"].parse(delivery.payload);
      await prisma.shop.update({ where: { id: shopId }, data: { scopes: current } });
      break;
    }
    case "bulk_operations/finish":
      await enqueue("advance-backfill", { shopId }, { key: `advance-backfill:${shopId}` });
      break;
    case "customers/redact": {
      const { customer, orders_to_redact = [] } = topics["customers/redact"].parse(delivery.payload);
      const shopper = { customerId: customer ? idText(customer) : null, orderIds: orders_to_redact.map(String) };
      await redactCustomer(forShop(shopId), shopper, delivery.triggeredAt ?? new Date(now));
      break;
    }
    case "customers/data_request": {
      const { customer, orders_requested = [] } = topics["customers/data_request"].parse(delivery.payload);
      const asked = {
        webhookId: delivery.webhookId,
        customerId: customer ? idText(customer) : null,
        orderIds: orders_requested.map(String),
        askedAt: delivery.triggeredAt ?? new Date(now),
      };
      await answerDataRequest(forShop(shopId), asked, new Date(now));
      break;
    }
    case "shop/redact":
      if (!shop.uninstalledAt) break;
      await redactShop(forShop(shopId), shop);
      return "shop-gone";
  }
  return "recorded";
}
