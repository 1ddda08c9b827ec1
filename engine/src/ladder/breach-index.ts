import { assert } from "../book/problem.js";
import { mulDivDown, mulDivUp } from "../math/index.js";
import { basisPoints, valueUp } from "../rules/account-value.js";
import type { ForcedFlow } from "../run/mechanism.js";
import { breachSteps, exhaustSteps, keptFall, keyHalfWidth, refuseAbove } from "./breach-price.js";
import { FallingOrder } from "./falling-order.js";
import type { IndexPart, PairRoute } from "./index-part.js";
import { leastGrowing, leastHolding } from "./least-holding.js";
import {
  closesAtOnce,
  collateralToDebt,
  debtToCollateral,
  feeOf,
  type PairRule,
  pairBreaches,
  pairExhausts,
  unitsUsd,
} from "./pair-rule.js";

/** Accounts of one pair, column by column: whole units, `debt` above zero. `rows` are their rows in the ladder. */
export interface PairAccounts {
  readonly rows: ArrayLike<number>;
  readonly collateral: Float64Array;
  readonly debt: Float64Array;
}

/** Places in the scratch column that the slow roads sum into. */
const breachedCount = 0;
const breachedSold = 1;
const breachedCollateral = 2;
const breachedDebt = 3;
const exhaustedSold = 4;
const exhaustedCollateral = 5;
const exhaustedDebt = 6;

/**
 * Accounts of one collateral and one debt asset whose liquidation closes them at once (all collateral, or the whole debt). Every account's exact
 * integer breach price is found once, and the price below which its collateral no longer covers the debt; both are sorted, with running sums, so
 * what is forced at held prices is two binary searches: O(log n).
 *
 * What is forced, Q, is defined on exact sums. All collateral: the sum of what every breaching account sells, to the unit. Whole debt: accounts whose
 * collateral does not suffice sell all of it; the others together sell debt x (1 + penalty) x (1 + bonus) / price, rounded once per factor over
 * the exact sum of their debts (a liquidation of each would round per account: up to two units less each).
 *
 * With the debt asset away from its opening price everything goes through the ratio of the two prices: a row whose key lies within its own rounding
 * of the bound is decided by the exact predicate. Where the debt asset fell below a quarter of its opening price, all who would breach at a quarter
 * are checked exactly.
 */
export class BreachIndex implements IndexPart {
  readonly method: string;
  readonly accountCount: number;
  private readonly breach: FallingOrder;
  private readonly exhaust: FallingOrder;
  private readonly sold: Float64Array;
  private readonly sums = new Float64Array(7);
  private readonly allCollateral: boolean;

  constructor(
    private readonly rule: PairRule,
    private readonly route: PairRoute,
    private readonly accounts: PairAccounts,
    private readonly openingDebtSteps: number,
  ) {
    assert(closesAtOnce(rule.size), "the breach index holds rules that close an account at once");
    assert(openingDebtSteps > 0, "the debt asset has a price at the opening");
    const { collateral, debt } = accounts;
    const count = collateral.length;
    const breachKeys = new Float64Array(count);
    const exhaustKeys = new Float64Array(count);
    const breachWidths = new Float64Array(count);
    const exhaustWidths = new Float64Array(count);
    this.sold = new Float64Array(count);
    this.accountCount = count;
    this.allCollateral = rule.size.kind === "all-collateral";
    for (let i = 0; i < count; i++) {
      assert(debt[i] > 0, "an indexed account owes something");
      const value = valueUp(debt[i], openingDebtSteps, rule.debtDecimals);
      const breachAt = breachSteps(rule, collateral[i], debt[i], openingDebtSteps);
      // Nested in the breaching ones: nothing is exhausted that is not liquidated.
      const exhaustAt = Math.min(breachAt, exhaustSteps(rule, collateral[i], debt[i], openingDebtSteps));
      breachKeys[i] = breachAt;
      exhaustKeys[i] = exhaustAt;
      breachWidths[i] = keyHalfWidth(collateral[i], debt[i], value, breachAt);
      exhaustWidths[i] = keyHalfWidth(collateral[i], debt[i], value, exhaustAt);
      this.sold[i] = collateral[i] - feeOf(rule, collateral[i]);
    }
    this.breach = new FallingOrder(breachKeys, breachWidths, this.sold, collateral, debt);
    this.exhaust = new FallingOrder(exhaustKeys, exhaustWidths, this.sold, collateral, debt);
    this.method = `${count} accounts of one collateral and one debt: exact integer breach prices, sorted, with running sums (binary search)`;
  }

  forced(published: Float64Array, into: ForcedFlow): void {
    const collateralSteps = published[this.route.collateralFeed];
    const debtSteps = published[this.route.debtFeed];
    if (debtSteps === 0 || this.accountCount === 0) return;
    refuseAbove(collateralSteps, debtSteps);
    if (debtSteps === this.openingDebtSteps) {
      const { breach, exhaust } = this;
      const breached = breach.count(collateralSteps);
      if (breached === 0) return;
      const exhausted = exhaust.count(collateralSteps);
      this.book(
        into,
        collateralSteps,
        debtSteps,
        breached,
        breach.soldSums[breached],
        breach.collateralSums[breached],
        breach.debtSums[breached],
        exhaust.soldSums[exhausted],
        exhaust.collateralSums[exhausted],
        exhaust.debtSums[exhausted],
      );
      return;
    }
    if (debtSteps * keptFall >= this.openingDebtSteps) this.sumByRatio(collateralSteps, debtSteps);
    else this.sumByScan(collateralSteps, debtSteps);
    const s = this.sums;
    if (s[breachedCount] === 0) return;
    this.book(into, collateralSteps, debtSteps, s[0], s[1], s[2], s[3], s[4], s[5], s[6]);
  }

  forcedUnits(published: Float64Array, into: ForcedFlow): void {
    const { route, breach } = this;
    const plain = this.allCollateral && route.buyInstrument < 0;
    if (!plain || published[route.debtFeed] !== this.openingDebtSteps) {
      this.forced(published, into);
      return;
    }
    const collateralSteps = published[route.collateralFeed];
    refuseAbove(collateralSteps, 0);
    if (route.sellInstrument >= 0) {
      into.sold[route.sellInstrument] += breach.soldSums[breach.count(collateralSteps)];
    }
  }

  breaching(published: Float64Array, visit: (row: number) => void): void {
    const { rule, accounts, breach } = this;
    const collateralSteps = published[this.route.collateralFeed];
    const debtSteps = published[this.route.debtFeed];
    const atOpening = debtSteps === this.openingDebtSteps;
    const count = atOpening ? breach.count(collateralSteps) : this.accountCount;
    for (let at = 0; at < count; at++) {
      const i = breach.rows[at];
      if (atOpening || pairBreaches(rule, accounts.collateral[i], accounts.debt[i], collateralSteps, debtSteps))
        visit(accounts.rows[i]);
    }
  }

  reaching(from: Float64Array | null, to: Float64Array, least: Float64Array, visit: (row: number) => void): void {
    const { rule, route, breach, accounts } = this;
    const bound = this.boundAt(to);
    const boundBefore = from === null ? Number.POSITIVE_INFINITY : this.boundAt(from);
    if (Number.isNaN(bound) || Number.isNaN(boundBefore)) {
      this.breaching(to, visit);
      return;
    }
    const see = (at: number) => visit(accounts.rows[breach.rows[at]]);
    const last = breach.count(bound);
    const before = from === null ? 0 : Math.min(last, breach.count(boundBefore));
    const holding = () => leastHolding(rule, route, to, least, 1);
    for (let at = breach.nextHolding(before, last, holding()); at < last; ) {
      see(at);
      at = breach.nextHolding(at + 1, last, holding());
    }
    for (let at = breach.firstUnsureAfter(last, bound); at < this.accountCount; ) {
      see(at);
      at = breach.firstUnsureAfter(at + 1, bound);
    }
    if (from === null) return;
    for (let at = breach.firstUnsureBefore(0, before, boundBefore); at < before; ) {
      see(at);
      at = breach.firstUnsureBefore(at + 1, before, boundBefore);
    }
    // Who was liquidated before already trades more only as far as prices moved.
    const growing = () => leastGrowing(rule, route, from, to, least);
    for (let at = breach.nextHolding(0, before, growing()); at < before; ) {
      see(at);
      at = breach.nextHolding(at + 1, before, growing());
    }
  }

  /** Keys of at least this breach at published prices, their own rounding apart; NaN where the keys do not tell. */
  private boundAt(published: Float64Array): number {
    const debtSteps = published[this.route.debtFeed];
    if (debtSteps === 0 || debtSteps * keptFall < this.openingDebtSteps) return Number.NaN;
    return published[this.route.collateralFeed] * (this.openingDebtSteps / debtSteps);
  }

  /** The seven sums where the debt asset's price has moved: by place, corrected for the rows within their own rounding of the bound. */
  private sumByRatio(collateralSteps: number, debtSteps: number): void {
    const bound = collateralSteps * (this.openingDebtSteps / debtSteps);
    const s = this.sums;
    const breached = this.breach.count(bound);
    s[breachedCount] = breached;
    s[breachedSold] = this.breach.soldSums[breached];
    s[breachedCollateral] = this.breach.collateralSums[breached];
    s[breachedDebt] = this.breach.debtSums[breached];
    this.correct(this.breach, breached, bound, collateralSteps, debtSteps, false);
    const exhausted = this.exhaust.count(bound);
    s[exhaustedSold] = this.exhaust.soldSums[exhausted];
    s[exhaustedCollateral] = this.exhaust.collateralSums[exhausted];
    s[exhaustedDebt] = this.exhaust.debtSums[exhausted];
    this.correct(this.exhaust, exhausted, bound, collateralSteps, debtSteps, true);
  }

  private correct(
    order: FallingOrder,
    count: number,
    bound: number,
    collateralSteps: number,
    debtSteps: number,
    exhausting: boolean,
  ): void {
    let at = order.firstUnsureBefore(0, count, bound);
    while (at < count) {
      const i = order.rows[at];
      if (!this.holds(i, collateralSteps, debtSteps, exhausting)) this.shift(i, -1, exhausting);
      at = order.firstUnsureBefore(at + 1, count, bound);
    }
    at = order.firstUnsureAfter(count, bound);
    while (at < this.accountCount) {
      const i = order.rows[at];
      if (this.holds(i, collateralSteps, debtSteps, exhausting)) this.shift(i, 1, exhausting);
      at = order.firstUnsureAfter(at + 1, bound);
    }
  }

  /** Far below the opening debt price: whoever does not breach with the debt at the lowest price that keys hold for does not breach here. */
  private sumByScan(collateralSteps: number, debtSteps: number): void {
    this.sums.fill(0);
    const bound = collateralSteps * keptFall;
    const count = this.breach.count(bound);
    for (let at = 0; at < count; at++) this.examine(this.breach.rows[at], collateralSteps, debtSteps);
    let at = this.breach.firstUnsureAfter(count, bound);
    while (at < this.accountCount) {
      this.examine(this.breach.rows[at], collateralSteps, debtSteps);
      at = this.breach.firstUnsureAfter(at + 1, bound);
    }
  }

  private examine(i: number, collateralSteps: number, debtSteps: number): void {
    if (!this.holds(i, collateralSteps, debtSteps, false)) return;
    this.shift(i, 1, false);
    if (this.holds(i, collateralSteps, debtSteps, true)) this.shift(i, 1, true);
  }

  /** The exact predicates: breaching, or breaching and exhausted. */
  private holds(i: number, collateralSteps: number, debtSteps: number, exhausting: boolean): boolean {
    const collateral = this.accounts.collateral[i];
    const debt = this.accounts.debt[i];
    if (!pairBreaches(this.rule, collateral, debt, collateralSteps, debtSteps)) return false;
    return !exhausting || pairExhausts(this.rule, collateral, debt, collateralSteps, debtSteps);
  }

  private shift(i: number, sign: 1 | -1, exhausting: boolean): void {
    const s = this.sums;
    if (exhausting) {
      s[exhaustedSold] += sign * this.sold[i];
      s[exhaustedCollateral] += sign * this.accounts.collateral[i];
      s[exhaustedDebt] += sign * this.accounts.debt[i];
      return;
    }
    s[breachedCount] += sign;
    s[breachedSold] += sign * this.sold[i];
    s[breachedCollateral] += sign * this.accounts.collateral[i];
    s[breachedDebt] += sign * this.accounts.debt[i];
  }

  /** Turns exact sums into forced flow: the definition of Q. `b` are sums over breaching accounts, `e` over the exhausted ones among them. */
  private book(
    into: ForcedFlow,
    collateralSteps: number,
    debtSteps: number,
    count: number,
    bSold: number,
    bCollateral: number,
    bDebt: number,
    eSold: number,
    eCollateral: number,
    eDebt: number,
  ): void {
    const { rule, route } = this;
    into.accounts += count;
    // The plain case, and the most frequent: everything is sold to the unit and every debt is covered.
    if (this.allCollateral && eDebt === 0 && route.buyInstrument < 0) {
      if (route.sellInstrument >= 0) into.sold[route.sellInstrument] += bSold;
      into.repaidUsd += unitsUsd(bDebt, debtSteps, rule.debtDecimals);
      return;
    }
    const grossBps = basisPoints + rule.bonusBps;
    const dueBps = basisPoints + rule.penaltyBps;
    if (route.sellInstrument >= 0) {
      let sold = bSold;
      if (!this.allCollateral) {
        const repaid = mulDivUp(bDebt - eDebt, dueBps, basisPoints);
        const bought = debtToCollateral(rule, mulDivDown(repaid, grossBps, basisPoints), collateralSteps, debtSteps);
        const gross = Math.min(bCollateral - eCollateral, bought);
        sold = eSold + gross - feeOf(rule, gross);
      }
      into.sold[route.sellInstrument] += sold;
    }
    let lost = 0;
    if (eDebt > 0) {
      const paid = mulDivDown(collateralToDebt(rule, eCollateral, collateralSteps, debtSteps), basisPoints, grossBps);
      lost = eDebt - Math.min(eDebt, paid);
    }
    into.repaidUsd += unitsUsd(bDebt - lost, debtSteps, rule.debtDecimals);
    into.badDebtUsd += unitsUsd(lost, debtSteps, rule.debtDecimals);
    if (route.buyInstrument >= 0) {
      // What liquidators pay: the worth of what they get where that is everything, debt and penalty otherwise.
      const whole = this.allCollateral ? bCollateral : eCollateral;
      const paid = mulDivDown(collateralToDebt(rule, whole, collateralSteps, debtSteps), basisPoints, grossBps);
      into.bought[route.buyInstrument] += this.allCollateral
        ? paid
        : paid + mulDivUp(bDebt - eDebt, dueBps, basisPoints);
    }
  }
}
