import { z } from "zod";
import type { ShopScope } from "~/db.server";
import { copyRows, type CopyValue } from "~/ingest/copy-rows.server";
import type { CompiledDeliveryCard } from "./delivery-card";
import { deliveryContext, type DeliveryContext } from "./delivery-context";
import { scoreDelivery } from "./delivery-score";
import type { ScoredState } from "./delivery-signals";

const ORDERS_A_BATCH = 2000;

/** Orders whose score can still change while nothing is heard of them: a parcel under way, a refund not yet made. */
const OPEN =
  "and (o.delivery_state in ('waiting', 'on_the_way') or (o.returned_at is not null and o.first_refunded_at is null))";

/** All orders, those whose score moves with time, or those of these ids. */
export type WhichOrders = "all" | "open" | readonly string[];

/**
 * Scores a shop's orders as of `now` (epoch ms) under a card, and marks their days for the rollups. `orders` "open"
 * takes only those whose score moves with time, a list of ids those orders. `scored` hears after each batch how many
 * there are so far.
 */
export async function scoreOrders(
  scope: ShopScope,
  options: { orders: WhichOrders; now: number; card: CompiledDeliveryCard; scored?: (total: number) => Promise<void> },
): Promise<number> {
  const context = await readDeliveryContext(scope);
  let total = 0;
  let writing: Promise<unknown> = Promise.resolve();
  try {
    for (let states = await readStates(scope, options.orders, "0"); states.length > 0; ) {
      // The next are read while these are scored and written.
      const next = readStates(scope, options.orders, states.at(-1)!.orderId);
      next.catch(() => undefined);
      await writing;
      writing = writeScores(scope, states, context, options);
      writing.catch(() => undefined);
      await options.scored?.(total);
      total += states.length;
      states = await next;
    }
    await writing;
  } finally {
    await Promise.allSettled([writing]);
  }
  await options.scored?.(total);
  return total;
}

/** What the shop's deliveries are measured against, as last learnt. */
export async function readDeliveryContext(scope: ShopScope): Promise<DeliveryContext> {
  const usualTimes = await scope.query(
    `select method, region, parcels, median_days as "medianDays", q80_days as "q80Days", q95_days as "q95Days"
     from usual_time where shop_id = $1`,
    [scope.shopId],
    usualTimeRow,
  );
  const habits = await scope.query(
    `select carrier, parcels, scanned, delivery_reported as "deliveryReported", silence_q95_hours as "silenceQ95Hours",
       reported_within_days as "reportedWithinDays"
     from carrier_habit where shop_id = $1`,
    [scope.shopId],
    carrierHabitRow,
  );
  return deliveryContext(usualTimes, habits);
}

const usualTimeRow = z.object({
  method: z.string(),
  region: z.string(),
  parcels: z.number(),
  medianDays: z.number(),
  q80Days: z.number(),
  q95Days: z.number(),
});

const carrierHabitRow = z.object({
  carrier: z.string(),
  parcels: z.number(),
  scanned: z.number(),
  deliveryReported: z.number(),
  silenceQ95Hours: z.number().nullable(),
  reportedWithinDays: z.number().nullable(),
});

const epoch = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

const STATES = `
  select o.order_id::text as "orderId", o.day::text as day, o.method, o.country, o.province,
    ${epoch("o.placed_at")} as "placedAt", ${epoch("o.promised_at")} as "promisedAt",
    o.promise_source as "promiseSource", o.hold_reason as "holdReason", ${epoch("o.cancelled_at")} as "cancelledAt",
    o.cancel_reason as "cancelReason", ${epoch("o.first_refunded_at")} as "firstRefundedAt",
    ${epoch("o.returned_at")} as "returnedAt", o.return_reason as "returnReason",
    o.items, o.items_removed as "itemsRemoved", o.shipping_minor::float8 as "shippingMinor",
    o.subtotal_minor::float8 as "subtotalMinor",
    coalesce((
      select json_agg(json_build_object('carrier', s.carrier, 'fulfilledAt', ${epoch("s.fulfilled_at")},
        'handedOverAt', ${epoch("s.handed_over_at")}, 'lastScanAt', ${epoch("s.last_scan_at")},
        'lastStatus', s.last_status, 'failedAttempts', s.failed_attempts, 'delays', s.delays, 'failures', s.failures,
        'deliveredAt', ${epoch("s.delivered_at")}, 'cancelledAt', ${epoch("s.cancelled_at")})
        order by s.fulfilled_at, s.shipment_id)
      from shipment_fact s where s.shop_id = o.shop_id and s.order_id = o.order_id
    ), '[]') as shipments
  from order_fact o
  where o.shop_id = $1 and o.order_id > $2 and o.left_out is null`;

const optionalNumber = z.number().nullable();
const stateRow = z.object({
  orderId: z.string(),
  day: z.string(),
  method: z.string().nullable(),
  country: z.string().nullable(),
  province: z.string().nullable(),
  placedAt: z.number(),
  promisedAt: optionalNumber,
  promiseSource: z.enum(["quoted", "merchant"]).nullable(),
  holdReason: z.string().nullable(),
  cancelledAt: optionalNumber,
  cancelReason: z.string().nullable(),
  firstRefundedAt: optionalNumber,
  returnedAt: optionalNumber,
  returnReason: z.string().nullable(),
  items: z.number(),
  itemsRemoved: z.number(),
  shippingMinor: z.number(),
  subtotalMinor: z.number(),
  shipments: z.array(
    z.object({
      carrier: z.string().nullable(),
      fulfilledAt: z.number(),
      handedOverAt: optionalNumber,
      lastScanAt: optionalNumber,
      lastStatus: z.string().nullable(),
      failedAttempts: z.number(),
      delays: z.number(),
      failures: z.number(),
      deliveredAt: optionalNumber,
      cancelledAt: optionalNumber,
    }),
  ),
});

async function readStates(scope: ShopScope, orders: WhichOrders, after: string) {
  const which = orders === "all" ? "" : orders === "open" ? OPEN : "and o.order_id = any($3::bigint[])";
  const rows = await scope.query(
    `${STATES} ${which} order by o.order_id limit ${ORDERS_A_BATCH}`,
    typeof orders === "string" ? [scope.shopId, after] : [scope.shopId, after, orders],
    stateRow,
  );
  return rows.map(({ promisedAt, promiseSource, ...row }) => ({
    ...row,
    promise: promisedAt !== null && promiseSource ? { at: promisedAt, source: promiseSource } : null,
  }));
}

async function writeScores(
  scope: ShopScope,
  states: (ScoredState & { orderId: string; day: string })[],
  context: DeliveryContext,
  { now, card }: { now: number; card: CompiledDeliveryCard },
): Promise<void> {
  const asOf = new Date(now).toISOString();
  const rows = states.map((state): CopyValue[] => {
    const { score, version, reasons } = scoreDelivery(state, now, context, card);
    return [scope.shopId, state.orderId, state.day, version, asOf, score, JSON.stringify(reasons)];
  });
  await scope.transaction(async (client) => {
    await client.query(
      "create temporary table if not exists new_delivery_score (like delivery_score) on commit delete rows",
    );
    await copyRows(client, "new_delivery_score", rows);
    await client.query(`
      insert into dirty_day (shop_id, day) select distinct shop_id, day from new_delivery_score on conflict do nothing;
      insert into delivery_score select * from new_delivery_score
        on conflict (shop_id, order_id) do update set day = excluded.day, version = excluded.version,
          as_of = excluded.as_of, score = excluded.score, reasons = excluded.reasons;
    `);
  });
}
