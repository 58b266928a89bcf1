import { meanInterval } from "~/stats/intervals";
import { ENOUGH_FOR_A_POINT } from "./enough";
import type { Span } from "./period";

/** What a day's rollup says of its scores. */
export interface DaySums {
  day: string;
  scored: number;
  /** Sum and sum of squares of the day's scores. */
  sum: number;
  squares: number;
}

/** A mean score with its 95 % interval, from `n` orders. */
export interface Mean {
  mean: number;
  low: number;
  high: number;
  n: number;
}

/** How far the mean moved against the period before, with its 95 % interval; certain when that leaves out zero. */
export interface Change {
  difference: number;
  low: number;
  high: number;
  certain: boolean;
  before: Mean;
}

export interface TrendPoint {
  span: Span;
  scored: number;
  /** Too young to judge: what will go wrong with some of its orders has not yet. */
  young: boolean;
  /** Null where too few orders were scored for a point. */
  mean: Mean | null;
}

/** The mean score of some days; null where it has no interval (fewer than two orders). */
export function meanOf(days: DaySums[]): Mean | null {
  const mean = unclamped(days);
  return mean && { ...mean, low: Math.max(0, mean.low), high: Math.min(100, mean.high) };
}

/**
 * The difference of two periods' mean scores. Its interval adds the squares of theirs (independent means); null where
 * either period holds fewer than `enough` orders.
 */
export function changeOf(present: DaySums[], earlier: DaySums[], enough: number): Change | null {
  const now = unclamped(present);
  const before = unclamped(earlier);
  if (!now || !before || now.n < enough || before.n < enough) return null;
  const difference = now.mean - before.mean;
  const margin = Math.hypot(now.high - now.mean, before.high - before.mean);
  return {
    difference,
    low: difference - margin,
    high: difference + margin,
    certain: Math.abs(difference) > margin,
    before,
  };
}

function unclamped(days: DaySums[]): Mean | null {
  const sum = (value: (one: DaySums) => number) => days.reduce((soFar, one) => soFar + value(one), 0);
  const n = sum((one) => one.scored);
  const interval = meanInterval(
    n,
    sum((one) => one.sum),
    sum((one) => one.squares)
  );
  return interval && { ...interval, n };
}

/**
 * One point for every stretch of days, with a gap where a stretch holds too few scored orders. Stretches with a day
 * after `settledTo` are young.
 */
export function trendOf(days: DaySums[], stretches: Span[], settledTo: string): TrendPoint[] {
  return stretches.map((span) => {
    const within = days.filter((one) => one.day >= span.from && one.day <= span.to);
    const scored = within.reduce((sum, one) => sum + one.scored, 0);
    return { span, scored, young: span.to > settledTo, mean: scored >= ENOUGH_FOR_A_POINT ? meanOf(within) : null };
  });
}
