import { exp } from "../math/index.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { acceptanceInsurance, cryptoInsurance, type DiscreteInsurance, discreteShortfall } from "./discrete-cppi.js";
import { acceptanceCall } from "./frey-stremme.js";
import { acceptanceKou, gapProbability, kouGapRate } from "./gap-risk.js";
import { rows } from "./rows.js";
import { type FeedbackSize, playFeedback, playHedgedCall } from "./simulated/hedged-book.js";
import { playClockedHedge } from "./simulated/hedging-error.js";
import { type InsuredSample, playInsured } from "./simulated/insured-accounts.js";
import type { SimulationProgress } from "./simulated.js";
import { marketCases } from "./simulated-markets.js";

/** How often the agents are played; smaller sizes are for a quick look, with wider standard errors. */
export interface AgentSizes {
  /** Paths of twelve months, and of fifty-two weeks. */
  readonly monthlyPaths: number;
  readonly weeklyPaths: number;
  /** Paths of a year with jumps, and the ticks that a year has. */
  readonly jumpPaths: number;
  readonly jumpTicks: number;
  /** Paths of hedging one tick later. */
  readonly laggedPaths: number;
  /** Paths of a call that is hedged by the clock. */
  readonly hedgedPaths: number;
  readonly seed: number;
}

/** The sizes of `firebreak validate`. */
export const acceptanceAgentSizes: AgentSizes = {
  monthlyPaths: 60_000,
  weeklyPaths: 20_000,
  jumpPaths: 16_000,
  jumpTicks: 500,
  laggedPaths: 110,
  hedgedPaths: 6_000,
  seed: 19_871_019,
};

const yearMs = 365 * 86_400_000;
const weekMs = 7 * 86_400_000;

/** Numbers that insurers and dealers must produce themselves, through the kernel. Deterministic: the seed is fixed. */
export function agentCases(
  progress: SimulationProgress = () => {},
  sizes: AgentSizes = acceptanceAgentSizes,
): ValidationCase[] {
  return [
    ...marketCases(sizes.seed),
    ...feedbackCases(progress, sizes),
    ...intervalCases(progress, sizes),
    ...jumpCases(progress, sizes),
    ...clockedHedgeCases(progress, sizes),
  ];
}

function feedbackCases(progress: SimulationProgress, { laggedPaths, seed }: AgentSizes): ValidationCase[] {
  const about = (id: string, unit: string, expected: number, tolerance: number, relative: boolean): Expectation => ({
    id: `hedging-feedback/simulated-${id}`,
    source: "Frey and Stremme 1997; a dealer short of options on a log-linear book",
    tag: "D",
    unit,
    expected,
    tolerance,
    toleranceKind: relative ? "relative" : "absolute",
    row: rows.hedgingFeedback,
    how: "simulated",
  });
  const short: FeedbackSize = { paths: 1, ticks: 2_000, block: 100, seed };
  const atOnce = playFeedback(0.5, false, short, () => progress(0, 1, "row 3, hedged at once"));
  const damped = playFeedback(-0.5, false, short, () => {});
  const lagged = playFeedback(0.5, true, { paths: laggedPaths, ticks: 2_650, block: 200, seed }, (path) =>
    progress(path, laggedPaths, "row 3, hedged one tick later"),
  );
  const call = (hedgedShare: number) => playHedgedCall({ ...acceptanceCall, hedgedShare });
  return [
    check(about("volatility-at-share-0.05", "ratio", 1.257133, 1e-6, false), call(0.05)),
    check(about("volatility-at-share-0.10", "ratio", 1.725021, 1e-6, false), call(0.1)),
    check(about("variance-at-once-gain-0.5", "ratio", 4, 0.01, true), atOnce.steps),
    check(about("variance-at-once-gain--0.5", "ratio", 0.4444, 0.01, true), damped.steps),
    check(about("variance-lagged-gain-0.5", "ratio", 1.3333, 0.01, true), lagged.steps),
    check(about("variance-lagged-long-gain-0.5", "ratio", 4, 0.05, true), lagged.long),
    check(about("correlation-lagged-gain-0.5", "correlation", 0.5, 0.01, true), lagged.correlation),
  ];
}

/** Three standard errors of a share of `paths` whose probability is `probability`. */
function threeErrors(probability: number, paths: number): number {
  return 3 * Math.sqrt((probability * (1 - probability)) / paths);
}

/**
 * The formulas hold in forward terms: with floor and cash both at e^(r t) everything is divided by it, and only mu - r is left. So agents whose cash earns nothing
 * and whose floor stands still play the account, on a price that drifts by mu - r; its mean cushion is e^(r T) times theirs.
 */
function intervalCases(progress: SimulationProgress, sizes: AgentSizes): ValidationCase[] {
  const { monthlyPaths, weeklyPaths, seed } = sizes;
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `discrete-cppi/simulated-${id}`,
    source: "Balder, Brandl and Mahayni 2009; accounts of `cppi`, tolerance three standard errors",
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.discreteCppi,
    how: "simulated",
  });
  const motionOf = ({ drift, rate, volatility }: DiscreteInsurance) => ({ drift: drift - rate, volatility });
  const [[twelve, fifteen], [monthly]] = playInsured(
    [
      { motion: motionOf(acceptanceInsurance), multipliers: [12, 15] },
      { motion: motionOf(cryptoInsurance), multipliers: [4] },
    ],
    { tickMs: yearMs / 12, ticks: 12 },
    monthlyPaths,
    seed,
    (path) => progress(path, monthlyPaths, "row 4, twelve months"),
  );
  // A fifty-second part of a year is no whole number of milliseconds: a week of seven days, with the volatility that makes its move 0.8 / sqrt(52).
  const weekly = playInsured(
    [{ motion: { volatility: cryptoInsurance.volatility * Math.sqrt(yearMs / (52 * weekMs)) }, multipliers: [4] }],
    { tickMs: weekMs, ticks: 52 },
    weeklyPaths,
    seed,
    (path) => progress(path, weeklyPaths, "row 4, fifty-two weeks"),
  )[0][0];
  const closed = discreteShortfall(acceptanceInsurance);
  const spread = Math.sqrt(closed.meanSquare - closed.meanCushion * closed.meanCushion);
  const broken = (id: string, expected: number, sample: InsuredSample) =>
    check(about(id, "probability", expected, threeErrors(expected, sample.paths)), sample.broken);
  return [
    broken("global-shortfall-multiplier-12", 0.01152, twelve),
    check(
      about("mean-cushion-multiplier-12", "ratio", 1.589742, (3 * spread) / Math.sqrt(monthlyPaths)),
      twelve.meanCushion * exp(acceptanceInsurance.rate * acceptanceInsurance.years),
    ),
    broken("global-shortfall-multiplier-15", 0.0767475, fifteen),
    broken("global-shortfall-crypto-monthly", 0.809856, monthly),
    broken("global-shortfall-crypto-weekly", 0.252456, weekly),
  ];
}

/**
 * Between jumps the price stands still, so that nothing but a jump can break a floor; accounts trade in every tick. Two jumps in one tick count as one there, which
 * the formula does not know: it adds 2.5 % to the probability at a multiplier of 4 and 0.7 % at 8, a fraction of the standard error.
 */
function jumpCases(progress: SimulationProgress, { jumpPaths, jumpTicks, seed }: AgentSizes): ValidationCase[] {
  const about = (id: string, unit: string, expected: number, tolerance: number): Expectation => ({
    id: `gap-risk/simulated-${id}`,
    source: "Cont and Tankov 2009; accounts of `cppi` under jumps of `brownian`, tolerance three standard errors",
    tag: "D",
    unit,
    expected,
    tolerance,
    row: rows.gapRisk,
    how: "simulated",
  });
  const { perYear, downShare, downRate } = acceptanceKou;
  const tails = { downShare, down: 1 / downRate, up: 1 / downRate };
  const multipliers = [4, 5, 8];
  const [samples] = playInsured(
    [{ motion: { volatility: 0, jumps: { perYear, tails } }, multipliers }],
    { tickMs: yearMs / jumpTicks, ticks: jumpTicks },
    jumpPaths,
    seed,
    (path) => progress(path, jumpPaths, "row 5, a year of jumps"),
  );
  const published = [0.00375565, 0.0187122, 0.16263];
  // A gap leaves 1 - m + (m - 1) e^-x, x exponential beyond the edge: variance (m - 1)^2 (eta / (eta + 2) - (eta / (eta + 1))^2).
  const share = downRate / (downRate + 1);
  const spread = Math.sqrt(downRate / (downRate + 2) - share * share);
  const afterGap = (place: number, expected: number) => {
    const multiplier = multipliers[place];
    const gaps = jumpPaths * gapProbability(kouGapRate(acceptanceKou, multiplier), 1);
    const tolerance = (3 * (multiplier - 1) * spread) / Math.sqrt(gaps);
    const id = `kou-cushion-after-gap-multiplier-${multiplier}`;
    return check(about(id, "multiple", expected, tolerance), samples[place].meanAfterGap);
  };
  return [
    ...samples.map(({ broken }, place) =>
      check(
        about(
          `kou-loss-multiplier-${multipliers[place]}`,
          "probability",
          published[place],
          threeErrors(published[place], jumpPaths),
        ),
        broken,
      ),
    ),
    afterGap(0, -0.115385),
    afterGap(2, -7 / 26),
  ];
}

/** Runner-up: an at-the-money call of a month at 20 %, hedged 84 times; in dollars of an asset of 100. */
function clockedHedgeCases(progress: SimulationProgress, { hedgedPaths, seed }: AgentSizes): ValidationCase[] {
  const hedge = { volatility: 0.2, years: 1 / 12, hedges: 84 };
  const { mean, deviation } = playClockedHedge(hedge, hedgedPaths, seed, (path) =>
    progress(path, hedgedPaths, "runners-up, a hedge by the clock"),
  );
  const about = (id: string, expected: number, tolerance: number): Expectation => ({
    id: `hedging-error/simulated-${id}`,
    source: "Derman and Kamal 1999; a dealer on a clock, tolerance three standard errors",
    tag: "D",
    unit: "USD",
    expected,
    tolerance,
    row: rows.runnersUp,
    how: "simulated",
  });
  const root = Math.sqrt(hedgedPaths);
  return [
    // The errors' kurtosis is 4.4, so the standard error of their deviation is 0.92 of the deviation over the root of the paths.
    check(about("deviation", 0.2175, (3 * 0.92 * 0.2175) / root), deviation),
    check(about("mean", 0, (3 * 0.2175) / root), mean),
  ];
}
