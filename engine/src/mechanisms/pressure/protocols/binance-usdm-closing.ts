import { binanceToFund, partLoss } from "../../../rules/binance-usdm.js";
import type { Attempt, Closing } from "../perpetuals/protocol.js";
import { type PerpetualsRows, worthAfterClose } from "../perpetuals/rows.js";

/**
 * Binance: one immediate-or-cancel order for the whole position, filled as far as the book goes and the fund can pay; what the book does not take the fund takes
 * over at the bankruptcy price, and where it cannot, it is deleveraged. Source: exact/binance-usdm.
 */
export function binanceClosing(feeShare: number, takesOver: boolean): Closing {
  const fee = Math.round(feeShare * 1e6);
  return {
    attempt(rows: PerpetualsRows, row: number, _at: unknown, into: Attempt) {
      into.units = Math.abs(rows.size[row]);
      into.fundUnits = Number.MAX_SAFE_INTEGER;
      into.otherwise = takesOver ? "take-over" : "deleverage";
    },
    toFund: ({ rule, size, entry, margin, mark }, row, units, cash) =>
      binanceToFund(rule, fee, size[row], entry[row], margin[row], mark, units, cash),
    loss({ size, entry, margin }, row, units, cash) {
      const lost = partLoss(size[row], entry[row], margin[row], units, cash);
      // The fund lifts an empty wallet to 0; a part that is closed goes no lower than the bankruptcy price, or the rest would bear it.
      return lost > 0 && units < Math.abs(size[row]) ? Number.POSITIVE_INFINITY : lost;
    },
    accepts: (rows, row, units, cash) => worthAfterClose(rows, row, units, cash) >= 0,
  };
}
