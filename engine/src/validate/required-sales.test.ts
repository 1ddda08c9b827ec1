import { describe, expect, it } from "vitest";
import { normalCdf } from "../math/index.js";
import { insuredShares, type ReplicatedFloor } from "../rules/synthetic-put.js";
import {
  floor1987,
  proportionalSalesUsd,
  replicatedHolding,
  replicatedSalesUsd,
  requiredSalesCases,
} from "./required-sales.js";

describe("required sales", () => {
  it("default", () => {
    for (const one of requiredSalesCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: followed in small steps, the holding ends at or above the floor, whatever the path", () => {
    const floor: ReplicatedFloor = { ...floor1987, rate: 0 };
    const { shares, strike } = insuredShares(floor);
    const steps = 20_000;
    for (const end of [0.6, 0.9, 1, 1.3]) {
      // A straight line has no volatility, so the put that was paid for is never used up: the account ends with more than shares and puts are worth.
      let held = replicatedHolding(floor, 1);
      let cash = 1 - held;
      for (let step = 1; step <= steps; step++) {
        const price = 1 + ((end - 1) * step) / steps;
        const years = Math.max(1e-9, 1 - step / steps);
        const deviation = floor.volatility * Math.sqrt(years);
        const d1 = Math.log(price / strike) / deviation + deviation / 2;
        const target = shares * normalCdf(d1);
        cash += (held - target) * price;
        held = target;
      }
      expect(cash + held * end).toBeGreaterThan(Math.max(floor.floorShare, shares * end) - 2e-3);
    }
  });

  it("behavior: shares and puts cost all wealth, and their worst end is the floor", () => {
    for (const floorShare of [0.8, 0.9, 0.95, 1])
      for (const years of [0.25, 1, 3]) {
        const floor = { ...floor1987, floorShare, years };
        const { shares, strike } = insuredShares(floor);
        expect(shares * strike).toBeCloseTo(floorShare, 12);
        expect(shares).toBeLessThan(1);
        expect(replicatedHolding(floor, 1)).toBeLessThan(shares);
      }
  });

  it("behavior: the sales' dollars lie between those at the opening price and those at the low", () => {
    const sold = replicatedHolding(floor1987, 1) - replicatedHolding(floor1987, 0.9);
    const sales = replicatedSalesUsd(floor1987, 60e9, 0.1);
    // 12.85 and 11.56 billion: the two ends whose mean is 12.2.
    expect((60 * sold).toFixed(2)).toBe("12.85");
    expect((60 * sold * 0.9).toFixed(2)).toBe("11.56");
    expect(sales / 1e9).toBeCloseTo((60 * sold * 1.9) / 2, 9);
  });

  it("limit: no fall, no sales; a gap through the cushion sells everything that is left", () => {
    expect(replicatedSalesUsd(floor1987, 60e9, 0)).toBe(0);
    expect(proportionalSalesUsd(4, 0.85, 60e9, 0)).toBeCloseTo(0, 5);
    expect(proportionalSalesUsd(4, 0.85, 100, 0.3)).toBeCloseTo(0.6 * 0.7 * 100, 10);
  });

  it("limit: a floor so low that no put is worth anything is the asset itself", () => {
    const { shares } = insuredShares({ ...floor1987, floorShare: 0.05 });
    expect(shares).toBeCloseTo(1, 9);
  });
});
