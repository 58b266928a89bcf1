import type { Destination } from "./spec";

const EARTH_RADIUS_KM = 6371;

/** Great-circle distance in kilometres (haversine). */
export function distanceKm(
  from: { latitude: number; longitude: number },
  to: { latitude: number; longitude: number },
): number {
  const radians = Math.PI / 180;
  const dLat = (to.latitude - from.latitude) * radians;
  const dLon = (to.longitude - from.longitude) * radians;
  const h = Math.sin(dLat / 2) ** 2
    + Math.cos(from.latitude * radians) * Math.cos(to.latitude * radians) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(h));
}

interface Country {
  country: string;
  currency: string;
  timeZone: string;
  /** Province code (null where Shopify addresses have none), latitude, longitude and relative population. */
  provinces: [string | null, number, number, number][];
}

const countries: Country[] = [
  { country: "DE", currency: "EUR", timeZone: "Europe/Berlin", provinces: [
    ["BW", 48.7, 9.1, 11.3], ["BY", 48.3, 11.6, 13.4], ["BE", 52.52, 13.4, 3.8], ["BB", 52.4, 13.06, 2.6],
    ["HB", 53.08, 8.8, 0.7], ["HH", 53.55, 10.0, 1.9], ["HE", 50.1, 8.7, 6.4], ["MV", 53.9, 12.1, 1.6],
    ["NI", 52.4, 9.7, 8.1], ["NW", 51.3, 7.0, 18.1], ["RP", 49.9, 7.9, 4.2], ["SL", 49.3, 7.0, 1.0],
    ["SN", 51.1, 13.1, 4.1], ["ST", 51.9, 11.7, 2.2], ["SH", 54.3, 10.0, 3.0], ["TH", 50.95, 11.1, 2.1],
  ] },
  { country: "AT", currency: "EUR", timeZone: "Europe/Vienna", provinces: [[null, 48.0, 15.3, 1]] },
  { country: "CH", currency: "CHF", timeZone: "Europe/Zurich", provinces: [[null, 47.2, 8.2, 1]] },
  { country: "NL", currency: "EUR", timeZone: "Europe/Amsterdam", provinces: [[null, 52.1, 5.0, 1]] },
  { country: "FR", currency: "EUR", timeZone: "Europe/Paris", provinces: [[null, 47.6, 3.0, 1]] },
  { country: "IE", currency: "EUR", timeZone: "Europe/Dublin", provinces: [
    ["D", 53.35, -6.26, 3], ["CO", 51.9, -8.5, 1],
  ] },
  { country: "DK", currency: "DKK", timeZone: "Europe/Copenhagen", provinces: [[null, 55.7, 11.5, 1]] },
  { country: "SE", currency: "SEK", timeZone: "Europe/Stockholm", provinces: [[null, 58.9, 16.0, 1]] },
  { country: "NO", currency: "NOK", timeZone: "Europe/Oslo", provinces: [[null, 60.1, 9.8, 1]] },
  { country: "GB", currency: "GBP", timeZone: "Europe/London", provinces: [
    ["ENG", 52.0, -1.0, 84], ["SCT", 56.0, -3.8, 8], ["WLS", 51.7, -3.5, 5], ["NIR", 54.6, -6.2, 3],
  ] },
  { country: "US", currency: "USD", timeZone: "America/New_York", provinces: [
    ["CA", 36.0, -119.5, 39], ["TX", 31.0, -98.0, 30], ["NY", 41.5, -74.5, 20], ["FL", 28.0, -81.7, 22],
    ["WA", 47.4, -121.5, 8], ["CO", 39.3, -105.0, 6], ["MA", 42.3, -71.8, 7],
  ] },
];

/**
 * Destinations of the given countries, each country's weight shared out over its provinces by population.
 * `customsDays` holds the extra workdays at the border, by country.
 */
export function destinationsIn(weights: Record<string, number>, customsDays: Record<string, number>): Destination[] {
  return countries.flatMap(({ country, currency, timeZone, provinces }) => {
    const weight = weights[country];
    if (weight === undefined) return [];
    const population = provinces.reduce((sum, province) => sum + province[3], 0);
    return provinces.map(([province, latitude, longitude, people]) => ({
      country, province, latitude, longitude, timeZone, currency,
      customsDays: customsDays[country] ?? 0,
      weight: (weight * people) / population,
    }));
  });
}
