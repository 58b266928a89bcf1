import { z } from "zod";
import type { ShopScope } from "~/db.server";
import { askAdmin } from "~/shopify/admin-client.server";
import { OrdersUpdatedDocument, type OrdersUpdatedQuery, ParcelsUnderWayDocument } from "~/shopify/documents.generated";
import { legacyId } from "~/shopify/gid";
import { withoutParts, type WithheldPart } from "./order-parts";

/** What is compared with Shopify, each on its own watermark. */
export type ComparisonKind = "orders" | "parcels" | "abandoned_checkouts";

/** Changes are looked for this far before the watermark: Shopify's index may lag behind its own clock. */
const OVERLAP_MS = 10 * 60_000;

/** A parcel nobody has heard of for so long is no longer asked for. */
const UNDER_WAY_DAYS = 45;

const PARCELS_A_QUERY = 100;

/** What a listing says of an order without telling it: enough to see whether something never arrived. */
export interface ListedOrder {
  orderId: string;
  /** Null where the listing does not say. */
  updatedAt: number | null;
  /** Keys of the events the order must have led to. */
  eventKeys: string[];
}

/** Until when a comparison has come, epoch ms; null when none has come to anything yet. */
export async function comparedUntil(scope: ShopScope, kind: ComparisonKind): Promise<number | null> {
  const [row] = await scope.query(
    `select (extract(epoch from compared_until) * 1000)::float8 as at from reconciliation
     where shop_id = $1 and kind = $2`,
    [scope.shopId, kind],
    z.object({ at: z.number() }),
  );
  return row?.at || null;
}

export interface Comparison {
  kind: ComparisonKind;
  comparedUntil: number;
  ranAt: number;
  compared: number;
  repaired: number;
  /** Why it stopped early; null when it came to its end. */
  trouble: string | null;
}

/** Keeps how a run ended, and adds what it found to its day. */
export async function keepComparison(scope: ShopScope, run: Comparison): Promise<void> {
  const { kind, compared, repaired, trouble } = run;
  await scope.transaction(async (client) => {
    await client.query(
      `insert into reconciliation (shop_id, kind, compared_until, ran_at, compared, repaired, trouble)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (shop_id, kind) do update set
         compared_until = greatest(reconciliation.compared_until, excluded.compared_until), ran_at = excluded.ran_at,
         compared = excluded.compared, repaired = excluded.repaired, trouble = excluded.trouble`,
      [scope.shopId, kind, new Date(run.comparedUntil), new Date(run.ranAt), compared, repaired, trouble],
    );
    await client.query(
      `insert into reconciliation_day as d (shop_id, kind, day, runs, compared, repaired)
       values ($1, $2, ($3::timestamptz at time zone 'UTC')::date, 1, $4, $5)
       on conflict (shop_id, kind, day) do update set
         runs = d.runs + 1, compared = d.compared + excluded.compared, repaired = d.repaired + excluded.repaired`,
      [scope.shopId, kind, new Date(run.ranAt), compared, repaired],
    );
  });
}

/** Moves the watermark of a run under way, so that one that dies goes on where it was. */
export async function advanceWatermark(
  scope: ShopScope,
  kind: ComparisonKind,
  until: number,
  now: number,
): Promise<void> {
  await scope.transaction((client) =>
    client.query(
      `insert into reconciliation (shop_id, kind, compared_until, ran_at, compared, repaired, trouble)
       values ($1, $2, $3, $4, 0, 0, null)
       on conflict (shop_id, kind) do update set
         compared_until = greatest(reconciliation.compared_until, excluded.compared_until)`,
      [scope.shopId, kind, new Date(until), new Date(now)],
    ),
  );
}

/** The orders changed since a moment, the longest unchanged first, a page at a time. */
export async function* changedOrders(
  shopDomain: string,
  since: number,
  without: readonly WithheldPart[],
): AsyncGenerator<ListedOrder[]> {
  const document = withoutParts(OrdersUpdatedDocument, without);
  if (!document) return;
  const query = `updated_at:>='${new Date(since - OVERLAP_MS).toISOString()}'`;
  for (let after: string | null = null; ; ) {
    const { orders }: OrdersUpdatedQuery = await askAdmin(shopDomain, document, { query, after });
    yield orders.nodes.map(listedOrder);
    if (!orders.pageInfo.hasNextPage) return;
    after = orders.pageInfo.endCursor ?? null;
  }
}

type ListedNode = OrdersUpdatedQuery["orders"]["nodes"][number];

function listedOrder(node: ListedNode): ListedOrder {
  const keys = node.cancelledAt ? ["cancelled"] : [];
  for (const parcel of node.fulfillments) keys.push(...parcelKeys(parcel));
  for (const refund of node.refunds) keys.push(`refunded:${legacyId(refund.id)}`);
  // Not there where Shopify withholds returns.
  for (const one of (node.returns as ListedNode["returns"] | undefined)?.nodes ?? []) {
    if (one.status !== "CANCELED" && one.status !== "DECLINED") keys.push(`returned:${legacyId(one.id)}`);
  }
  return { orderId: legacyId(node.id), updatedAt: Date.parse(node.updatedAt), eventKeys: keys };
}

function parcelKeys(parcel: { id: string; status: string; requiresShipping: boolean }): string[] {
  if (!parcel.requiresShipping) return [];
  const id = legacyId(parcel.id);
  return parcel.status === "CANCELLED" ? [`fulfilled:${id}`, `fulfilment_cancelled:${id}`] : [`fulfilled:${id}`];
}

/** The orders whose parcels are under way, of which a scan may never have arrived, oldest purchase first. */
export async function ordersUnderWay(scope: ShopScope, now: number): Promise<string[]> {
  const rows = await scope.query(
    `select order_id::text as id from order_fact
     where shop_id = $1 and delivery_state in ('on_the_way', 'unknown') and first_fulfilled_at > $2
     order by placed_at, order_id`,
    [scope.shopId, new Date(now - UNDER_WAY_DAYS * 86_400_000)],
    z.object({ id: z.string() }),
  );
  return rows.map((row) => row.id);
}

/**
 * Orders of which nothing was sent yet or a part is held back: a hold that begins or ends need not show as a change of
 * the order, and its webhook can be lost as any other.
 */
export async function ordersHeldBack(scope: ShopScope, now: number): Promise<string[]> {
  const rows = await scope.query(
    `select order_id::text as id from order_fact
     where shop_id = $1 and (delivery_state = 'waiting' or hold_reason is not null) and placed_at > $2
     order by placed_at, order_id`,
    [scope.shopId, new Date(now - UNDER_WAY_DAYS * 86_400_000)],
    z.object({ id: z.string() }),
  );
  return rows.map((row) => row.id);
}

/** The newest scan of each parcel of these orders, a page at a time. */
export async function* newestScans(shopDomain: string, orderIds: readonly string[]): AsyncGenerator<ListedOrder[]> {
  for (let from = 0; from < orderIds.length; from += PARCELS_A_QUERY) {
    const ids = orderIds.slice(from, from + PARCELS_A_QUERY).map((id) => `gid://shopify/Order/${id}`);
    const { nodes } = await askAdmin(shopDomain, ParcelsUnderWayDocument, { ids });
    yield nodes.flatMap((node) => {
      if (!node || !("fulfillments" in node)) return [];
      const eventKeys = node.fulfillments.flatMap((parcel) => {
        if (!parcel.requiresShipping) return [];
        const [newest] = parcel.events.nodes;
        return [
          ...parcelKeys(parcel),
          ...(newest ? [`scanned:${legacyId(newest.id)}`] : []),
          ...(!newest && parcel.inTransitAt ? [`in_transit:${legacyId(parcel.id)}`] : []),
          ...(!newest && parcel.deliveredAt ? [`delivered:${legacyId(parcel.id)}`] : []),
        ];
      });
      return [{ orderId: legacyId(node.id), updatedAt: null, eventKeys }];
    });
  }
}

/**
 * Those of the listed orders of which something never arrived: unknown here, changed since they were last heard of, or
 * without an event they must have led to. Deleted ones are left alone.
 */
export async function ordersBehind(scope: ShopScope, listed: readonly ListedOrder[]): Promise<string[]> {
  const rows = await scope.query(
    `select listed.id::text as id
     from unnest($2::bigint[], $3::timestamptz[], $4::jsonb[]) as listed (id, updated_at, keys)
     left join order_fact o on o.shop_id = $1 and o.order_id = listed.id
     where not exists (select 1 from tombstone t where t.shop_id = $1 and t.id = listed.id::text
                       and t.kind = 'order_deleted')
       and (o.order_id is null or o.updated_at < listed.updated_at or exists (
         select 1 from jsonb_array_elements_text(listed.keys) as key
         where not exists (select 1 from order_event e where e.shop_id = $1 and e.order_id = listed.id
                           and e.event_key = key)))`,
    [
      scope.shopId,
      listed.map((one) => one.orderId),
      listed.map((one) => (one.updatedAt === null ? null : new Date(one.updatedAt))),
      listed.map((one) => JSON.stringify(one.eventKeys)),
    ],
    z.object({ id: z.string() }),
  );
  return rows.map((row) => row.id);
}
