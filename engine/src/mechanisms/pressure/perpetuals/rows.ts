import type { Book } from "../../../book/book.js";
import { assert, refuseTooLarge } from "../../../book/problem.js";
import { mulDivDown, orderAscending } from "../../../math/index.js";
import { powersOfTen, stepsPerUsd } from "../../../rules/account-value.js";
import {
  entryNotional,
  equityAt,
  type PerpetualRule,
  partOf,
  perpetualBreachSteps,
  perpetualRule,
  rateOne,
} from "../../../rules/perpetual.js";
import type { Layout, Moment, Reset } from "../../../run/index.js";
import { streamOf } from "../../stream-of.js";
import { type HolderTrades, openHolderTrades, resetHolderTrades } from "../positions/holder-trades.js";
import type { Backstop, Closing, PerpetualProtocol } from "./protocol.js";
import type { PerpetualsParams } from "./schema.js";

/** Accounts of both sides in the order in which the market reaches them. */
export interface BreachOrder {
  /** By row: the highest (long) or lowest (short) whole mark price at which it is liquidatable; see `perpetualBreachSteps`. */
  readonly breachSteps: Float64Array;
  /** Longs by falling breach price, shorts by rising, without those that nothing reaches. */
  readonly longs: Uint32Array;
  readonly shorts: Uint32Array;
}

/** A perpetual exchange's state: opening columns (shared), working columns, and how far the market has reached. */
export interface PerpetualsRows {
  readonly rule: PerpetualRule;
  readonly params: PerpetualsParams;
  /** How a named exchange closes accounts, and who takes positions over. */
  readonly closing: Closing | undefined;
  readonly backstop: Backstop | undefined;
  readonly count: number;
  /** Opening columns: signed whole units; entry notional and margin in whole quote units. */
  readonly openingSize: Float64Array;
  readonly openingEntry: Float64Array;
  readonly openingMargin: Float64Array;
  readonly openingOrder: BreachOrder;
  readonly openingLongUnits: number;
  readonly openingMarginUnits: number;
  readonly openingFundUnits: number;
  /** Working columns. A row that was touched is copied back by `reset`. */
  readonly size: Float64Array;
  readonly entry: Float64Array;
  readonly margin: Float64Array;
  order: BreachOrder;
  longCursor: number;
  shortCursor: number;
  /** Rows reached or changed on this path; the first `touchedCount`. */
  readonly touched: Int32Array;
  touchedCount: number;
  readonly isTouched: Uint8Array;
  /** Touched rows that are still open: examined one by one. */
  readonly active: Int32Array;
  activeCount: number;
  readonly standingOf: Int32Array;
  /** Standing orders of this exchange. */
  standingCount: number;
  /** Tick in which deleveraging found nobody for the row: its order goes back to the market. */
  readonly stuckTick: Int32Array;
  /** By row: units closed by deleveraging on this path. */
  readonly deleveragedUnits: Float64Array;
  /** What longs paid to shorts in the last interval; 0 before the first. */
  fundingRate: number;
  readonly holderTrades: HolderTrades;
  /** By row: whether its order without a trade goes to the backstop. */
  readonly toBackstop: Uint8Array;
  /** Some liquidatable account waits for its next attempt. */
  waiting: boolean;
  /** Quote units of the fund that this round's orders so far may cost. */
  fundPromised: number;
  /** Some account is ordered on the market in this round. */
  onMarket: boolean;
  /** Funding changed every row on this path. */
  everythingChanged: boolean;
  changed: boolean;
  toldUnderwater: boolean;
  mark: number;
  readonly instrument: number;
  readonly asset: number;
  readonly quote: number;
  readonly contract: number;
  readonly assetFeed: number;
  readonly quoteFeed: number;
  readonly quoteUnitsPerCoin: number;
  readonly positions: number;
  /** The exchange's own account, through which its engine trades. */
  readonly engine: number;
  readonly fund: number;
  /** Who owes and is owed the entry notionals: rest-of-market; a pool that stands on the other side of every trade sets itself here in `Backstop.open`. */
  otherSide: number;
  readonly layout: Layout;
  /** Random stream of the mechanism's name. */
  readonly stream: number;
  /** Scratch: accounts to be closed in this round, and places by which they are sorted. */
  readonly breachingLongs: Int32Array;
  readonly breachingShorts: Int32Array;
}

/** Lays out an exchange's rows on a book. */
export function openRows(
  name: string,
  params: PerpetualsParams,
  book: Book,
  layout: Layout,
  protocol: PerpetualProtocol = {},
): PerpetualsRows {
  const table = book.positions.find((one) => one.protocol === params.positions);
  const instrument = book.instruments.findIndex((one) => one.id === params.instrument);
  assert(
    table !== undefined && instrument >= 0,
    `positions ${params.positions} and instrument ${params.instrument} exist`,
  );
  const { asset, quote } = book.instruments[instrument];
  const quoteUnitsPerCoin = powersOfTen[book.assets[quote].unitDecimals];
  const shift = book.assets[asset].unitDecimals + 8 - book.assets[quote].unitDecimals;
  if (!(shift >= 0 && shift < powersOfTen.length)) {
    refuseTooLarge(
      `the quote asset of ${params.instrument} has at most eight unitDecimals more than what is traded for it`,
    );
  }
  const tiered = perpetualRule(
    powersOfTen[shift],
    params.tiers.map((tier) => ({
      fromUnits: Math.round(tier.fromUsd * quoteUnitsPerCoin),
      rate: Math.round(tier.maintenanceShare * rateOne),
    })),
    params.atEquality,
  );
  const rule = protocol.rule?.(tiered, book) ?? tiered;
  const column = (role: string, index: number) => {
    const found = table.columns.find((one) => one.role === role && one.asset === index);
    assert(found !== undefined, `positions ${params.positions} have a column ${role}`);
    return found.values;
  };
  const openingSize = column("size", asset);
  const openingMargin = column("margin", quote);
  const entrySteps = column("entryUsd", -1);
  const count = table.ids.length;
  const openingEntry = new Float64Array(count);
  const breachSteps = new Float64Array(count);
  let longUnits = 0;
  let marginUnits = 0;
  for (let row = 0; row < count; row++) {
    const size = openingSize[row];
    const steps = Math.round(entrySteps[row] * stepsPerUsd);
    openingEntry[row] = entryNotional(rule, size, steps);
    breachSteps[row] = perpetualBreachSteps(rule, size, openingEntry[row], openingMargin[row]);
    if (size > 0) longUnits += size;
    marginUnits += openingMargin[row];
  }
  if (!(longUnits < 2 ** 53 && marginUnits < 2 ** 53)) {
    refuseTooLarge(`contracts and margin of ${params.positions} stay below 2^53 units together`);
  }
  const openingOrder = breachOrder(openingSize, breachSteps);
  return {
    rule,
    params,
    closing: protocol.closing?.(book),
    backstop: protocol.backstop?.(book),
    count,
    openingSize,
    openingEntry,
    openingMargin,
    openingOrder,
    openingLongUnits: longUnits,
    openingMarginUnits: marginUnits,
    openingFundUnits: Math.floor(params.insuranceFundUsd * quoteUnitsPerCoin),
    size: Float64Array.from(openingSize),
    entry: Float64Array.from(openingEntry),
    margin: Float64Array.from(openingMargin),
    order: openingOrder,
    longCursor: 0,
    shortCursor: 0,
    touched: new Int32Array(count),
    touchedCount: 0,
    isTouched: new Uint8Array(count),
    active: new Int32Array(count),
    activeCount: 0,
    standingOf: new Int32Array(count).fill(-1),
    standingCount: 0,
    stuckTick: new Int32Array(count).fill(-1),
    deleveragedUnits: new Float64Array(count),
    fundingRate: 0,
    holderTrades: openHolderTrades(),
    toBackstop: new Uint8Array(count),
    waiting: false,
    onMarket: false,
    fundPromised: 0,
    everythingChanged: false,
    changed: true,
    toldUnderwater: false,
    mark: 0,
    instrument,
    asset,
    quote,
    contract: layout.contract(instrument),
    assetFeed: layout.feed(params.oracle, asset),
    quoteFeed: layout.feed(params.oracle, quote),
    quoteUnitsPerCoin,
    positions: layout.account(`${name}/positions`, "positions"),
    engine: layout.account(`${name}/engine`, "reserves"),
    fund: layout.account(`${name}/insurance fund`, "insurance-fund"),
    otherSide: layout.restOfMarket,
    stream: streamOf(name),
    layout,
    breachingLongs: new Int32Array(count),
    breachingShorts: new Int32Array(count),
  };
}

function breachOrder(size: Float64Array, breachSteps: Float64Array): BreachOrder {
  const sorted = (side: 1 | -1): Uint32Array => {
    const rows: number[] = [];
    for (let row = 0; row < size.length; row++) if (size[row] * side > 0 && breachSteps[row] >= 0) rows.push(row);
    const order = orderAscending(Float64Array.from(rows, (row) => -side * breachSteps[row]));
    return Uint32Array.from(order, (place) => rows[place]);
  };
  return { breachSteps, longs: sorted(1), shorts: sorted(-1) };
}

/** Puts the rows back to the start of a path: touched rows only, unless funding changed all of them. */
export function resetRows(rows: PerpetualsRows, at: Reset): void {
  const { touched, layout } = rows;
  if (rows.everythingChanged) {
    rows.size.set(rows.openingSize);
    rows.entry.set(rows.openingEntry);
    rows.margin.set(rows.openingMargin);
    rows.order = rows.openingOrder;
    rows.everythingChanged = false;
  }
  for (let i = 0; i < rows.touchedCount; i++) {
    const row = touched[i];
    rows.size[row] = rows.openingSize[row];
    rows.entry[row] = rows.openingEntry[row];
    rows.margin[row] = rows.openingMargin[row];
    rows.isTouched[row] = 0;
    rows.standingOf[row] = -1;
    rows.stuckTick[row] = -1;
    rows.deleveragedUnits[row] = 0;
  }
  rows.fundingRate = 0;
  resetHolderTrades(rows.holderTrades);
  rows.touchedCount = 0;
  rows.activeCount = 0;
  rows.standingCount = 0;
  rows.longCursor = 0;
  rows.shortCursor = 0;
  rows.changed = true;
  rows.waiting = false;
  rows.closing?.reset?.(rows);
  rows.toldUnderwater = false;
  rows.mark = 0;
  at.transfer(layout.issuer, rows.positions, rows.quote, rows.openingMarginUnits);
  at.transfer(layout.issuer, rows.fund, rows.quote, rows.openingFundUnits);
  // A long's contracts are there; a short's missing ones, and the other side of both, stand at rest-of-market, which may be negative.
  at.transfer(layout.restOfMarket, rows.positions, rows.contract, rows.openingLongUnits);
  rows.backstop?.reset(rows, at);
}

/** Marks a row as changed on this path and examines it from now on. */
export function touch(rows: PerpetualsRows, row: number): void {
  if (rows.isTouched[row] === 1) return;
  rows.isTouched[row] = 1;
  rows.touched[rows.touchedCount++] = row;
  rows.active[rows.activeCount++] = row;
}

/** Moves both cursors over every account that the mark price reaches. */
export function reach(rows: PerpetualsRows, mark: number): void {
  const { breachSteps, longs, shorts } = rows.order;
  while (rows.longCursor < longs.length && breachSteps[longs[rows.longCursor]] >= mark)
    touch(rows, longs[rows.longCursor++]);
  while (rows.shortCursor < shorts.length && breachSteps[shorts[rows.shortCursor]] <= mark)
    touch(rows, shorts[rows.shortCursor++]);
}

/** Sorts again after every account changed (funding). */
export function reorder(rows: PerpetualsRows): void {
  const breachSteps = new Float64Array(rows.count);
  for (let row = 0; row < rows.count; row++) {
    breachSteps[row] = perpetualBreachSteps(rows.rule, rows.size[row], rows.entry[row], rows.margin[row]);
  }
  rows.order = breachOrder(rows.size, breachSteps);
  rows.longCursor = 0;
  rows.shortCursor = 0;
}

/** The mark price in steps of 1e-8 quote coins: the asset's published price over the quote's; 0 where either is missing. */
export function markOf(assetSteps: number, quoteSteps: number): number {
  if (quoteSteps === stepsPerUsd || quoteSteps === 0) return quoteSteps === 0 ? 0 : assetSteps;
  return mulDivDown(assetSteps, stepsPerUsd, quoteSteps);
}

/** The mark price as published now. */
export function markNow(rows: PerpetualsRows, at: Moment): number {
  return markOf(at.published(rows.assetFeed), at.published(rows.quoteFeed));
}

/** Equity of an account at the mark after `units` of its position were closed for `cash`, in quote units. */
export function worthAfterClose(rows: PerpetualsRows, row: number, units: number, cash: number): number {
  const size = rows.size[row];
  const side = size > 0 ? 1 : -1;
  const entry = partOf(rows.entry[row], units, Math.abs(size));
  const margin = rows.margin[row] + side * (cash - entry);
  const rest = size - side * units;
  return rest === 0 ? margin : equityAt(rows.rule, rest, rows.entry[row] - entry, margin, rows.mark);
}
