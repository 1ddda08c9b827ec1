import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { log } from "../../math/index.js";
import { parseScenario, readScenario } from "../../scenario/parse.js";
import { openRun } from "../../study/paths.js";
import { oneAccountFalls } from "../demonstrations.js";

const nothingElse = (path: string): never => {
  throw new Error(`no files, but ${path}`);
};
const hour = 3_600_000;

function scenarioOf(iv: Readonly<Record<string, unknown>>, move = "-20%"): unknown {
  return oneAccountFalls({
    prices: {
      iv: { kind: "implied-volatility", asset: "ETH", atm: "60%", ...iv },
      shock: { kind: "line", moves: { ETH: move }, over: "1 h" },
    },
    clock: { tick: "1 h", duration: "4 h" },
  });
}

function open(iv: Readonly<Record<string, unknown>>, move?: string) {
  const scenario = scenarioOf(iv, move) as { pressure: Record<string, unknown> };
  scenario.pressure = {};
  const { kernel, run } = openRun(readScenario(scenario, nothingElse));
  kernel.begin(1, 0);
  return { kernel, run, surface: kernel.opened.layout.surface("iv") };
}

describe("implied-volatility", () => {
  it("default: at the opening every option has the volatility of its row, and a new one lies on the line", () => {
    const { surface } = open({ skew: 0.2, regime: "local", spike: "5%" });
    expect(surface.volatility(0.83, 1500, 2000, 0)).toBe(0.83);
    expect(surface.atStrike(2000, hour, 2000, 0)).toBe(0.6);
    expect(surface.atStrike(1000, hour, 2000, 0)).toBeCloseTo(0.6 + 0.2 * log(2), 15);
  });

  it("behavior: Derman's regimes: in a fall of a tenth an option's volatility stays, falls or rises by skew x ln 0.9", () => {
    const shift = (regime: string) => open({ skew: 0.5, regime }).surface.volatility(0.7, 1500, 1800, 0) - 0.7;
    expect(shift("sticky-strike")).toBe(0);
    expect(shift("sticky-delta")).toBeCloseTo(0.5 * log(0.9), 14);
    expect(shift("local")).toBeCloseTo(-0.5 * log(0.9), 14);
    // At the money: unchanged by sticky delta, twice the skew by local volatility.
    expect(open({ skew: 0.5, regime: "sticky-delta" }).surface.atStrike(1800, hour, 1800, 0)).toBeCloseTo(0.6, 14);
    const local = open({ skew: 0.5, regime: "local" }).surface.atStrike(1800, hour, 1800, 0);
    expect(local).toBeCloseTo(0.6 - 2 * 0.5 * log(0.9), 14);
  });

  it("behavior: 1987: 4.97 points per 1 % of log fall take 36.37 to 150.19 where the index falls from 282.70 to 224.84", () => {
    const { surface } = open({ atm: "36.37%", spike: "4.97%" });
    expect(surface.atStrike(2000, hour, 2000 * (224.84 / 282.7), 0)).toBeCloseTo(1.5019, 3);
    expect(surface.atStrike(2000, hour, 2200, 0)).toBe(0.3637);
  });

  it("behavior: jumps come at their time and decay by half-lives; a cap caps what rises and leaves what was above", () => {
    const jumps = [
      { at: "2 h", by: "40%" },
      { at: "1 h", by: "-10%" },
    ];
    const { surface } = open({ jumps, decay: "1 h", most: "120%" });
    expect(surface.volatility(0.7, 2000, 2000, hour - 1)).toBe(0.7);
    expect(surface.volatility(0.7, 2000, 2000, hour)).toBeCloseTo(0.6, 14);
    expect(surface.volatility(0.7, 2000, 2000, 2 * hour)).toBeCloseTo(0.7 - 0.05 + 0.4, 14);
    expect(surface.volatility(0.7, 2000, 2000, 3 * hour)).toBeCloseTo(0.7 - 0.025 + 0.2, 14);
    expect(surface.volatility(1.1, 2000, 2000, 2 * hour)).toBe(1.2);
    expect(surface.volatility(1.5, 2000, 2000, 2 * hour)).toBe(1.5);
    expect(surface.volatility(0.05, 2000, 2000, hour)).toBe(0.01);
  });

  it("behavior: with a half-life people get used to the price; without one the spike stays; at time 0 it is the opening's", () => {
    const stays = open({ spike: "2%" });
    const fades = open({ spike: "2%", decay: "1 h" });
    for (const { run } of [stays, fades]) run(1, 0);
    const spike = (one: typeof stays, timeMs: number) => one.surface.volatility(0.6, 2000, 1600, timeMs) - 0.6;
    expect(spike(stays, 4 * hour)).toBeCloseTo(-2 * log(0.8), 12);
    // Four ends of tick at 1,600 USD: ln(R / S) is a sixteenth of what it was.
    expect(spike(fades, 4 * hour)).toBeCloseTo((-2 * log(0.8)) / 16, 6);
    expect(spike(fades, 0)).toBeCloseTo(-2 * log(0.8), 12);
  });

  it("behavior: what is bought raises volatility from the next tick on, by points per million USD of vega per point", () => {
    const { kernel, surface } = open({ demand: "2%" }, "0%");
    surface.bought(150e6);
    expect(surface.volatility(0.6, 2000, 2000, hour)).toBe(0.6);
    kernel.step(0);
    expect(surface.volatility(0.6, 2000, 2000, hour)).toBeCloseTo(0.63, 12);
    expect(surface.volatility(0.6, 2000, 2000, 0)).toBe(0.6);
    surface.bought(-150e6);
    kernel.step(1);
    expect(surface.volatility(0.6, 2000, 2000, hour)).toBeCloseTo(0.6, 12);
    kernel.begin(1, 1);
    expect(surface.volatility(0.6, 2000, 2000, hour)).toBe(0.6);
  });

  it("property: an option opened at the start keeps its place on the surface, whatever the price, regime and time", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("sticky-strike", "sticky-delta", "local"),
        fc.double({ min: 0, max: 0.2, noNaN: true }),
        fc.double({ min: 1200, max: 3000, noNaN: true }),
        fc.double({ min: 1200, max: 3000, noNaN: true }),
        (regime, skew, strike, spot) => {
          const { surface } = open({ regime, skew, spike: "1%" });
          const base = surface.atStrike(strike, hour, 2000, 0);
          const now = surface.volatility(base, strike, spot, 0);
          expect(now).toBeCloseTo(surface.atStrike(strike, hour, spot, 0), 12);
          expect(now).toBeGreaterThan(0);
        },
      ),
      { seed: 4, numRuns: 60 },
    );
  });

  it("limit: a coin worth less than a price step has a volatility once it has a price", () => {
    const scenario = scenarioOf({}, "1000%") as { pressure: unknown; book: { assets: Record<string, unknown> } };
    scenario.pressure = {};
    scenario.book.assets.ETH = { price: "0.000000009 USD" };
    const { kernel, run } = openRun(readScenario(scenario, nothingElse));
    run(1, 0);
    const surface = kernel.opened.layout.surface("iv");
    expect(surface.volatility(0.7, 1e-8, 9e-8, hour)).toBe(0.7);
    expect(surface.atStrike(1e-8, hour, 9e-8, hour)).toBe(0.6);
  });

  it("error: an unknown asset, an unknown oracle, a level above its cap, a fraction of nothing", () => {
    const codes = (iv: Readonly<Record<string, unknown>>) => {
      const parsed = parseScenario(scenarioOf(iv), nothingElse);
      return "problems" in parsed ? parsed.problems.map(({ code, path }) => `${path} ${code}`) : [];
    };
    expect(codes({ asset: "BTC" })).toEqual(["prices.iv.asset unknown-asset"]);
    expect(codes({ oracle: "none" })).toEqual(["prices.iv.oracle unknown-oracle"]);
    expect(codes({ atm: "400%" })).toEqual(["prices.iv.most number-out-of-range"]);
    expect(codes({ regime: "none", skew: -1, atm: 0 }).sort()).toEqual([
      "prices.iv.atm number-out-of-range",
      "prices.iv.regime value-wrong",
      "prices.iv.skew number-out-of-range",
    ]);
  });
});
