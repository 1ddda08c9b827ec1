import { describe, expect, it } from "vitest";
import { DivisionByZero, type LtvInput, ltvFormula } from "../exact/smart-ltv/index.js";
import { uniform } from "../math/index.js";
import { smartLtv, weightedVariance } from "./smart-ltv.js";

const seed = 20_240_315;
const wad = (share: number) => BigInt(Math.round(share * 1e12)) * 1_000_000n;

/** The formula's input with nothing below a billionth, and the same as the contract takes it. */
function drawn(index: number) {
  let word = 0;
  const draw = (low: number, high: number) => low + (high - low) * uniform(seed, index, 0, 11, word++);
  const rounded = (value: number) => Math.round(value * 1e9) / 1e9;
  const cap = Math.floor(10 ** draw(6, 14));
  const input = {
    confidence: rounded(draw(0.1, 20)),
    volatility: rounded(draw(0, 0.4)),
    liquidity: Math.floor(cap * 10 ** draw(-4, 2)),
    cap,
    bonus: rounded(draw(0, 0.2)),
  };
  const exact: LtvInput = {
    confidenceFactor: wad(input.confidence),
    volatility: wad(input.volatility),
    liquidity: BigInt(input.liquidity),
    cap: BigInt(cap),
    liquidationBonus: wad(input.bonus),
  };
  return { input, exact };
}

describe("SmartLTV", () => {
  it("equality: 4,000 random inputs: within 1e-12 of the contract's fixed-point LTV, zero where that is zero", () => {
    let zero = 0;
    let farthest = 0;
    for (let index = 0; index < 4_000; index++) {
      const { input, exact } = drawn(index);
      const theirs = Number(ltvFormula(exact)) / 1e18;
      const mine = smartLtv(input);
      if (theirs === 0) zero++;
      farthest = Math.max(farthest, Math.abs(mine - theirs));
      expect(Math.abs(mine - theirs), `seed ${seed} case ${index}`).toBeLessThan(1e-12);
    }
    expect(zero).toBeGreaterThan(100);
    expect(zero).toBeLessThan(3_000);
  });

  it("golden: c = 10, sigma = 2 %, beta = 5 %: 0.76873 at l = d, 0.85484 at four times, 0.62032 at a quarter", () => {
    // Golden vectors smartltv of an independent replica.
    const at = (liquidity: number, cap: number) =>
      smartLtv({ confidence: 10, volatility: 0.02, liquidity, cap, bonus: 0.05 });
    expect(at(5, 5)).toBeCloseTo(0.7687307530779818, 14);
    expect(at(20, 5)).toBeCloseTo(0.8548374180359595, 14);
    expect(at(5, 20)).toBeCloseTo(0.6203200460356393, 14);
  });

  it("error: where the contract divides by zero there is no answer", () => {
    const none = { confidenceFactor: wad(1), volatility: wad(0.1), liquidity: 0n, cap: 5n, liquidationBonus: 0n };
    const input = { confidence: 1, volatility: 0.1, liquidity: 0, cap: 5, bonus: 0 };
    expect(() => ltvFormula(none)).toThrow(DivisionByZero);
    expect(smartLtv(input)).toBeNaN();
    expect(() => ltvFormula({ ...none, liquidity: 5n, cap: 0n })).toThrow(DivisionByZero);
    expect(smartLtv({ ...input, liquidity: 5, cap: 0 })).toBeNaN();
  });

  it("limit: an exponent of 18.149 and more is an LTV of 0", () => {
    const at = (volatility: number) => smartLtv({ confidence: 1, volatility, liquidity: 5, cap: 5, bonus: 0 });
    expect(at(18.149)).toBeGreaterThan(0);
    expect(at(18.15)).toBe(0);
  });

  it("behavior: half of the variance is forgotten in a half-life, and constant returns are met", () => {
    expect(weightedVariance(0.04, 0, 1, 1)).toBeCloseTo(0.02, 15);
    // A hundredth per hour is 0.01^2 x 24 a day.
    let variance = 0;
    for (let hour = 0; hour < 24 * 40; hour++) variance = weightedVariance(variance, 0.01, 1 / 24, 1);
    expect(variance).toBeCloseTo(0.0001 * 24, 12);
  });
});
