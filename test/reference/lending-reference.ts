import {
  type AccountHealth,
  breaches,
  health,
  type LendingRule,
  type LiquidationAmounts,
  liquidation,
} from "../../engine/src/rules/lending.js";

/** One account as a plain object; whole units by asset. */
export interface ReferenceAccount {
  readonly collateral: readonly number[];
  readonly debt: readonly number[];
}

/** A lending protocol, slow and obvious. `sell` and `buy` are instruments by collateral x assets + debt. */
export interface ReferenceProtocol {
  readonly rule: LendingRule;
  readonly unitDecimals: readonly number[];
  readonly accounts: readonly ReferenceAccount[];
  readonly sell: readonly number[];
  readonly buy: readonly number[];
  /** Pairs whose rule is stated account by account, because no few classes describe it. */
  byAccount(collateral: number, debt: number): boolean;
}

/** What is forced, in whole units by instrument; debts in whole units by asset. */
export interface ReferenceFlow {
  sold: number[];
  bought: number[];
  accounts: number;
  repaidUnits: number[];
  lostUnits: number[];
}

const shareScale = 2 ** 40;

/** One account liquidated until quiet by rules/lending.ts. */
interface Outcome {
  readonly breached: boolean;
  /** Close factors applied, in order. */
  readonly factors: readonly number[];
  readonly collateral: readonly number[];
  readonly debt: readonly number[];
  readonly trades: readonly LiquidationAmounts[];
  /** Whether the first liquidation, of a rule that closes at once, used up the collateral. */
  readonly exhausted: boolean;
}

function closeFactor(rule: LendingRule, at: AccountHealth): number {
  if (rule.size.kind !== "close-factor") return 10_000;
  const { steps } = rule.size;
  if (steps.length === 0) return 10_000;
  const healthBps = (BigInt(at.weightedCollateral) * 10_000n) / BigInt(at.debtValue);
  const found = steps.find((step) => healthBps < BigInt(step.healthBelowBps));
  return (found ?? steps[steps.length - 1]).closeFactorBps;
}

export function untilQuiet(protocol: ReferenceProtocol, account: ReferenceAccount, steps: readonly number[]): Outcome {
  const { rule, unitDecimals } = protocol;
  const collateral = [...account.collateral];
  const debt = [...account.debt];
  const factors: number[] = [];
  const trades: LiquidationAmounts[] = [];
  let breached = false;
  let exhausted = false;
  for (;;) {
    const at: AccountHealth = { weightedCollateral: 0, collateralValue: 0, debtValue: 0 };
    health(rule, { collateral, debt }, steps, unitDecimals, at);
    if (!breaches(at.weightedCollateral, at.debtValue, rule.atEquality)) break;
    breached = true;
    const done = { collateral: -1, debt: -1, seizeUnits: 0, feeUnits: 0, repayUnits: 0, debtUnits: 0, surplusUnits: 0 };
    liquidation(rule, { collateral, debt }, at, steps, unitDecimals, done);
    if (done.collateral < 0) {
      if (trades.length === 0) exhausted = true;
      break;
    }
    if (trades.length === 0) {
      exhausted =
        rule.size.kind === "all-collateral"
          ? done.debtUnits < debt[done.debt]
          : done.seizeUnits + done.feeUnits === collateral[done.collateral];
    }
    factors.push(closeFactor(rule, at));
    collateral[done.collateral] -= done.seizeUnits + done.feeUnits;
    debt[done.debt] -= done.debtUnits;
    trades.push(done);
  }
  return { breached, factors, collateral, debt, trades, exhausted };
}

const down = (a: bigint, b: bigint, c: bigint) => (a * b) / c;
const up = (a: bigint, b: bigint, c: bigint) => (a * b + c - 1n) / c;
const least = (a: bigint, b: bigint) => (a < b ? a : b);
const ten = (n: number) => 10n ** BigInt(n);
const only = (units: readonly number[]) => {
  const held = units.flatMap((amount, asset) => (amount > 0 ? [asset] : []));
  return held.length > 1 ? -2 : held.length === 1 ? held[0] : -1;
};

/** Q at held prices, protocol by protocol, as the model's page defines it: account by account, or by pair over exact sums. */
export function referenceForced(
  protocol: ReferenceProtocol,
  steps: readonly number[],
  instrumentCount: number,
): ReferenceFlow {
  const { unitDecimals } = protocol;
  const assetCount = unitDecimals.length;
  const flow: ReferenceFlow = {
    sold: new Array<number>(instrumentCount).fill(0),
    bought: new Array<number>(instrumentCount).fill(0),
    accounts: 0,
    repaidUnits: new Array<number>(assetCount).fill(0),
    lostUnits: new Array<number>(assetCount).fill(0),
  };
  const pairs = new Map<number, ReferenceAccount[]>();
  for (const account of protocol.accounts) {
    const collateral = only(account.collateral);
    const debt = only(account.debt);
    if (debt === -1) continue;
    if (collateral >= 0 && debt >= 0 && collateral !== debt && !protocol.byAccount(collateral, debt)) {
      const pair = collateral * assetCount + debt;
      pairs.set(pair, [...(pairs.get(pair) ?? []), account]);
      continue;
    }
    const end = untilQuiet(protocol, account, steps);
    if (!end.breached) continue;
    if (end.trades.length > 0) flow.accounts++;
    for (const trade of end.trades) {
      const pair = trade.collateral * assetCount + trade.debt;
      if (protocol.sell[pair] >= 0) flow.sold[protocol.sell[pair]] += trade.seizeUnits;
      if (protocol.buy[pair] >= 0) flow.bought[protocol.buy[pair]] += trade.repayUnits;
      flow.repaidUnits[trade.debt] += trade.debtUnits;
    }
    if (end.collateral.every((units) => units === 0))
      for (let asset = 0; asset < assetCount; asset++) flow.lostUnits[asset] += end.debt[asset];
  }
  for (const [pair, accounts] of pairs) addPair(protocol, pair, accounts, steps, flow);
  return flow;
}

/** A pair's accounts over exact sums: the definition of Q for rules whose amounts are linear in them. */
function addPair(
  protocol: ReferenceProtocol,
  pair: number,
  accounts: readonly ReferenceAccount[],
  steps: readonly number[],
  flow: ReferenceFlow,
): void {
  const { rule, unitDecimals } = protocol;
  const collateral = Math.floor(pair / unitDecimals.length);
  const debt = pair % unitDecimals.length;
  const gross = BigInt(10_000 + rule.bonusBps[collateral]);
  const due = BigInt(10_000 + rule.penaltyBps);
  const fee = (units: bigint) => down(units - down(units, 10_000n, gross), BigInt(rule.protocolFeeBps), 10_000n);
  const allCollateral = rule.size.kind === "all-collateral";
  const partial = rule.size.kind === "close-factor" && rule.size.steps.some((step) => step.closeFactorBps < 10_000);
  let count = 0;
  let soldWhole = 0n;
  let wholeCollateral = 0n;
  let wholeDebt = 0n;
  let partCollateral = 0n;
  let partDebtTimesShare = 0n;
  for (const account of accounts) {
    const end = untilQuiet(protocol, account, steps);
    if (!end.breached) continue;
    count++;
    const held = BigInt(account.collateral[collateral]);
    const owed = BigInt(account.debt[debt]);
    const takesAll = partial ? end.collateral[collateral] === 0 : end.exhausted;
    if (allCollateral) soldWhole += held - fee(held);
    if (takesAll) {
      if (!allCollateral) soldWhole += held - fee(held);
      wholeCollateral += held;
      wholeDebt += owed;
    } else {
      let remaining = 1;
      for (const factor of end.factors) remaining = (remaining * (10_000 - factor)) / 10_000;
      partCollateral += held;
      partDebtTimesShare += owed * BigInt(partial ? Math.round((1 - remaining) * shareScale) : shareScale);
    }
  }
  if (count === 0) return;
  const above = BigInt(steps[debt]) * ten(unitDecimals[collateral]);
  const below = BigInt(steps[collateral]) * ten(unitDecimals[debt]);
  const repaid = partDebtTimesShare / BigInt(shareScale);
  const paid = up(repaid, due, 10_000n);
  const seized = least(partCollateral, down(down(paid, gross, 10_000n), above, below));
  const coveredBy = (units: bigint) => down(down(units, below, above), 10_000n, gross);
  const lost = wholeDebt - least(wholeDebt, coveredBy(wholeCollateral));
  flow.accounts += count;
  if (protocol.sell[pair] >= 0)
    flow.sold[protocol.sell[pair]] += Number(allCollateral ? soldWhole : soldWhole + seized - fee(seized));
  if (protocol.buy[pair] >= 0) {
    flow.bought[protocol.buy[pair]] += Number(
      allCollateral ? coveredBy(wholeCollateral + partCollateral) : coveredBy(wholeCollateral) + paid,
    );
  }
  flow.repaidUnits[debt] += Number(repaid + wholeDebt - lost);
  flow.lostUnits[debt] += Number(lost);
}
