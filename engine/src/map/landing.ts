import { clearFlow, emptyFlow } from "../ladder/index.js";
import { mainInstrument } from "../run/main-instrument.js";
import type { ForcedFlow, Ladder } from "../run/mechanism.js";
import { BookDepth } from "./book-depth.js";
import { type InstrumentDepth, type MapMarket, mergeVenues, publishedSteps, spotValueUsd } from "./market.js";

/** Where the cascade comes to rest. */
export interface Landing {
  /** By asset, dollars a coin: the middle of its main instrument (spot before perpetual), fair value where there is none. */
  readonly pricesUsd: Float64Array;
  /** By feed, what is published there. */
  readonly publishedSteps: Float64Array;
  /** By instrument, whole units forced sales and purchases. */
  readonly soldUnits: Float64Array;
  readonly boughtUnits: Float64Array;
  /** By instrument, whole units the venues took in all: outside sale plus forced sales minus purchases, as far as depth goes. */
  readonly absorbedUnits: Float64Array;
  /** Forced sales and purchases, at spot before the shock. */
  readonly forcedUsd: number;
  /** At the landing's published prices. */
  readonly repaidUsd: number;
  readonly badDebtUsd: number;
  /** Accounts that are forced to trade. */
  readonly liquidated: number;
  /**
   * Rounds in which something more was forced. Where merged curves did most of them (`Rounds.hurry`), a round of exact prices at the end may count once
   * more: an account whose edge lies within 1e-10 of a price waits for it.
   */
  readonly waves: number;
  /** More was to be traded than the venues could absorb: the price stands at the last level (docs/model.md). */
  readonly depthExhausted: boolean;
  /** Null at a fixed point; `cycle`: rounds repeat without rest; `rounds`: the limit of rounds was reached. */
  readonly limit: null | "cycle" | "rounds";
  /** Rounds after which the cycle repeats; 0 without one. */
  readonly cycleRounds: number;
  /** A forced trade went against the direction of the shock in some round. */
  readonly opposed: boolean;
}

/** Rounds after which a search gives up, named `rounds` in the landing: above the number of steps of any staircase met in practice. */
export const roundLimit = 200_000;

/** Curves whose own rounding moves a price by more than this are not used to hurry: rounds would no longer be counted as they are. */
const finestError = 1e-10;

/** A ladder that can answer for units alone, at less cost. */
type UnitsLadder = Ladder & { forcedUnits?(published: Float64Array, into: ForcedFlow): void };

/**
 * Works out one round after another: prices from what the venues have absorbed, forced flow from prices. Laid out once per market; a round
 * allocates nothing but what the venues' ladders do.
 */
export class Rounds {
  readonly depths: readonly InstrumentDepth[];
  /** The quick form of the depths that have one: all order books, which a map's questions start at balance. */
  private readonly books: readonly (BookDepth | undefined)[];
  readonly flow: ForcedFlow;
  /** By instrument: units the venues are asked to take, and take. */
  readonly asked: Float64Array;
  readonly absorbed: Float64Array;
  /** By venue: position and middle price in dollars. By feed: published steps. */
  readonly venuePositions: Float64Array;
  readonly venuePricesUsd: Float64Array;
  readonly published: Float64Array;
  depthExhausted = false;
  fairUsd: Float64Array = new Float64Array(0);
  private sale: ArrayLike<number> = [];
  private ladders: readonly UnitsLadder[] = [];
  private readonly nearPricesUsd: Float64Array;

  constructor(readonly market: MapMarket) {
    const count = market.instruments.length;
    this.depths = mergeVenues(market);
    this.books = this.depths.map(({ merged }) => BookDepth.of(merged));
    this.flow = emptyFlow(count);
    this.asked = new Float64Array(count);
    this.nearPricesUsd = new Float64Array(count);
    this.absorbed = new Float64Array(count);
    this.venuePositions = new Float64Array(market.venues.length);
    this.venuePricesUsd = new Float64Array(market.venues.length);
    this.published = new Float64Array(market.feeds.length);
  }

  /** Fair values, outside sale and the ladders that take part; the venues must have been started at these fair values. */
  begin(fairUsd: Float64Array, sale: ArrayLike<number>, ladders: readonly Ladder[]): void {
    this.fairUsd = fairUsd;
    this.sale = sale;
    this.ladders = ladders;
    for (let instrument = 0; instrument < this.asked.length; instrument++)
      this.askFor(instrument, sale[instrument] ?? 0);
    this.priceAll();
  }

  /** Starts from given units asked of each instrument instead. */
  restart(asked: ArrayLike<number>): void {
    for (let instrument = 0; instrument < this.asked.length; instrument++) this.askFor(instrument, asked[instrument]);
    this.priceAll();
  }

  /** One round at the prices as they stand; true where the venues are asked for something else than before. */
  round(): boolean {
    this.force();
    let changed = false;
    for (let instrument = 0; instrument < this.asked.length; instrument++) {
      const units = (this.sale[instrument] ?? 0) + this.flow.sold[instrument] - this.flow.bought[instrument];
      if (units === this.asked[instrument]) continue;
      this.askFor(instrument, units);
      this.priceInstrument(instrument);
      changed = true;
    }
    if (changed) this.publish();
    return changed;
  }

  /** Forced flow at the prices as they stand. */
  force(): void {
    clearFlow(this.flow);
    for (let i = 0; i < this.ladders.length; i++) this.ladders[i].forced(this.published, this.flow);
  }

  /**
   * Rounds on merged curves alone, without allotting units: published prices a hair (`priceError`) short of the exact ones, so that what is forced
   * stays on the near side of every exact round. Ends where nothing more is forced; exact rounds go on from there and come to the
   * same rest. `side` is 1 from below, -1 from above. Returns the number of rounds in which something changed, or -1 where the flow is not all
   * adverse or turned back, or a depth has no curve fine enough: then nothing of it may be used.
   */
  hurry(directions: Int8Array, side: 1 | -1, limit: number): number {
    if (!this.canHurry()) return -1;
    const { asked, flow, market } = this;
    for (let waves = 0; waves < limit; waves++) {
      if (!this.publishNear(directions, side)) return -1;
      this.forceUnits();
      if (this.isOpposed(directions)) return -1;
      let changed = false;
      for (let instrument = 0; instrument < asked.length; instrument++) {
        const units = (this.sale[instrument] ?? 0) + flow.sold[instrument] - flow.bought[instrument];
        if (units === asked[instrument]) continue;
        const further = -directions[market.instruments[instrument].asset] * (units - asked[instrument]);
        if (further * side < 0) return -1;
        this.askFor(instrument, units);
        changed = true;
      }
      if (!changed) return waves;
    }
    return -1;
  }

  private canHurry(): boolean {
    for (let instrument = 0; instrument < this.asked.length; instrument++) {
      const book = this.books[instrument];
      if (!book ? this.depths[instrument].venues.length > 0 : book.priceError > finestError) return false;
    }
    return true;
  }

  /** Every feed from the merged curves, on the near side by their error. False where a venue's levels have ended. */
  private publishNear(directions: Int8Array, side: 1 | -1): boolean {
    const { market, published, fairUsd, nearPricesUsd } = this;
    for (let instrument = 0; instrument < this.asked.length; instrument++) {
      const book = this.books[instrument];
      if (!book) continue;
      const { asset } = market.instruments[instrument];
      const price = book.price(this.absorbed[instrument]);
      if (Number.isNaN(price)) return false;
      nearPricesUsd[instrument] = fairUsd[asset] * price * (1 - directions[asset] * side * book.priceError);
    }
    for (let feed = 0; feed < market.feeds.length; feed++) {
      const { asset, venues } = market.feeds[feed];
      let price = fairUsd[asset];
      if (venues.length > 0) {
        // All venues of an instrument stand at one price; weights matter between instruments.
        let sum = 0;
        let weights = 0;
        for (let i = 0; i < venues.length; i++) {
          sum += venues[i].weight * nearPricesUsd[market.venues[venues[i].venue].instrument];
          weights += venues[i].weight;
        }
        price = sum / weights;
      }
      published[feed] = publishedSteps(price);
    }
    return true;
  }

  private forceUnits(): void {
    const { ladders, published, flow } = this;
    flow.sold.fill(0);
    flow.bought.fill(0);
    for (let i = 0; i < ladders.length; i++) {
      const ladder = ladders[i];
      if (ladder.forcedUnits) ladder.forcedUnits(published, flow);
      else ladder.forced(published, flow);
    }
  }

  private askFor(instrument: number, units: number): void {
    const { merged } = this.depths[instrument];
    this.asked[instrument] = units;
    if (merged.ladders.length === 0) this.absorbed[instrument] = 0;
    else if (units >= 0) this.absorbed[instrument] = Math.min(units, merged.capacity(1));
    else this.absorbed[instrument] = -Math.min(-units, merged.capacity(-1));
  }

  private priceAll(): void {
    for (let instrument = 0; instrument < this.asked.length; instrument++) this.priceInstrument(instrument);
    this.publish();
  }

  private priceInstrument(instrument: number): void {
    const { merged, venues } = this.depths[instrument];
    if (merged.ladders.length === 0) return;
    const quoteUsd = this.fairUsd[this.market.instruments[instrument].quote];
    const allotted =
      this.books[instrument]?.allot(this.absorbed[instrument]) ?? merged.allot(this.absorbed[instrument]);
    for (let row = 0; row < venues.length; row++) {
      this.venuePositions[venues[row]] = allotted[row];
      this.venuePricesUsd[venues[row]] = merged.ladders[row].middle(allotted[row]) * quoteUsd;
    }
  }

  /** Every feed by its own rule: fair value, one venue, or the weighted average of several (mechanisms/prices/spot-oracle.ts). */
  private publish(): void {
    const { feeds } = this.market;
    for (let feed = 0; feed < feeds.length; feed++) {
      const { asset, venues } = feeds[feed];
      let price = this.fairUsd[asset];
      if (venues.length === 1) price = this.venuePricesUsd[venues[0].venue];
      else if (venues.length > 1) {
        let sum = 0;
        let weights = 0;
        for (let i = 0; i < venues.length; i++) {
          sum += venues[i].weight * this.venuePricesUsd[venues[i].venue];
          weights += venues[i].weight;
        }
        price = sum / weights;
      }
      this.published[feed] = publishedSteps(price);
    }
  }

  /** Whether the venues could not take all of it, now. */
  isExhausted(): boolean {
    for (let instrument = 0; instrument < this.asked.length; instrument++) {
      if (this.asked[instrument] !== this.absorbed[instrument]) return true;
    }
    return false;
  }

  /** Whether a forced trade of the last round went against the adverse direction of its asset. */
  isOpposed(directions: Int8Array): boolean {
    const { instruments } = this.market;
    for (let instrument = 0; instrument < instruments.length; instrument++) {
      const against = directions[instruments[instrument].asset] < 0 ? this.flow.bought : this.flow.sold;
      if (against[instrument] > 0) return true;
    }
    return false;
  }

  /** Middle of an instrument's merged depth as it stands, in quote coins: what `MergedDepth.middle` is of these positions. */
  private middle(instrument: number): number {
    const { merged, venues } = this.depths[instrument];
    if (venues.length === 1) return merged.ladders[0].middle(this.venuePositions[venues[0]]);
    let bid = Number.NEGATIVE_INFINITY;
    let ask = Number.POSITIVE_INFINITY;
    for (let row = 0; row < venues.length; row++) {
      const position = this.venuePositions[venues[row]];
      bid = Math.max(bid, merged.ladders[row].marginal(position, 1));
      ask = Math.min(ask, merged.ladders[row].marginal(position, -1));
    }
    return (bid + ask) / 2;
  }

  /** By asset, dollars: the middle of its main instrument, fair value without one. */
  pricesUsd(): Float64Array {
    return this.fairUsd.map((fair, asset) => {
      const main = this.mainInstrument(asset);
      return main < 0 ? fair : this.middle(main) * this.fairUsd[this.market.instruments[main].quote];
    });
  }

  /** The instrument whose middle is the asset's price, or -1. */
  mainInstrument(asset: number): number {
    return mainInstrument(this.market.instruments, (index) => this.depths[index].venues.length > 0, asset);
  }
}

/**
 * Rounds until the venues are asked for nothing new. A cycle is found by comparing with the state kept at the last power of two of rounds
 * (Brent 1980); its landing is the state in which it was found.
 */
export function comeToRest(
  rounds: Rounds,
  directions: Int8Array,
  side: 1 | -1 = 1,
  limit: number = roundLimit,
): Landing {
  const start = Float64Array.from(rounds.asked);
  let waves = rounds.hurry(directions, side, limit);
  if (waves < 0) {
    waves = 0;
    rounds.restart(start);
  } else rounds.restart(Float64Array.from(rounds.asked));
  const kept = Float64Array.from(rounds.asked);
  let nextKept = 1;
  while (nextKept <= waves) nextKept *= 2;
  let keptAt = waves;
  let opposed = false;
  let stop: Landing["limit"] = null;
  let cycleRounds = 0;
  for (;;) {
    const changed = rounds.round();
    opposed ||= rounds.isOpposed(directions);
    if (!changed) break;
    waves++;
    if (sameUnits(kept, rounds.asked)) {
      stop = "cycle";
      cycleRounds = waves - keptAt;
      break;
    }
    if (waves === limit) {
      stop = "rounds";
      break;
    }
    if (waves === nextKept) {
      kept.set(rounds.asked);
      keptAt = waves;
      nextKept *= 2;
    }
  }
  return describeLanding(rounds, waves, stop, cycleRounds, opposed);
}

function describeLanding(
  rounds: Rounds,
  waves: number,
  limit: Landing["limit"],
  cycleRounds: number,
  opposed: boolean,
): Landing {
  const { market, flow } = rounds;
  let forcedUsd = 0;
  for (let instrument = 0; instrument < market.instruments.length; instrument++) {
    forcedUsd += spotValueUsd(market, instrument, flow.sold[instrument] + flow.bought[instrument]);
  }
  return {
    pricesUsd: rounds.pricesUsd(),
    publishedSteps: Float64Array.from(rounds.published),
    soldUnits: Float64Array.from(flow.sold),
    boughtUnits: Float64Array.from(flow.bought),
    absorbedUnits: Float64Array.from(rounds.absorbed),
    forcedUsd,
    repaidUsd: flow.repaidUsd,
    badDebtUsd: flow.badDebtUsd,
    liquidated: flow.accounts,
    waves,
    depthExhausted: rounds.isExhausted(),
    limit,
    cycleRounds,
    opposed,
  };
}

function sameUnits(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
