/** What was done in one round: one row per trade or liquidation. Column arrays grow by doubling and are used again every round. */
export class Fills {
  count = 0;
  /** Standing order, or -1 for a mechanism's own trade. */
  order = new Int32Array(64);
  mechanism = new Int32Array(64);
  row = new Int32Array(64);
  /** Ledger account that trades. */
  account = new Int32Array(64);
  sellInstrument = new Int32Array(64);
  buyInstrument = new Int32Array(64);
  /** Units sold and the whole quote units received. */
  soldUnits = new Float64Array(64);
  soldCash = new Float64Array(64);
  /** Units bought and the whole quote units paid. */
  boughtUnits = new Float64Array(64);
  boughtCash = new Float64Array(64);
  /** Liquidations: what is seized, taken as fee, and repaid. */
  seizeUnits = new Float64Array(64);
  feeUnits = new Float64Array(64);
  repayUnits = new Float64Array(64);
  guardRow = new Int32Array(64);

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
    const wider = <Column extends Int32Array | Float64Array>(column: Column): Column => {
      const copy = new (column.constructor as new (length: number) => Column)(column.length * 2);
      copy.set(column);
      return copy;
    };
    this.order = wider(this.order);
    this.mechanism = wider(this.mechanism);
    this.row = wider(this.row);
    this.account = wider(this.account);
    this.sellInstrument = wider(this.sellInstrument);
    this.buyInstrument = wider(this.buyInstrument);
    this.soldUnits = wider(this.soldUnits);
    this.soldCash = wider(this.soldCash);
    this.boughtUnits = wider(this.boughtUnits);
    this.boughtCash = wider(this.boughtCash);
    this.seizeUnits = wider(this.seizeUnits);
    this.feeUnits = wider(this.feeUnits);
    this.repayUnits = wider(this.repayUnits);
    this.guardRow = wider(this.guardRow);
  }
}
