import { describe, expect, it } from "vitest";
import { concentratedLiquidityCases, soldInRange } from "./concentrated-liquidity.js";
import { poolShareForImpact } from "./profitable-liquidation.js";

describe("concentrated liquidity", () => {
  it("default", () => {
    for (const one of concentratedLiquidityCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: many small swaps along the curve sell the same", () => {
    // d(collateral) = L / (2 P^1.5) dP, summed by the midpoint rule.
    const steps = 100_000;
    let sold = 0;
    for (let step = 0; step < steps; step++) {
      const price = 2_000 - (40 * (step + 0.5)) / steps;
      sold += (1e6 / (2 * price * Math.sqrt(price))) * (40 / steps);
    }
    expect(sold).toBeCloseTo(soldInRange(1e6, 2_000, 0.02), 6);
  });

  it("limit: it is the constant-product pool with the virtual reserves", () => {
    const virtualReserve = 1e6 / Math.sqrt(2_000);
    expect(soldInRange(1e6, 2_000, 0.02)).toBeCloseTo(virtualReserve * poolShareForImpact(0.02), 9);
    expect(soldInRange(1e6, 2_000, 0)).toBe(0);
  });
});
