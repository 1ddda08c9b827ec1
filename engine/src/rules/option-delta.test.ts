import { describe, expect, it } from "vitest";
import { hedgeTrade, optionDelta } from "./option-delta.js";

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

  it("behavior: no trade within the band, beyond it to the target or to the edge", () => {
    expect(hedgeTrade(110, 100, 10, "target")).toBe(0);
    expect(hedgeTrade(111, 100, 10, "target")).toBe(11);
    expect(hedgeTrade(111, 100, 10, "edge")).toBe(1);
    expect(hedgeTrade(89, 100, 10, "edge")).toBe(-1);
    expect(hedgeTrade(89, 100, 10, "target")).toBe(-11);
  });
});
