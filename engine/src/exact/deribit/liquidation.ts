import { NothingToDo, NotLiquidatable } from "../errors.js";
import { least, most, mulDivDown, mulDivUp } from "../rounding.js";
import { InitialMarginNotMet, LossBeyondBalance } from "./errors.js";
import {
  type DeribitAccount,
  equity,
  initialMargin,
  isLiquidatable,
  magnitude,
  openingValue,
  profit,
  worth,
} from "./margin.js";
import { type DeribitParameters, RATE_ONE } from "./parameters.js";

/** One settlement asset of the exchange; all amounts in its units. */
export interface DeribitExchange {
  readonly accounts: ReadonlyMap<string, DeribitAccount>;
  /** Insurance fund, never negative. */
  readonly fund: bigint;
  /** What losers paid and winners did not yet take; negative while winners took first. */
  readonly clearing: bigint;
  /** Losses that nobody paid so far: to be socialised among the winners. */
  readonly uncovered: bigint;
}

/** Who gained how many units; the entries of an outcome add up to 0. */
export interface DeribitMovement {
  readonly party: "account" | "fund" | "clearing";
  readonly units: bigint;
}

/** An exchange without accounts. */
export function emptyExchange(fund: bigint): DeribitExchange {
  return { accounts: new Map(), fund, clearing: 0n, uncovered: 0n };
}

/** An account, empty where it does not exist. */
export function accountOf(state: DeribitExchange, name: string): DeribitAccount {
  return state.accounts.get(name) ?? { balance: 0n, contracts: 0n, entryValue: 0n };
}

function withAccount(state: DeribitExchange, name: string, account: DeribitAccount): DeribitExchange {
  return { ...state, accounts: new Map(state.accounts).set(name, account) };
}

/** Adds to a balance (negative: takes out; whether that is allowed is the caller's rule). */
export function deposit(state: DeribitExchange, name: string, units: bigint): DeribitExchange {
  const account = accountOf(state, name);
  return withAccount(state, name, { ...account, balance: account.balance + units });
}

/** An account after contracts were taken off at a price, and what that realised. */
function reduced(
  parameters: DeribitParameters,
  account: DeribitAccount,
  count: bigint,
  price: bigint,
): { account: DeribitAccount; realised: bigint; value: bigint } {
  const size = magnitude(account.contracts);
  const contracts = account.contracts > 0n ? count : -count;
  const entry = count === size ? account.entryValue : mulDivDown(account.entryValue, count, size);
  const value = worth(parameters, contracts, price);
  const realised = profit(parameters.kind, contracts, entry, value);
  return {
    account: {
      balance: account.balance + realised,
      contracts: account.contracts - contracts,
      entryValue: account.entryValue - entry,
    },
    realised,
    value,
  };
}

/**
 * A trade of one account at a price: first closes what stands against it, then opens. What it realises goes between balance and clearing house.
 * @throws NothingToDo without contracts
 * @throws LossBeyondBalance where closing would leave a negative balance
 * @throws InitialMarginNotMet where a position that grows is not covered by equity at the mark price
 */
export function trade(
  parameters: DeribitParameters,
  state: DeribitExchange,
  name: string,
  contracts: bigint,
  price: bigint,
  markPrice: bigint,
): DeribitExchange {
  if (contracts === 0n) throw new NothingToDo("0 contracts");
  let account = accountOf(state, name);
  let open = contracts;
  let realised = 0n;
  if (account.contracts * contracts < 0n) {
    const count = least(magnitude(contracts), magnitude(account.contracts));
    const end = reduced(parameters, account, count, price);
    if (end.account.balance < 0n) throw new LossBeyondBalance(`the balance would be ${end.account.balance}`);
    account = end.account;
    realised = end.realised;
    open = contracts > 0n ? contracts - count : contracts + count;
  }
  if (open !== 0n) {
    account = {
      ...account,
      contracts: account.contracts + open,
      entryValue: account.entryValue + openingValue(parameters, open, price),
    };
    const needed = initialMargin(parameters, account.contracts, markPrice);
    const has = equity(parameters, account, markPrice);
    if (has < needed) throw new InitialMarginNotMet(`equity ${has}, initial margin ${needed}`);
  }
  return { ...withAccount(state, name, account), clearing: state.clearing - realised };
}

/** What one step of a liquidation did. */
export interface DeribitStep {
  readonly state: DeribitExchange;
  /** Contracts closed. */
  readonly contracts: bigint;
  /** Their value at the fill, in settlement units. */
  readonly value: bigint;
  /** Fee to the insurance fund: never more than the balance that is left. */
  readonly fee: bigint;
  /** What the insurance fund paid to bring a negative balance to 0, once no position is left. */
  readonly covered: bigint;
  /** What nobody paid. */
  readonly uncovered: bigint;
  readonly movements: readonly DeribitMovement[];
}

/**
 * One step of the incremental liquidation: closes at most `contractsPerStep` contracts at the price the market paid, takes the fee, and, once nothing is open,
 * covers a negative balance from the fund. Source: documentation page "auto liquidation" (up to 200 contracts of $10 a step).
 * @throws NotLiquidatable where equity at the mark price meets the maintenance margin
 */
export function liquidationStep(
  parameters: DeribitParameters,
  state: DeribitExchange,
  name: string,
  markPrice: bigint,
  fillPrice: bigint,
): DeribitStep {
  const before = accountOf(state, name);
  if (!isLiquidatable(parameters, before, markPrice)) {
    throw new NotLiquidatable(`${name} meets its maintenance margin at ${markPrice}`);
  }
  const count = least(magnitude(before.contracts), parameters.contractsPerStep);
  const end = reduced(parameters, before, count, fillPrice);
  const asked = mulDivUp(end.value, parameters.liquidationFeeRate, RATE_ONE);
  const fee = least(asked, most(end.account.balance, 0n));
  let balance = end.account.balance - fee;
  const gap = end.account.contracts === 0n && balance < 0n ? -balance : 0n;
  const covered = least(gap, state.fund);
  balance += gap;
  const next = withAccount(state, name, { ...end.account, balance });
  const toClearing = -end.realised - (gap - covered);
  return {
    state: {
      ...next,
      fund: state.fund + fee - covered,
      clearing: state.clearing + toClearing,
      uncovered: state.uncovered + gap - covered,
    },
    contracts: count,
    value: end.value,
    fee,
    covered,
    uncovered: gap - covered,
    movements: [
      { party: "account", units: balance - before.balance },
      { party: "fund", units: fee - covered },
      { party: "clearing", units: toClearing },
    ],
  };
}

/** What a run of liquidation steps did. */
export interface DeribitLiquidation {
  readonly state: DeribitExchange;
  readonly steps: readonly DeribitStep[];
  /** Whether the account meets its maintenance margin again, or has nothing open. */
  readonly finished: boolean;
}

/**
 * Steps until the maintenance margin is met or `limit` steps were taken (rounds a second x seconds). `fillPrice` tells each step's price; the mark price holds.
 * @throws NotLiquidatable where the account is healthy to begin with
 */
export function liquidate(
  parameters: DeribitParameters,
  state: DeribitExchange,
  name: string,
  markPrice: bigint,
  fillPrice: (step: number) => bigint,
  limit: number,
): DeribitLiquidation {
  const steps: DeribitStep[] = [];
  let current = state;
  do {
    const step = liquidationStep(parameters, current, name, markPrice, fillPrice(steps.length));
    steps.push(step);
    current = step.state;
  } while (steps.length < limit && isLiquidatable(parameters, accountOf(current, name), markPrice));
  return { state: current, steps, finished: !isLiquidatable(parameters, accountOf(current, name), markPrice) };
}

/**
 * Spreads uncovered losses over winners in proportion to their session profits, the last winner taking the remainder; nobody pays more than he won. Returns
 * the new state and what each paid, in settlement units. Source: documentation page "insurance" (bankruptcies beyond the fund are socialised among winners).
 * @throws NothingToDo where nothing is uncovered or nobody won
 */
export function socialiseLoss(
  state: DeribitExchange,
  profits: ReadonlyMap<string, bigint>,
): { state: DeribitExchange; paid: ReadonlyMap<string, bigint>; movements: readonly DeribitMovement[] } {
  const winners = [...profits].filter(([, won]) => won > 0n);
  const won = winners.reduce((sum, [, one]) => sum + one, 0n);
  const loss = least(state.uncovered, won);
  if (loss === 0n) throw new NothingToDo("no uncovered loss, or no winner");
  const paid = new Map<string, bigint>();
  let next = state;
  let reached = 0n;
  let taken = 0n;
  for (const [name, one] of winners) {
    reached += one;
    const until = mulDivDown(loss, reached, won);
    const share = until - taken;
    taken = until;
    paid.set(name, share);
    next = deposit(next, name, -share);
  }
  return {
    state: { ...next, clearing: next.clearing + loss, uncovered: next.uncovered - loss },
    paid,
    movements: [
      { party: "account", units: -loss },
      { party: "clearing", units: loss },
    ],
  };
}
