import { blackScholes } from "./black.js";

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

/** Price and Greeks of every option at one spot and rate (no dividend), written over the rows of `into`. */
export function greeksOver(options: OptionColumns, spot: number, rate: number, into: GreekColumns): void {
  for (let row = 0; row < options.count; row++) {
    const isCall = options.call[row] > 0;
    const greeks = blackScholes(
      isCall,
      spot,
      options.strike[row],
      options.years[row],
      options.volatility[row],
      rate,
      0,
    );
    into.price[row] = greeks.price;
    into.delta[row] = greeks.delta;
    into.gamma[row] = greeks.gamma;
    into.vega[row] = greeks.vega;
    into.theta[row] = greeks.theta;
    into.vanna[row] = greeks.vanna;
    into.volga[row] = greeks.volga;
    into.charm[row] = greeks.charm;
  }
}
