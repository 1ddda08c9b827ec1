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
  shortUnits,
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
  /** By row: whether it sold (1) or bought (-1) in the tick in which it traded last. */
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
  const rows = openHedged(name, params, book, layout);
  const steps = (index: number) => Math.floor(book.assets[index].priceUsd * stepsPerUsd);
  return {
    ...rows,
    params,
    assetFeed: layout.feed(params.oracle, rows.asset),
    quoteFeed: layout.feed(params.oracle, rows.quote),
    openingSteps: { asset: steps(rows.asset), quote: steps(rows.quote) },
    seen: new Float64Array(rows.risky.length),
    unprotected: new Float64Array(rows.risky.length),
    turn: new Int8Array(rows.risky.length),
    turnTick: new Int32Array(rows.risky.length),
    floors: undefined,
    rule: undefined,
  };
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
    short: Math.max(0, -positions.openingUnits(rowOf[row], mark)),
    equity: positions.openingEquity(rowOf[row], mark),
    least: positions.leastUnits(mark),
  };
}

function stateNow(rows: Rows, row: number, mark: number): HedgeState {
  const { positions, rowOf } = legOf(rows);
  return {
    risky: rows.risky[row],
    cash: rows.cash[row],
    short: shortUnits(rows, row, mark),
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

function decide(rows: Rows, at: Decide): void {
  const { everyMs, deleveraged, fallback } = rows.params;
  if (everyMs > 0 && (at.round > 0 || at.timeMs % everyMs !== 0)) return;
  const [assetSteps, quoteSteps, mark] = [
    at.published(rows.assetFeed),
    at.published(rows.quoteFeed),
    markNow(rows, at),
  ];
  if (assetSteps === 0 || quoteSteps === 0 || mark === 0) return;
  const { positions, rowOf } = legOf(rows);
  for (let row = 0; row < rows.risky.length; row++) {
    const taken = positions.deleveraged(rowOf[row]);
    if (deleveraged === "sell") rows.unprotected[row] += taken - rows.seen[row];
    rows.seen[row] = taken;
    const state = stateNow(rows, row, mark);
    const { unprotected } = rows;
    const demand = hedgeDemand(ruleOf(rows), state, floorOf(rows, row), unprotected[row], assetSteps, quoteSteps);
    const spot = fallback === "sell" ? demand.spot : Math.min(demand.spot, unprotected[row]);
    if (turnsAround(rows, at, row, demand.short < 0 ? -1 : demand.short > 0 || spot > 0 ? 1 : 0)) continue;
    if (demand.short !== 0) at.trade(row, rows.account, positions.instrument, demand.short, 0);
    if (spot > 0) at.trade(row, rows.account, rows.instrument, spot, 0);
  }
}

/**
 * Whether an account would undo in a tick what it has done in it. Where the exchange's instrument trades far from the mark every trade changes wealth at once, and with it what
 * is wanted: that waits for the next tick.
 */
function turnsAround({ turn, turnTick }: Rows, at: Decide, row: number, direction: -1 | 0 | 1): boolean {
  if (direction === 0) return true;
  if (turnTick[row] === at.tick && turn[row] !== direction) return true;
  turnTick[row] = at.tick;
  turn[row] = direction;
  return false;
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

/** What insurers trade at a held price from the opening book: shorts on the exchange's instrument, coins where margin does not suffice. */
function ladder(name: string, rows: Rows): Ladder {
  const visitHeld = (published: Float64Array, visit: (row: number, instrument: number, units: number) => void) => {
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
  };
  return {
    mechanism: name,
    pathFree: false,
    reactionMs: rows.params.everyMs,
    method: `${rows.risky.length} accounts one by one, to the exposure wanted at the held price; before the exchange's liquidations and deleveraging`,
    forced(published, into) {
      visitHeld(published, (_, instrument, units) => {
        into.accounts++;
        if (units > 0) into.sold[instrument] += units;
        else into.bought[instrument] -= units;
      });
    },
    accounts(published, visit) {
      visitHeld(published, (row, instrument, units) => visit({ row, instrument, units, badDebtUsd: 0 }));
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
