import { describe, expect, it } from "vitest";
import { uniform } from "../../engine/src/math/index.js";
import { blackScholes, greekColumns, greeksOver } from "../../engine/src/options/index.js";
import { type ReferenceGreeks, referenceGreeks } from "./option-reference.js";

const COUNT = 10_000;
const names = ["price", "delta", "gamma", "vega", "theta", "rho", "vanna", "volga", "charm"] as const;

/** One of 10,000 options, of a fixed seed: an hour to four years, 5 to 300 %, up to five deviations from the money. */
function drawn(row: number) {
  const u = (column: number) => uniform(1987, 1, row, 0, column);
  const years = Math.exp(Math.log(1 / 8760) + u(0) * Math.log(4 * 8760));
  const volatility = 0.05 * 60 ** u(1);
  const spot = 10 ** (5 * u(2) - 1);
  const strike = spot * Math.exp((10 * u(3) - 5) * volatility * Math.sqrt(years));
  return { isCall: u(4) < 0.5, spot, strike, years, volatility, rate: 0.2 * u(5) - 0.05, dividend: 0.1 * u(6) - 0.02 };
}

/** 1e-14 of the discounted forward, in the units of each: per 1 of spot for delta, vanna, charm, per square of it for gamma. */
function allowed(name: keyof ReferenceGreeks, exact: number, forward: number, spot: number): number {
  const scale = name === "gamma" ? spot * spot : name === "delta" || name === "vanna" || name === "charm" ? spot : 1;
  return Math.max(1e-10 * Math.abs(exact), (1e-14 * forward) / scale);
}

describe("Greeks against an independent implementation", () => {
  it("behavior: 10,000 random options within max(1e-10 relative, 1e-14 of the discounted forward)", {
    timeout: 120_000,
  }, () => {
    const worst = Object.fromEntries(names.map((name) => [name, 0]));
    for (let row = 0; row < COUNT; row++) {
      const { isCall, spot, strike, years, volatility, rate, dividend } = drawn(row);
      const ours = blackScholes(isCall, spot, strike, years, volatility, rate, dividend);
      const exact = referenceGreeks(isCall, spot, strike, years, volatility, rate, dividend);
      const forward = spot * Math.exp(-dividend * years);
      for (const name of names) {
        const share = Math.abs(ours[name] - exact[name]) / allowed(name, exact[name], forward, spot);
        worst[name] = Math.max(worst[name], share);
        if (!(share <= 1)) expect({ row, name, ours: ours[name], exact: exact[name], share }).toBe("within");
      }
    }
    if (process.env.SHOW) console.log(worst);
  });

  it("limit: as near beyond the usual: deviations from 1e-3 to 10, thirty of them from the forward, minutes to fifty years", {
    timeout: 120_000,
  }, () => {
    for (let row = 0; row < COUNT / 4; row++) {
      const u = (column: number) => uniform(1987, 2, row, 0, column);
      const deviation = 10 ** (4 * u(0) - 3);
      const years = 10 ** (7 * u(1) - 5.3);
      const spot = 10 ** (16 * u(2) - 8);
      const rate = 0.4 * u(3) - 0.1;
      const dividend = 0.3 * u(4) - 0.1;
      const strike = spot * Math.exp((rate - dividend) * years + (60 * u(5) - 30) * deviation);
      const volatility = deviation / Math.sqrt(years);
      const ours = blackScholes(u(6) < 0.5, spot, strike, years, volatility, rate, dividend);
      const exact = referenceGreeks(u(6) < 0.5, spot, strike, years, volatility, rate, dividend);
      const forward = spot * Math.exp(-dividend * years);
      for (const name of names) {
        const share = Math.abs(ours[name] - exact[name]) / allowed(name, exact[name], forward, spot);
        if (!(share <= 1)) expect({ row, name, ours: ours[name], exact: exact[name], share }).toBe("within");
      }
    }
  });

  it("behavior: the columns too, at one spot and rate and without dividend", { timeout: 120_000 }, () => {
    for (const rate of [0, 0.05, -0.02]) {
      const count = COUNT / 4;
      const column = () => new Float64Array(count);
      const options = { count, strike: column(), years: column(), volatility: column(), call: column() };
      const spot = 3000;
      for (let row = 0; row < count; row++) {
        const one = drawn(row);
        options.strike[row] = (one.strike / one.spot) * spot;
        options.years[row] = one.years;
        options.volatility[row] = one.volatility;
        options.call[row] = one.isCall ? 1 : -1;
      }
      const into = greekColumns(count);
      greeksOver(options, spot, rate, into);
      const worst: Record<string, number> = {};
      for (let row = 0; row < count; row++) {
        const isCall = options.call[row] > 0;
        const exact = referenceGreeks(
          isCall,
          spot,
          options.strike[row],
          options.years[row],
          options.volatility[row],
          rate,
          0,
        );
        for (const name of names) {
          if (name === "rho") continue;
          const share = Math.abs(into[name][row] - exact[name]) / allowed(name, exact[name], spot, spot);
          worst[name] = Math.max(worst[name] ?? 0, share);
          if (!(share <= 1)) expect({ row, name, ours: into[name][row], exact: exact[name], share }).toBe("within");
        }
      }
      if (process.env.SHOW) console.log(rate, worst);
    }
  });
});
