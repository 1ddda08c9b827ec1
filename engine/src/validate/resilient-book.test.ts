import { describe, expect, it } from "vitest";
import { exp, uniform } from "../math/index.js";
import { optimalSchedule, resilientBookCases, throttleAverageShare, throttlePeakShare } from "./resilient-book.js";

const order = { units: 1e5, impact: 1e-4, resilience: 2.231, horizon: 1 };

/** What a list of trades at even times costs: each pays the displacement it finds and half of its own. */
function costOfTrades(trades: readonly number[]): number {
  const fade = exp((-order.resilience * order.horizon) / (trades.length - 1));
  let displacement = 0;
  let cost = 0;
  for (const trade of trades) {
    cost += trade * (displacement + (order.impact * trade) / 2);
    displacement = (displacement + order.impact * trade) * fade;
  }
  return cost;
}

function gridOf(blocks: number, slices: number): number[] {
  const { endBlock, rate } = optimalSchedule(order);
  const slice = (rate * order.horizon) / (slices - 1);
  return Array.from({ length: slices + 1 }, (_, index) =>
    index === 0 || index === slices ? blocks * endBlock : slice,
  );
}

describe("resilient book", () => {
  it("default", () => {
    for (const one of resilientBookCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: traded out on a grid of 2,000 slices it costs the same", () => {
    const { cost, endBlock, rate } = optimalSchedule(order);
    const trades = gridOf(1, 2_000);
    expect(2 * endBlock + rate * order.horizon).toBeCloseTo(order.units, 8);
    expect(trades.reduce((sum, trade) => sum + trade, 0)).toBeCloseTo(order.units, 6);
    expect(Math.abs(costOfTrades(trades) / cost - 1)).toBeLessThan(0.001);
  });

  it("behavior: no random reshuffle of the trades is cheaper (seed 3)", () => {
    const trades = gridOf(1, 200);
    const best = costOfTrades(trades);
    for (let attempt = 0; attempt < 500; attempt++) {
      const from = Math.floor(uniform(3, attempt, 0, 0, 0) * trades.length);
      const to = Math.floor(uniform(3, attempt, 0, 0, 1) * trades.length);
      const moved = [...trades];
      const units = 2_000 * uniform(3, attempt, 0, 0, 2);
      moved[from] -= units;
      moved[to] += units;
      // The grid's own optimum differs from the continuous one by the size of a slice.
      expect(costOfTrades(moved)).toBeGreaterThan(best * (1 - 1e-4));
    }
  });

  it("behavior: an even sale in many slices shows the stated peak and average", () => {
    for (const x of [0.1, 1, 3, 20]) {
      const slices = 100_000;
      const fade = exp(-x / slices);
      let displacement = 0;
      let paid = 0;
      for (let slice = 0; slice < slices; slice++) {
        paid += (displacement + 0.5 / slices) / slices;
        displacement = (displacement + 1 / slices) * fade;
      }
      expect(displacement).toBeCloseTo(throttlePeakShare(x), 3);
      expect(paid).toBeCloseTo(throttleAverageShare(x), 4);
    }
  });

  it("limit: sold at once, the peak is all of it and the average half; the series meets the formula", () => {
    expect(throttlePeakShare(0)).toBe(1);
    expect(throttleAverageShare(0)).toBe(0.5);
    expect(throttleAverageShare(0.001)).toBeCloseTo(throttleAverageShare(0.001 - 1e-12), 9);
  });
});
