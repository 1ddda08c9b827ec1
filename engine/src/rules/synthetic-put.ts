import { assert } from "../book/problem.js";
import { exp, log, normalCdf } from "../math/index.js";
import { blackPrice } from "../options/index.js";

/** A floor that is replicated as a put on the whole: all that its price takes. Years and volatility above 0. */
export interface ReplicatedFloor {
  /** Share of opening wealth that the end may not fall below, above 0 and below exp(rate x years). */
  readonly floorShare: number;
  readonly years: number;
  /** Per square root of a year, as the insurer assumes it. */
  readonly volatility: number;
  /** Per year, continuous. */
  readonly rate: number;
}

/** Insured shares per coin's price of opening wealth: `shares` coins and as many puts at `strike`, in opening prices (1 is the opening price). */
export interface InsuredShares {
  readonly shares: number;
  readonly strike: number;
}

/** The largest floor share that can be insured at all: what a riskless bond would give. */
export function largestFloorShare(years: number, rate: number): number {
  return exp(rate * years);
}

/**
 * Shares w and strike K, per unit of opening wealth and of opening price, with w (1 + put(K)) = 1 and w K = floor: all wealth is spent, and the worst end is the
 * floor. K / (1 + put(K)) rises with K from 0 to e^(rT), so K is found by halving until Float64 ends. At a floor of 95 %, a year, 18 % and a rate
 * of 7 % a tenth's fall asks for 20.3 % of wealth in sales. Sources: Rubinstein and Leland, "Replicating options with positions in stock and cash", Financial
 * Analysts Journal 37 (1981); Leland and Rubinstein, "The evolution of portfolio insurance" (1988).
 */
export function insuredShares({ floorShare, years, volatility, rate }: ReplicatedFloor): InsuredShares {
  assert(floorShare > 0 && floorShare < largestFloorShare(years, rate), `a floor of ${floorShare} can be insured`);
  assert(years > 0 && volatility > 0, "a horizon and a volatility are above 0");
  const forward = exp(rate * years);
  const deviation = volatility * Math.sqrt(years);
  const end = (strike: number) => strike / (1 + blackPrice(false, forward, strike, deviation, 1 / forward));
  let low = floorShare;
  let high = 2 * low;
  while (end(high) < floorShare && high < 1e12) high *= 2;
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (end(middle) < floorShare) low = middle;
    else high = middle;
  }
  return { shares: floorShare / high, strike: high };
}

/**
 * Share of an asset that, held with cash, is worth the asset and a put on it: N(d1) of Black and Scholes (1973), d1 = (ln(S / K) + (r + v^2 / 2) T) / (v sqrt T).
 * Prices in the same money. At the horizon all above the strike, nothing below.
 */
export function replicatedShare(spot: number, strike: number, years: number, volatility: number, rate: number): number {
  if (years <= 0) return spot > strike ? 1 : 0;
  const deviation = volatility * Math.sqrt(years);
  const moneyness = log(spot / strike) + rate * years;
  if (deviation === 0) return moneyness > 0 ? 1 : 0;
  return normalCdf(moneyness / deviation + deviation / 2);
}
