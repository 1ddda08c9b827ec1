import { AdaptiveCurveIrmLib } from "@morpho-org/blue-sdk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adaptiveCurve,
  adaptiveRates,
  MORPHO_ADAPTIVE_CURVE as morpho,
  utilisation,
  utilisationError,
  wadExponential,
} from "./index.js";

const WAD = 10n ** 18n;
const YEAR = 31_536_000n;
const rates = (used: bigint, start: bigint, elapsed: bigint) => adaptiveRates(morpho, used, start, elapsed);
const perYear = (percent: bigint) => (percent * WAD) / 100n / YEAR;

describe("Morpho's adaptive curve", () => {
  it("golden: the deployed constants, per second, by hand", () => {
    expect(morpho.adjustmentSpeed).toBe(1_585_489_599_188n);
    expect(morpho.initialRateAtTarget).toBe(1_268_391_679n);
    expect(morpho.minRateAtTarget).toBe(31_709_791n);
    expect(morpho.maxRateAtTarget).toBe(63_419_583_967n);
  });

  it("golden: by hand; a quarter of the rate at no utilisation, the rate at target, four times at full", () => {
    const start = morpho.initialRateAtTarget;
    for (const [used, rate] of [
      [0n, start / 4n],
      [(45n * WAD) / 100n, (start * 625n) / 1000n],
      [(90n * WAD) / 100n, start],
      [(95n * WAD) / 100n, (start * 5n) / 2n],
      [WAD, start * 4n],
    ])
      expect(rates(used, start, 0n)).toEqual({ averageBorrowRate: rate, endRateAtTarget: start, endBorrowRate: rate });
  });

  it("limit: a market never touched gets the initial rate, however long ago", () => {
    expect(rates(WAD, 0n, 10n * YEAR).endRateAtTarget).toBe(morpho.initialRateAtTarget);
    expect(rates(WAD, 0n, 10n * YEAR).averageBorrowRate).toBe(4n * morpho.initialRateAtTarget);
  });

  it("behavior: at full utilisation the rate doubles in about five days, at none it halves; at target it stands", () => {
    // ln 2 / 50 years = 5.06 days
    const days = (437_000n * 100n) / 100n;
    const start = perYear(4n);
    const doubled = rates(WAD, start, days).endRateAtTarget;
    expect(doubled).toBeGreaterThan((start * 199n) / 100n);
    expect(doubled).toBeLessThan((start * 201n) / 100n);
    const halved = rates(0n, start, days).endRateAtTarget;
    expect(halved).toBeGreaterThan((start * 49n) / 100n);
    expect(halved).toBeLessThan((start * 51n) / 100n);
    expect(rates((9n * WAD) / 10n, start, days).endRateAtTarget).toBe(start);
  });

  it("behavior: without adjustment speed the rate at target stays where it is", () => {
    const start = perYear(4n);
    expect(adaptiveRates({ ...morpho, adjustmentSpeed: 0n }, WAD, start, YEAR).endRateAtTarget).toBe(start);
    expect(rates(WAD, start, YEAR).endRateAtTarget).toBe(morpho.maxRateAtTarget);
    expect(rates(0n, start, YEAR).endRateAtTarget).toBe(morpho.minRateAtTarget);
  });

  it("oracle: constants and e^x of the blue-sdk, 10,000 random exponents and the ends", () => {
    expect(morpho).toEqual({
      curveSteepness: AdaptiveCurveIrmLib.CURVE_STEEPNESS,
      adjustmentSpeed: AdaptiveCurveIrmLib.ADJUSTMENT_SPEED,
      targetUtilization: AdaptiveCurveIrmLib.TARGET_UTILIZATION,
      initialRateAtTarget: AdaptiveCurveIrmLib.INITIAL_RATE_AT_TARGET,
      minRateAtTarget: AdaptiveCurveIrmLib.MIN_RATE_AT_TARGET,
      maxRateAtTarget: AdaptiveCurveIrmLib.MAX_RATE_AT_TARGET,
    });
    const { LN_WEI_INT, WEXP_UPPER_BOUND } = AdaptiveCurveIrmLib;
    for (const x of [LN_WEI_INT - 1n, LN_WEI_INT, -1n, 0n, 1n, WEXP_UPPER_BOUND - 1n, WEXP_UPPER_BOUND])
      expect(wadExponential(x)).toBe(AdaptiveCurveIrmLib.wExp(x));
    fc.assert(
      fc.property(fc.bigInt(LN_WEI_INT - WAD, WEXP_UPPER_BOUND + WAD), (x) => {
        expect(wadExponential(x)).toBe(AdaptiveCurveIrmLib.wExp(x));
      }),
      { seed: 640, numRuns: 10_000 },
    );
  });

  it("oracle: 10,000 random markets of the blue-sdk, zero differences in average, end rate and rate at target", () => {
    const start = fc.oneof(
      fc.constant(0n),
      fc.bigInt(morpho.minRateAtTarget, morpho.maxRateAtTarget),
      fc.bigInt(1n, 10n * morpho.maxRateAtTarget),
    );
    const used = fc.oneof(fc.bigInt(0n, WAD), fc.constantFrom(0n, WAD, morpho.targetUtilization));
    const elapsed = fc.oneof(fc.bigInt(0n, 86_400n), fc.bigInt(0n, 10n * YEAR), fc.constantFrom(0n, 1n, 12n));
    fc.assert(
      fc.property(used, start, elapsed, (utilised, rate, seconds) => {
        const theirs = AdaptiveCurveIrmLib.getBorrowRate(utilised, rate, seconds);
        expect(rates(utilised, rate, seconds)).toEqual({
          averageBorrowRate: theirs.avgBorrowRate,
          endBorrowRate: theirs.endBorrowRate,
          endRateAtTarget: theirs.endRateAtTarget,
        });
      }),
      { seed: 641, numRuns: 10_000 },
    );
  });

  it("property: e^x is within 1 % of the host's exponential; 1 + r + r^2/2 is low for r > 0 and high for r < 0", () => {
    let highest = 0;
    fc.assert(
      fc.property(fc.bigInt(-20n * WAD, 40n * WAD), (x) => {
        const exact = Math.exp(Number(x) / 1e18) * 1e18;
        highest = Math.max(highest, Math.abs(Number(wadExponential(x)) / exact - 1));
      }),
      { seed: 642, numRuns: 5_000 },
    );
    expect(highest).toBeLessThan(0.01);
    expect(highest).toBeGreaterThan(0.005);
    expect(wadExponential(0n)).toBe(WAD);
  });

  it("property: the rate rises with utilisation and the rate at target keeps its bounds, 10,000 pairs", () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, WAD),
        fc.bigInt(0n, WAD),
        fc.bigInt(morpho.minRateAtTarget, morpho.maxRateAtTarget),
        fc.bigInt(0n, YEAR),
        (one, other, start, elapsed) => {
          const [low, high] = one < other ? [one, other] : [other, one];
          const below = rates(low, start, elapsed);
          const above = rates(high, start, elapsed);
          expect(above.averageBorrowRate).toBeGreaterThanOrEqual(below.averageBorrowRate);
          expect(above.endRateAtTarget).toBeGreaterThanOrEqual(below.endRateAtTarget);
          expect(above.endRateAtTarget).toBeLessThanOrEqual(morpho.maxRateAtTarget);
          expect(below.endRateAtTarget).toBeGreaterThanOrEqual(morpho.minRateAtTarget);
        },
      ),
      { seed: 643, numRuns: 10_000 },
    );
  });

  it("equality: the error is 0 at the target exactly, -1 at none, 1 at full; one wei beside it rounds towards 0", () => {
    expect(utilisationError(morpho, (9n * WAD) / 10n)).toBe(0n);
    expect(utilisationError(morpho, 0n)).toBe(-WAD);
    expect(utilisationError(morpho, WAD)).toBe(WAD);
    expect(utilisationError(morpho, (9n * WAD) / 10n - 1n)).toBe(-1n);
    expect(utilisationError(morpho, (9n * WAD) / 10n + 1n)).toBe(10n);
    expect(adaptiveCurve(morpho, 1_000n, 0n)).toBe(1_000n);
    expect(utilisation(9n, 10n)).toBe(morpho.targetUtilization);
  });
});
