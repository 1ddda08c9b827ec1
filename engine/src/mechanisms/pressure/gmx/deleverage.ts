import {
  type GmxClose,
  type GmxHolding,
  gmxClose,
  gmxDistance,
  noGmxClose,
  profitFactor,
  sideProfit,
} from "../../../rules/gmx-v2.js";
import type { Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import { closedAtPool } from "../positions/hedge.js";
import { bookClose } from "./close.js";
import { type GmxRows, holdingOf } from "./rows.js";

/** 1e-6 dollars in one. */
const dollar = 1e6;
/** Factors this close to the lower threshold are left to the next tick: Float64 cannot tell on which side they are. */
const room = 1e-9;

/**
 * Where a side's profit exceeds its share of the pool, keepers close the most profitable positions (by profit over cost) until it does not, each as far as the lower
 * threshold allows. Which position they choose is theirs; this order is assumed.
 */
export function deleverageSide(rows: GmxRows, at: Settle, side: 0 | 1): void {
  const { terms } = rows.of;
  if (!(profitFactor(rows.state, side) > terms.maxPnlFactorForAdl + room)) return;
  const price = rows.state.unitUsd[0];
  const gain = (row: number) => {
    const value = (Math.abs(rows.size[row]) * price * dollar) / rows.cost[row];
    return side === 0 ? value : -value;
  };
  const order: number[] = [];
  for (let row = 0; row < rows.count; row++) {
    const mine = side === 0 ? rows.size[row] > 0 : rows.size[row] < 0;
    if (mine && rows.standingOf[row] < 0 && gain(row) > (side === 0 ? 1 : -1)) order.push(row);
  }
  order.sort((a, b) => gain(b) - gain(a) || a - b);
  for (const row of order) {
    if (!(profitFactor(rows.state, side) > terms.maxPnlFactorForAdl + room)) return;
    const close = largestClose(rows, row, side);
    if (close === undefined) continue;
    const before = rows.size[row];
    bookClose(rows, at, row, close);
    closedAtPool(rows.hedge, before - rows.size[row]);
    rows.restless = true;
    at.record(tapeKinds.deleverage, at.mechanismIndex, row, close.tokens, rows.steps[0], -1);
  }
}

/** The largest close of a row that leaves the side's factor at the lower threshold, or undefined where none may be made. */
function largestClose(rows: GmxRows, row: number, side: 0 | 1): GmxClose | undefined {
  const { terms } = rows.of;
  const holding = holdingOf(rows, row, { side: 0, token: 0, cost: 0, tokens: 0, collateral: 0 });
  const whole = attempt(rows, holding, holding.cost);
  if (allowed(rows, whole, side)) return whole;
  let low = 0;
  let high = holding.cost;
  while (high - low > dollar) {
    const middle = low + Math.floor((high - low) / 2);
    if (after(rows, attempt(rows, holding, middle), side) >= terms.minPnlFactorAfterAdl + room) low = middle;
    else high = middle;
  }
  if (low < dollar) return undefined;
  const close = attempt(rows, holding, low);
  const left = {
    ...holding,
    cost: holding.cost - low,
    tokens: holding.tokens - close.tokens,
    collateral: close.collateral,
  };
  if (left.tokens === 0 || close.unpaidUsd > 0 || !allowed(rows, close, side)) return undefined;
  // What would be left too small is closed as a whole by the contract, which the threshold does not allow here.
  const worth = holding.collateral * rows.state.unitUsd[holding.token] + profitLeft(rows, holding, low);
  if (worth < terms.minCollateralUsd + room || left.cost / dollar < terms.minPositionSizeUsd) return undefined;
  return gmxDistance(terms, stateAfter(rows, close, side), left, false) > room ? close : undefined;
}

/** Profit that a part of the close leaves, as the contract estimates it. */
function profitLeft(rows: GmxRows, holding: GmxHolding, delta: number): number {
  const whole = attempt(rows, holding, holding.cost).profitUsd;
  const realised = (whole * delta) / holding.cost;
  return Math.min(0, realised) + whole - realised;
}

function attempt(rows: GmxRows, holding: GmxHolding, delta: number): GmxClose {
  return gmxClose(rows.of.terms, rows.state, holding, delta, false, noGmxClose());
}

function stateAfter(rows: GmxRows, close: GmxClose, side: 0 | 1) {
  const { state } = rows;
  const less = (values: Float64Array, change: number) =>
    Float64Array.from(values, (one, at) => (at === side ? one - change : one));
  return {
    ...state,
    pool: Float64Array.from(state.pool, (units, token) => units + close.pool[token]),
    cost: less(state.cost, close.cost),
    tokens: less(state.tokens, close.tokens),
    impactPool: Math.max(0, state.impactPool + close.impactPool),
  };
}

function after(rows: GmxRows, close: GmxClose, side: 0 | 1): number {
  return profitFactor(stateAfter(rows, close, side), side);
}

/** The pool can pay, the factor falls, and not below the lower threshold. */
function allowed(rows: GmxRows, close: GmxClose, side: 0 | 1): boolean {
  const { state, of } = rows;
  if (close.tokens === 0 || state.pool[0] + close.pool[0] < 0 || state.pool[1] + close.pool[1] < 0) return false;
  const factor = after(rows, close, side);
  return (
    sideProfit(state, side) > 0 &&
    factor < profitFactor(state, side) - room &&
    factor >= of.terms.minPnlFactorAfterAdl + room
  );
}
