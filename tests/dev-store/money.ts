const decimals = new Map<string, number>();

/** Digits after the point in the currency (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD. */
export function currencyDecimals(currency: string): number {
  let digits = decimals.get(currency);
  if (digits === undefined) {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    digits = format.resolvedOptions().maximumFractionDigits ?? 2;
    decimals.set(currency, digits);
  }
  return digits;
}

/** Minor units as Shopify's Decimal: 1990 of EUR is "19.90", 1990 of JPY "1990". */
export function decimalAmount(minor: number, currency: string): string {
  const digits = currencyDecimals(currency);
  return (minor / 10 ** digits).toFixed(digits);
}

/** Minor units of `to` that `minor` units of `from` are worth at `rate` (`to` per `from`, in major units). */
export function converted(minor: number, rate: number, from: string, to: string): number {
  return Math.round(minor * rate * 10 ** (currencyDecimals(to) - currencyDecimals(from)));
}
