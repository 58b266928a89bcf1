import { forShop, prisma } from "~/db.server";
import { learnUsual } from "~/facts/learn-usual.server";
import { markDaysWithOpenPromises, renewDeliveryDays } from "~/insights/delivery-days.server";
import { enqueue } from "~/jobs/enqueue.server";
import { defaultDeliveryCard } from "~/scores/delivery-default-card";
import { scoreOrders } from "~/scores/score-orders.server";

/** Scores a shop's orders as of now, all of them or those still under way, and renews the rollups that depend on it. */
export async function renewScores(
  { shopId, orders }: { shopId: number; orders: "all" | "open" },
  now: number,
): Promise<void> {
  const shop = await prisma.shop.findUniqueOrThrow({ where: { id: shopId } });
  if (shop.uninstalledAt) return;
  const scope = forShop(shopId);
  await learnUsual(scope, shop.timeZone, now);
  await scoreOrders(scope, { orders, now, card: defaultDeliveryCard });
  await markDaysWithOpenPromises(scope);
  await renewDeliveryDays(scope, now);
}

/** Asks for it in every shop that has Ease, one job each. */
export async function renewScoresOfEveryShop(): Promise<void> {
  const shops = await prisma.shop.findMany({ where: { uninstalledAt: null }, select: { id: true } });
  for (const { id } of shops) {
    await enqueue("renew-scores", { shopId: id, orders: "open" }, { key: `renew-scores-open:${id}` });
  }
}
