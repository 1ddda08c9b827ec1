import { divDown, mulDivDown, sqrtDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { currentPrice, oracleUp, smoothedOracle } from "./prices.js";
import { bandAt, type Market } from "./state.js";

/** What (f + x)(g + y) = Inv needs to know of a band: stablecoin x and collateral y at 18 decimals, prices in wad. */
export interface BandAtPrice {
  readonly amplification: bigint;
  readonly stable: bigint;
  readonly collateral: bigint;
  readonly oraclePrice: bigint;
  readonly upperOraclePrice: bigint;
}

/** A band's curve: virtual balances f (stablecoin) and g (collateral) at 18 decimals, and their product with what the band holds. */
export interface Curve {
  readonly stableBase: bigint;
  readonly collateralBase: bigint;
  readonly invariant: bigint;
}

/**
 * Collateral, 18 decimals, that the band would hold without stablecoin if oracle price and upper price were equal: the positive root of
 * p A y0^2 - y0 (up / p (A - 1) x + p^2 / up A y) - x y = 0. Every division rounds down. Source: AMM.vy `_get_y0`.
 */
export function fullCollateral({
  amplification,
  stable,
  collateral,
  oraclePrice,
  upperOraclePrice,
}: BandAtPrice): bigint {
  let linear = 0n;
  if (stable !== 0n) linear = divDown(upperOraclePrice * (amplification - 1n) * stable, oraclePrice);
  if (collateral !== 0n)
    linear += mulDivDown(divDown(amplification * oraclePrice * oraclePrice, upperOraclePrice), collateral, WAD);
  if (stable === 0n || collateral === 0n) return divDown(linear * WAD, amplification * oraclePrice);
  const discriminant = linear * linear + divDown(4n * amplification * oraclePrice * collateral, WAD) * stable;
  return divDown((linear + sqrtDown(discriminant)) * WAD, 2n * amplification * oraclePrice);
}

/** f, g and Inv of a band that holds something; f and g round down. Source: AMM.vy `calc_swap_out`. */
export function curveOf(band: BandAtPrice): Curve {
  const { amplification, stable, collateral, oraclePrice, upperOraclePrice } = band;
  const full = fullCollateral(band);
  const stableBase = mulDivDown(divDown(amplification * full * oraclePrice, upperOraclePrice), oraclePrice, WAD);
  const collateralBase = divDown((amplification - 1n) * full * upperOraclePrice, oraclePrice);
  return { stableBase, collateralBase, invariant: (stableBase + stable) * (collateralBase + collateral) };
}

/** Price of the AMM in a band, wad, rounded down: its lowest without stablecoin, its highest without collateral, its middle if empty. Source: AMM.vy `_get_p`. */
export function priceInBand(market: Market, band: number): bigint {
  const { stable, collateral } = bandAt(market, band);
  const { amplification } = market.parameters;
  const oraclePrice = smoothedOracle(market).price;
  const upperOraclePrice = oracleUp(market, band);
  const lowest = currentPrice(oraclePrice, upperOraclePrice);
  if (stable === 0n) return collateral === 0n ? mulDivDown(lowest, amplification, amplification - 1n) : lowest;
  if (collateral === 0n)
    return currentPrice(oraclePrice, mulDivDown(upperOraclePrice, amplification - 1n, amplification));
  const full = fullCollateral({ amplification, stable, collateral, oraclePrice, upperOraclePrice });
  const stableBase = divDown(amplification * full * oraclePrice, upperOraclePrice) * oraclePrice;
  const collateralBase = divDown((amplification - 1n) * full * upperOraclePrice, oraclePrice);
  return divDown(stableBase + stable * WAD, collateralBase + collateral);
}

/** Price of the AMM: that of the active band, wad. Source: AMM.vy `get_p`. */
export function ammPrice(market: Market): bigint {
  return priceInBand(market, market.activeBand);
}
