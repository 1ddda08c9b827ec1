import { assert } from "../book/problem.js";
import { exp } from "../math/index.js";
import { blackScholes } from "./black.js";
import {
  CELLS_PER_ONE,
  DENSITY_POWERS,
  LOG_OF_PART,
  ONE_OVER_PART,
  REACH,
  TAIL,
  TAIL_BASE,
  TWO_TO,
  TWO_TO_ZERO,
} from "./kernel-tables.js";

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
/** ln 2 / 64 in two parts: 12-bit multiples of the first are exact. */
const STEP_HIGH = 0.010830424696223417;
const STEP_LOW = 2.572804622327669e-14;
const LN2 = 0.6931471805599453;
/** Below this deviation the table's logarithm has too few digits. */
const LEAST_DEVIATION = 1e-3;

const DOUBLE = new Float64Array(1);
const WORDS = new Uint32Array(DOUBLE.buffer);

/**
 * Price and Greeks of every option at one spot and rate (no dividend), written over the rows of `into`. Within max(1e-10 relative, 1e-14 x spot) of the
 * exact values (test: accuracy.test.ts); only `blackScholes` keeps the digits of a price far below that. Expired rows and rows without volatility as there.
 * Throws `AssertionError` where a column is too short or a row is no option (as in `blackScholes`).
 *
 * One loop without calls or unpredictable branches: Phi(d) is A + phi(d) B(d) with A = 0, B Mills' ratio below zero and A = 1, B minus Mills' ratio at -d
 * above, a polynomial of degree seven per sixteenth; phi by powers of 2^(1/64), the logarithm by a table of 128 parts. Rows beyond |d| = 9, and those
 * whose deviation is below a thousandth, go to `blackScholes`.
 */
export function greeksOver(options: OptionColumns, spot: number, rate: number, into: GreekColumns): void {
  const { count, strike, years, volatility, call } = options;
  const { price, delta, gamma, vega, theta, vanna, volga, charm } = into;
  for (const column of [strike, years, volatility, call, ...Object.values(into)]) {
    assert(column.length >= count, `a column of ${column.length} rows for ${count} options`);
  }
  const overSpot = 1 / spot;
  for (let row = 0; row < count; row++) {
    const k = strike[row];
    const time = years[row];
    const sigma = volatility[row];
    const sign = call[row];
    const root = Math.sqrt(time);
    const deviation = sigma * root;
    const ratio = spot / k;
    if (!(deviation >= LEAST_DEVIATION && ratio > 1e-300 && ratio < 1e300)) {
      exactRow(options, row, spot, rate, into);
      continue;
    }
    // ln(spot / strike): exponent, one of 128 parts, and the series of ln(1 + f), |f| < 2^-8.
    DOUBLE[0] = ratio;
    const word = WORDS[1];
    const exponent = (word >>> 20) - 1023;
    const part = (word >>> 13) & 127;
    const f = ratio * TWO_TO[TWO_TO_ZERO - exponent] * ONE_OVER_PART[part] - 1;
    const f2 = f * f;
    const series = f + f2 * (-1 / 2 + f * (1 / 3) + f2 * (-1 / 4 + f * (1 / 5) - f2 * (1 / 6)));
    const x = exponent * LN2 + LOG_OF_PART[part] + series + rate * time;

    const overDeviation = 1 / deviation;
    const d1 = x * overDeviation + 0.5 * deviation;
    const d2 = d1 - deviation;
    if (!(d1 < REACH && d2 > -REACH)) {
      exactRow(options, row, spot, rate, into);
      continue;
    }
    // phi(d1): 2^(n / 64) e^r, |r| < ln 2 / 128.
    const y = -0.5 * d1 * d1;
    const n = (y * STEPS_PER_ONE - 0.5) | 0;
    const r = y - n * STEP_HIGH - n * STEP_LOW;
    const r2 = r * r;
    const grown = 1 + r + r2 * (1 / 2 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120)));
    const density = TWO_TO[(n >> 6) + TWO_TO_ZERO] * DENSITY_POWERS[n & 63] * grown;
    const discount = rate === 0 ? 1 : exp(-rate * time);
    const bond = k * discount;
    const density2 = (density * spot) / bond;

    const place1 = (sign * d1 + REACH) * CELLS_PER_ONE;
    const cell1 = place1 | 0;
    const u = place1 - cell1 - 0.5;
    const u2 = u * u;
    const i = cell1 << 3;
    const tail1 =
      TAIL[i] +
      u * TAIL[i + 1] +
      u2 * (TAIL[i + 2] + u * TAIL[i + 3]) +
      u2 * u2 * (TAIL[i + 4] + u * TAIL[i + 5] + u2 * (TAIL[i + 6] + u * TAIL[i + 7]));
    const first = sign * (TAIL_BASE[cell1] + density * tail1);

    const place2 = (sign * d2 + REACH) * CELLS_PER_ONE;
    const cell2 = place2 | 0;
    const v = place2 - cell2 - 0.5;
    const v2 = v * v;
    const j = cell2 << 3;
    const tail2 =
      TAIL[j] +
      v * TAIL[j + 1] +
      v2 * (TAIL[j + 2] + v * TAIL[j + 3]) +
      v2 * v2 * (TAIL[j + 4] + v * TAIL[j + 5] + v2 * (TAIL[j + 6] + v * TAIL[j + 7]));
    const second = sign * (TAIL_BASE[cell2] + density2 * tail2);

    const overRoot = sigma * overDeviation;
    const overSigma = root * overDeviation;
    const perYear = 0.5 * overRoot * overRoot;
    const slope = spot * density * root;
    const owed = bond * second;
    price[row] = spot * first - owed;
    delta[row] = first;
    gamma[row] = density * overDeviation * overSpot;
    vega[row] = slope;
    theta[row] = -rate * owed - slope * sigma * perYear;
    const tilted = density * d2;
    vanna[row] = -tilted * overSigma;
    volga[row] = slope * d1 * d2 * overSigma;
    charm[row] = tilted * perYear - density * rate * overDeviation;
  }
}

/** A row that the tables do not serve. */
function exactRow(options: OptionColumns, row: number, spot: number, rate: number, into: GreekColumns): void {
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
