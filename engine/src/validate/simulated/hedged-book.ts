import { exp, log } from "../../math/index.js";
import { callHedge, type HedgedCall } from "../frey-stremme.js";
import { agentTable, evenCoin, type OpenMarket, openMarket } from "./agent-market.js";

/** What hedging does to the price, against what fair value does without it. */
export interface FeedbackSample {
  /** Variance of changes of ln price per tick, over that of fair value. */
  readonly steps: number;
  /** The same over blocks of many ticks. */
  readonly long: number;
  /** Correlation of neighbouring changes of ln price. */
  readonly correlation: number;
}

/** How long the feedback is watched. */
export interface FeedbackSize {
  readonly paths: number;
  readonly ticks: number;
  /** Ticks in a block of the long variance. */
  readonly block: number;
  readonly seed: number;
}

const symbol = "COIN";
const priceUsd = 1_000;
const tickMs = 1_000;
/** Coins to half and to twice the price: the book's log price falls by ln 2 / depth per coin. */
const depth = 1_000_000;
/** Ticks at the start of a path that are left out: a lagged price begins without a past, and forgets that by half in every tick. */
const warmUp = 50;

/**
 * A dealer's strip whose delta is a straight line in ln price: equal options at strikes that are evenly spaced in ln price. Each one's delta rises by a bell in
 * ln(S / K) whose width is sigma sqrt T; bells at a distance below their width add to a constant (the ripple is e^(-2 pi^2 (width / distance)^2), here below
 * 1e-58), so the strip's delta per unit of ln price is size / distance. With the book's straight line, gain = ln 2 / depth x size / distance.
 */
function strip(gain: number): unknown {
  const distance = 0.01;
  const reach = 25;
  // Short options at a positive gain: hedged by selling what falls.
  const size = (-gain * distance * depth) / log(2);
  const rows: number[][] = [];
  for (let place = -reach; place <= reach; place++)
    rows.push([Number(size.toFixed(6)), priceUsd * exp(distance * place), 1, 1, 50]);
  return agentTable([`size ${symbol}`, "strike USD", "expiry day", "call x", "volatility %"], rows);
}

/** A dealer with a gain on a book that is a straight line in log price, hedged in the rounds of the same tick, or by the price of the tick before. */
function hedgedMarket(gain: number, lagged: boolean, ticks: number): OpenMarket {
  return openMarket({
    coins: { [symbol]: evenCoin(symbol, priceUsd, depth) },
    tickMs,
    ticks,
    prices: {
      // A tick of a second moves fair value by 9e-5: the path stays within the strip by many widths of its options.
      shock: { kind: "brownian", calibrated: "net", assets: { [symbol]: { volatility: 0.5 } } },
      ...(lagged ? { late: { kind: "delayed-oracle", delay: `${tickMs} ms` } } : {}),
    },
    positions: { dealer: strip(gain) },
    pressure: {
      dealer: {
        kind: "dealer",
        instrument: `${symbol}/USD`,
        oracle: lagged ? "late" : "spot",
        // A hundredth of a thousandth of what a tick trades: a step of the published price is worth a few units of hedge, and rounds must end.
        band: `0.0001 ${symbol}`,
      },
    },
  });
}

/** Plays the dealer through the kernel and measures its price against fair value. */
export function playFeedback(
  gain: number,
  lagged: boolean,
  size: FeedbackSize,
  progress: (path: number) => void,
): FeedbackSample {
  const { paths, ticks, block, seed } = size;
  const { kernel, play } = hedgedMarket(gain, lagged, ticks);
  const price = new Float64Array(ticks);
  const fair = new Float64Array(ticks);
  const sums = { price: 0, fair: 0, longPrice: 0, longFair: 0, neighbours: 0 };
  for (let path = 0; path < paths; path++) {
    progress(path);
    play(seed, path, (tick) => {
      price[tick] = log(kernel.middle(0) / priceUsd);
      fair[tick] = log(kernel.fair(0) / priceUsd);
    });
    for (let tick = warmUp + 1; tick < ticks; tick++) {
      const change = price[tick] - price[tick - 1];
      sums.price += change * change;
      sums.neighbours += change * (price[tick - 1] - price[tick - 2]);
      sums.fair += (fair[tick] - fair[tick - 1]) * (fair[tick] - fair[tick - 1]);
    }
    for (let tick = warmUp + block; tick < ticks; tick += block) {
      sums.longPrice += (price[tick] - price[tick - block]) * (price[tick] - price[tick - block]);
      sums.longFair += (fair[tick] - fair[tick - block]) * (fair[tick] - fair[tick - block]);
    }
  }
  return {
    steps: sums.price / sums.fair,
    long: sums.longPrice / sums.longFair,
    correlation: sums.neighbours / sums.price,
  };
}

/**
 * d ln price / d ln fair value in the market of Frey and Stremme, by moving fair value 2e-5 up and down: `hedgedShare` of ten million coins is replicated at-the-money
 * calls, and the book is their demand F / X written as levels, X / X0 = s / (s + sold) with s the share of the supply that is not held as a hedge at the start.
 */
export function playHedgedCall({ hedgedShare, volatility, years }: HedgedCall): number {
  const supply = 10_000_000;
  // Published prices are whole steps of 1e-8 USD: at this price a step is 1e-13 of it.
  const openingUsd = 100_000;
  const openingDelta = callHedge({ hedgedShare, price: 1, strike: 1, volatility, years }).delta;
  const free = 1 - hedgedShare * openingDelta;
  const level = (sold: number): [string, string] => [
    `${((free / (free + sold) - 1) * 100).toFixed(13)}%`,
    `${Math.round(Math.abs(sold) * supply)} ${symbol}`,
  ];
  // Levels at every millionth of the supply: between them the book is log-linear, which differs by less than 1e-12.
  const steps = Array.from({ length: 100 }, (_, place) => (place + 1) * 1e-6);
  const move = 2e-5;
  const priceAfter = (share: number): number => {
    const { kernel, play } = openMarket({
      coins: {
        [symbol]: {
          priceUsd: openingUsd,
          bids: steps.map((sold) => level(sold)),
          asks: steps.map((sold) => level(-sold)),
        },
      },
      tickMs,
      ticks: 1,
      prices: { shock: { kind: "line", moves: { [symbol]: `${share * 100}%` }, over: `${tickMs} ms` } },
      positions: {
        dealer: agentTable(
          [`size ${symbol}`, "strike USD", "expiry day", "call x", "volatility %"],
          [[-hedgedShare * supply, openingUsd, 365 * years, 1, 100 * volatility]],
        ),
      },
      pressure: { dealer: { kind: "dealer", instrument: `${symbol}/USD` } },
    });
    play(0, 0);
    return kernel.middle(0);
  };
  return log(priceAfter(move) / priceAfter(-move)) / log((1 + move) / (1 - move));
}
