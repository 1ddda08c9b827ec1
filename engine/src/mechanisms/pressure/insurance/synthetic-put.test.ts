import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tapeKinds } from "../../../run/index.js";
import { readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { floor1987, replicatedSalesUsd } from "../../../validate/required-sales.js";
import { faultsOf, playStrategy, type StrategyCase, strategyScenario } from "./strategy.fixture.js";

const insured = { kind: "synthetic-put", horizon: "365 day", volatility: "60%", floor: "90%", start: "rule" };
const exact = { ...insured, band: 0 };
const oneTick = { tick: "1 h", duration: "1 h" };

const play = (entry: Readonly<Record<string, unknown>> = {}, rest: Partial<StrategyCase> = {}) =>
  playStrategy({ entry: { ...insured, ...entry }, ...rest });

describe("synthetic-put", () => {
  it("default: sells what falls and buys what rises, and its floor holds in a market that moves in small steps", () => {
    expect(play().trades.every((row) => row.x > 0)).toBe(true);
    expect(play({}, { move: "20%" }).trades.every((row) => row.x < 0)).toBe(true);
    const { tape } = play({ band: 0 }, { move: "-40%", over: "12 h", tick: "5 min", duration: "12 h" });
    const floor = tape.find((row) => row.kind === tapeKinds.floor);
    expect(floor?.y).toBe(360_000);
    expect(floor?.z).toBe(0);
  });

  it("behavior: begun at its rule nothing is traded at the opening price; begun as the table has it the first round trades", () => {
    expect(play({ band: 0 }, { move: "0%", ...oneTick }).trades).toHaveLength(0);
    const table = play({ band: 0, start: "table" }, { move: "0%", ...oneTick });
    expect(table.trades.length).toBeGreaterThan(0);
    const rule = play({ band: 0 }, { move: "0%", ...oneTick });
    // 100 ETH and 200,000 USD at 2,000 USD: the same wealth, split anew, and the same holding as who had to trade for it.
    expect(rule.wealth()).toBeCloseTo(400_000, 2);
    expect(Math.abs(rule.rows.risky[0] - table.rows.risky[0])).toBeLessThan(0.001 * rule.rows.risky[0]);
  });

  it("limit: map and run agree to the unit in one tick, down and up, where credit reaches", () => {
    for (const move of ["-35%", "-10%", "8%", "60%"]) {
      const { rows, ladder, flowAt, kernel } = play({ ...exact, leverage: 3 }, { move, ...oneTick });
      const opening = play({ ...exact, leverage: 3 }, { move: "0%", ...oneTick }).rows.risky[0];
      const price = kernel.published(kernel.opened.feeds.findIndex((feed) => feed.asset === 0)) / 1e8;
      const flow = flowAt(price);
      expect(ladder.pathFree).toBe(true);
      expect(flow.sold[0] - flow.bought[0]).toBe(opening - rows.risky[0]);
    }
  });

  it("limit: path-free only where nothing on the way matters: not with a band, measured volatility, people, or cash that may not reach", () => {
    const isFree = (entry: Readonly<Record<string, unknown>>) =>
      play({ ...exact, leverage: 3, ...entry }, oneTick).ladder.pathFree;
    expect(isFree({})).toBe(true);
    expect(isFree({ band: "1%" })).toBe(false);
    expect(isFree({ leverage: 1 })).toBe(false);
    expect(isFree({ realised: { halfLife: "1 day" } })).toBe(false);
    expect(isFree({ execution: { discretion: 0.5 } })).toBe(false);
  });

  it("limit: 1987 in a deep market: 60 billion at a floor of 95 % sell what the closed form asks for after a fall of a tenth", () => {
    // One account counts to nine billion dollars, so ten of six billion. Price of the index: S&P 500 at the close of 16 October 1987.
    const scenario = strategyScenario({
      entry: {
        kind: "synthetic-put",
        horizon: "365 day",
        volatility: "18%",
        rate: "7%",
        floor: "95%",
        band: 0,
        start: "rule",
      },
      columns: ["account", "risky ETH", "cash USD"],
      rows: Array.from({ length: 10 }, (_, row) => [`insurer ${row}`, 0, 6e9]),
      move: "-10%",
      ...oneTick,
      depth: 1e14,
    }) as { book: { assets: Record<string, unknown> } };
    scenario.book.assets = { ETH: { price: "282.70 USD", unitDecimals: 1 }, USD: { price: "1 USD", unitDecimals: 2 } };
    const { measures } = openRun(
      readScenario(scenario, () => {
        throw new Error("no files");
      }),
    ).run(1, 0);
    // Counted at opening prices; on the way down they are sold at the mean of the two.
    const soldUsd = measures.executedSalesUsd * 0.95;
    expect(soldUsd / replicatedSalesUsd(floor1987, 60e9, 0.1)).toBeCloseTo(1, 5);
    expect(soldUsd / 1e9).toBeCloseTo(12.2, 1);
  });

  it("behavior: measured volatility that rises changes the hedge at the same price", () => {
    const path = [
      [0, 2000],
      [30, 1800],
      [60, 2000],
      [90, 1800],
      [120, 1800],
    ] as const;
    const assumed = play({ band: 0 }, { path });
    const measured = play({ band: 0, realised: { halfLife: "1 h" } }, { path });
    expect(measured.rows.risky[0]).not.toBe(assumed.rows.risky[0]);
  });

  it("behavior: implied volatility that jumps at a standing price moves the hedge, and nothing trades without it", () => {
    const iv = { kind: "implied-volatility", asset: "ETH", atm: "60%", jumps: [{ at: "1 h", by: "40%" }] };
    const entry = { ...exact, surface: "iv" };
    const jumped = playStrategy({ entry, prices: { iv }, move: "0%" });
    // Time alone moves the hedge a little in every tick.
    const largest = jumped.trades.reduce((one, other) => (Math.abs(other.x) > Math.abs(one.x) ? other : one));
    expect(largest.tick).toBe(12);
    const flat = { ...iv, jumps: [] };
    expect(playStrategy({ entry, prices: { iv: flat }, move: "0%" }).soldEth).toBeLessThan(
      Math.abs(jumped.soldEth) / 10,
    );
  });

  it("behavior: every strategy of the frame may begin at its rule: a CPPI at its multiple trades nothing at the opening price", () => {
    const cppi = { kind: "cppi", multiplier: 3, floor: "80%", band: 0 };
    const still = { move: "0%", ...oneTick } as const;
    expect(playStrategy({ entry: cppi, ...still }).trades.length).toBeGreaterThan(0);
    const begun = playStrategy({ entry: { ...cppi, start: "rule" }, ...still });
    expect(begun.trades).toHaveLength(0);
    // 400,000 USD, a cushion of 80,000, three times of it in ETH at 2,000 USD.
    expect(begun.rows.risky[0] / 1e7).toBeCloseTo(120, 6);
  });

  it("property: in one tick map and run agree to the unit, whatever floor, horizon, volatility and move", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 99 }),
        fc.integer({ min: 2, max: 700 }),
        fc.integer({ min: 10, max: 150 }),
        fc.integer({ min: -60, max: 80 }),
        (floor, days, volatility, move) => {
          const entry = {
            ...exact,
            floor: `${floor}%`,
            horizon: `${days} day`,
            volatility: `${volatility}%`,
            leverage: 100,
          };
          const { kernel, flowAt, trades, rows } = playStrategy({ entry, move: `${move}%`, ...oneTick });
          const price = kernel.published(kernel.opened.feeds.findIndex((feed) => feed.asset === 0)) / 1e8;
          const flow = flowAt(price);
          expect(flow.sold[0] - flow.bought[0]).toBe(trades.reduce((sum, row) => sum + row.x, 0));
          expect(Number.isSafeInteger(rows.risky[0])).toBe(true);
        },
      ),
      { seed: 4, numRuns: 60 },
    );
  });

  it("error: an account above nine billion dollars is refused in words, not by a crash", () => {
    const tooRich = () => play({}, { rows: [["fund", 8e6, 0]] });
    expect(tooRich).toThrow("split it into several");
  });

  it("error: a floor nobody can insure, two volatilities at once, an unknown surface", () => {
    const entry = (change: Readonly<Record<string, unknown>>) => faultsOf({ entry: { ...insured, ...change } });
    expect(entry({ floor: "100%" })).toEqual(["floor number-out-of-range"]);
    expect(entry({ floor: "100%", rate: "5%" })).toEqual([]);
    expect(
      faultsOf({
        entry: insured,
        columns: ["account", "risky ETH", "cash USD", "floor USD"],
        rows: [["fund", 100, 200_000, 500_000]],
      }),
    ).toEqual(["floor number-out-of-range"]);
    const surfaces = (asset: string) => ({ iv: { kind: "implied-volatility", asset, atm: "60%" } });
    const followed = (asset: string, change: object) =>
      faultsOf({ entry: { ...insured, surface: "iv", ...change }, prices: surfaces(asset) });
    expect(followed("USD", {})).toEqual(["surface surface-wrong"]);
    expect(followed("ETH", { realised: { halfLife: "1 day" } })).toEqual(["surface choice-wrong"]);
    expect(entry({ surface: "nothing" })).toEqual(["surface unknown-surface"]);
    expect(entry({ horizon: "0 s" })).toEqual(["horizon number-out-of-range"]);
  });
});
