import { mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { TimeBeforeLastUpdate } from "./errors.js";
import type { MorphoParameters } from "./parameters.js";
import { toSharesDown } from "./shares.js";
import { type MorphoMarket, stored } from "./state.js";

/** First three terms of e^(rate x seconds) - 1, wad, the second and third rounded down; `rate` is a wad a second (MathLib.wTaylorCompounded). */
export function taylorCompounded(rate: bigint, seconds: bigint): bigint {
  const first = rate * seconds;
  const second = mulDivDown(first, first, 2n * WAD);
  return first + second + mulDivDown(second, first, 3n * WAD);
}

/** What an accrual leaves behind. */
export interface AccrualOutcome {
  readonly market: MorphoMarket;
  /** Loan units that borrowers owe more and suppliers are owed more. */
  readonly interest: bigint;
  /** Supply shares minted to the fee recipient, whose position is the caller's to add them to; zero without a fee. */
  readonly feeShares: bigint;
}

/**
 * The market at `second` after interest at `borrowRate` (wad a second, the average since the last accrual, from whichever rate model the market has):
 * interest rounds down, the fee is minted in shares of the supply without it, rounded down (Morpho._accrueInterest). Throws TimeBeforeLastUpdate,
 * MaxUint128Exceeded.
 */
export function accrue(
  parameters: MorphoParameters,
  market: MorphoMarket,
  borrowRate: bigint,
  second: bigint,
): AccrualOutcome {
  const elapsed = second - market.lastUpdate;
  if (elapsed < 0n) throw new TimeBeforeLastUpdate(`second ${second} is before ${market.lastUpdate}`);
  if (elapsed === 0n) return { market, interest: 0n, feeShares: 0n };
  const interest = mulDivDown(market.totalBorrowAssets, taylorCompounded(borrowRate, elapsed), WAD);
  const totalSupplyAssets = stored(market.totalSupplyAssets + interest);
  const fee = mulDivDown(interest, parameters.fee, WAD);
  const feeShares = toSharesDown(fee, totalSupplyAssets - fee, market.totalSupplyShares);
  return {
    market: {
      ...market,
      totalSupplyAssets,
      totalSupplyShares: stored(market.totalSupplyShares + feeShares),
      totalBorrowAssets: stored(market.totalBorrowAssets + interest),
      lastUpdate: second,
    },
    interest,
    feeShares,
  };
}
