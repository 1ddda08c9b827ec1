import type { Decide, Rescuable, Settle } from "./moments.js";
import type { VenueLadder } from "./venue-ladder.js";

/** Who an account is. Only issuer, rest-of-market, outside and outside-keeper may be negative (docs/model.md). */
export type AccountRole =
  | "positions"
  | "lenders"
  | "reserves"
  | "keeper"
  | "arbitrageur"
  | "maker"
  | "pool-owners"
  | "insurance-fund"
  | "auction"
  | "stability-pool"
  | "storefront"
  | "treasury"
  | "vault"
  | "issuer"
  | "rest-of-market"
  | "outside"
  | "outside-keeper"
  | "clearing"
  | "rounding";

/** A price that an oracle publishes and others read. */
export interface FeedSource {
  readonly oracle: string;
  readonly asset: number;
  /** Venues it reads with their weights; empty: fair value. The map prices a feed by the same rule. */
  readonly venues: readonly { readonly venue: number; readonly weight: number }[];
  /** Milliseconds from a price to its publication. */
  readonly delayMs: number;
}

/**
 * Implied volatility as everybody sees it: a pure function of its arguments and of what the surface's own mechanism has said of this tick. Shares per square root of
 * a year (0.7 is 70 %); time in milliseconds since the start of the path.
 */
export interface VolatilitySurface {
  /** The volatility now of an option that had `baseVolatility` at the start, at this strike and spot price. */
  volatility(baseVolatility: number, strikeUsd: number, spotUsd: number, timeMs: number): number;
  /** The volatility of an option that is opened now: strike, milliseconds to its expiry. */
  atStrike(strikeUsd: number, leftMs: number, spotUsd: number, timeMs: number): number;
  /** Tells it that options were bought (negative: sold) in this tick, by their vega in USD per 1.00 of volatility; it answers from the next tick on. */
  bought(vegaUsd: number): void;
}

/** Trades that a mechanism tells everybody of before they are made (sunshine trading, Admati and Pfleiderer 1991). */
export interface TradePlan {
  readonly mechanism: string;
  /** Whole units on an instrument that it will sell (positive) or buy in this round and has announced; asked in `decide`, before anything cleared. */
  announced(instrument: number, at: Decide): number;
  /** The same from the opening book with published prices held (steps by feed): for the map. */
  announcedAt(instrument: number, published: Float64Array): number;
}

/**
 * Accounts of an exchange as their holders see and use them: who holds something against a position there learns what became of it, and may trade it. Whole units; mark
 * prices in steps of quote coins per coin.
 */
export interface HeldPositions {
  /** Perpetual instrument on which the positions trade. */
  readonly instrument: number;
  /** Book asset in which margin is counted. */
  readonly marginAsset: number;
  /** Row of an account, or -1. */
  rowOf(account: string): number;
  /** The exchange's mark price of published prices (steps by feed); 0 where it has none. */
  mark(published: (feed: number) => number): number;
  /** Exposure at the mark in signed units of the instrument's asset: now, and at the start of the path. */
  units(row: number, mark: number): number;
  openingUnits(row: number, mark: number): number;
  /** Trades of fewer units than this may change no position (whole contracts). */
  leastUnits(mark: number): number;
  /** Margin and unrealised profit in units of the margin asset, below 0 where bankrupt: now, and at the start of the path. */
  equity(row: number, mark: number): number;
  openingEquity(row: number, mark: number): number;
  /** Whether the row as it was at the start would be liquidated at a mark price: for the map. */
  liquidatedAt(row: number, mark: number): boolean;
  /** Whether an order of the exchange stands that closes of the row: nobody adds margin to that. */
  isClosing(row: number): boolean;
  /** Units of the instrument's asset that the exchange closed of the row by auto-deleveraging on this path. */
  deleveraged(row: number): number;
  /** What a dollar long paid to a dollar short in the last funding interval; 0 before the first, or where there is no funding. */
  fundingRate(): number;
  /**
   * Takes a trade that the holder's ledger account made on the instrument in this round into the row: units above 0 were sold. It opens or adds to a position, or closes
   * one as far as there is one. Asked in `settle`, after the trades.
   */
  book(at: Settle, row: number, account: number, units: number, cash: number): void;
  /** Moves units of the margin asset from a ledger account into the row. Asked in `settle`, after the trades. */
  deposit(at: Settle, row: number, account: number, units: number): void;
}

/** What `open` may ask for: accounts, feeds, venues, parameters. Everything is counted once; nothing is added later. */
export interface Layout {
  /** Milliseconds of one tick. */
  readonly tickMs: number;
  /** Common accounts, always there. */
  readonly issuer: number;
  readonly outside: number;
  readonly outsideKeeper: number;
  readonly restOfMarket: number;
  readonly rounding: number;
  /** A ledger account named `mechanism/role` or by the name given; the same name gives the same account. */
  account(name: string, role: AccountRole): number;
  /** The asset index of an extra ledger asset that is no book asset: a perpetual contract, named by its instrument. */
  contract(instrument: number): number;
  /** Declares a feed (oracles). */
  declareFeed(source: FeedSource): number;
  /** The feed that `oracle` publishes for an asset; asserts that it exists (parse has checked). */
  feed(oracle: string, asset: number): number;
  /** What a feed reads, and how late. */
  feedSource(feed: number): FeedSource;
  /** An oracle shows the price (steps) that a feed will publish next. */
  offerWaiting(feed: number, steps: () => number): void;
  /** The price that a feed will publish next, as everybody can see it; undefined where its oracle holds none back. */
  waiting(feed: number): (() => number) | undefined;
  /** Declares a venue on an instrument with its maker's or owners' account, and how fast used volume recovers (per hour, 0: never). */
  declareVenue(instrument: number, ladder: VenueLadder, account: number, refillPerHour?: number): number;
  venueIndex(id: string): number;
  /** Index by which tape and orders name a mechanism, or -1 where the scenario has none of that name. */
  mechanismIndex(name: string): number;
  /** The ladder of a declared venue, for flows that belong to one venue alone (a pool's arbitrageur). */
  venueLadder(venue: number): VenueLadder;
  /** The ledger account of a declared venue's maker or owners. */
  venueAccount(venue: number): number;
  venuesOf(instrument: number): readonly number[];
  /** The spot instrument with venues on which `asset` is sold for `quote`, or for anything; without venues where there is no other; or -1. */
  route(asset: number, quote: number): number;
  /** A mechanism of implied volatility (opened before those who hedge by it) shows its surface. */
  offerSurface(name: string, surface: VolatilitySurface): void;
  /** The surface of that name; asserts that it exists (parse has checked). */
  surface(name: string): VolatilitySurface;
  /** Announces trades to those who supply liquidity. */
  offerPlan(plan: TradePlan): void;
  /** Every announced plan: whole only after every mechanism is open, so it is asked in a moment, not in `open`. */
  plans(): readonly TradePlan[];
  /** An exchange lets holders see and trade their accounts. */
  offerPositions(mechanism: string, positions: HeldPositions): void;
  /** The accounts of an exchange, or undefined: exchanges may open later, so it is asked in a moment, not in `open`. */
  positionsOf(mechanism: string): HeldPositions | undefined;
  /** Opens this mechanism's accounts to their owners' rescue. */
  offerRescue(mechanism: string, rescuable: Rescuable): void;
  /** Offers a parameter that guards may govern; returns its index. */
  offerParameter(path: string, value: number): number;
  parameterIndex(path: string): number;
  /** Price steps per US dollar of feeds (1e8). */
  readonly stepsPerUsd: number;
}
