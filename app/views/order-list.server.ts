import { z } from "zod";
import type { ShopScope } from "~/db.server";
import { onTimeStateSql } from "~/insights/on-time-state";
import type { DeliveryReason } from "~/scores/delivery-score";
import { writePlace, type OrderPlace, type PageCursor } from "./order-cursor";
import { BAND_FLOORS, DELIVERY_STATES, SCORE_BANDS, type OrderFilters, type ScoreBand } from "./order-filters";
import { storedReason } from "./stored-reason";

/** Orders on one page. */
export const PAGE_SIZE = 25;

/** Matching orders are counted up to here; beyond it the screen says "more than". */
export const COUNT_LIMIT = 1_000;

export interface OrderLine {
  orderId: string;
  name: string;
  placedAt: number;
  /** Null for an order left out of the score, or not scored yet. */
  score: number | null;
  reasons: DeliveryReason[];
  leftOut: string | null;
  state: (typeof DELIVERY_STATES)[number];
  method: string | null;
  carriers: string[];
  country: string | null;
  province: string | null;
  totalMinor: number;
}

export interface OrderPage {
  orders: OrderLine[];
  /** Orders that match, counted up to COUNT_LIMIT; one more means "more than". */
  matching: number;
  /** Cursors of the neighbouring pages; null where there is none. */
  previous: string | null;
  next: string | null;
}

const orderRow = z.object({
  order_id: z.string(),
  name: z.string(),
  placed_at: z.number(),
  score: z.number().nullable(),
  reasons: z.array(storedReason).nullable(),
  left_out: z.string().nullable(),
  delivery_state: z.enum(DELIVERY_STATES),
  method: z.string().nullable(),
  carriers: z.array(z.string()),
  country: z.string().nullable(),
  province: z.string().nullable(),
  total_minor: z.number(),
});

/** One page of orders in the order the filters ask for, found by key: a late page costs what the first one does. */
export async function readOrderPage(
  scope: ShopScope,
  input: { filters: OrderFilters; cursor: PageCursor }
): Promise<OrderPage> {
  const { filters, cursor } = input;
  const params: unknown[] = [scope.shopId];
  const bind = (value: unknown) => `$${params.push(value)}`;
  const tables = filters.leftOut
    ? "order_fact o left join delivery_score s on s.shop_id = o.shop_id and s.order_id = o.order_id"
    : "delivery_score s join order_fact o on o.shop_id = s.shop_id and o.order_id = s.order_id";
  const narrowed = conditions(filters, bind).join(" and ");

  const counted = await scope.query(
    `select count(*)::int as matching from (select 1 from ${tables} where ${narrowed} limit ${COUNT_LIMIT + 1}) found`,
    params.slice(),
    z.object({ matching: z.number() })
  );

  // The worst order is the one with the lowest score, the newest the one with the highest time: so forward is
  // ascending for some sorts and descending for others, and a page before the cursor is read the other way round.
  const byScore = filters.sort === "worst" || filters.sort === "easiest";
  const upwards = filters.sort === "worst" || filters.sort === "oldest";
  const ascending = upwards === (cursor.kind !== "before");
  const columns = byScore ? "s.score, s.order_id" : "o.placed_at, o.order_id";
  const direction = ascending ? "asc" : "desc";
  const beyond =
    cursor.kind === "first" ? "" : `and (${columns}) ${ascending ? ">" : "<"} (${placed(cursor.place, byScore, bind)})`;
  const rows = await scope.query(
    `select o.order_id::text, o.name, (extract(epoch from o.placed_at) * 1000)::float8 as placed_at,
            s.score::float8 as score, s.reasons, o.left_out, o.delivery_state, o.method, o.country, o.province,
            o.total_minor::float8 as total_minor,
            coalesce((select array_agg(distinct p.carrier) from shipment_fact p
                      where p.shop_id = $1 and p.order_id = o.order_id and p.carrier is not null), '{}') as carriers
     from ${tables}
     where ${narrowed} ${beyond}
     order by ${columns.replace(",", ` ${direction},`)} ${direction}
     limit ${PAGE_SIZE + 1}`,
    params,
    orderRow
  );

  const more = rows.length > PAGE_SIZE;
  const page = rows.slice(0, PAGE_SIZE);
  if (cursor.kind === "before") page.reverse();
  const placeOf = (row: (typeof page)[number] | undefined) =>
    row ? writePlace({ value: byScore ? row.score ?? 0 : row.placed_at, orderId: row.order_id }) : null;
  const hasPrevious = cursor.kind === "before" ? more : cursor.kind === "after";
  const hasNext = cursor.kind === "before" ? true : more;
  return {
    orders: page.map(lineOf),
    matching: counted[0]?.matching ?? 0,
    previous: hasPrevious ? placeOf(page[0]) : null,
    next: hasNext ? placeOf(page.at(-1)) : null,
  };
}

/** The moment the order's day was counted at, so that the list shows the very orders a figure on Home counts. */
const COUNTED_AT = `coalesce((select d.as_of from delivery_day d where d.shop_id = o.shop_id and d.day = o.day), s.as_of)`;

function conditions(filters: OrderFilters, bind: (value: unknown) => string): string[] {
  const any = (column: string, values: string[]) =>
    values.length > 0 ? [`${column} = any(${bind(values)}::text[])`] : [];
  const prefix = filters.search
    .replace(/^#/, "")
    .replace(/[\\%_]/g, "\\$&")
    .toLowerCase();
  return [
    filters.leftOut ? "o.shop_id = $1 and o.left_out is not null" : "s.shop_id = $1 and o.shop_id = $1",
    ...(filters.leftOut && filters.leftOut !== "any" ? [`o.left_out = ${bind(filters.leftOut)}`] : []),
    ...any("o.delivery_state", filters.state),
    ...any(onTimeStateSql("o", COUNTED_AT), filters.onTime),
    ...any("o.method", filters.method),
    ...any("o.country", filters.country),
    ...(filters.carrier.length > 0
      ? [
          `exists (select 1 from shipment_fact p where p.shop_id = $1 and p.order_id = o.order_id
                   and p.carrier = any(${bind(filters.carrier)}::text[]))`,
        ]
      : []),
    ...(filters.band.length > 0 ? [`(${filters.band.map(bandCondition).join(" or ")})`] : []),
    ...(filters.reason ? [`s.reasons @> ${bind(JSON.stringify([{ code: filters.reason }]))}::jsonb`] : []),
    ...(prefix ? [`ltrim(lower(o.name), '#') like ${bind(`${prefix}%`)}`] : []),
    ...(filters.from ? [`o.day >= ${bind(filters.from)}::date`] : []),
    ...(filters.to ? [`o.day <= ${bind(filters.to)}::date`] : []),
  ];
}

function bandCondition(band: ScoreBand): string {
  const above = SCORE_BANDS[SCORE_BANDS.indexOf(band) + 1];
  return `(s.score >= ${BAND_FLOORS[band]}${above ? ` and s.score < ${BAND_FLOORS[above]}` : ""})`;
}

function placed(place: OrderPlace, byScore: boolean, bind: (value: unknown) => string): string {
  const value = byScore ? `${bind(place.value)}::real` : `to_timestamp(${bind(place.value)}::float8 / 1000)`;
  return `${value}, ${bind(place.orderId)}::bigint`;
}

function lineOf(row: z.output<typeof orderRow>): OrderLine {
  return {
    orderId: row.order_id,
    name: row.name,
    placedAt: row.placed_at,
    score: row.score,
    reasons: row.reasons ?? [],
    leftOut: row.left_out,
    state: row.delivery_state,
    method: row.method,
    carriers: row.carriers,
    country: row.country,
    province: row.province,
    totalMinor: row.total_minor,
  };
}

/** What the lists of filters offer: what this shop's orders have shown so far. */
export interface OrderFacets {
  methods: string[];
  carriers: string[];
  countries: string[];
}

/**
 * Values to filter by, most of them from what Ease has learnt of the shop's methods, regions and carriers: reading all
 * orders for them would cost more than the page itself. A value too rare to have been learnt is not offered.
 */
export async function readOrderFacets(scope: ShopScope): Promise<OrderFacets> {
  const [row] = await scope.query(
    `select
       coalesce((select array_agg(distinct method order by method) from usual_time
                 where shop_id = $1 and method <> ''), '{}') as methods,
       coalesce((select array_agg(distinct split_part(region, '-', 1)) from usual_time
                 where shop_id = $1 and region <> ''), '{}') as countries,
       coalesce((select array_agg(carrier order by carrier) from carrier_habit where shop_id = $1), '{}') as carriers`,
    [scope.shopId],
    z.object({ methods: z.array(z.string()), countries: z.array(z.string()), carriers: z.array(z.string()) })
  );
  return row ?? { methods: [], carriers: [], countries: [] };
}
