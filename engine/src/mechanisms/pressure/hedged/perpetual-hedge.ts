import type { Book } from "../../../book/book.js";
import { basisPoints, stepsPerUsd, valuesPerUsd } from "../../../rules/account-value.js";
import type { Decide, Ladder, Layout, Mechanism, Moment, Publish, Reset, Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import { define } from "../../definition.js";
import { hedgedInsurer } from "./demonstration.js";
import {
  describeHedged,
  type HedgedRows,
  legOf,
  markNow,
  openHedged,
  resetHedged,
  settleHedged,
} from "./hedged-rows.js";
import { type HedgeRule, type HedgeState, hedgeDemand, hedgedWealth, topUp } from "./perpetual-hedge-rule.js";
import {
  type PerpetualHedgeParams,
  perpetualHedgeFaults,
  perpetualHedgeReferences,
  perpetualHedgeSchema,
} from "./perpetual-hedge-schema.js";

interface Rows extends HedgedRows {
  readonly params: PerpetualHedgeParams;
  readonly assetFeed: number;
  readonly quoteFeed: number;
  /** Price steps of the book: the floor is a share of wealth at them. */
  readonly openingSteps: { readonly asset: number; readonly quote: number };
  /** By row: coins whose short was deleveraged, as last seen; and those of them that are to be sold. */
  readonly seen: Float64Array;
  readonly unprotected: Float64Array;
  /** By row: whether it sold (1) or bought (-1) in the tick in which it traded last; 0: may trade no more in that tick. */
  readonly turn: Int8Array;
  readonly turnTick: Int32Array;
  /** By row: whole 1e-6 USD; made when first asked. */
  floors: Float64Array | undefined;
  rule: HedgeRule | undefined;
}

/**
 * Insurers who keep their coins and sell perpetuals against them: a constant share, more of them as their cushion above a floor shrinks. The exchange's rules act on the
 * shorts; where it deleverages them the insurer shorts again or sells coins, where margin runs out the coins go too.
 */
export function perpetualHedge(name: string, params: PerpetualHedgeParams): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => openRows(name, params, book, layout),
    reset,
    decide,
    settle,
    publish: sayFloors,
    ladder: (rows) => ladder(name, rows),
  };
}

function openRows(name: string, params: PerpetualHedgeParams, book: Book, layout: Layout): Rows {
  const accounts = openHedged(name, params, book, layout);
  const steps = (index: number) => Math.floor(book.assets[index].priceUsd * stepsPerUsd);
  const count = accounts.risky.length;
  const rows: Rows = {
    ...accounts,
    params,
    assetFeed: layout.feed(params.oracle, accounts.asset),
    quoteFeed: layout.feed(params.oracle, accounts.quote),
    openingSteps: { asset: steps(accounts.asset), quote: steps(accounts.quote) },
    seen: new Float64Array(count),
    unprotected: new Float64Array(count),
    turn: new Int8Array(count),
    turnTick: new Int32Array(count),
    floors: undefined,
    rule: undefined,
  };
  if (params.announced > 0) announce(name, rows, layout);
  return rows;
}

/** Tells everybody beforehand what share of the accounts' orders they make. */
function announce(name: string, rows: Rows, layout: Layout): void {
  const { announced } = rows.params;
  const isShort = (instrument: number) => instrument === legOf(rows).positions.instrument;
  layout.offerPlan({
    mechanism: name,
    announced(instrument, at) {
      let units = 0;
      visitOrders(rows, at, (_, short, spot) => {
        if (isShort(instrument)) units += short;
        else if (instrument === rows.instrument) units += spot;
      });
      return Math.trunc(units * announced);
    },
    announcedAt(instrument, published) {
      let units = 0;
      visitHeld(rows, published, (_, on, traded) => {
        if (on === instrument) units += traded;
      });
      return Math.trunc(units * announced);
    },
  });
}

function reset(rows: Rows, at: Reset): void {
  resetHedged(rows, at);
  rows.seen.fill(0);
  rows.unprotected.fill(0);
  rows.turnTick.fill(-1);
}

function ruleOf(rows: Rows): HedgeRule {
  const { hedgeShare, multiplier, floorShare, marginShare, bandShare } = rows.params;
  const bps = (share: number) => Math.round(share * basisPoints);
  rows.rule ??= {
    hedgeBps: bps(hedgeShare),
    multiplierBps: bps(multiplier),
    hasFloor: floorShare !== null,
    marginBps: Math.max(1, bps(marginShare)),
    bandBps: bps(bandShare),
    inCoins: legOf(rows).inCoins,
    assetDecimals: rows.assetDecimals,
    quoteDecimals: rows.quoteDecimals,
  };
  return rows.rule;
}

/** The account at the start of the path, with a mark price held. */
function openingState(rows: Rows, row: number, mark: number): HedgeState {
  const { positions, rowOf } = legOf(rows);
  return {
    risky: rows.openingRisky[row],
    cash: rows.openingCash[row],
    short: 0 - positions.openingUnits(rowOf[row], mark),
    equity: positions.openingEquity(rowOf[row], mark),
    least: positions.leastUnits(mark),
  };
}

function stateNow(rows: Rows, row: number, mark: number): HedgeState {
  const { positions, rowOf } = legOf(rows);
  return {
    risky: rows.risky[row],
    cash: rows.cash[row],
    // A purchase in the round in which the exchange closed the short may have left a long: it is exposure, and sold.
    short: 0 - positions.units(rowOf[row], mark),
    equity: positions.equity(rowOf[row], mark),
    least: positions.leastUnits(mark),
  };
}

function floorOf(rows: Rows, row: number): number {
  const { asset, quote } = rows.openingSteps;
  rows.floors ??= Float64Array.from(rows.risky, (_, place) => {
    // The exchange's own mark at the book's prices, not the oracle's: nothing is published before the path.
    const { positions } = legOf(rows);
    const mark = positions.mark((feed) => (rows.layout.feedSource(feed).asset === rows.asset ? asset : quote));
    const wealth = hedgedWealth(ruleOf(rows), openingState(rows, place, mark), asset, quote);
    return Math.max(0, Math.ceil(wealth * (rows.params.floorShare ?? 0)));
  });
  return rows.floors[row];
}

/** Coins whose short was deleveraged and whose owner sells them, with what the exchange has taken since this was noted last. */
function unprotectedNow(rows: Rows, row: number): number {
  if (rows.params.deleveraged === "rehedge") return 0;
  const { positions, rowOf } = legOf(rows);
  return rows.unprotected[row] + positions.deleveraged(rowOf[row]) - rows.seen[row];
}

/** Calls `visit` with what each account orders in this round on the exchange and on the spot market. Writes nothing. */
function visitOrders(rows: Rows, at: Decide, visit: (row: number, short: number, spot: number) => void): void {
  const { everyMs, fallback } = rows.params;
  if (everyMs > 0 && (at.round > 0 || at.timeMs % everyMs !== 0)) return;
  const [assetSteps, quoteSteps, mark] = pricesOf(rows, at);
  if (assetSteps === 0 || quoteSteps === 0 || mark === 0) return;
  const { positions, rowOf } = legOf(rows);
  for (let row = 0; row < rows.risky.length; row++) {
    if (positions.isClosing(rowOf[row])) continue;
    const given = unprotectedNow(rows, row);
    const state = stateNow(rows, row, mark);
    const demand = hedgeDemand(ruleOf(rows), state, floorOf(rows, row), given, assetSteps, quoteSteps);
    const spot = fallback === "sell" ? demand.spot : Math.min(demand.spot, given);
    if (demand.short === 0 && spot === 0) continue;
    // Where the exchange's instrument trades far from the mark every trade changes wealth at once, and with it what is wanted: nobody undoes it within the tick.
    const direction = demand.short < 0 ? -1 : 1;
    if (rows.turnTick[row] === at.tick && rows.turn[row] !== direction) continue;
    visit(row, demand.short, spot);
  }
}

/** While the exchange closes of an account it is left alone, and to the end of that tick: what is shorted into a liquidation is liquidated, round after round. */
function standsStill(rows: Rows, at: Moment, row: number): boolean {
  const { positions, rowOf } = legOf(rows);
  if (!positions.isClosing(rowOf[row])) return false;
  rows.turnTick[row] = at.tick;
  rows.turn[row] = 0;
  return true;
}

function decide(rows: Rows, at: Decide): void {
  const { positions, rowOf } = legOf(rows);
  for (let row = 0; row < rows.risky.length; row++) standsStill(rows, at, row);
  visitOrders(rows, at, (row, short, spot) => {
    rows.turnTick[row] = at.tick;
    rows.turn[row] = short < 0 ? -1 : 1;
    if (short !== 0) at.trade(row, rows.account, positions.instrument, short, 0);
    if (spot > 0) at.trade(row, rows.account, rows.instrument, spot, 0);
  });
  for (let row = 0; row < rows.risky.length; row++) {
    rows.unprotected[row] = unprotectedNow(rows, row);
    rows.seen[row] = positions.deleveraged(rowOf[row]);
  }
}

function settle(rows: Rows, at: Settle): void {
  if (!at.afterTrades) return;
  settleHedged(rows, at, (row, spotSold) => {
    rows.unprotected[row] = Math.max(0, rows.unprotected[row] - spotSold);
  });
  const [assetSteps, quoteSteps, mark] = pricesOf(rows, at);
  if (assetSteps === 0 || quoteSteps === 0 || mark === 0) return;
  const { positions, rowOf, inCoins } = legOf(rows);
  for (let row = 0; row < rows.risky.length; row++) {
    if (standsStill(rows, at, row)) continue;
    const units = topUp(ruleOf(rows), stateNow(rows, row, mark), assetSteps, quoteSteps);
    if (units === 0) continue;
    (inCoins ? rows.risky : rows.cash)[row] -= units;
    positions.deposit(at, rowOf[row], rows.account, units);
  }
}

function pricesOf(rows: Rows, at: Moment): readonly [number, number, number] {
  return [at.published(rows.assetFeed), at.published(rows.quoteFeed), markNow(rows, at)];
}

/** At the end of a path: whether each floor held. */
function sayFloors(rows: Rows, at: Publish): void {
  if (!at.lastTick || !at.endOfTick || rows.params.floorShare === null) return;
  const [assetSteps, quoteSteps, mark] = pricesOf(rows, at);
  for (let row = 0; row < rows.risky.length; row++) {
    const wealth = hedgedWealth(ruleOf(rows), stateNow(rows, row, mark), assetSteps, quoteSteps);
    const floor = floorOf(rows, row);
    const broken = wealth < floor ? 1 : 0;
    at.record(tapeKinds.floor, at.mechanismIndex, row, wealth / valuesPerUsd, floor / valuesPerUsd, broken);
  }
}

/** Calls `visit` with what accounts trade at a held price from the opening book: shorts on the exchange's instrument, coins where margin does not suffice. */
function visitHeld(
  rows: Rows,
  published: Float64Array,
  visit: (row: number, instrument: number, units: number) => void,
): void {
  const { positions } = legOf(rows);
  const [assetSteps, quoteSteps] = [published[rows.assetFeed], published[rows.quoteFeed]];
  const mark = positions.mark((feed) => published[feed]);
  if (assetSteps === 0 || quoteSteps === 0 || mark === 0) return;
  for (let row = 0; row < rows.risky.length; row++) {
    const state = openingState(rows, row, mark);
    const { short, spot } = hedgeDemand(ruleOf(rows), state, floorOf(rows, row), 0, assetSteps, quoteSteps);
    if (short !== 0) visit(row, positions.instrument, short);
    if (spot > 0 && rows.params.fallback === "sell") visit(row, rows.instrument, spot);
  }
}

function ladder(name: string, rows: Rows): Ladder {
  return {
    mechanism: name,
    pathFree: false,
    reactionMs: rows.params.everyMs,
    method: `${rows.risky.length} accounts one by one, to the exposure wanted at the held price; before the exchange's liquidations and deleveraging`,
    forced(published, into) {
      visitHeld(rows, published, (_, instrument, units) => {
        into.accounts++;
        if (units > 0) into.sold[instrument] += units;
        else into.bought[instrument] -= units;
      });
    },
    accounts(published, visit) {
      visitHeld(rows, published, (row, instrument, units) => visit({ row, instrument, units, badDebtUsd: 0 }));
    },
    describe: (row) => describeHedged(rows, row),
  };
}

export const perpetualHedgeDefinition = define<PerpetualHedgeParams>({
  kind: "perpetual-hedge",
  part: "pressure",
  summary:
    "Insurers who short perpetuals against their coins; a short that is deleveraged or lacks margin makes them sell.",
  source:
    "Presidential Task Force on Market Mechanisms (1988) for insurance by futures; Black and Perold (1992) for the exposure; contract arithmetic of inverse perpetuals",
  schema: perpetualHedgeSchema,
  create: (name, params) => perpetualHedge(name, params),
  references: perpetualHedgeReferences,
  check: perpetualHedgeFaults,
  demonstration: { scenario: hedgedInsurer(), subject: "insurer", measure: "executedSalesUsd", off: "falls" },
});
