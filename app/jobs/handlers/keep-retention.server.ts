import { forShop, prisma } from "~/db.server";
import { env } from "~/env.server";
import { enqueue } from "~/jobs/enqueue.server";
import { log } from "~/log.server";
import { redactLateDeliveries } from "~/privacy/redact.server";
import { deleteExpired, readRetention } from "~/privacy/retention.server";
import { renewStaffContacts } from "~/privacy/staff-contacts.server";
import { renewEverySession } from "~/shopify/encrypted-sessions.server";

const DAY_MS = 86_400_000;

/** Deletes what one shop keeps no longer, and what came late about shoppers it has been asked to forget. */
export async function keepRetention({ shopId }: { shopId: number }, now: number): Promise<void> {
  const shop = await prisma.shop.findUnique({ where: { id: shopId }, select: { id: true } });
  if (!shop) return;
  const scope = forShop(shopId);
  const settings = await readRetention(scope);
  // A delivery can wait as long as the inbox keeps it, and no longer.
  await redactLateDeliveries(scope, new Date(now - 2 * settings.inboxDays * DAY_MS));
  await renewStaffContacts(scope, env.ENCRYPTION_KEY);
  const deleted = await deleteExpired(scope, settings, new Date(now));
  log.info({ deleted }, "retention kept");
}

/** Asks for it in every shop, uninstalled ones too, and brings tokens under the current key. */
export async function keepRetentionOfEveryShop(): Promise<void> {
  await renewEverySession(env.ENCRYPTION_KEY);
  const shops = await prisma.shop.findMany({ select: { id: true } });
  for (const { id } of shops) await enqueue("keep-retention", { shopId: id }, { key: `keep-retention:${id}` });
}
