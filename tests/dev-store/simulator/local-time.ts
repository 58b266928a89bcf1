/**
 * Wall time: what a clock on the wall of a zone shows, written as the epoch milliseconds at which a UTC clock shows the
 * same. Days and hours can be reckoned on it; it is no instant.
 */

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, Map<number, number>>();

/** Wall time in `zone` (an IANA name) at an instant. */
export function wallTime(zone: string, instant: number): number {
  return instant + offsetAt(zone, instant);
}

/** The instant at which a clock in `zone` shows `wall`; of two (autumn) the first, of none (spring) the hour after. */
export function instantOf(zone: string, wall: number): number {
  const before = wall - offsetAt(zone, wall - DAY);
  const after = wall - offsetAt(zone, wall + DAY);
  const fits = [before, after].filter((instant) => wallTime(zone, instant) === wall);
  return fits.length > 0 ? Math.min(...fits) : before;
}

/** Midnight that began the wall day. */
export function startOfDay(wall: number): number {
  return Math.floor(wall / DAY) * DAY;
}

/** 0 is Sunday, 6 is Saturday. */
export function weekday(wall: number): number {
  return new Date(wall).getUTCDay();
}

/** "2026-12-24" */
export function isoDay(wall: number): string {
  return new Date(wall).toISOString().slice(0, 10);
}

const HOLIDAYS = new Set(["01-01", "12-25", "12-26"]);

/** Whether people work on the day: never on Sunday and the fixed holidays every country here keeps. */
export function isWorkday(wall: number, saturdays: boolean): boolean {
  const day = weekday(wall);
  if (day === 0 || (day === 6 && !saturdays)) return false;
  return !HOLIDAYS.has(isoDay(wall).slice(5));
}

/** Midnight of the day `count` workdays after the wall day; with 0, the day itself or the first workday after it. */
export function addWorkdays(wall: number, count: number, saturdays: boolean): number {
  let day = startOfDay(wall);
  while (!isWorkday(day, saturdays)) day += DAY;
  for (let left = count; left > 0; left--) {
    do day += DAY;
    while (!isWorkday(day, saturdays));
  }
  return day;
}

function offsetAt(zone: string, instant: number): number {
  const day = Math.floor(instant / DAY);
  const known = offsets.get(zone) ?? new Map<number, number>();
  offsets.set(zone, known);
  const start = knownOffset(zone, known, day * DAY);
  const end = knownOffset(zone, known, (day + 1) * DAY);
  // Clocks change at most once a day; between equal ends there is no need to ask again.
  return start === end ? start : readOffset(zone, instant);
}

function knownOffset(zone: string, known: Map<number, number>, instant: number): number {
  let offset = known.get(instant);
  if (offset === undefined) {
    offset = readOffset(zone, instant);
    known.set(instant, offset);
  }
  return offset;
}

function readOffset(zone: string, instant: number): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
      hour: "numeric", minute: "numeric", second: "numeric",
    });
    formats.set(zone, format);
  }
  const parts: Record<string, number> = {};
  for (const part of format.formatToParts(instant)) parts[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}
