import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blackPrice, blackScholes } from "./black.js";
import { deviationOf, impliedVolatility } from "./implied-volatility.js";
import { logOutOfTheMoney, millsDifference, millsRatio, outOfTheMoney, shortOfBound } from "./normalised-black.js";

const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe("implied volatility", () => {
  it("default: the reference call of 10.450584 at 5 % for one year has 20 %", () => {
    const discount = Math.exp(-0.05);
    const price = blackScholes(true, 100, 100, 1, 0.2, 0.05, 0).price;
    expect(impliedVolatility(true, price, 100 / discount, 100, 1, discount)).toBeCloseTo(0.2, 14);
  });

  it("behavior: comes back from any price that holds it: sigma sqrt T from 1e-4 to 30, prices down to 1e-300 (property)", () => {
    let least = 1;
    let count = 0;
    fc.assert(
      fc.property(within(-4, 1.5), within(-37, 37), fc.boolean(), within(-2, 5), (exponent, away, isCall, scale) => {
        const deviation = 10 ** exponent;
        const forward = 10 ** scale;
        // Moneyness up to 37 deviations, and with long options up to e^+-300.
        const x = away * Math.min(deviation, 8);
        const strike = forward * Math.exp(x);
        const isOut = isCall === strike > forward;
        const years = 0.37;
        const price = blackPrice(isCall, forward, strike, deviation, 0.93);
        const smaller = 0.93 * Math.min(forward, strike);
        if (!(price > 1e-300 * forward)) return;
        const implied = impliedVolatility(isCall, price, forward, strike, years, 0.93);
        if (typeof implied !== "number") {
          // Rounding took all: the time value from an option in the money, or the distance to the bound.
          expect(["no-time-value", "above-bound"]).toContain(implied.fault);
          if (implied.fault === "no-time-value") expect(isOut).toBe(false);
          return;
        }
        least = Math.min(least, price / forward);
        const vega = 0.93 * forward * Math.exp(-0.5 * (-x / deviation + deviation / 2) ** 2) * 0.3989422804014327;
        // Last places of the price (and of what it was before the intrinsic value went), over vega; and of ln(forward / strike), relative to itself.
        const lost = (2.3e-16 * (isOut ? price : price + smaller)) / (vega * deviation);
        const error = Math.abs((implied * Math.sqrt(years)) / deviation - 1);
        expect(error, `${forward} ${strike} ${deviation} ${price}`).toBeLessThan(1e-12 + 8 * lost);
        if (isOut && lost < 1e-14) {
          expect(error).toBeLessThan(1e-12);
          count++;
        }
      }),
      { seed: 4, numRuns: 20_000 },
    );
    expect(least).toBeLessThan(1e-280);
    expect(count).toBeGreaterThan(7000);
  });

  it("behavior: the deepest wings and the narrowest deviations, one by one", () => {
    for (const x of [-1e-13, -1e-6, -0.01, -1, -20, -300, -690]) {
      for (const logPrice of [-690, -400, -100, -20, -3, -0.7]) {
        const value = Math.exp(logPrice);
        const s = deviationOf(x, value, -Math.expm1(logPrice));
        expect(Number.isFinite(s) && s > 0).toBe(true);
        expect(Math.abs(logOutOfTheMoney(x, s) - logPrice)).toBeLessThan(3e-13 * Math.max(1, -logPrice / 100));
      }
    }
  });

  it("behavior: near its bound the distance to it is what counts", () => {
    for (const lacking of [0.3, 1e-3, 1e-9, 1e-100, 1e-290]) {
      for (const x of [0, -1e-3, -2, -50]) {
        const s = deviationOf(x, 1 - lacking, lacking);
        expect(shortOfBound(x, s) / lacking).toBeCloseTo(1, 11);
      }
    }
  });

  it("error: prices without a volatility say why, and nothing is ever NaN", () => {
    const fault = (...args: Parameters<typeof impliedVolatility>) => impliedVolatility(...args);
    expect(fault(true, 9.99, 110, 100, 1, 1)).toEqual({ fault: "below-intrinsic" });
    expect(fault(true, 10, 110, 100, 1, 1)).toEqual({ fault: "no-time-value" });
    expect(fault(true, 0, 100, 110, 1, 1)).toEqual({ fault: "price-not-positive" });
    expect(fault(true, -1, 100, 110, 1, 1)).toEqual({ fault: "price-not-positive" });
    expect(fault(true, 110, 110, 100, 1, 1)).toEqual({ fault: "above-bound" });
    expect(fault(false, 101, 110, 100, 1, 1)).toEqual({ fault: "above-bound" });
    expect(fault(true, 5, 100, 100, 0, 1)).toEqual({ fault: "expired" });
    expect(fault(true, 5, 100, 100, -1, 1)).toEqual({ fault: "expired" });
    const bad = [0, -1, Number.NaN, Number.POSITIVE_INFINITY];
    for (const one of bad) {
      expect(fault(true, 5, one, 100, 1, 1)).toEqual({ fault: "input-not-positive" });
      expect(fault(true, 5, 100, one, 1, 1)).toEqual({ fault: "input-not-positive" });
      expect(fault(true, 5, 100, 100, 1, one)).toEqual({ fault: "input-not-positive" });
    }
    expect(fault(true, Number.NaN, 100, 100, 1, 1)).toEqual({ fault: "input-not-positive" });
    expect(fault(true, 5, 100, 100, Number.NaN, 1)).toEqual({ fault: "input-not-positive" });
    // 5e-324, the smallest number there is, has a volatility too.
    expect(fault(true, 5e-324, 100, 110, 1, 1)).toBeGreaterThan(0);
    // At the money the volatility is sqrt(2 pi) times the price; its square is below the smallest number.
    for (const price of [1e-160, 1e-163, 1e-170, 1e-300])
      expect((fault(true, price, 1, 1, 1, 1) as number) / price).toBeCloseTo(2.5066282746310002, 12);
  });
});

describe("Black's function, normalised", () => {
  it("behavior: series and difference meet where one gives way to the other", () => {
    for (const h of [0, -0.3, -2.4, -2.6, -10, -36]) {
      const below = millsDifference(h, 0.0999999999);
      const above = millsDifference(h, 0.1000000001);
      expect(above / below).toBeCloseTo(1, 8);
      // A central difference of higher order of the ratio itself, far from cancelling.
      expect(millsDifference(h, 0.09) / (millsRatio(h + 0.09) - millsRatio(h - 0.09))).toBeCloseTo(1, 11);
    }
  });

  it("behavior: value and what it lacks add up to one", () => {
    for (const x of [0, -0.01, -1, -30]) {
      for (const s of [1e-3, 0.1, 0.5, 2, 9]) {
        expect(outOfTheMoney(x, s) + shortOfBound(x, s)).toBeCloseTo(1, 14);
      }
    }
  });
});
