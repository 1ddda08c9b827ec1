import { bucketPrice } from "../../../exact/ajna/index.js";
import type { FinePrice } from "../../../rules/ajna.js";
import { bucketBelow, lowestBucket } from "../../../rules/ajna-auction.js";

/** One lender's deposit at the opening. */
export interface OpeningDeposit {
  /** Quote coins per coin. */
  readonly price: number;
  /** Whole quote units. */
  readonly units: number;
}

/** What settling an auction took from the buckets, whole units. */
export interface Settled {
  /** Deposits that collateral was swapped for, and that collateral. */
  depositsUsed: number;
  collateralMoved: number;
  /** Deposits cancelled against debt. */
  cancelled: number;
}

const prices = new Map<number, { readonly coins: number; readonly fine: FinePrice }>();

function priceOf(index: number): { readonly coins: number; readonly fine: FinePrice } {
  let known = prices.get(index);
  if (known === undefined) {
    const wad = bucketPrice(index);
    const fine = { high: Number(wad / 1_000_000_000n), low: Number(wad % 1_000_000_000n) };
    known = { coins: Number(wad) / 1e18, fine };
    prices.set(index, known);
  }
  return known;
}

/** Price of a bucket in quote coins per coin. */
export function coinsAt(index: number): number {
  return priceOf(index).coins;
}

/**
 * A pool's deposits: one entry per line of the scenario, each in one bucket, and where its lenders want it. Entries of one bucket stand in their order; what a bucket
 * loses they lose in it. The lowest bucket's price, as lowest utilised price, means that nothing backs the debt.
 */
export class Deposits {
  /** By entry: bucket, units, and the bucket that its lenders want. */
  readonly bucket: Int32Array;
  readonly units: Float64Array;
  readonly wanted: Int32Array;

  constructor(private readonly opening: readonly OpeningDeposit[]) {
    this.bucket = new Int32Array(opening.length);
    this.units = new Float64Array(opening.length);
    this.wanted = new Int32Array(opening.length);
  }

  reset(): void {
    this.opening.forEach(({ price, units }, entry) => {
      this.bucket[entry] = bucketBelow(price, coinsAt);
      this.wanted[entry] = this.bucket[entry];
      this.units[entry] = units;
    });
  }

  total(): number {
    return this.units.reduce((sum, units) => sum + units, 0);
  }

  /** Where lenders want their deposits when the market is at `share` of its opening price. */
  follow(share: number): void {
    this.opening.forEach(({ price }, entry) => {
      this.wanted[entry] = bucketBelow(price * share, coinsAt);
    });
  }

  /** Bucket down to which deposits, where their lenders want them, cover `debt`; the lowest where they do not, -1 without debt. */
  lowestUtilised(debt: number): number {
    if (debt <= 0) return -1;
    let sum = 0;
    for (const entry of this.fromTheTop(this.wanted)) {
      sum += this.units[entry];
      if (sum >= debt) return this.wanted[entry];
    }
    return lowestBucket;
  }

  /** Every deposit goes where its lenders want it, but those that debt in auction locks: the highest ones, down to the bucket in which they cover it. */
  move(debtInAuction: number): void {
    let sum = 0;
    let locked = -1;
    if (debtInAuction > 0) {
      locked = lowestBucket;
      for (const entry of this.fromTheTop(this.bucket)) {
        sum += this.units[entry];
        if (sum < debtInAuction) continue;
        locked = this.bucket[entry];
        break;
      }
    }
    for (let entry = 0; entry < this.units.length; entry++)
      if (this.bucket[entry] > locked) this.bucket[entry] = this.wanted[entry];
  }

  /** Collateral swapped for deposits from the highest bucket down, until debt or collateral is gone. Source: `_settlePoolDebtWithDeposit`. */
  swap(debt: number, collateral: number, unit: number, into: Settled): Settled {
    into.depositsUsed = 0;
    into.collateralMoved = 0;
    into.cancelled = 0;
    for (const [index, deposit] of this.buckets()) {
      const left = debt - into.depositsUsed;
      const held = collateral - into.collateralMoved;
      if (left <= 0 || held <= 0) return into;
      const price = coinsAt(index) * unit;
      const backed = Math.floor(held * price);
      const used = Math.min(deposit, left, backed);
      const isCovered = used === left || used === deposit;
      const moved = isCovered ? Math.min(held, Math.ceil(used / price)) : held;
      into.depositsUsed += used;
      into.collateralMoved += moved;
      this.reduce(index, used);
    }
    // Without deposits the collateral goes into the lowest bucket.
    if (debt > into.depositsUsed) into.collateralMoved = collateral;
    return into;
  }

  /** Deposits cancelled from the highest bucket down; returns the units. What no deposit is left for is forgiven all the same (`_forgiveBadDebt`). */
  forgive(debt: number): number {
    let cancelled = 0;
    for (const [index, deposit] of this.buckets()) {
      const used = Math.min(deposit, debt - cancelled);
      if (used <= 0) break;
      cancelled += used;
      this.reduce(index, used);
    }
    return cancelled;
  }

  /** Buckets with deposits, highest price first: index and units. */
  buckets(): readonly (readonly [number, number])[] {
    const found = new Map<number, number>();
    for (const entry of this.fromTheTop(this.bucket)) {
      if (this.units[entry] > 0)
        found.set(this.bucket[entry], (found.get(this.bucket[entry]) ?? 0) + this.units[entry]);
    }
    return [...found];
  }

  private reduce(index: number, units: number): void {
    let left = units;
    for (let entry = 0; entry < this.units.length; entry++) {
      if (this.bucket[entry] !== index) continue;
      const taken = Math.min(left, this.units[entry]);
      this.units[entry] -= taken;
      left -= taken;
    }
  }

  private fromTheTop(buckets: Int32Array): readonly number[] {
    return Array.from(buckets.keys()).sort((a, b) => buckets[a] - buckets[b] || a - b);
  }
}

/** The price of a bucket with every digit. */
export function finePriceAt(index: number): FinePrice {
  return priceOf(index).fine;
}
