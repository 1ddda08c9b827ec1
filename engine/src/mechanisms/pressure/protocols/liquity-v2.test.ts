import { describe, expect, it } from "vitest";
import { Auditor } from "../../../../../test/support/auditor.js";
import { lenderCase, refusals, runLenderCase, type WrittenCase } from "../../../../../test/support/lender-case.js";
import { lendingPlan } from "../../../../../test/support/protocol-scenarios.js";
import { solve } from "../../../map/index.js";
import { Kernel } from "../../../run/index.js";
import { protocolActs, Tape, tapeKinds } from "../../../run/tape.js";
import { readScenario } from "../../../scenario/parse.js";
import { runSetting } from "../../../scenario/plan.js";
import { openMarket } from "../../../study/plan-market.js";

// ETH falls from 2,000 USD by 30 % within an hour, ticks of five minutes; troves of 100 ETH owe 150,000, 120,000 and 40,000 USD.
const branch = { protocol: "liquity-v2", market: "weth", stabilityPool: "1000000 USD", within: "30 min" };
type Run = ReturnType<typeof runLenderCase>;
const acts = ({ rows }: Run, act: number) => rows.filter(({ kind, z }) => kind === tapeKinds.protocol && z === act);
const held = (run: Run, role: string, asset: number) =>
  run.kernel.opened.accounts.reduce(
    (sum, one, account) => (one.name === `lender/${role}` ? sum + run.kernel.ledger.balance(account, asset) : sum),
    0,
  );

describe("Liquity v2", () => {
  it("behavior: the pool burns the debt, gains 105 % of it in collateral, and the owner keeps a surplus", () => {
    const run = runLenderCase({ ...branch, depositorsSell: 0 });
    expect(run.measures.liquidatedAccounts).toBe(1);
    const [offset] = acts(run, protocolActs.offset);
    expect(offset.y).toBe(150_000e6);
    expect(held(run, "stability-pool", 1)).toBe(850_000e6);
    expect(held(run, "stability-pool", 0)).toBe(offset.x);
    // 100 ETH less half a per cent, less what 157,500 USD buy at the price of that moment.
    expect(held(run, "surplus", 0)).toBe(1e9 - 5e6 - offset.x);
    expect(run.measures.soldUsd).toBe(0);
    expect(run.measures.badDebtUsd).toBe(0);
  });

  it("behavior: what depositors sell is the only forced flow; more of it presses more, and later where they take longer", () => {
    const run = (share: string, within = "30 min") => runLenderCase({ ...branch, depositorsSell: share, within });
    expect(run("100%").measures.soldUsd).toBeCloseTo(2 * run("50%").measures.soldUsd, 2);
    expect(run("100%").measures.tradedUsd).toBeGreaterThan(150_000);
    expect(run("100%").measures.lowestPriceShare).toBeLessThan(run("0%").measures.lowestPriceShare);
    const last = (one: Run) =>
      Math.max(...one.rows.filter(({ kind }) => kind === tapeKinds.trade).map(({ tick }) => tick));
    expect(last(run("50%", "40 min"))).toBeGreaterThan(last(run("50%", "10 min")));
  });

  it("behavior: without a pool the others take the debt over, and one of them breaches of it", () => {
    const without = runLenderCase({ ...branch, stabilityPool: "0 USD" });
    const withPool = runLenderCase(branch);
    expect(acts(without, protocolActs.offset)).toHaveLength(0);
    expect(acts(without, protocolActs.redistribute).length).toBeGreaterThan(0);
    expect(without.measures.liquidatedAccounts).toBeGreaterThan(withPool.measures.liquidatedAccounts);
    expect(without.measures.soldUsd).toBe(0);
    expect(withPool.measures.soldUsd).toBeGreaterThan(0);
  });

  it("behavior: a pool too small pays its part but one BOLD, and the rest is redistributed", () => {
    const run = runLenderCase({ ...branch, stabilityPool: "60000 USD" });
    const [offset] = acts(run, protocolActs.offset);
    expect(offset.y).toBe(59_999e6);
    expect(acts(run, protocolActs.redistribute)[0].y).toBe(90_001e6);
    const all = runLenderCase({ ...branch, stabilityPool: "60000 USD", minimumInPool: "0 USD" });
    expect(acts(all, protocolActs.offset)[0].y).toBe(60_000e6 - 1);
  });

  it("behavior: a larger penalty leaves the owner less, compensation leaves the pool's owner less", () => {
    const surplus = (terms: object) => held(runLenderCase({ ...branch, ...terms }), "surplus", 0);
    expect(surplus({ poolPenalty: "8%" })).toBeLessThan(surplus({}));
    expect(surplus({ gasCompensation: 0 })).toBe(surplus({}) + 5e6);
    expect(surplus({ gasCompensationCap: "0.1 ETH" })).toBe(surplus({}) + 4e6);
    const taken = (penalty: string) =>
      acts(
        runLenderCase({ ...branch, stabilityPool: "0 USD", redistributionPenalty: penalty }),
        protocolActs.redistribute,
      )[0].x;
    expect(taken("10%")).toBeGreaterThan(taken("6%"));
  });

  it("behavior: the branch is shut down below its ratio, once", () => {
    const shut = runLenderCase({ ...branch, shutdownRatio: "180%" });
    expect(acts(shut, protocolActs.stop)).toHaveLength(1);
    expect(acts(runLenderCase(branch), protocolActs.stop)).toHaveLength(0);
  });

  it("behavior: depositors' losses are said where collateral is worth less than the debt it came for", () => {
    const crash = runLenderCase(branch, (scenario) => {
      scenario.prices.shock.moves.ETH = "-50%";
      scenario.prices.shock.over = "5 min";
    });
    const lost = acts(crash, protocolActs.socialise);
    expect(lost.length).toBeGreaterThan(0);
    // 150,000 USD against 99.5 ETH at 1,000 USD.
    expect(lost[0].y).toBe(150_000e6 - 99_500e6);
  });

  it("behavior: the last trove stays", () => {
    const run = runLenderCase({ ...branch, stabilityPool: "0 USD" }, (scenario: WrittenCase) => {
      scenario.prices.shock.moves.ETH = "-90%";
      scenario.prices.shock.over = "5 min";
    });
    expect(run.measures.liquidatedAccounts).toBe(2);
    expect(run.measures.underwaterUsd).toBeGreaterThan(0);
  });

  it("behavior: the map sells what depositors sell, and nothing of what others take over", () => {
    const sold = (terms: object) => {
      const plan = readScenario(lenderCase({ ...branch, ...terms }), () => {
        throw new Error("no files");
      });
      const market = openMarket(plan);
      expect(market.ladders[0].method).toContain("depositors sell");
      expect(market.ladders[0].reactionMs).toBe(1_800_000);
      return solve(market, { moves: [-0.2, 0] }).shallowest.soldUnits[0];
    };
    expect(sold({ stabilityPool: "0 USD" })).toBe(0);
    const half = sold({ depositorsSell: "50%" });
    expect(half).toBeGreaterThan(4e8);
    expect(sold({ depositorsSell: "100%" })).toBeGreaterThan(half);
  });

  it("property: an auditor's own books agree after every round of 12 random scenarios (seed 11)", () => {
    let ends = 0;
    for (let index = 0; index < 12; index++) {
      const lender = {
        protocol: "liquity-v2",
        market: "weth",
        stabilityPool: "300000 USD",
        within: "30 min",
        interest: "40%",
      };
      const owners = { owners: { kind: "owners", protocol: "lender", share: "60%", reaction: "5 min", repays: "50%" } };
      const keepers = [{ name: "keepers", kind: "keepers", capital: "0 USD", gas: 0, leastProfit: "1 USD" }];
      const plan = lendingPlan(11, index, {
        lender,
        leverage: [0.5, 0.89],
        ...(index % 2 === 0 ? { guards: keepers } : {}),
        ...(index % 3 === 0 ? { pressure: owners } : {}),
      });
      const kernel = new Kernel(
        runSetting(plan),
        new Tape(false, ({ kind, z }) => {
          if (kind === tapeKinds.protocol && z === protocolActs.redistribute) ends++;
        }),
      );
      const auditor = new Auditor(kernel);
      kernel.run(11, index);
      expect(auditor.findings, `scenario ${index}`).toEqual([]);
      expect(auditor.comparisons).toBeGreaterThan(200);
    }
    expect(ends).toBeGreaterThan(5);
  });

  it("error: all that is wrong is said at once", () => {
    expect(refusals({ ...branch, stabilityPool: "10 ETH", minimumRatio: "105%", redistributionPenalty: "3%" })).toEqual(
      ["unit-wrong pressure.lender.stabilityPool", "bonus-below-par pressure.lender.redistributionPenalty"],
    );
    expect(refusals({ protocol: "liquity-v2" })).toEqual(["term-missing pressure.lender.minimumRatio"]);
  });
});
