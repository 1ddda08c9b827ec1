import { NothingToDo } from "../errors.js";
import { divDown, most, mulDivDown, sqrtDown } from "../rounding.js";
import { MAX_UINT256, WAD } from "../scales.js";
import { Slippage } from "./errors.js";
import { curveOf, priceInBand } from "./invariant.js";
import { MAX_BANDS, MAX_SKIP } from "./parameters.js";
import { bandFee, currentPrice, oracleUp, rememberOracle, smoothedOracle } from "./prices.js";
import { AMM, bandAt, type Market, type Outcome, settle, type Transfer } from "./state.js";
import { type Direction, type Trade, tradePaying, tradeReceiving } from "./swap.js";

/** A trade done: what the trader paid and got, token units. */
export interface Exchanged extends Outcome {
  readonly paid: bigint;
  readonly received: bigint;
}

/** What a trader wants: to pay `amount` of the coin paid in and get at least `limit`. All token units. */
export interface ExchangeCall {
  readonly trader: string;
  readonly direction: Direction;
  readonly amount: bigint;
  readonly limit: bigint;
}

/**
 * Sells up to `amount` and gets at least `limit`. The smoothed oracle moves even where nothing is traded, and nothing is where either side comes to less than a
 * unit. Throws Slippage. Source: AMM.vy `exchange`.
 */
export function exchange(market: Market, call: ExchangeCall): Exchanged {
  const seen = smoothedOracle(market);
  const remembered = rememberOracle(market);
  if (call.amount === 0n) return { market: remembered, transfers: [], paid: 0n, received: 0n };
  const { paidUnit } = units(market, call.direction);
  const trade = tradePaying(remembered, call.direction, call.amount * paidUnit, seen);
  const received = divDown(trade.received, units(market, call.direction).receivedUnit);
  if (received < call.limit) throw new Slippage(`the trade gets ${received}, less than ${call.limit}`);
  return applied(remembered, call, trade);
}

/** Buys exactly `amount` and pays at most `limit`; MAX_UINT256 buys all that can be reached. Throws Slippage. Source: AMM.vy `exchange_dy`. */
export function exchangeFor(market: Market, call: ExchangeCall): Exchanged {
  const seen = smoothedOracle(market);
  const remembered = rememberOracle(market);
  if (call.amount === 0n) return { market: remembered, transfers: [], paid: 0n, received: 0n };
  const { paidUnit, receivedUnit } = units(market, call.direction);
  const wanted = call.amount === MAX_UINT256 ? MAX_UINT256 : call.amount * receivedUnit;
  const trade = tradeReceiving(remembered, call.direction, wanted, seen);
  const paid = divDown(trade.paid, paidUnit);
  const received = divDown(trade.received, receivedUnit);
  if (paid > call.limit) throw new Slippage(`the trade costs ${paid}, more than ${call.limit}`);
  if (call.amount !== MAX_UINT256 && received !== call.amount)
    throw new Slippage(`the bands in reach give ${received} of ${call.amount}`);
  return applied(remembered, call, trade);
}

/** What `exchange` would pay and get now, token units. Source: AMM.vy `get_dxdy`. */
export function quote(market: Market, direction: Direction, amount: bigint): { paid: bigint; received: bigint } {
  if (amount < 0n) throw new NothingToDo(`a trade of ${amount}`);
  const { paidUnit, receivedUnit } = units(market, direction);
  const trade = tradePaying(market, direction, amount * paidUnit, smoothedOracle(market));
  return { paid: divDown(trade.paid, paidUnit), received: divDown(trade.received, receivedUnit) };
}

function units(market: Market, direction: Direction): { paidUnit: bigint; receivedUnit: bigint } {
  const { stablePrecision, collateralPrecision } = market.parameters;
  return direction === "up"
    ? { paidUnit: stablePrecision, receivedUnit: collateralPrecision }
    : { paidUnit: collateralPrecision, receivedUnit: stablePrecision };
}

function applied(market: Market, { trader, direction }: ExchangeCall, trade: Trade): Exchanged {
  const { paidUnit, receivedUnit } = units(market, direction);
  const paid = divDown(trade.paid, paidUnit);
  const received = divDown(trade.received, receivedUnit);
  if (paid === 0n || received === 0n) return { market, transfers: [], paid: 0n, received: 0n };
  const upwards = direction === "up";
  const bands = new Map(market.bands);
  trade.paidInBands.forEach((held, index) => {
    const band = upwards ? trade.startBand + index : trade.startBand - index;
    const left = band === trade.endBand ? trade.leftInEndBand : 0n;
    const { shares } = bandAt(market, band);
    bands.set(band, upwards ? { shares, stable: held, collateral: left } : { shares, stable: left, collateral: held });
  });
  const fee = divDown(trade.adminFee, paidUnit);
  const adminFees = upwards
    ? { ...market.adminFees, stable: market.adminFees.stable + fee }
    : { ...market.adminFees, collateral: market.adminFees.collateral + fee };
  const transfers: Transfer[] = [
    { from: trader, to: AMM, coin: upwards ? "stable" : "collateral", amount: paid },
    { from: AMM, to: trader, coin: upwards ? "collateral" : "stable", amount: received },
  ];
  return { ...settle({ ...market, bands, adminFees, activeBand: trade.endBand }, transfers), paid, received };
}

/** A trade that would bring the AMM to a price: coin and token units to pay, rounded up. */
export interface AmountForPrice {
  readonly direction: Direction;
  readonly amount: bigint;
}

/** What to pay to bring the price of the AMM to `price` (wad), as far as bands and reach allow. Source: AMM.vy `get_amount_for_price`. */
export function amountForPrice(market: Market, price: bigint): AmountForPrice {
  const { amplification, fee: staticFee, rules } = market.parameters;
  const oracle = smoothedOracle(market);
  const fee = oracle.fee > staticFee ? oracle.fee : staticFee;
  const squared = amplification * amplification;
  const lessSquared = (amplification - 1n) * (amplification - 1n);
  let band = market.activeBand;
  const upwards = price >= priceInBand(market, band);
  let upper = oracleUp(market, band);
  let down = currentPrice(oracle.price, upper);
  let up = mulDivDown(down, squared, lessSquared);
  let amount = 0n;
  let reached = 0;
  for (let step = 0; step < MAX_BANDS + MAX_SKIP; step++) {
    const { stable, collateral } = bandAt(market, band);
    const empty = stable === 0n && collateral === 0n;
    if (!empty || reached > 0) reached += 1;
    const curve = empty
      ? null
      : curveOf({ amplification, stable, collateral, oraclePrice: oracle.price, upperOraclePrice: upper });
    const dynamic = empty ? fee : most(bandFee(market, oracle.price, upper), fee);
    const grossUp = rules === "v1" ? WAD : divDown(WAD * WAD, WAD - (dynamic < WAD ? dynamic : WAD - 1n));
    const charged = (target: bigint, held: bigint) => mulDivDown(target > held ? target - held : 0n, grossUp, WAD);
    if (price <= up && price >= down) {
      if (curve !== null) {
        const { stableBase, collateralBase, invariant } = curve;
        const newCollateral = most(sqrtDown(divDown(invariant * WAD, price)) - collateralBase, 0n);
        const newStable = most(divDown(invariant, collateralBase + newCollateral) - stableBase, 0n);
        amount += upwards ? charged(newStable, stable) : charged(newCollateral, collateral);
      }
      break;
    }
    if (curve !== null) {
      const { stableBase, collateralBase, invariant } = curve;
      amount += upwards
        ? charged(divDown(invariant, collateralBase) - stableBase, stable)
        : charged(divDown(invariant, stableBase) - collateralBase, collateral);
    }
    const distance = mulDivDown(upper, WAD, oracle.price);
    const { farthest } = market.grid;
    if (band === (upwards ? market.highestBand : market.lowestBand) || reached === MAX_BANDS) break;
    if (upwards ? distance < divDown(WAD * WAD, farthest) : distance > farthest) break;
    band += upwards ? 1 : -1;
    if (upwards) {
      down = up;
      up = mulDivDown(up, squared, lessSquared);
      upper = mulDivDown(upper, amplification - 1n, amplification);
    } else {
      up = down;
      down = mulDivDown(down, lessSquared, squared);
      upper = mulDivDown(upper, amplification, amplification - 1n);
    }
  }
  if (rules === "v1") amount = mulDivDown(amount, WAD, WAD - fee);
  const { paidUnit } = units(market, upwards ? "up" : "down");
  return {
    direction: upwards ? "up" : "down",
    amount: amount === 0n ? 0n : divDown(amount - 1n, paidUnit) + 1n,
  };
}
