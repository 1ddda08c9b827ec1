import { assert } from "../book/problem.js";

const DIGIT_BITS = 11;
const BUCKET_COUNT = 1 << DIGIT_BITS;
const DIGIT_MASK = BUCKET_COUNT - 1;
/** Three digits of each 32-bit word: 11, 11 and the last 10 bits. */
const DIGITS_PER_WORD = 3;
const PASS_COUNT = 2 * DIGITS_PER_WORD;

/** Below this many keys a comparison sort is faster than laying out the buckets (measured: they cross near 300). */
const FEW = 256;

/** The same order by comparison; `+ 0` makes -0 and 0 equal. */
function orderFew(keys: Float64Array): Uint32Array {
  const order = new Uint32Array(keys.length);
  for (let i = 0; i < order.length; i++) {
    assert(!Number.isNaN(keys[i]), "keys are numbers");
    order[i] = i;
  }
  return order.sort((a, b) => keys[a] - keys[b] || a - b);
}

/**
 * The indices of `keys` in ascending order of key, equal keys (0 and -0 too) in ascending order of index: the row
 * `keys[order[0]]` is the smallest. `keys` is not changed. A NaN is our bug and throws `AssertionError`.
 * A least-significant-digit radix sort (Knuth, The Art of Computer Programming, vol. 3, 5.2.5, algorithm R); a digit
 * that is the same in all keys costs no pass.
 */
export function orderAscending(keys: Float64Array): Uint32Array {
  const count = keys.length;
  if (count < FEW) return orderFew(keys);
  let low = new Uint32Array(count);
  let high = new Uint32Array(count);
  let order = new Uint32Array(count);
  toSortableWords(keys, low, high);
  for (let i = 0; i < count; i++) order[i] = i;

  const histograms = new Uint32Array(PASS_COUNT * BUCKET_COUNT);
  countDigits(low, high, histograms);
  const passes = passesNeeded(histograms, count, low, high);
  if (passes.length === 0) return order;

  let lowNext = new Uint32Array(count);
  let highNext = new Uint32Array(count);
  let orderNext = new Uint32Array(count);
  for (const pass of passes) {
    const starts = histograms.subarray(pass * BUCKET_COUNT, (pass + 1) * BUCKET_COUNT);
    toStarts(starts);
    const shift = (pass % DIGITS_PER_WORD) * DIGIT_BITS;
    if (pass < DIGITS_PER_WORD) {
      scatterByLow(low, high, order, lowNext, highNext, orderNext, starts, shift);
      [low, lowNext] = [lowNext, low];
    } else {
      // The low words have done their work and stay behind.
      scatterByHigh(high, order, highNext, orderNext, starts, shift);
    }
    [high, highNext] = [highNext, high];
    [order, orderNext] = [orderNext, order];
  }
  return order;
}

/**
 * Splits each key into two words whose unsigned order is the order of the numbers: a double's bits below the sign
 * rise with its size, so positive keys set the sign bit and negative ones invert all bits. Little endian.
 */
function toSortableWords(keys: Float64Array, low: Uint32Array, high: Uint32Array): void {
  const double = new Float64Array(1);
  const words = new Uint32Array(double.buffer);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    assert(key === key, "a sort key is a number, not NaN");
    // Adding 0 turns -0 into 0, its equal.
    double[0] = key + 0;
    const sign = words[1] >> 31;
    low[i] = words[0] ^ sign;
    high[i] = words[1] ^ (sign | 0x80000000);
  }
}

function countDigits(low: Uint32Array, high: Uint32Array, histograms: Uint32Array): void {
  for (let i = 0; i < low.length; i++) {
    const a = low[i];
    const b = high[i];
    histograms[a & DIGIT_MASK]++;
    histograms[BUCKET_COUNT + ((a >>> DIGIT_BITS) & DIGIT_MASK)]++;
    histograms[2 * BUCKET_COUNT + (a >>> (2 * DIGIT_BITS))]++;
    histograms[3 * BUCKET_COUNT + (b & DIGIT_MASK)]++;
    histograms[4 * BUCKET_COUNT + ((b >>> DIGIT_BITS) & DIGIT_MASK)]++;
    histograms[5 * BUCKET_COUNT + (b >>> (2 * DIGIT_BITS))]++;
  }
}

/** The digits, least first, that are not the same in all keys: those where the first key's bucket does not hold all. */
function passesNeeded(histograms: Uint32Array, count: number, low: Uint32Array, high: Uint32Array): number[] {
  const passes: number[] = [];
  for (let pass = 0; pass < PASS_COUNT && count > 1; pass++) {
    const word = pass < DIGITS_PER_WORD ? low[0] : high[0];
    const digit = (word >>> ((pass % DIGITS_PER_WORD) * DIGIT_BITS)) & DIGIT_MASK;
    if (histograms[pass * BUCKET_COUNT + digit] !== count) passes.push(pass);
  }
  return passes;
}

/** Turns counts into the place where each bucket starts. */
function toStarts(counts: Uint32Array): void {
  let start = 0;
  for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) {
    const count = counts[bucket];
    counts[bucket] = start;
    start += count;
  }
}

function scatterByLow(
  low: Uint32Array,
  high: Uint32Array,
  order: Uint32Array,
  lowNext: Uint32Array,
  highNext: Uint32Array,
  orderNext: Uint32Array,
  starts: Uint32Array,
  shift: number,
): void {
  for (let i = 0; i < low.length; i++) {
    const word = low[i];
    const place = starts[(word >>> shift) & DIGIT_MASK]++;
    lowNext[place] = word;
    highNext[place] = high[i];
    orderNext[place] = order[i];
  }
}

function scatterByHigh(
  high: Uint32Array,
  order: Uint32Array,
  highNext: Uint32Array,
  orderNext: Uint32Array,
  starts: Uint32Array,
  shift: number,
): void {
  for (let i = 0; i < high.length; i++) {
    const word = high[i];
    const place = starts[(word >>> shift) & DIGIT_MASK]++;
    highNext[place] = word;
    orderNext[place] = order[i];
  }
}
