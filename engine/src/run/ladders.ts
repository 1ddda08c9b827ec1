import { type ConstantProduct, poolPositionAt, poolPrice, poolWalk } from "../exact/constant-product.js";
import {
  logPriceAt,
  type OrderBookCurve,
  positionOfLogPrice,
  relativePriceAt,
  walkValue,
} from "../exact/order-book-curve.js";
import { log } from "../math/index.js";
import type { VenueLadder } from "./venue-ladder.js";

/** Steps a real-valued guess to the largest whole position whose marginal price is still at least `price`. */
function settleGuess(ladder: VenueLadder, guess: number, price: number, side: 1 | -1): number {
  const low = ladder.lowest();
  const high = ladder.highest();
  let at = Math.min(high, Math.max(low, Math.floor(guess)));
  while (at < high && ladder.marginal(at + 1, side) >= price) at++;
  while (at > low && ladder.marginal(at, side) < price) at--;
  return at;
}

/** An order book's ladder: price = fair value x curve(position). `toQuote` is quote units per (coin price x base unit). */
export class OrderBookLadder implements VenueLadder {
  readonly frame = "follows-fair";
  /** Units used since balance: positive sold into it (MODEL section 2). */
  used = 0;
  /** Fair value of the instrument, quote coins per coin. */
  fairPrice = 1;

  constructor(
    readonly id: string,
    public curve: OrderBookCurve,
    readonly toQuote: number,
  ) {}

  position(): number {
    return this.used;
  }
  lowest(): number {
    return this.curve.positions[0];
  }
  highest(): number {
    return this.curve.positions[this.curve.positions.length - 1];
  }
  marginal(position: number): number {
    return this.fairPrice * relativePriceAt(this.curve, position);
  }
  middle(position: number): number {
    return this.fairPrice * relativePriceAt(this.curve, position);
  }
  positionAt(price: number, side: 1 | -1): number {
    return settleGuess(this, positionOfLogPrice(this.curve, log(price / this.fairPrice)), price, side);
  }
  cash(from: number, to: number): number {
    if (to > from) return Math.floor(this.fairPrice * this.toQuote * walkValue(this.curve, from, to));
    return Math.ceil(this.fairPrice * this.toQuote * walkValue(this.curve, to, from));
  }
  take(to: number): void {
    this.used = to;
  }
  logLevels(): Float64Array {
    return this.curve.logPrices;
  }
  follow(fairPrice: number): void {
    this.fairPrice = fairPrice;
  }
  rebase(fairPrice: number): void {
    // used <- inverse curve(curve(used) x F_old / F_new), rounded towards zero, clamped at the last level (MODEL 3.5).
    const target = logPriceAt(this.curve, this.used) + log(this.fairPrice / fairPrice);
    this.used = Math.trunc(positionOfLogPrice(this.curve, target));
    this.fairPrice = fairPrice;
  }
}

/** A constant-product pool's ladder; positions count base units since open. */
export class PoolLadder implements VenueLadder {
  readonly frame = "absolute";
  sold = 0;

  constructor(
    readonly id: string,
    public pool: ConstantProduct,
    readonly fee: number,
    /** Quote units per (coin price x base unit). */
    readonly toQuote: number,
  ) {}

  position(): number {
    return this.sold;
  }
  lowest(): number {
    return Math.ceil(-0.99 * this.pool.baseUnits);
  }
  highest(): number {
    // Beyond a hundredfold reserve the price is below a ten-thousandth: nothing real trades there, and sums stay below 2^53.
    return Math.floor(Math.min(99 * this.pool.baseUnits, 2 ** 52));
  }
  marginal(position: number, side: 1 | -1): number {
    const price = poolPrice(this.pool, position) / this.toQuote;
    return side === 1 ? price * (1 - this.fee) : price / (1 - this.fee);
  }
  middle(position: number): number {
    return poolPrice(this.pool, position) / this.toQuote;
  }
  positionAt(price: number, side: 1 | -1): number {
    const net = side === 1 ? price / (1 - this.fee) : price * (1 - this.fee);
    return settleGuess(this, poolPositionAt(this.pool, net * this.toQuote), price, side);
  }
  cash(from: number, to: number): number {
    if (to > from) return Math.floor(Math.floor(poolWalk(this.pool, from, to)) * (1 - this.fee));
    return Math.ceil(Math.ceil(poolWalk(this.pool, to, from)) / (1 - this.fee));
  }
  take(to: number): void {
    this.sold = to;
  }
  logLevels(): Float64Array {
    return new Float64Array(0);
  }
  follow(): void {}
  rebase(): void {}
}
