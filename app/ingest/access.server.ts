import { z } from "zod";
import type { ShopScope } from "~/db.server";
import { AccessDenied } from "~/shopify/admin-client.server";
import { partOfField, partsWithoutScope, WITHHELD_PARTS, type WithheldPart } from "./order-parts";

const ORDER_PARTS: readonly WithheldPart[] = ["orders", "customers", "returns", "fulfillment_orders"];

/** The parts of a shop that Shopify is known to withhold. */
export async function withheldParts(scope: ShopScope): Promise<WithheldPart[]> {
  const sql = "select part from withheld_part where shop_id = $1 order by part";
  const rows = await scope.query(sql, [scope.shopId], z.object({ part: z.enum(WITHHELD_PARTS) }));
  return rows.map((row) => row.part);
}

/**
 * Reads from Shopify what it lets Ease read: a part without its scope is not asked for, and one that is refused is left
 * out of a second try. What is withheld is kept with the moment it was first missed, and forgotten once it can be read.
 * `read` may run several times. Gives what it gave, and the parts that can be read again.
 *
 * Throws `AccessDenied` when nothing is left to read, after keeping why.
 */
export async function readWhatIsOpen<T>(
  scope: ShopScope,
  shop: { scopes: readonly string[] },
  now: number,
  read: (without: readonly WithheldPart[]) => Promise<T>,
): Promise<{ result: T; regained: WithheldPart[] }> {
  const withoutScope = partsWithoutScope(shop.scopes);
  const without = new Map<WithheldPart, Cause>(withoutScope.map((part) => [part, "scope"]));
  for (;;) {
    try {
      const result = await read([...without.keys()]);
      return { result, regained: await keepWithheld(scope, ORDER_PARTS, without, now) };
    } catch (error) {
      if (!(error instanceof AccessDenied)) throw error;
      const parts = error.fields.map(partOfField);
      const news = parts.filter((part) => part !== "orders" && !without.has(part));
      for (const part of news) without.set(part, "refused");
      if (news.length > 0 && !parts.includes("orders")) continue;
      if (!without.has("orders")) without.set("orders", "refused");
      await keepWithheld(scope, ORDER_PARTS, without, now);
      throw error;
    }
  }
}

export type Cause = "scope" | "refused";

/**
 * Keeps which of the parts looked at are withheld. One that was already keeps its moment. Gives those that were
 * withheld and no longer are.
 */
export async function keepWithheld(
  scope: ShopScope,
  looked: readonly WithheldPart[],
  withheld: ReadonlyMap<WithheldPart, Cause>,
  now: number,
): Promise<WithheldPart[]> {
  const parts = [...withheld.keys()];
  return scope.transaction(async (client) => {
    await client.query(
      `insert into withheld_part (shop_id, part, cause, since)
       select $1, part, cause, $4 from unnest($2::text[], $3::text[]) as missed (part, cause)
       on conflict (shop_id, part) do update set cause = excluded.cause`,
      [scope.shopId, parts, parts.map((part) => withheld.get(part)), new Date(now)],
    );
    const { rows } = await client.query<{ part: WithheldPart }>(
      "delete from withheld_part where shop_id = $1 and part = any($2) and part <> all($3) returning part",
      [scope.shopId, looked, parts],
    );
    return rows.map((row) => row.part);
  });
}
