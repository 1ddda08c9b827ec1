import type { DepthLevel } from "../../book/book.js";
import { fillUniform, log } from "../../math/index.js";
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
  /** Loans in the book; all of them liquidated is called a wipe-out. */
  readonly positionCount: number;
}

const spotPriceUsd = 1_000;
const collateralPerLoan = 10;
const collateralDecimals = 7;
const debtDecimals = 6;
const liquidationThreshold = 0.8;

/** The random stream of the thresholds; one repetition is one path. */
const thresholdStream = 1;

/**
 * The maker of row 1's books: `openBook(path)` draws the thresholds of one repetition. All books share one depth curve, whose levels lie at
 * every whole number of loans, so that the price is exactly linear where a cascade can stop.
 */
export function poissonBooks(parameters: PoissonBook): (path: number) => CascadeBook {
  const { seed, thresholdsPerUsd, moveUsd, positionCount } = parameters;
  const fairPriceUsd = spotPriceUsd - moveUsd;
  const bids = linearPriceLevels(fairPriceUsd, parameters.impactUsd, positionCount);
  const draws = new Float64Array(positionCount);
  return (path) => {
    fillUniform(draws, seed, path, 0, thresholdStream);
    const positions: LoanPosition[] = [];
    let depthUsd = 0;
    for (let row = 0; row < positionCount; row++) {
      depthUsd -= log(draws[row]) / thresholdsPerUsd;
      positions.push(
        loanBreachedBelow(
          // A loan deeper than the price itself can never be reached; it owes one cent a coin.
          Math.max(0.01, spotPriceUsd - depthUsd),
          collateralPerLoan,
          liquidationThreshold,
          collateralDecimals,
          debtDecimals,
        ),
      );
    }
    return { collateralDecimals, debtDecimals, spotPriceUsd, fairPriceUsd, liquidationThreshold, positions, bids };
  };
}

function linearPriceLevels(fairPriceUsd: number, impactUsd: number, count: number): DepthLevel[] {
  const unitsPerLoan = toUnits(collateralPerLoan, collateralDecimals);
  const levels: DepthLevel[] = [];
  for (let loans = 1; loans <= count; loans++) {
    levels.push({ relativePrice: 1 - (loans * impactUsd) / fairPriceUsd, units: loans * unitsPerLoan });
  }
  return levels;
}
