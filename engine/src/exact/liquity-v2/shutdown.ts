import { NothingToDo } from "../errors.js";
import { divDown, least } from "../rounding.js";
import { WAD } from "../scales.js";
import { IsShutDown, MinCollNotReached, NotEnoughBoldBalance, NotShutDown, TCRNotBelowSCR } from "./errors.js";
import { branchRatio } from "./liquidation.js";
import { collateralValue, collateralWorth, type LiquityV2Parameters } from "./parameters.js";
import { type LatestTrove, latestTrove, movePending, pendingTransfers, writeTrove } from "./redistribution.js";
import { ACCOUNTS, type BranchState, changeBold, type Transfer } from "./state.js";

/** Anybody shuts the branch down where its ratio is BELOW the shutdown ratio. Throws IsShutDown, TCRNotBelowSCR. Source: BorrowerOperations `shutdown`. */
export function shutDown(parameters: LiquityV2Parameters, state: BranchState, price: bigint): BranchState {
  if (state.shutDown) throw new IsShutDown("the branch is shut down already");
  const ratio = branchRatio(parameters, state, price);
  if (ratio >= parameters.shutdownCollateralRatio)
    throw new TCRNotBelowSCR(`the branch's ratio is ${ratio}; it must be below ${parameters.shutdownCollateralRatio}`);
  return { ...state, shutDown: true };
}

/** What one trove gives in an urgent redemption. */
export interface UrgentLot {
  /** Units of BOLD burned. */
  readonly bold: bigint;
  /** Units of collateral paid out. */
  readonly collateral: bigint;
}

/** What `urgentRedemption` did. */
export interface UrgentlyRedeemed extends UrgentLot {
  readonly state: BranchState;
  readonly redeemed: readonly ({ readonly trove: string } & UrgentLot)[];
  readonly transfers: readonly Transfer[];
}

/**
 * BOLD for collateral with the bonus, rounded down; where the trove has less, all its collateral for the BOLD it is worth, rounded down, and the rest of its
 * debt stays. Source: TroveManager `_urgentRedeemCollateralFromTrove`.
 */
export function urgentLot(
  parameters: LiquityV2Parameters,
  trove: Pick<LatestTrove, "collateral" | "debt">,
  bold: bigint,
  price: bigint,
): UrgentLot {
  const withBonus = WAD + parameters.urgentRedemptionBonus;
  const wanted = least(bold, trove.debt);
  const collateral = collateralWorth(parameters, wanted, withBonus, price);
  if (collateral <= trove.collateral) return { bold: wanted, collateral };
  return {
    bold: divDown(collateralValue(parameters, trove.collateral, price), withBonus),
    collateral: trove.collateral,
  };
}

/**
 * After a shutdown anybody swaps BOLD for the named troves' collateral, in order, without fee and with a bonus.
 * Throws NotShutDown, NothingToDo, NotEnoughBoldBalance, MinCollNotReached. Source: TroveManager `urgentRedemption`.
 */
export function urgentRedemption(
  parameters: LiquityV2Parameters,
  state: BranchState,
  price: bigint,
  request: {
    readonly redeemer: string;
    readonly bold: bigint;
    readonly troves: readonly string[];
    readonly minimumCollateral: bigint;
  },
): UrgentlyRedeemed {
  requireRedeemable(state, request);
  let current = state;
  let left = request.bold;
  const redeemed: ({ trove: string } & UrgentLot)[] = [];
  const transfers: Transfer[] = [];
  for (const name of request.troves) {
    if (left === 0n) break;
    const trove = current.troves.get(name);
    if (trove === undefined) continue;
    const latest = latestTrove(current, trove);
    if (latest.debt === 0n) continue;
    const lot = urgentLot(parameters, latest, left, price);
    const after = {
      owner: trove.owner,
      collateral: latest.collateral - lot.collateral,
      debt: latest.debt - lot.bold,
    };
    current = movePending(writeTrove(current, name, after), latest);
    left -= lot.bold;
    redeemed.push({ trove: name, ...lot });
    transfers.push(...pendingTransfers(latest));
  }
  const bold = redeemed.reduce((sum, lot) => sum + lot.bold, 0n);
  const collateral = redeemed.reduce((sum, lot) => sum + lot.collateral, 0n);
  if (collateral < request.minimumCollateral)
    throw new MinCollNotReached(`it brings ${collateral} units; asked for were ${request.minimumCollateral}`);
  const { activePool, issuer } = ACCOUNTS;
  transfers.push(
    { asset: "collateral", from: activePool, to: request.redeemer, units: collateral },
    { asset: "bold", from: request.redeemer, to: issuer, units: bold },
    { asset: "debt", from: activePool, to: issuer, units: bold },
  );
  return {
    state: {
      ...current,
      activeCollateral: current.activeCollateral - collateral,
      activeDebt: current.activeDebt - bold,
      bold: changeBold(current, request.redeemer, -bold),
    },
    bold,
    collateral,
    redeemed,
    transfers,
  };
}

function requireRedeemable(state: BranchState, request: { readonly redeemer: string; readonly bold: bigint }): void {
  if (!state.shutDown) throw new NotShutDown("the branch is not shut down");
  if (request.bold <= 0n) throw new NothingToDo(`a redemption of ${request.bold}; it may be 1 or more`);
  const held = state.bold.get(request.redeemer) ?? 0n;
  if (held < request.bold)
    throw new NotEnoughBoldBalance(`${request.redeemer} has ${held} units of BOLD and offers ${request.bold}`);
}
