import { mulDivDown, mulDivUp } from "../../../math/index.js";
import { bankruptcyCash, closedEquity, partOf, type Side } from "../../../rules/perpetual.js";
import type { Decide } from "../../../run/index.js";
import type { PerpetualsRows } from "./rows.js";

/** The market takes at least a hundredth of a position or none: crumbs whose gap rounds to nothing would go one by one, round after round. */
const leastPart = 100;

/**
 * Sends one side's liquidatable accounts to the market or to deleveraging. Without a deleveraging policy everybody goes to the market. With one the exchange
 * asks what the merged depth would pay: the strongest accounts first (by bankruptcy price) go to the market as long as there is depth and the
 * insurance fund can pay every gap at the batch's one average price; the first that fails goes with as many units as that allows, the rest is
 * deleveraged at bankruptcy prices. Source: a liquidation order's limit is the bankruptcy price as far as the fund reaches.
 * Calls `place` with each row and the units that go to the market.
 */
export function planCloses(
  rows: PerpetualsRows,
  breaching: Int32Array,
  count: number,
  side: Side,
  at: Decide,
  place: (row: number, marketUnits: number) => void,
): void {
  const size = (row: number) => Math.abs(rows.size[row]);
  if (rows.params.deleveraging === "none") {
    for (let i = 0; i < count; i++) place(breaching[i], size(breaching[i]));
    return;
  }
  const capacity = at.venueDepth(rows.instrument, side);
  const order = strongestFirst(rows, breaching, count, side);
  const total = order.reduce((sum, row) => sum + size(row), 0);
  // What the other side's closes of this round may cost is spoken for.
  const fundUnits = at.balance(rows.fund, rows.quote) - rows.fundPromised;
  const asking: Asking = { rows, order, side, at, fundUnits };
  if (total <= capacity) {
    const missing = gap(asking, order.length, 0);
    if (missing <= fundUnits) {
      rows.fundPromised += missing;
      for (const row of order) place(row, size(row));
      return;
    }
  }
  const whole = mostWhole(asking, capacity);
  let sent = 0;
  for (let i = 0; i < whole; i++) {
    place(order[i], size(order[i]));
    sent += size(order[i]);
  }
  const next = order[whole];
  const most = mostUnits(asking, whole, Math.min(size(next), capacity - sent));
  const units = most * leastPart < size(next) ? 0 : most;
  rows.fundPromised += gap(asking, whole, units);
  place(next, units);
  for (let i = whole + 1; i < order.length; i++) place(order[i], 0);
}

interface Asking {
  readonly rows: PerpetualsRows;
  readonly order: readonly number[];
  readonly side: Side;
  readonly at: Decide;
  readonly fundUnits: number;
}

/** Longs by rising, shorts by falling bankruptcy price; ties by row. */
function strongestFirst(rows: PerpetualsRows, breaching: Int32Array, count: number, side: Side): number[] {
  const price = (row: number) =>
    (side * bankruptcyCash(side, rows.entry[row], rows.margin[row])) / Math.abs(rows.size[row]);
  return Array.from(breaching.subarray(0, count)).sort((a, b) => price(a) - price(b) || a - b);
}

/** The largest number of accounts that can go to the market whole: depth suffices and the fund pays every gap. The gap grows with the number. */
function mostWhole(asking: Asking, capacity: number): number {
  const { order, rows } = asking;
  let high = 0;
  for (let units = 0; high < order.length; high++) {
    units += Math.abs(rows.size[order[high]]);
    if (units > capacity) break;
  }
  let low = 0;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (gap(asking, middle, 0) <= asking.fundUnits) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The most units of the next account that still can go to the market, at most `most`. */
function mostUnits(asking: Asking, whole: number, most: number): number {
  let low = 0;
  let high = Math.max(0, most);
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2);
    if (gap(asking, whole, middle) <= asking.fundUnits) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What others must pay, in quote units, if the first `whole` accounts and `units` of the next are closed in one batch by themselves. */
function gap(asking: Asking, whole: number, units: number): number {
  const { rows, order, side, at } = asking;
  const sizeOf = (place: number) => (place < whole ? Math.abs(rows.size[order[place]]) : units);
  const places = units > 0 ? whole + 1 : whole;
  let total = 0;
  for (let place = 0; place < places; place++) total += sizeOf(place);
  if (total === 0) return 0;
  const cash = at.quoteCash(rows.instrument, side * total);
  let missing = 0;
  for (let place = 0; place < places; place++) {
    const row = order[place];
    const part = sizeOf(place);
    const size = Math.abs(rows.size[row]);
    const share = side === 1 ? mulDivDown(cash, part, total) : mulDivUp(cash, part, total);
    const kept = closedEquity(side, partOf(rows.entry[row], part, size), partOf(rows.margin[row], part, size), share);
    if (kept < 0) missing -= kept;
  }
  return missing;
}
