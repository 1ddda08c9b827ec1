import { describe, expect, it } from "vitest";
import { emptyFlow } from "../../../ladder/index.js";
import { type TapeRow, tapeKinds } from "../../../run/index.js";
import { parseScenario, readScenario } from "../../../scenario/parse.js";
import type { Measures } from "../../../study/measures.js";
import { openRun } from "../../../study/paths.js";
import { coinLongsAndShorts } from "../coin-margined/demonstration.js";
import type { CoinMarginedRows } from "../coin-margined/rows.js";
import type { ExchangeVariant } from "../perpetuals/demonstration.js";

const noFiles = (path: string): never => {
  throw new Error(path);
};

const inverse = { protocol: "inverse-perpetual", tiers: [{ maintenance: "1%" }], insuranceFund: "1000 USD" };
const deribit = { protocol: "deribit", market: "eth-inverse", insuranceFund: "1000 USD" };
const thin = {
  bids: [
    ["-1%", "3 ETH"],
    ["-30%", "60 ETH"],
  ],
  asks: [
    ["1%", "3 ETH"],
    ["30%", "60 ETH"],
  ],
  refill: "1 /h",
};

/** The exchange alone: without the lender of the small scenario. */
function opened(
  exchange: Readonly<Record<string, unknown>>,
  variant: ExchangeVariant,
  reader?: (row: TapeRow) => void,
) {
  const scenario = coinLongsAndShorts(exchange, variant) as { readonly pressure: Record<string, unknown> };
  delete scenario.pressure.lender;
  const plan = readScenario(scenario, noFiles);
  const { kernel, run } = openRun(plan, reader);
  const index = plan.mechanisms.findIndex(({ name }) => name === "exchange");
  return { plan, kernel, run, index, rows: kernel.opened.rows[index] as CoinMarginedRows };
}

function measured(exchange: Readonly<Record<string, unknown>>, variant: ExchangeVariant = {}): Measures {
  return opened(exchange, variant).run(1, 0).measures;
}

function problems(exchange: Readonly<Record<string, unknown>>, variant: ExchangeVariant = {}) {
  const parsed = parseScenario(coinLongsAndShorts(exchange, variant), noFiles);
  return "problems" in parsed ? parsed.problems.map(({ code, path }) => `${code} ${path.split(".").at(-1)}`) : [];
}

describe("inverse-perpetual, rule by rule", () => {
  it("behavior: a higher tier liquidates more accounts than none", () => {
    const flat = measured(inverse).liquidatedAccounts;
    const tiered = measured({ ...inverse, tiers: [{ maintenance: "1%" }, { fromCoins: 1, maintenance: "40%" }] });
    expect(tiered.liquidatedAccounts).toBeGreaterThan(flat);
  });

  it("behavior: with deleveraging less is sold than without, and no bad debt is left", () => {
    const none = measured({ ...inverse, deleveraging: "none" }, { levels: thin });
    for (const deleveraging of ["queue", "pro-rata"]) {
      const with_ = measured({ ...inverse, deleveraging }, { levels: thin });
      expect(with_.deleveragedAccounts).toBeGreaterThan(0);
      expect(with_.soldUsd).toBeLessThan(none.soldUsd);
      expect(with_.badDebtUsd).toBe(0);
    }
    expect(none.badDebtUsd).toBeGreaterThan(0);
  });

  it("behavior: a larger insurance fund pays more and leaves less bad debt", () => {
    const poor = measured({ ...inverse, deleveraging: "none", insuranceFund: "0 USD" }, { levels: thin });
    const rich = measured({ ...inverse, deleveraging: "none", insuranceFund: "10000000 USD" }, { levels: thin });
    expect(poor.insurancePaidUsd).toBe(0);
    expect(rich.insurancePaidUsd).toBeGreaterThan(0);
    expect(rich.badDebtUsd).toBeLessThan(poor.badDebtUsd);
  });

  it("behavior: what a round's longs may cost the fund is not promised to its shorts as well", () => {
    // At 2,000 the long lacks 4.3 coins and the short 4.8: a fund of 5 coins pays for one of them, and the rest of the other is deleveraged.
    const both = measured(
      { ...inverse, insuranceFund: "10000 USD" },
      {
        levels: { bids: [["-90%", "1000000 ETH"]], asks: [["900%", "1000000 ETH"]], refill: "0 /h" },
        rows: [
          ["long", 200000, 2100, 0.5],
          ["short", -200000, 1900, 0.5],
          ["long-winner", 400000, 1500, 200],
        ],
        small: { prices: { shock: { kind: "line", moves: { ETH: "0%" } } } },
      },
    );
    expect(both.badDebtUsd).toBe(0);
    expect(both.deleveragedAccounts).toBe(1);
    expect(both.insurancePaidUsd).toBeGreaterThan(8000);
  });

  it("behavior: parts of a contract that a throttle lets through add up: nothing is sold that closes nothing", () => {
    let cash = 0;
    const { run, rows } = opened(
      { ...inverse, contract: "10000 USD", deleveraging: "none" },
      {
        rows: [["long", 200000, 2000, 5]],
        levels: { bids: [["-50%", "60 ETH"]], asks: [["50%", "60 ETH"]], refill: "20 /h" },
        small: { guards: [{ kind: "throttle", share: "100%", protocol: "exchange" }] },
      },
      (row) => {
        if (row.kind === tapeKinds.liquidate) cash += row.y;
      },
    );
    run(1, 0);
    const closed = 20 - rows.table.size[0];
    expect(closed).toBeGreaterThan(0);
    expect(closed).toBe(Math.floor(cash / rows.contractCash));
  });

  it("behavior: contracts of fixed dollars sell more coins than a linear contract of the same opening size, for the price is lower", () => {
    const rows = [["long", 200000, 2000, 10]];
    const coin = measured(inverse, { rows });
    // 200,000 dollars at 2,000 are 100 coins; measures count coins at the opening price.
    expect(coin.soldUsd).toBeGreaterThan(200_000);
    expect(coin.liquidatedAccounts).toBe(1);
  });

  it("behavior: margin in the coin is reached by a smaller fall than margin in dollars of the same worth", () => {
    const { table } = opened(inverse, { rows: [["long", 200000, 2000, 10]] }).rows;
    // 10x long, maintenance 1 %: linear 2000 x 0.9 / 0.99 = 1818.18; inverse 2000 (1 + 0.01) 10 / 11 = 1836.36.
    expect(table.breachSteps[0] / 1e8).toBeCloseTo(1836.3636, 3);
  });

  it("limit: the map sells the contracts' dollars over the held price", () => {
    const { plan, kernel, index, rows } = opened(inverse, { rows: [["long", 200000, 2000, 10]] });
    const flow = emptyFlow(plan.book.instruments.length);
    const published = Float64Array.from(kernel.opened.feeds, (_, feed) => (feed === rows.quoteFeed ? 1e8 : 1600e8));
    kernel.opened.mechanisms[index].ladder?.(rows).forced(published, flow);
    expect(flow.sold[rows.instrument]).toBe(125e7);
    expect(flow.accounts).toBe(1);
    // 10 coins of margin, 25 of loss: 15 coins at 1,600 are missing.
    expect(flow.badDebtUsd).toBeCloseTo(24_000, 6);
  });

  it("error: every bad parameter is refused at once, with its own key", () => {
    const found = problems(
      {
        ...inverse,
        contract: "7 USD",
        tiers: [
          { fromCoins: 1, maintenance: "2%" },
          { fromCoins: 1, maintenance: "1%" },
        ],
        instrument: "ETH/USD",
      },
      { columns: ["account", "size USD", "entry USD", "margin USD"] },
    );
    for (const code of [
      "instrument-wrong instrument",
      "column-missing positions",
      "size-no-multiple positions",
      "tiers-start fromCoins",
      "tiers-overlap fromCoins",
      "tiers-fall maintenance",
    ])
      expect(found).toContain(code);
    expect(problems({ ...inverse, contract: "0 USD" }).length).toBe(1);
    // The quote coin has six decimals: a contract is whole units of it, or cash and account would count it differently.
    expect(problems({ ...inverse, contract: "0.0000001 USD" })).toContain("contract-no-multiple contract");
    expect(problems({ ...inverse, contract: "1.0000005 USD" })).toContain("contract-no-multiple contract");
    expect(problems({ ...deribit, contract: "0.0000001 USD" })).toContain("contract-no-multiple contract");
    const opened = problems(inverse, { rows: [["long", 200000, 0, 10]] });
    expect(opened).toEqual(["entry-not-positive positions"]);
  });
});

describe("deribit, rule by rule", () => {
  it("behavior: a liquidation ends where the margin is met again: less is sold than the whole position", () => {
    const rows = [["long", 2000000, 2000, 30]];
    const deep = { bids: [["-30%", "900000 ETH"]], asks: [["30%", "900000 ETH"]], refill: "1 /h" };
    const shock = { kind: "line", moves: { ETH: "-1.8%" }, over: "1 h" };
    const small: ExchangeVariant = { rows, levels: deep, small: { prices: { shock } } };
    const steps = measured(deribit, small);
    const whole = measured({ ...deribit, contractsPerStep: 2_000_000 }, small);
    expect(steps.liquidatedAccounts).toBe(1);
    expect(steps.soldUsd).toBeGreaterThan(0);
    expect(steps.soldUsd).toBeLessThan(whole.soldUsd * 0.9);
  });

  it("behavior: fewer steps a second sell later and less while the price stands below", () => {
    const fast = measured({ ...deribit, stepsPerSecond: 100 });
    const slow = measured({ ...deribit, stepsPerSecond: 0.01 });
    expect(slow.soldUsd).toBeLessThan(fast.soldUsd);
  });

  it("behavior: a rate that rises with size liquidates an account that a flat one leaves", () => {
    const rows = [["long", 2000000, 2000, 60]];
    const small: ExchangeVariant = {
      rows,
      small: { prices: { shock: { kind: "line", moves: { ETH: "-3%" }, over: "1 h" } } },
    };
    expect(measured({ ...deribit, perCoin: 0 }, small).liquidatedAccounts).toBe(0);
    expect(measured({ ...deribit, perCoin: "0.003%" }, small).liquidatedAccounts).toBe(1);
  });

  it("behavior: the fee goes to the fund, and losses beyond the fund are shared by winners, not written off", () => {
    const fundAfter = (fee: string) => {
      const shock = { kind: "line", moves: { ETH: "-9%" }, over: "1 h" };
      const { kernel, run, rows } = opened(
        { ...deribit, fee, insuranceFund: "0 USD" },
        { small: { prices: { shock } } },
      );
      run(1, 0);
      return kernel.ledger.balance(rows.fund, rows.coin);
    };
    expect(fundAfter("0.9%")).toBeGreaterThan(fundAfter("0%"));
    const fee = measured({ ...deribit, insuranceFund: "0 USD" }, { levels: thin });
    const alone = measured({ ...deribit, insuranceFund: "0 USD" }, { levels: thin, rows: [["long", 200000, 2000, 5]] });
    expect(alone.badDebtUsd).toBeGreaterThan(0);
    expect(fee.badDebtUsd).toBe(0);
  });

  it("error: every bad parameter is refused at once, with its own key", () => {
    expect(problems({ protocol: "deribit" })).toEqual([
      "term-missing contract",
      "term-missing maintenance",
      "term-missing contractsPerStep",
    ]);
    const found = problems({ ...deribit, highest: "0.1%", fee: "5%", contract: "3 USD" });
    for (const code of ["size-no-multiple positions", "rate-cap highest", "fee-above-maintenance fee"])
      expect(found).toContain(code);
  });
});
