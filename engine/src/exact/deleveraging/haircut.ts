import { mulDivDown } from "../rounding.js";
import { type Allocation, takeInOrder, waterFill } from "./allocation.js";

/**
 * Takes `budget` from profits in a given order, each wholly before the next: the queue in money. Losses (negative profits) give nothing.
 * Source: the queue of arXiv:2512.01112, "wealth space".
 */
export function queueHaircut(budget: bigint, profits: readonly bigint[], order: readonly number[]): Allocation {
  return takeInOrder(budget, profits.map(positivePart), order);
}

/** Takes the same share of every profit: budget / sum of profits. Whole units by the largest remainder. */
export function proRataHaircut(budget: bigint, profits: readonly bigint[]): Allocation {
  return waterFill(
    budget,
    profits.map((profit) => ({ weight: positivePart(profit), cap: positivePart(profit) })),
  );
}

/** Takes the same share of every profit up to each one's own cap, `capShares` in parts of `scale`: share = min(level, cap). */
export function cappedProRataHaircut(
  budget: bigint,
  profits: readonly bigint[],
  capShares: readonly bigint[],
  scale: bigint,
): Allocation {
  return waterFill(
    budget,
    profits.map((profit, place) => ({
      weight: positivePart(profit),
      cap: mulDivDown(positivePart(profit), capShares[place], scale),
    })),
  );
}

/** Equities after a haircut: what each had, less what was taken. */
export function equitiesAfter(equities: readonly bigint[], haircut: Allocation): bigint[] {
  return equities.map((equity, place) => equity - haircut.amounts[place]);
}

function positivePart(profit: bigint): bigint {
  return profit > 0n ? profit : 0n;
}
