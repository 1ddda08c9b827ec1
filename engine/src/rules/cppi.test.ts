import { describe, expect, it } from "vitest";
import { floorAt, leavesBand, targetExposure } from "./cppi.js";

const rule = { multiplierBps: 40_000, leverageBps: 10_000, bandBps: 0 };
const billion = 1e15;

describe("cppi rule", () => {
  it("default: 60 billion, floor 85 %, m = 4: a fall of 10 % sells 10.8 billion (VALIDATED-MODELS row 6)", () => {
    const floor = 51 * billion;
    // 60 billion dollars in millionths pass 2^53: thousandths of them.
    const scale = (value: number) => Math.round(value / 1e6);
    const before = targetExposure(rule, scale(60 * billion), scale(floor));
    expect(before).toBe(scale(36 * billion));
    const exposure = before * 0.9;
    const after = targetExposure(rule, scale(60 * billion) - before * 0.1, scale(floor));
    expect(exposure - after).toBe(scale(10.8 * billion));
  });

  it("behavior: multipliers 3 and 5 sell 5.4 and 18 billion", () => {
    for (const [multiplier, sold] of [
      [3, 5.4],
      [5, 18],
    ]) {
      const of = { ...rule, multiplierBps: multiplier * 10_000 };
      const before = targetExposure(of, 60e9, 51e9);
      expect(before * 0.9 - targetExposure(of, 60e9 - before * 0.1, 51e9)).toBeCloseTo(sold * 1e9, 0);
    }
  });

  it("limit: never above the leverage cap, never below 0, and 0 without a cushion", () => {
    expect(targetExposure(rule, 100e6, 0)).toBe(100e6);
    expect(targetExposure({ ...rule, leverageBps: 20_000 }, 100e6, 0)).toBe(200e6);
    expect(targetExposure(rule, 85e6, 85e6)).toBe(0);
    expect(targetExposure(rule, -5, 0)).toBe(0);
  });

  it("limit: exactly at the band nothing is traded", () => {
    const banded = { ...rule, bandBps: 100 };
    expect(leavesBand(banded, 51e6, 50e6, 100e6)).toBe(false);
    expect(leavesBand(banded, 51e6 + 1, 50e6, 100e6)).toBe(true);
  });

  it("behavior: the floor grows continuously", () => {
    expect(floorAt(100e6, 0, 5)).toBe(100e6);
    expect(floorAt(100e6, 0.05, 365 * 86_400_000)).toBe(Math.ceil(105_127_109.6376));
  });
});
