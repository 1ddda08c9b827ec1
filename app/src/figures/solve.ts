import {
  assuming,
  type Basis,
  type DealerSide,
  dealerSides,
  type Figure,
  figure,
  fold,
  type Gain,
  gainsOf,
  type Landing,
  levelsOf,
  type MapMarket,
  openMarket,
  type Plan,
  powersOfTen,
  type ShockGain,
  type SignConvention,
  signConventions,
  solve,
} from "@firebreak/engine";
import { mapBasis } from "./basis.js";
import { horizonsWith, type Question } from "./question.js";
import { type TopFigures, topFigures } from "./top.js";

/** One end of what a shock comes to. */
export interface LandingFigures {
  /** By asset, dollars a coin. */
  readonly prices: Readonly<Record<string, Figure>>;
  readonly forcedUsd: Figure;
  /** By asset: coins sold (negative: bought) by those who were forced. */
  readonly forced: Readonly<Record<string, Figure>>;
  readonly repaidUsd: Figure;
  readonly badDebtUsd: Figure;
  readonly liquidated: number;
  readonly waves: number;
  readonly depthExhausted: boolean;
  /** Null at a fixed point; `cycle` or `rounds` where none was reached. */
  readonly limit: Landing["limit"];
}

/** Gain at one horizon. */
export interface GainFigures {
  readonly horizon: Figure;
  readonly move: Figure;
  readonly atSpot: Figure;
  readonly atShallowest: Figure;
}

/** The gain asked for, with its largest value over the bands of the map. */
export interface LargestGainFigures extends GainFigures {
  readonly max: Figure;
  /** Price at the nearer edge of that band. */
  readonly maxPrice: Figure;
  /** First price at which forced flow meets no depth at all; null where there is none within the map. */
  readonly noDepthPrice: Figure | null;
}

/** What `solve --json` prints. */
export interface SolveFigures {
  readonly scenario: string;
  readonly direction: -1 | 1;
  readonly moves: Readonly<Record<string, number>>;
  readonly sale: Readonly<Record<string, number>>;
  readonly shallowest: LandingFigures;
  readonly deepest: LandingFigures;
  readonly nonMonotone: boolean;
  readonly depthExhausted: boolean;
  readonly gain: LargestGainFigures;
  readonly gains: readonly GainFigures[];
  /** Smallest outside move at which the shallowest end jumps, signed; null if none. */
  readonly foldShock: Figure | null;
  /** Dollars sold at once that bring the same jump; null if none. */
  readonly foldSaleUsd: Figure | null;
  readonly top: readonly TopFigures[];
  /** Dealers whose side of open interest is a convention; figures of the gain and the shallowest end have a band over all four conventions then. */
  readonly dealers: readonly DealerSide[];
  /** The same question with those dealers on each side; empty where there are none. */
  readonly bySide: readonly SolvedSide[];
}

/** What a shock comes to with dealers on one side of open interest. */
export interface SolvedSide {
  readonly convention: SignConvention;
  /** Price of the asset asked about at the shallowest end. */
  readonly price: Figure;
  readonly forcedUsd: Figure;
  readonly gainAtSpot: Figure;
  readonly largestGain: Figure;
}

/** Asks the map everything about one shock; where dealers' side is a convention, under each of the four. */
export function solveFigures(plan: Plan, market: MapMarket, question: Question): SolveFigures {
  const own = solvedAlone(plan, market, question);
  if (own.dealers.length === 0) return own;
  const { symbol } = plan.book.assets[question.asset];
  const others = signConventions.map((convention) => {
    const changed = assuming(plan, { dealers: convention });
    return { convention, solved: solvedAlone(changed, openMarket(changed), question) };
  });
  const over = (of: (one: SolveFigures) => Figure): Figure => {
    const values = [own, ...others.map(({ solved }) => solved)].map((one) => of(one).value);
    return { ...of(own), band: bandOf(values) };
  };
  return {
    ...own,
    shallowest: {
      ...own.shallowest,
      prices: { ...own.shallowest.prices, [symbol]: over((one) => one.shallowest.prices[symbol]) },
      forcedUsd: over((one) => one.shallowest.forcedUsd),
      badDebtUsd: over((one) => one.shallowest.badDebtUsd),
    },
    gain: {
      ...own.gain,
      atSpot: over((one) => one.gain.atSpot),
      atShallowest: over((one) => one.gain.atShallowest),
      max: over((one) => one.gain.max),
    },
    gains: own.gains.map((gain, place) => ({
      ...gain,
      atSpot: over((one) => one.gains[place].atSpot),
      atShallowest: over((one) => one.gains[place].atShallowest),
    })),
    bySide: others.map(({ convention, solved }) => ({
      convention,
      price: solved.shallowest.prices[symbol],
      forcedUsd: solved.shallowest.forcedUsd,
      gainAtSpot: solved.gain.atSpot,
      largestGain: solved.gain.max,
    })),
  };
}

/** Smallest and largest; null, which is beyond all bounds, stands at the upper end. */
function bandOf(values: readonly (number | null)[]): readonly [number | null, number | null] {
  const known = values.filter((value) => value !== null);
  const high = known.length < values.length ? null : Math.max(...known);
  return [known.length === 0 ? null : Math.min(...known), high];
}

function solvedAlone(plan: Plan, market: MapMarket, question: Question): SolveFigures {
  const { shock, asset, direction, move, horizonMs } = question;
  const basis = mapBasis(plan);
  const solution = solve(market, shock);
  const gains = gainsOf(market, solution, direction, move, horizonsWith(horizonMs));
  const found = fold(market, asset, direction, { move });
  const asked = gains.find((one) => one.horizonMs === horizonMs) ?? gains[0];
  return {
    scenario: plan.name,
    direction,
    moves: named(plan, shock.moves ?? []),
    sale: soldCoins(plan, shock.saleUnits ?? []),
    shallowest: landingFigures(plan, solution.shallowest, basis),
    deepest: landingFigures(plan, solution.deepest, basis),
    // A trade against the shock on the way, or a gain with a negative entry: less is forced further on (docs/model.md, the map).
    nonMonotone: solution.nonMonotone || gains.some((one) => one.atSpot.nonMonotone || one.atShallowest.nonMonotone),
    depthExhausted: solution.shallowest.depthExhausted,
    gain: { ...gainFigures(asked, basis), ...largest(market, question, basis) },
    gains: gains.map((one) => gainFigures(one, basis)),
    foldShock: found === null ? null : figure(found.shock, "share", basis),
    foldSaleUsd: found === null ? null : figure(found.saleUsd, "USD", basis),
    top: topFigures(plan, market, shock, solution.shallowest),
    dealers: dealerSides(plan),
    bySide: [],
  };
}

function landingFigures(plan: Plan, landing: Landing, basis: Basis): LandingFigures {
  const { assets, instruments } = plan.book;
  const forced = new Map<string, number>();
  instruments.forEach((instrument, index) => {
    const { symbol, unitDecimals } = assets[instrument.asset];
    const coins = (landing.soldUnits[index] - landing.boughtUnits[index]) / powersOfTen[unitDecimals];
    forced.set(symbol, (forced.get(symbol) ?? 0) + coins);
  });
  return {
    prices: Object.fromEntries(
      assets.map(({ symbol }, index) => [symbol, figure(landing.pricesUsd[index], "USD", basis)]),
    ),
    forcedUsd: figure(landing.forcedUsd, "USD", basis),
    forced: Object.fromEntries([...forced].map(([symbol, coins]) => [symbol, figure(coins, symbol, basis)])),
    repaidUsd: figure(landing.repaidUsd, "USD", basis),
    badDebtUsd: figure(landing.badDebtUsd, "USD", basis),
    liquidated: landing.liquidated,
    waves: landing.waves,
    depthExhausted: landing.depthExhausted,
    limit: landing.limit,
  };
}

function gainFigures(gain: ShockGain, basis: Basis): GainFigures {
  return {
    horizon: figure(gain.horizonMs, "ms", "assumed"),
    move: figure(gain.move, "share", "assumed"),
    atSpot: gainFigure(gain.atSpot, basis),
    atShallowest: gainFigure(gain.atShallowest, basis),
  };
}

/** A gain without depth is infinite, and JSON has no infinity: its value is null. */
function gainFigure(gain: Gain, basis: Basis): Figure {
  return figure(Number.isFinite(gain.value) ? gain.value : null, "x", basis);
}

function largest(
  market: MapMarket,
  { asset, direction, move, horizonMs }: Question,
  basis: Basis,
): Pick<LargestGainFigures, "max" | "maxPrice" | "noDepthPrice"> {
  const bands = levelsOf(market, asset, direction, { move, horizonMs, namedUpTo: 0 });
  let best = bands[0];
  for (const band of bands) if (Number.isFinite(band.gain) && band.gain > best.gain) best = band;
  const bare = bands.find((band) => band.gain === Number.POSITIVE_INFINITY);
  return {
    max: figure(Number.isFinite(best.gain) ? best.gain : null, "x", basis),
    maxPrice: figure(best.fromUsd, "USD", basis),
    noDepthPrice: bare === undefined ? null : figure(bare.fromUsd, "USD", basis),
  };
}

function named(plan: Plan, moves: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(
    plan.book.assets.flatMap(({ symbol }, asset) => ((moves[asset] ?? 0) === 0 ? [] : [[symbol, moves[asset]]])),
  );
}

function soldCoins(plan: Plan, units: ArrayLike<number>): Record<string, number> {
  const { assets, instruments } = plan.book;
  return Object.fromEntries(
    instruments.flatMap(({ asset }, index) =>
      (units[index] ?? 0) === 0 ? [] : [[assets[asset].symbol, units[index] / powersOfTen[assets[asset].unitDecimals]]],
    ),
  );
}
