import { describe, expect, it } from "vitest";
import { log } from "../math/index.js";
import { circuitBreakerCases, hittingProbability } from "./circuit-breaker.js";

/** A fair coin's walk, all paths at once: the share that has touched `-barrierSteps` within `steps`. */
function walkedProbability(barrierSteps: number, steps: number): number {
  // Index = steps above the barrier; what reaches 0 is absorbed.
  let shares = new Float64Array(barrierSteps + steps + 2);
  shares[barrierSteps] = 1;
  let touched = 0;
  for (let step = 0; step < steps; step++) {
    const next = new Float64Array(shares.length);
    for (let index = 1; index <= barrierSteps + step; index++) {
      next[index - 1] += shares[index] / 2;
      next[index + 1] += shares[index] / 2;
    }
    touched += next[0];
    next[0] = 0;
    shares = next;
  }
  return touched;
}

describe("circuit breaker", () => {
  it("default", () => {
    for (const one of circuitBreakerCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: a fine coin walk touches as often", () => {
    const years = 15 / 525_600;
    const barrierSteps = 80;
    const stepSize = -log(0.95) / barrierSteps;
    const steps = Math.round((36 * years) / (stepSize * stepSize));
    const walked = (walkedProbability(barrierSteps, steps) + walkedProbability(barrierSteps, steps + 1)) / 2;
    expect(Math.abs(walked - hittingProbability(0.95, 6, years))).toBeLessThan(2e-4);
  });

  it("limit: a trigger at the price is touched, one at zero is not; longer and wilder touch more", () => {
    expect(hittingProbability(1, 6, 1e-5)).toBeCloseTo(1, 14);
    expect(hittingProbability(1e-300, 6, 1e-5)).toBe(0);
    expect(hittingProbability(0.95, 6, 2e-5)).toBeGreaterThan(hittingProbability(0.95, 6, 1e-5));
    expect(hittingProbability(0.95, 7, 1e-5)).toBeGreaterThan(hittingProbability(0.95, 6, 1e-5));
  });
});
