import { divDown, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { TroveNotOpen } from "./errors.js";
import { ACCOUNTS, type BranchState, type Transfer, type Trove } from "./state.js";

/** A trove with what redistributions have added. */
export interface LatestTrove {
  /** Units, with the pending ones. */
  readonly collateral: bigint;
  /** Units of BOLD, with the pending ones. */
  readonly debt: bigint;
  readonly pendingCollateral: bigint;
  readonly pendingDebt: bigint;
}

/** The trove of that name. Throws TroveNotOpen. */
export function openTroveOf(state: BranchState, trove: string): Trove {
  const found = state.troves.get(trove);
  if (found === undefined) throw new TroveNotOpen(`trove ${trove} is not open`);
  return found;
}

/** A trove as it stands: stake times what one unit of stake has received since, rounded down. Source: TroveManager `_getLatestTroveData`. */
export function latestTrove(state: BranchState, trove: Trove): LatestTrove {
  const pendingCollateral = mulDivDown(trove.stake, state.collateralPerStake - trove.collateralSnapshot, WAD);
  const pendingDebt = mulDivDown(trove.stake, state.debtPerStake - trove.debtSnapshot, WAD);
  return {
    collateral: trove.collateral + pendingCollateral,
    debt: trove.debt + pendingDebt,
    pendingCollateral,
    pendingDebt,
  };
}

/** Stake of a trove with `collateral` units by the snapshots of the last liquidation, rounded down. Source: TroveManager `_computeNewStake`. */
export function stakeOf(state: BranchState, collateral: bigint): bigint {
  if (state.totalCollateralSnapshot === 0n) return collateral;
  return mulDivDown(collateral, state.totalStakesSnapshot, state.totalCollateralSnapshot);
}

/** The movements that bring pending amounts from the default to the active pool. Source: TroveManager `_movePendingTroveRewardsToActivePool`. */
export function pendingTransfers(latest: LatestTrove): Transfer[] {
  return [
    { asset: "collateral", from: ACCOUNTS.defaultPool, to: ACCOUNTS.activePool, units: latest.pendingCollateral },
    { asset: "debt", from: ACCOUNTS.defaultPool, to: ACCOUNTS.activePool, units: latest.pendingDebt },
  ];
}

/** The state after those movements. */
export function movePending(state: BranchState, latest: LatestTrove): BranchState {
  return {
    ...state,
    activeCollateral: state.activeCollateral + latest.pendingCollateral,
    activeDebt: state.activeDebt + latest.pendingDebt,
    defaultCollateral: state.defaultCollateral - latest.pendingCollateral,
    defaultDebt: state.defaultDebt - latest.pendingDebt,
  };
}

/**
 * Writes a trove touched now: new collateral and debt, new stake (or the old one where `keepStake`, as in `onApplyTroveInterest`), new snapshots. The pools are
 * not changed. Source: TroveManager `onAdjustTrove`, `_updateStakeAndTotalStakes`, `_updateTroveRewardSnapshots`.
 */
export function writeTrove(
  state: BranchState,
  name: string,
  trove: Pick<Trove, "owner" | "collateral" | "debt">,
  keepStake = false,
): BranchState {
  const before = state.troves.get(name)?.stake ?? 0n;
  const stake = keepStake ? before : stakeOf(state, trove.collateral);
  const after: Trove = {
    owner: trove.owner,
    collateral: trove.collateral,
    debt: trove.debt,
    stake,
    collateralSnapshot: state.collateralPerStake,
    debtSnapshot: state.debtPerStake,
  };
  return {
    ...state,
    troves: new Map(state.troves).set(name, after),
    totalStakes: state.totalStakes - before + stake,
  };
}

/** The branch without a trove. Its collateral and debt stay where they are. Source: TroveManager `_closeTrove`. */
export function removeTrove(state: BranchState, name: string): BranchState {
  const troves = new Map(state.troves);
  troves.delete(name);
  return { ...state, troves, totalStakes: state.totalStakes - openTroveOf(state, name).stake };
}

/**
 * Gives `debt` and `collateral` of liquidated troves to all others by stake: into the default pool, to be applied when each is touched. What the division
 * leaves is carried into the next redistribution. Source: TroveManager `_redistributeDebtAndColl`.
 */
export function redistribute(state: BranchState, debt: bigint, collateral: bigint): BranchState {
  if (debt === 0n) return state;
  const collateralNumerator = collateral * WAD + state.collateralError;
  const debtNumerator = debt * WAD + state.debtError;
  const collateralPerStake = divDown(collateralNumerator, state.totalStakes);
  const debtPerStake = divDown(debtNumerator, state.totalStakes);
  return {
    ...state,
    collateralPerStake: state.collateralPerStake + collateralPerStake,
    debtPerStake: state.debtPerStake + debtPerStake,
    collateralError: collateralNumerator - collateralPerStake * state.totalStakes,
    debtError: debtNumerator - debtPerStake * state.totalStakes,
    activeCollateral: state.activeCollateral - collateral,
    activeDebt: state.activeDebt - debt,
    defaultCollateral: state.defaultCollateral + collateral,
    defaultDebt: state.defaultDebt + debt,
  };
}
