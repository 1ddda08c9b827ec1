import { describe, expect, it } from "vitest";
import { shareScale, stepClasses } from "./step-classes.js";

const half = [{ healthBelowBps: 10_000, closeFactorBps: 5_000 }];

describe("stepClasses", () => {
  it("default: half at a time without bonus, threshold 80 %: ranges halve towards the fixed point 1", () => {
    const classes = stepClasses(half, 8_000, 0, 0);
    const bounds = [...(classes?.bounds ?? [])];
    const shares = [...(classes?.shares ?? [])];
    // From 1.25 (healthy) down: one liquidation heals from 1.125 on, two from 1.0625 on, ...
    expect(bounds.slice(-3)).toEqual([1.0625, 1.125, 1.25]);
    expect(shares.slice(-2).map((share) => share / shareScale)).toEqual([0.75, 0.5]);
    expect(bounds[0]).toBe(1);
    expect(shares[0]).toBe(-1);
  });

  it("behavior: all of the debt below health 0.95, half above", () => {
    const classes = stepClasses([{ healthBelowBps: 9_500, closeFactorBps: 10_000 }, ...half], 8_000, 0, 0);
    const shares = [...(classes?.shares ?? [])].map((share) => share / shareScale);
    expect(shares.slice(-2)).toEqual([1, 0.5]);
    expect((classes?.bounds ?? []).at(-2)).toBeCloseTo(0.95 / 0.8, 12);
  });

  it("limit: where a liquidation never heals, all collateral goes", () => {
    const classes = stepClasses(half, 9_500, 1_000, 0);
    expect(classes?.shares.length).toBe(0);
    expect(classes?.bounds[0]).toBeCloseTo(1 / 0.95, 12);
  });

  it("limit: too many classes are none", () => {
    expect(stepClasses([{ healthBelowBps: 10_000, closeFactorBps: 1 }], 8_000, 0, 0)).toBeUndefined();
  });
});
