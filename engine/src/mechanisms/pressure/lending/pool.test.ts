import { describe, expect, it } from "vitest";
import { refusals, runLenderCase, type WrittenCase } from "../../../../../test/support/lender-case.js";
import { lendingPlan } from "../../../../../test/support/protocol-scenarios.js";
import { runWatched } from "../../../../../test/support/watched-mechanism.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
import { type LendingState, owedUnits } from "./state.js";

const lender = { kind: "lending", threshold: { ETH: "85%" }, bonus: { ETH: "5%" }, protocolFee: "10%" };
const kinked = { model: "kinked", optimal: "90%", base: "0%", slope1: "4%", slope2: "60%" };

/** Prices stand still for five days; one account owes 84.8 % of what it holds. */
const fiveDays = (scenario: WrittenCase) => {
  scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: "0%" } };
  scenario.clock = { tick: "1 h", duration: "5 day" };
  scenario.book.positions.lender.accounts = [{ account: "1", collateral: "100 ETH", debt: "169600 USD" }];
};
/** ETH falls 60 % within an hour. */
const deepFall = (scenario: WrittenCase) => {
  scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: "-60%" } };
};

/** The lender's rows at the end of a run, by the scenario's assets: ETH, USD. */
function rowsOf({ kernel }: ReturnType<typeof runLenderCase>): LendingState {
  const at = kernel.opened.mechanisms.findIndex(({ name }) => name === "lender");
  return kernel.opened.rows[at] as LendingState;
}

describe("the lenders' side", () => {
  it.each([
    ["kinked", kinked],
    ["adaptive", { model: "adaptive", target: "4%" }],
  ])("behavior: %s: suppliers who withdraw raise the rate, which pushes an account over the edge", (_, interest) => {
    const run = (withdrawn: string) =>
      runLenderCase(
        {
          ...lender,
          interest,
          supplied: { USD: "400000 USD" },
          withdrawals: { USD: { amount: withdrawn, start: "2 h", over: "4 h" } },
        },
        fiveDays,
      );
    // 230,400 USD are there: less than half is lent out before, everything after.
    expect(run("0 USD").measures.liquidatedAccounts).toBe(0);
    expect(run("230400 USD").measures.liquidatedAccounts).toBe(1);
  });

  it.each<[string, Record<string, unknown>]>([
    ["aave-v3", { threshold: { ETH: "85%" }, bonus: { ETH: "5%" } }],
    ["aave-v4", { threshold: { ETH: "85%" }, bonus: { ETH: "5%" } }],
    ["compound-v3", { threshold: { ETH: "85%" }, liquidationFactor: { ETH: "93%" } }],
    ["euler-v2", { threshold: { ETH: "85%" } }],
    ["kamino", { threshold: { ETH: "85%" }, bonus: { ETH: "2%" }, maxBonus: { ETH: "10%" } }],
    ["morpho-blue", { lltv: "85%" }],
  ])("behavior: %s too charges by what is lent out", (protocol, terms) => {
    const run = (withdrawn: string) =>
      runLenderCase(
        {
          protocol,
          ...terms,
          interest: kinked,
          supplied: { USD: "400000 USD" },
          withdrawals: { USD: { amount: withdrawn, start: "2 h", over: "4 h" } },
        },
        fiveDays,
      );
    expect(run("0 USD").measures.liquidatedAccounts).toBe(0);
    const spiked = run("230400 USD");
    expect(spiked.measures.liquidatedAccounts).toBe(1);
    // What is borrowed is what the account still owes, but for interest that was rounded once for all and once for it.
    const rows = rowsOf(spiked);
    expect(Math.abs(rows.pool.borrowed[1] - owedUnits(rows, 0, 1))).toBeLessThan(200);
  });

  it("limit: one rate is charged whatever is lent out", () => {
    const owed = (interest: unknown) =>
      rowsOf(runLenderCase({ ...lender, interest, supplied: { USD: "169600 USD" } }, fiveDays)).pool.indices[1];
    const atKink = { model: "kinked", optimal: "50%", base: "10%", slope1: "0%", slope2: "0%" };
    // 120 hours at 10 % per year; a model compounds within the tick as well, half the square of a tick: 8e-9 over all.
    expect(owed("10%") / 1e12).toBeCloseTo((1 + 0.1 / 8760) ** 120, 9);
    expect(owed(atKink) / owed("10%")).toBeCloseTo(1, 7);
  });

  it("behavior: what suppliers ask for beyond the cash waits, and leaves as debt is repaid", () => {
    const withdrawals = { USD: { amount: "1000000 USD" } };
    const run = runLenderCase({ ...lender, supplied: { USD: "400000 USD" }, withdrawals });
    const paid = run.rows
      .filter(({ kind, z }) => kind === tapeKinds.protocol && z === protocolActs.withdraw)
      .map(({ y }) => y / 1e6);
    // 310,000 of 400,000 USD are lent out: the rest leaves at once, and every repayment after it.
    expect(paid[0]).toBe(90_000);
    expect(paid.length).toBeGreaterThan(1);
    const { pool } = rowsOf(run);
    const repaid = run.rows.filter(({ kind }) => kind === tapeKinds.liquidate).reduce((sum, { y }) => sum + y / 1e6, 0);
    expect(paid.reduce((sum, one) => sum + one, 0) + pool.cash[1] / 1e6).toBeCloseTo(90_000 + repaid, 5);
  });

  it("behavior: from a pool that is lent out nothing is seized: fewer liquidations, fewer sales, more loss in the end", () => {
    const run = (available: string | undefined) =>
      runLenderCase({ ...lender, ...(available === undefined ? {} : { available: { ETH: available } }) }, deepFall)
        .measures;
    const loss = ({ badDebtUsd, underwaterUsd }: ReturnType<typeof run>) => badDebtUsd + underwaterUsd;
    const unlimited = run(undefined);
    const enough = run("500 ETH");
    const some = run("50 ETH");
    const none = run("0 ETH");
    expect(enough).toEqual(unlimited);
    expect(enough.liquidatedAccounts).toBe(2);
    expect(some.seizedUsd).toBeGreaterThan(100_000);
    expect(some.seizedUsd).toBeLessThan(enough.seizedUsd);
    expect(none.liquidatedAccounts).toBe(0);
    expect(none.soldUsd).toBe(0);
    expect(some.soldUsd).toBeCloseTo(100_000, 5);
    // The protocol's fee is cut in proportion.
    expect(some.seizedUsd / some.soldUsd).toBeCloseTo(enough.seizedUsd / enough.soldUsd, 6);
    expect(loss(some)).toBeGreaterThan(loss(enough));
    expect(loss(none)).toBeGreaterThan(loss(some));
    expect(none.badDebtUsd).toBe(0);
    // 150,000 and 120,000 USD against 80,000 USD each.
    expect(none.underwaterUsd).toBeCloseTo(110_000, 0);
  });

  it("behavior: suppliers who leave before the fall stop liquidations, though everything was there at the opening", () => {
    const run = (amount: string) =>
      runLenderCase(
        { ...lender, available: { ETH: "500 ETH" }, withdrawals: { ETH: { amount, over: "5 min" } } },
        deepFall,
      ).measures;
    expect(run("0 ETH").liquidatedAccounts).toBe(2);
    expect(run("500 ETH").liquidatedAccounts).toBe(0);
  });

  it("behavior: what suppliers take out while an order stands, the order can no longer have, though no price moves", () => {
    const run = (amount: string) =>
      runLenderCase(
        { ...lender, available: { ETH: "500 ETH" }, withdrawals: { ETH: { amount, start: "30 min" } } },
        (scenario) => {
          scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: "-60%" }, over: "0 s" };
          scenario.guards = [
            { kind: "circuit-breaker", asset: "ETH", move: "-1%", halt: "liquidations", duration: "1 h", trips: 1 },
          ];
        },
      ).measures;
    expect(run("0 ETH")).toMatchObject({ orderedAccounts: 2, liquidatedAccounts: 2 });
    expect(run("500 ETH")).toMatchObject({ orderedAccounts: 2, liquidatedAccounts: 0 });
  });

  it("behavior: an order that nobody takes does not keep what is left of the pool from the next", () => {
    const run = (first: string) =>
      runLenderCase({ ...lender, available: { ETH: "50 ETH" } }, (scenario) => {
        deepFall(scenario);
        scenario.book.assets.DAI = { price: "1 USD" };
        // Nobody sells DAI: what is owed in it cannot be bought back.
        scenario.book.instruments["DAI/USD"] = { asset: "DAI", quote: "USD" };
        scenario.book.positions.lender.accounts = [
          { account: "first", collateral: "100 ETH", debt: `165000 ${first}` },
          { account: "second", collateral: "100 ETH", debt: "140000 USD" },
        ];
        scenario.guards = [{ name: "keepers", kind: "keepers", capital: "0 USD" }];
      });
    // Both breach; the first takes all 50 ETH where it can be sold, and else the second does.
    for (const first of ["USD", "DAI"]) expect(run(first).measures.soldUsd, first).toBeCloseTo(100_000, 5);
    const [inUsd, inDai] = ["USD", "DAI"].map(
      (first) => run(first).rows.find(({ kind }) => kind === tapeKinds.liquidate)?.b,
    );
    expect([inUsd, inDai]).toEqual([0, 1]);
  });

  it("behavior: an owner who closes takes no more than is there", () => {
    const run = (available: string) =>
      runLenderCase({ ...lender, available: { ETH: available } }, (scenario) => {
        scenario.book.positions.lender.accounts = [{ account: "1", collateral: "100 ETH", debt: "120000 USD" }];
        scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: "-20%" } };
        scenario.pressure.owners = {
          kind: "owners",
          protocol: "lender",
          share: "100%",
          reaction: "5 min",
          spread: "constant",
          actBelow: 1.35,
          repays: "0%",
          repayment: "100%",
        };
      });
    expect(run("100 ETH").measures.soldUsd).toBeGreaterThan(100_000);
    const short = run("10 ETH");
    expect(short.measures.soldUsd).toBeCloseTo(20_000, 5);
    expect(rowsOf(short).pool.cash[0]).toBe(0);
  });

  it("property: cash is what it was, and what was repaid, less what was seized; debts add up to what is lent out", () => {
    let liquidations = 0;
    let cut = 0;
    for (let index = 0; index < 24; index++) {
      const place = `scenario ${index}`;
      const plan = lendingPlan(1_987, index, {
        lender: {
          kind: "lending",
          threshold: { ETH: "83%", BTC: "80%", DAI: "75%" },
          bonus: { ETH: "5%", BTC: "6%", DAI: "2%" },
          protocolFee: "10%",
          size: { rule: "close-factor", steps: [{ healthBelow: 100, closeFactor: index % 2 === 0 ? "50%" : "100%" }] },
          interest: index % 3 === 0 ? { model: "adaptive", target: "50%" } : { ...kinked, slope2: "500%" },
          available: { USD: "500000 USD", DAI: "100000 DAI", ETH: index % 4 === 0 ? "5 ETH" : "100000 ETH" },
        },
        collaterals: ["ETH", "BTC", "DAI"],
        debts: ["USD", "DAI"],
        assetsPerAccount: 2,
      });
      const repaid = new Float64Array(4);
      const seized = new Float64Array(4);
      let rows: LendingState | undefined;
      runWatched<LendingState>(plan, "lender", 1_987, index, {
        opened: (opened) => {
          rows = opened;
        },
        settle(_, at, inner) {
          if (!at.afterTrades)
            for (let fill = 0; fill < at.fills.count; fill++) {
              const order = at.fills.order[fill];
              if (order < 0) continue;
              seized[at.standing.collateral[order]] += at.fills.seizeUnits[fill];
              repaid[at.standing.debt[order]] += at.fills.repayUnits[fill];
              liquidations++;
            }
          inner(at);
          for (const cash of rows?.pool.cash ?? []) expect(cash, place).toBeGreaterThanOrEqual(0);
        },
      });
      if (rows === undefined) throw new Error("rows were opened");
      const { pool, columns } = rows;
      for (let asset = 0; asset < 4; asset++) {
        if (!Number.isFinite(pool.cash[asset])) continue;
        expect(pool.cash[asset], place).toBe(pool.openingCash[asset] + repaid[asset] - seized[asset]);
        let owed = 0;
        if (rows.debt[asset].length > 0)
          for (let row = 0; row < columns.rowCount; row++) owed += owedUnits(rows, row, asset);
        // Interest is rounded once for all and once an account: a unit a tick, and a unit an account and call.
        expect(Math.abs(pool.borrowed[asset] - owed), place).toBeLessThan(240 + 12 * 40);
      }
      const eth = plan.book.assets.findIndex(({ symbol }) => symbol === "ETH");
      if (pool.cash[eth] === 0) cut++;
    }
    expect(liquidations).toBeGreaterThan(40);
    expect(cut).toBeGreaterThan(0);
  });

  it("behavior: a second path begins with the pool of the opening", () => {
    const { kernel, hash } = runLenderCase(
      {
        ...lender,
        interest: { model: "adaptive" },
        supplied: { USD: "400000 USD" },
        available: { ETH: "50 ETH" },
        withdrawals: { USD: { amount: "50000 USD", over: "1 h" } },
      },
      deepFall,
    );
    expect(kernel.run(1, 0).tapeHash).toBe(hash);
  });

  it("error: a rate that is no rate, and a model without what is supplied", () => {
    expect(refusals({ ...lender, interest: "2000%" })).toEqual(["number-out-of-range pressure.lender.interest"]);
    expect(refusals({ ...lender, interest: { model: "kinked", optimal: "90%" } })).toEqual([
      "value-missing pressure.lender.interest.slope1",
      "value-missing pressure.lender.interest.slope2",
    ]);
    expect(refusals({ ...lender, interest: { ...kinked, slope3: "1%" } })).toEqual([
      "unknown-key pressure.lender.interest.slope3",
    ]);
    expect(refusals({ ...lender, interest: kinked })).toEqual(["term-missing pressure.lender.supplied.USD"]);
    expect(refusals({ ...lender, interest: { model: "adaptive", least: "5%" }, supplied: { USD: "1e6 USD" } })).toEqual(
      ["initial-rate-out-of-bounds pressure.lender.interest.target"],
    );
    expect(refusals({ ...lender, withdrawals: { USD: { amount: "1 USD" } } })).toEqual([
      "term-missing pressure.lender.withdrawals.USD",
    ]);
  });
});
