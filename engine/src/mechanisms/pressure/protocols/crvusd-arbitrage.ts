import { powersOfTen } from "../../../rules/account-value.js";
import type { Direction } from "../../../rules/crvusd-trade.js";
import type { Decide, Settle } from "../../../run/index.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
import { exchangeOutside, unitUsd } from "../../outside-exchange.js";
import type { CrvusdRows } from "./crvusd-rows.js";

/** Quote units that roundings of a fill may cost. */
const slackUnits = 3;

/**
 * The arbitrageur looks at the bands and at the market: what pays after fees, gas and the least profit becomes one trade on the instrument, whose other leg the bands
 * fill in `settle`. True where it wants to trade.
 */
export function planArbitrage(rows: CrvusdRows, at: Decide): boolean {
  const { params, planned, instrument } = rows;
  planned.units = 0;
  planned.isFilled = false;
  if (!params.softLiquidation || instrument < 0) return false;
  if (rows.actShare < 1 && at.round > 0) return false;
  return planTrade(rows, at, "up") || planTrade(rows, at, "down");
}

/** Stablecoin of one quote coin. */
function quoteInStable(rows: CrvusdRows, at: { fair(asset: number): number }): number {
  return rows.quote === rows.stable ? 1 : at.fair(rows.quote) / at.fair(rows.stable);
}

function planTrade(rows: CrvusdRows, at: Decide, direction: Direction): boolean {
  const { trade, instrument, planned, params, decimals } = rows;
  const sells = direction === "up";
  if (at.venueDepth(instrument, sells ? 1 : -1) <= 0) return false;
  const worth = quoteInStable(rows, at);
  trade.survey(direction);
  const inside = trade.marginalPrice();
  const outside = at.middle(instrument) * worth;
  if (!(sells ? inside < outside : inside > outside)) return false;
  const whole = unitsWherePricesMeet(rows, at, sells, inside, outside, worth);
  const units = rows.actShare === 1 ? whole : Math.floor(whole * rows.actShare);
  if (units <= 0 || !trade.quote(units)) return false;
  const cash = at.quoteCash(instrument, sells ? units : -units) / powersOfTen[decimals[rows.quote]];
  const stable = (sells ? trade.paid : trade.received) / powersOfTen[decimals[rows.stable]];
  const gasUsd = (params.arbitrage.gas * at.gasGwei * at.fair(rows.gasAsset)) / 1e9;
  const costs =
    (gasUsd + params.arbitrage.leastProfitUsd) / at.fair(rows.stable) +
    (slackUnits * worth) / powersOfTen[decimals[rows.quote]];
  const profit = sells ? cash * worth - stable : stable - cash * worth;
  if (!(profit >= costs)) return false;
  const coins = units / powersOfTen[decimals[rows.collateral]];
  // The worst average price at which it still pays.
  const limit = (sells ? stable + costs : stable - costs) / worth / coins;
  planned.units = sells ? units : -units;
  planned.gasUsd = gasUsd;
  at.trade(rows.arbitrageRow, rows.arbitrageur, instrument, planned.units, limit);
  return true;
}

/** Units of collateral after which the next one costs in one place what it brings in the other: bisection on the price at which both sides meet. */
function unitsWherePricesMeet(
  rows: CrvusdRows,
  at: Decide,
  sells: boolean,
  inside: number,
  outside: number,
  worth: number,
): number {
  const { trade, instrument } = rows;
  const sign = sells ? 1 : -1;
  const onMarket = (price: number) => Math.max(0, sign * at.unitsToPrice(instrument, price / worth));
  let low = Math.min(inside, outside);
  let high = Math.max(inside, outside);
  let units = 0;
  for (let step = 0; step < 48; step++) {
    const price = low + (high - low) / 2;
    if (price <= low || price >= high) break;
    const bands = trade.unitsUntil(price);
    const depth = onMarket(price);
    units = Math.max(units, Math.min(bands, depth));
    // Where the bands give more than depth takes, the meeting price is nearer to the bands' own.
    if (bands >= depth === sells) high = price;
    else low = price;
  }
  return Math.min(units, at.venueDepth(instrument, sells ? 1 : -1));
}

/** Books the bands' leg of the arbitrageur's fill for exactly what was traded; before the kernel posts the trades. */
export function bookArbitrage(rows: CrvusdRows, at: Settle): void {
  const { fills } = at;
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.order[fill] >= 0 || fills.mechanism[fill] !== at.mechanismIndex) continue;
    const sold = fills.soldUnits[fill];
    const units = sold > 0 ? sold : fills.boughtUnits[fill];
    const { trade, market, planned } = rows;
    trade.survey(sold > 0 ? "up" : "down");
    trade.quote(units);
    trade.commit();
    planned.isFilled = true;
    planned.cashBefore = at.balance(rows.arbitrageur, rows.stable);
    planned.stable = sold > 0 ? -trade.paid : trade.received;
    const row = lowestRowIn(rows, trade.startBand);
    if (sold > 0) {
      const usd = (units / market.collateralScale) * market.price;
      at.transfer(rows.amm, rows.arbitrageur, rows.collateral, units);
      at.record(tapeKinds.seize, at.mechanismIndex, row, units, rows.collateral, usd);
      at.record(tapeKinds.protocol, at.mechanismIndex, row, units, trade.paid, protocolActs.softSale);
    } else {
      at.transfer(rows.amm, rows.arbitrageur, rows.stable, trade.received);
      at.record(
        tapeKinds.trade,
        at.mechanismIndex,
        rows.arbitrageRow,
        -units,
        fills.boughtCash[fill],
        fills.buyInstrument[fill],
      );
      at.record(tapeKinds.protocol, at.mechanismIndex, row, units, trade.received, protocolActs.softPurchase);
    }
  }
}

/** The first row that has a share of a band. */
function lowestRowIn({ market, arbitrageRow }: CrvusdRows, band: number): number {
  const { firstBand } = market.opening;
  for (let row = 0; row < arbitrageRow; row++)
    if (market.bandCount[row] > 0 && firstBand[row] <= band && band < firstBand[row] + market.bandCount[row])
      return row;
  return arbitrageRow;
}

/** After the kernel posted the trades: the bands are paid, quote coins become stablecoin, gas goes, and what is left is the arbitrageur's profit. */
export function finishArbitrage(rows: CrvusdRows, at: Settle): void {
  const { planned, arbitrageur, layout, decimals, quote, stable, collateral } = rows;
  if (planned.units !== 0 && !planned.isFilled) rows.yields = true;
  if (!planned.isFilled) return;
  planned.isFilled = false;
  if (planned.units < 0) at.transfer(arbitrageur, rows.amm, collateral, at.balance(arbitrageur, collateral));
  if (quote !== stable) {
    // What a purchase cost in quote coins was advanced by `outside`, and is paid back from the stablecoin.
    exchangeOutside(at, arbitrageur, layout.outside, quote, at.balance(arbitrageur, quote), stable, decimals);
  }
  if (planned.stable < 0) at.transfer(arbitrageur, rows.amm, stable, -planned.stable);
  const usd = unitUsd(at, stable, decimals);
  const gas = Math.ceil(planned.gasUsd / usd);
  at.transfer(arbitrageur, layout.outside, stable, gas);
  const left = at.balance(arbitrageur, stable);
  if (left < 0) at.transfer(layout.outside, arbitrageur, stable, -left);
  planned.units = 0;
  const profit = (left - planned.cashBefore) * usd;
  at.record(tapeKinds.keeper, arbitrageur, rows.arbitrageRow, profit, planned.gasUsd, at.mechanismIndex);
}
