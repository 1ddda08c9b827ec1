import {
  type Basis,
  dealerSides,
  type Figure,
  figure,
  fold,
  largestBySide,
  levelsBySide,
  levelsOf,
  type MapLevel,
  type MapMarket,
  type Plan,
  type SideLevels,
  type SignConvention,
  sideBand,
  solve,
} from "@firebreak/engine";
import { depthBasis, mapBasis, positionsBasis, type Rest, restsOn } from "./basis.js";
import { type CoverageFigures, coverageFigures } from "./coverage.js";
import { tradedAssets } from "./question.js";
import { type TopFigures, topFigures } from "./top.js";

/** One band of the map. */
export interface LevelFigures {
  readonly asset: string;
  readonly direction: "down" | "up";
  /** Edge nearer to spot, and the edge reached. */
  readonly from: Figure;
  readonly price: Figure;
  readonly forcedUsd: Figure;
  readonly cumulativeUsd: Figure;
  readonly depthUsd: Figure;
  /** Forced over depth within the band; null where forced flow meets no depth. Its band is over the conventions of the dealers' side. */
  readonly gain: Figure;
  readonly byMechanism: Readonly<Record<string, Figure>>;
  /** Accounts forced from spot to this price. */
  readonly accounts: number;
  readonly badDebtUsd: Figure;
  /** The account that makes more than a tenth of the band. */
  readonly largest: { readonly mechanism: string; readonly account: string; readonly share: Figure } | null;
}

/** Where an asset's shallowest landing jumps, in each direction. */
export interface FoldFigures {
  readonly shock: Figure;
  readonly saleUsd: Figure;
}

/** What the map would be with dealers on one side of all open interest whose side is a convention. */
export interface SideFigures {
  readonly convention: SignConvention;
  readonly asset: string;
  readonly direction: "down" | "up";
  /** Of the first band from spot, the largest of all, and the price that one begins at. */
  readonly gainAtSpot: Figure;
  readonly largestGain: Figure;
  readonly largestAt: Figure;
}

/** What `map --json` prints. */
export interface MapFigures {
  readonly scenario: string;
  readonly spot: Readonly<Record<string, Figure>>;
  readonly move: Figure;
  readonly horizon: Figure;
  readonly levels: readonly LevelFigures[];
  readonly fold: Readonly<Record<string, { readonly down: FoldFigures | null; readonly up: FoldFigures | null }>>;
  /** The largest accounts when the asset with the most forced selling falls by `topShock`. */
  readonly top: readonly TopFigures[];
  readonly topShock: Readonly<Record<string, number>>;
  /** Dealers whose side is a convention, and what each other convention would give: the bands of `gain`. Both empty where there is none. */
  readonly dealers: readonly {
    readonly mechanism: string;
    readonly positions: string;
    readonly sign: SignConvention;
  }[];
  readonly bySide: readonly SideFigures[];
  /** How long after a price each mechanism answers to it; what answers later than the horizon is in no figure of forced flow. */
  readonly reactions: Readonly<Record<string, Figure>>;
  readonly coverage: { readonly forced: readonly CoverageFigures[]; readonly depth: readonly CoverageFigures[] };
}

/** The fall at which the largest accounts are named: half. */
const topFall = -0.5;

/** Asks the map for every band of every traded asset, its folds and its largest accounts. */
export function mapFigures(plan: Plan, market: MapMarket, move: number, horizonMs: number): MapFigures {
  const basis = mapBasis(plan);
  const assets = tradedAssets(plan);
  const symbolOf = (asset: number) => plan.book.assets[asset].symbol;
  const sides = new Map(assets.map((asset) => [asset, levelsBySide(plan, asset, { move, horizonMs })]));
  const placed = assets.flatMap((asset) =>
    ([-1, 1] as const).flatMap((direction) =>
      levelsOf(market, asset, direction, { move, horizonMs }).map((band, place) => ({ band, place })),
    ),
  );
  const bands = placed.map(({ band }) => band);
  const foldOf = (asset: number, direction: -1 | 1): FoldFigures | null => {
    const found = fold(market, asset, direction, { move });
    if (found === null) return null;
    return { shock: figure(found.shock, "share", basis), saleUsd: figure(found.saleUsd, "USD", basis) };
  };
  const main = assets.length === 0 ? -1 : mostForced(assets, bands);
  const moves = new Float64Array(plan.book.assets.length);
  if (main >= 0) moves[main] = topFall;
  return {
    scenario: plan.name,
    spot: Object.fromEntries(
      plan.book.assets.map(({ symbol, priceUsd }) => [symbol, figure(priceUsd, "USD", positionsBasis(plan))]),
    ),
    move: figure(move, "share", "assumed"),
    horizon: figure(horizonMs, "ms", "assumed"),
    levels: placed.map(({ band, place }) => levelFigures(plan, market, band, place, sides.get(band.asset) ?? null)),
    fold: Object.fromEntries(
      assets.map((asset) => [symbolOf(asset), { down: foldOf(asset, -1), up: foldOf(asset, 1) }]),
    ),
    top: main < 0 ? [] : topFigures(plan, market, { moves }, solve(market, { moves }).shallowest),
    topShock: main < 0 ? {} : { [symbolOf(main)]: topFall },
    dealers: dealerSides(plan),
    bySide: assets.flatMap((asset) => sideFigures(sides.get(asset) ?? null, symbolOf(asset), basis)),
    reactions: Object.fromEntries(
      market.ladders.map(({ mechanism, reactionMs }) => [mechanism, figure(reactionMs, "ms", positionsBasis(plan))]),
    ),
    coverage: {
      forced: restsOn(plan).flatMap((rest) => (rest.part === "positions" ? [coverageOf(rest)] : [])),
      depth: restsOn(plan).flatMap((rest) => (rest.part === "depth" ? [coverageOf(rest)] : [])),
    },
  };
}

function mostForced(assets: readonly number[], bands: readonly MapLevel[]): number {
  const forced = (asset: number) =>
    bands.reduce((sum, band) => (band.asset === asset && band.direction === -1 ? sum + band.forcedUsd : sum), 0);
  return assets.reduce((best, asset) => (forced(asset) > forced(best) ? asset : best));
}

function sideFigures(sides: readonly SideLevels[] | null, asset: string, basis: Basis): SideFigures[] {
  return (sides ?? []).flatMap(({ convention, down, up }) =>
    (["down", "up"] as const).map((direction): SideFigures => {
      const bands = direction === "down" ? down : up;
      const { gain, priceUsd } = largestBySide(bands);
      return {
        convention,
        asset,
        direction,
        gainAtSpot: figure(finite(bands[0].gain), "x", basis),
        largestGain: figure(finite(gain), "x", basis),
        largestAt: figure(priceUsd, "USD", basis),
      };
    }),
  );
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function levelFigures(
  plan: Plan,
  market: MapMarket,
  band: MapLevel,
  place: number,
  sides: readonly SideLevels[] | null,
): LevelFigures {
  const basis = mapBasis(plan);
  const usd = (value: number) => figure(value, "USD", basis);
  const banded = (unit: string, of: (level: MapLevel) => number): Figure => {
    if (sides === null) return figure(finite(of(band)), unit, basis);
    const [low, high] = sideBand(sides, band.direction, place, of, of(band));
    return figure(finite(of(band)), unit, basis, [finite(low), finite(high)]);
  };
  return {
    asset: plan.book.assets[band.asset].symbol,
    direction: band.direction < 0 ? "down" : "up",
    from: usd(band.fromUsd),
    price: usd(band.priceUsd),
    forcedUsd: banded("USD", (level) => level.forcedUsd),
    cumulativeUsd: banded("USD", (level) => level.cumulativeUsd),
    depthUsd: figure(band.depthUsd, "USD", depthBasis(plan)),
    gain: banded("x", (level) => level.gain),
    byMechanism: Object.fromEntries(
      market.ladders.map((ladder, index) => [ladder.mechanism, usd(band.byMechanismUsd[index])]),
    ),
    accounts: band.cumulativeAccounts,
    badDebtUsd: usd(band.cumulativeBadDebtUsd),
    largest:
      band.jump === null
        ? null
        : {
            mechanism: band.jump.mechanism,
            account: band.jump.account,
            share: figure(band.jump.share, "share", basis),
          },
  };
}

function coverageOf({ name, layer, provenance }: Rest): CoverageFigures {
  return coverageFigures(name, layer, provenance);
}
