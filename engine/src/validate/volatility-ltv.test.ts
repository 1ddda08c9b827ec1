import { describe, expect, it } from "vitest";
import { log, normalCdf } from "../math/index.js";
import { smartLtv, volatilityLtv, volatilityLtvCases } from "./volatility-ltv.js";

const rule = { deviations: 2.326, volatility: 0.6, horizonYears: 1 / 365, slippage: 0.02, bonus: 0.05 };

describe("volatility LTV", () => {
  it("default", () => {
    for (const one of volatilityLtvCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: a loan at the limit is under water after a day in one case of a hundred", () => {
    // Sold after a fall to x, the collateral pays x (1 - s) / (1 + b).
    const fall = log((volatilityLtv(rule) * 1.05) / 0.98);
    expect(normalCdf(fall / (0.6 * Math.sqrt(1 / 365)))).toBeCloseTo(0.01, 4);
  });

  it("behavior: the limit falls as volatility rises, which is the trigger that the procyclicality test is about", () => {
    expect(volatilityLtv({ ...rule, volatility: 1.2 })).toBeLessThan(volatilityLtv(rule));
    expect(smartLtv(4, 1.1, 1, 0.05)).toBeLessThan(smartLtv(4, 0.55, 1, 0.05));
  });

  it("limit: without volatility only slippage and bonus are left; four times the liquidity is half the volatility", () => {
    expect(volatilityLtv({ ...rule, volatility: 0 })).toBe(0.98 / 1.05);
    expect(smartLtv(4, 0.55, 4, 0.05)).toBe(smartLtv(4, 0.275, 1, 0.05));
  });
});
