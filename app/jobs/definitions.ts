import { z } from "zod";

const forOneShop = z.object({ shopId: z.number().int() });

/**
 * Every job Ease runs: what it is told, how often it is tried before it counts as given up, and its priority where it goes
 * before the others (lower is sooner, 0 is usual). A job may run twice and late; its key makes a second request for the
 * same work replace the first.
 */
export const jobs = {
  /** Takes a shop's backfill one step further: start, look, record, score. */
  "advance-backfill": { payload: forOneShop, maxAttempts: 10 },
  /** Asks for `advance-backfill` where a backfill is not finished: a worker that was killed leaves its job locked. */
  "resume-backfills": { payload: z.object({}).loose(), maxAttempts: 3 },
  /** Gives jobs that a killed worker had begun back to the queue. */
  "unlock-jobs": { payload: z.object({}).loose(), maxAttempts: 1 },
  /** Records what webhooks brought into a shop's inbox, in order. */
  "record-inbox": { payload: forOneShop, maxAttempts: 10, priority: -10 },
  /** Reads orders by id and records them as they are now: what a webhook cannot tell, or did not. */
  "read-orders": {
    payload: z.object({ shopId: z.number().int(), orderIds: z.array(z.string().regex(/^\d+$/)).min(1).max(1000) }),
    maxAttempts: 10,
  },
  /** Compares a shop with Shopify by what changed since the last time, and repairs what never arrived. */
  reconcile: { payload: forOneShop, maxAttempts: 5 },
  /** Asks for `reconcile` in every shop, spread over the hour. */
  "reconcile-every-shop": { payload: z.object({}).loose(), maxAttempts: 3 },
  /** Looks for scans of the parcels under way, which need not show as changes of their orders. */
  "reread-parcels": { payload: forOneShop, maxAttempts: 5 },
  /** Asks for `reread-parcels` in every shop, spread over some hours. */
  "reread-parcels-of-every-shop": { payload: z.object({}).loose(), maxAttempts: 3 },
  /** Makes the partitions of the days and months to come, and drops those that no shop keeps any more. */
  "rotate-partitions": { payload: z.object({}).loose(), maxAttempts: 10 },
  /** Deletes what one shop keeps no longer. */
  "keep-retention": { payload: forOneShop, maxAttempts: 5 },
  /** Asks for `keep-retention` in every shop. */
  "keep-retention-of-every-shop": { payload: z.object({}).loose(), maxAttempts: 3 },
  /** Asks Shopify which orders parts of them belong to that webhooks named alone, and has those orders read. */
  "find-orders": {
    payload: z.object({ shopId: z.number().int(), parts: z.array(z.string()).min(1).max(1000) }),
    maxAttempts: 10,
  },
  /** Scores orders of which something was recorded. */
  "score-orders": {
    payload: z.object({ shopId: z.number().int(), orderIds: z.array(z.string()).min(1).max(5000) }),
    maxAttempts: 5,
  },
  /** Learns what is usual in the shop, scores its orders and renews the rollups. */
  "renew-scores": { payload: z.object({ shopId: z.number().int(), orders: z.enum(["all", "open"]) }), maxAttempts: 5 },
  /** Asks for `renew-scores` of the open orders of every shop: the score of a parcel changes while it waits. */
  "renew-scores-of-every-shop": { payload: z.object({}).loose(), maxAttempts: 3 },
} as const satisfies Record<string, { payload: z.ZodType; maxAttempts: number; priority?: number }>;

export type JobName = keyof typeof jobs;
export type JobPayload<Name extends JobName> = z.infer<(typeof jobs)[Name]["payload"]>;

/** Schedules in cron syntax, UTC. */
export const schedule = `
  7 * * * * renew-scores-of-every-shop
  */10 * * * * resume-backfills
  * * * * * unlock-jobs
  50 0 * * * keep-retention-of-every-shop
  13 * * * * reconcile-every-shop
  40 1 * * * reread-parcels-of-every-shop
  20 0 * * * rotate-partitions
`;
