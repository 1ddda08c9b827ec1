import { describe, expect, it } from "vitest";
import { type HedgedMarket, supplyImpact } from "../rules/supply-impact.js";
import { bistabilityLimit } from "./fold.js";
import { crashSize, criticalHedgedShare, gennotteLelandCases, hedgedShareOfCrash } from "./gennotte-leland.js";

/**
 * The market solved by clearing it, not by the formula: investors guess that the price reveals value - k x hidden supply, demand
 * (expected value - price) x precision / risk aversion, and the guess is repeated until the price reveals just that.
 */
function clearedImpact(market: HedgedMarket): { observed: number; unobserved: number } {
  const signalPrecision = 1 / market.signalVarianceOverInformed;
  const clearingPrice = (guess: number, value: number, hidden: number, observed: number): number => {
    const pricePrecision = 1 / (guess * guess * market.hiddenSupplyVariance);
    const precision = 1 / market.priorVariance + signalPrecision + pricePrecision;
    const revealed = value - guess * hidden;
    const demandAtZero = (signalPrecision * value + pricePrecision * revealed) / market.riskAversion;
    return (demandAtZero - hidden - observed) / (precision / market.riskAversion);
  };
  let guess = 1;
  for (let round = 0; round < 50_000; round++) guess = -clearingPrice(guess, 0, 1, 0) / clearingPrice(guess, 1, 0, 0);
  return { observed: -clearingPrice(guess, 0, 0, 1), unobserved: -clearingPrice(guess, 0, 1, 0) };
}

const market: HedgedMarket = {
  riskAversion: 1.5,
  priorVariance: 0.04,
  signalVarianceOverInformed: 10,
  hiddenSupplyVariance: 1e-4,
};

describe("Gennotte-Leland", () => {
  it("default", () => {
    for (const one of gennotteLelandCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: the formulas are what clearing the market gives", () => {
    for (const one of [market, { ...market, riskAversion: 3 }, { ...market, hiddenSupplyVariance: 0.02 }]) {
      const cleared = clearedImpact(one);
      expect(supplyImpact(one).observed / cleared.observed).toBeCloseTo(1, 11);
      expect(supplyImpact(one).unobserved / cleared.unobserved).toBeCloseTo(1, 11);
    }
  });

  it("behavior: the ratio of the two impacts is 1 + nu / (a^2 Sigma_eps Sigma_L)", () => {
    const { observed, unobserved } = supplyImpact(market);
    expect(unobserved / observed).toBeCloseTo(1 + 1 / (1.5 * 1.5 * 10 * 1e-4), 9);
  });

  it("behavior: hedging that is seen makes no crash, and more unseen hedging a deeper one", () => {
    const { observed, unobserved } = supplyImpact(market);
    expect(crashSize(observed, 0.05, 0.2, 0.25)).toBe(0);
    let last = 0;
    for (const share of [0.027, 0.03, 0.035, 0.04, 0.05]) {
      const crash = crashSize(unobserved, share, 0.2, 0.25);
      expect(crash).toBeGreaterThan(last);
      last = crash;
    }
  });

  it("limit: at the critical share the crash has no size", () => {
    const { unobserved } = supplyImpact(market);
    const critical = criticalHedgedShare(unobserved, 0.2, 0.25);
    expect(critical * unobserved).toBeCloseTo(bistabilityLimit(0.1), 12);
    expect(crashSize(unobserved, critical, 0.2, 0.25)).toBe(0);
    expect(crashSize(unobserved, hedgedShareOfCrash(unobserved, 0.1, 0.2, 0.25), 0.2, 0.25)).toBeCloseTo(0.1, 9);
  });
});
