import type { RequestListener, Server } from "node:http";
import { pool } from "~/db.server";
import { env } from "~/env.server";
import { openFront } from "~/front.server";
import { openInbox } from "~/ingest/inbox.server";
import { migrationsOfRelease, readiness } from "~/readiness.server";

/** The web process as it is deployed: webhooks and health before the pages, on the one pool. Does not listen yet. */
export function openWeb(pages: RequestListener): Server {
  const migrations = migrationsOfRelease();
  return openFront({
    inbox: openInbox(pool),
    secret: env.SHOPIFY_API_SECRET,
    ready: () => readiness(pool, migrations),
    pages,
  });
}
