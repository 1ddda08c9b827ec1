import { describe, expect, it } from "vitest";
import type { ForcedFlow, Ladder } from "../run/mechanism.js";
import { eth, ethBorrowers, ethMarket, orderBook } from "./market.fixture.js";
import { solve } from "./solve.js";

const book = [
  { fall: 0.1, units: 1_000e7 },
  { fall: 0.3, units: 4_000e7 },
];

/** A ladder that trades a fixed number of units once the price is at or below a limit; negative units buy. */
function trigger(units: number, limitUsd: number, above = false): Ladder {
  return {
    mechanism: "trigger",
    pathFree: true,
    reactionMs: 0,
    method: "one step",
    forced(published: Float64Array, into: ForcedFlow) {
      if (above ? published[0] < limitUsd * 1e8 : published[0] > limitUsd * 1e8) return;
      into.accounts++;
      if (units > 0) into.sold[0] += units;
      else into.bought[0] -= units;
    },
    accounts() {},
    describe: (row) => ({ account: `${row}`, collateral: [], debt: [] }),
  };
}

describe("solve", () => {
  it("default: the shock alone, where nobody is forced", () => {
    const market = ethMarket(
      2_000,
      [orderBook("a", 0, book)],
      [ethBorrowers([{ units: 10e7, breachUsd: 1_000 }], 2_000)],
    );
    const { shallowest, deepest, nonMonotone } = solve(market, { moves: [-0.1, 0] });
    expect(shallowest.pricesUsd[eth]).toBe(1_800);
    expect(shallowest.waves).toBe(0);
    expect(shallowest.forcedUsd).toBe(0);
    expect(deepest.pricesUsd[eth]).toBe(1_800);
    expect(nonMonotone).toBe(false);
  });

  it("behavior: two waves, valued at spot before the shock", () => {
    // 100 ETH sold at 1,800 push the price by ln(0.9)/10 to 1,781: the second account follows, the third does not.
    const accounts = [
      { units: 100e7, breachUsd: 1_805 },
      { units: 100e7, breachUsd: 1_785 },
      { units: 100e7, breachUsd: 1_600 },
    ];
    const market = ethMarket(2_000, [orderBook("a", 0, book)], [ethBorrowers(accounts, 2_000)]);
    const { shallowest } = solve(market, { moves: [-0.1, 0] });
    expect(shallowest.waves).toBe(2);
    expect(shallowest.liquidated).toBe(2);
    expect(shallowest.soldUnits[0]).toBe(200e7);
    expect(shallowest.forcedUsd).toBe(400_000);
    expect(shallowest.pricesUsd[eth]).toBeCloseTo(1_800 * 0.9 ** 0.2, 8);
    expect(shallowest.limit).toBe(null);
  });

  it("behavior: two outcomes of one shock, the deepest one exhausting the depth", () => {
    const market = ethMarket(
      2_000,
      [orderBook("a", 0, book)],
      [ethBorrowers([{ units: 9_000e7, breachUsd: 1_700 }], 2_000)],
    );
    const { shallowest, deepest, nonMonotone } = solve(market, { moves: [-0.1, 0] });
    expect(shallowest.liquidated).toBe(0);
    expect(deepest.liquidated).toBe(1);
    expect(deepest.depthExhausted).toBe(true);
    expect(deepest.absorbedUnits[0]).toBe(4_000e7);
    expect(deepest.pricesUsd[eth]).toBeCloseTo(1_260, 8);
    expect(nonMonotone).toBe(false);
  });

  it("behavior: a sale walks depth and an outside move does not", () => {
    const market = ethMarket(2_000, [orderBook("a", 0, book)], []);
    const sold = solve(market, { saleUnits: [1_000e7] }).shallowest;
    expect(sold.pricesUsd[eth]).toBeCloseTo(1_800, 8);
    expect(sold.absorbedUnits[0]).toBe(1_000e7);
    expect(solve(market, { moves: [-0.1, 0] }).shallowest.absorbedUnits[0]).toBe(0);
  });

  it("behavior: an upward shock forces buying, mirrored", () => {
    const squeeze = trigger(-500e7, 2_150, true);
    const market = ethMarket(2_000, [orderBook("a", 0, book)], [squeeze]);
    const { shallowest, deepest, nonMonotone } = solve(market, { moves: [0.1, 0] });
    expect(shallowest.boughtUnits[0]).toBe(500e7);
    expect(shallowest.pricesUsd[eth]).toBeGreaterThan(2_200);
    expect(deepest.pricesUsd[eth]).toBe(shallowest.pricesUsd[eth]);
    expect(nonMonotone).toBe(false);
  });

  it("behavior: venues share the flow at one price, and the deeper takes more", () => {
    const shallow = orderBook("a", 0, [{ fall: 0.3, units: 1_000e7 }]);
    const deep = orderBook("b", 0, [{ fall: 0.3, units: 3_000e7 }]);
    const market = ethMarket(2_000, [shallow, deep], []);
    const { shallowest } = solve(market, { saleUnits: [2_000e7] });
    expect(shallowest.pricesUsd[eth]).toBeCloseTo(2_000 * 0.7 ** 0.5, 6);
  });

  it("limit: sold and bought by turns is a cycle, named", () => {
    // Below 1,800 a buyer steps in and lifts the price above the limit at which the seller sells, and so on.
    const market = ethMarket(2_000, [orderBook("a", 0, book)], [trigger(500e7, 1_850), trigger(-400e7, 1_780)]);
    const { shallowest, nonMonotone } = solve(market, { moves: [-0.08, 0] });
    expect(nonMonotone).toBe(true);
    expect(shallowest.limit).toBe("cycle");
    expect(shallowest.cycleRounds).toBe(2);
  });

  it("limit: rounds are counted and the limit is named", () => {
    const accounts = Array.from({ length: 8 }, (_, row) => ({
      units: 100e7,
      breachUsd: 1_800 * 0.9 ** (row / 10) + 0.5,
    }));
    const market = ethMarket(2_000, [orderBook("a", 0, book)], [ethBorrowers(accounts, 2_000)]);
    expect(solve(market, { moves: [-0.1, 0] }, { roundLimit: 3 }).shallowest.limit).toBe("rounds");
    expect(solve(market, { moves: [-0.1, 0] }).shallowest.waves).toBe(8);
  });

  it("limit: no venue at all, price stays at fair value", () => {
    const market = ethMarket(2_000, [], [ethBorrowers([{ units: 10e7, breachUsd: 1_900 }], 2_000)]);
    const { shallowest } = solve(market, { moves: [-0.1, 0] });
    expect(shallowest.pricesUsd[eth]).toBe(1_800);
    expect(shallowest.depthExhausted).toBe(true);
  });
});
