import { fillUniform, log, normalInverse } from "../../math/index.js";

/** Columns of candles in log prices over the open: what a day's estimate is made of. */
export interface LogCandles {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/**
 * Days of a Brownian motion with variance 1 per day and without drift, in `steps` steps a day. The highest and lowest value within a step are drawn from their exact laws
 * given its ends (Brownian bridge: (a + b + sqrt((b - a)^2 - 2 dt ln U)) / 2), independently of each other, which is wrong only where one step holds both of the
 * day's extremes. A day is a function of its number and the seed.
 */
export function brownianCandles(days: number, steps: number, seed: number): LogCandles {
  const high = new Float64Array(days);
  const low = new Float64Array(days);
  const close = new Float64Array(days);
  const draws = new Float64Array(3 * steps);
  const root = Math.sqrt(1 / steps);
  for (let day = 0; day < days; day++) {
    fillUniform(draws, seed, 0, day, 0);
    let at = 0;
    for (let step = 0; step < steps; step++) {
      const move = root * normalInverse(draws[3 * step]);
      const up = Math.sqrt(move * move - (2 / steps) * log(draws[3 * step + 1]));
      const down = Math.sqrt(move * move - (2 / steps) * log(draws[3 * step + 2]));
      high[day] = Math.max(high[day], at + (move + up) / 2);
      low[day] = Math.min(low[day], at + (move - down) / 2);
      at += move;
    }
    close[day] = at;
  }
  return { high, low, close };
}
