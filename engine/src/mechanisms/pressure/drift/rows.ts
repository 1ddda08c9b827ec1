import type { Book } from "../../../book/book.js";
import { assert, refuseTooLarge } from "../../../book/problem.js";
import type { DriftParameters } from "../../../exact/drift-v2/index.js";
import { mulDivDown } from "../../../math/index.js";
import { powersOfTen, stepsPerUsd } from "../../../rules/account-value.js";
import { type DriftHolding, type DriftTerms, driftFunding } from "../../../rules/drift-v2.js";
import type { Layout, Reset } from "../../../run/index.js";

/** A market as the mechanism runs it; the exact parameters are made at the book's decimals. */
export interface DriftTermsInBook {
  readonly positions: string;
  readonly instrument: string;
  readonly oracle: string;
  readonly exact: (coinDecimals: number, quoteDecimals: number) => DriftParameters;
  readonly slotMs: number;
  readonly insuranceUsd: number;
  readonly liquidatorUsd: number;
}

/**
 * A market's state: users with deposit, base and quote, what slots have freed of each, and one liquidator with capital, who takes positions over and closes them on the
 * instrument. The last place of the columns is his.
 */
export interface DriftRows {
  readonly exact: DriftParameters;
  readonly terms: DriftTerms;
  readonly maxInsurance: number;
  readonly slotMs: number;
  /** Users; the liquidator stands behind them. */
  readonly count: number;
  readonly opening: { readonly deposit: Float64Array; readonly base: Float64Array; readonly quote: Float64Array };
  readonly deposit: Float64Array;
  readonly base: Float64Array;
  readonly quote: Float64Array;
  readonly fundingRate: Float64Array;
  readonly activeSlot: Float64Array;
  readonly freed: Float64Array;
  readonly liquidating: Uint8Array;
  /** Cumulative funding rate of longs; that of shorts is its negative: only social losses move them. */
  longRate: number;
  insuranceSettled: number;
  readonly standingOf: Int32Array;
  /** Slot in which a row was looked at last and nothing could be done: it is not called again before the next. */
  readonly doneSlot: Float64Array;
  mark: number;
  restless: boolean;
  readonly openingInsurance: number;
  readonly instrument: number;
  readonly asset: number;
  readonly quoteAsset: number;
  readonly traded: number;
  readonly quoteUnitsPerCoin: number;
  readonly assetFeed: number;
  readonly quoteFeed: number;
  readonly positions: number;
  readonly liquidator: number;
  readonly insurance: number;
  readonly layout: Layout;
  readonly ids: { at(row: number): string | undefined };
}

/** Lays out a market's rows on a book. */
export function openRows(name: string, of: DriftTermsInBook, book: Book, layout: Layout): DriftRows {
  const table = book.positions.find((one) => one.protocol === of.positions);
  const instrument = book.instruments.findIndex((one) => one.id === of.instrument);
  assert(table !== undefined && instrument >= 0, `positions ${of.positions} and ${of.instrument} exist`);
  const { asset, quote: quoteAsset } = book.instruments[instrument];
  const [coinDecimals, quoteDecimals] = [book.assets[asset].unitDecimals, book.assets[quoteAsset].unitDecimals];
  if (coinDecimals + 8 - quoteDecimals < 0) refuseTooLarge(`${of.instrument} has a quote coin of too many decimals`);
  const exact = of.exact(coinDecimals, quoteDecimals);
  const { marginRatioInitial, marginRatioMaintenance, imfFactor, liquidationMarginBufferRatio } = exact;
  const terms: DriftTerms = {
    valueScale: Number(exact.valueScale),
    baseOne: Number(exact.baseOne),
    quoteOne: Number(exact.quoteOne),
    stepSize: Number(exact.stepSize),
    marginRatioInitial: Number(marginRatioInitial),
    marginRatioMaintenance: Number(marginRatioMaintenance),
    imfFactor: Number(imfFactor),
    liquidationMarginBufferRatio: Number(liquidationMarginBufferRatio),
    liquidatorFee: Number(exact.liquidatorFee),
    insuranceFee: Number(exact.insuranceFee),
    initialPctToLiquidate: Number(exact.initialPctToLiquidate),
    liquidationDuration: Number(exact.liquidationDuration),
  };
  const count = table.ids.length;
  const column = (role: string, index: number) => {
    const found = table.columns.find((one) => one.role === role && one.asset === index);
    assert(found !== undefined, `positions ${of.positions} have a column ${role}`);
    return found.values;
  };
  const [size, entry, margin] = [column("size", asset), column("entryUsd", -1), column("margin", quoteAsset)];
  const withLiquidator = (value: (row: number) => number, last: number) =>
    Float64Array.from({ length: count + 1 }, (_, row) => (row === count ? last : value(row)));
  const { stepSize } = terms;
  const base = withLiquidator((row) => Math.trunc(size[row] / stepSize) * stepSize, 0);
  const opening = {
    deposit: withLiquidator((row) => margin[row], Math.floor(of.liquidatorUsd * powersOfTen[quoteDecimals])),
    base,
    quote: withLiquidator((row) => {
      const cost = mulDivDown(Math.abs(base[row]), Math.round(entry[row] * stepsPerUsd), terms.valueScale);
      return base[row] >= 0 ? -cost : cost;
    }, 0),
  };
  const empty = () => new Float64Array(count + 1);
  return {
    exact,
    terms,
    maxInsurance: Number(exact.maxInsurance),
    slotMs: of.slotMs,
    count,
    opening,
    deposit: empty(),
    base: empty(),
    quote: empty(),
    fundingRate: empty(),
    activeSlot: empty(),
    freed: empty(),
    liquidating: new Uint8Array(count + 1),
    longRate: 0,
    insuranceSettled: 0,
    standingOf: new Int32Array(count).fill(-1),
    doneSlot: empty(),
    mark: 0,
    restless: true,
    openingInsurance: Math.floor(of.insuranceUsd * powersOfTen[quoteDecimals]),
    instrument,
    asset,
    quoteAsset,
    traded: book.instruments[instrument].market === "perpetual" ? layout.contract(instrument) : asset,
    quoteUnitsPerCoin: powersOfTen[quoteDecimals],
    assetFeed: layout.feed(of.oracle, asset),
    quoteFeed: layout.feed(of.oracle, quoteAsset),
    positions: layout.account(`${name}/positions`, "positions"),
    liquidator: layout.account(`${name}/liquidator`, "keeper"),
    insurance: layout.account(`${name}/insurance fund`, "insurance-fund"),
    layout,
    ids: table.ids,
  };
}

/** Puts the rows back to the start of a path. */
export function resetRows(rows: DriftRows, at: Reset): void {
  const { opening, layout } = rows;
  rows.deposit.set(opening.deposit);
  rows.base.set(opening.base);
  rows.quote.set(opening.quote);
  for (const column of [rows.fundingRate, rows.activeSlot, rows.freed, rows.liquidating]) column.fill(0);
  rows.doneSlot.fill(-1);
  rows.standingOf.fill(-1);
  rows.longRate = 0;
  rows.insuranceSettled = 0;
  rows.mark = 0;
  rows.restless = true;
  let deposits = 0;
  for (let row = 0; row < rows.count; row++) deposits += rows.deposit[row];
  at.transfer(layout.issuer, rows.positions, rows.quoteAsset, deposits);
  at.transfer(layout.issuer, rows.liquidator, rows.quoteAsset, rows.deposit[rows.count]);
  at.transfer(layout.issuer, rows.insurance, rows.quoteAsset, rows.openingInsurance);
}

/** A user with funding settled, as the rules take him. Funding is written into the row only when something is done with it. */
export function settledHolding(rows: DriftRows, row: number): DriftHolding {
  const base = rows.base[row];
  const rate = base > 0 ? rows.longRate : -rows.longRate;
  const due = base === 0 ? 0 : driftFunding(rows.terms, base, rate - rows.fundingRate[row]);
  return { deposit: rows.deposit[row], base, quote: rows.quote[row] + due };
}

/** Writes the funding that a row owes into it. */
export function settleFunding(rows: DriftRows, row: number): void {
  rows.quote[row] = settledHolding(rows, row).quote;
  rows.fundingRate[row] = rows.base[row] >= 0 ? rows.longRate : -rows.longRate;
}
