import type { ShopScope } from "~/db.server";
import { onTimeStateSql } from "./on-time-state";

/** Days taken in one transaction. */
const DAYS_A_TIME = 60;

/**
 * Recomputes the rollups of every day marked dirty, whole, from facts and scores as of `now` (epoch ms). A day that is
 * marked again meanwhile stays marked. Returns how many days were renewed.
 *
 * Every order of the population is counted in exactly one on-time state, see `on-time-state.ts`.
 */
export async function renewDeliveryDays(scope: ShopScope, now: number): Promise<number> {
  let renewed = 0;
  for (;;) {
    const days = await scope.transaction(async (client) => {
      const { rows } = await client.query<{ day: string }>(
        `delete from dirty_day where shop_id = $1 and day in (
           select day from dirty_day where shop_id = $1 order by day limit ${DAYS_A_TIME} for update skip locked
         ) returning day::text`,
        [scope.shopId],
      );
      if (rows.length > 0) {
        await client.query(RENEW, [scope.shopId, rows.map((row) => row.day), new Date(now)]);
      }
      return rows.length;
    });
    if (days === 0) return renewed;
    renewed += days;
  }
}

/** Marks the days with a promise that came due since their rollup was made, or is still open. */
export async function markDaysWithOpenPromises(scope: ShopScope): Promise<void> {
  await scope.transaction((client) =>
    client.query(
      `insert into dirty_day (shop_id, day)
       select shop_id, day from delivery_day where shop_id = $1 and promises_open > 0
       on conflict do nothing`,
      [scope.shopId],
    ),
  );
}

// Sums in numeric: those of floating-point numbers depend on the order of the rows, and a rebuild would not compare.
const RENEW = `
  with wanted as (
    select unnest($2::date[]) as day
  ), orders as (
    select o.day, o.left_out, s.score::numeric as score, s.reasons,
      case when o.left_out is null then ${onTimeStateSql("o", "$3")} end as on_time
    from order_fact o
    left join delivery_score s on s.shop_id = o.shop_id and s.order_id = o.order_id and o.left_out is null
    where o.shop_id = $1 and o.day = any($2::date[])
  ), counted as (
    select day,
      count(*) filter (where left_out is null) as orders,
      count(score) as scored,
      coalesce(sum(score), 0) as score_sum,
      coalesce(sum(score * score), 0) as score_squares,
      count(*) filter (where on_time in ('kept', 'broken')) as promises_due,
      count(*) filter (where on_time = 'kept') as promises_kept,
      count(*) filter (where on_time = 'open') as promises_open,
      count(*) filter (where on_time = 'without_promise') as without_promise,
      count(*) filter (where on_time = 'arrival_unknown') as arrival_unknown,
      count(*) filter (where on_time = 'cancelled') as cancelled
    from orders
    group by day
  ), left_out as (
    select day, jsonb_object_agg(left_out, n) as counts
    from (select day, left_out, count(*) as n from orders where left_out is not null group by day, left_out) as kinds
    group by day
  ), reasons as (
    select day, jsonb_object_agg(code, jsonb_build_object('orders', n, 'points', points)) as sums
    from (
      select day, reason ->> 'code' as code, count(*) as n, round(sum((reason ->> 'points')::numeric), 1) as points
      from orders, jsonb_array_elements(reasons) as reason
      group by day, reason ->> 'code'
    ) as codes
    group by day
  )
  insert into delivery_day
    (shop_id, day, orders, scored, score_sum, score_squares, promises_due, promises_kept, promises_open,
     without_promise, arrival_unknown, cancelled, left_out, reasons, as_of)
  select $1, wanted.day, coalesce(c.orders, 0), coalesce(c.scored, 0), coalesce(c.score_sum, 0),
    coalesce(c.score_squares, 0), coalesce(c.promises_due, 0), coalesce(c.promises_kept, 0),
    coalesce(c.promises_open, 0), coalesce(c.without_promise, 0), coalesce(c.arrival_unknown, 0),
    coalesce(c.cancelled, 0), coalesce(l.counts, '{}'), coalesce(r.sums, '{}'), $3
  from wanted
  left join counted c using (day) left join left_out l using (day) left join reasons r using (day)
  on conflict (shop_id, day) do update set
    orders = excluded.orders, scored = excluded.scored, score_sum = excluded.score_sum,
    score_squares = excluded.score_squares, promises_due = excluded.promises_due,
    promises_kept = excluded.promises_kept, promises_open = excluded.promises_open,
    without_promise = excluded.without_promise, arrival_unknown = excluded.arrival_unknown,
    cancelled = excluded.cancelled, left_out = excluded.left_out, reasons = excluded.reasons,
    as_of = excluded.as_of`;
