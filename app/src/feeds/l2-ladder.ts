import type { L2Level } from "./l2-line.js";

/** One side of an order book: sizes by price, best price kept. */
export class L2Ladder {
  readonly #sizes = new Map<number, number>();
  #best: number | null = null;
  /** 1: bids, the best is the highest; -1: asks, the lowest. */
  readonly #sign: 1 | -1;

  constructor(side: "bids" | "asks") {
    this.#sign = side === "bids" ? 1 : -1;
  }

  clear(): void {
    this.#sizes.clear();
    this.#best = null;
  }

  /** Sets the size of each level; size 0 removes it. */
  apply(levels: readonly L2Level[]): void {
    for (const [price, size] of levels) {
      if (size > 0) {
        this.#sizes.set(price, size);
        if (this.#best === null || this.#sign * price > this.#sign * this.#best) this.#best = price;
      } else if (this.#sizes.delete(price) && price === this.#best) {
        this.#best = this.#findBest();
      }
    }
  }

  /** Best price in steps, null when the side is empty. */
  get best(): number | null {
    return this.#best;
  }

  sizeAt(price: number): number {
    return this.#sizes.get(price) ?? 0;
  }

  /** Coins resting at `limit` or better. */
  sizeUpTo(limit: number): number {
    let sum = 0;
    for (const [price, size] of this.#sizes) if (this.#sign * price >= this.#sign * limit) sum += size;
    return sum;
  }

  #findBest(): number | null {
    let best: number | null = null;
    for (const price of this.#sizes.keys()) if (best === null || this.#sign * price > this.#sign * best) best = price;
    return best;
  }
}
