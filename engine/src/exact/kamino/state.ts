import { NothingToDo } from "../errors.js";
import { least } from "../rounding.js";
import { InsufficientLiquidity, LoanToValueExceeded, ReserveNotInObligation } from "./errors.js";
import { fromUnits, toUnitsUp } from "./fraction.js";
import { EMPTY_OBLIGATION, type KaminoMoment, type Obligation, valueObligation } from "./obligation.js";
import type { KaminoParameters } from "./parameters.js";

/** One reserve's balances. Whole units, but for `borrowed`, which has 60 binary places. */
export interface ReserveBalance {
  /** Lendable. */
  readonly available: bigint;
  readonly borrowed: bigint;
  /** Collateral of obligations; not lent out here. */
  readonly collateral: bigint;
  /** Protocol fees. */
  readonly fees: bigint;
}

/** A market. Pure: every call returns a new one. */
export interface KaminoState {
  readonly reserves: Readonly<Record<string, ReserveBalance>>;
  readonly obligations: Readonly<Record<string, Obligation>>;
}

/** A state with one reserve's balances moved by what is given. */
export function moveReserve(state: KaminoState, id: string, by: Partial<ReserveBalance>): KaminoState {
  const before = state.reserves[id];
  const moved = {
    available: before.available + (by.available ?? 0n),
    borrowed: before.borrowed + (by.borrowed ?? 0n),
    collateral: before.collateral + (by.collateral ?? 0n),
    fees: before.fees + (by.fees ?? 0n),
  };
  return { ...state, reserves: { ...state.reserves, [id]: moved } };
}

/** A state with one obligation replaced. */
export function setObligation(state: KaminoState, id: string, obligation: Obligation): KaminoState {
  return { ...state, obligations: { ...state.obligations, [id]: obligation } };
}

/** Adds collateral, whole units. Throws NothingToDo. Source: klend `deposit_obligation_collateral`. */
export function deposit(state: KaminoState, id: string, reserve: string, amount: bigint): KaminoState {
  if (amount <= 0n) throw new NothingToDo(`deposits ${amount} units`);
  const obligation = state.obligations[id] ?? EMPTY_OBLIGATION;
  const deposits = { ...obligation.deposits, [reserve]: (obligation.deposits[reserve] ?? 0n) + amount };
  return setObligation(moveReserve(state, reserve, { collateral: amount }), id, { ...obligation, deposits });
}

/**
 * Takes collateral out while the debt stays within what the rest allows. Throws NothingToDo, InsufficientLiquidity, LoanToValueExceeded. Source: klend
 * `withdraw_obligation_collateral`.
 */
export function withdraw(
  parameters: KaminoParameters,
  moment: KaminoMoment,
  state: KaminoState,
  id: string,
  reserve: string,
  amount: bigint,
): KaminoState {
  if (amount <= 0n) throw new NothingToDo(`withdraws ${amount} units`);
  const obligation = state.obligations[id] ?? EMPTY_OBLIGATION;
  const held = obligation.deposits[reserve] ?? 0n;
  if (amount > held) throw new InsufficientLiquidity(amount, held);
  const { [reserve]: _, ...others } = obligation.deposits;
  const deposits = amount === held ? others : { ...others, [reserve]: held - amount };
  const next = { ...obligation, deposits };
  requireAllowed(parameters, moment, next);
  return setObligation(moveReserve(state, reserve, { collateral: -amount }), id, next);
}

/** Lends whole units to an obligation. Throws NothingToDo, InsufficientLiquidity, LoanToValueExceeded. Source: klend `borrow_obligation_liquidity`. */
export function borrow(
  parameters: KaminoParameters,
  moment: KaminoMoment,
  state: KaminoState,
  id: string,
  reserve: string,
  amount: bigint,
): KaminoState {
  if (amount <= 0n) throw new NothingToDo(`borrows ${amount} units`);
  const { available } = state.reserves[reserve];
  if (amount > available) throw new InsufficientLiquidity(amount, available);
  const obligation = state.obligations[id] ?? EMPTY_OBLIGATION;
  const before = obligation.borrows[reserve];
  const owed = { ...before, amount: (before?.amount ?? 0n) + fromUnits(amount) };
  const next = { ...obligation, borrows: { ...obligation.borrows, [reserve]: owed } };
  requireAllowed(parameters, moment, next);
  const moved = moveReserve(state, reserve, { available: -amount, borrowed: fromUnits(amount) });
  return setObligation(moved, id, next);
}

/**
 * Pays back up to `amount` whole units; the payment rounds up to a unit. Throws NothingToDo, ReserveNotInObligation. Source: klend
 * `repay_obligation_liquidity`.
 */
export function repay(state: KaminoState, id: string, reserve: string, amount: bigint) {
  if (amount <= 0n) throw new NothingToDo(`repays ${amount} units`);
  const obligation = state.obligations[id] ?? EMPTY_OBLIGATION;
  const owed = obligation.borrows[reserve];
  if (owed === undefined) throw new ReserveNotInObligation(reserve, "debts");
  const settled = least(fromUnits(amount), owed.amount);
  const repaid = toUnitsUp(settled);
  const { [reserve]: _, ...others } = obligation.borrows;
  const borrows =
    settled === owed.amount ? others : { ...others, [reserve]: { ...owed, amount: owed.amount - settled } };
  const moved = moveReserve(state, reserve, { available: repaid, borrowed: -settled });
  return { state: setObligation(moved, id, { ...obligation, borrows }), repaid, settled };
}

function requireAllowed(parameters: KaminoParameters, moment: KaminoMoment, obligation: Obligation): void {
  const { weightedDebt, allowed } = valueObligation(parameters, moment, obligation);
  if (weightedDebt > allowed) throw new LoanToValueExceeded(weightedDebt, allowed);
}
