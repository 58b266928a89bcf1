import { z } from "zod";
import type { ShopScope } from "~/db.server";
import { type Cause } from "~/ingest/access.server";
import { WITHHELD_PARTS, type WithheldPart } from "~/ingest/order-parts";
import { type GivenUpJob, givenUpJobs } from "~/jobs/given-up.server";
import type { ActivityPeriod } from "./activity-period";

/** What arrived of one topic within the period. */
export interface TopicActivity {
  topic: string;
  arrived: number;
  lastAt: number;
  /** From when it happened until it was recorded, in ms; null while none of it has been recorded. */
  medianLagMs: number | null;
  worstLagMs: number | null;
}

export interface Unreadable {
  topic: string;
  /** Where and what kind of fault, never what the body held. */
  reason: string;
  deliveries: number;
  lastAt: number;
}

export interface ComparisonActivity {
  kind: "orders" | "parcels" | "abandoned_checkouts";
  ranAt: number;
  /** Code of what stopped the last run early; null when it came to its end. */
  trouble: string | null;
  /** Within the period, in whole days. */
  compared: number;
  repaired: number;
}

export interface BackfillActivity {
  id: number;
  state: "requested" | "running" | "recording" | "scoring" | "done" | "failed";
  orders: number;
  errorCode: string | null;
  requestedAt: number;
  finishedAt: number | null;
}

export interface Activity {
  period: ActivityPeriod;
  /** Deliveries not recorded yet, since the oldest of them came. */
  waiting: { deliveries: number; since: number | null };
  lastArrivedAt: number | null;
  topics: TopicActivity[];
  unreadable: Unreadable[];
  comparisons: ComparisonActivity[];
  withheld: { part: WithheldPart; cause: Cause; since: number }[];
  backfills: BackfillActivity[];
  givenUp: GivenUpJob[];
}

const HOURS: Record<ActivityPeriod, number> = { day: 24, week: 168 };

const epoch = (expression: string) => `(extract(epoch from ${expression}) * 1000)::float8`;

const LATEST = `
  select ${epoch("max(received_at)")} as last_arrived_at,
    (count(*) filter (where recorded_at is null))::int as waiting,
    ${epoch("min(received_at) filter (where recorded_at is null)")} as waiting_since
  from inbox_delivery where shop_id = $1`;

// Clocks differ a little between Shopify and here, yet nothing is recorded before it happened. What could not be read
// was never recorded, though its row is closed.
const TOPICS = `
  select topic, count(*)::int as arrived, ${epoch("max(received_at)")} as last_at,
    percentile_cont(0.5) within group (order by lag) as median_lag_ms, max(lag) as worst_lag_ms
  from (
    select topic, received_at,
      case when recorded_at is not null and unreadable is null
        then greatest(0, ${epoch("recorded_at - coalesce(triggered_at, received_at)")}) end as lag
    from inbox_delivery where shop_id = $1 and received_at > $2
  ) as delivery
  group by topic order by arrived desc, topic`;

const UNREADABLE = `
  select topic, unreadable as reason, count(*)::int as deliveries, ${epoch("max(received_at)")} as last_at
  from inbox_delivery where shop_id = $1 and received_at > $2 and unreadable is not null
  group by topic, unreadable order by last_at desc limit 50`;

const COMPARISONS = `
  select r.kind, ${epoch("r.ran_at")} as ran_at, r.trouble,
    coalesce(sum(d.compared), 0)::int as compared, coalesce(sum(d.repaired), 0)::int as repaired
  from reconciliation r
  left join reconciliation_day d
    on d.shop_id = $1 and d.kind = r.kind and d.day >= ($2::timestamptz at time zone 'UTC')::date
  where r.shop_id = $1
  group by r.kind, r.ran_at, r.trouble
  order by array_position(array['orders', 'parcels', 'abandoned_checkouts'], r.kind)`;

const BACKFILLS = `
  select id, state, orders_recorded as recorded, error_code,
    ${epoch("requested_at")} as requested_at, ${epoch("finished_at")} as finished_at
  from backfill where shop_id = $1 order by id desc limit 5`;

const latestRow = z.object({
  last_arrived_at: z.number().nullable(),
  waiting: z.number(),
  waiting_since: z.number().nullable(),
});
const topicRow = z.object({
  topic: z.string(),
  arrived: z.number(),
  last_at: z.number(),
  median_lag_ms: z.number().nullable(),
  worst_lag_ms: z.number().nullable(),
});
const unreadableRow = z.object({ topic: z.string(), reason: z.string(), deliveries: z.number(), last_at: z.number() });
const comparisonRow = z.object({
  kind: z.enum(["orders", "parcels", "abandoned_checkouts"]),
  ran_at: z.number(),
  trouble: z.string().nullable(),
  compared: z.number(),
  repaired: z.number(),
});
const withheldRow = z.object({ part: z.enum(WITHHELD_PARTS), cause: z.enum(["scope", "refused"]), since: z.number() });
const backfillRow = z.object({
  id: z.number(),
  state: z.enum(["requested", "running", "recording", "scoring", "done", "failed"]),
  recorded: z.number(),
  error_code: z.string().nullable(),
  requested_at: z.number(),
  finished_at: z.number().nullable(),
});

/** What arrived from Shopify, how late, what was missing and what failed; as of `now`, epoch ms. */
export async function readActivity(
  scope: ShopScope,
  { period, now }: { period: ActivityPeriod; now: number },
): Promise<Activity> {
  const { shopId } = scope;
  const since = new Date(now - HOURS[period] * 3_600_000);
  const [latest, topics, unreadable, comparisons, withheld, backfills, givenUp] = await Promise.all([
    scope.query(LATEST, [shopId], latestRow),
    scope.query(TOPICS, [shopId, since], topicRow),
    scope.query(UNREADABLE, [shopId, since], unreadableRow),
    scope.query(COMPARISONS, [shopId, since], comparisonRow),
    readWithheld(scope),
    scope.query(BACKFILLS, [shopId], backfillRow),
    givenUpJobs(shopId),
  ]);
  const [arrived] = latest;
  return {
    period,
    waiting: { deliveries: arrived?.waiting ?? 0, since: arrived?.waiting_since ?? null },
    lastArrivedAt: arrived?.last_arrived_at ?? null,
    topics: topics.map((row) => ({
      topic: row.topic,
      arrived: row.arrived,
      lastAt: row.last_at,
      medianLagMs: row.median_lag_ms,
      worstLagMs: row.worst_lag_ms,
    })),
    unreadable: unreadable.map(({ last_at, ...row }) => ({ ...row, lastAt: last_at })),
    comparisons: comparisons.map(({ ran_at, ...row }) => ({ ...row, ranAt: ran_at })),
    withheld,
    backfills: backfills.map((row) => ({
      id: row.id,
      state: row.state,
      orders: row.recorded,
      errorCode: row.error_code,
      requestedAt: row.requested_at,
      finishedAt: row.finished_at,
    })),
    givenUp,
  };
}

/** The parts of the shop that Shopify withholds, longest first. */
export async function readWithheld(scope: ShopScope): Promise<z.output<typeof withheldRow>[]> {
  const sql = `
    select part, cause, ${epoch("since")} as since from withheld_part where shop_id = $1 order by since, part`;
  return scope.query(sql, [scope.shopId], withheldRow);
}
