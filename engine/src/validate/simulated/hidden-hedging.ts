import { exp, log } from "../../math/index.js";
import { blackPrice } from "../../options/index.js";
import { agentTable, evenCoin, openMarket } from "./agent-market.js";

const symbol = "COIN";
const priceUsd = 1_000;
/** All coins there are: what a share of the market is a share of. */
const supply = 1_000_000;
const tickMs = 1_000;

/** Insurers who replicate puts on a share of the market, in a book whose log price falls by `impact` for the whole market sold. */
export interface HiddenHedging {
  readonly impact: number;
  readonly hedgedShare: number;
  readonly volatility: number;
  readonly years: number;
  /** ln(price / strike) at the start: above 0 the market has risen since the puts were at the money, and the price rests where hedging does not yet run away. */
  readonly risen: number;
  /** Insurers tell beforehand, and investors who know it meet them. */
  readonly announced: boolean;
}

/** How far ln price falls when fair value's falls by `shock` in one tick, as the insurers' own rounds make it. */
export function hedgedFall({
  impact,
  hedgedShare,
  volatility,
  years,
  risen,
  announced,
}: HiddenHedging): (shock: number) => number {
  const depth = Number(((log(2) / impact) * supply).toFixed(6));
  // Coins and as many puts are the insurers' wealth, and the strike is their floor: zero rate, prices as shares of the opening price.
  const strike = exp(-risen);
  const insuredUsd = hedgedShare * supply * priceUsd;
  const wealthUsd = insuredUsd * (1 + blackPrice(false, 1, strike, volatility * Math.sqrt(years), 1));
  const floorUsd = insuredUsd * strike;
  return (shock) => {
    const { kernel, play } = openMarket({
      coins: { [symbol]: evenCoin(symbol, priceUsd, depth) },
      tickMs,
      ticks: 1,
      rounds: 1_000_000,
      prices: {
        shock: {
          kind: "line",
          moves: { [symbol]: `${((exp(-shock) - 1) * 100).toFixed(14)}%` },
          over: `${tickMs} ms`,
        },
      },
      positions: {
        insurers: agentTable([`risky ${symbol}`, "cash USD", "floor USD"], [[wealthUsd / priceUsd, 0, floorUsd]]),
      },
      ...(announced ? { liquidity: { investors: { kind: "observed-supply", instrument: `${symbol}/USD` } } } : {}),
      pressure: {
        insurers: {
          kind: "synthetic-put",
          instrument: `${symbol}/USD`,
          start: "rule",
          band: "0%",
          horizon: `${years * 365} day`,
          volatility,
          announced: announced ? "100%" : "0%",
        },
      },
    });
    play(0, 0);
    return -log(kernel.middle(0) / priceUsd);
  };
}

/** A crash that the agents made: the shock at which the market falls over, and the fall of ln price just before and after it. */
export interface Crash {
  readonly shock: number;
  readonly before: number;
  readonly after: number;
}

/** Looks for the shock between 0 and `most` at which `fall` passes `deep`, by halving down to 4e-9 of ln price: nearer to the fold, rounds go without end. */
export function findCrash(fall: (shock: number) => number, deep: number, most: number): Crash {
  let low = 0;
  let high = most;
  let before = fall(low);
  let after = fall(high);
  while (high - low > 4e-9) {
    const middle = (low + high) / 2;
    const drop = fall(middle);
    if (drop > deep) {
      high = middle;
      after = drop;
    } else {
      low = middle;
      before = drop;
    }
  }
  return { shock: (low + high) / 2, before, after };
}

/** The gain at a shock, from how much a little more of it is amplified: 1 - d shock / d fall. */
export function gainOf(fall: (shock: number) => number, shock: number): number {
  const step = 1e-4;
  return 1 - (2 * step) / (fall(shock + step) - fall(shock - step));
}
