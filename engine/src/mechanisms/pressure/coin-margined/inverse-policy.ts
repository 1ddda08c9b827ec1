import { powersOfTen } from "../../../rules/account-value.js";
import { noClose } from "../../../rules/coin-contract.js";
import { allotProRata, deleveragingRank } from "../../../rules/deleveraging.js";
import { bankruptcyUnits, closeInverse, deleveragedGain, tieredMaintenance } from "../../../rules/inverse-perpetual.js";
import { partOf, perpetualBreaches } from "../../../rules/perpetual.js";
import type { Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import { touchRow } from "../positions/table.js";
import type { Closes, CoinMarginedPolicy, CoinMarginedRows } from "./rows.js";
import { bookClose, changeMargin, recordBadDebt } from "./settle.js";

/** The rules of an inverse perpetual beside what all coin-margined exchanges have. */
export interface InverseRules {
  /** Maintenance by notional in coins. */
  readonly tiers: readonly { readonly fromCoins: number; readonly rate: number }[];
  readonly deleveraging: "queue" | "pro-rata" | "none";
}

/**
 * Whole positions go to the market, the strongest first, as far as depth reaches and the insurance fund can pay every gap at the batch's one price; the next as far as
 * both allow. Of the others the bankrupt are deleveraged at their bankruptcy values, and who has equity left waits.
 */
export function inversePolicy({ tiers, deleveraging }: InverseRules): CoinMarginedPolicy {
  const close = noClose();
  return {
    maintenance: (decimals) =>
      tieredMaintenance(
        tiers.map(({ fromCoins, rate }) => ({ fromUnits: Math.round(fromCoins * powersOfTen[decimals]), rate })),
      ),
    plan: (rows, breaching, side, at) => plan(rows, breaching, side, at, deleveraging),
    close(rows, at, row, count, priceSteps) {
      const { table, contract, terms } = rows;
      const { feeRate } = terms;
      const fund = at.balance(rows.fund, rows.coin);
      const { size, entry, margin } = table;
      closeInverse(contract, size[row], entry[row], margin[row], count, priceSteps, feeRate, fund, close);
      bookClose(rows, at, row, close);
      if (rows.uncovered > 0) {
        recordBadDebt(rows, at, row, rows.uncovered);
        rows.uncovered = 0;
      }
      return count;
    },
    takeOver: (rows, at, taken) => deleverage(rows, at, taken, deleveraging),
    forced: (rows, row, mark) => {
      const { openingSize, openingEntry, openingMargin } = rows.table;
      const size = openingSize[row];
      return perpetualBreaches(rows.rule, size, openingEntry[row], openingMargin[row], mark) ? Math.abs(size) : 0;
    },
  };
}

function plan(
  rows: CoinMarginedRows,
  breaching: readonly number[],
  side: 1 | -1,
  at: Closes,
  deleveraging: InverseRules["deleveraging"],
): void {
  const { size, entry, margin } = rows.table;
  const contracts = (row: number) => Math.abs(size[row]);
  const capacity = at.capacity(side);
  if (deleveraging === "none") {
    let left = capacity;
    for (const row of breaching) {
      const sent = Math.min(left, contracts(row));
      at.toMarket(row, sent);
      left -= sent;
    }
    return;
  }
  const worst = (row: number) => (side * bankruptcyUnits(size[row], entry[row], margin[row])) / contracts(row);
  // A long that can owe more coins for a contract is stronger; a short that can do with fewer.
  const order = [...breaching].sort((a, b) => worst(b) - worst(a) || a - b);
  const fund = at.fundUnits();
  const cost = (count: number, part: number, total: number) =>
    total === 0 ? 0 : gap(rows, order, count, part, side, at.averageSteps(side, total), fund);
  const sums = [0];
  for (const row of order) sums.push(sums[sums.length - 1] + contracts(row));
  const fits = (whole: number, part: number) => {
    const total = sums[whole] + part;
    return total <= capacity && cost(whole, part, total) <= fund;
  };
  const whole = most(order.length, (count) => fits(count, 0));
  for (let place = 0; place < whole; place++) at.toMarket(order[place], contracts(order[place]));
  if (whole === order.length) {
    at.promise(cost(whole, 0, sums[whole]));
    return;
  }
  const next = order[whole];
  // At least a hundredth of a position or none of it: else crumbs go one by one.
  const part = most(contracts(next), (count) => fits(whole, count));
  const sent = part * 100 >= contracts(next) ? part : 0;
  at.toMarket(next, sent);
  at.promise(cost(whole, sent, sums[whole] + sent));
  for (let place = sent > 0 ? whole + 1 : whole; place < order.length; place++) {
    const row = order[place];
    if (rows.contract.equity(size[row], entry[row], margin[row], rows.mark) <= 0) at.takeOver(row);
  }
}

/** The largest count up to `limit` that fits; 0 always does, and what does not fit fits no larger. */
function most(limit: number, fits: (count: number) => boolean): number {
  let low = 0;
  let high = limit;
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What the fund and others would have to pay, in coin units, if the first `whole` rows and a part of the next were closed at a price. */
function gap(
  rows: CoinMarginedRows,
  order: readonly number[],
  whole: number,
  part: number,
  side: 1 | -1,
  priceSteps: number,
  fund: number,
): number {
  const { size, entry, margin } = rows.table;
  const close = noClose();
  let missing = 0;
  for (let place = 0; place < (part > 0 ? whole + 1 : whole); place++) {
    const row = order[place];
    const count = place < whole ? side * size[row] : part;
    closeInverse(rows.contract, size[row], entry[row], margin[row], count, priceSteps, rows.terms.feeRate, fund, close);
    missing += close.covered + close.uncovered;
  }
  return missing;
}

/** Closes bankrupt rows against profitable ones of the other side at the bankrupt rows' own bankruptcy values; for whom nobody is found stays open. */
function deleverage(
  rows: CoinMarginedRows,
  at: Settle,
  taken: readonly number[],
  deleveraging: InverseRules["deleveraging"],
): void {
  for (const side of [1, -1] as const) {
    const losers = taken.filter((row) => rows.table.size[row] * side > 0);
    if (losers.length === 0) continue;
    const winners = profitable(rows, side === 1 ? -1 : 1, deleveraging === "queue");
    const sizes = winners.map((row) => Math.abs(rows.table.size[row]));
    const need = losers.reduce((sum, row) => sum + Math.abs(rows.table.size[row]), 0);
    const shares = Float64Array.from(sizes);
    if (deleveraging === "pro-rata") allotProRata(sizes, need, shares);
    for (const row of losers) {
      const before = Math.abs(rows.table.size[row]);
      match(rows, at, row, winners, shares);
      // Where a winner would have been bankrupt himself the others step in.
      if (rows.table.size[row] !== 0) match(rows, at, row, winners, undefined);
      const closed = before - Math.abs(rows.table.size[row]);
      const coins = rows.contract.value(side * closed, rows.mark);
      if (closed > 0) at.record(tapeKinds.liquidate, at.mechanismIndex, row, coins, 0, rows.engine);
    }
  }
}

/** Healthy rows of a side with a profit at the mark: by rank, or by row. */
function profitable(rows: CoinMarginedRows, side: 1 | -1, byRank: boolean): number[] {
  const { table, contract, rule, mark } = rows;
  const rank = new Map<number, number>();
  for (let row = 0; row < table.count; row++) {
    const size = table.size[row];
    if (size * side <= 0 || rows.standingOf[row] >= 0) continue;
    const worth = contract.equity(size, table.entry[row], table.margin[row], mark);
    const profit = worth - table.margin[row];
    if (profit <= 0 || perpetualBreaches(rule, size, table.entry[row], table.margin[row], mark)) continue;
    rank.set(row, deleveragingRank(table.entry[row], contract.value(size, mark), profit, worth));
  }
  const found = [...rank.keys()];
  return byRank ? found.sort((a, b) => (rank.get(b) ?? 0) - (rank.get(a) ?? 0) || a - b) : found;
}

function match(
  rows: CoinMarginedRows,
  at: Settle,
  loser: number,
  winners: readonly number[],
  shares: Float64Array | undefined,
): void {
  const { table } = rows;
  const of = (row: number) => ({ contracts: table.size[row], entry: table.entry[row], margin: table.margin[row] });
  for (let place = 0; place < winners.length && table.size[loser] !== 0; place++) {
    const winner = winners[place];
    const limit = Math.min(Math.abs(table.size[winner]), shares?.[place] ?? Number.POSITIVE_INFINITY);
    const count = Math.min(limit, Math.abs(table.size[loser]));
    if (count === 0) continue;
    const gained = deleveragedGain(of(loser), of(winner), count);
    if (Number.isNaN(gained)) continue;
    if (shares !== undefined) shares[place] -= count;
    changeMargin(rows, at, loser, -takeOff(rows, loser, count));
    takeOff(rows, winner, count);
    changeMargin(rows, at, winner, gained);
    rows.deleveragedUnits[winner] += rows.contract.value(count, rows.mark);
    at.record(tapeKinds.deleverage, at.mechanismIndex, winner, count, rows.mark, loser);
  }
}

/** Takes contracts with their share of the entry value off a row; returns the share of its margin. */
function takeOff(rows: CoinMarginedRows, row: number, count: number): number {
  const { table } = rows;
  touchRow(table, row);
  const size = Math.abs(table.size[row]);
  const margin = partOf(table.margin[row], count, size);
  table.entry[row] -= partOf(table.entry[row], count, size);
  table.size[row] -= table.size[row] > 0 ? count : -count;
  return margin;
}
