import { describe, expect, it } from "vitest";
import { exp, expm1 } from "./exp.js";
import { fillUniform } from "./philox.js";
import { compareWithPlatform, nextAbove } from "./test-support.js";

describe("exp", () => {
  it("default", () => {
    expect(exp(1)).toBe(2.718281828459045);
    expect(exp(-1)).toBe(0.36787944117144233);
    expect(exp(0.5)).toBe(1.6487212707001282);
    expect(exp(-20)).toBe(2.061153622438558e-9);
  });

  it("behavior: within one last place or so of Math.exp on 200,000 points", () => {
    // Math.exp itself is off by up to one, so the two may be two apart; against 160-bit digits ours is off by 0.61.
    expect(compareWithPlatform(exp, Math.exp, -1.1, 1.1)).toBeLessThanOrEqual(1);
    expect(compareWithPlatform(exp, Math.exp, -708, 709)).toBeLessThanOrEqual(1);
  });

  it("behavior: never falls between neighbours", () => {
    const draws = new Float64Array(100_000);
    fillUniform(draws, 8, 0, 0, 0);
    for (const u of draws) {
      const x = (u - 0.5) * (u < 0.5 ? 2 : 1400);
      const above = nextAbove(x);
      if (exp(above) < exp(x)) expect.fail(`exp falls from ${x} to ${above}`);
    }
    // Where the reduction changes over, at odd multiples of ln 2 / 2, a thousand neighbours in a row.
    for (let k = -9; k <= 9; k += 2) {
      let x = k * 0.34657359027997264;
      for (let i = 0; i < 500; i++) x = -nextAbove(-x);
      for (let i = 0; i < 1000; i++) {
        const above = nextAbove(x);
        if (exp(above) < exp(x)) expect.fail(`exp falls from ${x} to ${above}`);
        x = above;
      }
    }
  });

  it("limit: zeros, infinities, NaN", () => {
    expect(exp(0)).toBe(1);
    expect(exp(-0)).toBe(1);
    expect(exp(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(exp(Number.NaN)).toBeNaN();
    expect(exp(Number.MIN_VALUE)).toBe(1);
  });

  it("limit: overflow and the subnormal numbers", () => {
    expect(exp(709.782712893384)).toBe(1.7976931348622732e308);
    expect(exp(709.7827128933841)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(1e300)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(-745.1332191019411)).toBe(Number.MIN_VALUE);
    expect(exp(-745.1332191019412)).toBe(0);
    expect(exp(-1e300)).toBe(0);
    expect(compareWithPlatform(exp, Math.exp, -745, -708)).toBeLessThanOrEqual(1);
  });
});

describe("expm1", () => {
  it("default", () => {
    expect(expm1(1)).toBe(1.7182818284590453);
    expect(expm1(1e-10)).toBe(1.00000000005e-10);
    expect(expm1(-1e-10)).toBe(-9.999999999500001e-11);
  });

  it("behavior: within one last place or so of Math.expm1 on 500,000 points", () => {
    for (const size of [1e-8, 1e-3, 0.4, 2, 60]) {
      expect(compareWithPlatform(expm1, Math.expm1, -size, size)).toBeLessThanOrEqual(1);
    }
  });

  it("limit: zeros, infinities, NaN, subnormal numbers", () => {
    expect(expm1(0)).toBe(0);
    expect(Object.is(expm1(-0), -0)).toBe(true);
    expect(expm1(Number.MIN_VALUE)).toBe(Number.MIN_VALUE);
    expect(expm1(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(expm1(Number.NEGATIVE_INFINITY)).toBe(-1);
    expect(expm1(-50)).toBe(-1);
    expect(expm1(710)).toBe(Number.POSITIVE_INFINITY);
    expect(expm1(Number.NaN)).toBeNaN();
  });
});
