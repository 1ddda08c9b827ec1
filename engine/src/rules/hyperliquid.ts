import { mulDivDown } from "../math/index.js";
import { compareProducts } from "./exact-products.js";
import { rateOne } from "./perpetual.js";

/** A fraction of whole numbers. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** How liquidatable accounts are closed. Source: Hyperliquid docs, liquidations. */
export interface HyperliquidRules {
  /** Positions above this notional (quote units) are first closed in part. */
  readonly partialAbove: number;
  /** Share of such a position that the first order asks for, in millionths. */
  readonly partialShare: number;
  readonly cooldownMs: number;
  readonly duringCooldown: "entire-position" | "nothing";
  /** The vault steps in below this share of the maintenance margin. */
  readonly backstopShare: Fraction;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/**
 * Maintenance rates as whole numbers over one common scale: half of the initial margin at each tier's largest leverage, 1 / (2 x leverage), exact. Source:
 * exact/hyperliquid, `tierRates`.
 */
export function leverageRates(leverages: readonly number[]): { readonly one: number; readonly rates: number[] } {
  const one = leverages.reduce((common, leverage) => {
    const twice = 2 * leverage;
    return (common / greatestCommonDivisor(common, twice)) * twice;
  }, 1);
  return { one, rates: leverages.map((leverage) => one / (2 * leverage)) };
}

/** Where a liquidatable account goes: 0 to the market, 1 to the vault (below its share of the maintenance margin), 2 to deleveraging (worth less than nothing). */
export function hyperliquidStage({ backstopShare }: HyperliquidRules, value: number, maintenance: number): 0 | 1 | 2 {
  if (value < 0) return 2;
  const { numerator, denominator } = backstopShare;
  return compareProducts([value, denominator], [maintenance, numerator]) < 0 ? 1 : 0;
}

/** What an order asks for: the whole, a part (after whose fill the cooldown begins), or nothing while it lasts. */
export type Asked = "whole" | "part" | "nothing";

/**
 * What the order for a position asks for at a time: a part of a large one; the whole of any during the cooldown after a part, and then parts again (or nothing, and
 * then the whole, as another page has it). `partialAt` is when a part was last closed, in milliseconds; below 0: never. Source: exact/hyperliquid, `asksForPart`.
 */
export function hyperliquidAsks(rules: HyperliquidRules, notional: number, partialAt: number, nowMs: number): Asked {
  const large = notional > rules.partialAbove && rules.partialShare < rateOne;
  const first = partialAt < 0 || nowMs === partialAt;
  if (first) return large ? "part" : "whole";
  const cooling = nowMs < partialAt + rules.cooldownMs;
  if (rules.duringCooldown === "entire-position") return large && !cooling ? "part" : "whole";
  return cooling ? "nothing" : "whole";
}

/** Units of a part: the share of the position, rounded down, at least one. */
export function hyperliquidPart({ partialShare }: HyperliquidRules, units: number): number {
  return Math.max(1, mulDivDown(units, partialShare, rateOne));
}
