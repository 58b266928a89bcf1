/**
 * What happened to an order, append-only: `order_event`, one row a happening. The key names the happening, so that
 * hearing of it again, or from another source, changes nothing.
 *
 * Which source fills what. "Read" is a bulk file or an order read by id, which have the same fields. A field that both
 * fill has the same key, time and value from either; what was heard of twice is merged in `merge-events.ts`, where the
 * order of arrival makes no difference.
 *
 * | kind | read | webhooks |
 * |---|---|---|
 * | described | the order's own fields, as of Order.updatedAt | orders/create, updated, cancelled, as of updated_at |
 * | described: methodType, location | the order's fulfilment orders | – (the order is read by id) |
 * | promised | FulfillmentOrder.deliveryMethod.maxDeliveryDateTime | – (read by id) |
 * | held, hold_released | FulfillmentOrder.fulfillmentHolds, at the reading | – (fulfillment_holds/*: read by id) |
 * | items_removed | LineItem.quantity − currentQuantity, at the reading | the same of line_items, at updated_at |
 * | cancelled | Order.cancelledAt, cancelReason | cancelled_at, cancel_reason of the order |
 * | fulfilled | Order.fulfillments | fulfillments/*, fulfillments of the order |
 * | fulfilment_cancelled | Fulfillment.status, at the reading | status, at the parcel's updated_at |
 * | scanned | FulfillmentEvent; inTransitAt, deliveredAt where no scan says so | fulfillment_events/create |
 * | scan_withdrawn | – | fulfillment_events/delete |
 * | refunded | Order.refunds | refunds/create, refunds of the order, if paid in the shop's currency; else read |
 * | returned | Order.returns with their lines | – (returns/*: read by id) |
 * | return_withdrawn | Return.status, at the reading | returns/cancel, returns/decline |
 */
export type OrderEvent = {
  orderId: string;
  eventKey: string;
  /** When it happened, epoch ms. */
  happenedAt: number;
  /** When Ease could have known, epoch ms: a score as of a moment reads only what was known by then. */
  knownAt: number;
  /** `knownAt` was set to `happenedAt` because a backfill cannot tell when it would have been heard of. */
  assumed: boolean;
  source: EventSource;
} & OrderHappening;

export type EventSource = "bulk" | "webhook";

export type OrderHappening =
  | { kind: "described"; value: OrderDescription }
  | { kind: "promised"; value: { promisedFor: string; at: number } }
  | { kind: "held"; value: { reason: string } }
  | { kind: "hold_released"; value: { reason: string } }
  | { kind: "items_removed"; value: { quantity: number; updatedAt: number } }
  | { kind: "cancelled"; value: { reason: string | null } }
  | { kind: "fulfilled"; value: { shipmentId: string; carrier: string | null; quantity: number; updatedAt: number } }
  | { kind: "fulfilment_cancelled"; value: { shipmentId: string } }
  | { kind: "scanned"; value: { shipmentId: string; status: string } }
  | { kind: "scan_withdrawn"; value: { scanId: string } }
  | { kind: "refunded"; value: { amountMinor: number } }
  | { kind: "returned"; value: { reasons: string[]; quantity: number } }
  | { kind: "return_withdrawn"; value: { returnId: string } };

export type OrderHappeningKind = OrderHappening["kind"];

/** What an order says of itself. Amounts in minor units of the shop's currency. */
export interface OrderDescription {
  /** The states of the order, by their `updatedAt` (epoch ms, ascending), in which it described itself this way. */
  seen: number[];
  name: string;
  placedAt: number;
  sourceName: string | null;
  test: boolean;
  company: boolean;
  requiresShipping: boolean;
  /** Missing where the source cannot tell, which is not the same as none. */
  methodType?: string | null;
  method: string | null;
  country: string | null;
  province: string | null;
  vendor: string | null;
  /** Missing where the source cannot tell. */
  location?: string | null;
  customerId: string | null;
  checkoutToken: string | null;
  /** Whose order it was has been forgotten on request, for good. */
  redacted?: true;
  presentmentCurrency: string;
  totalMinor: number;
  subtotalMinor: number;
  shippingMinor: number;
  items: number;
}
