import { describe, expect, it } from "vitest";
import { AssertionError } from "../book/problem.js";
import { uniform } from "./philox.js";
import { pow, powInt } from "./pow.js";

describe("pow", () => {
  it("default", () => {
    expect(pow(4, 0.5)).toBeCloseTo(2, 14);
    expect(pow(0.8, 1.5)).toBeCloseTo(0.7155417527999327, 14);
  });

  it("behavior: stays within its stated error of Math.pow on 100,000 points", () => {
    for (let i = 0; i < 100_000; i++) {
      const x = uniform(1, 0, 0, 0, i) * (i % 2 === 0 ? 3 : 1e6);
      const y = (uniform(1, 0, 0, 1, i) - 0.5) * 40;
      const expected = x ** y;
      const bound = (1 + 2.4 * Math.abs(y * Math.log(x))) * 1.12e-16;
      if (Math.abs(pow(x, y) / expected - 1) > bound + 2.3e-16)
        expect.fail(`${x} ** ${y}: ${pow(x, y)}, not ${expected}`);
    }
  });

  it("limit: zeros, ones, infinities, negative bases, NaN", () => {
    expect(pow(0, 2)).toBe(0);
    expect(pow(0, -2)).toBe(Number.POSITIVE_INFINITY);
    expect(pow(0, 0)).toBe(1);
    expect(pow(1, 1e300)).toBe(1);
    expect(pow(Number.NaN, 0)).toBe(1);
    expect(pow(Number.POSITIVE_INFINITY, -1)).toBe(0);
    expect(pow(2, 1e6)).toBe(Number.POSITIVE_INFINITY);
    expect(pow(2, -1e6)).toBe(0);
    expect(pow(-2, 3)).toBeNaN();
    expect(pow(2, Number.NaN)).toBeNaN();
  });
});

describe("powInt", () => {
  it("default", () => {
    expect(powInt(3, 4)).toBe(81);
    expect(powInt(2, -3)).toBe(0.125);
    expect(powInt(-2, 3)).toBe(-8);
  });

  it("behavior: exact where the power is", () => {
    expect(powInt(10, 22)).toBe(1e22);
    expect(powInt(2, 1023)).toBe(8.98846567431158e307);
    expect(powInt(2, -1022)).toBe(2.2250738585072014e-308);
    expect(powInt(3, 33)).toBe(5559060566555523);
  });

  it("behavior: stays within its stated error of Math.pow", () => {
    for (let i = 0; i < 100_000; i++) {
      const x = 0.5 + uniform(2, 0, 0, 0, i);
      const n = Math.floor(uniform(2, 0, 0, 1, i) * 200) - 100;
      const bound = (Math.abs(n) + 2) * 1.2e-16 + 2.3e-16;
      if (Math.abs(powInt(x, n) / x ** n - 1) > bound) expect.fail(`${x} ** ${n}: ${powInt(x, n)}`);
    }
  });

  it("limit: power zero and one, zero, infinities, NaN", () => {
    expect(powInt(Number.NaN, 0)).toBe(1);
    expect(powInt(0, 0)).toBe(1);
    expect(powInt(0, -1)).toBe(Number.POSITIVE_INFINITY);
    expect(powInt(1.1, 1)).toBe(1.1);
    expect(powInt(2, 2147483647)).toBe(Number.POSITIVE_INFINITY);
    expect(powInt(2, -2147483647)).toBe(0);
    expect(powInt(Number.NaN, 2)).toBeNaN();
  });

  it("error: a power that is not whole or too large", () => {
    expect(() => powInt(2, 0.5)).toThrow(AssertionError);
    expect(() => powInt(2, 2147483648)).toThrow(AssertionError);
    expect(() => powInt(2, Number.NaN)).toThrow(AssertionError);
  });
});
