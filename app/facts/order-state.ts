/**
 * What is known of one order at one moment. The projection in `project-order.ts` makes it from the order's events; the
 * scorecard reads nothing else. All instants are epoch milliseconds, all amounts minor units of the shop's currency.
 */
export interface OrderState {
  orderId: string;
  name: string;
  /** Its latest state that was heard of, by Shopify's `updatedAt`. */
  updatedAt: number;
  placedAt: number;
  sourceName: string | null;
  test: boolean;
  /** Bought by a company (B2B). */
  company: boolean;
  requiresShipping: boolean;
  /** SHIPPING, PICK_UP, LOCAL, PICKUP_POINT, RETAIL, NONE; null until Shopify has made a fulfilment order. */
  methodType: string | null;
  /** What the shopper chose at checkout, e.g. "Standard". */
  method: string | null;
  country: string | null;
  province: string | null;
  vendor: string | null;
  location: string | null;
  customerId: string | null;
  checkoutToken: string | null;
  presentmentCurrency: string;
  totalMinor: number;
  subtotalMinor: number;
  shippingMinor: number;
  refundedMinor: number;
  items: number;
  itemsRemoved: number;
  promise: DeliveryPromise | null;
  /** Reason of a hold in force, e.g. INVENTORY_OUT_OF_STOCK. */
  holdReason: string | null;
  cancelledAt: number | null;
  cancelReason: string | null;
  firstRefundedAt: number | null;
  returnedAt: number | null;
  /** Shopify's return reason handle, e.g. "wrong-item"; the gravest of several. */
  returnReason: string | null;
  /** Parcels, in order of fulfilment; cancelled ones stay with their `cancelledAt`. */
  shipments: ShipmentState[];
}

/** A promise has a source: quoted at checkout, or set by the merchant for the method. Without one nothing is kept or broken. */
export interface DeliveryPromise {
  at: number;
  source: "quoted" | "merchant";
}

export interface ShipmentState {
  shipmentId: string;
  carrier: string | null;
  quantity: number;
  fulfilledAt: number;
  /** First scan made by the carrier itself (picked up, in transit, …); null before, and for carriers that do not scan. */
  handedOverAt: number | null;
  lastScanAt: number | null;
  lastStatus: string | null;
  scans: number;
  failedAttempts: number;
  delays: number;
  failures: number;
  deliveredAt: number | null;
  cancelledAt: number | null;
}
