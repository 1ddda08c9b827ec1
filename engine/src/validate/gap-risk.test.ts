import { describe, expect, it } from "vitest";
import {
  acceptanceKou,
  acceptanceMerton,
  gapProbability,
  gapRiskCases,
  kouGapCushion,
  kouGapRate,
  mertonGapRate,
} from "./gap-risk.js";

/** The integral of f over [from, to] by the trapezoid rule, fine enough for nine digits. */
function integral(f: (x: number) => number, from: number, to: number): number {
  const parts = 400_000;
  const step = (to - from) / parts;
  let sum = (f(from) + f(to)) / 2;
  for (let part = 1; part < parts; part++) sum += f(from + part * step);
  return sum * step;
}

const kouDensity = (size: number) => 10 * 0.5 * 25 * Math.exp(25 * size);

describe("gap risk", () => {
  it("default", () => {
    for (const one of gapRiskCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: the rates are the jump densities' tails, integrated", () => {
    for (const m of [3, 4, 5, 8]) {
      const edge = Math.log(1 - 1 / m);
      expect(integral(kouDensity, edge - 2, edge) / kouGapRate(acceptanceKou, m)).toBeCloseTo(1, 7);
      const normal = (size: number) =>
        (5 * Math.exp(-(((size + 0.05) / 0.1) ** 2) / 2)) / (0.1 * Math.sqrt(2 * Math.PI));
      expect(integral(normal, edge - 1.5, edge) / mertonGapRate(acceptanceMerton, m)).toBeCloseTo(1, 7);
    }
  });

  it("behavior: the cushion after a gap is the mean of 1 + m (e^jump - 1) beyond the edge", () => {
    for (const m of [3, 4, 8]) {
      const edge = Math.log(1 - 1 / m);
      const weighted = integral((size) => kouDensity(size) * (1 + m * Math.expm1(size)), edge - 2, edge);
      expect(weighted / kouGapRate(acceptanceKou, m)).toBeCloseTo(kouGapCushion(acceptanceKou, m), 7);
      expect(kouGapCushion(acceptanceKou, m)).toBeCloseTo(-(m - 1) / 26, 14);
    }
  });

  it("limit: a multiplier of 1 is never broken; without jumps nothing is", () => {
    expect(kouGapRate(acceptanceKou, 1)).toBe(0);
    expect(gapProbability(0, 1)).toBe(0);
    expect(gapProbability(1e-12, 1)).toBeCloseTo(1e-12, 23);
  });
});
