import { definitionOf } from "../mechanisms/index.js";
import type { InsuranceQuestion } from "./insure-question.js";

/** Keys of a mechanism as a scenario writes them. */
export type WrittenMechanism = Readonly<Record<string, unknown>>;

/** One way to keep a floor. A new one is one entry in `insuranceStrategies`. */
export interface InsuranceStrategy {
  /** Stable: what JSON calls it. */
  readonly name: string;
  /** In two words, for tables. */
  readonly title: string;
  /** What it does, in a line. */
  rule(question: InsuranceQuestion): string;
  /** Kind of the mechanism that carries it out; null: there is nothing to do. */
  readonly kind: string | null;
  /** What its mechanism is written with, beside kind, instrument, positions, leverage and clock. */
  written(question: InsuranceQuestion): WrittenMechanism;
}

/** A stop stands this share of the way down to the floor: what is sold below it, while the price runs, must not reach the floor at once. */
const stopShare = 0.8;
/** Volatility is estimated over a week; over two ticks where those are longer, for less is noise. */
const halfLife = ({ tickMs }: InsuranceQuestion) => `${Math.max(7 * 86_400_000, 2 * tickMs)} ms`;

/** Every strategy that the verb knows, plainest first. */
const table: readonly InsuranceStrategy[] = [
  {
    name: "hold",
    title: "hold",
    rule: () => "all in the asset, no insurance",
    kind: null,
    written: () => ({}),
  },
  {
    name: "stop-loss",
    title: "stop-loss",
    rule: ({ floorShare }) =>
      `all in; sells all once the price is down ${shareText(stopShare * (1 - floorShare))}, for good`,
    kind: "stop-loss",
    written: ({ floorShare }) => ({ stop: `${-100 * stopShare * (1 - floorShare)}%` }),
  },
  {
    name: "cppi",
    title: "CPPI",
    rule: ({ multiplier }) => `exposure ${multiplier} x what is above the floor; at the floor out for good`,
    kind: "cppi",
    written: ({ multiplier, floorShare }) => ({ multiplier, floor: floorShare }),
  },
  {
    name: "tipp",
    title: "TIPP",
    rule: ({ floorShare }) => `CPPI whose floor rises to ${shareText(floorShare)} of the highest wealth so far`,
    kind: "tipp",
    written: ({ multiplier, floorShare }) => ({ multiplier, floor: floorShare, ratchet: floorShare }),
  },
  {
    name: "cppi-adjusted",
    title: "CPPI by volatility",
    rule: ({ multiplier, volatility }) =>
      `CPPI; multiplier ${multiplier} x (${shareText(volatility)} / the last week's volatility)^2, at most ${2 * multiplier}`,
    kind: "cppi",
    written: (question) => ({
      multiplier: question.multiplier,
      floor: question.floorShare,
      adjust: { reference: question.volatility, halfLife: halfLife(question), most: 2 * question.multiplier },
    }),
  },
  {
    name: "synthetic-put",
    title: "synthetic put",
    rule: ({ floorShare, volatility }) =>
      `the asset and a put, ${shareText(floorShare)} at the end, replicated by trading at ${shareText(volatility)} volatility (OBPI)`,
    kind: "synthetic-put",
    written: ({ floorShare, horizonMs, volatility }) => ({ floor: floorShare, horizon: `${horizonMs} ms`, volatility }),
  },
  {
    name: "volatility-target",
    title: "volatility target",
    rule: (question) => `exposure ${shareText(targetOf(question))} / the last week's volatility; no floor`,
    kind: "volatility-target",
    written: (question) => ({ target: targetOf(question), before: question.volatility, halfLife: halfLife(question) }),
  },
  {
    name: "volatility-exit",
    title: "volatility exit",
    rule: ({ volatility }) =>
      `all in; out while the last week's volatility is above ${shareText(1.5 * volatility)}, back below ${shareText(1.2 * volatility)}; no floor`,
    kind: "volatility-exit",
    written: (question) => ({
      above: 1.5 * question.volatility,
      below: 1.2 * question.volatility,
      before: question.volatility,
      halfLife: halfLife(question),
    }),
  },
];

/** A volatility target that begins with as much of the asset as CPPI does. */
function targetOf({ volatility, multiplier, floorShare, leverage }: InsuranceQuestion): number {
  return volatility * Math.min(leverage, multiplier * (1 - floorShare));
}

/** A share as per cent, to a tenth: `92 %`. */
function shareText(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

/** The strategies whose mechanisms exist. */
export const insuranceStrategies: readonly InsuranceStrategy[] = table.filter(
  ({ kind }) => kind === null || definitionOf(kind) !== undefined,
);
