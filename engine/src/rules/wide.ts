import { assert } from "../book/problem.js";

/**
 * A whole number from 0, of any size: limbs of 24 bits, lowest first, without zeros at the top. For the few decisions whose terms leave 2^53: rules take them only
 * where rounded numbers are too close to tell, and where a liquidation's amounts are made.
 */
export type Wide = readonly number[];

const limb = 16_777_216;
const limbBits = 24;

/** A whole number of any size that a Float64 holds exactly. */
export function wide(value: number): Wide {
  assert(
    value >= 0 && Math.floor(value) === value && value < Number.POSITIVE_INFINITY,
    "a wide number is whole, from 0",
  );
  const limbs: number[] = [];
  for (let left = value; left > 0; left = Math.floor(left / limb)) limbs.push(left % limb);
  return limbs;
}

/** The nearest Float64, within a few parts in 2^53. */
export function narrow(value: Wide): number {
  let sum = 0;
  for (let place = value.length - 1; place >= 0; place--) sum = sum * limb + value[place];
  return sum;
}

/** -1, 0 or 1: the sign of a - b. */
export function compareWide(a: Wide, b: Wide): number {
  if (a.length !== b.length) return a.length < b.length ? -1 : 1;
  for (let place = a.length - 1; place >= 0; place--) if (a[place] !== b[place]) return a[place] < b[place] ? -1 : 1;
  return 0;
}

/** a + b. */
export function addWide(a: Wide, b: Wide): Wide {
  const sum: number[] = [];
  let carry = 0;
  for (let place = 0; place < Math.max(a.length, b.length); place++) {
    const at = (a[place] ?? 0) + (b[place] ?? 0) + carry;
    sum.push(at % limb);
    carry = at >= limb ? 1 : 0;
  }
  if (carry > 0) sum.push(carry);
  return sum;
}

/** a - b, where a is at least b. */
export function subtractWide(a: Wide, b: Wide): Wide {
  const left: number[] = [];
  let borrowed = 0;
  for (let place = 0; place < a.length; place++) {
    const at = a[place] - (b[place] ?? 0) - borrowed;
    borrowed = at < 0 ? 1 : 0;
    left.push(at + borrowed * limb);
  }
  assert(borrowed === 0 && b.length <= a.length, "a wide number is not taken from a smaller one");
  return trimmed(left);
}

/** The product of all factors. */
export function multiplyWide(...factors: readonly Wide[]): Wide {
  let product: Wide = [1];
  for (const factor of factors) product = productOf(product, factor);
  return product;
}

function productOf(a: Wide, b: Wide): Wide {
  if (a.length === 0 || b.length === 0) return [];
  const product = new Array<number>(a.length + b.length).fill(0);
  for (let i = 0; i < a.length; i++) {
    let carry = 0;
    for (let j = 0; j < b.length; j++) {
      const at = product[i + j] + a[i] * b[j] + carry;
      product[i + j] = at % limb;
      carry = Math.floor(at / limb);
    }
    product[i + b.length] += carry;
  }
  return trimmed(product);
}

function trimmed(limbs: number[]): Wide {
  while (limbs.length > 0 && limbs[limbs.length - 1] === 0) limbs.pop();
  return limbs;
}

/** a / b, rounded down; b above 0. */
export function divideWide(a: Wide, b: Wide): Wide {
  assert(b.length > 0, "a wide number is divided by more than 0");
  let quotient: Wide = [];
  let rest = a;
  while (compareWide(rest, b) >= 0) {
    // A little less than the quotient of what is left, so that it is never too much: fourteen digits a turn.
    const part = wide(Math.max(1, Math.floor((narrow(rest) / narrow(b)) * (1 - 1e-14))));
    quotient = addWide(quotient, part);
    rest = subtractWide(rest, productOf(part, b));
  }
  return quotient;
}

/** a / b, rounded up; b above 0. */
export function divideWideUp(a: Wide, b: Wide): Wide {
  const down = divideWide(a, b);
  return compareWide(productOf(down, b), a) === 0 ? down : addWide(down, [1]);
}

/** a x 2^bits. */
export function shiftWideUp(a: Wide, bits: number): Wide {
  if (a.length === 0) return a;
  const shifted = new Array<number>(Math.floor(bits / limbBits)).fill(0);
  const factor = powerOfTwo(bits % limbBits);
  let carry = 0;
  for (let place = 0; place < a.length; place++) {
    const at = a[place] * factor + carry;
    shifted.push(at % limb);
    carry = Math.floor(at / limb);
  }
  if (carry > 0) shifted.push(carry);
  return shifted;
}

/** a / 2^bits, rounded down. */
export function shiftWideDown(a: Wide, bits: number): Wide {
  const skipped = Math.floor(bits / limbBits);
  const factor = powerOfTwo(bits % limbBits);
  const shifted: number[] = [];
  for (let place = skipped; place < a.length; place++) {
    const above = (a[place + 1] ?? 0) % factor;
    shifted.push(Math.floor(a[place] / factor) + above * (limb / factor));
  }
  return trimmed(shifted);
}

function powerOfTwo(bits: number): number {
  let power = 1;
  for (let bit = 0; bit < bits; bit++) power *= 2;
  return power;
}

/**
 * Whether a rounded result is too close to a whole number for Float64 to say on which side of it the exact one lies: within a part in 10^14, what a few
 * products lose, or a ten-thousandth, what fractions of 60 binary places lose on amounts below 2^53.
 */
export function isNearWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= 1e-4 + 1e-14 * value;
}

/** Whether two rounded results are too close for Float64 to tell which is larger. */
export function areClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
}

/** The smaller of two. */
export function leastWide(a: Wide, b: Wide): Wide {
  return compareWide(a, b) <= 0 ? a : b;
}

/** The larger of two. */
export function mostWide(a: Wide, b: Wide): Wide {
  return compareWide(a, b) >= 0 ? a : b;
}
