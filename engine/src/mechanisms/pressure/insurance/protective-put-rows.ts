import type { Book } from "../../../book/book.js";
import { log, normalPdf } from "../../../math/index.js";
import { blackPrice } from "../../../options/index.js";
import { powersOfTen, stepsPerUsd } from "../../../rules/account-value.js";
import { optionDelta } from "../../../rules/option-delta.js";
import type { Layout, VolatilitySurface } from "../../../run/index.js";
import { type AccountRows, openAccounts, openingFloors } from "./account-rows.js";
import type { ProtectivePutParams } from "./protective-put-schema.js";

const msPerYear = 365 * 86_400_000;

/** Accounts with the puts that they hold. */
export interface PutRows extends AccountRows {
  readonly put: ProtectivePutParams;
  readonly surface: VolatilitySurface | null;
  /** By account: coins insured in whole units (0: none), strike, expiry in ms since the start. Also an account without a put has an expiry: when it buys. */
  readonly insured: Float64Array;
  readonly strikeUsd: Float64Array;
  readonly expiryMs: Float64Array;
  /** What the end is held against, in whole 1e-6 USD. */
  readonly floors: Float64Array;
}

/** Prices and time of a round; dollars per coin, and per whole unit of the quote asset. */
export interface PutMoment {
  readonly spotUsd: number;
  readonly quoteUnitUsd: number;
  readonly timeMs: number;
  /** Time at which the surface is asked: the map asks it at the opening, whenever the roll comes. */
  readonly surfaceMs: number;
}

/** One put: insured whole units, strike, expiry. */
export interface Put {
  readonly insured: number;
  readonly strikeUsd: number;
  readonly expiryMs: number;
}

/** Lays the accounts out; `resetPuts` gives them their first puts. */
export function openPuts(name: string, put: ProtectivePutParams, book: Book, layout: Layout): PutRows {
  const accounts = openAccounts(name, put, book, layout);
  const column = () => new Float64Array(accounts.openingRisky.length);
  return {
    ...accounts,
    put,
    surface: put.surface === null ? null : layout.surface(put.surface),
    insured: column(),
    strikeUsd: column(),
    expiryMs: column(),
    floors: openingFloors(accounts, book, put.floorShare),
  };
}

/** Puts every account back to its opening holding and first put. */
export function resetPuts(rows: PutRows): void {
  rows.risky.set(rows.openingRisky);
  rows.cash.set(rows.openingCash);
  for (let row = 0; row < rows.risky.length; row++) setPut(rows, row, firstPut(rows, row));
}

/** Gives an account a put. */
export function setPut(rows: PutRows, row: number, { insured, strikeUsd, expiryMs }: Put): void {
  rows.insured[row] = insured;
  rows.strikeUsd[row] = strikeUsd;
  rows.expiryMs[row] = expiryMs;
}

/** The put with which an account begins. */
export function firstPut(rows: PutRows, row: number): Put {
  const { firstMs, strike, share } = rows.put;
  const insured = firstMs === 0 ? 0 : Math.floor(rows.openingRisky[row] * share);
  return { insured, strikeUsd: strike * rows.openingUsd, expiryMs: firstMs };
}

/** The put that an account buys at a moment for what it holds of the asset. */
export function nextPut({ put }: PutRows, risky: number, { spotUsd, timeMs }: PutMoment): Put {
  return { insured: Math.floor(risky * put.share), strikeUsd: put.strike * spotUsd, expiryMs: timeMs + put.tenorMs };
}

/** Whether an account's put is rolled now. */
export function isDue({ put }: PutRows, { insured, expiryMs }: Put, timeMs: number): boolean {
  return timeMs >= expiryMs - (insured === 0 ? 0 : put.rollAtMs);
}

/** The account's put as it stands. */
export function putOf(rows: PutRows, row: number): Put {
  return { insured: rows.insured[row], strikeUsd: rows.strikeUsd[row], expiryMs: rows.expiryMs[row] };
}

/** Volatility at which a put is priced now, before any spread. */
export function putVolatility({ surface, put }: PutRows, one: Put, at: PutMoment): number {
  if (surface === null) return put.volatility ?? 0;
  return surface.atStrike(one.strikeUsd, Math.max(0, one.expiryMs - at.timeMs), at.spotUsd, at.surfaceMs);
}

/** USD per insured coin at a volatility, at zero rate; at expiry what exercise pays. */
export function putUsd(one: Put, volatility: number, { spotUsd, timeMs }: PutMoment): number {
  const years = Math.max(0, one.expiryMs - timeMs) / msPerYear;
  return blackPrice(false, spotUsd, one.strikeUsd, volatility * Math.sqrt(years), 1);
}

/** Vega of a whole put in USD per 1.00 of volatility. */
export function putVega(rows: PutRows, one: Put, at: PutMoment): number {
  const root = Math.sqrt(Math.max(0, one.expiryMs - at.timeMs) / msPerYear);
  const width = putVolatility(rows, one, at) * root;
  if (width === 0) return 0;
  const d1 = log(at.spotUsd / one.strikeUsd) / width + width / 2;
  return (one.insured / powersOfTen[rows.assetDecimals]) * at.spotUsd * normalPdf(d1) * root;
}

/** Whole units of the asset that hedge the sellers of a put: below 0, for they are short of the asset when it falls. */
export function putHedge(rows: PutRows, one: Put, at: PutMoment): number {
  if (one.insured === 0) return 0;
  const delta = optionDelta(false, at.spotUsd, one.strikeUsd, putVolatility(rows, one, at), one.expiryMs - at.timeMs);
  return one.insured * delta;
}

/** What a put brings when it is closed: exercise at expiry, the market's volatility less the spread before. Whole quote units, rounded down. */
export function proceedsOf(rows: PutRows, one: Put, at: PutMoment): number {
  if (one.insured === 0) return 0;
  const volatility = Math.max(0, putVolatility(rows, one, at) - rows.put.spread);
  return Math.floor(quoteUnits(rows, one.insured * putUsd(one, volatility, at), at));
}

/** What a put costs at the market's volatility plus the spread: whole quote units, rounded up. */
export function costOf(rows: PutRows, one: Put, at: PutMoment): number {
  return Math.ceil(quoteUnits(rows, one.insured * premiumUsd(rows, one, at), at));
}

/** USD per insured coin that a buyer pays. */
export function premiumUsd(rows: PutRows, one: Put, at: PutMoment): number {
  return putUsd(one, putVolatility(rows, one, at) + rows.put.spread, at);
}

function quoteUnits({ assetDecimals }: PutRows, usdTimesUnits: number, { quoteUnitUsd }: PutMoment): number {
  return usdTimesUnits / powersOfTen[assetDecimals] / quoteUnitUsd;
}

/** What an account holds: whole units of the asset and of cash. */
export interface Holding {
  readonly risky: number;
  readonly cash: number;
}

/**
 * Units of the asset that an account must sell so that its cash, and what its old put brings, pay for a new put on what it then holds; 0 where they do. `perUnit`: whole
 * quote units that a whole unit of the asset brings.
 */
export function unitsToPay(rows: PutRows, { risky, cash }: Holding, old: Put, perUnit: number, at: PutMoment): number {
  const wanted = nextPut(rows, risky, at);
  const missing = costOf(rows, wanted, at) - cash - proceedsOf(rows, old, at);
  if (missing <= 0 || wanted.insured === 0) return 0;
  const saved = rows.put.share * quoteUnits(rows, premiumUsd(rows, wanted, at), at);
  // One more, for what rounding takes.
  return Math.min(risky, Math.ceil(missing / (perUnit + saved)) + 1);
}

/** Whole quote units that a whole unit of the asset is worth. */
export function unitPrice(rows: PutRows, at: PutMoment): number {
  return quoteUnits(rows, at.spotUsd, at);
}

/** A round's prices in dollars. */
export function putMoment(
  rows: AccountRows,
  assetSteps: number,
  quoteSteps: number,
  timeMs: number,
  surfaceMs = timeMs,
): PutMoment {
  return {
    spotUsd: assetSteps / stepsPerUsd,
    quoteUnitUsd: quoteSteps / stepsPerUsd / powersOfTen[rows.quoteDecimals],
    timeMs,
    surfaceMs,
  };
}
