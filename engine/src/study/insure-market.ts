import type { Book, Instrument, Venue } from "../book/book.js";
import { type Problem, ProblemsError } from "../book/problem.js";
import { suggestion } from "../book/wording.js";
import { assetDepth, spotPrices } from "../map/index.js";
import { exp } from "../math/index.js";
import { powersOfTen } from "../rules/account-value.js";
import type { Plan } from "../scenario/plan.js";
import { depthFall, type InsuranceQuestion, insuranceYearMs } from "./insure-question.js";
import { openMarket } from "./plan-market.js";

/** A market to insure in: one spot instrument with its venues, and how they behave. Nobody is in it yet. */
export interface InsuranceMarket {
  /** Only what trades the insured instrument: the rest would move nothing, and depth that cannot be reached would count. */
  readonly book: Book;
  readonly instrument: number;
  /** Mechanisms of liquidity as a scenario writes them. */
  readonly liquidity: Readonly<Record<string, unknown>>;
  readonly roundLimit: number;
  /** The same market with the asset's perpetual beside it (instrument 1), the two held together by arbitrage; null where the book has none that trades. */
  readonly perpetual: InsuranceMarket | null;
  /** Mechanisms of the scenario that are not in it, by name. */
  readonly leftOut: readonly string[];
}

/**
 * The market of a scenario's plan for an asset: its venues on one spot instrument (the one that buys most), with the shares of depth and refill that the
 * scenario puts on them. Pools stand where the book has them and are kept at the market by arbitrage. Other pressure, guards, oracles and links to other
 * instruments are left out. Throws `ProblemsError` where there is no such asset, or nobody buys it.
 */
export function insuranceMarket(plan: Plan, symbol: string): InsuranceMarket {
  const { book } = plan;
  const spot = tradedInstrument(book, symbol);
  const perpetuals = book.instruments.flatMap((one, index) =>
    one.market === "perpetual" && one.asset === book.instruments[spot].asset && buys(book, index) > 0 ? [index] : [],
  );
  const deepest = perpetuals.reduce((best, one) => (best < 0 || buys(book, one) > buys(book, best) ? one : best), -1);
  return { ...marketAround(plan, [spot]), perpetual: deepest < 0 ? null : marketAround(plan, [spot, deepest]) };
}

/** A market of some of a plan's instruments, the first of them insured, the others held to it by arbitrage. */
function marketAround(plan: Plan, chosen: readonly number[]): InsuranceMarket {
  const book = trimmedBook(plan.book, chosen);
  const kept = new Set(book.venues.map((venue) => venue.id));
  const liquidity: Record<string, unknown> = {};
  const used = new Set<string>();
  for (const { name, kind, params } of plan.mechanisms) {
    const { venue, depthShare, refillShare } = params as { venue?: string; depthShare?: number; refillShare?: number };
    if (venue === undefined || !kept.has(venue)) continue;
    if (kind === "order-book") liquidity[venue] = { kind, venue, depthShare, refillShare };
    used.add(name);
  }
  for (const { id, kind } of book.venues)
    if (kind === "constant-product") liquidity[`arbitrage of ${id}`] = { kind: "pool-arbitrage", venue: id };
  const [first, ...others] = book.instruments;
  for (const { id } of others)
    liquidity[`basis of ${id}`] = { kind: "basis-arbitrage", instruments: [first.id, id], cost: "5 bps" };
  const leftOut = plan.mechanisms.flatMap(({ name, part }) => (part === "prices" || used.has(name) ? [] : [name]));
  return { book, instrument: 0, liquidity, roundLimit: plan.roundLimit, leftOut, perpetual: null };
}

/** The spot instrument of an asset on which the book's venues buy most. */
function tradedInstrument(book: Book, symbol: string): number {
  const asset = book.assets.findIndex((one) => one.symbol === symbol);
  const tradable = book.instruments.flatMap((one, index) =>
    one.market === "spot" && buys(book, index) > 0 ? [index] : [],
  );
  const choices = tradable.filter((index) => book.instruments[index].asset === asset);
  if (choices.length > 0) return choices.reduce((best, one) => (buys(book, one) > buys(book, best) ? one : best));
  const known = [...new Set(tradable.map((index) => book.assets[book.instruments[index].asset].symbol))];
  const problem: Problem = {
    code: asset < 0 ? "unknown-asset" : "no-market",
    path: "--asset",
    message:
      asset < 0
        ? `there is no asset ${JSON.stringify(symbol.slice(0, 60))} in the book`
        : `no spot venue of the book buys ${symbol}: there is no depth to insure against`,
    hint: known.length === 0 ? "name a scenario whose book has a spot venue" : suggestion(symbol, known),
  };
  throw new ProblemsError([problem]);
}

/** Units that an instrument's venues hold against sales. */
function buys(book: Book, instrument: number): number {
  let units = 0;
  for (const venue of book.venues) {
    if (venue.instrument !== instrument) continue;
    units += venue.kind === "order-book" ? (venue.bids.at(-1)?.units ?? 0) : venue.baseUnits;
  }
  return units;
}

/** The book with some of its instruments, their assets and venues; nobody holds anything. */
function trimmedBook(book: Book, chosen: readonly number[]): Book {
  const used = new Set(chosen.flatMap((index) => [book.instruments[index].asset, book.instruments[index].quote]));
  const assets = book.assets.filter((_, at) => used.has(at));
  const placed = (at: number) => assets.indexOf(book.assets[at]);
  const instruments = chosen.map((index): Instrument => {
    const one = book.instruments[index];
    return { ...one, asset: placed(one.asset), quote: placed(one.quote) };
  });
  const venues = book.venues.flatMap((venue): Venue[] => {
    const instrument = chosen.indexOf(venue.instrument);
    return instrument < 0 ? [] : [{ ...venue, instrument }];
  });
  const layers = Object.fromEntries(venues.map(({ layer }) => [layer, book.layers[layer]]));
  return { ...book, assets, instruments, venues, positions: [], layers };
}

/** What the market's venues buy at once while the price falls by `depthFall` from the opening, in dollars at the opening price. */
export function marketDepthUsd(plan: Plan, instrument: number): number {
  const market = openMarket(plan);
  const { asset } = plan.book.instruments[instrument];
  const { spotUsd, unitDecimals } = market.assets[asset];
  const units = assetDepth(market, asset, spotUsd, spotUsd * (1 - depthFall), spotPrices(market), 0);
  return (units / powersOfTen[unitDecimals]) * spotUsd;
}

/** The most dollars that can be insured: amounts are counted exactly below 2^53 units, and must stay there when the price rises by five standard deviations. */
export function mostInsuredUsd(
  question: Omit<InsuranceQuestion, "asset" | "sumUsd" | "crowdUsd">,
  { book, instrument }: InsuranceMarket,
): number {
  const { volatility, jumps, drift, horizonMs, leverage } = question;
  const years = horizonMs / insuranceYearMs;
  const { perYear, logMean, logDeviation } = jumps;
  const variance = volatility * volatility + perYear * (logMean * logMean + logDeviation * logDeviation);
  const growth = exp(Math.min(300, Math.max(0, drift) * years + 5 * Math.sqrt(variance * years)));
  const counted = (at: number) => {
    const { unitDecimals, priceUsd } = book.assets[at];
    return (Number.MAX_SAFE_INTEGER / powersOfTen[unitDecimals]) * priceUsd;
  };
  const { asset, quote } = book.instruments[instrument];
  const values = Number.MAX_SAFE_INTEGER / 1e6;
  return Math.min(values / growth, counted(quote) / growth, counted(asset)) / Math.max(1, leverage);
}
