import type { Shop } from "@prisma/client";
import { forShop, type ShopScope } from "~/db.server";
import { EaseError } from "~/errors";
import { installedShop } from "~/ingest/install.server";
import { authenticate } from "~/shopify.server";

export interface AdminVisit {
  shop: Shop;
  scope: ShopScope;
  /** BCP 47, as Shopify admin says it in the address; "en" when it does not. */
  locale: string;
}

/**
 * What every admin route starts with: who asks, and for which shop. The shop comes from Shopify's signed session token,
 * never from the address. Throws the Response Shopify's library wants sent when the request is not authenticated.
 */
export async function requireShop(request: Request, now = Date.now()): Promise<AdminVisit> {
  const { session } = await authenticate.admin(request);
  const shop = await installedShop(session.shop, now).catch(async (error: unknown) => {
    if (!(error instanceof EaseError) || error.code !== "token_refused") throw error;
    // The stored token is forgotten by now, so this exchanges the visitor's session token for a new one.
    await authenticate.admin(request);
    return installedShop(session.shop, now);
  });
  return { shop, scope: forShop(shop.id), locale: localeOf(request) };
}

function localeOf(request: Request): string {
  const asked = new URL(request.url).searchParams.get("locale") ?? "en";
  try {
    return Intl.getCanonicalLocales(asked)[0] ?? "en";
  } catch {
    return "en";
  }
}
