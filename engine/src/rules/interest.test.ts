import { describe, expect, it } from "vitest";
import {
  type AdaptiveCurveParameters,
  accruedInterest,
  compoundedGrowth,
  adaptiveRates as exactAdaptiveRates,
  grownIndex as exactGrownIndex,
  utilisation as exactUtilisation,
  MORPHO_ADAPTIVE_CURVE,
  twoSlopeBorrowRate,
  usageRatio,
} from "../exact/interest/index.js";
import { uniform } from "../math/index.js";
import { type AdaptiveRate, adaptiveRates, grownIndex, kinkedRate, utilisation } from "./interest.js";

const cases = 2_000;
const seed = 20_260_110;
const secondsPerYear = 31_536_000;

/** Draws of one case. */
function draws(index: number) {
  let word = 0;
  const draw = () => uniform(seed, index, 0, 9, word++);
  return { draw, whole: (low: number, high: number) => low + Math.floor(draw() * (high - low + 1)) };
}

const wad = (share: number) => BigInt(Math.round(share * 1e9)) * 1_000_000_000n;
const perYear = (wadPerSecond: bigint) => (Number(wadPerSecond) * secondsPerYear) / 1e18;

/** The curve of the engine as the exact one takes it. */
function exactCurve(curve: AdaptiveRate): AdaptiveCurveParameters {
  const perSecond = (share: number) => wad(share) / BigInt(secondsPerYear);
  return {
    curveSteepness: wad(curve.steepness),
    adjustmentSpeed: perSecond(curve.speed),
    targetUtilization: wad(curve.targetUtilisation),
    initialRateAtTarget: perSecond(curve.target),
    minRateAtTarget: perSecond(curve.least),
    maxRateAtTarget: perSecond(curve.most),
  };
}

const morpho: AdaptiveRate = {
  model: "adaptive",
  target: 0.04,
  targetUtilisation: 0.9,
  speed: 50,
  steepness: 4,
  least: 0.001,
  most: 2,
};

describe("interest", () => {
  it("equality: two slopes, 2,000 random cases: rates within 1e-12 per year, indices within one unit of 1e-12", () => {
    let above = 0;
    for (let index = 0; index < cases; index++) {
      const { whole, draw } = draws(index);
      const bps = {
        optimalUsageRatio: whole(100, 9_900),
        baseVariableBorrowRate: whole(0, 500),
        variableRateSlope1: whole(0, 2_000),
        variableRateSlope2: whole(2_000, 40_000),
      };
      const borrowed = whole(0, 1e12);
      const cash = draw() < 0.1 ? 0 : whole(0, 1e12);
      const used = utilisation(borrowed, cash);
      const rate = kinkedRate(
        {
          model: "kinked",
          optimal: bps.optimalUsageRatio / 1e4,
          base: bps.baseVariableBorrowRate / 1e4,
          slope1: bps.variableRateSlope1 / 1e4,
          slope2: bps.variableRateSlope2 / 1e4,
        },
        used,
      );
      const exact = twoSlopeBorrowRate(
        {
          optimalUsageRatio: BigInt(bps.optimalUsageRatio),
          baseVariableBorrowRate: BigInt(bps.baseVariableBorrowRate),
          variableRateSlope1: BigInt(bps.variableRateSlope1),
          variableRateSlope2: BigInt(bps.variableRateSlope2),
        },
        usageRatio(BigInt(borrowed), BigInt(cash)),
      );
      expect(Math.abs(rate - Number(exact) / 1e27), `case ${index}`).toBeLessThan(1e-12);
      if (used > bps.optimalUsageRatio / 1e4) above++;
      const seconds = whole(1, 86_400);
      const before = whole(1e12, 5e12);
      const grown = exactGrownIndex(BigInt(before), compoundedGrowth(exact, BigInt(seconds)));
      const mine = grownIndex(before, rate, seconds / secondsPerYear);
      expect(Math.abs(mine - Number(grown)), `case ${index}`).toBeLessThanOrEqual(1);
    }
    expect(above).toBeGreaterThan(200);
    expect(above).toBeLessThan(cases - 200);
  });

  it("equality: the adaptive curve, 2,000 random cases: rates within 20 wads a second, indices within one unit of 1e-12 in an hour", () => {
    const seen = { least: 0, most: 0 };
    for (let index = 0; index < cases; index++) {
      const { whole, draw } = draws(cases + index);
      const curve: AdaptiveRate =
        index % 2 === 0 ? morpho : { ...morpho, targetUtilisation: 0.8, speed: 400, steepness: 2.5 };
      const parameters = exactCurve(curve);
      const borrowed = whole(1, 1e12);
      const cash = draw() < 0.1 ? 0 : whole(0, draw() < 0.5 ? 1e11 : 1e13);
      const start = BigInt(whole(31_709_791, 63_419_583_967));
      const seconds = BigInt(whole(1, draw() < 0.5 ? 3_600 : 86_400 * 30));
      const exact = exactAdaptiveRates(
        parameters,
        exactUtilisation(BigInt(borrowed), BigInt(borrowed + cash)),
        start,
        seconds,
      );
      const into = { average: 0, rateAtTarget: 0 };
      adaptiveRates(curve, utilisation(borrowed, cash), perYear(start), Number(seconds) / secondsPerYear, into);
      const room = (20 * secondsPerYear) / 1e18;
      expect(Math.abs(into.average - perYear(exact.averageBorrowRate)), `case ${index}`).toBeLessThan(room);
      expect(Math.abs(into.rateAtTarget - perYear(exact.endRateAtTarget)), `case ${index}`).toBeLessThan(room);
      if (exact.endRateAtTarget === parameters.minRateAtTarget) seen.least++;
      if (exact.endRateAtTarget === parameters.maxRateAtTarget) seen.most++;
      if (seconds > 3_600n) continue;
      const before = BigInt(whole(1e12, 5e12));
      const grown = before + accruedInterest(before, exact.averageBorrowRate, seconds);
      const mine = grownIndex(Number(before), into.average, Number(seconds) / secondsPerYear);
      expect(Math.abs(mine - Number(grown)), `case ${index}`).toBeLessThanOrEqual(1);
    }
    expect(seen.least).toBeGreaterThan(0);
    expect(seen.most).toBeGreaterThan(0);
  });

  it("golden: the constants are those of Morpho's deployed model", () => {
    expect(exactCurve(morpho)).toEqual(MORPHO_ADAPTIVE_CURVE);
  });

  it("behavior: at the kink the first slope counts, above it the second; with nothing borrowed the base", () => {
    const model = { model: "kinked", optimal: 0.9, base: 0.01, slope1: 0.04, slope2: 0.6 } as const;
    expect(kinkedRate(model, utilisation(0, 100))).toBe(0.01);
    expect(kinkedRate(model, 0.9)).toBeCloseTo(0.05, 15);
    expect(kinkedRate(model, utilisation(100, 0))).toBeCloseTo(0.65, 15);
  });
});
