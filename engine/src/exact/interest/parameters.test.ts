import { describe, expect, it } from "vitest";
import {
  adaptiveCurveFaults,
  FULL_UTILISATION_32,
  linearKinkFaults,
  MORPHO_ADAPTIVE_CURVE,
  perYearKinkFaults,
  twoSlopeFaults,
} from "./index.js";

const WAD = 10n ** 18n;
const codes = (faults: readonly { code: string; key: string }[]) => faults.map(({ code, key }) => `${code} ${key}`);

// Aave v3 Ethereum USDC as of 2025: kink 92 %, slopes 5.5 % and 40 %, in basis points.
const usdc = {
  optimalUsageRatio: 9200n,
  baseVariableBorrowRate: 0n,
  variableRateSlope1: 550n,
  variableRateSlope2: 4000n,
};
const comet = {
  kink: (85n * WAD) / 100n,
  perYearInterestRateBase: 15n * 10n ** 15n,
  perYearInterestRateSlopeLow: 35n * 10n ** 15n,
  perYearInterestRateSlopeHigh: 3n * WAD,
};
const euler = { baseRate: 0n, slope1: 1n, slope2: 2n, kink: FULL_UTILISATION_32 };

describe("faults of rate parameters", () => {
  it("error: sound parameters have none", () => {
    expect(twoSlopeFaults(usdc)).toEqual([]);
    expect(perYearKinkFaults(comet)).toEqual([]);
    expect(linearKinkFaults(euler)).toEqual([]);
    expect(adaptiveCurveFaults(MORPHO_ADAPTIVE_CURVE)).toEqual([]);
  });

  it("limit: the kinks that Aave accepts are 1 % and 99 %, both included", () => {
    for (const [kink, fault] of [
      [99n, "kink-out-of-range"],
      [100n, ""],
      [9_900n, ""],
      [9_901n, "kink-out-of-range"],
      [10_000n, "kink-out-of-range"],
      [10_001n, "kink-above-one"],
    ] as const)
      expect(codes(twoSlopeFaults({ ...usdc, optimalUsageRatio: kink })).join()).toBe(
        fault && `${fault} optimalUsageRatio`,
      );
  });

  it("error: two slopes name all that is wrong at once", () => {
    expect(
      codes(
        twoSlopeFaults({
          optimalUsageRatio: 20_000n,
          baseVariableBorrowRate: -1n,
          variableRateSlope1: 100_000n,
          variableRateSlope2: 4000n,
        }),
      ),
    ).toEqual([
      "negative baseVariableBorrowRate",
      "kink-above-one optimalUsageRatio",
      "slopes-fall variableRateSlope2",
      "rate-above-maximum variableRateSlope2",
    ]);
  });

  it("limit: base and slopes may sum to 1000 % exactly", () => {
    expect(twoSlopeFaults({ ...usdc, variableRateSlope2: 100_000n - 550n })).toEqual([]);
    expect(codes(twoSlopeFaults({ ...usdc, variableRateSlope2: 100_001n - 550n }))).toEqual([
      "rate-above-maximum variableRateSlope2",
    ]);
  });

  it("error: kinks above one and negative slopes", () => {
    expect(codes(perYearKinkFaults({ ...comet, kink: WAD + 1n, perYearInterestRateSlopeLow: -1n }))).toEqual([
      "negative perYearInterestRateSlopeLow",
      "kink-above-one kink",
    ]);
    expect(perYearKinkFaults({ ...comet, kink: WAD })).toEqual([]);
    expect(codes(linearKinkFaults({ ...euler, kink: FULL_UTILISATION_32 + 1n, slope2: -5n }))).toEqual([
      "negative slope2",
      "kink-above-one kink",
    ]);
  });

  it("error: an adaptive curve", () => {
    const faults = (change: object) => codes(adaptiveCurveFaults({ ...MORPHO_ADAPTIVE_CURVE, ...change }));
    expect(faults({ curveSteepness: WAD - 1n })).toEqual(["steepness-below-one curveSteepness"]);
    expect(faults({ curveSteepness: WAD })).toEqual([]);
    expect(faults({ targetUtilization: WAD })).toEqual(["target-out-of-range targetUtilization"]);
    expect(faults({ targetUtilization: 0n })).toEqual(["target-out-of-range targetUtilization"]);
    expect(faults({ minRateAtTarget: 0n })).toEqual(["zero-rate minRateAtTarget"]);
    expect(faults({ maxRateAtTarget: 1n })).toEqual(["bounds-cross maxRateAtTarget"]);
    expect(faults({ initialRateAtTarget: 1n })).toEqual(["initial-rate-out-of-bounds initialRateAtTarget"]);
    expect(faults({ adjustmentSpeed: -1n })).toEqual(["negative adjustmentSpeed"]);
  });

  it("error: every fault says what it was and what it may be", () => {
    for (const fault of twoSlopeFaults({ ...usdc, optimalUsageRatio: 20_000n })) {
      expect(fault.message).toBe("optimalUsageRatio is 20000 basis points; it may be at most 9900");
      expect(fault.hint.length).toBeGreaterThan(10);
    }
  });
});
