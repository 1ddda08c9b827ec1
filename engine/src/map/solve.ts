import { clearFlow, emptyFlow } from "../ladder/index.js";
import type { Ladder } from "../run/mechanism.js";
import { comeToRest, type Landing, Rounds, roundLimit } from "./landing.js";
import { type MapMarket, publishHeld, startVenues } from "./market.js";
import { adverseDirections, type OutsideShock, shockedFair } from "./shock.js";

/** How a solution is looked for. */
export interface SolveOptions {
  /** Only mechanisms that react within this many milliseconds take part; default: all. */
  readonly horizonMs?: number;
  /** Pools stand where arbitrage with the shocked fair value puts them (default), or where the book has them. */
  readonly arbitragePools?: boolean;
  readonly roundLimit?: number;
}

/** Both ends of what the shock can come to. */
export interface Solution {
  readonly shallowest: Landing;
  readonly deepest: Landing;
  /** A forced trade went against the shock somewhere: the two are outcomes, not bounds (docs/model.md). */
  readonly nonMonotone: boolean;
  /** Fair values after the shock, by asset, in dollars. */
  readonly fairUsd: Float64Array;
  /** Where pools stood at the start. */
  readonly arbitragePools: boolean;
  /** By asset: -1 where sales are adverse, 1 where purchases are. */
  readonly directions: Int8Array;
}

/** Assets are sent this far down or up, one at a time, to find all who can be forced to sell or buy them. */
const allSellersFactor = 1 / 64;
const allBuyersFactor = 4;

/** The ladders that react within the horizon. */
export function reacting(market: MapMarket, horizonMs: number = Number.POSITIVE_INFINITY): readonly Ladder[] {
  return market.ladders.filter((ladder) => ladder.reactionMs <= horizonMs);
}

/**
 * The shallowest landing alone: rounds from the shock (prices, forced units, total position, price again) until nothing changes. From below, so it is
 * the least fixed point where every forced trade is adverse. Leaves `rounds` at the landing.
 */
export function solveShallowest(rounds: Rounds, shock: OutsideShock, options: SolveOptions = {}): Landing {
  const { market } = rounds;
  const fairUsd = shockedFair(market, shock);
  startVenues(market, fairUsd, options.arbitragePools ?? true);
  rounds.begin(fairUsd, shock.saleUnits ?? [], reacting(market, options.horizonMs));
  return comeToRest(rounds, adverseDirections(market, shock), 1, options.roundLimit ?? roundLimit);
}

/**
 * The shallowest and the deepest fixed point of a shock (docs/model.md). The deepest starts with everybody forced who can be, and nobody trading
 * the other way, and lets go of those whom the price does not hold. No refill, no lasting impact, no delay: the limit case.
 */
export function solve(
  market: MapMarket,
  shock: OutsideShock,
  options: SolveOptions = {},
  rounds = new Rounds(market),
): Solution {
  const limit = options.roundLimit ?? roundLimit;
  const directions = adverseDirections(market, shock);
  const shallowest = solveShallowest(rounds, shock, options);
  rounds.restart(everybodyForced(market, shock, rounds.fairUsd, directions, reacting(market, options.horizonMs)));
  const deepest = comeToRest(rounds, directions, -1, limit);
  return {
    shallowest,
    deepest,
    nonMonotone: shallowest.opposed || deepest.opposed,
    fairUsd: rounds.fairUsd,
    arbitragePools: options.arbitragePools ?? true,
    directions,
  };
}

/** Units asked of each instrument when all who can be forced in its adverse direction are, and no one trades the other way. */
function everybodyForced(
  market: MapMarket,
  shock: OutsideShock,
  fairUsd: Float64Array,
  directions: Int8Array,
  ladders: readonly Ladder[],
): Float64Array {
  const count = market.instruments.length;
  const sold = new Float64Array(count);
  const bought = new Float64Array(count);
  const published = new Float64Array(market.feeds.length);
  const flow = emptyFlow(count);
  for (let asset = 0; asset < market.assets.length; asset++) {
    if (!market.instruments.some((instrument) => instrument.asset === asset)) continue;
    const prices = Float64Array.from(fairUsd);
    prices[asset] *= directions[asset] < 0 ? allSellersFactor : allBuyersFactor;
    publishHeld(market, prices, published);
    clearFlow(flow);
    for (const ladder of ladders) ladder.forced(published, flow);
    for (let instrument = 0; instrument < count; instrument++) {
      sold[instrument] = Math.max(sold[instrument], flow.sold[instrument]);
      bought[instrument] = Math.max(bought[instrument], flow.bought[instrument]);
    }
  }
  return Float64Array.from(market.instruments, ({ asset }, instrument) => {
    const sale = shock.saleUnits?.[instrument] ?? 0;
    return directions[asset] < 0 ? sale + sold[instrument] : sale - bought[instrument];
  });
}
