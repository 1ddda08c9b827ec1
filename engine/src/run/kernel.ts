import type { Book } from "../book/book.js";
import { assert, refuseTooLarge } from "../book/problem.js";
import { exp } from "../math/index.js";
import { powersOfTen, stepsPerUsd } from "../rules/account-value.js";
import { calls, each, type KernelSide, moments } from "./calls.js";
import { Candidates } from "./candidates.js";
import { type Batch, type ClearingMarket, clearBatches } from "./clearing.js";
import { makeFills, releaseOrders } from "./disposal.js";
import { Fills } from "./fills.js";
import { Lasting } from "./lasting.js";
import { Ledger } from "./ledger.js";
import { mainInstrument } from "./main-instrument.js";
import type { Mechanism } from "./mechanism.js";
import type { LiquidationOrder, Rescuable } from "./moments.js";
import { type Opened, openMechanisms } from "./open.js";
import { postTrades, type VenueLeg } from "./posting.js";
import { StandingOrders } from "./standing-orders.js";
import { Tape, tapeKinds } from "./tape.js";
import type { VenueLadder } from "./venue-ladder.js";

/** What a run needs beside its mechanisms. */
export interface RunSetting {
  readonly book: Book;
  readonly tickMs: number;
  readonly tickCount: number;
  /** Rounds per tick after which the tick ends with a named limit. */
  readonly roundLimit: number;
  /** Share of the impact of recovered units that stays in fair value, 0 to 1. */
  readonly lastingShare: number;
  /** Mechanisms in the order of the moments: prices, liquidity, pressure (by name), guards (as stated). */
  readonly mechanisms: readonly Mechanism[];
  /** Indices in the order of opening: liquidity, prices, pressure, guards. */
  readonly openOrder: readonly number[];
  /** Standing orders at most at one time. */
  readonly orderCapacity: number;
}

/** How a path ended. */
export interface PathEnd {
  readonly tapeHash: string;
  readonly tapeRows: number;
  /** settled: every tick became quiet; rounds: some tick met the round limit. */
  readonly end: "settled" | "rounds";
  /** Largest number of rounds in one tick in which somebody was liquidated or traded. */
  readonly rounds: number;
}

interface RescueRequest {
  readonly mechanism: string;
  readonly row: number;
  readonly kind: "repay" | "close";
  readonly share: number;
}

/**
 * The loop in time: ticks, moments, rounds (docs/model.md). It knows no mechanism: it calls moments in order, nets and clears orders, and
 * keeps the ledger and the tape. One kernel serves many paths, one after the other.
 */
export class Kernel implements KernelSide {
  readonly opened: Opened;
  readonly ledger: Ledger;
  readonly standing: StandingOrders;
  readonly fills = new Fills();
  seed = 0;
  path = 0;
  tick = 0;
  round = 0;
  timeMs = 0;
  lastTick = false;
  mechanismIndex = 0;
  readonly tickMs: number;
  gasGwei = 0;
  endOfTick = false;
  afterTrades = false;
  /** Decisions without consequences: every standing order is held. What a static rule would say of the same path. */
  holdEverything = false;

  private readonly book: Book;
  private readonly fairValues: Float64Array;
  private readonly lasting: Lasting;
  private readonly publishedSteps: Float64Array;
  private readonly parameters: Float64Array;
  private readonly candidates = new Candidates();
  private readonly halted: Uint8Array;
  private readonly unfilledUnits: Float64Array;
  private readonly toQuote: Float64Array;
  private readonly markets: (ClearingMarket & { halted: boolean; fairPrice: number })[];
  private readonly clearingAccount: number;
  private batches: Batch[] = [];
  private readonly legs: VenueLeg[] = [];
  private requests: RescueRequest[] = [];
  private orderOf: Map<number, number>[];
  private moved = false;
  /** Indices of the mechanisms that take part in each moment. */
  private readonly taking: Readonly<Record<(typeof moments)[number], readonly number[]>>;
  private readonly learned = (asset: number, move: number) => {
    this.fairValues[asset] *= exp(move);
    this.record(tapeKinds.lasting, asset, 0, this.fairValues[asset], move, 0);
  };
  private readonly funding = (account: number, asset: number, units: number) => this.fund(account, asset, units);

  constructor(
    readonly setting: RunSetting,
    readonly tape: Tape,
  ) {
    const { book, mechanisms, openOrder, tickMs } = setting;
    this.book = book;
    this.tickMs = tickMs;
    this.opened = openMechanisms(book, mechanisms, openOrder, tickMs);
    this.ledger = new Ledger(this.opened.accounts, this.opened.ledgerAssetCount);
    this.standing = new StandingOrders(setting.orderCapacity);
    this.fairValues = new Float64Array(book.assets.length);
    this.lasting = new Lasting(book, this.opened.venues, setting.lastingShare);
    this.publishedSteps = new Float64Array(this.opened.feeds.length);
    this.parameters = new Float64Array(this.opened.parameters.opening.length);
    this.halted = new Uint8Array(book.instruments.length);
    this.unfilledUnits = new Float64Array(book.instruments.length);
    this.toQuote = Float64Array.from(book.instruments, (instrument) => {
      const digits = book.assets[instrument.quote].unitDecimals - book.assets[instrument.asset].unitDecimals;
      return digits >= 0 ? powersOfTen[digits] : 1 / powersOfTen[-digits];
    });
    this.markets = book.instruments.map((_, index) => ({
      depth: this.opened.depths[index],
      toQuote: this.toQuote[index],
      fairPrice: 1,
      halted: false,
    }));
    this.clearingAccount = this.opened.accounts.findIndex((account) => account.role === "clearing");
    this.orderOf = mechanisms.map(() => new Map());
    this.taking = Object.fromEntries(
      moments.map((moment) => [moment, mechanisms.flatMap((one, index) => (one[moment] === undefined ? [] : [index]))]),
    ) as Record<(typeof moments)[number], number[]>;
  }

  // ── reading ───────────────────────────────────────────────────────────────────────────────────────────────

  fair(asset: number): number {
    return this.fairValues[asset];
  }
  published(feed: number): number {
    return this.publishedSteps[feed];
  }
  middle(instrument: number): number {
    const depth = this.opened.depths[instrument];
    return depth.ladders.length === 0 ? this.instrumentFair(instrument) : depth.middle();
  }
  instrumentAsset(instrument: number): number {
    return this.book.instruments[instrument].asset;
  }
  instrumentQuote(instrument: number): number {
    return this.book.instruments[instrument].quote;
  }
  isHalted(instrument: number): boolean {
    return this.halted[instrument] === 1;
  }
  balance(account: number, asset: number): number {
    return this.ledger.balance(account, asset);
  }
  unfilled(instrument: number): number {
    return this.unfilledUnits[instrument];
  }
  parameter(index: number): number {
    return this.parameters[index];
  }
  venuePriceUsd(venue: number): number {
    const { ladder, instrument } = this.opened.venues[venue];
    return ladder.middle(ladder.position()) * this.fairValues[this.book.instruments[instrument].quote];
  }
  venueDepth(instrument: number, side: 1 | -1): number {
    return this.opened.depths[instrument].capacity(side);
  }
  unitsToPrice(instrument: number, price: number): number {
    return this.opened.depths[instrument].unitsToPrice(price);
  }
  quoteCash(instrument: number, units: number): number {
    const depth = this.opened.depths[instrument];
    const most = depth.capacity(units >= 0 ? 1 : -1);
    return units === 0 || most === 0 ? 0 : depth.cash(units > 0 ? Math.min(units, most) : -Math.min(-units, most));
  }
  rescuable(mechanism: string): Rescuable | undefined {
    return this.opened.rescuables.get(mechanism);
  }

  // ── writing, as the moments allow ─────────────────────────────────────────────────────────────────────────

  setFair(asset: number, priceUsd: number): void {
    assert(priceUsd > 0 && Number.isFinite(priceUsd), `fair values are positive numbers, not ${priceUsd}`);
    this.fairValues[asset] = priceUsd * exp(this.lasting.byAsset[asset]);
  }
  recovered(venue: number, units: number): void {
    this.lasting.recovered(venue, units);
  }
  setGas(gwei: number): void {
    this.gasGwei = gwei;
  }
  setParameter(index: number, value: number): void {
    this.parameters[index] = value;
  }
  transfer(from: number, to: number, asset: number, units: number): void {
    this.ledger.transfer(from, to, asset, units);
  }
  record(kind: number, a: number, b: number, x: number, y: number, z: number): void {
    this.tape.append(this.tick, this.round, kind, a, b, x, y, z);
  }
  publish(feed: number, priceUsd: number): void {
    this.publishSteps(feed, Math.floor(priceUsd * stepsPerUsd));
  }
  publishSteps(feed: number, steps: number): void {
    if (this.publishedSteps[feed] === steps) return;
    if (steps > Number.MAX_SAFE_INTEGER) {
      refuseTooLarge(
        `oracle ${this.opened.feeds[feed].oracle} would publish ${steps / stepsPerUsd} USD; the most is 9.0e7 USD`,
      );
    }
    assert(steps >= 0 && Number.isSafeInteger(steps), `published prices are whole steps, not ${steps}`);
    this.publishedSteps[feed] = steps;
    this.record(tapeKinds.publish, feed, 0, steps, 0, 0);
  }
  quote(_venue: number, _ladder: VenueLadder): void {
    // A venue's ladder is declared in `open`; quoting says that it is there in this round.
  }

  liquidate(order: LiquidationOrder): number {
    const { standing, mechanismIndex: current } = this;
    const known = this.orderOf[current].get(order.row);
    const index = known ?? standing.take();
    if (known === undefined) {
      assert(standing.count <= standing.capacity, "standing orders stay within the declared capacity");
      this.orderOf[current].set(order.row, index);
      standing.mechanism[index] = current;
      standing.row[index] = order.row;
      standing.sinceTick[index] = this.tick;
      standing.held[index] = 0;
      const named = order.account ?? order.row;
      this.record(tapeKinds.order, current, named, order.seizeUnits, order.repayUnits, order.priceSteps);
    }
    standing.sellInstrument[index] = order.sellInstrument;
    standing.buyInstrument[index] = order.buyInstrument;
    standing.collateral[index] = order.collateral;
    standing.debt[index] = order.debt;
    standing.seizeUnits[index] = order.seizeUnits;
    standing.feeUnits[index] = order.feeUnits;
    standing.repayUnits[index] = order.repayUnits;
    standing.feed[index] = order.feed;
    standing.priceSteps[index] = order.priceSteps;
    standing.ownAccount[index] = order.ownAccount;
    standing.ownLimit[index] = order.limit ?? 0;
    standing.mostPartial[index] = order.mostPartial ?? Number.POSITIVE_INFINITY;
    return index;
  }
  withdraw(order: number): void {
    const { standing } = this;
    if (standing.open[order] === 0) return;
    assert(standing.mechanism[order] === this.mechanismIndex, "only its owner withdraws a standing order");
    this.record(tapeKinds.withdraw, this.mechanismIndex, standing.row[order], 0, 0, 0);
    this.finish(order);
  }
  finish(order: number): void {
    const { standing } = this;
    if (standing.open[order] === 0) return;
    this.orderOf[standing.mechanism[order]].delete(standing.row[order]);
    standing.end(order);
  }
  /** The standing order of a row of the current mechanism, or -1. */
  orderOfRow(row: number): number {
    return this.orderOf[this.mechanismIndex].get(row) ?? -1;
  }
  trade(row: number, account: number, instrument: number, units: number, limit: number): void {
    assert(Number.isSafeInteger(units), `trades are whole units, not ${units}`);
    if (units > 0) this.candidates.add(-1, this.mechanismIndex, row, account, instrument, units, -1, 0, limit, -1);
    if (units < 0) this.candidates.add(-1, this.mechanismIndex, row, account, -1, 0, instrument, -units, limit, -1);
  }
  tradePair(
    row: number,
    account: number,
    sellInstrument: number,
    buyInstrument: number,
    units: number,
    limit: number,
  ): void {
    assert(Number.isSafeInteger(units) && units > 0, `a pair trades whole units above 0, not ${units}`);
    this.candidates.add(-1, this.mechanismIndex, row, account, sellInstrument, units, buyInstrument, units, limit, -1);
  }
  rescue(mechanism: string, row: number, kind: "repay" | "close", share: number): void {
    this.requests.push({ mechanism, row, kind, share });
  }
  rescues(visit: (row: number, kind: "repay" | "close", share: number) => void): void {
    const { name } = this.opened.mechanisms[this.mechanismIndex];
    for (const request of this.requests)
      if (request.mechanism === name) visit(request.row, request.kind, request.share);
  }
  hold(order: number): void {
    this.standing.held[order] = 1;
  }
  cap(order: number, units: number): void {
    this.standing.released[order] = Math.min(this.standing.released[order], Math.max(0, Math.floor(units)));
  }
  give(order: number, keeperAccount: number, guardRow: number, atomic: boolean, limit: number): void {
    this.standing.keeperAccount[order] = keeperAccount;
    this.standing.guardRow[order] = guardRow;
    this.standing.atomic[order] = atomic ? 1 : 0;
    this.standing.limit[order] = limit;
    this.standing.held[order] = 0;
  }
  haltInstrument(instrument: number): void {
    this.halted[instrument] = 1;
  }

  // ── the loop ──────────────────────────────────────────────────────────────────────────────────────────────

  /** Runs one path from its start. */
  run(seed: number, path: number): PathEnd {
    const { setting } = this;
    this.begin(seed, path);
    let most = 0;
    let limited = false;
    for (let tick = 0; tick < setting.tickCount; tick++) {
      const rounds = this.step(tick);
      if (rounds > most) most = rounds;
      if (rounds >= setting.roundLimit) limited = true;
    }
    this.ledger.audit();
    return {
      tapeHash: this.tape.finish(),
      tapeRows: this.tape.length,
      end: limited ? "rounds" : "settled",
      rounds: most,
    };
  }

  /** Puts everything back to the start of a path. */
  begin(seed: number, path: number): void {
    const { opened, book } = this;
    this.seed = seed;
    this.path = path;
    this.tick = 0;
    this.round = 0;
    this.timeMs = 0;
    this.gasGwei = 0;
    // What the path before ended with: the publishing before the first tick is no last one.
    this.lastTick = false;
    this.endOfTick = false;
    this.tape.reset();
    this.ledger.reset();
    this.standing.reset();
    for (const orders of this.orderOf) orders.clear();
    this.requests = [];
    this.halted.fill(0);
    this.lasting.reset();
    this.publishedSteps.fill(0);
    this.parameters.set(opened.parameters.opening);
    for (let asset = 0; asset < book.assets.length; asset++) this.fairValues[asset] = book.assets[asset].priceUsd;
    this.follow();
    each(this.taking.reset, this, calls.reset);
    this.endOfTick = true;
    each(this.taking.publish, this, calls.publish);
    this.endOfTick = false;
    this.ledger.check();
  }

  /** One tick; returns the number of rounds in which something happened. */
  step(tick: number): number {
    this.tick = tick;
    this.round = 0;
    this.lastTick = tick === this.setting.tickCount - 1;
    this.timeMs = (tick + 1) * this.tickMs;
    each(this.taking.shock, this, calls.shock);
    this.lasting.settle(this.learned);
    this.follow();
    each(this.taking.govern, this, calls.govern);
    const { roundLimit } = this.setting;
    let round = 0;
    while (round < roundLimit) {
      this.round = round;
      if (!this.runRound()) break;
      round++;
    }
    if (round === roundLimit) this.record(tapeKinds.limit, 0, 0, roundLimit, 0, 0);
    this.endOfTick = true;
    each(this.taking.publish, this, calls.publish);
    this.endOfTick = false;
    this.recordPrices();
    return round;
  }

  private instrumentFair(instrument: number): number {
    const { asset, quote } = this.book.instruments[instrument];
    return this.fairValues[asset] / this.fairValues[quote];
  }

  private follow(): void {
    for (let instrument = 0; instrument < this.markets.length; instrument++) {
      const fair = this.instrumentFair(instrument);
      this.markets[instrument].fairPrice = fair;
    }
    this.opened.venues.forEach(({ ladder, instrument }, venue) => {
      ladder.follow(this.markets[instrument].fairPrice * this.lasting.reference(venue));
    });
  }

  /** One round; true where something happened (a trade, a liquidation, a rescue). */
  private runRound(): boolean {
    const { standing, candidates, fills } = this;
    this.candidates.reset();
    this.halted.fill(0);
    this.requests = [];
    each(this.taking.publish, this, calls.publish);
    each(this.taking.decide, this, calls.decide);
    const orders = standing.standing === 0 ? 0 : standing.count;
    for (let order = 0; order < orders; order++) {
      if (standing.open[order] === 0) continue;
      const own = standing.ownAccount[order];
      standing.held[order] = 0;
      standing.released[order] = standing.disposalUnits(order);
      standing.keeperAccount[order] = own >= 0 ? own : this.opened.layout.outsideKeeper;
      standing.guardRow[order] = -1;
      standing.atomic[order] = 1;
      standing.limit[order] = standing.ownLimit[order];
    }
    each(this.taking.gate, this, calls.gate);
    if (!this.holdEverything && standing.standing > 0) releaseOrders(standing, candidates);
    fills.reset();
    this.legs.length = 0;
    this.unfilledUnits.fill(0);
    this.moved = false;
    if (candidates.count > 0) this.clearCandidates();
    this.afterTrades = false;
    each(this.taking.settle, this, calls.settle);
    if (fills.count > 0 || this.legs.length > 0) {
      postTrades(this.book, this.opened, this.ledger, this.clearingAccount, fills, this.legs, this.funding);
    }
    this.afterTrades = true;
    each(this.taking.settle, this, calls.settle);
    this.afterTrades = false;
    this.ledger.check();
    // A round in which nothing moved cannot change what the next one would see.
    return this.moved || this.requests.length > 0;
  }

  /** Clears the round's candidates and walks the venues; nothing is posted yet. */
  private clearCandidates(): void {
    const { candidates } = this;
    const stable = candidates.stableOrder();
    for (let instrument = 0; instrument < this.markets.length; instrument++)
      this.markets[instrument].halted = this.halted[instrument] === 1;
    each(this.taking.clear, this, calls.clear);
    this.batches = clearBatches(candidates, this.markets, stable);
    this.moved = makeFills(candidates, stable, this.standing, this.fills);
    this.walkVenues();
  }

  private walkVenues(): void {
    for (const batch of this.batches) {
      const { instrument, net } = batch;
      this.unfilledUnits[instrument] = batch.unfilled;
      const larger = Math.abs(net) + batch.matched;
      if (larger > 0) this.record(tapeKinds.batch, instrument, batch.orders, net, batch.matched, batch.averagePrice);
      const depth = this.opened.depths[instrument];
      if (batch.unfilled > 0 && depth.capacity(net >= 0 ? 1 : -1) === Math.abs(net)) {
        this.record(tapeKinds.depthExhausted, instrument, 0, batch.unfilled, 0, 0);
      }
      if (net === 0) continue;
      const targets = Float64Array.from(depth.allot(net));
      depth.ladders.forEach((ladder, row) => {
        const from = ladder.position();
        if (targets[row] === from) return;
        const venue = this.opened.venues.findIndex((open) => open.ladder === ladder);
        this.legs.push({ venue, instrument, units: targets[row] - from, cash: ladder.cash(from, targets[row]) });
        ladder.take(targets[row]);
      });
    }
  }

  /** A maker's quote is a promise that `outside` backs: what it lacks when it is taken comes from there. Contracts come from rest-of-market. */
  fund(account: number, asset: number, units: number): void {
    const missing = units - this.ledger.balance(account, asset);
    if (missing <= 0) return;
    const { outside, restOfMarket } = this.opened.layout;
    this.ledger.transfer(asset >= this.book.assets.length ? restOfMarket : outside, account, asset, missing);
  }

  private recordPrices(): void {
    const { assets, instruments } = this.book;
    for (let asset = 0; asset < assets.length; asset++) {
      const main = mainInstrument(instruments, (one) => this.opened.depths[one].ladders.length > 0, asset);
      const index = main >= 0 ? main : instruments.findIndex((instrument) => instrument.asset === asset);
      if (index < 0) continue;
      const usd = this.middle(index) * this.fairValues[instruments[index].quote];
      this.record(tapeKinds.price, asset, 0, this.fairValues[asset], usd, this.gasGwei);
    }
  }
}
