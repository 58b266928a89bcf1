import type pg from "pg";
import type { ShopScope } from "~/db.server";
import {
  ALWAYS_REPORTED_SHARE,
  CARRIER_MIN_PARCELS,
  CARRIER_REPORTS_SHARE,
  OLD_ENOUGH_DAYS,
  UNDELIVERED_STATUSES,
} from "./carrier-habit";

/** Usual times are learnt from deliveries of this many days back, so that they follow a shop that changes. */
const USUAL_OF_DAYS = 180;

/** Fewer deliveries than this say nothing about what is usual. */
const USUAL_MIN_PARCELS = 20;

/** Fewer waits between scans than this say nothing about a carrier's usual silence. */
const SILENCE_MIN_WAITS = 100;

/**
 * Learns what is usual in the shop as of `now` (epoch ms): which scans each carrier sends and how long it is silent
 * between them, and what each method to each region takes. Then brings the facts that follow from it up to date:
 * promises the merchant set, and arrivals nobody will report.
 */
export async function learnUsual(scope: ShopScope, timeZone: string, now: number): Promise<void> {
  await scope.transaction(async (client) => {
    const at = new Date(now);
    await learnCarrierHabits(client, scope.shopId, at);
    await learnUsualTimes(client, scope.shopId, at);
    await applyMethodPromises(client, scope.shopId, timeZone);
    await markUnknownArrivals(client, scope.shopId, at);
  });
}

/**
 * Brings the facts of some orders up to date with what was last learnt: a projection of their events alone knows
 * neither the merchant's promises nor which carriers report nothing.
 */
export async function applyWhatIsUsual(
  scope: ShopScope,
  timeZone: string,
  now: number,
  orderIds: readonly string[],
): Promise<void> {
  await scope.transaction(async (client) => {
    await applyMethodPromises(client, scope.shopId, timeZone, orderIds);
    await markUnknownArrivals(client, scope.shopId, new Date(now), orderIds);
  });
}

async function learnCarrierHabits(client: pg.ClientBase, shopId: number, now: Date): Promise<void> {
  await client.query("delete from carrier_habit where shop_id = $1", [shopId]);
  await client.query(
    `insert into carrier_habit
       (shop_id, carrier, parcels, scanned, delivery_reported, silence_median_hours, silence_q95_hours,
        reported_within_days)
     with old as (
       select carrier, handed_over_at, delivered_at, extract(epoch from delivered_at - fulfilled_at) / 86400 as days
       from shipment_fact
       where shop_id = $1 and carrier is not null and cancelled_at is null
         and fulfilled_at < $2::timestamptz - $3 * interval '1 day'
     ), old_enough as (
       select carrier, count(*) as parcels, count(handed_over_at) as scanned, count(delivered_at) as delivery_reported,
         count(delivered_at)::float8 / count(*) as reported_share
       from old group by carrier
     ), reported as (
       select carrier, percentile_cont(reported_share) within group (order by days) as within_days
       from old join old_enough using (carrier)
       where reported_share < $6::float8
       group by carrier, reported_share
     ), waits as (
       select s.carrier,
         extract(epoch from e.happened_at - lag(e.happened_at, 1, s.fulfilled_at)
           over (partition by s.order_id, s.shipment_id order by e.happened_at)) / 3600 as hours
       from order_event e
       join shipment_fact s
         on s.shop_id = e.shop_id and s.order_id = e.order_id and s.shipment_id = (e.value ->> 'shipmentId')::bigint
       where e.shop_id = $1 and e.kind = 'scanned' and e.happened_at > $2::timestamptz - $4 * interval '1 day'
         and s.carrier is not null
     ), silence as (
       select carrier, count(*) as waits,
         percentile_cont(array[0.5, 0.95]) within group (order by greatest(hours, 0)) as quantiles
       from waits group by carrier
     )
     select $1, carrier, parcels, scanned, delivery_reported,
       case when waits >= $5 then quantiles[1] end, case when waits >= $5 then quantiles[2] end, within_days
     from old_enough left join silence using (carrier) left join reported using (carrier)`,
    [shopId, now, OLD_ENOUGH_DAYS, USUAL_OF_DAYS, SILENCE_MIN_WAITS, ALWAYS_REPORTED_SHARE],
  );
}

// Region "" is everywhere, method "" every method; a province stands as "DE-BE", its country as "DE".
async function learnUsualTimes(client: pg.ClientBase, shopId: number, now: Date): Promise<void> {
  await client.query("delete from usual_time where shop_id = $1", [shopId]);
  await client.query(
    `insert into usual_time (shop_id, method, region, parcels, median_days, q80_days, q95_days)
     with arrived as (
       select method, country, country || '-' || province as province,
         extract(epoch from delivered_at - placed_at) / 86400 as days
       from order_fact
       where shop_id = $1 and left_out is null and delivered_at <= $2
         and placed_at > $2::timestamptz - $3 * interval '1 day'
     ), grouped as (
       select coalesce(method, '') as method, coalesce(province, country, '') as region, count(*) as parcels,
         percentile_cont(array[0.5, 0.8, 0.95]) within group (order by days) as quantiles
       from arrived
       group by grouping sets ((method, province), (method, country), (method), (province), (country), ())
       having count(*) >= $4
     )
     select $1, method, region, parcels, quantiles[1], quantiles[2], quantiles[3] from grouped
     order by parcels desc
     on conflict do nothing`,
    [shopId, now, USUAL_OF_DAYS, USUAL_MIN_PARCELS],
  );
}

/** A promise the merchant set for a method holds for orders that were quoted none: the end of that day in the shop. */
async function applyMethodPromises(
  client: pg.ClientBase,
  shopId: number,
  timeZone: string,
  orderIds: readonly string[] | null = null,
): Promise<void> {
  await client.query(
    `with promised as (
       select o.order_id, o.day, p.days,
         case when p.days is not null
           then ((o.day + p.days + 1)::timestamp at time zone $2) - interval '1 millisecond' end as promised_at
       from order_fact o left join method_promise p on p.shop_id = o.shop_id and p.method = o.method
       where o.shop_id = $1 and o.promise_source is distinct from 'quoted'
         and ($3::bigint[] is null or o.order_id = any($3))
     ), changed as (
       update order_fact o
       set promised_at = promised.promised_at,
           promise_source = case when promised.promised_at is not null then 'merchant' end
       from promised
       where o.shop_id = $1 and o.order_id = promised.order_id and o.promised_at is distinct from promised.promised_at
       returning o.shop_id, o.day
     )
     insert into dirty_day (shop_id, day) select distinct shop_id, day from changed on conflict do nothing`,
    [shopId, timeZone, orderIds],
  );
}

/** Where no parcel on the way is one whose delivery would be reported, nobody will ever say that the order arrived. */
// The same rule as `awaitsReport` in carrier-habit.ts, over all rows at once.
async function markUnknownArrivals(
  client: pg.ClientBase,
  shopId: number,
  now: Date,
  orderIds: readonly string[] | null = null,
): Promise<void> {
  await client.query(
    `with on_the_way as (
       select o.order_id,
         bool_or(case
           when h.parcels < $2 or h.parcels is null then s.handed_over_at is not null
           when h.delivery_reported < $3::float8 * h.parcels then false
           else h.reported_within_days is null
             or $4::timestamptz - s.fulfilled_at <= h.reported_within_days * interval '1 day'
             or s.last_status = any($5::text[])
         end) as expects_report
       from order_fact o
       join shipment_fact s on s.shop_id = o.shop_id and s.order_id = o.order_id
       left join carrier_habit h on h.shop_id = s.shop_id and h.carrier = s.carrier
       where o.shop_id = $1 and o.delivery_state in ('on_the_way', 'unknown')
         and s.delivered_at is null and s.cancelled_at is null
         and ($6::bigint[] is null or o.order_id = any($6))
       group by o.order_id
     ), changed as (
       update order_fact o set delivery_state = case when w.expects_report then 'on_the_way' else 'unknown' end
       from on_the_way w
       where o.shop_id = $1 and o.order_id = w.order_id
         and o.delivery_state <> case when w.expects_report then 'on_the_way' else 'unknown' end
       returning o.shop_id, o.day
     )
     insert into dirty_day (shop_id, day) select distinct shop_id, day from changed on conflict do nothing`,
    [shopId, CARRIER_MIN_PARCELS, CARRIER_REPORTS_SHARE, now, [...UNDELIVERED_STATUSES], orderIds],
  );
}
