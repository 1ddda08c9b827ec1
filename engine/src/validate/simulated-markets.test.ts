import { describe, expect, it } from "vitest";
import { supplyImpact } from "../rules/supply-impact.js";
import { acceptanceMarket, criticalHedgedShare } from "./gennotte-leland.js";
import { acceptanceMix, mixedVariance } from "./kim-markowitz.js";
import { priceSensitivity } from "./liquidity-spiral.js";
import { floor1987, replicatedSalesUsd } from "./required-sales.js";
import { playFunded } from "./simulated/funded-speculator.js";
import { gainOf, hedgedFall } from "./simulated/hidden-hedging.js";
import { playMixed } from "./simulated/mixed-market.js";
import { soldInFall } from "./simulated/one-fall.js";

const { unobserved } = supplyImpact(acceptanceMarket);
const market = { impact: unobserved, volatility: 0.2, years: 0.25, risen: 0.2, announced: false };

describe("markets of agents", () => {
  it("behavior: without hedgers the price falls by the shock; below the critical share it never falls over", () => {
    const alone = hedgedFall({ ...market, hedgedShare: 1e-9 });
    expect(alone(0.1)).toBeCloseTo(0.1, 6);
    const fewer = hedgedFall({ ...market, hedgedShare: 0.95 * criticalHedgedShare(unobserved, 0.2, 0.25) });
    let last = fewer(0);
    for (let shock = 0.004; shock < 0.3; shock += 0.004) {
      const fall = fewer(shock);
      // The largest slope is 1 / (1 - 0.95) = 20.
      expect(fall - last).toBeLessThan(0.004 * 20.5);
      last = fall;
    }
  });

  it("behavior: more hedging is more gain, in proportion, and what is told of beforehand has the observed impact", () => {
    const gain = (hedgedShare: number) => gainOf(hedgedFall({ ...market, risen: -0.005, hedgedShare }), 0);
    expect(gain(0.01) / gain(0.02)).toBeCloseTo(0.5, 4);
    const told = gainOf(hedgedFall({ ...market, risen: -0.005, hedgedShare: 0.02, announced: true }), 0);
    const { observed } = supplyImpact(acceptanceMarket);
    expect(told / gain(0.02)).toBeCloseTo(observed / unobserved, 5);
  });

  it("behavior: the mixed market's variance rises with the insurers' share, at another impact as well", () => {
    let last = 0;
    for (const insured of [0.1, 0.4, 0.7]) {
      const variance = playMixed(insured, 1, 8);
      expect(variance / mixedVariance(acceptanceMix, insured, 1)).toBeCloseTo(1, 3);
      expect(variance).toBeGreaterThan(last);
      last = variance;
    }
  });

  it("behavior: sales in one step are shares at the low price, in many steps the prices on the way", () => {
    const put = { kind: "synthetic-put", floor: 0.95, horizon: "365 day", volatility: 0.18, rate: 0.07, start: "rule" };
    const wealth = { riskyUsd: 60_000, cashUsd: 0 };
    const [once, often] = [1, 400].map((ticks) => soldInFall(put, wealth, 0.1, ticks));
    // 11.56 billion of 60: the lower end of the closed form, whose mean is (12.85 + 11.56) / 2.
    expect((once / 1_000).toFixed(2)).toBe("11.56");
    expect(often).toBeGreaterThan(once);
    expect(often).toBeLessThan(replicatedSalesUsd(floor1987, 60_000, 0.1));
  });

  it("limit: a fund without leverage answers to capital as whoever buys with it", () => {
    // L = 1: m' x = x0, so margin and loss spirals cancel and 1 / (m x') is left.
    const alone = { marginTimesSlope: 10, marginSlopeTimesPosition: 0, heldUnits: 0 };
    expect(playFunded(1, 2, 10)).toBeCloseTo(priceSensitivity(alone), 5);
  });
});
