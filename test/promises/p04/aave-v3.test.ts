import { describe, expect, it } from "vitest";
import * as aave from "../../../engine/src/exact/aave-v3/index.js";
import { type AaveV3Params, exactParameters } from "../../../engine/src/mechanisms/pressure/protocols/aave-v3.js";
import type { Plan } from "../../../engine/src/scenario/plan.js";
import { type LendingTwin, newCount, watchLending } from "../../support/lending-twin.js";
import { lendingPlan } from "../../support/protocol-scenarios.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

/** Aave v3 in bigint at the engine's decimals, beside the engine's lending. */
function twinOf(plan: Plan): LendingTwin & { readonly seen: Record<string, number> } {
  const params = plan.mechanisms.find(({ name }) => name === "lender")?.params as AaveV3Params;
  const parameters = exactParameters(params, plan.book);
  const symbols = plan.book.assets.map(({ symbol }) => symbol);
  const decimals = parameters.reserves.map((reserve) => 10n ** BigInt(reserve.decimals));
  const seen = { half: 0, whole: 0, everything: 0, cutForDust: 0, blockedByDust: 0 };
  const valueOf = (units: bigint, steps: bigint, asset: number) => (units * steps) / decimals[asset];
  const data = (account: Parameters<LendingTwin["liquidatable"]>[0], steps: readonly bigint[]) => {
    let weighted = 0n;
    let debtBase = 0n;
    symbols.forEach((_, asset) => {
      weighted +=
        aave.collateralValue(account.collateral[asset], steps[asset], parameters.reserves[asset].decimals) *
        parameters.reserves[asset].liquidationThresholdBps;
      debtBase += aave.debtValue(account.debt[asset], steps[asset], parameters.reserves[asset].decimals);
    });
    return { debtBase, healthFactorWad: aave.healthFactor(weighted, debtBase) };
  };
  const largest = (units: readonly bigint[], steps: readonly bigint[], counts: (asset: number) => boolean) =>
    units.reduce((best, held, asset) => {
      if (held === 0n || !counts(asset)) return best;
      return best < 0 || valueOf(held, steps[asset], asset) > valueOf(units[best], steps[best], best) ? asset : best;
    }, -1);
  return {
    seen,
    liquidatable: (account, steps) => data(account, steps).healthFactorWad < aave.LIQUIDATION_HEALTH_FACTOR,
    terms(account, steps) {
      const { debtBase, healthFactorWad } = data(account, steps);
      const collateral = largest(
        account.collateral,
        steps,
        (asset) => parameters.reserves[asset].liquidationThresholdBps > 0n,
      );
      const debt = largest(account.debt, steps, () => true);
      if (collateral < 0) return undefined;
      const sides = {
        reserveDebtUnits: account.debt[debt],
        debtPrice: steps[debt],
        debtUnit: decimals[debt],
        collateralUnits: account.collateral[collateral],
        collateralPrice: steps[collateral],
        collateralUnit: decimals[collateral],
        bonusBps: parameters.reserves[collateral].liquidationBonusBps,
        protocolFeeBps: parameters.reserves[collateral].liquidationProtocolFeeBps,
      };
      const most = aave.mostRepayable(parameters.rules, sides, debtBase, healthFactorWad);
      if (most < account.debt[debt]) seen.half++;
      else seen.whole++;
      let amounts = aave.liquidationAmounts(sides, most);
      if (aave.leavesDust(parameters.rules, sides, amounts)) {
        // The most that the contract would not refuse, by bisection: asking for less leaves more of both sides.
        let refused = most;
        let taken = 0n;
        while (refused - taken > 1n) {
          const middle = (refused + taken) / 2n;
          const tried = aave.liquidationAmounts(sides, middle);
          const leavesEnoughCollateral =
            valueOf(sides.collateralUnits - tried.seizedUnits, steps[collateral], collateral) >=
            parameters.rules.minimumLeftoverBase;
          if (leavesEnoughCollateral) taken = middle;
          else refused = middle;
        }
        amounts = aave.liquidationAmounts(sides, taken);
        if (taken === 0n || aave.leavesDust(parameters.rules, sides, amounts)) {
          seen.blockedByDust++;
          return { collateral, debt, seizeUnits: 0n, feeUnits: 0n, repayUnits: 0n };
        }
        seen.cutForDust++;
      }
      if (amounts.seizedUnits === sides.collateralUnits) seen.everything++;
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

describe("P04: Aave v3", () => {
  it(`behavior: P04 identical decisions at every decision, amounts within one unit (seed ${p04Seed})`, () => {
    const count = newCount();
    const seen: Record<string, number> = {};
    for (let index = 0; index < p04Scenarios; index++) {
      const several = index % 2 === 1;
      const plan = lendingPlan(p04Seed, index, {
        lender: {
          protocol: "aave-v3",
          market: "ethereum",
          threshold: several ? { BTC: "78%", ETH: "83%", DAI: "77%" } : { ETH: "83%" },
          bonus: several ? { BTC: "5%", ETH: "5%", DAI: "5%" } : { ETH: "5%" },
          interest:
            index % 3 === 0
              ? "40%"
              : index % 4 === 2
                ? { model: "kinked", optimal: "80%", slope1: "10%", slope2: "900%" }
                : 0,
          ...(index % 4 === 2 ? { available: { USD: "1000 USD" } } : {}),
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
    expect(count.farthest).toBeLessThanOrEqual(1n);
    expect(count.orders).toBeGreaterThan(p04Scenarios);
    for (const name of ["half", "whole", "everything", "cutForDust", "blockedByDust"])
      expect(seen[name], name).toBeGreaterThan(0);
  });
});
