import { blackPrice } from "../../options/index.js";
import { tapeKinds } from "../../run/tape.js";
import { agentTable, boundlessCoin, openMarket } from "./agent-market.js";

const symbol = "COIN";
const priceUsd = 100;
/** Of the coin and of the dollar alike. */
const unitsPerCoin = 1e6;

/** A call sold at its fair price and hedged at even intervals to its end. */
export interface ClockedHedge {
  readonly volatility: number;
  readonly years: number;
  readonly hedges: number;
}

/** What the dealer has at the end, over all paths: mean, standard deviation, and the standard error of the latter. */
export interface HedgingError {
  readonly mean: number;
  readonly deviation: number;
  readonly deviationError: number;
}

/**
 * A dealer who sold an at-the-money call at its price and hedges its delta by the clock, to the end: premium, what the hedge cost and brought, less what the call pays.
 * The dealer counts time from the start of a tick, so the option in its table ends a tick before: then the hedge at a price has that moment's delta, and in the last
 * tick it is sold.
 */
export function playClockedHedge(
  { volatility, years, hedges }: ClockedHedge,
  paths: number,
  seed: number,
  progress: (path: number) => void,
): HedgingError {
  const tickMs = Math.round((years * 365 * 86_400_000) / hedges);
  const calls = 1_000;
  let sold = 0;
  let brought = 0;
  const { kernel, play } = openMarket(
    {
      coins: { [symbol]: boundlessCoin(symbol, priceUsd) },
      tickMs,
      ticks: hedges,
      prices: { shock: { kind: "brownian", calibrated: "net", assets: { [symbol]: { volatility } } } },
      positions: {
        dealer: agentTable(
          [`size ${symbol}`, "strike USD", "expiry day", "call x", "volatility %"],
          [[-calls, priceUsd, ((hedges - 1) * tickMs) / 86_400_000, 1, 100 * volatility]],
        ),
      },
      pressure: { dealer: { kind: "dealer", instrument: `${symbol}/USD`, every: `${tickMs} ms` } },
    },
    (row) => {
      if (row.kind !== tapeKinds.trade) return;
      sold += row.x / unitsPerCoin;
      brought += (Math.sign(row.x) * row.y) / unitsPerCoin;
    },
  );
  const premium = priceUsd * blackPrice(true, 1, 1, volatility * Math.sqrt((hedges * tickMs) / (365 * 86_400_000)), 1);
  const errors = new Float64Array(paths);
  for (let path = 0; path < paths; path++) {
    if (path % 500 === 0) progress(path);
    sold = 0;
    brought = 0;
    play(seed, path);
    // All that was ever held is sold in the end, so what was sold more than bought is the hedge of the start, paid for at the opening price.
    errors[path] = premium + (brought - sold * priceUsd) / calls - Math.max(0, kernel.fair(0) - priceUsd);
  }
  const mean = errors.reduce((sum, one) => sum + one, 0) / paths;
  let variance = 0;
  let fourth = 0;
  for (const error of errors) {
    const square = (error - mean) * (error - mean);
    variance += square / paths;
    fourth += (square * square) / paths;
  }
  const deviation = Math.sqrt(variance);
  return { mean, deviation, deviationError: Math.sqrt((fourth - variance * variance) / paths) / (2 * deviation) };
}
