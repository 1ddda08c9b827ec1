import { exp } from "../math/index.js";

/** Shares that nobody owns, beside every band's own. Source: AMM.vy `DEAD_SHARES`. */
export const DEAD_SHARES = 1000;
/** Shares of one coin deposited into an empty band: 1,000 for each of 10^18 parts. */
export const SHARES_PER_COIN = 1e21;
/** The largest fee below one that a Float64 can say. */
export const HIGHEST_FEE = 1 - Number.EPSILON / 2;

/** A band's virtual balances in coins: f of stablecoin, g of collateral, so that (f + x)(g + y) does not change in a trade. */
export interface BandCurve {
  stableBase: number;
  collateralBase: number;
}

/**
 * Collateral, coins, that a band would hold without stablecoin if oracle price and upper price were equal: y0 of AMM.vy `_get_y0`. Amounts in coins, prices in
 * stablecoin per collateral; at least one amount is above zero.
 */
export function fullCollateral(
  amplification: number,
  stable: number,
  collateral: number,
  oraclePrice: number,
  upper: number,
): number {
  const linear =
    (upper * (amplification - 1) * stable) / oraclePrice +
    ((amplification * oraclePrice * oraclePrice) / upper) * collateral;
  if (stable === 0 || collateral === 0) return linear / (amplification * oraclePrice);
  const discriminant = linear * linear + 4 * amplification * oraclePrice * collateral * stable;
  return (linear + Math.sqrt(discriminant)) / (2 * amplification * oraclePrice);
}

/** Writes f and g of a band that holds something. Source: AMM.vy `calc_swap_out`. */
export function curveInto(
  into: BandCurve,
  amplification: number,
  stable: number,
  collateral: number,
  oraclePrice: number,
  upper: number,
): number {
  const full = fullCollateral(amplification, stable, collateral, oraclePrice, upper);
  into.stableBase = ((amplification * full * oraclePrice) / upper) * oraclePrice;
  into.collateralBase = ((amplification - 1) * full * upper) / oraclePrice;
  return full;
}

/** Lowest price of the AMM in a band: oracle^3 / upper^2. Source: AMM.vy `_p_current_band`. */
export function currentPrice(oraclePrice: number, upper: number): number {
  return ((oraclePrice * oraclePrice) / upper) * (oraclePrice / upper);
}

/**
 * Share that a band charges for being away from the oracle price: `share` of the distance between it and the nearest price of the AMM in the band. Source: AMM.vy
 * `get_dynamic_fee` of curve-stablecoin 2.0.0.
 */
export function bandFee(amplification: number, share: number, oraclePrice: number, upper: number): number {
  if (share === 0) return 0;
  const down = currentPrice(oraclePrice, upper);
  if (oraclePrice < down) return ((down - oraclePrice) * share) / down;
  const widening = amplification / (amplification - 1);
  const up = down * widening * widening;
  return oraclePrice > up ? ((oraclePrice - up) * share) / oraclePrice : 0;
}

const valued: BandCurve = { stableBase: 0, collateralBase: 0 };

/**
 * Stablecoin, coins, that a band's content comes to if the oracle price falls slowly from where it is. Written without the differences of large products that the
 * contract takes: (f + x)(g + y) / g - f is x + y (f + x) / g. Source: AMM.vy `get_xy_up` with `use_y` false.
 */
export function stableWhenFalling(
  amplification: number,
  sqrtRatio: number,
  stable: number,
  collateral: number,
  oraclePrice: number,
  upper: number,
): number {
  if (stable === 0 && collateral === 0) return 0;
  const lower = (upper * (amplification - 1)) / amplification;
  const oneCoin = stable === 0 || collateral === 0;
  if (oneCoin && (oraclePrice > upper || oraclePrice < lower)) {
    const middle = ((oraclePrice * oraclePrice) / lower) * (oraclePrice / upper);
    if (oraclePrice > upper) return ((collateral === 0 ? stable / middle : collateral) * upper) / sqrtRatio;
    return stable === 0 ? collateral * middle : stable;
  }
  const full = curveInto(valued, amplification, stable, collateral, oraclePrice, upper);
  const { stableBase, collateralBase } = valued;
  if (oraclePrice > upper) {
    const held = collateral + (stable * (collateralBase + collateral)) / stableBase;
    return (held * upper) / sqrtRatio;
  }
  if (oraclePrice < lower) return stable + (collateral * (stableBase + stable)) / collateralBase;
  const traded = (amplification * full * (oraclePrice - lower)) / oraclePrice;
  const kept =
    (stable * (collateralBase + collateral) + stableBase * (collateral - traded)) / (collateralBase + traded);
  return Math.max(0, kept) + traded * Math.sqrt(lower * oraclePrice);
}

/** Share of a position that goes with a fraction of its debt. Source: controller.vy `_get_f_remove`. */
export function removedShare(fraction: number, discount: number): number {
  if (discount === 0 || fraction === 1) return fraction;
  return (((1 + discount / 2) * (1 - fraction)) / (1 + discount) + fraction) * fraction;
}

/** (A - 1) / A to the power of each band from `lowest` on: what the price of band 0 is multiplied with. `logRatio` is ln(A / (A - 1)). */
export function bandPowers(lowest: number, count: number, logRatio: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => exp(-(lowest + index) * logRatio));
}
