import { describe, expect, it } from "vitest";
import { refusals, runLenderCase, type WrittenCase } from "../../../../../test/support/lender-case.js";
import { tapeKinds } from "../../../run/tape.js";

const spoke = { protocol: "aave-v4", threshold: { ETH: "83%" }, bonus: { ETH: "8%" } };
const atOnce = (moves: string) => (scenario: WrittenCase) => {
  scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: moves }, over: "0 s" };
};
const small = (scenario: WrittenCase) => {
  scenario.book.positions.lender.accounts = [{ account: "1", collateral: "1 ETH", debt: "1500 USD" }];
};

describe("Aave v4", () => {
  it("behavior: without a target all debt is repaid at once, and more is seized", () => {
    const target = runLenderCase(spoke, atOnce("-15%"));
    const whole = runLenderCase({ ...spoke, targetHealth: 1000 }, atOnce("-15%"));
    expect(target.measures.liquidatedAccounts).toBe(1);
    expect(whole.measures.seizedUsd).toBeGreaterThan(1.5 * target.measures.seizedUsd);
  });

  it("behavior: a higher target repays more", () => {
    const low = runLenderCase(spoke, atOnce("-15%"));
    const high = runLenderCase({ ...spoke, targetHealth: 1.2 }, atOnce("-15%"));
    expect(high.measures.seizedUsd).toBeGreaterThan(low.measures.seizedUsd);
  });

  it("behavior: the bonus that grows is smaller at first than the whole one", () => {
    const price = (factor: string) => {
      const { rows } = runLenderCase({ ...spoke, bonusFactor: factor, maxBonusHealth: 0.5 }, atOnce("-12%"));
      const first = rows.find(({ kind }) => kind === tapeKinds.liquidate);
      return (first?.x ?? 0) / (first?.y ?? 1);
    };
    expect(price("0%")).toBeLessThan(price("50%"));
    expect(price("50%")).toBeLessThan(price("100%"));
  });

  it("behavior: at and below the health of the largest bonus all of it is paid", () => {
    const seized = (health: number) =>
      runLenderCase({ ...spoke, bonusFactor: "0%", maxBonusHealth: health }, atOnce("-20%")).rows.find(
        ({ kind }) => kind === tapeKinds.liquidate,
      );
    const [early, late] = [seized(0.95), seized(0.5)];
    expect((early?.x ?? 0) / (early?.y ?? 1)).toBeGreaterThan((late?.x ?? 0) / (late?.y ?? 1));
  });

  it("behavior: dust is not left: a small debt is repaid whole; without the rule only up to the target", () => {
    const change = (scenario: WrittenCase) => {
      small(scenario);
      atOnce("-12%")(scenario);
    };
    const on = runLenderCase(spoke, change);
    const off = runLenderCase({ ...spoke, dust: "0 USD" }, change);
    const repaid = ({ rows }: typeof on) => rows.find(({ kind }) => kind === tapeKinds.liquidate)?.y ?? 0;
    expect(repaid(on)).toBe(1_500_000_000);
    expect(repaid(off)).toBeGreaterThan(0);
    expect(repaid(off)).toBeLessThan(1_000_000_000);
  });

  it("behavior: the protocol's share of the bonus leaves keepers less", () => {
    const guarded = (scenario: WrittenCase) => {
      atOnce("-15%")(scenario);
      scenario.guards = [{ kind: "keepers", name: "keepers", capital: "0 USD" }];
    };
    const none = runLenderCase({ ...spoke, protocolFee: 0 }, guarded);
    const half = runLenderCase({ ...spoke, protocolFee: "50%" }, guarded);
    expect(half.measures.keeperProfitUsd).toBeLessThan(none.measures.keeperProfitUsd);
  });

  it("behavior: debt without collateral is a deficit", () => {
    expect(runLenderCase(spoke, atOnce("-10%")).measures.badDebtUsd).toBe(0);
    expect(runLenderCase(spoke, atOnce("-45%")).measures.badDebtUsd).toBeGreaterThan(0);
  });

  it("error: everything wrong with the terms at once", () => {
    expect(
      refusals({
        protocol: "aave-v4",
        threshold: { ETH: "95%" },
        bonus: { ETH: "8%" },
        targetHealth: 0.9,
        maxBonusHealth: 1.2,
        bonusFactor: "150%",
        protocolFee: "120%",
      }),
    ).toEqual([
      "bonus-times-collateral-factor pressure.lender.bonus.ETH",
      "liquidation-fee-above-one pressure.lender.protocolFee",
      "target-health-below-one pressure.lender.targetHealth",
      "maximum-bonus-health-not-below-one pressure.lender.maxBonusHealth",
      "bonus-factor-above-one pressure.lender.bonusFactor",
    ]);
    expect(refusals({ protocol: "aave-v4" })).toEqual(["term-missing pressure.lender.threshold.ETH"]);
  });
});
