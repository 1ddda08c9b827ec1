import { widened } from "./widened.js";

/** Columns start with this many rows. */
const firstRows = 8;

/** What was done in one round: one row per trade or liquidation. Column arrays grow by doubling and are used again every round. */
export class Fills {
  count = 0;
  /** Standing order, or -1 for a mechanism's own trade. */
  order = new Int32Array(firstRows);
  mechanism = new Int32Array(firstRows);
  row = new Int32Array(firstRows);
  /** Ledger account that trades. */
  account = new Int32Array(firstRows);
  sellInstrument = new Int32Array(firstRows);
  buyInstrument = new Int32Array(firstRows);
  /** Units sold and the whole quote units received. */
  soldUnits = new Float64Array(firstRows);
  soldCash = new Float64Array(firstRows);
  /** Units bought and the whole quote units paid. */
  boughtUnits = new Float64Array(firstRows);
  boughtCash = new Float64Array(firstRows);
  /** Liquidations: what is seized, taken as fee, and repaid. */
  seizeUnits = new Float64Array(firstRows);
  feeUnits = new Float64Array(firstRows);
  repayUnits = new Float64Array(firstRows);
  guardRow = new Int32Array(firstRows);

  reset(): void {
    this.count = 0;
  }

  add(): number {
    if (this.count === this.order.length) this.grow();
    const fill = this.count++;
    this.soldUnits[fill] = 0;
    this.soldCash[fill] = 0;
    this.boughtUnits[fill] = 0;
    this.boughtCash[fill] = 0;
    this.seizeUnits[fill] = 0;
    this.feeUnits[fill] = 0;
    this.repayUnits[fill] = 0;
    this.guardRow[fill] = -1;
    return fill;
  }

  private grow(): void {
    const length = this.order.length * 2;
    this.order = widened(this.order, length);
    this.mechanism = widened(this.mechanism, length);
    this.row = widened(this.row, length);
    this.account = widened(this.account, length);
    this.sellInstrument = widened(this.sellInstrument, length);
    this.buyInstrument = widened(this.buyInstrument, length);
    this.soldUnits = widened(this.soldUnits, length);
    this.soldCash = widened(this.soldCash, length);
    this.boughtUnits = widened(this.boughtUnits, length);
    this.boughtCash = widened(this.boughtCash, length);
    this.seizeUnits = widened(this.seizeUnits, length);
    this.feeUnits = widened(this.feeUnits, length);
    this.repayUnits = widened(this.repayUnits, length);
    this.guardRow = widened(this.guardRow, length);
  }
}
