import { widened } from "./widened.js";

/** Columns start with this many rows. */
const firstRows = 8;

/** Standing liquidation orders, column by column. An order keeps its row until it is filled or withdrawn; rows are used again. */
export class StandingOrders {
  /** Orders 0 to count - 1 exist; `open[order]` tells which stand. */
  count = 0;
  open = new Uint8Array(firstRows);
  mechanism = new Int32Array(firstRows);
  row = new Int32Array(firstRows);
  sellInstrument = new Int32Array(firstRows);
  buyInstrument = new Int32Array(firstRows);
  collateral = new Int32Array(firstRows);
  debt = new Int32Array(firstRows);
  seizeUnits = new Float64Array(firstRows);
  feeUnits = new Float64Array(firstRows);
  repayUnits = new Float64Array(firstRows);
  feed = new Int32Array(firstRows);
  priceSteps = new Float64Array(firstRows);
  sinceTick = new Int32Array(firstRows);
  /** Account that disposes where no keeper takes it; -1: keepers. */
  ownAccount = new Int32Array(firstRows);
  /** Worst price at which `ownAccount` or the outside keeper disposes, or 0. */
  ownLimit = new Float64Array(firstRows);
  /** Disposal units of a fill that is not whole at most. */
  mostPartial = new Float64Array(firstRows);
  // What the gate of this round said.
  held = new Uint8Array(firstRows);
  /** Disposal units that may be released in this round. */
  released = new Float64Array(firstRows);
  keeperAccount = new Int32Array(firstRows);
  guardRow = new Int32Array(firstRows);
  /** 1 where the disposal trades in the same round, 0 where the keeper takes the collateral with its own capital. */
  atomic = new Uint8Array(firstRows);
  /** Worst price of the atomic disposal, or 0 (see `Gate.give`). */
  limit = new Float64Array(firstRows);
  private free = new Int32Array(firstRows);
  private freeCount = 0;
  /** Standing orders now. */
  standing = 0;

  /** `capacity`: orders that may stand at one time at most; asserted by the kernel. */
  constructor(readonly capacity: number) {}

  reset(): void {
    this.open.fill(0, 0, this.count);
    this.count = 0;
    this.freeCount = 0;
    this.standing = 0;
  }

  /** A free row for a new order. */
  take(): number {
    if (this.freeCount === 0 && this.count === this.open.length) this.grow();
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

  private grow(): void {
    const length = this.open.length * 2;
    this.open = widened(this.open, length);
    this.mechanism = widened(this.mechanism, length);
    this.row = widened(this.row, length);
    this.sellInstrument = widened(this.sellInstrument, length);
    this.buyInstrument = widened(this.buyInstrument, length);
    this.collateral = widened(this.collateral, length);
    this.debt = widened(this.debt, length);
    this.seizeUnits = widened(this.seizeUnits, length);
    this.feeUnits = widened(this.feeUnits, length);
    this.repayUnits = widened(this.repayUnits, length);
    this.feed = widened(this.feed, length);
    this.priceSteps = widened(this.priceSteps, length);
    this.sinceTick = widened(this.sinceTick, length);
    this.ownAccount = widened(this.ownAccount, length);
    this.ownLimit = widened(this.ownLimit, length);
    this.mostPartial = widened(this.mostPartial, length);
    this.held = widened(this.held, length);
    this.released = widened(this.released, length);
    this.keeperAccount = widened(this.keeperAccount, length);
    this.guardRow = widened(this.guardRow, length);
    this.atomic = widened(this.atomic, length);
    this.limit = widened(this.limit, length);
    this.free = widened(this.free, length);
  }
}
