import { stepsPerUsd } from "../../../rules/account-value.js";
import {
  type DriftHolding,
  driftMargin,
  driftMeetsInitial,
  driftSocialRate,
  driftTakeover,
  noDriftMargin,
  noTakeover,
} from "../../../rules/drift-v2.js";
import type { Settle } from "../../../run/index.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
import { type DriftRows, settledHolding, settleFunding } from "./rows.js";

const margin = noDriftMargin();
const takeover = noTakeover();

/** One call: the liquidator takes over what slots have freed, as far as he can carry it; a user left with a loss and nothing else is bankrupt. */
export function callLiquidator(rows: DriftRows, at: Settle, row: number, released: number, slot: number): void {
  const { terms, mark, count: taker } = rows;
  // Once a slot: what is freed does not change within it.
  rows.doneSlot[row] = slot;
  const user = settledHolding(rows, row);
  driftMargin(terms, user, mark, terms.marginRatioMaintenance, margin);
  const running = rows.liquidating[row] === 1;
  if (running && margin.totalWithBuffer >= margin.requirementWithBuffer) {
    settleFunding(rows, row);
    settleFunding(rows, taker);
    leave(rows, row);
    return;
  }
  if (!running && margin.totalCollateral >= margin.requirement) return;
  const offered = carried(rows, row, Math.min(released, Math.abs(user.base)), slot);
  if (offered < terms.stepSize) return;
  const slots = running ? slot - rows.activeSlot[row] : 0;
  if (!driftTakeover(terms, user, running ? rows.freed[row] : 0, slots, offered, mark, margin, takeover)) return;
  settleFunding(rows, row);
  settleFunding(rows, taker);
  if (!running) {
    rows.liquidating[row] = 1;
    rows.freed[row] = 0;
    rows.activeSlot[row] = slot;
  }
  if (takeover.base === 0) return;
  const { base, value, liquidatorFee, insuranceFee, shortage, baseToCover } = takeover;
  const side = user.base > 0 ? 1 : -1;
  move(rows, row, -side * base, side * value - liquidatorFee - insuranceFee);
  move(rows, taker, side * base, liquidatorFee - side * value);
  const after = driftMargin(terms, settledHolding(rows, row), mark, terms.marginRatioMaintenance, margin).shortage;
  rows.freed[row] += Math.max(0, shortage - after);
  if (base >= baseToCover) leave(rows, row);
  const usd = (value / rows.quoteUnitsPerCoin) * (at.published(rows.quoteFeed) / stepsPerUsd);
  at.record(tapeKinds.liquidate, at.mechanismIndex, row, base, value, rows.liquidator);
  at.record(tapeKinds.protocol, at.mechanismIndex, row, base, value, protocolActs.backstop);
  at.record(tapeKinds.keeper, rows.liquidator, row, (usd * liquidatorFee) / Math.max(1, value), 0, at.mechanismIndex);
  if (rows.base[row] === 0) endPosition(rows, at, row);
}

function leave(rows: DriftRows, row: number): void {
  rows.liquidating[row] = 0;
  rows.freed[row] = 0;
}

/** Adds base and quote units to a row whose funding is settled. */
function move(rows: DriftRows, row: number, base: number, quote: number): void {
  rows.base[row] += base;
  rows.quote[row] += quote;
  rows.fundingRate[row] = rows.base[row] > 0 ? rows.longRate : -rows.longRate;
}

/** The most that the liquidator may be offered so that he meets the initial margin after it: all, or by bisection in steps. */
function carried(rows: DriftRows, row: number, most: number, slot: number): number {
  const { terms, mark, count: taker } = rows;
  const user = settledHolding(rows, row);
  const holder = settledHolding(rows, taker);
  const slots = rows.liquidating[row] === 1 ? slot - rows.activeSlot[row] : 0;
  const freed = rows.liquidating[row] === 1 ? rows.freed[row] : 0;
  const side = user.base > 0 ? 1 : -1;
  const carries = (offered: number) => {
    if (!driftTakeover(terms, user, freed, slots, offered, mark, margin, takeover)) return true;
    const after: DriftHolding = {
      deposit: holder.deposit,
      base: holder.base + side * takeover.base,
      quote: holder.quote + takeover.liquidatorFee - side * takeover.value,
    };
    return driftMeetsInitial(terms, after, mark, margin);
  };
  if (carries(most)) return most;
  let low = 0;
  let high = Math.floor(most / terms.stepSize);
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (carries(middle * terms.stepSize)) low = middle;
    else high = middle;
  }
  return low * terms.stepSize;
}

/** A closed user's loss: the liquidator takes the deposit with as much of the loss; what is left is bankruptcy. A profit stays unsettled. */
function endPosition(rows: DriftRows, at: Settle, row: number): void {
  const { count: taker } = rows;
  if (rows.quote[row] >= 0) return;
  // Who covers his loss and is no longer liquidated keeps it until he settles it himself.
  if (rows.liquidating[row] === 0 && rows.deposit[row] + rows.quote[row] >= 0) return;
  const units = Math.min(rows.deposit[row], -rows.quote[row]);
  rows.deposit[row] -= units;
  rows.quote[row] += units;
  rows.deposit[taker] += units;
  rows.quote[taker] -= units;
  at.transfer(rows.positions, rows.liquidator, rows.quoteAsset, units);
  if (units > 0) {
    const usd = (units / rows.quoteUnitsPerCoin) * (at.published(rows.quoteFeed) / stepsPerUsd);
    at.record(tapeKinds.seize, at.mechanismIndex, row, units, rows.quoteAsset, usd);
  }
  leave(rows, row);
  if (rows.quote[row] === 0) return;
  const loss = -rows.quote[row];
  const vault = at.balance(rows.insurance, rows.quoteAsset);
  const fromInsurance = Math.max(0, Math.min(loss, vault - 1, rows.maxInsurance - rows.insuranceSettled));
  let openBase = 0;
  for (let one = 0; one <= rows.count; one++) openBase += Math.abs(rows.base[one]);
  // Without an open position there is nobody to share with: the bankruptcy stands.
  if (openBase === 0) return recordLoss(rows, at, row, loss);
  rows.quote[row] = 0;
  rows.insuranceSettled += fromInsurance;
  at.transfer(rows.insurance, rows.layout.restOfMarket, rows.quoteAsset, fromInsurance);
  if (fromInsurance > 0) at.record(tapeKinds.insurance, at.mechanismIndex, row, fromInsurance, rows.quoteAsset, 0);
  const shared = loss - fromInsurance;
  if (shared === 0) return;
  rows.longRate += driftSocialRate(rows.terms, shared, openBase);
  at.record(tapeKinds.protocol, at.mechanismIndex, row, 0, shared, protocolActs.socialise);
}

function recordLoss(rows: DriftRows, at: Settle, row: number, units: number): void {
  const usd = (units / rows.quoteUnitsPerCoin) * (at.published(rows.quoteFeed) / stepsPerUsd);
  at.record(tapeKinds.badDebt, at.mechanismIndex, row, units, rows.quoteAsset, usd);
}

/** Books the liquidator's own trade: his position gets smaller; once it is closed his result is settled with rest-of-market. */
export function settleLiquidatorTrade(rows: DriftRows, at: Settle, fill: number): void {
  const { count: taker, layout, liquidator } = rows;
  const { soldUnits, soldCash, boughtUnits, boughtCash } = at.fills;
  const sold = soldUnits[fill];
  const units = sold > 0 ? sold : boughtUnits[fill];
  const cash = sold > 0 ? soldCash[fill] : boughtCash[fill];
  const [giver, getter] = sold > 0 ? [layout.restOfMarket, liquidator] : [liquidator, layout.restOfMarket];
  at.transfer(giver, getter, rows.traded, units);
  at.transfer(getter, giver, rows.quoteAsset, cash);
  settleFunding(rows, taker);
  move(rows, taker, sold > 0 ? -units : units, sold > 0 ? cash : -cash);
  at.record(tapeKinds.trade, at.mechanismIndex, taker, sold > 0 ? units : -units, cash, rows.instrument);
  if (rows.base[taker] !== 0) return;
  const result = rows.quote[taker];
  const paid = result >= 0 ? result : -Math.min(-result, rows.deposit[taker]);
  if (paid >= 0) at.transfer(layout.restOfMarket, liquidator, rows.quoteAsset, paid);
  else at.transfer(liquidator, layout.restOfMarket, rows.quoteAsset, -paid);
  rows.deposit[taker] += paid;
  rows.quote[taker] -= paid;
}
