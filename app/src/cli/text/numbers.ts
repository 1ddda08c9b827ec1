import type { Figure } from "@firebreak/engine";

/** A number with thousands separators: as many digits as say something, or as many as asked for. */
export function grouped(value: number | null, digits?: number): string {
  if (value === null || !Number.isFinite(value)) return "none";
  const size = Math.abs(value);
  const places = digits ?? (Number.isInteger(value) || size >= 1000 ? 0 : size >= 10 ? 1 : size >= 0.01 ? 3 : 6);
  const text = value.toLocaleString("en-US", { minimumFractionDigits: 0, maximumFractionDigits: places });
  return text === "-0" ? "0" : text;
}

/** A fraction as per cent: `-12.3 %`. */
export function percent(share: number | null, digits = 1): string {
  return share === null ? "none" : `${grouped(100 * share, digits)} %`;
}

/** A figure's value as its unit wants it: shares in per cent, everything else grouped. */
export function valueText(value: number | null, unit: string): string {
  if (unit.startsWith("share")) return percent(value, 2);
  return unit === "USD" ? grouped(value, 0) : grouped(value);
}

/** A figure in a sentence: `4,120 ETH [1,310 to 9,870]`. */
export function figureText({ value, unit, band }: Figure): string {
  const words = unit.startsWith("share") ? valueText(value, unit) : `${valueText(value, unit)} ${unit}`;
  return band === undefined ? words : `${words} [${valueText(band[0], unit)} to ${valueText(band[1], unit)}]`;
}

const lengths = [
  [86_400_000, "day"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
] as const;

/** Milliseconds in the largest unit that divides them well: `10 min`, `1 day`, `36 h`. */
export function durationText(ms: number): string {
  for (const [length, unit] of lengths) if (ms >= length && ms % length === 0) return `${ms / length} ${unit}`;
  for (const [length, unit] of lengths) if (ms >= length) return `${grouped(ms / length)} ${unit}`;
  return `${ms} ms`;
}
