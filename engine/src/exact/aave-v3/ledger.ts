/** The one way in which value moves in the pool: every movement is a `Transfer`, applied to the state and kept in the outcome. */
import { accrued, withPresentRates } from "./interest.js";
import type { AaveV3Parameters } from "./parameters.js";
import {
  type AccountState,
  accountOf,
  ISSUE,
  type Outcome,
  POOL,
  type PoolState,
  parametersOf,
  reserveOf,
  type Transfer,
  withAccount,
  withReserve,
} from "./state.js";

/** The shares of one kind after `units` came in (or, negative, went out); an asset without shares has no entry. */
function shifted(shares: Readonly<Record<string, bigint>>, asset: string, units: bigint): Record<string, bigint> {
  const { [asset]: before = 0n, ...others } = shares;
  const after = before + units;
  return after === 0n ? others : { ...others, [asset]: after };
}

function withShares(state: PoolState, name: string, transfer: Transfer, units: bigint): PoolState {
  if (name === ISSUE) return withTotals(state, transfer, -units);
  const account = accountOf(state, name);
  const kind = transfer.of === "supply-shares" ? "supplyShares" : "debtShares";
  return withAccount(state, name, { ...account, [kind]: shifted(account[kind], transfer.asset, units) });
}

function withTotals(state: PoolState, transfer: Transfer, units: bigint): PoolState {
  const reserve = reserveOf(state, transfer.asset);
  const total = transfer.of === "supply-shares" ? "totalSupplyShares" : "totalDebtShares";
  return withReserve(state, transfer.asset, { ...reserve, [total]: reserve[total] + units });
}

function withUnderlying(state: PoolState, name: string, transfer: Transfer, units: bigint): PoolState {
  if (name !== POOL) return state;
  const reserve = reserveOf(state, transfer.asset);
  return withReserve(state, transfer.asset, { ...reserve, availableUnits: reserve.availableUnits + units });
}

/** The outcome with one more transfer; a transfer of nothing is none. */
export function moved(outcome: Outcome, transfer: Transfer): Outcome {
  if (transfer.units === 0n) return outcome;
  const booked = transfer.of === "underlying" ? withUnderlying : withShares;
  const given = booked(outcome.state, transfer.from, transfer, -transfer.units);
  return {
    state: booked(given, transfer.to, transfer, transfer.units),
    transfers: [...outcome.transfers, transfer],
  };
}

/** The state with the asset's interest brought up to the present second. */
export function upToDate(parameters: AaveV3Parameters, state: PoolState, asset: string): PoolState {
  return withReserve(state, asset, accrued(reserveOf(state, asset), parametersOf(parameters, asset), state.now));
}

/** The outcome with the rates that the assets' usage now has. */
export function withRates(parameters: AaveV3Parameters, outcome: Outcome, ...assets: string[]): Outcome {
  const state = assets.reduce(
    (so, asset) => withReserve(so, asset, withPresentRates(reserveOf(so, asset), parametersOf(parameters, asset))),
    outcome.state,
  );
  return { ...outcome, state };
}

/** The state with the asset in use as the account's collateral, or not. */
export function withCollateral(state: PoolState, name: string, asset: string, used: boolean): PoolState {
  const account: AccountState = accountOf(state, name);
  if (account.collateral.includes(asset) === used) return state;
  const collateral = used ? [...account.collateral, asset] : account.collateral.filter((one) => one !== asset);
  return withAccount(state, name, { ...account, collateral });
}
