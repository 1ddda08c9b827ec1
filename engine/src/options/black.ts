import { assert } from "../book/problem.js";
import { exp, normalCdf, normalPdf } from "../math/index.js";
import { logRatio, millsRatio, outOfTheMoney } from "./normalised-black.js";

/** Squares of deviations beyond these leave the numbers. */
const LEAST_DEVIATION = 1e-150;
const MOST_DEVIATION = 1e150;
const MOST_RATE = 1e100;

/** Price and sensitivities of one option. Money is that of spot and strike; time in years, volatility 1.00 for 100 % per square root of a year. */
export interface Greeks {
  /** Money per option. */
  readonly price: number;
  /** Change of price per 1 of spot (`black76`: of the forward). */
  readonly delta: number;
  /** Change of delta per 1 of spot. */
  readonly gamma: number;
  /** Change of price per 1.00 of volatility. */
  readonly vega: number;
  /** Change of price per year that passes: minus the derivative to time left. */
  readonly theta: number;
  /** Change of price per 1.00 of the rate. */
  readonly rho: number;
  /** Change of delta per 1.00 of volatility. */
  readonly vanna: number;
  /** Change of vega per 1.00 of volatility. */
  readonly volga: number;
  /** Change of delta per year that passes: minus its derivative to time left. */
  readonly charm: number;
}

/**
 * Price of a European option on a forward: discount x E[max(forward - strike, 0)] for a call. `deviation` is volatility x sqrt(years); at 0 it is what
 * exercise pays. The out-of-the-money side is computed itself, the other by parity, so a wing keeps its digits: relative error below
 * (10 + 2 (ln(forward / strike) / deviation)^2) x 1e-16 (test: option-wings.test.ts).
 * Throws `AssertionError` unless forward and strike are positive and finite, deviation and discount neither negative nor infinite.
 * Source: Black, "The pricing of commodity contracts", Journal of Financial Economics 3 (1976).
 */
export function blackPrice(
  isCall: boolean,
  forward: number,
  strike: number,
  deviation: number,
  discount: number,
): number {
  assertPositive(forward, "forward");
  assertPositive(strike, "strike");
  assert(
    deviation >= 0 && deviation < Number.POSITIVE_INFINITY,
    `deviation ${deviation} is neither negative nor infinite`,
  );
  assert(discount >= 0 && discount < Number.POSITIVE_INFINITY, `discount ${discount} is neither negative nor infinite`);
  const gain = isCall ? forward - strike : strike - forward;
  const smaller = Math.min(forward, strike);
  const timeValue = deviation === 0 ? 0 : smaller * outOfTheMoney(-Math.abs(logRatio(forward, strike)), deviation);
  return discount * (gain > 0 ? gain + timeValue : timeValue);
}

/**
 * Price and Greeks of a European option on a spot with a continuous rate and dividend yield (both per year, either sign). At or after expiry
 * (`years` <= 0) the price is what exercise pays, delta its step and the rest 0; without volatility the option is its discounted forward gain.
 * Throws `AssertionError` unless spot and strike are positive and finite, volatility is not negative, all are finite numbers, and so are the discounted spot
 * and strike; a deviation below 1e-150 counts as none, one above 1e150 throws. Source: Black and Scholes (1973), equation 13; dividend yield: Merton (1973), section 7; Greeks: derivatives of these.
 */
export function blackScholes(
  isCall: boolean,
  spot: number,
  strike: number,
  years: number,
  volatility: number,
  rate: number,
  dividend: number,
): Greeks {
  assertPositive(spot, "spot");
  assertPositive(strike, "strike");
  assert(Number.isFinite(years), `years ${years} are finite`);
  assert(
    volatility >= 0 && volatility < Number.POSITIVE_INFINITY,
    `volatility ${volatility} is neither negative nor infinite`,
  );
  assert(
    Math.abs(rate) < MOST_RATE && Math.abs(dividend) < MOST_RATE,
    `rate ${rate} and dividend ${dividend} are finite and below 1e100`,
  );
  const sign = isCall ? 1 : -1;
  if (years <= 0) return exercised(sign, spot, strike);
  const carry = rate - dividend;
  const x = logRatio(spot, strike) + carry * years;
  const yielded = exp(-dividend * years);
  const discount = exp(-rate * years);
  const asset = spot * yielded;
  const bond = strike * discount;
  assert(
    asset < Number.POSITIVE_INFINITY && bond < Number.POSITIVE_INFINITY,
    `at a rate of ${rate} and a dividend of ${dividend} over ${years} years strike and spot stay numbers`,
  );
  const deviation = volatility * Math.sqrt(years);
  assert(
    deviation < MOST_DEVIATION && volatility < MOST_DEVIATION,
    `volatility ${volatility} over ${years} years is below 1e150`,
  );
  if (deviation < LEAST_DEVIATION) return certain(sign, x, years, spot, asset, bond, yielded, rate, dividend);
  const root = Math.sqrt(years);
  // So far out the density is below the smallest number, and with it everything but the discounted gain.
  if (Math.abs(x) > 39 * deviation + 0.5 * deviation * deviation) {
    return certain(sign, x, years, spot, asset, bond, yielded, rate, dividend);
  }
  const d1 = x / deviation + 0.5 * deviation;
  const d2 = x / deviation - 0.5 * deviation;
  const first = sign * normalCdf(sign * d1);
  const second = sign * normalCdf(sign * d2);
  const density = yielded * normalPdf(d1);
  // K e^-rT phi(d2) is S e^-qT phi(d1): far out, where Phi(d2) alone would fall below the smallest number.
  const owed = sign * d2 < -8 ? sign * spot * density * millsRatio(sign * d2) : bond * second;
  const timeValue = (x < 0 ? asset : bond) * outOfTheMoney(-Math.abs(x), deviation);
  const price = sign * x > 0 ? sign * (asset - bond) + timeValue : timeValue;
  const vega = spot * density * root;
  const driftOfD1 = carry / deviation - d2 / (2 * years);
  return {
    price,
    delta: yielded * first,
    gamma: density / (spot * deviation),
    vega,
    theta: dividend * asset * first - rate * owed - (vega * volatility) / (2 * years),
    rho: years * owed,
    vanna: (-density * d2) / volatility,
    volga: (vega * d1 * d2) / volatility,
    charm: dividend * yielded * first - density * driftOfD1,
  };
}

/**
 * Price and Greeks of a European option on a forward, discounted at a rate per year; delta, gamma, vanna and charm are to the forward, and rho holds
 * the forward still: minus years x price. Cases and errors as in `blackScholes`. Source: Black (1976).
 */
export function black76(
  isCall: boolean,
  forward: number,
  strike: number,
  years: number,
  volatility: number,
  rate: number,
): Greeks {
  const greeks = blackScholes(isCall, forward, strike, years, volatility, rate, rate);
  return { ...greeks, rho: years > 0 ? -years * greeks.price : 0 };
}

/** At expiry: the exercise value and the step of its delta. */
function exercised(sign: number, spot: number, strike: number): Greeks {
  const gain = sign * (spot - strike);
  return still(gain > 0 ? gain : 0, sign * stepAt(gain));
}

/** Without volatility: the discounted forward gain, or nothing. `x` is ln(forward / strike). */
function certain(
  sign: number,
  x: number,
  years: number,
  spot: number,
  asset: number,
  bond: number,
  yielded: number,
  rate: number,
  dividend: number,
): Greeks {
  const held = sign * stepAt(sign * x);
  return {
    ...still(x * sign > 0 ? sign * (asset - bond) : 0, yielded * held),
    theta: held * (dividend * spot * yielded - rate * bond),
    rho: held * years * bond,
    charm: dividend * yielded * held,
  };
}

function still(price: number, delta: number): Greeks {
  return { price, delta, gamma: 0, vega: 0, theta: 0, rho: 0, vanna: 0, volga: 0, charm: 0 };
}

/** 1 in the money, 0 out of it, one half between, as the limit of a vanishing deviation has it. */
function stepAt(gain: number): number {
  if (gain === 0) return 0.5;
  return gain > 0 ? 1 : 0;
}

function assertPositive(value: number, name: string): void {
  assert(value > 0 && value < Number.POSITIVE_INFINITY, `${name} ${value} is positive and finite`);
}
