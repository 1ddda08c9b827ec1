import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBook } from "../book/index.js";
import { blackScholes } from "../options/index.js";
import { optionExposure, smileRegimes } from "./option-exposure.js";
import { heldOptions, optionTables } from "./option-tables.js";

const day = 86_400_000;

function bookOf(columns: readonly string[], rows: readonly unknown[]) {
  const parsed = parseBook({
    version: 1,
    kind: "book",
    name: "options",
    at: "2024-01-08T00:00:00Z",
    assets: { ETH: { unitDecimals: 7, price: "2000 USD" } },
    instruments: {},
    layers: {
      made: { source: "test", asOf: "2024-01-08T00:00:00Z", coverage: "all", coverageShare: 1, basis: "assumed" },
    },
    positions: { options: { layer: "made", columns, rows } },
    venues: {},
  });
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.book;
}

const shared = ["strike USD", "expiry day", "call x", "volatility %"];
const heldIn = (columns: readonly string[], rows: readonly unknown[]) => {
  const book = bookOf(columns, rows);
  return heldOptions(book, optionTables(book), 0, () => "short-all");
};
const chain = [
  ["c1", 100, 2200, 10, 1, 60],
  ["c2", 50, 1800, 10, -1, 70],
  ["c3", 80, 2500, 60, 1, 65],
  ["c4", 120, 1500, 60, -1, 80],
];
const held = () => heldIn(["account", "open ETH", ...shared], chain);
const levels = (from: number, to: number, count: number) =>
  Float64Array.from({ length: count }, (_, at) => from + ((to - from) * at) / (count - 1));

describe("optionExposure", () => {
  it("default: dollars per 1 %, per volatility point and per day are the Black-Scholes Greeks times contracts and side", () => {
    const at = levels(1000, 3000, 41);
    const { gammaUsd, vannaUsd, charmUsd } = optionExposure(held(), { spotUsd: 2000, levelsUsd: at });
    at.forEach((spot, level) => {
      const sums = [0, 0, 0];
      for (const [, open, strike, days, call, percent] of chain as [string, number, number, number, number, number][]) {
        const greeks = blackScholes(call > 0, spot, strike, days / 365, percent / 100, 0, 0);
        sums[0] -= open * greeks.gamma * spot * spot * 0.01;
        sums[1] -= open * greeks.vanna * spot * 0.01;
        sums[2] -= (open * greeks.charm * spot) / 365;
      }
      [gammaUsd, vannaUsd, charmUsd].forEach((column, which) => expect(column[level]).toBeCloseTo(sums[which], 6));
    });
  });

  it("behavior: expiries add up to the whole, nearest first; short all is minus long all", () => {
    const at = levels(1200, 2800, 33);
    const found = optionExposure(held(), { spotUsd: 2000, levelsUsd: at });
    expect(found.expiries.map(({ leftMs, contracts, coins }) => [leftMs / day, contracts, coins])).toEqual([
      [10, 2, 150],
      [60, 2, 200],
    ]);
    const by = new Map(found.conventions?.map((one) => [one.convention, one]));
    at.forEach((_, level) => {
      expect(found.expiries[0].gammaUsd[level] + found.expiries[1].gammaUsd[level]).toBeCloseTo(
        found.gammaUsd[level],
        6,
      );
      expect(by.get("short-all")?.gammaUsd[level]).toBeCloseTo(found.gammaUsd[level], 8);
      expect(by.get("long-all")?.gammaUsd[level]).toBeCloseTo(-found.gammaUsd[level], 8);
      expect(by.get("long-calls-short-puts")?.charmUsd[level]).toBeCloseTo(
        -(by.get("short-calls-long-puts")?.charmUsd[level] ?? 0),
        8,
      );
    });
    expect(found.flipsUsd).toEqual([]);
  });

  it("behavior: the flip is where gamma is nothing: one call long above, one put short below, alike in all else", () => {
    // Gamma of the two is equal where |d1| is: at the geometric mean of the strikes, times e^(-w^2 / 2).
    const book = bookOf(
      ["account", "open ETH", ...shared],
      [
        ["call", 100, 2200, 36.5, 1, 50],
        ["put", 100, 1800, 36.5, -1, 50],
      ],
    );
    const options = heldOptions(book, optionTables(book), 0, () => "long-calls-short-puts");
    const { flipsUsd, conventions } = optionExposure(options, { spotUsd: 2000, levelsUsd: levels(1000, 3000, 21) });
    expect(flipsUsd).toHaveLength(1);
    expect(flipsUsd[0]).toBeCloseTo(Math.sqrt(2200 * 1800) * Math.exp(-(0.5 ** 2 * 0.1) / 2), 5);
    expect(conventions?.map(({ convention, flipsUsd: flips }) => [convention, flips.length])).toEqual([
      ["long-all", 0],
      ["short-all", 0],
      ["long-calls-short-puts", 1],
      ["short-calls-long-puts", 1],
    ]);
  });

  it("behavior: a row's own size or sign is no matter of convention", () => {
    const own = heldIn(["account", "size ETH", ...shared], [["a", -100, 2200, 10, 1, 60]]);
    expect(optionExposure(own, { spotUsd: 2000, levelsUsd: levels(1500, 2500, 5) }).conventions).toBeNull();
    const signed = heldIn(["account", "open ETH", "sign x", ...shared], [["a", 100, -0.5, 2200, 10, 1, 60]]);
    expect([...signed.side]).toEqual([-0.5]);
    const gamma = (options: typeof own) =>
      optionExposure(options, { spotUsd: 2000, levelsUsd: Float64Array.of(2100) }).gammaUsd[0];
    expect(gamma(own)).toBeLessThan(0);
    expect(gamma(own)).toBeCloseTo(2 * gamma(signed), 8);
  });

  it("behavior: at spot every regime gives the same, away from it they part, and on a flat smile never", () => {
    const [strike, delta, local] = smileRegimes.map((regime) =>
      optionExposure(held(), { spotUsd: 2000, levelsUsd: Float64Array.of(2000, 1700), regime }),
    );
    for (const other of [delta, local]) {
      expect(other.gammaUsd[0]).toBeCloseTo(strike.gammaUsd[0], 6);
      expect(Math.abs(other.gammaUsd[1] - strike.gammaUsd[1])).toBeGreaterThan(1);
    }
    const flat = heldIn(
      ["account", "open ETH", ...shared],
      chain.map((row) => [...row.slice(0, 5), 60]),
    );
    const [one, two] = (["sticky-strike", "sticky-delta"] as const).map((regime) =>
      optionExposure(flat, { spotUsd: 2000, levelsUsd: Float64Array.of(1500), regime }),
    );
    expect(one.gammaUsd[0]).toBeCloseTo(two.gammaUsd[0], 8);
  });

  it("limit: nothing held; expired rows and rows of nothing are left out", () => {
    const none = heldIn(
      ["account", "open ETH", ...shared],
      [
        ["gone", 10, 2000, 0, 1, 60],
        ["empty", 0, 2000, 5, 1, 60],
      ],
    );
    expect(none.count).toBe(0);
    const found = optionExposure(none, { spotUsd: 2000, levelsUsd: levels(1000, 3000, 9) });
    expect([...found.gammaUsd]).toEqual(Array(9).fill(0));
    expect(found.flipsUsd).toEqual([]);
  });

  it("property: between two flips gamma keeps its sign, and at a flip it is nothing", () => {
    const row = fc.record({
      open: fc.integer({ min: 1, max: 1000 }),
      strike: fc.integer({ min: 1000, max: 4000 }),
      days: fc.integer({ min: 1, max: 200 }),
      call: fc.constantFrom(1, -1),
      percent: fc.integer({ min: 20, max: 150 }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), (rows) => {
        const book = bookOf(
          ["account", "open ETH", ...shared],
          rows.map(({ open, strike, days, call, percent }, at) => [`r${at}`, open, strike, days, call, percent]),
        );
        const options = heldOptions(book, optionTables(book), 0, () => "long-calls-short-puts");
        const found = optionExposure(options, { spotUsd: 2000, levelsUsd: levels(800, 4000, 65) });
        const most = Math.max(...found.gammaUsd.map(Math.abs));
        for (const flip of found.flipsUsd) {
          const at = optionExposure(options, { spotUsd: 2000, levelsUsd: Float64Array.of(flip) });
          expect(Math.abs(at.gammaUsd[0])).toBeLessThan(1e-6 * most);
        }
        const clear = [...found.gammaUsd].filter((gamma) => Math.abs(gamma) > 1e-9 * most);
        const changes = clear.filter((gamma, at) => at > 0 && gamma > 0 !== clear[at - 1] > 0).length;
        expect(found.flipsUsd).toHaveLength(changes);
      }),
      { seed: 63, numRuns: 100 },
    );
  });
});
