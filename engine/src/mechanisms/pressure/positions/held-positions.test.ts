import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Settle } from "../../../run/index.js";
import { readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { coinLongsAndShorts } from "../coin-margined/demonstration.js";
import { longsAndShorts } from "../perpetuals/demonstration.js";

const nothingElse = (path: string): never => {
  throw new Error(`no files, but ${path}`);
};

const exchanges = {
  linear: () => longsAndShorts({ exchange: { oracle: "mark" } }),
  coins: () => coinLongsAndShorts({ protocol: "inverse-perpetual", tiers: [{ maintenance: "1%" }] }),
} as const;

/** An exchange before its first tick is over, and a holder who trades with the rest of the market at the mark. */
function open(name: keyof typeof exchanges) {
  const plan = readScenario(exchanges[name](), nothingElse);
  const { kernel } = openRun(plan, () => undefined);
  kernel.begin(1, 0);
  const { layout, contractOf } = kernel.opened;
  const positions = layout.positionsOf("exchange");
  if (positions === undefined) throw new Error("the exchange lets holders see their accounts");
  const mark = positions.mark((feed) => kernel.published(feed));
  const contract = contractOf.get(positions.instrument) ?? -1;
  const holder = layout.outside;
  const at = kernel as unknown as Settle;
  /** What the kernel posts of a trade of the holder's, and what the exchange makes of it. */
  const trade = (row: number, units: number, cash: number) => {
    const [coinsTo, coinsFrom] = units > 0 ? [layout.restOfMarket, holder] : [holder, layout.restOfMarket];
    kernel.ledger.transfer(coinsFrom, coinsTo, contract, Math.abs(units));
    kernel.ledger.transfer(coinsTo, coinsFrom, 1, cash);
    positions.book(at, row, holder, units, cash);
    kernel.ledger.check();
  };
  const worth = (units: number) => Math.round(((Math.abs(units) / 1e7) * mark) / 1e2);
  const balances = () => [kernel.ledger.balance(holder, contract), kernel.ledger.balance(holder, 1)];
  return { kernel, positions, mark, trade, worth, balances, holder, at };
}

describe("accounts of an exchange in their holders' hands", () => {
  it("default: they are found by name, with exposure and equity as the book has them", () => {
    const { positions, mark } = open("linear");
    expect(positions.rowOf("nobody")).toBe(-1);
    const short = positions.rowOf("short-5x");
    expect(positions.units(short, mark)).toBe(-100e7);
    expect(positions.openingUnits(short, mark)).toBe(-100e7);
    expect(positions.equity(short, mark)).toBe(40_000e6);
    expect(positions.openingEquity(short, mark)).toBe(40_000e6);
    // 100 short at 2,000 on 40,000: 2 % of notional less the tier's deduction of 1,000, so from 2,362.74 up.
    expect(positions.liquidatedAt(short, 2362e8)).toBe(false);
    expect(positions.liquidatedAt(short, 2363e8)).toBe(true);
    expect(positions.deleveraged(short)).toBe(0);
    expect(positions.fundingRate()).toBe(0);
    const coins = open("coins");
    expect(coins.positions.marginAsset).toBe(0);
    expect(coins.positions.leastUnits(coins.mark)).toBeGreaterThan(1);
  });

  it.each(["linear", "coins"] as const)(
    "behavior: a trade at the mark changes exposure by its units and equity by rounding alone; the holder keeps nothing of it (%s)",
    (name) => {
      const units = fc.integer({ min: -300e7, max: 300e7 }).filter((one) => Math.abs(one) > 1e5);
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 6 }), fc.array(units, { minLength: 1, maxLength: 5 }), (row, trades) => {
          const { positions, mark, trade, worth, balances } = open(name);
          const before = balances();
          let exposure = positions.units(row, mark);
          const equity = positions.equity(row, mark);
          for (const one of trades) {
            trade(row, one, worth(one));
            exposure -= one;
          }
          expect(balances()).toEqual(before);
          // In coins a contract of a dollar is the smallest step, and its dollars may be lost to rounding; an account that ends with a loss it cannot pay is written off.
          const step = name === "linear" ? 1 : positions.leastUnits(mark);
          expect(Math.abs(positions.units(row, mark) - exposure)).toBeLessThanOrEqual(step * trades.length);
          if (equity > step * trades.length * 1000)
            expect(Math.abs(positions.equity(row, mark) - equity)).toBeLessThanOrEqual(
              name === "linear" ? 200 : step * trades.length,
            );
        }),
        { seed: 77, numRuns: 60 },
      );
    },
  );

  it.each(["linear", "coins"] as const)("behavior: margin moves from the holder into the row (%s)", (name) => {
    const { positions, mark, kernel, holder, at } = open(name);
    const row = positions.rowOf("short-5x");
    const before = kernel.ledger.balance(holder, positions.marginAsset);
    const equity = positions.equity(row, mark);
    positions.deposit(at, row, holder, 12_345);
    kernel.ledger.check();
    expect(positions.equity(row, mark)).toBe(equity + 12_345);
    expect(kernel.ledger.balance(holder, positions.marginAsset)).toBe(before - 12_345);
  });
});
