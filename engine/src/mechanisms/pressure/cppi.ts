import type { AccountIds } from "../../book/account-ids.js";
import type { Book } from "../../book/book.js";
import { assert } from "../../book/problem.js";
import { basisPoints, powersOfTen, unitsDown, valueDown, valuesPerUsd, valueUp } from "../../rules/account-value.js";
import { type CppiRule, floorAt, leavesBand, targetExposure } from "../../rules/cppi.js";
import type { Decide, Ladder, Layout, Mechanism, Reset, Settle } from "../../run/index.js";
import { tapeKinds } from "../../run/tape.js";
import { define } from "../definition.js";
import { oneAccountFalls } from "../demonstrations.js";
import { type CppiParams, cppiFaults, cppiSchema } from "./cppi-schema.js";

interface Rows {
  readonly rule: CppiRule;
  readonly params: CppiParams;
  readonly ids: AccountIds;
  readonly openingRisky: Float64Array;
  readonly openingCash: Float64Array;
  /** Floor at the start in whole 1e-6 USD. */
  readonly openingFloor: Float64Array;
  readonly risky: Float64Array;
  /** Whole quote units; below 0 is borrowed from `outside`. */
  readonly cash: Float64Array;
  /** 1 from the moment at which the cushion was gone: sold out, and never bought again. */
  readonly locked: Uint8Array;
  readonly instrument: number;
  readonly asset: number;
  readonly quote: number;
  readonly assetDecimals: number;
  readonly quoteDecimals: number;
  readonly assetFeed: number;
  readonly quoteFeed: number;
  readonly positions: number;
  readonly layout: Layout;
}

/**
 * Constant-proportion portfolio insurance: exposure is held at a multiple of the cushion above a floor, so that accounts sell when prices fall and buy when they
 * rise, by their own trades. Once the cushion is gone the account sells out and stays in cash.
 */
export function cppi(name: string, params: CppiParams): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => openRows(name, params, book, layout),
    reset,
    decide,
    settle,
    ladder: (rows) => cppiLadder(name, rows),
  };
}

function openRows(name: string, params: CppiParams, book: Book, layout: Layout): Rows {
  const table = book.positions.find((one) => one.protocol === params.positions);
  const instrument = book.instruments.findIndex((one) => one.id === params.instrument);
  assert(
    table !== undefined && instrument >= 0,
    `positions ${params.positions} and instrument ${params.instrument} exist`,
  );
  const { asset, quote } = book.instruments[instrument];
  const values = (role: string, index: number) =>
    table.columns.find((column) => column.role === role && column.asset === index)?.values;
  const risky = values("risky", asset);
  const cash = values("cash", quote);
  assert(risky !== undefined && cash !== undefined, `positions ${params.positions} have the columns risky and cash`);
  const floors = values("floorUsd", -1);
  const dollars = (index: number, units: number) =>
    (units * book.assets[index].priceUsd * valuesPerUsd) / powersOfTen[book.assets[index].unitDecimals];
  const openingFloor = Float64Array.from(risky, (units, row) =>
    Math.max(
      0,
      Math.ceil(
        floors === undefined
          ? params.floorShare * (dollars(asset, units) + dollars(quote, cash[row]))
          : floors[row] * valuesPerUsd,
      ),
    ),
  );
  const bps = (share: number) => Math.round(share * basisPoints);
  return {
    rule: { multiplierBps: bps(params.multiplier), leverageBps: bps(params.leverage), bandBps: bps(params.bandShare) },
    params,
    ids: table.ids,
    openingRisky: risky,
    openingCash: cash,
    openingFloor,
    risky: Float64Array.from(risky),
    cash: Float64Array.from(cash),
    locked: new Uint8Array(risky.length),
    instrument,
    asset,
    quote,
    assetDecimals: book.assets[asset].unitDecimals,
    quoteDecimals: book.assets[quote].unitDecimals,
    assetFeed: layout.feed(params.oracle, asset),
    quoteFeed: layout.feed(params.oracle, quote),
    positions: layout.account(`${name}/positions`, "positions"),
    layout,
  };
}

function reset(rows: Rows, at: Reset): void {
  rows.risky.set(rows.openingRisky);
  rows.cash.set(rows.openingCash);
  rows.locked.fill(0);
  let risky = 0;
  let cash = 0;
  for (let row = 0; row < rows.risky.length; row++) {
    risky += rows.risky[row];
    cash += Math.max(0, rows.cash[row]);
  }
  at.transfer(rows.layout.issuer, rows.positions, rows.asset, risky);
  at.transfer(rows.layout.issuer, rows.positions, rows.quote, cash);
}

/** Value of signed cash in whole 1e-6 USD: down where held, up where owed. */
function cashValue(rows: Rows, cash: number, steps: number): number {
  return cash >= 0 ? valueDown(cash, steps, rows.quoteDecimals) : -valueUp(-cash, steps, rows.quoteDecimals);
}

/** Units that a row sells (positive) or buys at these prices; a row without a cushion sells everything. */
function wanted(
  rows: Rows,
  risky: number,
  cash: number,
  floor: number,
  locked: boolean,
  assetSteps: number,
  quoteSteps: number,
): number {
  const exposure = valueDown(risky, assetSteps, rows.assetDecimals);
  const wealth = exposure + cashValue(rows, cash, quoteSteps);
  if (locked || wealth <= floor) return risky;
  const target = targetExposure(rows.rule, wealth, floor);
  if (!leavesBand(rows.rule, exposure, target, wealth)) return 0;
  return risky - unitsDown(target, assetSteps, rows.assetDecimals);
}

function decide(rows: Rows, at: Decide): void {
  const { everyMs, floorGrowth } = rows.params;
  if (everyMs > 0 && (at.round > 0 || at.timeMs % everyMs !== 0)) return;
  const assetSteps = at.published(rows.assetFeed);
  const quoteSteps = at.published(rows.quoteFeed);
  if (assetSteps === 0 || quoteSteps === 0) return;
  for (let row = 0; row < rows.risky.length; row++) {
    const floor = floorAt(rows.openingFloor[row], floorGrowth, at.timeMs - at.tickMs);
    const risky = rows.risky[row];
    const units = wanted(rows, risky, rows.cash[row], floor, rows.locked[row] === 1, assetSteps, quoteSteps);
    if (units > 0) {
      at.trade(row, rows.positions, rows.instrument, units, 0);
    } else if (units < 0) {
      const affordable = affordableUnits(rows, row, -units, at);
      if (affordable > 0) at.trade(row, rows.positions, rows.instrument, -affordable, 0);
    }
    if (units === risky) lockWithoutCushion(rows, row, floor, assetSteps, quoteSteps);
  }
}

function lockWithoutCushion(rows: Rows, row: number, floor: number, assetSteps: number, quoteSteps: number): void {
  const wealth =
    valueDown(rows.risky[row], assetSteps, rows.assetDecimals) + cashValue(rows, rows.cash[row], quoteSteps);
  if (wealth <= floor) rows.locked[row] = 1;
}

/** The most units, at most `units`, that the row's cash and credit pay for at what depth asks. */
function affordableUnits(rows: Rows, row: number, units: number, at: Decide): number {
  const steps = at.published(rows.assetFeed);
  const quoteSteps = at.published(rows.quoteFeed);
  const wealth = valueDown(rows.risky[row], steps, rows.assetDecimals) + cashValue(rows, rows.cash[row], quoteSteps);
  const credit = unitsDown(
    Math.max(0, Math.floor((wealth * (rows.rule.leverageBps - basisPoints)) / basisPoints)),
    quoteSteps,
    rows.quoteDecimals,
  );
  const most = rows.cash[row] + credit;
  if (at.quoteCash(rows.instrument, -units) <= most) return units;
  let low = 0;
  let high = units;
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2);
    if (at.quoteCash(rows.instrument, -middle) <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}

function settle(rows: Rows, at: Settle): void {
  if (!at.afterTrades) return;
  const { fills } = at;
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.order[fill] >= 0 || fills.mechanism[fill] !== at.mechanismIndex) continue;
    const row = fills.row[fill];
    const units = fills.soldUnits[fill] - fills.boughtUnits[fill];
    const received = fills.soldCash[fill] - fills.boughtCash[fill];
    const before = rows.cash[row];
    rows.risky[row] -= units;
    rows.cash[row] += received;
    at.record(tapeKinds.trade, at.mechanismIndex, row, units, Math.abs(received), rows.instrument);
    borrow(rows, at, Math.max(0, -rows.cash[row]) - Math.max(0, -before));
    if (rows.risky[row] === 0 && rows.cash[row] < 0) writeOff(rows, at, row);
  }
}

/** Cash beyond what is held is lent by `outside`, and paid back first. */
function borrow(rows: Rows, at: Settle, more: number): void {
  if (more > 0) at.transfer(rows.layout.outside, rows.positions, rows.quote, more);
  if (more < 0) at.transfer(rows.positions, rows.layout.outside, rows.quote, -more);
}

/** A leveraged account that a gap took below 0 owes nothing more: the lender's loss is bad debt. */
function writeOff(rows: Rows, at: Settle, row: number): void {
  const units = -rows.cash[row];
  const usd = valueUp(units, Math.round(at.fair(rows.quote) * 1e8), rows.quoteDecimals) / valuesPerUsd;
  at.record(tapeKinds.badDebt, at.mechanismIndex, row, units, rows.quote, usd);
  rows.cash[row] = 0;
}

/** What each account trades at held prices from the opening book: to its target, once, as a trade at a held price changes no wealth. */
function cppiLadder(name: string, rows: Rows): Ladder {
  const at = (row: number, published: Float64Array) =>
    wanted(
      rows,
      rows.openingRisky[row],
      rows.openingCash[row],
      rows.openingFloor[row],
      false,
      published[rows.assetFeed],
      published[rows.quoteFeed],
    );
  const { instrument } = rows;
  return {
    mechanism: name,
    // What was sold on the way down was sold at other prices than the last: wealth, and so the target, depends on the way.
    pathFree: false,
    reactionMs: rows.params.everyMs,
    method: `${rows.risky.length} accounts one by one, to their targets at the held price`,
    forced(published, into) {
      for (let row = 0; row < rows.openingRisky.length; row++) {
        const units = at(row, published);
        if (units === 0) continue;
        into.accounts++;
        if (units > 0) into.sold[instrument] += units;
        else into.bought[instrument] -= units;
      }
    },
    accounts(published, visit) {
      for (let row = 0; row < rows.openingRisky.length; row++) {
        const units = at(row, published);
        if (units !== 0) visit({ row, instrument, units, badDebtUsd: 0 });
      }
    },
    describe: (row) => ({
      account: rows.ids.at(row) ?? String(row),
      collateral: [
        { asset: rows.asset, units: rows.openingRisky[row] },
        { asset: rows.quote, units: Math.max(0, rows.openingCash[row]) },
      ],
      debt: [{ asset: rows.quote, units: Math.max(0, -rows.openingCash[row]) }],
    }),
  };
}

/** The small scenario with an insurer that holds half of its wealth in ETH. */
export function oneInsurer(insurer: Readonly<Record<string, unknown>> = {}, rows?: readonly unknown[]): unknown {
  return oneAccountFalls({
    positions: {
      insurer: {
        layer: "made",
        columns: ["account", "risky ETH", "cash USD"],
        rows: rows ?? [["fund", 100, 200000]],
      },
    },
    pressure: {
      insurer: { kind: "cppi", instrument: "ETH/USD", multiplier: 4, floor: "87.5%", ...insurer },
    },
  });
}

export const cppiDefinition = define<CppiParams>({
  kind: "cppi",
  part: "pressure",
  summary: "Constant-proportion portfolio insurance: exposure is a multiple of the cushion, so falls force sales.",
  source: "Black and Perold (1992); exposure clamp, band and cash lock; closed forms in VALIDATION.md",
  schema: cppiSchema,
  create: (name, params) => cppi(name, params),
  references: (params) => [
    { key: "positions", kind: "positions", name: params.positions },
    { key: "instrument", kind: "instrument", name: params.instrument },
    { key: "oracle", kind: "oracle", name: params.oracle },
  ],
  check: cppiFaults,
  demonstration: { scenario: oneInsurer(), subject: "insurer", measure: "tradedUsd", off: "falls" },
});
