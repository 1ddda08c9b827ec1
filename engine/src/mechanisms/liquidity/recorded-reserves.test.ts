import { describe, expect, it } from "vitest";
import { Kernel, Tape, tapeKinds } from "../../run/index.js";
import { parseScenario } from "../../scenario/parse.js";
import { type Plan, runSetting } from "../../scenario/plan.js";
import { oneAccountFalls } from "../demonstrations.js";

const made = {
  source: "made for the test",
  asOf: "2024-01-01T00:00:00Z",
  coverage: "everything there is",
  coverageShare: 1,
  basis: "assumed",
};

const reserves = {
  layer: "made",
  venue: "market",
  interval: "10 min",
  columns: ["start", "base ETH", "quote USD"],
  rows: [
    ["2024-01-01T00:00:00Z", 5000, 10_000_000],
    ["2024-01-01T00:10:00Z", 6000, 8_400_000],
    ["2024-01-01T00:20:00Z", 2000, 2_800_000],
  ],
};

function parsed(params: object, table: object = reserves, pool = true) {
  const day = { version: 1, kind: "series", name: "day", layers: { made }, tables: { reserves: table } };
  const market = { kind: "recorded-reserves", series: "day", ...params };
  const clock = { tick: "5 min", duration: "30 min" };
  const scenario = oneAccountFalls({ pool, clock, series: { day }, liquidity: { market } });
  return parseScenario(scenario, () => ({ problems: [] }));
}

function plan(params: object = {}): Plan {
  const result = parsed(params);
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

function codes(...args: Parameters<typeof parsed>): string[] {
  const result = parsed(...args);
  return "problems" in result ? result.problems.map(({ code, path }) => `${path} ${code}`) : [];
}

describe("recorded-reserves", () => {
  it("default: the pool's price and depth are those of the row in force, from the first tick of its interval", () => {
    const kernel = new Kernel(runSetting(plan()), new Tape());
    kernel.begin(1, 0);
    const seen: number[] = [];
    const sellable: number[] = [];
    for (let tick = 0; tick < 6; tick++) {
      kernel.step(tick);
      seen.push(Math.round(kernel.venuePriceUsd(0)));
      // Units of 1e-7 ETH that bring the price down by a tenth after the fee: base x (sqrt(0.997 / 0.9) - 1).
      sellable.push(kernel.unitsToPrice(0, 0.9 * kernel.venuePriceUsd(0)) / 1e7);
    }
    // At 1,400 dollars two accounts fall due: the pool bears their sales until the next row puts it back.
    expect(seen.slice(0, 2)).toEqual([2000, 2000]);
    expect(seen[4]).toBeLessThanOrEqual(1400);
    expect(sellable[0]).toBeCloseTo(5000 * (Math.sqrt(0.997 / 0.9) - 1), 1);
  });

  it("behavior: what the run sold into the pool is taken back by outside with the next row, and the ledger stays exact", () => {
    const tape = new Tape(true);
    const kernel = new Kernel(runSetting(plan()), tape);
    kernel.run(1, 0);
    kernel.ledger.check();
    const moves = tape.kept.filter((row) => row.kind === tapeKinds.refill).map((row) => [row.tick, row.x / 1e7]);
    const sold = tape.kept
      .filter((row) => row.kind === tapeKinds.batch && row.tick >= 2 && row.tick < 4)
      .reduce((sum, row) => sum + row.x / 1e7, 0);
    expect(moves[0]).toEqual([0, 0]);
    expect(moves[1]).toEqual([2, 1000]);
    expect(sold).toBeGreaterThan(0);
    expect(moves[2][0]).toBe(4);
    expect(moves[2][1]).toBeCloseTo(-4000 - sold, 6);
  });

  it("behavior: kept, only the size follows: the price stays what the run made of it, the invariant is the measured one", () => {
    const kernel = new Kernel(runSetting(plan({ price: "kept" })), new Tape());
    kernel.begin(1, 0);
    for (let tick = 0; tick < 6; tick++) kernel.step(tick);
    // Nobody trades while the pool stays at 2,000 (nobody arbitrages here), so 2,000 it stays.
    expect(kernel.venuePriceUsd(0)).toBeCloseTo(2000, 3);
    const base = Math.sqrt((2000 * 2_800_000) / 2000);
    expect(kernel.unitsToPrice(0, 1800) / 1e7).toBeCloseTo(base * (Math.sqrt((2000 * 0.997) / 1800) - 1), 2);
    kernel.ledger.check();
  });

  it("behavior: a share of the reserves has the price of the whole", () => {
    const kernel = new Kernel(runSetting(plan({ depthShare: 0.5 })), new Tape());
    kernel.begin(1, 0);
    kernel.step(0);
    expect(kernel.venuePriceUsd(0)).toBeCloseTo(2000, 6);
    expect(kernel.unitsToPrice(0, 1800) / 1e7).toBeCloseTo(2500 * (Math.sqrt((2000 * 0.997) / 1800) - 1), 1);
  });

  it("behavior: a record on another clock is shifted; until its first row the pool is the book's, or of its size at the fair price", () => {
    const after = (params: object) => {
      const kernel = new Kernel(runSetting(plan(params)), new Tape());
      kernel.begin(1, 0);
      kernel.step(0);
      kernel.step(1);
      return kernel.venuePriceUsd(0);
    };
    const cheap = { ...reserves, rows: [["2024-01-01T00:00:00Z", 5000, 9_000_000]] };
    const shifted = parsed({ shift: "5 min" }, cheap);
    if ("problems" in shifted) throw new Error(JSON.stringify(shifted.problems));
    const kernel = new Kernel(runSetting(shifted.plan), new Tape());
    kernel.begin(1, 0);
    kernel.step(0);
    expect(kernel.venuePriceUsd(0)).toBeCloseTo(2000, 6);
    kernel.step(1);
    expect(kernel.venuePriceUsd(0)).toBeCloseTo(1800, 6);
    expect(after({ shift: "20 min" })).toBeCloseTo(2000, 6);
    expect(after({ shift: "20 min", opening: "fair" })).toBeCloseTo(2000, 3);
  });

  it("error: venue-wrong, unknown-table, column-missing, number-out-of-range, series-elsewhen, tick-too-long", () => {
    expect(codes({}, reserves, false)).toEqual(["liquidity.market.venue venue-wrong"]);
    expect(codes({}, { ...reserves, venue: "other" })).toEqual(["liquidity.market.series unknown-table"]);
    expect(codes({}, { ...reserves, columns: ["start", "base ETH", "quote DAI"] })).toEqual([
      "liquidity.market.series column-missing",
    ]);
    expect(codes({}, { ...reserves, rows: [["2024-01-01T00:00:00Z", 0, 1]] })).toEqual([
      "liquidity.market.series number-out-of-range",
    ]);
    expect(codes({}, { ...reserves, rows: [["2023-01-01T00:00:00Z", 1, 1]] })).toEqual([
      "liquidity.market.series series-elsewhen",
    ]);
    expect(codes({}, { ...reserves, interval: "1 min" })).toEqual(["liquidity.market.series tick-too-long"]);
  });
});
