/**
 * A constant-product pool with its invariant held in Float64: price = k / x^2 for x base units, so price and quote reserve are functions of the
 * position alone and do not depend on the way there. Fees stay outside the invariant (docs/model.md).
 * Source: x y = k (Uniswap v2 whitepaper, section 2.1); fee kept apart by our own choice.
 */
export interface ConstantProduct {
  /** Base reserve at position 0, whole units. */
  readonly baseUnits: number;
  /** Quote reserve at position 0, whole units. */
  readonly quoteUnits: number;
}

/** Quote units per base unit after `position` base units were sold into the pool. */
export function poolPrice(pool: ConstantProduct, position: number): number {
  const base = pool.baseUnits + position;
  return (pool.quoteUnits / base) * (pool.baseUnits / base);
}

/** Quote units (real) that leave the pool when the position goes from `from` up to `to`. */
export function poolWalk(pool: ConstantProduct, from: number, to: number): number {
  const first = pool.baseUnits + from;
  const second = pool.baseUnits + to;
  return (pool.quoteUnits / first) * (pool.baseUnits / second) * (to - from);
}

/** The real-valued position at which the price is `price`. */
export function poolPositionAt(pool: ConstantProduct, price: number): number {
  return Math.sqrt((pool.quoteUnits / price) * pool.baseUnits) - pool.baseUnits;
}
