import { describe, expect, it } from "vitest";
import {
  type AccountHealth,
  breaches,
  breachPrice,
  health,
  type LendingRule,
  type LiquidationAmounts,
  liquidation,
} from "./lending.js";

const decimals = [7, 6];
const steps = (eth: number) => [eth * 1e8, 1e8];
const rule = (part: Partial<LendingRule> = {}): LendingRule => ({
  thresholdBps: [8_000, 0],
  bonusBps: [500, 0],
  penaltyBps: 0,
  protocolFeeBps: 0,
  size: { kind: "close-factor", steps: [{ healthBelowBps: 1_000_000, closeFactorBps: 10_000 }] },
  dustValue: 0,
  atEquality: false,
  ...part,
});
const account = (eth: number, usd: number) => ({ collateral: [eth * 1e7, 0], debt: [0, usd * 1e6] });

function liquidate(one: LendingRule, eth: number, usd: number, price: number): LiquidationAmounts {
  const at: AccountHealth = { weightedCollateral: 0, collateralValue: 0, debtValue: 0 };
  const into: LiquidationAmounts = {
    collateral: -1,
    debt: -1,
    seizeUnits: 0,
    feeUnits: 0,
    repayUnits: 0,
    debtUnits: 0,
    surplusUnits: 0,
  };
  health(one, account(eth, usd), steps(price), decimals, at);
  return liquidation(one, account(eth, usd), at, steps(price), decimals, into);
}

describe("lending", () => {
  it("default: the liquidator gets the repayment's worth and the bonus", () => {
    const done = liquidate(rule(), 10, 10_000, 1_200);
    expect(done.repayUnits).toBe(10_000e6);
    // 10,000 x 1.05 / 1,200 ETH, rounded down
    expect(done.seizeUnits).toBe(Math.floor((10_500 / 1_200) * 1e7));
  });

  it("behavior: half is repaid above 0.95 of health, all below (Aave v3 close factor)", () => {
    const size = {
      kind: "close-factor",
      steps: [
        { healthBelowBps: 9_500, closeFactorBps: 10_000 },
        { healthBelowBps: 1_000_000, closeFactorBps: 5_000 },
      ],
    } as const;
    expect(liquidate(rule({ size }), 10, 10_000, 1_240).debtUnits).toBe(5_000e6);
    expect(liquidate(rule({ size }), 10, 10_000, 1_180).debtUnits).toBe(10_000e6);
  });

  it("behavior: a target health is reached and hardly passed (VALIDATED: C = 100, D = 82, LT = 0.8, b = 5 %, h = 1.05 gives 29.047619)", () => {
    const size = { kind: "target-health", targetBps: 10_500 } as const;
    const done = liquidate(rule({ size }), 100, 82, 1);
    expect(done.debtUnits / 1e6).toBeCloseTo(29.047619, 5);
  });

  it("behavior: collateral that does not cover the debt pays it as far as it goes; the bonus stays with the liquidator", () => {
    const done = liquidate(rule(), 10, 10_000, 1_000);
    expect(done.seizeUnits).toBe(10e7);
    expect(done.repayUnits).toBe(Math.ceil((10_000e6 * 10_000) / 10_500));
  });

  it("behavior: the penalty comes after the debt: worth between debt and debt with penalty leaves no bad debt", () => {
    const maker = rule({ penaltyBps: 1_300, bonusBps: [300, 0] });
    // 10 ETH at 1,050 are worth 10,194 to the liquidator: debt 10,000 is covered, 1,300 of penalty are not.
    const done = liquidate(maker, 10, 10_000, 1_050);
    expect(done.seizeUnits).toBe(10e7);
    expect(done.debtUnits).toBe(10_000e6);
    expect(done.repayUnits - done.debtUnits).toBeGreaterThan(190e6);
    // Enough for both: debt and the whole penalty.
    const enough = liquidate(maker, 10, 10_000, 1_200);
    expect(enough.repayUnits).toBe(11_300e6);
    expect(enough.debtUnits).toBe(10_000e6);
  });

  it("behavior: with all collateral seized what is left over belongs to the owner", () => {
    const done = liquidate(rule({ size: { kind: "all-collateral" } }), 10, 10_000, 1_200);
    expect(done.seizeUnits).toBe(10e7);
    expect(done.debtUnits).toBe(10_000e6);
    expect(done.surplusUnits).toBe(done.repayUnits - 10_000e6);
  });

  it("behavior: the protocol's fee is its share of the bonus", () => {
    const done = liquidate(rule({ protocolFeeBps: 1_000 }), 10, 10_000, 1_200);
    const gross = done.seizeUnits + done.feeUnits;
    expect(done.feeUnits).toBe(Math.floor(((gross - Math.floor((gross * 10_000) / 10_500)) * 1_000) / 10_000));
  });

  it("behavior: a debt that would be left below the dust limit is repaid as well", () => {
    const size = { kind: "close-factor", steps: [{ healthBelowBps: 1_000_000, closeFactorBps: 5_000 }] } as const;
    expect(liquidate(rule({ size, dustValue: 4_000e6 }), 10, 10_000, 1_240).debtUnits).toBe(5_000e6);
    expect(liquidate(rule({ size, dustValue: 6_000e6 }), 10, 10_000, 1_240).debtUnits).toBe(10_000e6);
  });

  it("behavior: equality is decided by the rule alone", () => {
    expect(breaches(100, 100, false)).toBe(false);
    expect(breaches(100, 100, true)).toBe(true);
    expect(breaches(0, 0, true)).toBe(false);
  });

  it("behavior: the breach price is the highest whole step at which the account breaches", () => {
    const at: AccountHealth = { weightedCollateral: 0, collateralValue: 0, debtValue: 0 };
    const price = breachPrice(rule(), account(10, 10_000), 0, steps(2_000), decimals);
    const breached = (steps: number) => {
      health(rule(), account(10, 10_000), [steps, 1e8], decimals, at);
      return breaches(at.weightedCollateral, at.debtValue, false);
    };
    expect(breached(price)).toBe(true);
    expect(breached(price + 1)).toBe(false);
  });

  it("limit: at a price of zero everything is seized and nothing is repaid; near zero amounts stay whole", () => {
    expect(liquidate(rule(), 10, 10_000, 0)).toMatchObject({ seizeUnits: 10e7, repayUnits: 0, debtUnits: 0 });
    expect(liquidate(rule(), 10, 10_000, 1e-8).seizeUnits).toBe(10e7);
  });
});
