import { describe, expect, it } from "vitest";
import { lenderCase, refusals, runLenderCase, type WrittenCase } from "../../../../../test/support/lender-case.js";
import { solve } from "../../../map/index.js";
import { uniform } from "../../../math/index.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
import { readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { openMarket } from "../../../study/plan-market.js";
import type { LendingState } from "../lending/state.js";
import type { FluidVault } from "./fluid-vault.js";

const vault = { protocol: "fluid", threshold: "85%", limit: "92%", penalty: "2%" };
const atOnce = (moves: string) => (scenario: WrittenCase) => {
  scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: moves }, over: "0 s" };
};
const accounts =
  (...written: readonly (readonly [string, string])[]) =>
  (scenario: WrittenCase) => {
    scenario.book.positions.lender.accounts = written.map(([collateral, debt], row) => ({
      account: `${row + 1}`,
      collateral,
      debt,
    }));
  };
const both =
  (...changes: readonly ((scenario: WrittenCase) => void)[]) =>
  (scenario: WrittenCase) => {
    for (const change of changes) change(scenario);
  };
const acts = ({ rows }: ReturnType<typeof runLenderCase>, act: number) =>
  rows.filter(({ kind, z }) => kind === tapeKinds.protocol && z === act);
const lender = ({ kernel }: ReturnType<typeof runLenderCase>) =>
  kernel.opened.rows[kernel.opened.mechanisms.findIndex(({ name }) => name === "lender")] as LendingState;
const nothingElse = (): never => {
  throw new Error("no files");
};

describe("Fluid", () => {
  it("behavior: positions of one tick lose the same share; the one above is brought down to them first", () => {
    const watched = runLenderCase(
      vault,
      both(accounts(["100 ETH", "160000 USD"], ["10 ETH", "15000 USD"], ["50 ETH", "75000 USD"]), atOnce("-13%")),
    );
    const [eth] = lender(watched).collateral;
    const lost = [1e9 - eth[0], 1e8 - eth[1], 5e8 - eth[2]];
    expect(lost[1]).toBeGreaterThan(0);
    expect(Math.abs(lost[2] - 5 * lost[1])).toBeLessThanOrEqual(5);
    expect(lost[0] / 1e9).toBeGreaterThan(lost[1] / 1e8);
  });

  it("behavior: a higher penalty takes more collateral for the same debt", () => {
    const price = (penalty: string) => {
      const [take] = acts(runLenderCase({ ...vault, penalty }, atOnce("-12%")), protocolActs.take);
      return take.x / take.y;
    };
    expect(price("5%") / price("0%")).toBeCloseTo(1.05, 6);
  });

  it("behavior: a lower threshold liquidates more", () => {
    const high = runLenderCase(vault, atOnce("-13%")).measures.seizedUsd;
    const low = runLenderCase({ ...vault, threshold: "80%" }, atOnce("-13%")).measures.seizedUsd;
    expect(high).toBeGreaterThan(0);
    expect(low).toBeGreaterThan(high);
  });

  it("behavior: above the limit a tick is absorbed whole; a limit farther away leaves it to liquidators", () => {
    const near = runLenderCase({ ...vault, limit: "86%" }, atOnce("-14%"));
    const far = runLenderCase(vault, atOnce("-14%"));
    expect(acts(near, protocolActs.absorb)).toHaveLength(1);
    expect(acts(far, protocolActs.absorb)).toHaveLength(0);
    expect(near.measures.seizedUsd).toBe(200_000);
    expect(far.measures.seizedUsd).toBeLessThan(200_000);
    // Worth more than its debt, it is sold at its own ratio.
    expect(acts(near, protocolActs.buy)).toHaveLength(1);
  });

  it("behavior: what is absorbed under water is bad debt and finds no buyer", () => {
    const watched = runLenderCase(vault, atOnce("-40%"));
    const absorbed = acts(watched, protocolActs.absorb);
    expect(absorbed).toHaveLength(2);
    expect(acts(watched, protocolActs.buy)).toHaveLength(0);
    // 100 ETH at 1,200 USD for 150,000 USD.
    expect(watched.measures.badDebtUsd).toBeCloseTo(30_000, 0);
    const state = lender(watched);
    expect((state.disposal as FluidVault).absorbed.collateral).toBe(2e9);
    expect(state.collateral[0][0] + state.collateral[0][1]).toBe(0);
  });

  it("behavior: an owner who repays stands on a lower tick, and every unit still is somebody's", () => {
    const owners = (scenario: WrittenCase) => {
      scenario.pressure.owners = {
        kind: "owners",
        protocol: "lender",
        share: "100%",
        reaction: "5 min",
        actBelow: 1.4,
        repays: "50%",
        repayment: "20%",
      };
    };
    const watched = runLenderCase(vault, both(owners, atOnce("-8%")));
    const state = lender(watched);
    const { levels } = state.disposal as FluidVault;
    expect(watched.measures.rescuedAccounts).toBeGreaterThan(1);
    expect(watched.measures.liquidatedAccounts).toBe(0);
    for (const level of levels) {
      const held = level.rows.reduce((sum, row) => sum + state.collateral[0][row], 0);
      expect(held).toBe(level.collateral);
    }
    expect(levels.flatMap(({ rows }) => rows).sort()).toEqual(
      [0, 1, 2].filter((row) => state.debt[1][row] > 0 && state.collateral[0][row] > 0),
    );
  });

  it("behavior: keepers take the pool's offer, or the part that pays", () => {
    const guarded = (scenario: WrittenCase) => {
      scenario.guards = [{ kind: "keepers", name: "keepers", capital: "0 USD" }];
    };
    const paid = runLenderCase(vault, both(guarded, atOnce("-13%")));
    const unpaid = runLenderCase({ ...vault, penalty: "0%" }, both(guarded, atOnce("-13%")));
    expect(paid.measures.keeperProfitUsd).toBeGreaterThan(0);
    expect(paid.measures.liquidatedAccounts).toBe(1);
    expect(unpaid.measures.liquidatedAccounts).toBe(0);
  });

  it("behavior: with prices held by depth without end, run and map sell the same units (100 books)", () => {
    let sold = 0;
    for (let index = 0; index < 100; index++) {
      let draw = 0;
      const between = (low: number, high: number) => low + (high - low) * uniform(11, index, 0, 9, draw++);
      const written = Array.from({ length: 8 }, () => {
        const coins = Math.floor(between(1, 300));
        return [`${coins} ETH`, `${Math.floor(coins * between(600, 1690))} USD`] as const;
      });
      const scenario = lenderCase(
        vault,
        both(accounts(...written), atOnce(`${-between(1, 40)}%`), (changed) => {
          const levels = (sign: string) => [
            [`${sign}0.00001%`, "1000000 ETH"],
            [`${sign}0.0001%`, "2000000 ETH"],
          ];
          Object.assign(changed.book.venues.market as object, { bids: levels("-"), asks: levels(""), refill: "0 /h" });
          changed.clock = { tick: "1 min", duration: "1 min", rounds: 1 };
        }),
      );
      const plan = readScenario(scenario, nothingElse);
      const shock = plan.mechanisms.find(({ name }) => name === "shock")?.params as { moves: { share: number }[] };
      const open = openRun(plan);
      open.run(1, 0);
      const moves = plan.book.assets.map(({ symbol }) => (symbol === "ETH" ? shock.moves[0].share : 0));
      const market = openMarket(plan);
      const { shallowest } = solve(market, { moves });
      const run = open.kernel.opened.depths[0].position();
      // Later rounds, at prices a hair lower, may add the hair.
      expect(Math.abs(shallowest.soldUnits[0] - run), `book ${index}`).toBeLessThanOrEqual(1e-4 * run + 10);
      if (run > 0) sold++;
      expect(market.ladders.find(({ mechanism }) => mechanism === "lender")?.pathFree).toBe(false);
    }
    expect(sold).toBeGreaterThan(50);
  });

  it("error: everything wrong with the terms at once", () => {
    expect(refusals({ protocol: "fluid", threshold: "85.05%", limit: "84%", penalty: "20%" })).toEqual([
      "thousandths-not-whole pressure.lender.threshold",
      "threshold-not-below-limit pressure.lender.threshold",
      "limit-and-penalty pressure.lender.limit",
      "above-ten-bits pressure.lender.penalty",
    ]);
    expect(
      refusals(vault, (scenario) => {
        scenario.book.assets.DAI = { price: "1 USD" };
        scenario.book.instruments["DAI/USD"] = { asset: "DAI", quote: "USD" };
        scenario.book.positions.lender.accounts.push({ account: "4", collateral: "10 ETH", debt: "500 DAI" });
      }),
    ).toEqual(["market-one-pair pressure.lender.debt"]);
  });
});
