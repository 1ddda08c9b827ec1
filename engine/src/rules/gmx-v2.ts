import { pow } from "../math/index.js";
import { powersOfTen, stepsPerUsd, valuesPerUsd } from "./account-value.js";

/** The rules of one market as fractions and dollars; see exact/gmx-v2 `GmxParameters`. */
export interface GmxTerms {
  readonly minCollateralUsd: number;
  readonly minPositionSizeUsd: number;
  readonly minCollateralFactor: number;
  readonly minCollateralFactorForLiquidation: number;
  readonly positionFeeFactorImproved: number;
  readonly positionFeeFactorWorsened: number;
  readonly liquidationFeeFactor: number;
  readonly positionFeeReceiverFactor: number;
  readonly liquidationFeeReceiverFactor: number;
  readonly positiveImpactFactor: number;
  readonly negativeImpactFactor: number;
  readonly positiveImpactExponent: number;
  readonly negativeImpactExponent: number;
  readonly maxPositiveImpactFactor: number;
  readonly maxNegativeImpactFactor: number;
  readonly maxImpactFactorForLiquidations: number;
  readonly maxPnlFactorForTraders: number;
  readonly maxPnlFactorForAdl: number;
  readonly minPnlFactorAfterAdl: number;
}

/** Where a market stands. Index 0 is the long side and the long token (the coin), 1 the short side and the short token (the quote coin). */
export interface GmxState {
  /** Whole units of both tokens that belong to the liquidity providers. */
  readonly pool: Float64Array;
  /** By side: entry cost in 1e-6 dollars, and whole coin units. */
  readonly cost: Float64Array;
  readonly tokens: Float64Array;
  /** Whole coin units set aside for positive impact. */
  impactPool: number;
  /** Dollars of one unit of both tokens. */
  readonly unitUsd: Float64Array;
}

/** One position: side 0 long, 1 short; token 0 or 1 of its collateral; cost in 1e-6 dollars, the rest in whole units. */
export interface GmxHolding {
  side: 0 | 1;
  token: 0 | 1;
  cost: number;
  tokens: number;
  collateral: number;
}

/** Differences below this many dollars are closer to a limit than Float64 can tell: the exact protocol decides them. */
export const gmxTieUsd = 1e-6;

/** Dollars of one unit at a price in steps. */
export function unitPrice(steps: number, unitDecimals: number): number {
  return steps / stepsPerUsd / powersOfTen[unitDecimals];
}

/** Profit of a side in dollars; 0 for an empty side. */
export function sideProfit(state: GmxState, side: 0 | 1): number {
  if (state.cost[side] === 0 || state.tokens[side] === 0) return 0;
  const value = state.tokens[side] * state.unitUsd[0];
  const cost = state.cost[side] / valuesPerUsd;
  return side === 0 ? value - cost : cost - value;
}

/** Side profit over the value of the token that pays it; 0 for an empty pool. */
export function profitFactor(state: GmxState, side: 0 | 1): number {
  const poolUsd = state.pool[side] * state.unitUsd[side];
  return poolUsd === 0 ? 0 : sideProfit(state, side) / poolUsd;
}

/** Profit of a whole position in dollars, a positive one scaled down where the side's profit exceeds the traders' share of the pool. */
function cappedProfit(terms: GmxTerms, state: GmxState, of: GmxHolding): number {
  const value = of.tokens * state.unitUsd[0];
  const cost = of.cost / valuesPerUsd;
  const profit = of.side === 0 ? value - cost : cost - value;
  if (profit <= 0) return profit;
  const all = sideProfit(state, of.side);
  const cap = state.pool[of.side] * state.unitUsd[of.side] * terms.maxPnlFactorForTraders;
  return all > cap && cap > 0 ? profit * (cap / all) : profit;
}

/** Price impact in dollars of a close, positive paid to the trader, and whether the two sides come closer. */
interface Impact {
  usd: number;
  improved: boolean;
}

/** Impact of closing `delta` (1e-6 dollars of cost) of a side. Source: PositionPricingUtils.getPriceImpactUsd. */
function closeImpact(terms: GmxTerms, state: GmxState, side: 0 | 1, delta: number): Impact {
  const other = state.cost[1 - side];
  const before = state.cost[side] - other;
  const after = Math.max(0, state.cost[side] - delta) - other;
  const improved = Math.abs(after) < Math.abs(before);
  const positive = Math.min(terms.positiveImpactFactor, terms.negativeImpactFactor);
  const exponent = Math.min(terms.positiveImpactExponent, terms.negativeImpactExponent);
  const gain = (difference: number) => powerAbove(difference, exponent) * positive;
  const loss = (difference: number) =>
    powerAbove(difference, terms.negativeImpactExponent) * terms.negativeImpactFactor;
  // `long <= short` before and after, as the contract asks it.
  const longLess = side === 0 ? before <= 0 : before >= 0;
  const longLessAfter = side === 0 ? after <= 0 : after >= 0;
  if (longLess !== longLessAfter) return { usd: gain(Math.abs(before)) - loss(Math.abs(after)), improved };
  const impact = improved ? gain : loss;
  const size = Math.abs(impact(Math.abs(before)) - impact(Math.abs(after)));
  return { usd: improved ? size : -size, improved };
}

/** (1e-6 dollars as dollars) ^ exponent; 0 below one dollar. Source: Precision.applyExponentFactor. */
function powerAbove(values: number, exponent: number): number {
  const usd = values / valuesPerUsd;
  if (usd < 1) return 0;
  return exponent === 1 ? usd : exponent === 2 ? usd * usd : pow(usd, exponent);
}

/**
 * How far a position is from being liquidatable, in dollars: what is left less what must be; at or below 0 it may be liquidated (exactly 0 is a matter for the exact
 * protocol). Without `liquidating` the limits for opened positions hold, and no smallest collateral.
 */
export function gmxDistance(terms: GmxTerms, state: GmxState, of: GmxHolding, liquidating: boolean): number {
  const size = of.cost / valuesPerUsd;
  const price = state.unitUsd[of.token];
  const impact = closeImpact(terms, state, of.side, of.cost);
  const capped = Math.min(impact.usd, size * terms.maxPositiveImpactFactor);
  const counted = Math.max(Math.min(capped, 0), -size * terms.maxImpactFactorForLiquidations);
  const rate = impact.improved ? terms.positionFeeFactorImproved : terms.positionFeeFactorWorsened;
  const fee = Math.floor((size * rate) / price) * price;
  const left = of.collateral * price + cappedProfit(terms, state, of) + counted - fee;
  if (!liquidating) return Math.min(left, left - size * terms.minCollateralFactor);
  const needed = Math.max(0, terms.minCollateralUsd, size * terms.minCollateralFactorForLiquidation);
  return left - needed;
}

/** What a close did: whole units by token (0 coin, 1 quote) that went to each party; negative where they came from it. */
export interface GmxClose {
  /** 1e-6 dollars of cost and coin units closed. */
  cost: number;
  tokens: number;
  profitUsd: number;
  /** What nobody paid. */
  unpaidUsd: number;
  /** Collateral units left in the position. */
  collateral: number;
  impactPool: number;
  readonly trader: Float64Array;
  readonly pool: Float64Array;
  readonly receiver: Float64Array;
  readonly held: Float64Array;
}

/** A close of nothing, to be written into. */
export function noGmxClose(): GmxClose {
  const two = () => new Float64Array(2);
  return {
    cost: 0,
    tokens: 0,
    profitUsd: 0,
    unpaidUsd: 0,
    collateral: 0,
    impactPool: 0,
    trader: two(),
    pool: two(),
    receiver: two(),
    held: two(),
  };
}

/**
 * Closes a part (`delta`, 1e-6 dollars of cost) or the whole of a position in the contract's order: profit out of the pool, loss, fees and impact out of profit and
 * collateral; where money runs out a whole close ends there. Changes nothing but `into`. Within one unit of `closePosition` of exact/gmx-v2.
 */
export function gmxClose(
  terms: GmxTerms,
  state: GmxState,
  of: GmxHolding,
  delta: number,
  liquidating: boolean,
  into: GmxClose,
): GmxClose {
  const { side, token } = of;
  for (const amounts of [into.trader, into.pool, into.receiver, into.held]) amounts.fill(0);
  const whole = delta === of.cost;
  const part = (of.tokens * delta) / of.cost;
  const tokens = whole ? of.tokens : side === 0 ? Math.ceil(part) : Math.floor(part);
  const size = delta / valuesPerUsd;
  const profit = (cappedProfit(terms, state, of) * tokens) / of.tokens;
  const closing = closeImpact(terms, state, side, delta);
  const floor = -size * terms.maxNegativeImpactFactor;
  const raw = Math.min(closing.usd, size * terms.maxPositiveImpactFactor);
  const impact = raw < 0 ? Math.max(raw, floor) : Math.min(raw, state.impactPool * state.unitUsd[0]);
  const difference = raw < 0 ? Math.max(floor - raw, 0) : 0;
  const price = state.unitUsd[token];
  const profitPrice = state.unitUsd[side];
  const rate = closing.improved ? terms.positionFeeFactorImproved : terms.positionFeeFactorWorsened;
  const positionFee = Math.floor((size * rate) / price);
  const liquidationFee = liquidating ? Math.ceil((size * terms.liquidationFeeFactor) / price) : 0;

  let output = 0;
  let secondary = 0;
  let collateral = of.collateral;
  let unpaid = 0;
  into.impactPool = 0;
  const gain = (usd: number) => {
    const units = Math.floor(usd / profitPrice);
    into.pool[side] -= units;
    if (token === side) output += units;
    else secondary += units;
  };
  if (profit > 0) gain(profit);
  if (impact > 0) {
    into.impactPool -= Math.ceil(impact / state.unitUsd[0]);
    gain(impact);
  }
  /** Pays units of the collateral token; what they came from, or NaN where an earlier cost was not paid. */
  const pay = (due: number): { readonly own: number; readonly other: number } | undefined => {
    if (unpaid > 0 || due === 0) return undefined;
    const fromOutput = Math.min(output, due);
    const fromCollateral = Math.min(collateral, due - fromOutput);
    const open = due - fromOutput - fromCollateral;
    const dueOther = token === side ? open : Math.floor((open * price) / profitPrice);
    const other = Math.min(secondary, dueOther);
    output -= fromOutput;
    collateral -= fromCollateral;
    secondary -= other;
    unpaid = (dueOther - other) * profitPrice;
    return { own: fromOutput + fromCollateral, other };
  };
  const give = (to: Float64Array, paid: { readonly own: number; readonly other: number }) => {
    to[token] += paid.own;
    to[side] += paid.other;
  };
  const loss = pay(Math.ceil(Math.max(0, -profit) / price));
  if (loss !== undefined) give(into.pool, loss);
  const fees = pay(positionFee + liquidationFee);
  if (fees !== undefined) {
    if (unpaid > 0 || fees.other > 0) give(into.pool, fees);
    else {
      const received =
        Math.floor(positionFee * terms.positionFeeReceiverFactor) +
        Math.floor(liquidationFee * terms.liquidationFeeReceiverFactor);
      into.receiver[token] += received;
      into.pool[token] += positionFee + liquidationFee - received;
    }
  }
  const worsened = pay(Math.ceil(Math.max(0, -impact) / price));
  if (worsened !== undefined) {
    give(into.pool, worsened);
    into.impactPool += Math.floor((worsened.own * price) / state.unitUsd[0]);
    into.impactPool += Math.floor((worsened.other * profitPrice) / state.unitUsd[0]);
  }
  const beyond = pay(Math.ceil(difference / price));
  if (beyond !== undefined) give(into.held, beyond);
  const gone = whole || of.tokens === tokens;
  into.trader[token] += output + (gone ? collateral : 0);
  into.trader[side] += secondary;
  into.collateral = gone ? 0 : collateral;
  into.cost = delta;
  into.tokens = tokens;
  into.profitUsd = profit;
  into.unpaidUsd = unpaid;
  return into;
}
