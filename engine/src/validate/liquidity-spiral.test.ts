import { describe, expect, it } from "vitest";
import { acceptanceConstraint, liquiditySpiralCases, priceSensitivity } from "./liquidity-spiral.js";
import { bisectRoot } from "./root.js";

describe("liquidity spirals", () => {
  it("default", () => {
    for (const one of liquiditySpiralCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: the four figures are 1/10, 1/8.2, 1/8 and 1/6.2", () => {
    const actual = liquiditySpiralCases().map((one) => one.actual);
    [1 / 10, 1 / 8.2, 1 / 8, 1 / 6.2].forEach((fraction, place) => {
      expect(Math.abs(actual[place] - fraction)).toBeLessThan(1e-15);
    });
  });

  it("behavior: clearing the constraint at two wealths gives the same slope", () => {
    // At price 10: margin 2, position 1.5, x' = 5, m' = -1.2; wealth is what makes the constraint hold there.
    for (const [m1, x0] of [
      [0, 0],
      [-1.2, 0],
      [0, 2],
      [-1.2, 2],
    ]) {
      const binding = (price: number) => (2 + m1 * (price - 10)) * (1.5 + 5 * (price - 10)) - price * x0;
      const wealth = binding(10);
      const step = 1e-6;
      const clear = (eta: number) => bisectRoot((price) => binding(price) - eta, 9.9, 10.1);
      const slope = (clear(wealth + step) - clear(wealth - step)) / (2 * step);
      expect(slope).toBeCloseTo(
        priceSensitivity({ marginTimesSlope: 10, marginSlopeTimesPosition: 1.5 * m1, heldUnits: x0 }),
        6,
      );
    }
  });

  it("limit: together the spirals add to more than the two alone, and blow up where they eat the slope", () => {
    const { heldUnits, ...rest } = acceptanceConstraint;
    const base = priceSensitivity({ ...rest, heldUnits: 0, marginSlopeTimesPosition: 0 });
    const margin = priceSensitivity({ ...rest, heldUnits: 0 }) - base;
    const loss = priceSensitivity({ ...rest, heldUnits, marginSlopeTimesPosition: 0 }) - base;
    expect(priceSensitivity(acceptanceConstraint) - base).toBeGreaterThan(margin + loss);
    expect(priceSensitivity({ ...acceptanceConstraint, heldUnits: 8.2 })).toBeGreaterThan(1e9);
  });
});
