import { mulDivDown, uniform } from "../../../math/index.js";
import { equityAt, perpetualBreaches } from "../../../rules/perpetual.js";
import type { Decide, Ladder, Mechanism, Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import { markOf } from "../perpetuals/rows.js";
import { positionLadder } from "../positions/ladder.js";
import { reachRows, visitActive } from "../positions/table.js";
import { breachesNow, dueUnits, isBelow, type MarginCallsRows, openRows, resetRows, unitsToRestore } from "./rows.js";
import type { MarginCallsParams } from "./schema.js";

/** What column z of a `marginCall` row says. */
const calls = { called: 1, cured: 2, expired: 3 } as const;

/**
 * Accounts on margin with a broker or a clearing house. Below the maintenance margin the owner is called and has until a deadline; an owner who pays, or whose account
 * recovers by itself, keeps it whole; of the others as much is sold (a short: bought) on the market as restores the initial margin, and again while impact leaves it below the
 * maintenance margin.
 */
export function marginCalls(name: string, params: MarginCallsParams): Mechanism<MarginCallsRows> {
  return {
    name,
    open: (book, layout) => openRows(name, params, book, layout),
    reset: resetRows,
    decide,
    settle,
    ladder: (rows) => ladder(name, rows),
  };
}

function decide(rows: MarginCallsRows, at: Decide): void {
  const mark = markOf(at.published(rows.assetFeed), at.published(rows.quoteFeed));
  if (mark === 0) return;
  reachRows(rows.table, mark);
  visitActive(rows.table, (row) => judge(rows, at, row, mark));
}

/** Calls, lapses, cures and sells one account as the prices of this round have it. */
function judge(rows: MarginCallsRows, at: Decide, row: number, mark: number): void {
  const { table, deadline, selling } = rows;
  const { size, entry, margin } = table;
  if (!breachesNow(rows, row, mark)) {
    selling[row] = 0;
    if (Number.isNaN(deadline[row])) return;
    say(rows, at, row, 0, calls.cured);
    deadline[row] = Number.NaN;
    return;
  }
  const isUncalled = selling[row] === 0 && Number.isNaN(deadline[row]);
  const { everyMs } = rows.params;
  if (isUncalled && everyMs > 0 && (at.round > 0 || at.timeMs % everyMs !== 0)) return;
  const due = dueUnits(rows, size[row], entry[row], margin[row], mark);
  const now = at.timeMs - at.tickMs;
  if (isUncalled) {
    deadline[row] = deadlineOf(rows, now);
    say(rows, at, row, due, calls.called);
  }
  if (selling[row] === 0) {
    const waits = now < deadline[row];
    if (waits && !isBelow(rows, size[row], entry[row], margin[row], mark, rows.params.immediate)) return;
    if (!waits && pays(rows, at, row, due)) return;
    say(rows, at, row, due, calls.expired);
    deadline[row] = Number.NaN;
    selling[row] = 1;
  }
  const units = unitsToRestore(rows, size[row], entry[row], margin[row], mark);
  if (units > 0) at.trade(row, rows.positions, rows.instrument, size[row] > 0 ? units : -units, 0);
}

/** When a call of now ends. */
function deadlineOf({ params, startOfDayMs }: MarginCallsRows, now: number): number {
  const passed = now + params.noticeMs;
  if (params.untilMs === null) return passed;
  const day = 86_400_000;
  return passed + ((((params.untilMs - startOfDayMs - passed) % day) + day) % day);
}

/** Whether the owner pays what is due; the sum goes in at the next settle. */
function pays(rows: MarginCallsRows, at: Decide, row: number, due: number): boolean {
  if (uniform(at.seed, at.path, 0, rows.stream, row) > rows.params.cures) return false;
  if (rows.paid[row] + due > rows.cureLimit[row]) return false;
  if (rows.paying[row] === 0) rows.payers.push(row);
  rows.paying[row] = due;
  return true;
}

function say(
  rows: MarginCallsRows,
  at: Decide | Settle,
  row: number,
  units: number,
  what: (typeof calls)[keyof typeof calls],
): void {
  const usd = (units / rows.quoteUnitsPerCoin) * at.fair(rows.quote);
  at.record(tapeKinds.marginCall, at.mechanismIndex, row, usd, rows.deadline[row], what);
}

function settle(rows: MarginCallsRows, at: Settle): void {
  if (!at.afterTrades) return;
  for (const row of rows.payers) {
    const units = rows.paying[row];
    rows.paying[row] = 0;
    rows.paid[row] += units;
    rows.table.margin[row] += units;
    at.transfer(rows.layout.outside, rows.positions, rows.quote, units);
    say(rows, at, row, units, calls.cured);
    rows.deadline[row] = Number.NaN;
  }
  rows.payers.length = 0;
  const { fills } = at;
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.order[fill] >= 0 || fills.mechanism[fill] !== at.mechanismIndex) continue;
    book(rows, at, fill);
  }
}

/** Books a forced trade that the kernel posted: the lender is paid first, what is left is the owner's. */
function book(rows: MarginCallsRows, at: Settle, fill: number): void {
  const { table, positions, lender } = rows;
  const { fills } = at;
  const row = fills.row[fill];
  const sold = fills.soldUnits[fill];
  const bought = fills.boughtUnits[fill];
  const cash = fills.soldCash[fill] + fills.boughtCash[fill];
  at.record(tapeKinds.trade, at.mechanismIndex, row, sold - bought, cash, rows.instrument);
  const part = Math.min(table.entry[row], cash);
  table.entry[row] -= part;
  if (sold > 0) {
    table.size[row] -= sold;
    table.margin[row] += cash - part;
    at.transfer(positions, lender, rows.quote, part);
  } else {
    table.size[row] += bought;
    table.margin[row] -= cash - part;
    at.transfer(positions, lender, rows.traded, bought);
    at.transfer(lender, positions, rows.quote, part);
  }
  if (table.size[row] === 0) close(rows, at, row, sold > 0);
  if (table.margin[row] < 0) writeOff(rows, at, row);
}

/** Nothing is held any more: a long's loan is paid out of the margin, a short's proceeds are its own. */
function close(rows: MarginCallsRows, at: Settle, row: number, wasLong: boolean): void {
  const { table, positions, lender } = rows;
  const owed = table.entry[row];
  table.entry[row] = 0;
  table.margin[row] += wasLong ? -owed : owed;
  if (wasLong) at.transfer(positions, lender, rows.quote, owed);
  else at.transfer(lender, positions, rows.quote, owed);
  rows.selling[row] = 0;
}

/** What an account lacks is the lender's loss. */
function writeOff(rows: MarginCallsRows, at: Settle, row: number): void {
  const { table, lender, positions } = rows;
  const lost = -table.margin[row];
  table.margin[row] = 0;
  at.transfer(lender, positions, rows.quote, lost);
  const usd = (lost / rows.quoteUnitsPerCoin) * at.fair(rows.quote);
  at.record(tapeKinds.badDebt, at.mechanismIndex, row, lost, rows.quote, usd);
}

/** What is sold (or bought) at a held price once notices have passed, less the drawn share of owners who pay. */
function ladder(name: string, rows: MarginCallsRows): Ladder {
  const { table, rule, params } = rows;
  const { openingSize, openingEntry, openingMargin } = table;
  const sold = Math.round((1 - params.cures) * 1e6);
  const usd = (units: number) => units / rows.quoteUnitsPerCoin;
  return positionLadder({
    mechanism: name,
    table,
    instrument: rows.instrument,
    reactionMs: params.everyMs + params.noticeMs,
    method: "sold down to the initial margin at the held price; of owners who may pay, the expected share sells",
    mark: (published) => markOf(published[rows.assetFeed], published[rows.quoteFeed]),
    forced(row, mark, into) {
      const size = openingSize[row];
      if (!perpetualBreaches(rule, size, openingEntry[row], openingMargin[row], mark)) return false;
      const units = mulDivDown(unitsToRestore(rows, size, openingEntry[row], openingMargin[row], mark), sold, 1e6);
      if (units === 0) return false;
      into.units = size > 0 ? units : -units;
      into.badDebtUsd = usd(Math.max(0, -equityAt(rule, size, openingEntry[row], openingMargin[row], mark)));
      return true;
    },
    describe: (row) => ({
      account: rows.ids.at(row) ?? String(row),
      collateral: [
        { asset: rows.asset, units: Math.max(0, openingSize[row]) },
        { asset: rows.quote, units: openingMargin[row] + (openingSize[row] < 0 ? openingEntry[row] : 0) },
      ],
      debt: [
        { asset: rows.asset, units: Math.max(0, -openingSize[row]) },
        { asset: rows.quote, units: openingSize[row] >= 0 ? openingEntry[row] : 0 },
      ],
    }),
  });
}
