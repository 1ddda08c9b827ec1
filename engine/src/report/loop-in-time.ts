import { powersOfTen } from "../rules/account-value.js";
import { type TapeRow, tapeKinds } from "../run/index.js";
import type { Plan } from "../scenario/plan.js";
import { openRun, runHash } from "../study/paths.js";
import { quantile } from "../study/replay.js";
import { pathAlone } from "./shock-plan.js";

/** A scenario's own path, tick by tick: the price with the loop and without it, what is sold, and what of depth is used. */
export interface LoopInTime {
  readonly asset: number;
  readonly tickMs: number;
  /** By tick, dollars at its end: market price with the loop, fair value as given by the path alone. */
  readonly marketUsd: Float64Array;
  readonly aloneUsd: Float64Array;
  /** By tick: order books' used units in coins at its end; positive: sold into. Null where the plan has no order book of the asset. */
  readonly usedCoins: Float64Array | null;
  /** By mechanism: coins of the asset seized in liquidations in each tick, and accounts. Mechanisms that liquidate nobody are left out. */
  readonly seized: readonly {
    readonly mechanism: string;
    readonly coins: Float64Array;
    readonly accounts: Float64Array;
  }[];
  /** Rounds in each tick in which depth was walked. */
  readonly waves: Float64Array;
  readonly gasGwei: Float64Array;
  /** As `run` prints it for this seed and one path. */
  readonly tapeHash: string;
  readonly tapeRows: number;
}

/** What many paths make of the same ticks: 5 % and 95 % over paths, tick by tick. */
export interface LoopRibbon {
  readonly paths: number;
  readonly marketUsd: readonly [Float64Array, Float64Array];
  /** Coins seized since the start. */
  readonly seizedCoins: readonly [Float64Array, Float64Array];
}

/** Runs the plan's own path once and reads its tape. */
export function loopInTime(plan: Plan, asset: number, seed: number): LoopInTime {
  const { tickCount, tickMs, book } = plan;
  const coin = powersOfTen[book.assets[asset].unitDecimals];
  const marketUsd = new Float64Array(tickCount);
  const gasGwei = new Float64Array(tickCount);
  const usedCoins = new Float64Array(tickCount);
  const waves = new Float64Array(tickCount);
  const coins = plan.mechanisms.map(() => new Float64Array(tickCount));
  const accounts = plan.mechanisms.map(() => new Float64Array(tickCount));
  let walkedRound = -1;
  const open = openRun(plan, (row: TapeRow) => {
    if (row.kind === tapeKinds.seize && row.y === asset) coins[row.a][row.tick] += row.x / coin;
    else if (row.kind === tapeKinds.liquidate) accounts[row.a][row.tick]++;
    else if (row.kind === tapeKinds.batch && book.instruments[row.a].asset === asset) {
      if (row.round !== walkedRound) waves[row.tick]++;
      walkedRound = row.round;
    } else if (row.kind === tapeKinds.price && row.a === asset) {
      marketUsd[row.tick] = row.y;
      gasGwei[row.tick] = row.z;
      walkedRound = -1;
      for (const { ladder } of books) usedCoins[row.tick] += ladder.position() / coin;
    }
  });
  const books = open.kernel.opened.venues.filter(
    ({ ladder, instrument }) => ladder.frame === "follows-fair" && book.instruments[instrument].asset === asset,
  );
  const end = open.run(seed, 0);
  const seized = plan.mechanisms.flatMap(({ name }, index) =>
    accounts[index].some((count) => count > 0)
      ? [{ mechanism: name, coins: coins[index], accounts: accounts[index] }]
      : [],
  );
  return {
    asset,
    tickMs,
    marketUsd,
    aloneUsd: fairAlone(plan, asset, seed),
    usedCoins: books.length === 0 ? null : usedCoins,
    seized,
    waves,
    gasGwei,
    tapeHash: runHash([end]),
    tapeRows: end.tapeRows,
  };
}

/** Runs some paths of a plan and keeps the spread of each tick. */
export function loopRibbon(plan: Plan, asset: number, seed: number, paths: number): LoopRibbon {
  const { tickCount, book } = plan;
  const coin = powersOfTen[book.assets[asset].unitDecimals];
  const prices: Float64Array[] = [];
  const seized: Float64Array[] = [];
  for (let path = 0; path < paths; path++) {
    prices.push(new Float64Array(tickCount));
    seized.push(new Float64Array(tickCount));
  }
  let path = 0;
  let sum = 0;
  const open = openRun(plan, (row) => {
    if (row.kind === tapeKinds.seize && row.y === asset) sum += row.x / coin;
    if (row.kind !== tapeKinds.price || row.a !== asset) return;
    prices[path][row.tick] = row.y;
    seized[path][row.tick] = sum;
  });
  for (path = 0; path < paths; path++) {
    sum = 0;
    open.run(seed, path);
  }
  const at = (columns: readonly Float64Array[], share: number) =>
    Float64Array.from({ length: tickCount }, (_, tick) =>
      quantile(
        columns.map((column) => column[tick]),
        share,
      ),
    );
  return {
    paths,
    marketUsd: [at(prices, 0.05), at(prices, 0.95)],
    seizedCoins: [at(seized, 0.05), at(seized, 0.95)],
  };
}

/** Fair value by tick with nothing in the market but the price path. */
function fairAlone(plan: Plan, asset: number, seed: number): Float64Array {
  const fair = new Float64Array(plan.tickCount);
  openRun(pathAlone(plan), (row) => {
    if (row.kind === tapeKinds.price && row.a === asset) fair[row.tick] = row.x;
  }).run(seed, 0);
  return fair;
}
