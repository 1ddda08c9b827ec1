import {
  type Fold,
  fold,
  type Landing,
  levelsOf,
  type MapLevel,
  type MapMarket,
  solve,
  type TopAccount,
  top,
} from "../map/index.js";
import { powersOfTen } from "../rules/account-value.js";
import type { Plan } from "../scenario/plan.js";
import { openMarket } from "../study/plan-market.js";
import { type Triggering, whoTriggersWhom } from "../study/who-triggers-whom.js";
import { assuming, ownersAct } from "./assuming.js";
import { type DealerSide, dealerSides, levelsBySide, type SideLevels } from "./dealer-sides.js";
import { type HorizonGain, horizonGains, usefulHorizonMs } from "./gains.js";
import { type LoopInTime, type LoopRibbon, loopInTime, loopRibbon } from "./loop-in-time.js";
import { type RecordGap, recordGaps } from "./record-gaps.js";
import { liquidatableAt, type ShockRow, shockTable } from "./shock-table.js";
import { type Tornado, tornado } from "./tornado.js";
import { triggerUsd } from "./trigger.js";
import { type Verdict, verdictOf } from "./verdict.js";

/** The map of one asset's fall and rise. */
export interface MapFindings {
  readonly mechanisms: readonly string[];
  /** By mechanism: milliseconds from a price to its answer. */
  readonly reactionsMs: readonly number[];
  readonly down: readonly MapLevel[];
  readonly up: readonly MapLevel[];
  /** The same bands under each convention of the dealers' side; null where no side is a convention. */
  readonly bySide: readonly SideLevels[] | null;
  /** The dealers whose side is a convention, and which. */
  readonly dealers: readonly DealerSide[];
  readonly foldDown: Fold | null;
  readonly foldUp: Fold | null;
  /** Where the sentence's shock comes to rest, without time. */
  readonly shallowest: Landing;
  readonly deepest: Landing;
  readonly nonMonotone: boolean;
}

/** One of the largest accounts, with the price at which it is first forced. */
export interface NamedAccount extends TopAccount {
  /** Null where none was found. */
  readonly triggerUsd: number | null;
}

/** Everything a report says of a plan. Plain numbers; what they rest on is the plan's layers. */
export interface Findings {
  /** Index of the asset whose fall forces most; its symbol and coin. */
  readonly asset: number;
  readonly symbol: string;
  readonly coinUnits: number;
  readonly spotUsd: number;
  /** The shock of the sentence. */
  readonly sentenceMove: number;
  /** Horizon of the table's gain and of the map. */
  readonly horizonMs: number;
  /** Who is forced at the book's own price already, before anything falls. */
  readonly opening: ShockRow["liquidatable"];
  readonly gains: readonly HorizonGain[];
  readonly table: readonly ShockRow[];
  readonly sentence: ShockRow;
  readonly tornado: Tornado;
  readonly verdict: Verdict;
  readonly map: MapFindings;
  readonly top: readonly NamedAccount[];
  /** The scenario's own path with nobody acting; and the spread over paths of the plan as it is, where owners act. */
  readonly loop: LoopInTime;
  readonly acting: LoopRibbon | null;
  /** Who triggers whom on the scenario's own path with nobody acting; null where fewer than two push. */
  readonly triggering: Triggering | null;
  /** Records of the scenario that contradict each other. */
  readonly gaps: readonly RecordGap[];
  readonly gasGwei: number;
  readonly seed: number;
  readonly paths: number;
}

/** How findings are asked for. */
export interface FindingsQuestion {
  readonly seed: number;
  /** Paths of each run in which owners act. */
  readonly paths: number;
  /** Paths of the ribbons of the scenario's own path; by default as many. */
  readonly ribbonPaths?: number;
  /** The shock of the sentence, the tornado and the top accounts. */
  readonly move?: number;
  /** Steps done of `stepsOf`. */
  readonly progress?: (done: number) => void;
}

/** Steps that `findings` reports. */
export const findingSteps = 12;

/** Works out everything a report says of a plan. */
export function findings(plan: Plan, question: FindingsQuestion): Findings {
  const { seed, paths, ribbonPaths = paths, move = -0.2, progress } = question;
  const market = openMarket(plan);
  const asset = mostForced(plan, market);
  const { symbol, unitDecimals, priceUsd } = plan.book.assets[asset];
  const horizonMs = usefulHorizonMs(market);
  const loop = loopInTime(assuming(plan, { owners: "nobody" }), asset, seed);
  const acting = ownersAct(plan) ? loopRibbon(plan, asset, seed, ribbonPaths) : null;
  progress?.(1);
  const gasGwei = middle(loop.gasGwei);
  const asked = { asset, horizonMs, gasGwei, seed, paths };
  const table = shockTable(plan, asked, (rows) => progress?.(1 + rows));
  const sentence = table.find((row) => row.move === move) ?? table[3];
  const swung = tornado(plan, asked, sentence.move);
  progress?.(10);
  const moves = new Float64Array(plan.book.assets.length);
  moves[asset] = sentence.move;
  const { shallowest, deepest, nonMonotone } = solve(market, { moves });
  const map: MapFindings = {
    mechanisms: market.ladders.map((ladder) => ladder.mechanism),
    reactionsMs: market.ladders.map((ladder) => ladder.reactionMs),
    down: levelsOf(market, asset, -1, { horizonMs }),
    up: levelsOf(market, asset, 1, { horizonMs }),
    bySide: levelsBySide(plan, asset, { horizonMs }),
    dealers: dealerSides(plan),
    foldDown: fold(market, asset, -1),
    foldUp: fold(market, asset, 1),
    shallowest,
    deepest,
    nonMonotone,
  };
  const pushing = plan.mechanisms.filter((one) => one.part === "pressure" && one.kind !== "owners");
  const triggering = pushing.length < 2 ? null : whoTriggersWhom(assuming(plan, { owners: "nobody" }), seed);
  progress?.(11);
  const accounts = top(market, { moves }, shallowest, 10).map((one): NamedAccount => {
    const ladder = market.ladders.find((other) => other.mechanism === one.mechanism);
    return { ...one, triggerUsd: ladder === undefined ? null : triggerUsd(market, ladder, one.row, asset) };
  });
  progress?.(12);
  return {
    asset,
    symbol,
    coinUnits: powersOfTen[unitDecimals],
    spotUsd: priceUsd,
    sentenceMove: sentence.move,
    horizonMs,
    opening: liquidatableAt(market, asset, 0),
    gains: horizonGains(market, asset),
    table,
    sentence,
    tornado: swung,
    verdict: verdictOf(plan, table),
    map,
    top: accounts,
    loop,
    acting,
    triggering,
    gaps: recordGaps(plan),
    gasGwei,
    seed,
    paths,
  };
}

/** The asset whose fall to -60 % forces the most dollars of selling; the first traded one where none forces any. */
function mostForced(plan: Plan, market: MapMarket): number {
  let best = plan.book.instruments[0]?.asset ?? 0;
  let most = 0;
  for (const asset of new Set(plan.book.instruments.map((instrument) => instrument.asset))) {
    const bands = levelsOf(market, asset, -1, { horizonMs: Number.POSITIVE_INFINITY, move: 0.1, namedUpTo: 0 });
    const forced = bands.reduce((sum, band) => sum + band.forcedUsd, 0);
    if (forced > most) {
      most = forced;
      best = asset;
    }
  }
  return best;
}

function middle(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  return sorted.length === 0 ? 0 : sorted[sorted.length >>> 1];
}
