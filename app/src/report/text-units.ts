import { grouped } from "../cli/text/numbers.js";

/** An amount on an axis: `2 M`, `500 k`. */
export function shortAmount(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${grouped(value / 1e9, 1)} bn`;
  if (size >= 1e6) return `${grouped(value / 1e6, 1)} M`;
  if (size >= 1e4) return `${grouped(value / 1e3, 0)} k`;
  return grouped(value, size < 10 ? 1 : 0);
}
