/**
 * What happened to an order, append-only: `order_event`, one row a happening. The key names the happening, so that
 * hearing of it again, or from another source, changes nothing.
 *
 * Which source fills what (a field that two fill is keyed alike, so that the first one heard wins):
 *
 * | kind | bulk files |
 * |---|---|
 * | described | the order's own fields, as they were when read |
 * | promised | FulfillmentOrder.deliveryMethod.maxDeliveryDateTime |
 * | held | FulfillmentOrder.fulfillmentHolds, as they were when read |
 * | items_removed | LineItem.quantity − currentQuantity |
 * | cancelled | Order.cancelledAt, cancelReason |
 * | fulfilled, fulfilment_cancelled | Order.fulfillments |
 * | scanned | FulfillmentEvent; Fulfillment.inTransitAt and deliveredAt where no scan says the same |
 * | refunded | Order.refunds |
 * | returned | Order.returns with their lines |
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

export type EventSource = "bulk";

export type OrderHappening =
  | { kind: "described"; value: OrderDescription }
  | { kind: "promised"; value: { promisedFor: string; at: number } }
  | { kind: "held"; value: { reason: string } }
  | { kind: "items_removed"; value: { quantity: number } }
  | { kind: "cancelled"; value: { reason: string | null } }
  | { kind: "fulfilled"; value: { shipmentId: string; carrier: string | null; quantity: number } }
  | { kind: "fulfilment_cancelled"; value: { shipmentId: string } }
  | { kind: "scanned"; value: { shipmentId: string; status: string } }
  | { kind: "refunded"; value: { amountMinor: number } }
  | { kind: "returned"; value: { reasons: string[]; quantity: number } };

export type OrderHappeningKind = OrderHappening["kind"];

/** What an order says of itself. Amounts in minor units of the shop's currency. */
export interface OrderDescription {
  name: string;
  placedAt: number;
  sourceName: string | null;
  test: boolean;
  company: boolean;
  requiresShipping: boolean;
  methodType: string | null;
  method: string | null;
  country: string | null;
  province: string | null;
  vendor: string | null;
  location: string | null;
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
