/** What the protocol itself does with a reserve: grace after a pause, fees to the treasury, deficits covered. */
import { least } from "../rounding.js";
import { borrowedAssets } from "./account-data.js";
import {
  InvalidAmount,
  InvalidGracePeriod,
  NotEnoughAvailableUserBalance,
  ReserveInactive,
  ReserveNotInDeficit,
  UserCannotHaveDebt,
} from "./errors.js";
import { moved, upToDate, withCollateral, withRates } from "./ledger.js";
import { type AaveV3Parameters, LONGEST_GRACE_PERIOD } from "./parameters.js";
import { sharesToBurn } from "./shares.js";
import {
  accountOf,
  ISSUE,
  type Outcome,
  type PoolState,
  parametersOf,
  reserveOf,
  TREASURY,
  withReserve,
} from "./state.js";

/**
 * No liquidation in the reserve for `seconds` from now, the last second included (`PoolConfigurator.setReservePause` when it unpauses). Throws
 * `InvalidGracePeriod` above four hours.
 */
export function startGracePeriod(state: PoolState, asset: string, seconds: bigint): PoolState {
  if (seconds > LONGEST_GRACE_PERIOD)
    throw new InvalidGracePeriod(`${seconds} s of grace are more than ${LONGEST_GRACE_PERIOD} s`);
  return withReserve(state, asset, { ...reserveOf(state, asset), graceUntil: state.now + seconds });
}

/** Mints the shares that interest and fees have earned the treasury (`PoolLogic.executeMintToTreasury`). */
export function mintToTreasury(state: PoolState, asset: string): Outcome {
  const reserve = reserveOf(state, asset);
  const cleared = withReserve(state, asset, { ...reserve, accruedToTreasuryShares: 0n });
  const units = reserve.accruedToTreasuryShares;
  return moved({ state: cleared, transfers: [] }, { asset, of: "supply-shares", from: ISSUE, to: TREASURY, units });
}

/** A covered deficit. */
export interface CoverOutcome extends Outcome {
  readonly coveredUnits: bigint;
}

/**
 * Burns supply shares of `account` against the reserve's deficit, at most all of it (`LiquidationLogic.executeEliminateDeficit`; the pool lets only Umbrella call
 * it). Throws `InvalidAmount`, `ReserveNotInDeficit`, `UserCannotHaveDebt`, `ReserveInactive`, `NotEnoughAvailableUserBalance`.
 */
export function eliminateReserveDeficit(
  parameters: AaveV3Parameters,
  before: PoolState,
  account: string,
  asset: string,
  units: bigint,
): CoverOutcome {
  if (units <= 0n) throw new InvalidAmount("a cover has to be above 0");
  if (reserveOf(before, asset).deficitUnits === 0n) throw new ReserveNotInDeficit(`${asset} has no deficit`);
  if (borrowedAssets(accountOf(before, account)).length > 0)
    throw new UserCannotHaveDebt(`${account} owes something and may not cover a deficit`);
  if (!parametersOf(parameters, asset).active) throw new ReserveInactive(`${asset} is not active`);
  const state = upToDate(parameters, before, asset);
  const reserve = reserveOf(state, asset);
  const coveredUnits = least(units, reserve.deficitUnits);
  const shares = sharesToBurn(coveredUnits, reserve.liquidityIndexRay);
  const held = accountOf(state, account).supplyShares[asset] ?? 0n;
  if (shares > held)
    throw new NotEnoughAvailableUserBalance(`${account} has ${held} shares of ${asset}, not ${shares}`);
  const released = shares === held ? withCollateral(state, account, asset, false) : state;
  const lessened = withReserve(released, asset, { ...reserve, deficitUnits: reserve.deficitUnits - coveredUnits });
  const burned = moved(
    { state: lessened, transfers: [] },
    { asset, of: "supply-shares", from: account, to: ISSUE, units: shares },
  );
  return { ...withRates(parameters, burned, asset), coveredUnits };
}
