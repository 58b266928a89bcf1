/**
 * What Shopify's webhooks carry: REST resources as they are at `now` (epoch ms). They name a shopper in full, as
 * Shopify's do, since keeping that out is up to the app and its subscriptions.
 */
import { gid, iso } from "./ids";
import type { StoreFulfillment, StoreOrder, StoreRefund, StoreReturn, StoreScan, StoreShop } from "./model";
import { converted, decimalAmount } from "./money";
import * as at from "./order-at";

/** How long before an order its checkout began. */
export const CHECKOUT_LEAD_MS = 4 * 60_000;

type Json = Record<string, unknown>;

export function orderPayload(shop: StoreShop, order: StoreOrder, now: number): Json {
  const set = (minor: number) => moneySet(shop, order, minor);
  const total = at.total(order);
  return {
    id: order.id,
    admin_graphql_api_id: gid("Order", order.id),
    app_id: 580111,
    browser_ip: "192.0.2.17",
    cancel_reason: order.cancelledAt !== null && order.cancelledAt <= now ? lower(order.cancelReason ?? "OTHER") : null,
    cancelled_at: order.cancelledAt !== null && order.cancelledAt <= now ? iso(order.cancelledAt) : null,
    checkout_token: order.checkoutToken,
    contact_email: "stand-in.shopper@example.com",
    created_at: iso(order.placedAt),
    currency: shop.currency,
    email: "stand-in.shopper@example.com",
    financial_status: lower(at.financialStatusAt(order, now)),
    name: order.name,
    note: "Please ring twice",
    phone: "+49 30 000000",
    presentment_currency: order.presentmentCurrency,
    processed_at: iso(order.placedAt),
    source_name: order.sourceName,
    subtotal_price: decimalAmount(at.subtotal(order), shop.currency),
    subtotal_price_set: set(at.subtotal(order)),
    test: order.test,
    total_price: decimalAmount(total, shop.currency),
    total_price_set: set(total),
    total_shipping_price_set: set(order.shippingPrice),
    updated_at: iso(at.updatedAt(order, now)),
    ...(order.company ? { company: { id: order.id, location_id: order.id } } : {}),
    customer: order.customerId === null ? null : { id: order.customerId, first_name: "Stand-in", last_name: "Shopper" },
    billing_address: address(order),
    shipping_address: order.country === null ? null : address(order),
    shipping_lines:
      order.shippingTitle === null
        ? []
        : [{ id: order.id, title: order.shippingTitle, price: decimalAmount(order.shippingPrice, shop.currency) }],
    line_items: order.lineItems.map((item) => ({
      id: item.id,
      admin_graphql_api_id: gid("LineItem", item.id),
      title: item.title,
      vendor: item.vendor,
      quantity: item.quantity,
      current_quantity: at.quantityAt(item, now),
      requires_shipping: item.requiresShipping,
      price: decimalAmount(item.unitPrice, shop.currency),
    })),
    fulfillments: at.fulfillmentsAt(order, now).map((parcel) => fulfillmentPayload(order, parcel, now)),
    refunds: order.refunds.filter((refund) => refund.at <= now).map((refund) => refundPayload(shop, order, refund)),
  };
}

export function fulfillmentPayload(order: StoreOrder, parcel: StoreFulfillment, now: number): Json {
  const shipped = order.lineItems.filter((item) => item.requiresShipping);
  return {
    id: parcel.id,
    admin_graphql_api_id: gid("Fulfillment", parcel.id),
    order_id: order.id,
    name: `${order.name}.${order.fulfillments.indexOf(parcel) + 1}`,
    created_at: iso(parcel.createdAt),
    updated_at: iso(parcel.cancelledAt !== null && parcel.cancelledAt <= now ? parcel.cancelledAt : parcel.createdAt),
    status: lower(at.fulfillmentStatusAt(parcel, now)),
    shipment_status: parcel.scans.length > 0 ? lower(at.displayStatusAt(parcel, now)) : null,
    tracking_company: parcel.carrier,
    tracking_number: `STANDIN${parcel.id}`,
    email: "stand-in.shopper@example.com",
    destination: order.country === null ? null : address(order),
    // A record has no quantities per line of a parcel: its number of items stands with the first line.
    line_items: [{ id: shipped[0]?.id ?? parcel.id, quantity: parcel.quantity, requires_shipping: shipped.length > 0 }],
  };
}

export function scanPayload(order: StoreOrder, parcel: StoreFulfillment, scan: StoreScan): Json {
  return {
    id: scan.id,
    admin_graphql_api_id: gid("FulfillmentEvent", scan.id),
    order_id: order.id,
    fulfillment_id: parcel.id,
    status: lower(scan.status),
    message: "A carrier's free text",
    happened_at: iso(scan.happenedAt),
    created_at: iso(scan.happenedAt),
    updated_at: iso(scan.happenedAt),
    city: "Standin",
    zip: "10115",
    country: order.country,
  };
}

/** What was paid back is in the currency the shopper paid in. */
export function refundPayload(shop: StoreShop, order: StoreOrder, refund: StoreRefund): Json {
  const paid = converted(refund.amount, order.presentmentRate, shop.currency, order.presentmentCurrency);
  return {
    id: refund.id,
    admin_graphql_api_id: gid("Refund", refund.id),
    order_id: order.id,
    created_at: iso(refund.at),
    processed_at: iso(refund.at),
    note: "A reason in somebody's words",
    transactions: [
      {
        id: refund.id,
        order_id: order.id,
        kind: "refund",
        status: "success",
        gateway: "bogus",
        amount: decimalAmount(paid, order.presentmentCurrency),
        currency: order.presentmentCurrency,
      },
    ],
  };
}

export function returnPayload(order: StoreOrder, returned: StoreReturn, status: string): Json {
  return {
    id: returned.id,
    admin_graphql_api_id: gid("Return", returned.id),
    status,
    order: { id: order.id, admin_graphql_api_id: gid("Order", order.id) },
    total_return_line_items: returned.items.length,
    return_line_items: returned.items.map(({ id, quantity }) => ({ id, quantity, customer_note: "Too small" })),
  };
}

export function holdPayload(fulfillmentOrderId: number, hold: { id: number; reason: string }): Json {
  return {
    fulfillment_order: { id: gid("FulfillmentOrder", fulfillmentOrderId) },
    fulfillment_hold: {
      id: gid("FulfillmentHold", hold.id),
      reason: lower(hold.reason),
      reason_notes: "A note about the hold",
    },
  };
}

export function transactionPayload(shop: StoreShop, order: StoreOrder): Json {
  return {
    id: order.id,
    order_id: order.id,
    kind: "sale",
    status: "success",
    gateway: "bogus",
    amount: decimalAmount(at.total(order), shop.currency),
    currency: shop.currency,
    payment_details: { credit_card_name: "Stand-in Shopper" },
  };
}

/** The checkout an order came from, as it is at `now`: begun, with an address, completed. */
export function checkoutPayload(shop: StoreShop, order: StoreOrder, now: number): Json {
  const completed = now >= order.placedAt;
  return {
    id: order.id,
    token: order.checkoutToken,
    created_at: iso(order.placedAt - CHECKOUT_LEAD_MS),
    updated_at: iso(now),
    completed_at: completed ? iso(order.placedAt) : null,
    currency: shop.currency,
    presentment_currency: order.presentmentCurrency,
    total_price: decimalAmount(
      converted(at.total(order), order.presentmentRate, shop.currency, order.presentmentCurrency),
      order.presentmentCurrency,
    ),
    email: "stand-in.shopper@example.com",
    shipping_address: order.country === null || now < order.placedAt - CHECKOUT_LEAD_MS / 2 ? null : address(order),
  };
}

function address(order: StoreOrder): Json {
  return {
    first_name: "Stand-in",
    last_name: "Shopper",
    address1: "Standin Street 1",
    city: "Standin",
    zip: "10115",
    country_code: order.country,
    province_code: order.province,
  };
}

function moneySet(shop: StoreShop, order: StoreOrder, minor: number): Json {
  const presented = converted(minor, order.presentmentRate, shop.currency, order.presentmentCurrency);
  return {
    shop_money: { amount: decimalAmount(minor, shop.currency), currency_code: shop.currency },
    presentment_money: {
      amount: decimalAmount(presented, order.presentmentCurrency),
      currency_code: order.presentmentCurrency,
    },
  };
}

function lower(word: string): string {
  return word.toLowerCase();
}
