import { divDown, most, mulDivDown, sqrtDown } from "../rounding.js";
import { WAD } from "../scales.js";
import { curveOf, fullCollateral } from "./invariant.js";
import { DEAD_SHARES } from "./parameters.js";
import { oracleUp, smoothedOracle } from "./prices.js";
import { bandAt, type Market } from "./state.js";

/** A band at the oracle price, ready to be valued: amounts at 18 decimals, prices in wad. */
interface ValuedBand {
  readonly market: Market;
  readonly stable: bigint;
  readonly collateral: bigint;
  readonly oraclePrice: bigint;
  readonly upper: bigint;
  readonly lower: bigint;
}

/**
 * Stablecoin, units, that a position comes to if the oracle price falls slowly through all its bands. Rounds down in every band. Source: AMM.vy `get_x_down`.
 */
export function stableWhenFalling(market: Market, account: string): bigint {
  return divDown(valueOf(market, account, inStable), market.parameters.stablePrecision);
}

/** Collateral, units, that a position comes to if the oracle price rises slowly through all its bands. Rounds down in every band. Source: AMM.vy `get_y_up`. */
export function collateralWhenRising(market: Market, account: string): bigint {
  return divDown(valueOf(market, account, inCollateral), market.parameters.collateralPrecision);
}

/** Adds up a position over its bands, 18 decimals. Source: AMM.vy `get_xy_up`. */
function valueOf(market: Market, account: string, bandValue: (band: ValuedBand) => bigint): bigint {
  const position = market.positions.get(account);
  if (position === undefined) return 0n;
  const { amplification } = market.parameters;
  const oraclePrice = smoothedOracle(market).price;
  let lower = oracleUp(market, position.firstBand);
  let sum = 0n;
  position.shares.forEach((owned, index) => {
    const band = position.firstBand + index;
    const content = bandAt(market, band);
    const upper = lower;
    lower = mulDivDown(lower, amplification - 1n, amplification);
    const stable = band <= market.activeBand ? content.stable : 0n;
    const collateral = band >= market.activeBand ? content.collateral : 0n;
    if ((stable === 0n && collateral === 0n) || owned === 0n) return;
    const value = bandValue({ market, stable, collateral, oraclePrice, upper, lower });
    sum += mulDivDown(value, owned, content.shares + DEAD_SHARES);
  });
  return sum;
}

function inStable(band: ValuedBand): bigint {
  const { market, oraclePrice, upper, lower } = band;
  const { stable, collateral } = atOracle(band);
  if (oraclePrice > upper) return mulDivDown(collateral, upper, market.grid.sqrtRatio);
  if (oraclePrice < lower) return stable;
  return stable + mulDivDown(collateral, sqrtDown(lower * oraclePrice), WAD);
}

function inCollateral(band: ValuedBand): bigint {
  const { market, oraclePrice, upper, lower } = band;
  const { stable, collateral } = atOracle(band);
  if (oraclePrice > upper) return collateral;
  if (oraclePrice < lower) return mulDivDown(stable, market.grid.sqrtRatio, upper);
  return collateral + mulDivDown(stable, WAD, sqrtDown(upper * oraclePrice));
}

/** What the band holds once it has been traded to the oracle price, or to its edge where that lies outside. Both round down, to zero at least. */
function atOracle(band: ValuedBand): { stable: bigint; collateral: bigint } {
  const { market, stable, collateral, oraclePrice, upper, lower } = band;
  const { amplification } = market.parameters;
  const oneCoin = stable === 0n || collateral === 0n;
  if (oneCoin && (oraclePrice > upper || oraclePrice < lower)) {
    const middle = divDown(divDown(oraclePrice * oraclePrice, lower) * oraclePrice, upper);
    if (oraclePrice > upper)
      return { stable: 0n, collateral: collateral === 0n ? mulDivDown(stable, WAD, middle) : collateral };
    return { stable: stable === 0n ? mulDivDown(collateral, middle, WAD) : stable, collateral: 0n };
  }
  const place = { amplification, stable, collateral, oraclePrice, upperOraclePrice: upper };
  const { stableBase, collateralBase, invariant } = curveOf(place);
  if (oraclePrice > upper) return { stable: 0n, collateral: most(divDown(invariant, stableBase) - collateralBase, 0n) };
  if (oraclePrice < lower) return { stable: most(divDown(invariant, collateralBase) - stableBase, 0n), collateral: 0n };
  const traded = divDown(amplification * fullCollateral(place) * (oraclePrice - lower), oraclePrice);
  return { stable: most(divDown(invariant, collateralBase + traded) - stableBase, 0n), collateral: traded };
}
