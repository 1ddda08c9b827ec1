/** A decimal number as it was written: `digits` x 10^-`decimals`, exact. Big integers of a feed never pass through a float. */
export interface Decimal {
  /** Signed whole number of the last decimal place. */
  readonly digits: bigint;
  /** Decimal places, 0 or more. */
  readonly decimals: number;
}

const pattern = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$|^([+-]?)\.(\d+)(?:[eE]([+-]?\d{1,3}))?$/;

/** The exact decimal that `text` writes, or a sentence saying why it is none. Accepts `12`, `-0.5`, `.5`, `2.04e+22`; magnitudes from 1e60 are refused. */
export function parseDecimal(text: string): Decimal | string {
  const trimmed = text.trim();
  if (trimmed === "") return "empty where a number is due";
  if (trimmed.length > 100) return "a number of more than 100 characters";
  const match = pattern.exec(trimmed);
  if (match === null) return `not a plain number: ${JSON.stringify(trimmed.slice(0, 40))}`;
  const sign = (match[1] ?? match[5]) === "-" ? -1n : 1n;
  const whole = match[2] ?? "0";
  const fraction = match[3] ?? match[6] ?? "";
  const exponent = Number(match[4] ?? match[7] ?? "0");
  if (whole.replace(/^0+/, "").length + exponent > 60) return `too large: ${JSON.stringify(trimmed.slice(0, 40))}`;
  const decimals = fraction.length - exponent;
  const digits = sign * BigInt(whole + fraction);
  return decimals >= 0 ? { digits, decimals } : { digits: digits * 10n ** BigInt(-decimals), decimals: 0 };
}

/** Whole units of 10^-`unitDecimals`, rounded towards zero: an amount is never more than what the feed said. */
export function unitsDown(decimal: Decimal, unitDecimals: number): bigint {
  const shift = unitDecimals - decimal.decimals;
  if (shift >= 0) return decimal.digits * 10n ** BigInt(shift);
  return decimal.digits / 10n ** BigInt(-shift);
}

/** Writes whole units of 10^-`unitDecimals` as a plain decimal without trailing zeros: `54265824700` at 7 is `5426.58247`. */
export function decimalText(units: bigint, unitDecimals: number): string {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(unitDecimals + 1, "0");
  const whole = digits.slice(0, digits.length - unitDecimals);
  const fraction = digits.slice(digits.length - unitDecimals).replace(/0+$/, "");
  return fraction === "" ? sign + whole : `${sign}${whole}.${fraction}`;
}

/** The nearest Float64 to a decimal, for quantities that are measured and not counted (prices, shares). */
export function toNumber(decimal: Decimal): number {
  return Number(`${decimal.digits}e-${decimal.decimals}`);
}

/** `text` cut to `unitDecimals` places as a plain decimal, or a sentence saying why it is no number. */
export function cutDecimal(text: string, unitDecimals: number): { readonly text: string } | string {
  const decimal = parseDecimal(text);
  return typeof decimal === "string" ? decimal : { text: decimalText(unitsDown(decimal, unitDecimals), unitDecimals) };
}
