import { divDown, divUp, least, most, mulDivDown } from "../rounding.js";
import { InsufficientFundsToPayForCosts, InsufficientPoolAmount } from "./errors.js";
import { type PositionFees, positionFees } from "./fees.js";
import { capPositiveImpact, pendingImpactUsd } from "./liquidatable.js";
import {
  type BothSides,
  type GmxMarket,
  type GmxPosition,
  type GmxPrices,
  type PoolToken,
  plus,
  positionPnl,
  priceImpact,
  sideOf,
} from "./market.js";
import type { GmxParameters } from "./parameters.js";
import { applyFactor, mulDivSigned } from "./precision.js";

/** Which cost a close could not pay in full. */
export type UnpaidStep = "funding" | "pnl" | "fees" | "impact" | "diff";

/** What a close did. Token amounts are units of the two pool tokens; the entries by party add up to 0 for each token. */
export interface CloseOutcome {
  readonly state: GmxMarket;
  /** Size closed in 1e-30 dollars, after automatic adjustment, and its index token units. */
  readonly sizeDeltaUsd: bigint;
  readonly sizeDeltaTokens: bigint;
  /** Realised profit after the cap for traders, and impact after its caps, in 1e-30 dollars. */
  readonly pnlUsd: bigint;
  readonly impactUsd: bigint;
  /** Impact beyond the cap, held for the trader to claim, in 1e-30 dollars. */
  readonly impactDifferenceUsd: bigint;
  /** Fees as charged; all 0 in effect where the close could not pay them (then the pool got what there was). */
  readonly fees: PositionFees;
  /** Cost that nobody paid, in 1e-30 dollars: the liquidity providers go without. */
  readonly unpaidUsd: bigint;
  readonly unpaidStep: UnpaidStep | undefined;
  /** Change by party and token: trader (paid out), position (collateral), pool, fee receiver, funding claims, held collateral. */
  readonly moved: {
    readonly trader: BothSides;
    readonly position: BothSides;
    readonly pool: BothSides;
    readonly feeReceiver: BothSides;
    readonly fundingClaims: BothSides;
    readonly heldCollateral: BothSides;
  };
}

/** What a close can pay with: profit in the collateral token, collateral, and profit in the side's own token where that differs. */
interface Purse {
  readonly output: bigint;
  readonly collateral: bigint;
  readonly secondary: bigint;
}

interface Payment {
  readonly purse: Purse;
  readonly paidCollateral: bigint;
  readonly paidSecondary: bigint;
  readonly unpaidUsd: bigint;
}

/**
 * Pays a cost: rounded up to collateral token units, first from profit in that token, then from collateral; what is missing, converted down, from profit in
 * the other token. Source: DecreasePositionCollateralUtils.payForCost.
 */
function pay(purse: Purse, costUsd: bigint, collateralPrice: bigint, secondaryPrice: bigint): Payment {
  const due = divUp(costUsd, collateralPrice);
  const fromOutput = least(purse.output, due);
  const fromCollateral = least(purse.collateral, due - fromOutput);
  const open = due - fromOutput - fromCollateral;
  const dueSecondary = mulDivDown(open, collateralPrice, secondaryPrice);
  const fromSecondary = least(purse.secondary, dueSecondary);
  return {
    purse: {
      output: purse.output - fromOutput,
      collateral: purse.collateral - fromCollateral,
      secondary: purse.secondary - fromSecondary,
    },
    paidCollateral: fromOutput + fromCollateral,
    paidSecondary: fromSecondary,
    unpaidUsd: (dueSecondary - fromSecondary) * secondaryPrice,
  };
}

/** Impact of the close with what is pending: capped below at the negative cap (the rest is held for the trader) and above by size and impact pool. */
function settledImpact(
  parameters: GmxParameters,
  market: GmxMarket,
  prices: GmxPrices,
  position: GmxPosition,
  closing: { readonly usd: bigint; readonly sizeDeltaUsd: bigint },
): { usd: bigint; differenceUsd: bigint; pendingAmount: bigint } {
  const { pendingImpactAmount: pending, sizeUsd } = position;
  const pendingAmount = mulDivSigned(pending, closing.sizeDeltaUsd, sizeUsd, pending < 0n);
  const total =
    pendingImpactUsd(pendingAmount, prices) + capPositiveImpact(parameters, closing.usd, closing.sizeDeltaUsd);
  const floor = -applyFactor(closing.sizeDeltaUsd, parameters.maxNegativeImpactFactor);
  if (total < 0n) return { usd: most(total, floor), differenceUsd: most(floor - total, 0n), pendingAmount };
  const capped = capPositiveImpact(parameters, total, closing.sizeDeltaUsd);
  return { usd: least(capped, market.impactPoolAmount * prices.index.min), differenceUsd: 0n, pendingAmount };
}

/**
 * Closes a part or the whole of a position and settles it in the contract's order: profit out of the pool; positive impact out of impact pool and pool;
 * funding, loss, fees, negative impact (into the pool, and accounted to the impact pool) and impact beyond the cap (held for the trader) out of profit and
 * collateral. Where money runs out a whole close of a liquidation or a deleveraging ends there (`unpaidUsd`), with the fees written to the pool; any other
 * close is refused. Profit is not swapped into the collateral token: the trader gets both.
 * Source: DecreasePositionCollateralUtils.processCollateral, DecreasePositionUtils.decreasePosition.
 * @throws InsufficientFundsToPayForCosts where a partial close cannot pay
 * @throws InsufficientPoolAmount where the pool cannot pay the profit
 */
export function closePosition(
  parameters: GmxParameters,
  market: GmxMarket,
  prices: GmxPrices,
  name: string,
  position: GmxPosition,
  sizeDeltaUsd: bigint,
  isLiquidation: boolean,
): CloseOutcome {
  const { collateralToken: token } = position;
  const profitToken = sideOf(position.isLong);
  const collateralPrice = prices[token];
  const profitPrice = prices[profitToken];
  const pnl = positionPnl(parameters, market, prices, position, sizeDeltaUsd);
  const { isLong, sizeUsd } = position;
  const closing = priceImpact(parameters, market, prices, isLong, -sizeDeltaUsd, -pnl.sizeDeltaTokens);
  const impact = settledImpact(parameters, market, prices, position, { usd: closing.usd, sizeDeltaUsd });
  const fees = positionFees(
    parameters,
    position,
    collateralPrice,
    closing.balanceWasImproved,
    sizeDeltaUsd,
    isLiquidation,
  );

  const zero: BothSides = { long: 0n, short: 0n };
  let pool = zero;
  let feeReceiver = zero;
  let fundingClaims = zero;
  let heldCollateral = zero;
  let impactPool = 0n;
  let purse: Purse = { output: 0n, collateral: position.collateralAmount, secondary: 0n };
  const gain = (usd: bigint) => {
    const amount = divDown(usd, profitPrice.max);
    pool = plus(pool, profitToken, -amount);
    if (token === profitToken) purse = { ...purse, output: purse.output + amount };
    else purse = { ...purse, secondary: purse.secondary + amount };
  };
  if (pnl.pnlUsd > 0n) gain(pnl.pnlUsd);
  if (impact.usd > 0n) {
    impactPool -= divUp(impact.usd, prices.index.min);
    gain(impact.usd);
  }

  let unpaidUsd = 0n;
  let unpaidStep: UnpaidStep | undefined;
  /** Pays one cost unless an earlier one could not be paid; tells `receive` what was paid in which token. */
  const settle = (step: UnpaidStep, usd: bigint, receive: (paid: Payment) => void) => {
    if (unpaidStep !== undefined || usd === 0n) return;
    const paid = pay(purse, usd, collateralPrice.min, profitPrice.min);
    purse = paid.purse;
    receive(paid);
    if (paid.unpaidUsd === 0n) return;
    unpaidUsd = paid.unpaidUsd;
    unpaidStep = step;
  };
  const toPool = (paid: Payment) => {
    pool = plus(plus(pool, token, paid.paidCollateral), profitToken, paid.paidSecondary);
  };
  settle("funding", fees.fundingFee * collateralPrice.min, (paid) => {
    fundingClaims = plus(plus(fundingClaims, token, paid.paidCollateral), profitToken, paid.paidSecondary);
  });
  settle("pnl", most(-pnl.pnlUsd, 0n), toPool);
  settle("fees", fees.excludingFunding * collateralPrice.min, (paid) => {
    if (paid.unpaidUsd > 0n || paid.paidSecondary > 0n) return toPool(paid);
    pool = plus(pool, token, fees.toPool);
    feeReceiver = plus(feeReceiver, token, fees.toFeeReceiver);
  });
  settle("impact", most(-impact.usd, 0n), (paid) => {
    toPool(paid);
    impactPool += mulDivDown(paid.paidCollateral, collateralPrice.min, prices.index.max);
    impactPool += mulDivDown(paid.paidSecondary, profitPrice.min, prices.index.max);
  });
  settle("diff", impact.differenceUsd, (paid) => {
    heldCollateral = plus(plus(heldCollateral, token, paid.paidCollateral), profitToken, paid.paidSecondary);
  });
  const whole = sizeDeltaUsd === sizeUsd;
  if (unpaidStep !== undefined && !whole) {
    throw new InsufficientFundsToPayForCosts(`${unpaidUsd} open at step ${unpaidStep}`);
  }

  const rest: GmxPosition = {
    ...position,
    sizeUsd: sizeUsd - sizeDeltaUsd,
    sizeTokens: position.sizeTokens - pnl.sizeDeltaTokens,
    collateralAmount: purse.collateral,
    pendingImpactAmount: position.pendingImpactAmount - impact.pendingAmount,
    borrowingFeeUsd: 0n,
    fundingFeeAmount: 0n,
  };
  const gone = rest.sizeUsd === 0n || rest.sizeTokens === 0n;
  const left = gone ? purse.collateral : 0n;
  const trader = plus(plus(zero, token, purse.output + left), profitToken, purse.secondary);
  const positions = new Map(market.positions);
  if (gone) positions.delete(name);
  else positions.set(name, rest);
  const state: GmxMarket = {
    ...market,
    positions,
    poolAmount: both(market.poolAmount, pool),
    openInterestUsd: plus(market.openInterestUsd, profitToken, -sizeDeltaUsd),
    openInterestTokens: plus(market.openInterestTokens, profitToken, -pnl.sizeDeltaTokens),
    impactPoolAmount: market.impactPoolAmount + impactPool,
    feeReceiver: both(market.feeReceiver, feeReceiver),
    fundingClaims: both(market.fundingClaims, fundingClaims),
    heldCollateral: both(market.heldCollateral, heldCollateral),
  };
  if (state.poolAmount.long < 0n || state.poolAmount.short < 0n) {
    throw new InsufficientPoolAmount(`the pool would hold ${state.poolAmount.long} and ${state.poolAmount.short}`);
  }
  const taken = gone ? position.collateralAmount : position.collateralAmount - purse.collateral;
  return {
    state,
    sizeDeltaUsd,
    sizeDeltaTokens: pnl.sizeDeltaTokens,
    pnlUsd: pnl.pnlUsd,
    impactUsd: impact.usd,
    impactDifferenceUsd: impact.differenceUsd,
    fees,
    unpaidUsd,
    unpaidStep,
    moved: { trader, position: plus(zero, token, -taken), pool, feeReceiver, fundingClaims, heldCollateral },
  };
}

function both(a: BothSides, b: BothSides): Record<PoolToken, bigint> {
  return { long: a.long + b.long, short: a.short + b.short };
}
