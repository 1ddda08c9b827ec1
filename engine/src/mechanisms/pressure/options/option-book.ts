import { log, normalPdf } from "../../../math/index.js";
import { blackPrice, conventionSign, type SignConvention } from "../../../options/index.js";
import { coinOptionDelta, optionDelta } from "../../../rules/option-delta.js";
import type { VolatilitySurface } from "../../../run/index.js";

const msPerYear = 365 * 86_400_000;

/** Options of one asset, one row each. */
export interface OptionRows {
  /** Whole units of the asset: positive held, negative sold. */
  readonly size: Float64Array;
  readonly strikeUsd: Float64Array;
  /** Milliseconds from the start of the path. */
  readonly expiryMs: Float64Array;
  /** 1 call, -1 put. */
  readonly call: Float64Array;
  /** Per square root of a year, as it was at the start. */
  readonly volatility: Float64Array;
}

/**
 * Dealers' positions in whole units (positive: held, negative: sold) from open interest: each row's by a convention, or times a sign of its own in -1 to 1;
 * fractions round to the nearest whole unit. `call` is 1 for a call and -1 for a put.
 */
export function dealerSizes(
  open: Float64Array,
  call: Float64Array,
  signs: SignConvention | Float64Array,
): Float64Array {
  return Float64Array.from(open, (units, row) => {
    const sign = typeof signs === "string" ? conventionSign(signs, call[row]) : signs[row];
    return Math.round(units * sign) + 0;
  });
}

/** How options are looked at: whose volatility, and what they pay in. */
export interface OptionView {
  /** Null: every option keeps the volatility of its row. */
  readonly surface: VolatilitySurface | null;
  /** Options pay in coins (Deribit's inverse options): what hedges them is delta less their price in coins. */
  readonly coin: boolean;
}

/** Volatility of a row now. */
function volatilityNow(
  options: OptionRows,
  surface: VolatilitySurface | null,
  row: number,
  spot: number,
  timeMs: number,
) {
  const base = options.volatility[row];
  return surface === null ? base : surface.volatility(base, options.strikeUsd[row], spot, timeMs);
}

/** Price in USD of an option on one coin at zero rate. */
function optionPrice(isCall: boolean, spot: number, strike: number, volatility: number, leftMs: number): number {
  return blackPrice(isCall, spot, strike, volatility * Math.sqrt(Math.max(0, leftMs) / msPerYear), 1);
}

/** Coins by which the options' value moves with the price: the sum of size x delta in whole units, not rounded. What has expired has none. */
export function bookDelta(options: OptionRows, { surface, coin }: OptionView, spot: number, timeMs: number): number {
  const { size, strikeUsd, expiryMs, call } = options;
  const deltaOf = coin ? coinOptionDelta : optionDelta;
  let delta = 0;
  for (let row = 0; row < size.length; row++) {
    if (size[row] === 0) continue;
    const isCall = call[row] > 0;
    const volatility = volatilityNow(options, surface, row, spot, timeMs);
    delta += size[row] * deltaOf(isCall, spot, strikeUsd[row], volatility, expiryMs[row] - timeMs);
  }
  return delta;
}

/** Vega of the options in USD per 1.00 of volatility times whole units per coin: S phi(d1) sqrt T each (Black and Scholes 1973 at zero rate). */
export function bookVega(options: OptionRows, { surface }: OptionView, spot: number, timeMs: number): number {
  let vega = 0;
  visitVegas(options, surface, spot, timeMs, (row, one) => {
    vega += options.size[row] * one;
  });
  return vega;
}

function visitVegas(
  options: OptionRows,
  surface: VolatilitySurface | null,
  spot: number,
  timeMs: number,
  visit: (row: number, vega: number, volatility: number, leftMs: number) => void,
): void {
  const { size, strikeUsd, expiryMs } = options;
  for (let row = 0; row < size.length; row++) {
    const leftMs = expiryMs[row] - timeMs;
    if (size[row] === 0 || leftMs <= 0) continue;
    const volatility = volatilityNow(options, surface, row, spot, timeMs);
    const root = Math.sqrt(leftMs / msPerYear);
    const width = volatility * root;
    const vega = width === 0 ? 0 : spot * normalPdf(log(spot / strikeUsd[row]) / width + width / 2) * root;
    visit(row, vega, volatility, leftMs);
  }
}

/** What it costs to close a share of every row, and at what strike and volatility on average (by vega). */
export interface Closing {
  /** USD times whole units per coin: paid for what was sold, less what is got for what was held. */
  readonly paid: number;
  readonly strikeUsd: number;
  readonly volatility: number;
}

/** Closes `share` of every row: what was sold is bought at the surface's volatility plus a spread, what was held is sold at it less the spread. */
export function closingCost(
  options: OptionRows,
  { surface }: OptionView,
  spot: number,
  timeMs: number,
  share: number,
  spread: number,
): Closing {
  let paid = 0;
  let strikes = 0;
  let volatilities = 0;
  let weights = 0;
  visitVegas(options, surface, spot, timeMs, (row, vega, volatility, leftMs) => {
    const size = options.size[row];
    const strike = options.strikeUsd[row];
    const asked = size < 0 ? volatility + spread : Math.max(0, volatility - spread);
    paid -= share * size * optionPrice(options.call[row] > 0, spot, strike, asked, leftMs);
    const weight = Math.abs(size) * vega;
    strikes += weight * strike;
    volatilities += weight * asked;
    weights += weight;
  });
  return weights === 0
    ? { paid, strikeUsd: 0, volatility: 0 }
    : { paid, strikeUsd: strikes / weights, volatility: volatilities / weights };
}
