import { log, normalCdf } from "../math/index.js";

const msPerYear = 365 * 86_400_000;

/**
 * Delta of a European option at zero rate: N(d1) for a call, N(d1) - 1 for a put, d1 = (ln(S / K) + v^2 t / 2) / (v sqrt t). Source: Black and Scholes
 * (1973), equations 13 and 14 with r = 0. Prices in the same money, volatility per square root of a year (0.7 is 70 %), time in milliseconds.
 * An option whose time has come has no delta; one without volatility has that of its exercise.
 */
export function optionDelta(isCall: boolean, spot: number, strike: number, volatility: number, leftMs: number): number {
  if (leftMs <= 0 || spot <= 0) return 0;
  const width = volatility * Math.sqrt(leftMs / msPerYear);
  const moneyness = log(spot / strike);
  const probability = width === 0 ? stepAt(moneyness) : normalCdf(moneyness / width + width / 2);
  return isCall ? probability : probability - 1;
}

/**
 * Net delta of an option that pays in coins, at zero rate: delta less the price in coins, which is K / S x N(d2) for a call and -K / S x N(-d2) for a put. What
 * hedges it once its premium is held in coins. Arguments and edges as in `optionDelta`. Source: Deribit's contract of inverse options; Alexander, Chen
 * and Imeraj (2023), "Crypto quanto and inverse options".
 */
export function coinOptionDelta(
  isCall: boolean,
  spot: number,
  strike: number,
  volatility: number,
  leftMs: number,
): number {
  if (leftMs <= 0 || spot <= 0) return 0;
  const width = volatility * Math.sqrt(leftMs / msPerYear);
  const moneyness = log(spot / strike);
  if (width === 0) {
    const exercised = stepAt(moneyness);
    return (strike / spot) * (isCall ? exercised : exercised - 1);
  }
  const d2 = moneyness / width - width / 2;
  return (strike / spot) * (isCall ? normalCdf(d2) : -normalCdf(-d2));
}

function stepAt(moneyness: number): number {
  if (moneyness === 0) return 0.5;
  return moneyness > 0 ? 1 : 0;
}

/**
 * Units to trade (positive: sell) when a hedge of `held` should be `target`: nothing within the band, beyond it to the target or only to the band's
 * edge. Source: Whalley and Wilmott (1997), no-trade region around the Black-Scholes delta.
 */
export function hedgeTrade(held: number, target: number, band: number, to: "target" | "edge"): number {
  const gap = held - target;
  if (Math.abs(gap) <= band) return 0;
  if (to === "target") return gap;
  return gap > 0 ? gap - band : gap + band;
}
