import { normalPdf } from "../math/index.js";
import { blackPrice } from "../options/index.js";
import { type InsuranceQuestion, insuranceYearMs, type WrittenMechanism, wholeVolatility } from "./insure-question.js";

/** How options are priced in a comparison. All of it is assumed, and told. */
export const putMarket = {
  /** Volatility that a buyer pays above what paths have, as sellers' margin. */
  margin: 0.02,
  /** Volatility added per million USD of vega (per point of volatility) that is bought. */
  demand: 0.2,
  /** Volatility added per 1 % of fall; half of it is gone after a week. */
  spike: 0.01,
  /** Volatility at which puts are sold at the start: what everybody buys raises it. */
  atm(question: InsuranceQuestion, crowd: boolean): number {
    const { margin, demand } = putMarket;
    const all = question.sumUsd + (crowd ? question.crowdUsd : 0);
    const alone = wholeVolatility(question) + margin;
    const years = question.horizonMs / insuranceYearMs;
    const width = alone * Math.sqrt(years);
    // Vega at the money, per point of volatility, of a put on all that is insured: what a crowd asks for at once.
    const vegaUsd = (all * normalPdf(width / 2) * Math.sqrt(years)) / 100;
    return alone + (demand * vegaUsd) / 1e6;
  },
} as const;

/** Name of the surface of implied volatility at which puts are traded. */
const surfaceName = "options";

/** The surface, written as a price mechanism. */
export function optionMarket(question: InsuranceQuestion, crowd: boolean): Readonly<Record<string, WrittenMechanism>> {
  const { demand, spike } = putMarket;
  const atm = putMarket.atm(question, crowd);
  return {
    [surfaceName]: {
      kind: "implied-volatility",
      asset: question.asset,
      atm,
      spike,
      demand,
      decay: "7 day",
      most: Math.max(3, 2 * atm),
    },
  };
}

/** Strike and premium of a put, as shares of the price. */
interface PutTerms {
  readonly strike: number;
  readonly premium: number;
}

/**
 * The put that keeps the floor when it is paid for out of the sum: n coins and n puts cost n (S + p(K)) = sum and are worth at least n K, so K = floor x (S + p(K)).
 * One solution: the right side's slope in K is the floor times a probability, below 1.
 */
export function putTerms(question: InsuranceQuestion, crowd: boolean, tenorMs: number): PutTerms {
  const deviation = putMarket.atm(question, crowd) * Math.sqrt(tenorMs / insuranceYearMs);
  const premiumOf = (strike: number) => blackPrice(false, 1, strike, deviation, 1);
  let strike = question.floorShare;
  for (let step = 0; step < 2_000; step++) {
    const next = question.floorShare * (1 + premiumOf(strike));
    if (Math.abs(next - strike) < 1e-12) break;
    strike = next;
  }
  return { strike: Math.min(3, strike), premium: premiumOf(Math.min(3, strike)) };
}

/** Time of a put that is rolled: a third of the horizon, in whole ticks. */
export function rolledMs({ horizonMs, tickMs }: InsuranceQuestion): number {
  return Math.max(1, Math.ceil(horizonMs / 3 / tickMs)) * tickMs;
}

/** Where a strategy trades: the instrument's id and the asset's opening price and symbol. */
export interface InsuredPlace {
  readonly instrument: string;
  readonly priceUsd: number;
}

/** Sellers of puts let their hedge be off by this share of the coins that they have insured. */
const hedgeBand = 0.005;

/** What accounts with puts are written with, beside the tenor. */
export function putWritten(
  question: InsuranceQuestion,
  { instrument, priceUsd }: InsuredPlace,
  crowd: boolean,
  tenorMs: number,
): WrittenMechanism {
  const coins = (question.sumUsd + (crowd ? question.crowdUsd : 0)) / priceUsd;
  return {
    strike: putTerms(question, crowd, tenorMs).strike,
    floor: question.floorShare,
    surface: surfaceName,
    sellers: {
      instrument,
      band: `${(hedgeBand * coins).toFixed(6)} ${question.asset}`,
      every: `${question.everyMs} ms`,
    },
  };
}

/** Puts that are held on every coin: bought at the start and after each tenor, at the same share of the price. */
export interface InsuredPuts {
  readonly tenorMs: number;
  /** Share of the price at the time of purchase. */
  readonly strike: number;
  /** Volatility of the paths, for the puts' delta. */
  readonly volatility: number;
}

/** The puts of a strategy. */
export function heldPuts(question: InsuranceQuestion, crowd: boolean, tenorMs: number): InsuredPuts {
  return { tenorMs, strike: putTerms(question, crowd, tenorMs).strike, volatility: wholeVolatility(question) };
}
