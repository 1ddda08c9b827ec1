import { mulDivDown, mulDivUp } from "../../../math/index.js";
import type { Decide } from "../../../run/index.js";
import type { CoinMarginedRows } from "./rows.js";

/** Cash that depth pays for (side 1) or asks for (side -1) coins, as it stands. */
function cashOf(rows: CoinMarginedRows, at: Decide, side: 1 | -1, coins: number): number {
  return coins === 0 ? 0 : at.quoteCash(rows.instrument, side * coins);
}

/** Whole contracts that depth can take on a side as it stands. */
export function contractsTaken(rows: CoinMarginedRows, at: Decide, side: 1 | -1): number {
  const coins = at.venueDepth(rows.instrument, side);
  return Math.floor(cashOf(rows, at, side, coins) / rows.contractCash);
}

/** The fewest coin units that bring (or cost) so many quote units, and one more for each of `accounts`, for their shares are rounded; or all that depth takes. */
export function coinsFor(rows: CoinMarginedRows, at: Decide, side: 1 | -1, cash: number, accounts: number): number {
  const wanted = cash + 2 * accounts;
  const most = at.venueDepth(rows.instrument, side);
  let low = 0;
  let high = most;
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (cashOf(rows, at, side, middle) >= wanted) high = middle;
    else low = middle;
  }
  return high;
}

/** Price in steps of a batch of contracts on one side, rounded against the accounts. */
export function averagePrice(rows: CoinMarginedRows, at: Decide, side: 1 | -1, contracts: number): number {
  const coins = coinsFor(rows, at, side, contracts * rows.contractCash, 1);
  return coins === 0 ? 0 : priceOf(rows, side, cashOf(rows, at, side, coins), coins);
}

/** Price in steps that cash for coins is: a long sells at it rounded down, a short buys at it rounded up. */
export function priceOf(rows: CoinMarginedRows, side: 1 | -1, cash: number, coins: number): number {
  return side === 1 ? mulDivDown(cash, rows.cashToSteps, coins) : mulDivUp(cash, rows.cashToSteps, coins);
}
