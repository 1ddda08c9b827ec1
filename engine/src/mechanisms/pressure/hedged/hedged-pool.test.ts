import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyFlow } from "../../../ladder/index.js";
import { type TapeRow, tapeKinds } from "../../../run/index.js";
import { parseScenario, readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { poolWithHedgers } from "./hedged-pool.js";

const nothingElse = (path: string): never => {
  throw new Error(`no files, but ${path}`);
};

interface Variant {
  readonly hedgers?: Readonly<Record<string, unknown>>;
  readonly move?: string;
  readonly clock?: Readonly<Record<string, string>>;
  readonly path?: Readonly<Record<string, unknown>>;
  readonly seed?: number;
  readonly base?: number;
  readonly perpDepth?: string;
}

function scenarioOf({ hedgers, move = "-30%", clock, path, base, perpDepth = "100000000 ETH" }: Variant): unknown {
  const scenario = poolWithHedgers(hedgers, { clock: { tick: "5 min", duration: "1 h", ...clock } }, base) as Record<
    string,
    Record<string, Record<string, Record<string, unknown>>>
  >;
  delete scenario.pressure.lender;
  (scenario.prices as Record<string, unknown>).shock = path ?? { kind: "line", moves: { ETH: move }, over: "1 h" };
  scenario.book.venues.perp.bids = [["-90%", perpDepth]];
  scenario.book.venues.perp.asks = [["900%", perpDepth]];
  return scenario;
}

/** Runs one path; `loss` is what pool and hedge together lost, as a share of the pool's opening value of two times its coins. */
function play(variant: Variant = {}) {
  const plan = readScenario(scenarioOf(variant), nothingElse);
  const tape: TapeRow[] = [];
  const open = openRun(plan, (row) => tape.push(row));
  const { measures } = open.run(variant.seed ?? 1, 0);
  const { kernel } = open;
  kernel.ledger.check();
  const index = plan.mechanisms.findIndex((one) => one.name === "hedgers");
  const rows = kernel.opened.rows[index] as { held: number; account: number; traded: number; quote: number };
  const trades = tape.filter((row) => row.a === index && row.kind === tapeKinds.trade);
  const sold = trades.reduce((sum, row) => sum + row.x, 0) / 1e7;
  const cash = trades.reduce((sum, row) => sum + Math.sign(row.x) * row.y, 0) / 1e6;
  const base = variant.base ?? 5000;
  const price = kernel.fair(0);
  const pool = 2 * base * Math.sqrt(2000 * price);
  const hedge = base * 2000 + cash - (base + sold) * price;
  return {
    measures,
    kernel,
    rows,
    trades,
    sold,
    price,
    loss: (2 * base * 2000 - pool - hedge) / (2 * base * 2000),
    ladder: kernel.opened.mechanisms[index].ladder?.(rows),
  };
}

describe("hedged-pool", () => {
  it("default: as the price falls the pool gathers coins, and their owners sell as many more", () => {
    const { sold, price, trades, rows } = play();
    // x = sqrt(k / p): 5,000 coins at 2,000 are 5,976.14 at 1,400.
    expect(price).toBeCloseTo(1400, 6);
    expect(sold).toBeCloseTo(5000 * (Math.sqrt(2000 / 1400) - 1), 2);
    expect(trades.every((row) => row.x > 0)).toBe(true);
    expect(rows.held / 1e7).toBeCloseTo(-5000 * Math.sqrt(2000 / 1400), 2);
    const rise = play({ move: "20%" });
    expect(rise.trades.every((row) => row.x < 0)).toBe(true);
  });

  it("behavior: a share of the pool hedges a share; nothing inside the band, nor between the clock's strokes", () => {
    expect(play({ hedgers: { share: "25%" } }).sold).toBeCloseTo(1250 * (Math.sqrt(2000 / 1400) - 1), 2);
    expect(play({ move: "-2%", hedgers: { band: "100 ETH" } }).trades).toHaveLength(0);
    expect(play({ hedgers: { band: "100 ETH", to: "edge" } }).sold).toBeCloseTo(
      5000 * (Math.sqrt(2000 / 1400) - 1) - 100,
      2,
    );
    const clocked = play({ hedgers: { every: "30 min" } });
    expect(clocked.trades.map((row) => row.tick)).toEqual([5, 11]);
  });

  it("behavior: pool and hedge together lose what each step loses to arbitrage: sqrt(k) (sqrt p1 - sqrt p0)^2 / sqrt p0", () => {
    // From 2 sqrt(k p1) - 2 sqrt(k p0) - sqrt(k / p0) (p1 - p0), summed over the ticks. The book that the hedge trades on is so deep that it costs nothing.
    const { loss } = play({ move: "-30%", clock: { tick: "10 min" } });
    let expected = 0;
    for (let tick = 0; tick < 6; tick++) {
      const [from, to] = [0.7 ** (tick / 6), 0.7 ** ((tick + 1) / 6)];
      expected += (Math.sqrt(to) - Math.sqrt(from)) ** 2 / Math.sqrt(from) / 2;
    }
    // Hedging follows the price by one step: the first step is unhedged gain of a short that was there, every other as above.
    expect(loss).toBeCloseTo(expected, 4);
  });

  it("behavior: under a random walk the loss rate is sigma^2 / 8 of the pool's value (Milionis and others 2022)", () => {
    const volatility = 0.8;
    const losses = Array.from({ length: 8 }, (_, seed) => {
      const path = { kind: "brownian", calibrated: "net", assets: { ETH: { volatility: "80%" } } };
      return play({ seed: seed + 1, path, clock: { tick: "1 h", duration: "30 day" } }).loss;
    });
    const mean = losses.reduce((sum, one) => sum + one, 0) / losses.length;
    // 0.00658 over 30 days, times the path's mean pool value; 8 paths of 720 squares each: 3 % from the squares, the rest from the value.
    const expected = (volatility ** 2 / 8) * (30 / 365);
    expect(mean / expected).toBeGreaterThan(0.85);
    expect(mean / expected).toBeLessThan(1.15);
    for (const one of losses) expect(one).toBeGreaterThan(0);
  });

  it("behavior: the ledger holds nothing of theirs but what is lent, at any depth (random paths)", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -80, max: 150 }),
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 1, max: 100 }),
        fc.constantFrom(undefined, "10 ETH"),
        fc.constantFrom("target", "edge"),
        (move, depth, share, band, to) => {
          const { kernel, rows } = play({
            move: `${move}%`,
            perpDepth: `${depth} ETH`,
            hedgers: { share: `${share}%`, band, to },
            clock: { tick: "10 min" },
          });
          expect(kernel.ledger.balance(rows.account, rows.traded)).toBe(0);
          expect(kernel.ledger.balance(rows.account, rows.quote)).toBe(0);
          expect(Number.isSafeInteger(rows.held)).toBe(true);
        },
      ),
      { seed: 8, numRuns: 60 },
    );
  });

  it("limit: the ladder sells at a held price what the curve says; a pool with a fee, or that nobody arbitrages, stands elsewhere in the run", () => {
    const flowAt = (price: number, hedgers: Record<string, unknown> = {}) => {
      const { kernel, ladder } = play({ hedgers });
      const flow = emptyFlow(2);
      ladder?.forced(
        Float64Array.from(kernel.opened.feeds, (feed) => (feed.asset === 0 ? price : 1) * 1e8),
        flow,
      );
      return { flow, ladder };
    };
    const { flow, ladder } = flowAt(1400);
    expect(flow.sold[0] / 1e7).toBeCloseTo(5000 * (Math.sqrt(2000 / 1400) - 1), 6);
    expect(flowAt(2000).flow).toEqual(emptyFlow(2));
    expect(flowAt(2400).flow.bought[0]).toBeGreaterThan(0);
    expect(ladder?.pathFree).toBe(false);
    const left = scenarioOf({}) as { liquidity?: unknown };
    delete left.liquidity;
    expect(openRun(readScenario(left, nothingElse)).run(1, 0).measures.executedSalesUsd).toBe(0);
    // A fall of dp forces share x x / (2 p) x dp, for delta = sqrt(k / p): the hedger's gamma.
    const small = flowAt(1999).flow.sold[0] / 1e7;
    expect(small).toBeCloseTo(5000 / (2 * 2000), 2);
  });

  it("behavior: a pool that counts in another coin than the hedge is seen at its own price", () => {
    const scenario = scenarioOf({ move: "-30%" }) as Record<string, Record<string, Record<string, unknown>>>;
    scenario.book.assets.GBP = { price: "2 USD" };
    scenario.book.instruments["ETH/GBP"] = { asset: "ETH", quote: "GBP" };
    Object.assign(scenario.book.venues.pool as object, { instrument: "ETH/GBP", quote: "5000000 GBP" });
    const plan = readScenario(scenario, nothingElse);
    const { kernel } = openRun(plan);
    const index = plan.mechanisms.findIndex((one) => one.name === "hedgers");
    const ladder = kernel.opened.mechanisms[index].ladder?.(kernel.opened.rows[index]);
    const sold = (price: number) => {
      const flow = emptyFlow(plan.book.instruments.length);
      const usd = (asset: number) => ({ ETH: price, GBP: 2 })[plan.book.assets[asset].symbol] ?? 1;
      ladder?.forced(
        Float64Array.from(kernel.opened.feeds, (feed) => usd(feed.asset) * 1e8),
        flow,
      );
      return flow.sold.reduce((sum, units) => sum + units, 0) / 1e7;
    };
    expect(sold(2000)).toBe(0);
    expect(sold(1400)).toBeCloseTo(5000 * (Math.sqrt(2000 / 1400) - 1), 6);
  });

  it("error: venue-wrong, instrument-wrong, unit-wrong, duration-no-multiple", () => {
    const codes = (hedgers: Record<string, unknown>) => {
      const parsed = parseScenario(scenarioOf({ hedgers }), nothingElse);
      return "problems" in parsed ? parsed.problems.map((problem) => problem.code) : [];
    };
    expect(codes({})).toEqual([]);
    expect(codes({ venue: "market" })).toEqual(["venue-wrong"]);
    expect(codes({ venue: "nowhere" })).toEqual(["unknown-venue"]);
    expect(codes({ band: "10 USD" })).toEqual(["unit-wrong"]);
    expect(codes({ every: "7 min" })).toEqual(["duration-no-multiple"]);
    expect(codes({ share: "0%" })).toHaveLength(1);
  });
});
