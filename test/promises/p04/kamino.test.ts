import { describe, expect, it } from "vitest";
import * as kamino from "../../../engine/src/exact/kamino/index.js";
import { exactParameters, type KaminoParams } from "../../../engine/src/mechanisms/pressure/protocols/kamino.js";
import type { Plan } from "../../../engine/src/scenario/plan.js";
import { type ExactAccount, type LendingTwin, newCount, watchLending } from "../../support/lending-twin.js";
import { lendingPlan } from "../../support/protocol-scenarios.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

/** A Kamino market in bigint at the engine's decimals, beside the engine's lending. */
function twinOf(plan: Plan): LendingTwin & { readonly seen: Record<string, number> } {
  const params = plan.mechanisms.find(({ name }) => name === "lender")?.params as KaminoParams;
  const parameters = exactParameters(params, plan.book);
  const symbols = plan.book.assets.map(({ symbol }) => symbol);
  const seen = { part: 0, capped: 0, risky: 0, whole: 0, everything: 0, bonusBetween: 0, badDebtBonus: 0, weighted: 0 };
  const momentOf = (steps: readonly bigint[]): kamino.KaminoMoment => ({
    at: 0n,
    reserves: Object.fromEntries(
      symbols.map((symbol, asset) => [symbol, { price: (steps[asset] << 60n) / 100_000_000n }]),
    ),
  });
  const obligationOf = (account: ExactAccount): kamino.Obligation => ({
    ...kamino.EMPTY_OBLIGATION,
    deposits: Object.fromEntries(
      symbols.flatMap((symbol, asset) => (account.collateral[asset] > 0n ? [[symbol, account.collateral[asset]]] : [])),
    ),
    borrows: Object.fromEntries(
      symbols.flatMap((symbol, asset) =>
        account.debt[asset] > 0n ? [[symbol, { amount: kamino.fromUnits(account.debt[asset]) }]] : [],
      ),
    ),
  });
  const valued = (account: ExactAccount, steps: readonly bigint[]) =>
    kamino.valueObligation(parameters, momentOf(steps), obligationOf(account));
  /** Of those that no rule of priority refuses the one of the largest value. */
  const largest = (values: Readonly<Record<string, bigint>>, allows: (symbol: string) => boolean) =>
    symbols
      .filter((symbol) => (values[symbol] ?? 0n) > 0n && allows(symbol))
      .reduce<string | undefined>(
        (best, symbol) => (best === undefined || values[symbol] > values[best] ? symbol : best),
        undefined,
      );
  return {
    seen,
    liquidatable(account, steps) {
      const valuation = valued(account, steps);
      if (valuation.deposited === 0n) return true;
      return kamino.loanToValue(valuation) >= kamino.unhealthyLoanToValue(valuation);
    },
    terms(account, steps) {
      const valuation = valued(account, steps);
      const debt = largest(
        valuation.borrowValues,
        (symbol) => parameters.reserves[symbol].borrowFactorPercent >= valuation.highestBorrowFactorPercent,
      );
      const collateral = largest(
        valuation.depositValues,
        (symbol) => parameters.reserves[symbol].liquidationThresholdPercent <= valuation.lowestThresholdPercent,
      );
      if (debt === undefined || collateral === undefined) return undefined;
      const reserves = Object.fromEntries(
        symbols.map((symbol) => [symbol, { available: 0n, borrowed: 10n ** 60n, collateral: 10n ** 60n, fees: 0n }]),
      );
      const pair = { collateral: symbols.indexOf(collateral), debt: symbols.indexOf(debt) };
      const owed = account.debt[pair.debt];
      let end: kamino.KaminoLiquidation;
      try {
        end = kamino.liquidate(
          parameters,
          momentOf(steps),
          { reserves, obligations: { borrower: obligationOf(account) } },
          "borrower",
          { debt, collateral },
          owed,
          0n,
        );
      } catch (error) {
        if (error instanceof kamino.LiquidationTooSmall)
          return { ...pair, seizeUnits: 0n, feeUnits: 0n, repayUnits: 0n };
        throw error;
      }
      const { market } = parameters;
      const all = end.repaid === owed;
      const cap = kamino.fromUnits(market.maxLiquidatableDebtMarketValueAtOnce);
      const unweighted = kamino.unweightedLoanToValue(valuation);
      if (!all) seen.part++;
      if (!all && (valuation.borrowed * market.liquidationMaxDebtCloseFactorPercent) / 100n > cap) seen.capped++;
      if (kamino.loanToValue(valuation) > kamino.fromPercent(market.insolvencyRiskUnhealthyLtvPercent)) seen.risky++;
      if (valuation.borrowValues[debt] < kamino.fromUnits(market.minFullLiquidationValueThreshold)) seen.whole++;
      if (end.withdrawn === account.collateral[pair.collateral]) seen.everything++;
      if (unweighted >= (kamino.FRACTION_ONE * 99n) / 100n) seen.badDebtBonus++;
      const least = kamino.fromBasisPoints(parameters.reserves[collateral].minLiquidationBonusBps);
      const most = kamino.fromBasisPoints(parameters.reserves[collateral].maxLiquidationBonusBps);
      if (end.bonus > least && end.bonus < most) seen.bonusBetween++;
      if (valuation.weightedDebt > valuation.borrowed) seen.weighted++;
      return { ...pair, seizeUnits: end.toLiquidator, feeUnits: end.protocolFee, repayUnits: end.repaid };
    },
  };
}

describe("P04: Kamino", () => {
  it(`behavior: P04 identical decisions at every decision, amounts within one unit (seed ${p04Seed})`, () => {
    const count = newCount();
    const seen: Record<string, number> = {};
    for (let index = 0; index < p04Scenarios; index++) {
      const several = index % 2 === 1;
      const plan = lendingPlan(p04Seed, index, {
        lender: {
          protocol: "kamino",
          threshold: several ? { BTC: "78%", ETH: "83%", DAI: "77%" } : { ETH: "83%" },
          bonus: several ? { BTC: "2%", ETH: "3%", DAI: "1%" } : { ETH: "2%" },
          maxBonus: several ? { BTC: "10%", ETH: "6%", DAI: "5%" } : { ETH: "10%" },
          ...(index % 4 === 1 ? { borrowFactor: { DAI: "115%" } } : {}),
          ...(index % 3 === 0 ? { mostAtOnce: "20000 USD", protocolFee: "50%" } : { wholeBelow: "500 USD" }),
          interest: index % 3 === 0 ? "40%" : 0,
        },
        collaterals: several ? ["ETH", "BTC", "DAI"] : ["ETH"],
        debts: several ? ["USD", "DAI"] : ["USD"],
        assetsPerAccount: several ? 3 : 1,
        accounts: 7,
      });
      const twin = twinOf(plan);
      watchLending(plan, twin, p04Seed, index, count);
      for (const [name, times] of Object.entries(twin.seen)) seen[name] = (seen[name] ?? 0) + times;
    }
    expect(count.differences).toEqual([]);
    // The program's own arithmetic: not even one unit apart.
    expect(count.farthest).toBe(0n);
    expect(count.orders).toBeGreaterThan(p04Scenarios);
    for (const [name, times] of Object.entries(seen)) expect(times, name).toBeGreaterThan(0);
  });
});
