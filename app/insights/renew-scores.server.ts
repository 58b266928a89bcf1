import type { Shop } from "@prisma/client";
import type { ShopScope } from "~/db.server";
import { applyWhatIsUsual, learnUsual } from "~/facts/learn-usual.server";
import { defaultDeliveryCard } from "~/scores/delivery-default-card";
import { scoreOrders } from "~/scores/score-orders.server";
import { markDaysWithOpenPromises, renewDeliveryDays } from "./delivery-days.server";

/**
 * Brings everything that follows from the facts up to `now` (epoch ms): what is usual, the scores of all orders or of
 * those still under way, and the rollups. One at a time per shop; a second caller waits its turn.
 */
export async function renewScores(
  scope: ShopScope,
  shop: Pick<Shop, "timeZone">,
  options: { orders: "all" | "open"; now: number; scored?: (total: number) => Promise<void> },
): Promise<void> {
  await scope.exclusively("scores", "wait", async () => {
    await learnUsual(scope, shop.timeZone, options.now);
    await scoreOrders(scope, { ...options, card: defaultDeliveryCard });
    await markDaysWithOpenPromises(scope);
    await renewDeliveryDays(scope, options.now);
  });
}

/** Brings the scores of some orders, and the rollups of their days, up to `now`, by what was last learnt of the shop. */
export async function renewScoresOfOrders(
  scope: ShopScope,
  shop: Pick<Shop, "timeZone">,
  { orderIds, now }: { orderIds: readonly string[]; now: number },
): Promise<void> {
  await scope.exclusively("scores", "wait", async () => {
    await applyWhatIsUsual(scope, shop.timeZone, now, orderIds);
    await scoreOrders(scope, { orders: orderIds, now, card: defaultDeliveryCard });
    await renewDeliveryDays(scope, now);
  });
}
