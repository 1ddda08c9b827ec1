import { mulDivDown, mulDivUp } from "../../../math/index.js";
import type { Shock } from "../../../run/index.js";
import { billionth, fundingBillionths } from "../perpetuals/funding.js";
import { markOf } from "../perpetuals/rows.js";
import { touchRow } from "../positions/table.js";
import type { CoinMarginedRows } from "./rows.js";
import { changeMargin } from "./settle.js";

/**
 * Funding in coins at the end of each interval: value at the mark x rate. Payers pay rounded up, receivers get rounded down, the rest stays with the clearing house; a
 * margin may go below 0, and the account is then liquidatable at any price. Equal to `payFunding` of exact/inverse-perpetual.
 */
export function payFunding(rows: CoinMarginedRows, at: Shock): void {
  const { funding } = rows.terms;
  if (funding.rule === "off" || at.timeMs % funding.every !== 0) return;
  const mark = markOf(at.published(rows.coinFeed), at.published(rows.quoteFeed));
  if (mark === 0) return;
  const billionths = fundingBillionths(funding, at, rows.instrument, mark);
  rows.fundingRate = billionths / billionth;
  if (billionths === 0) return;
  const { table, contract } = rows;
  for (let row = 0; row < table.count; row++) {
    const size = table.size[row];
    if (size === 0) continue;
    const value = contract.value(size, mark);
    const rate = Math.abs(billionths);
    const pays = size > 0 === billionths > 0;
    touchRow(table, row);
    changeMargin(rows, at, row, pays ? -mulDivUp(value, rate, billionth) : mulDivDown(value, rate, billionth));
  }
  rows.restless = true;
}
