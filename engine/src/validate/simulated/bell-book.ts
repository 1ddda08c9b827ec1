import { exp, log, normalInverse } from "../../math/index.js";
import type { ThresholdBell } from "../fold.js";
import { type CascadeBook, type CascadeOutcome, loanBreachedBelow, toUnits } from "./engine.js";

const spotPriceUsd = 2_000;
// Large loans: a debt is whole units, and a breach price must be good to far below 1e-9.
const collateralPerLoan = 1_000;
const collateralDecimals = 6;
const debtDecimals = 4;
const liquidationThreshold = 0.8;

/**
 * Row 2: N equal loans whose thresholds are the mid-quantiles of the bell, against depth that is linear in log price. Drops are falls of the log
 * price: D = ln(spot / price). The engine's curves are log-linear, so one segment is exactly linear depth, and
 * D = s + A (count sold) / N holds to the last bit. Returns `openBook(shock)`; shocks are falls of log fair value.
 */
export function bellBooks(bell: ThresholdBell, count: number): (shock: number) => CascadeBook {
  const positions = Array.from({ length: count }, (_, row) => {
    const threshold = bell.centre + bell.width * normalInverse((row + 0.5) / count);
    const breachPriceUsd = spotPriceUsd * exp(-threshold);
    return loanBreachedBelow(breachPriceUsd, collateralPerLoan, liquidationThreshold, collateralDecimals, debtDecimals);
  });
  // Twice as deep as everything that can be sold, so that depth is never exhausted.
  const bids = [
    { relativePrice: exp(-2 * bell.reach), units: 2 * count * toUnits(collateralPerLoan, collateralDecimals) },
  ];
  return (shock) => ({
    collateralDecimals,
    debtDecimals,
    spotPriceUsd,
    fairPriceUsd: spotPriceUsd * exp(-shock),
    liquidationThreshold,
    positions,
    bids,
  });
}

/** The fall of the log price that a cascade came to rest at. */
export function logDrop(book: CascadeBook, outcome: CascadeOutcome): number {
  return log(book.spotPriceUsd / outcome.priceUsd);
}

/**
 * The staircase's own fold, s_c + A / (2 N): loan i of N falls once i - 1 are sold, so its shock is x_i - A (i - 1) / N, and the threshold x_i
 * stands at the middle of its step. The rest is of order 1 / N^2: below 5e-11 at N = 100,000 for the acceptance bell.
 */
export function staircaseFold(collapseShock: number, bell: ThresholdBell, count: number): number {
  return collapseShock + bell.reach / (2 * count);
}
