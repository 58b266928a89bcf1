import type { BulkOrder, FulfillmentOrderNode } from "~/ingest/bulk-order";
import { legacyId } from "~/shopify/gid";
import { toMinor } from "./money";
import { describedKey, mainVendor } from "./order-description";
import type { OrderDescription, OrderEvent, OrderHappening } from "./order-event";

/**
 * What happened to an order, told from its bulk lines. What has a time of its own is assumed known when it happened;
 * what a bulk file only shows as a state (a hold, removed items) is known since the reading, `readAt` (epoch ms).
 */
export function eventsOfBulkOrder(whole: BulkOrder, currency: string, readAt: number): OrderEvent[] {
  const { order } = whole;
  const orderId = legacyId(order.id);
  const updatedAt = Date.parse(order.updatedAt);
  const events: OrderEvent[] = [];
  const happened = (eventKey: string, at: string | number, happening: OrderHappening) => {
    const happenedAt = typeof at === "number" ? at : Date.parse(at);
    events.push({ orderId, eventKey, happenedAt, knownAt: happenedAt, assumed: true, source: "bulk", ...happening });
  };
  const seen = (eventKey: string, happening: OrderHappening) =>
    events.push({
      orderId, eventKey, happenedAt: readAt, knownAt: readAt, assumed: false, source: "bulk", ...happening,
    });

  const description = describeOrder(whole, currency);
  happened(describedKey(description), description.placedAt, { kind: "described", value: description });

  for (const { id, createdAt, deliveryMethod, fulfillmentHolds } of whole.fulfillmentOrders) {
    const promisedFor = legacyId(id);
    if (deliveryMethod?.maxDeliveryDateTime) {
      const at = Date.parse(deliveryMethod.maxDeliveryDateTime);
      happened(`promised:${promisedFor}:${at}`, createdAt, { kind: "promised", value: { promisedFor, at } });
    }
    for (const { reason } of fulfillmentHolds) {
      seen(`held:${promisedFor}:${reason}`, { kind: "held", value: { reason } });
    }
  }

  const removed = whole.lineItems.reduce((sum, line) => sum + line.quantity - line.currentQuantity, 0);
  // A cancelled order keeps no items; that is one happening, not two.
  if (removed > 0 && !order.cancelledAt) {
    seen(`items_removed:${removed}`, { kind: "items_removed", value: { quantity: removed, updatedAt } });
  }
  if (order.cancelledAt) {
    happened("cancelled", order.cancelledAt, { kind: "cancelled", value: { reason: order.cancelReason } });
  }

  const scans = new Map<string, { statuses: Set<string> }>();
  for (const scan of whole.scans) {
    const shipmentId = legacyId(scan.__parentId);
    const known = scans.get(shipmentId) ?? { statuses: new Set() };
    known.statuses.add(scan.status);
    scans.set(shipmentId, known);
    const value = { shipmentId, status: scan.status };
    happened(`scanned:${legacyId(scan.id)}`, scan.happenedAt, { kind: "scanned", value });
  }

  for (const parcel of order.fulfillments) {
    if (!parcel.requiresShipping) continue;
    const shipmentId = legacyId(parcel.id);
    const carrier = parcel.trackingInfo[0]?.company ?? null;
    happened(`fulfilled:${shipmentId}`, parcel.createdAt, {
      kind: "fulfilled",
      value: { shipmentId, carrier, quantity: parcel.totalQuantity, updatedAt },
    });
    if (parcel.status === "CANCELLED") {
      seen(`fulfilment_cancelled:${shipmentId}`, { kind: "fulfilment_cancelled", value: { shipmentId } });
    }
    const statuses = scans.get(shipmentId)?.statuses;
    if (parcel.inTransitAt && !statuses) {
      const value = { shipmentId, status: "IN_TRANSIT" };
      happened(`in_transit:${shipmentId}`, parcel.inTransitAt, { kind: "scanned", value });
    }
    if (parcel.deliveredAt && !statuses?.has("DELIVERED")) {
      const value = { shipmentId, status: "DELIVERED" };
      happened(`delivered:${shipmentId}`, parcel.deliveredAt, { kind: "scanned", value });
    }
  }

  for (const refund of order.refunds) {
    const amountMinor = toMinor(refund.totalRefundedSet.shopMoney.amount, currency);
    happened(`refunded:${legacyId(refund.id)}`, refund.processedAt, { kind: "refunded", value: { amountMinor } });
  }

  for (const one of whole.returns) {
    const returnId = legacyId(one.id);
    if (one.status === "CANCELED" || one.status === "DECLINED") {
      seen(`return_withdrawn:${returnId}`, { kind: "return_withdrawn", value: { returnId } });
      continue;
    }
    const lines = whole.returnLineItems.filter((line) => line.__parentId === one.id);
    const reasons = [...new Set(lines.flatMap((line) => line.returnReasonDefinition?.handle ?? []))].sort();
    const quantity = lines.reduce((sum, line) => sum + line.quantity, 0);
    happened(`returned:${returnId}`, one.createdAt, { kind: "returned", value: { reasons, quantity } });
  }
  return events;
}

function describeOrder(whole: BulkOrder, currency: string): OrderDescription {
  const { order, lineItems, fulfillmentOrders } = whole;
  const minor = (set: { shopMoney: { amount: string } }) => toMinor(set.shopMoney.amount, currency);
  return {
    seen: [Date.parse(order.updatedAt)],
    name: order.name,
    placedAt: Date.parse(order.processedAt),
    sourceName: order.sourceName,
    test: order.test,
    company: order.purchasingEntity?.__typename === "PurchasingCompany",
    requiresShipping: order.requiresShipping,
    methodType: methodTypeOf(fulfillmentOrders),
    method: order.shippingLine?.title ?? null,
    country: order.shippingAddress?.countryCodeV2 ?? null,
    province: order.shippingAddress?.provinceCode ?? null,
    vendor: mainVendor(lineItems),
    location: earliest(fulfillmentOrders)?.assignedLocation.name ?? null,
    customerId: order.customer ? legacyId(order.customer.id) : null,
    checkoutToken: order.checkoutToken,
    presentmentCurrency: order.presentmentCurrencyCode,
    totalMinor: minor(order.totalPriceSet),
    subtotalMinor: order.subtotalPriceSet ? minor(order.subtotalPriceSet) : 0,
    shippingMinor: minor(order.totalShippingPriceSet),
    items: lineItems.reduce((sum, line) => sum + line.quantity, 0),
  };
}

function earliest(fulfillmentOrders: FulfillmentOrderNode[]): FulfillmentOrderNode | undefined {
  return fulfillmentOrders.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id))[0];
}

/** One that ships decides: an order of a digital good and a parcel is a delivery. */
function methodTypeOf(fulfillmentOrders: FulfillmentOrderNode[]): string | null {
  const types = fulfillmentOrders.flatMap((one) => one.deliveryMethod?.methodType ?? []).sort();
  return types.find((type) => type === "SHIPPING" || type === "LOCAL") ?? types[0] ?? null;
}
