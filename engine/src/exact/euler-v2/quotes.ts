import { mulDivDown } from "../rounding.js";

/** Prices of one whole unit of an asset in smallest units of the unit of account. */
export interface Quotes {
  readonly bid: bigint;
  readonly mid: bigint;
  readonly ask: bigint;
  /** Smallest units in one whole unit of the asset. */
  readonly unit: bigint;
}

/** Quotes without a spread. */
export function withoutSpread(price: bigint, unit: bigint): Quotes {
  return { bid: price, mid: price, ask: price, unit };
}

/** Value of `amount` at one side of the market in the unit of account, rounded down. `IPriceOracle.getQuote` and `getQuotes` with a linear adapter. */
export function valueAt(quotes: Quotes, side: "bid" | "mid" | "ask", amount: bigint): bigint {
  return mulDivDown(amount, quotes[side], quotes.unit);
}
