import { assert } from "../book/problem.js";
import type { VenueLadder } from "./venue-ladder.js";

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** The next larger Float64 after a positive finite one. */
function nextUp(value: number): number {
  float[0] = value;
  words[0] = (words[0] + 1) >>> 0;
  if (words[0] === 0) words[1]++;
  return float[0];
}

/**
 * All venues of one instrument as one cumulative ladder. Where the venues stand after a total is a function of the total alone (from one start), so
 * the map's walk and the run's rounds end in the same place to the unit.
 */
export class MergedDepth {
  readonly ladders: readonly VenueLadder[];
  private readonly allotted: Float64Array;

  constructor(ladders: readonly VenueLadder[]) {
    // Leftovers go by venue id.
    this.ladders = [...ladders].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    this.allotted = new Float64Array(ladders.length);
  }

  /** Sum of the venues' positions. */
  position(): number {
    let sum = 0;
    for (const ladder of this.ladders) sum += ladder.position();
    return sum;
  }
  /** Whole units that can still be sold (side 1) or bought (side -1). */
  capacity(side: 1 | -1): number {
    let sum = 0;
    for (const ladder of this.ladders)
      sum += side === 1 ? ladder.highest() - ladder.position() : ladder.position() - ladder.lowest();
    return Math.max(0, sum);
  }

  /** Middle of the merged ladder in quote coins: between the best price a seller gets and the best a buyer pays; NaN without venues. */
  middle(): number {
    if (this.ladders.length === 1) return this.ladders[0].middle(this.ladders[0].position());
    return this.middleAt((ladder) => ladder.position());
  }

  private middleAt(position: (ladder: VenueLadder, row: number) => number): number {
    let bid = Number.NEGATIVE_INFINITY;
    let ask = Number.POSITIVE_INFINITY;
    for (let row = 0; row < this.ladders.length; row++) {
      const ladder = this.ladders[row];
      bid = Math.max(bid, ladder.marginal(position(ladder, row), 1));
      ask = Math.min(ask, ladder.marginal(position(ladder, row), -1));
    }
    return this.ladders.length === 0 ? Number.NaN : (bid + ask) / 2;
  }

  /** Middle after `units` more were sold (negative: bought), without moving anything. */
  middleAfter(units: number): number {
    if (this.ladders.length === 1) return this.ladders[0].middle(this.ladders[0].position() + units);
    this.allot(units);
    return this.middleAt((_, row) => this.allotted[row]);
  }

  /**
   * Where every venue stands after `units` more (positive: sold): the common marginal price at which their positions sum to the total, the rest
   * by venue id. Never moves a venue against the flow. Returns the target positions, in the order of `ladders` (valid until the next call).
   */
  allot(units: number): Float64Array {
    const { ladders, allotted } = this;
    const side: 1 | -1 = units >= 0 ? 1 : -1;
    assert(Math.abs(units) <= this.capacity(side), "no more is allotted than the venues can absorb");
    if (ladders.length === 1) {
      allotted[0] = ladders[0].position() + units;
      return allotted;
    }
    const total = this.position() + units;
    if (units === 0) {
      for (let row = 0; row < ladders.length; row++) allotted[row] = ladders[row].position();
      return allotted;
    }
    let low = Number.POSITIVE_INFINITY;
    let high = 0;
    for (const ladder of ladders) {
      low = Math.min(low, ladder.marginal(side === 1 ? ladder.highest() : ladder.position(), side));
      high = Math.max(high, ladder.marginal(side === 1 ? ladder.position() : ladder.lowest(), side));
    }
    low *= 1 - 1e-12;
    high *= 1 + 1e-12;
    // Invariant: sum at `low` >= total, sum at `high` <= total; the sum falls with the price. Every price at which the sum is the total gives the same
    // places, so the search ends at the first one; else at neighbouring floats.
    let above = this.sumAt(low, side) - total;
    let below = this.sumAt(high, side) - total;
    let last = 0;
    for (let step = 0; step < 400 && nextUp(low) < high; step++) {
      // False position, weighted as in the Illinois method (Dowell and Jarratt 1971); every third step halves the bracket.
      const share = step % 3 === 2 ? 0.5 : above / (above - below);
      let price = low + (high - low) * share;
      if (!(price > low && price < high)) price = low + (high - low) / 2;
      if (!(price > low && price < high)) break;
      const gap = this.sumAt(price, side) - total;
      if (gap === 0) {
        for (let row = 0; row < ladders.length; row++) allotted[row] = this.stand(ladders[row], price, side);
        return allotted;
      }
      // The end that stays a second time weighs half.
      if (gap > 0) {
        low = price;
        above = gap;
        if (last > 0) below /= 2;
      } else {
        high = price;
        below = gap;
        if (last < 0) above /= 2;
      }
      last = gap;
    }
    let left = total;
    for (let row = 0; row < ladders.length; row++) {
      allotted[row] = this.stand(ladders[row], high, side);
      left -= allotted[row];
    }
    // At `high` never more than the total, so what is left is never negative; it goes by venue id, up to where each stands at `low`.
    for (let row = 0; row < ladders.length && left > 0; row++) {
      const more = Math.min(left, this.stand(ladders[row], low, side) - allotted[row]);
      allotted[row] += more;
      left -= more;
    }
    for (let row = 0; row < ladders.length && left > 0; row++) {
      // Prices that rounding made equal across venues can leave more: by id up to what the venue holds.
      const limit = side === 1 ? ladders[row].highest() : ladders[row].position();
      const more = Math.min(left, limit - allotted[row]);
      allotted[row] += more;
      left -= more;
    }
    assert(left === 0, "every allotted unit finds its venue");
    return allotted;
  }

  private sumAt(price: number, side: 1 | -1): number {
    let sum = 0;
    for (const ladder of this.ladders) sum += this.stand(ladder, price, side);
    return sum;
  }

  /** Where a venue stands when the marginal price is `price`, never against the flow. */
  private stand(ladder: VenueLadder, price: number, side: 1 | -1): number {
    const at = ladder.positionAt(price, side);
    return side === 1 ? Math.max(ladder.position(), at) : Math.min(ladder.position(), at);
  }

  /** Quote units for `units` more (positive: what sellers get; negative: what buyers pay), without moving anything. */
  cash(units: number): number {
    const allotted = this.allot(units);
    let sum = 0;
    for (let row = 0; row < this.ladders.length; row++) {
      const from = this.ladders[row].position();
      if (allotted[row] !== from) sum += this.ladders[row].cash(from, allotted[row]);
    }
    return sum;
  }

  /** Units (positive: to be sold) that bring the marginal price on that side to `price`; 0 where it is there already. */
  unitsToPrice(price: number): number {
    let down = 0;
    let up = 0;
    for (const ladder of this.ladders) {
      down += Math.max(0, ladder.positionAt(price, 1) - ladder.position());
      up += Math.min(0, ladder.positionAt(price, -1) - ladder.position());
    }
    return down > 0 ? down : up;
  }
}
