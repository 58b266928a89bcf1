/**
 * What each table holds of one shopper, how it is told when they ask (Shopify's customers/data_request), and how it is
 * forgotten (customers/redact). Every table of shops stands here; a test compares the list with the catalog, so that a
 * new table, or a new column that could tell of a shopper, cannot be forgotten.
 *
 * Statements name what they are about: `:shop`; `:customers`, every number the shopper has had; `:orders`; `:tokens`, of
 * their checkouts; `:words`, a pattern that finds any of these in a text; `:at`, the moment of the request.
 */
export interface ShopperRows {
  /** Columns that say, or could say, which shopper a row is about, or hold what a source sent. */
  columns: string[];
  /** Gives what is held of the shopper; null when nothing in the table is theirs. */
  tell: string | null;
  forget: string[];
}

const nothing = (...columns: string[]): ShopperRows => ({ columns, tell: null, forget: [] });

/** In the order in which they are forgotten. */
export const shopperRows: Record<string, ShopperRows> = {
  // First what keeps later news from bringing anything back: all numbers of the shopper, their orders and checkouts.
  tombstone: {
    columns: ["id"],
    tell: null,
    forget: [
      `insert into tombstone (shop_id, kind, id, at)
       select :shop, 'customer_redacted', unnest(:customers)::text, :at on conflict do nothing`,
      `insert into tombstone (shop_id, kind, id, at)
       select :shop, 'order_redacted', unnest(:orders)::text, :at on conflict do nothing`,
      `insert into tombstone (shop_id, kind, id, at)
       select :shop, 'checkout_deleted', unnest(:tokens), :at on conflict do nothing`,
    ],
  },
  // The order itself stays: nothing in it says whose it was once these two are gone.
  order_fact: {
    columns: ["customer_id", "checkout_token", "order_id", "name"],
    tell: "select * from order_fact where shop_id = :shop and order_id = any(:orders) order by order_id",
    forget: [
      `update order_fact set customer_id = null, checkout_token = null
       where shop_id = :shop and order_id = any(:orders)`,
    ],
  },
  order_event: {
    columns: ["order_id", "event_key", "value"],
    tell: `select * from order_event where shop_id = :shop and order_id = any(:orders)
           order by order_id, happened_at, event_key`,
    forget: [
      `update order_event set value = value || '{"customerId": null, "checkoutToken": null, "redacted": true}'
       where shop_id = :shop and order_id = any(:orders) and kind = 'described'`,
    ],
  },
  shipment_fact: {
    columns: ["order_id"],
    tell: `select * from shipment_fact where shop_id = :shop and order_id = any(:orders) order by order_id, shipment_id`,
    forget: [],
  },
  delivery_score: {
    columns: ["order_id", "reasons"],
    tell: "select * from delivery_score where shop_id = :shop and order_id = any(:orders) order by order_id",
    forget: [],
  },
  checkout_fact: {
    columns: ["token", "checkout_id"],
    tell: "select * from checkout_fact where shop_id = :shop and token = any(:tokens) order by token",
    forget: ["delete from checkout_fact where shop_id = :shop and token = any(:tokens)"],
  },
  customer_alias: {
    columns: ["customer_id", "remains_id"],
    tell: `select * from customer_alias where shop_id = :shop and customer_id = any(:customers) order by customer_id`,
    forget: [
      `delete from customer_alias
       where shop_id = :shop and (customer_id = any(:customers) or remains_id = any(:customers))`,
    ],
  },
  // What waits to be recorded is needed for that, and finds the tombstones; it is emptied by the daily round.
  inbox_delivery: {
    columns: ["payload"],
    tell: `select topic, triggered_at, received_at, payload from inbox_delivery
           where shop_id = :shop and payload::text ~ :words order by received_at, webhook_id`,
    forget: [
      `update inbox_delivery set payload = '{}'
       where shop_id = :shop and payload::text ~ :words
         and (recorded_at is not null or topic in ('customers/redact', 'customers/data_request'))`,
    ],
  },
  // That there was a request stays on record, without whom it was about and what was answered.
  data_request: {
    columns: ["customer_id", "answer"],
    tell: `select asked_at, answered_at from data_request
           where shop_id = :shop and customer_id = any(:customers) order by asked_at`,
    forget: [
      `update data_request set customer_id = null, answer = null
       where shop_id = :shop and (customer_id = any(:customers) or answer::text ~ :words)`,
    ],
  },

  // Nothing of one shopper: what the shop set, what is learnt from many orders, how far work has come.
  inbox_key: nothing(),
  backfill: nothing(),
  // A place in a file and a reason, never the line.
  set_aside_line: nothing(),
  reconciliation: nothing(),
  reconciliation_day: nothing(),
  withheld_part: nothing(),
  carrier_habit: nothing(),
  usual_time: nothing(),
  dirty_day: nothing(),
  delivery_day: nothing("left_out", "reasons"),
  method_promise: nothing(),
  shop_setting: nothing(),
  // Of the shop's staff, not of its shoppers: see staff-contacts.server.ts.
  staff_contact: nothing("contact"),
};

/** What a statement may name, by name. */
export interface Named {
  shop: number;
  customers: string[];
  orders: string[];
  tokens: string[];
  words: string;
  at: Date;
}

const TYPES: Record<keyof Named, string> = {
  shop: "int",
  customers: "bigint[]",
  orders: "bigint[]",
  tokens: "text[]",
  words: "text",
  at: "timestamptz",
};

/** A statement with names as one with numbered parameters. */
export function bindNamed(sql: string, named: Named): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const places = new Map<string, string>();
  const text = sql.replace(/(?<!:):([a-z]+)/g, (_, name: keyof Named) => {
    if (!places.has(name)) places.set(name, `$${values.push(named[name])}::${TYPES[name]}`);
    return places.get(name)!;
  });
  return { text, values };
}

/** A pattern that finds any of the ids as a whole word, also inside a global id; one that finds nothing for none. */
export function patternOf(ids: readonly string[]): string {
  const safe = ids.filter((id) => id !== "").map((id) => id.replace(/[^A-Za-z0-9]/g, (one) => `\\${one}`));
  return safe.length > 0 ? `(^|[^A-Za-z0-9_-])(${safe.join("|")})($|[^A-Za-z0-9_-])` : "$.^";
}
