import { describe, expect, it } from "vitest";
import * as euler from "../../../engine/src/exact/euler-v2/index.js";
import {
  type EulerV2Params,
  exactThreshold,
  exactVault,
} from "../../../engine/src/mechanisms/pressure/protocols/euler-v2.js";
import type { Plan } from "../../../engine/src/scenario/plan.js";
import { type ExactAccount, type LendingTwin, newCount, watchLending } from "../../support/lending-twin.js";
import { lendingPlan } from "../../support/protocol-scenarios.js";
import { p04Scenarios, p04Seed } from "./scenarios.js";

const fineDebt = 31n;
const ray = 10n ** 27n;

/** Euler v2 in bigint at the engine's decimals, beside the engine's lending. */
function twinOf(plan: Plan): LendingTwin & { readonly seen: Record<string, number> } {
  const params = plan.mechanisms.find(({ name }) => name === "lender")?.params as EulerV2Params;
  const symbols = plan.book.assets.map(({ symbol }) => symbol);
  const units = plan.book.assets.map(({ unitDecimals }) => 10n ** BigInt(unitDecimals + 2));
  const debt = symbols.indexOf("USD");
  const seen = { whole: 0, short: 0, capped: 0, discounted: 0, socialised: 0, kept: 0, onRamp: 0 };
  let timeMs = 0;
  /** The vault with one violator, `a`, as the account stands: every collateral enabled, LTVs where the ramps have them. */
  const vaultOf = (account: ExactAccount, steps: readonly bigint[]): euler.Vault => {
    const quotes = symbols.map((_, asset) => euler.withoutSpread(steps[asset], units[asset]));
    const held = symbols.flatMap((symbol, asset) => (asset === debt ? [] : [[symbol, asset] as const]));
    const open = euler.openVault(
      "USD",
      exactVault(params),
      1n,
      quotes[debt],
      Object.fromEntries(held.map(([symbol, asset]) => [symbol, quotes[asset]])),
    );
    const ltv = (symbol: string): euler.LtvConfig => {
      const now = exactThreshold(params, symbol, timeMs);
      return { borrowLtv: 0n, liquidationLtv: now, initialLiquidationLtv: now, targetTimestamp: 1n, rampDuration: 0n };
    };
    return {
      ...open,
      collaterals: Object.fromEntries(held.map(([symbol]) => [symbol, ltv(symbol)])),
      totalBorrows: account.debt[debt] << fineDebt,
      accounts: {
        a: {
          shares: 0n,
          owed: account.debt[debt] << fineDebt,
          interestAccumulator: ray,
          balances: Object.fromEntries(held.map(([symbol, asset]) => [symbol, account.collateral[asset]])),
          enabled: held.map(([symbol]) => symbol),
          lastStatusCheck: 0n,
        },
      },
    };
  };
  return {
    seen,
    now(passed) {
      timeMs = passed;
    },
    liquidatable: (account, steps) =>
      euler.isInViolation(euler.liquidityOf(vaultOf(account, steps), "a", "liquidation")),
    terms(account, steps) {
      const vault = vaultOf(account, steps);
      const worth = account.collateral.map((held, asset) => (held * steps[asset]) / units[asset]);
      const collateral = worth.reduce(
        (best, value, asset) => (account.collateral[asset] > 0n && (best < 0 || value > worth[best]) ? asset : best),
        -1,
      );
      if (collateral < 0) return undefined;
      // The liquidator takes the debt over and repays it in the same batch: what its check asks for.
      const call = {
        liquidator: "keeper",
        violator: "a",
        collateral: symbols[collateral],
        repay: "all",
        minYieldBalance: 0n,
      } as const;
      const outcomes: euler.LiquidationOutcome[] = [];
      euler.batch(vault, [
        (current) => {
          const outcome = euler.liquidate(current, call);
          outcomes.push(outcome);
          return outcome;
        },
        (current) => euler.repay(current, "keeper", "keeper", "all"),
      ]);
      const [{ terms, repaid, yieldBalance, socialized }] = outcomes;
      if (repaid === account.debt[debt]) seen.whole++;
      else seen.short++;
      if (terms.discountFactor === 10n ** 18n - exactVault(params).maxLiquidationDiscount * 10n ** 14n) seen.capped++;
      else seen.discounted++;
      const isLast = account.collateral.every((held, asset) => asset === collateral || held === 0n);
      if (socialized > 0n) seen.socialised++;
      else if (isLast && repaid < account.debt[debt] && yieldBalance === account.collateral[collateral]) seen.kept++;
      const [ramp] = Object.values(params.ramps);
      if (ramp !== undefined && timeMs > ramp.startMs && timeMs < ramp.startMs + ramp.overMs) seen.onRamp++;
      return { collateral, debt, seizeUnits: yieldBalance, feeUnits: 0n, repayUnits: repaid };
    },
  };
}

const ramps = [
  {},
  { ETH: { to: "70%", start: "30 min", over: "2 h" } },
  { ETH: { to: "0%", start: "10 min", over: "3 h" }, BTC: { to: "60%", start: "1 h" } },
  { BTC: { to: "85%", start: "20 min" }, DAI: { to: "50%", start: "40 min", over: "100 min" } },
];

describe("P04: Euler v2", () => {
  it(`behavior: P04 identical decisions at every decision, amounts within one unit, thresholds on the move (seed ${p04Seed})`, () => {
    const count = newCount();
    const seen: Record<string, number> = {};
    for (let index = 0; index < p04Scenarios; index++) {
      const several = index % 2 === 1;
      const plan = lendingPlan(p04Seed, index, {
        lender: {
          protocol: "euler-v2",
          threshold: { BTC: "80%", ETH: "83%", DAI: "77%" },
          maxDiscount: ["15%", "0%", "6%"][index % 3],
          ramps: ramps[index % ramps.length],
          socialise: index % 5 !== 4,
          minSocialisation: index % 5 === 3 ? "5000 USD" : "0 USD",
          interest: index % 3 === 0 ? "40%" : 0,
        },
        collaterals: several ? ["ETH", "BTC", "DAI"] : [index % 4 === 2 ? "BTC" : "ETH"],
        assetsPerAccount: several ? 3 : 1,
      });
      const twin = twinOf(plan);
      watchLending(plan, twin, p04Seed, index, count);
      for (const [name, times] of Object.entries(twin.seen)) seen[name] = (seen[name] ?? 0) + times;
    }
    expect(count.differences).toEqual([]);
    expect(count.farthest).toBeLessThanOrEqual(1n);
    expect(count.orders).toBeGreaterThan(p04Scenarios);
    for (const name of ["whole", "short", "capped", "discounted", "socialised", "kept", "onRamp"])
      expect(seen[name], name).toBeGreaterThan(0);
  });
});
