import { departure } from "../interest/index.js";
import { least, most, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { InvalidRiskDataCount, InvalidSignatureCount, LtvTooHigh } from "./errors.js";
import { recommendedLtv } from "./ltv.js";
import { confidenceFactor, type RiskData, type SignedRiskData, type SmartLtvParameters } from "./parameters.js";

/** Morpho's liquidation cursor, wad (`LIQUIDATION_CURSOR`). */
const LIQUIDATION_CURSOR = 300_000_000_000_000_000n;
/** Morpho's highest liquidation incentive factor, wad (`MAX_LIQUIDATION_INCENTIVE_FACTOR`). */
const MAX_LIQUIDATION_INCENTIVE_FACTOR = 1_150_000_000_000_000_000n;
/** Assets and shares that nobody owns in Morpho's conversion (`VIRTUAL_ASSETS`, `VIRTUAL_SHARES`). */
const VIRTUAL_ASSETS = 1n;
const VIRTUAL_SHARES = 1_000_000n;

/** A lending market as the vault sees it; amounts in units of the debt asset. */
export interface Market {
  /** Null for the idle market, which carries no risk. */
  readonly collateralAsset: string | null;
  readonly debtAsset: string;
  /** Liquidation LTV, wad. */
  readonly lltv: bigint;
  readonly totalSupplyAssets: bigint;
  readonly totalSupplyShares: bigint;
  readonly totalBorrowAssets: bigint;
  /** The vault's shares of the supply. */
  readonly vaultShares: bigint;
  /** What the vault may supply at most. */
  readonly vaultCap: bigint;
}

/** What the vault is to have in a market afterwards, units of the debt asset. */
export interface Allocation {
  readonly market: Market;
  readonly assets: bigint;
}

/** The bonus of an LLTV, both wad: min(1.15, 1 / (1 - 0.3 (1 - LLTV))) - 1, rounded down at each step. `_getLiquidationIncentives`. */
export function liquidationBonusOf(lltv: bigint): bigint {
  const factor = mulDivDown(WAD, WAD, WAD - mulDivDown(LIQUIDATION_CURSOR, WAD - lltv, WAD));
  return least(factor, MAX_LIQUIDATION_INCENTIVE_FACTOR) - WAD;
}

/** What the vault has in a market, units of the debt asset, rounded down and without interest since the last touch. `_getVaultMarketSupply`. */
export function vaultSupply(market: Market): bigint {
  return mulDivDown(
    market.vaultShares,
    market.totalSupplyAssets + VIRTUAL_ASSETS,
    market.totalSupplyShares + VIRTUAL_SHARES,
  );
}

/** Whether an allocation takes out: to nothing, or to less than there is. Keeping what there is counts as putting in. `_isWithdraw`. */
export function isWithdrawal(allocation: Allocation): boolean {
  return allocation.assets === 0n || allocation.assets < vaultSupply(allocation.market);
}

/** The larger of the vault's cap and the market's whole supply, units of the debt asset. `_getCurrentCap`. */
export function currentCap(market: Market): bigint {
  return most(market.vaultCap, market.totalSupplyAssets);
}

/**
 * The gate: putting in is refused with `LtvTooHigh` where the market's LLTV is above the LTV that the risk data supports (equal passes). Withdrawals and the
 * idle market always pass, whatever the data. Otherwise throws what `recommendedLtv` throws, but for the two mismatches: the contract asks with the assets that
 * the data itself names, so signed data of another pair passes. `BProtocolMorphoAllocator._checkAllocation`.
 */
export function checkAllocation(
  parameters: SmartLtvParameters,
  allocation: Allocation,
  signed: SignedRiskData,
  now: bigint,
): void {
  const { market } = allocation;
  if (market.collateralAsset === null || isWithdrawal(allocation)) return;
  const { collateralAsset, debtAsset } = signed.data;
  const supported = recommendedLtv(
    parameters,
    { collateralAsset, debtAsset, ...questionOf(parameters, market, currentCap(market)) },
    signed,
    now,
  );
  if (market.lltv > supported)
    throw new LtvTooHigh(`the market's LLTV is ${market.lltv}, the risk data supports ${supported}`);
}

/**
 * All allocations of a reallocation, each with its data and signer; one refusal refuses all. Throws `InvalidRiskDataCount`, `InvalidSignatureCount` and what
 * `checkAllocation` throws. `BProtocolMorphoAllocator.checkAndReallocate`.
 */
export function checkReallocation(
  parameters: SmartLtvParameters,
  allocations: readonly Allocation[],
  data: readonly RiskData[],
  signers: readonly string[],
  now: bigint,
): void {
  if (allocations.length !== data.length)
    throw new InvalidRiskDataCount(`${allocations.length} allocations come with ${data.length} pieces of risk data`);
  if (data.length !== signers.length)
    throw new InvalidSignatureCount(`${data.length} pieces of risk data come with ${signers.length} signatures`);
  allocations.forEach((allocation, index) => {
    checkAllocation(parameters, allocation, { data: data[index], signer: signers[index] }, now);
  });
}

/** What a keeper takes out of a market that the data no longer supports, units of the debt asset. */
export interface SmartWithdrawal {
  /** Wad; null where there is too little liquidity to ask. */
  readonly supported: bigint | null;
  /** What leaves for the idle market; it and what stays are the vault's supply. */
  readonly leaves: bigint;
  /** What is lent out, or all. */
  readonly stays: bigint;
}

/**
 * What the vault withdraws now: all that is not lent out where the supported LTV is below the market's LLTV (equal stays), nothing where less than the least
 * amount is available. Here the cap is the vault's own, and the assets must match. Throws what `recommendedLtv` throws. `SmartWithdraw.keeperCheck`,
 * `_withdrawAllFromMarket`.
 */
export function smartWithdrawal(
  parameters: SmartLtvParameters,
  market: Market,
  leastAvailable: bigint,
  signed: SignedRiskData,
  now: bigint,
): SmartWithdrawal {
  const supply = vaultSupply(market);
  const liquidity = { supplied: market.totalSupplyAssets, borrowed: market.totalBorrowAssets };
  const none = { leaves: 0n, stays: supply };
  if (liquidity.supplied - liquidity.borrowed < leastAvailable) return { supported: null, ...none };
  const assets = { collateralAsset: market.collateralAsset ?? "", debtAsset: market.debtAsset };
  const question = { ...assets, ...questionOf(parameters, market, market.vaultCap) };
  const supported = recommendedLtv(parameters, question, signed, now);
  return supported < market.lltv ? { supported, ...departure(liquidity, supply) } : { supported, ...none };
}

/** The numbers that a market is asked about with. */
function questionOf(parameters: SmartLtvParameters, market: Market, cap: bigint) {
  return {
    cap,
    liquidationBonus: liquidationBonusOf(market.lltv),
    confidenceFactor: confidenceFactor(parameters.riskLevel),
  };
}
