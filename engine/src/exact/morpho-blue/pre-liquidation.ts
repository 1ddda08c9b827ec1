import type { ParameterFault } from "../protocol.js";
import { mulDivDown, mulDivUp } from "../rounding.js";
import { WAD } from "../scales.js";
import { entriesBetween, type MorphoEntry } from "./entries.js";
import { LiquidatablePosition, NotPreLiquidatablePosition, PreLiquidationTooLarge } from "./errors.js";
import { borrowedAssets, collateralQuoted } from "./health.js";
import { bothAmounts, type SeizedOrRepaid } from "./liquidation.js";
import type { MorphoParameters } from "./parameters.js";
import { repay, withdrawCollateral } from "./positions.js";
import { exactlyOne, type MorphoMarket, type MorphoPosition } from "./state.js";

/** Terms that a borrower opts into: smaller, cheaper liquidations between its own threshold and the market's. All wads. */
export interface PreLiquidationParameters {
  /** Loan-to-value from which on the position may be pre-liquidated; below the market's LLTV. */
  readonly preLltv: bigint;
  /** Share of the debt that one call may repay at `preLltv`; at most one. */
  readonly preCloseFactorLow: bigint;
  /** The same at the LLTV; may exceed one: all may be repaid before the LLTV is reached. */
  readonly preCloseFactorHigh: bigint;
  /** Collateral value for a unit repaid at `preLltv`; at least one. */
  readonly preIncentiveFactorLow: bigint;
  /** The same at the LLTV; at most the reciprocal of the LLTV. */
  readonly preIncentiveFactorHigh: bigint;
}

/** Everything that is wrong with the terms in a market, all at once: what the contract refuses at creation (PreLiquidation's constructor). */
export function preLiquidationFaults(market: MorphoParameters, terms: PreLiquidationParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  const report = (code: string, key: string, message: string, hint: string) => found.push({ code, key, message, hint });
  for (const [key, value] of Object.entries(terms))
    if (value < 0n) report("negative-value", key, `${value} is below zero`, "give zero or more");
  const { preLltv, preCloseFactorLow, preCloseFactorHigh, preIncentiveFactorLow, preIncentiveFactorHigh } = terms;
  if (preLltv >= market.lltv)
    report("pre-lltv-too-high", "preLltv", `${preLltv} is not below the LLTV ${market.lltv}`, "lower it");
  if (preCloseFactorLow > preCloseFactorHigh)
    report(
      "close-factor-falls",
      "preCloseFactorHigh",
      `${preCloseFactorHigh} is below ${preCloseFactorLow}`,
      "let the close factor rise with the loan-to-value, or stay",
    );
  if (preCloseFactorLow > WAD)
    report("close-factor-above-one", "preCloseFactorLow", `${preCloseFactorLow} is above ${WAD}`, "give at most one");
  if (preIncentiveFactorLow < WAD)
    report("bonus-below-par", "preIncentiveFactorLow", `${preIncentiveFactorLow} is below ${WAD}`, "give at least one");
  if (preIncentiveFactorLow > preIncentiveFactorHigh)
    report(
      "bonus-falls",
      "preIncentiveFactorHigh",
      `${preIncentiveFactorHigh} is below ${preIncentiveFactorLow}`,
      "let the incentive rise with the loan-to-value, or stay",
    );
  if (market.lltv > 0n && preIncentiveFactorHigh > mulDivDown(WAD, WAD, market.lltv))
    report(
      "threshold-times-bonus",
      "preIncentiveFactorHigh",
      `${preIncentiveFactorHigh} is above the reciprocal of the LLTV ${market.lltv}`,
      "lower the incentive: repaying must not worsen the position",
    );
  return found;
}

/** How far a loan-to-value (wad) has come from the terms' threshold to the LLTV, wad, rounded down (PreLiquidation.preLiquidate). */
export function preLiquidationQuotient(
  market: MorphoParameters,
  terms: PreLiquidationParameters,
  loanToValue: bigint,
): bigint {
  return mulDivDown(loanToValue - terms.preLltv, WAD, market.lltv - terms.preLltv);
}

/** Collateral value for a unit repaid at a quotient, wad, rounded down. */
export function preIncentiveFactor(terms: PreLiquidationParameters, quotient: bigint): bigint {
  const rise = terms.preIncentiveFactorHigh - terms.preIncentiveFactorLow;
  return terms.preIncentiveFactorLow + mulDivDown(quotient, rise, WAD);
}

/** Share of the debt that one call may repay at a quotient, wad, rounded down; may exceed one. */
export function preCloseFactor(terms: PreLiquidationParameters, quotient: bigint): bigint {
  const rise = terms.preCloseFactorHigh - terms.preCloseFactorLow;
  return terms.preCloseFactorLow + mulDivDown(quotient, rise, WAD);
}

/** What the terms offer for a position now. */
export interface PreLiquidationOffer {
  /** Debt over collateral value, wad, rounded up. */
  readonly loanToValue: bigint;
  readonly incentiveFactor: bigint;
  readonly closeFactor: bigint;
  /** Most borrow shares that one call may repay, rounded down; more than the position has where the close factor exceeds one. */
  readonly repayableShares: bigint;
}

/**
 * What may be pre-liquidated of a position, by the terms' own oracle (`price` at scale 1e36). The market has accrued. Throws LiquidatablePosition above the
 * LLTV and NotPreLiquidatablePosition at or below the terms' threshold; exactly at the LLTV it may (PreLiquidation.preLiquidate).
 */
export function preLiquidationOffer(
  parameters: MorphoParameters,
  terms: PreLiquidationParameters,
  market: MorphoMarket,
  position: MorphoPosition,
  price: bigint,
): PreLiquidationOffer {
  const borrowed = borrowedAssets(market, position);
  const quoted = collateralQuoted(position, price);
  const most = mulDivDown(quoted, parameters.lltv, WAD);
  const threshold = mulDivDown(quoted, terms.preLltv, WAD);
  if (borrowed > most) throw new LiquidatablePosition(`${borrowed} units owed, ${most} allowed`);
  if (borrowed <= threshold) throw new NotPreLiquidatablePosition(`${borrowed} units owed, ${threshold} allowed`);
  const loanToValue = mulDivUp(borrowed, WAD, quoted);
  const quotient = preLiquidationQuotient(parameters, terms, loanToValue);
  const closeFactor = preCloseFactor(terms, quotient);
  return {
    loanToValue,
    incentiveFactor: preIncentiveFactor(terms, quotient),
    closeFactor,
    repayableShares: mulDivDown(position.borrowShares, closeFactor, WAD),
  };
}

/** What a pre-liquidation leaves behind. */
export interface PreLiquidationOutcome {
  readonly market: MorphoMarket;
  readonly position: MorphoPosition;
  /** Collateral units that the liquidator gets. */
  readonly seizedAssets: bigint;
  readonly repaidShares: bigint;
  /** Loan units that the liquidator pays. */
  readonly repaidAssets: bigint;
  readonly offer: PreLiquidationOffer;
  readonly entries: readonly MorphoEntry[];
}

/** The prices a pre-liquidation reads, both at scale 1e36; they may differ. */
export interface PreLiquidationPrices {
  /** Of the terms' own oracle: decides whether, how much and for how much. */
  readonly preLiquidation: bigint;
  /** Of the market's oracle: decides whether the position is healthy afterwards. */
  readonly market: bigint;
}

/**
 * Repays part of the debt of a position between the terms' threshold and the LLTV, and takes collateral for it at the incentive of its loan-to-value: a repayment
 * followed by a withdrawal that must leave the position healthy (PreLiquidation.preLiquidate). The market has accrued. Throws InconsistentInput,
 * LiquidatablePosition, NotPreLiquidatablePosition, PreLiquidationTooLarge, PositionTooSmall, ZeroAssets (the seized collateral rounds to nothing),
 * InsufficientCollateral.
 */
export function preLiquidate(
  parameters: MorphoParameters,
  terms: PreLiquidationParameters,
  market: MorphoMarket,
  position: MorphoPosition,
  asked: SeizedOrRepaid,
  prices: PreLiquidationPrices,
): PreLiquidationOutcome {
  exactlyOne(asked.seizedAssets, asked.repaidShares, "seized assets and repaid shares");
  const offer = preLiquidationOffer(parameters, terms, market, position, prices.preLiquidation);
  const { seizedAssets, repaidShares } = bothAmounts(market, asked, offer.incentiveFactor, prices.preLiquidation);
  if (repaidShares > offer.repayableShares)
    throw new PreLiquidationTooLarge(`${repaidShares} borrow shares; at most ${offer.repayableShares}`);
  const repaid = repay(market, position, { assets: 0n, shares: repaidShares });
  const end = withdrawCollateral(parameters, repaid.market, repaid.position, seizedAssets, prices.market);
  return {
    market: end.market,
    position: end.position,
    seizedAssets,
    repaidShares,
    repaidAssets: repaid.assets,
    offer,
    entries: entriesBetween(market, end.market, repaid.assets, -seizedAssets),
  };
}
