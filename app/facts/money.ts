const exponents = new Map<string, number>();

/** How many decimal places a currency's minor unit has (ISO 4217): EUR 2, JPY 0, KWD 3. */
export function minorExponent(currency: string): number {
  let exponent = exponents.get(currency);
  if (exponent === undefined) {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    exponent = format.resolvedOptions().maximumFractionDigits ?? 2;
    exponents.set(currency, exponent);
  }
  return exponent;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * A decimal amount as Shopify writes it ("12.5") in minor units of its currency (1250). Digits beyond the minor unit are
 * rounded half up. Throws on anything that is not a decimal number.
 */
export function toMinor(amount: string, currency: string): number {
  const parts = DECIMAL.exec(amount);
  if (!parts) throw new Error("not a decimal amount");
  const exponent = minorExponent(currency);
  const fraction = (parts[3] ?? "").padEnd(exponent + 1, "0");
  const minor = Number(parts[2]! + fraction.slice(0, exponent)) + (fraction[exponent]! >= "5" ? 1 : 0);
  return parts[1] && minor !== 0 ? -minor : minor;
}
