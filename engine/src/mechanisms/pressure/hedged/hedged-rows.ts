import type { AccountIds } from "../../../book/account-ids.js";
import type { Book } from "../../../book/book.js";
import { assert } from "../../../book/problem.js";
import type { AccountDescription, HeldPositions, Layout, Moment, Reset, Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import type { HedgedNames } from "./hedged-faults.js";

/** Accounts that hold coins (and cash) of their own against a short on an exchange, whose rules act on that leg. Whole units. */
export interface HedgedRows {
  readonly ids: AccountIds;
  readonly openingRisky: Float64Array;
  readonly openingCash: Float64Array;
  readonly risky: Float64Array;
  readonly cash: Float64Array;
  readonly instrument: number;
  readonly asset: number;
  readonly quote: number;
  readonly assetDecimals: number;
  readonly quoteDecimals: number;
  readonly account: number;
  readonly layout: Layout;
  readonly exchange: string;
  /** The exchange's accounts and this table's rows there; found when first asked, for exchanges may open later. */
  leg: ShortLeg | undefined;
}

/** The other leg. */
export interface ShortLeg {
  readonly positions: HeldPositions;
  /** By row: the row at the exchange. */
  readonly rowOf: Int32Array;
  /** Whether margin is counted in the coins that are hedged. */
  readonly inCoins: boolean;
}

/** Lays the accounts out. */
export function openHedged(name: string, params: HedgedNames, book: Book, layout: Layout): HedgedRows {
  const table = book.positions.find((one) => one.protocol === params.positions);
  const instrument = book.instruments.findIndex((one) => one.id === params.instrument);
  assert(table !== undefined && instrument >= 0, `positions ${params.positions} and ${params.instrument} exist`);
  const { asset, quote } = book.instruments[instrument];
  const values = (role: string, index: number) =>
    table.columns.find((column) => column.role === role && column.asset === index)?.values;
  const risky = values("risky", asset);
  assert(risky !== undefined, `positions ${params.positions} have the column risky`);
  const cash = values("cash", quote) ?? new Float64Array(risky.length);
  return {
    ids: table.ids,
    openingRisky: risky,
    openingCash: cash,
    risky: Float64Array.from(risky),
    cash: Float64Array.from(cash),
    instrument,
    asset,
    quote,
    assetDecimals: book.assets[asset].unitDecimals,
    quoteDecimals: book.assets[quote].unitDecimals,
    account: layout.account(`${name}/positions`, "positions"),
    layout,
    exchange: params.exchange,
    leg: undefined,
  };
}

/** The accounts' short leg. */
export function legOf(rows: HedgedRows): ShortLeg {
  rows.leg ??= findLeg(rows);
  return rows.leg;
}

function findLeg(rows: HedgedRows): ShortLeg {
  const positions = rows.layout.positionsOf(rows.exchange);
  assert(positions !== undefined, `${rows.exchange} lets holders see their accounts`);
  const rowOf = Int32Array.from(rows.risky, (_, row) => positions.rowOf(rows.ids.at(row) ?? ""));
  assert(!rowOf.includes(-1), `${rows.exchange} has every account of the hedged table`);
  return { positions, rowOf, inCoins: positions.marginAsset === rows.asset };
}

/** Puts coins and cash back to the start of a path. */
export function resetHedged(rows: HedgedRows, at: Reset): void {
  rows.risky.set(rows.openingRisky);
  rows.cash.set(rows.openingCash);
  const sum = (values: Float64Array) => values.reduce((total, units) => total + units, 0);
  at.transfer(rows.layout.issuer, rows.account, rows.asset, sum(rows.risky));
  at.transfer(rows.layout.issuer, rows.account, rows.quote, sum(rows.cash));
}

/** The exchange's mark price now; 0 where it has none. */
export function markNow(rows: HedgedRows, at: Moment): number {
  return legOf(rows).positions.mark((feed) => at.published(feed));
}

/** Coins that move with the price: those held, those that margin is counted in, and the short (below 0). */
export function netExposure(rows: HedgedRows, row: number, mark: number): number {
  const { positions, rowOf, inCoins } = legOf(rows);
  const there = rowOf[row];
  return rows.risky[row] + (inCoins ? positions.equity(there, mark) : 0) + positions.units(there, mark);
}

/** Units of the asset that the short leg is worth, 0 or more. */
export function shortUnits(rows: HedgedRows, row: number, mark: number): number {
  const { positions, rowOf } = legOf(rows);
  return Math.max(0, -positions.units(rowOf[row], mark));
}

/**
 * Books the accounts' own trades of a round: coins and cash here, contracts at the exchange. Calls `booked` with units sold (positive) or bought on the spot
 * instrument and on the exchange's.
 */
export function settleHedged(
  rows: HedgedRows,
  at: Settle,
  booked?: (row: number, spotSold: number, shortSold: number) => void,
): void {
  const { fills } = at;
  const { positions, rowOf } = legOf(rows);
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.order[fill] >= 0 || fills.mechanism[fill] !== at.mechanismIndex) continue;
    const row = fills.row[fill];
    let spot = 0;
    let short = 0;
    const leg = (instrument: number, units: number, cash: number) => {
      if (units === 0) return;
      if (instrument === rows.instrument) {
        spot += units;
        rows.risky[row] -= units;
        rows.cash[row] += units > 0 ? cash : -cash;
      } else {
        short += units;
        positions.book(at, rowOf[row], rows.account, units, cash);
      }
      at.record(tapeKinds.trade, at.mechanismIndex, row, units, cash, instrument);
    };
    leg(fills.sellInstrument[fill], fills.soldUnits[fill], fills.soldCash[fill]);
    leg(fills.buyInstrument[fill], -fills.boughtUnits[fill], fills.boughtCash[fill]);
    booked?.(row, spot, short);
  }
}

/** What an account is called and holds, for tables. */
export function describeHedged(rows: HedgedRows, row: number): AccountDescription {
  return {
    account: rows.ids.at(row) ?? String(row),
    collateral: [
      { asset: rows.asset, units: rows.openingRisky[row] },
      { asset: rows.quote, units: rows.openingCash[row] },
    ],
    debt: [],
  };
}
