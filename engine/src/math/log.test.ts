import { describe, expect, it } from "vitest";
import { log, log1p } from "./log.js";
import { fillUniform } from "./philox.js";
import { compareWithPlatform, nextAbove } from "./test-support.js";

describe("log", () => {
  it("default", () => {
    expect(log(2)).toBe(0.6931471805599453);
    expect(log(10)).toBe(2.302585092994046);
    expect(log(0.8)).toBe(-0.2231435513142097);
    expect(log(1)).toBe(0);
  });

  it("behavior: within one last place or so of Math.log on 400,000 points", () => {
    for (const [from, to] of [
      [0.5, 2],
      [0.999, 1.001],
      [1e-300, 1e-290],
      [1, 1e18],
    ]) {
      expect(compareWithPlatform(log, Math.log, from, to)).toBeLessThanOrEqual(1);
    }
  });

  it("behavior: the logarithm of every power of two is k ln 2", () => {
    let power = 1;
    for (let k = 0; k < 1024; k++, power *= 2)
      expect(Math.abs(log(power) - k * Math.LN2)).toBeLessThan(2e-16 * (k + 1));
    power = 1;
    for (let k = 0; k >= -1074; k--, power /= 2)
      expect(Math.abs(log(power) - k * Math.LN2)).toBeLessThan(2e-16 * (1 - k));
  });

  it("behavior: never falls between neighbours", () => {
    const draws = new Float64Array(100_000);
    fillUniform(draws, 9, 0, 0, 0);
    for (const u of draws) {
      const x = u < 0.5 ? 4 * u : 1 + (u - 0.5) * 1e-3;
      if (log(nextAbove(x)) < log(x)) expect.fail(`log falls from ${x} to its neighbour`);
    }
    // Where the reduction changes over (the double below sqrt 2 and its multiples), and around 1.
    for (const start of [1, 2, 0.5, 0.7071067811865475, 1.414213562373095, 2.82842712474619, 1.4142131805419922]) {
      let x = start;
      for (let i = 0; i < 500; i++) x = -nextAbove(-x);
      for (let i = 0; i < 1000; i++, x = nextAbove(x)) {
        if (log(nextAbove(x)) < log(x)) expect.fail(`log falls from ${x} to its neighbour`);
      }
    }
  });

  it("limit: zeros, negative numbers, infinities, NaN", () => {
    expect(log(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(log(-0)).toBe(Number.NEGATIVE_INFINITY);
    expect(log(-1)).toBeNaN();
    expect(log(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(log(Number.NaN)).toBeNaN();
  });

  it("limit: the smallest and largest numbers", () => {
    expect(log(Number.MIN_VALUE)).toBe(-744.4400719213812);
    expect(log(Number.MAX_VALUE)).toBe(709.782712893384);
    expect(log(2.2250738585072014e-308)).toBe(-708.3964185322641);
    expect(compareWithPlatform(log, Math.log, Number.MIN_VALUE, 2.2e-308)).toBeLessThanOrEqual(1);
  });
});

describe("log1p", () => {
  it("default", () => {
    expect(log1p(1)).toBe(0.6931471805599453);
    expect(log1p(1e-10)).toBe(9.999999999500001e-11);
    expect(log1p(-0.2)).toBe(-0.22314355131420976);
  });

  it("behavior: within one last place or so of Math.log1p on 500,000 points", () => {
    for (const [from, to] of [
      [-1e-8, 1e-8],
      [-0.01, 0.01],
      [-0.999, 0.999],
      [0, 10],
      [0, 1e17],
    ]) {
      expect(compareWithPlatform(log1p, Math.log1p, from, to)).toBeLessThanOrEqual(2);
    }
  });

  it("limit: zeros, the pole, infinities, NaN, subnormal numbers", () => {
    expect(log1p(0)).toBe(0);
    expect(Object.is(log1p(-0), -0)).toBe(true);
    expect(log1p(-1)).toBe(Number.NEGATIVE_INFINITY);
    expect(log1p(-1.5)).toBeNaN();
    expect(log1p(Number.NaN)).toBeNaN();
    expect(log1p(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(log1p(Number.MIN_VALUE)).toBe(Number.MIN_VALUE);
    expect(log1p(Number.MAX_VALUE)).toBe(709.782712893384);
  });
});
