import type { Gate } from "../../run/index.js";
import { tapeKinds } from "../../run/tape.js";
import { unitUsd } from "../outside-exchange.js";
import {
  atomicProfitUsd,
  mostProfitableUnits,
  type Offer,
  offerOf,
  peak,
  purchaseCash,
  purchaseUnits,
  saleCash,
} from "./keepers-quote.js";
import { gasUsd, type Keeper, type KeeperRows } from "./keepers-rows.js";

/** Why orders were held: column b of a keepers' `guard` row (x: orders, y: dollars they would repay). */
export const heldBecause = { doesNotPay: 1, capitalSpent: 2, tooYoung: 3 } as const;

/** Rounding of fills, in units of the sale's quote asset, that an atomic swap's limit leaves room for. */
const slackUnits = 3;

/** What a keeper would do with an offer. */
interface Choice {
  readonly units: number;
  readonly reason: number;
}

/** Shows every standing order, the largest profit first, to the keepers in their order; the first whom it pays takes it, the rest is held. */
export function gateKeepers(rows: KeeperRows, at: Gate): void {
  rows.sold.fill(0);
  rows.bought.fill(0);
  rows.saleFloor.fill(0);
  rows.purchaseCeiling.fill(Number.POSITIVE_INFINITY);
  const orders = new Float64Array(4);
  const repayUsd = new Float64Array(4);
  for (const offer of rankedOffers(rows, at)) {
    const reason = place(rows, at, offer);
    if (reason === 0) continue;
    at.hold(offer.order);
    orders[reason]++;
    repayUsd[reason] += (offer.repayUsd * Math.min(offer.whole, at.standing.released[offer.order])) / offer.whole;
  }
  for (let reason = 1; reason < orders.length; reason++) {
    if (orders[reason] > 0) at.record(tapeKinds.guard, at.mechanismIndex, reason, orders[reason], repayUsd[reason], 0);
  }
}

/** Orders that no guard holds and no exchange disposes of itself, by profit on depth as it stands, ties by stable position id. */
function rankedOffers(rows: KeeperRows, at: Gate): readonly Offer[] {
  const { standing } = at;
  const ranked: { readonly offer: Offer; readonly profit: number }[] = [];
  for (let order = 0; order < standing.count; order++) {
    if (standing.open[order] === 0 || standing.held[order] === 1 || standing.ownAccount[order] >= 0) continue;
    if (standing.released[order] <= 0) continue;
    const offer = offerOf(standing, order, at, rows, rows.decimals);
    ranked.push({ offer, profit: offer.units === 0 ? 0 : atomicProfitUsd(offer, at, rows, offer.units) });
  }
  ranked.sort(
    (a, b) =>
      b.profit - a.profit ||
      standing.mechanism[a.offer.order] - standing.mechanism[b.offer.order] ||
      standing.row[a.offer.order] - standing.row[b.offer.order],
  );
  return ranked.map(({ offer }) => offer);
}

/** Gives the offer to the first keeper whom it pays; returns 0, or why nobody takes it. */
function place(rows: KeeperRows, at: Gate, first: Offer): number {
  const age = (at.tick - at.standing.sinceTick[first.order]) * at.tickMs;
  // Orders taken before may have left less depth than the ranking saw.
  const offer = offerOf(at.standing, first.order, at, rows, rows.decimals);
  let reason: number = heldBecause.tooYoung;
  for (let index = 0; index < rows.keepers.length; index++) {
    const keeper = rows.keepers[index];
    if (age < keeper.params.latencyMs) continue;
    const choice = choose(rows, at, index, offer);
    if (choice.units > 0) {
      take(rows, at, index, offer, choice.units);
      return 0;
    }
    if (reason !== heldBecause.capitalSpent) reason = choice.reason;
  }
  return reason;
}

/** Whether this keeper keeps the collateral: only what is sold can be kept. */
function keeps(keeper: Keeper, offer: Offer): boolean {
  return keeper.params.route !== "atomic" && offer.sell >= 0;
}

/** The whole where it pays, else the part that pays most, else nothing. */
function choose(rows: KeeperRows, at: Gate, index: number, offer: Offer): Choice {
  const keeper = rows.keepers[index];
  const refused = { units: 0, reason: heldBecause.doesNotPay };
  const gas = gasUsd(rows, keeper, at);
  const kept = keeps(keeper, offer);
  const fitting = (units: number) => (units < offer.whole ? Math.min(units, offer.mostPartial) : units);
  const whole = fitting(kept ? affordable(rows, at, index, offer, gas) : offer.units);
  if (whole <= 0) return { units: 0, reason: offer.units > 0 ? heldBecause.capitalSpent : heldBecause.doesNotPay };
  const slack = slackUnits * (offer.saleUsd + offer.purchaseUsd);
  const profitOf = (units: number) =>
    (kept ? keptProfitUsd(rows, at, keeper, offer, units) : atomicProfitUsd(offer, at, rows, units)) - gas - slack;
  const pays = (units: number) => {
    const repaid = (offer.repayUsd * units) / offer.whole;
    const least = Math.max(keeper.params.leastProfitUsd, keeper.params.leastProfitShare * repaid);
    return profitOf(units) >= least && (kept || leavesOthers(rows, at, offer, units, gas + slack));
  };
  if (pays(whole)) return { units: whole, reason: 0 };
  for (const margin of new Set([0, keeper.params.leastProfitShare])) {
    const part = fitting(
      kept
        ? peak((units) => profitOf(units) - (margin * offer.repayUsd * units) / offer.whole, whole)
        : Math.min(whole, mostProfitableUnits(offer, at, rows, margin)),
    );
    if (part > 0 && part < whole && pays(part)) return { units: part, reason: 0 };
  }
  return refused;
}

/** Units whose repayment the keeper's free capital covers. */
function affordable(rows: KeeperRows, at: Gate, index: number, offer: Offer, gas: number): number {
  const keeper = rows.keepers[index];
  const freeUsd = rows.free[index] * unitUsd(at, keeper.cash, rows.decimals) - gas;
  if (freeUsd <= 0) return 0;
  return Math.min(offer.units, Math.floor((offer.whole * freeUsd) / (offer.repayUsd * (1 + 1e-9))) - 1);
}

/** Quote before gas where the collateral is kept: its sale in slices on today's depth, or the perpetual's sale now. */
function keptProfitUsd(rows: KeeperRows, at: Gate, keeper: Keeper, offer: Offer, units: number): number {
  const repaid = (offer.repayUsd * units) / offer.whole;
  if (keeper.params.route === "hedge") {
    const usd = unitUsd(at, at.instrumentQuote(keeper.hedge), rows.decimals);
    const before = rows.sold[keeper.hedge];
    return (at.quoteCash(keeper.hedge, before + units) - at.quoteCash(keeper.hedge, before)) * usd - repaid;
  }
  const kept = Math.floor(units * keeper.params.holdShare);
  const now = units - kept;
  const slices = Math.max(1, Math.round(keeper.params.unwindMs / at.tickMs));
  const slice = Math.ceil(kept / slices);
  const later = slice === 0 ? 0 : (at.quoteCash(offer.sell, slice) / slice) * kept;
  const sold = now === 0 ? 0 : saleCash(offer, at, rows, now);
  return (sold + later) * offer.saleUsd - repaid;
}

/** Price (quote units per unit) that the sale leg needs so that nothing is lost, and that the purchase leg may cost. */
function needs(rows: KeeperRows, at: Gate, offer: Offer, units: number, costUsd: number) {
  const share = units / offer.whole;
  const buys = purchaseUnits(offer, units);
  const paidCash = offer.buy < 0 ? 0 : purchaseCash(offer, at, rows, buys);
  const paidUsd = offer.buy < 0 ? offer.repayUsd * share : paidCash * offer.purchaseUsd;
  const gotUsd = offer.sell < 0 ? offer.seizeUsd * share : saleCash(offer, at, rows, units) * offer.saleUsd;
  const sale = offer.sell < 0 ? 0 : (paidUsd + costUsd) / units / offer.saleUsd;
  const purchase = offer.buy < 0 ? Number.POSITIVE_INFINITY : (gotUsd - costUsd) / buys / offer.purchaseUsd;
  return { buys, paidCash, sale, purchase };
}

/** A batch has one average price: the offer is added only where the average still pays those who were before it, and itself. */
function leavesOthers(rows: KeeperRows, at: Gate, offer: Offer, units: number, costUsd: number): boolean {
  const { buys, sale, purchase } = needs(rows, at, offer, units, costUsd);
  if (offer.sell >= 0) {
    const total = rows.sold[offer.sell] + units;
    if (at.quoteCash(offer.sell, total) < total * Math.max(sale, rows.saleFloor[offer.sell])) return false;
  }
  if (offer.buy >= 0) {
    const total = rows.bought[offer.buy] + buys;
    if (at.quoteCash(offer.buy, -total) > total * Math.min(purchase, rows.purchaseCeiling[offer.buy])) return false;
  }
  return true;
}

/** Gives the order away and notes what it will trade. */
function take(rows: KeeperRows, at: Gate, index: number, offer: Offer, units: number): void {
  const keeper = rows.keepers[index];
  const gas = gasUsd(rows, keeper, at);
  if (units < at.standing.released[offer.order]) at.cap(offer.order, units);
  if (keeps(keeper, offer)) {
    at.give(offer.order, keeper.account, index, false, 0);
    const usd = unitUsd(at, keeper.cash, rows.decimals);
    // Two units more than the repayment: its rounding up, and that of the exchange.
    const repaid = (offer.repayUsd * units) / offer.whole + (2 * offer.repayUsd) / Math.max(1, offer.repayUnits);
    rows.free[index] -= Math.ceil((repaid + gas) / usd) + 2;
    if (keeper.params.route === "hedge") rows.sold[keeper.hedge] += units;
    else rows.sold[offer.sell] += units - Math.floor(units * keeper.params.holdShare);
    return;
  }
  const slack = slackUnits * (offer.saleUsd + offer.purchaseUsd);
  const { buys, paidCash, sale, purchase } = needs(rows, at, offer, units, gas + slack);
  if (offer.sell >= 0) {
    rows.sold[offer.sell] += units;
    rows.saleFloor[offer.sell] = Math.max(rows.saleFloor[offer.sell], sale);
  }
  if (offer.buy >= 0) {
    rows.bought[offer.buy] += buys;
    rows.purchaseCeiling[offer.buy] = Math.min(rows.purchaseCeiling[offer.buy], purchase);
  }
  at.give(offer.order, keeper.account, index, true, limitOf(offer, units, sale, purchase, paidCash));
}

/** Where the swap reverts, as `Gate.give` counts it. */
function limitOf(offer: Offer, units: number, sale: number, purchase: number, paidCash: number): number {
  if (offer.sell >= 0 && offer.buy >= 0) return paidCash === 0 ? 0 : (sale * units) / paidCash;
  if (offer.sell >= 0) return sale / offer.saleScale;
  return offer.buy >= 0 ? purchase / offer.purchaseScale : 0;
}
