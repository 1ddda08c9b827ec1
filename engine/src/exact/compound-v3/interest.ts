import { divDown, mulDivDown } from "../rounding.js";
import { SECONDS_PER_YEAR, WAD } from "../scales.js";
import { TimeBeforeLastAccrual } from "./errors.js";
import type { CompoundParameters } from "./parameters.js";
import { type CompoundMarket, presentValueBorrow, presentValueSupply } from "./state.js";

/** A yearly rate (wad) per second of a 365-day year (wad), rounded down (Comet's constructor). */
export function ratePerSecond(yearly: bigint): bigint {
  return divDown(yearly, SECONDS_PER_YEAR);
}

/** Owed over supplied, wad, rounded down; zero where nothing is supplied; may exceed one (Comet.getUtilization). */
export function utilization(market: CompoundMarket): bigint {
  const supplied = presentValueSupply(market, market.totalSupplyBase);
  return supplied === 0n ? 0n : mulDivDown(presentValueBorrow(market, market.totalBorrowBase), WAD, supplied);
}

/** Base rate plus the low slope up to the kink plus the high slope beyond it: wads a second, every product rounded down. */
function kinkedRate(use: bigint, kink: bigint, yearlyBase: bigint, yearlyLow: bigint, yearlyHigh: bigint): bigint {
  const base = ratePerSecond(yearlyBase);
  const low = ratePerSecond(yearlyLow);
  if (use <= kink) return base + mulDivDown(low, use, WAD);
  return base + mulDivDown(low, kink, WAD) + mulDivDown(ratePerSecond(yearlyHigh), use - kink, WAD);
}

/** Supply rate at a utilization (wad), wad a second (Comet.getSupplyRate). */
export function supplyRate(parameters: CompoundParameters, use: bigint): bigint {
  const { supplyKink, supplyBase, supplySlopeLow, supplySlopeHigh } = parameters.rates;
  return kinkedRate(use, supplyKink, supplyBase, supplySlopeLow, supplySlopeHigh);
}

/** Borrow rate at a utilization (wad), wad a second (Comet.getBorrowRate). */
export function borrowRate(parameters: CompoundParameters, use: bigint): bigint {
  const { borrowKink, borrowBase, borrowSlopeLow, borrowSlopeHigh } = parameters.rates;
  return kinkedRate(use, borrowKink, borrowBase, borrowSlopeLow, borrowSlopeHigh);
}

/**
 * The market at `second`: both indices grow by their rate at the utilization of the last accrual times the seconds since, simple interest, rounded down
 * (Comet.accrueInternal). Throws TimeBeforeLastAccrual.
 */
export function accrue(parameters: CompoundParameters, market: CompoundMarket, second: bigint): CompoundMarket {
  const elapsed = second - market.lastAccrualTime;
  if (elapsed < 0n) throw new TimeBeforeLastAccrual(`second ${second} is before ${market.lastAccrualTime}`);
  if (elapsed === 0n) return market;
  const use = utilization(market);
  const grown = (index: bigint, rate: bigint) => index + mulDivDown(index, rate * elapsed, WAD);
  return {
    ...market,
    baseSupplyIndex: grown(market.baseSupplyIndex, supplyRate(parameters, use)),
    baseBorrowIndex: grown(market.baseBorrowIndex, borrowRate(parameters, use)),
    lastAccrualTime: second,
  };
}
