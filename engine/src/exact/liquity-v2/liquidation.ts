import { divDown, least, mulDivDown } from "../rounding.js";
import { MAX_UINT256, WAD } from "../scales.js";
import { EmptyData, NothingToLiquidate, OnlyOneTroveLeft } from "./errors.js";
import { collateralValue, collateralWorth, type LiquityV2Parameters } from "./parameters.js";
import {
  type LatestTrove,
  latestTrove,
  movePending,
  openTroveOf,
  pendingTransfers,
  redistribute,
  removeTrove,
} from "./redistribution.js";
import { availableForOffset, offset } from "./stability-pool.js";
import { ACCOUNTS, type BranchState, type Transfer } from "./state.js";

/** What becomes of a liquidated trove; the five collateral amounts add up to its collateral. */
export interface LiquidationValues {
  /** Units of BOLD that the stability pool burns. */
  readonly debtToOffset: bigint;
  /** Units to the stability pool. */
  readonly collateralToPool: bigint;
  /** Units to the liquidator, besides the gas deposit. */
  readonly gasCompensation: bigint;
  /** Units of BOLD that other borrowers take over. */
  readonly debtToRedistribute: bigint;
  /** Units that they receive with it. */
  readonly collateralToRedistribute: bigint;
  /** Units that the owner may claim. */
  readonly surplus: bigint;
}

/** What `liquidate` did: the sums over all troves, and each of them. */
export interface Liquidated extends LiquidationValues {
  readonly state: BranchState;
  readonly liquidated: readonly { readonly trove: string; readonly values: LiquidationValues }[];
  /** Units of WETH to the liquidator. */
  readonly gasDeposits: bigint;
  readonly transfers: readonly Transfer[];
}

/** Wad: worth of collateral over debt, rounded down; 2^256 - 1 without debt. Source: LiquityMath `_computeCR`. */
export function collateralRatio(
  parameters: LiquityV2Parameters,
  position: { readonly collateral: bigint; readonly debt: bigint },
  price: bigint,
): bigint {
  if (position.debt <= 0n) return MAX_UINT256;
  return divDown(collateralValue(parameters, position.collateral, price), position.debt);
}

/** Wad: collateral ratio of the whole branch (TCR). Source: LiquityBase `getEntireBranchColl`, `getEntireBranchDebt`. */
export function branchRatio(parameters: LiquityV2Parameters, state: BranchState, price: bigint): bigint {
  const collateral = state.activeCollateral + state.defaultCollateral;
  return collateralRatio(parameters, { collateral, debt: state.activeDebt + state.defaultDebt }, price);
}

/** Liquidatable exactly where the ratio (rounded down) is BELOW the minimum; equality is safe. Source: TroveManager `_batchLiquidateTroves`. */
export function isLiquidatable(
  parameters: LiquityV2Parameters,
  trove: Pick<LatestTrove, "collateral" | "debt">,
  price: bigint,
): boolean {
  return collateralRatio(parameters, trove, price) < parameters.minimumCollateralRatio;
}

/**
 * Splits a trove (pending amounts included): first the stability pool, as far as `available` BOLD reaches, then redistribution, which may eat the surplus of
 * the first. All roundings are down, what they leave is the owner's surplus. Source: TroveManager `_getOffsetAndRedistributionVals`.
 */
export function liquidationValues(
  parameters: LiquityV2Parameters,
  trove: Pick<LatestTrove, "collateral" | "debt">,
  available: bigint,
  price: bigint,
): LiquidationValues {
  const debtToOffset = least(trove.debt, available);
  const portion = mulDivDown(trove.collateral, debtToOffset, trove.debt);
  const gasCompensation = least(divDown(portion, parameters.gasCompensationDivisor), parameters.gasCompensationCap);
  const toOffset = portion - gasCompensation;
  const collateralToPool = least(
    toOffset,
    collateralWorth(parameters, debtToOffset, WAD + parameters.poolPenalty, price),
  );
  const offsetSurplus = toOffset - collateralToPool;
  const debtToRedistribute = trove.debt - debtToOffset;
  const rest = trove.collateral - portion;
  const offered = debtToRedistribute > 0n && rest > 0n ? rest + offsetSurplus : 0n;
  const penalty = WAD + parameters.redistributionPenalty;
  const collateralToRedistribute = least(offered, collateralWorth(parameters, debtToRedistribute, penalty, price));
  const surplus = offsetSurplus + rest - collateralToRedistribute;
  return { debtToOffset, collateralToPool, gasCompensation, debtToRedistribute, collateralToRedistribute, surplus };
}

/**
 * Liquidates those of the named troves that are below the minimum ratio, in order, the others are passed over: pool first, then one redistribution for all.
 * Throws EmptyData, NothingToLiquidate, OnlyOneTroveLeft. Source: TroveManager `batchLiquidateTroves`.
 */
export function liquidate(
  parameters: LiquityV2Parameters,
  state: BranchState,
  price: bigint,
  names: readonly string[],
  liquidator: string,
): Liquidated {
  if (names.length === 0) throw new EmptyData("no trove is named");
  let current = state;
  let available = availableForOffset(parameters, state.pool);
  const liquidated: { trove: string; values: LiquidationValues }[] = [];
  const transfers: Transfer[] = [];
  for (const name of names) {
    const found = current.troves.get(name);
    if (found === undefined) continue;
    const latest = latestTrove(current, found);
    if (!isLiquidatable(parameters, latest, price)) continue;
    if (current.troves.size <= 1) throw new OnlyOneTroveLeft(`${name} is the last trove of the branch`);
    const values = liquidationValues(parameters, latest, available, price);
    available -= values.debtToOffset;
    transfers.push(...pendingTransfers(latest));
    current = withSurplus(removeTrove(movePending(current, latest), name), found.owner, values.surplus);
    liquidated.push({ trove: name, values });
  }
  if (liquidated.length === 0) throw new NothingToLiquidate("no trove named is below the minimum collateral ratio");
  const totals = sumValues(liquidated.map(({ values }) => values));
  const gasDeposits = parameters.gasDeposit * BigInt(liquidated.length);
  transfers.push(...liquidationTransfers(totals, gasDeposits, liquidator));
  return { ...totals, state: applyTotals(current, totals, gasDeposits), liquidated, gasDeposits, transfers };
}

/** Pool, redistribution, surplus, snapshots and the liquidator's pay, in the contract's order. */
function applyTotals(state: BranchState, totals: LiquidationValues, gasDeposits: bigint): BranchState {
  const pool =
    totals.debtToOffset > 0n || totals.collateralToPool > 0n
      ? offset(state.pool, totals.debtToOffset, totals.collateralToPool)
      : state.pool;
  const leaving = totals.collateralToPool + totals.surplus + totals.gasCompensation;
  const redistributed = redistribute(
    {
      ...state,
      pool,
      activeCollateral: state.activeCollateral - leaving,
      activeDebt: state.activeDebt - totals.debtToOffset,
      gasPool: state.gasPool - gasDeposits,
    },
    totals.debtToRedistribute,
    totals.collateralToRedistribute,
  );
  return {
    ...redistributed,
    totalStakesSnapshot: redistributed.totalStakes,
    totalCollateralSnapshot: redistributed.activeCollateral + redistributed.defaultCollateral,
  };
}

function liquidationTransfers(totals: LiquidationValues, gasDeposits: bigint, liquidator: string): Transfer[] {
  const { activePool, defaultPool, stabilityPool, surplusPool, gasPool, issuer } = ACCOUNTS;
  return [
    { asset: "bold", from: stabilityPool, to: issuer, units: totals.debtToOffset },
    { asset: "debt", from: activePool, to: issuer, units: totals.debtToOffset },
    { asset: "collateral", from: activePool, to: stabilityPool, units: totals.collateralToPool },
    { asset: "debt", from: activePool, to: defaultPool, units: totals.debtToRedistribute },
    { asset: "collateral", from: activePool, to: defaultPool, units: totals.collateralToRedistribute },
    { asset: "collateral", from: activePool, to: surplusPool, units: totals.surplus },
    { asset: "collateral", from: activePool, to: liquidator, units: totals.gasCompensation },
    { asset: "weth", from: gasPool, to: liquidator, units: gasDeposits },
  ];
}

function withSurplus(state: BranchState, owner: string, surplus: bigint): BranchState {
  if (surplus === 0n) return state;
  return { ...state, surplus: new Map(state.surplus).set(owner, (state.surplus.get(owner) ?? 0n) + surplus) };
}

function sumValues(values: readonly LiquidationValues[]): LiquidationValues {
  const total = (key: keyof LiquidationValues) => values.reduce((sum, one) => sum + one[key], 0n);
  return {
    debtToOffset: total("debtToOffset"),
    collateralToPool: total("collateralToPool"),
    gasCompensation: total("gasCompensation"),
    debtToRedistribute: total("debtToRedistribute"),
    collateralToRedistribute: total("collateralToRedistribute"),
    surplus: total("surplus"),
  };
}

/** The named trove as it stands, pending amounts included. Throws TroveNotOpen. */
export function latestTroveOf(state: BranchState, name: string): LatestTrove {
  return latestTrove(state, openTroveOf(state, name));
}
