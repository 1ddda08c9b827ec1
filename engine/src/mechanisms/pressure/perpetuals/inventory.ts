import { mulDivDown, mulDivUp } from "../../../math/index.js";
import { bankruptcyCash, notionalValue, type Side } from "../../../rules/perpetual.js";
import type { Decide, Layout, Reset, Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import type { Backstop } from "./protocol.js";
import type { PerpetualsRows } from "./rows.js";
import { pay, recordBadDebt, takeOver } from "./settle.js";

/** Whose inventory it is and how it is carried. */
export interface InventoryTerms {
  /** The insurance fund itself, or a vault with an account of its own and so many quote coins at the start. */
  readonly holder: "fund" | { readonly name: string; readonly openingUsd: number };
  /** At which price positions are taken: where the account's equity is 0, or the mark, with what the account has left. */
  readonly price: "bankruptcy" | "mark";
  /** Whether it takes only what leaves it worth nothing or more at the mark. */
  readonly staysSolvent: boolean;
  /** Milliseconds in which it sells what it holds, evenly, from the last takeover on; 0: in one tick. */
  readonly unwindMs: number;
}

/**
 * A fund or vault that takes whole positions over and trades out of them later, in equal parts per tick: forced flow when it sells, not when it takes. Longs and
 * shorts net. It never sells into a loss that its cash cannot pay.
 */
export class Inventory implements Backstop {
  /** Signed whole units and their signed cost in quote units: what it owes the other side when it closes them. */
  units = 0;
  cost = 0;
  holder = -1;
  private pace = 0;
  private tradedAt = -1;
  private openingUnits = 0;

  constructor(private readonly terms: InventoryTerms) {}

  open(rows: PerpetualsRows, name: string, _book: unknown, layout: Layout): void {
    const { holder } = this.terms;
    this.holder = holder === "fund" ? rows.fund : layout.account(`${name}/${holder.name}`, "vault");
    this.openingUnits = holder === "fund" ? 0 : Math.floor(holder.openingUsd * rows.quoteUnitsPerCoin);
  }

  reset(rows: PerpetualsRows, at: Reset): void {
    this.units = 0;
    this.cost = 0;
    this.pace = 0;
    this.tradedAt = -1;
    at.transfer(rows.layout.issuer, this.holder, rows.quote, this.openingUnits);
  }

  /** Worth at the mark in quote units: cash and what it holds, if it held `units` more at `cost` more. */
  worth(rows: PerpetualsRows, cash: number, units: number, cost: number): number {
    const held = this.units + units;
    const value = held === 0 ? 0 : Math.sign(held) * notionalValue(rows.rule, held, rows.mark);
    return cash + value - this.cost - cost;
  }

  take(rows: PerpetualsRows, row: number, at: Settle): boolean {
    const size = rows.size[row];
    const side: Side = size > 0 ? 1 : -1;
    const { price, staysSolvent, unwindMs } = this.terms;
    const cash =
      price === "mark"
        ? notionalValue(rows.rule, size, rows.mark)
        : bankruptcyCash(side, rows.entry[row], rows.margin[row]);
    if (staysSolvent && this.worth(rows, at.balance(this.holder, rows.quote), size, side * cash) < 0) return false;
    takeOver(rows, at, row, cash, this.holder);
    this.units += size;
    this.cost += side * cash;
    this.pace = Math.max(1, Math.ceil((Math.abs(this.units) * at.tickMs) / Math.max(unwindMs, at.tickMs)));
    this.matchContracts(rows, at);
    return true;
  }

  decide(rows: PerpetualsRows, at: Decide): void {
    if (this.units === 0 || this.tradedAt === at.tick) return;
    const side = this.units > 0 ? 1 : -1;
    const most = Math.min(Math.abs(this.units), this.pace, at.venueDepth(rows.instrument, side));
    const cash = at.balance(this.holder, rows.quote);
    const solvent = (units: number) =>
      units === 0 || cash + side * at.quoteCash(rows.instrument, side * units) >= this.costOf(units);
    let low = solvent(most) ? most : 0;
    let high = most;
    while (low < high) {
      const middle = low + Math.ceil((high - low) / 2);
      if (solvent(middle)) low = middle;
      else high = middle - 1;
    }
    // A loss that the cash cannot pay is not sold into: what is left is held.
    this.tradedAt = at.tick;
    if (low > 0) at.trade(rows.count, this.holder, rows.instrument, side * low, 0);
  }

  traded(rows: PerpetualsRows, fill: number, at: Settle): void {
    const side = this.units > 0 ? 1 : -1;
    const units = side === 1 ? at.fills.soldUnits[fill] : at.fills.boughtUnits[fill];
    const cash = side === 1 ? at.fills.soldCash[fill] : at.fills.boughtCash[fill];
    if (units === 0) return;
    const cost = this.costOf(units);
    this.units -= side * units;
    this.cost -= cost;
    pay(rows, at, this.holder, rows.otherSide, cost);
    this.matchContracts(rows, at);
    at.record(tapeKinds.trade, at.mechanismIndex, rows.count, side * units, cash, rows.instrument);
    const missing = -at.balance(this.holder, rows.quote);
    if (missing <= 0) return;
    at.transfer(rows.otherSide, this.holder, rows.quote, missing);
    recordBadDebt(rows, at, rows.count, missing);
  }

  /** The part of the cost that belongs to `units`: everything for the whole, rounded down (towards minus infinity) else. */
  private costOf(units: number): number {
    const held = Math.abs(this.units);
    if (units === held) return this.cost;
    return this.cost >= 0 ? mulDivDown(this.cost, units, held) : -mulDivUp(-this.cost, units, held);
  }

  /** A long's contracts are there, a short's missing ones stand at rest-of-market. */
  private matchContracts(rows: PerpetualsRows, at: Settle): void {
    const there = at.balance(this.holder, rows.contract);
    const wanted = Math.max(0, this.units);
    const { restOfMarket } = rows.layout;
    if (there > wanted) at.transfer(this.holder, restOfMarket, rows.contract, there - wanted);
    if (there < wanted) at.transfer(restOfMarket, this.holder, rows.contract, wanted - there);
  }
}
