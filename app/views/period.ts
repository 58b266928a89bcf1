/** The periods a screen can look back on, in days of the shop. */
export const PERIODS = [7, 28, 90] as const;
export type Period = (typeof PERIODS)[number];

export const DEFAULT_PERIOD: Period = 28;

/** Calendar days of the shop, both included, as "2026-11-03". */
export interface Span {
  from: string;
  to: string;
}

/** The period an address asks for; `understood` is false when there is no such period and the usual one is used. */
export function readPeriod(asked: string | null): { period: Period; understood: boolean } {
  if (asked === null) return { period: DEFAULT_PERIOD, understood: true };
  const period = PERIODS.find((one) => String(one) === asked);
  return period ? { period, understood: true } : { period: DEFAULT_PERIOD, understood: false };
}

/** The calendar day so many days later (or earlier, if negative). */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The period that ends today, and the equally long one before it. */
export function spansOf(period: Period, today: string): { current: Span; before: Span } {
  const from = addDays(today, 1 - period);
  return { current: { from, to: today }, before: { from: addDays(from, -period), to: addDays(from, -1) } };
}

/** Splits a span into stretches of `length` days, the last of which ends with the span; the first may be shorter. */
export function stretchesOf(span: Span, length: number): Span[] {
  const stretches: Span[] = [];
  for (let to = span.to; to >= span.from; to = addDays(to, -length)) {
    const from = addDays(to, 1 - length);
    stretches.unshift({ from: from < span.from ? span.from : from, to });
  }
  return stretches;
}
