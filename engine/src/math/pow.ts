import { assert } from "../book/problem.js";
import { exp } from "./exp.js";
import { log } from "./log.js";

/**
 * `x` to the real power `y`, as e^(y ln x). The exponent's rounding is multiplied by its size: the relative error is
 * below (1 + 2.4 |y ln x|) x 1.1e-16, at worst 2e-13 beside overflow. Use `powInt` for whole powers.
 * `y` = 0 gives 1, a negative `x` NaN, and 0 what the limit from above gives.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  return exp(y * log(x));
}

/**
 * `x` to the whole power `n`, by repeated squaring. Relative error below |n| x 1.2e-16. A negative power is one over
 * the positive one, and so 0 where that overflows. Throws `AssertionError` unless `n` is whole and below 2^31 in size.
 */
export function powInt(x: number, n: number): number {
  assert((n | 0) === n, "powInt takes a whole power below 2^31 in size");
  let rest = Math.abs(n);
  let square = x;
  let result = 1;
  while (rest > 0) {
    if ((rest & 1) === 1) result *= square;
    rest >>>= 1;
    if (rest > 0) square *= square;
  }
  return n < 0 ? 1 / result : result;
}
