import { addWorkdays, DAY, HOUR, instantOf, startOfDay, wallTime } from "./local-time";
import { distanceKm } from "./places";
import type { Destination, Location, Product, ShippingMethod, ShopSpec } from "./spec";

export interface OrderLine {
  product: Product;
  quantity: number;
}

/** What checkout offers for a basket and an address; price in minor units of the shop's currency. */
export interface DeliveryOption {
  method: string;
  price: number;
  /** The promise; null where the method quotes none. */
  minDeliveryAt: number | null;
  maxDeliveryAt: number | null;
}

/** The destination of an address; a province that is not listed counts as its country, and null is: not shipped to. */
export function findDestination(spec: ShopSpec, country: string, province: string | null): Destination | null {
  const inCountry = spec.destinations.filter((destination) => destination.country === country);
  return inCountry.find((destination) => destination.province === province) ?? inCountry[0] ?? null;
}

/** What can be chosen for these lines to this address at `placedAt`; empty where the shop does not ship. */
export function deliveryOptions(
  spec: ShopSpec,
  basket: { lines: readonly OrderLine[]; country: string; province: string | null; placedAt: number },
): DeliveryOption[] {
  const destination = findDestination(spec, basket.country, basket.province);
  if (!destination) return [];
  return methodsFor(spec, basket.lines, destination).map((method) => ({
    method: method.name,
    price: shippingPrice(method, destination.country, basket.lines),
    ...(method.quotes ? quotePromise(spec, method, destination, basket.placedAt) : NO_PROMISE),
  }));
}

export const NO_PROMISE = { minDeliveryAt: null, maxDeliveryAt: null };

/** Methods that reach the destination and take these lines. */
export function methodsFor(
  spec: ShopSpec,
  lines: readonly OrderLine[],
  destination: Destination,
): ShippingMethod[] {
  const parcelLines = lines.filter((line) => line.product.requiresShipping);
  const units = parcelLines.reduce((sum, line) => sum + line.quantity, 0);
  const fitsLetter = units <= 4 && parcelLines.every((line) => line.product.letter);
  return spec.methods.filter((method) =>
    carrierShares(method, destination) !== null && (!method.lettersOnly || fitsLetter));
}

/** Carriers of the method at the destination with their shares; null where the method is not offered. */
export function carrierShares(method: ShippingMethod, destination: Destination): Record<string, number> | null {
  const { country, province } = destination;
  return method.carriers[`${country}-${province}`] ?? method.carriers[country] ?? method.carriers["*"] ?? null;
}

/** Price of the method for the basket, minor units. */
export function shippingPrice(method: ShippingMethod, country: string, lines: readonly OrderLine[]): number {
  const basket = lines.reduce((sum, line) => sum + line.product.price * line.quantity, 0);
  return method.freeFrom !== null && basket >= method.freeFrom ? 0 : method.price(country);
}

/** The location that sends parcels there. */
export function shippingLocation(spec: ShopSpec, destination: Destination): Location {
  const shipping = spec.locations.filter((location) => location.ships);
  const location = shipping.find((each) => each.serves.includes(destination.country)) ?? shipping[0];
  if (!location) throw new Error(`${spec.name} has no location that ships.`);
  return location;
}

/** Usual transit from pick-up to the door, in workdays; the carrier's own speed and luck come on top. */
export function usualTransit(method: ShippingMethod, from: Location, to: Destination): number {
  return method.days + (method.daysPer1000Km * Math.min(distanceKm(from, to), 2500)) / 1000 + to.customsDays;
}

/**
 * The promise quoted at checkout: the location's handling and half again the usual transit, in workdays Monday to
 * Friday, until the end of the shop's day. About nine of ten orders keep it.
 */
export function quotePromise(
  spec: ShopSpec,
  method: ShippingMethod,
  destination: Destination,
  placedAt: number,
): { minDeliveryAt: number; maxDeliveryAt: number } {
  const location = shippingLocation(spec, destination);
  const usual = usualTransit(method, location, destination);
  const placed = wallTime(spec.timeZone, placedAt);
  const cutoff = startOfDay(placed) + location.cutoffHour * HOUR;
  const first = addWorkdays(placed < cutoff ? placed : placed + DAY, 0, false);
  const local = method.type === "LOCAL";
  const earliest = addWorkdays(first, local ? 0 : Math.max(1, Math.floor(usual)), false);
  const latest = addWorkdays(first, handlingAllowance(location) + (local ? 0 : Math.ceil(usual * 1.5)), false);
  return {
    minDeliveryAt: instantOf(spec.timeZone, earliest + 9 * HOUR),
    maxDeliveryAt: instantOf(spec.timeZone, latest + DAY) - 1000,
  };
}

/** Workdays within which a location dispatches 85 % of what comes in. */
function handlingAllowance(location: Location): number {
  const total = location.handlingDays.reduce((sum, share) => sum + share, 0);
  let within = 0;
  const days = location.handlingDays.findIndex((share) => (within += share) >= 0.85 * total);
  return Math.max(1, days);
}
