import { z } from "zod";
import type { ShopScope } from "~/db.server";

const STATES = ["requested", "running", "recording", "scoring", "done", "failed"] as const;

/** The latest reading of the shop's history. */
export interface ImportProgress {
  state: (typeof STATES)[number];
  attempts: number;
  /** As Shopify counts while it works; null until it has said so. */
  ordersFound: number | null;
  ordersRecorded: number;
  ordersScored: number;
  limitedTo: string | null;
  errorCode: string | null;
  requestedAt: number;
  finishedAt: number | null;
  /** Lines of Shopify's files that could not be read, by reason. */
  setAside: { reason: string; lines: number }[];
}

const backfillRow = z.object({
  id: z.number(),
  state: z.enum(STATES),
  attempts: z.number(),
  orders_found: z.number().nullable(),
  orders_recorded: z.number(),
  orders_scored: z.number(),
  lines_set_aside: z.number(),
  limited_to: z.string().nullable(),
  error_code: z.string().nullable(),
  requested_at: z.number(),
  finished_at: z.number().nullable(),
});

const LATEST = `
  select id, state, attempts, orders_found, orders_recorded, orders_scored, lines_set_aside, limited_to, error_code,
         (extract(epoch from requested_at) * 1000)::float8 as requested_at,
         (extract(epoch from finished_at) * 1000)::float8 as finished_at
  from backfill
  where shop_id = $1
  order by id desc
  limit 1`;

const SET_ASIDE = `
  select reason, count(*)::int as lines
  from set_aside_line
  where shop_id = $1 and backfill_id = $2
  group by reason
  order by lines desc, reason`;

/** How far the latest import has come; null when none was ever asked for. */
export async function readImportProgress(scope: ShopScope): Promise<ImportProgress | null> {
  const [latest] = await scope.query(LATEST, [scope.shopId], backfillRow);
  if (!latest) return null;
  const setAside =
    latest.lines_set_aside > 0
      ? await scope.query(SET_ASIDE, [scope.shopId, latest.id], z.object({ reason: z.string(), lines: z.number() }))
      : [];
  return {
    state: latest.state,
    attempts: latest.attempts,
    ordersFound: latest.orders_found,
    ordersRecorded: latest.orders_recorded,
    ordersScored: latest.orders_scored,
    limitedTo: latest.limited_to,
    errorCode: latest.error_code,
    requestedAt: latest.requested_at,
    finishedAt: latest.finished_at,
    setAside,
  };
}
