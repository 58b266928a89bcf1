import { z } from "zod";
import type { ShopScope } from "~/db.server";
import type { OrderHappening, OrderHappeningKind } from "~/facts/order-event";
import type { DeliveryReason } from "~/scores/delivery-score";
import { DELIVERY_STATES } from "./order-filters";
import { storedReason } from "./stored-reason";

/** One happening of an order as it is stored. */
export type KnownHappening = OrderHappening & {
  eventKey: string;
  happenedAt: number;
  knownAt: number;
  /** When Ease would have heard of it is assumed: it came with an import. */
  assumed: boolean;
};

export interface OrderDetail {
  orderId: string;
  name: string;
  placedAt: number;
  state: (typeof DELIVERY_STATES)[number];
  leftOut: string | null;
  method: string | null;
  country: string | null;
  province: string | null;
  totalMinor: number;
  shippingMinor: number;
  items: number;
  promisedAt: number | null;
  promiseSource: "quoted" | "merchant" | null;
  deliveredAt: number | null;
  /** Null for an order left out, or not scored yet. */
  score: { score: number; version: string; asOf: number; reasons: DeliveryReason[] } | null;
  parcels: Parcel[];
  /** In order of time. */
  happenings: KnownHappening[];
}

export interface Parcel {
  shipmentId: string;
  carrier: string | null;
  cancelled: boolean;
}

const instant = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

const ORDER = `
  select o.order_id::text, o.name, ${instant("o.placed_at")} as placed_at, o.delivery_state, o.left_out, o.method,
         o.country, o.province, o.total_minor::float8 as total_minor,
         o.shipping_minor::float8 as shipping_minor, o.items,
         ${instant("o.promised_at")} as promised_at, o.promise_source, ${instant("o.delivered_at")} as delivered_at,
         s.score::float8 as score, s.version, ${instant("s.as_of")} as as_of, s.reasons
  from order_fact o
  left join delivery_score s on s.shop_id = o.shop_id and s.order_id = o.order_id
  where o.shop_id = $1 and o.order_id = $2`;

const orderRow = z.object({
  order_id: z.string(),
  name: z.string(),
  placed_at: z.number(),
  delivery_state: z.enum(DELIVERY_STATES),
  left_out: z.string().nullable(),
  method: z.string().nullable(),
  country: z.string().nullable(),
  province: z.string().nullable(),
  total_minor: z.number(),
  shipping_minor: z.number(),
  items: z.number(),
  promised_at: z.number().nullable(),
  promise_source: z.enum(["quoted", "merchant"]).nullable(),
  delivered_at: z.number().nullable(),
  score: z.number().nullable(),
  version: z.string().nullable(),
  as_of: z.number().nullable(),
  reasons: z.array(storedReason).nullable(),
});

const PARCELS = `
  select shipment_id::text, carrier, cancelled_at is not null as cancelled
  from shipment_fact
  where shop_id = $1 and order_id = $2
  order by fulfilled_at, shipment_id`;

const parcelRow = z.object({ shipment_id: z.string(), carrier: z.string().nullable(), cancelled: z.boolean() });

const HAPPENINGS = `
  select event_key, kind, ${instant("happened_at")} as happened_at, ${instant("known_at")} as known_at, assumed, value
  from order_event
  where shop_id = $1 and order_id = $2
  order by happened_at, event_key`;

const KINDS: Record<OrderHappeningKind, true> = {
  described: true,
  promised: true,
  held: true,
  hold_released: true,
  items_removed: true,
  cancelled: true,
  fulfilled: true,
  fulfilment_cancelled: true,
  scanned: true,
  scan_withdrawn: true,
  refunded: true,
  returned: true,
  return_withdrawn: true,
};

const eventRow = z.object({
  event_key: z.string(),
  kind: z.string(),
  happened_at: z.number(),
  known_at: z.number(),
  assumed: z.boolean(),
  value: z.looseObject({}),
});

/** One order with its score and everything that happened to it; null when this shop has no such order. */
export async function readOrder(scope: ShopScope, orderId: string): Promise<OrderDetail | null> {
  // Ids of Shopify have at most nineteen digits; a longer number would not fit the column.
  if (!/^\d{1,18}$/.test(orderId)) return null;
  const params = [scope.shopId, orderId];
  const [[order], parcels, events] = await Promise.all([
    scope.query(ORDER, params, orderRow),
    scope.query(PARCELS, params, parcelRow),
    scope.query(HAPPENINGS, params, eventRow),
  ]);
  if (!order) return null;
  return {
    orderId: order.order_id,
    name: order.name,
    placedAt: order.placed_at,
    state: order.delivery_state,
    leftOut: order.left_out,
    method: order.method,
    country: order.country,
    province: order.province,
    totalMinor: order.total_minor,
    shippingMinor: order.shipping_minor,
    items: order.items,
    promisedAt: order.promised_at,
    promiseSource: order.promise_source,
    deliveredAt: order.delivered_at,
    score:
      order.score === null || order.version === null || order.as_of === null
        ? null
        : { score: order.score, version: order.version, asOf: order.as_of, reasons: order.reasons ?? [] },
    parcels: parcels.map((row) => ({ shipmentId: row.shipment_id, carrier: row.carrier, cancelled: row.cancelled })),
    happenings: events.flatMap(happeningOf),
  };
}

function happeningOf(row: z.output<typeof eventRow>): KnownHappening[] {
  if (!Object.hasOwn(KINDS, row.kind)) return [];
  // Events are written by one recorder, whose types these are; their values are not parsed a second time.
  const happening = { kind: row.kind, value: row.value } as unknown as OrderHappening;
  const { event_key: eventKey, happened_at: happenedAt, known_at: knownAt, assumed } = row;
  return [{ ...happening, eventKey, happenedAt, knownAt, assumed }];
}
