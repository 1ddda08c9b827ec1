import type { Book } from "../../../book/book.js";
import { isProblem, unitsOf } from "../../../book/index.js";
import { assert } from "../../../book/problem.js";
import { mulDivDown, mulDivUp } from "../../../math/index.js";
import { basisPoints } from "../../../rules/account-value.js";
import { type AdaptiveRates, adaptiveRates, grownIndex, kinkedRate, utilisation } from "../../../rules/interest.js";
import type { LiquidationAmounts } from "../../../rules/lending.js";
import type { Shock } from "../../../run/index.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
import type { LendingColumns } from "./rows.js";
import type { LendingParams } from "./schema.js";
import type { LendingState } from "./state.js";

const msPerYear = 365 * 86_400_000;

/** Debts accrue through one index per asset, whole numbers of 1e-12. */
export const indexOne = 1e12;

/** What suppliers of one asset take out. */
interface Withdrawal {
  readonly asset: number;
  readonly units: number;
  readonly startMs: number;
  readonly overMs: number;
  /** What they have got. */
  taken: number;
}

/** The lenders' side of a protocol, in whole units by asset. Figures, not ledger balances: what suppliers own is no account of the book. */
export interface Pool {
  /** What is not lent out; Infinity where nobody says. */
  readonly cash: Float64Array;
  /** Debts of all accounts with interest, as the protocol counts them: in one sum, interest rounded up. */
  readonly borrowed: Float64Array;
  readonly openingCash: Float64Array;
  readonly openingBorrowed: Float64Array;
  /** Interest indices. */
  readonly indices: Float64Array;
  /** Rates at target of an adaptive curve, shares per year. */
  readonly rateAtTarget: Float64Array;
  readonly withdrawals: readonly Withdrawal[];
  /** Whether the cash of some collateral is said. */
  readonly isLimited: boolean;
  /** What this round's orders leave of the cash. */
  readonly left: Float64Array;
  /** Rows whose order nobody took in the last round: they are served last. */
  readonly refused: number[];
}

/** Lays out the lenders' side. */
export function openPool(params: LendingParams, book: Book, columns: LendingColumns): Pool {
  const units = (amounts: LendingParams["supplied"], asset: number): number | undefined => {
    const amount = amounts?.[book.assets[asset].symbol];
    if (amount === undefined) return undefined;
    const whole = unitsOf(amount, book.assets[asset].unitDecimals, "");
    assert(!isProblem(whole), "amounts of the pool were checked");
    return whole;
  };
  const openingBorrowed = Float64Array.from(columns.debt, (column) => column?.reduce((sum, one) => sum + one, 0) ?? 0);
  const openingCash = Float64Array.from(book.assets, (_, asset) => {
    const available = units(params.available, asset);
    if (available !== undefined) return available;
    const supplied = units(params.supplied, asset);
    return supplied === undefined ? Number.POSITIVE_INFINITY : supplied - openingBorrowed[asset];
  });
  return {
    cash: openingCash.slice(),
    borrowed: openingBorrowed.slice(),
    openingCash,
    openingBorrowed,
    indices: new Float64Array(book.assets.length).fill(indexOne),
    rateAtTarget: new Float64Array(book.assets.length),
    withdrawals: Object.entries(params.withdrawals ?? {}).map(([symbol, { amount, startMs, overMs }]) => {
      const asset = book.assets.findIndex((one) => one.symbol === symbol);
      const whole = unitsOf(amount, book.assets[asset].unitDecimals, "");
      assert(!isProblem(whole), "withdrawals were checked");
      return { asset, units: whole, startMs, overMs, taken: 0 };
    }),
    isLimited: openingCash.some(
      (cash, asset) => Number.isFinite(cash) && (columns.collateral[asset]?.some((held) => held > 0) ?? false),
    ),
    left: new Float64Array(book.assets.length),
    refused: [],
  };
}

/** Puts the lenders' side back to the opening. */
export function resetPool(pool: Pool, { interestPerYear: interest }: LendingParams): void {
  pool.cash.set(pool.openingCash);
  pool.left.set(pool.openingCash);
  pool.borrowed.set(pool.openingBorrowed);
  pool.indices.fill(indexOne);
  pool.rateAtTarget.fill(typeof interest === "object" && interest.model === "adaptive" ? interest.target : 0);
  for (const withdrawal of pool.withdrawals) withdrawal.taken = 0;
}

const rates: AdaptiveRates = { average: 0, rateAtTarget: 0 };

/** Interest for one tick on the index of every debt asset, at the rate of what is lent out now. */
export function accrue(rows: LendingState, { interestPerYear: interest }: LendingParams, tickMs: number): void {
  if (interest === 0) return;
  const { indices, borrowed, cash, rateAtTarget } = rows.pool;
  const years = tickMs / msPerYear;
  for (let asset = 0; asset < indices.length; asset++) {
    if (rows.debt[asset].length === 0) continue;
    const before = indices[asset];
    if (typeof interest === "number") {
      indices[asset] += mulDivDown(before, Math.round(interest * basisPoints) * tickMs, basisPoints * msPerYear);
    } else {
      const used = utilisation(borrowed[asset], cash[asset]);
      if (interest.model === "kinked") indices[asset] = grownIndex(before, kinkedRate(interest, used), years);
      else {
        adaptiveRates(interest, used, rateAtTarget[asset], years, rates);
        indices[asset] = grownIndex(before, rates.average, years);
        rateAtTarget[asset] = rates.rateAtTarget;
      }
    }
    borrowed[asset] = mulDivUp(borrowed[asset], indices[asset], before);
  }
  rows.changed = true;
}

/** Suppliers take out what is due to them, as far as it is there. */
export function withdrawSupplies(rows: LendingState, at: Shock): void {
  const { withdrawals, cash } = rows.pool;
  for (const withdrawal of withdrawals) {
    const { asset, units, startMs, overMs } = withdrawal;
    const passed = at.timeMs - startMs;
    const due = passed < 0 ? 0 : passed >= overMs ? units : mulDivDown(units, passed, overMs);
    const taken = Math.min(due - withdrawal.taken, cash[asset]);
    if (taken <= 0) continue;
    withdrawal.taken += taken;
    cash[asset] -= taken;
    rows.changed = true;
    at.record(tapeKinds.protocol, at.mechanismIndex, -1, 0, taken, protocolActs.withdraw);
  }
}

/** Debt that was repaid: it lies in the pool now. */
export function repayToPool({ borrowed, cash }: Pool, asset: number, units: number): void {
  borrowed[asset] = Math.max(0, borrowed[asset] - units);
  cash[asset] += units;
}

/** Debt that was written off at the suppliers' expense. */
export function writeOffFromPool({ borrowed }: Pool, asset: number, units: number): void {
  borrowed[asset] = Math.max(0, borrowed[asset] - units);
}

/** Collateral that left the pool. */
export function takeFromPool({ cash }: Pool, asset: number, units: number): void {
  cash[asset] -= units;
}

/**
 * Cuts a liquidation to what of its collateral can leave the pool and is not promised to an earlier order of the round; what cannot leave is not liquidated.
 * Repayment and fee in proportion, as a liquidation of a part has them.
 */
export function cutToCash({ left }: Pool, amounts: LiquidationAmounts): void {
  const { collateral, seizeUnits } = amounts;
  if (seizeUnits > left[collateral]) {
    const most = left[collateral];
    amounts.repayUnits = mulDivUp(amounts.repayUnits, most, seizeUnits);
    amounts.feeUnits = mulDivDown(amounts.feeUnits, most, seizeUnits);
    amounts.seizeUnits = most;
  }
  left[collateral] -= amounts.seizeUnits;
}
