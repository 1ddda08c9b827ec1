import { least, mulDivDown } from "../rounding.js";
import { BASIS_POINTS } from "../scales.js";
import { type Allocation, takeInOrder, waterFill } from "./allocation.js";
import { type Counterparty, type DeleveragingTask, survivesPrice, unrealisedProfit } from "./counterparty.js";
import type { DeleveragingParameters } from "./parameters.js";
import { binanceRank, bybitRank, hyperliquidRank, inRankOrder, type Ranking } from "./ranking.js";

/**
 * Chooses whom to close and by how much: contract units per counterparty, in the order given, and the units for which nobody was found. Pure. Nobody is closed
 * beyond its position, nor at a price beyond its own bankruptcy; the units closed and those unfilled sum to the task's units exactly.
 */
export type DeleveragingPolicy = (task: DeleveragingTask, counterparties: readonly Counterparty[]) => Allocation;

/** Which counterparties may be closed at all: solvent at the task's price and, where asked, in profit at the mark. */
function mayClose(task: DeleveragingTask, counterparty: Counterparty, onlyProfitable: boolean): boolean {
  return survivesPrice(task, counterparty) && (!onlyProfitable || unrealisedProfit(task, counterparty) > 0n);
}

/** What each may be closed by: its size, or nothing. */
function closable(
  task: DeleveragingTask,
  counterparties: readonly Counterparty[],
  onlyProfitable: boolean,
): readonly bigint[] {
  return counterparties.map((one) => (mayClose(task, one, onlyProfitable) ? one.size : 0n));
}

/** Closes the first in rank whole, then the next, the last in part: the queue of Binance, Hyperliquid, Bybit and BitMEX. */
export function queuePolicy(rank: Ranking, onlyProfitable: boolean): DeleveragingPolicy {
  return (task, counterparties) =>
    takeInOrder(task.units, closable(task, counterparties, onlyProfitable), inRankOrder(task, counterparties, rank));
}

/**
 * dYdX v4: starts at a pseudo-random place and goes on in order, whatever the profit, past those whose own bankruptcy price does not overlap, and looks at
 * `mostAccounts` of them. `start` is that place, taken modulo the count: the caller draws it.
 */
export function dydxPolicy(start: number, mostAccounts?: number, onlyProfitable = false): DeleveragingPolicy {
  return (task, counterparties) => {
    const count = counterparties.length;
    const looked = Math.min(count, mostAccounts ?? count);
    const order = Array.from({ length: looked }, (_, step) => (start + step) % count);
    return takeInOrder(task.units, closable(task, counterparties, onlyProfitable), order);
  };
}

/** Closes everybody in proportion to size (`contracts`) or to profit at the mark (`profit`), nobody beyond its position. */
export function proRataPolicy(by: "contracts" | "profit", onlyProfitable: boolean): DeleveragingPolicy {
  return cappedProRataPolicy(by, BASIS_POINTS, onlyProfitable);
}

/** Pro rata with a cap: nobody loses more than `capBasisPoints` of its position; what that leaves falls to the others in proportion. */
export function cappedProRataPolicy(
  by: "contracts" | "profit",
  capBasisPoints: bigint,
  onlyProfitable: boolean,
): DeleveragingPolicy {
  return (task, counterparties) => {
    const sizes = closable(task, counterparties, onlyProfitable);
    return waterFill(
      task.units,
      counterparties.map((one, place) => ({
        weight: by === "contracts" ? sizes[place] : profitWeight(task, one),
        cap: mulDivDown(sizes[place], least(capBasisPoints, BASIS_POINTS), BASIS_POINTS),
      })),
    );
  };
}

function profitWeight(task: DeleveragingTask, counterparty: Counterparty): bigint {
  const profit = unrealisedProfit(task, counterparty);
  return profit > 0n ? profit : 0n;
}

/** The policy that parameters name. `start` is where the order of dYdX begins; the others do not read it. */
export function policyOf(parameters: DeleveragingParameters, start = 0): DeleveragingPolicy {
  const { policy, onlyProfitable, capBasisPoints, mostAccounts } = parameters;
  switch (policy) {
    case "binance-queue":
      return queuePolicy(binanceRank, onlyProfitable);
    case "hyperliquid-queue":
      return queuePolicy(hyperliquidRank, onlyProfitable);
    case "bybit-queue":
      return queuePolicy(bybitRank, onlyProfitable);
    case "dydx-order":
      return dydxPolicy(start, mostAccounts === undefined ? undefined : Number(mostAccounts), onlyProfitable);
    case "pro-rata-contracts":
      return proRataPolicy("contracts", onlyProfitable);
    case "pro-rata-profit":
      return proRataPolicy("profit", onlyProfitable);
    case "capped-pro-rata":
      return cappedProRataPolicy("contracts", capBasisPoints ?? BASIS_POINTS, onlyProfitable);
  }
}
