import { describe, expect, it } from "vitest";
import {
  healthAfterRepay,
  healthLinkedFrontierLtv,
  healthSlope,
  linearPriceFeedback,
  poolPriceFeedback,
  type ToxicityAccount,
  toxicFrontierLtv,
  toxicityFrontierCases,
} from "./toxicity-frontier.js";

const account = (ltv: number, poolUsd: number | null): ToxicityAccount => ({
  collateralUsd: 1e5,
  debtUsd: 1e5 * ltv,
  liquidationThreshold: 0.8,
  bonus: 0.08,
  poolUsd,
});

describe("toxicity frontier", () => {
  it("default", () => {
    for (const one of toxicityFrontierCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: the slope is the limit of small repayments", () => {
    for (const poolUsd of [null, 5e6, 2e5])
      for (const ltv of [0.5, 0.7, 0.9]) {
        const one = account(ltv, poolUsd);
        const share = 1e-5;
        const change = (times: number) =>
          (healthAfterRepay(one, times * share * one.debtUsd) - healthAfterRepay(one, 0)) / (times * share);
        // Richardson: the first-order error of the difference cancels.
        expect(2 * change(0.5) - change(1)).toBeCloseTo(healthSlope(one), 7);
      }
  });

  it("behavior: trial repayments heal below the frontier and harm above it", () => {
    for (const poolUsd of [null, 5e6]) {
      const frontier = toxicFrontierLtv(0.08, poolUsd === null ? 1 : poolPriceFeedback(1e5, poolUsd));
      const heals = (ltv: number) => {
        const one = account(ltv, poolUsd);
        return healthAfterRepay(one, 10) > healthAfterRepay(one, 0);
      };
      expect(heals(frontier - 1e-4)).toBe(true);
      expect(heals(frontier + 1e-4)).toBe(false);
    }
  });

  it("behavior: a bonus that grows with the shortfall is the plain bonus at the boundary's own health", () => {
    // On the boundary l the bonus paid is i (1 - v / l), so l = 1 / ((1 + i (1 - v / l)) feedback).
    const frontier = healthLinkedFrontierLtv(0.3, 1.1, 0.8);
    expect(toxicFrontierLtv(0.3 * (1 - 0.8 / frontier), 1.1)).toBeCloseTo(frontier, 14);
  });

  it("limit: no bonus and no feedback puts the frontier at insolvency; linear slippage without slope is no feedback", () => {
    expect(toxicFrontierLtv(0)).toBe(1);
    expect(linearPriceFeedback(1e5, 0, 1e6, 0.001)).toBe(1);
    expect(poolPriceFeedback(0, 5e6)).toBe(1);
  });
});
