import type { Quote } from "./quotes.js";

/** One level of a depth curve: the marginal price once `units` have been traded, over the price before the first. */
export interface CurveLevel {
  readonly relativePrice: number;
  /** Cumulative amount of the base asset, in coins. */
  readonly units: number;
}

/** The pooled quotes of one size. */
export interface SizePoint {
  /** Coins of the base asset. */
  readonly size: number;
  /** Average price at that size over the price of the smallest quote of the same run. */
  readonly averagePrice: number;
  readonly quoteCount: number;
}

/** A depth curve, what it was made of, and what was left out. */
export interface QuoteDepth {
  readonly levels: readonly CurveLevel[];
  readonly points: readonly SizePoint[];
  readonly dropped: readonly (SizePoint & { readonly reason: string })[];
  /** Largest difference between the average price that the curve implies and the pooled one, as a fraction of price, over the points kept. */
  readonly averageError: number;
  readonly quoteCount: number;
  readonly runCount: number;
}

/** A token pair seen from its base asset: `sell` quotes send the base in, `buy` quotes send the quote asset in. */
export interface QuotePair {
  readonly base: { readonly address: string; readonly decimals: number };
  readonly quote: { readonly address: string; readonly decimals: number };
}

interface BaseQuote {
  readonly size: number;
  readonly price: number;
  readonly timeMs: number;
}

/** Quotes more than this apart belong to two runs; a run asks for all sizes within a minute, so the market hardly moves inside it. */
const runGapMs = 600_000;
const bucketsPerDecade = 4;
/** A size seen in fewer quotes than this is not pooled into the curve. */
const leastQuotes = 5;

/**
 * The marginal price curve of a pair from executable quotes.
 *
 * 1. A quote gives the average price of its size. Sizes bought are counted in the base asset received.
 * 2. Each average price is divided by that of the smallest quote of its run, which takes out the moves of the market between runs; then the
 *    median over the day of price and size in each quarter-decade of size (of at least five quotes).
 * 3. Proceeds of a size are size x average price. With a router that always finds the best route they are concave in size (costs convex),
 *    for any mix of two sizes is itself a route. A quote below that envelope is a route the router missed: it is dropped and named.
 *    What is left is the upper concave envelope through the origin, whose slopes (the marginal prices) fall strictly.
 * 4. The slope of a segment is the mean marginal price over it, reached about its middle. The marginal price at a vertex is the log-linear
 *    interpolation between the middles on both sides; at the last vertex the log-linear continuation, so that nothing beyond the largest
 *    quoted size is claimed. Prices are relative to the first slope, the best price of small sizes: half the spread is not in the curve.
 */
export function quoteDepth(quotes: readonly Quote[], pair: QuotePair, side: "sell" | "buy"): QuoteDepth {
  const runs = intoRuns(inBase(quotes, pair, side));
  const points = poolBySize(runs);
  const thin = points.filter((point) => point.quoteCount < leastQuotes);
  const hull = envelope(
    points.filter((point) => point.quoteCount >= leastQuotes),
    side === "sell" ? 1 : -1,
  );
  const kept = hull.kept.slice(0, exhaustedFrom(hull.kept));
  const dropped = [
    ...thin.map((point) => ({ ...point, reason: `fewer than ${leastQuotes} quotes` })),
    ...hull.dropped,
    ...hull.kept.slice(kept.length).map((point) => ({ ...point, reason: "exhausted: more sold brings in no more" })),
  ];
  const levels = marginalLevels(kept);
  return {
    levels,
    points,
    dropped: dropped.sort(bySize),
    averageError: averageError(kept, levels),
    quoteCount: runs.reduce((count, run) => count + run.length, 0),
    runCount: runs.length,
  };
}

function inBase(quotes: readonly Quote[], pair: QuotePair, side: "sell" | "buy"): BaseQuote[] {
  const [from, to] = side === "sell" ? [pair.base, pair.quote] : [pair.quote, pair.base];
  return quotes
    .filter((quote) => quote.source === from.address && quote.destination === to.address)
    .map((quote) => {
      const sent = quote.amountIn / 10 ** from.decimals;
      const received = quote.amountOut / 10 ** to.decimals;
      return side === "sell"
        ? { size: sent, price: received / sent, timeMs: quote.timeMs }
        : { size: received, price: sent / received, timeMs: quote.timeMs };
    })
    .sort((a, b) => a.timeMs - b.timeMs || a.size - b.size);
}

function intoRuns(quotes: readonly BaseQuote[]): BaseQuote[][] {
  const runs: BaseQuote[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const quote of quotes) {
    if (quote.timeMs - last > runGapMs) runs.push([]);
    runs[runs.length - 1].push(quote);
    last = quote.timeMs;
  }
  return runs;
}

function poolBySize(runs: readonly (readonly BaseQuote[])[]): SizePoint[] {
  const buckets = new Map<number, BaseQuote[]>();
  for (const run of runs) {
    const smallest = run.reduce((least, quote) => (quote.size < least.size ? quote : least));
    for (const quote of run) {
      const bucket = Math.floor(Math.log10(quote.size) * bucketsPerDecade);
      const pooled = buckets.get(bucket) ?? [];
      pooled.push({ ...quote, price: quote.price / smallest.price });
      buckets.set(bucket, pooled);
    }
  }
  return [...buckets.values()]
    .map((pooled) => ({
      size: median(pooled.map((quote) => quote.size)),
      averagePrice: median(pooled.map((quote) => quote.price)),
      quoteCount: pooled.length,
    }))
    .sort(bySize);
}

function bySize(a: SizePoint, b: SizePoint): number {
  return a.size - b.size;
}

/** Middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The points on the upper concave envelope of sign x size x price through the origin, and those below it. Monotone chain. */
function envelope(points: readonly SizePoint[], sign: 1 | -1) {
  const origin: SizePoint = { size: 0, averagePrice: 0, quoteCount: 0 };
  const kept: SizePoint[] = [origin];
  const dropped: (SizePoint & { reason: string })[] = [];
  for (const point of points) {
    while (
      kept.length > 1 &&
      sign * slope(kept[kept.length - 2], kept[kept.length - 1]) <= sign * slope(kept[kept.length - 1], point)
    ) {
      dropped.push({
        ...(kept.pop() as SizePoint),
        reason: "not monotone: a mix of a smaller and a larger quoted size has a better price",
      });
    }
    kept.push(point);
  }
  return { kept, dropped };
}

/** Place of the first point from which selling on brings in next to nothing (a thousandth of the first price). */
function exhaustedFrom(kept: readonly SizePoint[]): number {
  const least = kept.length > 1 ? slope(kept[0], kept[1]) / 1000 : 0;
  const place = kept.findIndex((point, index) => index > 0 && slope(kept[index - 1], point) <= least);
  return place < 0 ? kept.length : place;
}

function slope(from: SizePoint, to: SizePoint): number {
  return (to.size * to.averagePrice - from.size * from.averagePrice) / (to.size - from.size);
}

function marginalLevels(kept: readonly SizePoint[]): CurveLevel[] {
  const slopes = kept.slice(1).map((point, index) => Math.log(slope(kept[index], point) / slope(kept[0], kept[1])));
  const levels: CurveLevel[] = [];
  let before = 0;
  slopes.forEach((here, index) => {
    const width = kept[index + 1].size - kept[index].size;
    const next =
      index + 2 < kept.length ? { slope: slopes[index + 1], width: kept[index + 2].size - kept[index + 1].size } : null;
    const marginal =
      next === null ? 2 * here - before : (here * next.width + next.slope * width) / (width + next.width);
    levels.push({ relativePrice: Math.exp(marginal), units: kept[index + 1].size });
    before = marginal;
  });
  return levels;
}

/** Average price of the first `units` on a curve that is log-linear between its levels and starts at 1. */
export function curveAverage(levels: readonly CurveLevel[], units: number): number {
  let sum = 0;
  let from: CurveLevel = { relativePrice: 1, units: 0 };
  for (const level of levels) {
    const width = Math.min(level.units, units) - from.units;
    if (width <= 0) break;
    const rate = Math.log(level.relativePrice / from.relativePrice) / (level.units - from.units);
    sum += rate === 0 ? from.relativePrice * width : (from.relativePrice * Math.expm1(rate * width)) / rate;
    from = level;
  }
  return sum / units;
}

function averageError(kept: readonly SizePoint[], levels: readonly CurveLevel[]): number {
  const reference = kept.length > 1 ? kept[1].averagePrice : 1;
  let worst = 0;
  for (const point of kept.slice(1)) {
    worst = Math.max(worst, Math.abs(curveAverage(levels, point.size) / (point.averagePrice / reference) - 1));
  }
  return worst;
}
