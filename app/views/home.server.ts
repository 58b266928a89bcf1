import { z } from "zod";
import type { ShopScope } from "~/db.server";
import { wilsonInterval } from "~/stats/intervals";
import { whenEnough, ENOUGH_ORDERS, type Enough } from "./enough";
import { addDays, spansOf, stretchesOf, type Period, type Span } from "./period";
import { changeOf, meanOf, trendOf, type Change, type DaySums, type Mean, type TrendPoint } from "./score-trend";

/**
 * The delivery score of a period, or how far it is from being one. An order of yesterday has had no time to go wrong,
 * so the youngest days flatter: the score and its change are of the days old enough to judge (`span`) wherever those hold
 * enough orders, and `young` counts the rest.
 */
export type ScoreFigure =
  | { kind: "known"; mean: Mean; span: Span; young: number; comparison: Comparison }
  | { kind: "notEnough"; scored: number; needed: number; enough: Enough };

/** How the score stands against the period before, or why nothing sound can be said. */
export type Comparison =
  | { kind: "change"; change: Change }
  /** The whole period is too young to judge; its score will still fall. */
  | { kind: "tooYoung" }
  /** What is known of the shop does not reach back to the start of the period before. */
  | { kind: "historyTooShort" }
  | { kind: "tooFew" };

/**
 * Promises kept of those that came due; with too few due the counts stand alone. Due and the rest together are all
 * orders of the population, each in exactly one of them.
 */
export interface OnTimeFigure {
  kept: number;
  due: number;
  /** 95 % Wilson interval of the share; null while too few promises came due. */
  interval: { low: number; high: number } | null;
  /** Promised and not due yet. */
  open: number;
  withoutPromise: number;
  /** Promised, but their carrier hardly ever reports an arrival. */
  arrivalUnknown: number;
  cancelled: number;
}

/** What one reason took off the mean score: the points of all orders it touched, over all scored orders. */
export interface ReasonShare {
  code: string;
  points: number;
  orders: number;
}

export interface DeliveryHome {
  period: Period;
  span: Span;
  before: Span;
  /** The day of the first order Ease knows, where the period reaches further back than that. */
  knownFrom: string | null;
  /** All orders of the period, those left out of the score among them. */
  orders: number;
  score: ScoreFigure;
  trend: TrendPoint[];
  onTime: OnTimeFigure;
  /** Dearest first. */
  reasons: ReasonShare[];
  leftOut: { reason: string; orders: number }[];
}

const dayRow = z.object({
  day: z.string(),
  orders: z.number(),
  scored: z.number(),
  sum: z.number(),
  squares: z.number(),
  promises_due: z.number(),
  promises_kept: z.number(),
  promises_open: z.number(),
  without_promise: z.number(),
  arrival_unknown: z.number(),
  cancelled: z.number(),
  left_out: z.record(z.string(), z.number()),
  reasons: z.record(z.string(), z.object({ orders: z.number(), points: z.number() })),
});
type DayRow = z.infer<typeof dayRow>;

const DAYS = `
  select to_char(day, 'YYYY-MM-DD') as day, orders, scored, score_sum::float8 as sum, score_squares::float8 as squares,
         promises_due, promises_kept, promises_open, without_promise, arrival_unknown, cancelled, left_out, reasons
  from delivery_day
  where shop_id = $1 and day between $2::date and $3::date
  order by day`;

/** By when four of five deliveries have arrived, over all methods and regions, and the first day with orders. */
const KNOWN_OF_SHOP = `
  select (select ceil(q80_days)::int from usual_time where shop_id = $1 and method = '' and region = '') as usual_days,
         (select to_char(min(day), 'YYYY-MM-DD') from delivery_day where shop_id = $1) as first_day`;

const knownOfShop = z.object({ usual_days: z.number().nullable(), first_day: z.string().nullable() });

/** Days the rate of arriving orders is taken from. */
const RATE_DAYS = 14;

/** How delivery went in a period of the shop's days ending with `today`, against the period before it. */
export async function readHome(
  scope: ShopScope,
  input: { period: Period; today: string; now: number }
): Promise<DeliveryHome> {
  const { current: asked, before } = spansOf(input.period, input.today);
  const [rows, [known]] = await Promise.all([
    scope.query(DAYS, [scope.shopId, before.from, asked.to], dayRow),
    scope.query(KNOWN_OF_SHOP, [scope.shopId], knownOfShop),
  ]);
  const firstDay = known?.first_day ?? null;
  const knownFrom = firstDay !== null && firstDay > asked.from && firstDay <= asked.to ? firstDay : null;
  // No figure names days nothing is known of.
  const current = { from: knownFrom ?? asked.from, to: asked.to };
  const present = rows.filter((row) => row.day >= current.from);
  const settledTo = addDays(input.today, -(known?.usual_days ?? 0));
  const comparable = firstDay !== null && firstDay <= before.from;
  const { score, judged } = scoreOf(rows, current, { settledTo, comparable, ...input });
  const leftOut = leftOutOf(present);

  return {
    period: input.period,
    span: current,
    before,
    knownFrom,
    orders: total(present, (row) => row.orders) + leftOut.reduce((sum, one) => sum + one.orders, 0),
    score,
    trend: trendOf(present, stretchesOf(current, input.period > 31 ? 7 : 1), settledTo),
    onTime: onTimeOf(present),
    reasons: reasonsOf(judged),
    leftOut,
  };
}

/** The score, and the days it and its reasons are of. */
function scoreOf(
  rows: DayRow[],
  current: Span,
  input: { period: Period; today: string; now: number; settledTo: string; comparable: boolean }
): { score: ScoreFigure; judged: DayRow[] } {
  const { settledTo, comparable } = input;
  const present = rows.filter((row) => row.day >= current.from);
  const settled = present.filter((row) => row.day <= settledTo);
  const enoughSettled = total(settled, (row) => row.scored) >= ENOUGH_ORDERS;
  const judged = enoughSettled ? settled : present;
  const mean = meanOf(judged);
  if (!mean || mean.n < ENOUGH_ORDERS) return { score: notEnough(present, input), judged };
  const span = enoughSettled ? { from: current.from, to: settledTo } : current;
  const young = total(present, (row) => row.scored) - mean.n;
  const earlier = rows.filter((row) => row.day < current.from && row.day <= settledTo);
  const change = changeOf(settled, earlier, ENOUGH_ORDERS);
  const comparison: Comparison = !enoughSettled
    ? { kind: "tooYoung" }
    : !comparable
    ? { kind: "historyTooShort" }
    : change
    ? { kind: "change", change }
    : { kind: "tooFew" };
  return { score: { kind: "known", mean, span, young, comparison }, judged };
}

function notEnough(days: DayRow[], input: { period: Period; today: string; now: number }): ScoreFigure {
  const scored = total(days, (row) => row.scored);
  const since = addDays(input.today, 1 - Math.min(RATE_DAYS, input.period));
  const recent = days.filter((row) => row.day >= since);
  // A shop that began last week has a rate of a week.
  const first = recent[0]?.day ?? since;
  const length = (Date.parse(input.today) - Date.parse(first)) / 86_400_000 + 1;
  const perDay = total(recent, (row) => row.scored) / length;
  return {
    kind: "notEnough",
    scored,
    needed: ENOUGH_ORDERS,
    enough: whenEnough({ held: scored, perDay, periodDays: input.period, now: input.now }),
  };
}

function onTimeOf(days: DayRow[]): OnTimeFigure {
  const kept = total(days, (row) => row.promises_kept);
  const due = total(days, (row) => row.promises_due);
  return {
    kept,
    due,
    interval: due >= ENOUGH_ORDERS ? wilsonInterval(kept, due) : null,
    open: total(days, (row) => row.promises_open),
    withoutPromise: total(days, (row) => row.without_promise),
    arrivalUnknown: total(days, (row) => row.arrival_unknown),
    cancelled: total(days, (row) => row.cancelled),
  };
}

function reasonsOf(days: DayRow[]): ReasonShare[] {
  const scored = total(days, (row) => row.scored);
  const sums = new Map<string, { orders: number; points: number }>();
  for (const row of days) {
    for (const [code, reason] of Object.entries(row.reasons)) {
      const sum = sums.get(code) ?? { orders: 0, points: 0 };
      sums.set(code, { orders: sum.orders + reason.orders, points: sum.points + reason.points });
    }
  }
  return [...sums]
    .map(([code, sum]) => ({ code, orders: sum.orders, points: sum.points / Math.max(1, scored) }))
    .sort((a, b) => b.points - a.points);
}

function leftOutOf(days: DayRow[]): { reason: string; orders: number }[] {
  const sums = new Map<string, number>();
  for (const row of days) {
    for (const [reason, orders] of Object.entries(row.left_out)) sums.set(reason, (sums.get(reason) ?? 0) + orders);
  }
  return [...sums].map(([reason, orders]) => ({ reason, orders })).sort((a, b) => b.orders - a.orders);
}

function total<Row extends DaySums>(rows: Row[], value: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + value(row), 0);
}
