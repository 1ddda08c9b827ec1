import { describe, expect, it } from "vitest";
import { faultsOf, playStrategy, type StrategyCase } from "./strategy.fixture.js";

/** 300 ETH at 2,000 USD against 400,000 borrowed: wealth 200,000, three times. */
const fund = [["fund", 300, -400000]];
const leveraged = (entry: Readonly<Record<string, unknown>> = {}, more: Omit<StrategyCase, "entry"> = {}) =>
  playStrategy({ entry: { kind: "constant-leverage", leverage: 3, band: "0%", ...entry }, rows: fund, ...more });

describe("constant-leverage", () => {
  it("default: it sells into a fall and buys into a rise, and ends at its leverage", () => {
    const down = leveraged({}, { move: "-10%" });
    expect(down.trades.every((row) => row.x > 0)).toBe(true);
    expect(((down.rows.risky[0] / 1e7) * down.kernel.fair(0)) / down.wealth()).toBeCloseTo(3, 2);
    const up = leveraged({}, { move: "10%" });
    expect(up.trades.every((row) => row.x < 0)).toBe(true);
    expect(((up.rows.risky[0] / 1e7) * up.kernel.fair(0)) / up.wealth()).toBeCloseTo(3, 2);
  });

  it("behavior: it trades L (L - 1) r of its wealth, as the closed form says", () => {
    // Cheng and Madhavan (2009), equation 6: A L (L - 1) r; L = 3, r = -5 %: 30 % of 200,000 is sold; L = 2: 10 %; L = 0.5 buys 1.25 %.
    const sold = (leverage: number, rows: readonly unknown[]) => {
      const flow = leveraged({ leverage }, { rows }).flowAt(1900);
      return ((flow.sold[0] - flow.bought[0]) / 1e7) * 1900;
    };
    expect(sold(3, fund)).toBeCloseTo(60_000, 1);
    expect(sold(2, [["fund", 200, -200000]])).toBeCloseTo(20_000, 1);
    expect(sold(1, [["fund", 100, 0]])).toBe(0);
    expect(sold(0.5, [["fund", 50, 100000]])).toBeCloseTo(-2_500, 1);
  });

  it("behavior: daily at a clock it does not trade in between", () => {
    const clocked = leveraged({ every: "1 h" }, { move: "-10%" });
    // The second hour's stroke corrects what the first one's impact did to the price.
    expect(clocked.trades.map((row) => row.tick)).toEqual([11, 23]);
    expect(clocked.trades[1].x).toBeLessThan(clocked.trades[0].x / 100);
    expect(clocked.ladder.reactionMs).toBe(3_600_000);
  });

  it("limit: a gap beyond 1 / L takes all wealth: it sells out, and the lender bears the rest", () => {
    const { rows, measures, wealth } = leveraged({}, { move: "-40%", over: "0 s" });
    expect(rows.risky[0]).toBe(0);
    expect(wealth()).toBe(0);
    expect(measures.badDebtUsd).toBeGreaterThan(40_000);
    expect(leveraged({}, { move: "-30%", over: "0 s" }).measures.badDebtUsd).toBe(0);
  });

  it("limit: on the map a price at which nobody can be counted asks for what the highest one does that can", () => {
    const { flowAt } = playStrategy({ entry: { kind: "constant-leverage", leverage: 3, start: "rule" } });
    // 300 coins or so at three times their wealth: nine billion dollars of exposure are reached at about ten million dollars a coin.
    expect(flowAt(1e9).bought[0]).toBe(flowAt(5e8).bought[0]);
    expect(flowAt(1e9).bought[0]).toBeGreaterThan(flowAt(1e6).bought[0]);
  });

  it("error: leverage must be above 0 and said; inverse funds are refused", () => {
    const faults = (entry: Readonly<Record<string, unknown>>) =>
      faultsOf({ entry: { kind: "constant-leverage", ...entry }, rows: fund });
    expect(faults({ leverage: -1 })).toEqual(["leverage number-out-of-range"]);
    expect(faults({ leverage: 0 })).toEqual(["leverage number-out-of-range"]);
    expect(faults({})).toHaveLength(1);
    expect(faults({ leverage: 3 })).toEqual([]);
  });
});
