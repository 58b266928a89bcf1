/** An instant in a shop's own time zone, e.g. "Thu 14 May 2026, 09:30". */
export function formatInstant(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone, weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
  }).format(at);
  return parts.replace(/^(\w+), /, "$1 ").replace(" at ", ", ");
}

/** A day in a shop's own time zone, e.g. "Thu 14 May". */
export function formatDay(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", day: "numeric", month: "short" })
    .format(at)
    .replace(",", "");
}

/** Minor units as an amount with its currency; the exponent is the currency's own (none for JPY). */
export function formatMoney(minor: number, currency: string): string {
  const format = new Intl.NumberFormat("en-GB", { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}

export function formatCount(count: number): string {
  return new Intl.NumberFormat("en-GB").format(count);
}

/** "Germany" for "DE"; the code itself where it is no country's. */
export function countryName(code: string): string {
  try {
    return new Intl.DisplayNames("en", { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}
