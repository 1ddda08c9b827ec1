import { describe, expect, it } from "vitest";
import { uniform } from "../math/index.js";
import {
  addWide,
  compareWide,
  divideWide,
  divideWideUp,
  leastWide,
  mostWide,
  multiplyWide,
  narrow,
  shiftWideDown,
  shiftWideUp,
  subtractWide,
  type Wide,
  wide,
} from "./wide.js";

const asBig = (value: Wide) => value.reduceRight((sum, limb) => sum * 16_777_216n + BigInt(limb), 0n);
const asWide = (value: bigint): Wide => {
  const limbs: number[] = [];
  for (let left = value; left > 0n; left /= 16_777_216n) limbs.push(Number(left % 16_777_216n));
  return limbs;
};

describe("wide numbers", () => {
  it("property: every operation equals that of bigint, on 4,000 pairs of up to 240 bits (seed 3)", () => {
    let draw = 0;
    const random = () => {
      const bits = Math.floor(uniform(3, 0, 0, 0, draw++) * 240);
      let value = 0n;
      for (let i = 0; i < 10; i++)
        value = value * 16_777_216n + BigInt(Math.floor(uniform(3, 0, 0, 0, draw++) * 16_777_216));
      return value >> BigInt(240 - bits);
    };
    for (let pair = 0; pair < 4_000; pair++) {
      const a = random();
      // Every fourth pair is one whose quotient is whole, or one off it: the places where a rounded guess goes wrong.
      const factor = random() >> 120n;
      const b = random() >> BigInt(pair % 120);
      const first = pair % 4 === 0 ? factor * b + BigInt(pair % 3) : a;
      const [x, y] = [asWide(first), asWide(b)];
      expect(asBig(addWide(x, y)), `pair ${pair}`).toBe(first + b);
      expect(asBig(multiplyWide(x, y)), `pair ${pair}`).toBe(first * b);
      expect(compareWide(x, y), `pair ${pair}`).toBe(first < b ? -1 : first > b ? 1 : 0);
      expect(asBig(subtractWide(mostWide(x, y), leastWide(x, y))), `pair ${pair}`).toBe(
        first > b ? first - b : b - first,
      );
      const bits = pair % 90;
      expect(asBig(shiftWideUp(x, bits)), `pair ${pair}`).toBe(first << BigInt(bits));
      expect(asBig(shiftWideDown(x, bits)), `pair ${pair}`).toBe(first >> BigInt(bits));
      if (b > 0n) {
        expect(asBig(divideWide(x, y)), `pair ${pair}`).toBe(first / b);
        expect(asBig(divideWideUp(x, y)), `pair ${pair}`).toBe((first + b - 1n) / b);
      }
    }
  });

  it("limit: Float64 goes in and comes out exactly up to 2^53, and 2^60 goes in", () => {
    for (const value of [0, 1, 16_777_215, 16_777_216, Number.MAX_SAFE_INTEGER])
      expect(narrow(wide(value))).toBe(value);
    expect(asBig(wide(2 ** 60))).toBe(1n << 60n);
  });

  it("error: a negative difference, a division by nothing and a fraction are our own mistakes", () => {
    expect(() => subtractWide(wide(1), wide(2))).toThrow("not taken from a smaller one");
    expect(() => divideWide(wide(1), wide(0))).toThrow("divided by more than 0");
    expect(() => wide(0.5)).toThrow("whole");
  });
});
