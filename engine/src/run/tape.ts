import { assert } from "../book/problem.js";
import { Sha256 } from "../math/index.js";
import { widened } from "./widened.js";

/** What a tape row records. Columns a and b are indices, x, y and z numbers; each kind says which. */
export const tapeKinds = {
  /** End of a tick. a: asset; x: fair value (USD), y: middle of its main instrument in USD, z: gas gwei. */
  price: 1,
  /** A feed published a new price. a: feed; x: steps. */
  publish: 2,
  /** A liquidation order was appended. a: mechanism, b: row of the account, -1 where it is nobody's; x: units to seize, y: units to repay, z: published price (steps). */
  order: 3,
  /** A standing order was taken back by its owner (recovered). a: mechanism, b: row. */
  withdraw: 4,
  /** An account was liquidated. a: mechanism, b: row; x: units seized (fee included), y: units repaid, z: ledger account of the keeper. */
  liquidate: 5,
  /** Debt was written off. a: mechanism, b: row; x: units of the debt asset, y: asset, z: dollars at the published price. */
  badDebt: 6,
  /** One batch cleared. a: instrument, b: orders; x: net units walked (positive: sold), y: matched units, z: average price in quote coins. */
  batch: 7,
  /** Depth ran out. a: instrument; x: units left unfilled. */
  depthExhausted: 8,
  /** A mechanism's own trade was filled. a: mechanism, b: row; x: units (positive: sold), y: quote units, z: instrument. */
  trade: 9,
  /** An owner acted. a: mechanism, b: row; x: units repaid, y: units of collateral sold or withdrawn, z: 0 repaid, 1 closed. */
  rescue: 10,
  /** A keeper's profit on one liquidation. a: ledger account, b: row of the liquidated account; x: dollars after gas, y: gas dollars, z: mechanism. */
  keeper: 11,
  /** A guard held orders. a: mechanism (guard), b: code of its own; x: units or orders held, y, z: its own. */
  guard: 12,
  /** A named limit was reached. a: 0 rounds. */
  limit: 13,
  /** Auto-deleveraging. a: mechanism, b: row; x: units closed, y: price (steps), z: row that was bankrupt. */
  deleverage: 14,
  /** Insurance fund paid (positive) or received. a: mechanism, b: row; x: units, y: asset. */
  insurance: 15,
  /** Depth refilled. a: venue; x: units recovered (signed). */
  refill: 16,
  /** Lasting impact moved fair value. a: asset; x: new fair value, y: its move in ln price. */
  lasting: 17,
  /** Last tick: accounts whose collateral is worth less than their debt. a: mechanism, b: accounts; x: dollars missing. */
  underwater: 18,
  /** Gap between two instruments of one asset at the end of a tick. a: instrument, b: other instrument; x: share. */
  basis: 19,
  /** Collateral taken in a liquidation, fee included. a: mechanism, b: row; x: units, y: asset, z: dollars at the price of exchange. */
  seize: 20,
  /**
   * Something that a protocol's own auction, pool, storefront or amm did. a: mechanism, b: row of the account (or of the auction where it is nobody's);
   * x: units of collateral, y: units of debt or cash, z: one of `protocolActs`.
   */
  protocol: 21,
  /**
   * What a strategy's rule asks for and its owner does not order yet (discretion, delay, pace). a: mechanism, b: row; x: units outstanding (positive: to be sold),
   * z: instrument. Said in the first round of a tick in which it changed.
   */
  required: 22,
  /** Last tick: how an insured account ends. a: mechanism, b: row; x: wealth in USD, y: floor in USD, z: 1 where wealth is below the floor. */
  floor: 23,
  /** A margin call with notice. a: mechanism, b: row; x: USD due, y: deadline (ms since the start), z: 1 called, 2 cured, 3 expired. */
  marginCall: 24,
  /** Options were bought (positive) or sold. a: mechanism, b: row; x: USD of premium, y: strike in USD, z: implied volatility. */
  premium: 25,
  /** A maker wants to trade more than its own capital allows, for the first time. a: mechanism, b: instrument; x: units held, y: capital in quote units, z: price. */
  exhausted: 26,
} as const;

/** What column z of a `protocol` row says. */
export const protocolActs = {
  /** An auction began: collateral and debt went to it. */
  kick: 1,
  /** Somebody bought from an auction. */
  take: 2,
  /** An auction was started again at a new price. */
  redo: 3,
  /** An auction ended with collateral or debt left: x, y are what was left. */
  end: 4,
  /** The protocol took over an account's collateral and debt. */
  absorb: 5,
  /** Somebody bought collateral from the protocol's storefront. */
  buy: 6,
  /** A stability pool paid debt and took collateral. */
  offset: 7,
  /** Debt and collateral went to the other accounts. */
  redistribute: 8,
  /** Bands sold collateral to arbitrageurs (soft liquidation), or bought it back. */
  softSale: 9,
  softPurchase: 10,
  /** A position went to the protocol's backstop (a liquidator vault, a pool of liquidity providers). */
  backstop: 11,
  /** A loss was shared among suppliers, depositors or winners. */
  socialise: 12,
  /** Suppliers took cash out of the lenders' pool: y. */
  withdraw: 13,
  /** A protocol's own breaker stopped what begins auctions: x the price now, y the next one (steps). */
  stop: 14,
  /** A governor set a collateral's threshold: x basis points before, y after; b: asset. */
  govern: 15,
} as const;

/** A tape row as readers see it. */
export interface TapeRow {
  readonly tick: number;
  readonly round: number;
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

const chunkRows = 4096;
const firstRows = 8;

/**
 * Append-only columns and a hash. Rows are hashed in chunks of 4,096, column after column, little-endian, so memory does not grow with ticks;
 * `readers` see each row when it is appended (measures), and `keep` also stores all rows (explain, reports).
 */
export class Tape {
  // Columns grow up to one chunk: many tapes are short, and `open` must be cheap.
  private capacity = firstRows;
  private tick = new Uint32Array(firstRows);
  private round = new Uint32Array(firstRows);
  private kind = new Uint32Array(firstRows);
  private a = new Int32Array(firstRows);
  private b = new Int32Array(firstRows);
  private x = new Float64Array(firstRows);
  private y = new Float64Array(firstRows);
  private z = new Float64Array(firstRows);
  private rows = 0;
  private hash: Sha256 | undefined;
  /** Rows kept for readers that come later; empty unless `keep`. */
  readonly kept: TapeRow[] = [];
  /** Rows appended since the path began. */
  length = 0;

  constructor(
    private readonly keep = false,
    private readonly reader: ((row: TapeRow) => void) | undefined = undefined,
  ) {}

  reset(): void {
    this.rows = 0;
    this.length = 0;
    this.kept.length = 0;
    this.hash = undefined;
  }

  append(tick: number, round: number, kind: number, a: number, b: number, x: number, y: number, z: number): void {
    const row = this.rows;
    if (row === this.capacity) this.grow();
    this.tick[row] = tick;
    this.round[row] = round;
    this.kind[row] = kind;
    this.a[row] = a;
    this.b[row] = b;
    // -0 and 0 are the same amount: one of them is written.
    this.x[row] = x + 0;
    this.y[row] = y + 0;
    this.z[row] = z + 0;
    this.rows++;
    this.length++;
    if (this.keep || this.reader !== undefined) {
      const seen = { tick, round, kind, a, b, x, y, z };
      if (this.keep) this.kept.push(seen);
      this.reader?.(seen);
    }
    if (this.rows === chunkRows) this.flush();
  }

  private grow(): void {
    this.capacity *= 2;
    this.tick = widened(this.tick, this.capacity);
    this.round = widened(this.round, this.capacity);
    this.kind = widened(this.kind, this.capacity);
    this.a = widened(this.a, this.capacity);
    this.b = widened(this.b, this.capacity);
    this.x = widened(this.x, this.capacity);
    this.y = widened(this.y, this.capacity);
    this.z = widened(this.z, this.capacity);
  }

  private flush(): void {
    const { rows } = this;
    this.hash ??= new Sha256();
    const { hash } = this;
    for (const column of [this.tick, this.round, this.kind, this.a, this.b, this.x, this.y, this.z]) {
      // Typed arrays are little-endian on every machine that Node and browsers run on; `math` asserts it.
      hash.update(new Uint8Array(column.buffer, 0, rows * column.BYTES_PER_ELEMENT));
    }
    this.rows = 0;
  }

  /** SHA-256 of the path's rows in hexadecimal; ends the path. */
  finish(): string {
    this.flush();
    assert(this.hash !== undefined, "a flush begins the hash");
    return this.hash.hex();
  }
}

/** Combines path hashes in path order into the run's hash. */
export function combineHashes(hashes: readonly string[]): string {
  const hash = new Sha256();
  for (const text of hashes) {
    const bytes = new Uint8Array(text.length / 2);
    for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
    hash.update(bytes);
  }
  return hash.hex();
}
