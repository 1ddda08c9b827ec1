import { log } from "../math/index.js";
import { type Candles, type Estimated, estimateOf, type SeriesFault, shortFault } from "./estimate.js";
import { priceFaults, sampleVariance } from "./returns.js";

const ln2 = log(2);

/** Everything that is wrong with candles: prices not above 0, a high below the low, an open or a close outside of the two. */
export function candleFaults({ open, high, low, close }: Candles): SeriesFault[] {
  const faults = [
    ...priceFaults(open, "open"),
    ...priceFaults(high, "high"),
    ...priceFaults(low, "low"),
    ...priceFaults(close, "close"),
  ];
  const crossed = (row: number, message: string) =>
    faults.push({ row, code: "candle-crossed", message, hint: "correct the row or leave it out" });
  for (let row = 0; row < open.length; row++) {
    if (high[row] < low[row]) crossed(row, `high ${high[row]} is below low ${low[row]}`);
    else if (open[row] > high[row] || open[row] < low[row])
      crossed(row, `open ${open[row]} is not between low ${low[row]} and high ${high[row]}`);
    else if (close[row] > high[row] || close[row] < low[row])
      crossed(row, `close ${close[row]} is not between low ${low[row]} and high ${high[row]}`);
  }
  return faults.sort((a, b) => a.row - b.row);
}

/**
 * Parkinson: mean of ln(H/L)^2 / (4 ln 2). From open to close, without drift; what happens between candles is not in it. Source: Parkinson, The extreme value
 * method for estimating the variance of the rate of return, Journal of Business 53 (1980). 4.9 times as efficient as close to close where prices are continuous.
 */
export function parkinson(candles: Candles, intervalsPerYear: number): Estimated {
  return meanOver(candles, intervalsPerYear, (_, high, low) => {
    const range = high - low;
    return (range * range) / (4 * ln2);
  });
}

/**
 * Garman and Klass: mean of 0.5 ln(H/L)^2 - (2 ln 2 - 1) ln(C/O)^2. From open to close, without drift. Source: Garman and Klass, On the estimation of security
 * price volatilities from historical data, Journal of Business 53 (1980), the practical estimator; 7.4 times as efficient as close to close.
 */
export function garmanKlass(candles: Candles, intervalsPerYear: number): Estimated {
  return meanOver(candles, intervalsPerYear, (close, high, low) => {
    const range = high - low;
    return 0.5 * range * range - (2 * ln2 - 1) * close * close;
  });
}

/**
 * Rogers and Satchell: mean of h (h - c) + l (l - c), logs over the open. From open to close, with any drift. Source: Rogers and Satchell, Estimating variance from
 * high, low and closing prices, Annals of Applied Probability 1 (1991).
 */
export function rogersSatchell(candles: Candles, intervalsPerYear: number): Estimated {
  return meanOver(candles, intervalsPerYear, rogersSatchellTerm);
}

/**
 * Yang and Zhang: variance of ln(O_i / C_(i-1)) plus k times that of ln(C/O) plus (1 - k) times Rogers and Satchell, k = 0.34 / (1.34 + (n + 1) / (n - 1)).
 * With gaps between candles and with any drift. Source: Yang and Zhang, Drift-independent volatility estimation based on high, low, open and close prices,
 * Journal of Business 73 (2000). n is the number of candles with one before them; needs two of those.
 */
export function yangZhang(candles: Candles, intervalsPerYear: number): Estimated {
  const faults = candleFaults(candles);
  const { open, high, low, close } = candles;
  const count = open.length - 1;
  if (count < 2) faults.push(shortFault(open.length, 3, "candles"));
  if (faults.length > 0) return { faults };
  const gaps = new Float64Array(count);
  const moves = new Float64Array(count);
  let ranges = 0;
  for (let row = 1; row <= count; row++) {
    gaps[row - 1] = log(open[row] / close[row - 1]);
    moves[row - 1] = log(close[row] / open[row]);
    ranges += rogersSatchellTerm(moves[row - 1], log(high[row] / open[row]), log(low[row] / open[row]));
  }
  const k = 0.34 / (1.34 + (count + 1) / (count - 1));
  const variance = sampleVariance(gaps) + k * sampleVariance(moves) + (1 - k) * (ranges / count);
  return estimateOf(variance, count, intervalsPerYear);
}

function rogersSatchellTerm(close: number, high: number, low: number): number {
  return high * (high - close) + low * (low - close);
}

/** The mean of a term of close, high and low in logs over the open. */
function meanOver(
  candles: Candles,
  intervalsPerYear: number,
  term: (close: number, high: number, low: number) => number,
): Estimated {
  const faults = candleFaults(candles);
  const { open, high, low, close } = candles;
  if (open.length === 0) faults.push(shortFault(0, 1, "candles"));
  if (faults.length > 0) return { faults };
  let sum = 0;
  for (let row = 0; row < open.length; row++)
    sum += term(log(close[row] / open[row]), log(high[row] / open[row]), log(low[row] / open[row]));
  return estimateOf(sum / open.length, open.length, intervalsPerYear);
}
