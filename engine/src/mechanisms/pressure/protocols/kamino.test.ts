import { describe, expect, it } from "vitest";
import { refusals, runLenderCase, type WrittenCase } from "../../../../../test/support/lender-case.js";
import { tapeKinds } from "../../../run/tape.js";

const market = { protocol: "kamino", threshold: { ETH: "80%" }, bonus: { ETH: "2%" }, maxBonus: { ETH: "10%" } };
const atOnce = (moves: string) => (scenario: WrittenCase) => {
  scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: moves }, over: "0 s" };
};
const liquidations = ({ rows }: ReturnType<typeof runLenderCase>) =>
  rows.filter(({ kind }) => kind === tapeKinds.liquidate);
const one = (collateral: string, debt: string) => (scenario: WrittenCase) => {
  scenario.book.positions.lender.accounts = [{ account: "1", collateral, debt }];
};

describe("Kamino", () => {
  it("equality: exactly at the unhealthy loan-to-value it is liquidated, a unit of debt less it is not", () => {
    const run = (debt: string) =>
      runLenderCase(market, (scenario) => {
        one("100 ETH", debt)(scenario);
        atOnce("0%")(scenario);
      }).measures.liquidatedAccounts;
    expect(run("160000 USD")).toBe(1);
    expect(run("159999.999999 USD")).toBe(0);
  });

  it("behavior: the close factor takes a fifth of the debt a call; without it everything at once", () => {
    const fifth = liquidations(runLenderCase(market, atOnce("-10%")));
    const whole = liquidations(runLenderCase({ ...market, closeFactor: "100%" }, atOnce("-10%")));
    expect(fifth[0].y).toBe(30_000_000_000);
    expect(whole[0].y).toBe(150_000_000_000);
  });

  it("behavior: above the insolvency-risk loan-to-value all of it goes at once", () => {
    // 150,000 of 160,000 dollars are 93.75 %.
    const low = liquidations(runLenderCase({ ...market, insolvencyRisk: "90%" }, atOnce("-20%")));
    const high = liquidations(runLenderCase({ ...market, insolvencyRisk: "95%" }, atOnce("-20%")));
    expect(low[0].y).toBe(150_000_000_000);
    expect(high[0].y).toBe(30_000_000_000);
  });

  it("behavior: the cap in dollars cuts a call; a large one does not", () => {
    const capped = liquidations(runLenderCase({ ...market, mostAtOnce: "10000 USD" }, atOnce("-10%")));
    expect(capped[0].y).toBe(10_000_000_000);
    expect(capped.length).toBeGreaterThan(liquidations(runLenderCase(market, atOnce("-10%"))).length);
  });

  it("behavior: a debt below the threshold is repaid whole", () => {
    const change = (scenario: WrittenCase) => {
      one("1 ETH", "1500 USD")(scenario);
      atOnce("-10%")(scenario);
    };
    expect(liquidations(runLenderCase({ ...market, wholeBelow: "2000 USD" }, change))[0].y).toBe(1_500_000_000);
    expect(liquidations(runLenderCase({ ...market, wholeBelow: "0 USD" }, change))[0].y).toBe(300_000_000);
  });

  it("behavior: the bonus grows with the loan-to-value, between its limits", () => {
    const bonus = (moves: string, terms: object = {}) => {
      const [first] = liquidations(runLenderCase({ ...market, ...terms }, atOnce(moves)));
      const price = 20 * (100 + Number.parseFloat(moves));
      return ((first.x / 1e7) * price) / (first.y / 1e6) - 1;
    };
    // 75 / 0.93 is 80.65 %: under the least bonus; 75 / 0.88 is 85.23 %: 5.23 %; 75 / 0.85 is 88.24 %.
    expect(bonus("-7%")).toBeCloseTo(0.02, 5);
    expect(bonus("-12%")).toBeCloseTo(75 / 88 - 0.8, 5);
    expect(bonus("-15%", { maxBonus: { ETH: "5%" } })).toBeCloseTo(0.05, 5);
  });

  it("behavior: a borrow factor makes an account unhealthy earlier", () => {
    const plain = runLenderCase(market, atOnce("-5%"));
    const weighted = runLenderCase({ ...market, borrowFactor: { USD: "110%" } }, atOnce("-5%"));
    expect(plain.measures.liquidatedAccounts).toBe(0);
    expect(weighted.measures.liquidatedAccounts).toBe(1);
  });

  it("behavior: the protocol's part of the bonus leaves keepers less; near insolvency the bonus is only what is left", () => {
    const guarded = (scenario: WrittenCase) => {
      atOnce("-12%")(scenario);
      scenario.guards = [{ kind: "keepers", name: "keepers", capital: "0 USD" }];
    };
    const none = runLenderCase(market, guarded);
    const half = runLenderCase({ ...market, protocolFee: "50%" }, guarded);
    expect(half.measures.keeperProfitUsd).toBeLessThan(none.measures.keeperProfitUsd);
    const low = runLenderCase({ ...market, badDebtBonus: 0 }, atOnce("-40%"));
    const high = runLenderCase({ ...market, badDebtBonus: "0.99%" }, atOnce("-40%"));
    expect(high.measures.badDebtUsd).toBeGreaterThan(low.measures.badDebtUsd);
  });

  it("error: everything wrong with the terms at once", () => {
    expect(
      refusals({
        protocol: "kamino",
        threshold: { ETH: "80.5%" },
        bonus: { ETH: "12%" },
        maxBonus: { ETH: "10%" },
        borrowFactor: { USD: "90%" },
        badDebtBonus: "2%",
        closeFactor: "0%",
        mostAtOnce: "1000.5 USD",
      }),
    ).toEqual([
      "percent-not-whole pressure.lender.threshold.ETH",
      "dollars-not-whole pressure.lender.mostAtOnce",
      "close-factor-out-of-range pressure.lender.closeFactor",
      "bonus-range-empty pressure.lender.bonus.ETH",
      "bad-debt-bonus-too-large pressure.lender.badDebtBonus",
      "borrow-factor-below-one pressure.lender.borrowFactor.USD",
    ]);
    expect(refusals({ protocol: "kamino" })).toEqual(["term-missing pressure.lender.threshold.ETH"]);
  });
});
