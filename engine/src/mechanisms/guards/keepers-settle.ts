import { assert } from "../../book/problem.js";
import type { Settle } from "../../run/index.js";
import { tapeKinds } from "../../run/tape.js";
import { exchangeOutside, unitUsd } from "../outside-exchange.js";
import { gasUsd, type KeeperRows } from "./keepers-rows.js";
import { bookOwnTrade } from "./keepers-unwind.js";

/**
 * Books the round's fills once the kernel has posted them. Whatever a liquidation leaves in a keeper's account in another asset than its capital (a debt
 * in DAI against a sale for USD, cash collateral, rounding) is exchanged with `outside` at fair value; gas leaves for `outside` as far as the balance
 * reaches, the rest was paid from the keeper's own purse (it is in the profit all the same).
 */
export function settleKeepers(rows: KeeperRows, at: Settle): void {
  const { fills } = at;
  if (!at.afterTrades) return;
  let roundingUsd = 0;
  let touched = false;
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.order[fill] < 0) {
      if (fills.mechanism[fill] === at.mechanismIndex) bookOwnTrade(rows, at, fill);
      continue;
    }
    const keeper = fills.account[fill] < rows.keeperOf.length ? rows.keeperOf[fills.account[fill]] : -1;
    if (keeper < 0) continue;
    roundingUsd += bookTaken(rows, at, fill, keeper);
    touched = true;
  }
  if (!touched) return;
  for (let index = 0; index < rows.keepers.length; index++) cashUp(rows, at, index, roundingUsd);
}

/** Books one liquidation that a keeper took; returns the dollars that whole units may have rounded away. */
function bookTaken(rows: KeeperRows, at: Settle, fill: number, index: number): number {
  const { fills, standing } = at;
  const { decimals, left, inventory, assetCount } = rows;
  const keeper = rows.keepers[index];
  const order = fills.order[fill];
  const collateral = standing.collateral[order];
  const debt = standing.debt[order];
  const usd = (asset: number) => unitUsd(at, asset, decimals);
  let profit = 0;
  let rounding = 4 * (usd(debt) + usd(collateral) + usd(keeper.cash));
  const change = (asset: number, units: number) => {
    left[index * assetCount + asset] += units;
    profit += units * usd(asset);
  };
  const repaid = fills.repayUnits[fill];
  if (standing.atomic[order] === 1) {
    change(collateral, fills.seizeUnits[fill] - fills.soldUnits[fill]);
    change(debt, fills.boughtUnits[fill] - repaid);
    for (const [instrument, cash] of [
      [fills.sellInstrument[fill], fills.soldCash[fill]],
      [fills.buyInstrument[fill], -fills.boughtCash[fill]],
    ]) {
      if (instrument < 0) continue;
      change(at.instrumentQuote(instrument), cash);
      rounding += 4 * usd(at.instrumentQuote(instrument));
    }
  } else {
    // Kept: it stands in the books at what it cost until it is sold.
    left[index * assetCount + debt] -= repaid;
    const row = index * rows.instrumentCount + standing.sellInstrument[order];
    const seized = fills.seizeUnits[fill];
    const kept = keeper.params.route === "hedge" ? seized : Math.floor(seized * keeper.params.holdShare);
    inventory.units[row] += seized;
    inventory.costUsd[row] += repaid * usd(debt);
    inventory.sellNow[row] += seized - kept;
    inventory.perTick[row] += kept * Math.min(1, at.tickMs / Math.max(1, keeper.params.unwindMs));
  }
  const gas = gasUsd(rows, keeper, at);
  at.record(tapeKinds.keeper, keeper.account, fills.row[fill], profit - gas, gas, fills.mechanism[fill]);
  return rounding;
}

/** Exchanges what is left for cash and pays the gas; whole units may leave an atomic keeper a fraction of a cent short, which `outside` rounds up. */
function cashUp(rows: KeeperRows, at: Settle, index: number, roundingUsd: number): void {
  const { left, assetCount, decimals, outside } = rows;
  const { account, cash } = rows.keepers[index];
  for (let asset = 0; asset < assetCount; asset++) {
    const units = left[index * assetCount + asset];
    left[index * assetCount + asset] = 0;
    exchangeOutside(at, account, outside, asset, units, cash, decimals);
  }
  const missing = -at.balance(account, cash);
  if (missing > 0) {
    const usd = missing * unitUsd(at, cash, decimals);
    assert(usd <= roundingUsd, `a keeper lost ${usd} dollars that it does not have, more than rounding explains`);
    at.transfer(outside, account, cash, missing);
  }
  payGas(rows, at, index);
}

function payGas(rows: KeeperRows, at: Settle, index: number): void {
  const keeper = rows.keepers[index];
  const { fills } = at;
  let taken = 0;
  for (let fill = 0; fill < fills.count; fill++)
    if (fills.order[fill] >= 0 && fills.account[fill] === keeper.account) taken++;
  if (taken === 0) return;
  const units = Math.ceil((gasUsd(rows, keeper, at) * taken) / unitUsd(at, keeper.cash, rows.decimals));
  at.transfer(
    keeper.account,
    rows.outside,
    keeper.cash,
    Math.min(units, Math.max(0, at.balance(keeper.account, keeper.cash))),
  );
}
