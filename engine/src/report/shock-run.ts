import { powersOfTen } from "../rules/account-value.js";
import { type TapeRow, tapeKinds } from "../run/index.js";
import type { Plan } from "../scenario/plan.js";
import { openRun } from "../study/paths.js";
import { shockMs, soonMs } from "./shock-plan.js";

/** What a shock came to, in time: means over the paths. Coins are the shocked asset's. */
export interface ShockOutcome {
  /** Coins that walked depth as sales, up to ten minutes after the shock's hour, and up to a day after. */
  readonly soldSoon: number;
  readonly soldDay: number;
  /** Coins of collateral seized in liquidations within the day. */
  readonly seized: number;
  /** Accounts liquidated. */
  readonly liquidated: number;
  /** What the sales got below fair value, in basis points of it; null where nothing was sold. */
  readonly slippageBps: number | null;
  readonly badDebtUsd: number;
  /** Debt that nobody liquidated though its collateral is worth less, at the end. */
  readonly underwaterUsd: number;
  readonly keeperProfitUsd: number;
  /** Coins that found no depth, summed over rounds. */
  readonly unfilledUsd: number;
  /** Lowest market price over opening price. */
  readonly lowestPriceShare: number;
}

/** Runs a shock plan over some paths and counts. `asset` is the shocked asset's index. */
export function shockRun(plan: Plan, asset: number, seed: number, paths: number): ShockOutcome {
  const { instruments, assets } = plan.book;
  const coin = powersOfTen[assets[asset].unitDecimals];
  let soldSoon = 0;
  let soldDay = 0;
  let seized = 0;
  let fairWorth = 0;
  let gap = 0;
  const open = openRun(plan, (row: TapeRow) => {
    if (row.kind === tapeKinds.seize && row.y === asset) seized += row.x / coin;
    if (row.kind !== tapeKinds.batch || row.x <= 0 || instruments[row.a].asset !== asset) return;
    const coins = row.x / coin;
    soldDay += coins;
    if ((row.tick + 1) * plan.tickMs <= shockMs + soonMs) soldSoon += coins;
    const fair = open.kernel.fair(asset) / open.kernel.fair(instruments[row.a].quote);
    fairWorth += coins * fair;
    gap += coins * (fair - row.z);
  });
  const total = { liquidated: 0, badDebtUsd: 0, underwaterUsd: 0, keeperProfitUsd: 0, unfilledUsd: 0, lowest: 0 };
  for (let path = 0; path < paths; path++) {
    const { measures } = open.run(seed, path);
    total.liquidated += measures.liquidatedAccounts;
    total.badDebtUsd += measures.badDebtUsd;
    total.underwaterUsd += measures.underwaterUsd;
    total.keeperProfitUsd += measures.keeperProfitUsd;
    total.unfilledUsd += measures.unfilledUsd;
    total.lowest += measures.lowestPriceShare;
  }
  return {
    soldSoon: soldSoon / paths,
    soldDay: soldDay / paths,
    seized: seized / paths,
    liquidated: total.liquidated / paths,
    slippageBps: fairWorth === 0 ? null : (10_000 * gap) / fairWorth,
    badDebtUsd: total.badDebtUsd / paths,
    underwaterUsd: total.underwaterUsd / paths,
    keeperProfitUsd: total.keeperProfitUsd / paths,
    unfilledUsd: total.unfilledUsd / paths,
    lowestPriceShare: total.lowest / paths,
  };
}
