import { check, type Expectation, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** A loan seen as shares of its collateral. */
export interface LoopedLoan {
  /** Debt over collateral value at the start. */
  readonly ltv: number;
  readonly liquidationThreshold: number;
  readonly bonus: number;
}

/** Debt over collateral of a position looped to `leverage` times its own funds: (L - 1) / L. */
export function loopedLtv(leverage: number): number {
  return (leverage - 1) / leverage;
}

/** The fall at which the account may be liquidated, a share: 1 - 1 / HF0. */
export function eligibilityDrop({ ltv, liquidationThreshold }: LoopedLoan): number {
  return 1 - ltv / liquidationThreshold;
}

/**
 * D* = max(1 - 1 / HF0, 1 - (1 + b) LT / HF0): the largest fall in one step after which nobody has lost anything.
 * Source: Gatto, SSRN 7157638.
 */
export function largestLossFreeDrop(loan: LoopedLoan): number {
  return Math.max(eligibilityDrop(loan), 1 - (1 + loan.bonus) * loan.ltv);
}

/** Whether a continuous fall can be liquidated without loss at all: LT (1 + b) < 1. */
export function isLossFreeOnContinuousPath({ liquidationThreshold, bonus }: LoopedLoan): boolean {
  return liquidationThreshold * (1 + bonus) < 1;
}

/** The debt left when all collateral is sold after a fall of `gap`, per dollar of collateral: max(0, LTV0 - (1 - g) / (1 + b)). */
export function gapBadDebt({ ltv, bonus }: LoopedLoan, gap: number): number {
  return Math.max(0, ltv - (1 - gap) / (1 + bonus));
}

/** The 12 times looped staking position of the acceptance numbers. */
export const acceptanceLoan: LoopedLoan = { ltv: loopedLtv(12), liquidationThreshold: 0.95, bonus: 0.01 };

/** Row 8 in closed form. */
export function lossFreeWindowCases(): ValidationCase[] {
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `loss-free-window/${id}`,
    source: "Gatto, SSRN 7157638",
    tag: "S2+D",
    unit,
    expected,
    tolerance,
    row: rows.lossFreeWindow,
  });
  const gaps = [
    { gap: 5, badDebt: 0 },
    { gap: 8, badDebt: 0.5776 },
    { gap: 12, badDebt: 4.538 },
    { gap: 20, badDebt: 12.4587 },
    { gap: 35, badDebt: 27.3102 },
  ];
  return [
    check(about("eligibility-drop", "share", 0.03509, 5e-6), eligibilityDrop(acceptanceLoan)),
    check(about("largest-loss-free-drop", "share", 0.074167, 5e-7), largestLossFreeDrop(acceptanceLoan)),
    ...gaps.map(({ gap, badDebt }) =>
      check(
        about(`bad-debt-gap-${gap}`, "million USD per 100 million", badDebt, 1e-4),
        100 * gapBadDebt(acceptanceLoan, gap / 100),
      ),
    ),
  ];
}
