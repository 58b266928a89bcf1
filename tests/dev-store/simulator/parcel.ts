import type { ScanStatus, StoreFulfillment, StoreScan } from "../model";
import { addWorkdays, DAY, HOUR, instantOf, isWorkday, startOfDay, wallTime, weekday } from "./local-time";
import { between, chance, logNormal, pick, pickIndex, wholeBetween, type Random } from "./random";
import { networkLoad } from "./season";
import { carrierShares, usualTransit } from "./shipping";
import type { Carrier, Destination, Location, PlantedIncident, ShippingMethod, ShopSpec } from "./spec";

/** A parcel to be sent once its goods are ready, at epoch ms `readyAt`. */
export interface ParcelInput {
  fulfillmentOrderId: number;
  readyAt: number;
  location: Location;
  method: ShippingMethod;
  destination: Destination;
  quantity: number;
}

/** When a location hands the goods out: on a workday, in opening hours, not before they are ready. Epoch ms. */
export function dispatchTime(spec: ShopSpec, location: Location, readyAt: number, random: Random): number {
  const ready = wallTime(spec.timeZone, readyAt);
  const day = startOfDay(ready);
  const inTime = isWorkday(day, location.worksSaturdays) && ready < day + location.cutoffHour * HOUR;
  const first = addWorkdays(inTime ? day : day + DAY, 0, location.worksSaturdays);
  // What came in over the weekend is worked off on Monday, not always to the last parcel.
  const backlog = weekday(first) === 1 && chance(random, 0.2) ? 1 : 0;
  const dispatchDay = addWorkdays(first, pickIndex(random, location.handlingDays) + backlog, location.worksSaturdays);
  const earliest = Math.max(dispatchDay + 8.5 * HOUR, ready + HOUR / 4);
  return wholeSecond(instantOf(spec.timeZone, between(random, earliest, dispatchDay + 16.75 * HOUR)));
}

/** Sends one parcel: from dispatch over its scans to the door, or to the place where it was lost. */
export function sendParcel(
  spec: ShopSpec,
  input: ParcelInput,
  incidents: readonly PlantedIncident[],
  newId: () => number,
  random: Random,
): StoreFulfillment {
  const { location, method, destination } = input;
  const carrier = chooseCarrier(spec, method, destination, random);
  const createdAt = dispatchTime(spec, location, input.readyAt, random);
  const zone = destination.timeZone;
  const evening = startOfDay(wallTime(spec.timeZone, createdAt)) + between(random, 16.8, 19.5) * HOUR;
  const missedTruck = chance(random, 0.04) ? 1 : 0;
  const pickedUpDay = addWorkdays(evening, missedTruck, location.worksSaturdays);
  const pickedUpAt = wholeSecond(instantOf(spec.timeZone, pickedUpDay + (evening - startOfDay(evening))));

  const luck = logNormal(random, 1, carrier.spread) * carrier.speed;
  const delayed = chance(random, 0.035);
  const quiet = chance(random, 0.012);
  const trouble = delayed ? wholeBetween(random, 1, 3) : quiet ? wholeBetween(random, 3, 8) : 0;
  const slowed = delayFactor(incidents, carrier.name, destination.country, createdAt);
  const transit = usualTransit(method, location, destination) * luck * networkLoad(evening) * slowed + trouble;
  const workdays = Math.max(method.type === "LOCAL" ? 0 : 1, Math.round(transit));
  const arrivalDay = addWorkdays(wallTime(zone, pickedUpAt), workdays, carrier.saturdays);
  const hour = method.type === "LOCAL" ? between(random, 17, 21) : between(random, 9, 18.5);
  const firstAttempt = Math.max(instantOf(zone, arrivalDay + hour * HOUR), pickedUpAt + HOUR / 2);
  const end = chooseEnd(carrier, random);

  const scans: StoreScan[] = [];
  let last = createdAt;
  const scan = (status: ScanStatus, at: number, seen = 1) => {
    if (!carrier.scans || !chance(random, seen)) return;
    last = Math.max(wholeSecond(at), last + 60_000);
    scans.push({ id: newId(), status, happenedAt: last });
  };

  if (chance(random, 0.85)) scan("LABEL_PRINTED", createdAt + between(random, 1, 20) * 60_000);
  scan("CARRIER_PICKED_UP", pickedUpAt, 1 - carrier.missedScans / 2);
  const hubsUntil = end === "lost" || quiet
    ? pickedUpAt + (firstAttempt - pickedUpAt) * between(random, 0.15, 0.4)
    : Math.max(firstAttempt - 6 * HOUR, pickedUpAt + HOUR);
  const hubs = Array.from({ length: 1 + Math.round(workdays * 1.2) }, () => between(random, pickedUpAt, hubsUntil));
  hubs.sort((a, b) => a - b);
  const delayKnownAfter = delayed ? Math.floor(hubs.length / 2) : -1;
  hubs.forEach((at, index) => {
    scan("IN_TRANSIT", at, 1 - carrier.missedScans);
    if (index === delayKnownAfter) scan("DELAYED", at + between(random, 1, 5) * HOUR);
  });

  const parcel = {
    id: newId(), fulfillmentOrderId: input.fulfillmentOrderId, createdAt, cancelledAt: null, carrier: carrier.name,
    quantity: input.quantity, scans,
  };
  if (end === "lost") return { ...parcel, arrivedAt: null };
  if (end === "failed") {
    scan("FAILURE", firstAttempt);
    return { ...parcel, arrivedAt: null };
  }
  const arrivedAt = deliver(carrier, zone, firstAttempt, scan, random);
  return { ...parcel, arrivedAt };
}

/** Attempts at the door until one succeeds or the parcel waits at a counter; returns when the shopper had it. */
function deliver(
  carrier: Carrier,
  zone: string,
  firstAttempt: number,
  scan: (status: ScanStatus, at: number, seen?: number) => void,
  random: Random,
): number {
  let attempt = wholeSecond(firstAttempt);
  for (let failures = 0; ; failures++) {
    const outFrom = startOfDay(wallTime(zone, attempt)) + between(random, 6, 8.5) * HOUR;
    scan("OUT_FOR_DELIVERY", Math.min(instantOf(zone, outFrom), attempt - HOUR / 4), 1 - carrier.missedScans);
    if (!chance(random, failures === 0 ? carrier.failedAttempts : 0.25)) break;
    scan("ATTEMPTED_DELIVERY", attempt);
    const next = addWorkdays(wallTime(zone, attempt) + DAY, 0, carrier.saturdays);
    if (failures === 1) {
      scan("READY_FOR_PICKUP", instantOf(zone, next + between(random, 9, 11) * HOUR));
      const collected = addWorkdays(next, wholeBetween(random, 0, 4), true);
      attempt = wholeSecond(instantOf(zone, collected + between(random, 12, 19) * HOUR));
      break;
    }
    attempt = wholeSecond(instantOf(zone, next + between(random, 9, 18.5) * HOUR));
  }
  scan("DELIVERED", attempt, carrier.reportsDelivery);
  return attempt;
}

function chooseEnd(carrier: Carrier, random: Random): "arrives" | "lost" | "failed" {
  const draw = random();
  if (draw < 0.004) return "lost";
  return draw < 0.008 && carrier.scans ? "failed" : "arrives";
}

function chooseCarrier(
  spec: ShopSpec,
  method: ShippingMethod,
  destination: Destination,
  random: Random,
): Carrier {
  const shares = carrierShares(method, destination) ?? {};
  const [name] = pick(random, Object.entries(shares), ([, share]) => share);
  const carrier = spec.carriers.find((each) => each.name === name);
  if (!carrier) throw new Error(`${spec.name} names the carrier ${name} but does not describe it.`);
  return carrier;
}

function delayFactor(
  incidents: readonly PlantedIncident[],
  carrier: string,
  country: string,
  dispatchedAt: number,
): number {
  return incidents
    .filter(({ slice, startsAt, endsAt }) =>
      (slice.carrier === undefined || slice.carrier === carrier)
      && (slice.country === undefined || slice.country === country)
      && dispatchedAt >= startsAt && dispatchedAt < endsAt)
    .reduce((factor, incident) => factor * (1 + incident.effect), 1);
}

/** The second an instant lies in: Shopify's timestamps have no fractions, and what happens now is not yet to come. */
export function wholeSecond(instant: number): number {
  return Math.floor(instant / 1000) * 1000;
}
