import { clearFlow, emptyFlow } from "../ladder/index.js";
import type { Ladder } from "../run/mechanism.js";
import { type MapMarket, publishHeld } from "./market.js";

/** One account that carries much of a band: the chart shows it and the finite jump instead of a rate. */
export interface Jump {
  readonly mechanism: string;
  readonly row: number;
  readonly account: string;
  readonly asset: number;
  /** Whole units of the asset it alone is forced to trade in the band. */
  readonly units: number;
  /** Of all forced units in the band. */
  readonly share: number;
}

/** An account is named where it is more than this share of what is forced. */
const namedShare = 0.1;

/**
 * The account with the most units of `asset` that a move from one set of prices to another forces with it, where it is more than a tenth of `forcedUnits`; null otherwise.
 * Ladders that can find the large ones are asked for those; others list every forced account at both prices.
 */
export function largestJump(
  market: MapMarket,
  ladders: readonly Ladder[],
  asset: number,
  fromUsd: ArrayLike<number>,
  toUsd: ArrayLike<number>,
  forcedUnits: number,
): Jump | null {
  const from = publishHeld(market, fromUsd, new Float64Array(market.feeds.length));
  const to = publishHeld(market, toUsd, new Float64Array(market.feeds.length));
  const adverse = toUsd[asset] < fromUsd[asset] ? 1 : -1;
  let best: Jump | null = null;
  for (const ladder of ladders) {
    const least: number = best?.units ?? namedShare * forcedUnits;
    const found: Most =
      quickMost(market, ladder, asset, from, to, adverse, least) ?? slowMost(market, ladder, asset, from, to, adverse);
    if (found.units <= least) continue;
    const { row, units } = found;
    best = { mechanism: ladder.mechanism, row, account: "", asset, units, share: units / forcedUnits };
  }
  if (!best) return null;
  const owner = ladders.find((ladder) => ladder.mechanism === best.mechanism);
  return { ...best, account: owner ? owner.describe(best.row).account : "" };
}

/** An account and how many more units it trades with the move; the first of several. */
interface Most {
  readonly row: number;
  readonly units: number;
}

/** The account that trades most where it is more than `least` units; any account below that. Undefined where the ladder cannot find the large ones. */
function quickMost(
  market: MapMarket,
  ladder: Ladder,
  asset: number,
  from: Float64Array,
  to: Float64Array,
  adverse: 1 | -1,
  least: number,
): Most | undefined {
  if (!ladder.reaching || !ladder.forcedOf) return undefined;
  const flow = emptyFlow(market.instruments.length);
  const sided = adverse === 1 ? flow.sold : flow.bought;
  const bounds = Float64Array.from(market.instruments, (one) =>
    one.asset === asset ? least : Number.POSITIVE_INFINITY,
  );
  let most: Most = { row: -1, units: 0 };
  let isShared = false;
  const unitsAt = (row: number, published: Float64Array): number => {
    clearFlow(flow);
    ladder.forcedOf?.(row, published, flow);
    return market.instruments.reduce(
      (sum, one, instrument) => (one.asset === asset ? sum + sided[instrument] : sum),
      0,
    );
  };
  ladder.reaching(from, to, bounds, (row) => {
    const more = unitsAt(row, to) - unitsAt(row, from);
    if (more <= least || more < most.units || row === most.row) return;
    if (more === most.units) {
      isShared = true;
      return;
    }
    most = { row, units: more };
    isShared = false;
    for (let instrument = 0; instrument < bounds.length; instrument++)
      bounds[instrument] = Math.max(bounds[instrument], more);
  });
  // Of several the first in the order of a listing is named, and only a listing knows it.
  return isShared ? undefined : most;
}

/** The same by listing everybody. */
export function slowMost(
  market: MapMarket,
  ladder: Ladder,
  asset: number,
  from: Float64Array,
  to: Float64Array,
  adverse: 1 | -1,
): Most {
  const units = new Map<number, number>();
  const add = (published: Float64Array, sign: 1 | -1) =>
    ladder.accounts(published, (account) => {
      if (account.instrument < 0 || market.instruments[account.instrument].asset !== asset) return;
      // A trade against the move that the move heals is none with it.
      units.set(account.row, (units.get(account.row) ?? 0) + sign * Math.max(0, adverse * account.units));
    });
  add(to, 1);
  add(from, -1);
  let most: Most = { row: -1, units: 0 };
  for (const [row, size] of units) if (size > most.units) most = { row, units: size };
  return most;
}
