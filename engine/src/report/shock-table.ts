import { emptyFlow } from "../ladder/index.js";
import { assetDepth, type MapMarket, spotPrices, spotValueUsd } from "../map/index.js";
import { publishHeld } from "../map/market.js";
import { powersOfTen } from "../rules/account-value.js";
import type { Plan } from "../scenario/plan.js";
import { openMarket } from "../study/plan-market.js";
import { assuming } from "./assuming.js";
import { asPlanned, type Banded, banded, type End, endsOf } from "./ends.js";
import { gainOnTheWay } from "./gains.js";
import { shockPlan } from "./shock-plan.js";
import { type ShockOutcome, shockRun } from "./shock-run.js";

/** The moves of the shock table. */
export const shockMoves: readonly number[] = [-0.05, -0.1, -0.15, -0.2, -0.25, -0.3, -0.4, -0.5];

/** One shock: where the price goes, who can be liquidated there, and what the run in time makes of it. */
export interface ShockRow {
  readonly move: number;
  readonly priceUsd: number;
  /** Static, at that price: accounts, the coins they are forced to sell until quiet, and those at spot in dollars. */
  readonly liquidatable: { readonly accounts: number; readonly coins: number; readonly usd: number };
  /** Coins sold into depth until ten minutes, and a day, after the shock's hour. */
  readonly soldSoon: Banded;
  readonly soldDay: Banded;
  /** Coins that venues at balance buy before their price is down there, without refill; and at spot in dollars. */
  readonly depthCoins: Banded;
  readonly depthUsd: number;
  /** Basis points of fair value; null where nothing is sold. */
  readonly slippageBps: Banded | null;
  readonly liquidated: Banded;
  readonly badDebtUsd: Banded;
  readonly keeperProfitUsd: Banded;
  /** Largest gain on the way down, over 1 %, within the horizon of the table. */
  readonly gain: Banded;
}

/** Who is asked, and how. */
export interface ShockTableQuestion {
  readonly asset: number;
  readonly horizonMs: number;
  readonly gasGwei: number;
  readonly seed: number;
  /** Paths per run where owners act; without them one says it all, unless the plan is random otherwise. */
  readonly paths: number;
}

/** One end's plan and its market, opened once. */
interface OpenedEnd {
  readonly end: End;
  readonly plan: Plan;
  readonly market: MapMarket;
}

/** The shock table. `progress` is called after each row. */
export function shockTable(plan: Plan, question: ShockTableQuestion, progress?: (rows: number) => void): ShockRow[] {
  const ends = [asPlanned, ...endsOf(plan)].map((end): OpenedEnd => {
    const changed = assuming(plan, end.assumption);
    return { end, plan: changed, market: openMarket(changed) };
  });
  return shockMoves.map((move, index) => {
    const row = shockRow(ends, question, move);
    progress?.(index + 1);
    return row;
  });
}

function shockRow(ends: readonly OpenedEnd[], question: ShockTableQuestion, move: number): ShockRow {
  const { asset, horizonMs } = question;
  const outcomes = ends.map(({ end, plan }) => ({ end, outcome: shockOutcome(plan, question, move) }));
  const over = (of: (outcome: ShockOutcome) => number | null): Banded => {
    const values = outcomes.flatMap(({ end, outcome }) => {
      const value = of(outcome);
      return value === null ? [] : [{ end, value }];
    });
    return banded(values[0]?.value ?? Number.NaN, values.slice(1));
  };
  const { market } = ends[0];
  const spotUsd = market.assets[asset].spotUsd;
  const coin = powersOfTen[market.assets[asset].unitDecimals];
  const depth = ends.map(({ end, market: one }) => ({ end, value: depthUnits(one, asset, move) / coin }));
  const gains = ends.map(({ end, market: one }) => ({ end, value: gainOnTheWay(one, asset, move, horizonMs) }));
  return {
    move,
    priceUsd: spotUsd * (1 + move),
    liquidatable: liquidatableAt(market, asset, move),
    soldSoon: over((outcome) => outcome.soldSoon),
    soldDay: over((outcome) => outcome.soldDay),
    depthCoins: banded(depth[0].value, depth.slice(1)),
    depthUsd: depth[0].value * spotUsd,
    slippageBps: outcomes[0].outcome.slippageBps === null ? null : over((outcome) => outcome.slippageBps),
    liquidated: over((outcome) => outcome.liquidated),
    badDebtUsd: over((outcome) => outcome.badDebtUsd),
    keeperProfitUsd: over((outcome) => outcome.keeperProfitUsd),
    gain: banded(gains[0].value, gains.slice(1)),
  };
}

/** One shock of a plan in time. */
export function shockOutcome(plan: Plan, question: ShockTableQuestion, move: number): ShockOutcome {
  const { asset, gasGwei, seed, paths } = question;
  const shocked = shockPlan(plan, { asset: plan.book.assets[asset].symbol, move, gasGwei });
  return shockRun(shocked, asset, seed, plan.mechanisms.some((one) => one.kind === "owners") ? paths : 1);
}

/** Whole units that all venues of an asset buy from balance at spot until their price is `move` away, without refill. */
function depthUnits(market: MapMarket, asset: number, move: number): number {
  const spot = spotPrices(market);
  return assetDepth(market, asset, spot[asset], spot[asset] * (1 + move), spot, 0);
}

/** Everybody who is forced with the price held there, whatever time it takes. */
export function liquidatableAt(market: MapMarket, asset: number, move: number): ShockRow["liquidatable"] {
  const prices = spotPrices(market);
  prices[asset] *= 1 + move;
  const published = publishHeld(market, prices, new Float64Array(market.feeds.length));
  const flow = emptyFlow(market.instruments.length);
  for (const ladder of market.ladders) ladder.forced(published, flow);
  let units = 0;
  let usd = 0;
  market.instruments.forEach((instrument, index) => {
    if (instrument.asset !== asset) return;
    units += flow.sold[index];
    usd += spotValueUsd(market, index, flow.sold[index]);
  });
  return { accounts: flow.accounts, coins: units / powersOfTen[market.assets[asset].unitDecimals], usd };
}
