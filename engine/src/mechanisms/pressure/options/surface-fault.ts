import type { CheckContext, Fault } from "../../definition.js";

/** What is wrong with a surface of implied volatility that a mechanism names under `key`: it is another asset's. That it exists, its reference asks. */
export function surfaceFaults(
  key: string,
  name: string | null,
  asset: number | undefined,
  { book, surfaces }: CheckContext,
): Fault[] {
  const of = name === null ? undefined : surfaces.get(name);
  if (of === undefined || asset === undefined || of === book.assets[asset].symbol) return [];
  const { symbol } = book.assets[asset];
  const message = `${name} is the volatility of ${of}, but the options are on ${symbol}`;
  return [{ code: "surface-wrong", key, message, hint: `name an implied-volatility of ${symbol}` }];
}
