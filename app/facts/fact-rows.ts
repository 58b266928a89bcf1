import type { CopyValue } from "~/ingest/copy-rows.server";
import type { OrderEvent } from "./order-event";
import type { OrderState, ShipmentState } from "./order-state";
import { population } from "./population";
import { deliveredAt } from "./project-order";

const DAY = 86_400_000;

/** Columns of `order_event`, in the order of `eventRow`. */
export const EVENT_COLUMNS = [
  "shop_id", "order_id", "event_key", "kind", "happened_at", "known_at", "assumed", "source", "value",
];

/** Columns of `order_fact`, in the order of `orderRow`; the day is left empty, PostgreSQL knows the time zones. */
export const ORDER_COLUMNS = [
  "shop_id", "order_id", "name", "placed_at", "day", "source_name", "left_out", "customer_id", "checkout_token",
  "total_minor", "subtotal_minor", "shipping_minor", "refunded_minor", "presentment_currency", "country", "province",
  "method", "vendor", "location", "items", "items_removed", "promised_at", "promise_source", "hold_reason",
  "cancelled_at", "cancel_reason", "first_refunded_at", "returned_at", "return_reason", "shipments",
  "first_fulfilled_at", "last_scan_at", "delivered_at", "delivery_state", "updated_at",
];

/** Columns of `shipment_fact`, in the order of `shipmentRow`. */
export const SHIPMENT_COLUMNS = [
  "shop_id", "order_id", "shipment_id", "carrier", "quantity", "fulfilled_at", "handed_over_at", "last_scan_at",
  "last_status", "scans", "failed_attempts", "delays", "failures", "delivered_at", "cancelled_at",
];

/** An event as a row of `order_event`. */
export function eventRow(shopId: number, event: OrderEvent): CopyValue[] {
  const happenedAt = instant(event.happenedAt);
  return [
    shopId,
    event.orderId,
    event.eventKey,
    event.kind,
    happenedAt,
    event.knownAt === event.happenedAt ? happenedAt : instant(event.knownAt),
    event.assumed,
    event.source,
    JSON.stringify(event.value),
  ];
}

/** An order as a row of `order_fact`. `remains` names the customer who remains of one merged into another. */
export function orderRow(shopId: number, state: OrderState, remains: ReadonlyMap<string, string>): CopyValue[] {
  const sent = state.shipments.filter((one) => one.cancelledAt === null);
  const arrived = deliveredAt(state);
  const lastScan = Math.max(...sent.map((one) => one.lastScanAt ?? Number.NEGATIVE_INFINITY));
  return [
    shopId,
    state.orderId,
    state.name,
    instant(state.placedAt),
    null,
    state.sourceName,
    population(state),
    state.customerId === null ? null : (remains.get(state.customerId) ?? state.customerId),
    state.checkoutToken,
    state.totalMinor,
    state.subtotalMinor,
    state.shippingMinor,
    state.refundedMinor,
    state.presentmentCurrency,
    state.country,
    state.province,
    state.method,
    state.vendor,
    state.location,
    state.items,
    state.itemsRemoved,
    instant(state.promise?.at ?? null),
    state.promise?.source ?? null,
    state.holdReason,
    instant(state.cancelledAt),
    state.cancelReason,
    instant(state.firstRefundedAt),
    instant(state.returnedAt),
    state.returnReason,
    sent.length,
    instant(sent[0]?.fulfilledAt ?? null),
    instant(Number.isFinite(lastScan) ? lastScan : null),
    instant(arrived),
    arrived !== null ? "delivered" : state.cancelledAt !== null ? "cancelled" : sent.length > 0 ? "on_the_way" : "waiting",
    instant(state.updatedAt),
  ];
}

/** A parcel of an order as a row of `shipment_fact`. */
export function shipmentRow(shopId: number, orderId: string, one: ShipmentState): CopyValue[] {
  return [
    shopId,
    orderId,
    one.shipmentId,
    one.carrier,
    one.quantity,
    instant(one.fulfilledAt),
    instant(one.handedOverAt),
    instant(one.lastScanAt),
    one.lastStatus,
    one.scans,
    one.failedAttempts,
    one.delays,
    one.failures,
    instant(one.deliveredAt),
    instant(one.cancelledAt),
  ];
}

const dates = new Map<number, string>();
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));

/**
 * An instant (epoch ms) as `toISOString` writes it, null for none. A backfill writes some thirty an order, of few
 * different days, so the date is written out once a day and the time put behind it.
 */
export function instant(at: number): string;
export function instant(at: number | null): string | null;
export function instant(at: number | null): string | null {
  if (at === null) return null;
  const day = Math.floor(at / DAY);
  let date = dates.get(day);
  if (date === undefined) {
    date = new Date(day * DAY).toISOString().slice(0, -"00:00:00.000Z".length);
    dates.set(day, date);
  }
  const ms = at - day * DAY;
  const seconds = Math.floor(ms / 1000);
  const hour = TWO_DIGITS[Math.floor(seconds / 3600)]!;
  const minute = TWO_DIGITS[Math.floor(seconds / 60) % 60]!;
  return `${date}${hour}:${minute}:${TWO_DIGITS[seconds % 60]!}.${String(ms % 1000).padStart(3, "0")}Z`;
}
