import { describe, expect, it } from "vitest";
import { auctionPriceCases, linearAuctionShare, stairstepAuctionShare } from "./auction-price.js";

describe("auction price", () => {
  it("default", () => {
    for (const one of auctionPriceCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: exact integer powers agree", () => {
    for (const steps of [0, 1, 7, 20, 80]) {
      const exact = Number((99n ** BigInt(steps) * 10n ** 18n) / 100n ** BigInt(steps)) / 1e18;
      expect(stairstepAuctionShare(0.99, 90, 90 * steps)).toBeCloseTo(exact, 13);
    }
  });

  it("limit: the stair falls only on whole steps; the line ends at zero", () => {
    expect(stairstepAuctionShare(0.99, 90, 89.9)).toBe(1);
    expect(stairstepAuctionShare(0.99, 90, 90)).toBe(0.99);
    expect(linearAuctionShare(3_600, 1_800)).toBe(0.5);
    expect(linearAuctionShare(3_600, 3_600)).toBe(0);
    expect(linearAuctionShare(3_600, 9_999)).toBe(0);
  });
});
