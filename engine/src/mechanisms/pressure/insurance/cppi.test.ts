import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyFlow } from "../../../ladder/index.js";
import { type TapeRow, tapeKinds } from "../../../run/index.js";
import { parseScenario, readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { oneInsurer } from "./demonstration.js";

const nothingElse = (path: string): never => {
  throw new Error(`no files, but ${path}`);
};

interface CppiRows {
  readonly risky: Float64Array;
  readonly cash: Float64Array;
  readonly state: { readonly locked: Uint8Array };
  readonly positions: number;
  readonly instrument: number;
}

interface Variant {
  readonly insurer?: Readonly<Record<string, unknown>>;
  readonly rows?: readonly unknown[];
  readonly move?: string;
  readonly tick?: string;
  readonly depth?: number;
}

function scenarioOf({ insurer, rows, move = "-30%", tick = "5 min", depth = 1e6 }: Variant = {}): unknown {
  const scenario = oneInsurer(insurer, rows) as Record<string, Record<string, Record<string, Record<string, unknown>>>>;
  scenario.prices.shock.moves = { ETH: move };
  (scenario.clock as Record<string, unknown>).tick = tick;
  scenario.book.venues.market = {
    ...scenario.book.venues.market,
    bids: [["-50%", `${depth} ETH`]],
    asks: [["100%", `${depth} ETH`]],
    refill: "0 /h",
  };
  delete scenario.pressure.lender;
  return scenario;
}

function play(variant: Variant = {}) {
  const plan = readScenario(scenarioOf(variant), nothingElse);
  const trades: TapeRow[] = [];
  const open = openRun(plan, (row) => {
    if (row.kind === tapeKinds.trade) trades.push(row);
  });
  const end = open.run(1, 0);
  const index = plan.mechanisms.findIndex((one) => one.name === "insurer");
  const rows = open.kernel.opened.rows[index] as CppiRows;
  const wealth = (row: number) => (rows.risky[row] / 1e7) * open.kernel.fair(0) + rows.cash[row] / 1e6;
  return { plan, end, trades, rows, kernel: open.kernel, wealth, index };
}

describe("cppi", () => {
  it("default: on the way down it sells towards m x cushion, on the way up it buys", () => {
    // 400,000 of wealth, floor 350,000, m = 4: exposure 200,000 at the start.
    const down = play({ move: "-10%", insurer: { band: "0%" } });
    const left = (down.rows.risky[0] / 1e7) * down.kernel.fair(0);
    expect(left).toBeCloseTo(4 * (down.wealth(0) - 350_000), -2);
    expect(down.trades.every((row) => row.x > 0)).toBe(true);
    const up = play({ move: "10%", insurer: { band: "0%" } });
    expect(up.trades.every((row) => row.x < 0)).toBe(true);
    expect(up.rows.risky[0]).toBeGreaterThan(100e7);
  });

  it("behavior: in small steps the cushion follows C0 (S/S0)^m", () => {
    // Continuous CPPI without volatility: dC / C = m dS / S, so -10 % leaves 50,000 x 0.9^4. Depth is so deep that there is no impact.
    const { wealth } = play({ move: "-10%", tick: "5 s", depth: 1e8, insurer: { band: "0%" } });
    expect(wealth(0) - 350_000).toBeCloseTo(50_000 * 0.6561, -1);
  });

  it("behavior: a fall beyond the cushion locks it in cash, and it never buys again", () => {
    const { rows, trades, wealth } = play({ move: "-60%", tick: "1 h" });
    expect(rows.risky[0]).toBe(0);
    expect(rows.state.locked[0]).toBe(1);
    expect(trades).toHaveLength(1);
    expect(wealth(0)).toBeLessThan(350_000);
    expect(wealth(0)).toBeGreaterThan(200_000);
  });

  it("behavior: nothing is traded inside the band, nor between the clock's strokes", () => {
    expect(play({ move: "-2%", insurer: { band: "5%" } }).trades).toHaveLength(0);
    expect(play({ move: "-2%", insurer: { band: "0.5%" } }).trades.length).toBeGreaterThan(0);
    const clocked = play({ move: "-10%", insurer: { every: "30 min", band: "0%" } });
    expect(clocked.trades.length).toBeGreaterThan(1);
    expect(clocked.trades.every((row) => row.tick % 6 === 5)).toBe(true);
    expect(clocked.trades.every((row) => row.round === 0)).toBe(true);
  });

  it("behavior: a higher multiplier sells more; a floor column and growth take part", () => {
    const sold = (insurer: Record<string, unknown>) =>
      play({ move: "-8%", insurer: { band: "0%", ...insurer } }).trades.reduce((sum, row) => sum + row.x, 0);
    expect(sold({ multiplier: 3, floor: 1 - 1 / 6 })).toBeLessThan(sold({ multiplier: 5, floor: 0.9 }));
    expect(sold({ floorGrowth: "1000%" })).toBeGreaterThan(sold({}));
  });

  it("behavior: beyond its own wealth it borrows, and what a gap leaves unpaid is bad debt, not negative wealth", () => {
    const rows = [["fund", 300, -400000]];
    const insurer = { leverage: 3, floor: "20%", multiplier: 4, band: "0%" };
    const { rows: end, end: path, kernel, wealth } = play({ rows, insurer, move: "-50%", tick: "1 h" });
    kernel.ledger.check();
    expect(wealth(0)).toBe(0);
    expect(end.risky[0]).toBe(0);
    expect(path.measures.badDebtUsd).toBeGreaterThan(90_000);
    const calm = play({ rows, insurer, move: "-5%" });
    expect(calm.end.measures.badDebtUsd).toBe(0);
    expect(calm.wealth(0)).toBeGreaterThan(0);
  });

  it("behavior: without leverage wealth and cash never fall below 0 and rows are what the ledger holds (random books and paths)", () => {
    const account = fc.record({
      risky: fc.integer({ min: 0, max: 500 }),
      cash: fc.integer({ min: 0, max: 1_000_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(account, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: -90, max: 200 }),
        fc.integer({ min: 2, max: 8 }),
        fc.integer({ min: 50, max: 100 }),
        fc.constantFrom("0%", "2%"),
        fc.integer({ min: 5, max: 3000 }),
        (accounts, move, multiplier, floor, band, depth) => {
          const { rows, kernel } = play({
            rows: accounts.map((one, place) => [`a${place}`, one.risky, one.cash]),
            insurer: { multiplier, floor: `${floor}%`, band },
            move: `${move}%`,
            tick: "15 min",
            depth,
          });
          kernel.ledger.check();
          let risky = 0;
          let cash = 0;
          for (let row = 0; row < rows.risky.length; row++) {
            expect(rows.risky[row]).toBeGreaterThanOrEqual(0);
            // Others' purchases in the same batch can cost a little more than depth asked: that is lent.
            expect(rows.cash[row]).toBeGreaterThanOrEqual(accounts.length === 1 ? 0 : -1e11);
            risky += rows.risky[row];
            cash += Math.max(0, rows.cash[row]);
          }
          expect(kernel.ledger.balance(rows.positions, 0)).toBe(risky);
          expect(kernel.ledger.balance(rows.positions, 1)).toBe(cash);
        },
      ),
      { seed: 31, numRuns: 100 },
    );
  });

  it("limit: the ladder sells at a held price what the rule says, and buys above", () => {
    const { kernel, index, rows } = play();
    const ladder = kernel.opened.mechanisms[index].ladder?.(rows);
    const flowAt = (price: number) => {
      const flow = emptyFlow(1);
      ladder?.forced(
        Float64Array.from(kernel.opened.feeds, (feed) => (feed.asset === 0 ? price : 1) * 1e8),
        flow,
      );
      return flow;
    };
    // 100 ETH, cushion 50,000 - 100 x 200: exposure 120,000 of 180,000.
    expect(flowAt(1800).sold[0]).toBe(Math.ceil((60_000 / 1800) * 1e7));
    expect(flowAt(2000)).toEqual(emptyFlow(1));
    expect(flowAt(2100).bought[0]).toBeGreaterThan(0);
    expect(flowAt(1000).sold[0]).toBe(100e7);
    expect(ladder?.pathFree).toBe(false);
  });

  it("error: instrument-wrong, column-missing, duration-no-multiple, unknown-positions", () => {
    const codes = (insurer: Record<string, unknown>) => {
      const parsed = parseScenario(scenarioOf({ insurer }), nothingElse);
      return "problems" in parsed ? parsed.problems.map((problem) => problem.code) : [];
    };
    expect(codes({ every: "7 min" })).toEqual(["duration-no-multiple"]);
    expect(codes({ positions: "lender" })).toEqual(["column-missing", "column-missing"]);
    expect(codes({ positions: "nobody" })).toEqual(["unknown-positions"]);
    expect(codes({ multiplier: -1 })).toHaveLength(1);
    expect(codes({ floor: "120%" })).toHaveLength(1);
  });
});
