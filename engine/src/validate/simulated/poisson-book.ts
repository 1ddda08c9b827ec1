import type { DepthLevel } from "../../book/book.js";
import { log, uniform } from "../../math/index.js";
import { type CascadeBook, type LoanPosition, loanBreachedBelow, toUnits } from "./engine.js";

/** Row 1: thresholds drawn as a Poisson process, equal loans, depth that is flat in dollars of price. */
export interface PoissonBook {
  readonly seed: number;
  /** nu: thresholds per dollar below the price. */
  readonly thresholdsPerUsd: number;
  /** delta: dollars that one liquidation moves the price. */
  readonly impactUsd: number;
  /** d0: the outside move, in dollars. */
  readonly moveUsd: number;
  /** Most loans in a book; a cascade through all of them is called a wipe-out. */
  readonly largestCount: number;
}

const spotPriceUsd = 1_000;
const collateralPerLoan = 10;
const collateralDecimals = 7;
const debtDecimals = 6;
const liquidationThreshold = 0.8;

/** The random stream of the thresholds; one repetition is one path. */
const thresholdStream = 1;

/** Loans kept below the first gap that no cascade can cross, for an engine that goes on too far to fall over. */
const sparePositions = 5;

/**
 * The maker of row 1's books: `openBook(path)` draws the thresholds of one repetition. Past the first threshold that even all loans above it
 * cannot push the price to, the process cannot matter, and the book ends a few loans later: small books open fast. Depth has a level at every
 * whole number of loans, so that the price is exactly linear where a cascade can stop.
 */
export function poissonBooks(parameters: PoissonBook): (path: number) => CascadeBook {
  const { seed, thresholdsPerUsd, impactUsd, moveUsd, largestCount } = parameters;
  const fairPriceUsd = spotPriceUsd - moveUsd;
  const levels = linearPriceLevels(fairPriceUsd, impactUsd, largestCount + 1);
  return (path) => {
    const positions: LoanPosition[] = [];
    let depthUsd = 0;
    let spareCount = 0;
    while (positions.length < largestCount && spareCount < sparePositions) {
      const row = positions.length;
      depthUsd -= log(uniform(seed, path, 0, thresholdStream, row)) / thresholdsPerUsd;
      if (spareCount > 0 || depthUsd > moveUsd + impactUsd * row) spareCount++;
      positions.push(loanAtDepth(depthUsd));
    }
    const bids = levels.slice(0, positions.length + 1);
    return { collateralDecimals, debtDecimals, spotPriceUsd, fairPriceUsd, liquidationThreshold, positions, bids };
  };
}

function loanAtDepth(depthUsd: number): LoanPosition {
  // A loan deeper than the price itself can never be reached; it owes one cent a coin.
  const breachPriceUsd = Math.max(0.01, spotPriceUsd - depthUsd);
  return loanBreachedBelow(breachPriceUsd, collateralPerLoan, liquidationThreshold, collateralDecimals, debtDecimals);
}

function linearPriceLevels(fairPriceUsd: number, impactUsd: number, count: number): DepthLevel[] {
  const unitsPerLoan = toUnits(collateralPerLoan, collateralDecimals);
  const levels: DepthLevel[] = [];
  for (let loans = 1; loans <= count; loans++) {
    levels.push({ relativePrice: 1 - (loans * impactUsd) / fairPriceUsd, units: loans * unitsPerLoan });
  }
  return levels;
}
