import type { Shop } from "@prisma/client";
import { forShop, prisma } from "~/db.server";
import { enqueue } from "~/jobs/enqueue.server";
import { askAdmin } from "~/shopify/admin-client.server";
import { ShopDetailsDocument } from "~/shopify/documents.generated";
import { latestBackfill } from "./backfill.server";
import { comparedUntil } from "./reconcile.server";

/** A shop that comes back after longer has its whole history read again; before, comparing is less work. */
const COMPARE_AFTER_MS = 30 * 86_400_000;

/**
 * The shop's row, made on the first visit after an installation together with the request to read its history. Called
 * on every visit, so it asks Shopify only when there is something to install. A shop that comes back finds what was
 * known, and what happened meanwhile is looked for.
 */
export async function installedShop(shopDomain: string, now: number): Promise<Shop> {
  const known = await prisma.shop.findUnique({ where: { domain: shopDomain } });
  if (known && !known.uninstalledAt) return known;

  const { shop: details, currentAppInstallation } = await askAdmin(shopDomain, ShopDetailsDocument, {});
  const facts = {
    name: details.name,
    currency: details.currencyCode,
    timeZone: details.ianaTimezone,
    scopes: currentAppInstallation.accessScopes.map((scope) => scope.handle),
    installedAt: new Date(now),
    uninstalledAt: null,
  };
  const shop = await prisma.shop.upsert({
    where: { domain: shopDomain },
    create: { domain: shopDomain, ...facts },
    update: facts,
  });
  if (known?.uninstalledAt && (await canCompare(shop, now))) await requestComparison(shop.id);
  else await requestBackfill(shop, now);
  return shop;
}

/** Whether the history was read whole, as far as the scopes now reach, and was up to date not long ago. */
async function canCompare(shop: Pick<Shop, "id" | "scopes">, now: number): Promise<boolean> {
  const scope = forShop(shop.id);
  const backfill = await latestBackfill(scope);
  if (backfill?.state !== "done") return false;
  if (backfill.limitedTo !== null && shop.scopes.includes("read_all_orders")) return false;
  const upToDate = Math.max(backfill.requestedAt.getTime(), (await comparedUntil(scope, "orders")) ?? 0);
  return now - upToDate < COMPARE_AFTER_MS;
}

/** Asks for a comparison with Shopify, and for a reading of the parcels under way, at once. */
export async function requestComparison(shopId: number): Promise<void> {
  await enqueue("reconcile", { shopId }, { key: `reconcile:${shopId}` });
  await enqueue("reread-parcels", { shopId }, { key: `reread-parcels:${shopId}` });
}

/** The scopes the shop grants now, asked of Shopify and kept. */
export async function grantedScopes(shop: Pick<Shop, "id" | "domain">): Promise<string[]> {
  const { currentAppInstallation } = await askAdmin(shop.domain, ShopDetailsDocument, {});
  const scopes = currentAppInstallation.accessScopes.map((scope) => scope.handle);
  await prisma.shop.update({ where: { id: shop.id }, data: { scopes } });
  return scopes;
}

/** Asks for a reading of the whole history. One that has not finished goes on instead of a second one. */
export async function requestBackfill(shop: Pick<Shop, "id" | "scopes">, now: number): Promise<void> {
  await forShop(shop.id).transaction(async (client) => {
    await client.query("select pg_advisory_xact_lock(hashtext($1))", [`backfill:${shop.id}`]);
    await client.query(
      `insert into backfill (shop_id, id, state, requested_at, limited_to)
       select $1, coalesce(max(id), 0) + 1, 'requested', $2, $3 from backfill where shop_id = $1
       having count(*) filter (where state not in ('done', 'failed')) = 0`,
      [shop.id, new Date(now), shop.scopes.includes("read_all_orders") ? null : "60_days"],
    );
    await enqueue("advance-backfill", { shopId: shop.id }, { client, key: `advance-backfill:${shop.id}` });
  });
}
