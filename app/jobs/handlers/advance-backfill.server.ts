import type { Shop } from "@prisma/client";
import { forShop, pool, prisma, type ShopScope } from "~/db.server";
import { EaseError } from "~/errors";
import { recordBulkOrders } from "~/facts/record-orders.server";
import {
  bulkProgress,
  keepSetAside,
  openBackfill,
  restartOrFail,
  startBulkOperations,
  updateBackfill,
} from "~/ingest/backfill.server";
import { type BulkFiles, readBulkFiles, type SetAside } from "~/ingest/read-bulk-files.server";
import { enqueue } from "~/jobs/enqueue.server";
import { inSpan } from "~/telemetry.server";
import { renewScores } from "~/insights/renew-scores.server";
import { AccessDenied } from "~/shopify/admin-client.server";

/** How long until Shopify is asked again whether its files are ready; its webhook usually comes first. */
const LOOK_AGAIN_MS = 1000;
const LOOK_AGAIN_AT_MOST_MS = 30_000;
const RESTART_AFTER_MS = 5000;

/** While PostgreSQL writes one batch, the next is read and made ready. */
const BATCHES_AT_ONCE = 3;

/** A few bad lines are looked at one by one; beyond this many only their number grows. */
const SET_ASIDE_KEPT = 1000;

/**
 * Takes a shop's backfill one step further. Each step can be repeated: what was recorded is recorded again to the same
 * effect, so a worker that dies half way loses nothing but time.
 */
export async function advanceBackfill({ shopId }: { shopId: number }, now: number): Promise<void> {
  const shop = await prisma.shop.findUnique({ where: { id: shopId } });
  if (!shop || shop.uninstalledAt) return;
  const scope = forShop(shopId);
  // Shopify's webhook and our own look may ask at the same moment; whoever is at it asks again by itself.
  await scope.exclusively("backfill", "leave", () => advance(scope, shop, now));
}

/**
 * Takes up what a killed worker, or too many failures, left lying. Where somebody is at it already, the job this asks
 * for finds the backfill taken and ends.
 */
export async function resumeBackfills(): Promise<void> {
  const shops = await prisma.shop.findMany({ where: { uninstalledAt: null }, select: { id: true } });
  for (const { id } of shops) {
    if (await openBackfill(forShop(id))) {
      await enqueue("advance-backfill", { shopId: id }, { key: `advance-backfill:${id}` });
    }
  }
}

async function advance(scope: ShopScope, shop: Shop, now: number): Promise<void> {
  const shopId = shop.id;
  const backfill = await openBackfill(scope);
  if (!backfill) return;
  const again = (inMs: number) =>
    enqueue("advance-backfill", { shopId }, { key: `advance-backfill:${shopId}`, inMs });

  if (backfill.state === "scoring") {
    await scoreHistory(scope, shop, backfill, now);
    return;
  }
  if (backfill.state === "requested") {
    try {
      await startBulkOperations(scope, shop, backfill, now);
    } catch (error) {
      if (!(error instanceof AccessDenied)) throw error;
      // The hourly comparison notices when Shopify gives the orders after all, and asks for another backfill.
      await updateBackfill(scope, backfill, { state: "failed", errorCode: "ACCESS_DENIED", finishedAt: new Date(now) });
      return;
    }
    await again(LOOK_AGAIN_MS);
    return;
  }

  const progress = await bulkProgress(shop, backfill);
  switch (progress.kind) {
    case "broken":
      if ((await restartOrFail(scope, backfill, progress.reason, now)) === "restarted") {
        await again(RESTART_AFTER_MS * backfill.attempts);
      }
      return;
    case "running": {
      await updateBackfill(scope, backfill, { ordersFound: progress.ordersFound });
      const waitedMs = now - backfill.requestedAt.getTime();
      await again(Math.min(LOOK_AGAIN_AT_MOST_MS, Math.max(LOOK_AGAIN_MS, waitedMs / 10)));
      return;
    }
    case "ready":
      await updateBackfill(scope, backfill, { state: "recording", ordersFound: progress.ordersFound });
      try {
        const { files } = progress;
        if (files) await inSpan("backfill record", {}, () => recordHistory(scope, shop, backfill, files, now));
      } catch (error) {
        if (!(error instanceof EaseError) || error.code !== "bulk_file_unreadable") throw error;
        if ((await restartOrFail(scope, backfill, error.code, now)) === "restarted") {
          await again(RESTART_AFTER_MS * backfill.attempts);
        }
        return;
      }
      await updateBackfill(scope, backfill, { state: "scoring" });
      await inSpan("backfill score", {}, () => scoreHistory(scope, shop, backfill, now));
  }
}

/** Records the orders of a backfill's files, and how far it has come. */
export async function recordHistory(
  scope: ShopScope,
  shop: Shop,
  backfill: { id: number },
  files: BulkFiles,
  now: number,
): Promise<void> {
  const setAside: SetAside[] = [];
  let linesSetAside = 0;
  let ordersRecorded = 0;
  const client = await pool.connect();
  try {
    const batches = readBulkFiles(client, files, (line) => {
      linesSetAside++;
      if (setAside.length < SET_ASIDE_KEPT) setAside.push(line);
    });
    const recording: Promise<void>[] = [];
    try {
      for await (const orders of batches) {
        // Work for a shop stops when it uninstalls; whoever asks again finds nothing to do.
        const left = await prisma.shop.findUnique({ where: { id: shop.id }, select: { uninstalledAt: true } });
        if (!left || left.uninstalledAt) throw uninstalled(shop.domain);
        const recorded = recordBulkOrders(scope, shop, orders, now).then(() => {
          ordersRecorded += orders.length;
          return updateBackfill(scope, backfill, { ordersRecorded, linesSetAside });
        });
        // A failure is thrown when its turn comes.
        recorded.catch(() => undefined);
        recording.push(recorded);
        if (recording.length >= BATCHES_AT_ONCE) await recording.shift();
      }
      await Promise.all(recording);
    } finally {
      await Promise.allSettled(recording);
    }
  } finally {
    // The staged rows are a temporary table of this connection.
    client.release(true);
  }
  await updateBackfill(scope, backfill, { ordersRecorded, linesSetAside });
  await keepSetAside(scope, backfill, setAside);
}

function uninstalled(domain: string): EaseError {
  return new EaseError("shop_uninstalled", `${domain} uninstalled`, "Ease was uninstalled while it read the history.");
}

/** Scores all orders of the shop, which ends the backfill. */
export async function scoreHistory(
  scope: ShopScope,
  shop: Shop,
  backfill: { id: number },
  now: number,
): Promise<void> {
  await renewScores(scope, shop, {
    orders: "all",
    now,
    scored: (ordersScored) => updateBackfill(scope, backfill, { ordersScored }),
  });
  await updateBackfill(scope, backfill, { state: "done", errorCode: null, finishedAt: new Date(now) });
}
