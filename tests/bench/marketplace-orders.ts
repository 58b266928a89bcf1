import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

import { parse } from "csv-parse";

import { quantile } from "simple-statistics";
import { ALWAYS_REPORTED_SHARE, OLD_ENOUGH_DAYS } from "~/facts/carrier-habit";
import type { OrderState, ShipmentState } from "~/facts/order-state";

/** A row of `orders.csv.gz`. Instants are epoch ms, read as UTC; null where the file has nothing. */
export interface MarketplaceOrder {
  orderId: string;
  purchasedAt: number;
  handedToCarrierAt: number | null;
  deliveredAt: number | null;
  promisedAt: number | null;
  items: number;
  sellers: number;
  itemsValue: number;
  freightValue: number;
  customerState: string;
  /** Null when the shopper gave no answer. */
  stars: number | null;
  /** Midnight of the day on which the shopper was asked. */
  askedAt: number | null;
}

const DAY = 86_400_000;
const CARRIER = "marketplace";

/** Reads the file once, row by row. */
export async function readMarketplaceOrders(path: string): Promise<MarketplaceOrder[]> {
  const rows = createReadStream(path);
  const unzipped = rows.pipe(createGunzip());
  const parsed = unzipped.pipe(parse({ columns: true }));
  rows.on("error", (error) => parsed.destroy(error));
  unzipped.on("error", (error) => parsed.destroy(error));
  const orders: MarketplaceOrder[] = [];
  for await (const row of parsed as AsyncIterable<Record<string, string>>) {
    orders.push({
      orderId: row.order_id ?? "",
      purchasedAt: instant(row.purchased_at) ?? refuse(row, "purchased_at"),
      handedToCarrierAt: instant(row.handed_to_carrier_at),
      deliveredAt: instant(row.delivered_at),
      promisedAt: instant(row.promised_at),
      items: Number(row.items),
      sellers: Number(row.sellers),
      itemsValue: Number(row.items_value),
      freightValue: Number(row.freight_value),
      customerState: row.customer_state ?? "",
      stars: row.stars ? Number(row.stars) : null,
      askedAt: instant(row.asked_at),
    });
  }
  return orders;
}

function instant(text: string | undefined): number | null {
  return text ? Date.parse(`${text.replace(" ", "T")}Z`) : null;
}

function refuse(row: Record<string, string>, column: string): never {
  throw new Error(`order ${row.order_id}: no ${column}`);
}

/** Received by the end of the day on which the shopper was asked: the calendar dates are what the file can tell. */
export function receivedWhenAsked(order: MarketplaceOrder, askedAt: number): boolean {
  return order.deliveredAt !== null && order.deliveredAt < askedAt + DAY;
}

/**
 * What was known of the order when the shopper was asked, and the moment to score it at: the start of that day, or the
 * arrival where that came later on the same day. Every vendor sends its own parcel; the file knows one arrival for all.
 */
export function stateWhenAsked(order: MarketplaceOrder, askedAt: number): { state: OrderState; asOf: number } {
  const deliveredAt = receivedWhenAsked(order, askedAt) ? order.deliveredAt : null;
  const asOf = Math.max(askedAt, deliveredAt ?? askedAt);
  const handedOver = order.handedToCarrierAt !== null && order.handedToCarrierAt <= asOf;
  const handedOverAt = handedOver ? order.handedToCarrierAt : null;
  const sentAt = handedOverAt ?? deliveredAt;
  const parcels = sentAt === null ? 0 : Math.max(1, order.sellers);
  const shipments: ShipmentState[] = [];
  for (let parcel = 0; parcel < parcels; parcel++) {
    shipments.push({
      shipmentId: `${order.orderId}-${parcel}`,
      carrier: CARRIER,
      quantity: 1,
      fulfilledAt: sentAt as number,
      handedOverAt,
      lastScanAt: deliveredAt ?? handedOverAt,
      lastStatus: deliveredAt === null ? "CARRIER_PICKED_UP" : "DELIVERED",
      scans: (handedOverAt === null ? 0 : 1) + (deliveredAt === null ? 0 : 1),
      failedAttempts: 0,
      delays: 0,
      failures: 0,
      deliveredAt,
      cancelledAt: null,
    });
  }
  const subtotalMinor = Math.round(order.itemsValue * 100);
  const shippingMinor = Math.round(order.freightValue * 100);
  return {
    asOf,
    state: {
      orderId: order.orderId,
      name: order.orderId,
      updatedAt: asOf,
      placedAt: order.purchasedAt,
      sourceName: "web",
      test: false,
      company: false,
      requiresShipping: true,
      methodType: "SHIPPING",
      method: null,
      country: "BR",
      province: order.customerState || null,
      vendor: null,
      location: null,
      customerId: null,
      checkoutToken: null,
      presentmentCurrency: "BRL",
      totalMinor: subtotalMinor + shippingMinor,
      subtotalMinor,
      shippingMinor,
      refundedMinor: 0,
      items: order.items,
      itemsRemoved: 0,
      promise: order.promisedAt === null ? null : { at: order.promisedAt, source: "quoted" },
      holdReason: null,
      cancelledAt: null,
      cancelReason: null,
      firstRefundedAt: null,
      returnedAt: null,
      returnReason: null,
      shipments,
    },
  };
}

/** What was known of deliveries in general just before `moment`: usual times, and how often arrival is reported. */
export function knownBefore(orders: readonly MarketplaceOrder[], moment: number) {
  const deliveries = [];
  let parcels = 0;
  let scanned = 0;
  const reportedAfterDays: number[] = [];
  for (const order of orders) {
    if (order.deliveredAt !== null && order.deliveredAt < moment) {
      deliveries.push({
        method: null,
        country: "BR",
        province: order.customerState || null,
        days: (order.deliveredAt - order.purchasedAt) / DAY,
      });
    }
    if (order.handedToCarrierAt !== null && order.handedToCarrierAt < moment - OLD_ENOUGH_DAYS * DAY) {
      parcels++;
      scanned++;
      if (order.deliveredAt !== null && order.deliveredAt < moment) {
        reportedAfterDays.push((order.deliveredAt - order.handedToCarrierAt) / DAY);
      }
    }
  }
  const deliveryReported = reportedAfterDays.length;
  const share = deliveryReported / parcels;
  const reportedWithinDays = share < ALWAYS_REPORTED_SHARE ? quantile(reportedAfterDays, share) : null;
  const habit = { carrier: CARRIER, parcels, scanned, deliveryReported, silenceQ95Hours: null, reportedWithinDays };
  return { deliveries, habits: [habit] };
}
