import { assert } from "../book/problem.js";
import { normalInverse } from "./normal.js";

// Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11, section 3.3.
// A draw is a function of its address, so any path runs anywhere, on any number of workers, with the same bits.

const TWO_TO_32 = 4294967296;
const TWO_TO_26 = 67108864;
/** 2^-52. */
const STEP = 1 / 4503599627370496;

/** Receives a block of the draws below; nothing is read from it that the same call did not write. */
const BLOCK = new Uint32Array(4);

/**
 * The ten-round Philox block: writes to `out[0..3]` the four 32-bit words that belong to the counter `c0..c3` under
 * the key `k0, k1`. All words are taken modulo 2^32.
 */
export function philox(c0: number, c1: number, c2: number, c3: number, k0: number, k1: number, out: Uint32Array): void {
  let x0 = c0 | 0;
  let x1 = c1 | 0;
  let x2 = c2 | 0;
  let x3 = c3 | 0;
  let key0 = k0 | 0;
  let key1 = k1 | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = productHigh(x0, 0xd251, 0x1f53);
    const low0 = Math.imul(x0, 0xd2511f53);
    const high1 = productHigh(x2, 0xcd9e, 0x8d57);
    const low1 = Math.imul(x2, 0xcd9e8d57);
    x0 = high1 ^ x1 ^ key0;
    x1 = low1;
    x2 = high0 ^ x3 ^ key1;
    x3 = low0;
    // The key advances by the golden ratio and by sqrt(3) - 1, as fractions of 2^32 (the paper, section 3.3).
    key0 = (key0 + 0x9e3779b9) | 0;
    key1 = (key1 + 0xbb67ae85) | 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

/**
 * A uniform in the open interval (0, 1): an odd multiple of 2^-53, so 0 and 1 never come, the mean is exactly one
 * half, and `1 - u` is as likely as `u` and exact. It depends on nothing but its address: the key is `seed` (whole,
 * below 2^53), the counter is (`index`, `tick`, `path`, `stream`), each whole and below 2^32; otherwise `AssertionError`.
 */
export function uniform(seed: number, path: number, tick: number, stream: number, index: number): number {
  assertAddress(seed, path, tick, stream);
  assert(index >>> 0 === index, "a draw's index is whole and below 2^32");
  philox(index, tick, path, stream, seed, Math.floor(seed / TWO_TO_32), BLOCK);
  return toUniform(BLOCK[0], BLOCK[1]);
}

/** A standard normal draw: the inverse distribution at the `uniform` of the same address. Errors as there. */
export function normal(seed: number, path: number, tick: number, stream: number, index: number): number {
  return normalInverse(uniform(seed, path, tick, stream, index));
}

/** Fills `out[i]` with `uniform(seed, path, tick, stream, i)`. Errors as there. */
export function fillUniform(out: Float64Array, seed: number, path: number, tick: number, stream: number): void {
  assertAddress(seed, path, tick, stream);
  const key1 = Math.floor(seed / TWO_TO_32);
  for (let i = 0; i < out.length; i++) {
    philox(i, tick, path, stream, seed, key1, BLOCK);
    out[i] = toUniform(BLOCK[0], BLOCK[1]);
  }
}

/** Fills `out[i]` with `normal(seed, path, tick, stream, i)`. Errors as there. */
export function fillNormal(out: Float64Array, seed: number, path: number, tick: number, stream: number): void {
  fillUniform(out, seed, path, tick, stream);
  for (let i = 0; i < out.length; i++) out[i] = normalInverse(out[i]);
}

/** The upper 32 bits of `a` times the constant `bHigh * 2^16 + bLow`, from four 16-bit products, all in 32-bit integers. */
function productHigh(a: number, bHigh: number, bLow: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const carry = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/** 26 bits of each word make k below 2^52; k + 1/2 still fits the 53 bits of a double, one more bit would reach 1. */
function toUniform(high: number, low: number): number {
  return ((high >>> 6) * TWO_TO_26 + (low >>> 6) + 0.5) * STEP;
}

function assertAddress(seed: number, path: number, tick: number, stream: number): void {
  assert(
    seed >= 0 && seed <= Number.MAX_SAFE_INTEGER && Math.floor(seed) === seed,
    "a seed is whole, not negative and below 2^53",
  );
  assert(
    path >>> 0 === path && tick >>> 0 === tick && stream >>> 0 === stream,
    "a draw's path, tick and stream are whole and below 2^32",
  );
}
