import type { DepthLevel } from "../../book/book.js";

/** One loan in whole units: one collateral, dollars owed. */
export interface LoanPosition {
  readonly collateralUnits: number;
  readonly debtUnits: number;
  /** Below this published price it may be liquidated: debt / (threshold x collateral), from the whole units themselves. */
  readonly breachPriceUsd: number;
}

/** A whole book for one cascade: every loan that is breached is seized in full and sold at once into one order book. */
export interface CascadeBook {
  readonly collateralDecimals: number;
  readonly debtDecimals: number;
  /** The published price before the shock; no loan is breached at it. */
  readonly spotPriceUsd: number;
  /** The order book's fair value after the outside move, which by itself consumes no depth. */
  readonly fairPriceUsd: number;
  /** Collateral counts at this share of its value. */
  readonly liquidationThreshold: number;
  readonly positions: readonly LoanPosition[];
  /** Levels relative to fair value; log-linear between them, no refill, nothing lasts, no fee. */
  readonly bids: readonly DepthLevel[];
}

/** Where a cascade came to rest. */
export interface CascadeOutcome {
  readonly liquidatedCount: number;
  readonly soldUnits: number;
  readonly priceUsd: number;
}

/** A share of the debt (rounded down), or as much as brings the health to the target. */
export type LiquidationBookSize =
  | { readonly kind: "close-factor"; readonly closeFactor: number }
  | { readonly kind: "target-health"; readonly targetHealth: number };

/** One account, at most one liquidation of it, and the pool that takes what was seized. */
export interface LiquidationBook {
  readonly collateralDecimals: number;
  readonly debtDecimals: number;
  /** The published price at which the liquidation is decided and settled. */
  readonly priceUsd: number;
  readonly liquidationThreshold: number;
  /** On top of what is repaid, in collateral. */
  readonly bonus: number;
  readonly account: { readonly collateralUnits: number; readonly debtUnits: number };
  /** How much a breached account may have repaid; less where its collateral does not reach. A healthy one is left alone. */
  readonly size: LiquidationBookSize;
  /** Null: what was seized is held, and no price moves. */
  readonly pool: { readonly collateralUnits: number; readonly debtUnits: number; readonly feeShare: number } | null;
}

/** What one liquidation did, in whole units. */
export interface LiquidationOutcome {
  readonly repaidUnits: number;
  readonly seizedUnits: number;
  readonly collateralUnits: number;
  /** Debt still owed; with no collateral left it is bad debt. */
  readonly debtUnits: number;
  /** What the sale into the pool paid, 0 without a pool. */
  readonly revenueUnits: number;
  /** The pool's price after the sale; the published price without a pool. */
  readonly priceUsd: number;
}

/**
 * What the simulated cases ask of an engine. The kernel's adaptor opens the book as a scenario and runs it; the tests'
 * reference solver answers the same questions over plain objects.
 */
export interface SimulatedEngine {
  cascade(book: CascadeBook): CascadeOutcome;
  liquidate(book: LiquidationBook): LiquidationOutcome;
}

/** Whole units of an amount, to the nearest. */
export function toUnits(amount: number, decimals: number): number {
  return Math.round(amount * powersOfTen[decimals]);
}

/** The amount of whole units. */
export function fromUnits(units: number, decimals: number): number {
  return units / powersOfTen[decimals];
}

const powersOfTen: readonly number[] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];

/** A loan that is breached below `breachPriceUsd`, in whole units; its own breach price is that of the rounded debt. */
export function loanBreachedBelow(
  breachPriceUsd: number,
  collateral: number,
  liquidationThreshold: number,
  collateralDecimals: number,
  debtDecimals: number,
): LoanPosition {
  const collateralUnits = toUnits(collateral, collateralDecimals);
  const debtUnits = toUnits(breachPriceUsd * collateral * liquidationThreshold, debtDecimals);
  const debtPerCollateral = fromUnits(debtUnits, debtDecimals) / fromUnits(collateralUnits, collateralDecimals);
  return { collateralUnits, debtUnits, breachPriceUsd: debtPerCollateral / liquidationThreshold };
}
