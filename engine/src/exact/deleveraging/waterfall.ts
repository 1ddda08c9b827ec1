import { bankruptcyProceeds, type Counterparty, type DeleveragingTask, type Side } from "./counterparty.js";
import type { FundPayment } from "./insurance-fund.js";
import type { DeleveragingPolicy } from "./policies.js";
import { closeOut, type DeleveragingOutcome } from "./settlement.js";

/** A bankrupt position: equity at the price of disposal below zero. */
export interface BankruptPosition {
  readonly side: Side;
  /** Contract units, positive. */
  readonly size: bigint;
  readonly entryValue: bigint;
  readonly margin: bigint;
}

/** What closing a position at an obtained price leaves uncovered: max(0, bankruptcy proceeds x side - obtained x side). Quote units. */
export function deficitAt(position: BankruptPosition, obtained: bigint): bigint {
  const short = position.side * (bankruptcyProceeds(position.side, position.entryValue, position.margin) - obtained);
  return short > 0n ? short : 0n;
}

/**
 * Closes a bankrupt position against counterparties after a fund has paid its part: at the bankruptcy price, moved by what the fund paid, so that the
 * counterparties together give up the shortfall and no more (Bybit's recalculated bankruptcy price; the plain one where the fund paid nothing). Null where the
 * fund left no shortfall. `market` carries mark, scale and unit.
 */
export function settleBankruptcy(
  position: BankruptPosition,
  payment: FundPayment,
  policy: DeleveragingPolicy,
  counterparties: readonly Counterparty[],
  market: Pick<DeleveragingTask, "mark" | "priceScale" | "quoteUnit">,
): DeleveragingOutcome | null {
  if (payment.shortfall === 0n) return null;
  const { side, size, entryValue, margin } = position;
  const task: DeleveragingTask = {
    ...market,
    side: side === 1n ? -1n : 1n,
    units: size,
    proceeds: bankruptcyProceeds(side, entryValue, margin) - side * payment.paid,
  };
  return closeOut(task, counterparties, policy(task, counterparties));
}
