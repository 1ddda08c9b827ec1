import { divDown, mulDivDown, mulDivUp } from "../rounding.js";
import type { Allocation } from "./allocation.js";
import { type Counterparty, type DeleveragingTask, markValue } from "./counterparty.js";
import { AllotmentExceedsPosition } from "./errors.js";

/** One counterparty's close. Money in quote units. */
export interface DeleveragingFill {
  /** Place in the list of counterparties. */
  readonly place: number;
  readonly units: bigint;
  /** Passes between the two accounts: to the counterparty when it was long, from it when it was short. */
  readonly cash: bigint;
  /** Booked to the counterparty's margin: side x (cash - its part of the entry value). */
  readonly realised: bigint;
  /** What it gives up against the mark: side x (value at the mark - cash); negative where the price is better than the mark. */
  readonly forgone: bigint;
}

/** Everything that an allotment moves. */
export interface DeleveragingOutcome {
  readonly counterparties: readonly Counterparty[];
  readonly fills: readonly DeleveragingFill[];
  /** Contract units taken off the bankrupt position, the same number as off the counterparties. */
  readonly bankruptUnits: bigint;
  /** Cash of the bankrupt position for those units: the fills' cash, of the other sign. */
  readonly bankruptCash: bigint;
  readonly unfilled: bigint;
}

/**
 * Closes what a policy chose, at the task's price, in the order given. The cash of the first n units is floor(proceeds x n / units), so the fills sum to the
 * whole without a unit lost. The part of the entry value that leaves rounds in the account's favour (down for longs, up for shorts) and the rest of the
 * position bears it. Throws AllotmentExceedsPosition.
 */
export function closeOut(
  task: DeleveragingTask,
  counterparties: readonly Counterparty[],
  allotment: Allocation,
): DeleveragingOutcome {
  const next = [...counterparties];
  const fills: DeleveragingFill[] = [];
  let closed = 0n;
  let paid = 0n;
  allotment.amounts.forEach((units, place) => {
    if (units === 0n) return;
    const before = counterparties[place];
    if (units < 0n || units > before.size) throw new AllotmentExceedsPosition(units, before.size);
    closed += units;
    const paidSoFar = divDown(task.proceeds * closed, task.units);
    const fill = fillOf(task, before, place, units, paidSoFar - paid);
    paid = paidSoFar;
    fills.push(fill);
    next[place] = afterFill(task, before, fill);
  });
  return {
    counterparties: next,
    fills,
    bankruptUnits: closed,
    bankruptCash: -task.side * paid,
    unfilled: allotment.unfilled,
  };
}

/** The part of an entry value that belongs to `units` of a position, in the account's favour. */
function entryPart(task: DeleveragingTask, of: Counterparty, units: bigint): bigint {
  return (task.side === 1n ? mulDivDown : mulDivUp)(of.entryValue, units, of.size);
}

function fillOf(
  task: DeleveragingTask,
  of: Counterparty,
  place: number,
  units: bigint,
  cash: bigint,
): DeleveragingFill {
  return {
    place,
    units,
    cash,
    realised: task.side * (cash - entryPart(task, of, units)),
    forgone: task.side * (markValue(task, units) - cash),
  };
}

function afterFill(task: DeleveragingTask, before: Counterparty, fill: DeleveragingFill): Counterparty {
  return {
    ...before,
    size: before.size - fill.units,
    entryValue: before.entryValue - entryPart(task, before, fill.units),
    margin: before.margin + fill.realised,
    walletBalance: before.walletBalance + fill.realised,
    accountValue: before.accountValue - fill.forgone,
  };
}
