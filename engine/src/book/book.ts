import type { AccountIds } from "./account-ids.js";
import type { Provenance } from "./provenance.js";

/** An asset: what amounts and prices of it are counted in. */
export interface Asset {
  readonly symbol: string;
  /** Amounts are whole units of 10^-unitDecimals coins, held in Float64 (docs/model.md). */
  readonly unitDecimals: number;
  /** Price of one coin at the book's moment, in US dollars (plain Float64; published prices are rounded to steps). */
  readonly priceUsd: number;
}

/** What an order names: an asset, spot or perpetual, against a quote asset, on a chain. Orders reach only their instrument. */
export interface Instrument {
  readonly id: string;
  /** Index into `Book.assets`. */
  readonly asset: number;
  /** Index into `Book.assets`. */
  readonly quote: number;
  readonly market: "spot" | "perpetual";
  readonly chain: string;
}

/** One level of a measured depth curve. */
export interface DepthLevel {
  /** Marginal price after the level is used up, relative to fair value: 0.99 is one per cent below. */
  readonly relativePrice: number;
  /** Cumulative whole units of the asset absorbed when the marginal price reaches the level. */
  readonly units: number;
}

/** An order-book curve measured at one moment; it follows fair value. */
export interface OrderBookVenue {
  readonly kind: "order-book";
  readonly id: string;
  readonly instrument: number;
  /** Sold into: relative prices strictly falling from below 1, units strictly rising from above 0. */
  readonly bids: readonly DepthLevel[];
  /** Bought from: relative prices strictly rising from above 1, units strictly rising from above 0. */
  readonly asks: readonly DepthLevel[];
  /** Exponential recovery of the used volume, per hour (0: none). */
  readonly refillPerHour: number;
  readonly layer: string;
}

/** A constant-product pool; its reserves are its state. */
export interface ConstantProductVenue {
  readonly kind: "constant-product";
  readonly id: string;
  readonly instrument: number;
  /** Whole units of the instrument's asset. */
  readonly baseUnits: number;
  /** Whole units of the instrument's quote asset. */
  readonly quoteUnits: number;
  /** Fee as a fraction of the amount traded: 0.003. It stays outside the invariant. */
  readonly fee: number;
  readonly layer: string;
}

/** A place where an instrument trades. */
export type Venue = OrderBookVenue | ConstantProductVenue;

/** One column of a position table. Units are those of the asset; a `number` column has the unit its name states. */
export interface PositionColumn {
  /** collateral / debt / cash / margin: whole units of `asset`. size: signed whole units of `asset`. entryUsd, floorUsd ...: plain numbers. */
  readonly role: string;
  /** Index into `Book.assets`, or -1 for a column that is no amount. */
  readonly asset: number;
  readonly values: Float64Array;
}

/**
 * The positions of one protocol, column by column. Rows are sorted by account id (numbers by value, then text by code unit), so a row
 * index is the stable position id that ties go by, whatever the order in the file was.
 */
export interface PositionTable {
  readonly protocol: string;
  /** By row; `at(row)` and `indexOf(id)`. A table read from columns decodes an id only when it is asked for. */
  readonly ids: AccountIds;
  readonly columns: readonly PositionColumn[];
  readonly layer: string;
}

/** Everything that exists at one moment. Every list is sorted by id, so two files that say the same give the same book and hash. */
export interface Book {
  readonly name: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly atMs: number;
  readonly assets: readonly Asset[];
  readonly instruments: readonly Instrument[];
  readonly venues: readonly Venue[];
  readonly positions: readonly PositionTable[];
  /** By layer name; positions and venues point here. */
  readonly layers: Readonly<Record<string, Provenance>>;
}
