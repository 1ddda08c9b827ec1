import { divDown, divTowardsZero, mulDivDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { BandTooFar } from "./errors.js";
import { MAX_SKIP } from "./parameters.js";
import { bandAt, type Market } from "./state.js";
import { wadExponential } from "./wad-exponential.js";

/** 1 + interest up to now, wad, rounded down. Source: AMM.vy `_rate_mul`. */
export function rateMultiplier({ rateMultiplier: kept, rate, time, rateTime }: Market): bigint {
  return mulDivDown(kept, WAD + rate * (time - rateTime), WAD);
}

/** The market charging `rate` (a second, wad) from now on. Source: AMM.vy `set_rate`. */
export function withRate(market: Market, rate: bigint): Market {
  return { ...market, rateMultiplier: rateMultiplier(market), rateTime: market.time, rate };
}

/** Upper oracle price of band 0 now, wad, rounded down: it grows with interest. Source: AMM.vy `_base_price`. */
export function basePrice(market: Market): bigint {
  return mulDivDown(market.parameters.basePrice, rateMultiplier(market), WAD);
}

/**
 * Oracle price at which a band starts to convert, wad: base price x ((A - 1) / A)^band. The power comes with 18 decimals, so the price is off by up to
 * (1 + |band|) x base price / 1e18. Throws BandTooFar where fewer than four of those digits are left. Source: AMM.vy `_p_oracle_up`.
 */
export function oracleUp(market: Market, band: number): bigint {
  const scaling = market.parameters.rules === "v1" ? divTowardsZero : divDown;
  const power = wadExponential(-BigInt(band) * market.grid.logRatio, scaling);
  if (power <= 1000n) throw new BandTooFar(`band ${band} has a price of ${power} / 1e18 of the base price`);
  return mulDivDown(basePrice(market), power, WAD);
}

/** Oracle price at which a band has converted everything, wad: the upper one of the next band. Source: AMM.vy `p_oracle_down`. */
export function oracleDown(market: Market, band: number): bigint {
  return oracleUp(market, band + 1);
}

/** Price of the AMM, wad, where a band of this upper oracle price holds collateral only: oracle^3 / upper^2. Source: AMM.vy `_p_current_band`. */
export function currentPrice(oraclePrice: bigint, upperOraclePrice: bigint): bigint {
  return divDown(divDown(oraclePrice * oraclePrice, upperOraclePrice) * oraclePrice, upperOraclePrice);
}

/** Lowest price of the AMM in a band at the current oracle price, wad. Source: AMM.vy `p_current_down`. */
export function currentDown(market: Market, band: number): bigint {
  return currentPrice(smoothedOracle(market).price, oracleUp(market, band));
}

/** Highest price of the AMM in a band at the current oracle price, wad. Source: AMM.vy `p_current_up`. */
export function currentUp(market: Market, band: number): bigint {
  return currentDown(market, band + 1);
}

/** The oracle as trades see it now: price and fee for the jump, both wad. */
export interface SmoothedOracle {
  readonly price: bigint;
  readonly fee: bigint;
}

/**
 * Limits the external price to `largestOracleStep` from the last traded one and charges one minus the cube of the ratio, both decaying over
 * `oracleDelaySeconds`; the fee stays below one. Every division rounds down. Source: AMM.vy `limit_p_o`.
 */
export function smoothedOracle({ parameters, oracle, externalPrice, time }: Market): SmoothedOracle {
  const delay = parameters.oracleDelaySeconds;
  const elapsed = time - oracle.time;
  const left = elapsed < delay ? delay - elapsed : 0n;
  if (left === 0n) return { price: externalPrice, fee: 0n };
  const step = parameters.largestOracleStep;
  const leastRatio = divDown(WAD * WAD, step);
  const rises = externalPrice > oracle.price;
  let price = externalPrice;
  let ratio = rises ? mulDivDown(oracle.price, WAD, externalPrice) : mulDivDown(externalPrice, WAD, oracle.price);
  if (ratio < leastRatio) {
    price = rises ? mulDivDown(oracle.price, step, WAD) : mulDivDown(oracle.price, WAD, step);
    ratio = leastRatio;
  }
  const lossless = WAD + oracle.fee - divDown(ratio * ratio * ratio, WAD * WAD);
  const fee = mulDivDown(lossless, left, delay);
  return { price, fee: fee < WAD ? fee : WAD - 1n };
}

/** The market after somebody has traded at the smoothed oracle. Source: AMM.vy `_price_oracle_w`. */
export function rememberOracle(market: Market): Market {
  const { price, fee } = smoothedOracle(market);
  return { ...market, oracle: { price, fee, time: market.time } };
}

/**
 * Fee for trading in a band that the oracle price has left, wad, rounded down: a share of the distance between the oracle price and the nearest price of the AMM in
 * the band. Source: AMM.vy `get_dynamic_fee`, which is not in v1.
 */
export function bandFee(market: Market, oraclePrice: bigint, upperOraclePrice: bigint): bigint {
  const { amplification, bandFeeShare } = market.parameters;
  const down = currentPrice(oraclePrice, upperOraclePrice);
  const up = mulDivDown(mulDivDown(down, amplification, amplification - 1n), amplification, amplification - 1n);
  if (oraclePrice < down) return mulDivDown(down - oraclePrice, bandFeeShare, down);
  if (oraclePrice > up) return mulDivDown(oraclePrice - up, bandFeeShare, oraclePrice);
  return 0n;
}

/** The active band if empty bands below it are skipped; 1,024 bands down where all below is empty. Source: AMM.vy `active_band_with_skip`. */
export function activeBandWithSkip(market: Market): number {
  let band = market.activeBand;
  for (let skipped = 0; skipped < MAX_SKIP; skipped++) {
    if (band < market.lowestBand) return market.activeBand - MAX_SKIP;
    if (bandAt(market, band).stable !== 0n) return band;
    band -= 1;
  }
  return band;
}
