import { assert } from "../book/problem.js";
import { log, mulDivDown } from "../math/index.js";
import { basisPoints, valueDown, valueUp } from "../rules/account-value.js";
import { breaches, type LendingRule } from "../rules/lending.js";
import type { ForcedFlow } from "../run/mechanism.js";
import { countAtLeast } from "./falling-order.js";
import type { IndexPart } from "./index-part.js";
import { rowsByFallingKey } from "./rows-by-falling-key.js";
import { type LiquidationRoutes, QuietAccount } from "./until-quiet.js";

/** Accounts as compressed rows: account i holds the entries from `starts[i]` to `starts[i + 1]`. A debt's units are negative. */
export interface AccountEntries {
  readonly rows: ArrayLike<number>;
  readonly starts: Int32Array;
  readonly assets: Int32Array;
  readonly units: Float64Array;
}

/** Debt values may shrink by this much in logarithms before the rounding allowance of a key would no longer hold. */
const largestDebtFall = 1;

/** Room for the rounding of logarithms and sums of a few of them. */
const logarithmRoom = 1e-9;

/** Accounts with the same collateral assets and the same debt assets, by falling fragility. */
interface SignatureGroup {
  readonly collateralAssets: Int32Array;
  readonly debtAssets: Int32Array;
  /** Places in the entries' account order, most fragile first. */
  readonly accounts: Int32Array;
  /** The negated move each surely survives: falls with the place. */
  readonly fragility: Float64Array;
}

/**
 * Accounts that have no single breach price: several collaterals or debts, or a rule that depends on the account (dust, target health). Each
 * account's key is ln(weighted collateral / debt) at the opening: as long as the largest log fall among its collaterals plus the largest log rise
 * among its debts stays below it, the account surely survives. At given prices only accounts whose key was reached are checked, exactly, and
 * liquidated until quiet, account by account. Idea: ARCHITECTURE, "What measuring taught" 3.
 */
export class SurvivalIndex implements IndexPart {
  readonly method: string;
  readonly accountCount: number;
  private readonly groups: readonly SignatureGroup[];
  private readonly account: QuietAccount;
  private readonly steps: Float64Array;
  private readonly openingLogs: Float64Array;
  private readonly moves: Float64Array;

  constructor(
    private readonly rule: LendingRule,
    private readonly unitDecimals: ArrayLike<number>,
    private readonly openingSteps: Float64Array,
    private readonly feeds: Int32Array,
    routes: LiquidationRoutes,
    private readonly entries: AccountEntries,
    why: string,
  ) {
    const assetCount = unitDecimals.length;
    this.accountCount = entries.rows.length;
    this.account = new QuietAccount(rule, unitDecimals, routes);
    this.steps = new Float64Array(assetCount);
    this.moves = new Float64Array(assetCount);
    this.openingLogs = openingSteps.map((steps) => (steps > 0 ? log(steps) : 0));
    this.groups = groupBySignature(rule, unitDecimals, openingSteps, entries);
    this.method =
      `${this.accountCount} accounts checked one by one from the most fragile on (${why}): ordered by the price move each surely ` +
      `survives, in ${this.groups.length} groups of the same assets`;
  }

  forced(published: Float64Array, into: ForcedFlow): void {
    this.read(published);
    for (const group of this.groups) {
      const reached = this.reached(group);
      for (let at = 0; at < reached; at++) {
        if (!this.checks(group.accounts[at])) continue;
        this.load(group.accounts[at]);
        this.account.settle(this.steps, into);
      }
    }
  }

  breaching(published: Float64Array, visit: (row: number) => void): void {
    this.read(published);
    for (const group of this.groups) {
      const reached = this.reached(group);
      for (let at = 0; at < reached; at++) {
        if (this.checks(group.accounts[at])) visit(this.entries.rows[group.accounts[at]]);
      }
    }
  }

  /** Number of accounts of a group whose survival is not sure at the prices read. */
  private reached(group: SignatureGroup): number {
    let fall = Number.NEGATIVE_INFINITY;
    let rise = Number.NEGATIVE_INFINITY;
    for (const asset of group.collateralAssets) fall = Math.max(fall, -this.moves[asset]);
    for (const asset of group.debtAssets) rise = Math.max(rise, this.moves[asset]);
    // Debts that fell much make values small and rounding large: count no more of the fall than the keys allow for.
    const move = fall + Math.max(rise, -largestDebtFall) + logarithmRoom;
    return Number.isNaN(move) ? group.accounts.length : countAtLeast(group.fragility, -move, 0);
  }

  private read(published: Float64Array): void {
    const { feeds, steps, moves } = this;
    for (let asset = 0; asset < feeds.length; asset++) {
      steps[asset] = feeds[asset] >= 0 ? published[feeds[asset]] : this.openingSteps[asset];
      if (steps[asset] === this.openingSteps[asset]) moves[asset] = 0;
      else if (steps[asset] === 0) moves[asset] = Number.NEGATIVE_INFINITY;
      else
        moves[asset] =
          this.openingSteps[asset] > 0 ? log(steps[asset]) - this.openingLogs[asset] : Number.POSITIVE_INFINITY;
    }
  }

  /** The one predicate on one account's entries alone, term by term as `health` of rules/lending.ts rounds them. */
  private checks(account: number): boolean {
    const { entries, steps, unitDecimals, rule } = this;
    if (rule.protocol !== undefined) {
      this.load(account);
      return this.account.breaching(steps);
    }
    let weighted = 0;
    let owed = 0;
    for (let at = entries.starts[account]; at < entries.starts[account + 1]; at++) {
      const asset = entries.assets[at];
      const units = entries.units[at];
      if (units > 0) {
        weighted += mulDivDown(
          valueDown(units, steps[asset], unitDecimals[asset]),
          rule.thresholdBps[asset],
          basisPoints,
        );
      } else owed += valueUp(-units, steps[asset], unitDecimals[asset]);
    }
    return breaches(weighted, owed, rule.atEquality);
  }

  private load(account: number): void {
    const { entries } = this;
    this.account.clear();
    for (let at = entries.starts[account]; at < entries.starts[account + 1]; at++) {
      const units = entries.units[at];
      if (units > 0) this.account.collateral[entries.assets[at]] = units;
      else this.account.debt[entries.assets[at]] = -units;
    }
  }
}

/** Fragility of each account: the negated log move it surely survives, rounding of its values allowed for; Infinity where none is sure. */
function fragilityOf(
  rule: LendingRule,
  unitDecimals: ArrayLike<number>,
  steps: Float64Array,
  entries: AccountEntries,
  account: number,
): number {
  let weighted = 0;
  let owed = 0;
  let terms = 1;
  for (let at = entries.starts[account]; at < entries.starts[account + 1]; at++) {
    const asset = entries.assets[at];
    const units = entries.units[at];
    if (units > 0)
      weighted += (valueDown(units, steps[asset], unitDecimals[asset]) * rule.thresholdBps[asset]) / basisPoints;
    else owed += valueUp(-units, steps[asset], unitDecimals[asset]);
    terms += 4;
  }
  if (weighted <= 0 || owed <= 0) return Number.POSITIVE_INFINITY;
  // Both the opening values and those at the new prices are rounded by up to `terms` in all; e for debts that fell by `largestDebtFall`.
  return -(log(weighted / owed) - (2 * 2.72 * terms) / owed);
}

function groupBySignature(
  rule: LendingRule,
  unitDecimals: ArrayLike<number>,
  steps: Float64Array,
  entries: AccountEntries,
): SignatureGroup[] {
  const members = new Map<string, number[]>();
  for (let account = 0; account < entries.rows.length; account++) {
    const held: number[] = [];
    for (let at = entries.starts[account]; at < entries.starts[account + 1]; at++) {
      assert(entries.units[at] !== 0, "an account's entries are not zero");
      held.push(entries.units[at] > 0 ? entries.assets[at] : ~entries.assets[at]);
    }
    const signature = held.sort((a, b) => a - b).join(",");
    const list = members.get(signature);
    if (list) list.push(account);
    else members.set(signature, [account]);
  }
  const groups: SignatureGroup[] = [];
  for (const [signature, list] of members) {
    const held = signature === "" ? [] : signature.split(",").map(Number);
    const keys = Float64Array.from(list, (account) => fragilityOf(rule, unitDecimals, steps, entries, account));
    const order = rowsByFallingKey(keys);
    groups.push({
      collateralAssets: Int32Array.from(held.filter((asset) => asset >= 0)),
      debtAssets: Int32Array.from(held.filter((asset) => asset < 0).map((asset) => ~asset)),
      accounts: Int32Array.from(order, (at) => list[at]),
      fragility: Float64Array.from(order, (at) => keys[at]),
    });
  }
  return groups;
}
