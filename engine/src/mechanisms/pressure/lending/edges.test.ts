import { describe, expect, it } from "vitest";
import { watchScenario } from "../../../../../test/support/watched-cascade.js";
import { solve } from "../../../map/index.js";
import { tapeKinds } from "../../../run/tape.js";
import { readScenario } from "../../../scenario/parse.js";
import { openMarket } from "../../../study/plan-market.js";
import { oneAccountFalls } from "../../demonstrations.js";
import type { LendingState } from "./state.js";

interface Written {
  book: {
    assets: Record<string, unknown>;
    instruments: Record<string, unknown>;
    venues: Record<string, unknown>;
    positions: { lender: { accounts: unknown[] } };
  };
  prices: { shock: { moves: Record<string, string>; over: string }; late?: unknown };
  pressure: Record<string, Record<string, unknown>>;
  guards?: unknown[];
}

const nothingElse = (): never => {
  throw new Error("no files");
};

/** Runs the small scenario with the lender's accounts given; returns the lender's rows and the map's landing beside what was watched. */
function runLender(accounts: readonly unknown[], change: (scenario: Written) => void = () => {}) {
  const scenario = oneAccountFalls() as Written;
  scenario.book.positions.lender.accounts = [...accounts];
  change(scenario);
  const watched = watchScenario(scenario);
  const at = watched.kernel.opened.mechanisms.findIndex(({ name }) => name === "lender");
  const plan = readScenario(scenario, nothingElse);
  const moves = plan.book.assets.map(
    ({ symbol }) => Number.parseFloat(scenario.prices.shock.moves[symbol] ?? "0") / 100,
  );
  const rows = watched.kernel.opened.rows[at] as LendingState;
  return { ...watched, tape: watched.rows, rows, landing: solve(openMarket(plan), { moves }).shallowest };
}

/** Collateral and debt units of the first account that are not zero, by asset. */
const left = ({ collateral, debt }: LendingState) => [...collateral, ...debt].map((column) => column[0] ?? 0);

describe("lending, edges", () => {
  it("behavior: an owner who closes and a keeper never take the same collateral twice", () => {
    const { rows, kernel } = runLender([{ account: "1", collateral: "100 ETH", debt: "140000 USD" }], (scenario) => {
      scenario.pressure.lender.size = { rule: "close-factor", steps: [{ healthBelow: 100, closeFactor: "50%" }] };
      scenario.pressure.owners = {
        kind: "owners",
        protocol: "lender",
        share: "100%",
        reaction: "5 min",
        spread: "constant",
        actBelow: 1.2,
        repays: "0%",
        repayment: "50%",
      };
      scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: "-25%" }, over: "0 s" };
      // The owner sees the fall at once, the protocol a tick later: both act in the same tick.
      scenario.prices.late = { kind: "delayed-oracle", delay: "5 min" };
      scenario.pressure.lender.oracle = "late";
    });
    expect(rows.collateral[0][0]).toBeGreaterThanOrEqual(0);
    expect(left(rows).every((units) => units >= 0)).toBe(true);
    // What the row holds is what the protocol's account holds.
    expect(kernel.balance(rows.positions, 0)).toBe(rows.collateral[0][0]);
  });

  it("behavior: an order that no keeper takes does not stop its owner from closing", () => {
    const { rows, measures } = runLender([{ account: "1", collateral: "100 ETH", debt: "120000 USD" }], (scenario) => {
      scenario.pressure.lender.size = { rule: "all-collateral" };
      scenario.pressure.owners = {
        kind: "owners",
        protocol: "lender",
        share: "100%",
        reaction: "10 min",
        spread: "constant",
        actBelow: 1.001,
        repays: "0%",
        repayment: "50%",
      };
      scenario.guards = [{ name: "keepers", kind: "keepers", capital: "0 USD", leastProfit: "1000000 USD" }];
    });
    expect(measures.liquidatedAccounts).toBe(0);
    expect(measures.rescuedAccounts).toBe(1);
    expect(rows.debt[1][0]).toBe(0);
  });

  it("behavior: all collateral, several debts: what one debt does not need stands for the other", () => {
    const { rows, measures, landing } = runLender(
      [{ account: "1", collateral: "100 ETH", debt: ["50000 USD", "50000 DAI", "20000 EUR"] }],
      (scenario) => {
        scenario.book.assets.DAI = { price: "1 USD" };
        scenario.book.assets.EUR = { price: "1 USD" };
        scenario.pressure.lender.size = { rule: "all-collateral" };
      },
    );
    expect(measures.liquidatedAccounts).toBe(1);
    expect(measures.badDebtUsd).toBe(0);
    expect(landing.badDebtUsd).toBe(0);
    expect(rows.debt.reduce((sum, column) => sum + (column[0] ?? 0), 0)).toBeLessThan(120_000e6);
  });

  it("behavior: debt that nothing stands behind is written off at once, in the run as on the map", () => {
    const { rows, measures, landing } = runLender([
      { account: "1", collateral: "0 ETH", debt: "75000 USD" },
      { account: "2", collateral: "10 ETH", debt: "1 USD" },
    ]);
    expect(measures.badDebtUsd).toBe(75_000);
    expect(measures.underwaterUsd).toBe(0);
    expect(landing.badDebtUsd).toBe(75_000);
    expect(rows.debt[1][0]).toBe(0);
    expect(rows.collateral[0][1]).toBe(10e7);
  });

  it("limit: an account of a billion dollars is brought to a health target just above its threshold", () => {
    const { measures } = runLender([{ account: "1", collateral: "500000 ETH", debt: "800000000 USD" }], (scenario) => {
      scenario.pressure.lender = {
        kind: "lending",
        threshold: { ETH: "95%" },
        bonus: { ETH: "5%" },
        size: { rule: "target-health", target: 1.001 },
      };
    });
    expect(measures.orderedAccounts).toBe(1);
  });

  it("behavior: collateral is sold where somebody quotes, though another instrument pays in the very debt", () => {
    const { measures } = runLender([{ account: "1", collateral: "100 ETH", debt: "150000 DAI" }], (scenario) => {
      scenario.book.assets.DAI = { price: "1 USD" };
      scenario.book.instruments["ETH/DAI"] = { asset: "ETH", quote: "DAI" };
    });
    expect(measures.liquidatedAccounts).toBe(1);
  });

  it("behavior: collateral and debt in one asset are netted without a trade", () => {
    const { measures, rows, tape } = runLender(
      [{ account: "1", collateral: ["100 ETH", "20000 USD"], debt: ["91 ETH"] }],
      (scenario) => {
        scenario.pressure.lender = { kind: "lending", threshold: { ETH: "85%", USD: "90%" }, bonus: { ETH: "5%" } };
        scenario.prices.shock.moves = { ETH: "60%" };
      },
    );
    expect(measures.badDebtUsd).toBe(0);
    expect(rows.collateral[0][0]).toBeLessThan(100e7);
    expect(tape.some((row) => row.kind === tapeKinds.batch)).toBe(false);
  });

  it("behavior: a depegged dollar token and gold without a market make accounts liquidatable, and cost what they cost", () => {
    const { measures, rows } = runLender(
      [
        { account: "1", collateral: "100 ETH", debt: "70 XAU" },
        { account: "2", collateral: "100000 USD", debt: "80000 DAI" },
      ],
      (scenario) => {
        scenario.book.assets.XAU = { price: "1800 USD" };
        scenario.book.assets.DAI = { price: "1 USD" };
        scenario.pressure.lender.threshold = { ETH: "85%", USD: "85%" };
        scenario.prices.shock.moves = { ETH: "-30%", DAI: "40%" };
      },
    );
    expect(measures.liquidatedAccounts).toBe(2);
    expect(measures.badDebtUsd).toBe(0);
    // Without a bonus on dollars the second account keeps what its debt left at the price at which it broke, rounded.
    const [usd] = rows.collateral.filter((column) => (column[1] ?? 0) > 0);
    expect(usd[1] / 1e6).toBeGreaterThan(100_000 - 80_000 * 1.1);
  });
});
