import { describe, expect, it } from "vitest";
import {
  averageValue,
  BASIS_PERIOD,
  BOOK_PERIOD,
  decay,
  emptyAverage,
  type MarkInputs,
  markPrice,
  median,
  NoPrice,
  PERPETUAL_WEIGHTS,
  SPOT_WEIGHTS,
  updateAverage,
  weightedMedian,
} from "./index.js";

const price = (dollars: number) => BigInt(Math.round(dollars * 1e8));

/** e^-(a/b) x 1e18 cut, as 1 over the plain series of e^(a/b) in 80 digits: another series, another order, no reduction. */
function reference(a: bigint, b: bigint): bigint {
  const one = 10n ** 80n;
  let term = one;
  let sum = one;
  for (let n = 1n; term > 0n; n++) {
    term = (term * a) / (b * n);
    sum += term;
  }
  return (one * 10n ** 18n) / sum;
}

describe("hyperliquid, moving averages", () => {
  it("oracle: e^-x within 1e-18 of a series in 80 digits, 2,000 times from 0 to 40 periods", () => {
    let most = 0n;
    for (let n = 0n; n < 2_000n; n++) {
      const time = (n * n * 3n) / 2n;
      const difference = decay(time, BASIS_PERIOD) - reference(time, BASIS_PERIOD);
      most = difference < 0n && -difference > most ? -difference : difference > most ? difference : most;
    }
    expect(most <= 1n).toBe(true);
    expect(decay(0n, BASIS_PERIOD)).toBe(10n ** 18n);
    // e^-1 = 0.367879441171442321...
    expect(decay(150_000n, 150_000n)).toBe(367_879_441_171_442_321n);
    expect(decay(10n ** 12n, 1n)).toBe(0n);
  });

  it("behavior: updates by the documents' formula: a constant stays, a jump is followed by e^(-t / 150 s)", () => {
    let average = updateAverage(emptyAverage, price(20), 3_000n, BASIS_PERIOD);
    expect(averageValue(average)).toBe(price(20));
    for (let n = 0; n < 200; n++) average = updateAverage(average, price(20), 3_000n, BASIS_PERIOD);
    expect(averageValue(average)).toBe(price(20));
    // Second implementation: the sums written out with Float64, sample by sample.
    const samples = [20, -5, 7.5, 100, -300, 0, 0, 12];
    let exact = emptyAverage;
    samples.forEach((sample) => {
      exact = updateAverage(exact, price(sample), 3_000n, BASIS_PERIOD);
    });
    const weights = samples.map((_, place) => 3 * Math.exp((-3 * (samples.length - 1 - place)) / 150));
    const expected =
      samples.reduce((sum, sample, place) => sum + sample * weights[place], 0) / weights.reduce((a, b) => a + b);
    expect(Math.abs(Number(averageValue(exact)) / 1e8 - expected)).toBeLessThan(2e-8);
  });

  it("behavior: a shorter period follows faster", () => {
    const follow = (period: bigint) => {
      let average = updateAverage(emptyAverage, 0n, 600_000n, period);
      for (let n = 0; n < 10; n++) average = updateAverage(average, price(100), 3_000n, period);
      return Number(averageValue(average)) / 1e8;
    };
    expect(follow(BOOK_PERIOD)).toBeGreaterThan(follow(BASIS_PERIOD));
  });
});

describe("hyperliquid, medians", () => {
  it("behavior: the heaviest sources decide: Binance, OKX and Bybit are 7 of 11", () => {
    const of = (names: readonly (keyof typeof SPOT_WEIGHTS)[], dollars: number) =>
      names.map((name) => ({ price: price(dollars), weight: SPOT_WEIGHTS[name] }));
    const spot = [...of(["binance", "okx", "bybit"], 100), ...of(["kraken", "kucoin", "gate", "mexc"], 50)];
    expect(weightedMedian(spot)).toBe(price(100));
    // One alone, however heavy, does not: 3 of 11 at 1 dollar.
    expect(
      weightedMedian([...of(["binance"], 1), ...of(["okx", "bybit", "kraken", "kucoin", "gate", "mexc"], 100)]),
    ).toBe(price(100));
    const weight = Object.values(PERPETUAL_WEIGHTS).reduce((sum, one) => sum + one, 0n);
    expect([weight % 2n, (Object.values(SPOT_WEIGHTS).reduce((sum, one) => sum + one, 0n) - 1n) % 2n]).toEqual([
      1n,
      1n,
    ]);
  });

  it("oracle: a weighted median is the plain one of a list with every price written as often as it weighs, 2,000 times", () => {
    let state = 99n;
    const random = (below: bigint) => {
      state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & ((1n << 64n) - 1n);
      return ((state >> 16n) * below) >> 48n;
    };
    for (let round = 0; round < 2_000; round++) {
      const prices = Array.from({ length: 1 + Number(random(8n)) }, () => ({
        price: 1n + random(20n),
        weight: 1n + random(4n),
      }));
      const written = prices
        .flatMap(({ price: one, weight }) => Array.from({ length: Number(weight) }, () => Number(one)))
        .sort((a, b) => a - b);
      expect(Number(weightedMedian(prices))).toBe(written[Math.ceil(written.length / 2) - 1]);
    }
  });

  const inputs: MarkInputs = {
    oracle: price(10_000),
    basis: updateAverage(emptyAverage, price(20), 3_000n, BASIS_PERIOD),
    book: { bestBid: price(10_005), bestAsk: price(10_015), lastTrade: price(10_030) },
    perpetuals: [{ price: price(10_040), weight: 3n }],
    bookAverage: updateAverage(emptyAverage, price(10_018), 3_000n, BOOK_PERIOD),
  };
  it("behavior: mark price of three inputs, of two with the book's average, of one", () => {
    // 10,020 of oracle and basis, 10,015 of the book, 10,040 of the others.
    expect(markPrice(inputs)).toBe(price(10_020));
    // 10,015 and 10,020, and the book's average of 10,018.
    expect(markPrice({ ...inputs, perpetuals: [] })).toBe(price(10_018));
    expect(markPrice({ ...inputs, perpetuals: [], bookAverage: emptyAverage })).toBe(price(10_015));
    expect(markPrice({ ...inputs, perpetuals: [], oracle: null })).toBe(price(10_015));
    expect(markPrice({ ...inputs, basis: emptyAverage, book: null })).toBe(price(10_040));
  });
  it("behavior: one manipulated input does not move the mark beyond the other two", () => {
    const pushed = { ...inputs, book: { bestBid: price(1), bestAsk: price(2), lastTrade: price(1) } };
    expect(markPrice(pushed)).toBe(price(10_020));
  });
  it("error: no price at all", () => {
    expect(() => markPrice({ ...inputs, oracle: null, book: null, perpetuals: [] })).toThrow(NoPrice);
    expect(() => averageValue(emptyAverage)).toThrow(NoPrice);
    expect(() => median([])).toThrow(NoPrice);
  });
});
