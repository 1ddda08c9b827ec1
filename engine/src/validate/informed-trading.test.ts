import { describe, expect, it } from "vitest";
import { informedTradingCases, kyleLambda, kylePosteriorVariance } from "./informed-trading.js";

describe("informed trading", () => {
  it("default", () => {
    for (const one of informedTradingCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: the insider's best answer to lambda, and the regression that follows from it, give lambda back", () => {
    for (const [variance, noise] of [
      [2, 3],
      [0.1, 5],
      [7, 0.2],
    ]) {
      const lambda = kyleLambda(variance, noise);
      // He maximises (v - lambda x) x: x = v / (2 lambda). The maker regresses v on x + u.
      const beta = 1 / (2 * lambda);
      const orders = beta * beta * variance + noise * noise;
      expect((beta * variance) / orders).toBeCloseTo(lambda, 12);
      expect(variance - (beta * variance) ** 2 / orders).toBeCloseTo(kylePosteriorVariance(variance), 12);
    }
  });

  it("limit: more noise, less impact", () => {
    expect(kyleLambda(2, 300)).toBeCloseTo(kyleLambda(2, 3) / 100, 15);
  });
});
