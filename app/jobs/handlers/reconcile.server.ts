import type { Shop } from "@prisma/client";
import { forShop, prisma, type ShopScope } from "~/db.server";
import { EaseError } from "~/errors";
import { recordAbandonedCheckouts } from "~/facts/record-abandoned-checkouts.server";
import { recordBulkOrders } from "~/facts/record-orders.server";
import { keepWithheld, readWhatIsOpen } from "~/ingest/access.server";
import { latestBackfill } from "~/ingest/backfill.server";
import { grantedScopes, requestBackfill } from "~/ingest/install.server";
import type { WithheldPart } from "~/ingest/order-parts";
import { readAbandonedCheckouts } from "~/ingest/read-abandoned-checkouts.server";
import { readOrders } from "~/ingest/read-orders.server";
import {
  advanceWatermark,
  changedOrders,
  comparedUntil,
  type Comparison,
  type ComparisonKind,
  keepComparison,
  type ListedOrder,
  newestScans,
  ordersBehind,
  ordersHeldBack,
  ordersUnderWay,
} from "~/ingest/reconcile.server";
import { enqueue } from "~/jobs/enqueue.server";
import { AccessDenied } from "~/shopify/admin-client.server";

/** Shopify gives orders, and checkouts, of so many days to every app. */
const FIRST_LOOK_MS = 60 * 86_400_000;

/** Shops take their turns over so long, so that they do not all ask at once. */
const SPREAD_HOURLY_MS = 40 * 60_000;
const SPREAD_DAILY_MS = 5 * 3_600_000;

/** Asks for a comparison of every shop that has Ease, one job each, spread over the hour. */
export async function reconcileEveryShop(): Promise<void> {
  for (const { id } of await installedShops()) {
    await enqueue("reconcile", { shopId: id }, { key: `reconcile:${id}`, inMs: turnOf(id, SPREAD_HOURLY_MS) });
  }
}

/** Asks for a reading of the parcels under way of every shop, spread over some hours. */
export async function rereadParcelsOfEveryShop(): Promise<void> {
  for (const { id } of await installedShops()) {
    await enqueue("reread-parcels", { shopId: id }, { key: `reread-parcels:${id}`, inMs: turnOf(id, SPREAD_DAILY_MS) });
  }
}

function installedShops(): Promise<{ id: number }[]> {
  return prisma.shop.findMany({ where: { uninstalledAt: null }, select: { id: true }, orderBy: { id: "asc" } });
}

/** The same shop at the same minute each time: neighbours in number are far apart in time. */
function turnOf(shopId: number, spreadMs: number): number {
  return Math.floor(((shopId * 0.6180339887) % 1) * spreadMs);
}

/**
 * Compares a shop with Shopify by what changed there since the last time, and records what never arrived. Repeatable at
 * any point: what was repaired is not behind any more, and the watermark has moved only past what was.
 */
export async function reconcile({ shopId }: { shopId: number }, now: number): Promise<void> {
  const known = await prisma.shop.findUnique({ where: { id: shopId } });
  if (!known || known.uninstalledAt) return;
  const scope = forShop(shopId);
  await scope.exclusively("reconcile", "leave", async () => {
    // A webhook about scopes can be lost as any other.
    const shop = { ...known, scopes: await grantedScopes(known) };
    const repaired = await compareOrders(scope, shop, now);
    await compareAbandonedCheckouts(scope, shop, now);
    if (repaired > 0) await requestScores(shopId);
  });
}

async function compareOrders(scope: ShopScope, shop: Shop, now: number): Promise<number> {
  const backfill = await latestBackfill(scope);
  if (backfill?.state === "done" && backfill.limitedTo === "60_days" && shop.scopes.includes("read_all_orders")) {
    await requestBackfill(shop, now);
    return 0;
  }
  // A history that is still being read has everything up to when it was asked for; after that the comparison follows.
  const read = backfill?.state === "done" ? backfill.requestedAt.getTime() : null;
  const watermark = await comparedUntil(scope, "orders");
  if (read === null && watermark === null) return backfill?.state === "failed" ? refusedBefore(scope, shop, now) : 0;
  const since = Math.max(read ?? 0, watermark ?? 0);
  return run(scope, shop, "orders", now, async (without, found) => {
    for await (const page of changedOrders(shop.domain, since, without)) {
      await repair(scope, shop, page, without, found, now);
      const reached = page.at(-1)?.updatedAt ?? null;
      if (reached !== null) await advanceWatermark(scope, "orders", Math.min(reached, now), now);
    }
    return now;
  });
}

/** After a first import that Shopify refused: whether it gives the orders now. */
async function refusedBefore(scope: ShopScope, shop: Shop, now: number): Promise<number> {
  return run(scope, shop, "orders", now, async (without) => {
    await changedOrders(shop.domain, now, without).next();
    return 0;
  });
}

/** Reads by id those of a page of orders that are behind, and records them. */
async function repair(
  scope: ShopScope,
  shop: Shop,
  page: readonly ListedOrder[],
  without: readonly WithheldPart[],
  found: { compared: number; repaired: number },
  now: number,
): Promise<void> {
  found.compared += page.length;
  const behind = await ordersBehind(scope, page);
  for await (const { orders } of readOrders(shop.domain, behind, without)) {
    if (orders.length === 0) continue;
    await recordBulkOrders(scope, shop, orders, now);
    found.repaired += orders.length;
  }
}

/**
 * Reads the parcels under way again, and the orders that wait to be sent: a carrier's scan and a hold need not show as a
 * change of their order.
 */
export async function rereadParcels({ shopId }: { shopId: number }, now: number): Promise<void> {
  const shop = await prisma.shop.findUnique({ where: { id: shopId } });
  if (!shop || shop.uninstalledAt) return;
  const scope = forShop(shopId);
  await scope.exclusively("reread-parcels", "leave", async () => {
    const underWay = await ordersUnderWay(scope, now);
    const repaired = await run(scope, shop, "parcels", now, async (without, found) => {
      for await (const page of newestScans(shop.domain, underWay)) {
        await repair(scope, shop, page, without, found, now);
      }
      for await (const { orders } of readOrders(shop.domain, await ordersHeldBack(scope, now), without)) {
        if (orders.length === 0) continue;
        await recordBulkOrders(scope, shop, orders, now);
        found.compared += orders.length;
      }
      return now;
    });
    if (repaired > 0) await requestScores(shopId);
  });
}

/** One comparison: what is withheld is left out, and how it ended is kept. Gives how many orders were repaired. */
async function run(
  scope: ShopScope,
  shop: Shop,
  kind: ComparisonKind,
  now: number,
  compare: (without: readonly WithheldPart[], found: { compared: number; repaired: number }) => Promise<number>,
): Promise<number> {
  const found = { compared: 0, repaired: 0 };
  const ended = (until: number, trouble: string | null) =>
    keepComparison(scope, { kind, comparedUntil: until, ranAt: now, ...found, trouble } satisfies Comparison);
  try {
    const { result, regained } = await readWhatIsOpen(scope, shop, now, (without) => {
      found.compared = 0;
      return compare(without, found);
    });
    await ended(result, null);
    // What could not be read before is missing from all orders, not only from those that change.
    if (regained.length > 0) await requestBackfill(shop, now);
  } catch (error) {
    await ended(0, error instanceof EaseError ? error.code : "unexpected");
    // Trying again would not open what Shopify withholds; the next comparison looks by itself.
    if (!(error instanceof AccessDenied)) throw error;
  }
  return found.repaired;
}

async function compareAbandonedCheckouts(scope: ShopScope, shop: Shop, now: number): Promise<void> {
  const kind = "abandoned_checkouts";
  const since = (await comparedUntil(scope, kind)) ?? now - FIRST_LOOK_MS;
  const found = { compared: 0, repaired: 0 };
  const ended = (until: number, trouble: string | null) =>
    keepComparison(scope, { kind, comparedUntil: until, ranAt: now, ...found, trouble });
  try {
    for await (const page of readAbandonedCheckouts(shop.domain, since)) {
      found.compared += page.length;
      found.repaired += await recordAbandonedCheckouts(scope, page);
    }
    await ended(now, null);
    await keepWithheld(scope, [kind], new Map(), now);
  } catch (error) {
    await ended(0, error instanceof EaseError ? error.code : "unexpected");
    if (!(error instanceof AccessDenied)) throw error;
    await keepWithheld(scope, [kind], new Map([[kind, "refused"]]), now);
  }
}

async function requestScores(shopId: number): Promise<void> {
  await enqueue("renew-scores", { shopId, orders: "open" }, { key: `renew-scores-open:${shopId}` });
}
