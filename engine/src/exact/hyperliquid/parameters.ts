import type { ParameterFault } from "../protocol.js";
import { divDown } from "../rounding.js";

/** 1e6: one in shares (20 % is 200,000). */
export const MILLIONTHS = 1_000_000n;

/** Decimals of a price: whole steps of 1e-8 quote coins a coin. */
export const PRICE_DECIMALS = 8;

/** From a notional of `floor` quote units (inclusive) a position may be opened at `maxLeverage`; its maintenance margin is half of that initial margin. */
export interface MarginTier {
  readonly floor: bigint;
  readonly maxLeverage: bigint;
}

/** A linear perpetual. Sizes are whole units of the asset (10^assetDecimals a coin), money whole units of the quote asset. */
export interface AssetParameters {
  readonly assetDecimals: number;
  readonly quoteDecimals: number;
  /** The first from 0, floors rising, leverages falling. */
  readonly tiers: readonly MarginTier[];
}

/** How liquidatable accounts are closed; the same for all assets. */
export interface LiquidationRules {
  /** Positions above this notional (quote units) are first closed in part. */
  readonly partialAbove: bigint;
  /** Share of such a position that the first order asks for, in millionths. */
  readonly partialShare: bigint;
  /** How long after a partial liquidation the cooldown lasts, in milliseconds. */
  readonly cooldown: bigint;
  /**
   * What is sent meanwhile: `entire-position` orders (then, afterwards, parts again), which is what the makers announced, or `nothing` (then, afterwards, the
   * entire position), as a community page has it.
   */
  readonly duringCooldown: "entire-position" | "nothing";
  /** The vault steps in below this share of the maintenance margin: numerator and denominator. */
  readonly backstopShare: { readonly numerator: bigint; readonly denominator: bigint };
}

/** The rules as published, for a quote asset of six decimals: 20 % above 100,000 USDC, 30 s, two thirds. */
export const publishedRules: LiquidationRules = {
  partialAbove: 100_000_000_000n,
  partialShare: 200_000n,
  cooldown: 30_000n,
  duringCooldown: "entire-position",
  backstopShare: { numerator: 2n, denominator: 3n },
};

/** Rates of a table of tiers as whole numbers over one common scale, so that a half of a fifteenth is exact. */
export interface TierRates {
  /** One in `rates` and `deductions`. */
  readonly scale: bigint;
  /** By tier: maintenance rate, 1 / (2 x maxLeverage), times scale. */
  readonly rates: readonly bigint[];
  /** By tier: maintenance deduction in quote units, times scale. */
  readonly deductions: readonly bigint[];
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}

/**
 * Maintenance rates and deductions, exact: deduction_n = deduction_(n-1) + floor_n x (rate_n - rate_(n-1)). Source: Hyperliquid docs, margin tiers
 * (maintenance_deduction).
 */
export function tierRates(tiers: readonly MarginTier[]): TierRates {
  const scale = tiers.reduce((common, { maxLeverage }) => {
    const twice = 2n * maxLeverage;
    return divDown(common * twice, greatestCommonDivisor(common, twice));
  }, 1n);
  const rates = tiers.map(({ maxLeverage }) => divDown(scale, 2n * maxLeverage));
  const deductions: bigint[] = [];
  tiers.forEach(({ floor }, n) => {
    deductions.push(n === 0 ? 0n : deductions[n - 1] + floor * (rates[n] - rates[n - 1]));
  });
  return { scale, rates, deductions };
}

function fault(code: string, key: string, message: string, hint: string): ParameterFault {
  return { code, key, message, hint };
}

function decimalFaults({ assetDecimals, quoteDecimals }: AssetParameters): ParameterFault[] {
  const whole = (decimals: number) => Number.isInteger(decimals) && decimals >= 0 && decimals <= 36;
  if (whole(assetDecimals) && whole(quoteDecimals) && quoteDecimals <= assetDecimals + PRICE_DECIMALS) return [];
  return [
    fault(
      "decimals-out-of-range",
      "assetDecimals",
      `assetDecimals is ${assetDecimals}, quoteDecimals ${quoteDecimals}; whole numbers from 0 to 36, quoteDecimals at most assetDecimals + 8`,
      "give the asset at least as many decimals as the quote asset has, less eight",
    ),
  ];
}

function tierFaults({ tiers }: AssetParameters): ParameterFault[] {
  if (tiers.length === 0)
    return [fault("tiers-missing", "tiers", "there is no tier; at least one", "add a tier from 0")];
  const found: ParameterFault[] = [];
  if (tiers[0].floor !== 0n) {
    found.push(
      fault(
        "first-floor-not-zero",
        "tiers.0.floor",
        `the first tier begins at ${tiers[0].floor}; 0`,
        "let it begin at 0",
      ),
    );
  }
  tiers.forEach(({ floor, maxLeverage }, n) => {
    if (maxLeverage < 1n) {
      found.push(
        fault(
          "leverage-below-one",
          `tiers.${n}.maxLeverage`,
          `maxLeverage is ${maxLeverage}; 1 or more`,
          "give a whole number",
        ),
      );
    }
    if (n === 0) return;
    const before = tiers[n - 1];
    if (floor <= before.floor) {
      found.push(
        fault(
          "tiers-overlap",
          `tiers.${n}.floor`,
          `the tier begins at ${floor}, the one before at ${before.floor}; floors rise`,
          "order the tiers by notional",
        ),
      );
    }
    if (maxLeverage > before.maxLeverage) {
      found.push(
        fault(
          "rate-falls",
          `tiers.${n}.maxLeverage`,
          `maxLeverage rises from ${before.maxLeverage} to ${maxLeverage}; it may not rise with notional`,
          "order the tiers by notional",
        ),
      );
    }
  });
  return found;
}

/** Everything that is wrong with an asset's parameters, all at once; nothing where they can be used. */
export function faults(parameters: AssetParameters): ParameterFault[] {
  return [...decimalFaults(parameters), ...tierFaults(parameters)];
}

/** Everything that is wrong with the rules of liquidation, all at once. */
export function ruleFaults(rules: LiquidationRules): ParameterFault[] {
  const { partialAbove, partialShare, cooldown, backstopShare } = rules;
  const found: ParameterFault[] = [];
  if (partialAbove < 0n) {
    found.push(
      fault(
        "partial-above-negative",
        "partialAbove",
        `partialAbove is ${partialAbove} quote units; 0 or more`,
        "0 closes every position in parts",
      ),
    );
  }
  if (partialShare <= 0n || partialShare > MILLIONTHS) {
    found.push(
      fault(
        "partial-share-out-of-range",
        "partialShare",
        `partialShare is ${partialShare}; 1 to 1,000,000 millionths`,
        "20 % is 200,000; 1,000,000 closes at once",
      ),
    );
  }
  if (cooldown < 0n) {
    found.push(fault("cooldown-negative", "cooldown", `cooldown is ${cooldown} ms; 0 or more`, "30 s is 30,000"));
  }
  if (
    backstopShare.denominator <= 0n ||
    backstopShare.numerator < 0n ||
    backstopShare.numerator > backstopShare.denominator
  ) {
    found.push(
      fault(
        "backstop-share-out-of-range",
        "backstopShare",
        `backstopShare is ${backstopShare.numerator} / ${backstopShare.denominator}; from 0 to 1`,
        "two thirds is 2 / 3; 0 switches the vault off",
      ),
    );
  }
  return found;
}
