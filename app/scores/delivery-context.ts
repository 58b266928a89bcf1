import { quantileSorted } from "simple-statistics";

import type { CarrierHabit } from "~/facts/carrier-habit";

/** What parcels of a method to a region usually take from purchase to delivery, in days. */
export interface UsualTime {
  parcels: number;
  medianDays: number;
  q80Days: number;
  q95Days: number;
}

/** A usual time with what it is of: method "" is all methods, region "" all regions. */
export interface UsualTimeRow extends UsualTime {
  method: string;
  region: string;
}

export interface CarrierHabitRow extends CarrierHabit {
  carrier: string;
}

/** What a delivery is measured against; made from what was known at the moment of the score. */
export interface DeliveryContext {
  /** The narrowest usual time with enough parcels; null where there is none at all. */
  usualTime(method: string | null, region: string | null): UsualTime | null;
  /** Null for a carrier never seen. */
  carrierHabit(carrier: string | null): CarrierHabit | null;
}

/** A narrower usual time is believed from here on; with fewer, its 95 % quantile is the slowest single parcel. */
export const USUAL_TIME_MIN_PARCELS = 20;

/** The key of a region: a province within its country, the country where the province is unknown. */
export function deliveryRegion(country: string | null, province: string | null): string | null {
  if (country === null) return null;
  return province === null ? country : `${country}-${province}`;
}

/**
 * Builds the context from rows as the tables `usual_time` and `carrier_habit` hold them. The look-up falls back from
 * method × province to method × country, province, country, method and all parcels; rows with too few parcels are
 * passed over.
 */
export function deliveryContext(
  usualTimes: readonly UsualTimeRow[],
  carrierHabits: readonly CarrierHabitRow[],
): DeliveryContext {
  const byMethod = new Map<string, Map<string, UsualTime>>();
  for (const row of usualTimes) {
    if (row.parcels < USUAL_TIME_MIN_PARCELS) continue;
    const byRegion = byMethod.get(row.method) ?? new Map<string, UsualTime>();
    byMethod.set(row.method, byRegion.set(row.region, row));
  }
  const habits = new Map(carrierHabits.map((row) => [row.carrier, row]));
  const found = new Map<string, Map<string, UsualTime | null>>();

  const search = (method: string, region: string): UsualTime | null => {
    const country = region.split("-", 1)[0] ?? "";
    const ofMethod = method === "" ? undefined : byMethod.get(method);
    const ofAll = byMethod.get("");
    return (
      ofMethod?.get(region) ?? ofMethod?.get(country) ??
      (region === "" ? undefined : ofAll?.get(region) ?? ofAll?.get(country)) ??
      ofMethod?.get("") ?? ofAll?.get("") ?? null
    );
  };

  return {
    usualTime(method, region) {
      const methodKey = method ?? "";
      const regionKey = region ?? "";
      let ofMethod = found.get(methodKey);
      if (ofMethod === undefined) found.set(methodKey, (ofMethod = new Map()));
      let usual = ofMethod.get(regionKey);
      if (usual === undefined) ofMethod.set(regionKey, (usual = search(methodKey, regionKey)));
      return usual;
    },
    carrierHabit: (carrier) => (carrier === null ? null : habits.get(carrier) ?? null),
  };
}

/** One delivery that has happened: what it was and how many days it took from purchase. */
export interface FinishedDelivery {
  method: string | null;
  country: string | null;
  province: string | null;
  days: number;
}

/**
 * Usual times of all groups that have enough deliveries, as rows of the table `usual_time`. Quantiles lie straight
 * between neighbouring values (Hyndman & Fan's type 7), as PostgreSQL's `percentile_cont` has them.
 */
export function usualTimesOf(deliveries: readonly FinishedDelivery[]): UsualTimeRow[] {
  const groups = new Map<string, { method: string; region: string; days: number[] }>();
  for (const { method, country, province, days } of deliveries) {
    const regions = new Set([deliveryRegion(country, province) ?? "", country ?? "", ""]);
    for (const ofMethod of new Set([method ?? "", ""])) {
      for (const region of regions) {
        const key = `${ofMethod}\n${region}`;
        const group = groups.get(key) ?? { method: ofMethod, region, days: [] };
        groups.set(key, group);
        group.days.push(days);
      }
    }
  }
  const rows: UsualTimeRow[] = [];
  for (const { method, region, days } of groups.values()) {
    if (days.length < USUAL_TIME_MIN_PARCELS) continue;
    const sorted = days.sort((a, b) => a - b);
    rows.push({
      method,
      region,
      parcels: days.length,
      medianDays: quantileSorted(sorted, 0.5),
      q80Days: quantileSorted(sorted, 0.8),
      q95Days: quantileSorted(sorted, 0.95),
    });
  }
  return rows;
}
