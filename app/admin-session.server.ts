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
  const shop = await inTurn(shopSaid(request), () => enter(request, now));
  return { shop, scope: forShop(shop.id), locale: localeOf(request) };
}

async function enter(request: Request, now: number): Promise<Shop> {
  const { session } = await authenticate.admin(request);
  return installedShop(session.shop, now).catch(async (error: unknown) => {
    if (!(error instanceof EaseError) || !TOKEN_LOST.has(error.code)) throw error;
    // The stored token is forgotten by now, so this exchanges the visitor's session token for a new one.
    await authenticate.admin(request);
    return installedShop(session.shop, now);
  });
}

/** Refused by Shopify, or forgotten by another process that saw it refused. */
const TOKEN_LOST = new Set(["token_refused", "shop_uninstalled"]);

const turns = new Map<string, Promise<unknown>>();

/**
 * Lets one visit of a shop in at a time. The loaders of a page run side by side; on a first visit each would exchange
 * the session token for an offline one, Shopify revokes all but the last it gave, and another might be stored last.
 */
async function inTurn<T>(shop: string, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(shop) ?? Promise.resolve()).then(work, work);
  turns.set(shop, mine);
  try {
    return await mine;
  } finally {
    if (turns.get(shop) === mine) turns.delete(shop);
  }
}

/** The shop a request names, unverified: good for waiting in the right line, for nothing else. */
function shopSaid(request: Request): string {
  const token = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "";
  const [, claims = ""] = token.split(".");
  try {
    const { dest } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { dest?: unknown };
    return new URL(String(dest)).hostname;
  } catch {
    return new URL(request.url).searchParams.get("shop") ?? "";
  }
}

function localeOf(request: Request): string {
  const asked = new URL(request.url).searchParams.get("locale") ?? "en";
  try {
    return Intl.getCanonicalLocales(asked)[0] ?? "en";
  } catch {
    return "en";
  }
}
