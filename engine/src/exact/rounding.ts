/**
 * Division of whole numbers with the direction in its name: every division in this folder goes through one of these, because on chain the direction of
 * rounding is part of the rule.
 */

/** A divisor of zero is a fault of the caller's parameters, never a result. */
function nonZero(divisor: bigint): bigint {
  if (divisor === 0n) throw new RangeError("division by zero");
  return divisor;
}

/** `a / b` rounded down, towards minus infinity. */
export function divDown(a: bigint, b: bigint): bigint {
  const quotient = a / nonZero(b);
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** `a / b` rounded up, towards plus infinity. */
export function divUp(a: bigint, b: bigint): bigint {
  const quotient = a / nonZero(b);
  return a % b !== 0n && a < 0n === b < 0n ? quotient + 1n : quotient;
}

/** `a / b` rounded towards zero, as Solidity and Rust divide signed integers. */
export function divTowardsZero(a: bigint, b: bigint): bigint {
  return a / nonZero(b);
}

/** `(a + b / 2) / b`: halves go up. For amounts that are not negative. */
export function divHalfUp(a: bigint, b: bigint): bigint {
  return (a + nonZero(b) / 2n) / b;
}

/** `a x b / c` rounded down. */
export function mulDivDown(a: bigint, b: bigint, c: bigint): bigint {
  return divDown(a * b, c);
}

/** `a x b / c` rounded up. */
export function mulDivUp(a: bigint, b: bigint, c: bigint): bigint {
  return divUp(a * b, c);
}

/** `a x b / c`, halves up. For amounts that are not negative. */
export function mulDivHalfUp(a: bigint, b: bigint, c: bigint): bigint {
  return divHalfUp(a * b, c);
}

/** Largest whole number whose square is at most `x`. `x` is not negative. */
export function sqrtDown(x: bigint): bigint {
  if (x < 0n) throw new RangeError("square root of a negative number");
  if (x < 2n) return x;
  let guess = 1n << BigInt((x.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + x / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** 10 to the power of `digits`. */
export function powerOfTen(digits: number): bigint {
  let power = 1n;
  for (let digit = 0; digit < digits; digit++) power *= 10n;
  return power;
}

/** The smaller of two. */
export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The larger of two. */
export function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
