import { z } from "zod";
import type { ShopScope } from "~/db.server";

/** A shipping method of the shop, whether it quotes a promise, and the one set for it. */
export interface MethodPromises {
  method: string;
  orders: number;
  /** Orders whose promise was quoted at the checkout. */
  quoted: number;
  /** Calendar days from purchase; null while none is set. */
  days: number | null;
}

const methodRow = z.object({
  method: z.string(),
  orders: z.number(),
  quoted: z.number(),
  days: z.number().nullable(),
});

// Orders of the last half year: a method nobody can choose any more needs no promise.
const METHODS = `
  with used as (
    select method, count(*)::int as orders, (count(*) filter (where promise_source = 'quoted'))::int as quoted
    from order_fact
    where shop_id = $1 and method is not null and left_out is null and day >= $2::date
    group by method
  )
  select coalesce(u.method, p.method) as method, coalesce(u.orders, 0) as orders, coalesce(u.quoted, 0) as quoted,
         p.days
  from used u
  full join (select method, days from method_promise where shop_id = $1) p on p.method = u.method
  order by coalesce(u.orders, 0) desc, 1`;

/** Methods that had orders since the day, and those with a promise set, the most used first. */
export async function readMethodPromises(scope: ShopScope, since: string): Promise<MethodPromises[]> {
  return scope.query(METHODS, [scope.shopId, since], methodRow);
}
