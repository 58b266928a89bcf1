import { outdoorCatalogue, teaCatalogue } from "./catalogue";
import { destinationsIn } from "./places";
import type { ShopSpec } from "./spec";

const SCOPES = [
  "read_orders", "read_customers", "read_fulfillments", "read_returns",
  "read_assigned_fulfillment_orders", "read_merchant_managed_fulfillment_orders",
  "read_third_party_fulfillment_orders", "write_app_proxy",
];

/** Few orders at night, a hump around noon and a higher one in the evening. */
const HOURS = [
  0.4, 0.2, 0.1, 0.1, 0.1, 0.2, 0.4, 0.7, 1.0, 1.2, 1.3, 1.3,
  1.4, 1.3, 1.2, 1.2, 1.2, 1.3, 1.5, 1.8, 2.0, 1.8, 1.3, 0.8,
];

/** An outdoor outfitter in Berlin: about 120 orders a day, most of them to Germany, many parcels by DHL. */
export const northwindOutdoor: ShopSpec = {
  id: 68_120_347_001,
  domain: "northwind-outdoor.myshopify.com",
  name: "Northwind Outdoor",
  currency: "EUR",
  timeZone: "Europe/Berlin",
  grantableScopes: [...SCOPES, "read_all_orders"],
  idBase: 5_100_000_000_000,
  ordersPerDay: 128,
  yearlyGrowth: 0.35,
  weekdays: [1.12, 1.15, 1.02, 0.97, 0.95, 0.88, 0.91],
  hours: HOURS,
  catalogue: outdoorCatalogue,
  locations: [
    { name: "Berlin warehouse", latitude: 52.45, longitude: 13.5, ships: true, worksSaturdays: true, cutoffHour: 13,
      handlingDays: [57, 34, 6, 2, 1], serves: [] },
    { name: "Venlo warehouse", latitude: 51.37, longitude: 6.17, ships: true, worksSaturdays: false, cutoffHour: 12,
      handlingDays: [38, 40, 14, 6, 2], serves: ["NL", "FR", "GB"] },
    { name: "Berlin store", latitude: 52.53, longitude: 13.41, ships: false, worksSaturdays: true, cutoffHour: 16,
      handlingDays: [70, 25, 5], serves: [] },
  ],
  carriers: [
    { name: "DHL", speed: 1, spread: 0.24, saturdays: true, scans: true, missedScans: 0.08,
      reportsDelivery: 0.99, failedAttempts: 0.05 },
    { name: "DPD", speed: 1.06, spread: 0.29, saturdays: false, scans: true, missedScans: 0.12,
      reportsDelivery: 0.98, failedAttempts: 0.07 },
    { name: "UPS", speed: 0.9, spread: 0.2, saturdays: false, scans: true, missedScans: 0.05,
      reportsDelivery: 0.99, failedAttempts: 0.06 },
    { name: "PostNL", speed: 0.95, spread: 0.22, saturdays: true, scans: true, missedScans: 0.1,
      reportsDelivery: 0.98, failedAttempts: 0.04 },
    { name: "Royal Mail", speed: 1.1, spread: 0.3, saturdays: true, scans: true, missedScans: 0.35,
      reportsDelivery: 0.93, failedAttempts: 0.05 },
    { name: "PostNord", speed: 1.05, spread: 0.27, saturdays: false, scans: true, missedScans: 0.3,
      reportsDelivery: 0.3, failedAttempts: 0.03 },
    { name: "Deutsche Post letter", speed: 1.1, spread: 0.35, saturdays: true, scans: false, missedScans: 1,
      reportsDelivery: 0, failedAttempts: 0 },
    { name: "Local Courier", speed: 1, spread: 0.2, saturdays: true, scans: false, missedScans: 1,
      reportsDelivery: 0, failedAttempts: 0 },
  ],
  methods: [
    { name: "Standard", type: "SHIPPING", quotes: true, weight: 66, days: 0.9, daysPer1000Km: 1.6,
      price: (country) => ({ DE: 490, AT: 790, CH: 1_290, GB: 1_490, US: 2_490 })[country] ?? 890,
      freeFrom: 10_000, lettersOnly: false,
      carriers: {
        DE: { DHL: 68, DPD: 32 }, AT: { DHL: 62, DPD: 38 }, CH: { DHL: 45, DPD: 55 }, NL: { PostNL: 75, DPD: 25 },
        FR: { DPD: 100 }, GB: { "Royal Mail": 60, DPD: 40 }, DK: { PostNord: 80, DHL: 20 },
        SE: { PostNord: 85, DHL: 15 }, NO: { PostNord: 100 }, US: { DHL: 60, UPS: 40 },
      } },
    { name: "Express", type: "SHIPPING", quotes: true, weight: 14, days: 0.75, daysPer1000Km: 0.45,
      price: (country) => ({ DE: 1_190, AT: 1_690, US: 4_900 })[country] ?? 2_290,
      freeFrom: null, lettersOnly: false, carriers: { DE: { UPS: 70, DHL: 30 }, "*": { UPS: 100 } } },
    { name: "Economy", type: "SHIPPING", quotes: false, weight: 13, days: 2.2, daysPer1000Km: 2,
      price: (country) => (country === "DE" ? 390 : 590),
      freeFrom: 6_000, lettersOnly: false, carriers: { DE: { DPD: 100 }, AT: { DPD: 100 }, NL: { DPD: 100 } } },
    { name: "Letter", type: "SHIPPING", quotes: false, weight: 60, days: 1.3, daysPer1000Km: 1.2,
      price: () => 180, freeFrom: null, lettersOnly: true,
      carriers: { DE: { "Deutsche Post letter": 100 }, AT: { "Deutsche Post letter": 100 } } },
    { name: "Berlin courier", type: "LOCAL", quotes: true, weight: 18, days: 0.5, daysPer1000Km: 0,
      price: () => 690, freeFrom: 15_000, lettersOnly: false, carriers: { "DE-BE": { "Local Courier": 100 } } },
  ],
  destinations: destinationsIn(
    { DE: 57, AT: 12, CH: 7, NL: 6, FR: 5, GB: 4, DK: 2, SE: 2.5, NO: 1, US: 3.5 },
    { CH: 0.8, GB: 1, NO: 0.9, US: 1.2 },
  ),
  rates: { CHF: 0.94, GBP: 0.86, DKK: 7.46, SEK: 11.1, NOK: 11.7, USD: 1.12 },
  pickup: { method: "Pickup at Berlin store", location: "Berlin store" },
  shares: {
    pos: 0.05, draft: 0.012, subscription: 0.02, pickup: 0.035, digital: 0.02, mobileApp: 0.08, test: 0.002,
    company: 0.015, returningCustomer: 0.34,
  },
  incidents: [
    { kind: "carrierDelay", slice: { carrier: "DHL", country: "AT" }, startDay: -24, days: 24, effect: 1.2 },
  ],
};

/** A tea shop in London: 40 orders a day from one location; the app may read its last 60 days only. */
export const tinyTea: ShopSpec = {
  id: 68_120_347_002,
  domain: "tiny-tea.myshopify.com",
  name: "Tiny Tea",
  currency: "GBP",
  timeZone: "Europe/London",
  grantableScopes: SCOPES,
  idBase: 5_200_000_000_000,
  ordersPerDay: 42,
  yearlyGrowth: 0.2,
  weekdays: [1.1, 1.1, 1.05, 1, 0.95, 0.9, 0.9],
  hours: HOURS,
  catalogue: teaCatalogue,
  locations: [
    { name: "Hackney", latitude: 51.54, longitude: -0.06, ships: true, worksSaturdays: false, cutoffHour: 13,
      handlingDays: [42, 38, 13, 5, 2], serves: [] },
  ],
  carriers: [
    { name: "Royal Mail", speed: 1.14, spread: 0.28, saturdays: true, scans: true, missedScans: 0.3,
      reportsDelivery: 0.95, failedAttempts: 0.05 },
    { name: "Evri", speed: 1.22, spread: 0.32, saturdays: true, scans: true, missedScans: 0.15,
      reportsDelivery: 0.97, failedAttempts: 0.07 },
    { name: "DPD", speed: 0.92, spread: 0.2, saturdays: true, scans: true, missedScans: 0.05,
      reportsDelivery: 0.99, failedAttempts: 0.05 },
    { name: "Royal Mail letter", speed: 1.1, spread: 0.35, saturdays: true, scans: false, missedScans: 1,
      reportsDelivery: 0, failedAttempts: 0 },
    { name: "Local Courier", speed: 1, spread: 0.2, saturdays: false, scans: false, missedScans: 1,
      reportsDelivery: 0, failedAttempts: 0 },
  ],
  methods: [
    { name: "Standard", type: "SHIPPING", quotes: true, weight: 60, days: 1.3, daysPer1000Km: 1.5,
      price: (country) => ({ GB: 395, US: 1_495 })[country] ?? 995,
      freeFrom: 4_000, lettersOnly: false,
      carriers: { GB: { "Royal Mail": 62, Evri: 38 }, "*": { "Royal Mail": 100 } } },
    { name: "Express", type: "SHIPPING", quotes: true, weight: 14, days: 0.75, daysPer1000Km: 0.5,
      price: (country) => (country === "GB" ? 695 : 1_995),
      freeFrom: null, lettersOnly: false, carriers: { "*": { DPD: 100 } } },
    { name: "Economy", type: "SHIPPING", quotes: false, weight: 14, days: 2.3, daysPer1000Km: 1.8,
      price: () => 295, freeFrom: 3_000, lettersOnly: false, carriers: { GB: { Evri: 100 } } },
    { name: "Letterbox", type: "SHIPPING", quotes: false, weight: 60, days: 1.4, daysPer1000Km: 1.2,
      price: () => 150, freeFrom: null, lettersOnly: true, carriers: { GB: { "Royal Mail letter": 100 } } },
    { name: "Hackney courier", type: "LOCAL", quotes: true, weight: 2, days: 0.5, daysPer1000Km: 0,
      price: () => 450, freeFrom: null, lettersOnly: false, carriers: { "GB-ENG": { "Local Courier": 100 } } },
  ],
  destinations: destinationsIn({ GB: 82, IE: 6, FR: 3, DE: 4, US: 5 }, { IE: 1, FR: 1.2, DE: 1.2, US: 1.4 }),
  rates: { EUR: 1.16, USD: 1.3 },
  pickup: { method: "Pickup in Hackney", location: "Hackney" },
  shares: {
    pos: 0.06, draft: 0.01, subscription: 0.08, pickup: 0.04, digital: 0.02, mobileApp: 0.04, test: 0.003,
    company: 0.02, returningCustomer: 0.42,
  },
  incidents: [],
};
