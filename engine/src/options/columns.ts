import { assert } from "../book/problem.js";
import { exp, log } from "../math/index.js";
import { blackScholes } from "./black.js";
import { millsMoments } from "./normalised-black.js";
/** Options on one underlying as columns, one row each. All columns are at least `count` long. */
export interface OptionColumns {
  readonly count: number;
  /** Money per unit of the underlying, positive. */
  readonly strike: Float64Array;
  /** Years left, days of 86,400 seconds over 365. */
  readonly years: Float64Array;
  /** 1.00 is 100 % per square root of a year. */
  readonly volatility: Float64Array;
  /** 1 for a call, -1 for a put. */
  readonly call: Float64Array;
}

/** Where `greeksOver` writes: the same units as `Greeks`. */
export interface GreekColumns {
  readonly price: Float64Array;
  readonly delta: Float64Array;
  readonly gamma: Float64Array;
  readonly vega: Float64Array;
  readonly theta: Float64Array;
  readonly vanna: Float64Array;
  readonly volga: Float64Array;
  readonly charm: Float64Array;
}

/** Empty columns for `count` options. */
export function greekColumns(count: number): GreekColumns {
  const column = () => new Float64Array(count);
  return {
    price: column(),
    delta: column(),
    gamma: column(),
    vega: column(),
    theta: column(),
    vanna: column(),
    volga: column(),
    charm: column(),
  };
}

/** 64 / ln 2. */
const STEPS_PER_ONE = 92.33248261689366;
/** ln 2 / 64 in two parts: 15-bit multiples of the first are exact. */
const STEP_HIGH = 0.010830424696223417;
const STEP_LOW = 2.572804622327669e-14;
const LN2 = 0.6931471805599453;
/** Below this deviation the table's logarithm has too few digits. */
const LEAST_DEVIATION = 1e-3;
/** The tables serve |d| up to this. */
const REACH = 37;
/** Cells of Mills' ratio per 1 of d, and the first cell above zero. */
const CELLS_PER_ONE = 64;
const ZERO_BITS = 12;
const ZERO_CELL = 4096;
/** Index of 2^0 in `TWO_TO`. */
const TWO_TO_ZERO = 1023;

// The tables stand in this file, their lengths powers of two and their indices masked, so that the compiler knows every access to lie within.
const DOUBLE = new Float64Array(1);
const WORDS = new Uint32Array(DOUBLE.buffer);
/** 2^k for k from -1022 to 1023. */
const TWO_TO = new Float64Array(2048);
/** 2^(j / 64). */
const POWERS = Float64Array.from({ length: 64 }, (_, j) => exp((j * LN2) / 64));
/** That over sqrt(2 pi). */
const DENSITY_POWERS = POWERS.map((power) => power * 0.3989422804014327);
/** One over the middle of each 128th of [1, 2). */
const ONE_OVER_PART = Float64Array.from({ length: 128 }, (_, part) => 256 / (257 + 2 * part));
/** Minus the logarithm of that. */
const LOG_OF_PART = ONE_OVER_PART.map((factor) => -log(factor));
/** B of Phi = A + phi B: six coefficients per cell, a cache line each, in the distance from its middle in cells. A is cell >> ZERO_BITS. */
const TAIL = new Float64Array(8 * 8192);

/** Rows that are under way together; a power of two. */
const BLOCK = 128;
const MASK = BLOCK - 1;
const roots = new Float64Array(BLOCK);
const ratios = new Float64Array(BLOCK);
const overDeviations = new Float64Array(BLOCK);
const d1s = new Float64Array(BLOCK);
const densities = new Float64Array(BLOCK);
const densities2 = new Float64Array(BLOCK);
const bonds = new Float64Array(BLOCK);

/**
 * Price and Greeks of every option at one spot and rate (no dividend), written over the rows of `into`. Within max(1e-10 relative, 1e-14 x spot) of the
 * exact values (test: option-accuracy.test.ts); only `blackScholes` keeps the digits of a price far below that. Expired rows and rows without volatility as there.
 * Throws `AssertionError` where a column is too short or a row is no option (as in `blackScholes`).
 *
 * One loop without calls or unpredictable branches: Phi(d) is A + phi(d) B(d) with A = 0, B Mills' ratio below zero and A = 1, B minus Mills' ratio at -d
 * above, a polynomial of degree five per 64th; exponentials by powers of 2^(1/64), the logarithm by a table of 128 parts. Rows beyond |d| = 37, and
 * those whose deviation is below a thousandth, go to `blackScholes`.
 */
export function greeksOver(options: OptionColumns, spot: number, rate: number, into: GreekColumns): void {
  const { count, strike, years, volatility, call } = options;
  for (const column of [strike, years, volatility, call, ...Object.values(into)]) {
    assert(column.length >= count, `a column of ${column.length} rows for ${count} options`);
  }
  assert(
    spot > 0 && spot < Number.POSITIVE_INFINITY && Number.isFinite(rate),
    `spot ${spot} and rate ${rate} are finite`,
  );
  if (TWO_TO[TWO_TO_ZERO] === 0) fillTables();
  fromTables(options, spot, rate, into);
  for (let row = 0; row < count; row++) if (Number.isNaN(into.price[row])) singleRow(options, row, spot, rate, into);
}

/** All rows that the tables serve; the others get NaN for a price. In blocks and steps, so that the processor has many rows under way at once. */
function fromTables(options: OptionColumns, spot: number, rate: number, into: GreekColumns): void {
  for (let start = 0; start < options.count; start += BLOCK) {
    const rows = Math.min(BLOCK, options.count - start);
    placeRows(options, spot, rate, start, rows);
    growRows(options, rate, start, rows);
    writeRows(options, spot, rate, start, rows, into);
  }
}

/** Deviation and d1 of a block's rows; d1 is NaN where the tables do not serve. */
function placeRows(options: OptionColumns, spot: number, rate: number, start: number, rows: number): void {
  const { strike, years, volatility } = options;
  if (start + rows > Math.min(strike.length, years.length, volatility.length)) return;
  for (let at = 0; at < rows; at++) {
    const row = start + at;
    const time = years[row];
    const root = Math.sqrt(time);
    const deviation = volatility[row] * root;
    const ratio = spot / strike[row];
    const drift = rate * time;
    // ln(spot / strike): exponent, one of 128 parts, and the series of ln(1 + f), |f| < 2^-8.
    DOUBLE[0] = ratio;
    const word = WORDS[1];
    const exponent = (word >>> 20) - 1023;
    const part = (word >>> 13) & 127;
    const f = ratio * TWO_TO[(TWO_TO_ZERO - exponent) & 2047] * ONE_OVER_PART[part] - 1;
    const f2 = f * f;
    const series = f + f2 * (-1 / 2 + f * (1 / 3) + f2 * (-1 / 4 + f * (1 / 5) - f2 * (1 / 6)));
    const x = exponent * LN2 + LOG_OF_PART[part] + series + drift;
    const overDeviation = 1 / deviation;
    const d1 = x * overDeviation + 0.5 * deviation;
    const d2 = d1 - deviation;
    // An exponent of 1024 is infinite or no number, -1023 too small, above 1024 negative.
    const isRatio = exponent > -1000 && exponent < 1000;
    const isServed = Math.abs(d1) < REACH && Math.abs(d2) < REACH && deviation >= LEAST_DEVIATION;
    roots[at & MASK] = root;
    ratios[at & MASK] = ratio;
    overDeviations[at & MASK] = overDeviation;
    d1s[at & MASK] = isServed && isRatio && Math.abs(drift) < 600 ? d1 : Number.NaN;
  }
}

/** phi(d1), phi(d2) and the discounted strike of a block's rows. e^y is 2^(n / 64) e^r with |r| < ln 2 / 128. */
function growRows(options: OptionColumns, rate: number, start: number, rows: number): void {
  const { strike, years } = options;
  if (start + rows > Math.min(strike.length, years.length)) return;
  for (let at = 0; at < rows; at++) {
    const d1 = d1s[at & MASK];
    const y = -0.5 * d1 * d1;
    const n = (y * STEPS_PER_ONE - 0.5) | 0;
    const r = y - n * STEP_HIGH - n * STEP_LOW;
    const r2 = r * r;
    const grown = 1 + r + r2 * (1 / 2 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120)));
    const density = TWO_TO[((n >> 6) + TWO_TO_ZERO) & 2047] * DENSITY_POWERS[n & 63] * grown;
    densities[at & MASK] = density;
    densities2[at & MASK] = density * ratios[at & MASK];
    bonds[at & MASK] = strike[start + at];
  }
  if (rate === 0) return;
  for (let at = 0; at < rows; at++) {
    const y = -rate * years[start + at];
    const n = Math.floor(y * STEPS_PER_ONE + 0.5) | 0;
    const r = y - n * STEP_HIGH - n * STEP_LOW;
    const r2 = r * r;
    const grown = 1 + r + r2 * (1 / 2 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120)));
    const discount = TWO_TO[((n >> 6) + TWO_TO_ZERO) & 2047] * POWERS[n & 63] * grown;
    bonds[at & MASK] *= discount;
    densities2[at & MASK] /= discount;
  }
}

/** Phi(d1), Phi(d2), and from them price and Greeks of a block's rows. */
function writeRows(
  options: OptionColumns,
  spot: number,
  rate: number,
  start: number,
  rows: number,
  into: GreekColumns,
): void {
  const { volatility, call } = options;
  const { price, delta, gamma, vega, theta, vanna, volga, charm } = into;
  const overSpot = 1 / spot;
  // Read once before the loop, so that their kind is not asked for in every row.
  const shortest = Math.min(price.length, delta.length, gamma.length, vega.length, theta.length, vanna.length);
  if (start + rows > Math.min(shortest, volga.length, charm.length, volatility.length, call.length)) return;
  for (let at = 0; at < rows; at++) {
    const row = start + at;
    const sign = call[row];
    const sigma = volatility[row];
    const root = roots[at & MASK];
    const d1 = d1s[at & MASK];
    const d2 = d1 - sigma * root;
    const density = densities[at & MASK];
    const bond = bonds[at & MASK];

    const scale = sign * CELLS_PER_ONE;
    const place1 = d1 * scale + ZERO_CELL;
    const cell1 = (place1 | 0) & 8191;
    const u = place1 - cell1 - 0.5;
    const u2 = u * u;
    const i = cell1 << 3;
    const low1 = TAIL[i] + u * TAIL[i + 1] + u2 * (TAIL[i + 2] + u * TAIL[i + 3]);
    const high1 = TAIL[i + 4] + u * TAIL[i + 5];
    const first = sign * ((cell1 >> ZERO_BITS) + density * (low1 + u2 * u2 * high1));

    const place2 = d2 * scale + ZERO_CELL;
    const cell2 = (place2 | 0) & 8191;
    const v = place2 - cell2 - 0.5;
    const v2 = v * v;
    const j = cell2 << 3;
    const low2 = TAIL[j] + v * TAIL[j + 1] + v2 * (TAIL[j + 2] + v * TAIL[j + 3]);
    const high2 = TAIL[j + 4] + v * TAIL[j + 5];
    const second = sign * ((cell2 >> ZERO_BITS) + densities2[at & MASK] * (low2 + v2 * v2 * high2));

    const overDeviation = overDeviations[at & MASK];
    const overRoot = sigma * overDeviation;
    const overSigma = root * overDeviation;
    const perYear = 0.5 * overRoot * overRoot;
    const slope = spot * density * root;
    const owed = bond * second;
    const tilted = density * d2;
    price[row] = spot * first - owed;
    delta[row] = first;
    gamma[row] = density * overDeviation * overSpot;
    vega[row] = slope;
    theta[row] = -rate * owed - slope * sigma * perYear;
    vanna[row] = -tilted * overSigma;
    volga[row] = slope * d1 * d2 * overSigma;
    charm[row] = tilted * perYear - density * rate * overDeviation;
  }
}

/** A row that the tables do not serve. */
function singleRow(options: OptionColumns, row: number, spot: number, rate: number, into: GreekColumns): void {
  const { strike, years, volatility, call } = options;
  const greeks = blackScholes(call[row] > 0, spot, strike[row], years[row], volatility[row], rate, 0);
  into.price[row] = greeks.price;
  into.delta[row] = greeks.delta;
  into.gamma[row] = greeks.gamma;
  into.vega[row] = greeks.vega;
  into.theta[row] = greeks.theta;
  into.vanna[row] = greeks.vanna;
  into.volga[row] = greeks.volga;
  into.charm[row] = greeks.charm;
}

function fillTables(): void {
  fillPowers();
  fillTail();
}

function fillPowers(): void {
  TWO_TO[TWO_TO_ZERO] = 1;
  for (let k = 1; k <= 1023; k++) {
    TWO_TO[TWO_TO_ZERO + k] = 2 * TWO_TO[TWO_TO_ZERO + k - 1];
    TWO_TO[TWO_TO_ZERO - k] = 0.5 * TWO_TO[TWO_TO_ZERO - k + 1];
  }
}

/** Taylor's polynomial of degree six in the middle of each cell, its last term replaced by the best of lower degree (T6(x) = 32 x^6 - 48 x^4 + 18 x^2 - 1). */
function fillTail(): void {
  const moments = new Float64Array(7);
  for (let cell = ZERO_CELL - REACH * CELLS_PER_ONE; cell < ZERO_CELL; cell++) {
    const mirror = 2 * ZERO_CELL - 1 - cell;
    millsMoments((cell - ZERO_CELL + 0.5) / CELLS_PER_ONE, moments);
    let scale = 1;
    for (let n = 0; n <= 6; n++) {
      moments[n] *= scale;
      scale /= CELLS_PER_ONE * (n + 1);
    }
    // The polynomial runs over half a cell to either side.
    const last = moments[6];
    moments[4] += (last * 3) / 8;
    moments[2] -= (last * 9) / 256;
    moments[0] += last / 2048;
    for (let n = 0; n < 6; n++) {
      TAIL[8 * cell + n] = moments[n];
      // B(d) = -Y(-d) above zero.
      TAIL[8 * mirror + n] = (n & 1) === 0 ? -moments[n] : moments[n];
    }
  }
}
