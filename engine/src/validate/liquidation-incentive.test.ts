import { describe, expect, it } from "vitest";
import { eulerImprovementFrontier, liquidationIncentiveCases, morphoIncentiveFactor } from "./liquidation-incentive.js";

describe("liquidation incentive", () => {
  it("default", () => {
    for (const one of liquidationIncentiveCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: under Euler's rule a dollar repaid improves the loan below the frontier only", () => {
    const improves = (ltv: number) => {
      const health = 0.85 / ltv;
      return (ltv - 0.001) / (1 - 0.001 / health) < ltv;
    };
    const frontier = eulerImprovementFrontier(0.85);
    for (let ltv = 0.851; ltv < 1; ltv += 0.001) expect(improves(ltv)).toBe(ltv < frontier);
  });

  it("limit: the factor is capped at 1.15 and is 1 where all may be borrowed", () => {
    expect(morphoIncentiveFactor(0)).toBe(1.15);
    expect(morphoIncentiveFactor(1)).toBe(1);
  });
});
