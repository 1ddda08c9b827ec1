import { describe, expect, it } from "vitest";
import { uniform } from "../math/index.js";
import { blackScholes } from "./black.js";
import { greekColumns, greeksOver, type OptionColumns } from "./columns.js";
import { exposureOver } from "./exposure.js";

function drawn(count: number, seed: number): OptionColumns {
  const column = (fill: (row: number) => number) => Float64Array.from({ length: count }, (_, row) => fill(row));
  const u = (row: number, what: number) => uniform(seed, 0, row, 0, what);
  return {
    count,
    strike: column((row) => 3000 * Math.exp(1.6 * u(row, 0) - 0.8)),
    years: column((row) => [0.2, 1, 2, 7, 14, 30, 60, 120, 300][Math.floor(9 * u(row, 1))] / 365),
    volatility: column((row) => 0.2 + 0.9 * u(row, 2)),
    call: column((row) => (u(row, 3) < 0.5 ? 1 : -1)),
  };
}

const greekNames = ["price", "delta", "gamma", "vega", "theta", "vanna", "volga", "charm"] as const;

describe("Greeks over columns", () => {
  it("behavior: every row as blackScholes has it, in the tables and beyond them", () => {
    const options = drawn(1000, 4);
    // Rows the tables do not serve: expired, without volatility, far out, and hardly any time left.
    options.years[0] = 0;
    options.years[1] = -1;
    options.volatility[2] = 0;
    options.strike[3] = 1e9;
    options.strike[4] = 1e-280;
    options.years[5] = 1e-9;
    const into = greekColumns(1000);
    greeksOver(options, 3000, 0.03, into);
    for (let row = 0; row < 1000; row++) {
      const exact = blackScholes(
        options.call[row] > 0,
        3000,
        options.strike[row],
        options.years[row],
        options.volatility[row],
        0.03,
        0,
      );
      for (const name of greekNames) {
        const allowed = Math.max(1e-11 * Math.abs(exact[name]), 1e-15 * 3000);
        expect(Math.abs(into[name][row] - exact[name]), `${name} ${row}`).toBeLessThanOrEqual(allowed);
        if (row < 6) expect(into[name][row]).toBe(exact[name]);
      }
    }
  });

  it("limit: blocks end anywhere, longer columns keep their tail, no options are none", () => {
    for (const count of [0, 1, 127, 128, 129, 300]) {
      const options = { ...drawn(300, 5), count };
      const into = greekColumns(300);
      into.price.fill(-7);
      greeksOver(options, 3000, 0, into);
      expect(into.price.slice(0, count).every((price) => price >= 0)).toBe(true);
      expect(into.price.slice(count).every((price) => price === -7)).toBe(true);
    }
  });

  it("error: columns too short and rows that are no options", () => {
    const options = drawn(10, 6);
    expect(() => greeksOver(options, 3000, 0, greekColumns(9))).toThrow("a column of 9 rows for 10 options");
    options.strike[7] = -1;
    expect(() => greeksOver(options, 3000, 0, greekColumns(10))).toThrow("strike -1 is positive");
    options.strike[7] = 3000;
    options.volatility[3] = Number.NaN;
    expect(() => greeksOver(options, 3000, 0, greekColumns(10))).toThrow("volatility NaN");
  });
});

const exposureNames = ["gamma", "vanna", "charm", "delta"] as const;

/** Sums one by one, and those of sizes and Greeks without their signs. */
function oneByOne(options: OptionColumns, size: Float64Array, level: number) {
  const sums = { gamma: 0, vanna: 0, charm: 0, delta: 0 };
  const sizes = { gamma: 0, vanna: 0, charm: 0, delta: 0 };
  for (let row = 0; row < options.count; row++) {
    const { strike, years, volatility, call } = options;
    const greeks = blackScholes(call[row] > 0, level, strike[row], years[row], volatility[row], 0, 0);
    for (const name of exposureNames) {
      sums[name] += size[row] * greeks[name];
      sizes[name] += Math.abs(size[row] * greeks[name]);
    }
  }
  return { sums, sizes };
}

function exposure(options: OptionColumns, size: Float64Array, levels: Float64Array) {
  const column = () => new Float64Array(levels.length);
  const into = { gamma: column(), vanna: column(), charm: column(), delta: column() };
  exposureOver(options, size, levels, into);
  return into;
}

describe("exposure by price level", () => {
  const options = drawn(800, 7);
  const size = Float64Array.from({ length: 800 }, (_, row) => 200 * uniform(8, 0, row, 0, 0) - 100);

  it("behavior: the sums one by one, within 2e-14 of the largest, at levels even, crowded, far away, few and equal", () => {
    const even = Float64Array.from({ length: 300 }, (_, row) => 1500 + 10 * row);
    const crowded = Float64Array.from({ length: 200 }, (_, row) => (row < 150 ? 3000 + row * 0.01 : 30 * (row - 140)));
    const shuffled = even.map((_, row) => even[(row * 77) % 300]);
    const wide = Float64Array.from({ length: 100 }, (_, row) => 10 ** (row / 20));
    for (const levels of [even, crowded, shuffled, wide, even.slice(0, 5), new Float64Array(40).fill(2900)]) {
      const into = exposure(options, size, levels);
      const exact = Array.from(levels, (level) => oneByOne(options, size, level));
      for (const name of exposureNames) {
        const largest = Math.max(...exact.map(({ sizes }) => sizes[name]));
        // Gamma is per price: what is small beside a far lower level's is measured per log price.
        const scale = (row: number) => (name === "gamma" ? levels[row] : 1);
        const most = name === "gamma" ? Math.max(...exact.map(({ sizes }, row) => sizes.gamma * levels[row])) : largest;
        for (let row = 0; row < levels.length; row++) {
          const off = Math.abs(into[name][row] - exact[row].sums[name]) * scale(row);
          expect(off / most, `${name} at ${levels[row]}`).toBeLessThan(2e-14);
        }
      }
    }
  });

  it("behavior: gamma alone is the gamma beside the others, and the same question gives the same bits", () => {
    const levels = Float64Array.from({ length: 100 }, (_, row) => 2000 + 20 * row);
    const all = exposure(options, size, levels);
    const alone = { gamma: new Float64Array(100) };
    exposureOver(options, size, levels, alone);
    for (let row = 0; row < 100; row++) expect(alone.gamma[row] / all.gamma[row]).toBeCloseTo(1, 9);
    expect(exposure(options, size, levels)).toEqual(all);
  });

  it("limit: delta runs from minus the puts to the calls, and rises by gamma summed", () => {
    const long = size.map(Math.abs);
    const levels = Float64Array.from({ length: 2001 }, (_, row) => 1.01 ** (row - 500));
    const month = { ...options, years: options.years.map((years) => Math.max(years, 30 / 365)) };
    const { delta, gamma } = exposure(month, long, levels);
    const puts = long.reduce((sum, units, row) => sum + (options.call[row] < 0 ? units : 0), 0);
    const calls = long.reduce((sum, units, row) => sum + (options.call[row] > 0 ? units : 0), 0);
    expect(delta[0]).toBeCloseTo(-puts, 6);
    expect(delta[2000]).toBeCloseTo(calls, 6);
    let summed = 0;
    for (let row = 1; row < 2001; row++)
      summed += 0.5 * (gamma[row] + gamma[row - 1]) * (levels[row] - levels[row - 1]);
    expect(summed / (puts + calls)).toBeCloseTo(1, 3);
  });

  it("limit: expired options and those without volatility count by exercise; no options or levels give zeros", () => {
    const few: OptionColumns = {
      count: 3,
      strike: Float64Array.of(100, 100, 100),
      years: Float64Array.of(0, 1, -1),
      volatility: Float64Array.of(0.5, 0, 0.5),
      call: Float64Array.of(1, 1, -1),
    };
    const into = exposure(few, Float64Array.of(1, 10, 100), Float64Array.of(90, 100, 110));
    expect([...into.delta]).toEqual([-100, -44.5, 11]);
    expect([...into.gamma, ...into.vanna, ...into.charm]).toEqual(Array.from({ length: 9 }, () => 0));
    expect([...exposure({ ...few, count: 0 }, new Float64Array(0), Float64Array.of(90)).gamma]).toEqual([0]);
    expect(exposure(few, Float64Array.of(1, 10, 100), new Float64Array(0)).gamma).toHaveLength(0);
  });

  it("error: levels that are none, columns too short, strikes that are none", () => {
    const levels = Float64Array.of(1, 2);
    expect(() => exposureOver(options, size, Float64Array.of(1, 0), { gamma: new Float64Array(2) })).toThrow("level 0");
    expect(() => exposureOver(options, size, levels, { gamma: new Float64Array(1) })).toThrow(
      "shorter than the levels",
    );
    expect(() => exposureOver(options, size.slice(1), levels, { gamma: new Float64Array(2) })).toThrow("799 sizes");
    const bad = { ...options, strike: options.strike.map((one, row) => (row === 5 ? Number.NaN : one)) };
    expect(() => exposureOver(bad, size, levels, { gamma: new Float64Array(2) })).toThrow(
      "option 5 has a positive strike",
    );
  });
});
