import {
  type Allocation,
  cappedProRataHaircut,
  equitiesAfter,
  proRataHaircut,
  queueHaircut,
  waterLevel,
} from "../exact/deleveraging/index.js";
import { check, type Expectation, type ValidationCase } from "./case.js";
import { type DeleveragingWave, deleveragingWaves } from "./deleveraging-waves.js";
import { rows } from "./rows.js";

/** Millionths of a dollar. */
const DOLLAR = 1_000_000n;

const PAPER = "arXiv:2512.01112, numerical example of queue and pro rata";
const WAVES = "pluriholonomic/autodeleveraging-analysis aae0be8, out/policy_per_wave_metrics.csv";

/** The example's five accounts in millionths of a dollar: profits, equities, what must be raised, the queue's order, and caps in tenths of the profit. */
export const deleveragingExample = {
  profits: [8n * DOLLAR, 4n * DOLLAR, DOLLAR >> 1n, -3n * DOLLAR, -12n * DOLLAR],
  equities: [10n * DOLLAR, 5n * DOLLAR, DOLLAR, -3n * DOLLAR, -12n * DOLLAR],
  budget: 15n * (DOLLAR >> 1n),
  order: [1, 0, 2, 4, 3],
  capTenths: [5n, 10n, 10n, 10n, 10n],
} as const;

const dollars = (millionths: bigint) => Number(millionths) / 1e6;

/** Row 10: the published example through our policies, and the sums of Hyperliquid's waves of 10 October 2025. */
export function deleveragingCases(): ValidationCase[] {
  return [...exampleCases(), ...waveCases()];
}

function exampleCases(): ValidationCase[] {
  const { profits, equities, budget, order, capTenths } = deleveragingExample;
  const queue = queueHaircut(budget, profits, order);
  const proRata = proRataHaircut(budget, profits);
  const capped = cappedProRataHaircut(budget, profits, capTenths, 10n);
  return [
    ...perAccount("queue-taken", [3.5, 4, 0], queue.amounts),
    ...perAccount("queue-equity", [6.5, 1, 1, -3, -12], equitiesAfter(equities, queue)),
    ...perAccount("pro-rata-equity", [5.2, 2.6, 0.7, -3, -12], equitiesAfter(equities, proRata)),
    check(expected("pro-rata-share", "share of profit", 0.6, 5e-7), shareOf(proRata, profits)),
    check(expected("capped-level", "share of profit", 0.777778, 5e-7), cappedLevel(capped)),
  ];
}

/** What pro rata takes of the largest profit, as a share. */
function shareOf(haircut: Allocation, profits: readonly bigint[]): number {
  return Number(haircut.amounts[0]) / Number(profits[0]);
}

/** The level of the capped haircut, read off the account that its cap does not bind and whose profit is larger. */
function cappedLevel(haircut: Allocation): number {
  const { profits, capTenths } = deleveragingExample;
  const claims = profits.slice(0, 2).map((weight, place) => ({
    weight,
    cap: place === 0 ? (weight >> 1n) * (capTenths[0] / 5n) : weight,
  }));
  return Number(waterLevel(haircut, claims, DOLLAR * DOLLAR)) / 1e12;
}

function expected(id: string, unit: string, figure: number, tolerance: number, source = PAPER): Expectation {
  return {
    id: `deleveraging/${id}`,
    source,
    tag: "S+D",
    unit,
    expected: figure,
    tolerance,
    row: rows.deleveraging,
  };
}

function perAccount(id: string, figures: readonly number[], ours: readonly bigint[]): ValidationCase[] {
  return figures.map((figure, place) =>
    check(expected(`${id}-${place + 1}`, "USD", figure, 5e-7), dollars(ours[place])),
  );
}

/** Sums over the waves to the cent; and what our pro rata takes, which the file's columns suffice to recompute. */
function waveCases(): ValidationCase[] {
  const sum = (of: (wave: DeleveragingWave) => bigint) =>
    dollars(deleveragingWaves.reduce((total, wave) => total + of(wave), 0n));
  const total = (id: string, figure: number, of: (wave: DeleveragingWave) => bigint) =>
    check(expected(`waves-${id}`, "USD", figure, 0.005, WAVES), sum(of));
  return [
    check(expected("waves", "waves", 16, 0, WAVES), deleveragingWaves.length),
    total("deficit", 100_063_386.69, ({ deficit }) => deficit),
    total("needed", 15_079_669.61, ({ needed }) => needed),
    total("production", 60_108_335.33, ({ production }) => production),
    total("production-overshoot", 45_028_665.72, ({ production, needed }) => production - needed),
    total("contract-overshoot", -3_020_120.65, ({ contractProRata, needed }) => contractProRata - needed),
    total("integer-overshoot", 92_186.99, ({ integerProgramme, needed }) => integerProgramme - needed),
    total("pro-rata-taken", 15_079_669.61, ({ needed, capacity }) => taken(needed, capacity)),
    check(expected("waves-pro-rata-share-largest", "share", 0.165199788876, 5e-10, WAVES), largestShare()),
    check(expected("waves-pro-rata-share-below-file", "share", 0, 1e-9, WAVES), largestShareBelowFile()),
  ];
}

/**
 * What our pro rata takes of a wave's winners. The file has only their sum; splitting an account changes nothing under pro rata, so all winners as one
 * account give the same share.
 */
function taken(needed: bigint, capacity: bigint): bigint {
  return proRataHaircut(needed, [capacity]).amounts[0];
}

function shareTaken({ needed, capacity }: DeleveragingWave): number {
  return Number(taken(needed, capacity)) / Number(capacity);
}

/** The largest share of the winners' capacity that our pro rata takes in any wave. */
function largestShare(): number {
  return Math.max(...deleveragingWaves.map(shareTaken));
}

/**
 * Largest amount by which the file's share exceeds ours, over the waves. The file states the largest share of anyone's equity; capacity is the smaller of
 * profit and equity, so its share equals ours where some winner's profit reaches its equity and lies below it elsewhere.
 */
function largestShareBelowFile(): number {
  return Math.max(0, ...deleveragingWaves.map((wave) => wave.proRataShare - shareTaken(wave)));
}
