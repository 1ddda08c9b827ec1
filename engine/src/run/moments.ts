import type { Fills } from "./fills.js";
import type { StandingOrders } from "./standing-orders.js";
import type { VenueLadder } from "./venue-ladder.js";

/** What every moment may read. */
export interface Moment {
  readonly tick: number;
  /** Round within the tick, from 0; 0 outside rounds. */
  readonly round: number;
  /** Milliseconds since the start of the path, at the end of this tick. */
  readonly timeMs: number;
  readonly tickMs: number;
  readonly seed: number;
  readonly path: number;
  /** Fair value of one coin in US dollars. */
  fair(asset: number): number;
  /** The price that a feed last published, in whole price steps. */
  published(feed: number): number;
  /** Middle of an instrument's merged depth, in quote coins per coin. */
  middle(instrument: number): number;
  /** True where a guard let nothing trade on the instrument in the round that was gated last (in `shock`: the last round of the tick before). */
  isHalted(instrument: number): boolean;
  /** Price of gas in gwei; 0 where the scenario has none. */
  readonly gasGwei: number;
  /** True in the last tick of the path. */
  readonly lastTick: boolean;
  /** Index of the mechanism that is being called: what the tape and orders name it by. */
  readonly mechanismIndex: number;
  /** Book assets an instrument trades and is quoted in. */
  instrumentAsset(instrument: number): number;
  instrumentQuote(instrument: number): number;
}

/** shock: fair values move, depth refills, gas changes. */
export interface Shock extends Moment {
  setFair(asset: number, priceUsd: number): void;
  setGas(gwei: number): void;
  /** A venue's makers have passed on units sold into it (negative: bought from it): where the scenario says so, a share of their impact lasts. */
  recovered(venue: number, units: number): void;
  /** `outside` gives an account what it lacks of `units` (a maker's quote is a promise that outside backs). */
  fund(account: number, asset: number, units: number): void;
  /** Makers hand recovered units to `outside` at the venue's price, and the like. */
  transfer(from: number, to: number, asset: number, units: number): void;
  record(kind: number, a: number, b: number, x: number, y: number, z: number): void;
}

/** publish: oracles write their own feeds. `endOfTick` is true in the publishing after the rounds. */
export interface Publish extends Moment {
  readonly endOfTick: boolean;
  /** Writes a price in US dollars, rounded down to the feed's step. */
  publish(feed: number, priceUsd: number): void;
  /** Writes a price already in whole steps. */
  publishSteps(feed: number, steps: number): void;
  /** Spot price in US dollars of an asset at one venue. */
  venuePriceUsd(venue: number): number;
  record(kind: number, a: number, b: number, x: number, y: number, z: number): void;
}

/** govern: the parameters of others change, by name. */
export interface Govern extends Moment {
  /** Reads a parameter that a mechanism offered in `open`. */
  parameter(index: number): number;
  setParameter(index: number, value: number): void;
  /** Units that bring the instrument's marginal price to `price` (positive: to be sold). */
  unitsToPrice(instrument: number, price: number): number;
  /** Cash (whole quote units) for selling `units` into the merged depth as it stands (positive) or the cost of buying (negative units). */
  quoteCash(instrument: number, units: number): number;
  record(kind: number, a: number, b: number, x: number, y: number, z: number): void;
}

/** decide: losses become standing liquidation orders or the owner's own trades. */
export interface Decide extends Moment {
  /** Appends or amends the standing liquidation order of (this mechanism, row). A row emits once; it stands until filled or withdrawn. */
  liquidate(order: LiquidationOrder): number;
  /** Takes back a standing order whose account recovered. */
  withdraw(order: number): void;
  /** This mechanism's own trade in this round: positive units sell, negative buy. `limit` is the worst acceptable price or 0. */
  trade(row: number, account: number, instrument: number, units: number, limit: number): void;
  /**
   * This mechanism's own two-legged trade: sells `units` on one instrument and buys as many on another in the same round, both cut by the scarcer leg.
   * `limit`: least quote units received per quote unit paid (whole units of the two quote assets), or 0.
   */
  tradePair(
    row: number,
    account: number,
    sellInstrument: number,
    buyInstrument: number,
    units: number,
    limit: number,
  ): void;
  balance(account: number, asset: number): number;
  /** A parameter of this mechanism as governors have set it in this tick. */
  parameter(index: number): number;
  /** Accounts that other mechanisms opened to rescue, by the name of their mechanism. */
  rescuable(mechanism: string): Rescuable | undefined;
  /** Asks the account's mechanism to carry out an owner's own action at its next settle. */
  rescue(mechanism: string, row: number, kind: "repay" | "close", share: number): void;
  readonly standing: StandingOrders;
  venueDepth(instrument: number, side: 1 | -1): number;
  /** Cash (whole quote units) for selling `units` into the merged depth as it stands (positive) or the cost of buying (negative units). */
  quoteCash(instrument: number, units: number): number;
  /** Units that bring the instrument's marginal price to `price` (positive: to be sold). */
  unitsToPrice(instrument: number, price: number): number;
  record(kind: number, a: number, b: number, x: number, y: number, z: number): void;
}

/** What a mechanism lets owners see of its accounts. */
export interface Rescuable {
  readonly rowCount: number;
  /** Collateral value over the value at which the account is liquidated: 1 is the edge, below is liquidatable. Infinity without debt. */
  margin(row: number, priceUsd: (asset: number) => number): number;
}

/** A liquidation order as decided: what may be seized and what must be repaid (docs/model.md). */
export interface LiquidationOrder {
  readonly row: number;
  /** Instrument on which the seized collateral is sold; -1 where it needs no sale. */
  readonly sellInstrument: number;
  /** Instrument on which the owed asset is bought; -1 where it needs no purchase. */
  readonly buyInstrument: number;
  readonly collateral: number;
  /** Whole units that go to the liquidator at most. */
  readonly seizeUnits: number;
  /** Whole units of collateral that go to the protocol beside them. */
  readonly feeUnits: number;
  readonly debt: number;
  /** Whole units of the debt asset the liquidator pays for `seizeUnits`. */
  readonly repayUnits: number;
  /** Feed and price (steps) that made the account liquidatable. */
  readonly feed: number;
  readonly priceSteps: number;
  /** Ledger account that disposes where no keeper takes it (an exchange's own engine); -1: keepers. */
  readonly ownAccount: number;
  /**
   * Worst price at which `ownAccount`, or the outside keeper where no guard gives the order away, disposes, as `Gate.give` counts it; 0 or left out: none. A batch
   * that breaks it drops the order.
   */
  readonly limit?: number;
  /** Row of the account that the tape names where `row` is an auction's, -1 where it is no one account's (a pool, a storefront); left out: `row`. */
  readonly account?: number;
  /** Disposal units of a fill that is not whole at most (an auction that must not leave a dusty rest); left out: any part may be filled. */
  readonly mostPartial?: number;
}

/** gate: guards work through standing orders in the scenario's stated order. */
export interface Gate extends Moment {
  readonly standing: StandingOrders;
  /** Chain mechanisms' orders may be held (nothing of it is released this round). */
  hold(order: number): void;
  /** At most this many units (of the disposal) are released this round. */
  cap(order: number, units: number): void;
  /**
   * Gives the order to a keeper: its ledger account, the guard's own row for it, and whether it disposes in the same round (atomic swap) or
   * takes the collateral with its own capital and trades later. `limit` is the worst price an atomic swap accepts (it reverts below): quote coins per
   * coin where it sells or buys, quote units received per quote unit paid where it does both; 0: none.
   */
  give(order: number, keeperAccount: number, guardRow: number, atomic: boolean, limit: number): void;
  /** No order trades on this instrument in this round. */
  haltInstrument(instrument: number): void;
  /** Units that can be absorbed before the marginal price reaches `price`. */
  unitsToPrice(instrument: number, price: number): number;
  /** Cash (whole quote units) for selling `units` into the merged depth as it stands (positive) or the cost of buying (negative units). */
  quoteCash(instrument: number, units: number): number;
  /** Units that the instrument can still absorb on that side (1: sales). */
  venueDepth(instrument: number, side: 1 | -1): number;
  record(kind: number, a: number, b: number, x: number, y: number, z: number): void;
  balance(account: number, asset: number): number;
  /** A guard's own trade: the unwinding of inventory. */
  trade(row: number, account: number, instrument: number, units: number, limit: number): void;
}

/** clear: venues quote their marginal ladders; they never see orders. */
export interface Clear extends Moment {
  quote(venue: number, ladder: VenueLadder): void;
}

/** settle: fills are booked. Repay and seize first (pressure), then the kernel posts the trades, then everybody else. */
export interface Settle extends Moment {
  /** True in the second half, after the kernel posted the trades. */
  readonly afterTrades: boolean;
  readonly fills: Fills;
  readonly standing: StandingOrders;
  transfer(from: number, to: number, asset: number, units: number): void;
  balance(account: number, asset: number): number;
  record(kind: number, a: number, b: number, x: number, y: number, z: number): void;
  /** Requests that owners posted for rows of this mechanism in this round. */
  rescues(visit: (row: number, kind: "repay" | "close", share: number) => void): void;
  /** Closes the standing order of a row: done, or written off. */
  finish(order: number): void;
  /** Units asked but not filled in this round on an instrument. */
  unfilled(instrument: number): number;
}
