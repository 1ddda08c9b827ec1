import { most, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { AccountHasOpenPositions, NotEligibleForLiquidation, NotEligibleForMarginLiquidation } from "./errors.js";
import { availableMargin, collateralReward, isEligibleForLiquidation, keeperReward } from "./margin.js";
import type { SynthetixParameters } from "./parameters.js";
import {
  accountOf,
  magnitude,
  marketOf,
  priceOf,
  recomputeFunding,
  replacePosition,
  type SynthetixAccount,
  type SynthetixPrices,
  type SynthetixState,
  valueOf,
  withAccount,
  withMarket,
} from "./state.js";
import { maxLiquidatableAmount, recordLiquidation, type WindowGrant } from "./window.js";

/** What was liquidated in one market. */
export interface LiquidatedPosition {
  readonly market: string;
  /** Asset units closed, and the size that is left. */
  readonly amount: bigint;
  readonly left: bigint;
  readonly grant: WindowGrant;
}

/** What a liquidation call did; dollar units. */
export interface SynthetixLiquidation {
  readonly state: SynthetixState;
  /** Whether this call flagged the account, and what it seized. */
  readonly flagged: boolean;
  readonly seizedUsd: bigint;
  /** Debt that the liquidity providers wrote off. */
  readonly writtenOffUsd: bigint;
  readonly positions: readonly LiquidatedPosition[];
  /** What the keeper got, from the liquidity providers. */
  readonly rewardUsd: bigint;
  /** Whether no position is left, which takes the flag away. */
  readonly finished: boolean;
  /** Change by party; adds up to 0. The account's part is collateral less debt. */
  readonly moved: { readonly account: bigint; readonly providers: bigint; readonly keeper: bigint };
}

interface Run {
  readonly state: SynthetixState;
  readonly account: SynthetixAccount;
  readonly positions: readonly LiquidatedPosition[];
  readonly flagRewardUsd: bigint;
  /** Whether the liquidator is the endorsed one of the last market looked at: then collateral earns no reward either. */
  readonly endorsed: boolean;
}

/** Closes what the throttle allows of every position; closed profit and loss stay with the liquidity providers. Source: PerpsAccount.liquidatePosition. */
function closePositions(
  parameters: SynthetixParameters,
  start: SynthetixState,
  from: SynthetixAccount,
  liquidator: string,
  prices: SynthetixPrices,
  time: bigint,
): Run {
  let state = start;
  let endorsed = false;
  let flagRewardUsd = 0n;
  const closed: LiquidatedPosition[] = [];
  const positions = new Map(from.positions);
  for (const [name, position] of from.positions) {
    const { rules, market: before } = marketOf(parameters, state, name);
    const price = priceOf(prices, name);
    let market = recomputeFunding(rules, before, price, time);
    const size = magnitude(position.size);
    endorsed = liquidator === rules.endorsedLiquidator;
    if (!endorsed) flagRewardUsd += mulDivDown(valueOf(rules, size, price), rules.flagRewardRatio, WAD);
    const { amount, grant } = maxLiquidatableAmount(rules, market, size, liquidator, time);
    const left = position.size > 0n ? position.size - amount : position.size + amount;
    if (amount > 0n) {
      if (grant !== "unlimited") market = recordLiquidation(rules, market, amount, time);
      market = replacePosition(rules, market, position, left, left === 0n ? 0n : price, time);
      if (left === 0n) positions.delete(name);
      else positions.set(name, { size: left, latestPrice: price, latestFunding: market.lastFundingValue });
    }
    state = withMarket(state, name, market);
    closed.push({ market: name, amount, left, grant });
  }
  return { state, account: { ...from, positions }, positions: closed, flagRewardUsd, endorsed };
}

/** Books a run's reward and the flag. Source: LiquidationModule._liquidateAccount, _processLiquidationRewards. */
function finish(
  parameters: SynthetixParameters,
  run: Run,
  name: string,
  flagging: {
    readonly flagged: boolean;
    readonly costUsd: bigint;
    readonly seizedUsd: bigint;
    readonly debtUsd: bigint;
  },
): SynthetixLiquidation {
  const { flagged, seizedUsd, debtUsd } = flagging;
  const cost = parameters.liquidateCostUsd + flagging.costUsd;
  const ofCollateral = run.endorsed ? 0n : collateralReward(parameters, seizedUsd);
  const earned = flagged ? most(run.flagRewardUsd, ofCollateral) : 0n;
  const acted = flagged || run.positions.some((one) => one.amount > 0n);
  const rewardUsd = acted && earned + cost > 0n ? keeperReward(parameters, earned, cost, seizedUsd) : 0n;
  const finished = run.account.positions.size === 0;
  const account = { ...run.account, flagged: run.account.flagged && !(acted && finished) };
  return {
    state: {
      ...withAccount(run.state, name, account),
      providersUsd: run.state.providersUsd + seizedUsd - debtUsd - rewardUsd,
    },
    flagged,
    seizedUsd,
    writtenOffUsd: debtUsd,
    positions: run.positions,
    rewardUsd,
    finished,
    moved: { account: debtUsd - seizedUsd, providers: seizedUsd - debtUsd - rewardUsd, keeper: rewardUsd },
  };
}

/**
 * Liquidates an account: if it is not flagged yet it must be eligible, is flagged, loses all its collateral and its debt; then every position is closed as far
 * as the throttle allows, and the keeper is paid. A flagged account needs no check. Source: LiquidationModule.liquidate, PerpsAccount.flagForLiquidation.
 * @throws NotEligibleForLiquidation, InvalidMarket
 */
export function liquidate(
  parameters: SynthetixParameters,
  state: SynthetixState,
  name: string,
  liquidator: string,
  prices: SynthetixPrices,
  time: bigint,
): SynthetixLiquidation {
  const account = accountOf(state, name);
  if (account.flagged) {
    const run = closePositions(parameters, state, account, liquidator, prices, time);
    return finish(parameters, run, name, { flagged: false, costUsd: 0n, seizedUsd: 0n, debtUsd: 0n });
  }
  if (!isEligibleForLiquidation(parameters, state, account, prices, time)) {
    throw new NotEligibleForLiquidation(`${name} meets maintenance margin and reward`);
  }
  const stripped = { ...account, collateralUsd: 0n, debtUsd: 0n, flagged: true };
  const run = closePositions(parameters, state, stripped, liquidator, prices, time);
  return finish(parameters, run, name, {
    flagged: true,
    costUsd: parameters.flagCostUsd,
    seizedUsd: account.collateralUsd,
    debtUsd: account.debtUsd,
  });
}

/**
 * Liquidates the collateral of an account that has debt and no positions. Source: LiquidationModule.liquidateMarginOnly, PerpsAccount.isEligibleForMarginLiquidation.
 * @throws AccountHasOpenPositions
 * @throws NotEligibleForMarginLiquidation where collateral covers debt and reward, or there is no debt
 */
export function liquidateMarginOnly(
  parameters: SynthetixParameters,
  state: SynthetixState,
  name: string,
  prices: SynthetixPrices,
  time: bigint,
): SynthetixLiquidation {
  const account = accountOf(state, name);
  if (account.positions.size > 0) throw new AccountHasOpenPositions(`${name} has ${account.positions.size} positions`);
  const costs = parameters.flagCostUsd + parameters.liquidateCostUsd;
  const earned = collateralReward(parameters, account.collateralUsd);
  const reward = keeperReward(parameters, earned, costs, account.collateralUsd);
  const left = availableMargin(parameters, state, account, prices, time) - reward;
  if (left >= 0n || account.debtUsd === 0n) {
    throw new NotEligibleForMarginLiquidation(`${name} keeps ${left} with debt ${account.debtUsd}`);
  }
  const stripped = { ...account, collateralUsd: 0n, debtUsd: 0n };
  const run: Run = { state, account: stripped, positions: [], flagRewardUsd: 0n, endorsed: false };
  return finish(parameters, run, name, {
    flagged: true,
    costUsd: parameters.flagCostUsd,
    seizedUsd: account.collateralUsd,
    debtUsd: account.debtUsd,
  });
}
