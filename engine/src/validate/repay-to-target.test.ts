import { describe, expect, it } from "vitest";
import {
  acceptanceTargetAccount,
  repayToTarget,
  repayToTargetCases,
  type TargetHealthAccount,
} from "./repay-to-target.js";
import { bisectRoot } from "./root.js";

const healthAfter = (account: TargetHealthAccount, repaid: number) =>
  (account.liquidationThreshold * (account.collateralUsd - (1 + account.bonus) * repaid)) / (account.debtUsd - repaid);

describe("repay to target", () => {
  it("default", () => {
    for (const one of repayToTargetCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: trial and error finds the same repayment", () => {
    for (const targetHealth of [1, 1.05, 1.2]) {
      const account = { ...acceptanceTargetAccount, targetHealth };
      const tried = bisectRoot((repaid) => healthAfter(account, repaid) - targetHealth, 0, 80);
      expect(repayToTarget(account)).toBeCloseTo(tried, 10);
    }
  });

  it("limit: a healthy account repays nothing; a target out of reach is null", () => {
    expect(repayToTarget({ ...acceptanceTargetAccount, debtUsd: 50 })).toBe(0);
    expect(
      repayToTarget({ ...acceptanceTargetAccount, liquidationThreshold: 1, bonus: 0.05, targetHealth: 1.05 }),
    ).toBeNull();
    expect(repayToTarget({ ...acceptanceTargetAccount, bonus: 0.4 })).toBeNull();
  });
});
