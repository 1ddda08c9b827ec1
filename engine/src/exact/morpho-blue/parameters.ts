import type { ParameterFault } from "../protocol.js";
import { least, mulDivDown, mulDivUp } from "../rounding.js";
import { WAD } from "../scales.js";

/** 0.3: how fast the incentive grows as the LLTV falls, wad (Morpho, LIQUIDATION_CURSOR). */
export const LIQUIDATION_CURSOR = 300_000_000_000_000_000n;
/** 1.15: most collateral value for a unit repaid, wad (Morpho, MAX_LIQUIDATION_INCENTIVE_FACTOR). */
export const MAX_LIQUIDATION_INCENTIVE_FACTOR = 1_150_000_000_000_000_000n;
/** 0.25: most of the interest that the protocol may take, wad (Morpho, MAX_FEE). */
export const MAX_FEE = 250_000_000_000_000_000n;

/** One Morpho market: one loan asset, one collateral. */
export interface MorphoParameters {
  /** Liquidation loan-to-value, wad, below one. */
  readonly lltv: bigint;
  /** Share of the interest that is minted to the fee recipient, wad, at most `MAX_FEE`. */
  readonly fee: bigint;
  /** Wad; `LIQUIDATION_CURSOR` in the contract, zero for no incentive. */
  readonly liquidationCursor: bigint;
  /** Wad; `MAX_LIQUIDATION_INCENTIVE_FACTOR` in the contract. */
  readonly maxLiquidationIncentiveFactor: bigint;
}

/** A market with the contract's constants, without a fee, at an LLTV (wad). */
export function marketAt(lltv: bigint): MorphoParameters {
  return {
    lltv,
    fee: 0n,
    liquidationCursor: LIQUIDATION_CURSOR,
    maxLiquidationIncentiveFactor: MAX_LIQUIDATION_INCENTIVE_FACTOR,
  };
}

/** One less cursor times the distance of the LLTV from one, wad, the product rounded down: what the incentive is the reciprocal of. */
function incentiveDivisor({ lltv, liquidationCursor }: MorphoParameters): bigint {
  return WAD - mulDivDown(liquidationCursor, WAD - lltv, WAD);
}

/** Collateral value seized per unit repaid, wad, rounded down, at most the cap (Morpho.liquidate). Throws RangeError where the cursor leaves no divisor. */
export function liquidationIncentiveFactor(parameters: MorphoParameters): bigint {
  return least(parameters.maxLiquidationIncentiveFactor, mulDivDown(WAD, WAD, incentiveDivisor(parameters)));
}

/** Everything that is wrong with a market's parameters, all at once. Nothing is repaired. */
export function faults(parameters: MorphoParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  const report = (code: string, key: string, message: string, hint: string) => found.push({ code, key, message, hint });
  for (const [key, value] of Object.entries(parameters))
    if (value < 0n) report("negative-value", key, `${value} is below zero`, "give zero or more");
  const { lltv, fee, liquidationCursor, maxLiquidationIncentiveFactor } = parameters;
  if (lltv >= WAD) report("threshold-above-one", "lltv", `${lltv} is not below ${WAD}`, "give an LLTV below one");
  if (fee > MAX_FEE) report("fee-above-most", "fee", `${fee} is above ${MAX_FEE}`, "give at most a quarter");
  if (liquidationCursor > WAD)
    report("cursor-above-one", "liquidationCursor", `${liquidationCursor} is above ${WAD}`, "give at most one");
  if (maxLiquidationIncentiveFactor < WAD)
    report(
      "bonus-below-par",
      "maxLiquidationIncentiveFactor",
      `${maxLiquidationIncentiveFactor} is below ${WAD}`,
      "give at least one: liquidators must not pay more than they get",
    );
  if (incentiveDivisor(parameters) <= 0n)
    report("incentive-without-end", "liquidationCursor", "the incentive has no divisor left", "lower the cursor");
  else if (mulDivUp(lltv, liquidationIncentiveFactor(parameters), WAD) > WAD)
    report(
      "threshold-times-bonus",
      "liquidationCursor",
      `LLTV times incentive is above one: every liquidation leaves bad debt`,
      "lower the cursor, the cap or the LLTV",
    );
  return found;
}
