import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { impliedVolatility } from "./implied-volatility.js";
import { inverseOption } from "./inverse.js";
import { durrleman, type Smile, type Svi, smileFaults, smileVolatility, totalVariance } from "./smile.js";
import { fitSmile } from "./smile-fit.js";
import { calendarFaults, surfaceVariance, surfaceVolatility } from "./term-structure.js";

/** Axel Vogt's example of a smile with a butterfly arbitrage: Gatheral and Jacquier (2014), section 3.1. */
const vogt: Svi = { a: -0.041, b: 0.1331, m: 0.3586, rho: 0.306, sigma: 0.4153 };
const tame: Svi = { a: 0.02, b: 0.12, rho: -0.4, m: 0.05, sigma: 0.2 };

/**
 * Deribit, ETH options of 26 July 2024 on 24 May 2024: strike, mark price in ETH of the option out of the money, mark volatility in %, as its public ticker stated them.
 * The forward is what put-call parity of the marks says; the moment (about 19:30 UTC) the one at which marks and volatilities of all strikes agree.
 */
const deribit = [
  [2000, 0.0022, 78.59],
  [2400, 0.0059, 70.85],
  [2600, 0.01, 68.47],
  [2800, 0.0162, 66.58],
  [3000, 0.0257, 65.38],
  [3200, 0.0395, 64.88],
  [3400, 0.0579, 64.79],
  [3600, 0.0813, 65.03],
  [3800, 0.1078, 66.27],
  [4000, 0.0875, 66.92],
  [4200, 0.0715, 67.98],
  [4400, 0.058, 68.77],
  [4600, 0.0475, 69.84],
  [5000, 0.0324, 72.13],
];
const forward = 3789.1;
const years = 62.52 / 365;

function quotesOf(svi: Svi, places: readonly number[]) {
  const k = Float64Array.from(places);
  return { k, totalVariance: k.map((one) => totalVariance(svi, one)) };
}

const grid = Array.from({ length: 15 }, (_, row) => -0.7 + 0.1 * row);

describe("smile", () => {
  it("default: Vogt's parameters hold a butterfly arbitrage, though volatility is positive everywhere", () => {
    const faults = smileFaults(vogt);
    expect(faults.map(({ code }) => code)).toEqual(["butterfly-arbitrage"]);
    // The minimum on a grid of 2e-5, computed apart from the search.
    let least = { k: 0, g: 1 };
    for (let k = -3; k < 3; k += 2e-5) {
      const g = durrleman(vogt, k);
      if (g < least.g) least = { k, g };
    }
    expect(faults[0].value).toBeCloseTo(least.g, 9);
    expect(faults[0].k).toBeCloseTo(least.k, 3);
    expect(smileFaults(tame)).toEqual([]);
  });

  it("behavior: Durrleman's g is the density that second differences of call prices have", () => {
    const smile: Smile = { years: 0.5, forward: 100, svi: tame };
    for (const strike of [70, 90, 100, 115, 140]) {
      const k = Math.log(strike / 100);
      const w = totalVariance(tame, k);
      const d2 = -k / Math.sqrt(w) - Math.sqrt(w) / 2;
      const density = (durrleman(tame, k) / Math.sqrt(2 * Math.PI * w) / strike) * Math.exp(-0.5 * d2 * d2);
      const step = 0.05;
      const call = (x: number) => callPrice(100, x, smileVolatility(smile, x) * Math.sqrt(0.5));
      const second = (call(strike - step) - 2 * call(strike) + call(strike + step)) / (step * step);
      expect(second / density).toBeCloseTo(1, 4);
    }
  });

  it("error: parameters out of range, negative variance and wings beyond Lee's bound are named with their worst place", () => {
    expect(smileFaults({ ...tame, rho: 1 })).toEqual([{ code: "parameters-out-of-range", k: 0, value: 1 }]);
    expect(smileFaults({ ...tame, b: -0.1 })[0]).toMatchObject({ code: "parameters-out-of-range", value: -0.1 });
    expect(smileFaults({ ...tame, a: Number.NaN })[0].code).toBe("parameters-out-of-range");
    const negative = smileFaults({ ...tame, a: -0.03 });
    expect(negative[0].code).toBe("variance-negative");
    expect(totalVariance({ ...tame, a: -0.03 }, negative[0].k)).toBeCloseTo(negative[0].value, 14);
    const steep = smileFaults({ ...tame, a: 1, b: 1.6 });
    expect(steep[0]).toMatchObject({ code: "wing-too-steep", value: 1.6 * 1.4 });
    expect(steep.map(({ code }) => code)).toContain("butterfly-arbitrage");
  });

  it("default: the fit gives known parameters back to 1e-6", () => {
    const known: Svi[] = [
      tame,
      vogt,
      { a: 0.04, b: 0.4, rho: -0.9, m: 0.1, sigma: 0.1 },
      { a: 0.001, b: 0.05, rho: 0.5, m: -0.2, sigma: 0.05 },
    ];
    for (const svi of known) {
      const fit = fitSmile(quotesOf(svi, grid));
      if ("fault" in fit) throw new Error(fit.fault);
      for (const name of ["a", "b", "rho", "m", "sigma"] as const) {
        expect(Math.abs(fit.svi[name] - svi[name]), name).toBeLessThan(1e-6);
      }
      expect(fit.rootMeanSquare).toBeLessThan(1e-9);
    }
  });

  it("default: Deribit's ETH smile of 26 July 2024 within half a point of volatility, marks invert to the volatilities they state, no arbitrage", () => {
    const k = Float64Array.from(deribit, ([strike]) => Math.log(strike / forward));
    const variance = Float64Array.from(deribit, ([, , percent]) => (percent / 100) ** 2 * years);
    const fit = fitSmile({ k, totalVariance: variance });
    if ("fault" in fit) throw new Error(fit.fault);
    expect(fit.faults).toEqual([]);
    for (const [strike, coins, percent] of deribit) {
      const fitted = 100 * smileVolatility({ years, forward, svi: fit.svi }, strike);
      expect(Math.abs(fitted - percent), `${strike}`).toBeLessThan(0.5);
      const implied = impliedVolatility(strike > forward, coins * forward, forward, strike, years, 1);
      // Marks have four decimals, and the forward one: two half steps over vega.
      const tolerance = (100 * 1e-4) / inverseOption(true, forward, strike, years, percent / 100).vega;
      expect(Math.abs(100 * (implied as number) - percent), `${strike}`).toBeLessThan(tolerance);
    }
  });

  it("behavior: weights choose between quotes, and the same quotes give the same bits", () => {
    const noisy = quotesOf(tame, grid);
    noisy.totalVariance[3] *= 1.3;
    const weight = new Float64Array(grid.length).fill(1);
    weight[3] = 0;
    const fit = fitSmile({ ...noisy, weight });
    expect(fit).toMatchObject({ faults: [] });
    if ("svi" in fit) expect(fit.svi.rho).toBeCloseTo(tame.rho, 5);
    expect(fitSmile({ ...noisy, weight })).toEqual(fit);
  });

  it("error: too few strikes, quotes that are no variance, negative weights", () => {
    expect(fitSmile(quotesOf(tame, [0, 0.1, 0.2, 0.3]))).toEqual({ fault: "too-few-quotes" });
    expect(fitSmile(quotesOf(tame, [0.1, 0.1, 0.1, 0.1, 0.1]))).toEqual({ fault: "one-strike" });
    const bad = quotesOf(tame, grid);
    bad.totalVariance[2] = 0;
    expect(fitSmile(bad)).toEqual({ fault: "quote-not-positive" });
    bad.totalVariance[2] = Number.NaN;
    expect(fitSmile(bad)).toEqual({ fault: "quote-not-positive" });
    expect(fitSmile({ ...quotesOf(tame, grid), weight: new Float64Array(15).fill(-1) })).toEqual({
      fault: "weight-negative",
    });
    bad.totalVariance[2] = 1e300;
    expect(fitSmile(bad)).toEqual({ fault: "quote-too-large" });
    const far = { k: Float64Array.of(-1e300, -1, 0, 1, 1e300), totalVariance: new Float64Array(5).fill(0.1) };
    expect(fitSmile(far)).toEqual({ fault: "quote-too-large" });
    expect(() => fitSmile({ k: new Float64Array(5), totalVariance: new Float64Array(4) })).toThrow("equally long");
  });

  it("limit: quotes steeper than Lee's bound, or a parabola, get the nearest smile that is none of that, and its error says so", () => {
    const steep = fitSmile(quotesOf({ a: 0.05, b: 2.5, rho: 0.2, m: 0, sigma: 0.1 }, grid));
    if ("fault" in steep) throw new Error(steep.fault);
    expect(steep.svi.b * (1 + Math.abs(steep.svi.rho))).toBeCloseTo(2, 9);
    expect(steep.rootMeanSquare).toBeGreaterThan(0.1);
    const k = Float64Array.from(grid);
    const round = fitSmile({ k, totalVariance: k.map((one) => 0.05 + 0.1 * one * one) });
    if ("fault" in round) throw new Error(round.fault);
    // Ten spans of 1.4.
    expect(round.svi.sigma).toBeLessThanOrEqual(14);
    expect(round.rootMeanSquare).toBeLessThan(1e-4);
  });

  it("limit: a flat smile fits flat", () => {
    const k = Float64Array.from(grid);
    const fit = fitSmile({ k, totalVariance: k.map(() => 0.09) });
    if ("fault" in fit) throw new Error(fit.fault);
    for (const place of [-1, 0, 1]) expect(totalVariance(fit.svi, place)).toBeCloseTo(0.09, 9);
  });
});

describe("term structure", () => {
  const early: Smile = { years: 0.25, forward: 100, svi: { ...tame, a: 0.01, b: 0.08 } };
  const late: Smile = { years: 0.5, forward: 101, svi: tame };

  it("default: linear in total variance between, constant volatility before and after", () => {
    for (const k of [-0.5, 0, 0.3]) {
      const [w1, w2] = [totalVariance(early.svi, k), totalVariance(late.svi, k)];
      expect(surfaceVariance([early, late], k, 0.25)).toBe(w1);
      expect(surfaceVariance([early, late], k, 0.5)).toBe(w2);
      expect(surfaceVariance([early, late], k, 0.4)).toBeCloseTo(0.4 * w1 + 0.6 * w2, 15);
      expect(surfaceVariance([early, late], k, 0.1) / 0.1).toBeCloseTo(w1 / 0.25, 14);
      expect(surfaceVariance([early, late], k, 2) / 2).toBeCloseTo(w2 / 0.5, 14);
    }
    expect(surfaceVolatility([early, late], 101, 101, 0.5)).toBeCloseTo(smileVolatility(late, 101), 15);
    expect(surfaceVolatility([early, late], 101, 101, 0)).toBe(0);
  });

  it("behavior: without a crossing no time between has less variance than an earlier one (property)", () => {
    expect(calendarFaults([early, late])).toEqual([]);
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (k, one, other) => {
          const [first, second] = one < other ? [one, other] : [other, one];
          const smiles = [early, late];
          return surfaceVariance(smiles, k, second) >= surfaceVariance(smiles, k, first) - 1e-15;
        },
      ),
      { seed: 4, numRuns: 300 },
    );
  });

  it("error: smiles that cross are named where the later lacks most; wrong order is our bug", () => {
    const crossing = { ...late, svi: { ...late.svi, b: 0.05, a: 0.03 } };
    const faults = calendarFaults([early, crossing]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ code: "calendar-arbitrage", row: 0 });
    const { k, value } = faults[0];
    expect(totalVariance(crossing.svi, k) - totalVariance(early.svi, k)).toBeCloseTo(value, 12);
    expect(value).toBeLessThan(0);
    expect(() => calendarFaults([late, early])).toThrow("smile 1 is later");
    expect(() => surfaceVariance([], 0, 1)).toThrow("there is a smile");
    expect(calendarFaults([])).toEqual([]);
  });
});

/** An undiscounted call by a rational approximation that is not ours: Abramowitz and Stegun 26.2.17 is too coarse, so a plain integral of the density. */
function callPrice(spot: number, strike: number, deviation: number): number {
  const steps = 4000;
  const low = (Math.log(strike / spot) + (deviation * deviation) / 2) / deviation;
  const width = (12 - low) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const z = low + i * width;
    const gain = spot * Math.exp(deviation * z - (deviation * deviation) / 2) - strike;
    const share = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    sum += share * gain * Math.exp(-0.5 * z * z);
  }
  return (sum * width) / 3 / Math.sqrt(2 * Math.PI);
}
