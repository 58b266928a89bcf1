import type { StoreFulfillment, StoreFulfillmentOrder, StoreLineItem, StoreOrder } from "../model";
import { DAY, HOUR } from "./local-time";
import { dispatchTime, sendParcel, wholeSecond } from "./parcel";
import { between, chance, logNormal, pick, wholeBetween, type Random } from "./random";
import {
  findDestination, methodsFor, NO_PROMISE, quotePromise, shippingLocation, shippingPrice, type OrderLine,
} from "./shipping";
import type { Destination, Location, PlantedIncident, ShippingMethod, ShopSpec } from "./spec";

export interface OrderInput {
  /** 1001 is "#1001"; also what the order's ids are made of, so no two orders of a shop may share it. */
  number: number;
  placedAt: number;
  lines: OrderLine[];
  country: string | null;
  province: string | null;
  /** A method's name, or the shop's pickup; null where nothing is sent (digital only, point of sale). */
  method: string | null;
  customerId: number | null;
  checkoutToken: string | null;
  /** "web" when left out. */
  sourceName?: StoreOrder["sourceName"];
  company?: boolean;
  test?: boolean;
}

/** The order under construction, and what its parts are drawn from. */
interface Life {
  spec: ShopSpec;
  order: StoreOrder;
  incidents: readonly PlantedIncident[];
  newId: () => number;
  random: Random;
}

const CANCELLATIONS = [
  { reason: "CUSTOMER", weight: 50, medianHours: 1.5, hold: null },
  { reason: "INVENTORY", weight: 26, medianHours: 40, hold: "INVENTORY_OUT_OF_STOCK" },
  { reason: "FRAUD", weight: 8, medianHours: 6, hold: "HIGH_RISK_OF_FRAUD" },
  { reason: "DECLINED", weight: 5, medianHours: 50, hold: "AWAITING_PAYMENT" },
  { reason: "OTHER", weight: 6, medianHours: 9, hold: null },
  { reason: "STAFF", weight: 5, medianHours: 9, hold: null },
] as const;

const HOLDS = [
  { reason: null, weight: 9_540, medianHours: 0 },
  { reason: "INVENTORY_OUT_OF_STOCK", weight: 280, medianHours: 100 },
  { reason: "AWAITING_PAYMENT", weight: 80, medianHours: 36 },
  { reason: "HIGH_RISK_OF_FRAUD", weight: 60, medianHours: 6 },
  { reason: "INCORRECT_ADDRESS", weight: 40, medianHours: 28 },
] as const;

const WORN = new Set(["Jackets", "Trousers", "Shirts", "Shoes"]);

const RETURN_REASONS = {
  worn: {
    "size-too-small": 34, "size-too-large": 24, unwanted: 14, style: 6, color: 4, "not-as-described": 8, defective: 6,
    "wrong-item": 4,
  },
  other: { defective: 30, unwanted: 28, "not-as-described": 18, "wrong-item": 16, other: 8 },
};

/**
 * The whole life of one order, decided at once: holds, cancellations, parcels with their scans, returns and refunds,
 * most of them in the future of `placedAt`. Throws when the method does not reach the address or take the lines.
 */
export function simulateOrderLife(
  spec: ShopSpec,
  input: OrderInput,
  random: Random,
  incidents: readonly PlantedIncident[] = [],
): StoreOrder {
  const id = spec.idBase + input.number * 256;
  let parts = 0;
  const newId = () => id + ++parts;
  const sourceName = input.sourceName ?? "web";
  const retail = sourceName === "pos";
  const placedAt = wholeSecond(input.placedAt);
  const parcelLines = input.lines.filter((line) => line.product.requiresShipping);
  const pickup = parcelLines.length > 0 && !retail && input.method === spec.pickup.method;
  const shipped = parcelLines.length > 0 && !retail && !pickup;
  const chosen = shipped ? resolveMethod(spec, input) : null;
  const money = presentment(spec, retail ? null : input.country);

  const order: StoreOrder = {
    id,
    name: `#${input.number}`,
    placedAt,
    sourceName,
    test: input.test ?? false,
    company: input.company ?? false,
    cancelledAt: null,
    cancelReason: null,
    customerId: input.customerId,
    checkoutToken: input.checkoutToken,
    presentmentCurrency: money.currency,
    presentmentRate: money.rate,
    shippingPrice: chosen && !input.company ? shippingPrice(chosen.method, chosen.destination.country, input.lines) : 0,
    shippingTitle: chosen?.method.name ?? (pickup ? spec.pickup.method : null),
    country: chosen ? chosen.destination.country : null,
    province: chosen ? input.province : null,
    lineItems: input.lines.map(({ product, quantity }) => ({
      id: newId(), title: product.title, vendor: product.vendor, productType: product.productType, quantity,
      unitPrice: product.price, requiresShipping: product.requiresShipping, removed: null,
    })),
    fulfillmentOrders: [],
    fulfillments: [],
    refunds: [],
    returns: [],
  };

  const life: Life = { spec, order, incidents, newId, random };
  if (parcelLines.length > 0) fulfil(life, retail, chosen);
  if (order.cancelledAt === null) {
    sendFiles(life);
    if (chosen) considerReturn(life);
  }
  order.refunds.sort((a, b) => a.at - b.at);
  return order;
}

/**
 * Opens the fulfilment order of the physical lines and lets them go their way, unless the order is cancelled first.
 * What is neither sold over the counter nor sent by a chosen method is picked up.
 */
function fulfil(
  life: Life,
  retail: boolean,
  chosen: { method: ShippingMethod; destination: Destination } | null,
): void {
  if (retail) {
    handOverAtOnce(life, "RETAIL", life.order.placedAt);
    return;
  }
  const location = chosen ? shippingLocation(life.spec, chosen.destination) : counter(life.spec);
  const fulfillmentOrder = openFulfillmentOrder(life, location, chosen);
  if (considerCancellation(life, fulfillmentOrder)) return;
  const readyAt = considerHold(life, fulfillmentOrder);
  if (!chosen) {
    const packed = dispatchTime(life.spec, location, readyAt, life.random);
    collect(life, fulfillmentOrder, wholeSecond(packed + logNormal(life.random, 20, 0.8) * HOUR));
    return;
  }
  sendAll(life, fulfillmentOrder, location, chosen, considerRemoval(life, fulfillmentOrder, readyAt));
}

function resolveMethod(spec: ShopSpec, input: OrderInput): { method: ShippingMethod; destination: Destination } {
  const destination = input.country === null ? null : findDestination(spec, input.country, input.province);
  if (!destination) throw new Error(`${spec.name} does not ship to ${input.country ?? "nowhere"}.`);
  const method = methodsFor(spec, input.lines, destination).find((each) => each.name === input.method);
  if (!method) throw new Error(`${spec.name} does not offer ${input.method} for this basket to ${input.country}.`);
  return { method, destination };
}

function presentment(spec: ShopSpec, country: string | null): { currency: string; rate: number } {
  const currency = spec.destinations.find((destination) => destination.country === country)?.currency;
  const rate = currency === undefined ? undefined : spec.rates[currency];
  return currency !== undefined && rate !== undefined ? { currency, rate } : { currency: spec.currency, rate: 1 };
}

function openFulfillmentOrder(
  { spec, order, newId }: Life,
  location: Location,
  chosen: { method: ShippingMethod; destination: Destination } | null,
): StoreFulfillmentOrder {
  // Drafts and renewals see no checkout, so nothing is quoted to anybody.
  const quoted = chosen?.method.quotes && (order.sourceName === "web" || order.sourceName === "mobile_app");
  const fulfillmentOrder: StoreFulfillmentOrder = {
    id: newId(),
    createdAt: order.placedAt,
    location: location.name,
    methodType: chosen?.method.type ?? "PICK_UP",
    presentedName: order.shippingTitle,
    ...(quoted ? quotePromise(spec, chosen.method, chosen.destination, order.placedAt) : NO_PROMISE),
    holds: [],
  };
  order.fulfillmentOrders.push(fulfillmentOrder);
  return fulfillmentOrder;
}

/** Calls off the whole order before anything leaves, now and then; true when it did. */
function considerCancellation({ order, newId, random }: Life, fulfillmentOrder: StoreFulfillmentOrder): boolean {
  if (!chance(random, 0.024)) return false;
  const { reason, medianHours, hold } = pick(random, CANCELLATIONS, (each) => each.weight);
  const at = wholeSecond(order.placedAt + logNormal(random, medianHours, 0.5) * HOUR);
  order.cancelledAt = at;
  order.cancelReason = reason;
  if (hold) {
    const from = wholeSecond(between(random, order.placedAt, (order.placedAt + at) / 2));
    fulfillmentOrder.holds.push({ id: newId(), reason: hold, from, until: at });
  }
  // A declined payment was never taken, so there is nothing to give back.
  if (reason !== "DECLINED") refund(order, newId, at + logNormal(random, 5, 1.3) * HOUR, orderTotal(order));
  return true;
}

/** When the goods can be packed: at once, or when a hold has been lifted. */
function considerHold({ order, newId, random }: Life, fulfillmentOrder: StoreFulfillmentOrder): number {
  const { reason, medianHours } = pick(random, HOLDS, (each) => each.weight);
  if (reason === null) return order.placedAt;
  const from = wholeSecond(order.placedAt + between(random, 0, 3) * HOUR);
  const until = wholeSecond(from + logNormal(random, medianHours, 0.6) * HOUR);
  fulfillmentOrder.holds.push({ id: newId(), reason, from, until });
  return until;
}

/** Takes one unit off the order now and then, more often when stock is short; returns when the rest can be packed. */
function considerRemoval(
  { order, newId, random }: Life,
  fulfillmentOrder: StoreFulfillmentOrder,
  readyAt: number,
): number {
  const outOfStock = fulfillmentOrder.holds.some((hold) => hold.reason === "INVENTORY_OUT_OF_STOCK");
  if (unitsToSend(order) < 2 || !chance(random, outOfStock ? 0.35 : 0.025)) return readyAt;
  const line = pick(random, order.lineItems.filter((each) => each.requiresShipping), (each) => each.quantity);
  const at = outOfStock ? readyAt : wholeSecond(order.placedAt + between(random, 1, 20) * HOUR);
  line.removed = { at, quantity: 1 };
  refund(order, newId, at + logNormal(random, 8, 1.2) * HOUR, line.unitPrice);
  return Math.max(readyAt, at);
}

/** Sends what is left of the order, in one parcel or in two with the second later. */
function sendAll(
  life: Life,
  fulfillmentOrder: StoreFulfillmentOrder,
  location: Location,
  { method, destination }: { method: ShippingMethod; destination: Destination },
  readyAt: number,
): void {
  const { spec, order, incidents, newId, random } = life;
  const units = unitsToSend(order);
  const send = (from: StoreFulfillmentOrder, at: Location, ready: number, quantity: number) => {
    const input = { fulfillmentOrderId: from.id, readyAt: ready, location: at, method, destination, quantity };
    const parcel = sendParcel(spec, input, incidents, newId, random);
    order.fulfillments.push(parcel);
    if (parcel.arrivedAt === null) refundLost(life, parcel, units);
  };

  if (chance(random, 0.005)) readyAt = voidLabel(life, fulfillmentOrder, location, method, destination, readyAt);
  if (units < 2 || method.lettersOnly || method.type === "LOCAL" || !chance(random, 0.11)) {
    send(fulfillmentOrder, location, readyAt, units);
    return;
  }
  const first = wholeBetween(random, 1, units - 1);
  const elsewhere = spec.locations.filter((each) => each.ships && each !== location);
  const second = elsewhere.length > 0 && chance(random, 0.5)
    ? { location: pick(random, elsewhere, () => 1), order: { ...fulfillmentOrder, id: newId(), holds: [] } }
    : null;
  if (second) {
    second.order.location = second.location.name;
    order.fulfillmentOrders.push(second.order);
  }
  send(fulfillmentOrder, location, readyAt, first);
  const later = readyAt + logNormal(random, 1.5, 0.7) * DAY;
  send(second?.order ?? fulfillmentOrder, second?.location ?? location, later, units - first);
}

/** A parcel whose label was printed and voided before the carrier came; returns when the goods are ready again. */
function voidLabel(
  { spec, order, newId, random }: Life,
  fulfillmentOrder: StoreFulfillmentOrder,
  location: Location,
  method: ShippingMethod,
  destination: Destination,
  readyAt: number,
): number {
  const input = { fulfillmentOrderId: fulfillmentOrder.id, readyAt, location, method, destination };
  const parcel = sendParcel(spec, { ...input, quantity: unitsToSend(order) }, [], newId, random);
  const cancelledAt = wholeSecond(parcel.createdAt + between(random, 0.2, 1) * HOUR);
  const scans = parcel.scans.filter((scan) => scan.status === "LABEL_PRINTED" && scan.happenedAt < cancelledAt);
  order.fulfillments.push({ ...parcel, cancelledAt, scans, arrivedAt: null });
  return cancelledAt;
}

function refundLost({ order, newId, random }: Life, parcel: StoreFulfillment, units: number): void {
  const whole = parcel.quantity === units;
  const sent = order.lineItems.filter((line) => line.requiresShipping);
  const goods = sent.reduce((sum, line) => sum + kept(line) * line.unitPrice, 0);
  const amount = whole ? orderTotal(order) : Math.round((goods * parcel.quantity) / units);
  const noticed = Math.max(parcel.createdAt, parcel.scans.at(-1)?.happenedAt ?? 0);
  refund(order, newId, noticed + between(random, 8, 20) * DAY, amount);
}

/** What needs no way to the shopper: goods over the counter, files by mail. */
function handOverAtOnce(
  { spec, order, newId }: Life,
  methodType: "RETAIL" | "NONE",
  at: number,
): void {
  const fulfillmentOrder: StoreFulfillmentOrder = {
    id: newId(), createdAt: order.placedAt, location: counter(spec).name, methodType, presentedName: null,
    ...NO_PROMISE, holds: [],
  };
  order.fulfillmentOrders.push(fulfillmentOrder);
  const physical = methodType === "RETAIL";
  const lines = order.lineItems.filter((line) => line.requiresShipping === physical);
  const quantity = lines.reduce((sum, line) => sum + kept(line), 0);
  order.fulfillments.push({
    id: newId(), fulfillmentOrderId: fulfillmentOrder.id, createdAt: at, cancelledAt: null, carrier: null, quantity,
    scans: [], arrivedAt: at,
  });
}

/** Gift cards, courses and routes go out by themselves, within seconds. */
function sendFiles(life: Life): void {
  if (life.order.lineItems.every((line) => line.requiresShipping)) return;
  handOverAtOnce(life, "NONE", life.order.placedAt + 1000 * wholeBetween(life.random, 2, 30));
}

function collect({ order, newId }: Life, fulfillmentOrder: StoreFulfillmentOrder, at: number): void {
  order.fulfillments.push({
    id: newId(), fulfillmentOrderId: fulfillmentOrder.id, createdAt: at, cancelledAt: null, carrier: null,
    quantity: unitsToSend(order), scans: [], arrivedAt: at,
  });
}

/** What the shopper sends back, and small amends for what was not worth sending back. */
function considerReturn({ order, newId, random }: Life): void {
  const arrivals = order.fulfillments.filter((parcel) => parcel.cancelledAt === null).map((parcel) => parcel.arrivedAt);
  if (arrivals.includes(null)) return;
  const arrivedAt = Math.max(...arrivals.map(Number));
  const items = order.lineItems.filter((line) => {
    if (!line.requiresShipping || kept(line) === 0) return false;
    return chance(random, (WORN.has(line.productType) ? 0.075 : 0.018) / (order.company ? 2 : 1));
  });
  if (items.length === 0) {
    if (chance(random, 0.006)) {
      const share = between(random, 0.1, 0.3);
      refund(order, newId, arrivedAt + between(random, 1, 6) * DAY, Math.round(orderTotal(order) * share));
    }
    return;
  }
  const createdAt = wholeSecond(arrivedAt + logNormal(random, 4, 0.7) * DAY);
  const closedAt = chance(random, 0.94) ? wholeSecond(createdAt + logNormal(random, 8, 0.5) * DAY) : null;
  let amount = 0;
  const returned = items.map((line) => {
    const reasons = WORN.has(line.productType) ? RETURN_REASONS.worn : RETURN_REASONS.other;
    const [reason] = pick(random, Object.entries(reasons), ([, weight]) => weight);
    const quantity = wholeBetween(random, 1, kept(line));
    amount += quantity * line.unitPrice;
    return { id: newId(), lineItemId: line.id, quantity, reason };
  });
  order.returns.push({ id: newId(), createdAt, closedAt, items: returned });
  if (closedAt !== null) refund(order, newId, closedAt + logNormal(random, 1.2, 1) * DAY, amount);
}

/** Gives money back, never more in sum than the order cost. */
function refund(order: StoreOrder, newId: () => number, at: number, amount: number): void {
  const left = orderTotal(order) - order.refunds.reduce((sum, each) => sum + each.amount, 0);
  const given = Math.min(amount, left);
  if (given > 0) order.refunds.push({ id: newId(), at: wholeSecond(at), amount: given });
}

function orderTotal(order: StoreOrder): number {
  return order.lineItems.reduce((sum, line) => sum + line.quantity * line.unitPrice, order.shippingPrice);
}

function kept(line: StoreLineItem): number {
  return line.quantity - (line.removed?.quantity ?? 0);
}

function unitsToSend(order: StoreOrder): number {
  return order.lineItems.reduce((sum, line) => sum + (line.requiresShipping ? kept(line) : 0), 0);
}

function counter(spec: ShopSpec): Location {
  const location = spec.locations.find((each) => each.name === spec.pickup.location);
  if (!location) throw new Error(`${spec.name} has no location named ${spec.pickup.location}.`);
  return location;
}
