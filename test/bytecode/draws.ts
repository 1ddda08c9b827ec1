/** A small seeded generator of whole numbers (xorshift, 64 bits). */
export interface Draws {
  /** 0 to `limit` - 1, each as likely. */
  below(limit: bigint): bigint;
  /** `low` to `high`, both included, each as likely. */
  between(low: bigint, high: bigint): bigint;
  /** 0 to 2^`bits` - 1, every number of bits as likely. */
  upTo(bits: number): bigint;
  pick<T>(from: readonly T[]): T;
  /** True `percent` times of a hundred. */
  chance(percent: bigint): boolean;
}

/** The generator that a seed begins. */
export function draws(seed: bigint): Draws {
  let state = seed;
  const next = () => {
    state ^= (state << 13n) & 0xffffffffffffffffn;
    state ^= state >> 7n;
    state ^= (state << 17n) & 0xffffffffffffffffn;
    return state;
  };
  const below = (limit: bigint) => {
    let drawn = next();
    for (let bits = limit; bits > 0n; bits >>= 64n) drawn = (drawn << 64n) | next();
    return drawn % limit;
  };
  return {
    below,
    between: (low, high) => low + below(high - low + 1n),
    upTo: (bits) => below(1n << below(BigInt(bits) + 1n)),
    pick: (from) => from[Number(next() % BigInt(from.length))],
    chance: (percent) => next() % 100n < percent,
  };
}
