import { least, most, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { liquidationWindows, type SynthetixMarketParameters, type SynthetixParameters } from "./parameters.js";
import {
  magnitude,
  marketOf,
  positionPnl,
  priceOf,
  type SynthetixAccount,
  type SynthetixPrices,
  type SynthetixState,
  valueOf,
} from "./state.js";

/** Margins of one position: ratios in wads, amounts in dollar units. */
export interface RequiredMargins {
  readonly initialRatio: bigint;
  readonly maintenanceRatio: bigint;
  readonly initial: bigint;
  readonly maintenance: bigint;
}

/**
 * Initial ratio = |size| / skewScale x ratio + smallest ratio, maintenance ratio = that x scalar; each margin is notional x ratio plus the smallest position
 * margin. Every product is rounded down. Source: PerpsMarketConfiguration.calculateRequiredMargins.
 */
export function requiredMargins(rules: SynthetixMarketParameters, size: bigint, price: bigint): RequiredMargins {
  if (size === 0n) return { initialRatio: 0n, maintenanceRatio: 0n, initial: 0n, maintenance: 0n };
  const impact = rules.skewScale === 0n ? 0n : mulDivDown(magnitude(size), WAD, rules.skewScale);
  const initialRatio = mulDivDown(impact, rules.initialMarginRatio, WAD) + rules.minimumInitialMarginRatio;
  const maintenanceRatio = mulDivDown(initialRatio, rules.maintenanceMarginScalar, WAD);
  const notional = valueOf(rules, magnitude(size), price);
  return {
    initialRatio,
    maintenanceRatio,
    initial: mulDivDown(notional, initialRatio, WAD) + rules.minimumPositionMargin,
    maintenance: mulDivDown(notional, maintenanceRatio, WAD) + rules.minimumPositionMargin,
  };
}

/**
 * Keeper reward: reward + cost, at least the larger of cost + smallest reward and cost x (1 + smallest profit), at most the largest reward and, where the
 * account has margin, a share of it. Dollar units. Source: GlobalPerpsMarketConfiguration.keeperReward, minimumKeeperRewardCap, maximumKeeperRewardCap.
 */
export function keeperReward(
  parameters: SynthetixParameters,
  rewardUsd: bigint,
  costUsd: bigint,
  marginUsd: bigint,
): bigint {
  const lowest = most(
    costUsd + parameters.minKeeperRewardUsd,
    mulDivDown(costUsd, parameters.minKeeperProfitRatio + WAD, WAD),
  );
  const share = mulDivDown(marginUsd, parameters.maxKeeperScalingRatio, WAD);
  const highest = marginUsd === 0n ? parameters.maxKeeperRewardUsd : least(share, parameters.maxKeeperRewardUsd);
  return least(most(lowest, rewardUsd + costUsd), highest);
}

/** Collateral + profit of all positions - debt, in dollar units. Source: PerpsAccount.getAvailableMargin (without collateral discounts). */
export function availableMargin(
  parameters: SynthetixParameters,
  state: SynthetixState,
  account: SynthetixAccount,
  prices: SynthetixPrices,
  time: bigint,
): bigint {
  let total = account.collateralUsd - account.debtUsd;
  for (const [name, position] of account.positions) {
    const { rules, market } = marketOf(parameters, state, name);
    total += positionPnl(rules, market, position, priceOf(prices, name), time).total;
  }
  return total;
}

/** Share of an account's collateral that a liquidation rewards, in dollar units, rounded down. */
export function collateralReward(parameters: SynthetixParameters, collateralUsd: bigint): bigint {
  return mulDivDown(collateralUsd, parameters.collateralLiquidateRewardRatio, WAD);
}

/** Margins that an account's positions need together, and the reward that liquidating it would cost, in dollar units. */
export interface AccountRequirement {
  readonly initial: bigint;
  readonly maintenance: bigint;
  /** Keeper reward of flagging and of every further window. */
  readonly reward: bigint;
}

/** Source: PerpsAccount.getAccountRequiredMargins, getKeeperRewardsAndCosts, getPossibleLiquidationReward. All 0 without positions. */
export function accountRequirement(
  parameters: SynthetixParameters,
  account: SynthetixAccount,
  prices: SynthetixPrices,
): AccountRequirement {
  if (account.positions.size === 0) return { initial: 0n, maintenance: 0n, reward: 0n };
  let initial = 0n;
  let maintenance = 0n;
  let flagReward = 0n;
  let windows = 0n;
  for (const [name, position] of account.positions) {
    const rules = parameters.markets.get(name);
    if (rules === undefined) continue;
    const price = priceOf(prices, name);
    const required = requiredMargins(rules, position.size, price);
    initial += required.initial;
    maintenance += required.maintenance;
    flagReward += mulDivDown(valueOf(rules, magnitude(position.size), price), rules.flagRewardRatio, WAD);
    windows = most(windows, liquidationWindows(rules, magnitude(position.size)));
  }
  const rewards = most(flagReward, collateralReward(parameters, account.collateralUsd));
  const costs = parameters.flagCostUsd + parameters.liquidateCostUsd;
  const first = keeperReward(parameters, rewards, costs, account.collateralUsd);
  const further = windows === 0n ? 0n : keeperReward(parameters, 0n, parameters.liquidateCostUsd, 0n) * (windows - 1n);
  return { initial, maintenance, reward: first + further };
}

/** The one predicate: available margin below maintenance margin plus reward. Source: PerpsAccount.isEligibleForLiquidation. */
export function isEligibleForLiquidation(
  parameters: SynthetixParameters,
  state: SynthetixState,
  account: SynthetixAccount,
  prices: SynthetixPrices,
  time: bigint,
): boolean {
  const { maintenance, reward } = accountRequirement(parameters, account, prices);
  return maintenance + reward > availableMargin(parameters, state, account, prices, time);
}
