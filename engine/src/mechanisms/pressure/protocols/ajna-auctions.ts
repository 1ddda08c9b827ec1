import type { Book } from "../../../book/book.js";
import { mulDivUp } from "../../../math/index.js";
import { basisPoints, powersOfTen, unitsDown, valueDown, valueUp } from "../../../rules/account-value.js";
import { type AjnaRule, coinPrice } from "../../../rules/ajna.js";
import {
  type AjnaOffer,
  type AjnaTerms,
  ajnaOffer,
  auctionPrice,
  bondPaymentFactor,
  collateralisationFactor,
  depositBuffer,
  lowestBucket,
  neutralPrice,
  reservesFreeAfterMs,
  settleAfterMs,
  type TakeTerms,
  takeTerms,
} from "../../../rules/ajna-auction.js";
import type { Decide, Layout, Reset, Settle, Shock } from "../../../run/index.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
import { unitUsd } from "../../outside-exchange.js";
import { indexOne, repayToPool, writeOffFromPool } from "../lending/pool.js";
import type { Disposal } from "../lending/protocol.js";
import { activate, type LendingState, markIndices, wake } from "../lending/state.js";
import { Deposits, finePriceAt, type OpeningDeposit, type Settled } from "./ajna-deposits.js";

/** What a pool starts from beside its rule. */
export interface AjnaPoolTerms extends AjnaTerms {
  readonly deposits: readonly OpeningDeposit[];
  /** Lenders move deposits with the oracle's price, this long after it; undefined: they stay. */
  readonly followAfterMs: number | undefined;
  /** The pool's own quote beside deposits at the opening, units. */
  readonly reservesUnits: number;
}

/** One running auction. Whole units; prices in quote units a collateral unit. */
export interface AjnaAuction {
  readonly row: number;
  readonly kickedMs: number;
  readonly reference: number;
  readonly neutral: number;
  /** Debt over collateral at the kick. */
  readonly atKick: number;
  held: number;
  /** Debt, counted at the interest index `index`. */
  owed: number;
  index: number;
  bond: number;
  /** Debt that reserves may still settle within 144 hours. */
  reserveLimit: number;
  /** Its standing order, or -1. */
  order: number;
}

/** A loan that is being kicked, whole units. */
interface KickedLoan {
  readonly row: number;
  readonly held: number;
  readonly owed: number;
}

/**
 * Ajna's auctions as state over ticks: loans below 1.04 times their debt at the lowest utilised price are kicked at once, highest debt over collateral first; each
 * auction is one standing order (row `rowCount` + slot) whose price falls with time; after 72 hours, or without collateral, the pool settles it at its lenders' cost.
 * The kicker is always there (assumed): its bonds come from and go back to outside. Sources: KickerActions `_kick`, TakerActions `take`, SettlerActions
 * `settlePoolDebt`.
 */
export class AjnaAuctions implements Disposal {
  /** By slot; null where none runs. */
  readonly running: (AjnaAuction | null)[] = [];
  /** In the order of their kicks. */
  queue: AjnaAuction[] = [];
  readonly deposits: Deposits;
  /** Quote in the pool as the contract counts it, bonds included; and the bonds. */
  cash = 0;
  bonds = 0;
  private kicked: KickedLoan[] = [];
  private started: AjnaAuction[] = [];
  private account = -1;
  private readonly shares: number[] = [];
  /** Rows by falling debt over collateral at the opening, those ratios, and how many of them are looked at. */
  private byRatio = new Uint32Array(0);
  private ratios = new Float64Array(0);
  private reached = 0;
  /** Loans that are not in auction; -1: to be counted. */
  private loans = -1;
  private opening = 1;
  private readonly take: TakeTerms = { price: 0, borrowerPrice: 0, paymentFactor: 0 };
  private readonly offered: AjnaOffer = { seize: 0, pay: 0, repaysAll: false, mostPartial: 0 };
  private readonly settled: Settled = { depositsUsed: 0, collateralMoved: 0, cancelled: 0 };

  constructor(
    readonly rule: AjnaRule,
    private readonly terms: AjnaPoolTerms,
  ) {
    this.deposits = new Deposits(terms.deposits);
  }

  open(rows: LendingState, name: string, book: Book, layout: Layout): void {
    this.account = layout.account(`${name}/auction`, "auction");
    const { collateral, quote } = this.rule;
    this.opening = book.assets[collateral].priceUsd / book.assets[quote].priceUsd;
    const held = rows.columns.collateral[collateral];
    const owed = rows.columns.debt[quote];
    // Two units more than are owed: what roundings of interest add at most.
    const ratios = Float64Array.from({ length: rows.columns.rowCount }, (_, row) =>
      (owed?.[row] ?? 0) === 0 ? 0 : ((owed?.[row] ?? 0) + 2) / (held?.[row] ?? 0),
    );
    this.byRatio = Uint32Array.from(ratios.keys()).sort((a, b) => ratios[b] - ratios[a] || a - b);
    this.ratios = Float64Array.from(this.byRatio, (row) => ratios[row]);
  }

  reset(rows: LendingState, at: Reset): void {
    const { quote } = this.rule;
    this.running.length = 0;
    this.queue = [];
    this.kicked = [];
    this.started = [];
    this.shares.length = 0;
    this.deposits.reset();
    this.bonds = 0;
    this.cash = Math.max(0, this.deposits.total() + this.terms.reservesUnits - rows.pool.openingBorrowed[quote]);
    at.transfer(rows.layout.issuer, rows.reserves, quote, this.terms.reservesUnits);
    this.reached = 0;
    this.loans = -1;
    this.refresh(rows);
  }

  shock(rows: LendingState, at: Shock): void {
    const { followAfterMs } = this.terms;
    const { collateral, quote } = this.rule;
    const ours = at.published(rows.feeds[collateral]);
    const theirs = at.published(rows.feeds[quote]);
    if (followAfterMs !== undefined && ours > 0 && theirs > 0) {
      this.shares.push(ours / theirs / this.opening);
      const then = this.shares.length - 1 - followAfterMs / at.tickMs;
      if (then >= 0) this.deposits.follow(this.shares[then]);
    }
    this.refresh(rows);
    // What owners see of their margin: 1 where collateral at the lowest utilised price is 1.04 times the debt.
    const market = ours > 0 && theirs > 0 ? ours / theirs : this.opening;
    (rows.rule.thresholdBps as number[])[collateral] =
      (basisPoints * this.lowestUtilisedPrice()) / (collateralisationFactor * market);
  }

  /** The lowest utilised price as it would be with every deposit where its lenders want it. */
  private refresh(rows: LendingState): void {
    const index = this.deposits.lowestUtilised(rows.pool.borrowed[this.rule.quote]);
    const { high, low } = finePriceAt(Math.max(0, index));
    const { lup } = this.rule;
    const isLowest = index === lowestBucket;
    if (lup.high !== high || lup.low !== low || this.rule.isLowest !== isLowest) {
      lup.high = high;
      lup.low = low;
      this.rule.isLowest = isLowest;
      rows.changed = true;
    }
    this.reach(rows);
  }

  /** Loans are looked at from when debt over collateral comes as near to the lowest utilised price as roundings could hide; all debts grow at one rate. */
  private reach(rows: LendingState): void {
    const { byRatio, ratios } = this;
    const growth = (rows.pool.indices[this.rule.quote] || indexOne) / indexOne;
    const least = ((1 - 1e-9) * this.lowestUtilisedPrice() * this.unit(rows)) / collateralisationFactor;
    while (this.reached < byRatio.length && ratios[this.reached] * growth >= least && ratios[this.reached] > 0) {
      const row = byRatio[this.reached++];
      // Lending may have reached it by the oracle's price, which is not what decides here.
      if (rows.placeOf[row] > 0) rows.groupOf[rows.placeOf[row] - 1] = -1;
      activate(rows, row, -1);
      wake(rows, row);
      rows.changed = true;
    }
  }

  /** The loan leaves its owner's hands at once, before owners who close sell; its auction begins when all that are kicked in this round are known. */
  breach(rows: LendingState, row: number): boolean {
    const { collateral, quote } = this.rule;
    const held = rows.heldNow[collateral];
    if (held === 0) {
      rows.uncovered.push(row);
      return true;
    }
    this.kicked.push({ row, held, owed: rows.owedNow[quote] });
    rows.collateral[collateral][row] = 0;
    rows.debt[quote][row] = 0;
    rows.closing[row] = 0;
    markIndices(rows, row);
    return true;
  }

  decide(rows: LendingState, at: Decide): void {
    if (this.kicked.length > 0) {
      this.kicked.sort((a, b) => b.owed / b.held - a.owed / a.held || a.row - b.row);
      for (const loan of this.kicked) this.kick(rows, at, loan);
      this.kicked = [];
    }
    let locked = 0;
    for (const auction of this.queue) locked += this.owedBy(rows, auction);
    this.deposits.move(locked);
    if (this.queue.length === 0) return;
    if (this.loans < 0) this.loans = this.loansOutside(rows);
    const { loans } = this;
    for (let slot = 0; slot < this.running.length; slot++) {
      const auction = this.running[slot];
      if (auction !== null) this.reprice(rows, at, auction, slot, loans);
    }
  }

  /** Debt of an auction with interest so far. */
  owedBy(rows: LendingState, auction: AjnaAuction): number {
    return mulDivUp(auction.owed, rows.pool.indices[this.rule.quote], auction.index);
  }

  private loansOutside(rows: LendingState): number {
    const { collateral, quote } = this.rule;
    let count = 0;
    for (let row = 0; row < rows.columns.rowCount; row++)
      if (rows.debt[quote][row] > 0 && rows.collateral[collateral][row] > 0) count++;
    return count;
  }

  private kick(rows: LendingState, at: Decide, { row, held, owed }: KickedLoan): void {
    const { quote } = this.rule;
    const atKick = owed / held;
    const neutral = this.neutralOf(rows, atKick);
    const last = this.queue[this.queue.length - 1];
    const bond = Math.ceil(owed * this.terms.bondFactor);
    const auction: AjnaAuction = {
      row,
      kickedMs: at.timeMs,
      reference: last === undefined ? neutral : Math.max(neutral, last.reference),
      neutral,
      atKick,
      held,
      owed,
      index: rows.pool.indices[quote] || indexOne,
      bond,
      reserveLimit: Math.floor(owed * this.terms.reserveShare),
      order: -1,
    };
    const free = this.running.indexOf(null);
    if (free >= 0) this.running[free] = auction;
    else this.running.push(auction);
    this.queue.push(auction);
    this.started.push(auction);
    this.bonds += bond;
    this.cash += bond;
    this.loans = Math.max(-1, this.loans - 1);
    at.record(tapeKinds.protocol, at.mechanismIndex, row, held, owed, protocolActs.kick);
  }

  /** Neutral price in quote units a collateral unit. */
  private neutralOf(rows: LendingState, atKick: number): number {
    const unit = this.unit(rows);
    return neutralPrice(atKick / unit, this.terms.neutralRatio) * unit;
  }

  /** Quote units a collateral unit where a coin costs a coin. */
  private unit({ unitDecimals }: LendingState): number {
    return powersOfTen[unitDecimals[this.rule.quote]] / powersOfTen[unitDecimals[this.rule.collateral]];
  }

  /** Price and payment factor of an auction now. */
  private termsOf(auction: AjnaAuction, timeMs: number): TakeTerms {
    const price = auctionPrice(auction.reference, timeMs - auction.kickedMs);
    const factor = bondPaymentFactor(auction.atKick, auction.neutral, this.terms.bondFactor, price);
    return takeTerms(price, factor, this.terms.bondFactor, this.take);
  }

  private reprice(rows: LendingState, at: Decide, auction: AjnaAuction, slot: number, loans: number): void {
    // Not in the block of the kick.
    if (at.timeMs === auction.kickedMs || auction.held === 0) return;
    const { collateral, quote } = this.rule;
    const { offered } = this;
    const terms = this.termsOf(auction, at.timeMs);
    ajnaOffer(terms, auction.held, this.owedBy(rows, auction), rows.pool.borrowed[quote], loans, offered);
    const pair = collateral * rows.feeds.length + quote;
    const sell = rows.sellRoute[pair];
    const buy = rows.buyRoute[pair];
    const limit = this.limitOf(rows, at, sell, buy, terms.price);
    // Hours above the market: where neither the middle nor any depth pays the price nobody need be asked.
    const isAbove = sell >= 0 && buy < 0 && limit > at.middle(sell) && at.unitsToPrice(sell, limit) <= 0;
    if (offered.seize === 0 || isAbove) {
      if (auction.order >= 0) at.withdraw(auction.order);
      auction.order = -1;
      return;
    }
    // A part is counted as orders are: in units sold, or bought where nothing is sold.
    const partial = sell < 0 && buy >= 0 ? Math.floor(offered.mostPartial * terms.price) : offered.mostPartial;
    auction.order = at.liquidate({
      row: rows.columns.rowCount + slot,
      account: auction.row,
      sellInstrument: sell,
      buyInstrument: buy,
      collateral,
      seizeUnits: offered.seize,
      feeUnits: 0,
      debt: quote,
      repayUnits: offered.pay,
      feed: rows.feeds[collateral],
      priceSteps: rows.steps[collateral],
      ownAccount: -1,
      limit,
      mostPartial: partial,
    });
  }

  /** Worst price at which an outside keeper sells without a loss, where no guard decides. */
  private limitOf(rows: LendingState, at: Decide, sell: number, buy: number, price: number): number {
    const { unitDecimals } = rows;
    const { quote } = this.rule;
    if (sell < 0) return buy < 0 ? 0 : 1 / (price / this.unit(rows));
    const cash = at.instrumentQuote(sell);
    if (buy >= 0) return unitUsd(at, at.instrumentQuote(buy), unitDecimals) / unitUsd(at, cash, unitDecimals);
    const coinUsd = (asset: number) => unitUsd(at, asset, unitDecimals) * powersOfTen[unitDecimals[asset]];
    return ((price / this.unit(rows)) * coinUsd(quote)) / coinUsd(cash);
  }

  settle(rows: LendingState, at: Settle): void {
    const { fills, standing } = at;
    if (at.afterTrades) {
      for (let fill = 0; fill < fills.count; fill++)
        if (fills.order[fill] < 0 && fills.mechanism[fill] === at.mechanismIndex) this.loans = -1;
      this.refresh(rows);
      return;
    }
    at.rescues(() => {
      this.loans = -1;
    });
    const { collateral, quote } = this.rule;
    for (const { held, bond } of this.started) {
      at.transfer(rows.positions, this.account, collateral, held);
      at.transfer(rows.layout.outside, this.account, quote, bond);
    }
    if (this.started.length > 0) this.started = [];
    for (let fill = 0; fill < fills.count; fill++) {
      const order = fills.order[fill];
      if (order < 0 || standing.mechanism[order] !== at.mechanismIndex) continue;
      if (fills.row[fill] >= rows.columns.rowCount) this.book(rows, at, fill, order);
    }
    for (const auction of this.queue)
      if (auction.held === 0 || at.timeMs - auction.kickedMs > settleAfterMs) this.settleAuction(rows, at, auction);
  }

  /** A take: debt off at the borrower's price, the kicker's bond grows or shrinks, the rest is the reserves'. */
  private book(rows: LendingState, at: Settle, fill: number, order: number): void {
    const { fills, standing } = at;
    const { collateral, quote } = this.rule;
    const auction = this.running[fills.row[fill] - rows.columns.rowCount] as AjnaAuction;
    const units = fills.seizeUnits[fill];
    const paid = fills.repayUnits[fill];
    const taker = fills.account[fill];
    const owed = this.owedBy(rows, auction);
    const { borrowerPrice, paymentFactor } = this.termsOf(auction, at.timeMs);
    const repaysAll = units >= standing.seizeUnits[order] && units * borrowerPrice >= owed - 1;
    const repaid = repaysAll ? Math.min(owed, paid) : Math.min(owed, paid, Math.floor(units * borrowerPrice));
    const reward = paymentFactor < 0 ? 0 : Math.min(paid - repaid, Math.floor(paid * paymentFactor));
    const loss = paymentFactor < 0 ? Math.min(auction.bond, Math.ceil(-paymentFactor * paid)) : 0;
    at.transfer(taker, rows.lenders, quote, repaid);
    at.transfer(taker, this.account, quote, reward);
    at.transfer(taker, rows.reserves, quote, paid - repaid - reward);
    at.transfer(this.account, rows.reserves, quote, loss);
    at.transfer(this.account, taker, collateral, units);
    auction.held -= units;
    auction.owed = owed - repaid;
    auction.index = rows.pool.indices[quote] || indexOne;
    auction.bond += reward - loss;
    this.bonds += reward - loss;
    this.cash += paid;
    repayToPool(rows.pool, quote, repaid);
    const usd = valueUp(units, rows.steps[collateral], rows.unitDecimals[collateral]) / 1e6;
    at.record(tapeKinds.seize, at.mechanismIndex, auction.row, units, collateral, usd);
    at.record(tapeKinds.liquidate, at.mechanismIndex, auction.row, units, paid, taker);
    at.record(tapeKinds.protocol, at.mechanismIndex, auction.row, units, paid, protocolActs.take);
    rows.changed = true;
    if (auction.owed === 0) this.end(rows, at, auction);
  }

  /**
   * What the pool does with an auction that nobody finished: collateral for deposits, then reserves, then deposits are cancelled. Bad debt is what the collateral, at
   * the oracle's price, does not cover.
   */
  private settleAuction(rows: LendingState, at: Settle, auction: AjnaAuction): void {
    const { collateral, quote } = this.rule;
    const { steps, unitDecimals } = rows;
    const owed = this.owedBy(rows, auction);
    const { depositsUsed, collateralMoved } = this.deposits.swap(owed, auction.held, this.unit(rows), this.settled);
    auction.held -= collateralMoved;
    let left = owed - depositsUsed;
    writeOffFromPool(rows.pool, quote, depositsUsed);
    const byReserves = this.fromReserves(rows, at, auction, left);
    left -= byReserves;
    const cancelled = this.deposits.forgive(left);
    writeOffFromPool(rows.pool, quote, owed - depositsUsed);
    at.transfer(this.account, rows.lenders, collateral, collateralMoved);
    const worth = unitsDown(
      valueDown(collateralMoved, steps[collateral], unitDecimals[collateral]),
      steps[quote],
      unitDecimals[quote],
    );
    const lost = Math.max(0, owed - worth);
    at.record(
      tapeKinds.protocol,
      at.mechanismIndex,
      auction.row,
      collateralMoved,
      depositsUsed + cancelled,
      protocolActs.socialise,
    );
    if (collateralMoved > 0) {
      const usd = valueUp(collateralMoved, steps[collateral], unitDecimals[collateral]) / 1e6;
      at.record(tapeKinds.seize, at.mechanismIndex, auction.row, collateralMoved, collateral, usd);
      at.record(
        tapeKinds.liquidate,
        at.mechanismIndex,
        auction.row,
        collateralMoved,
        Math.min(owed, worth),
        rows.lenders,
      );
    }
    if (lost > 0)
      at.record(
        tapeKinds.badDebt,
        at.mechanismIndex,
        auction.row,
        lost,
        quote,
        valueUp(lost, steps[quote], unitDecimals[quote]) / 1e6,
      );
    auction.owed = 0;
    rows.changed = true;
    this.end(rows, at, auction);
  }

  /** Debt that reserves pay once no collateral is left: within 144 hours up to the loan's limit while there are deposits. Source: `_settlePoolDebt`. */
  private fromReserves(rows: LendingState, at: Settle, auction: AjnaAuction, left: number): number {
    if (left === 0 || auction.held > 0) return 0;
    const deposits = this.deposits.total();
    const owned = rows.pool.borrowed[this.rule.quote] + this.cash;
    const bound = deposits * depositBuffer + this.bonds;
    const affordable = Math.min(left, Math.max(0, Math.floor(owned - bound)));
    const limited = deposits > 0 && at.timeMs - auction.kickedMs < reservesFreeAfterMs;
    return limited ? Math.min(affordable, auction.reserveLimit) : affordable;
  }

  /** The auction is over: bond back to the kicker, collateral back to the borrower. */
  private end(rows: LendingState, at: Settle, auction: AjnaAuction): void {
    const { collateral, quote } = this.rule;
    at.record(tapeKinds.protocol, at.mechanismIndex, auction.row, auction.held, auction.owed, protocolActs.end);
    at.transfer(this.account, rows.layout.outside, quote, auction.bond);
    this.cash -= auction.bond;
    this.bonds -= auction.bond;
    if (auction.held > 0) {
      at.transfer(this.account, rows.positions, collateral, auction.held);
      rows.collateral[collateral][auction.row] += auction.held;
      wake(rows, auction.row);
    }
    if (auction.order >= 0) at.finish(auction.order);
    this.running[this.running.indexOf(auction)] = null;
    this.queue = this.queue.filter((one) => one !== auction);
  }

  underwater(rows: LendingState, add: (usd: number) => void): void {
    const { collateral, quote } = this.rule;
    for (const auction of this.queue) {
      const worth = valueDown(auction.held, rows.steps[collateral], rows.unitDecimals[collateral]);
      const missing = valueUp(this.owedBy(rows, auction), rows.steps[quote], rows.unitDecimals[quote]) - worth;
      if (missing > 0) add(missing / 1e6);
    }
  }

  /** The lowest utilised price in quote coins per coin. */
  lowestUtilisedPrice(): number {
    return coinPrice(this.rule.lup);
  }
}
