import type { Book } from "../../../book/book.js";
import type { Decide, Ladder, Layout, Mechanism, Reset, Settle } from "../../../run/index.js";
import { define } from "../../definition.js";
import { type DeltaNeutralParams, deltaNeutralFaults, deltaNeutralSchema } from "./delta-neutral-schema.js";
import { syntheticDollar } from "./demonstration.js";
import { hedgedReferences } from "./hedged-faults.js";
import {
  describeHedged,
  type HedgedRows,
  legOf,
  markNow,
  netExposure,
  openHedged,
  resetHedged,
  settleHedged,
  shortUnits,
} from "./hedged-rows.js";

interface Rows extends HedgedRows {
  readonly params: DeltaNeutralParams;
  /** By row: coins that stay without a short; NaN before the first look of a path. */
  readonly kept: Float64Array;
  /** By row: coins to be sold, and coins of both legs to be given up. */
  readonly pending: Float64Array;
  readonly leaving: Float64Array;
  /** By row: units of either sold per tick at most, what was ordered in this tick, and which tick that is. */
  readonly pace: Float64Array;
  readonly spent: Float64Array;
  readonly spentTick: Float64Array;
  /** Since when funding has been negative (ms); NaN where it is not. */
  negativeSince: number;
  gaveUp: boolean;
}

/**
 * Books that are long coins and short as many on a perpetual exchange (a synthetic dollar). The shorts are rows of the exchange: it pays funding, liquidates and
 * deleverages them by its own rules. Coins whose short is gone are sold on the spot market; where funding stays negative both legs are given up.
 */
export function deltaNeutral(name: string, params: DeltaNeutralParams): Mechanism<Rows> {
  return {
    name,
    open: (book, layout) => openRows(name, params, book, layout),
    reset,
    decide,
    settle,
    ladder: (rows) => ladder(name, rows),
  };
}

function openRows(name: string, params: DeltaNeutralParams, book: Book, layout: Layout): Rows {
  const rows = openHedged(name, params, book, layout);
  const column = () => new Float64Array(rows.risky.length);
  return {
    ...rows,
    params,
    kept: column(),
    pending: column(),
    leaving: column(),
    pace: column(),
    spent: column(),
    spentTick: column(),
    negativeSince: Number.NaN,
    gaveUp: false,
  };
}

function reset(rows: Rows, at: Reset): void {
  resetHedged(rows, at);
  rows.kept.fill(Number.NaN);
  rows.pending.fill(0);
  rows.leaving.fill(0);
  rows.pace.fill(0);
  rows.spent.fill(0);
  rows.spentTick.fill(-1);
  rows.negativeSince = Number.NaN;
  rows.gaveUp = false;
}

function decide(rows: Rows, at: Decide): void {
  const mark = markNow(rows, at);
  if (mark === 0) return;
  const givesUp = lostPatience(rows, at);
  for (let row = 0; row < rows.risky.length; row++) {
    queueUnhedged(rows, at, row, mark);
    if (givesUp) queueBoth(rows, at, row, mark);
    order(rows, at, row, mark);
  }
}

/** True once in every spell of negative funding: when it has lasted longer than the holders' patience. */
function lostPatience(rows: Rows, at: Decide): boolean {
  const { patienceMs } = rows.params;
  if (patienceMs === null) return false;
  if (legOf(rows).positions.fundingRate() >= 0) {
    rows.negativeSince = Number.NaN;
    rows.gaveUp = false;
    return false;
  }
  if (Number.isNaN(rows.negativeSince)) rows.negativeSince = at.timeMs - at.tickMs;
  if (rows.gaveUp || at.timeMs - at.tickMs - rows.negativeSince < patienceMs) return false;
  rows.gaveUp = true;
  return true;
}

/** Coins beyond what is kept, and is being sold already, have lost their short. */
function queueUnhedged(rows: Rows, at: Decide, row: number, mark: number): void {
  const { kept, pending, params } = rows;
  const exposure = netExposure(rows, row, mark);
  if (Number.isNaN(kept[row])) kept[row] = Math.max(0, exposure);
  const excess = exposure - kept[row] - pending[row];
  if (excess <= rows.openingRisky[row] * params.bandShare) return;
  const queued = Math.floor(excess * params.sells);
  kept[row] += excess - queued;
  pending[row] += queued;
  hasten(rows, at, row);
}

function queueBoth(rows: Rows, at: Decide, row: number, mark: number): void {
  const hedged = Math.min(shortUnits(rows, row, mark), Math.max(0, rows.risky[row] - rows.pending[row]));
  rows.leaving[row] = Math.floor(hedged * rows.params.unwinds);
  hasten(rows, at, row);
}

/** The pace at which everything queued is sold in the stated time; never slower than before. */
function hasten(rows: Rows, at: Decide, row: number): void {
  const ticks = Math.max(1, Math.round(rows.params.overMs / at.tickMs));
  rows.pace[row] = Math.max(rows.pace[row], Math.ceil((rows.pending[row] + rows.leaving[row]) / ticks));
}

function order(rows: Rows, at: Decide, row: number, mark: number): void {
  const { pending, leaving, spent, spentTick, risky, instrument, account } = rows;
  if (pending[row] === 0 && leaving[row] === 0) return;
  if (spentTick[row] !== at.tick) {
    spentTick[row] = at.tick;
    spent[row] = 0;
  }
  const left = Math.max(0, rows.pace[row] - spent[row]);
  const coins = Math.min(pending[row], left, risky[row]);
  const both = Math.min(leaving[row], left - coins, risky[row] - coins, shortUnits(rows, row, mark));
  spent[row] += coins + both;
  if (coins > 0) at.trade(row, account, instrument, coins, 0);
  if (both > 0) at.tradePair(row, account, instrument, legOf(rows).positions.instrument, both, 0);
}

function settle(rows: Rows, at: Settle): void {
  if (!at.afterTrades) return;
  settleHedged(rows, at, (row, spotSold, shortSold) => {
    if (shortSold < 0) rows.leaving[row] = Math.max(0, rows.leaving[row] - spotSold);
    else rows.pending[row] = Math.max(0, rows.pending[row] - spotSold);
  });
}

/** What is sold where the exchange liquidates the shorts at a held price. What deleveraging frees is in the run, not here: the exchange's ladder counts it as its own sales. */
function ladder(name: string, rows: Rows): Ladder {
  const visitHeld = (published: Float64Array, visit: (row: number, units: number) => void) => {
    const { positions, rowOf } = legOf(rows);
    const mark = positions.mark((feed) => published[feed]);
    if (mark === 0) return;
    for (let row = 0; row < rowOf.length; row++) {
      if (!positions.liquidatedAt(rowOf[row], mark)) continue;
      const short = Math.max(0, -positions.openingUnits(rowOf[row], mark));
      const units = Math.floor(Math.min(short, rows.openingRisky[row]) * rows.params.sells);
      if (units > 0) visit(row, units);
    }
  };
  return {
    mechanism: name,
    pathFree: false,
    reactionMs: rows.params.overMs,
    method: `${rows.risky.length} books one by one: coins whose short the exchange liquidates at the held price; what deleveraging frees the map counts as sales of the exchange, the run as theirs`,
    forced(published, into) {
      visitHeld(published, (_, units) => {
        into.accounts++;
        into.sold[rows.instrument] += units;
      });
    },
    accounts(published, visit) {
      visitHeld(published, (row, units) => visit({ row, instrument: rows.instrument, units, badDebtUsd: 0 }));
    },
    describe: (row) => describeHedged(rows, row),
  };
}

export const deltaNeutralDefinition = define<DeltaNeutralParams>({
  kind: "delta-neutral",
  part: "pressure",
  summary:
    "Coins against a perpetual short (a synthetic dollar): where the short is deleveraged, or costs too long, the coins are sold.",
  source:
    "BitMEX blog, A. Hayes, Dust on Crust (2023), and Ethena's documentation for the hedged book; auto-deleveraging by the exchange's own rules",
  schema: deltaNeutralSchema,
  create: (name, params) => deltaNeutral(name, params),
  references: hedgedReferences,
  check: deltaNeutralFaults,
  demonstration: { scenario: syntheticDollar(), subject: "dollar", measure: "lowestPriceShare", off: "rises" },
});
