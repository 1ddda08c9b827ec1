/** Standing liquidation orders, column by column. An order keeps its row until it is filled or withdrawn; rows are used again. */
export class StandingOrders {
  /** Orders 0 to count - 1 exist; `open[order]` tells which stand. */
  count = 0;
  readonly capacity: number;
  readonly open: Uint8Array;
  readonly mechanism: Int32Array;
  readonly row: Int32Array;
  readonly sellInstrument: Int32Array;
  readonly buyInstrument: Int32Array;
  readonly collateral: Int32Array;
  readonly debt: Int32Array;
  readonly seizeUnits: Float64Array;
  readonly feeUnits: Float64Array;
  readonly repayUnits: Float64Array;
  readonly feed: Int32Array;
  readonly priceSteps: Float64Array;
  readonly sinceTick: Int32Array;
  /** Account that disposes where no keeper takes it; -1: keepers. */
  readonly ownAccount: Int32Array;
  // What the gate of this round said.
  readonly held: Uint8Array;
  /** Disposal units that may be released in this round. */
  readonly released: Float64Array;
  readonly keeperAccount: Int32Array;
  readonly guardRow: Int32Array;
  /** 1 where the disposal trades in the same round, 0 where the keeper takes the collateral with its own capital. */
  readonly atomic: Uint8Array;
  /** Worst price of the atomic disposal, or 0 (see `Gate.give`). */
  readonly limit: Float64Array;
  private readonly free: Int32Array;
  private freeCount = 0;
  /** Standing orders now. */
  standing = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.open = new Uint8Array(capacity);
    this.mechanism = new Int32Array(capacity);
    this.row = new Int32Array(capacity);
    this.sellInstrument = new Int32Array(capacity);
    this.buyInstrument = new Int32Array(capacity);
    this.collateral = new Int32Array(capacity);
    this.debt = new Int32Array(capacity);
    this.seizeUnits = new Float64Array(capacity);
    this.feeUnits = new Float64Array(capacity);
    this.repayUnits = new Float64Array(capacity);
    this.feed = new Int32Array(capacity);
    this.priceSteps = new Float64Array(capacity);
    this.sinceTick = new Int32Array(capacity);
    this.ownAccount = new Int32Array(capacity);
    this.held = new Uint8Array(capacity);
    this.released = new Float64Array(capacity);
    this.keeperAccount = new Int32Array(capacity);
    this.guardRow = new Int32Array(capacity);
    this.atomic = new Uint8Array(capacity);
    this.limit = new Float64Array(capacity);
    this.free = new Int32Array(capacity);
  }

  reset(): void {
    this.open.fill(0, 0, this.count);
    this.count = 0;
    this.freeCount = 0;
    this.standing = 0;
  }

  /** A free row for a new order. */
  take(): number {
    const order = this.freeCount > 0 ? this.free[--this.freeCount] : this.count++;
    this.open[order] = 1;
    this.standing++;
    return order;
  }

  /** Ends an order; its row may be used again. */
  end(order: number): void {
    if (this.open[order] === 0) return;
    this.open[order] = 0;
    this.free[this.freeCount++] = order;
    this.standing--;
  }

  /** Units that the order's disposal trades: sold where it sells, else bought, else (same-asset or cash) the collateral itself. */
  disposalUnits(order: number): number {
    return this.sellInstrument[order] < 0 && this.buyInstrument[order] >= 0
      ? this.repayUnits[order]
      : this.seizeUnits[order];
  }
}
