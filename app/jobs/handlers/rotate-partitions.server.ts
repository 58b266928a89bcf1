import { z } from "zod";
import { forShop, pool, prisma } from "~/db.server";
import { ensurePartitions } from "~/ingest/partitions.server";

const DAY_MS = 86_400_000;

/** Made ahead, so that rows find their partition also while this job cannot run for some days. */
const DAYS_AHEAD = 7;
const MONTHS_AHEAD = 3;

/** What a shop without a setting of its own keeps. */
const DEFAULTS = { inboxDays: 30, historyMonths: 25 };

const settingRow = z.object({ inboxDays: z.number(), historyMonths: z.number() });

/**
 * Makes the partitions of the days and months to come, and drops those that ended before anything a shop still keeps:
 * what is old goes as a whole table, without a row being deleted.
 */
export async function rotatePartitions(_: object, now: number): Promise<void> {
  const today = new Date(now);
  const days = Array.from({ length: DAYS_AHEAD + 1 }, (_, ahead) => now + ahead * DAY_MS);
  const months = Array.from({ length: MONTHS_AHEAD + 1 }, (_, ahead) =>
    Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + ahead, 1),
  );
  await ensurePartitions("inbox_delivery", days);
  await ensurePartitions("order_event", months);

  const kept = await longestSettings();
  const monthsBack = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - kept.historyMonths, 1);
  await pool.query("select ease_drop_partitions('inbox_delivery', $1)", [new Date(now - kept.inboxDays * DAY_MS)]);
  await pool.query("select ease_drop_partitions('order_event', $1)", [new Date(monthsBack)]);
}

/** A partition holds rows of all shops, so the shop that keeps longest decides. Each is asked by itself, as always. */
async function longestSettings(): Promise<z.output<typeof settingRow>> {
  const longest = { ...DEFAULTS };
  for (const { id } of await prisma.shop.findMany({ select: { id: true } })) {
    const [setting] = await forShop(id).query(
      `select inbox_days as "inboxDays", history_months as "historyMonths" from shop_setting where shop_id = $1`,
      [id],
      settingRow,
    );
    longest.inboxDays = Math.max(longest.inboxDays, setting?.inboxDays ?? 0);
    longest.historyMonths = Math.max(longest.historyMonths, setting?.historyMonths ?? 0);
  }
  return longest;
}
