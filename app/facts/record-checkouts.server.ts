import type pg from "pg";
import { type Topic, topics } from "~/ingest/topics";
import { toMinor } from "./money";

/** What a webhook tells of a checkout. Times are epoch ms, the total in minor units of the shop's currency. */
export type CheckoutTold =
  | {
      kind: "checkout";
      token: string;
      checkoutId: string | null;
      startedAt: number;
      updatedAt: number;
      completedAt: number | null;
      country: string | null;
      province: string | null;
      currency: string | null;
      /** Missing where the shopper paid in another currency, of which the payload does not say the rate. */
      totalMinor: number | null;
    }
  | { kind: "checkout-deleted"; token: string | null; checkoutId: string | null; at: number };

/** Reads a checkouts/* delivery; null for other topics. `currency` is the shop's. */
export function checkoutOfWebhook(
  { topic, payload, triggeredAt }: { topic: Topic; payload: unknown; triggeredAt: number },
  currency: string,
): CheckoutTold | null {
  if (topic === "checkouts/delete") {
    const { id, token } = topics[topic].parse(payload);
    return { kind: "checkout-deleted", token: token ?? null, checkoutId: textOrNull(id), at: triggeredAt };
  }
  if (topic !== "checkouts/create" && topic !== "checkouts/update") return null;
  const checkout = topics[topic].parse(payload);
  const inShopCurrency = (checkout.presentment_currency ?? checkout.currency ?? currency) === currency;
  return {
    kind: "checkout",
    token: checkout.token,
    checkoutId: textOrNull(checkout.id),
    startedAt: Date.parse(checkout.created_at),
    updatedAt: Date.parse(checkout.updated_at),
    completedAt: checkout.completed_at ? Date.parse(checkout.completed_at) : null,
    country: checkout.shipping_address?.country_code ?? null,
    province: checkout.shipping_address?.province_code ?? null,
    currency: checkout.currency ?? null,
    totalMinor:
      inShopCurrency && checkout.total_price !== null && checkout.total_price !== undefined
        ? toMinor(String(checkout.total_price), currency)
        : null,
  };
}

function textOrNull(id: number | string | null | undefined): string | null {
  return id === null || id === undefined ? null : String(id);
}

/**
 * Records what was told of checkouts, one row a token: the newest state stands, of two for one moment the one that
 * compares greater, so that the order of arrival makes no difference. A deleted checkout stays deleted; it may be named
 * by its token or by its number.
 */
export async function recordCheckouts(
  client: pg.ClientBase,
  shopId: number,
  told: readonly CheckoutTold[],
): Promise<void> {
  const deleted = told.flatMap((one): [string, number][] => {
    if (one.kind !== "checkout-deleted") return [];
    const names = [one.token, one.checkoutId === null ? null : `id:${one.checkoutId}`];
    return names.flatMap((name): [string, number][] => (name === null ? [] : [[name, one.at]]));
  });
  if (deleted.length > 0) {
    await client.query(
      `insert into tombstone (shop_id, kind, id, at)
       select $1, 'checkout_deleted', id, min(at)
       from unnest($2::text[], $3::timestamptz[]) as gone (id, at) group by id
       on conflict (shop_id, kind, id) do update set at = least(tombstone.at, excluded.at)`,
      [shopId, deleted.map(([id]) => id), deleted.map(([, at]) => new Date(at))],
    );
    await client.query(
      "delete from checkout_fact where shop_id = $1 and (token = any($2) or 'id:' || checkout_id = any($2))",
      [shopId, deleted.map(([id]) => id)],
    );
  }
  const rows = told.flatMap((one) => (one.kind === "checkout" ? [one] : []));
  if (rows.length === 0) return;
  const at = (moment: number | null) => (moment === null ? null : new Date(moment));
  await client.query(
    `insert into checkout_fact as known (shop_id, token, checkout_id, started_at, updated_at, completed_at,
       country, province, currency, total_minor, source)
     select distinct on (token) $1, token, id, started_at, updated_at, completed_at, country, province, currency,
       total_minor, 'webhook'
     from unnest($2::text[], $3::bigint[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::text[],
       $8::text[], $9::text[], $10::bigint[])
       as told (token, id, started_at, updated_at, completed_at, country, province, currency, total_minor)
     where not exists (select 1 from tombstone t where t.shop_id = $1 and t.kind = 'checkout_deleted'
                       and t.id in (told.token, 'id:' || told.id))
     order by token, updated_at desc, (completed_at, country, province, currency, total_minor)::text desc
     on conflict (shop_id, token) do update set
       checkout_id = coalesce(excluded.checkout_id, known.checkout_id), started_at = excluded.started_at,
       updated_at = excluded.updated_at, completed_at = coalesce(excluded.completed_at, known.completed_at),
       abandoned = known.abandoned and excluded.completed_at is null, country = excluded.country,
       province = excluded.province, currency = excluded.currency, total_minor = excluded.total_minor,
       source = excluded.source
     where excluded.updated_at > known.updated_at or excluded.updated_at = known.updated_at
       and (excluded.completed_at, excluded.country, excluded.province, excluded.currency, excluded.total_minor)::text
         > (known.completed_at, known.country, known.province, known.currency, known.total_minor)::text`,
    [
      shopId,
      rows.map((one) => one.token),
      rows.map((one) => one.checkoutId),
      rows.map((one) => at(one.startedAt)),
      rows.map((one) => at(one.updatedAt)),
      rows.map((one) => at(one.completedAt)),
      rows.map((one) => one.country),
      rows.map((one) => one.province),
      rows.map((one) => one.currency),
      rows.map((one) => one.totalMinor),
    ],
  );
}
