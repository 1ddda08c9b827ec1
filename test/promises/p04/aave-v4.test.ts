import { describe, expect, it } from "vitest";
import * as aave from "../../../engine/src/exact/aave-v4/index.js";
import { type AaveV4Params, exactParameters } from "../../../engine/src/mechanisms/pressure/protocols/aave-v4.js";
import type { Plan } from "../../../engine/src/scenario/plan.js";
import { type ExactAccount, type LendingTwin, newCount, watchLending } from "../../support/lending-twin.js";
import { lendingPlan } from "../../support/protocol-scenarios.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

const everything = 10n ** 40n;

/** An Aave v4 Spoke in bigint at the engine's decimals, beside the engine's lending. */
function twinOf(plan: Plan): LendingTwin & { readonly seen: Record<string, number> } {
  const params = plan.mechanisms.find(({ name }) => name === "lender")?.params as AaveV4Params;
  const parameters = exactParameters(params, plan.book);
  const symbols = plan.book.assets.map(({ symbol }) => symbol);
  const seen = { toTarget: 0, wholeDebt: 0, everything: 0, debtDust: 0, collateralDust: 0, deficit: 0, bonuses: 0 };
  const bonuses = new Set<bigint>();
  const record = (units: readonly bigint[]) =>
    Object.fromEntries(symbols.flatMap((symbol, asset) => (units[asset] > 0n ? [[symbol, units[asset]]] : [])));
  const spoke = (account: ExactAccount): aave.SpokeState => {
    const open = aave.openSpoke(parameters);
    return {
      reserves: Object.fromEntries(
        symbols.map((symbol) => [symbol, { ...open.reserves[symbol], availableUnits: everything }]),
      ),
      accounts: {
        borrower: {
          supplied: record(account.collateral),
          owed: record(account.debt),
          collateral: symbols.filter((_, asset) => account.collateral[asset] > 0n),
        },
      },
    };
  };
  const pricesOf = (steps: readonly bigint[]) =>
    Object.fromEntries(symbols.map((symbol, asset) => [symbol, steps[asset]]));
  const data = (account: ExactAccount, steps: readonly bigint[]) =>
    aave.accountData(parameters, spoke(account), "borrower", pricesOf(steps));
  const valueDown = (units: bigint, steps: bigint, asset: number) =>
    (units * steps) / 10n ** BigInt(plan.book.assets[asset].unitDecimals + 2);
  const largest = (units: readonly bigint[], steps: readonly bigint[]) =>
    units.reduce((best, held, asset) => {
      if (held === 0n) return best;
      return best < 0 || valueDown(held, steps[asset], asset) > valueDown(units[best], steps[best], best)
        ? asset
        : best;
    }, -1);
  return {
    seen,
    liquidatable: (account, steps) => data(account, steps).healthFactorWad < aave.LIQUIDATION_HEALTH_FACTOR,
    terms(account, steps) {
      const collateral = largest(account.collateral, steps);
      const debt = largest(account.debt, steps);
      if (collateral < 0) return undefined;
      // The contract's own call, checks and all, with as much cover as it may ask for.
      const { amounts, deficitUnits } = aave.liquidate(
        parameters,
        spoke(account),
        {
          liquidator: "keeper",
          borrower: "borrower",
          collateralAsset: symbols[collateral],
          debtAsset: symbols[debt],
          debtToCoverUnits: everything,
          receiveShares: false,
        },
        pricesOf(steps),
      );
      bonuses.add(amounts.bonusBps);
      seen.bonuses = bonuses.size;
      if (amounts.bypass === "debt-dust") seen.debtDust++;
      if (amounts.bypass === "collateral-dust") seen.collateralDust++;
      if (amounts.repaidUnits === amounts.debtToTargetUnits) seen.toTarget++;
      if (amounts.repaidUnits === account.debt[debt]) seen.wholeDebt++;
      if (amounts.seizedUnits === account.collateral[collateral]) seen.everything++;
      if (Object.keys(deficitUnits).length > 0) seen.deficit++;
      return {
        collateral,
        debt,
        seizeUnits: amounts.toLiquidatorUnits,
        feeUnits: amounts.feeUnits,
        repayUnits: amounts.repaidUnits,
      };
    },
  };
}

describe("P04: Aave v4", () => {
  it(`behavior: P04 identical decisions at every decision, amounts within one unit (seed ${p04Seed})`, () => {
    const count = newCount();
    const seen: Record<string, number> = {};
    for (let index = 0; index < p04Scenarios; index++) {
      const several = index % 2 === 1;
      const plan = lendingPlan(p04Seed, index, {
        lender: {
          protocol: "aave-v4",
          threshold: several ? { BTC: "78%", ETH: "83%", DAI: "77%" } : { ETH: "83%" },
          bonus: several ? { BTC: "9.13%", ETH: "8%", DAI: "5%" } : { ETH: "12%" },
          targetHealth: index % 4 < 2 ? 1.05 : 1.3,
          bonusFactor: index % 5 === 0 ? "0%" : "50%",
          maxBonusHealth: 0.97,
          interest: index % 3 === 0 ? "40%" : 0,
        },
        collaterals: several ? ["ETH", "BTC", "DAI"] : ["ETH"],
        debts: several ? ["USD", "DAI"] : ["USD"],
        assetsPerAccount: several ? 3 : 1,
      });
      const twin = twinOf(plan);
      watchLending(plan, twin, p04Seed, index, count);
      for (const [name, times] of Object.entries(twin.seen)) seen[name] = (seen[name] ?? 0) + times;
    }
    expect(count.differences).toEqual([]);
    // Sums, products and quotients are the contract's own: not even one unit apart.
    expect(count.farthest).toBe(0n);
    expect(count.orders).toBeGreaterThan(p04Scenarios);
    for (const name of ["toTarget", "wholeDebt", "everything", "debtDust", "collateralDust", "deficit"])
      expect(seen[name], name).toBeGreaterThan(0);
    expect(seen.bonuses).toBeGreaterThan(p04Scenarios);
  });
});
