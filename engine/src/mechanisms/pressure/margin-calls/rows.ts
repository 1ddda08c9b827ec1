import type { AccountIds } from "../../../book/account-ids.js";
import type { Book } from "../../../book/book.js";
import { assert, refuseTooLarge } from "../../../book/problem.js";
import { mulDivDown, mulDivUp } from "../../../math/index.js";
import { powersOfTen, stepsPerUsd } from "../../../rules/account-value.js";
import {
  entryNotional,
  equityAt,
  notionalValue,
  type PerpetualRule,
  perpetualBreaches,
  perpetualBreachSteps,
  perpetualRule,
  rateOne,
} from "../../../rules/perpetual.js";
import type { Layout, Reset } from "../../../run/index.js";
import { streamOf } from "../../stream-of.js";
import { markOf } from "../perpetuals/rows.js";
import { openTable, type PositionTable, resetTable } from "../positions/table.js";
import type { MarginCallsParams } from "./schema.js";

/**
 * Margin accounts. A row is a position as a linear perpetual's: signed units, what a lender advanced for a long (or holds of a short's proceeds) as `entry`, the
 * owner's own cash as `margin`; a stock on credit and a futures contract differ only in who the lender is. Cash in whole quote units.
 */
export interface MarginCallsRows {
  readonly params: MarginCallsParams;
  readonly rule: PerpetualRule;
  readonly table: PositionTable;
  /** By row: end of the notice (ms since the start), NaN where no call stands. */
  readonly deadline: Float64Array;
  /** By row: 1 while the account is being sold down. */
  readonly selling: Uint8Array;
  /** By row: quote units that its owner pays in at the next settle, and has paid in on this path. */
  readonly paying: Float64Array;
  readonly paid: Float64Array;
  /** Rows whose owners pay in at the next settle. */
  readonly payers: number[];
  /** By row: quote units that an owner pays in at most. */
  readonly cureLimit: Float64Array;
  readonly openingUnits: number;
  readonly openingMargin: number;
  readonly openingMark: number;
  readonly quoteUnitsPerCoin: number;
  readonly instrument: number;
  readonly asset: number;
  readonly quote: number;
  /** What the instrument trades: the asset, or its contract. */
  readonly traded: number;
  readonly assetFeed: number;
  readonly quoteFeed: number;
  readonly positions: number;
  /** Who lends: `outside` for stocks, the clearing house (`rest of market`) for contracts. */
  readonly lender: number;
  readonly ids: AccountIds;
  readonly stream: number;
  /** Milliseconds after midnight UTC at which the path begins. */
  readonly startOfDayMs: number;
  readonly layout: Layout;
}

/** Margin rate at a mark price in millionths: the stated share, and more the further the price has fallen since the opening. */
export function rateAt(share: number, rises: number, openingMark: number, mark: number): number {
  const rate = Math.round(share * rateOne);
  if (rises === 0 || mark >= openingMark) return rate;
  return Math.min(rateOne, rate + Math.round(rises * (1 - mark / openingMark) * rateOne));
}

/** The rule by which accounts breach: equity below notional x maintenance, rounded up. */
function maintenanceRule(scale: number, params: MarginCallsParams, openingMark: number): PerpetualRule {
  const flat = perpetualRule(scale, [{ fromUnits: 0, rate: Math.round(params.maintenance * rateOne) }], false);
  if (params.rises === 0) return flat;
  return {
    ...flat,
    arithmetic: {
      notional: (size, mark) => notionalValue(flat, size, mark),
      entry: (size, mark) => entryNotional(flat, size, mark),
      equity: (size, entry, margin, mark) => equityAt(flat, size, entry, margin, mark),
      maintenance: (size, mark) =>
        mulDivUp(notionalValue(flat, size, mark), rateAt(params.maintenance, params.rises, openingMark, mark), rateOne),
    },
  };
}

/** Quote units that bring an account's equity to the initial margin; 0 where it is there. */
export function dueUnits(rows: MarginCallsRows, size: number, entry: number, margin: number, mark: number): number {
  const { params, rule, openingMark } = rows;
  const rate = rateAt(params.initial, params.rises, openingMark, mark);
  const needed = mulDivUp(notionalValue(rule, size, mark), rate, rateOne);
  return Math.max(0, needed - equityAt(rule, size, entry, margin, mark));
}

/**
 * Units whose sale (a short's purchase) at the mark restores the initial margin: |size| - equity / (initial x mark), rounded up; all where no equity is left. A trade
 * at the mark leaves equity as it is.
 */
export function unitsToRestore(
  rows: MarginCallsRows,
  size: number,
  entry: number,
  margin: number,
  mark: number,
): number {
  const { params, rule, openingMark } = rows;
  const worth = equityAt(rule, size, entry, margin, mark);
  const units = Math.abs(size);
  if (worth <= 0 || mark === 0) return units;
  const rate = rateAt(params.initial, params.rises, openingMark, mark);
  const notional = mulDivDown(worth, rateOne, rate);
  if (notional >= notionalValue(rule, size, mark)) return 0;
  return units - mulDivDown(notional, rule.scale, mark);
}

/** Whether an account's equity is below a share of what it holds. */
export function isBelow(
  rows: MarginCallsRows,
  size: number,
  entry: number,
  margin: number,
  mark: number,
  share: number,
): boolean {
  const worth = equityAt(rows.rule, size, entry, margin, mark);
  return worth < mulDivUp(notionalValue(rows.rule, size, mark), Math.round(share * rateOne), rateOne);
}

/** Lays the accounts out on a book. */
export function openRows(name: string, params: MarginCallsParams, book: Book, layout: Layout): MarginCallsRows {
  const found = book.positions.find((one) => one.protocol === params.positions);
  const instrument = book.instruments.findIndex((one) => one.id === params.instrument);
  assert(found !== undefined && instrument >= 0, `positions ${params.positions} and ${params.instrument} exist`);
  const { asset, quote, market } = book.instruments[instrument];
  const isSpot = market === "spot";
  const shift = book.assets[asset].unitDecimals + 8 - book.assets[quote].unitDecimals;
  if (!(shift >= 0 && shift < powersOfTen.length)) {
    refuseTooLarge(`the quote asset of ${params.instrument} has at most eight unitDecimals more than the asset`);
  }
  const column = (role: string, index: number) => {
    const one = found.columns.find((each) => each.role === role && each.asset === index);
    assert(one !== undefined, `positions ${params.positions} have a column ${role}`);
    return one.values;
  };
  const steps = (index: number) => Math.floor(book.assets[index].priceUsd * stepsPerUsd);
  const openingMark = markOf(steps(asset), steps(quote));
  const rule = maintenanceRule(powersOfTen[shift], params, openingMark);
  const size = isSpot ? column("risky", asset) : column("size", asset);
  const cash = isSpot ? column("cash", quote) : column("margin", quote);
  const entryUsd = isSpot ? undefined : column("entryUsd", -1);
  const entry = Float64Array.from(size, (units, row) =>
    entryUsd === undefined
      ? Math.max(0, -cash[row])
      : entryNotional(rule, units, Math.round(entryUsd[row] * stepsPerUsd)),
  );
  const margin = Float64Array.from(cash, (units) => Math.max(0, units));
  const sum = (values: Float64Array) => values.reduce((total, value) => total + Math.max(0, value), 0);
  if (!(sum(size) < 2 ** 53 && sum(margin) < 2 ** 53)) {
    refuseTooLarge(`holdings and cash of ${params.positions} stay below 2^53 units together`);
  }
  const count = size.length;
  return {
    params,
    rule,
    // Margins that rise in a fall may call a short on the way down as well: then there is no one price from which to look.
    table: openTable(size, entry, margin, (row) =>
      params.rises > 0 && size[row] < 0 ? 0 : perpetualBreachSteps(rule, size[row], entry[row], margin[row]),
    ),
    deadline: new Float64Array(count).fill(Number.NaN),
    selling: new Uint8Array(count),
    paying: new Float64Array(count),
    paid: new Float64Array(count),
    payers: [],
    cureLimit: Float64Array.from(size, (units, row) =>
      params.cureLimit === null
        ? Number.POSITIVE_INFINITY
        : Math.floor(Math.max(0, equityAt(rule, units, entry[row], margin[row], openingMark)) * params.cureLimit),
    ),
    openingUnits: sum(size),
    openingMargin: sum(margin),
    openingMark,
    quoteUnitsPerCoin: powersOfTen[book.assets[quote].unitDecimals],
    instrument,
    asset,
    quote,
    traded: isSpot ? asset : layout.contract(instrument),
    assetFeed: layout.feed(params.oracle, asset),
    quoteFeed: layout.feed(params.oracle, quote),
    positions: layout.account(`${name}/positions`, "positions"),
    lender: isSpot ? layout.outside : layout.restOfMarket,
    ids: found.ids,
    stream: streamOf(name),
    startOfDayMs: ((book.atMs % 86_400_000) + 86_400_000) % 86_400_000,
    layout,
  };
}

/** Puts the accounts back to the start of a path. */
export function resetRows(rows: MarginCallsRows, at: Reset): void {
  resetTable(rows.table, (row) => {
    rows.deadline[row] = Number.NaN;
    rows.selling[row] = 0;
    rows.paying[row] = 0;
    rows.paid[row] = 0;
  });
  rows.payers.length = 0;
  const { issuer, restOfMarket } = rows.layout;
  // Contracts are owed by the other side of the market; stocks and cash are there.
  at.transfer(rows.traded === rows.asset ? issuer : restOfMarket, rows.positions, rows.traded, rows.openingUnits);
  at.transfer(issuer, rows.positions, rows.quote, rows.openingMargin);
}

/** What the predicate says of a row now. */
export function breachesNow({ rule, table }: MarginCallsRows, row: number, mark: number): boolean {
  return perpetualBreaches(rule, table.size[row], table.entry[row], table.margin[row], mark);
}
