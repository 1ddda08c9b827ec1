import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bankruptcyCash,
  closedEquity,
  equity,
  maintenanceMargin,
  notionalValue,
  partOf,
  perpetualBreaches,
  perpetualBreachSteps,
  perpetualRule,
} from "./perpetual.js";

/** BTC with 8 decimals against a dollar with 6: units x steps / 10^10. */
const scale = 1e10;
const usd = 1e6;
const coin = 1e8;
const steps = (price: number) => Math.round(price * 1e8);

/** Binance BTCUSDT of October 2024: notional from, rate, and the exchange's own published deduction (MECHANISMS, appendix T). */
const published = [
  [0, 0.004, 0],
  [50e3, 0.005, 50],
  [600e3, 0.0065, 950],
  [3e6, 0.01, 11_450],
  [12e6, 0.02, 131_450],
  [70e6, 0.025, 481_450],
  [100e6, 0.05, 2_981_450],
  [230e6, 0.1, 14_481_450],
  [480e6, 0.125, 26_481_450],
  [600e6, 0.15, 41_481_450],
  [800e6, 0.25, 121_481_450],
  [1200e6, 0.5, 421_481_450],
] as const;
const tiers = published.map(([from, rate]) => ({ fromUnits: from * usd, rate: Math.round(rate * 1e6) }));
const binance = perpetualRule(scale, tiers, true);

describe("perpetual margin", () => {
  it("default: the computed deductions are those that Binance publishes", () => {
    expect([...binance.tierDeduction].map((units) => units / usd)).toEqual(published.map(([, , cum]) => cum));
  });

  it("default: one bitcoin at 60,000 with 5,000 of margin is liquidated at 55,226.13 long and 64,726.37 short (Binance)", () => {
    const long = perpetualBreachSteps(binance, coin, 60_000 * usd, 5000 * usd);
    const short = perpetualBreachSteps(binance, -coin, 60_000 * usd, 5000 * usd);
    expect(long / 1e8).toBeCloseTo(55_226.13, 2);
    expect(short / 1e8).toBeCloseTo(64_726.37, 2);
  });

  it("default: with half of 2.5 % as maintenance and 3,000 of margin it is 57,721.52 and 62,222.22 (Hyperliquid)", () => {
    const hyperliquid = perpetualRule(scale, [{ fromUnits: 0, rate: 12_500 }], false);
    expect(perpetualBreachSteps(hyperliquid, coin, 60_000 * usd, 3000 * usd) / 1e8).toBeCloseTo(57_721.52, 2);
    expect(perpetualBreachSteps(hyperliquid, -coin, 60_000 * usd, 3000 * usd) / 1e8).toBeCloseTo(62_222.22, 2);
  });

  it("behavior: maintenance is continuous at every tier, to one unit", () => {
    for (const { fromUnits } of tiers.slice(1)) {
      const below = maintenanceMargin(binance, fromUnits - 1);
      const at = maintenanceMargin(binance, fromUnits);
      expect(at - below).toBeGreaterThanOrEqual(0);
      expect(at - below).toBeLessThanOrEqual(1);
    }
  });

  it("behavior: the breach price is the last whole price at which the predicate holds", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 * coin }),
        fc.boolean(),
        fc.integer({ min: 10, max: 200_000 }),
        fc.integer({ min: 0, max: 1200 }),
        fc.boolean(),
        (units, long, price, leverageTenths, atEquality) => {
          const rule = { ...binance, atEquality };
          const entry = notionalValue(rule, units, steps(price));
          const margin = leverageTenths === 0 ? 0 : Math.floor((entry * 10) / leverageTenths);
          const size = long ? units : -units;
          const breach = perpetualBreachSteps(rule, size, entry, margin);
          const bad = (at: number) => perpetualBreaches(rule, size, entry, margin, at);
          if (breach === -1) {
            expect(bad(0) || bad(steps(300_000))).toBe(false);
            return;
          }
          expect(bad(breach)).toBe(true);
          if (long) expect(bad(breach + 1)).toBe(false);
          else if (breach > 0) expect(bad(breach - 1)).toBe(false);
        },
      ),
      { seed: 20260101, numRuns: 2000 },
    );
  });

  it("limit: a fully paid long is never liquidatable, a short always somewhere, no position nowhere", () => {
    expect(perpetualBreachSteps(binance, coin, 60_000 * usd, 61_000 * usd)).toBe(-1);
    expect(perpetualBreachSteps(binance, -coin, 60_000 * usd, 60_000 * usd)).toBeGreaterThan(steps(100_000));
    expect(perpetualBreachSteps(binance, 0, 0, 5000 * usd)).toBe(-1);
  });

  it("limit: equality decides only where the rule says so", () => {
    const entry = 60_000 * usd;
    const notional = notionalValue(binance, coin, steps(55_000));
    const margin = maintenanceMargin(binance, notional) + entry - notional;
    expect(equity(coin, entry, margin, notional)).toBe(maintenanceMargin(binance, notional));
    expect(perpetualBreaches(binance, coin, entry, margin, steps(55_000))).toBe(true);
    expect(perpetualBreaches({ ...binance, atEquality: false }, coin, entry, margin, steps(55_000))).toBe(false);
  });

  it("behavior: closing at the bankruptcy cash leaves exactly nothing, part by part", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 1e9 }),
        fc.integer({ min: 1, max: 1e12 }),
        fc.integer({ min: 0, max: 1e12 }),
        fc.constantFrom(1 as const, -1 as const),
        fc.integer({ min: 1, max: 1e9 }),
        (units, entry, margin, side, wanted) => {
          const part = Math.min(units, wanted);
          const entryPart = partOf(entry, part, units);
          const marginPart = partOf(margin, part, units);
          expect(closedEquity(side, entryPart, marginPart, bankruptcyCash(side, entryPart, marginPart))).toBe(0);
        },
      ),
      { seed: 7, numRuns: 500 },
    );
  });

  it("error: tiers that do not begin at 0 or do not rise are our mistake", () => {
    expect(() => perpetualRule(scale, [{ fromUnits: 5, rate: 1 }], false)).toThrow("begins at 0");
    expect(() =>
      perpetualRule(
        scale,
        [
          { fromUnits: 0, rate: 5 },
          { fromUnits: 9, rate: 4 },
        ],
        false,
      ),
    ).toThrow("rise");
  });
});
