import { mulDivDown, mulDivUp } from "../math/index.js";
import { valueDown, valueUp } from "./account-value.js";
import { exchanged } from "./exact-sums.js";
import type { AccountHealth, LendingAccount, LiquidationAmounts, ProtocolRule } from "./lending.js";

/** Loan-to-values, incentives and close factors are whole 1e-15: as many places as a Float64 holds. */
export const MORPHO_ONE = 1e15;

/** Terms of a pre-liquidation that all accounts of the table have opted into; each a whole number of 1e-15. */
export interface PreLiquidationTerms {
  readonly lltv: number;
  readonly closeFactorLow: number;
  readonly closeFactorHigh: number;
  readonly incentiveLow: number;
  readonly incentiveHigh: number;
}

/** One Morpho Blue market over whole units: one collateral, one loan asset. */
export interface MorphoBlueTerms {
  /** Book assets. */
  readonly collateral: number;
  readonly loan: number;
  /** Liquidation loan-to-value and incentive factor, 1e-15. */
  readonly lltv: number;
  readonly incentive: number;
  readonly pre: PreLiquidationTerms | undefined;
}

/**
 * Morpho Blue's liquidation and pre-liquidation (`Morpho.liquidate`, `PreLiquidation.preLiquidate`): health is decided in units of the loan asset, the whole debt
 * may be repaid at once, and what collateral cannot cover is bad debt. Equal to `exact/morpho-blue` at the engine's decimals, with borrow shares at par.
 */
export class MorphoBlueRule implements ProtocolRule {
  readonly protocol = "morpho-blue";
  readonly perAccount: string;
  private unhealthy = false;

  constructor(private readonly terms: MorphoBlueTerms) {
    this.perAccount =
      terms.pre === undefined
        ? "Morpho decides in units of the loan asset and pays by an incentive finer than basis points"
        : "pre-liquidation repays a share that depends on the account's loan-to-value";
  }

  health(
    account: LendingAccount,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: AccountHealth,
  ): AccountHealth {
    const { collateral, loan, lltv, pre } = this.terms;
    const held = account.collateral[collateral];
    const owed = account.debt[loan];
    into.collateralValue = held > 0 ? valueDown(held, steps[collateral], unitDecimals[collateral]) : 0;
    into.debtValue = owed > 0 ? valueUp(owed, steps[loan], unitDecimals[loan]) : 0;
    const threshold = pre === undefined ? lltv : pre.lltv;
    into.weightedCollateral = mulDivDown(into.collateralValue, threshold, MORPHO_ONE);
    const quoted = this.quoted(held, steps, unitDecimals, false);
    this.unhealthy = owed > 0 && mulDivDown(quoted, threshold, MORPHO_ONE) < owed;
    return into;
  }

  breaches(): boolean {
    return this.unhealthy;
  }

  liquidation(
    account: LendingAccount,
    _at: AccountHealth,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: LiquidationAmounts,
  ): LiquidationAmounts {
    const { collateral, loan, lltv, incentive, pre } = this.terms;
    const held = account.collateral[collateral];
    const owed = account.debt[loan];
    into.collateral = held > 0 ? collateral : -1;
    into.debt = loan;
    into.feeUnits = 0;
    into.surplusUnits = 0;
    if (held === 0) return into;
    const quoted = this.quoted(held, steps, unitDecimals, false);
    if (pre !== undefined && mulDivDown(quoted, lltv, MORPHO_ONE) >= owed) {
      const loanToValue = mulDivUp(owed, MORPHO_ONE, quoted);
      const quotient = mulDivDown(loanToValue - pre.lltv, MORPHO_ONE, lltv - pre.lltv);
      const closeFactor =
        pre.closeFactorLow + mulDivDown(quotient, pre.closeFactorHigh - pre.closeFactorLow, MORPHO_ONE);
      const factor = pre.incentiveLow + mulDivDown(quotient, pre.incentiveHigh - pre.incentiveLow, MORPHO_ONE);
      const repay = closeFactor >= MORPHO_ONE ? owed : mulDivDown(owed, closeFactor, MORPHO_ONE);
      return this.amounts(held, repay, factor, steps, unitDecimals, into);
    }
    return this.amounts(held, owed, incentive, steps, unitDecimals, into);
  }

  /** What repaying `repay` seizes; where that is more than is held, all of it for what it is worth without the incentive, rounded up. */
  private amounts(
    held: number,
    repay: number,
    factor: number,
    steps: ArrayLike<number>,
    unitDecimals: ArrayLike<number>,
    into: LiquidationAmounts,
  ): LiquidationAmounts {
    const { collateral, loan } = this.terms;
    const worth = mulDivDown(repay, factor, MORPHO_ONE);
    const seized = exchanged(
      worth,
      steps[loan],
      unitDecimals[loan],
      steps[collateral],
      unitDecimals[collateral],
      false,
    );
    into.seizeUnits = Math.min(seized, held);
    into.repayUnits =
      seized <= held
        ? repay
        : Math.min(repay, mulDivUp(this.quoted(held, steps, unitDecimals, true), MORPHO_ONE, factor));
    into.debtUnits = into.repayUnits;
    return into;
  }

  /** Collateral in units of the loan asset. */
  private quoted(held: number, steps: ArrayLike<number>, unitDecimals: ArrayLike<number>, up: boolean): number {
    const { collateral, loan } = this.terms;
    return exchanged(held, steps[collateral], unitDecimals[collateral], steps[loan], unitDecimals[loan], up);
  }
}
