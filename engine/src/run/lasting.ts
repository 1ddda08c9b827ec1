import type { Book } from "../book/book.js";
import { exp } from "../math/index.js";
import type { OpenVenue } from "./open.js";

/**
 * What fair value has learned from trades (docs/decisions/005-lasting-impact.md). A venue's recovered units move that venue's own reference, by at most the flattest
 * slope of its curve; when all order books of the asset are at balance again, what they learned is shared: fair value moves by the average, weighted by depth. An
 * asset with one book shares at once. Each step takes energy out of the market, so no round trip pays.
 */
export class Lasting {
  /** ln fair value learned so far, by asset. */
  readonly byAsset: Float64Array;
  /** ln reference over fair value, by venue: what is not yet shared. */
  private readonly byVenue: Float64Array;
  /** Order books by asset. */
  private readonly books: readonly (readonly number[])[];
  private waiting = false;

  constructor(
    book: Book,
    private readonly venues: readonly OpenVenue[],
    private readonly share: number,
  ) {
    this.byAsset = new Float64Array(book.assets.length);
    this.byVenue = new Float64Array(venues.length);
    this.books = book.assets.map((_, asset) =>
      venues.flatMap(({ ladder, instrument }, index) =>
        book.instruments[instrument].asset === asset && Number.isFinite(ladder.flattestSlope()) ? [index] : [],
      ),
    );
  }

  reset(): void {
    this.byAsset.fill(0);
    this.byVenue.fill(0);
    this.waiting = false;
  }

  /** A venue's makers passed on units that were sold into it (negative: bought from it). */
  recovered(venue: number, units: number): void {
    const slope = this.venues[venue].ladder.flattestSlope();
    if (this.share === 0 || !Number.isFinite(slope)) return;
    this.byVenue[venue] -= this.share * slope * units;
    this.waiting = true;
  }

  /** The factor of a venue's own reference over fair value. */
  reference(venue: number): number {
    return this.byVenue[venue] === 0 ? 1 : exp(this.byVenue[venue]);
  }

  /** Shares what an asset's books learned, where it may be shared; calls `learned` with the asset and its move in ln price. */
  settle(learned: (asset: number, move: number) => void): void {
    if (!this.waiting) return;
    this.waiting = false;
    for (let asset = 0; asset < this.books.length; asset++) {
      const books = this.books[asset];
      if (!books.some((venue) => this.byVenue[venue] !== 0)) continue;
      if (books.length > 1 && books.some((venue) => this.venues[venue].ladder.position() !== 0)) {
        this.waiting = true;
        continue;
      }
      let sum = 0;
      let weights = 0;
      for (const venue of books) {
        const weight = 1 / this.venues[venue].ladder.flattestSlope();
        sum += weight * this.byVenue[venue];
        weights += weight;
        this.byVenue[venue] = 0;
      }
      this.byAsset[asset] += sum / weights;
      learned(asset, sum / weights);
    }
  }
}
