import { mulDivDown, mulDivUp } from "../math/index.js";
import type { Candidates } from "./candidates.js";
import type { Fills } from "./fills.js";
import type { StandingOrders } from "./standing-orders.js";

/** Released liquidation orders become disposal orders: candidates of the round's batches (docs/model.md). */
export function releaseOrders(standing: StandingOrders, candidates: Candidates): void {
  for (let order = 0; order < standing.count; order++) {
    if (standing.open[order] === 0 || standing.held[order] === 1) continue;
    const whole = standing.disposalUnits(order);
    if (standing.released[order] < whole)
      standing.released[order] = Math.min(standing.released[order], standing.mostPartial[order]);
    const released = standing.released[order];
    if (released <= 0 || whole <= 0) continue;
    const atomic = standing.atomic[order] === 1;
    const sells = standing.sellInstrument[order];
    const buys = standing.buyInstrument[order];
    const sellUnits = sells < 0 ? 0 : released;
    const buyUnits = buys < 0 ? 0 : sells < 0 ? released : mulDivUp(standing.repayUnits[order], released, whole);
    candidates.add(
      order,
      standing.mechanism[order],
      standing.row[order],
      standing.keeperAccount[order],
      atomic ? sells : -1,
      atomic ? sellUnits : 0,
      atomic ? buys : -1,
      atomic ? buyUnits : 0,
      atomic ? standing.limit[order] : 0,
      standing.guardRow[order],
      standing.mostPartial[order],
    );
  }
}

/** Turns what clearing granted into fills; a liquidation is as large as its smaller leg. True where something was filled. */
export function makeFills(candidates: Candidates, stable: Int32Array, standing: StandingOrders, fills: Fills): boolean {
  for (const index of stable) {
    const order = candidates.order[index];
    const sold = candidates.soldUnits[index];
    const bought = candidates.boughtUnits[index];
    let seize = 0;
    let repay = 0;
    let fee = 0;
    if (order >= 0) {
      const sells = candidates.sellInstrument[index] >= 0;
      const buys = candidates.buyInstrument[index] >= 0;
      const whole = standing.seizeUnits[order];
      if (sells) {
        seize = sold;
        repay = buys ? Math.min(bought, standing.repayUnits[order]) : mulDivUp(standing.repayUnits[order], sold, whole);
      } else if (buys) {
        repay = bought;
        seize = standing.repayUnits[order] === 0 ? 0 : mulDivDown(whole, bought, standing.repayUnits[order]);
      } else if (standing.buyInstrument[order] >= 0 && standing.sellInstrument[order] < 0) {
        // Taken with capital where the disposal is counted in units of the debt.
        repay = Math.min(standing.repayUnits[order], standing.released[order]);
        seize = standing.repayUnits[order] === 0 ? 0 : mulDivDown(whole, repay, standing.repayUnits[order]);
      } else {
        seize = Math.min(whole, standing.released[order]);
        repay = mulDivUp(standing.repayUnits[order], seize, Math.max(1, whole));
      }
      fee = whole === 0 ? 0 : mulDivDown(standing.feeUnits[order], seize, whole);
      if (seize === 0 && repay === 0) continue;
    } else if (sold === 0 && bought === 0) continue;
    const fill = fills.add();
    fills.order[fill] = order;
    fills.mechanism[fill] = candidates.mechanism[index];
    fills.row[fill] = candidates.row[index];
    fills.account[fill] = candidates.account[index];
    fills.sellInstrument[fill] = candidates.sellInstrument[index];
    fills.buyInstrument[fill] = candidates.buyInstrument[index];
    fills.soldUnits[fill] = sold;
    fills.soldCash[fill] = candidates.soldCash[index];
    fills.boughtUnits[fill] = bought;
    fills.boughtCash[fill] = candidates.boughtCash[index];
    fills.seizeUnits[fill] = seize;
    fills.feeUnits[fill] = fee;
    fills.repayUnits[fill] = repay;
    fills.guardRow[fill] = candidates.guardRow[index];
  }
  return fills.count > 0;
}
