import { divDown, least, most } from "../rounding.js";
import { divide, fromPercent, fromUnits, multiply } from "./fraction.js";
import type { KaminoParameters, ReserveParameters } from "./parameters.js";

/** A debt: units with 60 binary places; what it was when its term ended, where it has ended. */
export interface Borrow {
  readonly amount: bigint;
  readonly term?: { readonly endedAt: bigint; readonly amountAtEnd: bigint };
}

/** One borrower. Collateral in whole units of the reserve's token. */
export interface Obligation {
  readonly deposits: Readonly<Record<string, bigint>>;
  readonly borrows: Readonly<Record<string, Borrow>>;
  readonly elevationGroup: string | null;
  /** Set by the risk council: deleverage to this loan-to-value (percent) from this second on. */
  readonly deleveraging: { readonly targetLtvPercent: bigint; readonly markedAt: bigint } | null;
}

/** An obligation without anything. */
export const EMPTY_OBLIGATION: Obligation = { deposits: {}, borrows: {}, elevationGroup: null, deleveraging: null };

/** What a reserve is worth and since when its limits are crossed. */
export interface ReserveCondition {
  /** Dollars of one token, 60 binary places. */
  readonly price: bigint;
  readonly depositLimitCrossedAt?: bigint;
  readonly borrowLimitCrossedAt?: bigint;
  readonly debtMaturedAt?: bigint;
}

/** The moment of a call. */
export interface KaminoMoment {
  /** Seconds. */
  readonly at: bigint;
  readonly reserves: Readonly<Record<string, ReserveCondition>>;
}

/** An obligation valued at a moment. Dollars and ratios with 60 binary places. */
export interface Valuation {
  readonly deposited: bigint;
  readonly borrowed: bigint;
  /** Debt weighted by borrow factors. */
  readonly weightedDebt: bigint;
  /** Largest weighted debt that the deposits allow: sum of value x loan-to-value. */
  readonly allowed: bigint;
  /** Weighted debt from which it is unhealthy: sum of value x threshold. */
  readonly unhealthy: bigint;
  readonly depositValues: Readonly<Record<string, bigint>>;
  readonly borrowValues: Readonly<Record<string, bigint>>;
  /** Lowest threshold among deposits that count, percent; 256 without one. */
  readonly lowestThresholdPercent: bigint;
  /** Highest borrow factor among debts that count, percent; 100 without one. */
  readonly highestBorrowFactorPercent: bigint;
}

/** Value of an amount (60 binary places) at a reserve's price, rounded down. Source: `liquidity_amount_to_market_value`. */
export function valueOf(reserve: ReserveParameters, price: bigint, amount: bigint): bigint {
  return divDown(multiply(amount, price), reserve.unit);
}

/** Threshold and loan-to-value of a collateral, percent: the elevation group's where the obligation is in one. */
export function collateralLimits(parameters: KaminoParameters, obligation: Obligation, id: string) {
  const { elevationGroup } = obligation;
  const terms = elevationGroup === null ? parameters.reserves[id] : parameters.market.elevationGroups[elevationGroup];
  return { threshold: terms.liquidationThresholdPercent, loanToValue: terms.loanToValuePercent };
}

/** Borrow factor of a debt, percent: 100 inside an elevation group. */
export function borrowFactorPercent(parameters: KaminoParameters, obligation: Obligation, id: string): bigint {
  return obligation.elevationGroup === null ? parameters.reserves[id].borrowFactorPercent : 100n;
}

/** Values an obligation. Source: `refresh_obligation`, `refresh_obligation_deposits`, `refresh_obligation_borrows`. */
export function valueObligation(parameters: KaminoParameters, moment: KaminoMoment, obligation: Obligation): Valuation {
  const skip = fromUnits(parameters.market.minValueSkipPriorityChecks);
  let [deposited, allowed, unhealthy, lowest] = [0n, 0n, 0n, 256n];
  const depositValues: Record<string, bigint> = {};
  for (const [id, amount] of Object.entries(obligation.deposits)) {
    const value = valueOf(parameters.reserves[id], moment.reserves[id].price, fromUnits(amount));
    const { threshold, loanToValue } = collateralLimits(parameters, obligation, id);
    if (value >= skip && threshold > 0n) lowest = least(lowest, threshold);
    depositValues[id] = value;
    deposited += value;
    allowed += multiply(value, fromPercent(loanToValue));
    unhealthy += multiply(value, fromPercent(threshold));
  }
  let [borrowed, weightedDebt, highest] = [0n, 0n, 100n];
  const borrowValues: Record<string, bigint> = {};
  for (const [id, { amount }] of Object.entries(obligation.borrows)) {
    const value = valueOf(parameters.reserves[id], moment.reserves[id].price, amount);
    const factor = borrowFactorPercent(parameters, obligation, id);
    if (value >= skip) highest = most(highest, factor);
    borrowValues[id] = value;
    borrowed += value;
    weightedDebt += multiply(value, fromPercent(factor));
  }
  return {
    deposited,
    borrowed,
    weightedDebt,
    allowed,
    unhealthy,
    depositValues,
    borrowValues,
    lowestThresholdPercent: lowest,
    highestBorrowFactorPercent: highest,
  };
}

/** Weighted debt over deposits. */
export function loanToValue(valuation: Valuation): bigint {
  return divide(valuation.weightedDebt, valuation.deposited);
}

/** Debt over deposits, without borrow factors. */
export function unweightedLoanToValue(valuation: Valuation): bigint {
  return divide(valuation.borrowed, valuation.deposited);
}

/** Loan-to-value from which the obligation is unhealthy. */
export function unhealthyLoanToValue(valuation: Valuation): bigint {
  return divide(valuation.unhealthy, valuation.deposited);
}
