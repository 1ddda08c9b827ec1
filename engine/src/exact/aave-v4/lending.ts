/** What users do on a Spoke: supply, withdraw, borrow, repay, choose collateral (`Spoke.sol`, formulas only). */
import { least } from "../rounding.js";
import { accountData } from "./account-data.js";
import {
  HealthFactorBelowThreshold,
  InsufficientLiquidity,
  InvalidAmount,
  ReserveFrozen,
  ReserveNotBorrowable,
  ReservePaused,
} from "./errors.js";
import { type AaveV4Parameters, LIQUIDATION_HEALTH_FACTOR } from "./parameters.js";
import {
  accountOf,
  HUB,
  ISSUE,
  moved,
  type Outcome,
  type Prices,
  parametersOf,
  reserveOf,
  type SpokeState,
  withAccount,
} from "./state.js";

/** A user's call on one reserve. Units of the asset; more than there is means all where the call withdraws or repays. */
export interface UserCall {
  readonly account: string;
  readonly asset: string;
  readonly units: bigint;
}

function requireOpen(parameters: AaveV4Parameters, asset: string): void {
  if (parametersOf(parameters, asset).paused) throw new ReservePaused(`${asset} is paused`);
}

function requireGrowing(parameters: AaveV4Parameters, asset: string): void {
  requireOpen(parameters, asset);
  if (parametersOf(parameters, asset).frozen) throw new ReserveFrozen(`${asset} is frozen`);
}

function requireSome(units: bigint, asset: string): void {
  if (units <= 0n) throw new InvalidAmount(`${units} units of ${asset} are nothing`);
}

function requireHealthy(parameters: AaveV4Parameters, state: SpokeState, account: string, prices: Prices): void {
  const { healthFactorWad } = accountData(parameters, state, account, prices);
  if (healthFactorWad < LIQUIDATION_HEALTH_FACTOR)
    throw new HealthFactorBelowThreshold(`the health factor would be ${healthFactorWad}, below 1e18`);
}

/** Supplies `units`; it is no collateral until `setCollateral`. Throws `ReservePaused`, `ReserveFrozen`, `InvalidAmount`. */
export function supply(parameters: AaveV4Parameters, state: SpokeState, call: UserCall): Outcome {
  const { account, asset, units } = call;
  requireGrowing(parameters, asset);
  requireSome(units, asset);
  const paid = moved({ state, transfers: [] }, { asset, of: "underlying", from: account, to: HUB, units });
  return moved(paid, { asset, of: "supply", from: ISSUE, to: account, units });
}

/** Withdraws `units`, at most the balance. Throws `ReservePaused`, `InvalidAmount`, `InsufficientLiquidity`, `HealthFactorBelowThreshold`. */
export function withdraw(parameters: AaveV4Parameters, state: SpokeState, call: UserCall, prices: Prices): Outcome {
  const { account, asset } = call;
  requireOpen(parameters, asset);
  const { supplied, collateral } = accountOf(state, account);
  const units = least(call.units, supplied[asset] ?? 0n);
  requireSome(units, asset);
  requireLiquid(state, asset, units);
  const ended = moved({ state, transfers: [] }, { asset, of: "supply", from: account, to: ISSUE, units });
  const paid = moved(ended, { asset, of: "underlying", from: HUB, to: account, units });
  if (collateral.includes(asset)) requireHealthy(parameters, paid.state, account, prices);
  return paid;
}

function requireLiquid(state: SpokeState, asset: string, units: bigint): void {
  const { availableUnits } = reserveOf(state, asset);
  if (units > availableUnits)
    throw new InsufficientLiquidity(`the Hub holds ${availableUnits} units of ${asset}, not ${units}`);
}

/** Borrows `units`. Throws `ReservePaused`, `ReserveFrozen`, `ReserveNotBorrowable`, `InvalidAmount`, `InsufficientLiquidity`, `HealthFactorBelowThreshold`. */
export function borrow(parameters: AaveV4Parameters, state: SpokeState, call: UserCall, prices: Prices): Outcome {
  const { account, asset, units } = call;
  requireGrowing(parameters, asset);
  if (!parametersOf(parameters, asset).borrowable) throw new ReserveNotBorrowable(`${asset} is not lent`);
  requireSome(units, asset);
  requireLiquid(state, asset, units);
  const owed = moved({ state, transfers: [] }, { asset, of: "debt", from: ISSUE, to: account, units });
  const paid = moved(owed, { asset, of: "underlying", from: HUB, to: account, units });
  requireHealthy(parameters, paid.state, account, prices);
  return paid;
}

/** Repays `units`, at most the debt. Throws `ReservePaused`, `InvalidAmount`. */
export function repay(parameters: AaveV4Parameters, state: SpokeState, call: UserCall): Outcome {
  const { account, asset } = call;
  requireOpen(parameters, asset);
  const units = least(call.units, accountOf(state, account).owed[asset] ?? 0n);
  requireSome(units, asset);
  const paid = moved({ state, transfers: [] }, { asset, of: "underlying", from: account, to: HUB, units });
  return moved(paid, { asset, of: "debt", from: account, to: ISSUE, units });
}

/** Uses the asset as collateral or stops using it. Throws `ReservePaused`, `ReserveFrozen` (only when it starts), `HealthFactorBelowThreshold` (only when it stops). */
export function setCollateral(
  parameters: AaveV4Parameters,
  state: SpokeState,
  accountName: string,
  asset: string,
  used: boolean,
  prices: Prices,
): SpokeState {
  const account = accountOf(state, accountName);
  if (account.collateral.includes(asset) === used) return state;
  if (used) requireGrowing(parameters, asset);
  else requireOpen(parameters, asset);
  const collateral = used ? [...account.collateral, asset] : account.collateral.filter((one) => one !== asset);
  const changed = withAccount(state, accountName, { ...account, collateral });
  if (!used) requireHealthy(parameters, changed, accountName, prices);
  return changed;
}
