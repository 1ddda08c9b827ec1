import type { LiquidationsConfig, PerpetualParameters } from "./parameters.js";

/** A subaccount: signed quote quantums and signed base quantums by perpetual. All its positions share its collateral. */
export interface Subaccount {
  readonly quoteBalance: bigint;
  readonly positions: Readonly<Record<string, bigint>>;
}

/** What a subaccount has had liquidated in the present block. Source: x/clob/types, SubaccountLiquidationInfo. */
export interface BlockLiquidations {
  /** Quote quantums at oracle prices. */
  readonly notionalLiquidated: bigint;
  /** Quote quantums that the insurance fund paid. */
  readonly insuranceLost: bigint;
  readonly perpetuals: readonly string[];
}

/** Markets, subaccounts and insurance fund of one collateral pool, and the present block. */
export interface Chain {
  readonly config: LiquidationsConfig;
  readonly perpetuals: Readonly<Record<string, PerpetualParameters>>;
  /** Open interest in base quantums, for the initial margin fraction. */
  readonly openInterest: Readonly<Record<string, bigint>>;
  readonly subaccounts: Readonly<Record<string, Subaccount>>;
  /** Quote quantums, never negative. */
  readonly insuranceFund: bigint;
  readonly height: bigint;
  readonly liquidatedInBlock: Readonly<Record<string, BlockLiquidations>>;
  /** Block at which a subaccount with negative net collateral was last left over; null: never. */
  readonly negativeCollateralSeenAt: bigint | null;
}

/** Oracle prices by perpetual, in whole price steps. */
export type OraclePrices = Readonly<Record<string, bigint>>;

/** Makers on the book as a party of a movement. */
export const MARKET = "market";
/** The insurance fund as a party of a movement. */
export const INSURANCE_FUND = "insurance-fund";
/** Where withdrawn collateral goes. */
export const OUTSIDE = "outside";

/** What one party got: base quantums of a perpetual (null: none) and quote quantums; over all parties of an outcome both add up to 0. */
export interface Movement {
  /** `market`, `insurance-fund`, `outside`, or a subaccount's id. */
  readonly party: string;
  readonly perpetual: string | null;
  readonly units: bigint;
  readonly quote: bigint;
}

/** A fraction of whole numbers, the denominator positive. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** -1n, 0n or 1n. */
export function signOf(value: bigint): bigint {
  return value === 0n ? 0n : value < 0n ? -1n : 1n;
}

/** A number without its sign. */
export function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** What a subaccount has had liquidated in this block. */
export function liquidatedOf(chain: Chain, id: string): BlockLiquidations {
  return chain.liquidatedInBlock[id] ?? { notionalLiquidated: 0n, insuranceLost: 0n, perpetuals: [] };
}

/** The next block: what was liquidated in the last one no longer counts. */
export function nextBlock(chain: Chain): Chain {
  return { ...chain, height: chain.height + 1n, liquidatedInBlock: {} };
}

/** A subaccount after base and quote quantums were added; a position of 0 goes. */
export function updated(subaccount: Subaccount, perpetual: string, units: bigint, quote: bigint): Subaccount {
  const { [perpetual]: held = 0n, ...others } = subaccount.positions;
  const size = held + units;
  return {
    quoteBalance: subaccount.quoteBalance + quote,
    positions: size === 0n ? others : { ...others, [perpetual]: size },
  };
}
