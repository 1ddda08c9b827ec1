import { divDown } from "../rounding.js";
import {
  deleveragingBonus,
  deleveragingThreshold,
  elevationBonusCap,
  liquidationBonus,
  reserveOfBonus,
} from "./bonus.js";
import {
  LiquidationBorrowFactorPriority,
  LiquidationLowestLiquidationLtvPriority,
  ObligationHealthy,
} from "./errors.js";
import { fromPercent, fromUnits } from "./fraction.js";
import {
  borrowFactorPercent,
  collateralLimits,
  type KaminoMoment,
  loanToValue,
  type Obligation,
  unhealthyLoanToValue,
  unweightedLoanToValue,
  type Valuation,
} from "./obligation.js";
import type { KaminoParameters, ReserveParameters } from "./parameters.js";

/** Why an obligation may be liquidated. */
export type LiquidationReason =
  | "ltv-exceeded"
  | "individual-deleveraging"
  | "market-wide-deleveraging"
  | "debt-matured"
  | "debt-term-reached";

/** Reason and bonus of a liquidation. */
export interface Eligibility {
  readonly reason: LiquidationReason;
  /** Fraction. */
  readonly bonus: bigint;
  /** `debt-term-reached`: seconds since the term's end. */
  readonly secondsSinceTerm?: bigint;
}

/** What a check looks at. */
export interface LiquidationCheck {
  readonly parameters: KaminoParameters;
  readonly moment: KaminoMoment;
  readonly obligation: Obligation;
  readonly valuation: Valuation;
  readonly collateral: string;
  readonly debt: string;
}

const SECONDS_PER_DAY = 86_400n;
const UNCAPPED = 65_535n;

/** Seconds as days, a fraction, rounded down. */
function toDays(seconds: bigint): bigint {
  return divDown(fromUnits(seconds), SECONDS_PER_DAY);
}

/**
 * The first reason that holds, in the program's order: price, mark on the obligation, limits of the reserves, maturity, term. Throws ObligationHealthy,
 * LiquidationBorrowFactorPriority (price only), LiquidationLowestLiquidationLtvPriority (price, maturity, term). Source: `get_liquidation_params`.
 */
export function eligibility(check: LiquidationCheck): Eligibility {
  const found = byPrice(check) ?? byMark(check) ?? byReserveLimits(check) ?? byMaturity(check) ?? byTerm(check);
  if (found === null) throw new ObligationHealthy("no reason for a liquidation holds");
  requirePriority(check, found.reason);
  return found;
}

function requirePriority(check: LiquidationCheck, reason: LiquidationReason): void {
  const { parameters, obligation, valuation, collateral, debt } = check;
  const factor = borrowFactorPercent(parameters, obligation, debt);
  if (reason === "ltv-exceeded" && factor < valuation.highestBorrowFactorPercent) {
    throw new LiquidationBorrowFactorPriority(factor, valuation.highestBorrowFactorPercent);
  }
  const { threshold } = collateralLimits(parameters, obligation, collateral);
  const anyCollateral = reason === "individual-deleveraging" || reason === "market-wide-deleveraging";
  if (!anyCollateral && threshold > valuation.lowestThresholdPercent) {
    throw new LiquidationLowestLiquidationLtvPriority(threshold, valuation.lowestThresholdPercent);
  }
}

function reservesOf({ parameters, collateral, debt }: LiquidationCheck) {
  return { collateralReserve: parameters.reserves[collateral], debtReserve: parameters.reserves[debt] };
}

/** Loan-to-value at or above the unhealthy one (the equality counts). Source: `check_liquidate_obligation`. */
function byPrice(check: LiquidationCheck): Eligibility | null {
  const { parameters, obligation, valuation } = check;
  const ltv = loanToValue(valuation);
  const unhealthy = unhealthyLoanToValue(valuation);
  if (ltv < unhealthy || parameters.market.priceTriggeredLiquidationDisabled) return null;
  const { collateralReserve, debtReserve } = reservesOf(check);
  const cap = elevationBonusCap(parameters, obligation, collateralReserve, debtReserve);
  const unweighted = unweightedLoanToValue(valuation);
  return {
    reason: "ltv-exceeded",
    bonus: liquidationBonus(collateralReserve, debtReserve, unhealthy, ltv, unweighted, cap),
  };
}

/** Bonus from the reserve whose deleveraging terms count, after some seconds. */
function bonusAfter(check: LiquidationCheck, seconds: bigint): bigint {
  const { parameters, obligation, valuation } = check;
  const { collateralReserve, debtReserve } = reservesOf(check);
  const cap = elevationBonusCap(parameters, obligation, collateralReserve, debtReserve);
  const reserve = reserveOfBonus(collateralReserve, debtReserve);
  return deleveragingBonus(reserve, cap, toDays(seconds), unweightedLoanToValue(valuation));
}

/** Marked, its margin call over, and still above its target. Source: `check_individual_autodeleverage_obligation`. */
function byMark(check: LiquidationCheck): Eligibility | null {
  const { obligation, moment, valuation } = check;
  const { market } = check.parameters;
  const period = market.individualMarginCallPeriodSeconds;
  if (obligation.deleveraging === null || !market.autodeleverageEnabled || period === 0n) return null;
  const { targetLtvPercent, markedAt } = obligation.deleveraging;
  if (loanToValue(valuation) <= fromPercent(targetLtvPercent)) return null;
  const since = moment.at - markedAt - period;
  return since < 0n ? null : { reason: "individual-deleveraging", bonus: bonusAfter(check, since) };
}

/**
 * A reserve over its deposit limit (collateral) or borrow limit (debt) for longer than its margin call. Source:
 * `check_market_wide_autodeleverage_obligation`.
 */
function byReserveLimits(check: LiquidationCheck): Eligibility | null {
  if (!check.parameters.market.autodeleverageEnabled) return null;
  const { moment, collateral, debt } = check;
  const { collateralReserve, debtReserve } = reservesOf(check);
  return (
    overLimit(check, collateralReserve, moment.reserves[collateral].depositLimitCrossedAt) ??
    overLimit(check, debtReserve, moment.reserves[debt].borrowLimitCrossedAt)
  );
}

function overLimit(check: LiquidationCheck, reserve: ReserveParameters, since: bigint | undefined): Eligibility | null {
  if (!reserve.autodeleverageEnabled || since === undefined) return null;
  const seconds = check.moment.at - since - reserve.marginCallPeriodSeconds;
  if (seconds < 0n) return null;
  const days = toDays(seconds);
  if (loanToValue(check.valuation) < deleveragingThreshold(reserve, days)) return null;
  const bonus = deleveragingBonus(reserve, UNCAPPED, days, unweightedLoanToValue(check.valuation));
  return { reason: "market-wide-deleveraging", bonus };
}

/** The debt reserve has matured. Source: `check_reserve_debt_maturity_reached`. */
function byMaturity(check: LiquidationCheck): Eligibility | null {
  const matured = check.moment.reserves[check.debt].debtMaturedAt;
  if (matured === undefined || check.moment.at < matured || !check.parameters.market.matureDebtLiquidationEnabled) {
    return null;
  }
  const days = toDays(check.moment.at - matured);
  const { debtReserve } = reservesOf(check);
  const bonus = deleveragingBonus(debtReserve, UNCAPPED, days, unweightedLoanToValue(check.valuation));
  return { reason: "debt-matured", bonus };
}

/** The debt's own term has ended. Source: `check_borrow_reserve_debt_term_reached`. */
function byTerm(check: LiquidationCheck): Eligibility | null {
  const { moment, obligation, parameters, debt } = check;
  const term = obligation.borrows[debt]?.term;
  if (term === undefined || moment.at < term.endedAt || !parameters.market.debtTermLiquidationEnabled) return null;
  const seconds = moment.at - term.endedAt;
  return { reason: "debt-term-reached", bonus: bonusAfter(check, seconds), secondsSinceTerm: seconds };
}
