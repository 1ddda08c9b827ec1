import { check, type ValidationCase } from "./case.js";
import { rows } from "./rows.js";

/** An account under a protocol that liquidates back to a target health; amounts in dollars. */
export interface TargetHealthAccount {
  readonly collateralUsd: number;
  readonly debtUsd: number;
  readonly liquidationThreshold: number;
  readonly bonus: number;
  readonly targetHealth: number;
}

/**
 * The repayment after which LT (C - (1 + b) a) / (D - a) is the target h: a = (h D - LT C) / (h - LT (1 + b)).
 * Null where h <= LT (1 + b): liquidating never reaches the target. Source: derived.
 */
export function repayToTarget(account: TargetHealthAccount): number | null {
  const { collateralUsd, debtUsd, liquidationThreshold, bonus, targetHealth } = account;
  const healedPerDollar = targetHealth - liquidationThreshold * (1 + bonus);
  if (!(healedPerDollar > 0)) return null;
  return Math.max(0, (targetHealth * debtUsd - liquidationThreshold * collateralUsd) / healedPerDollar);
}

/** The account of the acceptance number. */
export const acceptanceTargetAccount: TargetHealthAccount = {
  collateralUsd: 100,
  debtUsd: 82,
  liquidationThreshold: 0.8,
  bonus: 0.05,
  targetHealth: 1.05,
};

/** Section 2.6. */
export function repayToTargetCases(): ValidationCase[] {
  return [
    check(
      {
        id: "repay-to-target/repay",
        source: "a = (h D - LT C) / (h - LT (1 + b))",
        tag: "D",
        unit: "USD",
        expected: 29.047619,
        tolerance: 5e-7,
        row: rows.repayToTarget,
      },
      repayToTarget(acceptanceTargetAccount) ?? Number.NaN,
    ),
  ];
}
