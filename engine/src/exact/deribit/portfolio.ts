import { divTowardsZero, most, mulDivDown, mulDivUp } from "../rounding.js";
import { magnitude, profit, worth } from "./margin.js";
import { type DeribitParameters, RATE_ONE } from "./parameters.js";

/** How implied volatility is shifted in a scenario; by how much is the caller's valuation of options. */
export type VolatilityMove = "up" | "same" | "down";

/** One cell of the scenario matrix. */
export interface PortfolioScenario {
  /** Move of the underlying in millionths. */
  readonly move: bigint;
  /** Price of the underlying in 1e-8 USD steps, rounded down. */
  readonly price: bigint;
  readonly volatility: VolatilityMove;
}

/** The matrix of the segregated portfolio margin: a range and how many evenly spaced prices it has. */
export interface PortfolioRange {
  /** Largest move either way in millionths (16 % is 160,000). */
  readonly range: bigint;
  /** Odd number of prices, the middle one unmoved (9). */
  readonly buckets: number;
}

/** +-16 % in nine buckets. Source: the exchange's portfolio margin page. */
export const portfolioRange: PortfolioRange = { range: 160_000n, buckets: 9 };

/** All scenarios: every price bucket with volatility up, same and down, lowest price first. */
export function portfolioScenarios(price: bigint, matrix: PortfolioRange = portfolioRange): PortfolioScenario[] {
  const scenarios: PortfolioScenario[] = [];
  const half = BigInt((matrix.buckets - 1) >> 1);
  for (let bucket = -half; bucket <= half; bucket++) {
    const move = half === 0n ? 0n : divTowardsZero(matrix.range * bucket, half);
    for (const volatility of ["up", "same", "down"] as const) {
      scenarios.push({ move, price: mulDivDown(price, RATE_ONE + move, RATE_ONE), volatility });
    }
  }
  return scenarios;
}

/** Contracts of one future or perpetual in a portfolio. */
export interface PortfolioFuture {
  readonly parameters: DeribitParameters;
  readonly contracts: bigint;
}

/** Worst loss of a portfolio and the scenario that makes it; `loss` in settlement units, 0 where nothing loses. */
export interface WorstCase {
  readonly loss: bigint;
  readonly scenario: PortfolioScenario | undefined;
}

/**
 * The worst loss over the matrix from a price: futures by their contract arithmetic (rounded against the account), options by `optionChange`, the change of
 * their value in settlement units in a scenario, which the caller computes.
 */
export function worstLoss(
  futures: readonly PortfolioFuture[],
  price: bigint,
  optionChange: (scenario: PortfolioScenario) => bigint = () => 0n,
  matrix: PortfolioRange = portfolioRange,
): WorstCase {
  let worst: WorstCase = { loss: 0n, scenario: undefined };
  for (const scenario of portfolioScenarios(price, matrix)) {
    let change = optionChange(scenario);
    for (const { parameters, contracts } of futures) {
      if (contracts === 0n) continue;
      const before = worth(parameters, -contracts, price);
      change += profit(parameters.kind, contracts, before, worth(parameters, contracts, scenario.price));
    }
    if (-change > worst.loss) worst = { loss: -change, scenario };
  }
  return worst;
}

/** Contingencies of the older portfolio margin, in millionths of a coin. */
export interface PortfolioContingency {
  /** Of every option that is net short at its strike: 0.01 coin. */
  readonly shortOption: bigint;
  /** Of every coin of futures that offset each other: 1 %. */
  readonly offsettingFuture: bigint;
}

/** 0.01 BTC per net short option at a strike, 1 % of offsetting futures. Source: the exchange's older portfolio margin page. */
export const portfolioContingency: PortfolioContingency = { shortOption: 10_000n, offsettingFuture: 10_000n };

/**
 * What the contingencies add to the worst loss, in coin units rounded up. `netOptions` are net positions by strike in units (long positive); `futures` are
 * positions by future in coin units.
 */
export function contingencyMargin(
  netOptions: readonly bigint[],
  futures: readonly bigint[],
  rates: PortfolioContingency = portfolioContingency,
): bigint {
  const short = netOptions.reduce((sum, net) => sum + most(-net, 0n), 0n);
  const longs = futures.reduce((sum, size) => sum + most(size, 0n), 0n);
  const shorts = futures.reduce((sum, size) => sum + (size < 0n ? magnitude(size) : 0n), 0n);
  const offsetting = longs < shorts ? longs : shorts;
  return mulDivUp(short, rates.shortOption, RATE_ONE) + mulDivUp(offsetting, rates.offsettingFuture, RATE_ONE);
}
