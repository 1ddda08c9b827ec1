import type { ParameterFault } from "../protocol.js";
import { divUp, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";

/** The rules of one perpetual market. Ratios are wads; sizes are units of the asset; dollars are units of the settlement dollar. */
export interface SynthetixMarketParameters {
  /** Divides size x price into dollar units: 1e18 on chain, 10^(asset decimals + 8 - dollar decimals) with prices in 1e-8 USD. */
  readonly valueScale: bigint;
  /** Fee rates of orders that shrink and that enlarge the skew. */
  readonly makerFee: bigint;
  readonly takerFee: bigint;
  /** Size at which the price impact of the skew is one; 0 switches impact and throttle off. */
  readonly skewScale: bigint;
  /** Largest change of the daily funding rate in a day, at full skew. */
  readonly maxFundingVelocity: bigint;
  /** Initial margin ratio for each skewScale of size. */
  readonly initialMarginRatio: bigint;
  /** Initial margin ratio at size 0. */
  readonly minimumInitialMarginRatio: bigint;
  /** Maintenance margin as a share of initial. */
  readonly maintenanceMarginScalar: bigint;
  /** Dollars added to both margins of a position. */
  readonly minimumPositionMargin: bigint;
  /** Share of notional that whoever flags an account earns. */
  readonly flagRewardRatio: bigint;
  /** What one second of the window may liquidate, as a multiple of (maker + taker fee) x skewScale. */
  readonly maxLiquidationLimitAccumulationMultiplier: bigint;
  /** Length of the window in seconds. */
  readonly maxSecondsInLiquidationWindow: bigint;
  /** |skew| / skewScale below which a full window opens another one; 0 switches the exception off. */
  readonly maxLiquidationPd: bigint;
  /** Liquidator whom the throttle does not bind and who earns no flag reward. */
  readonly endorsedLiquidator: string | undefined;
}

/** The rules for all markets; dollar amounts in dollar units, ratios in wads. */
export interface SynthetixParameters {
  readonly markets: ReadonlyMap<string, SynthetixMarketParameters>;
  readonly minKeeperRewardUsd: bigint;
  readonly maxKeeperRewardUsd: bigint;
  readonly minKeeperProfitRatio: bigint;
  readonly maxKeeperScalingRatio: bigint;
  readonly collateralLiquidateRewardRatio: bigint;
  /** What flagging and what liquidating costs a keeper, in dollar units (an oracle of gas prices on chain). */
  readonly flagCostUsd: bigint;
  readonly liquidateCostUsd: bigint;
}

/** Size that a window may liquidate: (maker + taker) x skewScale x multiplier, rounded down twice, x seconds. Source: PerpsMarketConfiguration.maxLiquidationAmountInWindow. */
export function maxLiquidationInWindow(market: SynthetixMarketParameters): bigint {
  const fees = mulDivDown(market.makerFee + market.takerFee, market.skewScale, WAD);
  return mulDivDown(fees, market.maxLiquidationLimitAccumulationMultiplier, WAD) * market.maxSecondsInLiquidationWindow;
}

/** Windows that liquidating a size takes, rounded up; 0 without a throttle. Source: PerpsMarketConfiguration.numberOfLiquidationWindows. */
export function liquidationWindows(market: SynthetixMarketParameters, size: bigint): bigint {
  const most = maxLiquidationInWindow(market);
  return most === 0n ? 0n : divUp(size, most);
}

const marketNumbers = [
  "makerFee",
  "takerFee",
  "skewScale",
  "maxFundingVelocity",
  "initialMarginRatio",
  "minimumInitialMarginRatio",
  "maintenanceMarginScalar",
  "minimumPositionMargin",
  "flagRewardRatio",
  "maxLiquidationLimitAccumulationMultiplier",
  "maxSecondsInLiquidationWindow",
  "maxLiquidationPd",
] as const;

const globalNumbers = [
  "minKeeperRewardUsd",
  "maxKeeperRewardUsd",
  "minKeeperProfitRatio",
  "maxKeeperScalingRatio",
  "collateralLiquidateRewardRatio",
  "flagCostUsd",
  "liquidateCostUsd",
] as const;

/** Everything wrong with the parameters, all at once. */
export function faults(parameters: SynthetixParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  const fault = (code: string, key: string, message: string, hint: string) => found.push({ code, key, message, hint });
  for (const key of globalNumbers) {
    if (parameters[key] < 0n) fault("negative", key, `it is ${parameters[key]}; at least 0`, "ratios are wads");
  }
  if (parameters.minKeeperRewardUsd > parameters.maxKeeperRewardUsd) {
    fault(
      "reward-bounds-cross",
      "minKeeperRewardUsd",
      `${parameters.minKeeperRewardUsd} is above maxKeeperRewardUsd ${parameters.maxKeeperRewardUsd}`,
      "the upper bound wins: keepers would never get the lower one",
    );
  }
  if (parameters.markets.size === 0) fault("markets-missing", "markets", "there is none; at least one", "add a market");
  for (const [name, market] of parameters.markets) {
    for (const key of marketNumbers) {
      if (market[key] < 0n)
        fault("negative", `markets.${name}.${key}`, `it is ${market[key]}; at least 0`, "see units");
    }
    if (market.valueScale <= 0n) {
      fault("scale-not-positive", `markets.${name}.valueScale`, `it is ${market.valueScale}; above 0`, "1e18 on chain");
    }
    if (market.maintenanceMarginScalar > WAD) {
      fault(
        "threshold-above-opening",
        `markets.${name}.maintenanceMarginScalar`,
        `it is ${market.maintenanceMarginScalar}; at most 1e18`,
        "a fresh position must not be liquidatable",
      );
    }
    if (market.skewScale > 0n && maxLiquidationInWindow(market) === 0n) {
      fault(
        "throttle-without-limit",
        `markets.${name}.maxSecondsInLiquidationWindow`,
        "the window holds 0: the contract then liquidates without any limit",
        "raise fees, multiplier or seconds, or set skewScale 0 to mean it",
      );
    }
  }
  return found;
}
