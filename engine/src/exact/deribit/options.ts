import { divUp, most, mulDivDown, mulDivUp } from "../rounding.js";
import { RATE_ONE } from "./parameters.js";

/** One short option on one coin; prices in 1e-8 USD steps except `mark`, which is in coin units as quoted. */
export interface ShortOption {
  readonly call: boolean;
  /** Strike and price of the underlying in 1e-8 USD steps. */
  readonly strike: bigint;
  readonly underlying: bigint;
  /** The option's mark price in units of the coin. */
  readonly mark: bigint;
}

/** Rates of the standard-margin option formulas in millionths of a coin. */
export interface OptionRates {
  /** 0.15: initial margin at the money. */
  readonly initial: bigint;
  /** 0.1: initial margin however far out of the money. */
  readonly initialFloor: bigint;
  /** 0.075: maintenance margin; for puts also the share of the mark that may exceed it. */
  readonly maintenance: bigint;
}

/** The rates in the exchange's documentation. */
export const optionRates: OptionRates = { initial: 150_000n, initialFloor: 100_000n, maintenance: 75_000n };

/** How far a short option is out of the money, as millionths of the underlying rounded down (less relief); 0 in the money. */
function outOfTheMoney(option: ShortOption): bigint {
  const amount = option.call ? option.strike - option.underlying : option.underlying - option.strike;
  return mulDivDown(most(amount, 0n), RATE_ONE, option.underlying);
}

/** Maintenance margin of one short option in coin units, rounded up: call 0.075 + mark, put max(0.075, 0.075 x mark) + mark. `coin` is one coin in units. */
export function optionMaintenance(option: ShortOption, coin: bigint, rates: OptionRates = optionRates): bigint {
  const flat = mulDivUp(rates.maintenance, coin, RATE_ONE);
  if (option.call) return flat + option.mark;
  return most(flat, mulDivUp(rates.maintenance, option.mark, RATE_ONE)) + option.mark;
}

/**
 * Initial margin of one short option in coin units, rounded up: call max(0.15 - out of the money / underlying, 0.1) + mark; a put the same, but at least its
 * maintenance margin.
 */
export function optionInitial(option: ShortOption, coin: bigint, rates: OptionRates = optionRates): bigint {
  const rate = most(rates.initial - outOfTheMoney(option), rates.initialFloor);
  const needed = divUp(rate * coin, RATE_ONE) + option.mark;
  return option.call ? needed : most(needed, optionMaintenance(option, coin, rates));
}
