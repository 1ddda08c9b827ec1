import { mulDivDown, mulDivUp } from "../math/index.js";
import { basisPoints, unitsDown, valueDown, valueScale, valueUp } from "./account-value.js";
import { addWeighted, basisPointsHalfUp, exchanged } from "./exact-sums.js";
import {
  type AccountHealth,
  type LendingAccount,
  type LendingRule,
  type LiquidationAmounts,
  largest,
  largestBacking,
  type ProtocolRule,
} from "./lending.js";

/** The constants of Aave's liquidation; 10,000 and zeros switch each rule off. */
export interface AaveV3Rules {
  /** Share of the TOTAL debt that one liquidation may repay of one reserve. */
  readonly closeFactorBps: number;
  /** The close factor binds only above this health factor. */
  readonly closeFactorHealthBps: number;
  /** And only where both sides are worth at least this much, 1e-6 USD. */
  readonly closeFactorMinimum: number;
  /** What a liquidation must leave of debt and of collateral where it leaves some of both, 1e-6 USD. */
  readonly minimumLeftover: number;
}

/** Distance of the health factor above the close factor's that a wad still tells apart, per unit of debt value: 1e-14 less half a wad's rounding. */
const wadStep = 1e-14 - 5e-19;

/**
 * Aave v3.7 over whole units (`GenericLogic.calculateUserAccountData`, `LiquidationLogic.executeLiquidationCall`): thresholds are summed before they are divided,
 * the close factor is one of all debts, and neither side may be left as dust. Equal to `exact/aave-v3` at the engine's decimals, with values in 1e-6 USD.
 */
export class AaveV3Rule implements ProtocolRule {
  readonly protocol = "aave-v3";
  readonly perAccount: string;
  private readonly weighted = { whole: 0, left: 0 };

  constructor(
    private readonly terms: LendingRule,
    private readonly rules: AaveV3Rules,
  ) {
    const why = [
      ...(rules.minimumLeftover > 0 ? ["the dust rule"] : []),
      ...(rules.closeFactorBps < basisPoints ? ["the close factor on the total debt"] : []),
    ];
    this.perAccount =
      why.length === 0 ? "Aave rounds once for all collateral" : `${why.join(" and ")} differ per account`;
  }

  health(
    account: LendingAccount,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: AccountHealth,
  ): AccountHealth {
    const { weighted, terms } = this;
    weighted.whole = 0;
    weighted.left = 0;
    into.collateralValue = 0;
    into.debtValue = 0;
    for (let asset = 0; asset < unitDecimals.length; asset++) {
      const held = account.collateral[asset];
      if (held > 0 && terms.thresholdBps[asset] > 0) {
        const value = valueDown(held, steps[asset], unitDecimals[asset]);
        into.collateralValue += value;
        addWeighted(weighted, value, terms.thresholdBps[asset]);
      }
      const owed = account.debt[asset];
      if (owed > 0) into.debtValue += valueUp(owed, steps[asset], unitDecimals[asset]);
    }
    into.weightedCollateral = weighted.whole;
    return into;
  }

  /** health factor < 1: the sum of value x threshold below debt x 10,000, which is its whole part below the debt. */
  breaches(at: AccountHealth): boolean {
    return at.weightedCollateral < at.debtValue;
  }

  liquidation(
    account: LendingAccount,
    at: AccountHealth,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: LiquidationAmounts,
  ): LiquidationAmounts {
    const collateral = largestBacking(this.terms.thresholdBps, account.collateral, steps, unitDecimals);
    const debt = largest(account.debt, steps, unitDecimals);
    into.collateral = collateral;
    into.debt = debt;
    into.surplusUnits = 0;
    if (collateral < 0) return nothing(into);
    const repay = this.mostRepayable(account, at, collateral, debt, steps, unitDecimals);
    this.amounts(account, collateral, debt, repay, steps, unitDecimals, into);
    if (!this.leavesDust(account, steps, unitDecimals, into)) return into;
    // The liquidator asks for less: as much as leaves the least collateral that may be left.
    const least = mulDivUp(this.rules.minimumLeftover, valueScale(unitDecimals[collateral]), steps[collateral]);
    const seizable = account.collateral[collateral] - least;
    if (seizable <= 0) return nothing(into);
    // One unit more than this would round to a unit more of collateral, each time.
    const atPar = mulDivUp(seizable + 1, basisPoints, basisPoints + this.terms.bonusBps[collateral]) - 1;
    const less =
      exchanged(atPar + 1, steps[collateral], unitDecimals[collateral], steps[debt], unitDecimals[debt], true) - 1;
    this.amounts(account, collateral, debt, Math.min(repay, less), steps, unitDecimals, into);
    return into.repayUnits === 0 || this.leavesDust(account, steps, unitDecimals, into) ? nothing(into) : into;
  }

  /** `mostRepayable` of the exact folder: everything, or the close factor of all debts where it binds. */
  private mostRepayable(
    account: LendingAccount,
    at: AccountHealth,
    collateral: number,
    debt: number,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
  ): number {
    const { closeFactorBps, closeFactorMinimum } = this.rules;
    const owed = account.debt[debt];
    const debtValue = valueUp(owed, steps[debt], unitDecimals[debt]);
    if (debtValue < closeFactorMinimum || !this.isAboveCloseFactorHealth(account, at, steps, unitDecimals)) return owed;
    if (valueDown(account.collateral[collateral], steps[collateral], unitDecimals[collateral]) < closeFactorMinimum)
      return owed;
    const closeable = basisPointsHalfUp(at.debtValue, closeFactorBps);
    return debtValue <= closeable ? owed : unitsDown(closeable, steps[debt], unitDecimals[debt]);
  }

  /** health factor > the close factor's, both cut to a wad: the distance to it, in ten-thousandths of a value, against what a wad tells apart. */
  private isAboveCloseFactorHealth(
    account: LendingAccount,
    at: AccountHealth,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
  ): boolean {
    // The sum of the account as it was read last may be at other prices (its terms are those of `steps`): taken again.
    const { whole, left } = this.sumAt(account, steps, unitDecimals);
    const limit = this.rules.closeFactorHealthBps;
    const { debtValue } = at;
    const limitWhole = mulDivDown(debtValue, limit, basisPoints);
    const limitLeft = ((debtValue % basisPoints) * limit) % basisPoints;
    return (whole - limitWhole) * basisPoints + (left - limitLeft) >= debtValue * wadStep;
  }

  private sumAt(account: LendingAccount, steps: ArrayLike<number>, unitDecimals: ArrayLike<number>) {
    const { weighted, terms } = this;
    weighted.whole = 0;
    weighted.left = 0;
    for (let asset = 0; asset < unitDecimals.length; asset++) {
      if (account.collateral[asset] > 0 && terms.thresholdBps[asset] > 0) {
        const value = valueDown(account.collateral[asset], steps[asset], unitDecimals[asset]);
        addWeighted(weighted, value, terms.thresholdBps[asset]);
      }
    }
    return weighted;
  }

  /** `liquidationAmounts` of the exact folder. */
  private amounts(
    account: LendingAccount,
    collateral: number,
    debt: number,
    repay: number,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: LiquidationAmounts,
  ): void {
    const held = account.collateral[collateral];
    const parBps = basisPoints + this.terms.bonusBps[collateral];
    const atPar = exchanged(repay, steps[debt], unitDecimals[debt], steps[collateral], unitDecimals[collateral], false);
    // What is held answers first: at a price near zero the repayment would buy more than can be counted.
    const withBonus = atPar > held ? atPar : mulDivDown(atPar, parBps, basisPoints);
    let seized = withBonus;
    let repaid = repay;
    if (withBonus > held) {
      seized = held;
      const worth = exchanged(
        held,
        steps[collateral],
        unitDecimals[collateral],
        steps[debt],
        unitDecimals[debt],
        false,
      );
      repaid = Math.min(repay, mulDivUp(worth, basisPoints, parBps));
    }
    const bonusUnits = seized - mulDivDown(seized, basisPoints, parBps);
    into.feeUnits = mulDivUp(bonusUnits, this.terms.protocolFeeBps, basisPoints);
    into.seizeUnits = seized - into.feeUnits;
    into.repayUnits = repaid;
    into.debtUnits = repaid;
  }

  private leavesDust(
    account: LendingAccount,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    { collateral, debt, repayUnits, seizeUnits, feeUnits }: LiquidationAmounts,
  ): boolean {
    const debtLeft = account.debt[debt] - repayUnits;
    const collateralLeft = account.collateral[collateral] - seizeUnits - feeUnits;
    if (debtLeft <= 0 || collateralLeft <= 0) return false;
    return (
      valueUp(debtLeft, steps[debt], unitDecimals[debt]) < this.rules.minimumLeftover ||
      valueDown(collateralLeft, steps[collateral], unitDecimals[collateral]) < this.rules.minimumLeftover
    );
  }
}

/** Amounts of a liquidation that nobody can make now. */
function nothing(into: LiquidationAmounts): LiquidationAmounts {
  into.seizeUnits = 0;
  into.feeUnits = 0;
  into.repayUnits = 0;
  into.debtUnits = 0;
  return into;
}
