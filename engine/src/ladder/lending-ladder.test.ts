import { describe, expect, it } from "vitest";
import type { LendingRule } from "../rules/lending.js";
import { clearFlow, emptyFlow, LendingLadder } from "./lending-ladder.js";

const rule: LendingRule = {
  thresholdBps: [8_000, 7_000, 0],
  bonusBps: [0, 0, 0],
  penaltyBps: 0,
  protocolFeeBps: 0,
  size: { kind: "all-collateral" },
  dustValue: 0,
  atEquality: false,
};

/** ETH (7 decimals) and WBTC (8) against dollars (6), three rows: ETH; ETH and WBTC; nothing but debt. */
function open(change: Partial<LendingRule> = {}, buy = -1): LendingLadder {
  return new LendingLadder({
    mechanism: "lending",
    rule: { ...rule, ...change },
    reactionMs: 0,
    rowCount: 4,
    collateral: [
      { asset: 0, values: Float64Array.of(10e7, 10e7, 0, 5e7) },
      { asset: 1, values: Float64Array.of(0, 1e8, 0, 0) },
    ],
    debt: [{ asset: 2, values: Float64Array.of(12_000e6, 35_000e6, 500e6, 0) }],
    unitDecimals: [7, 8, 6],
    openingSteps: Float64Array.of(2_000e8, 40_000e8, 1e8),
    feeds: Int32Array.of(0, 1, 2),
    routes: { sell: Int32Array.of(-1, -1, 0, -1, -1, 1, -1, -1, -1), buy: new Int32Array(9).fill(buy) },
    account: (row) => `account ${row}`,
  });
}

describe("LendingLadder", () => {
  it("default: nobody but bad debt at the opening, the ETH account below 1,500", () => {
    const ladder = open();
    const flow = emptyFlow(2);
    ladder.forced(Float64Array.of(2_000e8, 40_000e8, 1e8), flow);
    expect([flow.sold[0], flow.accounts, flow.badDebtUsd]).toEqual([0, 0, 500]);
    clearFlow(flow);
    ladder.forced(Float64Array.of(1_499e8, 40_000e8, 1e8), flow);
    expect([flow.sold[0], flow.accounts, flow.badDebtUsd]).toEqual([10e7, 1, 500]);
    expect(flow.repaidUsd).toBe(12_000);
  });

  it("behavior: the method says what was used, and why not the fast one", () => {
    const { method, pathFree } = open();
    expect(method).toContain("1 accounts of one collateral and one debt");
    expect(method).toContain("several collaterals or debts");
    expect(pathFree).toBe(false);
    expect(open({ size: { kind: "target-health", targetBps: 10_500 } }).method).toContain("target health");
    expect(
      open({ size: { kind: "close-factor", steps: [{ healthBelowBps: 10_000, closeFactorBps: 5_000 }] }, dustValue: 1 })
        .method,
    ).toContain("dust");
  });

  it("behavior: an account alone, and what it holds", () => {
    const ladder = open();
    const flow = emptyFlow(2);
    ladder.forcedOf(1, Float64Array.of(1_500e8, 14_000e8, 1e8), flow);
    expect([flow.sold[0], flow.sold[1]]).toEqual([10e7, 1e8]);
    expect(ladder.describe(1)).toEqual({
      account: "account 1",
      collateral: [
        { asset: 0, units: 10e7 },
        { asset: 1, units: 1e8 },
      ],
      debt: [{ asset: 2, units: 35_000e6 }],
    });
  });

  it("error: an asset with two columns on one side is our bug", () => {
    const column = { asset: 0, values: new Float64Array(1) };
    expect(
      () =>
        new LendingLadder({
          mechanism: "lending",
          rule,
          reactionMs: 0,
          rowCount: 1,
          collateral: [column, column],
          debt: [],
          unitDecimals: [7],
          openingSteps: Float64Array.of(1e8),
          feeds: Int32Array.of(0),
          routes: { sell: Int32Array.of(0), buy: Int32Array.of(-1) },
          account: () => "",
        }),
    ).toThrow("one column");
  });
});
