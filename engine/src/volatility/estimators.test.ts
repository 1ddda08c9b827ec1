import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exp, fillNormal, log } from "../math/index.js";
import { branchingUpperBound, fanoLimit, fanoOverWindow } from "./branching.js";
import { type Candles, type Estimated, isFaulty, type VolatilityEstimate } from "./estimate.js";
import { candleFaults, garmanKlass, parkinson, rogersSatchell, yangZhang } from "./ranges.js";
import { closeToClose, ewma, logReturns } from "./returns.js";

function sound(estimated: Estimated): VolatilityEstimate {
  if (isFaulty(estimated)) throw new Error(estimated.faults[0].message);
  return estimated;
}

const estimators = { parkinson, garmanKlass, rogersSatchell, yangZhang };

/** Candles from logs: gap to the last close, then high, low and close over the open. */
function candlesOf(rows: readonly (readonly [gap: number, high: number, low: number, close: number])[]): Candles {
  let last = 0;
  const logs = rows.map(([gap, high, low, close]) => {
    const open = last + gap;
    last = open + close;
    return [open, open + high, open + low, last];
  });
  const column = (index: number) => Float64Array.from(logs, (row) => 100 * exp(row[index]));
  return { open: column(0), high: column(1), low: column(2), close: column(3) };
}

const someCandles = fc.array(
  fc
    .tuple(
      fc.double({ min: -0.1, max: 0.1, noNaN: true }),
      fc.double({ min: 0.001, max: 0.2, noNaN: true }),
      fc.double({ min: -0.2, max: -0.001, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    .map(([gap, high, low, place]): [number, number, number, number] => [gap, high, low, low + place * (high - low)]),
  { minLength: 3, maxLength: 40 },
);

describe("volatility from returns", () => {
  it("default: closes 100, 110, 99 by hand", () => {
    const returns = logReturns([100, 110, 99]);
    if (isFaulty(returns)) throw new Error("sound prices");
    const [first, second] = [log(1.1), log(0.9)];
    const spread = (first - second) * (first - second);
    const found = sound(closeToClose(returns, 252));
    expect(found.variance).toBeCloseTo(spread / 2, 15);
    expect(found.annual).toBeCloseTo(Math.sqrt((252 * spread) / 2), 14);
    expect(found.observations).toBe(2);
    const weighted = sound(ewma(returns, 252, 0.9));
    expect(weighted.variance).toBeCloseTo((second * second + 0.9 * first * first) / 1.9, 15);
  });

  it("limit: over a long series the weighted average is the recursion of RiskMetrics", () => {
    const returns = new Float64Array(2000);
    fillNormal(returns, 3, 0, 0, 0);
    let variance = 1;
    for (const value of returns) variance = 0.94 * variance + 0.06 * value * value;
    expect(sound(ewma(returns, 1)).variance).toBeCloseTo(variance, 12);
  });

  it("error: price-not-positive, number-not-finite, series-short, all at once", () => {
    expect(logReturns([100, 0, -3, Number.NaN])).toMatchObject({
      faults: [
        { row: 1, code: "price-not-positive" },
        { row: 2, code: "price-not-positive" },
        { row: 3, code: "price-not-positive" },
      ],
    });
    expect(logReturns([100])).toMatchObject({ faults: [{ row: -1, code: "series-short" }] });
    expect(closeToClose([0.1], 252)).toMatchObject({ faults: [{ code: "series-short" }] });
    expect(ewma([Number.POSITIVE_INFINITY], 252)).toMatchObject({ faults: [{ row: 0, code: "number-not-finite" }] });
  });
});

describe("volatility from ranges", () => {
  it("default: one candle by hand: open 100, high 110, low 95, close 105", () => {
    const candle = { open: [100], high: [110], low: [95], close: [105] };
    const [high, low, close, range] = [log(1.1), log(0.95), log(1.05), log(110 / 95)];
    expect(sound(parkinson(candle, 1)).variance).toBeCloseTo((range * range) / (4 * log(2)), 14);
    expect(sound(garmanKlass(candle, 1)).variance).toBeCloseTo(
      0.5 * range * range - (2 * log(2) - 1) * close * close,
      14,
    );
    expect(sound(rogersSatchell(candle, 1)).variance).toBeCloseTo(high * (high - close) + low * (low - close), 14);
  });

  it("default: Yang and Zhang over three candles by hand", () => {
    const candles = candlesOf([
      [0, 0.05, -0.05, 0],
      [0.02, 0.03, -0.01, 0.01],
      [-0.02, 0.02, -0.04, -0.03],
    ]);
    // Two candles with one before them: k = 0.34 / (1.34 + 3).
    const k = 0.34 / 4.34;
    const ranges = (0.03 * 0.02 + 0.01 * 0.02 + 0.02 * 0.05 + 0.04 * 0.01) / 2;
    // Deviations of 0.02 and -0.02 from 0, and of 0.01 and -0.03 from -0.01.
    expect(sound(yangZhang(candles, 1)).variance).toBeCloseTo(2 * 0.0004 + k * 2 * 0.0004 + (1 - k) * ranges, 14);
  });

  it("behavior: another currency changes nothing; squares of the logs scale with the square", () => {
    fc.assert(
      fc.property(someCandles, (rows) => {
        const candles = candlesOf(rows);
        const times = (factor: number): Candles => ({
          open: Array.from(candles.open, (price) => price * factor),
          high: Array.from(candles.high, (price) => price * factor),
          low: Array.from(candles.low, (price) => price * factor),
          close: Array.from(candles.close, (price) => price * factor),
        });
        const doubled = candlesOf(rows.map(([a, b, c, d]) => [2 * a, 2 * b, 2 * c, 2 * d] as const));
        for (const [name, estimate] of Object.entries(estimators)) {
          const { variance } = sound(estimate(candles, 252));
          expect(sound(estimate(times(7), 252)).variance, name).toBeCloseTo(variance, 10);
          expect(sound(estimate(doubled, 252)).variance, name).toBeCloseTo(4 * variance, 10);
        }
      }),
      { seed: 20_261_122, numRuns: 200 },
    );
  });

  it("limit: a candle that goes straight up has no variance for Rogers and Satchell", () => {
    expect(sound(rogersSatchell(candlesOf([[0, 0.2, 0, 0.2]]), 1)).variance).toBeCloseTo(0, 12);
    expect(sound(parkinson(candlesOf([[0, 0.2, 0, 0.2]]), 1)).variance).toBeGreaterThan(0.01);
  });

  it("behavior: sound candles give a finite volatility of 0 or more", () => {
    fc.assert(
      fc.property(someCandles, (rows) => {
        for (const estimate of Object.values(estimators)) {
          const { annual, volatility } = sound(estimate(candlesOf(rows), 365));
          expect(annual).toBeGreaterThanOrEqual(0);
          expect(Number.isFinite(volatility)).toBe(true);
        }
      }),
      { seed: 20_261_122, numRuns: 100 },
    );
  });

  it("error: candle-crossed and price-not-positive by row, by every estimator", () => {
    const crossed = {
      open: [100, 100, 120, 100],
      high: [90, 110, 110, 110],
      low: [95, 0, 95, 95],
      close: [92, 100, 100, 99],
    };
    const expected = [
      { row: 0, code: "candle-crossed", message: "high 90 is below low 95" },
      { row: 1, code: "price-not-positive" },
      { row: 2, code: "candle-crossed", message: "open 120 is not between low 95 and high 110" },
    ];
    expect(candleFaults(crossed)).toMatchObject(expected);
    for (const estimate of Object.values(estimators))
      expect(estimate(crossed, 252)).toMatchObject({ faults: expected });
    expect(yangZhang({ open: [1, 1], high: [1, 1], low: [1, 1], close: [1, 1] }, 1)).toMatchObject({
      faults: [{ row: -1, code: "series-short" }],
    });
    expect(parkinson({ open: [], high: [], low: [], close: [] }, 1)).toMatchObject({
      faults: [{ row: -1, code: "series-short" }],
    });
  });
});

describe("branching ratio from dispersion", () => {
  it("default: counts by hand", () => {
    // Twice 0 to 9, mirrored: no trend, mean 4.5, squares 165 of 20 counts and 18 degrees of freedom.
    const counts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
    const bound = branchingUpperBound(counts);
    if (isFaulty(bound)) throw new Error("sound counts");
    expect(bound).toMatchObject({ label: "upper bound", mean: 4.5, windows: 20 });
    expect(bound.variance).toBeCloseTo(165 / 18, 12);
    expect(bound.branching).toBeCloseTo(1 - Math.sqrt(4.5 / (165 / 18)), 12);
  });

  it("behavior: a trend is no self-excitation", () => {
    const rising = Float64Array.from({ length: 50 }, (_, row) => 10 + 3 * row);
    expect(branchingUpperBound(rising)).toMatchObject({ branching: 0 });
  });

  it("limit: fano over long windows is its limit, over short ones that of a Poisson process", () => {
    for (const branching of [0.3, 0.6, 0.9]) {
      expect(fanoOverWindow(branching, 1, 1e9)).toBeCloseTo(fanoLimit(branching), 4);
      expect(fanoOverWindow(branching, 1, 1e-9)).toBeCloseTo(1, 5);
    }
    expect(fanoLimit(0.9)).toBeCloseTo(100, 10);
  });

  it("error: series-short, number-not-finite, series-flat", () => {
    expect(branchingUpperBound([1, 2])).toMatchObject({ faults: [{ code: "series-short" }] });
    expect(branchingUpperBound(new Float64Array(20))).toMatchObject({ faults: [{ code: "series-flat" }] });
    expect(branchingUpperBound([1, -2, 1, 1, 1, 1, 1, 1, 1, 1])).toMatchObject({
      faults: [{ row: 1, code: "number-not-finite" }],
    });
  });
});
