/** Jumps of a price: how many a year, and mean and standard deviation of one in log price (Merton 1976). */
export interface InsuranceJumps {
  readonly perYear: number;
  readonly logMean: number;
  readonly logDeviation: number;
}

/** What is insured, for how long, on which prices, and how many do the same. */
export interface InsuranceQuestion {
  /** Symbol of the asset. */
  readonly asset: string;
  /** What must be left at the end, as a share of the sum. */
  readonly floorShare: number;
  readonly horizonMs: number;
  readonly tickMs: number;
  readonly sumUsd: number;
  /** What everybody else who does the same holds. */
  readonly crowdUsd: number;
  /** Standard deviation of log price per square root of a year, jumps left out. */
  readonly volatility: number;
  readonly jumps: InsuranceJumps;
  /** Growth per year of the expected price, jumps included. */
  readonly drift: number;
  /** Exposure per dollar above the floor, for the strategies that have a multiplier. */
  readonly multiplier: number;
  /** Largest exposure as a multiple of wealth. */
  readonly leverage: number;
  /** Strategies trade at multiples of this; 0: whenever the price moves. */
  readonly everyMs: number;
  /** Share of a sale's impact that stays in the price. */
  readonly lastingShare: number;
}

/** Keys of a mechanism as a scenario writes them. */
export type WrittenMechanism = Readonly<Record<string, unknown>>;

/** The fall over which a crowd is measured in depth. */
export const depthFall = 0.1;
/** A year of the price paths, milliseconds. */
export const insuranceYearMs: number = 365 * 86_400_000;

const tickChoices = [60_000, 300_000, 900_000, 3_600_000, 7_200_000, 14_400_000, 21_600_000, 43_200_000, 86_400_000];

/** The shortest usual tick that divides a horizon into at most `most` ticks; a day where none does and a day divides it; null otherwise. */
export function tickFor(horizonMs: number, most: number): number | null {
  const fitting = tickChoices.filter((tick) => horizonMs % tick === 0);
  return fitting.find((tick) => horizonMs / tick <= most) ?? fitting.at(-1) ?? null;
}

/** Standard deviation of log price per square root of a year, jumps included: what somebody sees who measures. */
export function wholeVolatility({ volatility, jumps: { perYear, logMean, logDeviation } }: InsuranceQuestion): number {
  return Math.sqrt(volatility * volatility + perYear * (logMean * logMean + logDeviation * logDeviation));
}
