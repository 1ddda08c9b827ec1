import { assert } from "../book/problem.js";
import { mulDivDown } from "../math/index.js";

/**
 * Rank of a profitable position in the deleveraging queue: profit over entry notional, times leverage (notional over equity); 0 without a
 * profit. Source: the queues of Binance, Bybit and BitMEX (profit x leverage; MECHANISMS 16, 24).
 */
export function deleveragingRank(entry: number, notional: number, profit: number, equity: number): number {
  if (profit <= 0 || entry <= 0 || equity <= 0) return 0;
  return (profit / entry) * (notional / equity);
}

/**
 * Closes everybody in proportion to size: floor(size x need / total), leftover units one by one in the order given. Returns the units found: `need`,
 * or everything there is.
 */
export function allotProRata(sizes: ArrayLike<number>, need: number, into: Float64Array): number {
  let total = 0;
  for (let place = 0; place < sizes.length; place++) total += sizes[place];
  assert(total <= Number.MAX_SAFE_INTEGER, "sizes sum to less than 2^53 units");
  const found = Math.min(need, total);
  let left = found;
  for (let place = 0; place < sizes.length; place++) {
    into[place] = found === total ? sizes[place] : mulDivDown(sizes[place], found, total);
    left -= into[place];
  }
  for (let place = 0; place < sizes.length && left > 0; place++) {
    if (into[place] >= sizes[place]) continue;
    into[place] += 1;
    left -= 1;
  }
  assert(left === 0, "leftover units are fewer than positions");
  return found;
}
