import {
  type Basis,
  type Book,
  conventionWords,
  type Figure,
  figure,
  formatMoment,
  type LeftOutOption,
  type OptionExposure,
  type OptionTable,
  type Provenance,
  type SignConvention,
  type SmileRegime,
  weakest,
} from "@firebreak/engine";
import { type CoverageFigures, coverageFigures } from "./coverage.js";

/** A table of options with the side that dealers are taken to hold of it. */
export interface SidedTable {
  readonly table: OptionTable;
  /** Null where each row has its own size or sign. */
  readonly convention: SignConvention | null;
  /** Who said so. */
  readonly saidBy: "rows" | "asked" | "scenario" | "default";
}

/** A gamma map as it was asked and found. */
export interface GammaMap {
  /** The book's or the scenario's name. */
  readonly name: string;
  readonly book: Book;
  readonly asset: number;
  readonly tables: readonly SidedTable[];
  /** The whole range, and spot alone. */
  readonly exposure: OptionExposure;
  readonly atSpot: OptionExposure;
  /** Dates of the expiries that were asked for; empty: all. */
  readonly onlyExpiries: readonly string[];
  /** Rows that are no options, and why. */
  readonly leftOut: readonly LeftOutOption[];
}

/** What every reader of open interest is told. */
export const openInterestWords =
  "Open interest counts contracts, not sides: it holds spreads and trades between dealers, and every other venue is missing. Who is long is not known from it, so the sign is an input and the band shows what another one would give.";

/** Expiries are stacked and added up by how near they are. */
export const nearness: readonly { readonly words: string; readonly short: string; readonly most: number }[] = [
  { words: "within 7 days", short: "7 d", most: 7 },
  { words: "8 to 30 days", short: "30 d", most: 30 },
  { words: "31 to 90 days", short: "90 d", most: 90 },
  { words: "later", short: "all", most: Number.POSITIVE_INFINITY },
];

const msPerDay = 86_400_000;

/** The bucket of `nearness` that an expiry falls in. */
export function bucketOf(leftMs: number): number {
  return nearness.findIndex(({ most }) => leftMs <= most * msPerDay);
}

/** A column of the exposure by bucket of expiries, one array of levels per bucket. */
export function bucketed(exposure: OptionExposure, column: "gammaUsd" | "vannaUsd" | "charmUsd"): Float64Array[] {
  const sums = nearness.map(() => new Float64Array(exposure.levelsUsd.length));
  for (const expiry of exposure.expiries)
    expiry[column].forEach((value, level) => {
      sums[bucketOf(expiry.leftMs)][level] += value;
    });
  return sums;
}

/** The sign as every text and chart names it: `dealers short all of it (assumed)`; by table where tables differ. */
export function signWords({ tables }: GammaMap): string {
  const sides = new Map<string, string[]>();
  for (const { table, convention } of tables) {
    const words =
      convention === null ? "dealers as each row states it" : `dealers ${conventionWords(convention)} (assumed)`;
    sides.set(words, [...(sides.get(words) ?? []), table.protocol]);
  }
  if (sides.size === 1) return [...sides.keys()][0];
  return [...sides].map(([words, names]) => `${names.join(", ")}: ${words}`).join("; ");
}

/** What the exposure rests on: a side that nobody measured makes it an assumption. */
export function gammaBasis({ book, tables }: GammaMap): Basis {
  const layers = tables.map(({ table }) => book.layers[table.layer]?.basis ?? "assumed");
  return weakest(...layers, tables.some(({ convention }) => convention !== null) ? "assumed" : "measured");
}

/** Smallest and largest over the conventions at a level; null where none is varied. */
export function conventionBand(
  exposure: OptionExposure,
  column: "gammaUsd" | "vannaUsd" | "charmUsd",
  level: number,
): readonly [number, number] | null {
  if (exposure.conventions === null) return null;
  const values = exposure.conventions.map((one) => one[column][level]);
  return [Math.min(...values), Math.max(...values)];
}

/** One level of the map. */
export interface GammaLevelFigures {
  readonly price: Figure;
  readonly move: number;
  readonly gamma: Figure;
  readonly vanna: Figure;
  readonly charm: Figure;
  /** Gamma by expiry, UTC dates. */
  readonly byExpiry: Readonly<Record<string, Figure>>;
}

/** What `gamma --json` prints. Bands are over the four conventions of the sign. */
export interface GammaFigures {
  readonly name: string;
  readonly asset: string;
  readonly at: string;
  readonly spot: Figure;
  readonly sign: readonly {
    readonly table: string;
    readonly convention: SignConvention | null;
    readonly saidBy: SidedTable["saidBy"];
  }[];
  readonly smile: SmileRegime;
  readonly atSpot: { readonly gamma: Figure; readonly vanna: Figure; readonly charm: Figure };
  /** Prices within the range at which gamma changes sign, highest first. */
  readonly flips: readonly Figure[];
  readonly conventions:
    | readonly {
        readonly convention: SignConvention;
        readonly gamma: Figure;
        readonly vanna: Figure;
        readonly charm: Figure;
        readonly flips: readonly Figure[];
      }[]
    | null;
  readonly expiries: readonly {
    readonly expiry: string;
    readonly contracts: number;
    readonly open: Figure;
    readonly gamma: Figure;
  }[];
  readonly levels: readonly GammaLevelFigures[];
  readonly restsOn: readonly CoverageFigures[];
  /** Rows that are in no figure, and why. */
  readonly leftOut: readonly {
    readonly table: string;
    readonly account: string;
    readonly code: LeftOutOption["code"];
    readonly message: string;
  }[];
  readonly notes: readonly string[];
}

const units = {
  gammaUsd: "USD per 1 % of price",
  vannaUsd: "USD per volatility point",
  charmUsd: "USD per day",
} as const;

/** A gamma map as figures. */
export function gammaFigures(map: GammaMap): GammaFigures {
  const { book, asset, exposure, atSpot } = map;
  const { symbol, priceUsd } = book.assets[asset];
  const basis = gammaBasis(map);
  const layerBasis = weakest(...layersOf(map).map(([, { basis: one }]) => one));
  const of = (from: OptionExposure, column: keyof typeof units, level: number): Figure => {
    const band = conventionBand(from, column, level);
    const value = clean(from[column][level]);
    return band === null
      ? figure(value, units[column], basis)
      : figure(value, units[column], basis, [clean(band[0]), clean(band[1])]);
  };
  const price = (value: number) => figure(value, "USD", basis);
  return {
    name: map.name,
    asset: symbol,
    at: formatMoment(book.atMs),
    spot: figure(priceUsd, "USD", layerBasis),
    sign: map.tables.map(({ table, convention, saidBy }) => ({ table: table.protocol, convention, saidBy })),
    smile: exposure.regime,
    atSpot: { gamma: of(atSpot, "gammaUsd", 0), vanna: of(atSpot, "vannaUsd", 0), charm: of(atSpot, "charmUsd", 0) },
    flips: exposure.flipsUsd.map(price),
    conventions:
      exposure.conventions?.map(({ convention, flipsUsd }, place) => {
        const spot = atSpot.conventions?.[place] ?? exposure;
        return {
          convention,
          gamma: figure(clean(spot.gammaUsd[0]), units.gammaUsd, basis),
          vanna: figure(clean(spot.vannaUsd[0]), units.vannaUsd, basis),
          charm: figure(clean(spot.charmUsd[0]), units.charmUsd, basis),
          flips: flipsUsd.map(price),
        };
      }) ?? null,
    expiries: atSpot.expiries.map(({ leftMs, contracts, coins, gammaUsd }) => ({
      expiry: formatMoment(book.atMs + leftMs),
      contracts,
      open: figure(coins, symbol, layerBasis),
      gamma: figure(clean(gammaUsd[0]), units.gammaUsd, basis),
    })),
    levels: Array.from(exposure.levelsUsd, (levelUsd, level) => ({
      price: price(levelUsd),
      move: levelUsd / priceUsd - 1,
      gamma: of(exposure, "gammaUsd", level),
      vanna: of(exposure, "vannaUsd", level),
      charm: of(exposure, "charmUsd", level),
      byExpiry: Object.fromEntries(
        exposure.expiries.map(({ leftMs, gammaUsd }) => [
          formatMoment(book.atMs + leftMs).slice(0, 16),
          figure(clean(gammaUsd[level]), units.gammaUsd, basis),
        ]),
      ),
    })),
    restsOn: layersOf(map).map(([name, provenance, layer]) => coverageFigures(name, layer, provenance)),
    leftOut: map.leftOut.map(({ protocol, account, code, message }) => ({ table: protocol, account, code, message })),
    notes: map.tables.some(({ table }) => table.counts === "open") ? [openInterestWords] : [],
  };
}

/** Zero without a sign. */
function clean(value: number): number {
  return value === 0 ? 0 : value;
}

/** The layers of the tables, with the tables' names. */
export function layersOf({
  book,
  tables,
}: GammaMap): (readonly [name: string, provenance: Provenance, layer: string])[] {
  return tables.flatMap(({ table }) => {
    const provenance = book.layers[table.layer];
    return provenance === undefined ? [] : [[table.protocol, provenance, table.layer] as const];
  });
}
