import { describe, expect, it } from "vitest";
import { fanoOverWindow, fitGarch, garchLogLikelihood, isFaulty } from "../volatility/index.js";
import { dem2gbpReturns } from "./dem2gbp-returns.js";
import { brownianCandles } from "./simulated/brownian-candles.js";
import { hawkesCounts } from "./simulated/hawkes-counts.js";
import {
  branchingSimulations,
  rangeEfficiencies,
  simulatedBranching,
  volatilityEstimatorCases,
} from "./volatility-estimators.js";

describe("volatility estimators against the literature", () => {
  it("default: every formula and the GARCH benchmark meet their figures", () => {
    for (const one of volatilityEstimatorCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: the benchmark is a maximum: the log-likelihood falls in every direction", () => {
    const fit = fitGarch(dem2gbpReturns);
    if (isFaulty(fit)) throw new Error(fit.faults[0].message);
    for (const key of ["mu", "omega", "alpha", "beta"] as const) {
      for (const share of [-1e-3, 1e-3]) {
        const beside = { mu: fit.mu, omega: fit.omega, alpha: fit.alpha, beta: fit.beta };
        beside[key] *= 1 + share;
        expect(garchLogLikelihood(dem2gbpReturns, beside), `${key} ${share}`).toBeLessThan(fit.logLikelihood);
      }
    }
  });

  it("behavior: ranges are 4.9 to 5.2 and 7.4 times as efficient as closes, whatever the steps a day", () => {
    // Standard errors of an efficiency over 100,000 days are 0.05.
    for (const steps of [8, 24]) {
      const found = rangeEfficiencies(100_000, steps, 20_261_122 + steps);
      expect(found.parkinson, `${steps} steps`).toBeGreaterThan(4.9 - 0.15);
      expect(found.parkinson, `${steps} steps`).toBeLessThan(5.2 + 0.15);
      expect(Math.abs(found.garmanKlass - 7.4), `${steps} steps`).toBeLessThan(0.2);
      expect(found.meanParkinson).toBeCloseTo(1, 2);
      expect(found.meanGarmanKlass).toBeCloseTo(1, 2);
    }
  });

  it("behavior: a day holds its open and close, and does not depend on the other days", () => {
    const { high, low, close } = brownianCandles(200, 8, 7);
    for (let day = 0; day < 200; day++) {
      expect(high[day]).toBeGreaterThanOrEqual(Math.max(0, close[day]));
      expect(low[day]).toBeLessThanOrEqual(Math.min(0, close[day]));
    }
    expect(brownianCandles(3, 8, 7).high).toEqual(high.slice(0, 3));
  });

  it("behavior: the branching ratio is recovered from dispersion within 0.01", () => {
    for (const { branching, windows } of branchingSimulations)
      expect(Math.abs(simulatedBranching(branching, windows) - branching), `${branching}`).toBeLessThan(0.01);
  });

  it("behavior: in windows that are short against the kernel it comes out too low, by as much as the formula says", () => {
    const setting = { branching: 0.6, immigrants: 10, meanDelay: 1, windows: 40_000, seed: 5 };
    const counts = hawkesCounts(setting);
    const mean = counts.reduce((sum, one) => sum + one, 0) / counts.length;
    const variance = counts.reduce((sum, one) => sum + (one - mean) * (one - mean), 0) / (counts.length - 1);
    expect(mean).toBeCloseTo(25, 0);
    const expected = fanoOverWindow(0.6, 1, 1);
    expect(Math.abs(variance / mean / expected - 1)).toBeLessThan(0.05);
    expect(expected).toBeLessThan(2);
  });
});
