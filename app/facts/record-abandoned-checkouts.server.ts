import type { ShopScope } from "~/db.server";
import type { AbandonedCheckout } from "~/ingest/read-abandoned-checkouts.server";
import { toMinor } from "./money";

/**
 * Records abandoned checkouts, one row a token; what was heard later than a row says stands. Deleted ones stay deleted.
 * Gives how many rows it made or changed.
 */
export async function recordAbandonedCheckouts(
  scope: ShopScope,
  checkouts: readonly AbandonedCheckout[],
): Promise<number> {
  const of = (pick: (one: AbandonedCheckout) => unknown) => checkouts.map(pick);
  const { rowCount } = await scope.transaction((client) =>
    client.query(
      `insert into checkout_fact as known (shop_id, token, checkout_id, started_at, updated_at, completed_at, abandoned,
         country, province, currency, total_minor, source)
       select $1, token, id, started_at, updated_at, completed_at, completed_at is null, country, province, currency,
         total_minor, 'paged_read'
       from unnest($2::text[], $3::bigint[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::text[],
         $8::text[], $9::text[], $10::bigint[])
         as read (token, id, started_at, updated_at, completed_at, country, province, currency, total_minor)
       where not exists (select 1 from tombstone t
                         where t.shop_id = $1 and t.kind = 'checkout_deleted' and t.id = read.token)
       on conflict (shop_id, token) do update set
         checkout_id = excluded.checkout_id, updated_at = greatest(known.updated_at, excluded.updated_at),
         completed_at = coalesce(known.completed_at, excluded.completed_at),
         abandoned = coalesce(known.completed_at, excluded.completed_at) is null,
         country = coalesce(excluded.country, known.country), province = coalesce(excluded.province, known.province),
         currency = excluded.currency, total_minor = excluded.total_minor
       where excluded.updated_at >= known.updated_at
         and (known.abandoned, known.completed_at, known.total_minor)
           is distinct from (excluded.completed_at is null, excluded.completed_at, excluded.total_minor)`,
      [
        scope.shopId,
        of((one) => one.token),
        of((one) => one.checkoutId),
        of((one) => new Date(one.startedAt)),
        of((one) => new Date(one.updatedAt)),
        of((one) => (one.completedAt === null ? null : new Date(one.completedAt))),
        of((one) => one.country),
        of((one) => one.province),
        of((one) => one.currency),
        of((one) => toMinor(one.total, one.currency)),
      ],
    ),
  );
  return rowCount ?? 0;
}
