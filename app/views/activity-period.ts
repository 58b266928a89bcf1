/** How far back the Activity screen looks: 24 hours or seven days. */
export const ACTIVITY_PERIODS = ["day", "week"] as const;

export type ActivityPeriod = (typeof ACTIVITY_PERIODS)[number];

/** The period an address asks for; the last 24 hours when it asks for none there is. */
export function readActivityPeriod(asked: string | null): ActivityPeriod {
  return asked === "week" ? "week" : "day";
}
