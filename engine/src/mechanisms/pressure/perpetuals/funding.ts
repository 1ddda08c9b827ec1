import { mulDivDown, mulDivUp } from "../../../math/index.js";
import { stepsPerUsd } from "../../../rules/account-value.js";
import { notionalValue } from "../../../rules/perpetual.js";
import type { Shock } from "../../../run/index.js";
import { markNow, type PerpetualsRows, reorder } from "./rows.js";
import type { FundingRule } from "./schema.js";

/** Funding rates are whole billionths per interval. */
export const billionth = 1e9;

/**
 * Funding at the end of each interval: every long pays (or, at a negative rate, receives) notional x rate, every short the other way round; what the two sides
 * of the table do not owe each other goes to or comes from rest-of-market, the other side of the open interest. `basis` takes the perpetual's middle
 * over the mark, capped. Payers round up, receivers down.
 */
export function payFunding(rows: PerpetualsRows, at: Shock): void {
  const { funding } = rows.params;
  if (funding.rule === "off" || at.timeMs % funding.every !== 0) return;
  const mark = markNow(rows, at);
  if (mark === 0) return;
  const billionths = fundingBillionths(funding, at, rows.instrument, mark);
  rows.fundingRate = billionths / billionth;
  if (billionths === 0) return;
  rows.everythingChanged = true;
  let net = 0;
  for (let row = 0; row < rows.count; row++) {
    if (rows.size[row] !== 0) net += payOne(rows, row, mark, billionths);
  }
  if (net >= 0) at.transfer(rows.positions, rows.otherSide, rows.quote, net);
  else at.transfer(rows.otherSide, rows.positions, rows.quote, -net);
  reorder(rows);
  rows.changed = true;
}

/** The rate of an interval in whole billionths: the stated one, or the perpetual's middle over the mark, capped. */
export function fundingBillionths(
  funding: Exclude<FundingRule, { readonly rule: "off" }>,
  at: Shock,
  instrument: number,
  mark: number,
): number {
  const rate =
    funding.rule === "fixed" ? funding.rate : capped(at.middle(instrument) / (mark / stepsPerUsd) - 1, funding.cap);
  return Math.round(rate * billionth);
}

function capped(rate: number, cap: number): number {
  return Number.isFinite(rate) ? Math.min(cap, Math.max(-cap, rate)) : 0;
}

/** Returns the quote units that leave the row's margin (negative: that come in). */
function payOne(rows: PerpetualsRows, row: number, mark: number, billionths: number): number {
  const size = rows.size[row];
  const notional = notionalValue(rows.rule, size, mark);
  const pays = size > 0 === billionths > 0;
  const rate = Math.abs(billionths);
  if (!pays) {
    const received = mulDivDown(notional, rate, billionth);
    rows.margin[row] += received;
    return -received;
  }
  const owed = mulDivUp(notional, rate, billionth);
  const fromMargin = Math.min(owed, rows.margin[row]);
  rows.margin[row] -= fromMargin;
  // Beyond the margin it is taken out of the profit that stands against rest-of-market.
  const beyond = owed - fromMargin;
  if (size > 0) rows.entry[row] += beyond;
  else rows.entry[row] = Math.max(0, rows.entry[row] - beyond);
  return fromMargin;
}
