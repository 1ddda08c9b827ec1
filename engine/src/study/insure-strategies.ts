import { definitionOf } from "../mechanisms/index.js";
import {
  heldPuts,
  type InsuredPlace,
  type InsuredPuts,
  optionMarket,
  putMarket,
  putTerms,
  putWritten,
  rolledMs,
} from "./insure-puts.js";
import { type InsuranceQuestion, type WrittenMechanism, wholeVolatility } from "./insure-question.js";

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
  /** What its mechanism is written with, beside kind and instrument. `crowd`: whether everybody else does the same. */
  written(question: InsuranceQuestion, place: InsuredPlace, crowd: boolean): WrittenMechanism;
  /** What has to publish prices for it, by name. */
  prices?(question: InsuranceQuestion, crowd: boolean): Readonly<Record<string, WrittenMechanism>>;
  /** Share of the sum that is in the asset at the start; the rest has been paid. Without: what the rule itself wants to hold, the rest in cash. */
  invested?(question: InsuranceQuestion, crowd: boolean): number;
  /** The puts that it holds on every coin, whose luck is told from their price. */
  puts?(question: InsuranceQuestion, crowd: boolean): InsuredPuts;
  /** It holds coins and is short of the perpetual: share of the coins that is short at the start. Needs a market with one. */
  shorted?(question: InsuranceQuestion): number;
}

/** Name of the perpetual exchange, and of its positions, where a strategy needs one. */
export const exchangeName = "exchange";

/** What every strategy that trades the asset by a rule is written with: what follows an estimate keeps the usual band of 1 % of wealth, or it would trade noise. */
const traded = ({ leverage, everyMs }: InsuranceQuestion) => ({ leverage, every: `${everyMs} ms` });
/** The same of one that holds a target: no band. Within a band next to the floor exposure may be many times what is above it, and a small fall breaks it. */
const held = (question: InsuranceQuestion) => ({ ...traded(question), band: 0 });

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
    written: (question) => ({ ...traded(question), stop: `${-100 * stopShare * (1 - question.floorShare)}%` }),
  },
  {
    name: "cppi",
    title: "CPPI",
    rule: ({ multiplier }) => `exposure ${multiplier} x what is above the floor; at the floor out for good`,
    kind: "cppi",
    written: (question) => ({
      ...held(question),
      multiplier: question.multiplier,
      floor: question.floorShare,
    }),
  },
  {
    name: "tipp",
    title: "TIPP",
    rule: ({ floorShare }) => `CPPI whose floor rises to ${shareText(floorShare)} of the highest wealth so far`,
    kind: "tipp",
    written: (question) => ({
      ...held(question),
      multiplier: question.multiplier,
      floor: question.floorShare,
      ratchet: question.floorShare,
    }),
  },
  {
    name: "cppi-adjusted",
    title: "CPPI, adjusted",
    rule: (question) =>
      `CPPI; multiplier ${question.multiplier} x (${shareText(wholeVolatility(question))} / the last week's volatility)^2, at most ${2 * question.multiplier}; off by up to 1 % of wealth`,
    kind: "cppi",
    written: (question) => ({
      ...traded(question),
      multiplier: question.multiplier,
      floor: question.floorShare,
      adjust: { reference: wholeVolatility(question), halfLife: halfLife(question), most: 2 * question.multiplier },
    }),
  },
  {
    name: "synthetic-put",
    title: "synthetic put",
    rule: (question) =>
      `the asset and a put that keeps ${shareText(question.floorShare)}, replicated by trading (OBPI) at ${shareText(wholeVolatility(question))} volatility`,
    kind: "synthetic-put",
    written: (question) => ({
      ...held(question),
      floor: question.floorShare,
      horizon: `${question.horizonMs} ms`,
      volatility: wholeVolatility(question),
    }),
  },
  {
    name: "put-bought",
    title: "put, bought",
    rule: (question) =>
      `the asset and one put for the whole time, at ${shareText(putMarket.atm(question, false))} volatility; its sellers hedge, and always pay`,
    kind: "protective-put",
    written: (question, place, crowd) => ({
      tenor: `${question.horizonMs} ms`,
      ...putWritten(question, place, crowd, question.horizonMs),
    }),
    prices: optionMarket,
    invested: (question, crowd) => 1 / (1 + putTerms(question, crowd, question.horizonMs).premium),
    puts: (question, crowd) => heldPuts(question, crowd, question.horizonMs),
  },
  {
    name: "puts-rolled",
    title: "puts, rolled",
    rule: (question) =>
      `puts for ${rolledDays(question)} days, three after each other, as far down as the first; their sellers hedge, and always pay`,
    kind: "protective-put",
    written: (question, place, crowd) => ({
      tenor: `${rolledMs(question)} ms`,
      ...putWritten(question, place, crowd, rolledMs(question)),
    }),
    prices: optionMarket,
    invested: (question, crowd) => 1 / (1 + putTerms(question, crowd, rolledMs(question)).premium),
    puts: (question, crowd) => heldPuts(question, crowd, rolledMs(question)),
  },
  {
    name: "perpetual-hedge",
    title: "perpetual hedge",
    rule: ({ multiplier }) =>
      `CPPI at ${multiplier} x by shorts of a coin-margined perpetual, without funding; its market has the perpetual's depth as well`,
    kind: "perpetual-hedge",
    written: (question) => ({
      exchange: exchangeName,
      multiplier: question.multiplier,
      floor: question.floorShare,
      band: 0,
      every: `${question.everyMs} ms`,
    }),
    shorted: ({ multiplier, floorShare }) => Math.max(0, 1 - multiplier * (1 - floorShare)),
  },
  {
    name: "volatility-target",
    title: "volatility target",
    rule: (question) =>
      `exposure ${shareText(targetOf(question))} / the last week's volatility, off by up to 1 % of wealth; no floor`,
    kind: "volatility-target",
    written: (question) => ({
      ...traded(question),
      target: targetOf(question),
      before: wholeVolatility(question),
      halfLife: halfLife(question),
    }),
  },
  {
    name: "volatility-exit",
    title: "volatility exit",
    rule: (question) =>
      `all in; out while the last week's volatility is above ${shareText(1.5 * wholeVolatility(question))}, back below ${shareText(1.2 * wholeVolatility(question))}; no floor`,
    kind: "volatility-exit",
    written: (question) => ({
      ...traded(question),
      above: 1.5 * wholeVolatility(question),
      below: 1.2 * wholeVolatility(question),
      before: wholeVolatility(question),
      halfLife: halfLife(question),
    }),
  },
];

/** A volatility target that begins with as much of the asset as CPPI does. */
function targetOf(question: InsuranceQuestion): number {
  const { multiplier, floorShare, leverage } = question;
  return wholeVolatility(question) * Math.min(leverage, multiplier * (1 - floorShare));
}

/** Days of a put that is rolled, to a tenth. */
function rolledDays(question: InsuranceQuestion): number {
  return Math.round((10 * rolledMs(question)) / 86_400_000) / 10;
}

/** A share as per cent, to a tenth: `92 %`. */
function shareText(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

/** The strategies whose mechanisms exist. */
export const insuranceStrategies: readonly InsuranceStrategy[] = table.filter(
  ({ kind }) => kind === null || definitionOf(kind) !== undefined,
);
