import { mulDivUp } from "../math/index.js";
import type { CoinClose, CoinContract } from "./coin-contract.js";
import { bankruptcyCash, partOf, perpetualRule, rateOne, type Side } from "./perpetual.js";

/** Maintenance margin by coin value: tiers of coin units and millionths, continuous. Equal to `maintenanceMargin` of exact/inverse-perpetual. */
export function tieredMaintenance(
  tiers: readonly { readonly fromUnits: number; readonly rate: number }[],
): (valueUnits: number) => number {
  const { tierFrom, tierRate, tierDeduction } = perpetualRule(1, tiers, false);
  return (value) => {
    let tier = tierFrom.length - 1;
    while (tier > 0 && tierFrom[tier] > value) tier--;
    return Math.max(0, mulDivUp(value, tierRate[tier], rateOne) - tierDeduction[tier]);
  };
}

/**
 * Closes contracts at the price that the market paid: what is left of the part's margin stays with the account less the fee, what is missing is paid by
 * the fund as far as it reaches. Equal to `liquidate` of exact/inverse-perpetual.
 */
export function closeInverse(
  contract: CoinContract,
  contracts: number,
  entry: number,
  margin: number,
  count: number,
  priceSteps: number,
  feeRate: number,
  fundUnits: number,
  into: CoinClose,
): CoinClose {
  const size = Math.abs(contracts);
  const side: Side = contracts > 0 ? 1 : -1;
  const entryPart = partOf(entry, count, size);
  const marginPart = partOf(margin, count, size);
  const value = contract.value(side * count, priceSteps);
  const left = marginPart + side * (entryPart - value);
  into.contracts = count;
  into.entry = entryPart;
  into.fee = left > 0 ? Math.min(left, mulDivUp(value, feeRate, rateOne)) : 0;
  into.covered = left < 0 ? Math.min(-left, fundUnits) : 0;
  into.uncovered = left < 0 ? -left - into.covered : 0;
  into.toAccount = Math.max(0, left) - into.fee - marginPart;
  return into;
}

/** Coin value at which a part of a position has no equity left. */
export function bankruptcyUnits(contracts: number, entry: number, margin: number): number {
  // Coins are what a dollar contract costs: a long of contracts is short of coins.
  return bankruptcyCash(contracts > 0 ? -1 : 1, entry, margin);
}

/**
 * What a counterparty gains when `count` contracts of a bankrupt account are closed against it at the bankrupt part's own bankruptcy value; NaN where that lies
 * beyond the counterparty's own bankruptcy. Equal to `deleverage` of exact/inverse-perpetual.
 */
export function deleveragedGain(
  loser: { readonly contracts: number; readonly entry: number; readonly margin: number },
  winner: { readonly contracts: number; readonly entry: number; readonly margin: number },
  count: number,
): number {
  const of = Math.abs(loser.contracts);
  const value = bankruptcyUnits(loser.contracts, partOf(loser.entry, count, of), partOf(loser.margin, count, of));
  const size = Math.abs(winner.contracts);
  const entry = partOf(winner.entry, count, size);
  const gained = winner.contracts > 0 ? entry - value : value - entry;
  return partOf(winner.margin, count, size) + gained < 0 ? Number.NaN : gained;
}
