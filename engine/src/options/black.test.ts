import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { black76, blackPrice, blackScholes } from "./black.js";
import { inverseOption } from "./inverse.js";

const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });
/** An option around the money: moneyness in deviations, so that wings of short and long options are drawn alike. */
const option = fc
  .tuple(within(1, 1e5), within(-6, 6), within(0.002, 4), within(0.05, 3), within(-0.05, 0.2), within(-0.05, 0.1))
  .map(([spot, away, years, volatility, rate, dividend]) => {
    const strike = spot * Math.exp(away * volatility * Math.sqrt(years));
    return { spot, strike, years, volatility, rate, dividend };
  });

describe("Black-Scholes", () => {
  it("default: 100 at 100, 5 %, 20 %, one year (VALIDATION.md, runners-up)", () => {
    const call = blackScholes(true, 100, 100, 1, 0.2, 0.05, 0);
    expect(call.price).toBeCloseTo(10.450584, 6);
    expect(call.delta).toBeCloseTo(0.636831, 6);
    expect(call.gamma).toBeCloseTo(0.018762, 6);
    expect(call.vega).toBeCloseTo(37.524035, 6);
    expect(blackScholes(false, 100, 100, 1, 0.2, 0.05, 0).price).toBeCloseTo(5.573526, 6);
  });

  it("behavior: put-call parity in price and every Greek (property)", () => {
    fc.assert(
      fc.property(option, ({ spot, strike, years, volatility, rate, dividend }) => {
        const call = blackScholes(true, spot, strike, years, volatility, rate, dividend);
        const put = blackScholes(false, spot, strike, years, volatility, rate, dividend);
        const asset = spot * Math.exp(-dividend * years);
        const bond = strike * Math.exp(-rate * years);
        const scale = 1e-14 * (asset + bond);
        expect(Math.abs(call.price - put.price - (asset - bond))).toBeLessThan(scale);
        expect(Math.abs(call.delta - put.delta - asset / spot)).toBeLessThan(1e-14);
        expect([put.gamma, put.vega, put.vanna, put.volga]).toEqual([call.gamma, call.vega, call.vanna, call.volga]);
        expect(Math.abs(call.rho - put.rho - years * bond)).toBeLessThan(scale * 10);
        expect(Math.abs(call.theta - put.theta - (dividend * asset - rate * bond))).toBeLessThan(scale);
        expect(Math.abs(call.charm - put.charm - (dividend * asset) / spot)).toBeLessThan(1e-14);
      }),
      { seed: 4, numRuns: 1000 },
    );
  });

  it("behavior: the price satisfies Black and Scholes's equation (property)", () => {
    fc.assert(
      fc.property(option, fc.boolean(), ({ spot, strike, years, volatility, rate, dividend }, isCall) => {
        const { price, delta, gamma, theta } = blackScholes(isCall, spot, strike, years, volatility, rate, dividend);
        const spread = 0.5 * volatility ** 2 * spot ** 2 * gamma;
        const residual = theta + spread + (rate - dividend) * spot * delta - rate * price;
        expect(Math.abs(residual)).toBeLessThan(1e-13 * (spread + spot + strike));
      }),
      { seed: 4, numRuns: 1000 },
    );
  });

  it("behavior: twice the spot and the strike is twice the price, and delta is the same (property)", () => {
    fc.assert(
      fc.property(option, fc.boolean(), ({ spot, strike, years, volatility, rate, dividend }, isCall) => {
        const one = blackScholes(isCall, spot, strike, years, volatility, rate, dividend);
        const two = blackScholes(isCall, 2 * spot, 2 * strike, years, volatility, rate, dividend);
        // A factor of two rounds nothing.
        expect(two).toMatchObject({ price: 2 * one.price, delta: one.delta, vega: 2 * one.vega, charm: one.charm });
        expect(two.gamma).toBeCloseTo(one.gamma / 2, 12);
        // Euler: price = S delta + K d(price)/dK, and d(price)/dK is -e (D Phi(e d2)): rho / (T K) with its sign.
        const euler = spot * one.delta - one.rho / years;
        expect(Math.abs(euler - one.price)).toBeLessThan(1e-14 * (spot + strike) * 4);
      }),
      { seed: 4, numRuns: 1000 },
    );
  });

  it("behavior: Black-76 is the price on the forward, and Greeks are its differences", () => {
    const [forward, strike, years, volatility, rate] = [3000, 3300, 0.4, 0.65, 0.04];
    const price = (f: number, t: number, v: number, r: number) =>
      blackPrice(true, f, strike, v * Math.sqrt(t), Math.exp(-r * t));
    const greeks = black76(true, forward, strike, years, volatility, rate);
    expect(greeks.price).toBeCloseTo(price(forward, years, volatility, rate), 10);
    const slope = (f: (step: number) => number, step: number) => (f(step) - f(-step)) / (2 * step);
    expect(greeks.delta).toBeCloseTo(
      slope((h) => price(forward + h, years, volatility, rate), 0.1),
      8,
    );
    expect(greeks.vega / slope((h) => price(forward, years, volatility + h, rate), 1e-5)).toBeCloseTo(1, 8);
    expect(greeks.theta / -slope((h) => price(forward, years + h, volatility, rate), 1e-5)).toBeCloseTo(1, 8);
    expect(greeks.rho / slope((h) => price(forward, years, volatility, rate + h), 1e-5)).toBeCloseTo(1, 8);
    const delta = (f: number, t: number, v: number) => black76(true, f, strike, t, v, rate).delta;
    expect(greeks.gamma / slope((h) => delta(forward + h, years, volatility), 0.1)).toBeCloseTo(1, 7);
    expect(greeks.vanna / slope((h) => delta(forward, years, volatility + h), 1e-5)).toBeCloseTo(1, 7);
    expect(greeks.charm / -slope((h) => delta(forward, years + h, volatility), 1e-5)).toBeCloseTo(1, 7);
    const vega = (v: number) => black76(true, forward, strike, years, v, rate).vega;
    expect(greeks.volga / slope((h) => vega(volatility + h), 1e-5)).toBeCloseTo(1, 7);
  });

  it("behavior: price rises with volatility and never leaves its bounds (property)", () => {
    fc.assert(
      fc.property(within(-40, 40), within(1e-4, 12), within(1e-4, 1), fc.boolean(), (away, deviation, more, isCall) => {
        const strike = 100 * Math.exp(away * Math.min(deviation, 1));
        const low = blackPrice(isCall, 100, strike, deviation, 0.9);
        const high = blackPrice(isCall, 100, strike, deviation * (1 + more), 0.9);
        const gain = Math.max(0, isCall ? 100 - strike : strike - 100);
        expect(low).toBeGreaterThanOrEqual(0.9 * gain);
        expect(high).toBeGreaterThanOrEqual(low);
        expect(high).toBeLessThanOrEqual(0.9 * (isCall ? 100 : strike));
      }),
      { seed: 4, numRuns: 2000 },
    );
  });

  it("limit: expired it is exercise, without volatility the discounted forward gain, at any deviation a finite number", () => {
    const dead = { gamma: 0, vega: 0, theta: 0, rho: 0, vanna: 0, volga: 0, charm: 0 };
    expect(blackScholes(true, 120, 100, 0, 0.5, 0.05, 0)).toEqual({ price: 20, delta: 1, ...dead });
    expect(blackScholes(false, 120, 100, -1, 0.5, 0.05, 0)).toMatchObject({ price: 0, ...dead });
    expect(blackScholes(true, 100, 100, 0, 0.5, 0, 0).delta).toBe(0.5);
    const certain = blackScholes(true, 120, 100, 2, 0, 0.05, 0.01);
    const near = blackScholes(true, 120, 100, 2, 1e-3, 0.05, 0.01);
    for (const name of ["price", "delta", "theta", "rho", "charm"] as const) {
      expect(certain[name]).toBeCloseTo(near[name], 9);
    }
    expect(blackPrice(true, 100, 90, 0, 0.5)).toBe(5);
    for (const deviation of [1e-300, 1e-9, 40, 1e6, 1e300]) {
      for (const strike of [1e-200, 99.999, 100, 1e200]) {
        for (const isCall of [true, false]) {
          const price = blackPrice(isCall, 100, strike, deviation, 1);
          expect(price).toBeGreaterThanOrEqual(0);
          expect(price).toBeLessThanOrEqual(isCall ? 100 : strike);
        }
      }
    }
  });

  it("error: prices that are none and volatilities below zero are our bugs", () => {
    expect(() => blackPrice(true, 0, 1, 1, 1)).toThrow("forward 0 is positive");
    expect(() => blackPrice(true, 1, Number.NaN, 1, 1)).toThrow("strike NaN is positive");
    expect(() => blackPrice(true, 1, 1, -1, 1)).toThrow("deviation -1");
    expect(() => blackPrice(true, 1, 1, 1, Number.NaN)).toThrow("discount NaN");
    expect(() => blackScholes(true, -1, 1, 1, 1, 0, 0)).toThrow("spot -1 is positive");
    expect(() => blackScholes(true, 1, 1, 1, -0.1, 0, 0)).toThrow("volatility -0.1");
    expect(() => blackScholes(true, 1, 1, Number.NaN, 1, 0, 0)).toThrow("years NaN");
    expect(() => blackScholes(true, 1, 1, 1, 1, Number.POSITIVE_INFINITY, 0)).toThrow("rate Infinity");
    expect(() => inverseOption(true, 0, 1, 1, 1)).toThrow("forward 0 is positive");
    expect(() => blackScholes(true, 1, 1, 1000, 1, -1, 0)).toThrow("stay numbers");
    expect(() => blackScholes(true, 1, 1, 1, 1e200, 0, 0)).toThrow("below 1e150");
    expect(() => blackScholes(true, 1, 1, 1, 1, 1e300, 0)).toThrow("below 1e100");
  });

  it("limit: no Greek is NaN for inputs from the smallest to very large numbers", () => {
    for (const spot of [1e-100, 1, 1e100])
      for (const strike of [1e-100, 1, 1e100])
        for (const years of [5e-324, 1e-300, 1e-9, 1, 1e3])
          for (const volatility of [5e-324, 1e-200, 1e-9, 1, 1e3, 1e100])
            for (const rate of [0, 1, -0.05])
              for (const isCall of [true, false]) {
                const greeks = blackScholes(isCall, spot, strike, years, volatility, rate, 0.02);
                expect(Object.values(greeks).some(Number.isNaN), `${[spot, strike, years, volatility, rate]}`).toBe(
                  false,
                );
              }
    // So small a deviation is none: at the money half of the asset is held.
    expect(blackScholes(true, 1, 1, 5e-324, 5e-324, 0, 0)).toMatchObject({ price: 0, delta: 0.5, gamma: 0 });
  });
});

describe("options settled in coins", () => {
  it("default: 50,000 to 55,000, 70 %, 30 days (VALIDATION.md, row 19)", () => {
    const call = inverseOption(true, 50_000, 55_000, 30 / 365, 0.7);
    const put = inverseOption(false, 50_000, 55_000, 30 / 365, 0.7);
    expect(call.price).toBeCloseTo(0.0431743159, 10);
    expect(call.netDelta).toBeCloseTo(0.3108101265, 10);
    expect(call.delta - call.price).toBe(call.netDelta);
    expect(put.price).toBeCloseTo(0.1431743, 7);
    expect(call.price - put.price).toBeCloseTo(-0.1, 15);
  });

  it("behavior: Greeks in coins are differences of the price in coins", () => {
    const price = (f: number, t: number, v: number) => inverseOption(false, f, 2500, t, v).price;
    const slope = (f: (step: number) => number, step: number) => (f(step) - f(-step)) / (2 * step);
    const [forward, years, volatility] = [2300, 0.3, 0.8];
    const put = inverseOption(false, forward, 2500, years, volatility);
    expect(put.netDelta / (forward * slope((h) => price(forward + h, years, volatility), 0.1))).toBeCloseTo(1, 7);
    expect(put.vega / slope((h) => price(forward, years, volatility + h), 1e-5)).toBeCloseTo(1, 8);
    expect(put.theta / -slope((h) => price(forward, years + h, volatility), 1e-5)).toBeCloseTo(1, 8);
    const net = (f: number, t: number, v: number) => inverseOption(false, f, 2500, t, v).netDelta;
    expect(put.netGamma / slope((h) => net(forward + h, years, volatility), 0.1)).toBeCloseTo(1, 7);
    expect(put.netVanna / slope((h) => net(forward, years, volatility + h), 1e-5)).toBeCloseTo(1, 7);
    expect(put.netCharm / -slope((h) => net(forward, years + h, volatility), 1e-5)).toBeCloseTo(1, 7);
    const vega = (v: number) => inverseOption(false, forward, 2500, years, v).vega;
    expect(put.volga / slope((h) => vega(volatility + h), 1e-5)).toBeCloseTo(1, 7);
  });

  it("limit: a call is worth less than a coin, a put in a fall without bound", () => {
    expect(inverseOption(true, 1e6, 1, 1, 0.5).price).toBeLessThan(1);
    expect(inverseOption(false, 10, 1000, 0.1, 0.5).price).toBeCloseTo(99, 10);
    expect(inverseOption(true, 2500, 2000, 0, 0.5)).toMatchObject({ price: 0.2, delta: 1, netDelta: 0.8, gamma: 0 });
  });
});
