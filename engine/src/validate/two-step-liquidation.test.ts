import { describe, expect, it } from "vitest";
import { oneStepProfit, optimalTwoSteps, twoStepLiquidationCases } from "./two-step-liquidation.js";

const account = { collateralUsd: 10_000, debtUsd: 8_400, liquidationThreshold: 0.8, bonus: 0.1, closeFactor: 0.5 };

describe("two-step liquidation", () => {
  it("default", () => {
    for (const one of twoStepLiquidationCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: a scan of first steps finds no better pair", () => {
    const best = optimalTwoSteps(account).profitUsd;
    let scannedBest = 0;
    for (let first = 1; first <= account.closeFactor * account.debtUsd; first++) {
      const debt = account.debtUsd - first;
      const collateral = account.collateralUsd - first * (1 + account.bonus);
      const liquidatable = account.liquidationThreshold * collateral < debt;
      const second = liquidatable ? Math.min(account.closeFactor * debt, collateral / (1 + account.bonus)) : 0;
      scannedBest = Math.max(scannedBest, account.bonus * (first + second));
    }
    expect(scannedBest).toBeLessThanOrEqual(best);
    expect(scannedBest).toBeGreaterThan(best - 0.1);
  });

  it("limit: two steps earn no less than one", () => {
    for (const closeFactor of [0.3, 0.5, 0.6])
      expect(optimalTwoSteps({ ...account, closeFactor }).profitUsd).toBeGreaterThan(
        oneStepProfit({ ...account, closeFactor }),
      );
  });
});
