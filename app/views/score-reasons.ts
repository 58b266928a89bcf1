import { z } from "zod";

/** One reason of a score as it is stored: what it took off, and what it saw. */
export const scoreReason = z.object({
  code: z.string(),
  points: z.number(),
  evidence: z.unknown(),
});
export type StoredReason = z.infer<typeof scoreReason>;

/** The reason that took most points off; null when nothing was taken. */
export function mainReason(reasons: StoredReason[]): StoredReason | null {
  return reasons.reduce<StoredReason | null>((most, one) => (one.points > (most?.points ?? 0) ? one : most), null);
}
