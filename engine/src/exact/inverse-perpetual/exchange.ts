import { NothingToDo, NotLiquidatable } from "../errors.js";
import { least, mulDivDown, mulDivUp } from "../rounding.js";
import {
  LossBeyondMargin,
  MoreThanPosition,
  NoPosition,
  NotBankrupt,
  OtherSide,
  WinnerWouldBeBankrupt,
} from "./errors.js";
import { FUNDING_ONE, type InversePerpetualParameters, RATE_ONE } from "./parameters.js";
import {
  bankruptcyCoin,
  coinValue,
  entryValue,
  equity,
  type InversePosition,
  isLiquidatable,
  magnitude,
  partOf,
  profit,
} from "./position.js";

/** A coin-margined exchange: accounts, insurance fund and the clearing house between them. All amounts in coin units. */
export interface InverseExchange {
  readonly positions: ReadonlyMap<string, InversePosition>;
  /** Coins of the insurance fund, never negative. */
  readonly fund: bigint;
  /** Coins of the clearing house: what losers paid and winners did not yet take. Negative while winners took first. */
  readonly clearing: bigint;
  /** Losses that neither margin nor fund paid, so far: the clearing house lacks them. */
  readonly uncovered: bigint;
}

/** Who gained how many coin units (negative: gave). The entries of an outcome add up to 0. */
export interface InverseMovement {
  readonly party: "account" | "counterparty" | "fund" | "clearing";
  readonly coin: bigint;
}

/** A transition's outcome. */
export interface InverseOutcome {
  readonly state: InverseExchange;
  readonly movements: readonly InverseMovement[];
}

const empty: InversePosition = { contracts: 0n, entryCoin: 0n, margin: 0n };

/** An exchange without accounts. */
export function emptyExchange(fund: bigint): InverseExchange {
  return { positions: new Map(), fund, clearing: 0n, uncovered: 0n };
}

/** The position of an account, empty where it has none. */
export function positionOf(state: InverseExchange, account: string): InversePosition {
  return state.positions.get(account) ?? empty;
}

function withPosition(state: InverseExchange, account: string, position: InversePosition): InverseExchange {
  return { ...state, positions: new Map(state.positions).set(account, position) };
}

/** Adds margin (negative: takes it out) and changes nothing else. Whether a withdrawal is allowed is the caller's rule. */
export function addMargin(state: InverseExchange, account: string, coin: bigint): InverseExchange {
  const position = positionOf(state, account);
  return withPosition(state, account, { ...position, margin: position.margin + coin });
}

/**
 * Enlarges a position at a price: the coin value of the new contracts is added to the entry value, rounded against the account.
 * @throws NothingToDo without contracts
 * @throws OtherSide where the account stands on the other side
 */
export function increase(
  parameters: InversePerpetualParameters,
  state: InverseExchange,
  account: string,
  contracts: bigint,
  price: bigint,
): InverseExchange {
  if (contracts === 0n) throw new NothingToDo("0 contracts");
  const position = positionOf(state, account);
  if (position.contracts * contracts < 0n) throw new OtherSide(`${account} has ${position.contracts} contracts`);
  return withPosition(state, account, {
    ...position,
    contracts: position.contracts + contracts,
    entryCoin: position.entryCoin + entryValue(parameters, contracts, price),
  });
}

interface Part {
  readonly contracts: bigint;
  readonly entryCoin: bigint;
  readonly margin: bigint;
  readonly rest: InversePosition;
}

/** Splits a number of contracts, with its share of entry value and margin, off a position. */
function takePart(state: InverseExchange, account: string, count: bigint): Part {
  const position = positionOf(state, account);
  const size = magnitude(position.contracts);
  if (size === 0n) throw new NoPosition(`${account} has no position`);
  if (count <= 0n) throw new NothingToDo(`${count} contracts`);
  if (count > size) throw new MoreThanPosition(`${count} contracts asked, ${size} open`);
  const contracts = position.contracts > 0n ? count : -count;
  const entryCoin = partOf(position.entryCoin, count, size);
  const margin = partOf(position.margin, count, size);
  const rest = {
    contracts: position.contracts - contracts,
    entryCoin: position.entryCoin - entryCoin,
    margin: position.margin - margin,
  };
  return { contracts, entryCoin, margin, rest };
}

/**
 * Closes contracts by their owner at a price; profit and loss go between margin and clearing house.
 * @throws NoPosition, MoreThanPosition, NothingToDo
 * @throws LossBeyondMargin where the loss exceeds the account's margin: only a liquidation can close it
 */
export function decrease(
  parameters: InversePerpetualParameters,
  state: InverseExchange,
  account: string,
  count: bigint,
  price: bigint,
): InverseOutcome {
  const part = takePart(state, account, count);
  const gained = profit(part.contracts, part.entryCoin, coinValue(parameters, part.contracts, price));
  const margin = part.rest.margin + part.margin + gained;
  if (margin < 0n)
    throw new LossBeyondMargin(`the loss exceeds the margin by ${-margin}: only a liquidation can close it`);
  const next = withPosition(state, account, { ...part.rest, margin });
  return {
    state: { ...next, clearing: next.clearing - gained },
    movements: [
      { party: "account", coin: gained },
      { party: "clearing", coin: -gained },
    ],
  };
}

/** What a liquidation did. */
export interface InverseLiquidation extends InverseOutcome {
  /** What the owner keeps of the closed part, after the fee. */
  readonly kept: bigint;
  /** Fee to the insurance fund. */
  readonly fee: bigint;
  /** What the insurance fund paid. */
  readonly covered: bigint;
  /** What nobody paid. */
  readonly uncovered: bigint;
}

/**
 * Closes contracts of a liquidatable account (judged at the mark price) at the price that the market paid. What is left of the part's margin stays with the
 * account less the fee, which never exceeds it; what is missing comes from the insurance fund as far as it reaches.
 * @throws NotLiquidatable, NoPosition, MoreThanPosition, NothingToDo
 */
export function liquidate(
  parameters: InversePerpetualParameters,
  state: InverseExchange,
  account: string,
  count: bigint,
  markPrice: bigint,
  fillPrice: bigint,
): InverseLiquidation {
  const part = takePart(state, account, count);
  if (!isLiquidatable(parameters, positionOf(state, account), markPrice)) {
    throw new NotLiquidatable(`${account} meets its maintenance margin at ${markPrice}`);
  }
  const value = coinValue(parameters, part.contracts, fillPrice);
  const left = part.margin + profit(part.contracts, part.entryCoin, value);
  const fee = left > 0n ? least(left, mulDivUp(value, parameters.liquidationFeeRate, RATE_ONE)) : 0n;
  const covered = left < 0n ? least(-left, state.fund) : 0n;
  const uncovered = left < 0n ? -left - covered : 0n;
  const kept = left > 0n ? left - fee : 0n;
  const next = withPosition(state, account, { ...part.rest, margin: part.rest.margin + kept });
  const toClearing = part.margin - kept - fee + covered;
  return {
    state: {
      ...next,
      fund: state.fund + fee - covered,
      clearing: state.clearing + toClearing,
      uncovered: state.uncovered + uncovered,
    },
    kept,
    fee,
    covered,
    uncovered,
    movements: [
      { party: "account", coin: kept - part.margin },
      { party: "fund", coin: fee - covered },
      { party: "clearing", coin: toClearing },
    ],
  };
}

/**
 * Closes contracts of a bankrupt account against a profitable one of the other side at the bankrupt part's own bankruptcy value: the loser's margin is used up
 * exactly, the winner gives up what lies beyond. Nothing passes through the fund.
 * @throws NotBankrupt where the account has equity left at the mark
 * @throws OtherSide where both stand on one side
 * @throws WinnerWouldBeBankrupt where the value lies beyond the winner's own bankruptcy
 * @throws NoPosition, MoreThanPosition, NothingToDo
 */
export function deleverage(
  parameters: InversePerpetualParameters,
  state: InverseExchange,
  loser: string,
  winner: string,
  count: bigint,
  markPrice: bigint,
): InverseOutcome {
  const lost = takePart(state, loser, count);
  const won = takePart(state, winner, count);
  if (lost.contracts * won.contracts > 0n) throw new OtherSide(`${loser} and ${winner} stand on one side`);
  const worth = equity(parameters, positionOf(state, loser), markPrice);
  if (worth > 0n) throw new NotBankrupt(`${loser} has ${worth} left at ${markPrice}`);
  const value = bankruptcyCoin(lost.contracts, lost.entryCoin, lost.margin);
  const gained = profit(won.contracts, won.entryCoin, value);
  if (won.margin + gained < 0n) throw new WinnerWouldBeBankrupt(`${winner} would end at ${won.margin + gained}`);
  let next = withPosition(state, loser, lost.rest);
  next = withPosition(next, winner, { ...won.rest, margin: won.rest.margin + won.margin + gained });
  const toClearing = lost.margin - gained;
  return {
    state: { ...next, clearing: next.clearing + toClearing },
    movements: [
      { party: "account", coin: -lost.margin },
      { party: "counterparty", coin: gained },
      { party: "clearing", coin: toClearing },
    ],
  };
}

/**
 * Funding of one interval in coin: value at the mark x rate (in 1e-9). A positive rate is paid by longs; a payer pays rounded up, a receiver gets rounded
 * down, and the remainder stays with the clearing house. Returns what the position receives (negative: pays), in coin units.
 */
export function fundingPayment(
  parameters: InversePerpetualParameters,
  contracts: bigint,
  markPrice: bigint,
  rate: bigint,
): bigint {
  if (contracts === 0n || rate === 0n) return 0n;
  const value = coinValue(parameters, contracts, markPrice);
  const pays = contracts > 0n === rate > 0n;
  return pays ? -mulDivUp(value, magnitude(rate), FUNDING_ONE) : mulDivDown(value, magnitude(rate), FUNDING_ONE);
}

/** Books one interval's funding on every open position; margins may go negative (then the account is liquidatable at any price). */
export function payFunding(
  parameters: InversePerpetualParameters,
  state: InverseExchange,
  markPrice: bigint,
  rate: bigint,
): InverseOutcome {
  const positions = new Map(state.positions);
  let received = 0n;
  for (const [account, position] of state.positions) {
    const payment = fundingPayment(parameters, position.contracts, markPrice, rate);
    received += payment;
    positions.set(account, { ...position, margin: position.margin + payment });
  }
  return {
    state: { ...state, positions, clearing: state.clearing - received },
    movements: [
      { party: "account", coin: received },
      { party: "clearing", coin: -received },
    ],
  };
}
