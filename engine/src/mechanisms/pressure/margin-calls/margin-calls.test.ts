import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyFlow } from "../../../ladder/index.js";
import { perpetualBreaches } from "../../../rules/perpetual.js";
import { type TapeRow, tapeKinds } from "../../../run/index.js";
import { parseScenario, readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { threeOnMargin } from "./demonstration.js";
import type { MarginCallsRows } from "./rows.js";

const nothingElse = (path: string): never => {
  throw new Error(`no files, but ${path}`);
};

interface Variant {
  readonly broker?: Readonly<Record<string, unknown>>;
  readonly rows?: readonly unknown[];
  readonly move?: string;
  readonly over?: string;
  readonly depth?: readonly unknown[];
  readonly refill?: string;
  readonly futures?: boolean;
  readonly at?: string;
  readonly clock?: Readonly<Record<string, string>>;
  readonly path?: number;
}

const columns = ["account", "size ETH", "entry USD", "margin USD"];

function scenarioOf(variant: Variant): unknown {
  const { broker, rows, move = "-10%", over = "5 min", futures = false, clock } = variant;
  const scenario = threeOnMargin({ ...broker, ...(futures ? { instrument: "ETH-PERP", oracle: "mark" } : {}) }, rows, {
    clock: { tick: "5 min", duration: "3 h", ...clock },
    prices: {
      shock: { kind: "line", moves: { ETH: move }, over },
      ...(futures
        ? { mark: { kind: "spot-oracle", venues: { perp: 1 } }, spot: { kind: "spot-oracle", venues: { market: 1 } } }
        : {}),
    },
    ...(futures ? { instruments: { "ETH-PERP": { asset: "ETH", quote: "USD", market: "perpetual" } } } : {}),
  }) as Record<string, Record<string, Record<string, Record<string, unknown>>>>;
  const { venues, positions } = scenario.book;
  Object.assign(venues.market as object, {
    bids: variant.depth ?? [["-90%", "10000000 ETH"]],
    asks: [["900%", "10000000 ETH"]],
    refill: variant.refill ?? "0 /h",
  });
  if (futures) {
    venues.perp = { ...(venues.market as object), instrument: "ETH-PERP" };
    positions.broker = { layer: "made", columns, rows };
  }
  if (variant.at !== undefined) (scenario.book as Record<string, unknown>).at = variant.at;
  return scenario;
}

function play(variant: Variant = {}) {
  const plan = readScenario(scenarioOf(variant), nothingElse);
  const tape: TapeRow[] = [];
  const open = openRun(plan, (row) => tape.push(row));
  const end = open.run(1, variant.path ?? 0);
  const { kernel } = open;
  kernel.ledger.check();
  const index = plan.mechanisms.findIndex((one) => one.name === "broker");
  const rows = kernel.opened.rows[index] as MarginCallsRows;
  const own = tape.filter((row) => row.a === index);
  return {
    plan,
    end,
    rows,
    kernel,
    ladder: kernel.opened.mechanisms[index].ladder?.(rows),
    trades: own.filter((row) => row.kind === tapeKinds.trade),
    calls: own.filter((row) => row.kind === tapeKinds.marginCall),
    badDebt: own.filter((row) => row.kind === tapeKinds.badDebt),
    sold: own.filter((row) => row.kind === tapeKinds.trade).reduce((sum, row) => sum + row.x / 1e7, 0),
    equityUsd: (row: number) => {
      const { size, entry, margin } = rows.table;
      const side = size[row] >= 0 ? 1 : -1;
      return (size[row] / 1e7) * kernel.fair(0) + (margin[row] - side * entry[row]) / 1e6;
    },
    says: (row: number) => own.filter((one) => one.kind === tapeKinds.marginCall && one.b === row).map((one) => one.z),
  };
}

describe("margin-calls", () => {
  it("default: a fall calls the account below maintenance; at the deadline it is sold down to the initial margin", () => {
    // 100 ETH at 1,800 on a loan of 130,000: equity 50,000 is 27.8 %, below 30. To be 40 % it holds 125,000: it sells 100 - 125,000 / 1,800 = 30.5556 ETH.
    const { calls, trades, sold, says, equityUsd, end } = play();
    expect(says(0)).toEqual([1, 3]);
    expect(calls[0].x).toBeCloseTo(0.4 * 180_000 - 50_000, -1);
    expect(sold).toBeCloseTo(100 - 125_000 / 1_800, 2);
    expect(trades.every((row) => row.tick >= 6)).toBe(true);
    expect(equityUsd(0)).toBeCloseTo(50_000, -1);
    expect(end.measures.marginCalls).toBe(1);
    expect(end.measures.executedSalesUsd).toBeCloseTo(2000 * sold, 3);
  });

  it("behavior: without notice it sells in the same round as the fall; with more, later", () => {
    expect(play({ broker: { notice: "0 ms" } }).trades[0].tick).toBe(0);
    expect(play({ broker: { notice: "1 h" } }).trades[0].tick).toBe(12);
    expect(play({ broker: { notice: "1 day" } }).trades).toHaveLength(0);
  });

  it("behavior: with a clock for calls nobody is called before its stroke", () => {
    // The first tick falls below; calls go out in the tick that ends at one hour, and their half hour counts from its start.
    const { calls, trades, ladder } = play({ broker: { every: "1 h" } });
    expect(calls[0].tick).toBe(11);
    expect(calls[0].y).toBe(85 * 60_000);
    expect(trades[0].tick).toBe(17);
    expect(ladder?.reactionMs).toBe(90 * 60_000);
  });

  it("behavior: a deadline of the clock is the first such time after the notice", () => {
    // The book's moment is 13:30 UTC: a notice of 15 minutes ends at 13:45, the next 14:00 is half an hour from the start; 13:40 is tomorrow.
    const at = "2024-01-01T13:30:00Z";
    expect(play({ at, broker: { notice: "15 min", until: "14 h" } }).trades[0].tick).toBe(6);
    const tomorrow = play({ at, broker: { notice: "15 min", until: "820 min" } });
    expect(tomorrow.trades).toHaveLength(0);
    expect(tomorrow.calls[0].y).toBe(10 * 60_000 + 86_400_000);
  });

  it("behavior: who recovers before the deadline keeps everything: the call ends without a payment", () => {
    // The seller is worth 1.7 % of what it holds and is sold at once: ETH dips by a fifth, calls the other, and comes back as the book refills.
    const rows = [
      ["other", 100, -130000],
      ["seller", 300, -590000],
    ];
    const {
      says,
      calls,
      trades,
      rows: end,
    } = play({
      rows,
      broker: { immediate: "5%" },
      move: "0%",
      depth: [["-20%", "300 ETH"]],
      refill: "20 /h",
    });
    expect(says(1)).toEqual([1, 3]);
    expect(says(0)).toEqual([1, 2]);
    expect(calls.find((row) => row.b === 0 && row.z === 2)?.x).toBe(0);
    expect(trades.every((row) => row.b === 1)).toBe(true);
    expect(end.table.size[0]).toBe(100e7);
  });

  it("behavior: an owner who pays brings the initial margin from outside and sells nothing; a limit makes him sell", () => {
    const paid = play({ broker: { cures: "100%" } });
    expect(paid.says(0)).toEqual([1, 2]);
    expect(paid.trades).toHaveLength(0);
    expect(paid.equityUsd(0)).toBeCloseTo(0.4 * 180_000, -1);
    // Due are 22,000 of an opening equity of 70,000.
    expect(play({ broker: { cures: "100%", cureLimit: "30%" } }).says(0)).toEqual([1, 3]);
    expect(play({ broker: { cures: "100%", cureLimit: "32%" } }).says(0)).toEqual([1, 2]);
  });

  it("behavior: of many accounts about the stated share pays, and the draw hangs on the path", () => {
    const rows = Array.from({ length: 300 }, (_, place) => [`a${place}`, 1, -1300]);
    const cured = (path: number) =>
      play({ rows, broker: { cures: "40%" }, path }).calls.filter((row) => row.z === 2).length;
    // 300 draws at 40 %: 120, standard deviation 8.5.
    expect(Math.abs(cured(0) - 120)).toBeLessThan(35);
    expect(cured(1)).not.toBe(cured(0));
  });

  it("behavior: below the immediate ratio nobody waits, and what nobody covers is bad debt, not negative cash", () => {
    const waiting = play({ broker: { notice: "1 day" }, move: "-30%", over: "1 h" });
    expect(waiting.trades).toHaveLength(0);
    const immediate = play({ broker: { notice: "1 day", immediate: "25%" }, move: "-30%", over: "1 h" });
    expect(immediate.trades.length).toBeGreaterThan(0);
    const gap = play({ broker: { notice: "30 min" }, move: "-50%" });
    // 100 x 1,000 - 130,000: 30,000 are missing, and nothing is left of the account.
    expect(gap.rows.table.size[0]).toBe(0);
    expect(gap.rows.table.margin[0]).toBe(0);
    expect(gap.badDebt[0].z).toBeCloseTo(30_000, -2);
  });

  it("behavior: futures on both sides: an intraday call of a clearing house at short notice", () => {
    // Long 100 at 2,000 on 20,000: at 1,860 equity is 6,000 of 186,000, below 5 %. To be 8 % it holds 75,000.
    const broker = { maintenance: "5%", initial: "8%", notice: "1 h" };
    const rows = [
      ["long", 100, 2000, 20000],
      ["short", -100, 2000, 20000],
    ];
    const fall = play({ futures: true, rows, broker, move: "-7%" });
    expect(fall.sold).toBeCloseTo(100 - 75_000 / 1_860, 2);
    expect(fall.trades.every((row) => row.b === 0 && row.tick >= 12)).toBe(true);
    const rise = play({ futures: true, rows, broker, move: "7%" });
    // Short 100 at 2,140: equity 6,000 of 214,000; it keeps 75,000 / 2,140.
    expect(-rise.sold).toBeCloseTo(100 - 75_000 / 2_140, 2);
    expect(rise.trades.every((row) => row.b === 1)).toBe(true);
    for (const one of [fall, rise]) {
      const { kernel, rows: end } = one;
      expect(kernel.ledger.balance(end.positions, end.traded)).toBe(Math.max(0, end.table.size[0]));
      expect(kernel.ledger.balance(end.positions, end.quote)).toBe(end.table.margin[0] + end.table.margin[1]);
    }
  });

  it("behavior: liquidity spirals: dp / d eta is 1 / (m x' + m' x - x0) of Brunnermeier and Pedersen", () => {
    // m = 10 % of 2,000, depth 0.05 ETH a dollar: m x' = 10; two ETH held: x0 = 2. Margins per coin a (1 + ...) p: m' = 10 % - rises, so m' x is 0 at 10 % and -1.8 at 100 %.
    const lossOfCapital = 2;
    const fallOf = (rises: string) => {
      const { kernel } = play({
        rows: [["speculator", 2, -(3600 + lossOfCapital)]],
        broker: { maintenance: "10%", initial: "10%", notice: "0 ms", rises },
        // One coin moves the price by a log step of 1 %: e^-0.01 - 1.
        depth: [["-0.99501662508%", "1 ETH"]],
        move: "0%",
        clock: { duration: "5 min" },
      });
      return (2000 - kernel.middle(0)) / lossOfCapital;
    };
    // The loss spiral alone, and both, at the tolerance of a finite loss and of margin rates in whole millionths.
    expect(fallOf("10%")).toBeCloseTo(0.125, 3);
    expect(fallOf("100%") / 0.161290323).toBeCloseTo(1, 1);
    expect(Math.abs(fallOf("100%") / 0.161290323 - 1)).toBeLessThan(0.01);
  });

  it("behavior: rows are what the ledger holds, nothing is negative or NaN (random accounts, prices, terms)", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ size: fc.integer({ min: -200, max: 200 }), margin: fc.integer({ min: 0, max: 60_000 }) }),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        fc.boolean(),
        fc.integer({ min: -80, max: 120 }),
        fc.constantFrom("0 ms", "15 min", "1 h"),
        fc.constantFrom(0, 0.5, 1),
        fc.constantFrom("0%", "50%"),
        fc.integer({ min: 1, max: 500 }),
        (accounts, futures, move, notice, cures, rises, depth) => {
          const rows = accounts.map(({ size, margin }, place) =>
            futures ? [`a${place}`, size, 2000, margin] : [`a${place}`, Math.abs(size), margin - 60_000],
          );
          const {
            end: path,
            rows: end,
            kernel,
            calls,
          } = play({
            futures,
            rows,
            move: `${move}%`,
            over: "30 min",
            broker: { maintenance: "10%", initial: "20%", notice, cures, rises },
            depth: [["-60%", `${depth} ETH`]],
            clock: { tick: "15 min", duration: "3 h" },
          });
          const sum = (values: Float64Array) => values.reduce((total, value) => total + Math.max(0, value), 0);
          const { size, margin, entry } = end.table;
          for (let row = 0; row < size.length; row++) {
            expect(margin[row]).toBeGreaterThanOrEqual(0);
            expect(entry[row]).toBeGreaterThanOrEqual(0);
            expect(Math.abs(size[row])).toBeLessThanOrEqual(Math.abs(end.table.openingSize[row]));
          }
          expect(path.end).toBe("settled");
          for (const call of calls) expect(Number.isFinite(call.x) && Number.isFinite(call.y)).toBe(true);
          expect(kernel.ledger.balance(end.positions, end.traded)).toBe(sum(size));
          expect(kernel.ledger.balance(end.positions, end.quote)).toBe(sum(margin));
        },
      ),
      { seed: 14, numRuns: 120 },
    );
  });

  it("behavior: exactly those are called whom the predicate says at some price of the path (random accounts, all asked one by one)", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ size: fc.integer({ min: -200, max: 200 }), margin: fc.integer({ min: 0, max: 90_000 }) }),
          {
            minLength: 1,
            maxLength: 12,
          },
        ),
        fc.integer({ min: -80, max: 120 }),
        fc.constantFrom(0, 0.3, 1, 5),
        (accounts, move, rises) => {
          const plan = readScenario(
            scenarioOf({
              futures: true,
              rows: accounts.map(({ size, margin }, place) => [`a${place}`, size, 2000, margin]),
              move: `${move}%`,
              over: "1 h",
              broker: { maintenance: "10%", initial: "20%", notice: "1 day", rises, immediate: "0%" },
              clock: { duration: "1 h" },
            }),
            nothingElse,
          );
          const called = new Set<number>();
          const { kernel } = openRun(plan, (row) => {
            if (row.kind === tapeKinds.marginCall && row.z === 1) called.add(row.b);
          });
          const index = plan.mechanisms.findIndex((one) => one.name === "broker");
          const rows = kernel.opened.rows[index] as MarginCallsRows;
          const { openingSize, openingEntry, openingMargin, count } = rows.table;
          const expected = new Set<number>();
          kernel.begin(1, 0);
          for (let tick = 0; tick < plan.tickCount; tick++) {
            kernel.step(tick);
            const mark = kernel.published(rows.assetFeed);
            for (let row = 0; row < count; row++) {
              const { rule } = rows;
              if (perpetualBreaches(rule, openingSize[row], openingEntry[row], openingMargin[row], mark))
                expected.add(row);
            }
          }
          expect([...called].sort()).toEqual([...expected].sort());
        },
      ),
      { seed: 87, numRuns: 150 },
    );
  });

  it("limit: the ladder sells at a held price what the rule says, after the notice; owners who may pay count in part", () => {
    const flowAt = (price: number, broker: Record<string, unknown> = {}) => {
      const { kernel, ladder } = play({ broker });
      const flow = emptyFlow(1);
      ladder?.forced(
        Float64Array.from(kernel.opened.feeds, (feed) => Math.floor((feed.asset === 0 ? price : 1) * 1e8)),
        flow,
      );
      return { flow, ladder };
    };
    const { flow, ladder } = flowAt(1800);
    expect(flow.sold[0]).toBe(Math.ceil((100 - 125_000 / 1_800) * 1e7));
    expect(ladder?.reactionMs).toBe(1_800_000);
    expect(ladder?.describe(0).account).toBe("a");
    expect(flowAt(1858).flow).toEqual(emptyFlow(1));
    expect(flowAt(1800, { cures: "50%" }).flow.sold[0]).toBeCloseTo(flow.sold[0] / 2, -1);
    // Exactly at the maintenance margin nobody is called: (p - 1,300) / p = 30 %.
    expect(flowAt(1300 / 0.7 + 1e-8).flow.accounts).toBe(0);
    expect(flowAt(1300 / 0.7 - 1e-8).flow.accounts).toBe(1);
  });

  it("error: column-missing, number-out-of-range, duration-no-multiple, unknown names", () => {
    const codes = (broker: Record<string, unknown>) => {
      const parsed = parseScenario(scenarioOf({ broker }), nothingElse);
      return "problems" in parsed ? parsed.problems.map((problem) => problem.code) : [];
    };
    expect(codes({})).toEqual([]);
    expect(codes({ initial: "20%" })).toEqual(["number-out-of-range"]);
    expect(codes({ immediate: "35%" })).toEqual(["number-out-of-range"]);
    expect(codes({ notice: "7 min" })).toEqual(["duration-no-multiple"]);
    expect(codes({ every: "7 min" })).toEqual(["duration-no-multiple"]);
    expect(codes({ until: "7 min" })).toEqual(["duration-no-multiple"]);
    expect(codes({ positions: "nobody" })).toEqual(["unknown-positions"]);
    expect(codes({ maintenance: "0%" })).toHaveLength(1);
    expect(codes({ instrument: "ETH-PERP" })).toEqual(["unknown-instrument"]);
  });

  it("behavior: margins that rise in a fall call shorts too, at prices between those at which nothing is due: in the run and in the map", () => {
    // At 1,407 USD x 0.8 a short of 100 with 10 % of margin has 42,210 USD, 37.5 % of what it owes; due are 5 % + 2 x 20 % = 45 %. At 1,407 and at 700 nothing is.
    const scenario = scenarioOf({
      futures: true,
      broker: { maintenance: "5%", initial: "6%", rises: 2, notice: "0 ms" },
      rows: [["short", -100, 1407, 14070]],
      move: "-20%",
    }) as { book: { assets: Record<string, Record<string, unknown>> } };
    scenario.book.assets.ETH.price = "1407 USD";
    const plan = readScenario(scenario, nothingElse);
    const tape: TapeRow[] = [];
    const open = openRun(plan, (row) => tape.push(row));
    open.run(1, 0);
    expect(tape.filter((row) => row.kind === tapeKinds.marginCall && row.z === 1)).toHaveLength(1);
    const { kernel } = open;
    const index = plan.mechanisms.findIndex((one) => one.name === "broker");
    const ladder = kernel.opened.mechanisms[index].ladder?.(kernel.opened.rows[index]);
    const bought = (price: number) => {
      const flow = emptyFlow(plan.book.instruments.length);
      const held = Float64Array.from(kernel.opened.feeds, (feed) => (feed.asset === 0 ? price : 1) * 1e8);
      ladder?.forced(held, flow);
      return flow.bought.reduce((sum, units) => sum + units, 0);
    };
    expect([bought(1407), bought(700)]).toEqual([0, 0]);
    expect(bought(1125)).toBeGreaterThan(0);
  });
});
