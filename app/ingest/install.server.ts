import type { Shop } from "@prisma/client";
import { forShop, prisma } from "~/db.server";
import { enqueue } from "~/jobs/enqueue.server";
import { askAdmin } from "~/shopify/admin-client.server";
import { ShopDetailsDocument } from "~/shopify/documents.generated";

/**
 * The shop's row, made on the first visit after an installation together with the request to read its history. Called on
 * every visit, so it asks Shopify only when there is something to install.
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
  await requestBackfill(shop, now);
  return shop;
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
