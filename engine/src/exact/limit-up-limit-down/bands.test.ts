import { describe, expect, it } from "vitest";
import { halfWidth, meanReference, movesReference, priceBands } from "./index.js";

describe("limit up, limit down", () => {
  // Vectors of an independent integer replica, in dollars there, in cents here.
  it("golden: a reference of 100 dollars, tier 1: 95 to 105, doubled 90 to 110", () => {
    expect(priceBands(10_000n, 1)).toEqual({ lower: 9_500n, upper: 10_500n });
    expect(priceBands(10_000n, 1, true)).toEqual({ lower: 9_000n, upper: 11_000n });
  });

  it("golden: a reference of 2 dollars, tier 1: 1.60 to 2.40, doubled 1.20 to 2.80", () => {
    expect(priceBands(200n, 1)).toEqual({ lower: 160n, upper: 240n });
    expect(priceBands(200n, 1, true)).toEqual({ lower: 120n, upper: 280n });
  });

  it("behavior: the second tier has twice the width above 3 dollars and the same below", () => {
    expect(halfWidth(10_000n, 2)).toBe(1_000n);
    expect(halfWidth(250n, 2)).toBe(halfWidth(250n, 1));
  });

  it("equality: exactly 3 dollars are not above 3 dollars, exactly 75 cents not below 75", () => {
    expect([halfWidth(300n, 1), halfWidth(301n, 1)]).toEqual([60n, 15n]);
    expect([halfWidth(75n, 1), halfWidth(74n, 1)]).toEqual([15n, 15n]);
    expect(halfWidth(10n, 1)).toBe(8n);
  });

  it("equality: a mean 1 % away after 30 seconds moves the reference, a cent or a second less does not", () => {
    expect(movesReference(10_000n, 10_100n, 30)).toBe(true);
    expect(movesReference(10_000n, 10_099n, 30)).toBe(false);
    expect(movesReference(10_000n, 9_900n, 29)).toBe(false);
    expect(meanReference([100n, 101n])).toBe(101n);
  });

  it("limit: the lower band never falls below nothing", () => {
    expect(priceBands(10n, 2, true).lower).toBe(0n);
  });

  it("error: no trades, and a reference of nothing", () => {
    expect(() => meanReference([])).toThrow(RangeError);
    expect(() => halfWidth(0n, 1)).toThrow("not positive");
  });
});
