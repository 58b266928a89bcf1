/** Which scans a carrier sends for a shop, learnt from its parcels old enough to have arrived. */
export interface CarrierHabit {
  parcels: number;
  scanned: number;
  deliveryReported: number;
  /** Hours between scans that 95 of 100 waits stay within; null where too few are known. */
  silenceQ95Hours: number | null;
  /** See `awaitsReport`; null where a missing report can be trusted at any age. */
  reportedWithinDays: number | null;
}

/** A carrier's habit is believed from here on. */
export const CARRIER_MIN_PARCELS = 20;

/** Share of parcels that must end in a reported delivery before a missing report means "not delivered". */
export const CARRIER_REPORTS_SHARE = 0.9;

/** Days after fulfilment by which a parcel has arrived, if it ever will; the habit is learnt from such parcels only. */
export const OLD_ENOUGH_DAYS = 21;

/**
 * Whether this carrier's silence about a delivery means anything. "unknown" while too few of its parcels are old enough
 * to tell.
 */
export function reportsDelivery(habit: Pick<CarrierHabit, "parcels" | "deliveryReported"> | null): "yes" | "no" | "unknown" {
  if (habit === null || habit.parcels < CARRIER_MIN_PARCELS) return "unknown";
  return habit.deliveryReported >= CARRIER_REPORTS_SHARE * habit.parcels ? "yes" : "no";
}

/**
 * From this share on, a missing report is explained by parcels that are lost or stuck, which reach 2 to 3 in 100 of a
 * bad carrier; below it, most missing reports must be of deliveries nobody reported.
 */
export const ALWAYS_REPORTED_SHARE = 0.97;

/** Last scans after which a parcel is known not to have been delivered yet. */
export const UNDELIVERED_STATUSES: ReadonlySet<string> = new Set([
  "ATTEMPTED_DELIVERY",
  "DELAYED",
  "FAILURE",
  "READY_FOR_PICKUP",
]);

/**
 * Whether a parcel without a delivery report counts as not delivered at `asOf` (epoch ms).
 *
 * A carrier that reports a share r (below ALWAYS_REPORTED_SHARE) of its deliveries leaves 1 − r unreported. At the age by which r of its reported
 * deliveries had arrived, as many parcels are still on the way as have arrived unreported; beyond it, a missing report
 * says more about the carrier than about the parcel, unless its last scan says that it was not delivered. While too
 * little is known of a carrier, a parcel counts as on the way if the carrier has scanned it at all.
 */
export function awaitsReport(
  parcel: { fulfilledAt: number; handedOverAt: number | null; lastStatus: string | null },
  habit: CarrierHabit | null,
  asOf: number,
): boolean {
  const reports = reportsDelivery(habit);
  if (reports === "no") return false;
  if (reports === "unknown") return parcel.handedOverAt !== null;
  const within = habit?.reportedWithinDays ?? null;
  if (within === null || asOf - parcel.fulfilledAt <= within * DAY) return true;
  return parcel.lastStatus !== null && UNDELIVERED_STATUSES.has(parcel.lastStatus);
}

const DAY = 24 * 3_600_000;
