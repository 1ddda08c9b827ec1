import { calculateCompoundedInterest, calculateLinearInterest } from "@aave/math-utils";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  accruedInterest,
  compoundedGrowth,
  compoundedGrowthBefore34,
  compoundedGrowthVersion2,
  drippedRate,
  grownIndex,
  linearGrowth,
  linearIndex,
  PowerOverflow,
  perSecondPower,
  powerOrOverflow,
  taylorInterest,
} from "./index.js";

const WAD = 10n ** 18n;
const RAY = 10n ** 27n;
const YEAR = 31_536_000n;
const gap = (a: bigint, b: bigint) => (a > b ? a - b : b - a);

/** e^(rate x time / year) at 60 digits by its series, as a ray rounded down: a second, independent computation. */
function exponentialRay(rate: bigint, elapsed: bigint): bigint {
  const one = 10n ** 60n;
  const x = (rate * elapsed * 10n ** 33n) / YEAR;
  let term = one;
  let sum = one;
  for (let n = 1n; term > 0n; n++) {
    term = (term * x) / one / n;
    sum += term;
  }
  return sum / 10n ** 33n;
}

describe("Aave's growth", () => {
  it("golden: by hand; 10 % for a year", () => {
    const rate = RAY / 10n;
    expect(linearGrowth(rate, YEAR)).toBe(RAY + rate);
    // 1 + 0.1 + 0.1 (0.05 + 0.1 x 0.016666...)
    expect(compoundedGrowth(rate, YEAR)).toBe(1_105_166_666_666_666_666_666_666_667n);
    expect(grownIndex(2n * RAY, compoundedGrowth(rate, YEAR))).toBe(2_210_333_333_333_333_333_333_333_334n);
  });

  it("limit: no time and no rate grow nothing", () => {
    for (const growth of [linearGrowth, compoundedGrowth, compoundedGrowthBefore34, compoundedGrowthVersion2]) {
      expect(growth(RAY, 0n)).toBe(RAY);
      expect(growth(0n, YEAR)).toBe(RAY);
    }
  });

  it("oracle: @aave/math-utils compounds as Aave v2 does, 2,000 cases, zero differences", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 5n * RAY), fc.integer({ min: 0, max: 100_000_000 }), (rate, elapsed) => {
        const theirs = calculateCompoundedInterest({
          rate: rate.toString(),
          currentTimestamp: 1_600_000_000 + elapsed,
          lastUpdateTimestamp: 1_600_000_000,
        });
        expect(compoundedGrowthVersion2(rate, BigInt(elapsed))).toBe(BigInt(theirs.toFixed()));
      }),
      { seed: 138, numRuns: 2_000 },
    );
  });

  it("oracle: @aave/math-utils' simple interest, 2,000 cases; it rounds the time to a share of a year first, so it may differ by half the rate plus one", () => {
    let differing = 0;
    fc.assert(
      fc.property(fc.bigInt(0n, 5n * RAY), fc.integer({ min: 0, max: 100_000_000 }), (rate, elapsed) => {
        const theirs = calculateLinearInterest({
          rate: rate.toString(),
          currentTimestamp: 1_600_000_000 + elapsed,
          lastUpdateTimestamp: 1_600_000_000,
        });
        const apart = gap(linearGrowth(rate, BigInt(elapsed)), BigInt(theirs.toFixed()));
        expect(apart).toBeLessThanOrEqual(rate / RAY / 2n + 2n);
        if (apart > 0n) differing++;
      }),
      { seed: 139, numRuns: 2_000 },
    );
    expect(differing).toBeGreaterThan(0);
  });

  it("property: the three generations of Aave's series agree but for named reasons, 3,000 cases up to 100 % and 30 days", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, RAY), fc.bigInt(0n, 30n * 86_400n), (rate, elapsed) => {
        const today = compoundedGrowth(rate, elapsed);
        const before = compoundedGrowthBefore34(rate, elapsed);
        const version2 = compoundedGrowthVersion2(rate, elapsed);
        // today's takes n^2 for n(n-1) and n^3 for n(n-1)(n-2): more by x^2/2n + x^3/2n, that is r x (1 + x)/2 with r the rate of a second; v3.0's squares and
        // cubes are rounded down to whole rays, which costs n^2/2 and n^3/6 of them
        const x = (rate * elapsed) / YEAR;
        const taylorOverBinomial = ((rate / YEAR) * x * (RAY + x)) / RAY / RAY / 2n;
        expect(today - before).toBeGreaterThanOrEqual(-2n);
        expect(today - before).toBeLessThanOrEqual(
          taylorOverBinomial + (elapsed * elapsed) / 2n + (elapsed * elapsed * elapsed) / 6n + 10n,
        );
        expect(today - version2).toBeLessThanOrEqual(
          taylorOverBinomial + elapsed * elapsed + (elapsed * elapsed * elapsed) / 4n + elapsed + 10n,
        );
      }),
      { seed: 34, numRuns: 3_000 },
    );
  });

  it("property: today's series is at most the exponential and at least simple interest; short of it by at most x^4/24 e^x, 3,000 cases", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n * RAY), fc.bigInt(0n, YEAR), (rate, elapsed) => {
        const growth = compoundedGrowth(rate, elapsed);
        const exact = exponentialRay(rate, elapsed);
        const x = (rate * elapsed) / YEAR + 1n;
        const rest = (((((x * x) / RAY) * x) / RAY) * x) / RAY / 24n;
        expect(growth).toBeLessThanOrEqual(exact + 2n);
        expect(growth).toBeGreaterThanOrEqual(linearGrowth(rate, elapsed));
        expect(exact - growth).toBeLessThanOrEqual((rest * exact) / RAY + 12n);
      }),
      { seed: 35, numRuns: 3_000 },
    );
  });
});

describe("to the last unit", () => {
  /** a b / c with halves up, derived as the whole part of (2 a b + c) / 2 c. */
  const half = (a: bigint, b: bigint, c: bigint) => (2n * a * b + c) / (2n * c);
  /** The whole part of a / b, by the remainder. */
  const whole = (a: bigint, b: bigint) => (a - (a % b)) / b;

  it("property: a second derivation of each series, 3,000 cases, zero differences", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 3n * RAY), fc.bigInt(0n, 10n ** 8n), (rate, elapsed) => {
        const x = whole(rate * elapsed, YEAR);
        expect(compoundedGrowth(rate, elapsed)).toBe(half(x, half(x, whole(x, 6n), RAY) + whole(x, 2n), RAY) + x + RAY);
        const square = whole(half(rate, rate, RAY), YEAR * YEAR);
        const cube = whole(half(square, rate, RAY), YEAR);
        const pairs = elapsed * elapsed - elapsed;
        const triples = elapsed < 3n ? 0n : pairs * elapsed - 2n * pairs;
        expect(compoundedGrowthBefore34(rate, elapsed)).toBe(
          RAY + x + whole(pairs * square, 2n) + whole(triples * cube, 6n),
        );
        const perSecond = whole(rate, RAY / 10n ** 12n);
        const first = perSecond * elapsed;
        const second = whole(first * first, 2n * WAD);
        expect(taylorInterest(perSecond, elapsed)).toBe(whole(second * first, 3n * WAD) + second + first);
        expect(linearIndex(rate, perSecond, elapsed)).toBe(rate + whole(rate * first, WAD));
        expect(grownIndex(rate, RAY + x)).toBe(half(rate, RAY + x, RAY));
      }),
      { seed: 39, numRuns: 3_000 },
    );
  });

  it("property: the power by the binary digits of its exponent from the left, halves up at every step, within 2 n steps of the contract's, 1,000 cases", () => {
    fc.assert(
      fc.property(fc.bigInt(RAY, RAY + 10n ** 20n), fc.bigInt(1n, 10n ** 8n), (x, n) => {
        let power = RAY;
        for (const digit of n.toString(2)) {
          power = half(power, power, RAY);
          if (digit === "1") power = half(power, x, RAY);
        }
        const ours = powerOrOverflow(x, n, RAY) as bigint;
        expect(gap(ours, power)).toBeLessThanOrEqual((4n * n * power) / RAY);
      }),
      { seed: 40, numRuns: 1_000 },
    );
  });
});

describe("Compound III's index", () => {
  it("golden: by hand; an index of 1e15 at 1e9 wei per second for a day", () => {
    // 1e15 x 1e9 x 86400 / 1e18 = 86,400,000,000
    expect(linearIndex(10n ** 15n, 10n ** 9n, 86_400n)).toBe(1_000_086_400_000_000n);
    // one in 1e15 is lost to rounding: 1e15 x 999999 / 1e18 = 999.999
    expect(linearIndex(10n ** 15n, 999_999n, 1n)).toBe(10n ** 15n + 999n);
  });

  it("behavior: touching it more often compounds more, up to rounding down at each touch", () => {
    const once = linearIndex(10n ** 15n, 10n ** 10n, 864_000n);
    let often = 10n ** 15n;
    for (let day = 0; day < 10; day++) often = linearIndex(often, 10n ** 10n, 86_400n);
    expect(often).toBeGreaterThan(once);
  });
});

describe("Morpho's interest", () => {
  it("golden: by hand; x n = 0.1", () => {
    // 0.1 + 0.005 + 0.000166...
    expect(taylorInterest(10n ** 9n, 100_000_000n)).toBe(105_166_666_666_666_666n);
    expect(accruedInterest(1_000_000n, 10n ** 9n, 100_000_000n)).toBe(105_166n);
  });

  it("property: three terms of e^x - 1, short by at most x^4/24 e^x, 2,000 cases", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 11n), fc.bigInt(0n, 10_000_000n), (rate, elapsed) => {
        const exact = exponentialRay(rate * YEAR * 10n ** 9n, elapsed) / 10n ** 9n - WAD;
        const x = rate * elapsed;
        const taylor = taylorInterest(rate, elapsed);
        expect(taylor).toBeLessThanOrEqual(exact + 1n);
        const rest = (x * x * x * x) / WAD ** 3n / 24n;
        expect(exact - taylor).toBeLessThanOrEqual((rest * (exact + WAD)) / WAD + 4n);
      }),
      { seed: 36, numRuns: 2_000 },
    );
  });
});

describe("power per second", () => {
  it("golden: 0.99 to the 20th is 0.817907, Maker's exponential auction after 1800 s in steps of 90 s", () => {
    const power = perSecondPower((RAY * 99n) / 100n, 20n, RAY);
    // 0.99^20 = 0.81790693759723030... exactly, by whole numbers
    const exact = (99n ** 20n * RAY) / 100n ** 20n;
    expect(gap(power, exact)).toBeLessThanOrEqual(8n);
    expect(power / 10n ** 21n).toBe(817_906n);
  });

  it("limit: nought to nought is one, and to anything else nought", () => {
    expect(powerOrOverflow(0n, 0n, RAY)).toBe(RAY);
    expect(powerOrOverflow(0n, 3n, RAY)).toBe(0n);
    expect(powerOrOverflow(5n * RAY, 0n, RAY)).toBe(RAY);
    expect(powerOrOverflow(5n * RAY, 1n, RAY)).toBe(5n * RAY);
    expect(powerOrOverflow(5n * RAY, 3n, RAY)).toBe(125n * RAY);
  });

  it("error: PowerOverflow, where Euler keeps its accumulator and Maker reverts", () => {
    // the square of 2^128 does not fit, that of 2^128 - 1 does
    expect(powerOrOverflow(1n << 128n, 2n, 1n)).toBeNull();
    expect(powerOrOverflow((1n << 128n) - 1n, 2n, 1n)).toBe(((1n << 128n) - 1n) ** 2n);
    expect(powerOrOverflow((1n << 128n) - 1n, 3n, 1n)).toBeNull();
    // a step that overflows counts even where its quotient would fit: 2^258, 2^256 - 2^129 + 1 plus half of 2^131, a product of 2^257
    expect(powerOrOverflow(1n << 129n, 2n, 1n << 100n)).toBeNull();
    expect(powerOrOverflow(1n << 127n, 2n, 1n << 100n)).toBe(1n << 154n);
    expect(powerOrOverflow((1n << 128n) - 1n, 2n, 1n << 131n)).toBeNull();
    // a first square of 2^256, of a base below one: all that follows would fit
    expect(powerOrOverflow(1n << 128n, 4n, 1n << 130n)).toBeNull();
    expect(powerOrOverflow(1n << 127n, 4n, 1n << 129n)).toBe(1n << 121n);
    expect(powerOrOverflow(1n << 100n, 3n, 1n << 43n)).toBeNull();
    expect(powerOrOverflow(1n << 100n, 3n, 1n << 45n)).toBe(1n << 210n);
    expect(() => perSecondPower(1n << 128n, 2n, 1n)).toThrow(PowerOverflow);
    expect(() => drippedRate(RAY, 1n << 200n, 2n)).toThrow(PowerOverflow);
  });

  it("golden: Maker's 5 % a year is 1.000000001547125957863212448 a second", () => {
    const rate = drippedRate(RAY, 1_000_000_001_547_125_957_863_212_448n, YEAR);
    // the published fee of 5 %: right to 16 digits
    expect(gap(rate, (RAY * 105n) / 100n)).toBeLessThan(10n ** 11n);
  });

  it("property: against exact powers of whole numbers, 3,000 cases: off by at most n halves grown by the power", () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 2_000_000_000n), fc.bigInt(0n, 60n), (thousandths, n) => {
        // x = 1 + thousandths / 1e9 of at most 3 at scale 1e18
        const x = WAD + thousandths * 10n ** 9n;
        const exact = n === 0n ? WAD : x ** n / WAD ** (n - 1n);
        const power = powerOrOverflow(x, n, WAD);
        expect(power).not.toBeNull();
        expect(gap(power as bigint, exact)).toBeLessThanOrEqual(1n + (n * exact) / WAD);
      }),
      { seed: 37, numRuns: 3_000 },
    );
  });

  it("property: no index ever falls, 4,000 steps of each", () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 11n),
        fc.bigInt(0n, 100_000n),
        fc.bigInt(1n, 10n ** 30n),
        (rate, elapsed, index) => {
          expect(linearIndex(index, rate, elapsed)).toBeGreaterThanOrEqual(index);
          expect(grownIndex(index, compoundedGrowth(rate * YEAR * 10n ** 9n, elapsed))).toBeGreaterThanOrEqual(index);
          expect(drippedRate(index, RAY + rate * 10n ** 9n, elapsed)).toBeGreaterThanOrEqual(index);
          expect(accruedInterest(index, rate, elapsed)).toBeGreaterThanOrEqual(0n);
        },
      ),
      { seed: 38, numRuns: 4_000 },
    );
  });
});
