import { describe, expect, it } from "vitest";
import { erfc } from "./error-function.js";
import { normalCdf, normalCdfUpper, normalInverse, normalPdf } from "./normal.js";
import { fillUniform } from "./philox.js";

const relativeError = (actual: number, expected: number) => Math.abs(actual / expected - 1);

// Abramowitz and Stegun, tables 26.1, 26.2 and 7.1; the digits past theirs from mpmath 1.3 at 300 bits.
const CDF = [
  [-0.5, 0.3085375387259868963623],
  [-1, 0.1586552539314570514148],
  [-1.96, 0.02499789514822043621282],
  [-3, 0.001349898031630094526652],
  [-5, 2.866515718791939116738e-7],
  [-10, 7.619853024160526065973e-24],
  [-20, 2.753624118606233695076e-89],
  [-37, 5.725571222524576822683e-300],
  [0.5, 0.6914624612740131036377],
  [2, 0.9772498680518207927997],
];
const PDF = [
  [0, 0.3989422804014326779399],
  [1, 0.2419707245191433497978],
  [-2, 0.05399096651318805195056],
  [5, 0.000001486719514734297707908],
  [20, 5.520948362159763189583e-88],
  [-37, 2.120006551524605626852e-298],
];
const ERFC = [
  [0.1, 0.8875370839817151015953],
  [0.5, 0.4795001221869534623173],
  [1, 0.1572992070502851306588],
  [2, 0.004677734981047265837931],
  [3, 0.00002209049699858544137278],
  [5, 1.537459794428034850188e-12],
  [10, 2.088487583762544757001e-45],
  [20, 5.395865611607900928935e-176],
  [26, 5.663192408856142846476e-296],
  [-1, 1.842700792949714869341],
];
// The first three are the checks printed with AS 241.
const INVERSE = [
  [0.25, -0.6744897501960817432022],
  [0.001, -3.090232306167813535358],
  [1e-20, -9.262340089798407579572],
  [0.4, -0.2533471031357997413247],
  [0.02425, -1.972961051311884837603],
  [1e-100, -21.27345356096532429418],
  [1e-300, -37.04709629936119923655],
];

describe("normal distribution", () => {
  it("default: published digits, to 1e-15 relative", () => {
    for (const [x, value] of CDF) expect(relativeError(normalCdf(x), value), `cdf ${x}`).toBeLessThan(1e-15);
    for (const [x, value] of CDF) expect(relativeError(normalCdfUpper(-x), value), `upper ${x}`).toBeLessThan(1e-15);
    for (const [x, value] of PDF) expect(relativeError(normalPdf(x), value), `pdf ${x}`).toBeLessThan(1e-15);
    for (const [x, value] of ERFC) expect(relativeError(erfc(x), value), `erfc ${x}`).toBeLessThan(1e-15);
    for (const [p, value] of INVERSE)
      expect(relativeError(normalInverse(p), value), `inverse ${p}`).toBeLessThan(1e-15);
  });

  it("behavior: the inverse undoes the distribution, deep into the tail", () => {
    const draws = new Float64Array(20_000);
    fillUniform(draws, 3, 0, 0, 0);
    for (const u of draws) {
      // An error of 1e-15 |x| in x moves the probability by up to x^2 + 1 times as much.
      const x = -37 * u;
      const p = normalCdf(x);
      expect(Math.abs(normalInverse(p) - x)).toBeLessThan(3e-15 * Math.max(1, -x));
      expect(relativeError(normalCdf(normalInverse(u)), u)).toBeLessThan(2e-14);
    }
  });

  it("behavior: the inverse is odd about one half and rises with p", () => {
    let last = Number.NEGATIVE_INFINITY;
    for (let i = 1; i < 4096; i++) {
      const x = normalInverse(i / 4096);
      expect(x).toBe(-normalInverse(1 - i / 4096) + 0);
      expect(x).toBeGreaterThan(last);
      last = x;
    }
  });

  it("behavior: the two tails make one", () => {
    for (let x = -9; x <= 9; x += 0.01) expect(Math.abs(normalCdf(x) + normalCdfUpper(x) - 1)).toBeLessThan(3e-16);
  });

  it("behavior: the pieces of the approximation meet", () => {
    for (const seam of [0.46875, 4]) {
      const below = erfc(seam * (1 - 1e-15));
      const above = erfc(seam * (1 + 1e-15));
      expect(below).toBeGreaterThanOrEqual(above);
      expect(relativeError(below, above)).toBeLessThan(8e-14);
    }
    for (const seam of [0.075, 0.925, 1.3887943864964021e-11]) {
      expect(relativeError(normalInverse(seam * (1 - 1e-15)), normalInverse(seam * (1 + 1e-15)))).toBeLessThan(1e-14);
    }
  });

  it("limit: zero, infinities, NaN, past the smallest number", () => {
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(-0)).toBe(0.5);
    expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
    expect(normalCdf(-1e200)).toBe(0);
    expect(normalCdf(-38.6)).toBe(0);
    expect(normalCdf(Number.NaN)).toBeNaN();
    expect(normalPdf(Number.POSITIVE_INFINITY)).toBe(0);
    expect(normalPdf(Number.NaN)).toBeNaN();
    expect(erfc(0)).toBe(1);
    expect(erfc(1e200)).toBe(0);
    expect(erfc(Number.NEGATIVE_INFINITY)).toBe(2);
    expect(erfc(Number.NaN)).toBeNaN();
    expect(normalInverse(0.5)).toBe(0);
    expect(normalInverse(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalInverse(1)).toBe(Number.POSITIVE_INFINITY);
    expect(normalInverse(-0.1)).toBeNaN();
    expect(normalInverse(1.1)).toBeNaN();
    expect(normalInverse(Number.NaN)).toBeNaN();
    expect(relativeError(normalInverse(1e-308), -37.54067492154594240093)).toBeLessThan(1e-15);
  });
});
