import { minorExponent } from "~/facts/money";

/** How one shop's figures are written for one reader. Nothing below reads the machine's own locale. */
export interface Writing {
  /** BCP 47, e.g. "en-GB"; the language of numbers, money and dates. */
  locale: string;
  /** ISO 4217 code of the shop. */
  currency: string;
  /** IANA zone of the shop. */
  timeZone: string;
}

const cached = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

// Constructing an Intl formatter costs about as much as formatting a whole table with it.
function formatter<T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T {
  let found = cached.get(key);
  if (!found) {
    found = make();
    cached.set(key, found);
  }
  return found as T;
}

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return formatter(`n${locale}${JSON.stringify(options)}`, () => new Intl.NumberFormat(locale, options));
}

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return formatter(`d${locale}${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale, options));
}

/**
 * The locale to write in for a reader who asked for another: Ease's sentences are English, so it is English by the
 * conventions of the reader's region ("de" gives "en-DE": English words, 1.204,5 and 3 Nov). English where the tag is
 * unknown or malformed.
 */
export function writtenLocale(asked: string | null | undefined): string {
  try {
    const { language, region } = new Intl.Locale(asked || "en").maximize();
    if (language === "en" && asked) return Intl.NumberFormat.supportedLocalesOf(asked)[0] ?? "en";
    return Intl.NumberFormat.supportedLocalesOf(`en-${region}`)[0] ?? "en";
  } catch {
    return "en";
  }
}

/** A whole number with its thousands separated. */
export function count(value: number, writing: Writing): string {
  return numberFormat(writing.locale, { maximumFractionDigits: 0 }).format(value);
}

/** A number with at most so many decimals. */
export function decimal(value: number, digits: number, writing: Writing): string {
  return numberFormat(writing.locale, { maximumFractionDigits: digits, signDisplay: "negative" }).format(value);
}

/** Points as they are written beside a score: a true minus sign, one decimal, "−9.1" or "+0.4". */
export function points(taken: number, writing: Writing): string {
  const rounded = Math.round(taken * 10) / 10;
  const size = numberFormat(writing.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(
    Math.abs(rounded)
  );
  if (rounded === 0) return size;
  return rounded > 0 ? `−${size}` : `+${size}`;
}

/** A share from 0 to 1 as a percentage; one decimal only where whole per cents would hide a difference to 0 or 100. */
export function share(value: number, writing: Writing): string {
  const near = value !== 0 && value !== 1 && (value < 0.01 || value > 0.99);
  return numberFormat(writing.locale, { style: "percent", maximumFractionDigits: near ? 1 : 0 }).format(value);
}

/** An amount in minor units of the shop's currency. */
export function money(minor: number, writing: Writing): string {
  const { locale, currency } = writing;
  return numberFormat(locale, { style: "currency", currency }).format(minor / 10 ** minorExponent(currency));
}

/** An instant (epoch milliseconds) as a day in the shop's zone; the year only when it is not this year's. */
export function day(instant: number, now: number, writing: Writing): string {
  const { locale, timeZone } = writing;
  const year = (at: number) => dateFormat("en", { timeZone, year: "numeric" }).format(at);
  return dateFormat(locale, {
    timeZone,
    day: "numeric",
    month: "short",
    ...(year(instant) === year(now) ? {} : { year: "numeric" }),
  }).format(instant);
}

/** An instant as day and time of day in the shop's zone. */
export function dayAndTime(instant: number, now: number, writing: Writing): string {
  const time = dateFormat(writing.locale, { timeZone: writing.timeZone, hour: "numeric", minute: "2-digit" });
  return `${day(instant, now, writing)}, ${time.format(instant)}`;
}

/** Name of the weekday of an instant in the shop's zone. */
export function weekday(instant: number, writing: Writing): string {
  return dateFormat(writing.locale, { timeZone: writing.timeZone, weekday: "long" }).format(instant);
}

/** A calendar day ("2026-11-03", already the shop's own) as it is written on an axis. */
export function calendarDay(isoDay: string, writing: Writing): string {
  return dateFormat(writing.locale, { timeZone: "UTC", day: "numeric", month: "short" }).format(
    Date.parse(`${isoDay}T00:00:00Z`)
  );
}

/** The shop's calendar day of an instant, as "2026-11-03". */
export function isoDayIn(timeZone: string, instant: number): string {
  const parts = dateFormat("en", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(
    instant
  );
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** Name of the shop's zone at that moment, e.g. "GMT+1". */
export function zoneName(instant: number, writing: Writing): string {
  const parts = dateFormat(writing.locale, { timeZone: writing.timeZone, timeZoneName: "short" }).formatToParts(
    instant
  );
  return parts.find((part) => part.type === "timeZoneName")?.value ?? writing.timeZone;
}

/** A length of time in hours, as people say it: "40 minutes", "5 hours", "2.3 days". */
export function duration(hours: number, writing: Writing): string {
  const unit = (value: number, name: "minute" | "hour" | "day", digits: number) =>
    numberFormat(writing.locale, {
      style: "unit",
      unit: name,
      unitDisplay: "long",
      maximumFractionDigits: digits,
    }).format(value);
  const size = Math.abs(hours);
  if (size < 1) return unit(Math.max(1, Math.round(size * 60)), "minute", 0);
  if (size < 36) return unit(Math.round(size), "hour", 0);
  return unit(size / 24, "day", size < 240 ? 1 : 0);
}

/** Name of a country from its two-letter code; the code itself where the runtime knows no name. */
export function countryName(code: string, writing: Writing): string {
  try {
    return new Intl.DisplayNames([writing.locale], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** A counted noun: "1 order", "1,204 orders". */
export function counted(value: number, one: string, many: string, writing: Writing): string {
  return `${count(value, writing)} ${value === 1 ? one : many}`;
}

/** How to write for a reader of this shop. */
export function writingFor(shop: { currency: string; timeZone: string }, locale: string): Writing {
  return { locale: writtenLocale(locale), currency: shop.currency, timeZone: shop.timeZone };
}
