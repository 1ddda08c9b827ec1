import { type Kernel, stepsPerUsd, type TapeRow, tapeKinds } from "@firebreak/engine";

/** Something that happened to the account. */
export interface AccountEvent {
  readonly tick: number;
  readonly round: number;
  readonly what: "ordered" | "withdrawn" | "liquidated" | "bad debt" | "owner acted" | "deleveraged";
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** Units that one mechanism's sales (positive) or purchases walked in one tick on one instrument. */
export interface Push {
  readonly tick: number;
  readonly mechanism: number;
  readonly instrument: number;
  units: number;
  /** Of these, the units that were traded before the account was first liquidatable. */
  unitsBefore: number;
}

/** A guard's row on the tape while the account's order stood. */
export interface Hold {
  readonly tick: number;
  readonly guard: number;
}

/** Reads one path's tape for one account: what happened to it, which prices were published, who traded. */
export class AccountReader {
  readonly events: AccountEvent[] = [];
  readonly pushes: Push[] = [];
  readonly holds: Hold[] = [];
  /** Lowest margin seen while nobody had touched the account, with the tick and the prices it was seen at. */
  lowestMargin = Number.POSITIVE_INFINITY;
  lowestMarginTick = -1;
  readonly published: Float64Array;
  readonly guards: ReadonlySet<number>;
  private standing = false;
  private ordered = false;
  private readonly last = new Map<string, Push>();

  constructor(
    private readonly mechanism: number,
    private readonly row: number,
    private readonly margin: (publishedUsd: (feed: number) => number) => number | null,
    feedCount: number,
    guards: readonly number[],
  ) {
    this.published = new Float64Array(feedCount);
    this.guards = new Set(guards);
  }

  /** What `openRun` calls with each row; the kernel's fills of the round are still there when a batch is recorded. */
  read(row: TapeRow, kernel: Kernel): void {
    if (row.kind === tapeKinds.publish) this.published[row.a] = row.x;
    if (row.kind === tapeKinds.price) this.lookAtMargin(row.tick);
    if (row.kind === tapeKinds.batch) this.readBatch(row, kernel);
    if (row.kind === tapeKinds.guard && this.standing && this.guards.has(row.a))
      this.holds.push({ tick: row.tick, guard: row.a });
    if (row.a !== this.mechanism || row.b !== this.row) return;
    this.readOwn(row);
  }

  private readOwn(row: TapeRow): void {
    const { tick, round, x, y, z } = row;
    const add = (what: AccountEvent["what"]) => void this.events.push({ tick, round, what, x, y, z });
    if (row.kind === tapeKinds.order) {
      this.standing = true;
      this.ordered = true;
      add("ordered");
    } else if (row.kind === tapeKinds.withdraw) {
      this.standing = false;
      add("withdrawn");
    } else if (row.kind === tapeKinds.liquidate) {
      this.standing = false;
      add("liquidated");
    } else if (row.kind === tapeKinds.badDebt) add("bad debt");
    else if (row.kind === tapeKinds.rescue) add("owner acted");
    else if (row.kind === tapeKinds.deleverage) add("deleveraged");
  }

  private readBatch(row: TapeRow, kernel: Kernel): void {
    const { fills } = kernel;
    for (let fill = 0; fill < fills.count; fill++) {
      if (fills.sellInstrument[fill] === row.a) this.push(row, fills.mechanism[fill], fills.soldUnits[fill]);
      if (fills.buyInstrument[fill] === row.a) this.push(row, fills.mechanism[fill], -fills.boughtUnits[fill]);
    }
  }

  private push({ tick, a: instrument }: TapeRow, mechanism: number, units: number): void {
    if (units === 0) return;
    // Orders are decided before a round's trades: what is traded once one stands came after it.
    const unitsBefore = this.ordered ? 0 : units;
    const key = `${mechanism} ${instrument}`;
    const known = this.last.get(key);
    if (known !== undefined && known.tick === tick) {
      known.units += units;
      known.unitsBefore += unitsBefore;
      return;
    }
    const push: Push = { tick, mechanism, instrument, units, unitsBefore };
    this.last.set(key, push);
    this.pushes.push(push);
  }

  private lookAtMargin(tick: number): void {
    if (this.events.some((event) => event.what !== "ordered" && event.what !== "withdrawn")) return;
    const margin = this.margin((feed) => this.published[feed] / stepsPerUsd);
    if (margin === null || margin >= this.lowestMargin) return;
    this.lowestMargin = margin;
    this.lowestMarginTick = tick;
  }
}
