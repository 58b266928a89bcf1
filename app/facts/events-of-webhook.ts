import { idText, type Topic, type TopicPayload, topics } from "~/ingest/topics";
import { toMinor } from "./money";
import { describedKey, mainVendor } from "./order-description";
import type { OrderDescription, OrderEvent, OrderHappening } from "./order-event";

/** A delivery of the inbox, as far as orders are concerned. */
export interface Delivery {
  topic: Topic;
  payload: unknown;
  /** When Shopify sent it, epoch ms: what it says was known then, whenever it arrived. */
  triggeredAt: number;
}

export type Told =
  /** What happened to an order; `read` where the payload cannot tell all of it and Shopify is to be asked. */
  | { kind: "order"; orderId: string; events: OrderEvent[]; read: boolean }
  | { kind: "order-deleted"; orderId: string; at: number }
  /** Names something of an order, but not the order: a global id to ask Shopify about. */
  | { kind: "part-of-order"; gid: string }
  /** Nothing about an order. */
  | { kind: "nothing" };

type OrderPayload = TopicPayload<"orders/create">;
type FulfillmentPayload = OrderPayload["fulfillments"][number];
type RefundPayload = OrderPayload["refunds"][number];
type Tell = (eventKey: string, at: number, happening: OrderHappening) => void;

/**
 * What a webhook tells of an order: the same keys, times and values a reading of the order gives for the same fields.
 * `currency` is the shop's. Throws where the payload is not what its topic's list keeps.
 */
export function eventsOfWebhook({ topic, payload, triggeredAt }: Delivery, currency: string): Told {
  const told = (orderId: string, tell: (happened: Tell) => unknown): Told => {
    const events: OrderEvent[] = [];
    const read = tell((eventKey, happenedAt, happening) =>
      events.push({
        orderId, eventKey, happenedAt, knownAt: triggeredAt, assumed: false, source: "webhook", ...happening,
      }),
    );
    return { kind: "order", orderId, events, read: read === true };
  };
  switch (topic) {
    case "orders/create":
    case "orders/updated":
    case "orders/cancelled": {
      const order = topics[topic].parse(payload);
      return told(idText(order)!, (happened) => tellOrder(order, currency, happened));
    }
    case "orders/edited":
      return told(String(topics[topic].parse(payload).order_edit.order_id), () => true);
    case "orders/delete":
      return { kind: "order-deleted", orderId: String(topics[topic].parse(payload).id), at: triggeredAt };
    case "fulfillments/create":
    case "fulfillments/update": {
      const parcel = topics[topic].parse(payload);
      const updatedAt = Date.parse(parcel.updated_at ?? parcel.created_at);
      return told(String(parcel.order_id), (happened) => tellFulfillment(parcel, updatedAt, happened));
    }
    case "fulfillment_events/create": {
      const scan = topics[topic].parse(payload);
      const value = { shipmentId: String(scan.fulfillment_id), status: scan.status.toUpperCase() };
      return told(String(scan.order_id), (happened) =>
        happened(`scanned:${scan.id}`, Date.parse(scan.happened_at), { kind: "scanned", value }),
      );
    }
    case "fulfillment_events/delete": {
      const scan = topics[topic].parse(payload);
      const value = { scanId: String(scan.id) };
      return told(String(scan.order_id), (happened) =>
        happened(`scan_withdrawn:${scan.id}`, triggeredAt, { kind: "scan_withdrawn", value }),
      );
    }
    case "refunds/create": {
      const refund = topics[topic].parse(payload);
      return told(String(refund.order_id), (happened) => tellRefund(refund, currency, happened));
    }
    case "returns/request":
    case "returns/approve":
    case "returns/decline":
    case "returns/cancel":
    case "returns/close":
    case "returns/reopen":
    case "returns/process":
    case "returns/update":
      return tellReturn(topic, topics[topic].parse(payload), triggeredAt, told);
    case "order_transactions/create": {
      const transaction = topics[topic].parse(payload);
      // A refund that was pending counts once it is paid; what it then amounts to stands at the order.
      return told(String(transaction.order_id), () => transaction.kind === "refund");
    }
    case "fulfillment_holds/added":
    case "fulfillment_holds/released":
      return { kind: "part-of-order", gid: topics[topic].parse(payload).fulfillment_order.id };
    default:
      return { kind: "nothing" };
  }
}

function tellOrder(order: OrderPayload, currency: string, happened: Tell): boolean {
  const updatedAt = Date.parse(order.updated_at);
  const description = describeOrder(order, currency);
  happened(describedKey(description), description.placedAt, { kind: "described", value: description });
  if (order.cancelled_at) {
    const reason = order.cancel_reason?.toUpperCase() ?? null;
    happened("cancelled", Date.parse(order.cancelled_at), { kind: "cancelled", value: { reason } });
  } else {
    const quantity = order.line_items.reduce((sum, { quantity, current_quantity: left }) => {
      return sum + quantity - (left ?? quantity);
    }, 0);
    if (quantity > 0) {
      happened(`items_removed:${quantity}`, updatedAt, { kind: "items_removed", value: { quantity, updatedAt } });
    }
  }
  for (const parcel of order.fulfillments) tellFulfillment(parcel, updatedAt, happened);
  let read = false;
  for (const refund of order.refunds) read = tellRefund(refund, currency, happened) || read;
  return read;
}

function describeOrder(order: OrderPayload, currency: string): OrderDescription {
  const minor = (set: { shop_money: { amount: string | number } }) => toMinor(String(set.shop_money.amount), currency);
  return {
    seen: [Date.parse(order.updated_at)],
    name: order.name,
    placedAt: Date.parse(order.processed_at ?? order.created_at),
    sourceName: order.source_name ?? null,
    test: order.test,
    company: order.company !== null && order.company !== undefined,
    requiresShipping: order.line_items.some((line) => line.requires_shipping),
    method: order.shipping_lines.find((line) => !line.is_removed)?.title ?? null,
    country: order.shipping_address?.country_code ?? null,
    province: order.shipping_address?.province_code ?? null,
    vendor: mainVendor(order.line_items),
    customerId: order.customer ? String(order.customer.id) : null,
    checkoutToken: order.checkout_token ?? null,
    presentmentCurrency: order.presentment_currency ?? order.currency,
    totalMinor: minor(order.total_price_set),
    subtotalMinor: order.subtotal_price_set ? minor(order.subtotal_price_set) : 0,
    shippingMinor: order.total_shipping_price_set ? minor(order.total_shipping_price_set) : 0,
    items: order.line_items.reduce((sum, line) => sum + line.quantity, 0),
  };
}

function tellFulfillment(parcel: FulfillmentPayload, orderUpdatedAt: number, happened: Tell): void {
  const { line_items: lines } = parcel;
  if (lines.length > 0 && !lines.some((line) => line.requires_shipping)) return;
  const shipmentId = idText(parcel)!;
  const updatedAt = parcel.updated_at ? Date.parse(parcel.updated_at) : orderUpdatedAt;
  happened(`fulfilled:${shipmentId}`, Date.parse(parcel.created_at), {
    kind: "fulfilled",
    value: {
      shipmentId,
      carrier: parcel.tracking_company ?? null,
      quantity: lines.reduce((sum, line) => sum + line.quantity, 0),
      updatedAt,
    },
  });
  if (parcel.status === "cancelled") {
    happened(`fulfilment_cancelled:${shipmentId}`, updatedAt, { kind: "fulfilment_cancelled", value: { shipmentId } });
  }
}

/** True where the refund was paid in another currency: what it is in the shop's, only a reading tells. */
function tellRefund(refund: RefundPayload, currency: string, happened: Tell): boolean {
  const paid = refund.transactions.filter((one) => one.kind === "refund" && one.status === "success");
  if (paid.some((one) => one.currency && one.currency !== currency)) return true;
  const amountMinor = paid.reduce((sum, { amount }) => sum + toMinor(String(amount), currency), 0);
  const at = Date.parse(refund.processed_at ?? refund.created_at);
  happened(`refunded:${idText(refund)}`, at, { kind: "refunded", value: { amountMinor } });
  return false;
}

/** What is sent back and why stands at the order alone. */
function tellReturn(
  topic: Topic,
  one: TopicPayload<"returns/update">,
  triggeredAt: number,
  told: (orderId: string, tell: (happened: Tell) => unknown) => Told,
): Told {
  const returnId = idText(one);
  const orderId = one.order_id ?? one.order?.id;
  if (orderId === undefined || orderId === null) {
    return returnId === null ? { kind: "nothing" } : { kind: "part-of-order", gid: `gid://shopify/Return/${returnId}` };
  }
  return told(String(orderId), (happened) => {
    if (returnId !== null && (topic === "returns/cancel" || topic === "returns/decline")) {
      happened(`return_withdrawn:${returnId}`, triggeredAt, { kind: "return_withdrawn", value: { returnId } });
    }
    return true;
  });
}
