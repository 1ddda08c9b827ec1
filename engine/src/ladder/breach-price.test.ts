import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { breachPrice, type LendingRule, type LiquidationSize } from "../rules/lending.js";
import { breachSteps, exhaustSteps } from "./breach-price.js";
import { pairExhausts, pairRule } from "./pair-rule.js";

const seed = 20210519;

const rule = (
  thresholdBps: number,
  bonusBps: number,
  penaltyBps: number,
  size: LiquidationSize,
  atEquality: boolean,
): LendingRule => ({
  thresholdBps: [thresholdBps, 0],
  bonusBps: [bonusBps, 0],
  penaltyBps,
  protocolFeeBps: 0,
  size,
  dustValue: 0,
  atEquality,
});
const sizes = fc.constantFrom<LiquidationSize>({ kind: "all-collateral" }, { kind: "close-factor", steps: [] });

describe("breach price in closed form", () => {
  it("default: a vault of 10 ETH and 12,000 dollars at 75 %", () => {
    const pair = pairRule(rule(7_500, 0, 0, { kind: "all-collateral" }, false), 0, 1, [7, 6]);
    expect(breachSteps(pair, 10e7, 12_000e6, 1e8)).toBe(1_600e8 - 1);
  });

  it(`behavior: equals the bisection of rules/lending.ts, and the exhaust price its own predicate (seed ${seed})`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e10 }),
        fc.integer({ min: 1, max: 1e10 }),
        fc.integer({ min: 100, max: 1e11 }),
        fc.integer({ min: 500, max: 9_900 }),
        fc.constantFrom(0, 500, 1_333),
        fc.constantFrom(0, 1_300, 37),
        sizes,
        fc.boolean(),
        (collateral, debt, debtSteps, thresholdBps, bonusBps, penaltyBps, size, atEquality) => {
          const lending = rule(thresholdBps, bonusBps, penaltyBps, size, atEquality);
          const pair = pairRule(lending, 0, 1, [7, 6]);
          fc.pre((debt / collateral) * debtSteps * 100 < 2 ** 46);
          const account = { collateral: [collateral, 0], debt: [0, debt] };
          expect(breachSteps(pair, collateral, debt, debtSteps)).toBe(
            breachPrice(lending, account, 0, [1e8, debtSteps], [7, 6]),
          );
          const edge = exhaustSteps(pair, collateral, debt, debtSteps);
          if (edge >= 1) expect(pairExhausts(pair, collateral, debt, edge, debtSteps)).toBe(true);
          expect(pairExhausts(pair, collateral, debt, edge + 1, debtSteps)).toBe(false);
        },
      ),
      { seed, numRuns: 2_000 },
    );
  });

  it("limit: no collateral, no threshold, no value", () => {
    const pair = pairRule(rule(7_500, 0, 0, { kind: "all-collateral" }, false), 0, 1, [7, 6]);
    expect(breachSteps(pair, 0, 1, 1e8)).toBe(Number.POSITIVE_INFINITY);
    expect(breachSteps({ ...pair, thresholdBps: 0 }, 5, 1, 1e8)).toBe(Number.POSITIVE_INFINITY);
    expect(breachSteps(pair, 1, 5, 0)).toBe(-1);
    expect(breachSteps(pair, 1, 1e15, 1e8)).toBe(Number.POSITIVE_INFINITY);
  });
});
