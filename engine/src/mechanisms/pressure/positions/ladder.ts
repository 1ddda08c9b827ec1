import type { AccountDescription, ForcedAccount, ForcedFlow, Ladder } from "../../../run/index.js";
import type { PositionTable } from "./table.js";

/** What one account is forced to trade at a held mark price: units of the instrument's asset, positive where sold, and what it lacks. */
export interface ForcedTrade {
  units: number;
  badDebtUsd: number;
}

/** What a ladder of positions must know beside the table. */
export interface PositionLadder {
  readonly mechanism: string;
  readonly table: PositionTable;
  readonly instrument: number;
  readonly method: string;
  /** Milliseconds from a price to the order it forces; left out: none. */
  readonly reactionMs?: number;
  /** The mark price in steps, of published prices. */
  mark(published: Float64Array): number;
  /** What the account trades until quiet with this mark price held; false where it is not liquidatable. Of opening columns. */
  forced(row: number, mark: number, into: ForcedTrade): boolean;
  describe(row: number): AccountDescription;
}

/** Positions by breach price: those that a mark price reaches are found by binary search and then asked one by one. */
export function positionLadder(of: PositionLadder): Ladder {
  const { table } = of;
  const sides = ([1, -1] as const).map((side) => {
    const rows = side === 1 ? table.order.longs : table.order.shorts;
    return { side, rows, keys: Float64Array.from(rows, (row) => side * table.breachSteps[row]) };
  });
  const trade: ForcedTrade = { units: 0, badDebtUsd: 0 };
  const visitForced = (published: Float64Array, visit: (row: number) => void) => {
    const mark = of.mark(published);
    if (mark === 0) return;
    for (const { side, rows, keys } of sides) {
      const count = reached(keys, side * mark);
      for (let place = 0; place < count; place++) {
        trade.units = 0;
        trade.badDebtUsd = 0;
        if (of.forced(rows[place], mark, trade)) visit(rows[place]);
      }
    }
  };
  return {
    mechanism: of.mechanism,
    pathFree: false,
    reactionMs: of.reactionMs ?? 0,
    method: `${sides[0].rows.length} longs and ${sides[1].rows.length} shorts by breach price (binary search), then one by one: ${of.method}`,
    forced(published: Float64Array, into: ForcedFlow) {
      visitForced(published, () => {
        into.accounts++;
        if (trade.units > 0) into.sold[of.instrument] += trade.units;
        else into.bought[of.instrument] -= trade.units;
        into.badDebtUsd += trade.badDebtUsd;
      });
    },
    accounts(published: Float64Array, visit: (account: ForcedAccount) => void) {
      visitForced(published, (row) =>
        visit({ row, instrument: of.instrument, units: trade.units, badDebtUsd: trade.badDebtUsd }),
      );
    },
    describe: of.describe,
  };
}

/** How many of the falling keys are at least `bound`. */
function reached(keys: Float64Array, bound: number): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle] >= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
