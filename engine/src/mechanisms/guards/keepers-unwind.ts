import { mulDivDown } from "../../math/index.js";
import type { Gate, Settle } from "../../run/index.js";
import { tapeKinds } from "../../run/tape.js";
import { exchangeOutside, unitUsd } from "../outside-exchange.js";
import { scaleOf } from "./keepers-quote.js";
import type { Keeper, KeeperRows } from "./keepers-rows.js";

/**
 * Keepers' own trades of a round, before they look at orders: what is to be sold at once; in a tick's first round one slice of what is kept; and on the
 * perpetual whatever brings the short position to the collateral still kept. Also says how much capital each can spend in this round.
 */
export function unwindKeepers(rows: KeeperRows, at: Gate): void {
  for (let index = 0; index < rows.keepers.length; index++) {
    const keeper = rows.keepers[index];
    rows.free[index] = at.balance(keeper.account, keeper.cash);
    if (keeper.params.route === "atomic") continue;
    for (let instrument = 0; instrument < rows.instrumentCount; instrument++) unwind(rows, at, index, instrument);
  }
}

/** Own trades are named by keeper, instrument and market: even rows are spot, odd rows the hedge. */
function tradeRow(rows: KeeperRows, index: number, instrument: number, hedge: boolean): number {
  return (index * rows.instrumentCount + instrument) * 2 + (hedge ? 1 : 0);
}

function unwind(rows: KeeperRows, at: Gate, index: number, instrument: number): void {
  const { inventory } = rows;
  const keeper = rows.keepers[index];
  const row = index * rows.instrumentCount + instrument;
  const held = inventory.units[row];
  if (held === 0 && inventory.shortUnits[row] === 0) return;
  const slice = at.round === 0 ? Math.ceil(inventory.perTick[row]) : 0;
  const sale = Math.min(held, inventory.sellNow[row] + slice);
  if (sale > 0) at.trade(tradeRow(rows, index, instrument, false), keeper.account, instrument, sale, 0);
  if (keeper.hedge < 0) return;
  const gap = held - sale - inventory.shortUnits[row];
  if (gap > 0) at.trade(tradeRow(rows, index, instrument, true), keeper.account, keeper.hedge, gap, 0);
  if (gap < 0) buyBack(rows, at, index, instrument, -gap);
}

/** Closes part of the short, at most at the price that its own proceeds and the free capital pay for, so that no balance falls below zero. */
function buyBack(rows: KeeperRows, at: Gate, index: number, instrument: number, units: number): void {
  const keeper = rows.keepers[index];
  const row = index * rows.instrumentCount + instrument;
  const { shortUnits, shortCash } = rows.inventory;
  const quote = at.instrumentQuote(keeper.hedge);
  const proceeds = mulDivDown(shortCash[row], units, shortUnits[row]);
  const usd = unitUsd(at, quote, rows.decimals);
  const freeCash = Math.floor((rows.free[index] * unitUsd(at, keeper.cash, rows.decimals)) / usd);
  const payable = proceeds + freeCash - 2;
  // What is bought back in this round is not also spent on orders.
  rows.free[index] = 0;
  if (payable <= 0) return;
  const limit = payable / units / scaleOf(at, keeper.hedge, rows.decimals);
  at.trade(tradeRow(rows, index, instrument, true), keeper.account, keeper.hedge, -units, limit);
}

/** Books one of the keepers' own trades. */
export function bookOwnTrade(rows: KeeperRows, at: Settle, fill: number): void {
  const { fills } = at;
  const named = fills.row[fill];
  const row = Math.floor(named / 2);
  const keeper = rows.keepers[Math.floor(row / rows.instrumentCount)];
  const profit =
    named % 2 === 0
      ? bookSpotSale(rows, at, keeper, row, fill)
      : fills.soldUnits[fill] > 0
        ? bookShortSale(rows, at, keeper, row, fill)
        : bookBuyBack(rows, at, keeper, row, fill);
  if (profit !== 0) at.record(tapeKinds.keeper, keeper.account, -1, profit, 0, at.mechanismIndex);
}

function bookSpotSale(rows: KeeperRows, at: Settle, keeper: Keeper, row: number, fill: number): number {
  const { inventory, decimals } = rows;
  const instrument = at.fills.sellInstrument[fill];
  const sold = at.fills.soldUnits[fill];
  const cash = at.fills.soldCash[fill];
  const quote = at.instrumentQuote(instrument);
  const held = inventory.units[row];
  const cost = sold === held ? inventory.costUsd[row] : inventory.costUsd[row] * (sold / held);
  inventory.costUsd[row] -= cost;
  inventory.units[row] = held - sold;
  inventory.sellNow[row] = Math.max(0, inventory.sellNow[row] - sold);
  if (inventory.units[row] === 0) inventory.perTick[row] = 0;
  exchangeOutside(at, keeper.account, rows.outside, quote, cash, keeper.cash, decimals);
  at.record(tapeKinds.trade, at.mechanismIndex, at.fills.row[fill], sold, cash, instrument);
  return cash * unitUsd(at, quote, decimals) - cost;
}

/** The rest of the market lends the contracts and keeps what they sold for until they come back. */
function bookShortSale(rows: KeeperRows, at: Settle, keeper: Keeper, row: number, fill: number): number {
  const sold = at.fills.soldUnits[fill];
  const cash = at.fills.soldCash[fill];
  at.transfer(rows.restOfMarket, keeper.account, keeper.contract, sold);
  at.transfer(keeper.account, rows.restOfMarket, at.instrumentQuote(keeper.hedge), cash);
  rows.inventory.shortUnits[row] += sold;
  rows.inventory.shortCash[row] += cash;
  at.record(tapeKinds.trade, at.mechanismIndex, at.fills.row[fill], sold, cash, keeper.hedge);
  return 0;
}

function bookBuyBack(rows: KeeperRows, at: Settle, keeper: Keeper, row: number, fill: number): number {
  const { inventory, decimals } = rows;
  const bought = at.fills.boughtUnits[fill];
  const cost = at.fills.boughtCash[fill];
  const quote = at.instrumentQuote(keeper.hedge);
  const proceeds = mulDivDown(inventory.shortCash[row], bought, inventory.shortUnits[row]);
  at.transfer(keeper.account, rows.restOfMarket, keeper.contract, bought);
  at.transfer(rows.restOfMarket, keeper.account, quote, proceeds);
  inventory.shortUnits[row] -= bought;
  inventory.shortCash[row] -= proceeds;
  exchangeOutside(at, keeper.account, rows.outside, quote, proceeds - cost, keeper.cash, decimals);
  at.record(tapeKinds.trade, at.mechanismIndex, at.fills.row[fill], -bought, cost, keeper.hedge);
  return (proceeds - cost) * unitUsd(at, quote, decimals);
}
