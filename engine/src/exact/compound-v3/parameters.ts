import type { ParameterFault } from "../protocol.js";
import { divDown, mulDivDown, mulDivUp, powerOfTen } from "../rounding.js";
import { WAD } from "../scales.js";

/** 1e15: one in a base index (CometCore.BASE_INDEX_SCALE). */
export const BASE_INDEX_SCALE = 1_000_000_000_000_000n;
/** Most collaterals of one market (CometWithExtendedAssetList; the first Comet took twelve). */
export const MOST_ASSETS = 24;
/** Decimals the contract keeps of every collateral factor and of the liquidation factor; what is finer is cut off. */
export const FACTOR_DECIMALS = 4;

/** The two kinked rate curves of a market. Kinks are wads of utilization, the rest wads a year. */
export interface CompoundRates {
  readonly supplyKink: bigint;
  readonly supplySlopeLow: bigint;
  readonly supplySlopeHigh: bigint;
  readonly supplyBase: bigint;
  readonly borrowKink: bigint;
  readonly borrowSlopeLow: bigint;
  readonly borrowSlopeHigh: bigint;
  readonly borrowBase: bigint;
}

/** One collateral of a market, in the order in which the market adds them up. */
export interface CompoundAsset {
  readonly name: string;
  /** Units in one token: 10 to the power of its decimals. */
  readonly scale: bigint;
  /** Wad of its value that may be borrowed against. Below `liquidateCollateralFactor`. */
  readonly borrowCollateralFactor: bigint;
  /** Wad of its value that keeps the account from being absorbed. At most one. */
  readonly liquidateCollateralFactor: bigint;
  /** Wad of its value that is credited to the account when it is absorbed. At most one; one less this is the penalty. */
  readonly liquidationFactor: bigint;
  /** Most the market takes of it, units. */
  readonly supplyCap: bigint;
}

/** One Compound III market (Comet): one base asset that is lent, several collaterals that are not. */
export interface CompoundParameters {
  readonly baseAsset: string;
  /** Units in one base token. */
  readonly baseScale: bigint;
  /** Smallest debt, base units. */
  readonly borrowMin: bigint;
  /** Reserves from which on seized collateral is kept, base units. */
  readonly targetReserves: bigint;
  /** Wad: the share of the penalty that the storefront passes on to the buyer as a discount. */
  readonly storeFrontPriceFactor: bigint;
  readonly rates: CompoundRates;
  readonly assets: readonly CompoundAsset[];
}

/** Shows a wad as a decimal. */
function wadText(wad: bigint): string {
  const digits = (wad < 0n ? -wad : wad).toString().padStart(19, "0");
  return `${wad < 0n ? "-" : ""}${digits.slice(0, -18)}.${digits.slice(-18).replace(/0+$/, "") || "0"}`;
}

type Report = (code: string, key: string, message: string, hint: string) => void;

function checkNegative(values: Readonly<Record<string, unknown>>, prefix: string, report: Report): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== "bigint" || value >= 0n) continue;
    report("negative-value", prefix + name, `${value} is below zero`, "give zero or more");
  }
}

function checkFraction(value: bigint, code: string, key: string, report: Report): void {
  if (value > WAD) report(code, key, `${wadText(value)} is above 1`, "give a share between 0 and 1");
}

function checkAsset(asset: CompoundAsset, key: string, storeFrontPriceFactor: bigint, report: Report): void {
  checkNegative({ ...asset }, `${key}.`, report);
  if (asset.scale === 0n) report("scale-zero", `${key}.scale`, "a token of no units", "give 10^decimals");
  checkFraction(asset.liquidateCollateralFactor, "threshold-above-one", `${key}.liquidateCollateralFactor`, report);
  checkFraction(asset.liquidationFactor, "liquidation-factor-above-one", `${key}.liquidationFactor`, report);
  if (asset.borrowCollateralFactor >= asset.liquidateCollateralFactor)
    report(
      "borrow-factor-not-below-threshold",
      `${key}.borrowCollateralFactor`,
      `${wadText(asset.borrowCollateralFactor)} is not below the liquidate collateral factor ${wadText(asset.liquidateCollateralFactor)}`,
      "lower the borrow collateral factor: whoever borrows the most allowed must not be absorbable at once",
    );
  if (asset.liquidationFactor < asset.liquidateCollateralFactor)
    report(
      "threshold-times-bonus",
      `${key}.liquidationFactor`,
      `${wadText(asset.liquidationFactor)} is below the liquidate collateral factor ${wadText(asset.liquidateCollateralFactor)}: reserves lose on every absorption`,
      "raise the liquidation factor to at least the liquidate collateral factor",
    );
  if (mulDivDown(storeFrontPriceFactor, WAD - asset.liquidationFactor, WAD) >= WAD)
    report(
      "discount-is-everything",
      `${key}.liquidationFactor`,
      "the storefront would sell for nothing",
      "raise the liquidation factor or lower the storefront price factor",
    );
}

/** Everything that is wrong with a market's parameters, all at once. Nothing is repaired. */
export function faults(parameters: CompoundParameters): ParameterFault[] {
  const found: ParameterFault[] = [];
  const report: Report = (code, key, message, hint) => found.push({ code, key, message, hint });
  checkNegative({ ...parameters }, "", report);
  checkNegative({ ...parameters.rates }, "rates.", report);
  if (parameters.baseScale === 0n) report("scale-zero", "baseScale", "a token of no units", "give 10^decimals");
  checkFraction(
    parameters.storeFrontPriceFactor,
    "store-front-price-factor-above-one",
    "storeFrontPriceFactor",
    report,
  );
  checkFraction(parameters.rates.supplyKink, "kink-above-one", "rates.supplyKink", report);
  checkFraction(parameters.rates.borrowKink, "kink-above-one", "rates.borrowKink", report);
  if (parameters.assets.length > MOST_ASSETS)
    report("too-many-assets", "assets", `${parameters.assets.length} collaterals`, `give at most ${MOST_ASSETS}`);
  const names = new Set<string>([parameters.baseAsset]);
  parameters.assets.forEach((asset, index) => {
    const key = `assets.${index}`;
    if (names.has(asset.name))
      report("asset-twice", `${key}.name`, `${asset.name} is there already`, "list every asset once");
    names.add(asset.name);
    checkAsset(asset, key, parameters.storeFrontPriceFactor, report);
  });
  return found;
}

/**
 * The parameters as the contract stores them: factors cut to four decimals, supply caps to whole tokens (Comet.getPackedAssetInternal). Rates are not
 * touched here; `ratePerSecond` cuts them when they are used.
 */
export function asStored(parameters: CompoundParameters): CompoundParameters {
  const step = divDown(WAD, powerOfTen(FACTOR_DECIMALS));
  const cut = (value: bigint, unit: bigint) => value - (value % unit);
  return {
    ...parameters,
    assets: parameters.assets.map((asset) => ({
      ...asset,
      borrowCollateralFactor: cut(asset.borrowCollateralFactor, step),
      liquidateCollateralFactor: cut(asset.liquidateCollateralFactor, step),
      liquidationFactor: cut(asset.liquidationFactor, step),
      supplyCap: cut(asset.supplyCap, asset.scale),
    })),
  };
}

/**
 * The same market in other units: `baseScale` units to the base token, `assetScales` units to each collateral. The smallest debt and the target reserves
 * round up, supply caps down.
 */
export function inUnits(
  parameters: CompoundParameters,
  baseScale: bigint,
  assetScales: readonly bigint[],
): CompoundParameters {
  return {
    ...parameters,
    baseScale,
    borrowMin: mulDivUp(parameters.borrowMin, baseScale, parameters.baseScale),
    targetReserves: mulDivUp(parameters.targetReserves, baseScale, parameters.baseScale),
    assets: parameters.assets.map((asset, index) => ({
      ...asset,
      scale: assetScales[index],
      supplyCap: mulDivDown(asset.supplyCap, assetScales[index], asset.scale),
    })),
  };
}
