/**
 * What a delivery is scored on, in the order in which equal points are listed. `slower_than_usual` has two tables:
 * where nothing was promised, what is usual is all a shopper has to go by.
 */
export const DELIVERY_SIGNALS = [
  "promise_broken",
  "promise_overdue",
  "slower_than_usual",
  "slower_than_usual_unpromised",
  "long_wait",
  "slow_handling",
  "silence",
  "failed_attempt",
  "delay_reported",
  "delivery_failed",
  "split_parcels",
  "items_removed",
  "out_of_stock",
  "cancelled",
  "returned_at_fault",
  "slow_refund",
  "shipping_price",
] as const;

export type DeliverySignal = (typeof DELIVERY_SIGNALS)[number];

/** A stretch of a signal's values and what it costs. */
export interface Bin {
  label: string;
  /** The largest value that still falls in the bin; `Infinity` in the last. */
  upTo: number;
  /** Log-odds of a bad rating above those of the signal's best bin. */
  weight: number;
  why: string;
}

/** A versioned scorecard: log-odds of a bad rating = base + the weight of each signal's bin. */
export interface DeliveryCard {
  version: string;
  base: { logOdds: number; why: string };
  bins: Readonly<Record<DeliverySignal, readonly Bin[]>>;
}

/** A card checked and laid out for scoring. */
export interface CompiledDeliveryCard {
  version: string;
  base: number;
  /** By position in DELIVERY_SIGNALS: upper bounds without the last, and weights, one more. */
  bounds: readonly Float64Array[];
  weights: readonly Float64Array[];
}

/**
 * Checks a card and lays it out for scoring. Every signal's best bin comes first and weighs nothing, and no later bin
 * weighs less than one before it, so that later is never better and points are never negative.
 * @throws Error naming the signal that breaks a rule.
 */
export function compileDeliveryCard(card: DeliveryCard): CompiledDeliveryCard {
  const bounds: Float64Array[] = [];
  const weights: Float64Array[] = [];
  for (const signal of DELIVERY_SIGNALS) {
    const bins = card.bins[signal];
    const refuse = (rule: string): never => {
      throw new Error(`card ${card.version}, ${signal}: ${rule}`);
    };
    if (bins.length === 0 || bins[0]?.weight !== 0) refuse("the first bin must weigh 0");
    if (bins.at(-1)?.upTo !== Infinity) refuse("the last bin must be open");
    bins.forEach((bin, index) => {
      const previous = bins[index - 1];
      if (!Number.isFinite(bin.weight)) refuse("weights must be finite");
      if (previous !== undefined && !(bin.upTo > previous.upTo)) refuse("bounds must rise");
      if (previous !== undefined && bin.weight < previous.weight) refuse("weights must not fall");
    });
    bounds.push(Float64Array.from(bins.slice(0, -1), (bin) => bin.upTo));
    weights.push(Float64Array.from(bins, (bin) => bin.weight));
  }
  if (!Number.isFinite(card.base.logOdds)) throw new Error(`card ${card.version}: the base must be finite`);
  return { version: card.version, base: card.base.logOdds, bounds, weights };
}

/** The weight of the bin a value falls in. Few bins: a scan beats a binary search. */
export function binWeight(card: CompiledDeliveryCard, signal: number, value: number): number {
  const bounds = card.bounds[signal] as Float64Array;
  let bin = 0;
  while (bin < bounds.length && value > (bounds[bin] as number)) bin++;
  return (card.weights[signal] as Float64Array)[bin] as number;
}
