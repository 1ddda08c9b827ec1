import { mulDivDown } from "../rounding.js";
import { RAY } from "../scales.js";
import { CannotReset, NotRunningAuction, StoppedIncorrect, ZeroStartPrice } from "./errors.js";
import type { Transfer } from "./ledger.js";
import { feedPrice } from "./oracle.js";
import { leastTab, type MakerParameters } from "./parameters.js";
import { auctionPrice } from "./price-curves.js";
import { type Auction, type BreakerLevel, type MakerState, withAuction } from "./state.js";
import { incentive, payFromVow } from "./vow.js";

/** Where an auction stands. */
export interface AuctionStatus {
  /** Ray, DAI units for one unit of collateral. */
  readonly price: bigint;
  /** Whether it lasted too long or fell too far: nobody can buy until somebody resets it. */
  readonly needsReset: boolean;
}

/** Price and need of a reset at second `now`: later than `tail`, or price over start price (rounded down) below `cusp`. Source: Clipper `status`. */
export function auctionStatus(
  parameters: MakerParameters,
  auction: Pick<Auction, "startedAt" | "startPrice">,
  now: bigint,
): AuctionStatus {
  const seconds = now - auction.startedAt;
  const price = auctionPrice(parameters.priceCurve, auction.startPrice, seconds);
  const share = mulDivDown(price, RAY, auction.startPrice);
  return { price, needsReset: seconds > parameters.resetAfterSeconds || share < parameters.resetBelowShare };
}

/** The running auction of that number. Throws NotRunningAuction. */
export function runningAuction(state: MakerState, auction: bigint): Auction {
  const found = state.auctions.get(auction);
  if (found === undefined) throw new NotRunningAuction(`auction ${auction} does not run`);
  return found;
}

/** Throws StoppedIncorrect where the breaker stands at `level` or above. Source: Clipper `isStopped`. */
export function requireBelow(state: MakerState, level: BreakerLevel): void {
  if (state.stopped >= level)
    throw new StoppedIncorrect(`the breaker stands at ${state.stopped}; this call needs less than ${level}`);
}

/** An auction begun or begun again. */
export interface Started {
  readonly state: MakerState;
  readonly auction: bigint;
  /** Ray. */
  readonly startPrice: bigint;
  /** Rad paid to the keeper. */
  readonly incentive: bigint;
  readonly transfers: readonly Transfer[];
}

/**
 * Begins an auction whose lot already lies with the Clipper; called by `bark` alone. The incentive is paid from the Vow.
 * Throws StoppedIncorrect, InvalidPrice, ZeroStartPrice. Source: Clipper `kick`.
 */
export function startAuction(
  parameters: MakerParameters,
  state: MakerState,
  sale: { readonly vault: string; readonly tab: bigint; readonly lot: bigint; readonly keeper: string },
): Started {
  requireBelow(state, 1);
  const { vault, tab, lot, keeper } = sale;
  const auction = state.auctionsStarted + 1n;
  const startPrice = startingPrice(parameters, state);
  const coin = incentive(parameters, tab);
  const paid = payFromVow(state, keeper, coin);
  const auctions = withAuction(state, auction, { vault, tab, lot, startedAt: state.now, startPrice });
  return {
    state: { ...paid.state, auctions, auctionsStarted: auction },
    auction,
    startPrice,
    incentive: coin,
    transfers: paid.transfers,
  };
}

/**
 * Begins an auction again from the oracle's price; the keeper is paid only where tab and worth of the lot both reach `chost`.
 * Throws StoppedIncorrect, NotRunningAuction, CannotReset, InvalidPrice, ZeroStartPrice. Source: Clipper `redo`.
 */
export function redo(parameters: MakerParameters, state: MakerState, auction: bigint, keeper: string): Started {
  requireBelow(state, 2);
  const running = runningAuction(state, auction);
  if (!auctionStatus(parameters, running, state.now).needsReset)
    throw new CannotReset(`auction ${auction} runs since second ${running.startedAt} and needs no reset`);
  const startPrice = startingPrice(parameters, state);
  const chost = leastTab(parameters);
  const worthIt = running.tab >= chost && running.lot * feedPrice(parameters, state) >= chost;
  const coin = worthIt ? incentive(parameters, running.tab) : 0n;
  const paid = payFromVow(state, keeper, coin);
  const auctions = withAuction(state, auction, { ...running, startedAt: state.now, startPrice });
  return { state: { ...paid.state, auctions }, auction, startPrice, incentive: coin, transfers: paid.transfers };
}

/** `rmul(feed, buf)`, rounded down. */
function startingPrice(parameters: MakerParameters, state: MakerState): bigint {
  const startPrice = mulDivDown(feedPrice(parameters, state), parameters.startPriceFactor, RAY);
  if (startPrice <= 0n) throw new ZeroStartPrice("the oracle's price times the start factor is 0");
  return startPrice;
}
