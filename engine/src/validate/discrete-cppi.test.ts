import { describe, expect, it } from "vitest";
import { exp, normal } from "../math/index.js";
import {
  acceptanceInsurance,
  continuousMeanCushion,
  cryptoInsurance,
  discreteCppiCases,
  discreteShortfall,
  growthOptimalMultiplier,
} from "./discrete-cppi.js";

describe("discrete CPPI", () => {
  it("default", () => {
    for (const one of discreteCppiCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: the account played by hand breaks its floor as often and ends with the same moments, within four standard errors", () => {
    const { multiplier: m, drift, rate, volatility, years, steps } = acceptanceInsurance;
    const dt = years / steps;
    const paths = 20_000;
    let broken = 0;
    let sum = 0;
    let squares = 0;
    for (let path = 0; path < paths; path++) {
      let cushion = 1;
      let floor = 9;
      for (let step = 0; step < steps; step++) {
        const move = exp((drift - volatility ** 2 / 2) * dt + volatility * Math.sqrt(dt) * normal(5, path, step, 0, 0));
        const exposure = cushion > 0 ? m * cushion : 0;
        const wealth = exposure * move + (floor + cushion - exposure) * exp(rate * dt);
        floor *= exp(rate * dt);
        cushion = wealth - floor;
      }
      if (cushion < 0) broken++;
      sum += cushion;
      squares += cushion * cushion;
    }
    const closed = discreteShortfall(acceptanceInsurance);
    const error = Math.sqrt((closed.global * (1 - closed.global)) / paths);
    expect(Math.abs(broken / paths - closed.global)).toBeLessThan(4 * error);
    const spread = Math.sqrt((closed.meanSquare - closed.meanCushion ** 2) / paths);
    expect(Math.abs(sum / paths - closed.meanCushion)).toBeLessThan(4 * spread);
    expect(Math.abs(squares / paths / closed.meanSquare - 1)).toBeLessThan(0.3);
  });

  it("behavior: discounted, rate and drift enter by their difference alone", () => {
    const forward = discreteShortfall({ ...acceptanceInsurance, drift: 0.035, rate: 0 });
    const closed = discreteShortfall(acceptanceInsurance);
    expect(forward.global).toBeCloseTo(closed.global, 14);
    expect(forward.meanCushion * Math.exp(0.05)).toBeCloseTo(closed.meanCushion, 12);
    expect(forward.meanSquare * Math.exp(0.1)).toBeCloseTo(closed.meanSquare, 10);
  });

  it("behavior: without a drift above the rate the mean cushion is the one that was paid in, however often it trades", () => {
    for (const steps of [1, 12, 52])
      expect(discreteShortfall({ ...cryptoInsurance, steps }).meanCushion).toBeCloseTo(1, 12);
  });

  it("behavior: the cushion's mean logarithm grows fastest at the growth-optimal multiplier", () => {
    const growth = (m: number) => m * 0.035 - (m * m * 0.01) / 2;
    const best = growthOptimalMultiplier(0.085, 0.05, 0.1);
    for (const other of [best - 0.1, best + 0.1]) expect(growth(other)).toBeLessThan(growth(best));
  });

  it("limit: trading ever more often never breaks the floor, and has the continuous mean", () => {
    const often = discreteShortfall({ ...acceptanceInsurance, steps: 100_000 });
    expect(often.global).toBe(0);
    expect(often.meanCushion / continuousMeanCushion(acceptanceInsurance)).toBeCloseTo(1, 5);
    let last = 1;
    for (const steps of [12, 52, 120, 365]) {
      const { global } = discreteShortfall({ ...cryptoInsurance, steps });
      expect(global).toBeLessThan(last);
      last = global;
    }
  });
});
