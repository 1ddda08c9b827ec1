import { assert } from "../book/problem.js";
import { mulDivDown, mulDivUp } from "../math/index.js";
import { basisPoints, powersOfTen, valueUp } from "../rules/account-value.js";
import type { LendingRule } from "../rules/lending.js";
import type { ForcedFlow } from "../run/mechanism.js";
import type { PairAccounts } from "./breach-index.js";
import { keptFall, refuseAbove } from "./breach-price.js";
import { FallingOrder } from "./falling-order.js";
import { type IndexPart, leastOn, type PairRoute } from "./index-part.js";
import { leastHolding } from "./least-holding.js";
import { collateralToDebt, debtToCollateral, feeOf, type PairRule, pairBreaches, unitsUsd } from "./pair-rule.js";
import {
  type CloseFactorSteps,
  closeFactorAt,
  remainingAfter,
  type StepClasses,
  shareOf,
  shareScale,
} from "./step-classes.js";
import { liquidationLimit, QuietAccount } from "./until-quiet.js";

const halfShare = 1_048_576;

/** `units x share` modulo 2^40, for whole units below 2^53 and a share of at most 2^40: exact, in 20-bit halves. */
function productModulo(units: number, share: number): number {
  const low = units % shareScale;
  const low1 = Math.floor(low / halfShare);
  const low0 = low % halfShare;
  const share1 = Math.floor(share / halfShare);
  const share0 = share % halfShare;
  const cross = (((low1 * share0) % halfShare) + ((low0 * share1) % halfShare)) % halfShare;
  return (cross * halfShare + low0 * share0) % shareScale;
}

/** What an account's liquidations come to. */
const untouched = -2;
const allSeized = -1;

/**
 * Accounts of one collateral and one debt asset whose rule repays a part of the debt at a time (close factor below one, by health). With the
 * price held, accounts between two bounds of the ratio collateral / debt are liquidated the same number of times and repay the same share of
 * their debt (`StepClasses`), and the ratio orders them once for all prices. So what is forced is a binary search per class.
 *
 * What is forced, Q, is defined on exact sums: repaid debt is the floor of the exact sum of debt x share over all accounts; they sell
 * repaid x (1 + penalty) x (1 + bonus) / price, rounded once per factor; accounts whose collateral runs out sell all of it, to the unit. Which share an
 * account has is decided exactly: where its own rounding could matter it is liquidated step by step by rules/lending.ts.
 */
export class CloseFactorIndex implements IndexPart {
  readonly method: string;
  readonly accountCount: number;
  private readonly order: FallingOrder;
  private readonly sold: Float64Array;
  private readonly quiet: QuietAccount;
  private readonly steps = new Float64Array(2);
  private readonly sizeSteps: CloseFactorSteps;
  /** Places where each class ends: accounts before `places[0]` lose everything. */
  private readonly places: Int32Array;
  private readonly classDebt: Float64Array;
  /** Sums in the making: accounts, sold, collateral and debt of those that lose everything; accounts, collateral and debt of the others. */
  private readonly sums = new Float64Array(7);
  /** Repaid debt in the making: whole units and 2^-40 units. */
  private readonly repaid = new Float64Array(2);

  constructor(
    private readonly rule: PairRule,
    private readonly route: PairRoute,
    private readonly accounts: PairAccounts,
    private readonly openingDebtSteps: number,
    private readonly classes: StepClasses,
  ) {
    assert(
      rule.size.kind === "close-factor" && rule.dustValue === 0,
      "classes hold for close factors without a dust rule",
    );
    assert(openingDebtSteps > 0, "the debt asset has a price at the opening");
    this.sizeSteps = rule.size.steps;
    const { collateral, debt } = accounts;
    const count = collateral.length;
    this.accountCount = count;
    this.quiet = new QuietAccount(twoAssetRule(rule), [rule.collateralDecimals, rule.debtDecimals], {
      sell: new Int32Array(4).fill(-1),
      buy: new Int32Array(4).fill(-1),
    });
    this.places = new Int32Array(classes.bounds.length);
    this.classDebt = new Float64Array(classes.shares.length);
    this.sold = new Float64Array(count);
    const keys = new Float64Array(count);
    const widths = new Float64Array(count);
    const scale = powersOfTen[rule.collateralDecimals];
    const widthOf = halfWidths(rule, this.sizeSteps, classes);
    for (let i = 0; i < count; i++) {
      const value = valueUp(debt[i], openingDebtSteps, rule.debtDecimals);
      // The collateral price at which collateral and debt are worth the same.
      keys[i] =
        collateral[i] === 0
          ? Number.POSITIVE_INFINITY
          : ((debt[i] * openingDebtSteps) / powersOfTen[rule.debtDecimals]) * (scale / collateral[i]);
      widths[i] = widthOf(collateral[i], debt[i], value);
      this.sold[i] = collateral[i] - feeOf(rule, collateral[i]);
    }
    this.order = new FallingOrder(keys, widths, this.sold, collateral, debt);
    this.method =
      `${count} accounts of one collateral and one debt, close factor below one: ${classes.shares.length} classes by number of ` +
      `liquidations at a held price, sums linear in the opening ones`;
  }

  forced(published: Float64Array, into: ForcedFlow): void {
    const collateralSteps = published[this.route.collateralFeed];
    const debtSteps = published[this.route.debtFeed];
    if (debtSteps === 0 || this.accountCount === 0) return;
    refuseAbove(collateralSteps, debtSteps);
    this.steps[0] = collateralSteps;
    this.steps[1] = debtSteps;
    this.sums.fill(0);
    this.classDebt.fill(0);
    this.repaid.fill(0);
    if (debtSteps * keptFall >= this.openingDebtSteps && collateralSteps > 0)
      this.sumByClass(collateralSteps, debtSteps);
    else this.sumByScan(collateralSteps);
    this.book(into, collateralSteps, debtSteps);
  }

  breaching(published: Float64Array, visit: (row: number) => void): void {
    const { rule, accounts } = this;
    const collateralSteps = published[this.route.collateralFeed];
    const debtSteps = published[this.route.debtFeed];
    for (let i = 0; i < this.accountCount; i++) {
      if (pairBreaches(rule, accounts.collateral[i], accounts.debt[i], collateralSteps, debtSteps))
        visit(accounts.rows[i]);
    }
  }

  reaching(from: Float64Array | null, to: Float64Array, least: Float64Array, visit: (row: number) => void): void {
    const { rule, order, route, accounts, classes } = this;
    const priceAt = (published: Float64Array) =>
      published[route.debtFeed] * keptFall < this.openingDebtSteps
        ? Number.NaN
        : published[route.collateralFeed] * (this.openingDebtSteps / published[route.debtFeed]);
    const price = priceAt(to);
    if (!(price > 0)) {
      this.breaching(to, visit);
      return;
    }
    const see = (at: number) => visit(accounts.rows[order.rows[at]]);
    const bound = price / classes.bounds[classes.bounds.length - 1];
    const last = order.count(bound);
    for (let at = order.firstUnsureAfter(last, bound); at < this.accountCount; ) {
      see(at);
      at = order.firstUnsureAfter(at + 1, bound);
    }
    // Who lost everything before sells nothing more: of fees only the rounding of each liquidation differs.
    const taken = from === null ? Number.NaN : priceAt(from) / classes.bounds[0];
    const sellsOnly = route.buyInstrument < 0 || least[route.buyInstrument] === Number.POSITIVE_INFINITY;
    const isTold = taken >= 0 && sellsOnly && leastOn(route.sellInstrument, -1, least) > liquidationLimit;
    const first = isTold ? Math.min(last, order.count(taken)) : 0;
    if (isTold) {
      for (let at = order.firstUnsureBefore(0, first, taken); at < first; ) {
        see(at);
        at = order.firstUnsureBefore(at + 1, first, taken);
      }
    }
    const holding = () => leastHolding(rule, route, to, least, liquidationLimit);
    for (let at = order.nextHolding(first, last, holding()); at < last; ) {
      see(at);
      at = order.nextHolding(at + 1, last, holding());
    }
  }

  private sumByClass(collateralSteps: number, debtSteps: number): void {
    const { order, places, sums, classDebt, classes } = this;
    const { bounds, shares } = classes;
    const price = collateralSteps * (this.openingDebtSteps / debtSteps);
    for (let b = 0; b < bounds.length; b++) places[b] = order.count(price / bounds[b]);
    const last = bounds.length - 1;
    sums[0] = places[0];
    sums[1] = order.soldSums[places[0]];
    sums[2] = order.collateralSums[places[0]];
    sums[3] = order.debtSums[places[0]];
    sums[4] = places[last] - places[0];
    sums[5] = order.collateralSums[places[last]] - order.collateralSums[places[0]];
    for (let c = 0; c < shares.length; c++) classDebt[c] = order.debtSums[places[c + 1]] - order.debtSums[places[c]];
    if (shares.length > 0) {
      // The first class is too near the fixed point for a common share.
      for (let at = places[0]; at < places[1]; at++) this.decide(order.rows[at], at);
    }
    for (let b = 0; b <= last; b++) {
      const bound = price / bounds[b];
      let at = order.firstUnsureBefore(0, places[b], bound);
      while (at < places[b]) {
        if (this.isFirstBound(at, b, price)) this.decide(order.rows[at], at);
        at = order.firstUnsureBefore(at + 1, places[b], bound);
      }
      at = order.firstUnsureAfter(places[b], bound);
      while (at < this.accountCount) {
        if (this.isFirstBound(at, b, price)) this.decide(order.rows[at], at);
        at = order.firstUnsureAfter(at + 1, bound);
      }
    }
    for (let c = 0; c < shares.length; c++) if (classDebt[c] > 0) this.repay(classDebt[c], shares[c]);
  }

  /** Far below the opening debt price: whoever does not breach with the debt at the lowest price that keys hold for does not breach here. */
  private sumByScan(collateralSteps: number): void {
    const { order, classes } = this;
    const bound = (collateralSteps * keptFall) / classes.bounds[classes.bounds.length - 1];
    const count = order.count(bound);
    for (let at = 0; at < count; at++) this.addExactly(order.rows[at]);
    let at = order.firstUnsureAfter(count, bound);
    while (at < this.accountCount) {
      this.addExactly(order.rows[at]);
      at = order.firstUnsureAfter(at + 1, bound);
    }
  }

  /** Whether bound `b` is the first one that a place is unsure about, and the place is not decided already as one of the first class. */
  private isFirstBound(at: number, b: number, price: number): boolean {
    const { order, places, classes } = this;
    if (classes.shares.length > 0 && at >= places[0] && at < places[1]) return false;
    for (let earlier = 0; earlier < b; earlier++) {
      if (order.isUnsure(at, price / classes.bounds[earlier])) return false;
    }
    return true;
  }

  /** Takes an account out of the class its place gives it and adds what liquidating it exactly comes to. */
  private decide(i: number, at: number): void {
    const { places, sums, accounts, classDebt } = this;
    if (at < places[0]) {
      sums[0]--;
      sums[1] -= this.sold[i];
      sums[2] -= accounts.collateral[i];
      sums[3] -= accounts.debt[i];
    } else if (at < places[places.length - 1]) {
      sums[4]--;
      sums[5] -= accounts.collateral[i];
      let c = 0;
      while (at >= places[c + 1]) c++;
      classDebt[c] -= accounts.debt[i];
    }
    this.addExactly(i);
  }

  private addExactly(i: number): void {
    const { sums, accounts } = this;
    const share = this.shareExactly(i);
    if (share === untouched) return;
    if (share === allSeized) {
      sums[0]++;
      sums[1] += this.sold[i];
      sums[2] += accounts.collateral[i];
      sums[3] += accounts.debt[i];
    } else {
      sums[4]++;
      sums[5] += accounts.collateral[i];
      this.repay(accounts.debt[i], share);
    }
  }

  /** Liquidates one account until quiet by rules/lending.ts: the share of its debt that was repaid, or `untouched`, or `allSeized`. */
  private shareExactly(i: number): number {
    const { quiet, steps } = this;
    quiet.collateral[0] = this.accounts.collateral[i];
    quiet.collateral[1] = 0;
    quiet.debt[0] = 0;
    quiet.debt[1] = this.accounts.debt[i];
    if (!quiet.breaching(steps)) return untouched;
    let remaining = 1;
    do {
      remaining = remainingAfter(
        remaining,
        closeFactorAt(this.sizeSteps, quiet.at.weightedCollateral, quiet.at.debtValue),
      );
      if (!quiet.liquidateOnce(steps) || quiet.collateral[0] === 0) return allSeized;
    } while (quiet.breaching(steps));
    return shareOf(remaining);
  }

  /** Adds `debt x share` to the repaid sum, exactly. */
  private repay(debt: number, share: number): void {
    const { repaid } = this;
    repaid[0] += mulDivDown(debt, share, shareScale);
    repaid[1] += productModulo(debt, share);
    if (repaid[1] >= shareScale) {
      repaid[1] -= shareScale;
      repaid[0]++;
    }
  }

  private book(into: ForcedFlow, collateralSteps: number, debtSteps: number): void {
    const { rule, route, sums } = this;
    const grossBps = basisPoints + rule.bonusBps;
    const dueBps = basisPoints + rule.penaltyBps;
    const partRepaid = this.repaid[0];
    into.accounts += sums[0] + sums[4];
    const paid = mulDivUp(partRepaid, dueBps, basisPoints);
    const gross = Math.min(
      sums[5],
      debtToCollateral(rule, mulDivDown(paid, grossBps, basisPoints), collateralSteps, debtSteps),
    );
    if (route.sellInstrument >= 0) into.sold[route.sellInstrument] += sums[1] + gross - feeOf(rule, gross);
    const covered = mulDivDown(collateralToDebt(rule, sums[2], collateralSteps, debtSteps), basisPoints, grossBps);
    const lost = sums[3] - Math.min(sums[3], covered);
    into.repaidUsd += unitsUsd(partRepaid + sums[3] - lost, debtSteps, rule.debtDecimals);
    into.badDebtUsd += unitsUsd(lost, debtSteps, rule.debtDecimals);
    if (route.buyInstrument >= 0) into.bought[route.buyInstrument] += paid + covered;
  }
}

/** Steps in which the distance from the fixed point grows a million times, times the close factor. */
const leaving = 14;

/**
 * How far, relatively, roundings move the ratio at which an account changes class, carried back to the opening ratio (each step back shrinks them as
 * much as the debt had shrunk): per liquidation two units of debt, one of collateral and five values, and as much for the last
 * decision; twice that, and values a quarter as large where the debt asset fell. An account so small that its roundings could add up on
 * the way to its end, or outweigh what drives it there, is always decided exactly.
 */
function halfWidths(
  rule: PairRule,
  steps: CloseFactorSteps,
  classes: StepClasses,
): (collateral: number, debt: number, debtValue: number) => number {
  const { bounds, shares, depth } = classes;
  const top = bounds[bounds.length - 1];
  const stretch = shares.length > 0 ? top / bounds[0] : 1;
  const smallest = Math.min(...steps.map((step) => step.closeFactorBps)) / basisPoints;
  const longest = leaving / smallest;
  // Without classes the collateral always runs out: from the threshold on the ratio falls by at least this much a step.
  const g = ((basisPoints + rule.bonusBps) / basisPoints) * ((basisPoints + rule.penaltyBps) / basisPoints);
  const drift = shares.length > 0 ? 1 : (smallest * (g - top)) / top;
  return (collateral, debt, debtValue) => {
    const each = stretch * ((5 * keptFall) / debtValue + 2 / debt) + 1 / Math.max(1, collateral);
    return each * longest > 0.05 || each * 4 > drift ? 1 : 2 * (depth + 1) * each + 1e-11;
  };
}

/** The pair's rule for assets 0 (collateral) and 1 (debt), as rules/lending.ts takes it. */
function twoAssetRule(rule: PairRule): LendingRule {
  return {
    thresholdBps: [rule.thresholdBps, 0],
    bonusBps: [rule.bonusBps, 0],
    penaltyBps: rule.penaltyBps,
    protocolFeeBps: rule.protocolFeeBps,
    size: rule.size,
    dustValue: rule.dustValue,
    atEquality: rule.atEquality,
  };
}
