const LEAST_EXPONENT = -1074;

/** `POWERS_OF_TWO[k + POWER_OFFSET]` is 2^k for -1074 <= k <= 1023: a table, because building a double from its bits stalls the processor. */
export const POWERS_OF_TWO = powersOfTwo();

/** Where 2^0 stands in `POWERS_OF_TWO`. */
export const POWER_OFFSET = -LEAST_EXPONENT;

/** Halving and doubling are exact, below the normal numbers too. */
function powersOfTwo(): Float64Array {
  const powers = new Float64Array(1023 - LEAST_EXPONENT + 1);
  powers[-LEAST_EXPONENT] = 1;
  for (let i = 1 - LEAST_EXPONENT; i < powers.length; i++) powers[i] = 2 * powers[i - 1];
  for (let i = -LEAST_EXPONENT - 1; i >= 0; i--) powers[i] = 0.5 * powers[i + 1];
  return powers;
}
