import type { Book } from "../../../book/book.js";
import { valueUp } from "../../../rules/account-value.js";
import type { AbsorbedAmounts, CompoundV3Rule } from "../../../rules/compound-v3.js";
import { health, liquidatable } from "../../../rules/lending.js";
import type { Decide, Layout, Reset, Settle } from "../../../run/index.js";
import { protocolActs, tapeKinds } from "../../../run/tape.js";
import { repayToPool } from "../lending/pool.js";
import type { Disposal } from "../lending/protocol.js";
import { type LendingState, load } from "../lending/state.js";

/** What a storefront starts from. */
export interface StorefrontTerms {
  /** The protocol's own base at the opening, units. */
  readonly reservesUnits: number;
  /** Reserves from which on nothing is sold, units; Infinity: it always sells. */
  readonly targetUnits: number;
  /** From a breach to its absorption, milliseconds. */
  readonly absorbDelayMs: number;
}

/** An absorption whose transfers wait for `settle`. */
interface Absorbed {
  readonly row: number;
  /** By asset. */
  readonly collateral: Float64Array;
  readonly debtUnits: number;
  readonly shortfallUnits: number;
}

/**
 * Compound III's two steps: accounts that breach are absorbed whole by the protocol, and the storefront sells what it took at a discount while reserves are below
 * their target (`Comet.absorb`, `buyCollateral`). One standing order per collateral, row `rowCount + asset`.
 *
 * The ledger moves coins alone: the account `storefront` holds collateral, `reserves` the opening reserves and what buyers paid. `ownUnits` are the reserves as the
 * contract counts them: that cash, less every debt that was absorbed and every surplus that an owner was credited. They may be negative.
 */
export class Storefront implements Disposal {
  /** By asset: collateral that the protocol owns. */
  readonly inventory: Float64Array;
  /** Base units that owners of absorbed accounts were credited, by row. */
  readonly credited = new Map<number, number>();
  /** The protocol's own base as the contract counts it, units. */
  ownUnits = 0;
  private readonly orders: Int32Array;
  /** Rows that breach and are not yet absorbed, with the time since when. */
  private readonly waiting = new Map<number, number>();
  private absorbed: Absorbed[] = [];
  private readonly amounts: AbsorbedAmounts = { creditUnits: 0, surplusUnits: 0, shortfallUnits: 0 };
  private account = -1;

  constructor(
    private readonly rule: CompoundV3Rule,
    private readonly terms: StorefrontTerms,
    assetCount: number,
  ) {
    this.inventory = new Float64Array(assetCount);
    this.orders = new Int32Array(assetCount).fill(-1);
  }

  open(_rows: LendingState, name: string, _book: Book, layout: Layout): void {
    this.account = layout.account(`${name}/storefront`, "storefront");
  }

  reset(rows: LendingState, at: Reset): void {
    this.inventory.fill(0);
    this.orders.fill(-1);
    this.credited.clear();
    this.waiting.clear();
    this.absorbed = [];
    this.ownUnits = this.terms.reservesUnits;
    at.transfer(rows.layout.issuer, rows.reserves, this.rule.terms.base, this.terms.reservesUnits);
  }

  breach(rows: LendingState, row: number, at: Decide): boolean {
    if (this.terms.absorbDelayMs === 0) {
      this.absorb(rows, row);
      return false;
    }
    if (!this.waiting.has(row)) this.waiting.set(row, at.timeMs);
    return true;
  }

  decide(rows: LendingState, at: Decide): void {
    for (const [row, since] of this.waiting) {
      load(rows, row);
      health(rows.rule, { collateral: rows.heldNow, debt: rows.owedNow }, rows.steps, rows.unitDecimals, rows.at);
      if (!liquidatable(rows.rule, rows.at)) this.waiting.delete(row);
      else if (at.timeMs - since >= this.terms.absorbDelayMs) {
        this.waiting.delete(row);
        this.absorb(rows, row);
      }
    }
    this.offer(rows, at);
  }

  /** Takes all collateral and debt of the account that `rows.heldNow` and `owedNow` describe. */
  private absorb(rows: LendingState, row: number): void {
    const { base } = this.rule.terms;
    const { heldNow, owedNow } = rows;
    const account = { collateral: heldNow, debt: owedNow };
    const { surplusUnits, shortfallUnits } = this.rule.absorbed(account, rows.steps, rows.unitDecimals, this.amounts);
    const debtUnits = owedNow[base];
    this.absorbed.push({ row, collateral: Float64Array.from(heldNow), debtUnits, shortfallUnits });
    for (let asset = 0; asset < heldNow.length; asset++) {
      this.inventory[asset] += heldNow[asset];
      if (rows.collateral[asset].length > 0) rows.collateral[asset][row] = 0;
    }
    rows.debt[base][row] = 0;
    // What is supplied stays as it is (`getUtilization` divides by it): what is lent out is less.
    repayToPool(rows.pool, base, debtUnits);
    rows.closing[row] = 0;
    this.ownUnits -= debtUnits + surplusUnits;
    if (surplusUnits > 0) this.credited.set(row, (this.credited.get(row) ?? 0) + surplusUnits);
  }

  /**
   * One order per collateral while reserves, with what the orders before it would bring, are below the target. What nobody took in the last round goes to the
   * end of the line, so that it blocks nothing.
   */
  private offer(rows: LendingState, at: Decide): void {
    let expected = this.ownUnits;
    for (const wasHeld of [false, true]) {
      for (let asset = 0; asset < this.inventory.length; asset++) {
        const order = this.orders[asset];
        if (order < 0 ? wasHeld : (at.standing.held[order] === 1) !== wasHeld) continue;
        const units = this.inventory[asset];
        const cost = units === 0 ? 0 : this.rule.storefrontCost(asset, units, rows.steps, rows.unitDecimals);
        if (cost === 0 || expected >= this.terms.targetUnits) {
          if (order >= 0) at.withdraw(order);
          this.orders[asset] = -1;
          continue;
        }
        expected += cost;
        this.orders[asset] = this.emit(rows, at, asset, units, cost);
      }
    }
  }

  private emit(rows: LendingState, at: Decide, asset: number, units: number, cost: number): number {
    const { base } = this.rule.terms;
    const pair = asset * rows.feeds.length + base;
    return at.liquidate({
      row: rows.columns.rowCount + asset,
      account: -1,
      sellInstrument: rows.sellRoute[pair],
      buyInstrument: rows.buyRoute[pair],
      collateral: asset,
      seizeUnits: units,
      feeUnits: 0,
      debt: base,
      repayUnits: cost,
      feed: rows.feeds[asset],
      priceSteps: rows.steps[asset],
      ownAccount: -1,
    });
  }

  settle(rows: LendingState, at: Settle): void {
    if (at.afterTrades) return;
    for (const one of this.absorbed) this.post(rows, at, one);
    this.absorbed = [];
    const { fills, standing } = at;
    for (let fill = 0; fill < fills.count; fill++) {
      const order = fills.order[fill];
      if (order < 0 || standing.mechanism[order] !== at.mechanismIndex) continue;
      if (fills.row[fill] >= rows.columns.rowCount) this.sell(rows, at, fill, order);
    }
  }

  /** The ledger's and the tape's side of an absorption: bad debt is what the reserves lose at the credited values. */
  private post(rows: LendingState, at: Settle, { row, collateral, debtUnits, shortfallUnits }: Absorbed): void {
    const { base } = this.rule.terms;
    const { steps, unitDecimals } = rows;
    let largest = 0;
    let largestUsd = -1;
    for (let asset = 0; asset < collateral.length; asset++) {
      const units = collateral[asset];
      if (units === 0) continue;
      at.transfer(rows.positions, this.account, asset, units);
      const usd = valueUp(units, steps[asset], unitDecimals[asset]) / 1e6;
      at.record(tapeKinds.seize, at.mechanismIndex, row, units, asset, usd);
      if (usd > largestUsd) {
        largestUsd = usd;
        largest = units;
      }
    }
    at.record(tapeKinds.liquidate, at.mechanismIndex, row, largest, debtUnits, this.account);
    at.record(tapeKinds.protocol, at.mechanismIndex, row, largest, debtUnits, protocolActs.absorb);
    if (shortfallUnits > 0) {
      const usd = valueUp(shortfallUnits, steps[base], unitDecimals[base]) / 1e6;
      at.record(tapeKinds.badDebt, at.mechanismIndex, row, shortfallUnits, base, usd);
    }
  }

  private sell(rows: LendingState, at: Settle, fill: number, order: number): void {
    const { fills, standing } = at;
    const { base } = this.rule.terms;
    const asset = standing.collateral[order];
    const units = fills.seizeUnits[fill];
    const paid = fills.repayUnits[fill];
    at.transfer(fills.account[fill], rows.reserves, base, paid);
    at.transfer(this.account, fills.account[fill], asset, units);
    this.inventory[asset] -= units;
    this.ownUnits += paid;
    at.record(tapeKinds.protocol, at.mechanismIndex, fills.row[fill], units, paid, protocolActs.buy);
    if (units >= standing.seizeUnits[order]) {
      at.finish(order);
      this.orders[asset] = -1;
    }
  }
}
