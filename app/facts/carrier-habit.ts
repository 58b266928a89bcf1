/** Which scans a carrier sends for a shop, learnt from its parcels old enough to have arrived. */
export interface CarrierHabit {
  parcels: number;
  scanned: number;
  deliveryReported: number;
  /** Hours between scans that 95 of 100 waits stay within; null where too few are known. */
  silenceQ95Hours: number | null;
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
