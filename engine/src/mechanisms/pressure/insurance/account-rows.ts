import type { AccountIds } from "../../../book/account-ids.js";
import type { Book } from "../../../book/book.js";
import { assert } from "../../../book/problem.js";
import {
  basisPoints,
  powersOfTen,
  stepsPerUsd,
  valueDown,
  valueLimit,
  valueScale,
  valuesPerUsd,
  valueUp,
} from "../../../rules/account-value.js";
import type { Layout } from "../../../run/index.js";
import type { FrameParams } from "./frame-schema.js";

/** Accounts that hold one asset against cash; whole units, values in whole 1e-6 USD. */
export interface AccountRows {
  readonly params: FrameParams;
  readonly ids: AccountIds;
  readonly openingRisky: Float64Array;
  readonly openingCash: Float64Array;
  readonly risky: Float64Array;
  /** Whole quote units; below 0 is borrowed from `outside`. */
  readonly cash: Float64Array;
  readonly leverageBps: number;
  readonly bandBps: number;
  /** What is traded: the spot instrument, or the future in its place. */
  readonly instrument: number;
  /** The ledger's contract of the future that is traded; -1 where the asset itself is. */
  readonly contract: number;
  readonly asset: number;
  readonly quote: number;
  readonly assetDecimals: number;
  readonly quoteDecimals: number;
  readonly assetFeed: number;
  readonly quoteFeed: number;
  /** Opening price of the asset in USD, as the book has it. */
  readonly openingUsd: number;
  readonly positions: number;
  readonly layout: Layout;
  /** Another column of the table (`floorUsd`), or undefined. */
  column(role: string): Float64Array | undefined;
}

/** Prices and time at which a strategy is asked. */
export interface Asked {
  readonly assetSteps: number;
  readonly quoteSteps: number;
  /** Milliseconds since the start of the path, at the beginning of this tick: the first tick asks at 0, as the map does. */
  readonly timeMs: number;
  readonly tickMs: number;
}

/** Lays the accounts of a table out. */
export function openAccounts(name: string, params: FrameParams, book: Book, layout: Layout): AccountRows {
  const table = book.positions.find((one) => one.protocol === params.positions);
  const instrument = book.instruments.findIndex((one) => one.id === params.instrument);
  assert(
    table !== undefined && instrument >= 0,
    `positions ${params.positions} and instrument ${params.instrument} exist`,
  );
  const { asset, quote } = book.instruments[instrument];
  const future = params.hedge === null ? -1 : book.instruments.findIndex((one) => one.id === params.hedge);
  const values = (role: string, index: number) =>
    table.columns.find((column) => column.role === role && column.asset === index)?.values;
  const scaled = (column: Float64Array | undefined) =>
    params.times === 1 ? column : column?.map((amount) => Math.trunc(amount * params.times));
  const risky = scaled(values("risky", asset));
  const cash = scaled(values("cash", quote));
  assert(risky !== undefined && cash !== undefined, `positions ${params.positions} have the columns risky and cash`);
  const bps = (share: number) => Math.round(share * basisPoints);
  // A rule that splits opening wealth anew writes over a copy, never over the book.
  const own = (column: Float64Array) => (params.start === "rule" ? Float64Array.from(column) : column);
  return {
    params,
    ids: table.ids,
    openingRisky: own(risky),
    openingCash: own(cash),
    risky: Float64Array.from(risky),
    cash: Float64Array.from(cash),
    leverageBps: bps(params.leverage),
    bandBps: bps(params.bandShare),
    instrument: future < 0 ? instrument : future,
    contract: future < 0 ? -1 : layout.contract(future),
    asset,
    quote,
    assetDecimals: book.assets[asset].unitDecimals,
    quoteDecimals: book.assets[quote].unitDecimals,
    assetFeed: layout.feed(params.oracle, asset),
    quoteFeed: layout.feed(params.oracle, quote),
    openingUsd: book.assets[asset].priceUsd,
    positions: layout.account(`${name}/positions`, "positions"),
    layout,
    column: (role) => values(role, -1),
  };
}

/** Opening wealth of a row at the book's prices, in 1e-6 USD (not rounded). */
export function openingWealth(rows: AccountRows, book: Book, row: number): number {
  const dollars = (index: number, units: number) =>
    (units * book.assets[index].priceUsd * valuesPerUsd) / powersOfTen[book.assets[index].unitDecimals];
  return dollars(rows.asset, rows.openingRisky[row]) + dollars(rows.quote, rows.openingCash[row]);
}

/** Opening floors in whole 1e-6 USD, rounded up: the column `floor USD`, or a share of opening wealth. */
export function openingFloors(rows: AccountRows, book: Book, floorShare: number): Float64Array {
  const floors = rows.column("floorUsd");
  const { times } = rows.params;
  return Float64Array.from(rows.openingRisky, (_, row) =>
    Math.max(
      0,
      Math.ceil(
        floors === undefined ? floorShare * openingWealth(rows, book, row) : floors[row] * times * valuesPerUsd,
      ),
    ),
  );
}

/** Value of signed cash in whole 1e-6 USD: down where held, up where owed. */
export function cashValue(rows: AccountRows, cash: number, steps: number): number {
  return cash >= 0 ? valueDown(cash, steps, rows.quoteDecimals) : -valueUp(-cash, steps, rows.quoteDecimals);
}

/** Value of units of the asset in whole 1e-6 USD, rounded down. */
export function riskyValue(rows: AccountRows, units: number, steps: number): number {
  return valueDown(units, steps, rows.assetDecimals);
}

/**
 * The price at which the map asks an account: the held one, or the highest at which what it may hold, leverage included, can still be counted. A map looks at prices
 * that no market reaches, like those of a pool that has been emptied, and an account is no bad input for them.
 */
export function countableSteps(rows: AccountRows, row: number, steps: number): number {
  const most =
    valueLimit / Math.max(1, rows.leverageBps / basisPoints) -
    Math.max(0, cashValue(rows, rows.openingCash[row], stepsPerUsd));
  const highest = Math.floor((most / Math.max(1, rows.openingRisky[row])) * valueScale(rows.assetDecimals));
  return Math.min(steps, Math.max(highest, Math.floor(rows.openingUsd * stepsPerUsd)));
}
