import type { StoreOrder, StoreShop } from "../model";
import { DAY, HOUR, instantOf, isoDay, startOfDay, wallTime, weekday } from "./local-time";
import { simulateOrderLife } from "./order-life";
import { wholeSecond } from "./parcel";
import { chance, createRandom, logNormal, pick, pickIndex, poisson, wholeBetween, type Random } from "./random";
import { seasonFactor } from "./season";
import { methodsFor, type OrderLine } from "./shipping";
import type { Destination, PlantedIncident, ShopSpec } from "./spec";

export interface SimulationOptions {
  seed: string | number;
  /** Epoch ms; orders are placed up to it (with `ahead`, past it), lives run beyond. */
  until: number;
  /** Local days, the one of `until` included. */
  days: number;
  /** Days simulated past `until`, so that a shop whose clock runs on keeps selling; 0 when left out. */
  ahead?: number;
}

type Kind = "web" | "mobile" | "pos" | "draft" | "subscription" | "pickup" | "digital";

interface Customer {
  id: number;
  destination: Destination;
}

interface Customers {
  people: Customer[];
  companies: Customer[];
  nextId: number;
}

/**
 * A believable shop: orders in the rhythm of its days, weeks and seasons, each with its whole life. The same spec and
 * options give the same shop; each order draws from its own stream.
 */
export function simulateShop(spec: ShopSpec, options: SimulationOptions): StoreShop {
  const { seed, until, days, ahead = 0 } = options;
  const incidents = plantedIncidents(spec, options);
  const lastDay = startOfDay(wallTime(spec.timeZone, until));
  const lastOrderAt = ahead > 0 ? until + ahead * DAY : until;
  const customers: Customers = { people: [], companies: [], nextId: spec.idBase + 50_000_000_000 };
  const orders: StoreOrder[] = [];
  for (let offset = 1 - days; offset <= ahead; offset++) {
    const day = lastDay + offset * DAY;
    const daySeed = `${seed}/${spec.domain}/${isoDay(day)}`;
    for (const { placedAt, kind, index } of placedOn(spec, day, offset, createRandom(daySeed))) {
      if (placedAt > lastOrderAt) continue;
      const random = createRandom(`${daySeed}/${index}`);
      orders.push(simulateOrder(spec, 1001 + orders.length, placedAt, kind, customers, incidents, random));
    }
  }
  const { id, domain, name, currency, timeZone, grantableScopes } = spec;
  return { domain, id, name, currency, timeZone, grantableScopes: [...grantableScopes], orders };
}

/** The spec's incidents at their place in the simulated time; `endsAt` is when the first unaffected moment begins. */
export function plantedIncidents(spec: ShopSpec, { until, days }: SimulationOptions): PlantedIncident[] {
  const lastDay = startOfDay(wallTime(spec.timeZone, until));
  return spec.incidents.map(({ startDay, days: length, ...incident }) => {
    const start = lastDay + (startDay < 0 ? startDay + 1 : startDay + 1 - days) * DAY;
    return {
      ...incident,
      startsAt: instantOf(spec.timeZone, start),
      endsAt: instantOf(spec.timeZone, start + length * DAY),
    };
  });
}

/** The number the shop's next order takes. */
export function nextOrderNumber(shop: StoreShop): number {
  return shop.orders.reduce((highest, order) => Math.max(highest, Number(order.name.slice(1))), 1000) + 1;
}

/** The orders of one local day in order of time; `offset` is its distance in days from the last one. */
function placedOn(
  spec: ShopSpec,
  day: number,
  offset: number,
  random: Random,
): { placedAt: number; kind: Kind; index: number }[] {
  const growth = (1 + spec.yearlyGrowth) ** (offset / 365);
  const rhythm = (spec.weekdays[weekday(day)] ?? 1) * seasonFactor(day);
  const mean = spec.ordersPerDay * growth * rhythm * logNormal(random, 1, 0.08);
  const count = poisson(random, mean);
  const placed = Array.from({ length: count }, (_, index) => {
    const kind = chooseKind(spec, weekday(day), random);
    const placedAt = wholeSecond(instantOf(spec.timeZone, day + timeOfDay(spec, kind, random)));
    return { placedAt, kind, index };
  });
  return placed.sort((a, b) => a.placedAt - b.placedAt);
}

function chooseKind(spec: ShopSpec, day: number, random: Random): Kind {
  const { pos, draft, subscription, pickup, digital, mobileApp } = spec.shares;
  const shares: [Kind, number][] = [
    ["pos", pos], ["draft", draft], ["subscription", subscription], ["pickup", pickup], ["digital", digital],
    ["mobile", mobileApp], ["web", 1 - pos - draft - subscription - pickup - digital - mobileApp],
  ];
  const [kind] = pick(random, shares, ([, share]) => share);
  const closed = day === 0 && (kind === "pos" || kind === "draft");
  return closed ? "web" : kind;
}

/** Milliseconds after local midnight: the counter and the office have opening hours, renewals run in the morning. */
function timeOfDay(spec: ShopSpec, kind: Kind, random: Random): number {
  if (kind === "pos") return (10 + 9.5 * random()) * HOUR;
  if (kind === "draft") return (9 + 8 * random()) * HOUR;
  if (kind === "subscription") return (6 + 0.5 * random()) * HOUR;
  return (pickIndex(random, spec.hours) + random()) * HOUR;
}

function simulateOrder(
  spec: ShopSpec,
  number: number,
  placedAt: number,
  kind: Kind,
  customers: Customers,
  incidents: readonly PlantedIncident[],
  random: Random,
): StoreOrder {
  const companyShare = { web: 1, draft: 8 }[kind as string] ?? 0;
  const company = chance(random, companyShare * spec.shares.company);
  const customer = chooseCustomer(spec, kind, company, customers, random);
  const lines = chooseLines(spec, kind, company, random);
  const checkout = kind === "pos" || kind === "draft" || kind === "subscription" ? null : hexToken(random);
  return simulateOrderLife(spec, {
    number,
    placedAt,
    lines,
    country: customer.destination.country,
    province: customer.destination.province,
    method: chooseMethod(spec, kind, lines, customer.destination, random),
    customerId: kind === "pos" && chance(random, 0.6) ? null : customer.id,
    checkoutToken: checkout,
    sourceName: SOURCES[kind],
    company,
    test: chance(random, spec.shares.test),
  }, random, incidents);
}

const SOURCES = {
  web: "web", pickup: "web", digital: "web", mobile: "mobile_app", pos: "pos", draft: "shopify_draft_order",
  subscription: "subscription_contract",
} as const;

function chooseCustomer(spec: ShopSpec, kind: Kind, company: boolean, known: Customers, random: Random): Customer {
  const pool = company ? known.companies : known.people;
  const returning = kind === "subscription" || company ? 0.9 : spec.shares.returningCustomer;
  if (pool.length > 0 && chance(random, returning)) return pick(random, pool, () => 1);
  const near = kind === "pos" || kind === "pickup";
  const home = spec.destinations.filter((each) => !near || each.currency === spec.currency);
  const customer = { id: known.nextId++, destination: pick(random, home, (each) => each.weight) };
  pool.push(customer);
  return customer;
}

function chooseLines(spec: ShopSpec, kind: Kind, company: boolean, random: Random): OrderLine[] {
  const digital = kind === "digital";
  const choices = spec.catalogue.filter((product) => product.requiresShipping !== digital);
  const wanted = digital ? 1 : company ? wholeBetween(random, 2, 5) : 1 + pickIndex(random, [58, 27, 11, 4]);
  const lines: OrderLine[] = [];
  for (let line = 0; line < wanted; line++) {
    const product = pick(random, choices, (each) => each.weight);
    if (lines.some((each) => each.product === product)) continue;
    lines.push({ product, quantity: company ? wholeBetween(random, 4, 16) : 1 + pickIndex(random, [82, 13, 5]) });
  }
  if (!digital && kind !== "pos" && chance(random, 0.012)) {
    const extras = spec.catalogue.filter((product) => !product.requiresShipping);
    if (extras.length > 0) lines.push({ product: pick(random, extras, (each) => each.weight), quantity: 1 });
  }
  return lines;
}

function chooseMethod(
  spec: ShopSpec,
  kind: Kind,
  lines: readonly OrderLine[],
  destination: Destination,
  random: Random,
): string | null {
  if (kind === "pos" || kind === "digital") return null;
  if (kind === "pickup") return spec.pickup.method;
  return pick(random, methodsFor(spec, lines, destination), (method) => method.weight).name;
}

function hexToken(random: Random): string {
  let token = "";
  while (token.length < 32) token += Math.floor(random() * 0x1000000).toString(16).padStart(6, "0");
  return token.slice(0, 32);
}
