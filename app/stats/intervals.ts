/** Share of the intervals that hold the truth in the long run. */
export type Confidence = 0.8 | 0.9 | 0.95 | 0.99;

export interface Interval {
  low: number;
  high: number;
}

/**
 * Two-sided standard normal quantiles (Abramowitz & Stegun, table 26.5). A table, because `probit` of
 * simple-statistics is off in the third digit (1.957 for 1.960), which shows in small samples.
 */
const NORMAL_QUANTILE: Record<Confidence, number> = {
  0.8: 1.2815515655446004,
  0.9: 1.6448536269514722,
  0.95: 1.959963984540054,
  0.99: 2.5758293035489004,
};

/**
 * Wilson score interval of a rate of `part` in `whole`; null when nothing was counted. Never leaves [0, 1] and does not
 * collapse at 0 or 1. Formula: Wilson (1927), as method 3 in Newcombe (1998), Statistics in Medicine 17, 857–872.
 * @throws RangeError when the counts cannot be a rate.
 */
export function wilsonInterval(part: number, whole: number, confidence: Confidence = 0.95): Interval | null {
  if (!(part >= 0 && part <= whole && Number.isFinite(whole))) throw new RangeError(`no rate: ${part} of ${whole}`);
  if (whole === 0) return null;
  const z = NORMAL_QUANTILE[confidence];
  const rate = part / whole;
  const stretch = 1 + (z * z) / whole;
  const centre = (rate + (z * z) / (2 * whole)) / stretch;
  const reach = (z * Math.sqrt((rate * (1 - rate)) / whole + (z * z) / (4 * whole * whole))) / stretch;
  return {
    low: part === 0 ? 0 : Math.max(0, centre - reach),
    high: part === whole ? 1 : Math.min(1, centre + reach),
  };
}

/**
 * Interval of a mean from what a rollup keeps: how many, their sum and the sum of their squares. Null below two values,
 * where nothing is known of the spread. Student's t: mean ± t(n − 1) · s / √n.
 */
export function meanInterval(
  count: number,
  sum: number,
  sumOfSquares: number,
  confidence: Confidence = 0.95,
): (Interval & { mean: number }) | null {
  if (count < 2) return null;
  const mean = sum / count;
  const variance = Math.max(0, (sumOfSquares - sum * mean) / (count - 1));
  const reach = studentQuantile(count - 1, confidence) * Math.sqrt(variance / count);
  return { mean, low: mean - reach, high: mean + reach };
}

/**
 * Two-sided quantile of Student's t. One and two degrees of freedom have closed forms; above, the expansion about the
 * normal quantile (Abramowitz & Stegun 26.7.5), within 1 % from three degrees on at 95 %.
 */
function studentQuantile(degrees: number, confidence: Confidence): number {
  if (degrees === 1) return Math.tan((Math.PI * confidence) / 2);
  if (degrees === 2) return confidence * Math.sqrt(2 / (1 - confidence * confidence));
  const z = NORMAL_QUANTILE[confidence];
  const z2 = z * z;
  const terms = [
    (z * (z2 + 1)) / 4,
    (z * (5 * z2 * z2 + 16 * z2 + 3)) / 96,
    (z * (3 * z2 ** 3 + 19 * z2 * z2 + 17 * z2 - 15)) / 384,
    (z * (79 * z2 ** 4 + 776 * z2 ** 3 + 1482 * z2 * z2 - 1920 * z2 - 945)) / 92160,
  ];
  return terms.reduce((sum, term, index) => sum + term / degrees ** (index + 1), z);
}
