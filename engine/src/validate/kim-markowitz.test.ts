import { describe, expect, it } from "vitest";
import {
  acceptanceMix,
  criticalInsuredShare,
  demandSlope,
  kimMarkowitzCases,
  mixedVariance,
  neutralInsuredShare,
} from "./kim-markowitz.js";

describe("rebalancers and insurers", () => {
  it("default", () => {
    for (const one of kimMarkowitzCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: the slopes are what the two rules trade after a small move", () => {
    const move = 1e-6;
    // Half in the asset: worth 0.5 e^move afterwards, and half of all wealth again.
    const wealth = 0.5 + 0.5 * Math.exp(move);
    expect((wealth / 2 - 0.5 * Math.exp(move)) / move).toBeCloseTo(demandSlope(acceptanceMix, 0), 5);
    // Cushion 0.25, multiplier 2: the floor is 0.75.
    expect((2 * (wealth - 0.75) - 0.5 * Math.exp(move)) / move).toBeCloseTo(demandSlope(acceptanceMix, 1), 5);
  });

  it("behavior: rounds of selling and buying add up to the stated variance, which rises with the insurers' share", () => {
    let last = 0;
    for (let insured = 0; insured <= 1; insured += 0.1) {
      let move = 0;
      for (let round = 0; round < 2_000; round++) move = 1 + 1.5 * demandSlope(acceptanceMix, insured) * move;
      const variance = mixedVariance(acceptanceMix, insured, 1.5);
      expect(move * move).toBeCloseTo(variance, 9);
      expect(variance).toBeGreaterThan(last);
      last = variance;
    }
  });

  it("limit: at the neutral share impact does not matter; at the critical one there is no price", () => {
    const neutral = neutralInsuredShare(acceptanceMix);
    for (const impact of [0, 1, 100]) expect(mixedVariance(acceptanceMix, neutral, impact)).toBeCloseTo(1, 9);
    const critical = criticalInsuredShare(acceptanceMix, 4);
    expect(critical).toBeCloseTo(2 / 3, 12);
    expect(mixedVariance(acceptanceMix, critical - 1e-9, 4)).toBeGreaterThan(1e16);
  });
});
