import { divDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { NoPrice } from "./errors.js";

/** A price (steps of 1e-8) with its weight. */
export interface WeightedPrice {
  readonly price: bigint;
  readonly weight: bigint;
}

/** Weights of the spot sources of the oracle, as documented. Hyperliquid's own spot price (weight 1) is left out where an asset trades mainly elsewhere. */
export const SPOT_WEIGHTS = {
  binance: 3n,
  okx: 2n,
  bybit: 2n,
  kraken: 1n,
  kucoin: 1n,
  gate: 1n,
  mexc: 1n,
  hyperliquid: 1n,
} as const;

/** Weights of the perpetual mid prices of other exchanges in the mark price, as documented. */
export const PERPETUAL_WEIGHTS = { binance: 3n, okx: 2n, bybit: 2n, gate: 1n, mexc: 1n } as const;

/** Smoothing period of the difference between mid and oracle price, in milliseconds. */
export const BASIS_PERIOD = 150_000n;

/** Smoothing period of the book's median that steps in for a missing input, in milliseconds. */
export const BOOK_PERIOD = 30_000n;

/** 1e36, in which e^-x is worked out. */
const fine = WAD * WAD;

/** ln 2 x 1e36, rounded down. */
const lnTwo = 693_147_180_559_945_309_417_232_121_458_176_568n;

/**
 * e^(-time / period) as a wad. Worked out in steps of 1e-36 (x reduced by multiples of ln 2, then a Taylor series, each term cut) and cut to 1e-18: the result is
 * within 1e-18 of the true value, for every time from 0 on.
 */
export function decay(time: bigint, period: bigint): bigint {
  const x = divDown(time * fine, period);
  const halvings = divDown(x, lnTwo);
  const rest = x - halvings * lnTwo;
  let sum = fine;
  let term = fine;
  for (let n = 1n; term > 0n; n++) {
    term = divDown(term * rest, n * fine);
    sum += n % 2n === 0n ? term : -term;
  }
  return divDown(sum >> halvings, WAD);
}

/**
 * The smallest price at which the weight of it and all lower ones reaches half of the total: with an odd total, as in both of the documented lists, the only
 * weighted median. Throws `NoPrice` for an empty list.
 */
export function weightedMedian(prices: readonly WeightedPrice[]): bigint {
  const total = prices.reduce((sum, { weight }) => sum + weight, 0n);
  const rising = prices.filter(({ weight }) => weight > 0n).sort((a, b) => (a.price < b.price ? -1 : 1));
  let reached = 0n;
  for (const { price, weight } of rising) {
    reached += weight;
    if (2n * reached >= total) return price;
  }
  throw new NoPrice("a median needs a price with a positive weight");
}

/** Median of equally weighted prices; the lower one of two. Throws `NoPrice` for an empty list. */
export function median(prices: readonly bigint[]): bigint {
  return weightedMedian(prices.map((price) => ({ price, weight: 1n })));
}

/** A moving average as its two sums, samples x ms and ms, both times a wad. */
export interface MovingAverage {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A moving average that has seen nothing. */
export const emptyAverage: MovingAverage = { numerator: 0n, denominator: 0n };

/**
 * Adds a sample that held for `time` ms: both sums decay by e^(-time / period) and gain sample x time and time. Sums are cut to 1e-18. Source:
 * Hyperliquid docs, robust price indices.
 */
export function updateAverage(average: MovingAverage, sample: bigint, time: bigint, period: bigint): MovingAverage {
  const kept = decay(time, period);
  return {
    numerator: divDown(average.numerator * kept, WAD) + sample * time * WAD,
    denominator: divDown(average.denominator * kept, WAD) + time * WAD,
  };
}

/** Value of a moving average, in the units of its samples, rounded down. Throws `NoPrice` before the first sample. */
export function averageValue({ numerator, denominator }: MovingAverage): bigint {
  if (denominator === 0n) throw new NoPrice("a moving average without a sample has no value");
  return divDown(numerator, denominator);
}

/** What the mark price is made of; null for what does not exist. Prices in steps of 1e-8. */
export interface MarkInputs {
  readonly oracle: bigint | null;
  /** 150-s moving average of mid price less oracle price. */
  readonly basis: MovingAverage;
  readonly book: { readonly bestBid: bigint; readonly bestAsk: bigint; readonly lastTrade: bigint } | null;
  readonly perpetuals: readonly WeightedPrice[];
  /** 30-s moving average of the book's median. */
  readonly bookAverage: MovingAverage;
}

/**
 * Mark price in steps of 1e-8: median of oracle price plus average basis, of the book's median (best bid, best ask, last trade), and of other exchanges'
 * perpetuals. Where exactly two of these exist the 30-s average of the book's median is the third; of two without it the lower counts. Throws `NoPrice`
 * where there is none. Source: Hyperliquid docs, robust price indices.
 */
export function markPrice({ oracle, basis, book, perpetuals, bookAverage }: MarkInputs): bigint {
  const inputs: bigint[] = [];
  if (oracle !== null && basis.denominator > 0n) inputs.push(oracle + averageValue(basis));
  if (book !== null) inputs.push(median([book.bestBid, book.bestAsk, book.lastTrade]));
  if (perpetuals.length > 0) inputs.push(weightedMedian(perpetuals));
  if (inputs.length === 2 && bookAverage.denominator > 0n) inputs.push(averageValue(bookAverage));
  return median(inputs);
}
