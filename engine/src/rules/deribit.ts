import { mulDivDown, mulDivUp } from "../math/index.js";
import { powersOfTen } from "./account-value.js";
import type { CoinClose, CoinContract } from "./coin-contract.js";
import { partOf, rateOne, type Side } from "./perpetual.js";

/** Rates of a margin that rises with size, in millionths. */
export interface RisingMargin {
  readonly base: number;
  /** What the rate rises by for one more coin. */
  readonly perCoin: number;
  readonly highest: number;
}

/** min(highest, base + perCoin x coins) x value, rounded up once. Equal to `maintenanceMargin` of exact/deribit. */
export function risingMaintenance(rates: RisingMargin, coinDecimals: number): (valueUnits: number) => number {
  const coin = powersOfTen[coinDecimals];
  const one = rateOne * coin;
  const highest = rates.highest * coin;
  return (value) => mulDivUp(value, Math.min(rates.base * coin + rates.perCoin * value, highest), one);
}

/** Where one position of a standard-margin account stands; coin units. */
export interface DeribitPosition {
  contracts: number;
  entry: number;
  balance: number;
}

/**
 * One step of a liquidation: closes contracts at the price the market paid and takes the fee; once nothing is open the fund covers a negative balance as far as it
 * reaches. Changes the position. Equal to `liquidationStep` of exact/deribit.
 */
export function deribitStep(
  contract: CoinContract,
  position: DeribitPosition,
  count: number,
  priceSteps: number,
  feeRate: number,
  fundUnits: number,
  into: CoinClose,
): CoinClose {
  const side: Side = position.contracts > 0 ? 1 : -1;
  const entry = partOf(position.entry, count, Math.abs(position.contracts));
  const value = contract.value(side * count, priceSteps);
  const realised = side * (entry - value);
  const after = position.balance + realised;
  const fee = Math.min(mulDivUp(value, feeRate, rateOne), Math.max(0, after));
  position.contracts -= side * count;
  position.entry -= entry;
  const gap = position.contracts === 0 ? Math.max(0, fee - after) : 0;
  position.balance = after - fee + gap;
  into.contracts = count;
  into.entry = entry;
  into.fee = fee;
  into.covered = Math.min(gap, fundUnits);
  into.uncovered = gap - into.covered;
  into.toAccount = realised - fee + gap;
  return into;
}

/**
 * Contracts, in whole steps, after which the maintenance margin is met if the market paid the mark price: the fewest, by bisection; all of them where none
 * suffices.
 */
export function contractsUntilMet(
  contract: CoinContract,
  maintenance: (valueUnits: number) => number,
  position: Readonly<DeribitPosition>,
  contractsPerStep: number,
  markSteps: number,
  feeRate: number,
): number {
  const size = Math.abs(position.contracts);
  const side: Side = position.contracts > 0 ? 1 : -1;
  const worth = contract.equity(position.contracts, position.entry, position.balance, markSteps);
  const met = (count: number) => {
    const fee = mulDivUp(contract.value(side * count, markSteps), feeRate, rateOne);
    return worth - fee >= maintenance(contract.value(side * (size - count), markSteps));
  };
  let low = 0;
  let high = Math.ceil(size / contractsPerStep);
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (met(Math.min(size, middle * contractsPerStep))) high = middle;
    else low = middle;
  }
  return Math.min(size, high * contractsPerStep);
}

/** What the winner at a place pays of a loss: shares in proportion, so that they add up to it. Equal to `socialiseLoss` of exact/deribit. */
export function lossShare(loss: number, wonBefore: number, won: number, wonByAll: number): number {
  return mulDivDown(loss, wonBefore + won, wonByAll) - mulDivDown(loss, wonBefore, wonByAll);
}
