import { describe, expect, it } from "vitest";
import { Auditor } from "../../../../../test/support/auditor.js";
import { lenderCase, refusals, runLenderCase, type WrittenCase } from "../../../../../test/support/lender-case.js";
import { lendingPlan } from "../../../../../test/support/protocol-scenarios.js";
import { bucketPrice, isCollateralized } from "../../../exact/ajna/index.js";
import { powerOfTen } from "../../../exact/rounding.js";
import { solve } from "../../../map/index.js";
import { uniform } from "../../../math/index.js";
import { AjnaRule } from "../../../rules/ajna.js";
import { compareSums } from "../../../rules/exact-sum-order.js";
import { Kernel } from "../../../run/index.js";
import { protocolActs, Tape, tapeKinds } from "../../../run/tape.js";
import { readScenario } from "../../../scenario/parse.js";
import { runSetting } from "../../../scenario/plan.js";
import { openMarket } from "../../../study/plan-market.js";

// ETH falls from 2,000 USD by 30 % within an hour, ticks of five minutes; loans of 100 ETH owe 150,000, 120,000 and 40,000 USD.
const pool = {
  protocol: "ajna",
  deposits: [
    { price: "1900 USD", amount: "250000 USD" },
    { price: "1700 USD", amount: "150000 USD" },
  ],
};
type Run = ReturnType<typeof runLenderCase>;
const acts = ({ rows }: Run, act: number) => rows.filter(({ kind, z }) => kind === tapeKinds.protocol && z === act);
const lasting = (duration: string) => (scenario: WrittenCase) => {
  scenario.clock = { tick: "5 min", duration };
};
const halfDay = lasting("12 h");
const nobodyTakes = (duration: string) => (scenario: WrittenCase) => {
  scenario.clock = { tick: "20 min", duration };
  scenario.guards = [{ name: "keepers", kind: "keepers", capital: "0 USD", gas: 0, leastProfit: "100000000 USD" }];
};

describe("Ajna", () => {
  it("behavior: lenders who follow the price have loans kicked; where they stay nobody is, however far it falls", () => {
    const follow = runLenderCase(pool, halfDay);
    const stay = runLenderCase({ ...pool, lenders: { follow: false } }, halfDay);
    expect(follow.measures.liquidatedAccounts).toBe(2);
    expect(stay.measures.liquidatedAccounts).toBe(0);
    expect(stay.measures.underwaterUsd).toBeGreaterThan(9_000);
  });

  it("behavior: the later lenders act, the later the kick, tick for tick", () => {
    const firstKick = (delay: string) =>
      acts(runLenderCase({ ...pool, lenders: { delay } }, halfDay), protocolActs.kick)[0].tick;
    expect(firstKick("30 min") - firstKick("0 s")).toBe(6);
  });

  it("behavior: an auction comes down from 256 times its reference and sells when the market pays: hours after its kick", () => {
    const run = runLenderCase(pool, halfDay);
    const [kick] = acts(run, protocolActs.kick);
    const [take] = acts(run, protocolActs.take);
    // About six hours: 72 ticks.
    expect(take.tick - kick.tick).toBeGreaterThan(60);
    expect(take.tick - kick.tick).toBeLessThan(84);
    const paidPerCoin = take.y / 1e6 / (take.x / 1e7);
    expect(paidPerCoin).toBeGreaterThan(1_200);
    expect(paidPerCoin).toBeLessThan(1_400);
  });

  it("behavior: a loan that is not underwater gets back what its auction did not need", () => {
    const run = runLenderCase(pool, halfDay);
    const [end] = acts(run, protocolActs.end).filter(({ b }) => b === 1);
    expect(end.x).toBeGreaterThan(0);
    expect(end.y).toBe(0);
  });

  it("behavior: nobody can take in the tick of the kick, nor before; without keepers' profit nobody takes at all", () => {
    const run = runLenderCase(pool, nobodyTakes("40 h"));
    expect(acts(run, protocolActs.kick)).toHaveLength(2);
    expect(acts(run, protocolActs.take)).toHaveLength(0);
    expect(run.measures.soldUsd).toBe(0);
  });

  it("behavior: after 72 hours the pool settles: lenders take the collateral at their own price, not before", () => {
    const before = runLenderCase(pool, nobodyTakes("72 h"));
    const after = runLenderCase(pool, nobodyTakes("80 h"));
    expect(acts(before, protocolActs.socialise)).toHaveLength(0);
    const [first, second] = acts(after, protocolActs.socialise);
    expect([first.b, second.b]).toEqual([0, 1]);
    const [kick] = acts(after, protocolActs.kick);
    // The first tick of 20 minutes that is more than 72 hours later.
    expect(first.tick - kick.tick).toBe(217);
    expect(after.measures.badDebtUsd).toBeGreaterThan(9_000);
  });

  it("behavior: reserves pay before deposits are cancelled, up to half the fee on borrowing", () => {
    const falls = (scenario: WrittenCase) => {
      halfDay(scenario);
      scenario.prices.shock.moves.ETH = "-45%";
    };
    const cancelled = (reserves: string) =>
      acts(runLenderCase({ ...pool, reserves }, falls), protocolActs.socialise).reduce((sum, { y }) => sum + y, 0);
    const without = cancelled("0 USD");
    const withReserves = cancelled("50000 USD");
    expect(without).toBeGreaterThan(0);
    expect(withReserves).toBeLessThan(without);
    // 5 % a year: a week's interest is a thousandth, half of it of the two loans' 270,000 USD.
    expect(without - withReserves).toBeLessThan(136e6);
  });

  it("behavior: the bond comes from outside, and grows where takers pay less than the neutral price", () => {
    const run = runLenderCase(pool, halfDay);
    const paid = acts(run, protocolActs.take).reduce((sum, { y }) => sum + y, 0);
    const balance = (role: string) => {
      const account = run.kernel.opened.accounts.findIndex((one) => one.role === role);
      return run.kernel.ledger.balance(account, 1);
    };
    // What neither lenders nor reserves have of it the kicker has: at most 1.118 % of what takers pay.
    const gained = paid - balance("lenders") - balance("reserves");
    expect(balance("auction")).toBe(0);
    expect(gained).toBeGreaterThan(0);
    expect(gained).toBeLessThanOrEqual(0.01119 * paid);
  });

  it("behavior: a higher rate puts neutral and reference price higher, and the auction sells later", () => {
    const firstTake = (interest: string) =>
      acts(runLenderCase({ ...pool, interest }, lasting("16 h")), protocolActs.take)[0].tick;
    expect(firstTake("200%")).toBeGreaterThan(firstTake("1%"));
  });

  it("behavior: interest alone lets a loan be kicked at a price that stands still", () => {
    // The bucket below 1,570 USD is above 1,562.1, and 1.04 x 1,500 are 1,560.
    const at1562 = { deposits: [{ price: "1570 USD", amount: "400000 USD" }], lenders: { follow: false } };
    const still = (interest: string | number) =>
      runLenderCase({ ...pool, ...at1562, interest }, (scenario) => {
        lasting("48 h")(scenario);
        scenario.prices.shock.moves.ETH = "-0.01%";
      });
    expect(acts(still(0), protocolActs.kick)).toHaveLength(0);
    expect(acts(still("200%"), protocolActs.kick).length).toBeGreaterThan(0);
  });

  it("behavior: keepers take parts where depth pays for no more, and the rest goes on at a lower price", () => {
    const run = runLenderCase(pool, (scenario) => {
      halfDay(scenario);
      scenario.guards = [{ name: "keepers", kind: "keepers", capital: "0 USD", gas: 0, leastProfit: "10 USD" }];
      Object.assign(scenario.book.venues.market as object, {
        bids: [
          ["-1%", "10 ETH"],
          ["-10%", "40 ETH"],
          ["-50%", "200 ETH"],
        ],
      });
    });
    const takes = acts(run, protocolActs.take).filter(({ b }) => b === 0);
    expect(takes.length).toBeGreaterThan(2);
    const prices = takes.map(({ x, y }) => y / x);
    expect(prices[prices.length - 1]).toBeLessThan(prices[0]);
  });

  it("behavior: the map counts what auctions would sell at a held price, nothing where lenders stay", () => {
    const sold = (lender: Readonly<Record<string, unknown>>) => {
      const plan = readScenario(lenderCase(lender), () => {
        throw new Error("no files");
      });
      const market = openMarket(plan);
      expect(market.ladders[0].pathFree).toBe(false);
      expect(market.ladders[0].method).toContain("held price");
      return solve(market, { moves: [-0.15, 0] }).shallowest.soldUnits[0];
    };
    expect(sold({ ...pool, lenders: { follow: false } })).toBe(0);
    expect(sold(pool)).toBeGreaterThan(0);
    // Two loans of 100 ETH at most.
    expect(sold(pool)).toBeLessThanOrEqual(2e9);
  });

  it("property: an auditor's own books agree after every round of 12 random scenarios, owners and keepers included (seed 11)", () => {
    let ends = 0;
    let settlements = 0;
    for (let index = 0; index < 12; index++) {
      const deposits = [
        { price: "1950 USD", amount: "4000000 USD" },
        { price: "1800 USD", amount: "30000000 USD" },
      ];
      const owners = {
        owners: { kind: "owners", protocol: "lender", share: "60%", reaction: "20 min", repays: "50%" },
      };
      const keepers = [{ name: "keepers", kind: "keepers", capital: "0 USD", gas: 0, leastProfit: "1 USD" }];
      const plan = lendingPlan(11, index, {
        lender: { protocol: "ajna", deposits, interest: "40%", reserves: "20000 USD" },
        leverage: [0.6, 0.82],
        tickMinutes: 20,
        ...(index % 2 === 0 ? { guards: keepers } : {}),
        ...(index % 3 === 0 ? { pressure: owners } : {}),
      });
      const kernel = new Kernel(
        runSetting(plan),
        new Tape(false, ({ kind, z }) => {
          if (kind === tapeKinds.protocol && z === protocolActs.end) ends++;
          if (kind === tapeKinds.protocol && z === protocolActs.socialise) settlements++;
        }),
      );
      const auditor = new Auditor(kernel);
      kernel.run(11, index);
      expect(auditor.findings, `scenario ${index}`).toEqual([]);
      expect(auditor.comparisons).toBeGreaterThan(200);
    }
    expect(ends).toBeGreaterThan(5);
    expect(settlements).toBeGreaterThan(0);
  });

  it("property: kickable exactly where the exact pool says so, one unit either side of the limit too (20,000 loans)", () => {
    const decimals = [7, 6];
    const wrong: string[] = [];
    const rule = new AjnaRule(0, 1);
    for (let index = 0; index < 20_000; index++) {
      const draw = (word: number) => uniform(20_251_010, index, 0, 0, word);
      const bucket = 2_000 + Math.floor(4_000 * draw(0));
      const price = bucketPrice(bucket);
      rule.lup.high = Number(price / 1_000_000_000n);
      rule.lup.low = Number(price % 1_000_000_000n);
      const held = Math.floor(10 ** (3 + 9 * draw(1)));
      const limit = Math.floor((held * Number(price)) / 1e18 / 10 / 1.04);
      if (limit < 2 || limit > 2 ** 52) continue;
      for (const debt of [limit - 1, limit, limit + 1, limit + 2]) {
        const exact = isCollateralized(BigInt(debt) * powerOfTen(12), BigInt(held) * powerOfTen(11), price);
        if (rule.isCollateralized(held, debt, decimals) !== exact) wrong.push(`${held}, ${debt}, bucket ${bucket}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("property: sums of products are compared to the unit (2,000 pairs)", () => {
    for (let index = 0; index < 2_000; index++) {
      const whole = (word: number) => Math.floor(uniform(7, index, 0, 0, word) * 2 ** 53);
      const [a, b, c, d] = [whole(0), whole(1), whole(2), whole(3)];
      const left = BigInt(a) * BigInt(b) + BigInt(c);
      expect(compareSums([[a, b], [c]], [[a, b], [d]])).toBe(c > d ? 1 : c < d ? -1 : 0);
      const right = BigInt(c) * BigInt(d);
      expect(compareSums([[a, b], [c]], [[c, d]])).toBe(left > right ? 1 : left < right ? -1 : 0);
    }
  });

  it("error: everything that is wrong with a pool is said at once", () => {
    expect(
      refusals(
        {
          protocol: "ajna",
          deposits: [
            { price: "1900 USD", amount: "5 ETH" },
            { price: "90000000 USD", amount: "10 USD" },
          ],
          lenders: { delay: "7 min" },
          interest: "900%",
        },
        (scenario) => {
          (scenario.book.positions.lender.accounts[0] as { collateral: string }).collateral = "10 USD";
          (scenario.book.positions.lender.accounts[0] as { debt: string }).debt = "1 ETH";
        },
      ),
    ).toEqual([
      "market-one-pair pressure.lender.collateral",
      "market-one-pair pressure.lender.quote",
      "rate-out-of-range pressure.lender.interest",
      "duration-no-multiple pressure.lender.lenders.delay",
      "unit-wrong pressure.lender.deposits[1].amount",
    ]);
    const high = [{ price: "90000000 USD", amount: "400000 USD" }];
    expect(refusals({ ...pool, deposits: high })).toEqual(["deposit-price-too-high pressure.lender.deposits[0].price"]);
    expect(refusals({ ...pool, deposits: [{ price: "1900 USD", amount: "1000 USD" }] })).toEqual([
      "deposits-below-debt pressure.lender.deposits",
    ]);
    expect(refusals({ ...pool, reserves: "1 ETH" })).toEqual(["unit-wrong pressure.lender.reserves"]);
    expect(refusals({ protocol: "ajna", deposits: [] })).toHaveLength(1);
  });
});
