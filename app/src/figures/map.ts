import {
  type Figure,
  figure,
  fold,
  levelsOf,
  type MapLevel,
  type MapMarket,
  type Plan,
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
  /** Forced over depth within the band; null where forced flow meets no depth. */
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
  readonly coverage: { readonly forced: readonly CoverageFigures[]; readonly depth: readonly CoverageFigures[] };
}

/** The fall at which the largest accounts are named: half. */
const topFall = -0.5;

/** Asks the map for every band of every traded asset, its folds and its largest accounts. */
export function mapFigures(plan: Plan, market: MapMarket, move: number, horizonMs: number): MapFigures {
  const basis = mapBasis(plan);
  const assets = tradedAssets(plan);
  const symbolOf = (asset: number) => plan.book.assets[asset].symbol;
  const bands = assets.flatMap((asset) =>
    ([-1, 1] as const).flatMap((direction) => levelsOf(market, asset, direction, { move, horizonMs })),
  );
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
    levels: bands.map((band) => levelFigures(plan, market, band)),
    fold: Object.fromEntries(
      assets.map((asset) => [symbolOf(asset), { down: foldOf(asset, -1), up: foldOf(asset, 1) }]),
    ),
    top: main < 0 ? [] : topFigures(plan, market, { moves }, solve(market, { moves }).shallowest),
    topShock: main < 0 ? {} : { [symbolOf(main)]: topFall },
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

function levelFigures(plan: Plan, market: MapMarket, band: MapLevel): LevelFigures {
  const basis = mapBasis(plan);
  const usd = (value: number) => figure(value, "USD", basis);
  return {
    asset: plan.book.assets[band.asset].symbol,
    direction: band.direction < 0 ? "down" : "up",
    from: usd(band.fromUsd),
    price: usd(band.priceUsd),
    forcedUsd: usd(band.forcedUsd),
    cumulativeUsd: usd(band.cumulativeUsd),
    depthUsd: figure(band.depthUsd, "USD", depthBasis(plan)),
    gain: figure(Number.isFinite(band.gain) ? band.gain : null, "x", basis),
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
