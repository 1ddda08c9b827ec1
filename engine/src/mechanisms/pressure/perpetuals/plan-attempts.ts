import { mulDivDown, mulDivUp } from "../../../math/index.js";
import { stepsPerUsd } from "../../../rules/account-value.js";
import { bankruptcyCash, type Side } from "../../../rules/perpetual.js";
import type { Decide } from "../../../run/index.js";
import type { Attempt, Closing } from "./protocol.js";
import type { PerpetualsRows } from "./rows.js";

/** The market takes at least a hundredth of an attempt or none: crumbs would go one by one, round after round. */
const leastPart = 100;

/** Attempts that the fund cuts short in one round at most; who comes after them is asked again in the next round. */
const mostCut = 32;

/**
 * Sends one side's liquidatable accounts where the exchange's attempts say, one after the other: to the market as far as depth, the order's limit price and the
 * fund's part reach, at the batch's one average price; where that is nothing, to the backstop, to deleveraging, or nowhere yet. Calls `place` with each
 * row, the units that go to the market, and its attempt.
 */
export function planAttempts(
  rows: PerpetualsRows,
  closing: Closing,
  breaching: Int32Array,
  count: number,
  side: Side,
  at: Decide,
  place: (row: number, marketUnits: number, attempt: Attempt) => void,
): void {
  const order = byPriority(rows, closing, breaching, count, side);
  const attempts = order.map((row) => {
    const attempt: Attempt = { units: 0, step: 1, limitSteps: 0, fundUnits: 0, otherwise: "wait" };
    closing.attempt(rows, row, at, attempt);
    return attempt;
  });
  const asking = {
    rows,
    closing,
    order,
    attempts,
    side,
    at,
    fundUnits: at.balance(rows.fund, rows.quote) - rows.fundPromised,
  };
  const units = marketUnits(asking, withinDepth(asking));
  rows.fundPromised += lost(asking, units);
  order.forEach((row, index) => {
    place(row, units[index], attempts[index]);
  });
}

interface Asking {
  readonly rows: PerpetualsRows;
  readonly closing: Closing;
  readonly order: readonly number[];
  readonly attempts: readonly Attempt[];
  readonly side: Side;
  readonly at: Decide;
  readonly fundUnits: number;
}

/** By falling priority, or longs by rising, shorts by falling bankruptcy price; ties by row. */
function byPriority(
  rows: PerpetualsRows,
  closing: Closing,
  breaching: Int32Array,
  count: number,
  side: Side,
): number[] {
  const key = (row: number) =>
    closing.priority === undefined
      ? (-side * bankruptcyCash(side, rows.entry[row], rows.margin[row])) / Math.abs(rows.size[row])
      : closing.priority(rows, row);
  const keys = new Map<number, number>();
  const sorted = Array.from(breaching.subarray(0, count));
  for (const row of sorted) keys.set(row, key(row));
  return sorted.sort((a, b) => (keys.get(b) as number) - (keys.get(a) as number) || a - b);
}

/** What depth and each order's own limit price leave: an order counts those before it. */
function withinDepth({ rows, attempts, side, at }: Asking): number[] {
  const capacity = at.venueDepth(rows.instrument, side);
  let sent = 0;
  return attempts.map((attempt) => {
    const { units, limitSteps } = attempt;
    const reach =
      limitSteps > 0 ? Math.min(capacity, side * at.unitsToPrice(rows.instrument, limitSteps / stepsPerUsd)) : capacity;
    const taken = inSteps(attempt, Math.max(0, Math.min(units, reach - sent)));
    sent += taken;
    return taken;
  });
}

/** Units of an attempt: all of it, or a multiple of its step that is no crumb. */
function inSteps({ units, step }: Attempt, most: number): number {
  if (most >= units) return units;
  const whole = most - (most % step);
  return whole * leastPart < units ? 0 : whole;
}

/** What the fund leaves of that: the longest run of orders that it carries goes whole, the next as far as it reaches, and so on. */
function marketUnits(asking: Asking, wanted: readonly number[]): number[] {
  const units = new Array<number>(wanted.length).fill(0);
  let first = 0;
  for (let cut = 0; first < wanted.length && cut < mostCut; cut++) {
    let low = first;
    let high = wanted.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      for (let i = first; i < wanted.length; i++) units[i] = i < middle ? wanted[i] : 0;
      if (carried(asking, units)) low = middle;
      else high = middle - 1;
    }
    for (let i = first; i < wanted.length; i++) units[i] = i < low ? wanted[i] : 0;
    if (low === wanted.length) return units;
    units[low] = mostCarried(asking, units, low, wanted[low]);
    first = low + 1;
  }
  return units;
}

/** The most units of one order, at most `most`, that the fund carries beside the others. */
function mostCarried(asking: Asking, units: number[], index: number, most: number): number {
  let low = 0;
  let high = most;
  while (low < high) {
    units[index] = low + Math.ceil((high - low) / 2);
    if (carried(asking, units)) low = units[index];
    else high = units[index] - 1;
  }
  return inSteps(asking.attempts[index], low);
}

/** Whether the fund can pay what others would have to, each account's part and all together, if these units are one batch. */
function carried(asking: Asking, units: readonly number[]): boolean {
  return lost(asking, units) <= asking.fundUnits;
}

/** What others would have to pay if these units are one batch; infinite where it is more than one of the attempts may cost. */
function lost({ rows, closing, order, attempts, side, at }: Asking, units: readonly number[]): number {
  const total = units.reduce((sum, one) => sum + one, 0);
  if (total === 0) return 0;
  const cash = at.quoteCash(rows.instrument, side * total);
  let missing = 0;
  for (let index = 0; index < units.length; index++) {
    if (units[index] === 0) continue;
    const share = side === 1 ? mulDivDown(cash, units[index], total) : mulDivUp(cash, units[index], total);
    const own =
      closing.loss?.(rows, order[index], units[index], share) ??
      Math.max(0, -closing.toFund(rows, order[index], units[index], share));
    if (own > attempts[index].fundUnits) return Number.POSITIVE_INFINITY;
    missing += own;
  }
  return missing;
}
