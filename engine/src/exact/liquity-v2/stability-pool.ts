import { NothingToDo } from "../errors.js";
import { divDown, least, mulDivDown, powerOfTen } from "../rounding.js";
import { DepositStands, NoDeposit, WithdrawalMustLeaveMinimum } from "./errors.js";
import type { LiquityV2Parameters } from "./parameters.js";
import {
  ACCOUNTS,
  type BranchState,
  changeBold,
  type Deposit,
  MAX_SCALE_FACTOR_EXPONENT,
  type Moved,
  P_PRECISION,
  SCALE_FACTOR,
  SCALE_SPAN,
  type StabilityPool,
  type Transfer,
} from "./state.js";

const noDeposit: Deposit = { initialValue: 0n, product: P_PRECISION, sum: 0n, scale: 0, stashedCollateral: 0n };

/** The deposit, empty where there is none. */
export function depositOf(pool: StabilityPool, depositor: string): Deposit {
  return pool.deposits.get(depositor) ?? noDeposit;
}

/** Units of BOLD left of a deposit after all liquidations since, rounded down. Source: StabilityPool `getCompoundedBoldDeposit`. */
export function compoundedDeposit(pool: StabilityPool, deposit: Deposit): bigint {
  const changes = pool.scale - deposit.scale;
  if (deposit.initialValue === 0n || changes > MAX_SCALE_FACTOR_EXPONENT) return 0n;
  return divDown(mulDivDown(deposit.initialValue, pool.product, deposit.product), powerOfTen(9 * changes));
}

/** Units of collateral gained since, over its own scale and the next two, rounded down at each. Source: StabilityPool `getDepositorCollGain`. */
export function collateralGain(pool: StabilityPool, deposit: Deposit): bigint {
  if (deposit.initialValue === 0n) return 0n;
  const sum = (scale: number) => pool.sums.get(scale) ?? 0n;
  let gains = sum(deposit.scale) - deposit.sum;
  for (let after = 1; after <= SCALE_SPAN; after++) gains += divDown(sum(deposit.scale + after), powerOfTen(9 * after));
  return least(mulDivDown(deposit.initialValue, gains, deposit.product), pool.collateral);
}

/** Units of BOLD that liquidations may use: all but the minimum, which stays. Source: TroveManager `batchLiquidateTroves`. */
export function availableForOffset(parameters: LiquityV2Parameters, pool: StabilityPool): bigint {
  return pool.totalDeposits - least(parameters.minimumInPool, pool.totalDeposits);
}

/**
 * The pool burns `debt` units of BOLD and receives `collateral` units. S and P are rounded down; where P falls below 1e27 it is computed anew, 1e9 times as
 * large, until it does not, and the scale goes up by as much. `debt` leaves at least one unit. Source: StabilityPool `offset`.
 */
export function offset(pool: StabilityPool, debt: bigint, collateral: bigint): StabilityPool {
  const total = pool.totalDeposits;
  const sum = (pool.sums.get(pool.scale) ?? 0n) + mulDivDown(pool.product, collateral, total);
  let numerator = pool.product * (total - debt);
  if (numerator <= 0n) throw new RangeError("an offset must leave something in the pool");
  let product = divDown(numerator, total);
  let scale = pool.scale;
  for (; product < divDown(P_PRECISION, SCALE_FACTOR); scale++) {
    numerator *= SCALE_FACTOR;
    product = divDown(numerator, total);
  }
  return {
    ...pool,
    totalDeposits: total - debt,
    collateral: pool.collateral + collateral,
    product,
    scale,
    sums: new Map(pool.sums).set(pool.scale, sum),
  };
}

/** `amount` units of BOLD into the pool; gains are sent (`claim`) or stashed. Throws NothingToDo, NotEnoughBoldBalance. Source: StabilityPool `provideToSP`. */
export function provideToPool(state: BranchState, depositor: string, amount: bigint, claim: boolean): Moved {
  if (amount <= 0n) throw new NothingToDo(`a deposit of ${amount}; it may be 1 or more`);
  return touch(state, depositor, amount, claim);
}

/**
 * `amount` units of BOLD out of the pool, at most what is left of the deposit; gains are sent (`claim`) or stashed.
 * Throws NoDeposit, WithdrawalMustLeaveMinimum. Source: StabilityPool `withdrawFromSP`.
 */
export function withdrawFromPool(
  parameters: LiquityV2Parameters,
  state: BranchState,
  depositor: string,
  amount: bigint,
  claim: boolean,
): Moved {
  if (amount < 0n) throw new NothingToDo(`a withdrawal of ${amount}; it may be 0 or more`);
  const deposit = depositOf(state.pool, depositor);
  if (deposit.initialValue === 0n) throw new NoDeposit(`${depositor} has no deposit`);
  const withdrawn = least(amount, compoundedDeposit(state.pool, deposit));
  const left = state.pool.totalDeposits - withdrawn;
  if (left < parameters.minimumInPool)
    throw new WithdrawalMustLeaveMinimum(`the pool would keep ${left}; it must keep ${parameters.minimumInPool}`);
  return touch(state, depositor, -withdrawn, claim);
}

/** Sends the stashed gains of somebody without a deposit. Throws DepositStands, NothingToDo. Source: StabilityPool `claimAllCollGains`. */
export function claimStashedCollateral(state: BranchState, depositor: string): Moved {
  const deposit = depositOf(state.pool, depositor);
  if (deposit.initialValue > 0n) throw new DepositStands(`${depositor} has a deposit: claim with it`);
  if (deposit.stashedCollateral === 0n) throw new NothingToDo(`${depositor} has no stashed collateral`);
  return touch(state, depositor, 0n, true);
}

/** Compounds a deposit, changes it by `change` units of BOLD and takes new snapshots. */
function touch(state: BranchState, depositor: string, change: bigint, claim: boolean): Moved {
  const { pool } = state;
  const before = depositOf(pool, depositor);
  const gained = before.stashedCollateral + collateralGain(pool, before);
  const sent = claim ? gained : 0n;
  const after: Deposit = {
    initialValue: compoundedDeposit(pool, before) + change,
    product: pool.product,
    sum: pool.sums.get(pool.scale) ?? 0n,
    scale: pool.scale,
    stashedCollateral: gained - sent,
  };
  const deposits = new Map(pool.deposits);
  if (after.initialValue === 0n && after.stashedCollateral === 0n) deposits.delete(depositor);
  else deposits.set(depositor, after);
  const transfers: Transfer[] = [
    change >= 0n
      ? { asset: "bold", from: depositor, to: ACCOUNTS.stabilityPool, units: change }
      : { asset: "bold", from: ACCOUNTS.stabilityPool, to: depositor, units: -change },
    { asset: "collateral", from: ACCOUNTS.stabilityPool, to: depositor, units: sent },
  ];
  return {
    state: {
      ...state,
      bold: changeBold(state, depositor, -change),
      pool: {
        ...pool,
        totalDeposits: pool.totalDeposits + change,
        collateral: pool.collateral - sent,
        deposits,
      },
    },
    transfers,
  };
}
