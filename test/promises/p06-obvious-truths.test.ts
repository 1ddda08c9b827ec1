import { describe, expect, it } from "vitest";
import { type Measures, openRun, run } from "../../engine/src/index.js";
import { planOf } from "../support/generated-scenarios.js";
import { amountOf, type CascadeScenario, randomCascade, shuffled } from "../support/random-cascade.js";

/** 200 by default; the release figure is `FIREBREAK_CASES=10000 npx vitest run test/promises/p06-obvious-truths.test.ts`. */
const cases = Number(process.env.FIREBREAK_CASES ?? 200);
const seed = Number(process.env.FIREBREAK_SEED ?? 6);

/** Runs `check` on every random cascade; a failure names seed and index. */
function forAll(check: (scenario: CascadeScenario, index: number, where: string) => void): void {
  for (let index = 0; index < cases; index++) check(randomCascade(seed, index), index, `case ${index} of seed ${seed}`);
}

const measuresOf = (scenario: unknown): Measures => run(planOf(scenario), 1).measures;
const hashOf = (scenario: unknown): string => run(planOf(scenario), 1).tapeHash;

/** Units of ETH (1e-7) that were sold and the last price, from the kernel itself. */
function landing(scenario: unknown): { sold: number; price: number; rounds: number } {
  let sold = 0;
  let rounds = 0;
  const open = openRun(planOf(scenario), (row) => {
    if (row.kind !== 7) return;
    sold += row.x;
    rounds++;
  });
  open.run(1, 0);
  return { sold, price: open.kernel.middle(0), rounds };
}

describe("P06: obvious truths hold", () => {
  it("default: the random cascades liquidate somebody, and not always everybody", () => {
    let some = 0;
    let few = 0;
    forAll((scenario) => {
      const { liquidatedAccounts } = measuresOf(scenario);
      const all = Object.values(scenario.book.positions).reduce((sum, table) => sum + table.accounts.length, 0);
      if (liquidatedAccounts > 0) some++;
      if (liquidatedAccounts < all) few++;
    });
    expect(some).toBeGreaterThan(cases / 2);
    expect(few).toBeGreaterThan(cases / 2);
  });

  it("behavior: the order of rows in the file changes nothing", () => {
    forAll((scenario, index, where) => {
      const before = hashOf(scenario);
      for (const table of Object.values(scenario.book.positions))
        table.accounts = shuffled(table.accounts, seed, index);
      expect(hashOf(scenario), where).toBe(before);
    });
  });

  it("behavior: the order of protocols changes nothing", () => {
    forAll((scenario, _, where) => {
      const before = hashOf(scenario);
      scenario.book.positions = { second: scenario.book.positions.second, first: scenario.book.positions.first };
      scenario.pressure = { second: scenario.pressure.second, first: scenario.pressure.first };
      expect(hashOf(scenario), where).toBe(before);
    });
  });

  it("behavior: a position split in two sells the same, to one unit an operation", () => {
    forAll((scenario, index, where) => {
      const before = landing(scenario);
      const table = scenario.book.positions.first.accounts;
      const whole = table[index % table.length];
      // Even hundredths, so that both halves are whole hundredths.
      const coins = Math.max(0.02, Math.floor(amountOf(whole.collateral) * 50) / 50);
      const debt = Math.max(0.02, Math.floor(amountOf(whole.debt) * 50) / 50);
      whole.collateral = `${coins.toFixed(2)} ETH`;
      whole.debt = `${debt.toFixed(2)} USD`;
      const one = landing(scenario);
      whole.collateral = `${(coins / 2).toFixed(2)} ETH`;
      whole.debt = `${(debt / 2).toFixed(2)} USD`;
      table.push({ ...whole, account: "1000" });
      const two = landing(scenario);
      expect(before.sold).toBeGreaterThanOrEqual(0);
      // Every operation of every round may round one unit elsewhere; a unit is 1e-7 ETH.
      expect(Math.abs(two.sold - one.sold), where).toBeLessThanOrEqual(
        4 * (one.rounds + two.rounds + 1) * (table.length + 20),
      );
      expect(two.price / one.price, where).toBeCloseTo(1, 9);
    });
  });

  it("behavior: an empty position changes no measure", () => {
    forAll((scenario, _, where) => {
      const before = measuresOf(scenario);
      scenario.book.positions.second.accounts.push({ account: "2000", collateral: "0 ETH", debt: "0 USD" });
      expect(measuresOf(scenario), where).toEqual(before);
    });
  });

  it("behavior: all money doubled, depth with it: twice the units at the same price", () => {
    forAll((scenario, _, where) => {
      const before = landing(scenario);
      const twice = (quantity: string) => `${(amountOf(quantity) * 2).toFixed(2)} ${quantity.split(" ")[1]}`;
      for (const table of Object.values(scenario.book.positions)) {
        for (const account of table.accounts) {
          account.collateral = twice(account.collateral);
          account.debt = twice(account.debt);
        }
      }
      const { market } = scenario.book.venues;
      market.bids = market.bids.map(([move, units]) => [move, twice(units)]);
      market.asks = market.asks.map(([move, units]) => [move, twice(units)]);
      const after = landing(scenario);
      expect(after.price / before.price, where).toBeCloseTo(1, 6);
      expect(Math.abs(after.sold - 2 * before.sold), where).toBeLessThanOrEqual(Math.max(2_000, 1e-6 * after.sold));
    });
  });

  it("behavior: without a shock nothing trades", () => {
    forAll((scenario, _, where) => {
      scenario.prices.shock = { kind: "line", moves: { ETH: "0%" }, over: "30 min" };
      const { soldUsd, boughtUsd, liquidatedAccounts, waves } = measuresOf(scenario);
      expect([soldUsd, boughtUsd, liquidatedAccounts, waves], where).toEqual([0, 0, 0, 0]);
    });
  });

  it("behavior: a throttle of infinite capacity and an untripped breaker change nothing, to the bit", () => {
    forAll((scenario, _, where) => {
      const prices = (guards: unknown[]): number[] => {
        scenario.guards = guards;
        const seen: number[] = [];
        // Rows of every kind but the guards' own: mechanisms are named by index, and guards come last.
        openRun(
          planOf(scenario),
          (row) => row.kind !== 12 && seen.push(row.tick, row.round, row.kind, row.a, row.b, row.x, row.y, row.z),
        ).run(1, 0);
        return seen;
      };
      const none = prices([]);
      expect(prices([{ kind: "throttle", name: "throttle", share: "unlimited" }]), where).toEqual(none);
      expect(
        prices([
          {
            kind: "circuit-breaker",
            name: "breaker",
            instrument: "ETH/USD",
            move: "-99.9%",
            halt: "venue",
            duration: "10 min",
          },
        ]),
        where,
      ).toEqual(none);
    });
  });

  it("behavior: a deeper book never has more bad debt (one falling asset, full liquidation)", () => {
    forAll((scenario, _, where) => {
      for (const lender of Object.values(scenario.pressure)) lender.size = { rule: "all-collateral" };
      const shallow = measuresOf(scenario);
      const { market } = scenario.book.venues;
      market.bids = market.bids.map(([move, units]) => [move, `${(amountOf(units) * 2).toFixed(2)} ETH`]);
      market.asks = market.asks.map(([move, units]) => [move, `${(amountOf(units) * 2).toFixed(2)} ETH`]);
      const deep = measuresOf(scenario);
      expect(deep.badDebtUsd + deep.underwaterUsd, where).toBeLessThanOrEqual(
        shallow.badDebtUsd + shallow.underwaterUsd + 1e-6,
      );
    });
  });

  it("behavior: two assets that nothing links equal two runs", () => {
    forAll((scenario, index, where) => {
      const other = randomCascade(seed + 1, index);
      const asBtc = (quantity: string) => quantity.replace("ETH", "BTC");
      const joined = structuredClone(scenario);
      joined.lasting = other.lasting;
      scenario.lasting = other.lasting;
      joined.book.assets.BTC = { price: "2000 USD", unitDecimals: 7 };
      joined.book.instruments["BTC/USD"] = { asset: "BTC", quote: "USD" };
      joined.book.positions.third = {
        layer: "made",
        accounts: other.book.positions.first.accounts.map((account) => ({
          ...account,
          collateral: asBtc(account.collateral),
        })),
      };
      joined.book.venues.other = {
        ...other.book.venues.market,
        instrument: "BTC/USD",
        bids: other.book.venues.market.bids.map(([move, units]) => [move, asBtc(units)]),
        asks: other.book.venues.market.asks.map(([move, units]) => [move, asBtc(units)]),
      };
      joined.pressure.third = { ...other.pressure.first, threshold: { BTC: "85%" }, bonus: { BTC: "5%" } };
      (joined.prices.shock as { moves: Record<string, string> }).moves.BTC = (
        other.prices.shock as { moves: { ETH: string } }
      ).moves.ETH;
      const alone = measuresOf(scenario);
      const both = measuresOf(joined);
      const { second: _second, ...onlyFirst } = other.pressure;
      const { second: _table, ...onlyFirstTable } = other.book.positions;
      const rest = measuresOf({
        ...other,
        lasting: scenario.lasting,
        pressure: onlyFirst,
        book: { ...other.book, positions: onlyFirstTable },
      });
      expect(both.liquidatedAccounts, where).toBe(alone.liquidatedAccounts + rest.liquidatedAccounts);
      expect(both.soldUsd, where).toBeCloseTo(alone.soldUsd + rest.soldUsd, 3);
      expect(both.badDebtUsd, where).toBeCloseTo(alone.badDebtUsd + rest.badDebtUsd, 3);
    });
  });

  it("behavior: one venue split into two halves is the same market, to one unit an operation", () => {
    forAll((scenario, _, where) => {
      const even = (units: string) => `${(Math.floor(amountOf(units) * 50) / 50).toFixed(2)} ETH`;
      const half = (units: string) => `${(amountOf(units) / 2).toFixed(2)} ETH`;
      const { market } = scenario.book.venues;
      market.bids = market.bids.map(([move, units]) => [move, even(units)]);
      market.asks = market.asks.map(([move, units]) => [move, even(units)]);
      // Refill rounds per venue and tick; the question here is the merging.
      market.refill = "0 /h";
      scenario.lasting = "0%";
      const one = landing(scenario);
      const part = {
        ...market,
        bids: market.bids.map(([move, units]): [string, string] => [move, half(units)]),
        asks: market.asks.map(([move, units]): [string, string] => [move, half(units)]),
      };
      scenario.book.venues = { left: part, right: part };
      const two = landing(scenario);
      expect(two.price / one.price, where).toBeCloseTo(1, 9);
      expect(Math.abs(two.sold - one.sold), where).toBeLessThanOrEqual(4 * (one.rounds + two.rounds + 1) * 20);
    });
  });

  it("behavior: a mechanism that is paused equals one that is absent", () => {
    forAll((scenario, _, where) => {
      const before = measuresOf(scenario);
      scenario.pressure.zealous = { kind: "owners", protocol: "first", share: "0%", reaction: "2 min" };
      expect(measuresOf(scenario), where).toEqual(before);
    });
  });
});
