import {
  type Basis,
  type Estimate,
  type Figure,
  figure,
  type InsuranceHarm,
  type InsuranceOutcome,
  type InsuredMap,
  type InsuredRuns,
  insuranceHarm,
  insuranceOutcome,
  insurancePlan,
  insuredMap,
  putMarket,
  weakest,
} from "@firebreak/engine";
import type { InsuranceRequest } from "../cli/read-insurance.js";

/** What a strategy came to for its account; shares are of the sum. */
export interface InsuranceOutcomeFigures {
  readonly cost: Figure;
  readonly upsideKept: Figure;
  readonly broken: Figure;
  readonly shortfall: Figure;
  readonly shortfallIfBroken: Figure;
  readonly tailLoss: Figure;
  readonly unfilled: Figure;
  readonly bystanderLoss: Figure;
}

/** Forced flow at one fall. */
export interface InsuranceFlowFigures {
  readonly fall: Figure;
  /** Sold by the account (negative: bought), in dollars at the opening price and as a share of the sum. */
  readonly account: Figure;
  readonly accountShare: Figure;
  /** Sold by everybody, and as a share of what the market buys at once within a further -10 %. */
  readonly everybody: Figure;
  readonly depthShare: Figure;
  readonly gain: Figure;
}

/** One strategy, alone and with everybody else doing the same. */
export interface InsuranceStrategyFigures {
  readonly name: string;
  readonly title: string;
  readonly rule: string;
  readonly alone: InsuranceOutcomeFigures;
  readonly crowd: InsuranceOutcomeFigures;
  /** What the crowd adds, path by path. */
  readonly harm: { readonly cost: Figure; readonly broken: Figure };
  readonly flows: readonly InsuranceFlowFigures[];
  readonly largestGain: Figure;
  readonly largestGainFall: Figure;
  /** All that may follow this strategy before its largest gain is 1; null where it forces nothing. */
  readonly room: Figure;
  /** Smallest outside fall at which the price jumps with this crowd; null where none does. */
  readonly foldShock: Figure | null;
}

/** Something that the comparison rests on. */
export interface InsuranceRest {
  readonly what: string;
  readonly words: string;
  readonly basis: Basis;
}

/** What `insure --json` prints. */
export interface InsuranceFigures {
  readonly market: string;
  readonly asset: string;
  readonly instrument: string;
  readonly price: Figure;
  readonly floor: Figure;
  readonly horizon: Figure;
  readonly tick: Figure;
  readonly every: Figure;
  readonly sum: Figure;
  readonly crowd: Figure;
  /** The crowd as a share of the depth below. */
  readonly crowdOfDepth: Figure;
  /** What the market buys at once within -10 %. */
  readonly depth: Figure;
  readonly volatility: Figure;
  readonly jumpsPerYear: Figure;
  readonly jumpMean: Figure;
  readonly jumpDeviation: Figure;
  readonly drift: Figure;
  readonly multiplier: Figure;
  readonly leverage: Figure;
  readonly lasting: Figure;
  readonly seed: number;
  readonly paths: number;
  /** Share of 1 that the bands cover. */
  readonly confidence: number;
  readonly strategies: readonly InsuranceStrategyFigures[];
  /** Mechanisms of the scenario that take no part. */
  readonly leftOut: readonly string[];
  readonly restsOn: readonly InsuranceRest[];
}

/** How puts are priced, in words. */
const optionWords = `puts cost ${points(putMarket.margin)} of volatility more than the paths have, ${points(putMarket.demand)} more per million USD of vega per point that is bought, ${points(putMarket.spike)} more per 1 % of fall, half of which is gone after a week`;

function points(volatility: number): string {
  const count = Math.round(1000 * volatility) / 10;
  return count === 1 ? "1 point" : `${count} points`;
}

/** Puts a comparison's runs into figures. */
export function insuranceFigures(
  request: InsuranceRequest,
  runs: readonly InsuredRuns[],
  seed: number,
): InsuranceFigures {
  const { market, question, strategies, depthUsd, plan } = request;
  const { book, instrument } = market;
  const { id, asset } = book.instruments[instrument];
  const { symbol, priceUsd } = book.assets[asset];
  const layersOf = ({ venues, layers: all }: typeof book) =>
    [...new Set(venues.map((venue) => venue.layer))].map((layer) => all[layer]);
  const layers = layersOf(book);
  const usesPerpetual = strategies.some(({ shorted }) => shorted !== undefined) && market.perpetual !== null;
  const depthBasis = weakest(...layers.map((layer) => layer.basis));
  const assumed = (value: number, unit: string) => figure(value, unit, "assumed");
  const { jumps } = question;
  // The market in which nobody is insured: the first strategy is to hold.
  const quiet = runs[0].alone;
  return {
    market: request.file === null ? book.name : plan.name === "market" ? book.name : plan.name,
    asset: symbol,
    instrument: id,
    price: figure(priceUsd, "USD", "measured"),
    floor: assumed(question.floorShare, "share"),
    horizon: assumed(question.horizonMs, "ms"),
    tick: assumed(question.tickMs, "ms"),
    every: assumed(question.everyMs, "ms"),
    sum: assumed(question.sumUsd, "USD"),
    crowd: assumed(question.crowdUsd, "USD"),
    crowdOfDepth: figure(depthUsd === 0 ? null : question.crowdUsd / depthUsd, "share", weakest("assumed", depthBasis)),
    depth: figure(depthUsd, "USD", depthBasis),
    volatility: assumed(question.volatility, "share per root year"),
    jumpsPerYear: assumed(jumps.perYear, "jumps per year"),
    jumpMean: assumed(jumps.logMean, "share, log"),
    jumpDeviation: assumed(jumps.logDeviation, "share, log"),
    drift: assumed(question.drift, "share per year"),
    multiplier: assumed(question.multiplier, "x"),
    leverage: assumed(question.leverage, "x"),
    lasting: assumed(question.lastingShare, "share"),
    seed,
    paths: quiet.wealthUsd.length,
    confidence: 0.95,
    strategies: strategies.map((strategy, at) => ({
      name: strategy.name,
      title: strategy.title,
      rule: strategy.rule(question),
      alone: outcomeFigures(insuranceOutcome(question, runs[at].alone, quiet, priceUsd)),
      crowd: outcomeFigures(insuranceOutcome(question, runs[at].crowd, quiet, priceUsd)),
      harm: harmFigures(insuranceHarm(question, runs[at])),
      ...mapFigures(request, at, depthBasis),
    })),
    leftOut: usesPerpetual ? (market.perpetual?.leftOut ?? []) : market.leftOut,
    restsOn: [
      ...layers.map((layer) => ({ what: "depth", words: `${layer.asOf}: ${layer.source}`, basis: layer.basis })),
      ...(market.perpetual === null || !usesPerpetual ? [] : layersOf(market.perpetual.book))
        .filter((layer) => !layers.includes(layer))
        .map((layer) => ({ what: "perpetual", words: `${layer.asOf}: ${layer.source}`, basis: layer.basis })),
      ...(strategies.some(({ puts }) => puts !== undefined)
        ? [{ what: "options", words: optionWords, basis: "assumed" as const }]
        : []),
      {
        what: "price paths",
        words: "volatility, jumps and growth are chosen, not measured",
        basis: "assumed" as const,
      },
      { what: "crowd", words: "how many do the same is chosen, not measured", basis: "assumed" as const },
      {
        what: "lasting impact",
        words: `${100 * question.lastingShare} % of what a sale moves stays in the price`,
        basis: "assumed" as const,
      },
    ],
  };
}

function outcomeFigures(outcome: InsuranceOutcome): InsuranceOutcomeFigures {
  const share = (value: number | null) => figure(value, "share", "assumed");
  return {
    cost: estimateFigure(outcome.cost),
    upsideKept: share(outcome.upsideKept),
    broken: estimateFigure(outcome.broken),
    shortfall: estimateFigure(outcome.shortfall),
    shortfallIfBroken: share(outcome.shortfallIfBroken),
    tailLoss: share(outcome.tailLoss),
    unfilled: share(outcome.unfilled),
    bystanderLoss: estimateFigure(outcome.bystanderLoss),
  };
}

function harmFigures({ cost, broken }: InsuranceHarm): InsuranceStrategyFigures["harm"] {
  return { cost: estimateFigure(cost), broken: estimateFigure(broken) };
}

function estimateFigure({ value, band }: Estimate): Figure {
  return figure(value, "share", "assumed", band ?? undefined);
}

function mapFigures(
  { market, question, strategies }: InsuranceRequest,
  at: number,
  depthBasis: Basis,
): Pick<InsuranceStrategyFigures, "flows" | "largestGain" | "largestGainFall" | "room" | "foldShock"> {
  const strategy = strategies[at];
  const map: InsuredMap =
    strategy.kind === null
      ? nobodyForced()
      : insuredMap(insurancePlan(market, question, strategy, true), market.instrument);
  const basis = weakest("assumed", depthBasis);
  const usd = (value: number) => figure(value, "USD", basis);
  const share = (value: number | null) => figure(value, "share", basis);
  const gain = (value: number) => figure(Number.isFinite(value) ? value : null, "x", basis);
  const all = question.sumUsd + question.crowdUsd;
  return {
    flows: map.flows.map((flow) => ({
      fall: share(flow.fall),
      account: usd(flow.accountUsd),
      accountShare: share(flow.accountUsd / question.sumUsd),
      everybody: usd(flow.everybodyUsd),
      depthShare: share(flow.depthUsd === 0 ? null : flow.everybodyUsd / flow.depthUsd),
      gain: gain(flow.gain),
    })),
    largestGain: gain(map.largestGain),
    largestGainFall: share(map.largestGainFall),
    room: figure(map.largestGain === 0 ? null : all / map.largestGain, "USD", basis),
    foldShock: map.foldShock === null ? null : share(map.foldShock),
  };
}

/** Who holds sells nothing at any price. */
function nobodyForced(): InsuredMap {
  return { flows: [], largestGain: 0, largestGainFall: 0, foldShock: null };
}
