/** What wants to trade in one round: released liquidation orders and mechanisms' own trades, one row each, in stable order. */
export class Candidates {
  count = 0;
  order: number[] = [];
  mechanism: number[] = [];
  row: number[] = [];
  account: number[] = [];
  sellInstrument: number[] = [];
  buyInstrument: number[] = [];
  sellUnits: number[] = [];
  buyUnits: number[] = [];
  limit: number[] = [];
  guardRow: number[] = [];
  /** What clearing granted. */
  soldUnits: number[] = [];
  boughtUnits: number[] = [];
  soldCash: number[] = [];
  boughtCash: number[] = [];

  reset(): void {
    this.count = 0;
  }

  add(
    order: number,
    mechanism: number,
    row: number,
    account: number,
    sellInstrument: number,
    sellUnits: number,
    buyInstrument: number,
    buyUnits: number,
    limit: number,
    guardRow: number,
  ): void {
    const index = this.count++;
    this.order[index] = order;
    this.mechanism[index] = mechanism;
    this.row[index] = row;
    this.account[index] = account;
    this.sellInstrument[index] = sellInstrument;
    this.sellUnits[index] = sellUnits;
    this.buyInstrument[index] = buyInstrument;
    this.buyUnits[index] = buyUnits;
    this.limit[index] = limit;
    this.guardRow[index] = guardRow;
  }

  /** Rows by (mechanism, row, order): the stable position id that leftovers and ties go by. */
  stableOrder(): Int32Array {
    const order = Int32Array.from({ length: this.count }, (_, index) => index);
    return order.sort(
      (a, b) => this.mechanism[a] - this.mechanism[b] || this.row[a] - this.row[b] || this.order[a] - this.order[b],
    );
  }
}
