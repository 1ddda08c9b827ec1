import { describe, expect, it } from "vitest";
import { uniformDensityCases, uniformDensityDrop } from "./uniform-density.js";

describe("uniform density", () => {
  it("default", () => {
    for (const one of uniformDensityCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: rounds of selling add up to the same drop", () => {
    for (const gain of [0, 0.3, 0.5, 0.9]) {
      let drop = 0.1;
      for (let round = 0; round < 1_000; round++) drop = 0.1 + gain * drop;
      expect(drop).toBeCloseTo(uniformDensityDrop(0.1, gain), 12);
    }
  });

  it("limit: at gain 1 nothing stops it", () => {
    expect(uniformDensityDrop(0.1, 1)).toBe(Number.POSITIVE_INFINITY);
  });
});
