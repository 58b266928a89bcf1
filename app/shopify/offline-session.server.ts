import type { Session } from "@shopify/shopify-api";
import { pool } from "~/db.server";
import { env } from "~/env.server";
import { EaseError } from "~/errors";
import { sessionStorage, unauthenticated } from "~/shopify.server";
import { forgetToken } from "./encrypted-sessions.server";

/** Shopify's library refreshes a token this long before it expires; so do we. */
const REFRESH_WITHIN_MS = 5 * 60 * 1000;

/**
 * The shop's offline session with a token that is good for at least the next minutes. A refresh token works once, so two
 * jobs that refresh at the same moment would lock each other out: refreshing is serialised per shop by an advisory lock,
 * and whoever waited finds the new token already stored.
 *
 * Throws `EaseError`: `shop_uninstalled` when there is no session, `admin_api_unreachable` when Shopify did not refresh
 * the token. Whether it refused or did not answer its library does not tell, so the session stays, to be tried again.
 */
export async function offlineSession(shopDomain: string): Promise<Session> {
  const stored = await loadSession(shopDomain);
  if (!stored.isExpired(REFRESH_WITHIN_MS)) return stored;

  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock(hashtext($1))", [`offline-token:${shopDomain}`]);
    const latest = await loadSession(shopDomain);
    if (!latest.isExpired(REFRESH_WITHIN_MS)) return latest;
    const { session } = await unauthenticated.admin(shopDomain).catch((cause: unknown) => {
      throw new EaseError(
        "admin_api_unreachable",
        `${shopDomain}: the token was not refreshed`,
        "Shopify did not renew the access to this shop. Nothing was lost; open Ease in Shopify admin to connect it again.",
        { cause },
      );
    });
    return session;
  } finally {
    await client.query("commit").catch(() => undefined);
    client.release();
  }
}

async function loadSession(shopDomain: string): Promise<Session> {
  const session = await sessionStorage.loadSession(`offline_${shopDomain}`);
  if (session) return session;
  throw new EaseError(
    "shop_uninstalled",
    `no offline session for ${shopDomain}`,
    "Ease has no access to this shop. Open Ease in Shopify admin to connect it again.",
  );
}

/** Forgets a session whose token Shopify refused, unless a newer one has taken its place. */
export async function forgetSession(refused: Session): Promise<void> {
  await forgetToken(env.ENCRYPTION_KEY, refused);
}
