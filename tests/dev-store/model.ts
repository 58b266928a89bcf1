/**
 * The dev store's own records: the whole life of every order, past and future. Nothing here is what Ease sees; the Admin
 * API, the bulk files and the webhooks show of it only what has happened by the store clock.
 * All instants are epoch milliseconds (UTC); all amounts are integer minor units of the shop's currency.
 */

export interface StoreShop {
  /** e.g. "northwind-outdoor.myshopify.com" */
  domain: string;
  id: number;
  name: string;
  currency: string;
  /** IANA zone, e.g. "Europe/Berlin" */
  timeZone: string;
  /** What the merchant would grant on install; `read_all_orders` among them lifts the 60-day limit. */
  grantableScopes: string[];
  /** Points a second the Admin API gives by the shop's plan: 100 (left out), 200, 1000 or 2000. */
  restoreRate?: number;
  orders: StoreOrder[];
  /** Checkouts left after contact details were given. */
  abandonedCheckouts?: StoreAbandonedCheckout[];
}

export interface StoreAbandonedCheckout {
  id: number;
  token: string;
  startedAt: number;
  /** When the shopper left it. */
  leftAt: number;
  /** When they came back and bought after all. */
  completedAt: number | null;
  country: string | null;
  province: string | null;
  /** Minor units of the shop's currency. */
  total: number;
}

export type ScanStatus =
  | "LABEL_PRINTED" | "CONFIRMED" | "CARRIER_PICKED_UP" | "IN_TRANSIT" | "DELAYED" | "OUT_FOR_DELIVERY"
  | "ATTEMPTED_DELIVERY" | "READY_FOR_PICKUP" | "DELIVERED" | "FAILURE";

export interface StoreScan {
  id: number;
  status: ScanStatus;
  happenedAt: number;
}

export interface StoreFulfillment {
  id: number;
  /** The fulfilment order it fulfils. */
  fulfillmentOrderId: number;
  createdAt: number;
  cancelledAt: number | null;
  carrier: string | null;
  quantity: number;
  /** In order of time. A carrier that never scans leaves this empty. */
  scans: StoreScan[];
  /** When the parcel reached the shopper in truth; nobody but the simulator knows it when the carrier does not scan. */
  arrivedAt: number | null;
}

export interface StoreFulfillmentOrder {
  id: number;
  createdAt: number;
  location: string;
  methodType: "SHIPPING" | "PICK_UP" | "LOCAL" | "NONE" | "RETAIL" | "PICKUP_POINT";
  presentedName: string | null;
  /** The promise quoted at checkout; null where none was. */
  minDeliveryAt: number | null;
  maxDeliveryAt: number | null;
  /** Holds with the time each was in force. */
  holds: { id: number; reason: "INVENTORY_OUT_OF_STOCK" | "AWAITING_PAYMENT" | "INCORRECT_ADDRESS" | "HIGH_RISK_OF_FRAUD" | "OTHER"; from: number; until: number | null }[];
}

export interface StoreLineItem {
  id: number;
  title: string;
  vendor: string;
  productType: string;
  quantity: number;
  /** Unit price in minor units of the shop's currency. */
  unitPrice: number;
  requiresShipping: boolean;
  /** When the quantity was taken off the order (partial cancellation), and how many. */
  removed: { at: number; quantity: number } | null;
}

export interface StoreRefund {
  id: number;
  at: number;
  amount: number;
}

export interface StoreReturn {
  id: number;
  createdAt: number;
  closedAt: number | null;
  /** `handle` is a standard return-reason handle: "defective", "wrong-item", "size-too-small", "unwanted", "not-as-described", … */
  items: { id: number; lineItemId: number; quantity: number; reason: string }[];
}

export interface StoreOrder {
  id: number;
  name: string;
  placedAt: number;
  sourceName: "web" | "pos" | "shopify_draft_order" | "subscription_contract" | "mobile_app";
  test: boolean;
  company: boolean;
  cancelledAt: number | null;
  cancelReason: "CUSTOMER" | "DECLINED" | "FRAUD" | "INVENTORY" | "OTHER" | "STAFF" | null;
  customerId: number | null;
  checkoutToken: string | null;
  presentmentCurrency: string;
  /** Presentment amount = shop amount × rate. */
  presentmentRate: number;
  shippingPrice: number;
  shippingTitle: string | null;
  country: string | null;
  province: string | null;
  lineItems: StoreLineItem[];
  fulfillmentOrders: StoreFulfillmentOrder[];
  fulfillments: StoreFulfillment[];
  refunds: StoreRefund[];
  returns: StoreReturn[];
}
