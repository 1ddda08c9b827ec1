import { describe, expect, it } from "vitest";
import { AssertionError, ProblemsError } from "../book/problem.js";
import { mulDivDown, mulDivUp } from "./rounding.js";

const MAX = Number.MAX_SAFE_INTEGER;
const SEED = 20210519;

/** A small reproducible generator for the tests alone (mulberry32); it returns a uniform in [0, 1). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Whole numbers of every size, with the extremes overweighted. */
function wholeNumber(next: () => number): number {
  const kind = next();
  if (kind < 0.05) return Math.floor(next() * 4);
  if (kind < 0.2) return MAX - Math.floor(next() * 16);
  const scale = 2 ** Math.floor(1 + next() * 53);
  if (kind < 0.3) return Math.min(MAX, Math.max(0, scale + Math.floor(next() * 5) - 2));
  return Math.min(MAX, Math.floor((Math.floor(next() * 67108864) / 67108864 + next() / 67108864) * scale));
}

/** Compares both verbs with bigint; true where the exact ceiling fits below 2^53, so that a blind generator is seen. */
function compare(a: number, b: number, c: number): boolean {
  const product = BigInt(a) * BigInt(b);
  const down = product / BigInt(c);
  const up = (product + BigInt(c) - 1n) / BigInt(c);
  const place = `seed ${SEED}: a = ${a}, b = ${b}, c = ${c}`;
  if (down <= BigInt(MAX)) {
    if (mulDivDown(a, b, c) !== Number(down)) expect.fail(`down ${mulDivDown(a, b, c)}, exact ${down}; ${place}`);
  } else expect(() => mulDivDown(a, b, c), place).toThrow(ProblemsError);
  if (up <= BigInt(MAX)) {
    if (mulDivUp(a, b, c) !== Number(up)) expect.fail(`up ${mulDivUp(a, b, c)}, exact ${up}; ${place}`);
    return true;
  }
  expect(() => mulDivUp(a, b, c), place).toThrow(ProblemsError);
  return false;
}

describe("mulDivDown, mulDivUp", () => {
  it("default", () => {
    expect(mulDivDown(10, 10, 3)).toBe(33);
    expect(mulDivUp(10, 10, 3)).toBe(34);
    expect(mulDivDown(9, 4, 12)).toBe(3);
    expect(mulDivUp(9, 4, 12)).toBe(3);
  });

  it("behavior: equals bigint on 240,000 cases of every size", () => {
    const next = generator(SEED);
    let fitted = 0;
    for (let i = 0; i < 240_000; i++) {
      const a = wholeNumber(next);
      const b = wholeNumber(next);
      // Two thirds of the divisors keep the quotient below 2^53, and close to it as often as not.
      const least = Math.ceil((a * b) / MAX);
      const kind = i % 3;
      const c = kind === 0 ? wholeNumber(next) : kind === 1 ? least + Math.floor(next() * 8) : Math.max(a, b);
      if (compare(a, b, Math.min(MAX, Math.max(1, c)))) fitted++;
    }
    expect(fitted).toBeGreaterThan(150_000);
  });

  it("behavior: equals bigint on 100,000 cases at and beside exact multiples", () => {
    const next = generator(SEED + 1);
    for (let i = 0; i < 100_000; i++) {
      // a * b is a multiple of c = x * y plus or minus a little: a = x * u, b = y * v moved by -1, 0 or 1.
      const x = 1 + Math.floor(next() * 67108863);
      const y = 1 + Math.floor(next() * 67108863);
      const u = 1 + Math.floor(next() * 134217727);
      const v = 1 + Math.floor(next() * (next() < 0.5 ? 67108863 : 134217727));
      const a = Math.min(MAX, x * u + ((i % 3) - 1));
      const b = Math.min(MAX, y * v);
      compare(a, b, x * y);
    }
  });

  it("behavior: up is down or one more", () => {
    const next = generator(SEED + 2);
    for (let i = 0; i < 20_000; i++) {
      const a = wholeNumber(next);
      const c = Math.max(1, wholeNumber(next));
      const b = Math.floor(next() * c);
      const gap = mulDivUp(a, b, c) - mulDivDown(a, b, c);
      expect(gap === 0 || gap === 1).toBe(true);
    }
  });

  it("behavior: a negative zero goes in, zero comes out", () => {
    expect(mulDivDown(-0, 5, 3)).toBe(0);
    expect(mulDivUp(5, -0, 3)).toBe(0);
  });

  it("limit: the largest numbers", () => {
    expect(mulDivDown(MAX, MAX, MAX)).toBe(MAX);
    expect(mulDivUp(MAX, MAX, MAX)).toBe(MAX);
    expect(mulDivDown(MAX, MAX - 1, MAX)).toBe(MAX - 1);
    expect(mulDivDown(MAX - 1, MAX - 1, MAX)).toBe(MAX - 2);
    expect(mulDivUp(MAX - 1, MAX - 1, MAX)).toBe(MAX - 1);
    expect(mulDivDown(MAX, 1, 1)).toBe(MAX);
    expect(mulDivDown(0, MAX, 1)).toBe(0);
  });

  it("limit: the numbers nearest 2^53, 2^52 and 1, in all three places", () => {
    const near: number[] = [];
    for (let i = 0; i < 12; i++) near.push(MAX - i, 4503599627370496 + i, 4503599627370495 - i, 1 + i);
    for (const a of near) for (const b of near) for (const c of near) compare(a, b, c);
  });

  it("error: operands that are not whole, not in range or divide by zero", () => {
    for (const divide of [mulDivDown, mulDivUp]) {
      expect(() => divide(1.5, 1, 1)).toThrow(AssertionError);
      expect(() => divide(1, -1, 1)).toThrow(AssertionError);
      expect(() => divide(1, 1, 0)).toThrow(AssertionError);
      expect(() => divide(Number.NaN, 1, 1)).toThrow(AssertionError);
      expect(() => divide(1, MAX + 1, 1)).toThrow(ProblemsError);
      expect(() => divide(1, 1, Number.POSITIVE_INFINITY)).toThrow(AssertionError);
    }
  });

  it("error: a result of 2^53 or more", () => {
    expect(() => mulDivDown(MAX, 2, 1)).toThrow("must stay below 2^53");
    expect(() => mulDivUp(MAX, MAX, MAX - 1)).toThrow("must stay below 2^53");
  });
});
