import { log } from "../math/index.js";
import { type ConstantProduct, poolPositionAt, poolPrice, poolWalk } from "../rules/constant-product.js";
import {
  flattestSlope,
  type OrderBookCurve,
  positionOfLogPrice,
  relativePriceAt,
  walkValue,
} from "../rules/order-book-curve.js";
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
  /** Units used since balance: positive sold into it (docs/model.md). */
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
  flattestSlope(): number {
    return flattestSlope(this.curve);
  }
  follow(fairPrice: number): void {
    this.fairPrice = fairPrice;
  }
}

/**
 * A constant-product pool's ladder; positions count base units since open. The fee is taken from what goes out (`out`: price is a function of the
 * position whichever way it was reached) or from what comes in (`in`, as Uniswap v2: of a sale only its part after the fee walks the curve). With `in`, units
 * bought back walk the same curve back, so a round trip pays the fee once where the contract takes it twice.
 */
export class PoolLadder implements VenueLadder {
  readonly frame = "absolute";
  sold = 0;

  constructor(
    readonly id: string,
    public pool: ConstantProduct,
    readonly fee: number,
    /** Quote units per (coin price x base unit). */
    readonly toQuote: number,
    readonly feeSide: "out" | "in" = "out",
  ) {}

  /** How far the reserves have moved along the curve at a position. */
  private reach(position: number): number {
    return this.feeSide === "in" && position > 0 ? position * (1 - this.fee) : position;
  }
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
    const price = this.middle(position);
    if (side === 1) return price * (1 - this.fee);
    return this.feeSide === "in" && position > 0 ? price : price / (1 - this.fee);
  }
  middle(position: number): number {
    return poolPrice(this.pool, this.reach(position)) / this.toQuote;
  }
  positionAt(price: number, side: 1 | -1): number {
    const kept = 1 - this.fee;
    const net = side === 1 ? price / kept : price * kept;
    let guess = poolPositionAt(this.pool, net * this.toQuote);
    if (this.feeSide === "in") {
      const back = side === 1 ? guess : poolPositionAt(this.pool, price * this.toQuote);
      guess = back > 0 ? back / kept : Math.min(0, guess);
    }
    return settleGuess(this, guess, price, side);
  }
  cash(from: number, to: number): number {
    const low = Math.min(from, to);
    const high = Math.max(from, to);
    // What is above the opening position has paid its fee on the way in.
    const above =
      this.feeSide === "in" ? poolWalk(this.pool, this.reach(Math.max(0, low)), this.reach(Math.max(0, high))) : 0;
    const below =
      this.feeSide === "in" ? poolWalk(this.pool, Math.min(0, low), Math.min(0, high)) : poolWalk(this.pool, low, high);
    const kept = 1 - this.fee;
    if (to > from) return Math.floor(Math.floor(above) + Math.floor(below) * kept);
    return Math.ceil((Math.ceil(above) + Math.ceil(below)) / kept);
  }
  take(to: number): void {
    this.sold = to;
  }
  flattestSlope(): number {
    return Number.POSITIVE_INFINITY;
  }
  follow(): void {}
}
