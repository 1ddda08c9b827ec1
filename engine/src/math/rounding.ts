import { assert, refuseTooLarge } from "../book/problem.js";
import { twoProductError } from "./two-product.js";

const MAX_WHOLE = Number.MAX_SAFE_INTEGER;

/**
 * The exact floor of `a * b / c`, as a contract's round-down division gives it.
 * `a`, `b` and `c` are whole and below 2^53, `c` above zero; anything else, or a result of 2^53 or more, is our bug
 * and throws `AssertionError`.
 */
export function mulDivDown(a: number, b: number, c: number): number {
  if (!areOperands(a, b, c)) failOperands(a, b, c);
  const product = a * b;
  // Below 2^53 the fraction is at least 1/c away from the next whole number, which is more than half a last place of
  // the quotient, so the rounded division cannot reach it. (Adding 0 turns -0 into 0.)
  if (product <= MAX_WHOLE) return Math.floor(product / c) + 0;

  // Two roundings of relative size below 2^-53 each leave the guess less than 2 from the true quotient.
  const guess = Math.floor(product / c);
  const remainder = remainderOf(a, b, c, product, guess);
  const quotient = remainder < 0 ? (remainder < -c ? guess - 2 : guess - 1) : remainder < c ? guess : guess + 1;
  if (!(quotient <= MAX_WHOLE)) failResult(a, b, c);
  return quotient;
}

/**
 * The exact ceiling of `a * b / c`, as a contract's round-up division gives it.
 * `a`, `b` and `c` are whole and below 2^53, `c` above zero; anything else, or a result of 2^53 or more, is our bug
 * and throws `AssertionError`.
 */
export function mulDivUp(a: number, b: number, c: number): number {
  if (!areOperands(a, b, c)) failOperands(a, b, c);
  const product = a * b;
  // For the reason given in `mulDivDown`: the rounded quotient cannot fall back onto a whole number either.
  if (product <= MAX_WHOLE) return Math.ceil(product / c) + 0;

  const guess = Math.floor(product / c);
  const remainder = remainderOf(a, b, c, product, guess);
  const quotient = remainder <= 0 ? (remainder <= -c ? guess - 1 : guess) : remainder <= c ? guess + 1 : guess + 2;
  if (!(quotient <= MAX_WHOLE)) failResult(a, b, c);
  return quotient;
}

/**
 * `a * b - guess * c`, exact whenever it is below 2^53 in size and otherwise rounded once. Rounding keeps the order
 * of numbers, and 0, c and -c are representable, so every comparison with them is exact. The two differences
 * themselves are exact: the heads are at most 2c and some last places apart, the tails at most 2^52 each.
 */
function remainderOf(a: number, b: number, c: number, product: number, guess: number): number {
  const back = guess * c;
  return product - back + (twoProductError(a, b, product) - twoProductError(guess, c, back));
}

function areOperands(a: number, b: number, c: number): boolean {
  // Written so that NaN fails.
  return (
    a >= 0 &&
    a <= MAX_WHOLE &&
    Math.floor(a) === a &&
    b >= 0 &&
    b <= MAX_WHOLE &&
    Math.floor(b) === b &&
    c > 0 &&
    c <= MAX_WHOLE &&
    Math.floor(c) === c
  );
}

function failOperands(a: number, b: number, c: number): never {
  // Whole and positive, only too large: the input's numbers, not our mistake.
  if (a >= 0 && b >= 0 && c > 0 && Math.max(a, b, c) > MAX_WHOLE && Number.isFinite(a + b + c)) {
    refuseTooLarge(`a * b / c takes numbers below 2^53; it got a = ${a}, b = ${b}, c = ${c}`);
  }
  assert(false, `a * b / c takes whole a, b >= 0 and c > 0, all below 2^53; it got a = ${a}, b = ${b}, c = ${c}`);
}

function failResult(a: number, b: number, c: number): never {
  refuseTooLarge(`a * b / c must stay below 2^53; it does not for a = ${a}, b = ${b}, c = ${c}`);
}
