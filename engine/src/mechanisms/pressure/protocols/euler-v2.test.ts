import { describe, expect, it } from "vitest";
import { refusals, runLenderCase, type WrittenCase } from "../../../../../test/support/lender-case.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";

const vault = { protocol: "euler-v2", threshold: { ETH: "85%" } };

/** ETH falls so far, at once. */
const fall = (by: string) => (scenario: WrittenCase) => {
  scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: by }, over: "0 s" };
};
/** Prices stand still. */
const still = fall("0%");
/** Accounts with 100 ETH each, worth 200,000 USD, and these debts. */
const owing = (debts: readonly string[], then: (scenario: WrittenCase) => void) => (scenario: WrittenCase) => {
  scenario.book.positions.lender.accounts = debts.map((debt, row) => ({
    account: `${row}`,
    collateral: "100 ETH",
    debt,
  }));
  then(scenario);
};

describe("Euler v2", () => {
  it("equality: at the limit an account is liquidated, a unit below it is not", () => {
    expect(runLenderCase(vault, owing(["170000 USD"], still)).measures.liquidatedAccounts).toBe(1);
    expect(runLenderCase(vault, owing(["169999.999998 USD"], still)).measures.liquidatedAccounts).toBe(0);
  });

  it("behavior: at the limit the discount is nothing: collateral worth the debt is taken, and the account keeps the rest", () => {
    // 170,000 USD at 2,000 USD is 85 ETH.
    expect(runLenderCase(vault, owing(["170000 USD"], still)).measures.seizedUsd).toBe(170_000);
  });

  it("behavior: a lower cap of the discount seizes less, none seizes what is owed and no more", () => {
    // At 1,700 USD the collateral counts 144,500 of 160,000 USD: a health of 0.903, a discount of 9.7 %.
    const seized = (maxDiscount: string) =>
      runLenderCase({ ...vault, maxDiscount }, owing(["160000 USD"], fall("-15%"))).measures.seizedUsd;
    // In dollars at the opening: 160,000 / 0.903125 / 0.85, / 0.95 / 0.85, / 0.85; more than there is is all there is.
    expect(seized("15%")).toBe(200_000);
    expect(seized("5%")).toBeCloseTo(160_000 / 0.95 / 0.85, 1);
    expect(seized("0%")).toBeCloseTo(160_000 / 0.85, 1);
  });

  it("behavior: thresholds cut at once liquidate two accounts, on a ramp one within the same time, and none where nothing is cut", () => {
    const cut = (over: string) => ({ ...vault, ramps: { ETH: { to: "55%", start: "10 min", over } } });
    const liquidated = (lender: Record<string, unknown>) => runLenderCase(lender, still).measures.liquidatedAccounts;
    // Debts are 75, 60 and 20 per cent; half of four hours in, the ramp stands at about 71 %.
    expect(liquidated(cut("0 s"))).toBe(2);
    expect(liquidated(cut("4 h"))).toBe(1);
    expect(liquidated(vault)).toBe(0);
  });

  it("behavior: a ramp leaves owners the time that a cut does not", () => {
    const liquidated = (over: string) =>
      runLenderCase({ ...vault, ramps: { ETH: { to: "55%", start: "10 min", over } } }, (scenario) => {
        still(scenario);
        scenario.pressure.owners = {
          kind: "owners",
          protocol: "lender",
          share: "100%",
          reaction: "15 min",
          spread: "constant",
          actBelow: 1.05,
          repays: "100%",
          repayment: "100%",
        };
      }).measures;
    expect(liquidated("0 s").liquidatedAccounts).toBe(2);
    expect(liquidated("4 h").liquidatedAccounts).toBe(0);
    expect(liquidated("4 h").rescuedAccounts).toBeGreaterThan(0);
  });

  it("behavior: debt without collateral is socialised, and stays as under-water debt where the vault does not", () => {
    const run = (terms: Record<string, unknown>) =>
      runLenderCase({ ...vault, ...terms }, owing(["160000 USD"], fall("-60%")));
    const acts = ({ rows }: ReturnType<typeof run>) =>
      rows.filter(({ kind, z }) => kind === tapeKinds.protocol && z === protocolActs.socialise).length;
    const shared = run({});
    expect(shared.measures.badDebtUsd).toBeGreaterThan(80_000);
    expect(shared.measures.underwaterUsd).toBe(0);
    expect(acts(shared)).toBe(1);
    for (const terms of [{ socialise: false }, { minSocialisation: "160000.01 USD" }]) {
      const kept = run(terms);
      expect(kept.measures.badDebtUsd).toBe(0);
      expect(kept.measures.underwaterUsd).toBeCloseTo(shared.measures.badDebtUsd, 5);
      expect(acts(kept)).toBe(0);
    }
    expect(run({ minSocialisation: "160000 USD" }).measures.badDebtUsd).toBe(shared.measures.badDebtUsd);
  });

  it("behavior: a second path begins with the thresholds of the opening", () => {
    const { kernel, hash } = runLenderCase({ ...vault, ramps: { ETH: { to: "0%", over: "1 h" } } }, still);
    expect(kernel.run(1, 0).tapeHash).toBe(hash);
  });

  it("error: everything wrong is said at once", () => {
    const wrong = {
      ...vault,
      threshold: { USD: "90%" },
      maxDiscount: "100%",
      ramps: { ETH: { to: "70%" }, USD: { to: "95%", over: "1 h" } },
      supplied: { USD: "1000 USD" },
      available: { USD: "10 ETH" },
      interest: { model: "kinked", optimal: "99.5%", slope1: "10%", slope2: "5%" },
    };
    const owesDai = (scenario: WrittenCase) => {
      scenario.book.assets.DAI = { price: "1 USD" };
      scenario.book.positions.lender.accounts.push({ account: "4", collateral: "1 ETH", debt: "100 DAI" });
    };
    // Names that do not exist come first: the rest is asked once all are found.
    expect(refusals({ ...wrong, ramps: { GOLD: { to: "1%" } } }, owesDai)).toEqual([
      "unknown-asset pressure.lender.ramps.GOLD",
    ]);
    expect(refusals(wrong, owesDai).map((one) => one.replace("pressure.lender.", ""))).toEqual([
      "vault-one-asset positions",
      "vault-as-collateral threshold.USD",
      "term-missing threshold.ETH",
      "auction-without-end maxDiscount",
      "ramp-without-threshold ramps.ETH",
      "ramp-upwards ramps.USD.to",
      "kink-out-of-range interest.optimal",
      "slopes-fall interest.slope2",
      "unit-wrong available.USD",
      "choice-wrong available.USD",
      "supplied-below-borrowed supplied.USD",
      "term-missing supplied.DAI",
    ]);
  });
});
