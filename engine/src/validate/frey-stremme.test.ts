import { describe, expect, it } from "vitest";
import {
  acceptanceCall,
  callHedge,
  criticalHedgingShare,
  feedbackVariance,
  freyStremmeCases,
  type HedgedCall,
  volatilityRatio,
} from "./frey-stremme.js";
import { bisectRoot } from "./root.js";

/** The price at which demand F / X and hedgers clear the market: found by clearing it, without a derivative. */
function clearedPrice(market: HedgedCall, income: number): number {
  const excess = (price: number) => 1 - income / price - market.hedgedShare * callHedge({ ...market, price }).delta;
  return bisectRoot(excess, 0.01, 100);
}

describe("hedging feedback", () => {
  it("default", () => {
    for (const one of freyStremmeCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: the ratio is what clearing the market gives, at many prices and shares", () => {
    for (const price of [0.85, 0.95, 1, 1.1, 1.3])
      for (const hedgedShare of [0.02, 0.05, 0.1]) {
        const market = { ...acceptanceCall, price, hedgedShare };
        const income = price * (1 - hedgedShare * callHedge(market).delta);
        const step = 1e-5;
        const up = clearedPrice(market, income * (1 + step));
        const down = clearedPrice(market, income * (1 - step));
        expect((up - down) / (2 * step * price)).toBeCloseTo(volatilityRatio(market), 5);
      }
  });

  it("behavior: a lagged hedge repeated ten thousand times has the stated variance and correlation", () => {
    // Impulse response: a change of 1 in fair value is answered by g, g^2, ... in the following steps.
    for (const gain of [0.5, 0.3, -0.5]) {
      const response: number[] = [1];
      for (let step = 1; step < 10_000; step++) response.push(gain * response[step - 1]);
      const sum = response.reduce((total, one) => total + one, 0);
      const squares = response.reduce((total, one) => total + one * one, 0);
      const neighbours = response.slice(1).reduce((total, one, step) => total + one * response[step], 0);
      const { laggedSteps, laggedLong, laggedCorrelation } = feedbackVariance(gain);
      expect(squares).toBeCloseTo(laggedSteps, 12);
      expect(sum * sum).toBeCloseTo(laggedLong, 12);
      expect(neighbours / squares).toBeCloseTo(laggedCorrelation, 12);
    }
  });

  it("limit: nobody hedges, nothing changes; at the critical share the ratio passes every bound", () => {
    expect(volatilityRatio({ ...acceptanceCall, hedgedShare: 0 })).toBe(1);
    const critical = criticalHedgingShare(acceptanceCall);
    expect(volatilityRatio({ ...acceptanceCall, hedgedShare: critical * (1 - 1e-9) })).toBeGreaterThan(1e8);
    expect(feedbackVariance(0)).toEqual({ atOnce: 1, laggedSteps: 1, laggedLong: 1, laggedCorrelation: 0 });
  });
});
