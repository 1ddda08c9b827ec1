import { describe, expect, it } from "vitest";
import { exp, normal } from "../math/index.js";
import { rebalancingLoss, rebalancingLossCases } from "./rebalancing-loss.js";

describe("loss to rebalancing", () => {
  it("default", () => {
    for (const one of rebalancingLossCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: rebalancing minus the pool on 20,000 paths, a step at a time (a simulation of ours gave 0.01326)", () => {
    const [paths, steps, volatility] = [20_000, 20, 0.8];
    const step = 1 / 12 / steps;
    let sum = 0;
    for (let path = 0; path < paths; path++) {
      let price = 1;
      let rebalanced = 2;
      for (let at = 0; at < steps; at++) {
        // The pool holds 1 / sqrt(price) of the asset, and so does the portfolio it is measured against.
        const held = 1 / Math.sqrt(price);
        const shock = volatility * Math.sqrt(step) * normal(8, 0, path, 0, at);
        const next = price * exp(shock - 0.5 * volatility * volatility * step);
        rebalanced += held * (next - price);
        price = next;
      }
      sum += rebalanced - 2 * Math.sqrt(price);
    }
    expect(sum / paths / rebalancingLoss(2, volatility, 1 / 12)).toBeCloseTo(1, 1.5);
  });

  it("limit: a short time costs sigma^2 / 8 of the pool, no volatility nothing", () => {
    expect(rebalancingLoss(100, 0.8, 1e-9) / 1e-9).toBeCloseTo(100 * 0.08, 6);
    expect(rebalancingLoss(100, 0, 1)).toBeCloseTo(0, 15);
  });
});
