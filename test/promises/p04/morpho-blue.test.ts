import { describe, expect, it } from "vitest";
import * as morpho from "../../../engine/src/exact/morpho-blue/index.js";
import { exactMarket, type MorphoBlueParams } from "../../../engine/src/mechanisms/pressure/protocols/morpho-blue.js";
import type { Plan } from "../../../engine/src/scenario/plan.js";
import { type ExactAccount, type LendingTwin, newCount, watchLending } from "../../support/lending-twin.js";
import { lendingPlan } from "../../support/protocol-scenarios.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

/** Virtual shares make a share worth exactly a millionth of a unit where all shares are at par. */
const sharesPerUnit = 1_000_000n;

/** Morpho Blue in bigint at the engine's decimals, beside the engine's lending. */
function twinOf(plan: Plan): LendingTwin & { readonly seen: Record<string, number> } {
  const params = plan.mechanisms.find(({ name }) => name === "lender")?.params as MorphoBlueParams;
  const { market: parameters, pre } = exactMarket(params);
  const collateral = plan.book.assets.findIndex(({ symbol }) => symbol === params.collateral);
  const loan = plan.book.assets.findIndex(({ symbol }) => symbol === params.loan);
  const scale = (asset: number) => 10n ** BigInt(plan.book.assets[asset].unitDecimals);
  const seen = { pre: 0, whole: 0, everything: 0, badDebt: 0 };
  const at = (account: ExactAccount, steps: readonly bigint[]) => {
    const total = 1_000_000_000_000_000_000n;
    const market = {
      ...morpho.newMarket(0n),
      totalSupplyAssets: 2n * total,
      totalSupplyShares: 2n * total * sharesPerUnit,
      totalBorrowAssets: total,
      totalBorrowShares: total * sharesPerUnit,
    };
    const position = {
      ...morpho.newPosition(),
      collateral: account.collateral[collateral],
      borrowShares: account.debt[loan] * sharesPerUnit,
    };
    const price = morpho.oraclePrice(steps[collateral], steps[loan], scale(collateral), scale(loan));
    return { market, position, price };
  };
  const mayBePre = (account: ExactAccount, steps: readonly bigint[]) => {
    if (pre === undefined) return false;
    const { market, position, price } = at(account, steps);
    try {
      morpho.preLiquidationOffer(parameters, pre, market, position, price);
      return true;
    } catch (error) {
      if (error instanceof morpho.NotPreLiquidatablePosition || error instanceof morpho.LiquidatablePosition)
        return false;
      throw error;
    }
  };
  return {
    seen,
    liquidatable(account, steps) {
      const { market, position, price } = at(account, steps);
      return !morpho.isHealthy(parameters, market, position, price) || mayBePre(account, steps);
    },
    terms(account, steps) {
      const { market, position, price } = at(account, steps);
      if (position.collateral === 0n) return undefined;
      if (mayBePre(account, steps) && pre !== undefined) {
        const offer = morpho.preLiquidationOffer(parameters, pre, market, position, price);
        const repayUnits =
          [offer.repayableShares, position.borrowShares].reduce((a, b) => (a < b ? a : b)) / sharesPerUnit;
        const asked = { seizedAssets: 0n, repaidShares: repayUnits * sharesPerUnit };
        const { seizedAssets } = morpho.bothAmounts(market, asked, offer.incentiveFactor, price);
        seen.pre++;
        return { collateral, debt: loan, seizeUnits: seizedAssets, feeUnits: 0n, repayUnits };
      }
      // All debt where the collateral suffices, all collateral else.
      const incentive = morpho.liquidationIncentiveFactor(parameters);
      const byDebt = morpho.bothAmounts(
        market,
        { seizedAssets: 0n, repaidShares: position.borrowShares },
        incentive,
        price,
      );
      const asked =
        byDebt.seizedAssets <= position.collateral
          ? { seizedAssets: 0n, repaidShares: position.borrowShares }
          : { seizedAssets: position.collateral, repaidShares: 0n };
      const end = morpho.liquidate(parameters, market, position, asked, price);
      seen.whole++;
      if (end.seizedAssets === position.collateral) seen.everything++;
      if (end.badDebtAssets > 0n) seen.badDebt++;
      return { collateral, debt: loan, seizeUnits: end.seizedAssets, feeUnits: 0n, repayUnits: end.repaidAssets };
    },
  };
}

describe("P04: Morpho Blue", () => {
  it(`behavior: P04 identical decisions at every decision, amounts within one unit (seed ${p04Seed})`, () => {
    const count = newCount();
    const seen: Record<string, number> = {};
    for (let index = 0; index < p04Scenarios; index++) {
      const plan = lendingPlan(p04Seed, index, {
        lender: {
          protocol: "morpho-blue",
          ...(index % 2 === 0 ? { lltv: "86%" } : { market: "lltv-77" }),
          interest: index % 3 === 0 ? "40%" : index % 3 === 1 ? { model: "adaptive", target: "200%" } : 0,
          supplied: index % 5 === 0 ? { DAI: "25000000 DAI" } : { USD: "25000000 USD" },
          ...(index % 4 === 1
            ? { preLiquidation: { lltv: "70%", closeFactor: ["5%", "40%"], bonus: ["1%", "4.4%"] } }
            : {}),
        },
        collaterals: [index % 3 === 1 ? "BTC" : "ETH"],
        debts: [index % 5 === 0 ? "DAI" : "USD"],
        leverage: index % 2 === 0 ? [0.5, 0.83] : [0.45, 0.74],
      });
      const twin = twinOf(plan);
      watchLending(plan, twin, p04Seed, index, count);
      for (const [name, times] of Object.entries(twin.seen)) seen[name] = (seen[name] ?? 0) + times;
    }
    expect(count.differences).toEqual([]);
    expect(count.farthest).toBeLessThanOrEqual(1n);
    expect(count.orders).toBeGreaterThan(p04Scenarios);
    for (const name of ["pre", "whole", "everything", "badDebt"]) expect(seen[name], name).toBeGreaterThan(0);
  });
});
