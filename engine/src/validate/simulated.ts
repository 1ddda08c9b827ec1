import { check, type Expectation, type ValidationCase } from "./case.js";
import { acceptanceBell, folds } from "./fold.js";
import { acceptanceLoan } from "./loss-free-window.js";
import { rows } from "./rows.js";
import { bellBooks, logDrop, staircaseFold } from "./simulated/bell-book.js";
import { fromUnits, type LiquidationBook, type SimulatedEngine, toUnits } from "./simulated/engine.js";
import {
  gapBook,
  plainToxicityBook,
  pooledToxicityBook,
  poolSaleBook,
  targetHealthBook,
} from "./simulated/loan-books.js";
import { poissonBooks } from "./simulated/poisson-book.js";
import { volatilitySimulationCases } from "./volatility-estimators.js";

/** Called now and then while cases are made: how many of how many steps, and of what. */
export type SimulationProgress = (done: number, total: number, what: string) => void;

/** Sizes that the acceptance tolerances ask for; smaller ones are for a quick look and may fail. */
export interface SimulationSizes {
  /** Repetitions of each of row 1's cascades. */
  readonly repetitions: number;
  /** Loans in row 2's book. */
  readonly bellPositions: number;
  readonly seed: number;
}

/** The sizes that the acceptance tolerances ask for. */
export const acceptanceSizes: SimulationSizes = { repetitions: 200_000, bellPositions: 100_000, seed: 20_240_805 };

/** Every number that the mechanisms must reproduce themselves, asked of `engine`. Deterministic: the seed is fixed. */
export function simulatedCases(
  engine: SimulatedEngine,
  progress: SimulationProgress = () => {},
  sizes: SimulationSizes = acceptanceSizes,
): ValidationCase[] {
  return [
    ...poissonCases(engine, progress, sizes),
    ...bellCases(engine, sizes),
    ...toxicityCases(engine),
    ...gapCases(engine),
    ...poolSaleCases(engine),
    ...targetHealthCases(engine),
    ...volatilitySimulationCases(),
  ];
}

/** What many repetitions of one cascade came to. */
interface CountSample {
  readonly mean: number;
  readonly variance: number;
  /** By count; the last entry is the wipe-outs. */
  readonly shares: readonly number[];
}

function poissonCases(engine: SimulatedEngine, progress: SimulationProgress, sizes: SimulationSizes): ValidationCase[] {
  const sample = (gain: number, largestCount: number, pathOffset: number): CountSample => {
    const openBook = poissonBooks({
      seed: sizes.seed,
      thresholdsPerUsd: 1,
      impactUsd: gain,
      moveUsd: 1,
      largestCount,
    });
    return sampleCounts(sizes.repetitions, largestCount, (repetition) => {
      if (repetition % 10_000 === 0) progress(repetition, sizes.repetitions, `row 1, gain ${gain}`);
      return engine.cascade(openBook(pathOffset + repetition)).liquidatedCount;
    });
  };
  // Cascades past 1,000 loans have a probability below 1e-12 at gain 0.8; at 1.2, finite ones past 400 have one below 2e-6.
  const half = sample(0.5, 1_000, 0);
  const fragile = sample(0.8, 1_000, sizes.repetitions);
  const wipeOutLimit = 400;
  const runaway = sample(1.2, wipeOutLimit, 2 * sizes.repetitions);
  const about = (id: string, unit: string, expected: number, tolerance: number, relative: boolean): Expectation => ({
    id: `generalised-poisson/simulated-${id}`,
    source: `Consul and Jain 1973; ${sizes.repetitions} cascades, wipe-out: all ${wipeOutLimit} loans`,
    tag: "D",
    unit,
    expected,
    tolerance,
    toleranceKind: relative ? "relative" : "absolute",
    row: rows.generalisedPoisson,
    how: "simulated",
  });
  return [
    check(about("mean-gain-0.5", "liquidations", 2, 0.015, true), half.mean),
    check(about("variance-gain-0.5", "liquidations²", 8, 0.05, true), half.variance),
    check(about("p0-gain-0.5", "probability", 0.367879, 0.003, false), half.shares[0]),
    check(about("p3-gain-0.5", "probability", 0.0855052, 0.003, false), half.shares[3]),
    check(about("mean-gain-0.8", "liquidations", 5, 0.015, true), fragile.mean),
    check(about("variance-gain-0.8", "liquidations²", 125, 0.05, true), fragile.variance),
    check(about("wipe-out-gain-1.2", "probability", 0.269261, 0.003, false), runaway.shares[wipeOutLimit]),
  ];
}

function sampleCounts(repetitions: number, largest: number, countOf: (repetition: number) => number): CountSample {
  const seen = new Float64Array(largest + 1);
  for (let repetition = 0; repetition < repetitions; repetition++) seen[countOf(repetition)]++;
  let sum = 0;
  let squares = 0;
  for (let count = 0; count <= largest; count++) {
    sum += count * seen[count];
    squares += count * count * seen[count];
  }
  const mean = sum / repetitions;
  const variance = (squares - repetitions * mean * mean) / (repetitions - 1);
  return { mean, variance, shares: Array.from(seen, (times) => times / repetitions) };
}

function bellCases(engine: SimulatedEngine, sizes: SimulationSizes): ValidationCase[] {
  const count = sizes.bellPositions;
  const openBook = bellBooks(acceptanceBell, count);
  const fold = folds(acceptanceBell);
  const expectedFold = fold === null ? Number.NaN : staircaseFold(fold.collapseShock, acceptanceBell, count);
  const dropAt = (shock: number): number => {
    const book = openBook(shock);
    return logDrop(book, engine.cascade(book));
  };
  // The jump goes from a drop of 0.09 to one of 0.37; the middle tells the sides apart.
  const foldShock = bisectJump((shock) => dropAt(shock) > 0.2, 0.05, 0.09);
  const about = (id: string, expected: number, tolerance: number): Expectation => ({
    id: `fold/simulated-${id}`,
    source: `Gennotte and Leland 1990, reduced form; ${count} equal loans at mid-quantiles`,
    tag: "D",
    unit: "log price",
    expected,
    tolerance,
    row: rows.fold,
    how: "simulated",
  });
  return [
    check(about("collapse-shock", expectedFold, 1e-9), foldShock),
    check(about("drop-just-below", 0.09055, 5e-6), dropAt(foldShock - 1e-6)),
    check(about("drop-just-above", 0.36997, 5e-6), dropAt(foldShock + 1e-6)),
  ];
}

/** The smallest argument at which `jumped` is true, to 1e-12; false at `low`, true at `high`. */
function bisectJump(jumped: (x: number) => boolean, low: number, high: number): number {
  let before = low;
  let after = high;
  while (after - before > 1e-12) {
    const middle = (before + after) / 2;
    if (jumped(middle)) after = middle;
    else before = middle;
  }
  return after;
}

/** The largest whole number between `low` and `high` at which `holds`; it must hold at `low` and fail above some number. */
function largestWhole(holds: (units: number) => boolean, low: number, high: number): number {
  let inside = low;
  let outside = high + 1;
  while (outside - inside > 1) {
    const middle = Math.floor((inside + outside) / 2);
    if (holds(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
}

function toxicityCases(engine: SimulatedEngine): ValidationCase[] {
  const collateralUnits = toUnits(1e6, 6);
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `toxicity-frontier/simulated-${id}`,
    source: "Warmuz, Chaudhary and Pinna, arXiv:2212.07306",
    tag: "S+D",
    unit,
    expected,
    tolerance,
    row: rows.toxicityFrontier,
    how: "simulated",
  });
  const plain = [0.05, 0.08, 0.1].map((bonus) => {
    const largest = largestWhole((debt) => heals(engine, plainToxicityBook(bonus, debt)), 1, collateralUnits - 1);
    return check(about(`bonus-${bonus}`, "units of debt", collateralUnits / (1 + bonus), 2), largest);
  });
  const pooled = [
    { collateralUsd: 1e5, frontier: 0.890313 },
    { collateralUsd: 5e5, frontier: 0.771605 },
    { collateralUsd: 1e6, frontier: 0.661376 },
  ].map(({ collateralUsd, frontier }) => {
    const ltvAt = (repayShare: number): number => {
      const open = (debt: number) => pooledToxicityBook(0.08, collateralUsd, 5e6, debt, repayShare);
      const all = toUnits(collateralUsd, 6);
      return largestWhole((debt) => heals(engine, open(debt)), toUnits(1, 6), all - 1) / all;
    };
    // The frontier is about the first dollar. Two small repayments, drawn out to none: the first-order term cancels.
    const ltv = 2 * ltvAt(0.001) - ltvAt(0.002);
    return check(about(`pool-collateral-${collateralUsd}`, "share", frontier, 2e-6), ltv);
  });
  return [...plain, ...pooled];
}

/** Whether a liquidation leaves the account no worse: price' C' / D' >= price C / D. */
function heals(engine: SimulatedEngine, book: LiquidationBook): boolean {
  const after = engine.liquidate(book);
  const { collateralUnits, debtUnits } = book.account;
  if (after.priceUsd === book.priceUsd) {
    // Products of units pass 2^53, so they are compared exactly.
    return BigInt(after.collateralUnits) * BigInt(debtUnits) >= BigInt(collateralUnits) * BigInt(after.debtUnits);
  }
  const collateralLeft = (after.collateralUnits / collateralUnits) * (after.priceUsd / book.priceUsd);
  return collateralLeft >= after.debtUnits / debtUnits;
}

function gapCases(engine: SimulatedEngine): ValidationCase[] {
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `loss-free-window/simulated-${id}`,
    source: "Gatto, SSRN 7157638",
    tag: "S2+D",
    unit,
    expected,
    tolerance,
    row: rows.lossFreeWindow,
    how: "simulated",
  });
  const badDebtAt = (gap: number): number => {
    const after = engine.liquidate(gapBook(acceptanceLoan, gap));
    return after.collateralUnits === 0 ? fromUnits(after.debtUnits, 6) / 1e6 : 0;
  };
  const eligibleAt = (gap: number) => engine.liquidate(gapBook(acceptanceLoan, gap)).repaidUnits > 0;
  const gaps = [
    { gap: 5, badDebt: 0 },
    { gap: 8, badDebt: 0.5776 },
    { gap: 12, badDebt: 4.538 },
    { gap: 20, badDebt: 12.4587 },
    { gap: 35, badDebt: 27.3102 },
  ];
  return [
    check(about("eligibility-drop", "share", 0.03509, 5e-6), bisectJump(eligibleAt, 0, 0.05)),
    check(
      about("largest-loss-free-drop", "share", 0.074167, 5e-7),
      bisectJump((gap) => badDebtAt(gap) > 0, 0.05, 0.12),
    ),
    ...gaps.map(({ gap, badDebt }) =>
      check(about(`bad-debt-gap-${gap}`, "million USD per 100 million", badDebt, 1e-4), badDebtAt(gap / 100)),
    ),
  ];
}

function poolSaleCases(engine: SimulatedEngine): ValidationCase[] {
  const about = (id: string, expected: number, tolerance: number): Expectation => ({
    id: `profitable-liquidation/simulated-${id}`,
    source: "constant-product pool, fee on what is sold: (1 + b) - 1 / (1 - f)",
    tag: "D",
    unit: "share of the pool",
    expected,
    tolerance,
    row: rows.profitableLiquidation,
    how: "simulated",
  });
  const poolUnits = toUnits(1_000, 10);
  const sell = (feeShare: number, repayUnits: number) => engine.liquidate(poolSaleBook(0.05, feeShare, repayUnits));
  const pays = (repayUnits: number) => {
    const after = sell(0.003, repayUnits);
    return after.revenueUnits >= after.repaidUnits;
  };
  const withinTwoPercent = (repayUnits: number) => sell(0, repayUnits).priceUsd >= 2_000 * 0.98;
  const most = toUnits(400_000, 6);
  const breakEven = sell(0.003, largestWhole(pays, toUnits(100, 6), most));
  const twoPercent = sell(0, largestWhole(withinTwoPercent, toUnits(100, 6), most));
  return [
    check(about("break-even-pool-share", 0.046991, 5e-7), breakEven.seizedUnits / poolUnits),
    check(about("pool-share-2-percent-impact", 0.0101525, 5e-8), twoPercent.seizedUnits / poolUnits),
  ];
}

function targetHealthCases(engine: SimulatedEngine): ValidationCase[] {
  const repaidUsd = fromUnits(engine.liquidate(targetHealthBook()).repaidUnits, 6);
  return [
    check(
      {
        id: "repay-to-target/simulated-repay",
        source: "a = (h D - LT C) / (h - LT (1 + b))",
        tag: "D",
        unit: "USD",
        expected: 29.047619,
        tolerance: 5e-7,
        row: rows.repayToTarget,
        how: "simulated",
      },
      repaidUsd / 1e4,
    ),
  ];
}
