import { forShop, prisma } from "~/db.server";
import { recordBulkOrders } from "~/facts/record-orders.server";
import { readWhatIsOpen } from "~/ingest/access.server";
import { readOrders } from "~/ingest/read-orders.server";
import { enqueue } from "~/jobs/enqueue.server";

/**
 * Reads orders by id and records them as they are now. What was recorded before a failure stays; the next try reads all
 * of them again to the same effect.
 */
export async function readOrdersOfShop(
  { shopId, orderIds }: { shopId: number; orderIds: string[] },
  now: number,
): Promise<void> {
  const shop = await prisma.shop.findUnique({ where: { id: shopId } });
  if (!shop || shop.uninstalledAt) return;
  const scope = forShop(shopId);
  await readWhatIsOpen(scope, shop, now, async (without) => {
    for await (const { orders } of readOrders(shop.domain, orderIds, without)) {
      if (orders.length > 0) await recordBulkOrders(scope, shop, orders, now);
    }
  });
  await enqueue("renew-scores", { shopId, orders: "open" }, { key: `renew-scores-open:${shopId}` });
}
