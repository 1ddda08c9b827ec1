import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { playStrategy, type StrategyCase } from "./strategy.fixture.js";

/** Every strategy on the frame, begun where its rule wants it to be (half in ETH), as far as it has one. */
const entries: readonly Readonly<Record<string, unknown>>[] = [
  { kind: "cppi", multiplier: 4, floor: "87.5%" },
  { kind: "cppi", multiplier: 4, floor: "87.5%", lockIn: false, adjust: { reference: "80%", halfLife: "1 h" } },
  { kind: "tipp", multiplier: 4, floor: "87.5%", ratchet: "87.5%" },
  { kind: "stop-loss", stop: "-6%" },
  { kind: "stop-loss", stop: "-6%", trailing: true, reentry: "-2%", share: "50%" },
  { kind: "volatility-exit", above: "150%", below: "100%", before: "60%", halfLife: "30 min" },
  { kind: "volatility-target", target: "35%", before: "70%", halfLife: "1 h" },
  { kind: "constant-leverage", leverage: 3, start: "rule" },
  { kind: "rebalancer" },
  { kind: "synthetic-put", horizon: "365 day", volatility: "60%", start: "rule" },
];
const path = fc.array(fc.integer({ min: 1000, max: 3500 }), { minLength: 4, maxLength: 4 });
const execution = fc.constantFrom<Readonly<Record<string, unknown>>>(
  {},
  { discretion: "40%" },
  { delay: "10 min", perHour: "90%" },
);

function caseOf(
  entry: Readonly<Record<string, unknown>>,
  prices: readonly number[],
  more: Omit<StrategyCase, "entry"> = {},
): StrategyCase {
  return {
    entry,
    path: [[0, 2000], ...prices.map((usd, place) => [30 * (place + 1), usd] as const)],
    tick: "10 min",
    depth: 5000,
    ...more,
  };
}

/** Calls `check` with every strategy on random paths, in random ways of carrying it out. */
function forAll(
  seed: number,
  check: (entry: Readonly<Record<string, unknown>>, prices: readonly number[], where: string) => void,
): void {
  for (const entry of entries)
    fc.assert(
      fc.property(path, execution, (prices, way) =>
        check({ ...entry, execution: way }, prices, JSON.stringify({ ...entry, execution: way })),
      ),
      { seed, numRuns: 15 },
    );
}

describe("strategies: obvious truths", () => {
  it("behavior: the order of rows changes nothing", () => {
    const rows = [
      ["a", 100, 200000],
      ["b", 40, 90000],
      ["c", 7, 0],
    ];
    forAll(61, (entry, prices, where) => {
      const turned = playStrategy(caseOf(entry, prices, { rows: rows.toReversed() }));
      expect(turned.tapeHash, where).toBe(playStrategy(caseOf(entry, prices, { rows })).tapeHash);
    });
  });

  it("behavior: an account split in two trades as one does, to a thousandth of a coin in hundreds", () => {
    // In a book so deep that a purchase costs each half the same per coin: in a thin one each half reckons with all of the depth, and buys a little more.
    const depth = 1e8;
    const rows = [
      ["left", 50, 100000],
      ["right", 50, 100000],
    ];
    forAll(62, (entry, prices, where) => {
      const one = playStrategy(caseOf(entry, prices, { depth }));
      const two = playStrategy(caseOf(entry, prices, { depth, rows }));
      expect(Math.abs(two.soldEth - one.soldEth), where).toBeLessThan(1e-3);
    });
  });

  it("behavior: all money doubled, depth with it: twice the units at the same price", () => {
    forAll(63, (entry, prices, where) => {
      const one = playStrategy(caseOf(entry, prices));
      const two = playStrategy(caseOf({ ...entry, times: 2 }, prices, { depth: 10_000 }));
      expect(Math.abs(two.soldEth - 2 * one.soldEth), where).toBeLessThan(1e-4);
      expect(two.kernel.middle(0) / one.kernel.middle(0), where).toBeCloseTo(1, 8);
    });
  });

  it("behavior: without a move nobody trades, but who waits for calm", () => {
    for (const entry of entries) {
      const { trades } = playStrategy({ entry, move: "0%" });
      const isCalmSought = entry.kind === "volatility-target" || entry.adjust !== undefined;
      expect(trades.length > 0, JSON.stringify(entry)).toBe(isCalmSought);
    }
  });

  it("behavior: people who follow nothing of the rule are as good as absent", () => {
    for (const entry of entries) {
      const idle = playStrategy(caseOf({ ...entry, execution: { discretion: 0 } }, [1500, 2600, 1200, 1800]));
      expect(idle.trades, JSON.stringify(entry)).toHaveLength(0);
      expect(idle.measures.soldUsd + idle.measures.boughtUsd).toBe(0);
    }
  });

  it("behavior: one strategy beside another of its kind with half the accounts each is the strategy with all of them", () => {
    // Two mechanisms decide before either trades: the same batch.
    forAll(64, (entry, prices, where) => {
      const rows = [
        ["a", 60, 120000],
        ["b", 40, 80000],
      ];
      const together = playStrategy(caseOf(entry, prices, { rows }));
      const apart = playStrategy(
        caseOf(entry, prices, {
          rows: [rows[0]],
          others: { second: { instrument: "ETH/USD", ...entry } },
          tables: { second: [rows[1]] },
        }),
      );
      expect(apart.kernel.opened.depths[0].position(), where).toBe(together.kernel.opened.depths[0].position());
    });
  });
});
