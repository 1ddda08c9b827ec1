import type { Book } from "../../../book/book.js";
import { mulDivDown } from "../../../math/index.js";
import { basisPoints, powersOfTen, stepsPerUsd, valueDown, valueUp } from "../../../rules/account-value.js";
import type { BarkAmounts, MakerRule } from "../../../rules/maker.js";
import {
  type AuctionOffer,
  type AuctionTerms,
  auctionOffer,
  auctionShare,
  needsReset,
  partCost,
} from "../../../rules/maker-auction.js";
import type { Decide, Layout, Settle } from "../../../run/index.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
import { unitUsd } from "../../outside-exchange.js";
import type { Disposal } from "../lending/protocol.js";
import { activate, type LendingState, markIndices, wake } from "../lending/state.js";

/** Terms of the auction house beside those of the rule. */
export interface AuctionHouseTerms extends AuctionTerms {
  /** Share of the oracle's current price, basis points, below which its next price stops new auctions and resets; 0: never. */
  readonly toleranceBps: number;
}

/** One running auction, whole units. */
export interface RunningAuction {
  /** Row of the vault. */
  row: number;
  lot: number;
  tab: number;
  /** Debt that the Vow took over for it, and what purchases have paid so far. */
  due: number;
  raised: number;
  /** Second of the chain's clock at the start or last reset. */
  startedAt: number;
  /** DAI units a collateral unit, at the start and now. */
  startPrice: number;
  price: number;
  /** Its standing order, or -1. */
  order: number;
}

/**
 * Maker's Dog and Clipper as state over ticks: vaults that breach are barked in the round in which the limits on debt at auction have room, their collateral goes to
 * auctions whose price falls with the clock, and each auction is one standing order (row `rowCount` + slot), priced anew in every round. Who barks, resets and trips
 * the breaker is always there (assumed): tip and chip go to the outside keeper, made by the issuer as unbacked DAI (`suck`). Sources: Dog `bark`, `digs`; Clipper
 * `kick`, `redo`, `take`; ClipperMom `tripBreaker`.
 */
export class MakerAuctions implements Disposal {
  /** By slot; null where none runs. */
  readonly running: (RunningAuction | null)[] = [];
  /** Debt with penalty at auction, units (Dog `Dirt`, which is `dirt` here: the other collateral types have none). */
  atAuction = 0;
  /** 0 everything runs, 2 no new auction and no reset. */
  stopped: 0 | 2 = 0;
  /** Units of DAI that the Vow owes: debts taken over and incentives (Vat `sin`). */
  vowDebt = 0;
  private readonly size: BarkAmounts = { debt: 0, collateral: 0, tab: 0 };
  private readonly offered: AuctionOffer = { slice: 0, owed: 0, mostPartial: 0 };
  private barked: { readonly row: number; readonly collateral: number; readonly tab: number }[] = [];
  private incentives = 0;
  private account = -1;
  private treasury = -1;
  private openedMs = 0;
  private waiting: (() => number) | undefined;
  private seenTick = -1;
  private seenRound = -1;

  constructor(
    private readonly rule: MakerRule,
    private readonly terms: AuctionHouseTerms,
  ) {}

  open(rows: LendingState, name: string, book: Book, layout: Layout): void {
    this.account = layout.account(`${name}/auction`, "auction");
    this.treasury = layout.account(`${name}/treasury`, "treasury");
    this.openedMs = book.atMs;
    this.waiting = layout.waiting(rows.feeds[this.rule.terms.collateral]);
  }

  reset(): void {
    this.running.length = 0;
    this.atAuction = 0;
    this.stopped = 0;
    this.vowDebt = 0;
    this.barked = [];
    this.incentives = 0;
    this.seenTick = -1;
    this.seenRound = -1;
  }

  /** Whole seconds of the chain's clock at the end of this tick. */
  now(at: { readonly timeMs: number }): number {
    return Math.floor((this.openedMs + at.timeMs) / 1000);
  }

  breach(rows: LendingState, row: number, at: Decide): boolean {
    this.watchBreaker(rows, at);
    if (this.stopped > 0) return true;
    const { collateral, debt } = this.rule.terms;
    const held = rows.heldNow[collateral];
    const owed = rows.owedNow[debt];
    const { size } = this;
    this.rule.barkSize(held, owed, this.rule.room(this.atAuction, this.atAuction), size);
    if (size.debt === 0) return true;
    for (let asset = 0; asset < rows.debt.length; asset++)
      if (rows.debt[asset].length > 0) rows.debt[asset][row] = rows.owedNow[asset];
    markIndices(rows, row);
    rows.debt[debt][row] = owed - size.debt;
    rows.collateral[collateral][row] -= size.collateral;
    const startPrice = this.startPrice(rows);
    this.start({
      row,
      lot: size.collateral,
      tab: size.tab,
      due: size.debt,
      raised: 0,
      startedAt: this.now(at),
      startPrice,
      price: startPrice,
      order: -1,
    });
    this.atAuction += size.tab;
    this.vowDebt += size.debt;
    this.pay(this.rule.incentive(size.tab));
    this.barked.push({ row, collateral: size.collateral, tab: size.tab });
    at.record(tapeKinds.protocol, at.mechanismIndex, row, size.collateral, size.tab, protocolActs.kick);
    return true;
  }

  decide(rows: LendingState, at: Decide): void {
    this.watchBreaker(rows, at);
    const now = this.now(at);
    for (let slot = 0; slot < this.running.length; slot++) {
      const auction = this.running[slot];
      if (auction !== null) this.reprice(rows, at, auction, slot, now);
    }
  }

  /** Anybody may stop what begins auctions where the oracle's next price is too far below its current one; nobody lifts it within the path. */
  private watchBreaker(rows: LendingState, at: Decide): void {
    if (this.seenTick === at.tick && this.seenRound === at.round) return;
    this.seenTick = at.tick;
    this.seenRound = at.round;
    if (this.stopped > 0 || this.waiting === undefined || this.terms.toleranceBps === 0) return;
    const current = rows.steps[this.rule.terms.collateral];
    if (this.waiting() >= mulDivDown(current, this.terms.toleranceBps, basisPoints)) return;
    this.stopped = 2;
    at.record(tapeKinds.protocol, at.mechanismIndex, 0, current, this.waiting(), protocolActs.stop);
  }

  /** Start price now, DAI units a collateral unit. */
  private startPrice(rows: LendingState): number {
    const { collateral, collateralDecimals, debtDecimals } = this.rule.terms;
    return (
      ((rows.steps[collateral] * this.terms.startFactor) / powersOfTen[collateralDecimals + 8]) *
      powersOfTen[debtDecimals]
    );
  }

  private start(auction: RunningAuction): void {
    const free = this.running.indexOf(null);
    if (free >= 0) this.running[free] = auction;
    else this.running.push(auction);
  }

  private pay(units: number): void {
    this.incentives += units;
    this.vowDebt += units;
  }

  /** Its price by the clock; a reset where it needs one; then its order. */
  private reprice(rows: LendingState, at: Decide, auction: RunningAuction, slot: number, now: number): void {
    const { terms, rule } = this;
    let share = auctionShare(terms.curve, now - auction.startedAt);
    if (needsReset(terms, now - auction.startedAt, share)) {
      const steps = rows.steps[rule.terms.collateral];
      if (this.stopped >= 2 || steps === 0) {
        this.withdraw(at, auction);
        return;
      }
      auction.startedAt = now;
      auction.startPrice = this.startPrice(rows);
      share = 1;
      if (rule.resetPays(auction.tab, auction.lot, steps)) this.pay(rule.incentive(auction.tab));
      at.record(tapeKinds.protocol, at.mechanismIndex, auction.row, auction.lot, auction.tab, protocolActs.redo);
    }
    auction.price = auction.startPrice * share;
    const offer = auctionOffer(auction.lot, auction.tab, auction.price, rule.leastTab(), this.offered);
    if (offer.slice === 0) this.withdraw(at, auction);
    else this.offer(rows, at, auction, slot, offer);
  }

  private withdraw(at: Decide, auction: RunningAuction): void {
    if (auction.order >= 0) at.withdraw(auction.order);
    auction.order = -1;
  }

  private offer(rows: LendingState, at: Decide, auction: RunningAuction, slot: number, offer: AuctionOffer): void {
    const { collateral, debt } = this.rule.terms;
    const pair = collateral * rows.feeds.length + debt;
    const sell = rows.sellRoute[pair];
    const buy = rows.buyRoute[pair];
    // A part is counted as orders are: in units sold, or bought where nothing is sold.
    const inRepayment = sell < 0 && buy >= 0;
    auction.order = at.liquidate({
      row: rows.columns.rowCount + slot,
      account: auction.row,
      sellInstrument: sell,
      buyInstrument: buy,
      collateral,
      seizeUnits: offer.slice,
      feeUnits: 0,
      debt,
      repayUnits: offer.owed,
      feed: rows.feeds[collateral],
      priceSteps: rows.steps[collateral],
      ownAccount: -1,
      limit: this.limitOf(rows, at, sell, buy, offer),
      mostPartial: inRepayment ? Math.floor(offer.mostPartial * auction.price) : offer.mostPartial,
    });
  }

  /** Price at which a sale of the lot just pays for it, for an outside keeper where no guard decides. */
  private limitOf(rows: LendingState, at: Decide, sell: number, buy: number, offer: AuctionOffer): number {
    if (sell < 0) return 0;
    const { unitDecimals } = rows;
    const quote = at.instrumentQuote(sell);
    if (buy >= 0) return unitUsd(at, at.instrumentQuote(buy), unitDecimals) / unitUsd(at, quote, unitDecimals);
    const { collateral, debt } = this.rule.terms;
    const owedUsd = offer.owed * unitUsd(at, debt, unitDecimals);
    return (
      (owedUsd / unitUsd(at, quote, unitDecimals) / offer.slice / powersOfTen[unitDecimals[quote]]) *
      powersOfTen[unitDecimals[collateral]]
    );
  }

  underwater(rows: LendingState, add: (usd: number) => void): void {
    const { collateral, collateralDecimals, debtDecimals } = this.rule.terms;
    for (const auction of this.running) {
      if (auction === null) continue;
      const worth = valueDown(auction.lot, rows.steps[collateral], collateralDecimals);
      const missing = valueUp(Math.max(0, auction.due - auction.raised), stepsPerUsd, debtDecimals) - worth;
      if (missing > 0) add(missing / 1e6);
    }
  }

  settle(rows: LendingState, at: Settle): void {
    if (at.afterTrades) return;
    const { collateral, debt } = this.rule.terms;
    for (const one of this.barked) at.transfer(rows.positions, this.account, collateral, one.collateral);
    if (this.barked.length > 0) this.barked = [];
    if (this.incentives > 0) at.transfer(rows.layout.issuer, rows.layout.outsideKeeper, debt, this.incentives);
    this.incentives = 0;
    const { fills, standing } = at;
    for (let fill = 0; fill < fills.count; fill++) {
      const order = fills.order[fill];
      if (order < 0 || standing.mechanism[order] !== at.mechanismIndex) continue;
      if (fills.row[fill] >= rows.columns.rowCount) this.take(rows, at, fill, order);
    }
  }

  /** A purchase: a whole one pays what the offer said, a part its units at the price. */
  private take(rows: LendingState, at: Settle, fill: number, order: number): void {
    const { fills, standing } = at;
    const { collateral, debt } = this.rule.terms;
    const slot = fills.row[fill] - rows.columns.rowCount;
    const auction = this.running[slot] as RunningAuction;
    const units = fills.seizeUnits[fill];
    const whole = units >= standing.seizeUnits[order];
    const paid = whole ? standing.repayUnits[order] : Math.min(auction.tab, partCost(units, auction.price));
    // What the keeper's account is charged and what its guard reckons with are one.
    fills.repayUnits[fill] = paid;
    at.transfer(fills.account[fill], this.treasury, debt, paid);
    at.transfer(this.account, fills.account[fill], collateral, units);
    auction.lot -= units;
    auction.tab -= paid;
    auction.raised += paid;
    this.atAuction -= paid;
    const usd = valueUp(units, rows.steps[collateral], rows.unitDecimals[collateral]) / 1e6;
    at.record(tapeKinds.seize, at.mechanismIndex, auction.row, units, collateral, usd);
    at.record(tapeKinds.liquidate, at.mechanismIndex, auction.row, units, paid, fills.account[fill]);
    at.record(tapeKinds.protocol, at.mechanismIndex, auction.row, units, paid, protocolActs.take);
    // There is room for those who wait.
    rows.changed = true;
    if (auction.lot === 0 || auction.tab === 0) this.end(rows, at, auction, slot, order);
  }

  /** Tab paid: what is left of the lot goes back to the vault. Lot gone: what purchases lack to the debt is the Vow's loss; penalty never earned is none. */
  private end(rows: LendingState, at: Settle, auction: RunningAuction, slot: number, order: number): void {
    const { collateral, debt, debtDecimals } = this.rule.terms;
    const { row, lot, tab } = auction;
    at.record(tapeKinds.protocol, at.mechanismIndex, row, lot, tab, protocolActs.end);
    if (lot > 0) {
      at.transfer(this.account, rows.positions, collateral, lot);
      rows.collateral[collateral][row] += lot;
      activate(rows, row, -1);
      wake(rows, row);
    }
    this.atAuction -= tab;
    const lost = Math.max(0, auction.due - auction.raised);
    if (lost > 0)
      at.record(tapeKinds.badDebt, at.mechanismIndex, row, lost, debt, valueUp(lost, stepsPerUsd, debtDecimals) / 1e6);
    at.finish(order);
    this.running[slot] = null;
  }
}
