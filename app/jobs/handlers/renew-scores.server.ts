import { forShop, prisma } from "~/db.server";
import { renewScores, renewScoresOfOrders } from "~/insights/renew-scores.server";
import { enqueue } from "~/jobs/enqueue.server";

/** Scores a shop's orders as of now, all of them or those still under way, and renews the rollups. */
export async function renewScoresOfShop(
  { shopId, orders }: { shopId: number; orders: "all" | "open" },
  now: number,
): Promise<void> {
  const shop = await prisma.shop.findUnique({ where: { id: shopId } });
  if (!shop || shop.uninstalledAt) return;
  await renewScores(forShop(shopId), shop, { orders, now });
}

/** Scores the orders of which something was recorded, and renews the rollups of their days. */
export async function scoreRecordedOrders(
  { shopId, orderIds }: { shopId: number; orderIds: string[] },
  now: number,
): Promise<void> {
  const shop = await prisma.shop.findUnique({ where: { id: shopId } });
  if (!shop || shop.uninstalledAt) return;
  await renewScoresOfOrders(forShop(shopId), shop, { orderIds, now });
}

/** Asks for it in every shop that has Ease, one job each. */
export async function renewScoresOfEveryShop(): Promise<void> {
  const shops = await prisma.shop.findMany({ where: { uninstalledAt: null }, select: { id: true } });
  for (const { id } of shops) {
    await enqueue("renew-scores", { shopId: id, orders: "open" }, { key: `renew-scores-open:${id}` });
  }
}
