import { assert } from "../book/problem.js";
import { black76 } from "./black.js";

/** Price and sensitivities of an option that is quoted and settled in the coin, per contract of one coin. */
export interface InverseGreeks {
  /** Coins. */
  readonly price: number;
  /** Black-Scholes delta: coins that hedge the option's value in money. */
  readonly delta: number;
  /** Net delta: coins that hedge it once the premium is held in coins. forward x d(price in coins)/d(forward) = delta - price. */
  readonly netDelta: number;
  /** Change of `delta` per 1 of the forward. */
  readonly gamma: number;
  /** Change of `netDelta` per 1 of the forward. */
  readonly netGamma: number;
  /** Coins per 1.00 of volatility. */
  readonly vega: number;
  /** Coins per year that passes. */
  readonly theta: number;
  /** Change of `delta` per 1.00 of volatility. */
  readonly vanna: number;
  /** Change of `netDelta` per 1.00 of volatility. */
  readonly netVanna: number;
  /** Change of `vega` per 1.00 of volatility. */
  readonly volga: number;
  /** Change of `delta` per year that passes. */
  readonly charm: number;
  /** Change of `netDelta` per year that passes. */
  readonly netCharm: number;
}

/**
 * An option settled in coins, as on Deribit: max(1 - strike / forward, 0) coins for a call at expiry. In money it is Black's option at zero rate, so its
 * price in coins is that over the forward. At or after expiry, without volatility, and errors: as in `blackScholes`.
 * Source: Deribit's contract of inverse options; Alexander, Chen and Imeraj, "Crypto quanto and inverse options", Mathematical Finance 33 (2023).
 */
export function inverseOption(
  isCall: boolean,
  forward: number,
  strike: number,
  years: number,
  volatility: number,
): InverseGreeks {
  assert(forward > 0 && forward < Number.POSITIVE_INFINITY, `forward ${forward} is positive and finite`);
  const money = black76(isCall, forward, strike, years, volatility, 0);
  const price = money.price / forward;
  const vega = money.vega / forward;
  const theta = money.theta / forward;
  const netDelta = money.delta - price;
  return {
    price,
    delta: money.delta,
    netDelta,
    gamma: money.gamma,
    netGamma: money.gamma - netDelta / forward,
    vega,
    theta,
    vanna: money.vanna,
    netVanna: money.vanna - vega,
    volga: money.volga / forward,
    charm: money.charm,
    netCharm: money.charm - theta,
  };
}
