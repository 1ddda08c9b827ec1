import { describe, expect, it } from "vitest";
import {
  acceptanceLoan,
  eligibilityDrop,
  gapBadDebt,
  isLossFreeOnContinuousPath,
  type LoopedLoan,
  largestLossFreeDrop,
  lossFreeWindowCases,
} from "./loss-free-window.js";

/** Plain bookkeeping: the price gaps, all collateral goes at the price less the bonus, the rest is lost. */
function lossByBookkeeping(loan: LoopedLoan, gap: number): number {
  const value = 1 - gap;
  if (value * loan.liquidationThreshold >= loan.ltv) return 0;
  const repaid = Math.min(loan.ltv, value / (1 + loan.bonus));
  return loan.ltv - repaid;
}

describe("loss-free window", () => {
  it("default", () => {
    for (const one of lossFreeWindowCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: bookkeeping loses the same", () => {
    for (let gap = 0; gap < 1; gap += 0.013)
      expect(lossByBookkeeping(acceptanceLoan, gap)).toBeCloseTo(gapBadDebt(acceptanceLoan, gap), 14);
  });

  it("behavior: a scan of gaps loses nothing up to D* and something beyond", () => {
    const edge = largestLossFreeDrop(acceptanceLoan);
    for (let gap = 0; gap < edge; gap += 1e-4) expect(lossByBookkeeping(acceptanceLoan, gap)).toBe(0);
    expect(lossByBookkeeping(acceptanceLoan, edge + 1e-9)).toBeGreaterThan(0);
  });

  it("behavior: without slack between threshold and bonus, the window ends where eligibility begins", () => {
    const tight: LoopedLoan = { ltv: 0.9, liquidationThreshold: 0.95, bonus: 0.1 };
    expect(isLossFreeOnContinuousPath(tight)).toBe(false);
    expect(largestLossFreeDrop(tight)).toBe(eligibilityDrop(tight));
    expect(lossByBookkeeping(tight, eligibilityDrop(tight) + 1e-9)).toBeGreaterThan(0.03);
    expect(isLossFreeOnContinuousPath(acceptanceLoan)).toBe(true);
  });

  it("limit: a gap to zero loses the whole debt", () => {
    expect(gapBadDebt(acceptanceLoan, 1)).toBe(acceptanceLoan.ltv);
    expect(gapBadDebt(acceptanceLoan, 0)).toBe(0);
  });
});
