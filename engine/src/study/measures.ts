import type { Book } from "../book/book.js";
import { powersOfTen } from "../rules/account-value.js";
import { type TapeRow, tapeKinds } from "../run/index.js";

/** What is counted on one path. Amounts in dollars are at the book's opening prices unless they say otherwise. */
export interface Measures {
  /** Accounts liquidated at least once, over all mechanisms. */
  liquidatedAccounts: number;
  /** Accounts that ever had a liquidation order. */
  orderedAccounts: number;
  /** Seized collateral, in dollars at opening prices. */
  seizedUsd: number;
  /** Units that walked depth as sales, in dollars at opening prices; and as purchases. */
  soldUsd: number;
  boughtUsd: number;
  /** Debt written off, in dollars at the prices of that moment. */
  badDebtUsd: number;
  /** What collateral lacks to its debt at the end where nobody liquidated, in dollars. */
  underwaterUsd: number;
  /** Accounts whose owner acted. */
  rescuedAccounts: number;
  /** Largest number of rounds in one tick in which depth was walked. */
  waves: number;
  /** Lowest and highest market price over opening price, over all assets. */
  lowestPriceShare: number;
  highestPriceShare: number;
  /** Keepers' profit after gas, and gas, in dollars. */
  keeperProfitUsd: number;
  gasUsd: number;
  /** Own trades of those who push (hedges, insurers, owners who close), in dollars at opening prices, either side; arbitrage does not count. */
  tradedUsd: number;
  /** Dollars that insurance funds paid out. */
  insurancePaidUsd: number;
  /** Positions auto-deleveraged. */
  deleveragedAccounts: number;
  /** Rounds or orders that a guard held back. */
  guardHolds: number;
  /** The most that found no depth in any one round, in dollars at opening prices: what stands on is not counted again in the next. */
  unfilledUsd: number;
  /** Standard deviation over the path of the market price's log changes from tick to tick, of the first traded asset. */
  volatilityPerTick: number;
  /** Largest gap in the path between two instruments of one asset, as a share. */
  largestBasis: number;
  /** Own sales of those who push (insurers, hedgers), in dollars at opening prices; arbitrage does not count. */
  executedSalesUsd: number;
  /** Most that strategies' rules asked to sell and their owners held back (discretion, delay, pace), in dollars at opening prices. */
  heldBackSalesUsd: number;
  /** Insured accounts that end below their floor, and what they lack, in dollars. */
  floorBrokenAccounts: number;
  floorShortfallUsd: number;
  /** Margin calls with notice. */
  marginCalls: number;
  /** Dollars paid for options, less what was received for options that were sold back. */
  premiumUsd: number;
  /** Makers with capital of their own that wanted to trade more than it allows. */
  exhaustedMakers: number;
}

/** The names of all measures, in the order in which they are kept in columns. */
export const measureNames: readonly (keyof Measures)[] = [
  "liquidatedAccounts",
  "orderedAccounts",
  "seizedUsd",
  "soldUsd",
  "boughtUsd",
  "badDebtUsd",
  "underwaterUsd",
  "rescuedAccounts",
  "waves",
  "lowestPriceShare",
  "highestPriceShare",
  "keeperProfitUsd",
  "gasUsd",
  "tradedUsd",
  "insurancePaidUsd",
  "deleveragedAccounts",
  "guardHolds",
  "unfilledUsd",
  "volatilityPerTick",
  "largestBasis",
  "executedSalesUsd",
  "heldBackSalesUsd",
  "floorBrokenAccounts",
  "floorShortfallUsd",
  "marginCalls",
  "premiumUsd",
  "exhaustedMakers",
];

/** Reads a tape row by row and counts. Memory does not grow with ticks: only accounts that were touched are remembered. */
export class MeasureReader {
  private liquidated = new Set<number>();
  private ordered = new Set<number>();
  private rescued = new Set<number>();
  private readonly underwater = new Map<number, number>();
  private values: Measures = empty();
  private readonly usdPerUnit: Float64Array;
  private readonly traded: number;
  private lastLog = Number.NaN;
  private squares = 0;
  private changes = 0;
  private walkedTick = -1;
  private walkedRounds = 0;
  private lastRound = -1;
  private unfilledTick = -1;
  private unfilledRound = -1;
  private unfilledNow = 0;
  private readonly heldBack = new Map<number, number>();
  private heldBackNow = 0;

  /** `arbitrageurs`: indices of the mechanisms whose trades close gaps instead of pushing. */
  constructor(
    private readonly book: Book,
    private readonly arbitrageurs: ReadonlySet<number> = new Set(),
  ) {
    this.usdPerUnit = Float64Array.from(book.assets, (asset) => asset.priceUsd / powersOfTen[asset.unitDecimals]);
    this.traded = book.instruments.length > 0 ? book.instruments[0].asset : -1;
  }

  reset(): void {
    this.liquidated.clear();
    this.ordered.clear();
    this.rescued.clear();
    this.underwater.clear();
    this.values = empty();
    this.lastLog = Number.NaN;
    this.squares = 0;
    this.changes = 0;
    this.walkedTick = -1;
    this.walkedRounds = 0;
    this.lastRound = -1;
    this.unfilledTick = -1;
    this.unfilledRound = -1;
    this.unfilledNow = 0;
    this.heldBack.clear();
    this.heldBackNow = 0;
  }

  /** What `Tape` calls with each row. */
  readonly read = (row: TapeRow): void => {
    const { values, usdPerUnit, book } = this;
    // One number per (mechanism, row): both are far below 2^26.
    const account = row.a * 0x8000000 + row.b;
    switch (row.kind) {
      case tapeKinds.order:
        // A pool's or a storefront's order is no account's.
        if (row.b >= 0) this.ordered.add(account);
        break;
      case tapeKinds.liquidate:
        this.liquidated.add(account);
        break;
      case tapeKinds.seize:
        values.seizedUsd += row.x * usdPerUnit[row.y];
        break;
      case tapeKinds.rescue:
        this.rescued.add(account);
        break;
      case tapeKinds.badDebt:
        values.badDebtUsd += row.z;
        break;
      case tapeKinds.underwater:
        // Said in every round of the last tick: the last word of each mechanism counts.
        this.underwater.set(row.a, row.x);
        break;
      case tapeKinds.batch: {
        const usd = row.x * usdPerUnit[book.instruments[row.a].asset];
        if (usd > 0) values.soldUsd += usd;
        else values.boughtUsd -= usd;
        this.countWave(row);
        break;
      }
      case tapeKinds.depthExhausted:
        this.countUnfilled(row, row.x * usdPerUnit[book.instruments[row.a].asset]);
        break;
      case tapeKinds.trade:
        if (!this.arbitrageurs.has(row.a)) {
          const usd = row.x * usdPerUnit[book.instruments[row.z].asset];
          values.tradedUsd += Math.abs(usd);
          values.executedSalesUsd += Math.max(0, usd);
        }
        break;
      case tapeKinds.required:
        this.countHeldBack(account, Math.max(0, row.x) * usdPerUnit[book.instruments[row.z].asset]);
        break;
      case tapeKinds.floor:
        if (row.z === 1) {
          values.floorBrokenAccounts++;
          values.floorShortfallUsd += row.y - row.x;
        }
        break;
      case tapeKinds.marginCall:
        if (row.z === 1) values.marginCalls++;
        break;
      case tapeKinds.premium:
        values.premiumUsd += row.x;
        break;
      case tapeKinds.exhausted:
        values.exhaustedMakers++;
        break;
      case tapeKinds.keeper:
        values.keeperProfitUsd += row.x;
        values.gasUsd += row.y;
        break;
      case tapeKinds.guard:
        values.guardHolds++;
        break;
      case tapeKinds.deleverage:
        values.deleveragedAccounts++;
        break;
      case tapeKinds.insurance:
        if (row.x > 0) values.insurancePaidUsd += row.x * usdPerUnit[row.y];
        break;
      case tapeKinds.basis:
        values.largestBasis = Math.max(values.largestBasis, Math.abs(row.x));
        break;
      case tapeKinds.price:
        this.readPrice(row);
        break;
      default:
    }
  };

  /** The rows' latest outstanding sales, and the largest sum of them. */
  private countHeldBack(account: number, usd: number): void {
    this.heldBackNow += usd - (this.heldBack.get(account) ?? 0);
    this.heldBack.set(account, usd);
    this.values.heldBackSalesUsd = Math.max(this.values.heldBackSalesUsd, this.heldBackNow);
  }

  private countUnfilled(row: TapeRow, usd: number): void {
    if (row.tick !== this.unfilledTick || row.round !== this.unfilledRound) this.unfilledNow = 0;
    this.unfilledTick = row.tick;
    this.unfilledRound = row.round;
    this.unfilledNow += usd;
    this.values.unfilledUsd = Math.max(this.values.unfilledUsd, this.unfilledNow);
  }

  private countWave(row: TapeRow): void {
    if (row.tick !== this.walkedTick) {
      this.walkedTick = row.tick;
      this.walkedRounds = 0;
      this.lastRound = -1;
    }
    if (row.round !== this.lastRound) {
      this.lastRound = row.round;
      this.walkedRounds++;
      this.values.waves = Math.max(this.values.waves, this.walkedRounds);
    }
  }

  private readPrice(row: TapeRow): void {
    const { values, book } = this;
    const share = row.y / book.assets[row.a].priceUsd;
    values.lowestPriceShare = Math.min(values.lowestPriceShare, share);
    values.highestPriceShare = Math.max(values.highestPriceShare, share);
    if (row.a !== this.traded) return;
    // (p - q) / sqrt(p q) equals the log change to third order and needs no logarithm.
    if (!Number.isNaN(this.lastLog)) {
      const change = (row.y - this.lastLog) / Math.sqrt(row.y * this.lastLog);
      this.squares += change * change;
      this.changes++;
    }
    this.lastLog = row.y;
  }

  /** The path's measures; call once at its end. */
  finish(): Measures {
    const { values } = this;
    values.liquidatedAccounts = this.liquidated.size;
    values.orderedAccounts = this.ordered.size;
    values.rescuedAccounts = this.rescued.size;
    for (const usd of this.underwater.values()) values.underwaterUsd += usd;
    values.volatilityPerTick = this.changes === 0 ? 0 : Math.sqrt(this.squares / this.changes);
    return values;
  }
}

function empty(): Measures {
  return {
    liquidatedAccounts: 0,
    orderedAccounts: 0,
    seizedUsd: 0,
    soldUsd: 0,
    boughtUsd: 0,
    badDebtUsd: 0,
    underwaterUsd: 0,
    rescuedAccounts: 0,
    waves: 0,
    lowestPriceShare: 1,
    highestPriceShare: 1,
    keeperProfitUsd: 0,
    gasUsd: 0,
    tradedUsd: 0,
    insurancePaidUsd: 0,
    deleveragedAccounts: 0,
    guardHolds: 0,
    unfilledUsd: 0,
    volatilityPerTick: 0,
    largestBasis: 0,
    executedSalesUsd: 0,
    heldBackSalesUsd: 0,
    floorBrokenAccounts: 0,
    floorShortfallUsd: 0,
    marginCalls: 0,
    premiumUsd: 0,
    exhaustedMakers: 0,
  };
}
