import { describe, expect, it } from "vitest";
import {
  ConfigAmountTooLargeToEncode,
  faults,
  isRecognizedCollateral,
  LtvBorrow,
  type LtvConfig,
  LtvLiquidation,
  liquidationLtvAt,
  ltvFaults,
  quoteFaults,
  UNKNOWN_COLLATERAL,
  type VaultParameters,
  withLtv,
  withoutSpread,
} from "./index.js";

const standing: LtvConfig = {
  borrowLtv: 8000n,
  liquidationLtv: 8300n,
  initialLiquidationLtv: 0n,
  targetTimestamp: 1_000n,
  rampDuration: 0n,
};

describe("LTVs on a ramp", () => {
  it("golden: by hand; 83 % to 60 % over a day from 10,000", () => {
    const lowered = withLtv(standing, 5500n, 6000n, 86_400n, 10_000n);
    expect(lowered).toEqual({
      borrowLtv: 5500n,
      liquidationLtv: 6000n,
      initialLiquidationLtv: 8300n,
      targetTimestamp: 96_400n,
      rampDuration: 86_400n,
    });
    expect(liquidationLtvAt(lowered, 10_000n)).toBe(8300n);
    expect(liquidationLtvAt(lowered, 53_200n)).toBe(7150n);
    // 6000 + floor(2300 x 86399 / 86400) = 6000 + 2299
    expect(liquidationLtvAt(lowered, 10_001n)).toBe(8299n);
  });

  it("equality: the target holds from its timestamp on, not a second before", () => {
    const lowered = withLtv(standing, 0n, 0n, 100n, 10_000n);
    // 83 basis points per second
    expect(liquidationLtvAt(lowered, 10_099n)).toBe(83n);
    expect(liquidationLtvAt(lowered, 10_100n)).toBe(0n);
    expect(isRecognizedCollateral(lowered)).toBe(true);
  });

  it("behavior: a second lowering starts from where the first stands", () => {
    const first = withLtv(standing, 0n, 6000n, 86_400n, 10_000n);
    const second = withLtv(first, 0n, 5000n, 1_000n, 53_200n);
    expect(second.initialLiquidationLtv).toBe(7150n);
    expect(liquidationLtvAt(second, 53_700n)).toBe(6075n);
  });

  it("behavior: raising is instant; without a ramp lowering is too", () => {
    expect(liquidationLtvAt(withLtv(standing, 8000n, 9000n, 0n, 2_000n), 2_000n)).toBe(9000n);
    expect(liquidationLtvAt(withLtv(standing, 0n, 6000n, 0n, 2_000n), 2_000n)).toBe(6000n);
    expect(liquidationLtvAt(withLtv(standing, 0n, 6000n, 10n, 2_000n), 2_000n)).toBe(8300n);
  });

  it("behavior: a raise in the middle of a ramp ends it; a higher target than where it stands may not be ramped", () => {
    const ramp = withLtv(standing, 0n, 6000n, 86_400n, 10_000n);
    expect(() => withLtv(ramp, 0n, 7150n, 10n, 53_200n)).toThrow(LtvLiquidation);
    expect(withLtv(ramp, 0n, 7149n, 10n, 53_200n).initialLiquidationLtv).toBe(7150n);
    expect(liquidationLtvAt(withLtv(ramp, 0n, 7150n, 0n, 53_200n), 53_200n)).toBe(7150n);
  });

  it("error: LtvLiquidation on a ramp that goes nowhere, and on a collateral never seen", () => {
    expect(() => withLtv(standing, 8000n, 8300n, 1n, 2_000n)).toThrow(LtvLiquidation);
    expect(() => withLtv(UNKNOWN_COLLATERAL, 0n, 0n, 1n, 2_000n)).toThrow(LtvLiquidation);
    expect(isRecognizedCollateral(UNKNOWN_COLLATERAL)).toBe(false);
  });

  it("error: LtvBorrow, ConfigAmountTooLargeToEncode", () => {
    expect(withLtv(standing, 8300n, 8300n, 0n, 2_000n).borrowLtv).toBe(8300n);
    expect(() => withLtv(standing, 8301n, 8300n, 0n, 2_000n)).toThrow(LtvBorrow);
    expect(withLtv(standing, 10_000n, 10_000n, 0n, 2_000n).borrowLtv).toBe(10_000n);
    expect(() => withLtv(standing, 8000n, 10_001n, 0n, 2_000n)).toThrow(ConfigAmountTooLargeToEncode);
  });

  it("property: over 500 ramps the LTV never rises, never leaves its ends and never jumps by more than a second's share", () => {
    let seed = 5n;
    const next = (bound: bigint) => {
      seed = (seed * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % (1n << 64n);
      return (seed >> 20n) % bound;
    };
    for (let run = 0; run < 500; run++) {
      const from = 1n + next(10_000n);
      const target = next(from);
      const duration = 1n + next(5_000n);
      const ramp = withLtv({ ...standing, liquidationLtv: from }, 0n, target, duration, 10_000n);
      let before = from;
      for (let now = 10_000n; now <= 10_000n + duration; now += 1n + next(200n)) {
        const ltv = liquidationLtvAt(ramp, now);
        expect(ltv <= before && ltv >= target, `seed 5 run ${run} now ${now}`).toBe(true);
        const exact = target * duration + (from - target) * (10_000n + duration - now);
        expect(exact - ltv * duration >= 0n && exact - ltv * duration < duration, `seed 5 run ${run}`).toBe(true);
        before = ltv;
      }
      expect(liquidationLtvAt(ramp, 10_000n + duration)).toBe(target);
    }
  });
});

describe("faults", () => {
  const sound: VaultParameters = {
    maxLiquidationDiscount: 1500n,
    liquidationCoolOffTime: 1n,
    socializeDebt: true,
    minSocializationLiabilityValue: 1_000_000n,
    interestFee: 1000n,
    interestRateModel: { baseRate: 0n, slope1: 1n, slope2: 2n, kink: 1n },
  };
  const codes = (found: readonly { code: string; key: string }[]) => found.map(({ code, key }) => `${code} ${key}`);

  it("error: a vault's parameters", () => {
    expect(faults(sound)).toEqual([]);
    expect(faults({ ...sound, maxLiquidationDiscount: 9_999n, interestRateModel: null })).toEqual([]);
    expect(
      codes(
        faults({
          maxLiquidationDiscount: 10_000n,
          liquidationCoolOffTime: 65_536n,
          socializeDebt: true,
          minSocializationLiabilityValue: -1n,
          interestFee: 10_001n,
          interestRateModel: { baseRate: 0n, slope1: 1n, slope2: 2n, kink: 1n << 32n },
        }),
      ),
    ).toEqual([
      "negative minSocializationLiabilityValue",
      "auction-without-end maxLiquidationDiscount",
      "cool-off-too-long liquidationCoolOffTime",
      "fee-above-one interestFee",
      "kink-above-one interestRateModel.kink",
    ]);
  });

  it("error: a collateral's LTVs", () => {
    expect(ltvFaults(standing, "weth")).toEqual([]);
    expect(codes(ltvFaults({ ...standing, borrowLtv: 10_001n, liquidationLtv: -1n }, "weth"))).toEqual([
      "threshold-above-one weth.borrowLtv",
      "negative weth.liquidationLtv",
      "borrow-above-liquidation weth.borrowLtv",
    ]);
    expect(codes(ltvFaults({ ...standing, rampDuration: 1_001n }, "weth"))).toEqual([
      "ramp-without-start weth.rampDuration",
    ]);
    expect(ltvFaults({ ...standing, rampDuration: 1_000n }, "weth")).toEqual([]);
  });

  it("error: quotes", () => {
    expect(quoteFaults(withoutSpread(2000n, 10n), "weth")).toEqual([]);
    expect(codes(quoteFaults({ bid: 3n, mid: 2n, ask: 4n, unit: 0n }, "weth"))).toEqual([
      "zero-scale weth.unit",
      "quotes-cross weth",
    ]);
    expect(codes(quoteFaults({ bid: 1n, mid: 5n, ask: 4n, unit: 1n }, "weth"))).toEqual(["quotes-cross weth"]);
  });
});
