import { latestDescription, readWhole } from "./order-description";
import type { OrderDescription, OrderEvent } from "./order-event";
import type { OrderState, ShipmentState } from "./order-state";

/** Scans a carrier makes of a parcel in its hands; a printed label is not one. */
const CARRIER_SCANS = new Set([
  "CARRIER_PICKED_UP",
  "IN_TRANSIT",
  "OUT_FOR_DELIVERY",
  "ATTEMPTED_DELIVERY",
  "READY_FOR_PICKUP",
  "DELAYED",
  "DELIVERED",
  "FAILURE",
]);

/** Return reasons from the gravest: what the shop or the carrier did wrong before what did not suit. */
const RETURN_REASONS_BY_GRAVITY = [
  "wrong-item",
  "missing-item",
  "missing-parts",
  "damaged",
  "damaged-or-defective",
  "defective",
  "not-as-described",
  "arrived-late",
];

/**
 * The state of an order at `asOf` (epoch ms), from the events known by then. Pure, and the same for any order of the
 * events. Null when nothing was known of the order yet.
 */
export function projectOrder(events: readonly OrderEvent[], asOf: number): OrderState | null {
  const known = events.filter((event) => event.knownAt <= asOf && event.happenedAt <= asOf).sort(byTime);
  const descriptions = known.flatMap((event): OrderDescription[] => (event.kind === "described" ? [event.value] : []));
  const description = latestDescription(descriptions, asOf);
  if (!description) return null;
  const whole = readWhole(description) ? description : latestDescription(descriptions.filter(readWhole), asOf);
  const words: Partial<OrderDescription> & Omit<OrderDescription, "seen"> = { ...description };
  delete words.seen;
  delete words.redacted;

  const state: OrderState = {
    orderId: known[0]!.orderId,
    ...words,
    methodType: whole?.methodType ?? null,
    location: whole?.location ?? null,
    updatedAt: Math.max(...descriptions.flatMap(({ seen }) => seen)),
    refundedMinor: 0,
    itemsRemoved: 0,
    promise: null,
    holdReason: null,
    cancelledAt: null,
    cancelReason: null,
    firstRefundedAt: null,
    returnedAt: null,
    returnReason: null,
    shipments: [],
  };
  const promises = new Map<string, number>();
  const shipments = new Map<string, ShipmentState>();
  const reasons: string[] = [];
  // A scan may be known before the parcel it is of, and what was taken back before what it was.
  const withdrawn = new Set<string>();
  const scanned = new Set<string>();
  for (const event of known) {
    switch (event.kind) {
      case "fulfilled":
        shipments.set(event.value.shipmentId, newShipment(event.value, event.happenedAt));
        break;
      case "scan_withdrawn":
        withdrawn.add(`scanned:${event.value.scanId}`);
        break;
      case "return_withdrawn":
        withdrawn.add(`returned:${event.value.returnId}`);
        break;
    }
  }
  for (const event of known) {
    if (event.kind === "scanned" && event.eventKey.startsWith("scanned:") && !withdrawn.has(event.eventKey)) {
      scanned.add(event.value.shipmentId).add(`${event.value.shipmentId} ${event.value.status}`);
    }
  }
  let removalSeen = Number.NEGATIVE_INFINITY;

  for (const event of known) {
    switch (event.kind) {
      case "described":
      case "fulfilled":
      case "scan_withdrawn":
      case "return_withdrawn":
        break;
      case "promised":
        promises.set(event.value.promisedFor, event.value.at);
        break;
      case "held":
        state.holdReason = event.value.reason;
        break;
      case "hold_released":
        if (state.holdReason === event.value.reason) state.holdReason = null;
        break;
      case "items_removed":
        if (event.value.updatedAt < removalSeen) break;
        removalSeen = event.value.updatedAt;
        state.itemsRemoved = event.value.quantity;
        break;
      case "cancelled":
        state.cancelledAt = event.happenedAt;
        state.cancelReason = event.value.reason;
        break;
      case "fulfilment_cancelled": {
        const shipment = shipments.get(event.value.shipmentId);
        if (shipment) shipment.cancelledAt = event.happenedAt;
        break;
      }
      case "scanned": {
        const shipment = shipments.get(event.value.shipmentId);
        if (shipment && !withdrawn.has(event.eventKey) && !saidByScan(event.eventKey, event.value, scanned)) {
          addScan(shipment, event.value.status, event.happenedAt);
        }
        break;
      }
      case "refunded":
        state.refundedMinor += event.value.amountMinor;
        state.firstRefundedAt ??= event.happenedAt;
        break;
      case "returned":
        if (withdrawn.has(event.eventKey)) break;
        state.returnedAt ??= event.happenedAt;
        reasons.push(...event.value.reasons);
        break;
    }
  }

  // A cancelled order keeps no items; that is one happening, not two.
  if (state.cancelledAt !== null) state.itemsRemoved = 0;
  state.shipments = [...shipments.values()].sort(byFulfilment);
  state.returnReason = RETURN_REASONS_BY_GRAVITY.find((one) => reasons.includes(one)) ?? reasons.sort()[0] ?? null;
  // Kept only when everything has come: the latest of the parcels' promises.
  if (promises.size > 0) state.promise = { at: Math.max(...promises.values()), source: "quoted" };
  return state;
}

/** What a parcel's own dates tell counts only where no scan says the same. */
function saidByScan(eventKey: string, value: { shipmentId: string; status: string }, scanned: Set<string>): boolean {
  if (eventKey.startsWith("in_transit:")) return scanned.has(value.shipmentId);
  return eventKey.startsWith("delivered:") && scanned.has(`${value.shipmentId} ${value.status}`);
}

/** The order events are told in: when it happened, then when it was known, on a tie by key. */
export function byTime(a: OrderEvent, b: OrderEvent): number {
  return a.happenedAt - b.happenedAt || a.knownAt - b.knownAt || (a.eventKey < b.eventKey ? -1 : 1);
}

function byFulfilment(a: ShipmentState, b: ShipmentState): number {
  return a.fulfilledAt - b.fulfilledAt || (a.shipmentId < b.shipmentId ? -1 : 1);
}

function newShipment(
  { shipmentId, carrier, quantity }: { shipmentId: string; carrier: string | null; quantity: number },
  fulfilledAt: number,
): ShipmentState {
  return {
    shipmentId,
    carrier,
    quantity,
    fulfilledAt,
    handedOverAt: null,
    lastScanAt: null,
    lastStatus: null,
    scans: 0,
    failedAttempts: 0,
    delays: 0,
    failures: 0,
    deliveredAt: null,
    cancelledAt: null,
  };
}

function addScan(shipment: ShipmentState, status: string, at: number): void {
  shipment.scans++;
  shipment.lastScanAt = at;
  shipment.lastStatus = status;
  if (CARRIER_SCANS.has(status)) shipment.handedOverAt ??= at;
  if (status === "ATTEMPTED_DELIVERY") shipment.failedAttempts++;
  if (status === "DELAYED") shipment.delays++;
  if (status === "FAILURE") shipment.failures++;
  if (status === "DELIVERED") shipment.deliveredAt ??= at;
}

/** When everything that was sent had arrived; null while a parcel is on the way or nothing was sent. */
export function deliveredAt(state: Pick<OrderState, "shipments">): number | null {
  const sent = state.shipments.filter((shipment) => shipment.cancelledAt === null);
  if (sent.length === 0 || sent.some((shipment) => shipment.deliveredAt === null)) return null;
  return Math.max(...sent.map((shipment) => shipment.deliveredAt!));
}
