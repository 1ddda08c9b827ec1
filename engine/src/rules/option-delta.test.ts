import { describe, expect, it } from "vitest";
import { inverseOption } from "../options/index.js";
import { coinOptionDelta, hedgeTrade, optionDelta } from "./option-delta.js";

const year = 365 * 86_400_000;

describe("option delta", () => {
  it("default: 0.636831 for 100 at 100, 20 %, one year, 5 % through the discounted strike (Black-Scholes reference)", () => {
    expect(optionDelta(true, 100, 95.1229424500714, 0.2, year)).toBeCloseTo(0.636831, 6);
  });

  it("behavior: call minus put is 1, the call rises with the price and lies in 0 to 1", () => {
    let before = 0;
    for (let spot = 500; spot < 4000; spot += 50) {
      const call = optionDelta(true, spot, 2000, 0.7, year / 12);
      expect(call - optionDelta(false, spot, 2000, 0.7, year / 12)).toBeCloseTo(1, 14);
      expect(call).toBeGreaterThan(before);
      before = call;
    }
    expect(before).toBeLessThanOrEqual(1);
  });

  it("limit: expired nothing, without volatility the exercise", () => {
    expect(optionDelta(true, 2500, 2000, 0.7, 0)).toBe(0);
    expect(optionDelta(true, 2500, 2000, 0, year)).toBe(1);
    expect(optionDelta(false, 2500, 2000, 0, year)).toBe(0);
    expect(optionDelta(true, 2000, 2000, 0, year)).toBe(0.5);
  });

  it("default: paid in coins, 0.3108101265 for a 55,000 call at 50,000, 70 %, 30 days (VALIDATION.md, row 19); the same as the coin option's own Greeks", () => {
    expect(coinOptionDelta(true, 50_000, 55_000, 0.7, (year * 30) / 365)).toBeCloseTo(0.3108101265, 9);
    for (const isCall of [true, false]) {
      for (const spot of [800, 1500, 2000, 2600, 5000]) {
        const own = inverseOption(isCall, spot, 2000, 0.25, 0.8).netDelta;
        expect(coinOptionDelta(isCall, spot, 2000, 0.8, year / 4)).toBeCloseTo(own, 13);
      }
    }
    expect(coinOptionDelta(true, 2500, 2000, 0.7, 0)).toBe(0);
    expect(coinOptionDelta(true, 2500, 2000, 0, year)).toBe(0.8);
    expect(coinOptionDelta(false, 1000, 2000, 0, year)).toBe(-2);
  });

  it("behavior: no trade within the band, beyond it to the target or to the edge", () => {
    expect(hedgeTrade(110, 100, 10, "target")).toBe(0);
    expect(hedgeTrade(111, 100, 10, "target")).toBe(11);
    expect(hedgeTrade(111, 100, 10, "edge")).toBe(1);
    expect(hedgeTrade(89, 100, 10, "edge")).toBe(-1);
    expect(hedgeTrade(89, 100, 10, "target")).toBe(-11);
  });
});
