import { pool, prisma, type ShopScope } from "~/db.server";
import { sessionStorage } from "~/shopify.server";

/** Every table that holds rows of shops, from the catalog, so that a new one cannot be forgotten. */
async function tablesOfShops(): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.columns
     where table_schema = 'public' and column_name = 'shop_id' order by table_name`,
  );
  return rows.map((row) => row.name);
}

/** Ends access to a shop: its tokens are deleted, and jobs that ask for it find it uninstalled. */
export async function closeShop(shop: { id: number; domain: string }, at: Date): Promise<void> {
  await prisma.shop.update({ where: { id: shop.id }, data: { uninstalledAt: at } });
  const sessions = await sessionStorage.findSessionsByShop(shop.domain);
  await sessionStorage.deleteSessions(sessions.map((session) => session.id));
}

/** Deletes everything known of a shop (Shopify's shop/redact, 48 hours after it uninstalled). */
export async function redactShop(scope: ShopScope, shop: { id: number; domain: string }): Promise<void> {
  const tables = await tablesOfShops();
  await scope.transaction(async (client) => {
    for (const table of tables) await client.query(`delete from "${table}" where shop_id = $1`, [shop.id]);
  });
  const sessions = await sessionStorage.findSessionsByShop(shop.domain);
  await sessionStorage.deleteSessions(sessions.map((session) => session.id));
  await prisma.shop.delete({ where: { id: shop.id } });
}

/**
 * Forgets which orders a shopper placed (Shopify's customers/redact). The orders stay, since nothing in them says whose
 * they are once the customer's number and the checkout's token are gone; each is marked, so that a later reading of it
 * brings neither back. The requests themselves are kept without the number they were about.
 */
export async function redactCustomer(scope: ShopScope, customerId: string): Promise<void> {
  await scope.transaction(async (client) => {
    const { rows } = await client.query<{ order_id: string }>(
      `update order_fact set customer_id = null, checkout_token = null
       where shop_id = $1 and customer_id = $2 returning order_id`,
      [scope.shopId, customerId],
    );
    await client.query(
      `update order_event set value = value || '{"customerId": null, "checkoutToken": null, "redacted": true}'
       where shop_id = $1 and kind = 'described' and order_id = any($2::bigint[])`,
      [scope.shopId, rows.map((row) => row.order_id)],
    );
    await client.query(
      `update inbox_delivery set payload = payload - 'customer'
       where shop_id = $1 and payload -> 'customer' ->> 'id' = $2`,
      [scope.shopId, customerId],
    );
  });
}
