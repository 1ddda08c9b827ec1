import { least, most } from "../rounding.js";
import { WAD } from "../scales.js";
import {
  CollWithdrawalTooHigh,
  DebtBelowMin,
  ICRBelowMCR,
  IsShutDown,
  NoSurplus,
  OnlyOneTroveLeft,
  RepaymentNotMatchingCollWithdrawal,
  TCRBelowCCR,
  TroveExists,
  ZeroAdjustment,
} from "./errors.js";
import { branchRatio, collateralRatio } from "./liquidation.js";
import { collateralValue, type LiquityV2Parameters } from "./parameters.js";
import {
  type LatestTrove,
  latestTrove,
  movePending,
  openTroveOf,
  pendingTransfers,
  removeTrove,
  writeTrove,
} from "./redistribution.js";
import { ACCOUNTS, type BranchState, changeBold, type Moved, type Transfer } from "./state.js";

/** Amounts added to a trove, units; negative ones taken away. */
export interface TroveChange {
  readonly collateral: bigint;
  readonly debt: bigint;
}

/**
 * Opens a trove: collateral and gas deposit in, BOLD out to the owner.
 * Throws IsShutDown, TroveExists, DebtBelowMin, ICRBelowMCR, TCRBelowCCR. Source: BorrowerOperations `_openTrove`, without fee.
 */
export function openTrove(
  parameters: LiquityV2Parameters,
  state: BranchState,
  price: bigint,
  name: string,
  opening: TroveChange & { readonly owner: string },
): Moved {
  requireRunning(state);
  if (state.troves.has(name)) throw new TroveExists(`trove ${name} is open`);
  requireMinimumDebt(parameters, opening.debt);
  requireRatio(parameters, opening, price);
  const after = changePools(writeTrove(state, name, opening), opening);
  requireCritical(parameters, after, price);
  const { owner } = opening;
  return {
    state: {
      ...after,
      gasPool: after.gasPool + parameters.gasDeposit,
      bold: changeBold(after, owner, opening.debt),
    },
    transfers: [
      ...changeTransfers(owner, opening),
      { asset: "weth", from: owner, to: ACCOUNTS.gasPool, units: parameters.gasDeposit },
    ],
  };
}

/**
 * Adds or takes collateral and debt; a repayment is cut so that the least debt stays. Below the critical ratio nobody borrows unless that restores it, and
 * collateral leaves only against as much repayment. Throws IsShutDown, TroveNotOpen, ZeroAdjustment, CollWithdrawalTooHigh, DebtBelowMin, ICRBelowMCR, TCRBelowCCR,
 * RepaymentNotMatchingCollWithdrawal, NotEnoughBoldBalance. Source: BorrowerOperations `_adjustTrove`, without fee.
 */
export function adjustTrove(
  parameters: LiquityV2Parameters,
  state: BranchState,
  price: bigint,
  name: string,
  wanted: TroveChange,
): Moved {
  requireRunning(state);
  const trove = openTroveOf(state, name);
  const latest = latestTrove(state, trove);
  const change = withRepaymentCut(parameters, latest, wanted);
  const bold = changeBold(state, trove.owner, change.debt);
  if (change.collateral === 0n && change.debt === 0n) throw new ZeroAdjustment("neither collateral nor debt changes");
  if (latest.collateral + change.collateral < 0n)
    throw new CollWithdrawalTooHigh(`the trove has ${latest.collateral} units and would give ${-change.collateral}`);
  const after = {
    owner: trove.owner,
    collateral: latest.collateral + change.collateral,
    debt: latest.debt + change.debt,
  };
  requireMinimumDebt(parameters, after.debt);
  requireRatio(parameters, after, price);
  const written = changePools(movePending(writeTrove(state, name, after), latest), change);
  requireAllowedAtBranchRatio(parameters, { before: state, after: written, change, price });
  return {
    state: { ...written, bold },
    transfers: [...pendingTransfers(latest), ...changeTransfers(trove.owner, change)],
  };
}

/** Owner repays all and gets all back. Throws TroveNotOpen, NotEnoughBoldBalance, TCRBelowCCR, OnlyOneTroveLeft. Source: BorrowerOperations `closeTrove`. */
export function closeTrove(parameters: LiquityV2Parameters, state: BranchState, price: bigint, name: string): Moved {
  const { owner } = openTroveOf(state, name);
  const latest = latestTrove(state, openTroveOf(state, name));
  const bold = changeBold(state, owner, -latest.debt);
  const change = { collateral: -latest.collateral, debt: -latest.debt };
  const after = changePools(removeTrove(movePending(state, latest), name), change);
  if (!state.shutDown) requireCritical(parameters, after, price);
  if (!state.shutDown && state.troves.size <= 1) throw new OnlyOneTroveLeft(`${name} is the last trove of the branch`);
  return {
    state: { ...after, bold, gasPool: after.gasPool - parameters.gasDeposit },
    transfers: [
      ...pendingTransfers(latest),
      ...changeTransfers(owner, change),
      { asset: "weth", from: ACCOUNTS.gasPool, to: owner, units: parameters.gasDeposit },
    ],
  };
}

/** Anybody writes a trove's pending collateral and debt into it; its stake stays. Throws IsShutDown, TroveNotOpen. Source: BorrowerOperations `applyPendingDebt`. */
export function applyPending(state: BranchState, name: string): Moved {
  requireRunning(state);
  const trove = openTroveOf(state, name);
  const latest = latestTrove(state, trove);
  const after = { owner: trove.owner, collateral: latest.collateral, debt: latest.debt };
  return {
    state: movePending(writeTrove(state, name, after, true), latest),
    transfers: pendingTransfers(latest),
  };
}

/** The owner of liquidated troves claims what was left. Throws NoSurplus. Source: CollSurplusPool `claimColl`. */
export function claimSurplus(state: BranchState, owner: string): Moved {
  const units = state.surplus.get(owner) ?? 0n;
  if (units === 0n) throw new NoSurplus(`${owner} has no collateral to claim`);
  const surplus = new Map(state.surplus);
  surplus.delete(owner);
  return {
    state: { ...state, surplus },
    transfers: [{ asset: "collateral", from: ACCOUNTS.surplusPool, to: owner, units }],
  };
}

function requireRunning(state: BranchState): void {
  if (state.shutDown) throw new IsShutDown("the branch is shut down");
}

function requireMinimumDebt(parameters: LiquityV2Parameters, debt: bigint): void {
  if (debt < parameters.minimumDebt)
    throw new DebtBelowMin(`the debt would be ${debt}; it may be ${parameters.minimumDebt} or more`);
}

function requireRatio(parameters: LiquityV2Parameters, position: TroveChange, price: bigint): void {
  const ratio = collateralRatio(parameters, position, price);
  if (ratio < parameters.minimumCollateralRatio)
    throw new ICRBelowMCR(`the ratio would be ${ratio}; it may be ${parameters.minimumCollateralRatio} or more`);
}

function requireCritical(parameters: LiquityV2Parameters, after: BranchState, price: bigint): void {
  const ratio = branchRatio(parameters, after, price);
  if (ratio < parameters.criticalCollateralRatio)
    throw new TCRBelowCCR(
      `the branch's ratio would be ${ratio}; it may be ${parameters.criticalCollateralRatio} or more`,
    );
}

/** Source: BorrowerOperations `_requireValidAdjustmentInCurrentMode`. */
function requireAllowedAtBranchRatio(
  parameters: LiquityV2Parameters,
  adjustment: { before: BranchState; after: BranchState; change: TroveChange; price: bigint },
): void {
  const { before, after, change, price } = adjustment;
  if (branchRatio(parameters, before, price) >= parameters.criticalCollateralRatio)
    return requireCritical(parameters, after, price);
  if (change.debt > 0n) requireCritical(parameters, after, price);
  const repaid = most(-change.debt, 0n) * WAD;
  const withdrawn = collateralValue(parameters, most(-change.collateral, 0n), price);
  if (repaid < withdrawn)
    throw new RepaymentNotMatchingCollWithdrawal(
      `${withdrawn} worth of collateral would leave against ${repaid} repaid`,
    );
}

/** A repayment leaves the least debt. */
function withRepaymentCut(parameters: LiquityV2Parameters, latest: LatestTrove, change: TroveChange): TroveChange {
  if (change.debt >= 0n) return change;
  const largest = most(latest.debt - parameters.minimumDebt, 0n);
  return { ...change, debt: -least(-change.debt, largest) };
}

function changePools(state: BranchState, change: TroveChange): BranchState {
  return {
    ...state,
    activeCollateral: state.activeCollateral + change.collateral,
    activeDebt: state.activeDebt + change.debt,
  };
}

/** Collateral between owner and active pool; BOLD and debt made or burned. */
function changeTransfers(owner: string, change: TroveChange): Transfer[] {
  const { activePool, issuer } = ACCOUNTS;
  const directed = (asset: Transfer["asset"], from: string, to: string, units: bigint): Transfer =>
    units >= 0n ? { asset, from, to, units } : { asset, from: to, to: from, units: -units };
  return [
    directed("collateral", owner, activePool, change.collateral),
    directed("bold", issuer, owner, change.debt),
    directed("debt", issuer, activePool, change.debt),
  ];
}
