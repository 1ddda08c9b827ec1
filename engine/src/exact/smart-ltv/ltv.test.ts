import { describe, expect, it } from "vitest";
import {
  CollateralMismatch,
  confidenceFactor,
  DebtMismatch,
  DivisionByZero,
  exponential59,
  exponentOf,
  faults,
  InvalidSigner,
  type LtvInput,
  type LtvQuestion,
  ltvFormula,
  MAX_DATA_AGE,
  MAX_MANTISSA,
  ONE_59,
  type RiskData,
  recommendedLtv,
  riskDataFaults,
  type SmartLtvParameters,
  Timeout,
  WrongChainId,
  WrongLiquidationBonus,
} from "./index.js";

const WAD = 10n ** 18n;
const MILLION = 10n ** 12n; // of a debt asset with six decimals
const gap = (a: bigint, b: bigint) => (a > b ? a - b : b - a);

/** Seeded generator of whole numbers below a bound: 64-bit linear congruence, its upper 48 bits as often as the bound needs. */
function generator(seed: bigint): (bound: bigint) => bigint {
  let state = seed;
  return (bound) => {
    let drawn = 0n;
    for (let width = 0n; width === 0n || 1n << width < bound; width += 48n) {
      state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % (1n << 64n);
      drawn = (drawn << 48n) + (state >> 16n);
    }
    return drawn % bound;
  };
}

const input = (c: bigint, sigma: bigint, liquidity: bigint, cap: bigint, bonus = 50n): LtvInput => ({
  confidenceFactor: c * WAD,
  volatility: (sigma * WAD) / 1000n,
  liquidity,
  cap,
  liquidationBonus: (bonus * WAD) / 1000n,
});

/** e^-(numerator / denominator) in wad at 60 digits: the series of e^x inverted. A second, independent computation. */
function decay(numerator: bigint, denominator: bigint): bigint {
  const one = 10n ** 60n;
  let term = one;
  let sum = one;
  for (let n = 1n; term > 0n; n++) {
    term = (term * numerator) / denominator / n;
    sum += term;
  }
  return (WAD * one) / sum;
}

describe("the formula", () => {
  it("golden: smartltv", () => {
    // MECHANISMS section 22, golden vectors smartltv: an independent replica in floating point, so right to 16 digits: within 100 of 1e-18.
    for (const [sigma, liquidity, cap, ltv] of [
      [20n, 5n, 5n, 768_730_753_077_981_800n],
      [20n, 20n, 5n, 854_837_418_035_959_500n],
      [20n, 5n, 20n, 620_320_046_035_639_300n],
      [50n, 5n, 5n, 556_530_659_712_633_400n],
    ])
      expect(gap(ltvFormula(input(10n, sigma, liquidity * MILLION, cap * MILLION)), ltv)).toBeLessThanOrEqual(100n);
  });

  it("golden: c = 4, sigma = 55 %, l = d, beta = 5 % is 0.060803", () => {
    // Validated models: e^-2.2 - 0.05 = 0.0608031583...
    const ltv = ltvFormula(input(4n, 550n, MILLION, MILLION));
    expect((ltv + 500_000_000_000n) / 10n ** 12n).toBe(60_803n);
    expect(gap(ltv, decay(22n, 10n) - (5n * WAD) / 100n)).toBeLessThanOrEqual(2n);
  });

  it("golden: 33! and its parts are the contract's constants", () => {
    // generalExp divides by 0x688589cc0e9505e2f2fee5580000000 and multiplies x^2 by half of it; so 2^59 gives e to the last bit
    expect(exponential59(0n)).toBe(ONE_59);
    let factorial = 1n;
    for (let n = 2n; n <= 33n; n++) factorial *= n;
    expect(factorial).toBe(0x688589cc0e9505e2f2fee5580000000n);
    // e x 2^59, rounded down
    expect(exponential59(ONE_59)).toBe(1_566_982_787_806_226_771n);
  });

  it("property: 1,000 exponents up to the largest, to the last bit: the sum over 33! of powers rounded down to 59 bits", () => {
    const next = generator(21n);
    const factorial = (n: bigint): bigint => (n < 2n ? 1n : n * factorial(n - 1n));
    for (let run = 0; run < 1_000; run++) {
      const x = next(MAX_MANTISSA);
      const powers = [x];
      while (powers.length < 33) powers.push((powers[powers.length - 1] * x) / ONE_59);
      // from the smallest term to the largest, each with its own quotient of factorials
      const sum = powers.reduceRight(
        (total, power, index) =>
          index === 0 ? total : total + power * (factorial(33n) / factorial(BigInt(index + 1))),
        0n,
      );
      expect(exponential59(x), `seed 21 run ${run}`).toBe(sum / factorial(33n) + x + ONE_59);
    }
  });

  it("limit: the largest exponent is 18.149, where the 33rd power still fits 256 bits; from there on the LTV is 0", () => {
    // The text's 10.462 is this number over 1e18; the exponent is it over 2^59.
    expect((MAX_MANTISSA * 1000n) / ONE_59).toBe(18_149n);
    const bits = (x: bigint) => {
      let power = x;
      let widest = 0;
      for (let n = 2; n <= 33; n++) {
        widest = Math.max(widest, (power * x).toString(2).length);
        power = (power * x) >> 59n;
      }
      return widest;
    };
    expect(bits(MAX_MANTISSA - 1n)).toBe(256);
    expect(bits((MAX_MANTISSA * 101n) / 100n)).toBe(257);
    // sigma such that c sigma = 18.149 and a little: e^-18.149 is 1.3e-8
    const at = (sigma: bigint) => ({ ...input(1n, 0n, MILLION, MILLION, 0n), volatility: sigma });
    const edge = (MAX_MANTISSA * WAD) / ONE_59;
    expect(exponentOf(at(edge)) < MAX_MANTISSA && exponentOf(at(edge + 1n)) >= MAX_MANTISSA).toBe(true);
    expect(ltvFormula(at(edge))).toBeGreaterThan(10_000_000_000n);
    expect(ltvFormula(at(edge + 1n))).toBe(0n);
  });

  it("limit: a bonus above what the exponential leaves is an LTV of 0, not below", () => {
    expect(ltvFormula(input(10n, 500n, MILLION, MILLION))).toBe(0n);
  });

  it("error: DivisionByZero without cap, and where the root of liquidity over cap is 0", () => {
    expect(() => ltvFormula(input(1n, 1n, MILLION, 0n))).toThrow(DivisionByZero);
    expect(() => ltvFormula(input(1n, 1n, 0n, MILLION))).toThrow(DivisionByZero);
    expect(() => ltvFormula(input(1n, 1n, 1n, WAD + 1n))).toThrow(DivisionByZero);
    expect(ltvFormula(input(1n, 1n, 1n, WAD))).toBe(0n);
  });

  it("behavior: without volatility or without confidence factor nothing is held back but the bonus", () => {
    expect(ltvFormula(input(10n, 0n, MILLION, MILLION))).toBe(950_000_000_000_000_000n);
    expect(ltvFormula(input(0n, 20n, MILLION, MILLION))).toBe(950_000_000_000_000_000n);
    expect(ltvFormula(input(10n, 20n, MILLION, MILLION))).toBeLessThan(800_000_000_000_000_000n);
  });

  it("property: 4,000 inputs against e^-x at 60 digits of the same root: at most 60 wei apart up to an exponent of 5, 1e-9 of the result up to 9", () => {
    const next = generator(22n);
    let highest = 0n;
    for (let run = 0; run < 4_000; run++) {
      const one = {
        confidenceFactor: next(10n * WAD),
        volatility: next(WAD),
        liquidity: 1n + next(100n * MILLION),
        cap: 1n + next(100n * MILLION),
        liquidationBonus: 0n,
      };
      const product = (one.confidenceFactor * one.volatility) / WAD;
      let root = 0n;
      const square = (WAD * one.liquidity) / one.cap;
      for (let bit = 1n << 64n; bit > 0n; bit >>= 1n) if ((root + bit) ** 2n <= square) root += bit;
      if (product > 9n * root * 10n ** 9n) continue;
      const ltv = ltvFormula(one);
      const exact = decay(product, root * 10n ** 9n);
      highest = gap(ltv, exact) > highest ? gap(ltv, exact) : highest;
      // rounding to 59 bits costs 60 wei; the 34th and later terms that the series leaves out at most 1e-9 of the result at 9, nothing up to 5
      const bound = product > 5n * root * 10n ** 9n ? 60n + exact / 10n ** 9n : 60n;
      expect(gap(ltv, exact), `seed 22 run ${run}`).toBeLessThanOrEqual(bound);
      // the exact root lies less than one above, so the LTV errs by at most x e^-x over the root, and only low
      const higher = decay(product, (root + 1n) * 10n ** 9n);
      expect(ltv <= higher + bound, `seed 22 run ${run}`).toBe(true);
    }
    expect(highest).toBeGreaterThan(0n);
  });

  it("property: the LTV falls with volatility, cap, confidence and bonus and rises with liquidity, 5,000 pairs", () => {
    const next = generator(23n);
    for (let run = 0; run < 5_000; run++) {
      const one = {
        confidenceFactor: next(10n * WAD),
        volatility: next(WAD),
        liquidity: MILLION + next(100n * MILLION),
        cap: MILLION + next(100n * MILLION),
        liquidationBonus: next(WAD / 5n),
      };
      const key = (["confidenceFactor", "volatility", "liquidity", "cap", "liquidationBonus"] as const)[
        Number(next(5n))
      ];
      const more = ltvFormula({ ...one, [key]: one[key] + next(1_000n) * 10n ** 13n });
      const less = ltvFormula(one);
      expect(key === "liquidity" ? more >= less : more <= less, `seed 23 run ${run} ${key}`).toBe(true);
      expect(less >= 0n && less <= WAD, `seed 23 run ${run}`).toBe(true);
    }
  });
});

const NOW = 1_700_000_000n;
const parameters: SmartLtvParameters = {
  trustedRelayer: "relayer",
  chainId: 1n,
  riskLevel: WAD / 10n,
  maxDataAge: MAX_DATA_AGE,
};
const data: RiskData = {
  collateralAsset: "weth",
  debtAsset: "usdc",
  liquidity: 5n * MILLION,
  volatility: (2n * WAD) / 100n,
  liquidationBonus: (5n * WAD) / 100n,
  lastUpdate: NOW - 3_600n,
  chainId: 1n,
};
const question: LtvQuestion = {
  collateralAsset: "weth",
  debtAsset: "usdc",
  cap: 5n * MILLION,
  liquidationBonus: (5n * WAD) / 100n,
  confidenceFactor: confidenceFactor(parameters.riskLevel),
};
const ask = (change: Partial<RiskData> = {}, asked: Partial<LtvQuestion> = {}, signer = "relayer") =>
  recommendedLtv(parameters, { ...question, ...asked }, { data: { ...data, ...change }, signer }, NOW);

describe("what signed risk data supports", () => {
  it("behavior: sound data gives the formula's answer; the confidence factor is one over the risk level", () => {
    expect(question.confidenceFactor).toBe(10n * WAD);
    expect(confidenceFactor(3n * WAD)).toBe(333_333_333_333_333_333n);
    expect(gap(ask(), 768_730_753_077_981_800n)).toBeLessThanOrEqual(100n);
  });

  it("error: InvalidSigner before all else", () => {
    expect(() => ask({ lastUpdate: 0n, chainId: 5n }, {}, "somebody")).toThrow(InvalidSigner);
    expect(() => ask({}, {}, "")).toThrow(InvalidSigner);
  });

  it("equality: data exactly a day old is taken, a second older is not; data from the future is", () => {
    expect(ask({ lastUpdate: NOW - 86_400n })).toBe(ask());
    expect(() => ask({ lastUpdate: NOW - 86_401n, chainId: 5n })).toThrow(Timeout);
    expect(ask({ lastUpdate: NOW + 1_000_000n })).toBe(ask());
  });

  it("behavior: without an age limit old data is taken", () => {
    const patient = { ...parameters, maxDataAge: 10n * MAX_DATA_AGE };
    const old = { data: { ...data, lastUpdate: NOW - 5n * MAX_DATA_AGE }, signer: "relayer" };
    expect(recommendedLtv(patient, question, old, NOW)).toBe(ask());
    expect(() => recommendedLtv(parameters, question, old, NOW)).toThrow(Timeout);
  });

  it("error: WrongChainId, CollateralMismatch, DebtMismatch, in this order", () => {
    expect(() => ask({ chainId: 5n, collateralAsset: "wbtc" })).toThrow(WrongChainId);
    expect(() => ask({ collateralAsset: "wbtc", debtAsset: "dai" })).toThrow(CollateralMismatch);
    expect(() => ask({ debtAsset: "dai", liquidationBonus: WAD })).toThrow(DebtMismatch);
  });

  it("equality: a bonus as large as the data's is enough, one wei less is not", () => {
    expect(ask({}, { liquidationBonus: data.liquidationBonus })).toBe(ask());
    expect(() => ask({}, { liquidationBonus: data.liquidationBonus - 1n, cap: 0n })).toThrow(WrongLiquidationBonus);
    expect(() => ask({}, { cap: 0n })).toThrow(DivisionByZero);
  });
});

describe("faults", () => {
  it("error: parameters and risk data", () => {
    expect(faults(parameters)).toEqual([]);
    expect(
      faults({ trustedRelayer: "", chainId: 0n, riskLevel: 0n, maxDataAge: -1n }).map(
        ({ code, key }) => `${code} ${key}`,
      ),
    ).toEqual(["nobody-trusted trustedRelayer", "negative chainId", "zero-scale riskLevel", "negative maxDataAge"]);
    expect(faults({ ...parameters, riskLevel: 10n ** 36n })).toEqual([]);
    expect(faults({ ...parameters, riskLevel: 10n ** 36n + 1n }).map(({ code }) => code)).toEqual(["confidence-zero"]);
    expect(riskDataFaults(data)).toEqual([]);
    expect(riskDataFaults({ ...data, liquidity: -1n, volatility: -1n }).map(({ key }) => key)).toEqual([
      "liquidity",
      "volatility",
    ]);
  });
});
