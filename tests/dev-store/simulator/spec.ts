/** What a simulated shop is like. Money is minor units of the shop's currency, distances are kilometres. */
export interface ShopSpec {
  id: number;
  domain: string;
  name: string;
  currency: string;
  timeZone: string;
  grantableScopes: string[];
  /** Every id of the shop lies above it: order number × 256, and the parts of an order in the 255 above that. */
  idBase: number;
  /** Level at the end of the simulated time. */
  ordersPerDay: number;
  /** Relative growth in a year: 0.3 is 30 % more orders than a year before. */
  yearlyGrowth: number;
  /** Relative volume by weekday, Sunday first, mean 1. */
  weekdays: readonly number[];
  /** Relative volume by local hour, 24 of them. */
  hours: readonly number[];
  catalogue: Product[];
  locations: Location[];
  carriers: Carrier[];
  methods: ShippingMethod[];
  destinations: Destination[];
  /** What one unit of the shop's currency is worth in others; where one is missing, people pay in the shop's. */
  rates: Record<string, number>;
  pickup: { method: string; location: string };
  shares: OrderShares;
  incidents: Incident[];
}

export interface Product {
  handle: string;
  title: string;
  vendor: string;
  productType: string;
  price: number;
  requiresShipping: boolean;
  /** Flat and light enough to be sent as a letter. */
  letter: boolean;
  /** Relative sales. */
  weight: number;
}

export interface Location {
  name: string;
  latitude: number;
  longitude: number;
  /** Sends parcels; a shop counter only hands over and keeps pickups. */
  ships: boolean;
  worksSaturdays: boolean;
  /** Orders in by this local hour can leave the same day. */
  cutoffHour: number;
  /** Relative frequency of 0, 1, 2, … workdays between order and dispatch. */
  handlingDays: readonly number[];
  /** Countries served from here first; everything else goes to the first location that ships. */
  serves: readonly string[];
}

export interface Carrier {
  name: string;
  /** Factor on the method's usual transit. */
  speed: number;
  /** Sigma of the logarithm of transit. */
  spread: number;
  saturdays: boolean;
  scans: boolean;
  /** Share of hub scans that are missing. */
  missedScans: number;
  /** Share of deliveries the carrier reports. */
  reportsDelivery: number;
  /** Share of parcels not delivered at the first attempt. */
  failedAttempts: number;
}

export interface ShippingMethod {
  name: string;
  type: "SHIPPING" | "LOCAL";
  /** Whether a delivery date is quoted at checkout. */
  quotes: boolean;
  /** Relative choice at checkout. */
  weight: number;
  /** Transit in workdays: `days` + `daysPer1000Km` × distance / 1000 (at most 2,500 km count) + customs. */
  days: number;
  daysPer1000Km: number;
  price: (country: string) => number;
  /** Baskets from this on ship free; null where none do. */
  freeFrom: number | null;
  lettersOnly: boolean;
  /** Carriers with their share, by country and province ("DE-BE"), by country, or "*"; not offered elsewhere. */
  carriers: Record<string, Record<string, number>>;
}

export interface Destination {
  country: string;
  /** Province code; null where addresses carry none. */
  province: string | null;
  latitude: number;
  longitude: number;
  timeZone: string;
  /** Extra workdays at the border. */
  customsDays: number;
  currency: string;
  weight: number;
}

/** Shares of all orders. The kinds down to `digital` exclude each other; the rest may meet. */
export interface OrderShares {
  pos: number;
  draft: number;
  subscription: number;
  pickup: number;
  digital: number;
  mobileApp: number;
  test: number;
  company: number;
  returningCustomer: number;
}

/**
 * Something that goes wrong on purpose, with known start, slice and size. `startDay` counts the simulated days from 0;
 * negative counts back from the end, as `Array.at` does. `carrierDelay`: transit of parcels dispatched meanwhile is
 * longer by the factor 1 + `effect`.
 */
export interface Incident {
  kind: "carrierDelay";
  slice: { carrier?: string; country?: string };
  startDay: number;
  days: number;
  effect: number;
}

/** An incident at its place in time. */
export interface PlantedIncident extends Omit<Incident, "startDay" | "days"> {
  startsAt: number;
  endsAt: number;
}
