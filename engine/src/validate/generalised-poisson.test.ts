import { describe, expect, it } from "vitest";
import { exp, log, uniform } from "../math/index.js";
import {
  countProbability,
  extinctionProbability,
  generalisedPoissonCases,
  meanCount,
  varianceCount,
  wipeOutProbability,
} from "./generalised-poisson.js";

describe("generalised Poisson", () => {
  it("default", () => {
    for (const one of generalisedPoissonCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: the law sums to 1, and to the closed mean and variance", () => {
    for (const law of [
      { theta: 1, gain: 0.5 },
      { theta: 0.3, gain: 0.7 },
      { theta: 4, gain: 0 },
    ]) {
      let total = 0;
      let mean = 0;
      let square = 0;
      for (let count = 0; count < 600; count++) {
        const probability = countProbability(law, count);
        total += probability;
        mean += count * probability;
        square += count * count * probability;
      }
      expect(total).toBeCloseTo(1, 10);
      expect(mean).toBeCloseTo(meanCount(law), 8);
      expect(square - mean * mean).toBeCloseTo(varianceCount(law), 6);
    }
  });

  it("behavior: above gain 1 the finite cascades and the wipe-outs sum to 1", () => {
    const law = { theta: 1, gain: 1.2 };
    let finite = 0;
    for (let count = 0; count < 2_000; count++) finite += countProbability(law, count);
    expect(finite + wipeOutProbability(law)).toBeCloseTo(1, 9);
  });

  it("behavior: thresholds walked one by one agree (Monte Carlo, seed 7)", () => {
    const repetitions = 200_000;
    for (const gain of [0.5, 1.2]) {
      const seen = new Map<number, number>();
      for (let path = 0; path < repetitions; path++) {
        let count = 0;
        let threshold = -log(uniform(7, path, 0, 9, 0));
        while (threshold <= 1 + gain * count && count < 300) {
          count++;
          threshold -= log(uniform(7, path, 0, 9, count));
        }
        seen.set(count, (seen.get(count) ?? 0) + 1);
      }
      for (const count of [0, 1, 2, 3, 8]) {
        const share = (seen.get(count) ?? 0) / repetitions;
        expect(Math.abs(share - countProbability({ theta: 1, gain }, count)), `gain ${gain}`).toBeLessThan(0.003);
      }
      const wiped = (seen.get(300) ?? 0) / repetitions;
      expect(Math.abs(wiped - wipeOutProbability({ theta: 1, gain }))).toBeLessThan(0.003);
    }
  });

  it("behavior: extinction is a fixed point below 1", () => {
    for (const gain of [1.01, 1.2, 3]) {
      const z = extinctionProbability(gain);
      expect(z).toBeLessThan(1);
      expect(exp(gain * (z - 1))).toBeCloseTo(z, 12);
    }
  });

  it("limit: no gain is the Poisson law; at gain 1 nothing is wiped out but the mean is endless", () => {
    expect(countProbability({ theta: 2, gain: 0 }, 3)).toBeCloseTo((8 / 6) * exp(-2), 14);
    expect(extinctionProbability(1)).toBe(1);
    expect(wipeOutProbability({ theta: 5, gain: 1 })).toBe(0);
    expect(meanCount({ theta: 1, gain: 1 })).toBe(Number.POSITIVE_INFINITY);
    expect(varianceCount({ theta: 1, gain: 1.5 })).toBe(Number.POSITIVE_INFINITY);
  });
});
