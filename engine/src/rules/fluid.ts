import { log, mulDivDown } from "../math/index.js";
import { powersOfTen, valueDown, valueUp } from "./account-value.js";
import type { AccountHealth, LendingAccount, LiquidationAmounts, ProtocolRule } from "./lending.js";

/** One tick in logarithms: ln 1.0015. */
export const tickLog = log(1.0015);
/** Ticks lie between this and its negative. */
export const lastTick = 32_767;

/** Fluid's vault terms, thousandths and basis points as the vault stores them. */
export interface FluidTerms {
  readonly collateral: number;
  readonly debt: number;
  readonly thresholdThousandths: number;
  readonly limitThousandths: number;
  readonly penaltyBps: number;
}

/** Fluid's vaults in Float64: whole units; who is liquidated is decided by ticks of 1.0015, as in `exact/fluid`. */
export class FluidRule implements ProtocolRule {
  readonly protocol = "fluid";
  readonly perAccount = "accounts are liquidated together, by ticks of their ratio of debt to collateral";

  constructor(readonly terms: FluidTerms) {}

  health(
    account: LendingAccount,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: AccountHealth,
  ): AccountHealth {
    const { collateral, debt, thresholdThousandths } = this.terms;
    const held = account.collateral[collateral];
    const owed = account.debt[debt];
    into.collateralValue = valueDown(held, steps[collateral], unitDecimals[collateral]);
    into.debtValue = valueUp(owed, steps[debt], unitDecimals[debt]);
    const weighted = mulDivDown(into.collateralValue, thresholdThousandths, 1_000);
    const price = this.unitPrice(steps, unitDecimals);
    const breaches = owed > 0 && this.tickOf(owed, held) > tickAt((price * thresholdThousandths) / 1_000);
    into.weightedCollateral = breaches ? Math.min(weighted, into.debtValue - 1) : Math.max(weighted, into.debtValue);
    return into;
  }

  breaches(at: AccountHealth): boolean {
    return at.debtValue > 0 && at.weightedCollateral < at.debtValue;
  }

  /** Debt units that one unit of collateral is worth. */
  unitPrice(steps: ArrayLike<number>, unitDecimals: ArrayLike<number>): number {
    const { collateral, debt } = this.terms;
    return (
      (steps[collateral] * powersOfTen[unitDecimals[debt]]) / (steps[debt] * powersOfTen[unitDecimals[collateral]])
    );
  }

  /** The tick that a debt stands on: the one above its ratio, a billionth and a unit added (`operate`). */
  tickOf(owed: number, held: number): number {
    return held === 0 ? lastTick : tickAt((mulDivDown(owed, 1_000_000_001, 1e9) + 1) / held) + 1;
  }

  /** Nobody seizes from one account: a vault's positions are liquidated together (`FluidVault`). */
  liquidation(
    _account: LendingAccount,
    _at: AccountHealth,
    _steps: ArrayLike<number>,
    _unitDecimals: ArrayLike<number>,
    into: LiquidationAmounts,
  ): LiquidationAmounts {
    into.collateral = this.terms.collateral;
    into.debt = this.terms.debt;
    into.seizeUnits = 0;
    into.feeUnits = 0;
    into.repayUnits = 0;
    into.debtUnits = 0;
    into.surplusUnits = 0;
    return into;
  }
}

/** The highest tick whose ratio, 1.0015^tick, is at most `ratio`. */
export function tickAt(ratio: number): number {
  return Math.floor(log(ratio) / tickLog);
}
