import { describe, expect, it } from "vitest";
import { faultsOf, playStrategy, type StrategyCase } from "./strategy.fixture.js";

/** Half of its wealth at 70 % of volatility: what 35 % asks for. */
const target = (entry: Readonly<Record<string, unknown>> = {}, more: Omit<StrategyCase, "entry"> = {}) =>
  playStrategy({
    entry: { kind: "volatility-target", target: "35%", before: "70%", halfLife: "1 h", band: "0%", ...entry },
    ...more,
  });
const exit = (entry: Readonly<Record<string, unknown>> = {}, more: Omit<StrategyCase, "entry"> = {}) =>
  playStrategy({
    entry: { kind: "volatility-exit", above: "150%", before: "60%", halfLife: "1 h", ...entry },
    ...more,
  });

describe("volatility-target", () => {
  it("default: it sells when the price falls fast, and when it rises fast; in calm it buys", () => {
    expect(target().soldEth).toBeGreaterThan(30);
    expect(target({}, { move: "30%" }).soldEth).toBeGreaterThan(30);
    expect(target({}, { move: "0%" }).soldEth).toBeLessThan(-50);
  });

  it("behavior: exposure is target / estimate times wealth, the estimate by hand", () => {
    // One tick of 5 minutes, half-life 1 h: w = 2^(-1/12) = 0.943874, r = ln 0.9, 105,120 ticks a year.
    const variance = 0.9438743126816935 * 0.49 + 0.05612568731830647 * Math.log(0.9) ** 2 * 105_120;
    const share = Math.min(1, 0.35 / Math.sqrt(variance));
    const { flowAt, ladder } = target();
    const wealth = 200_000 + 100 * 1800;
    expect(100 - flowAt(1800).sold[0] / 1e7).toBeCloseTo(((Math.round(share * 1e4) / 1e4) * wealth) / 1800, 3);
    // A price is in the estimate from the next tick on.
    expect(ladder.reactionMs).toBe(300_000);
    expect(ladder.pathFree).toBe(false);
  });

  it("behavior: exposure stays between `least` and leverage", () => {
    const { rows, wealth, kernel } = target({ least: "40%" });
    expect(((rows.risky[0] / 1e7) * kernel.fair(0)) / wealth()).toBeGreaterThan(0.39);
    const calm = target({ leverage: 2 }, { move: "0%", duration: "10 h" });
    expect(((calm.rows.risky[0] / 1e7) * calm.kernel.fair(0)) / calm.wealth()).toBeCloseTo(2, 1);
  });

  it("error: least above leverage", () => {
    const entry = { kind: "volatility-target", target: "35%", before: "70%", least: "150%" };
    expect(faultsOf({ entry })).toEqual(["least number-out-of-range"]);
    expect(faultsOf({ entry: { kind: "volatility-target" } })).toHaveLength(2);
  });
});

describe("volatility-exit", () => {
  const calmAgain = [
    [0, 2000],
    [60, 1400],
    [600, 1400],
  ] as const;

  it("default: it leaves when volatility passes the limit and comes back when it is low again", () => {
    const { trades, rows } = exit({}, { path: calmAgain, duration: "10 h" });
    expect(trades.map((row) => Math.sign(row.x))).toEqual([1, -1]);
    expect(rows.risky[0]).toBe(100e7);
    expect(exit({ above: "2000%" }, { path: calmAgain }).trades).toHaveLength(0);
  });

  it("behavior: hysteresis and cool-down each put the return off", () => {
    const returned = (entry: Readonly<Record<string, unknown>>) =>
      exit(entry, { path: calmAgain, duration: "10 h" }).trades[1]?.tick ?? Number.POSITIVE_INFINITY;
    const plain = returned({});
    expect(returned({ below: "75%" })).toBeGreaterThan(plain);
    expect(returned({ cooldown: "9 h" })).toBeGreaterThan(plain);
    // With a half-life of an hour the estimate halves in variance per hour: 2 more hours from 150 % to 75 %.
    expect(returned({ below: "75%" }) - plain).toBe(24);
  });

  it("behavior: it keeps the stated exposure and does not buy while it is out", () => {
    const { trades, rows } = exit({ exposure: "10%" });
    expect(trades.every((row) => row.x > 0)).toBe(true);
    expect(rows.risky[0]).toBeGreaterThan(0);
    expect(rows.risky[0]).toBeLessThan(30e7);
  });

  it("behavior: after a loss it buys back no more than its wealth reaches", () => {
    const path = [
      [0, 2000],
      [60, 1400],
      [300, 1400],
      [700, 3000],
      [720, 3000],
    ] as const;
    const { rows, trades } = exit({ below: "20%" }, { rows: [["fund", 100, 0]], path, duration: "12 h" });
    expect(trades.length).toBeGreaterThan(0);
    expect(rows.cash[0]).toBeGreaterThanOrEqual(0);
    expect(rows.risky[0]).toBeLessThanOrEqual(100e7);
  });

  it("error: a lower limit above the upper one, a cool-down off the tick", () => {
    const faults = (entry: Readonly<Record<string, unknown>>) =>
      faultsOf({ entry: { kind: "volatility-exit", above: "150%", before: "60%", ...entry } });
    expect(faults({ below: "200%" })).toEqual(["below number-out-of-range"]);
    expect(faults({ cooldown: "7 min" })).toEqual(["cooldown duration-no-multiple"]);
    expect(faults({ halfLife: "0 s" })).toHaveLength(1);
  });
});
