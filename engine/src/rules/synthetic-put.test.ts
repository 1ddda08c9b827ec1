import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exp } from "../math/index.js";
import { blackPrice } from "../options/index.js";
import { insuredShares, largestFloorShare, replicatedShare } from "./synthetic-put.js";

describe("synthetic put", () => {
  it("default: floor 100 %, a year, 5 %, 20 %: strike 111.737735 on 100, 0.894953 shares (VALIDATION.md, row 6)", () => {
    const { shares, strike } = insuredShares({ floorShare: 1, years: 1, volatility: 0.2, rate: 0.05 });
    expect(100 * strike).toBeCloseTo(111.737735, 6);
    expect(shares).toBeCloseTo(0.894953, 6);
  });

  it("behavior: 1987: a tenth's fall asks of 60 billion at a floor of 95 % for 12.2 billion (the published estimate is 12)", () => {
    const floor = { floorShare: 0.95, years: 1, volatility: 0.18, rate: 0.07 };
    const { shares, strike } = insuredShares(floor);
    const held = (spot: number) => shares * replicatedShare(spot, strike, 1, 0.18, 0.07);
    expect(60 * (held(1) - held(0.9)) * 0.95).toBeCloseTo(12.2, 1);
  });

  it("property: all wealth is spent, the worst end is the floor, and the holding rises with the price from nothing to every share", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.double({ min: 0.01, max: 3, noNaN: true }),
        fc.double({ min: 0.02, max: 2, noNaN: true }),
        fc.double({ min: 0.01, max: 0.2, noNaN: true }),
        (part, years, volatility, rate) => {
          const floorShare = part * 0.999 * largestFloorShare(years, rate);
          const { shares, strike } = insuredShares({ floorShare, years, volatility, rate });
          const put = blackPrice(false, exp(rate * years), strike, volatility * Math.sqrt(years), exp(-rate * years));
          expect(shares * strike).toBeCloseTo(floorShare, 12);
          expect(shares * (1 + put)).toBeCloseTo(1, 9);
          let before = 0;
          for (let spot = 0.1; spot < 3; spot += 0.1) {
            const held = replicatedShare(spot, strike, years, volatility, rate);
            expect(held).toBeGreaterThanOrEqual(before);
            expect(held).toBeLessThanOrEqual(1);
            before = held;
          }
        },
      ),
      { seed: 4, numRuns: 300 },
    );
  });

  it("limit: at the horizon all above the strike and nothing below; without volatility the forward decides", () => {
    expect(replicatedShare(101, 100, 0, 0.2, 0)).toBe(1);
    expect(replicatedShare(99, 100, 0, 0.2, 0)).toBe(0);
    expect(replicatedShare(99, 100, 1, 0, 0.05)).toBe(1);
    expect(replicatedShare(94, 100, 1, 0, 0.05)).toBe(0);
  });

  it("error: a floor above what a riskless bond gives is no floor", () => {
    expect(() => insuredShares({ floorShare: 1.06, years: 1, volatility: 0.2, rate: 0.05 })).toThrow("can be insured");
    expect(() => insuredShares({ floorShare: 0, years: 1, volatility: 0.2, rate: 0.05 })).toThrow("can be insured");
  });
});
