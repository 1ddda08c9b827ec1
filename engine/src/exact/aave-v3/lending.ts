/** What users do: supply, withdraw, borrow, repay, choose collateral and efficiency mode (`SupplyLogic`, `BorrowLogic` with `ValidationLogic`). */
import { least } from "../rounding.js";
import { MAX_UINT256 } from "../scales.js";
import { accountData, borrowedAssets, collateralTerms } from "./account-data.js";
import {
  BorrowingNotEnabled,
  CollateralCannotCoverNewBorrow,
  HealthFactorLowerThanLiquidationThreshold,
  InconsistentEModeCategory,
  InsufficientLiquidity,
  InvalidAmount,
  InvalidBurnAmount,
  InvalidCollateralInEmode,
  InvalidDebtInEmode,
  LtvValidationFailed,
  NoDebtOfSelectedType,
  NotBorrowableInEMode,
  NotEnoughAvailableUserBalance,
  ReserveFrozen,
  ReserveInactive,
  ReservePaused,
  UnderlyingBalanceZero,
  UserHasAssetWithZeroLtv,
} from "./errors.js";
import { percentDivUp } from "./fixed-point.js";
import { moved, upToDate, withCollateral, withRates } from "./ledger.js";
import { type AaveV3Parameters, LIQUIDATION_HEALTH_FACTOR } from "./parameters.js";
import {
  debtUnits as debtOf,
  debtSharesToBurn,
  debtSharesToMint,
  sharesToBurn,
  sharesToMint,
  supplyUnits,
} from "./shares.js";
import {
  accountOf,
  categoryOf,
  ISSUE,
  type Outcome,
  POOL,
  type PoolState,
  type Prices,
  parametersOf,
  reserveOf,
  withAccount,
} from "./state.js";

/** A user's call on one reserve. Units of the asset; 2^256 - 1 means all where the call withdraws or repays. */
export interface UserCall {
  readonly account: string;
  readonly asset: string;
  readonly units: bigint;
}

/** Throws `ReserveInactive` or `ReservePaused`. */
function requireOpen(parameters: AaveV3Parameters, asset: string): void {
  const reserve = parametersOf(parameters, asset);
  if (!reserve.active) throw new ReserveInactive(`${asset} is not active`);
  if (reserve.paused) throw new ReservePaused(`${asset} is paused`);
}

/** Throws also `ReserveFrozen`. */
function requireGrowing(parameters: AaveV3Parameters, asset: string): void {
  requireOpen(parameters, asset);
  if (parametersOf(parameters, asset).frozen) throw new ReserveFrozen(`${asset} is frozen`);
}

function loanToValue(parameters: AaveV3Parameters, state: PoolState, account: string, asset: string): bigint {
  const category = categoryOf(parameters, accountOf(state, account).eModeCategory);
  return collateralTerms(parametersOf(parameters, asset), category).loanToValueBps;
}

/**
 * Supplies `units` (`executeSupply`). A first supply becomes collateral if its loan-to-value is above 0. Throws `InvalidAmount` if it is worth no share,
 * `ReserveInactive`, `ReservePaused`, `ReserveFrozen`.
 */
export function supply(parameters: AaveV3Parameters, before: PoolState, call: UserCall): Outcome {
  const { account, asset, units } = call;
  const state = upToDate(parameters, before, asset);
  const shares = sharesToMint(units, reserveOf(state, asset).liquidityIndexRay);
  if (shares <= 0n) throw new InvalidAmount(`${units} units of ${asset} are worth no share`);
  requireGrowing(parameters, asset);
  const isFirst = accountOf(state, account).supplyShares[asset] === undefined;
  const paid = moved({ state, transfers: [] }, { asset, of: "underlying", from: account, to: POOL, units });
  const minted = moved(paid, { asset, of: "supply-shares", from: ISSUE, to: account, units: shares });
  const rated = withRates(parameters, minted, asset);
  if (!isFirst || loanToValue(parameters, state, account, asset) === 0n) return rated;
  return { ...rated, state: withCollateral(rated.state, account, asset, true) };
}

/**
 * Withdraws `units` (`executeWithdraw`). Throws `InvalidAmount`, `NotEnoughAvailableUserBalance`, `InsufficientLiquidity`, and, where the asset is collateral of
 * an account with debt, `HealthFactorLowerThanLiquidationThreshold` and `LtvValidationFailed`.
 */
export function withdraw(parameters: AaveV3Parameters, before: PoolState, call: UserCall, prices: Prices): Outcome {
  const { account, asset } = call;
  const state = upToDate(parameters, before, asset);
  const { liquidityIndexRay, availableUnits } = reserveOf(state, asset);
  const held = accountOf(state, account).supplyShares[asset] ?? 0n;
  const all = call.units === MAX_UINT256;
  const units = all ? supplyUnits(held, liquidityIndexRay) : call.units;
  const shares = all ? held : sharesToBurn(units, liquidityIndexRay);
  if (shares <= 0n) throw new InvalidAmount(`nothing of ${asset} to withdraw`);
  if (shares > held) throw new NotEnoughAvailableUserBalance(`${units} units of ${asset} are more than ${account} has`);
  requireOpen(parameters, asset);
  if (units > availableUnits) throw new InsufficientLiquidity(`${asset} holds ${availableUnits} units, not ${units}`);
  const burned = moved(
    { state, transfers: [] },
    { asset, of: "supply-shares", from: account, to: ISSUE, units: shares },
  );
  const paid = moved(burned, { asset, of: "underlying", from: POOL, to: account, units });
  const rated = withRates(parameters, paid, asset);
  if (!accountOf(state, account).collateral.includes(asset)) return rated;
  const after = shares === held ? withCollateral(rated.state, account, asset, false) : rated.state;
  if (borrowedAssets(accountOf(after, account)).length > 0) requireHealthy(parameters, after, account, asset, prices);
  return { ...rated, state: after };
}

/** Throws unless the account stays healthy and takes out collateral without loan-to-value first (`validateHFAndLtvzero`). */
function requireHealthy(
  parameters: AaveV3Parameters,
  state: PoolState,
  account: string,
  asset: string,
  prices: Prices,
): void {
  const { healthFactorWad, hasZeroLoanToValueCollateral } = accountData(parameters, state, account, prices);
  if (healthFactorWad < LIQUIDATION_HEALTH_FACTOR)
    throw new HealthFactorLowerThanLiquidationThreshold(`the health factor would be ${healthFactorWad}, below 1e18`);
  if (hasZeroLoanToValueCollateral && loanToValue(parameters, state, account, asset) !== 0n)
    throw new LtvValidationFailed(`collateral of loan-to-value 0 has to go before ${asset}`);
}

/**
 * Borrows `units` (`executeBorrow`). Throws `InvalidAmount`, `ReserveInactive`, `ReservePaused`, `ReserveFrozen`, `BorrowingNotEnabled`, `NotBorrowableInEMode`,
 * `InsufficientLiquidity`, `LtvValidationFailed`, `HealthFactorLowerThanLiquidationThreshold`, `CollateralCannotCoverNewBorrow`.
 */
export function borrow(parameters: AaveV3Parameters, before: PoolState, call: UserCall, prices: Prices): Outcome {
  const { account, asset, units } = call;
  const state = upToDate(parameters, before, asset);
  const reserve = reserveOf(state, asset);
  const shares = debtSharesToMint(units, reserve.borrowIndexRay);
  if (shares <= 0n) throw new InvalidAmount(`${units} units of ${asset} are worth no share`);
  requireGrowing(parameters, asset);
  requireLent(parameters, accountOf(state, account).eModeCategory, asset);
  if (supplyUnits(reserve.totalSupplyShares, reserve.liquidityIndexRay) < debtOf(shares, reserve.borrowIndexRay))
    throw new InvalidAmount(`${units} units of ${asset} are more than was ever supplied`);
  if (units > reserve.availableUnits)
    throw new InsufficientLiquidity(`${asset} holds ${reserve.availableUnits} units, not ${units}`);
  const minted = moved({ state, transfers: [] }, { asset, of: "debt-shares", from: ISSUE, to: account, units: shares });
  const paid = moved(minted, { asset, of: "underlying", from: POOL, to: account, units });
  const rated = withRates(parameters, paid, asset);
  requireCovered(parameters, rated.state, account, prices);
  return rated;
}

/** Throws unless the account's efficiency mode, or the reserve outside of one, lends the asset. */
function requireLent(parameters: AaveV3Parameters, eModeCategory: number, asset: string): void {
  const category = categoryOf(parameters, eModeCategory);
  if (category === undefined && !parametersOf(parameters, asset).borrowingEnabled)
    throw new BorrowingNotEnabled(`${asset} cannot be borrowed`);
  if (category !== undefined && !category.borrowable.includes(asset))
    throw new NotBorrowableInEMode(`${asset} cannot be borrowed in efficiency mode ${category.id}`);
}

/** Throws unless the collateral carries the debt at its average loan-to-value (`validateHFAndLtv`). */
function requireCovered(parameters: AaveV3Parameters, state: PoolState, account: string, prices: Prices): void {
  const data = accountData(parameters, state, account, prices);
  if (data.averageLoanToValueBps === 0n)
    throw new LtvValidationFailed(`${account} has no collateral to borrow against`);
  if (data.healthFactorWad < LIQUIDATION_HEALTH_FACTOR)
    throw new HealthFactorLowerThanLiquidationThreshold(`the health factor would be ${data.healthFactorWad}`);
  const needed = percentDivUp(data.debtBase, data.averageLoanToValueBps);
  if (data.collateralBase < needed)
    throw new CollateralCannotCoverNewBorrow(`collateral of ${data.collateralBase} is below the ${needed} needed`);
}

/** Repays `units`, at most the debt (`executeRepay`). Throws `InvalidAmount`, `ReserveInactive`, `ReservePaused`, `NoDebtOfSelectedType`, `InvalidBurnAmount`. */
export function repay(parameters: AaveV3Parameters, before: PoolState, call: UserCall): Outcome {
  const { account, asset } = call;
  if (call.units <= 0n) throw new InvalidAmount("a repayment has to be above 0");
  requireOpen(parameters, asset);
  const state = upToDate(parameters, before, asset);
  const { borrowIndexRay } = reserveOf(state, asset);
  const owedShares = accountOf(state, account).debtShares[asset] ?? 0n;
  if (owedShares === 0n) throw new NoDebtOfSelectedType(`${account} owes no ${asset}`);
  const units = least(call.units, debtOf(owedShares, borrowIndexRay));
  const shares = debtSharesToBurn(units, borrowIndexRay);
  if (shares === 0n) throw new InvalidBurnAmount(`${units} units of ${asset} repay no share`);
  const burned = moved({ state, transfers: [] }, { asset, of: "debt-shares", from: account, to: ISSUE, units: shares });
  return withRates(parameters, moved(burned, { asset, of: "underlying", from: account, to: POOL, units }), asset);
}

/**
 * Uses the asset as collateral or stops using it (`executeUseReserveAsCollateral`). Throws `UnderlyingBalanceZero`, `UserHasAssetWithZeroLtv`,
 * `HealthFactorLowerThanLiquidationThreshold`, `LtvValidationFailed`.
 */
export function setCollateral(
  parameters: AaveV3Parameters,
  state: PoolState,
  account: string,
  asset: string,
  used: boolean,
  prices: Prices,
): PoolState {
  requireOpen(parameters, asset);
  const changed = withCollateral(state, account, asset, used);
  if (changed === state) return state;
  if (!used) requireHealthy(parameters, changed, account, asset, prices);
  else if (accountOf(state, account).supplyShares[asset] === undefined)
    throw new UnderlyingBalanceZero(`${account} supplies no ${asset}`);
  else if (loanToValue(parameters, state, account, asset) === 0n)
    throw new UserHasAssetWithZeroLtv(`${asset} has a loan-to-value of 0`);
  return changed;
}

/**
 * Enters an efficiency mode, or leaves with 0 (`executeSetUserEMode`). Throws `InconsistentEModeCategory`, `InvalidDebtInEmode`, `InvalidCollateralInEmode`,
 * `HealthFactorLowerThanLiquidationThreshold`.
 */
export function setEModeCategory(
  parameters: AaveV3Parameters,
  state: PoolState,
  accountName: string,
  id: number,
  prices: Prices,
): PoolState {
  const account = accountOf(state, accountName);
  if (account.eModeCategory === id) return state;
  const category = categoryOf(parameters, id);
  if (id !== 0 && category === undefined) throw new InconsistentEModeCategory(`there is no efficiency mode ${id}`);
  for (const asset of borrowedAssets(account))
    if (
      category === undefined ? !parametersOf(parameters, asset).borrowingEnabled : !category.borrowable.includes(asset)
    )
      throw new InvalidDebtInEmode(`${asset} cannot be owed in efficiency mode ${id}`);
  for (const asset of account.collateral)
    if (collateralTerms(parametersOf(parameters, asset), category).loanToValueBps === 0n)
      throw new InvalidCollateralInEmode(`${asset} would have a loan-to-value of 0 in efficiency mode ${id}`);
  const changed = withAccount(state, accountName, { ...account, eModeCategory: id });
  const { healthFactorWad } = accountData(parameters, changed, accountName, prices);
  if (healthFactorWad < LIQUIDATION_HEALTH_FACTOR)
    throw new HealthFactorLowerThanLiquidationThreshold(`the health factor would be ${healthFactorWad}`);
  return changed;
}
