/** Two-sided 95 % point of the normal distribution. */
const normal95 = 1.959963984540054;

/** The 95 % interval of a share of which `hits` of `count` draws were seen, as fractions. Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212. */
export function wilsonInterval(hits: number, count: number): readonly [number, number] {
  const square = normal95 * normal95;
  const share = hits / count;
  const middle = (share + square / (2 * count)) / (1 + square / count);
  const half =
    (normal95 / (1 + square / count)) * Math.sqrt((share * (1 - share)) / count + square / (4 * count * count));
  // Where nothing (everything) was seen the interval ends there exactly.
  return [hits === 0 ? 0 : Math.max(0, middle - half), hits === count ? 1 : Math.min(1, middle + half)];
}

/** Mean of the smallest `share` of values (at least one of them). */
export function lowestMean(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const count = Math.max(1, Math.floor(sorted.length * share));
  let sum = 0;
  for (let at = 0; at < count; at++) sum += sorted[at];
  return sum / count;
}

/**
 * The values with what a second column explains of them taken off: v - b (c - mean of c), b by least squares, where the mean of the second column is known; b is 1 where fewer
 * than three values leave nothing to estimate it from. Their mean estimates the same with less noise (a control variate: Glasserman 2004, Monte Carlo Methods in Financial Engineering, section 4.1).
 */
export function controlled(values: ArrayLike<number>, control: ArrayLike<number>, controlMean: number): Float64Array {
  const count = values.length;
  let meanValue = 0;
  let meanControl = 0;
  for (let at = 0; at < count; at++) {
    meanValue += values[at] / count;
    meanControl += control[at] / count;
  }
  let products = 0;
  let squares = 0;
  for (let at = 0; at < count; at++) {
    products += (values[at] - meanValue) * (control[at] - meanControl);
    squares += (control[at] - meanControl) * (control[at] - meanControl);
  }
  const slope = count < 3 ? 1 : squares === 0 ? 0 : products / squares;
  return Float64Array.from(values, (value, at) => value - slope * (control[at] - controlMean));
}

/** A mean with its 95 % interval, mean +- 1.96 standard errors; no interval for one value. `fitted`: how many parameters were fitted to three or more values before. */
export function meanWithError(
  values: ArrayLike<number>,
  fitted = 0,
): {
  readonly value: number;
  readonly band: readonly [number, number] | null;
} {
  const count = values.length;
  let sum = 0;
  for (let at = 0; at < count; at++) sum += values[at];
  const value = sum / count;
  if (count < 2) return { value, band: null };
  let squares = 0;
  for (let at = 0; at < count; at++) squares += (values[at] - value) * (values[at] - value);
  const free = count < 3 ? count - 1 : count - 1 - fitted;
  const half = normal95 * Math.sqrt(squares / free / count);
  return { value, band: [value - half, value + half] };
}
