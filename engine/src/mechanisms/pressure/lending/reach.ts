import { exp, log } from "../../../math/index.js";
import { stepsPerUsd, valueScale } from "../../../rules/account-value.js";
import { indexOne } from "./pool.js";
import { activate, type LendingState } from "./state.js";

/** How far prices and thresholds have moved from the opening against a group of accounts, in logarithms. */
export interface GroupReach {
  /** The largest fall of a collateral and its threshold, the largest rise of a debt with interest: what an account must survive. Infinity: nothing is known. */
  most: number;
  /** The smallest of each: an account that was checked at these prices has at least this behind it. */
  least: number;
  /** What roundings of values and amounts come to at most, in 1e-6 USD, as debts are worth at these prices. */
  rounding: number;
}

/** Debt prices may fall by this much in logarithms before roundings could outgrow their allowance. */
const largestDebtFall = 1;

/** Sums of moves beyond this are not told apart from each other to 1e-9. */
const largestDrift = 1_000;

/** Moves each group's cursor over every account that the largest move may have reached: a threshold that falls counts as its collateral's price falling. */
export function reach(rows: LendingState): void {
  const { groups, cursors, steps, openingLog, reaches, unitDecimals } = rows;
  const { falls } = rows.thresholds;
  const { indices } = rows.pool;
  let further = 0;
  for (let group = 0; group < groups.length; group++) {
    const { collaterals, debts, keys, rows: members } = groups[group];
    let fall = Number.NEGATIVE_INFINITY;
    let leastFall = Number.POSITIVE_INFINITY;
    for (const asset of collaterals) {
      const move = openingLog[asset] - logOfSteps(steps[asset]) + falls[asset];
      fall = Math.max(fall, move);
      leastFall = Math.min(leastFall, move);
    }
    let rise = Number.NEGATIVE_INFINITY;
    let leastRise = Number.POSITIVE_INFINITY;
    let priceRise = Number.NEGATIVE_INFINITY;
    let leastPriceRise = Number.POSITIVE_INFINITY;
    let largestUnit = 0;
    for (const asset of debts) {
      const price = logOfSteps(steps[asset]) - openingLog[asset];
      const move = price + (indices[asset] === indexOne ? 0 : log(indices[asset] / indexOne));
      priceRise = Math.max(priceRise, price);
      leastPriceRise = Math.min(leastPriceRise, price);
      rise = Math.max(rise, move);
      leastRise = Math.min(leastRise, move);
      largestUnit = Math.max(largestUnit, steps[asset] / valueScale(unitDecimals[asset]));
    }
    const moved = (collaterals.length === 0 ? 1e12 : fall) + rise;
    const at = reaches[group];
    // Who holds nothing survives nothing, wherever prices are.
    const most = collaterals.length === 0 ? 0 : leastPriceRise < -largestDebtFall ? Number.POSITIVE_INFINITY : moved;
    further = Math.max(further, most - at.most);
    at.most = most;
    at.least = leastFall + leastRise;
    // Values round by one each, at these prices and at those to come; with interest every debt by one unit.
    const units = !rows.accrues ? 0 : 4 * largestUnit * debts.length;
    at.rounding = (units + 64 * unitDecimals.length) * exp(Math.max(0, priceRise));
    // Whole steps, thresholds and values round by less than this; an account examined in vain costs time, never truth.
    const reached = moved + 1e-5;
    let cursor = cursors[group];
    while (cursor < keys.length && keys[cursor] <= reached) activate(rows, members[cursor++], group);
    cursors[group] = cursor;
  }
  rows.drift += further;
  // Its own rounding must stay below what `examineBlock` allows for; from here on every block is looked at.
  if (!(rows.drift < largestDrift)) rows.drift = Number.POSITIVE_INFINITY;
}

/** How far its group must have been reached before the account that was just found healthy (`rows.at`) can breach; -Infinity where that is not known. */
export function wakeOf(rows: LendingState, group: number): number {
  const { weightedCollateral, debtValue } = rows.at;
  if (debtValue === 0) return Number.POSITIVE_INFINITY;
  if (group < 0) return Number.NEGATIVE_INFINITY;
  const { least, rounding } = rows.reaches[group];
  const wake = least + log(weightedCollateral / debtValue) - rounding / debtValue - 1e-9;
  return Number.isFinite(wake) ? wake : Number.NEGATIVE_INFINITY;
}

function logOfSteps(steps: number): number {
  return steps === 0 ? -1e6 : log(steps / stepsPerUsd);
}
