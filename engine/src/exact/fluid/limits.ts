import { divDown, least, mulDivDown } from "../rounding.js";
import { BASIS_POINTS, RAY } from "../scales.js";
import { InvalidOraclePrice } from "./errors.js";
import type { FluidParameters } from "./parameters.js";
import { RATIO_ONE, tickAtRatio } from "./ticks.js";
import type { FluidPrices } from "./vault.js";

const HIGHEST_PRICE = RAY * RAY;
const PRICE_CAP = 1_000_000_000_000_000_000n * RAY;

/** Where liquidation and absorption begin at a price. */
export interface Limits {
  /** Ticks above it are liquidated; the tick itself is not. */
  readonly liquidationTick: bigint;
  /** Ticks above it are absorbed. */
  readonly maxTick: bigint;
  /** Raw collateral per raw debt that a liquidator gets, 27 decimals, penalty included. */
  readonly collateralPerDebt: bigint;
}

/** The oracle's price in raw units, capped at 1e45. Throws InvalidOraclePrice for 0 and above 1e54. */
export function checkedPrice(prices: FluidPrices): bigint {
  const { debtPerCollateral, supplyExchangePrice, borrowExchangePrice } = prices;
  if (debtPerCollateral <= 0n || debtPerCollateral > HIGHEST_PRICE) throw new InvalidOraclePrice(debtPerCollateral);
  return least(mulDivDown(debtPerCollateral, supplyExchangePrice, borrowExchangePrice), PRICE_CAP);
}

/**
 * Liquidation tick, maximum tick and collateral per debt at a price, all rounded down. Throws InvalidOraclePrice, RatioOutOfRange. Source: FluidVaultT1
 * `liquidate`, its first part.
 */
export function limitsAt(parameters: FluidParameters, prices: FluidPrices): Limits {
  const price = checkedPrice(prices);
  const collateralPerDebt = mulDivDown(
    divDown(HIGHEST_PRICE, price),
    BASIS_POINTS + parameters.liquidationPenalty,
    BASIS_POINTS,
  );
  const ratio = mulDivDown(price, RATIO_ONE, RAY);
  return {
    liquidationTick: tickAtRatio(mulDivDown(ratio, parameters.liquidationThreshold, 1_000n)).tick,
    maxTick: tickAtRatio(mulDivDown(ratio, parameters.liquidationMaxLimit, 1_000n)).tick,
    collateralPerDebt,
  };
}

/**
 * Raw debt to repay so that `debt` at `ratio` falls to `endRatio` while each unit repaid takes `collateralPerDebt`: x = (debt - endRatio x debt / ratio) /
 * (1 - collateralPerDebt x endRatio). Ratios x 2^96, collateral per debt 27 decimals. Rounded down as the vault does. Source: FluidVaultT1 `liquidate`.
 */
export function debtToReach(debt: bigint, ratio: bigint, endRatio: bigint, collateralPerDebt: bigint): bigint {
  const excess = debt - mulDivDown(endRatio, debt, ratio);
  return mulDivDown(excess, RAY, RAY - mulDivDown(collateralPerDebt, endRatio, RATIO_ONE));
}
