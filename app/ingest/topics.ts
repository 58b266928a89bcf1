import { z } from "zod";

/**
 * The webhooks Ease takes, each with the fields of its payload that are kept; all others are dropped before anything is
 * stored. No field here says who a shopper is, beyond the number Shopify gives them: no name, e-mail, phone, address
 * below the region, IP or note. A topic that is not listed is answered and forgotten.
 */

/** Version of these lists, kept with each delivery: what was stored under an older one lacks the newer fields. */
export const ALLOW_LIST_VERSION = 2;

const instant = z.iso.datetime({ offset: true });
/** Ids outgrow doubles, so that some come as text; what they are compared by is `idText`. */
const id = z.union([z.number(), z.string().regex(/^\d+$/)]);
const gid = z.string().regex(/^gid:\/\/shopify\/[A-Za-z]+\/\d+/);
const amount = z.union([z.string(), z.number()]);
const shopAmount = z.object({ shop_money: z.object({ amount }) });
const present = { admin_graphql_api_id: gid.optional() };

const fulfillment = z.object({
  id,
  ...present,
  created_at: instant,
  updated_at: instant.nullish(),
  status: z.string().nullish(),
  tracking_company: z.string().nullish(),
  line_items: z.array(z.object({ quantity: z.number(), requires_shipping: z.boolean().nullish() })).default([]),
});

const refund = z.object({
  id,
  ...present,
  created_at: instant,
  processed_at: instant.nullish(),
  transactions: z
    .array(z.object({ kind: z.string(), status: z.string(), amount, currency: z.string().nullish() }))
    .default([]),
});

const order = z.object({
  id,
  ...present,
  name: z.string(),
  created_at: instant,
  processed_at: instant.nullish(),
  updated_at: instant,
  cancelled_at: instant.nullish(),
  cancel_reason: z.string().nullish(),
  test: z.boolean(),
  source_name: z.string().nullish(),
  checkout_token: z.string().nullish(),
  currency: z.string(),
  presentment_currency: z.string().nullish(),
  subtotal_price_set: shopAmount.nullish(),
  total_price_set: shopAmount,
  total_shipping_price_set: shopAmount.nullish(),
  customer: z.object({ id }).nullish(),
  company: z.object({ id }).nullish(),
  shipping_address: z.object({ country_code: z.string().nullish(), province_code: z.string().nullish() }).nullish(),
  shipping_lines: z.array(z.object({ title: z.string().nullish(), is_removed: z.boolean().nullish() })).default([]),
  line_items: z
    .array(
      z.object({
        quantity: z.number(),
        current_quantity: z.number().nullish(),
        requires_shipping: z.boolean().nullish(),
        vendor: z.string().nullish(),
      }),
    )
    .default([]),
  fulfillments: z.array(fulfillment).default([]),
  refunds: z.array(refund).default([]),
});

const orderId = { order_id: id };
const fulfillmentEvent = z.object({
  id,
  ...orderId,
  fulfillment_id: id,
  status: z.string(),
  happened_at: instant,
});
const hold = z.object({
  fulfillment_order: z.object({ id: gid }),
  fulfillment_hold: z.object({ id: gid.optional(), reason: z.string().nullish() }).nullish(),
});
/** A return names its order in one of several places, or not at all. */
const orderReturn = z.object({
  id: id.optional(),
  ...present,
  status: z.string().nullish(),
  order_id: id.nullish(),
  order: z.object({ id }).nullish(),
});
const checkout = z.object({
  id: id.nullish(),
  token: z.string(),
  created_at: instant,
  updated_at: instant,
  completed_at: instant.nullish(),
  currency: z.string().nullish(),
  presentment_currency: z.string().nullish(),
  total_price: amount.nullish(),
  shipping_address: z.object({ country_code: z.string().nullish(), province_code: z.string().nullish() }).nullish(),
});

export const topics = {
  "orders/create": order,
  "orders/updated": order,
  "orders/cancelled": order,
  "orders/edited": z.object({ order_edit: z.object(orderId) }),
  "orders/delete": z.object({ id }),
  "fulfillments/create": fulfillment.extend(orderId),
  "fulfillments/update": fulfillment.extend(orderId),
  "fulfillment_events/create": fulfillmentEvent,
  "fulfillment_events/delete": fulfillmentEvent,
  "fulfillment_holds/added": hold,
  "fulfillment_holds/released": hold,
  "refunds/create": refund.extend(orderId),
  "returns/request": orderReturn,
  "returns/approve": orderReturn,
  "returns/decline": orderReturn,
  "returns/cancel": orderReturn,
  "returns/close": orderReturn,
  "returns/reopen": orderReturn,
  "returns/process": orderReturn,
  "returns/update": orderReturn,
  "order_transactions/create": z.object({ ...orderId, kind: z.string(), status: z.string() }),
  "checkouts/create": checkout,
  "checkouts/update": checkout,
  "checkouts/delete": z.object({ id: id.nullish(), token: z.string().nullish() }),
  "customers/merge": z.object({
    admin_graphql_api_customer_kept_id: gid.nullish(),
    admin_graphql_api_customer_deleted_id: gid.nullish(),
    status: z.string().nullish(),
  }),
  // What it says of the owner is dropped.
  "shop/update": z.object({
    name: z.string(),
    currency: z.string(),
    iana_timezone: z.string().nullish(),
    updated_at: instant.nullish(),
  }),
  "app/uninstalled": z.object({}),
  "app/scopes_update": z.object({ current: z.array(z.string()) }),
  "bulk_operations/finish": z.object({ admin_graphql_api_id: z.string(), status: z.string() }),
  "customers/data_request": z.object({
    customer: z.object({ id }).optional(),
    orders_requested: z.array(id).optional(),
  }),
  "customers/redact": z.object({
    customer: z.object({ id }).optional(),
    orders_to_redact: z.array(id).optional(),
  }),
  "shop/redact": z.object({}),
} as const satisfies Record<string, z.ZodType>;

export type Topic = keyof typeof topics;
export type TopicPayload<Name extends Topic> = z.output<(typeof topics)[Name]>;

/** Whether Ease takes a topic. */
export function isTopic(topic: string): topic is Topic {
  return Object.hasOwn(topics, topic);
}

/** An id of a payload as text, taken from the global id where there is one: that has all its digits. */
export function idText(from: { id?: number | string | null; admin_graphql_api_id?: string }): string | null {
  if (from.admin_graphql_api_id) return /\d+/.exec(from.admin_graphql_api_id.split("/").at(-1)!)?.[0] ?? null;
  return from.id === undefined || from.id === null ? null : String(from.id);
}
