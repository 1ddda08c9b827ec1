import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  FULL_UTILISATION_32,
  linearKinkRate,
  perSecondKink,
  perSecondKinkRate,
  twoSlopeBorrowRate,
  twoSlopeRates,
  usageRatio,
  utilisation,
  utilisation32,
} from "./index.js";

const WAD = 10n ** 18n;
const RAY = 10n ** 27n;
const YEAR = 31_536_000n;
const gap = (a: bigint, b: bigint) => (a > b ? a - b : b - a);

const aave = {
  optimalUsageRatio: 9200n,
  baseVariableBorrowRate: 0n,
  variableRateSlope1: 550n,
  variableRateSlope2: 4000n,
};
const usage = (availableLiquidity: bigint, totalDebt: bigint) => ({
  availableLiquidity,
  totalDebt,
  deficit: 0n,
  reserveFactor: 1000n,
});

describe("utilisation", () => {
  it("golden: by hand; 2 of 3 in each protocol's scale and rounding", () => {
    expect(utilisation(2n, 3n)).toBe(666_666_666_666_666_666n);
    expect(usageRatio(2n, 1n)).toBe(666_666_666_666_666_666_666_666_667n);
    // 2/3 of 4294967295 is 2863311530 exactly
    expect(utilisation32(2n, 1n)).toBe(2_863_311_530n);
  });

  it("limit: nothing supplied is no utilisation; interest may carry Compound's above one, not Aave's or Euler's", () => {
    expect(utilisation(0n, 0n)).toBe(0n);
    expect(usageRatio(0n, 0n)).toBe(0n);
    expect(utilisation32(0n, 0n)).toBe(0n);
    expect(utilisation(11n, 10n)).toBe(1_100_000_000_000_000_000n);
    expect(usageRatio(11n, 0n)).toBe(RAY);
    expect(utilisation32(11n, 0n)).toBe(FULL_UTILISATION_32);
  });
});

describe("Aave v3's two slopes", () => {
  it("golden: by hand; kink 92 %, slopes 5.5 % and 40 %", () => {
    // 46 % of 92 %: half of the first slope
    expect(twoSlopeRates(aave, usage(54n, 46n)).variableBorrowRate).toBe((RAY * 275n) / 10_000n);
    // at the kink: the whole first slope
    expect(twoSlopeRates(aave, usage(8n, 92n)).variableBorrowRate).toBe((RAY * 550n) / 10_000n);
    // 96 %: the first and half of the second, 5.5 % + 20 %
    expect(twoSlopeRates(aave, usage(4n, 96n)).variableBorrowRate).toBe((RAY * 2550n) / 10_000n);
    // full: 45.5 %, of which suppliers get 90 %
    expect(twoSlopeRates(aave, usage(0n, 96n))).toEqual({
      variableBorrowRate: (RAY * 4550n) / 10_000n,
      liquidityRate: (RAY * 4095n) / 10_000n,
    });
  });

  it("equality: at the kink the first slope holds, one unit above it the second", () => {
    const kink = (RAY * 92n) / 100n;
    const at = twoSlopeBorrowRate(aave, kink);
    expect(at).toBe((RAY * 55n) / 1000n);
    // below: 100 units less of usage take 0.055 x 100 = 5.5 off, halves up leaves 5, over 0.92 is 5.4; above: 0.4 / 0.08 = 5
    expect(at - twoSlopeBorrowRate(aave, kink - 100n)).toBe(5n);
    expect(twoSlopeBorrowRate(aave, kink + 1n) - at).toBe(5n);
  });

  it("limit: without debt suppliers earn nothing, borrowers would pay the base", () => {
    expect(twoSlopeRates({ ...aave, baseVariableBorrowRate: 30n }, usage(0n, 0n))).toEqual({
      liquidityRate: 0n,
      variableBorrowRate: (RAY * 30n) / 10_000n,
    });
  });

  it("behavior: a deficit lowers the suppliers' rate and leaves the borrowers'", () => {
    const sound = twoSlopeRates(aave, usage(8n, 92n));
    const short = twoSlopeRates(aave, { ...usage(8n, 92n), deficit: 100n });
    expect(short.variableBorrowRate).toBe(sound.variableBorrowRate);
    // 92 of 200 instead of 92 of 100
    expect(short.liquidityRate).toBe(sound.liquidityRate / 2n);
  });

  it("behavior: without the second slope full usage costs no more than the kink", () => {
    expect(twoSlopeBorrowRate({ ...aave, variableRateSlope2: 0n }, RAY)).toBe(
      twoSlopeBorrowRate(aave, (RAY * 92n) / 100n),
    );
    expect(twoSlopeBorrowRate(aave, RAY)).toBeGreaterThan(twoSlopeBorrowRate(aave, (RAY * 92n) / 100n));
  });

  it("property: 5,000 curves against the exact fraction, at most 3 steps of 1e-27 apart above the kink and 51 below, and rising", () => {
    fc.assert(
      fc.property(
        fc.bigInt(100n, 9_900n),
        fc.bigInt(0n, 1_000n),
        fc.bigInt(0n, 10_000n),
        fc.bigInt(0n, 10_000n),
        fc.bigInt(0n, RAY),
        (optimalUsageRatio, baseVariableBorrowRate, low, more, used) => {
          const curve = {
            optimalUsageRatio,
            baseVariableBorrowRate,
            variableRateSlope1: low,
            variableRateSlope2: low + more,
          };
          const kink = (RAY * optimalUsageRatio) / 10_000n;
          const base = (RAY * baseVariableBorrowRate) / 10_000n;
          const exact =
            used <= kink
              ? base + (RAY * low * used) / (10_000n * kink)
              : base + (RAY * low) / 10_000n + (RAY * (low + more) * (used - kink)) / (10_000n * (RAY - kink));
          const rate = twoSlopeBorrowRate(curve, used);
          // half a step of the first product is divided by a kink of 1 % at worst, half a step of the excess multiplied by a slope of 200 % at most
          expect(gap(rate, exact)).toBeLessThanOrEqual(used <= kink ? 51n : 3n);
          // steps of the inner rounding may show as one unit less, never more
          expect(twoSlopeBorrowRate(curve, used + 1_000n)).toBeGreaterThanOrEqual(rate);
        },
      ),
      { seed: 20_251, numRuns: 5000 },
    );
  });
});

describe("Compound III's kink", () => {
  // Comet's own interest-rate tests use base 0.5 %, slopes 10 % and 300 %, kink 80 %.
  const curve = perSecondKink({
    kink: (8n * WAD) / 10n,
    perYearInterestRateBase: 5n * 10n ** 15n,
    perYearInterestRateSlopeLow: WAD / 10n,
    perYearInterestRateSlopeHigh: 3n * WAD,
  });

  it("golden: by hand; yearly figures become whole wads per second", () => {
    expect(curve).toEqual({
      kink: (8n * WAD) / 10n,
      base: 158_548_959n,
      slopeLow: 3_170_979_198n,
      slopeHigh: 95_129_375_951n,
    });
    expect(perSecondKinkRate(curve, 0n)).toBe(158_548_959n);
    // 158548959 + floor(3170979198 x 0.5)
    expect(perSecondKinkRate(curve, WAD / 2n)).toBe(158_548_959n + 1_585_489_599n);
    // at the kink 158548959 + floor(3170979198 x 0.8) = 2536783358; then floor(95129375951 x 0.1) = 9512937595
    expect(perSecondKinkRate(curve, (8n * WAD) / 10n)).toBe(158_548_959n + 2_536_783_358n);
    expect(perSecondKinkRate(curve, (9n * WAD) / 10n)).toBe(158_548_959n + 2_536_783_358n + 9_512_937_595n);
  });

  it("equality: at the kink both slopes agree; beyond it the high one holds", () => {
    const at = perSecondKinkRate(curve, curve.kink);
    expect(perSecondKinkRate(curve, curve.kink - 10n ** 9n)).toBe(at - 3n);
    expect(perSecondKinkRate(curve, curve.kink + 10n ** 9n)).toBe(at + 95n);
  });

  it("property: 5,000 utilisations within 2 wei per second of the exact fraction; a second of the yearly rate loses at most 5", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n * WAD), (used) => {
        const rate = perSecondKinkRate(curve, used);
        const above = used > curve.kink ? used - curve.kink : 0n;
        const exact = curve.base * WAD + curve.slopeLow * (used - above) + curve.slopeHigh * above;
        expect(exact - rate * WAD).toBeGreaterThanOrEqual(0n);
        expect(exact - rate * WAD).toBeLessThan(2n * WAD);
        const yearly = 5n * 10n ** 15n + ((used - above) * (WAD / 10n) + above * 3n * WAD) / WAD;
        expect(yearly - rate * YEAR).toBeLessThanOrEqual(5n * YEAR);
      }),
      { seed: 20_252, numRuns: 5000 },
    );
  });
});

describe("Euler's linear kink", () => {
  // 0 % at none, 5 % APY at 90 %, 55 % APY at full: the vault kit's usual construction, rounded.
  const curve = { baseRate: 0n, slope1: 402_000_000n, slope2: 27_000_000_000n, kink: (FULL_UTILISATION_32 * 9n) / 10n };

  it("golden: by hand", () => {
    expect(linearKinkRate(curve, 1n, 0n)).toBe(0n);
    expect(linearKinkRate(curve, 0n, 0n)).toBe(0n);
    // half of 4294967295 is 2147483647 rounded down
    expect(linearKinkRate(curve, 500n, 500n)).toBe(2_147_483_647n * 402_000_000n);
    // kink 3865470565; full 429496730 steps above it
    expect(linearKinkRate(curve, 0n, 500n)).toBe(3_865_470_565n * 402_000_000n + 429_496_730n * 27_000_000_000n);
  });

  it("property: 5,000 vaults against base + slope1 u + (slope2 - slope1) max(0, u - kink)", () => {
    const amount = fc.bigInt(0n, 10n ** 26n);
    fc.assert(
      fc.property(amount, amount, fc.bigInt(0n, FULL_UTILISATION_32), (cash, borrows, kink) => {
        const used = cash + borrows === 0n ? 0n : (borrows * ((1n << 32n) - 1n)) / (cash + borrows);
        const above = used > kink ? used - kink : 0n;
        expect(linearKinkRate({ ...curve, baseRate: 7n, kink }, cash, borrows)).toBe(
          7n + 402_000_000n * used + (27_000_000_000n - 402_000_000n) * above,
        );
      }),
      { seed: 20_253, numRuns: 5000 },
    );
  });
});
