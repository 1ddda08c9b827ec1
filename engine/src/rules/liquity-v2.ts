import { mulDivDown } from "../math/index.js";
import { basisPoints, powersOfTen, valueDown, valueUp } from "./account-value.js";
import { compareProducts } from "./exact-products.js";
import type { AccountHealth, LendingAccount, LiquidationAmounts, ProtocolRule } from "./lending.js";

/** One Liquity v2 branch over whole units: one collateral, debt in BOLD that counts one dollar. */
export interface LiquityV2Terms {
  /** Book assets and their decimals. */
  readonly collateral: number;
  readonly debt: number;
  readonly collateralDecimals: number;
  readonly debtDecimals: number;
  /** Collateral over debt below which a trove is liquidated, and the branch may be shut down, basis points. */
  readonly minimumRatioBps: number;
  readonly shutdownRatioBps: number;
  /** What depositors and other borrowers get over the debt they pay or take over, basis points. */
  readonly poolPenaltyBps: number;
  readonly redistributionPenaltyBps: number;
  /** The liquidator gets this part of the collateral that goes to the pool, and at most so many units. */
  readonly gasCompensationDivisor: number;
  readonly gasCompensationCap: number;
  /** Units of BOLD that no liquidation takes from the stability pool. */
  readonly minimumInPool: number;
}

/** What becomes of a liquidated trove, whole units; the five collateral amounts add up to its collateral. */
export interface TroveSplit {
  debtToOffset: number;
  collateralToPool: number;
  gasCompensation: number;
  debtToRedistribute: number;
  collateralToRedistribute: number;
  surplus: number;
}

/** A split of nothing. */
export function emptySplit(): TroveSplit {
  return {
    debtToOffset: 0,
    collateralToPool: 0,
    gasCompensation: 0,
    debtToRedistribute: 0,
    collateralToRedistribute: 0,
    surplus: 0,
  };
}

/**
 * TroveManager: a trove is liquidated where worth of collateral over debt, rounded down, is BELOW the minimum ratio; the stability pool first, then the other
 * troves. Equal to `exact/liquity-v2` at the engine's decimals.
 */
export class LiquityV2Rule implements ProtocolRule {
  readonly protocol = "liquity-v2";
  readonly perAccount = "what a liquidation sells depends on what the stability pool still has";
  private unsafe = false;
  /** Collateral units x steps over this are BOLD units. */
  private readonly scale: number;

  constructor(readonly terms: LiquityV2Terms) {
    this.scale = powersOfTen[terms.collateralDecimals + 8 - terms.debtDecimals];
  }

  health(
    account: LendingAccount,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: AccountHealth,
  ): AccountHealth {
    const { collateral, debt, minimumRatioBps } = this.terms;
    const held = account.collateral[collateral];
    const owed = account.debt[debt];
    into.collateralValue = held > 0 ? valueDown(held, steps[collateral], unitDecimals[collateral]) : 0;
    into.weightedCollateral = mulDivDown(into.collateralValue, basisPoints, minimumRatioBps);
    into.debtValue = owed > 0 ? valueUp(owed, steps[debt], unitDecimals[debt]) : 0;
    this.unsafe = this.isUnsafe(held, owed, steps[collateral]);
    return into;
  }

  breaches(): boolean {
    return this.unsafe;
  }

  /** Whether a trove's ratio is below the minimum. A whole ratio is below a whole limit exactly where the unrounded one is. */
  isUnsafe(held: number, owed: number, steps: number): boolean {
    return owed > 0 && this.isBelow(held, owed, steps, this.terms.minimumRatioBps);
  }

  /** Whether worth of `held` over `owed` is below a ratio in basis points. */
  isBelow(held: number, owed: number, steps: number, ratioBps: number): boolean {
    return compareProducts([held, steps, basisPoints], [owed, this.scale, ratioBps]) < 0;
  }

  /** The whole trove for its whole debt: what a liquidation takes away, wherever it goes. */
  liquidation(
    account: LendingAccount,
    _at: AccountHealth,
    _steps: ArrayLike<number>,
    _unitDecimals: ArrayLike<number>,
    into: LiquidationAmounts,
  ): LiquidationAmounts {
    const { collateral, debt } = this.terms;
    into.collateral = account.collateral[collateral] > 0 ? collateral : -1;
    into.debt = debt;
    into.feeUnits = 0;
    into.surplusUnits = 0;
    into.seizeUnits = account.collateral[collateral];
    into.repayUnits = account.debt[debt];
    into.debtUnits = account.debt[debt];
    return into;
  }

  /** Units of BOLD of a pool of `deposits` that liquidations may use. */
  available(deposits: number): number {
    return deposits - Math.min(this.terms.minimumInPool, deposits);
  }

  /** Splits a trove: the pool as far as `available` BOLD reaches, then redistribution. Source: TroveManager `_getOffsetAndRedistributionVals`. */
  split(held: number, owed: number, available: number, steps: number, into: TroveSplit): TroveSplit {
    const { poolPenaltyBps, redistributionPenaltyBps, gasCompensationDivisor, gasCompensationCap } = this.terms;
    const debtToOffset = Math.min(owed, available);
    const portion = mulDivDown(held, debtToOffset, owed);
    const gasCompensation = Math.min(Math.floor(portion / gasCompensationDivisor), gasCompensationCap);
    const toOffset = portion - gasCompensation;
    const collateralToPool = Math.min(toOffset, this.worth(debtToOffset, basisPoints + poolPenaltyBps, steps));
    const offsetSurplus = toOffset - collateralToPool;
    const debtToRedistribute = owed - debtToOffset;
    const rest = held - portion;
    const offered = debtToRedistribute > 0 && rest > 0 ? rest + offsetSurplus : 0;
    const asked = this.worth(debtToRedistribute, basisPoints + redistributionPenaltyBps, steps);
    into.debtToOffset = debtToOffset;
    into.collateralToPool = collateralToPool;
    into.gasCompensation = gasCompensation;
    into.debtToRedistribute = debtToRedistribute;
    into.collateralToRedistribute = Math.min(offered, asked);
    into.surplus = offsetSurplus + rest - into.collateralToRedistribute;
    return into;
  }

  /** BOLD units that collateral is worth, rounded down. */
  worthOf(units: number, steps: number): number {
    return mulDivDown(units, steps, this.scale);
  }

  /** Collateral units worth `debt` x share (basis points), rounded down; beyond counting where the price is nothing. */
  private worth(debt: number, shareBps: number, steps: number): number {
    const { collateralDecimals, debtDecimals } = this.terms;
    const places = collateralDecimals + 4 - debtDecimals;
    const above = shareBps * powersOfTen[Math.max(0, places)];
    const below = steps * powersOfTen[Math.max(0, -places)];
    if (below === 0 || (debt * above) / below > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
    return mulDivDown(debt, above, below);
  }
}
