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

// ETH falls from 2,000 USD by 30 % within an hour, ticks of five minutes; vaults of 100 ETH owe 150,000, 120,000 and 40,000 USD.
const vaults = { protocol: "maker", liquidationRatio: "120%" };
type Run = ReturnType<typeof runLenderCase>;
const acts = ({ rows }: Run, act: number) => rows.filter(({ kind, z }) => kind === tapeKinds.protocol && z === act);
const nobodyBuys = (scenario: WrittenCase) => {
  scenario.guards = [{ name: "keepers", kind: "keepers", capital: "0 USD", gas: 0, leastProfit: "100000000 USD" }];
};
const keepersBuy = (scenario: WrittenCase) => {
  scenario.guards = [{ name: "keepers", kind: "keepers", capital: "0 USD", gas: 0, leastProfit: "10 USD" }];
};
const hourlyOracle = (scenario: WrittenCase) => {
  Object.assign(scenario.prices, { osm: { kind: "delayed-oracle", hop: "15 min" } });
  scenario.pressure.lender.oracle = "osm";
};

describe("Maker", () => {
  it("behavior: a vault is barked, its auction falls to the market and gives back what the tab does not need", () => {
    const run = runLenderCase({ ...vaults, liquidationRatio: "130%" }, (scenario) => {
      scenario.prices.shock.moves.ETH = "-8%";
    });
    expect(run.measures.liquidatedAccounts).toBe(1);
    expect(run.measures.badDebtUsd).toBe(0);
    const [kick] = acts(run, protocolActs.kick);
    // Debt and 13 %.
    expect([kick.x, kick.y]).toEqual([1e9, 169_500e6]);
    const [end] = acts(run, protocolActs.end);
    expect(end.x).toBeGreaterThan(0);
    expect(end.y).toBe(0);
    expect(end.tick).toBeGreaterThan(kick.tick);
    expect(run.measures.seizedUsd).toBeCloseTo((1e9 - end.x) * 2e-4, 6);
  });

  it("behavior: a limit on debt at auction sells the same vault in parts and later; without it all at once", () => {
    const free = runLenderCase(vaults, keepersBuy);
    const limited = runLenderCase({ ...vaults, auctionLimit: "60000 USD" }, keepersBuy);
    const global = runLenderCase({ ...vaults, globalAuctionLimit: "60000 USD" }, keepersBuy);
    expect(acts(free, protocolActs.kick)).toHaveLength(2);
    expect(acts(limited, protocolActs.kick).length).toBeGreaterThan(3);
    expect(acts(limited, protocolActs.kick)[0].y).toBeLessThanOrEqual(60_000e6);
    expect(global.measures).toEqual(limited.measures);
    const last = (run: Run) => Math.max(...acts(run, protocolActs.take).map(({ tick }) => tick));
    expect(last(limited)).toBeGreaterThan(last(free));
  });

  it("behavior: dust keeps a bark whole that the limit alone would cut", () => {
    const limited = { ...vaults, auctionLimit: "160000 USD" };
    const cut = runLenderCase(limited);
    const whole = runLenderCase({ ...limited, dust: "20000 USD" });
    expect(acts(cut, protocolActs.kick)[0].y).toBeLessThanOrEqual(160_000e6);
    expect(acts(whole, protocolActs.kick)[0].y).toBe(169_500e6);
  });

  it("behavior: a faster curve sells sooner", () => {
    const curve = (cut: string, step: string) =>
      acts(runLenderCase({ ...vaults, priceCurve: { kind: "stairstep", cut, step } }), protocolActs.take)[0].tick;
    expect(curve("97%", "30 s")).toBeLessThan(curve("99%", "90 s"));
    expect(curve("99%", "90 s")).toBeLessThan(curve("99%", "4 min"));
  });

  it("behavior: auctions that nobody takes start again after their time or below their floor; with both off never", () => {
    const count = (lender: object) =>
      acts(runLenderCase({ ...vaults, ...lender }, nobodyBuys), protocolActs.redo).length;
    expect(count({ resetAfter: "never", resetBelow: 0 })).toBe(0);
    const byTime = count({ resetAfter: "20 min", resetBelow: 0 });
    const byPrice = count({ resetAfter: "never", resetBelow: "90%" });
    expect(byTime).toBeGreaterThan(2);
    expect(byPrice).toBeGreaterThan(byTime);
  });

  it("behavior: the breaker stops later barks and resets, bidding goes on; off, nothing stops", () => {
    const terms = { ...vaults, breakerTolerance: "95%" };
    const on = runLenderCase(terms, hourlyOracle);
    const off = runLenderCase({ ...terms, breaker: "off" }, hourlyOracle);
    expect(acts(on, protocolActs.stop)).toHaveLength(1);
    expect(acts(off, protocolActs.stop)).toHaveLength(0);
    expect(acts(on, protocolActs.kick).length).toBeLessThan(acts(off, protocolActs.kick).length);
    expect(on.measures.underwaterUsd + on.measures.badDebtUsd).toBeGreaterThanOrEqual(0);
  });

  it("behavior: tip and chip come from nothing and go to the outside keeper; without them nobody is paid", () => {
    const paid = (lender: object) => {
      const { kernel } = runLenderCase({ ...vaults, ...lender }, keepersBuy);
      const account = kernel.opened.accounts.findIndex(({ role }) => role === "outside-keeper");
      return kernel.ledger.balance(account, 1);
    };
    expect(paid({})).toBe(0);
    // Two auctions: 300 USD each and a thousandth of 169,500 and 135,600 USD.
    expect(paid({ incentiveFlat: "300 USD", incentiveShare: "0.1%" })).toBe(600e6 + 169.5e6 + 135.6e6);
  });

  it("behavior: a lot that does not raise the debt is bad debt of what purchases lack, not of the penalty", () => {
    const run = runLenderCase(vaults, (scenario) => {
      scenario.prices.shock.moves.ETH = "-45%";
      scenario.prices.shock.over = "5 min";
    });
    const ends = acts(run, protocolActs.end);
    expect(ends.map(({ b, x }) => [b, x])).toEqual([
      [0, 0],
      [1, 0],
    ]);
    // What is left of a tab less the penalty: the debt that purchases did not raise.
    const lost = ends.reduce((sum, { b, y }) => sum + y - 0.13 * [150_000e6, 120_000e6][b], 0);
    expect(run.measures.badDebtUsd).toBeCloseTo(lost / 1e6, 3);
  });

  it("behavior: the debt asset counts one dollar whatever it trades at", () => {
    const owesDai = (dai: string) => (scenario: WrittenCase) => {
      Object.assign(scenario.book.assets, { DAI: { price: "1 USD" } });
      Object.assign(scenario.book.instruments, { "ETH/DAI": { asset: "ETH", quote: "DAI" } });
      scenario.prices.shock.moves.DAI = dai;
      for (const account of scenario.book.positions.lender.accounts as { debt: string }[])
        account.debt = account.debt.replace("USD", "DAI");
    };
    const kicks = (dai: string) =>
      acts(runLenderCase(vaults, owesDai(dai)), protocolActs.kick).map(({ tick, b, y }) => [tick, b, y]);
    // The first bark comes before any sale has moved the market.
    expect(kicks("-20%")[0]).toEqual(kicks("0%")[0]);
    expect(kicks("0%")).toHaveLength(2);
  });

  it("behavior: the map counts what auctions at the held price sell, and says so", () => {
    const plan = readScenario(lenderCase(vaults), () => {
      throw new Error("no files");
    });
    const market = openMarket(plan);
    const [ladder] = market.ladders;
    expect(ladder.pathFree).toBe(false);
    expect(ladder.method).toContain("cleared at the held price");
    const { shallowest } = solve(market, { moves: [-0.11, 0] });
    expect(shallowest.soldUnits[0]).toBeGreaterThan(0);
    // Less than the vault's 100 ETH: what is left over goes back.
    expect(shallowest.soldUnits[0]).toBeLessThan(1e9);
  });

  it("property: an auditor's own books agree after every round of 12 random scenarios (seed 11)", () => {
    let ends = 0;
    for (let index = 0; index < 12; index++) {
      const lender = {
        protocol: "maker",
        liquidationRatio: "131%",
        dust: "2000 USD",
        auctionLimit: "300000 USD",
        incentiveFlat: "300 USD",
        fee: "40%",
      };
      const owners = { owners: { kind: "owners", protocol: "lender", share: "60%", reaction: "5 min", repays: "50%" } };
      const keepers = [{ name: "keepers", kind: "keepers", capital: "0 USD", gas: 0, leastProfit: "1 USD" }];
      const plan = lendingPlan(11, index, {
        lender,
        leverage: [0.45, 0.75],
        ...(index % 2 === 0 ? { guards: keepers } : {}),
        ...(index % 3 === 0 ? { pressure: owners } : {}),
      });
      const kernel = new Kernel(
        runSetting(plan),
        new Tape(false, ({ kind, z }) => {
          if (kind === tapeKinds.protocol && z === protocolActs.end) ends++;
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
    expect(
      refusals({
        protocol: "maker",
        liquidationRatio: "105%",
        penalty: "13%",
        dust: "10 ETH",
        priceCurve: { kind: "stairstep", cut: "100%", step: "90 s" },
      }),
    ).toEqual([
      "unit-wrong pressure.lender.dust",
      "threshold-times-bonus pressure.lender.penalty",
      "auction-without-end pressure.lender.priceCurve.cut",
    ]);
    expect(refusals({ protocol: "maker" })).toEqual(["term-missing pressure.lender.liquidationRatio"]);
    expect(
      refusals(vaults, (scenario) => {
        Object.assign(scenario.book.assets, { BTC: { price: "40000 USD" } });
        (scenario.book.positions.lender.accounts[1] as { collateral: string }).collateral = "5 BTC";
      }),
    ).toEqual(["market-one-pair pressure.lender.collateral"]);
  });

  it("default: a market fills every term, and what is written stands above it", () => {
    const plan = readScenario(lenderCase({ protocol: "maker", market: "eth-b-2021-05-19", penalty: "10%" }), () => {
      throw new Error("no files");
    });
    expect(plan.mechanisms.find(({ name }) => name === "lender")?.params).toMatchObject({
      liquidationRatio: 1.3,
      penalty: 0.1,
      dust: { text: "15000 USD" },
      auctionLimit: { text: "8000000 USD" },
      startPrice: 1.3,
      priceCurve: { kind: "stairstep", cut: 0.99, stepMs: 90_000 },
      resetAfterMs: 8_400_000,
      resetBelow: 0.4,
      breakerTolerance: 0.5,
      basis: "assumed",
    });
  });
});
