import { divDown, divUp, mulDivDown } from "../rounding.js";

/** 1 for a long position, -1 for a short one. */
export type Side = 1n | -1n;

/** An open position that could be closed to match a bankrupt one. Money is in whole units of the quote asset, sizes in whole units of the contract. */
export interface Counterparty {
  /** Contract units, always positive: the side stands with the task. */
  readonly size: bigint;
  /** Size times entry price: what the position cost, or what was received for it when short. */
  readonly entryValue: bigint;
  /** Cash that stands behind this position alone: isolated margin, or the account's share in it. */
  readonly margin: bigint;
  /** The whole account's cash, without unrealised profit. */
  readonly walletBalance: bigint;
  /** The whole account's cash plus unrealised profit of all its positions. */
  readonly accountValue: bigint;
  /** The whole account's maintenance margin. */
  readonly maintenanceMargin: bigint;
}

/** What must be closed against whom, and at what price. */
export interface DeleveragingTask {
  /** The counterparties' side, opposite to the bankrupt position. */
  readonly side: Side;
  /** Contract units to close. */
  readonly units: bigint;
  /**
   * Quote units that pass hands for all of `units`: the price is `proceeds / units`, exactly. At the bankruptcy price see `bankruptcyProceeds`; a venue
   * that closes at an older mark states that instead.
   */
  readonly proceeds: bigint;
  /** Mark price; `priceScale` stands for one quote unit per contract unit. */
  readonly mark: bigint;
  readonly priceScale: bigint;
  /** Quote units of one dollar: Binance divides by at least one. */
  readonly quoteUnit: bigint;
}

/** Quote units of `units` contracts at the mark, rounded down. */
export function markValue(task: DeleveragingTask, units: bigint): bigint {
  return mulDivDown(units, task.mark, task.priceScale);
}

/** Unrealised profit at the mark, negative for a loss: side x (value at the mark - entry value). */
export function unrealisedProfit(task: DeleveragingTask, counterparty: Counterparty): bigint {
  return task.side * (markValue(task, counterparty.size) - counterparty.entryValue);
}

/**
 * Quote units for which closing a whole position leaves it with exactly nothing: entry - margin for a long, entry + margin for a short. Source: the bankruptcy
 * price entry x (1 - side x margin / (size x entry)), times size.
 */
export function bankruptcyProceeds(side: Side, entryValue: bigint, margin: bigint): bigint {
  return entryValue - side * margin;
}

/**
 * Whether a counterparty closed whole at the task's price keeps at least nothing: its own bankruptcy price is not passed. The proceeds are rounded against it.
 * Source: dYdX v4 `OffsetSubaccountPerpetualPosition`, which skips accounts whose bankruptcy prices do not overlap.
 */
export function survivesPrice(task: DeleveragingTask, counterparty: Counterparty): boolean {
  const { side, proceeds, units } = task;
  const value = (side === 1n ? divDown : divUp)(proceeds * counterparty.size, units);
  return counterparty.margin + side * (value - counterparty.entryValue) >= 0n;
}
