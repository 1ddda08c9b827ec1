import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyFlow } from "../../../ladder/index.js";
import { parseScenario } from "../../../scenario/parse.js";
import { syntheticDollar } from "./demonstration.js";
import { nothingElse, playHedged } from "./hedged.fixture.js";

const play = (entry: Record<string, unknown> = {}, variant: Parameters<typeof syntheticDollar>[1] = {}) =>
  playHedged(syntheticDollar(entry, variant), "dollar");

const deep = [["-90%", "1000000 ETH"]];
const coinColumns = ["account", "size USD", "entry USD", "margin ETH"];
const coinExchange = {
  protocol: "inverse-perpetual",
  tiers: [{ maintenance: "1%" }],
  insuranceFund: "0 USD",
  oracle: "spot",
};
// Longs of 800,000 and 600,000 dollars; the book is short a million dollars against 500 coins of margin.
const coinRows = [
  ["long-10x", 800000, 2000, 40],
  ["long-5x", 600000, 2000, 60],
  ["book", -1000000, 2000, 100],
];

describe("delta-neutral", () => {
  it("default: what the exchange deleverages of the short is sold on the spot market, and the price falls further", () => {
    const { measures, deleveraged, spotSold, sizes, coins } = play();
    expect(deleveraged).toBeGreaterThan(100);
    // Every coin that lost its short is sold, but for a thousandth of the opening coins.
    expect(Math.abs(spotSold - deleveraged)).toBeLessThan(1);
    expect(coins[0]).toBeCloseTo(500 - spotSold, 6);
    expect(coins[0] + sizes("book")).toBeLessThan(1);
    // Without the book's sales ETH ends at 85 % of its opening, the fall of the scenario.
    const without = play({ sells: "0%" });
    expect(without.spotSold).toBe(0);
    expect(without.measures.lowestPriceShare).toBeCloseTo(0.85, 6);
    expect(measures.lowestPriceShare).toBeLessThan(0.84);
  });

  it("behavior: with deleveraging off, or a market that takes what falls due, it sells nothing", () => {
    expect(play({}, { exchange: { deleveraging: "none" } }).spotSold).toBe(0);
    const absorbed = play({}, { bids: deep });
    expect(absorbed.deleveraged).toBe(0);
    expect(absorbed.spotSold).toBe(0);
    expect(absorbed.measures.liquidatedAccounts).toBeGreaterThan(0);
    const funded = play({}, { bids: [["-90%", "5000 ETH"]], exchange: { insuranceFund: "10000000 USD" } });
    expect(funded.deleveraged).toBe(0);
    expect(funded.spotSold).toBe(0);
  });

  it("behavior: it sells the stated share evenly over the stated time", () => {
    const half = play({ sells: "50%" });
    expect(half.spotSold / half.deleveraged).toBeCloseTo(0.5, 2);
    const ticks = (over: string) => new Set(play({ over }).trades.map((row) => row.tick)).size;
    expect(ticks("1 h")).toBeGreaterThan(ticks("10 min"));
    const { trades } = play({ over: "1 h" });
    const first = trades.filter((row) => row.tick === trades[0].tick).reduce((sum, row) => sum + row.x, 0);
    expect(first).toBeLessThan(trades.reduce((sum, row) => sum + row.x, 0) / 6);
  });

  it("behavior: a short that is liquidated on the way up frees its coins too", () => {
    const { spotSold, measures } = play({}, { move: "60%", bids: deep, exchangeRows: [["book", -500, 2000, 400000]] });
    expect(measures.liquidatedAccounts).toBe(1);
    expect(spotSold).toBeCloseTo(500, 3);
  });

  it("behavior: negative funding beyond its patience makes it give up both legs, at most as fast as stated", () => {
    const negative = { funding: { rule: "fixed", rate: "-0.1%", every: "15 min" } };
    const variant = { move: "0%", bids: deep, exchange: negative };
    expect(play({}, variant).spotSold).toBe(0);
    expect(play({ patience: "1 day" }, variant).spotSold).toBe(0);
    const gone = play({ patience: "30 min" }, variant);
    expect(gone.spotSold).toBeCloseTo(500, 4);
    expect(gone.sizes("book")).toBeCloseTo(0, 4);
    // Funding is paid in the tick that ends at 15 minutes for the first time: patience ends six ticks later.
    expect(gone.trades[0].tick).toBe(8);
    const part = play({ patience: "30 min", unwinds: "40%" }, variant);
    expect(part.spotSold).toBeCloseTo(200, 4);
    expect(part.sizes("book")).toBeCloseTo(-300, 4);
    const positive = { funding: { rule: "fixed", rate: "0.1%", every: "15 min" } };
    expect(play({ patience: "15 min" }, { ...variant, exchange: positive }).spotSold).toBe(0);
  });

  it("behavior: on a coin-margined exchange margin counts as coins: the book is flat at every price until it is deleveraged", () => {
    const variant = { columns: coinColumns, exchangeRows: coinRows, rows: [["book", 400]], exchange: coinExchange };
    const calm = play({}, { ...variant, bids: deep });
    expect(calm.spotSold).toBe(0);
    const { spotSold, deleveraged } = play({}, variant);
    expect(deleveraged).toBeGreaterThan(100);
    // Deleveraged at bankruptcy values: the book's gain stays in coins, so fewer coins lose their short than the mark counts.
    expect(spotSold).toBeGreaterThan(0.5 * deleveraged);
    expect(spotSold).toBeLessThan(1.05 * deleveraged);
  });

  it("behavior: coins and cash are what the ledger holds, nothing is negative or NaN (random books and paths)", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 800 }),
        fc.integer({ min: 0, max: 800 }),
        fc.integer({ min: 10_000, max: 600_000 }),
        fc.integer({ min: -60, max: 80 }),
        fc.constantFrom("0 ms", "30 min", "2 h"),
        fc.constantFrom("queue", "binance", "pro-rata", "dydx", "none"),
        fc.constantFrom("-0.5%", "0.5%"),
        fc.integer({ min: 1, max: 2000 }),
        (coins, short, margin, move, over, deleveraging, rate, depth) => {
          const { kernel, rows } = play(
            { over, patience: "30 min" },
            {
              move: `${move}%`,
              rows: [["book", coins]],
              exchangeRows: [
                ["long-10x", 400, 2000, 80000],
                ["long-5x", 300, 2000, 120000],
                ["book", -short, 2000, margin],
              ],
              exchange: { deleveraging, funding: { rule: "fixed", rate, every: "30 min" } },
              bids: [["-40%", `${depth} ETH`]],
              clock: { tick: "15 min" },
            },
          );
          const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
          expect(kernel.ledger.balance(rows.account, 0)).toBe(sum(rows.risky));
          expect(kernel.ledger.balance(rows.account, 1)).toBe(sum(rows.cash));
          expect(kernel.ledger.balance(rows.account, 2)).toBe(0);
          for (const values of [rows.risky, rows.cash]) {
            for (const value of values) expect(value).toBeGreaterThanOrEqual(0);
          }
        },
      ),
      { seed: 24, numRuns: 100 },
    );
  });

  it("limit: the ladder sells where the exchange liquidates the short; what deleveraging frees is not in it", () => {
    const { ladder, published } = play();
    const flowAt = (price: number) => {
      const flow = emptyFlow(2);
      ladder?.forced(published(price), flow);
      return flow;
    };
    expect(flowAt(1700)).toEqual(emptyFlow(2));
    // 500 short at 2,000 on 400,000: equity at p is 1,400,000 - 500 p, maintenance 2 % less 1,000: liquidated from 2,747 up.
    expect(flowAt(2740)).toEqual(emptyFlow(2));
    expect(flowAt(2760).sold[0]).toBe(500e7);
    expect(ladder?.reactionMs).toBe(1_800_000);
    expect(ladder?.pathFree).toBe(false);
  });

  it("error: mechanism-wrong, account-missing, column-missing, instrument-wrong, duration-no-multiple", () => {
    const codes = (entry: Record<string, unknown>, variant: Parameters<typeof syntheticDollar>[1] = {}) => {
      const parsed = parseScenario(syntheticDollar(entry, variant), nothingElse);
      return "problems" in parsed ? parsed.problems.map((problem) => problem.code) : [];
    };
    expect(codes({})).toEqual([]);
    expect(codes({ exchange: "dollar" })).toEqual(["mechanism-wrong"]);
    expect(codes({ exchange: "nobody" })).toEqual(["unknown-mechanism"]);
    expect(codes({}, { rows: [["somebody", 500]] })).toEqual(["account-missing"]);
    expect(codes({}, { rowColumns: ["account", "size ETH"] })).toEqual(["column-missing"]);
    expect(codes({ instrument: "ETH/USD-PERP" })).toEqual(["instrument-wrong"]);
    expect(codes({ over: "7 min" })).toEqual(["duration-no-multiple"]);
    expect(codes({ patience: "7 min" })).toEqual(["duration-no-multiple"]);
    expect(codes({}, { rowColumns: ["account", "risky ETH", "cash USD"], rows: [["book", 500, -5]] })).toEqual([
      "number-out-of-range",
    ]);
  });
});
