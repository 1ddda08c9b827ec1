const prime1 = 0x9e3779b1 | 0;
const prime2 = 0x85ebca77 | 0;
const prime3 = 0xc2b2ae3d | 0;
const prime4 = 0x27d4eb2f | 0;
const prime5 = 0x165667b1 | 0;

/**
 * XXH32 of bytes (Yann Collet, xxHash specification 0.1.1, section "XXH32"), as an unsigned 32-bit number: finds damage, not malice.
 * `bytes` must begin at a multiple of four in its buffer, for words are read in place.
 */
export function xxh32(bytes: Uint8Array, seed = 0): number {
  const wordCount = bytes.length >>> 2;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, wordCount);
  const stripeEnd = wordCount & ~3;
  let hash = (seed + prime5) | 0;
  if (stripeEnd > 0) hash = stripes(words, stripeEnd, seed);
  hash = (hash + bytes.length) | 0;
  for (let place = stripeEnd; place < wordCount; place++) {
    hash = Math.imul(rotated((hash + Math.imul(words[place], prime3)) | 0, 17), prime4);
  }
  for (let place = wordCount * 4; place < bytes.length; place++) {
    hash = Math.imul(rotated((hash + Math.imul(bytes[place], prime5)) | 0, 11), prime1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), prime2);
  hash = Math.imul(hash ^ (hash >>> 13), prime3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The four accumulators over whole stripes of sixteen bytes; they run side by side, so the loop is bound by memory. */
function stripes(words: Int32Array, end: number, seed: number): number {
  let first = (seed + prime1 + prime2) | 0;
  let second = (seed + prime2) | 0;
  let third = seed | 0;
  let fourth = (seed - prime1) | 0;
  for (let place = 0; place < end; place += 4) {
    first = (first + Math.imul(words[place], prime2)) | 0;
    first = Math.imul((first << 13) | (first >>> 19), prime1);
    second = (second + Math.imul(words[place + 1], prime2)) | 0;
    second = Math.imul((second << 13) | (second >>> 19), prime1);
    third = (third + Math.imul(words[place + 2], prime2)) | 0;
    third = Math.imul((third << 13) | (third >>> 19), prime1);
    fourth = (fourth + Math.imul(words[place + 3], prime2)) | 0;
    fourth = Math.imul((fourth << 13) | (fourth >>> 19), prime1);
  }
  return (rotated(first, 1) + rotated(second, 7) + rotated(third, 12) + rotated(fourth, 18)) | 0;
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
