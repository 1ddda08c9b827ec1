import { describe, expect, it } from "vitest";
import { lenderCase, refusals, runLenderCase, type WrittenCase } from "../../../../../test/support/lender-case.js";
import { solve } from "../../../map/index.js";
import { uniform } from "../../../math/index.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
import { readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { openMarket } from "../../../study/plan-market.js";

const market = { protocol: "compound-v3", threshold: { ETH: "85%" }, liquidationFactor: { ETH: "93%" } };
const keepers = [{ kind: "keepers", name: "keepers", capital: "0 USD", leastProfit: "100 USD" }];
const nothingElse = (): never => {
  throw new Error("no files");
};
const acts = (rows: ReturnType<typeof runLenderCase>["rows"], act: number) =>
  rows.filter(({ kind, z }) => kind === tapeKinds.protocol && z === act);

describe("Compound III", () => {
  it("behavior: reserves at their target keep the inventory; without a target all of it is sold", () => {
    const hoards = runLenderCase({ ...market, reserves: "1000000 USD", targetReserves: "500000 USD" });
    const sells = runLenderCase(market);
    expect(hoards.measures.liquidatedAccounts).toBe(2);
    expect(sells.measures.liquidatedAccounts).toBe(2);
    expect(hoards.measures.soldUsd).toBe(0);
    expect(sells.measures.soldUsd).toBe(400_000);
  });

  it("behavior: inventory is pro-cyclical: kept at the first absorption, sold into the fall once losses take reserves below their target", () => {
    // 700,000 - 150,000 is above the target, less 120,000 more is below it.
    const { rows } = runLenderCase({ ...market, reserves: "700000 USD", targetReserves: "500000 USD" });
    const absorbed = acts(rows, protocolActs.absorb);
    const bought = acts(rows, protocolActs.buy);
    expect(absorbed).toHaveLength(2);
    expect(absorbed[0].tick).toBeLessThan(absorbed[1].tick);
    expect(bought[0].tick).toBe(absorbed[1].tick);
    expect(bought.reduce((sum, { x }) => sum + x, 0)).toBe(absorbed[0].x + absorbed[1].x);
  });

  it("behavior: without a discount keepers buy nothing, with one they do", () => {
    const guarded = (scenario: WrittenCase) => {
      scenario.guards = keepers;
    };
    const none = runLenderCase({ ...market, storefrontPriceFactor: 0 }, guarded);
    const half = runLenderCase({ ...market, storefrontPriceFactor: "50%" }, guarded);
    expect(none.measures.soldUsd).toBe(0);
    expect(half.measures.soldUsd).toBeGreaterThan(0);
    expect(half.measures.keeperProfitUsd).toBeGreaterThan(0);
  });

  it("behavior: keepers buy in part what the depth pays for, and the rest stands at a new price", () => {
    const { rows } = runLenderCase({ ...market, storefrontPriceFactor: "50%" }, (scenario) => {
      scenario.guards = keepers;
      scenario.prices.shock.over = "0 s";
      Object.assign(scenario.book.venues.market as object, {
        bids: [
          ["-1%", "20 ETH"],
          ["-10%", "100 ETH"],
          ["-50%", "400 ETH"],
        ],
      });
    });
    const bought = acts(rows, protocolActs.buy);
    expect(bought.length).toBeGreaterThan(1);
    expect(new Set(bought.map(({ x, y }) => Math.round((1e6 * y) / x))).size).toBeGreaterThan(1);
  });

  it("behavior: the later the absorption, the larger the loss of reserves", () => {
    const fast = runLenderCase(market);
    const slow = runLenderCase({ ...market, absorb: { delay: "45 min" } });
    expect(fast.measures.badDebtUsd).toBe(0);
    expect(slow.measures.badDebtUsd).toBeGreaterThan(0);
    const first = (watched: typeof fast) => acts(watched.rows, protocolActs.absorb)[0].tick;
    expect(first(slow) - first(fast)).toBe(9);
  });

  it("behavior: nobody is absorbed before the delay is over", () => {
    expect(runLenderCase({ ...market, absorb: { delay: "3 h" } }).measures.liquidatedAccounts).toBe(0);
  });

  it("behavior: a lower liquidation factor credits less, and reserves lose more", () => {
    const high = runLenderCase({ ...market, absorb: { delay: "20 min" } });
    const low = runLenderCase({ ...market, liquidationFactor: { ETH: "86%" }, absorb: { delay: "20 min" } });
    expect(low.measures.badDebtUsd).toBeGreaterThan(high.measures.badDebtUsd);
  });

  it("behavior: run and map sell the same units where the storefront always sells, and where it keeps all (200 books)", () => {
    let sold = 0;
    let kept = 0;
    for (let index = 0; index < 200; index++) {
      let draw = 0;
      const between = (low: number, high: number) => low + (high - low) * uniform(7, index, 0, 9, draw++);
      const hoards = index % 4 === 0;
      const scenario = lenderCase(
        { ...market, ...(hoards ? { reserves: "900000000 USD", targetReserves: "1000 USD" } : {}) },
        (written) => {
          written.book.positions.lender.accounts = Array.from({ length: 8 }, (_, row) => {
            const coins = Math.floor(between(1, 300));
            return {
              account: `${row}`,
              collateral: `${coins} ETH`,
              debt: `${Math.floor(coins * between(600, 1690))} USD`,
            };
          });
          (written.book.venues.market as { refill: string }).refill = "0 /h";
          written.prices.shock = { ...written.prices.shock, moves: { ETH: `${-between(5, 40)}%` }, over: "0 s" };
          written.clock = { tick: "1 min", duration: "1 min", rounds: 500 };
        },
      );
      const plan = readScenario(scenario, nothingElse);
      const shock = plan.mechanisms.find(({ name }) => name === "shock")?.params as { moves: { share: number }[] };
      const open = openRun(plan);
      open.run(1, 0);
      const moves = plan.book.assets.map(({ symbol }) => (symbol === "ETH" ? shock.moves[0].share : 0));
      const { shallowest } = solve(openMarket(plan), { moves });
      expect(open.kernel.opened.depths[0].position(), `book ${index}`).toBe(shallowest.soldUnits[0]);
      if (hoards) kept++;
      else sold += shallowest.soldUnits[0] > 0 ? 1 : 0;
      const ladder = openMarket(plan).ladders.find(({ mechanism }) => mechanism === "lender");
      expect(ladder?.pathFree).toBe(!hoards);
    }
    expect(sold).toBeGreaterThan(100);
    expect(kept).toBe(50);
  });

  it("error: everything wrong with the terms at once", () => {
    expect(
      refusals({
        protocol: "compound-v3",
        threshold: { ETH: "85%" },
        liquidationFactor: { ETH: "80%" },
        targetReserves: "5 ETH",
        absorb: { delay: "7 min" },
      }),
    ).toEqual([
      "duration-no-multiple pressure.lender.absorb.delay",
      "unit-wrong pressure.lender.targetReserves",
      "threshold-times-bonus pressure.lender.liquidationFactor.ETH",
    ]);
    // A market whose base the book does not have: that, and what is wrong beside it.
    expect(refusals({ ...market, market: "mainnet-usdt", liquidationFactor: { ETH: "70%" } })).toEqual([
      "term-missing pressure.lender.base",
      "threshold-times-bonus pressure.lender.liquidationFactor.ETH",
    ]);
    expect(refusals({ protocol: "compound-v3" })).toEqual([
      "term-missing pressure.lender.threshold.ETH",
      "term-missing pressure.lender.liquidationFactor.ETH",
    ]);
    expect(
      refusals(market, (scenario) => {
        scenario.book.assets.DAI = { price: "1 USD" };
        scenario.book.instruments["DAI/USD"] = { asset: "DAI", quote: "USD" };
        scenario.book.positions.lender.accounts.push({ account: "4", collateral: "10 ETH", debt: "500 DAI" });
      }),
    ).toContain("one-base-asset pressure.lender.base");
  });
});
