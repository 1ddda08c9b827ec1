import { describe, expect, it } from "vitest";
import { leveragedFundCases, leveragedFundRebalance } from "./leveraged-fund.js";

describe("leveraged fund", () => {
  it("default", () => {
    for (const one of leveragedFundCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: the books before and after the day ask for the same trade", () => {
    for (const leverage of [-2, -1, 2, 3])
      for (const dayReturn of [-0.05, 0.02]) {
        const assets = 1e6 * (1 + leverage * dayReturn);
        const held = 1e6 * leverage * (1 + dayReturn);
        expect(leveragedFundRebalance(1e6, leverage, dayReturn)).toBeCloseTo(leverage * assets - held, 6);
      }
  });

  it("limit: an unleveraged fund never trades", () => {
    expect(leveragedFundRebalance(1e6, 1, 0.07)).toBe(0);
  });
});
