import { describe, expect, it } from "vitest";
import { exp, normal } from "../math/index.js";
import { blackScholes } from "../options/index.js";
import { hedgingError, lelandVolatility, optionHedgingCases } from "./option-hedging.js";

describe("option hedging", () => {
  it("default", () => {
    for (const one of optionHedgingCases()) expect(one, one.id).toMatchObject({ pass: true });
  });

  it("behavior: 4,000 paths hedged 84 times over a month err by about as much (a simulation of ours gave 0.2175 against 0.2226)", () => {
    const [paths, times, volatility] = [4000, 84, 0.2];
    const step = 1 / 12 / times;
    let squares = 0;
    for (let path = 0; path < paths; path++) {
      let spot = 100;
      let cash = blackScholes(true, 100, 100, 1 / 12, volatility, 0, 0).price;
      let held = 0;
      for (let at = 0; at < times; at++) {
        const { delta } = blackScholes(true, spot, 100, (times - at) * step, volatility, 0, 0);
        cash -= (delta - held) * spot;
        held = delta;
        const shock = normal(84, 0, path, 0, at);
        spot *= exp(volatility * Math.sqrt(step) * shock - 0.5 * volatility * volatility * step);
      }
      squares += (cash + held * spot - Math.max(0, spot - 100)) ** 2;
    }
    const error = Math.sqrt(squares / paths);
    const { vega } = blackScholes(true, 100, 100, 1 / 12, volatility, 0, 0);
    expect(error / hedgingError(vega, volatility, times)).toBeGreaterThan(0.92);
    expect(error / hedgingError(vega, volatility, times)).toBeLessThan(1.04);
  });

  it("limit: without costs Leland's volatility is the option's own, and four times as many hedges halve the error", () => {
    expect(lelandVolatility(0.2, 0, 1 / 52)).toBe(0.2);
    expect(hedgingError(10, 0.2, 400)).toBeCloseTo(hedgingError(10, 0.2, 100) / 2, 15);
  });
});
