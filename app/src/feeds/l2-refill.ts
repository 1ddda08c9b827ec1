import { type L2Book, replayL2 } from "./l2-replay.js";

/** How the refill rate is measured; the values are those of the shipped figure. */
export interface RefillMethod {
  /** Trades of one side at most this far apart are one episode. */
  readonly burstGapMs: number;
  /** Least coins traded in an episode. */
  readonly leastSize: number;
  /** Depth counted from the best price before the episode, as a fraction of it. */
  readonly band: number;
  /** Times after the end of the episode at which depth is counted; the first is the reference. */
  readonly lagsMs: readonly number[];
  /** Episodes within one interval of this length are resampled together. */
  readonly clusterMs: number;
  readonly resampleCount: number;
  readonly seed: number;
}

/** 20 coins: about a quarter of what rests at the best price; 5 basis points: what such a sale can reach; the lags until the sample is too short. */
export const refillMethod: RefillMethod = {
  burstGapMs: 100,
  leastSize: 20,
  band: 0.0005,
  lagsMs: [250, 500, 1000, 2000, 3000, 5000, 8000, 12_000, 20_000],
  clusterMs: 15_000,
  resampleCount: 1000,
  seed: 20240808,
};

/** A run of trades that consumed one side. */
export interface Episode {
  readonly sold: boolean;
  readonly fromMs: number;
  readonly toMs: number;
  readonly size: number;
}

/** The volume missing at the levels of an episode, by lag. */
export interface Recovery {
  readonly episode: Episode;
  readonly missing: readonly number[];
}

/** The measured rate. */
export interface RefillRate {
  readonly perHour: number;
  /** 2.5 and 97.5 per cent points of the resampled rates. */
  readonly band: readonly [number, number];
  readonly episodeCount: number;
  readonly clusterCount: number;
  /** Share of the missing volume still missing at each lag, all episodes together; 1 at the first. */
  readonly missingShare: readonly number[];
}

/**
 * The rate at which consumed volume comes back, as `missing(t) = missing(0) exp(-rate t)` (Alfonsi, Fruth and Schied: exponential recovery of volume).
 *
 * An episode is a run of trades of one side. The volume resting on that side between the best price just before it and `band` beyond is counted before it
 * and at each lag after it; the difference is what is missing, cancelled orders included. Levels stay those of before the
 * episode: what a lasting move of the price takes away counts as missing, so the rate is on the slow side. Missing volume is summed over episodes (a
 * ratio of sums, since single episodes drown in other orders) and the rate is the least-squares fit of its share. The interval resamples
 * clusters of episodes by clock time, for episodes close in time share their noise.
 */
export function measureRefill(lines: () => Iterable<string>, method: RefillMethod = refillMethod): RefillRate | null {
  const recoveries = measureRecoveries(lines, method);
  const clusters = clusterByTime(recoveries, method.clusterMs);
  const shares = missingShares(recoveries);
  if (shares === null) return null;
  const rates = resampledRates(clusters, method);
  return {
    perHour: fitRate(shares, method.lagsMs) * 3600,
    band: [percentile(rates, 0.025) * 3600, percentile(rates, 0.975) * 3600],
    episodeCount: recoveries.length,
    clusterCount: clusters.length,
    missingShare: shares,
  };
}

function clusterByTime(recoveries: readonly Recovery[], clusterMs: number): Recovery[][] {
  const clusters = new Map<number, Recovery[]>();
  for (const recovery of recoveries) {
    const key = Math.floor(recovery.episode.fromMs / clusterMs);
    const cluster = clusters.get(key);
    if (cluster === undefined) clusters.set(key, [recovery]);
    else cluster.push(recovery);
  }
  return [...clusters.values()];
}

/** Episodes of at least `leastSize`, in time order. */
export function findEpisodes(lines: Iterable<string>, method: RefillMethod): Episode[] {
  const episodes: { sold: boolean; fromMs: number; toMs: number; size: number }[] = [];
  replayL2(lines, {
    trade({ timeMs, size, sold }) {
      const last = episodes[episodes.length - 1];
      if (last !== undefined && last.sold === sold && timeMs - last.toMs <= method.burstGapMs) {
        last.toMs = timeMs;
        last.size += size;
      } else episodes.push({ sold, fromMs: timeMs, toMs: timeMs, size });
    },
  });
  return episodes.filter((episode) => episode.size >= method.leastSize);
}

/** Counts the missing volume of each episode that lies wholly inside the replayed time. */
export function measureRecoveries(lines: () => Iterable<string>, method: RefillMethod): Recovery[] {
  const open = findEpisodes(lines(), method).map((episode) => ({
    episode,
    limit: 0,
    before: -1,
    missing: [] as number[],
  }));
  let firstOpen = 0;
  replayL2(lines(), {
    beforeUpdate(book, nextMs) {
      for (let index = firstOpen; index < open.length; index++) {
        const watched = open[index];
        if (nextMs < watched.episode.fromMs) break;
        if (watched.before < 0) startWatching(watched, book, method.band);
        while (
          watched.missing.length < method.lagsMs.length &&
          nextMs > watched.episode.toMs + method.lagsMs[watched.missing.length]
        ) {
          watched.missing.push(watched.before - resting(book, watched.episode.sold, watched.limit));
        }
      }
      while (firstOpen < open.length && open[firstOpen].missing.length === method.lagsMs.length) firstOpen += 1;
    },
  });
  return open.filter((watched) => watched.before > 0 && watched.missing.length === method.lagsMs.length);
}

function startWatching(watched: { episode: Episode; limit: number; before: number }, book: L2Book, band: number): void {
  const best = watched.episode.sold ? book.bids.best : book.asks.best;
  // A book whose last update is not before the episode has already been hit: the episode began before the book did.
  if (best === null || book.timeMs >= watched.episode.fromMs) watched.before = 0;
  else {
    watched.limit = best * (watched.episode.sold ? 1 - band : 1 + band);
    watched.before = resting(book, watched.episode.sold, watched.limit);
  }
}

function resting(book: L2Book, sold: boolean, limit: number): number {
  return sold ? book.bids.sizeUpTo(limit) : book.asks.sizeUpTo(limit);
}

/** Share of the missing volume still missing at each lag; null where nothing was missing at the first. */
export function missingShares(recoveries: readonly Recovery[]): number[] | null {
  const lagCount = recoveries[0]?.missing.length ?? 0;
  const sums = Array.from({ length: lagCount }, (_, lag) =>
    recoveries.reduce((sum, recovery) => sum + recovery.missing[lag], 0),
  );
  return sums.length > 0 && sums[0] > 0 ? sums.map((sum) => sum / sums[0]) : null;
}

/** Rate per second that best fits `share = exp(-rate (lag - first lag))`, between 0.001 and 10, to 1 %. */
export function fitRate(shares: readonly number[], lagsMs: readonly number[]): number {
  let best = { rate: 0, error: Number.POSITIVE_INFINITY };
  for (let step = 0; step <= 926; step++) {
    const rate = 0.001 * Math.exp(step * 0.00995);
    let error = 0;
    for (const [index, share] of shares.entries()) {
      error += (share - Math.exp((-rate * (lagsMs[index] - lagsMs[0])) / 1000)) ** 2;
    }
    if (error < best.error) best = { rate, error };
  }
  return best.rate;
}

function resampledRates(clusters: readonly (readonly Recovery[])[], method: RefillMethod): number[] {
  const random = sequence(method.seed);
  const rates: number[] = [];
  for (let resample = 0; resample < method.resampleCount; resample++) {
    const drawn = clusters.flatMap(() => clusters[Math.floor(random() * clusters.length)]);
    const shares = missingShares(drawn);
    if (shares !== null) rates.push(fitRate(shares, method.lagsMs));
  }
  return rates.sort((a, b) => a - b);
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Uniform numbers in [0, 1), the same for the same seed (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
