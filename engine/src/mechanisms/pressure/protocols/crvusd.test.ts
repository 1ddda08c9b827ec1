import { describe, expect, it } from "vitest";
import { lenderCase, refusals, runLenderCase, type WrittenCase } from "../../../../../test/support/lender-case.js";
import { runWatched } from "../../../../../test/support/watched-mechanism.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
import { readScenario } from "../../../scenario/parse.js";
import { run } from "../../../study/paths.js";
import { openMarket } from "../../../study/plan-market.js";
import { whoTriggersWhom } from "../../../study/who-triggers-whom.js";
import type { CrvusdRows } from "./crvusd-rows.js";

const market = { protocol: "crvusd", amplification: 100, fee: "0.6%", loanDiscount: "9%", liquidationDiscount: "6%" };
const nothingElse = (): never => {
  throw new Error("no files");
};
/** A fall in a straight line over a day, which gives arbitrage the time that bands need. */
const slowly =
  (move: string) =>
  (scenario: WrittenCase): void => {
    scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: move }, over: "1 day" };
    scenario.clock = { tick: "5 min", duration: "26 h" };
  };
/** A fall within one block. */
const atOnce =
  (move: string) =>
  (scenario: WrittenCase): void => {
    scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: move }, over: "12 s" };
    scenario.clock = { tick: "12 s", duration: "10 min" };
  };
const acts = (rows: ReturnType<typeof runLenderCase>["rows"], act: number) =>
  rows.filter(({ kind, z }) => kind === tapeKinds.protocol && z === act);
/** Recorded prices: down and back. */
function downAndBack(scenario: WrittenCase): void {
  const layer = { source: "made", asOf: "2024-01-01T00:00:00Z", coverage: "all", coverageShare: 1, basis: "assumed" };
  const closes = [...Array(45).keys()].map((step) => 2000 - 8 * step);
  closes.push(...[...Array(50).keys()].map((step) => 1648 + 8 * step));
  const day = {
    version: 1,
    kind: "series",
    name: "day",
    layers: { made: layer },
    tables: {
      candles: {
        layer: "made",
        asset: "ETH",
        interval: "20 min",
        columns: ["start", "open USD", "high USD", "low USD", "close USD"],
        rows: closes.map((close, index) => {
          const open = closes[Math.max(0, index - 1)];
          const at = new Date(Date.UTC(2024, 0, 1) + index * 1_200_000).toISOString().replace(".000", "");
          return [at, open, Math.max(open, close), Math.min(open, close), close];
        }),
      },
    },
  };
  Object.assign(scenario, {
    series: { day },
    prices: { shock: { kind: "recorded", series: "day" }, spot: { kind: "spot-oracle" } },
    clock: { tick: "5 min", duration: "1900 min" },
  });
}

describe("crvUSD", () => {
  it("behavior: soft liquidation off: the account that arbitrage would have converted is liquidated", () => {
    const on = runLenderCase(market, slowly("-25%"));
    const off = runLenderCase({ ...market, softLiquidation: false }, slowly("-25%"));
    expect(on.measures.liquidatedAccounts).toBe(0);
    expect(off.measures.liquidatedAccounts).toBe(1);
    expect(acts(on.rows, protocolActs.softSale).length).toBeGreaterThan(10);
    // Wholly converted: all 100 ETH of the first account.
    expect(on.measures.seizedUsd).toBeCloseTo(200_000, 2);
    expect(on.measures.underwaterUsd).toBe(0);
  });

  it("behavior: a fall in one block sells the bands below the market: what a slow fall saves is missing", () => {
    const slow = runLenderCase(market, slowly("-45%"));
    const jump = runLenderCase(market, atOnce("-45%"));
    expect(slow.measures.underwaterUsd).toBe(0);
    expect(jump.measures.underwaterUsd).toBeGreaterThan(100_000);
    expect(jump.measures.keeperProfitUsd).toBeGreaterThan(50 * slow.measures.keeperProfitUsd);
  });

  it("behavior: smoothing off: whoever arbitrages a jump earns more, at the borrower's cost", () => {
    const on = runLenderCase(market, atOnce("-16%"));
    const off = runLenderCase({ ...market, oracleDelay: "0 s" }, atOnce("-16%"));
    const firstSale = (watched: typeof on) => acts(watched.rows, protocolActs.softSale)[0].tick;
    expect(off.measures.keeperProfitUsd).toBeGreaterThan(on.measures.keeperProfitUsd);
    expect(firstSale(on)).toBeGreaterThan(firstSale(off));
  });

  it("behavior: the bands' own fee off: whoever arbitrages a jump earns more", () => {
    const on = runLenderCase(market, atOnce("-45%"));
    const off = runLenderCase({ ...market, bandFeeShare: 0 }, atOnce("-45%"));
    expect(off.measures.keeperProfitUsd).toBeGreaterThan(on.measures.keeperProfitUsd);
    expect(off.measures.underwaterUsd).toBeGreaterThan(on.measures.underwaterUsd);
  });

  it("behavior: a higher fee: fewer conversions on the same way", () => {
    const low = runLenderCase({ ...market, fee: "0.1%" }, downAndBack);
    const high = runLenderCase({ ...market, fee: "4%" }, downAndBack);
    expect(low.measures.boughtUsd).toBeGreaterThan(high.measures.boughtUsd);
  });

  it("behavior: prices that come back: the bands buy back what they sold, less what the way cost", () => {
    const { rows, measures, kernel } = runLenderCase(market, downAndBack);
    const sum = (act: number) => acts(rows, act).reduce((total, { x }) => total + x, 0);
    const sold = sum(protocolActs.softSale);
    const bought = sum(protocolActs.softPurchase);
    expect(sold).toBeGreaterThan(50e7);
    expect(bought).toBeGreaterThan(0.9 * sold);
    expect(bought).toBeLessThan(sold);
    expect(measures.liquidatedAccounts).toBe(0);
    const amm = kernel.opened.accounts.findIndex(({ name }) => name === "lender/amm");
    expect(kernel.ledger.balance(amm, 0)).toBe(300e7 - sold + bought);
  });

  it("behavior: a part of a debt at a time: more calls, each leaving a loan", () => {
    const whole = runLenderCase({ ...market, softLiquidation: false }, slowly("-25%"));
    const parts = runLenderCase({ ...market, softLiquidation: false, fraction: "20%" }, slowly("-25%"));
    const calls = (watched: typeof whole) => watched.rows.filter(({ kind }) => kind === tapeKinds.liquidate).length;
    expect(calls(whole)).toBe(1);
    expect(calls(parts)).toBeGreaterThan(3);
  });

  it("behavior: interest makes the same loan unhealthy earlier", () => {
    const none = runLenderCase({ ...market, softLiquidation: false }, slowly("-25%"));
    const dear = runLenderCase({ ...market, softLiquidation: false, interest: "900%" }, slowly("-25%"));
    const first = (watched: typeof none) => watched.rows.findIndex(({ kind }) => kind === tapeKinds.order);
    const tickOf = (watched: typeof none) => watched.rows[first(watched)].tick;
    expect(tickOf(dear)).toBeLessThan(tickOf(none));
  });

  it("behavior: the arbitrageur trades what earns most, fee included, and never at a loss", () => {
    const plan = readScenario(lenderCase(market, downAndBack), nothingElse);
    const trades = { best: 0, notBest: 0, gained: 0, lost: 0 };
    let had = 0;
    runWatched<CrvusdRows>(plan, "lender", 1, 0, {
      decide(rows, at, inner) {
        inner(at);
        const { trade, planned, instrument } = rows;
        if (planned.units === 0) return;
        // Units of stablecoin that `share` of the trade would earn.
        const earns = (share: number) => {
          const units = Math.floor(planned.units * share);
          if (!trade.quote(Math.abs(units))) return Number.NEGATIVE_INFINITY;
          const cash = at.quoteCash(instrument, units);
          return units > 0 ? cash - trade.paid : trade.received - cash;
        };
        const best = Math.max(...[0.9, 0.99, 0.999, 1.001, 1.01, 1.1].map(earns));
        if (earns(1) >= best) trades.best++;
        else trades.notBest++;
      },
      settle(rows, at, inner) {
        const { units } = rows.planned;
        inner(at);
        if (!at.afterTrades || units === 0) return;
        const now = at.balance(rows.arbitrageur, rows.stable);
        if (now > had) trades.gained++;
        else trades.lost++;
        had = now;
      },
    });
    expect(trades).toEqual({ best: trades.gained, notBest: 0, gained: trades.gained, lost: 0 });
    expect(trades.gained).toBeGreaterThan(15);
  });

  it("behavior: an arbitrageur who asks for too much trades nothing; a slow one trades less at once", () => {
    const asks = { leastProfit: "1000000 USD" };
    const none = runLenderCase({ ...market, arbitrage: asks }, slowly("-15%"));
    expect(acts(none.rows, protocolActs.softSale)).toHaveLength(0);
    const fast = runLenderCase(market, slowly("-15%"));
    const slow = runLenderCase({ ...market, arbitrage: { speed: "1%" } }, slowly("-15%"));
    expect(slow.measures.seizedUsd).toBeLessThan(fast.measures.seizedUsd);
  });

  it("behavior: soft sales count as forced: by who triggers whom, and in the map", () => {
    const plan = readScenario(lenderCase(market, slowly("-25%")), nothingElse);
    expect(whoTriggersWhom(plan, 1).pushers[0].forcedUsd).toBe(run(plan, 1).measures.seizedUsd);
    const map = openMarket(plan);
    const ladder = map.ladders.find(({ mechanism }) => mechanism === "lender");
    const flow = (price: number) => {
      const into = {
        sold: new Float64Array(plan.book.instruments.length),
        bought: new Float64Array(plan.book.instruments.length),
        accounts: 0,
        repaidUsd: 0,
        badDebtUsd: 0,
      };
      const published = new Float64Array(8).fill(1e8);
      for (let feed = 0; feed < published.length; feed++) published[feed] = feed === 0 ? price * 1e8 : 1e8;
      ladder?.forced(published, into);
      let units = 0;
      ladder?.accounts(published, (account) => {
        units += account.units;
      });
      expect(Math.abs(units - (into.sold[0] - into.bought[0]))).toBeLessThan(10);
      return into;
    };
    let before = 0;
    for (let price = 2000; price > 600; price *= 0.97) {
      const { sold } = flow(price);
      expect(sold[0]).toBeGreaterThanOrEqual(before);
      before = sold[0];
    }
    // The run sold what the map said at the last price.
    expect(flow(1500).sold[0]).toBe(100e7);
    expect(flow(1950).sold[0]).toBe(0);
  });

  it("behavior: owners who repay keep their bands and are not liquidated", () => {
    const off = { ...market, softLiquidation: false };
    const owners = (scenario: WrittenCase) => {
      slowly("-25%")(scenario);
      scenario.pressure.owners = {
        kind: "owners",
        protocol: "lender",
        share: "100%",
        repays: "100%",
        repayment: "50%",
        actBelow: 1.1,
        reaction: "5 min",
      };
    };
    const acting = runLenderCase(off, owners);
    expect(runLenderCase(off, slowly("-25%")).measures.liquidatedAccounts).toBe(1);
    expect(acting.measures.rescuedAccounts).toBeGreaterThan(0);
    expect(acting.measures.liquidatedAccounts).toBe(0);
  });

  it("behavior: quoted in another coin than the stablecoin, both ways are settled at fair value", () => {
    const { measures, kernel } = runLenderCase(market, (scenario) => {
      downAndBack(scenario);
      scenario.book.assets.crvUSD = { price: "1 USD" };
      const accounts = scenario.book.positions.lender.accounts as { debt: string }[];
      for (const account of accounts) account.debt = account.debt.replace("USD", "crvUSD");
    });
    expect(measures.soldUsd).toBeGreaterThan(0);
    expect(measures.boughtUsd).toBeGreaterThan(0);
    expect(measures.keeperProfitUsd).toBeGreaterThan(0);
    const own = kernel.opened.accounts.findIndex(({ name }) => name === "lender/arbitrageur");
    expect(kernel.ledger.balance(own, 0)).toBe(0);
    expect(kernel.ledger.balance(own, 1)).toBe(0);
    expect(kernel.ledger.balance(own, 2)).toBeGreaterThan(0);
  });

  it("error: parameters and accounts that no market has, all at once", () => {
    expect(
      refusals({
        ...market,
        amplification: 1,
        fee: "50%",
        bands: 3,
        loanDiscount: "5%",
        largestOracleStep: 1,
        adminFee: "3%",
      }),
    ).toEqual([
      "band-count-out-of-range pressure.lender.bands",
      "amplification-out-of-range pressure.lender.amplification",
      "fee-out-of-range pressure.lender.fee",
      "admin-fee-in-v2 pressure.lender.adminFee",
      "loan-discount-below-liquidation-discount pressure.lender.loanDiscount",
      "oracle-step-not-above-one pressure.lender.largestOracleStep",
    ]);
    expect(refusals({ protocol: "crvusd" })).toEqual([
      "term-missing pressure.lender.amplification",
      "term-missing pressure.lender.fee",
      "term-missing pressure.lender.loanDiscount",
      "term-missing pressure.lender.liquidationDiscount",
    ]);
    expect(refusals({ ...market, bands: 51, basePrice: 0 })).toEqual([
      "band-count-out-of-range pressure.lender.bands",
      "base-price-not-positive pressure.lender.basePrice",
    ]);
    expect(refusals({ protocol: "crvusd", market: "mainnet-wbtc" })).toEqual([
      "market-other-collateral pressure.lender.market",
    ]);
    expect(refusals({ ...market, loanDiscount: "30%" })).toEqual(["debt-too-high pressure.lender.positions"]);
  });

  it("error: columns that are missing, bands that disagree or are too many, stablecoin without bands", () => {
    const table = (columns: readonly string[], rows: readonly unknown[]) => (scenario: WrittenCase) => {
      Object.assign(scenario.book.positions, { lender: { layer: "made", columns, rows } });
    };
    const whole = ["account", "collateral ETH", "collateral USD", "debt USD", "firstBand x", "lastBand x"];
    const refused = (columns: readonly string[], ...rows: readonly unknown[]) => refusals(market, table(columns, rows));
    expect(refused(["account", "collateral ETH"], ["a", 1])).toContain("column-missing pressure.lender.positions");
    expect(refused(whole.slice(0, 5), ["a", 1, 0, 100, 3])).toEqual(["column-missing pressure.lender.positions"]);
    expect(refused(whole, ["a", 1, 0, 100, 3, 4])).toEqual(["band-count-out-of-range pressure.lender.positions"]);
    expect(refused(whole, ["a", 1, 0, 100, 4000, 4009])).toEqual(["band-too-far pressure.lender.positions"]);
    expect(refused(whole, ["a", 0, 100, 100, 10, 19], ["b", 1, 0, 100, 5, 14])).toEqual([
      "bands-disagree pressure.lender.positions",
    ]);
    expect(refused(whole.slice(0, 4), ["a", 1, 50, 100])).toEqual(["bands-missing pressure.lender.positions"]);
    expect(refused(whole, ["a", 1, 0, 100, 5, 14])).toEqual([]);
  });
});
