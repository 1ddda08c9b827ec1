import { NothingToDo, NotLiquidatable } from "../errors.js";
import { least, most, mulDivDown, mulDivUp } from "../rounding.js";
import { CounterpartyRefused, InsuranceFundExhausted, InsuranceFundSuffices, NoSuchPosition } from "./errors.js";
import { type Bankruptcy, bankruptcyTerms } from "./liquidation-price.js";
import { accountRisk, isLiquidatable, markOf, notionalValue } from "./margin.js";
import { MILLIONTHS } from "./parameters.js";
import {
  type Account,
  type Exchange,
  type Fill,
  INSURANCE_FUND,
  type InsuranceFund,
  MARKET,
  type Marks,
  type Movement,
  magnitude,
  type Position,
  sideOf,
} from "./state.js";

/** The immediate-or-cancel order that reduces a liquidated position: what the book does not take is cancelled. */
export interface LiquidationOrder {
  readonly contract: string;
  readonly side: "sell" | "buy";
  /** The whole position, in asset units: how much fills is the book's answer. */
  readonly units: bigint;
  /** Terms at which the account ends with nothing: a worse fill costs the insurance fund. */
  readonly bankruptcy: Bankruptcy;
}

/** What a liquidation step did; `movements` add up to nothing in units and in quote. */
export interface LiquidationOutcome {
  readonly exchange: Exchange;
  readonly movements: readonly Movement[];
  /** Liquidation fee that went to the insurance fund, in quote units. */
  readonly fee: bigint;
  /** What the insurance fund paid to lift a wallet to 0, in quote units. */
  readonly coveredByFund: bigint;
}

function accountOf(exchange: Exchange, id: string): Account {
  const account = exchange.accounts[id];
  if (account === undefined) throw new NoSuchPosition(`there is no account ${id}`);
  return account;
}

function liquidatableAccount(exchange: Exchange, marks: Marks, id: string): Account {
  const account = accountOf(exchange, id);
  if (isLiquidatable(exchange, marks, account)) return account;
  const { marginBalance, maintenanceMargin } = accountRisk(exchange, marks, account);
  throw new NotLiquidatable(
    `margin balance of ${id} is ${marginBalance}; liquidatable at ${maintenanceMargin} quote units or less with an open position`,
  );
}

function positionOf(account: Account, contract: string, units: bigint): Position {
  const position = account.positions[contract];
  if (units <= 0n) throw new NothingToDo(`${units} asset units; at least 1`);
  if (position === undefined || magnitude(position.size) < units) {
    throw new NoSuchPosition(
      `the position in ${contract} is ${position?.size ?? 0n} asset units; at least ${units} are asked for`,
    );
  }
  return position;
}

/** The part of an amount that belongs to `units` of a position: everything for the whole, rounded down else. */
export function partOf(amount: bigint, units: bigint, size: bigint): bigint {
  return units === magnitude(size) ? amount : mulDivDown(amount, units, magnitude(size));
}

/** Takes `units` off a position for `cash` and books profit or loss into the wallet. A position of 0 goes. */
function closePart(account: Account, contract: string, { units, cash }: Fill): Account {
  const { [contract]: position, ...others } = account.positions;
  const side = sideOf(position.size);
  const entry = partOf(position.entryNotional, units, position.size);
  const size = position.size - side * units;
  const rest = { size, entryNotional: position.entryNotional - entry };
  return {
    walletBalance: account.walletBalance + side * (cash - entry),
    positions: size === 0n ? others : { ...others, [contract]: rest },
  };
}

function withAccount(exchange: Exchange, id: string, account: Account, balance: bigint): Exchange {
  return {
    ...exchange,
    accounts: { ...exchange.accounts, [id]: account },
    insuranceFund: { ...exchange.insuranceFund, balance },
  };
}

/**
 * The order that the exchange sends for a liquidatable account: the whole position, immediate or cancel. (That all open orders are cancelled first changes
 * nothing here: the model holds none.) Throws `NotLiquidatable`, `NoSuchPosition`, `NoMarkPrice`. Source: Binance, liquidation protocols.
 */
export function liquidationOrder(exchange: Exchange, marks: Marks, id: string, contract: string): LiquidationOrder {
  const account = liquidatableAccount(exchange, marks, id);
  const { size } = positionOf(account, contract, 1n);
  const bankruptcy = bankruptcyTerms(exchange, marks, account).find(
    (terms) => terms.contract === contract,
  ) as Bankruptcy;
  return { contract, side: size > 0n ? "sell" : "buy", units: magnitude(size), bankruptcy };
}

/**
 * Books what the book took of a liquidation order. The fee is a share of the cash (rounded up), at most what margin balance remains at the marks. An
 * account without positions and with a negative wallet is lifted to 0 by the insurance fund. Whether the account must go on is `isLiquidatable` of the
 * new state. Throws `NotLiquidatable`, `NothingToDo`, `NoSuchPosition`, `NoMarkPrice`, and `InsuranceFundExhausted` where the fund cannot pay: then fewer
 * units, or takeover. Source: Binance, liquidation protocols and insurance clearance fee.
 */
export function fillLiquidation(
  exchange: Exchange,
  marks: Marks,
  id: string,
  contract: string,
  fill: Fill,
): LiquidationOutcome {
  const before = liquidatableAccount(exchange, marks, id);
  const side = sideOf(positionOf(before, contract, fill.units).size);
  if (fill.cash < 0n) throw new NothingToDo(`${fill.cash} quote units of cash; at least 0`);
  const closed = closePart(before, contract, fill);
  const left = most(0n, accountRisk(exchange, marks, closed).marginBalance);
  const fee = least(left, mulDivUp(fill.cash, exchange.contracts[contract].liquidationFee, MILLIONTHS));
  const wallet = closed.walletBalance - fee;
  const flat = Object.keys(closed.positions).length === 0;
  const coveredByFund = flat ? most(0n, -wallet) : 0n;
  const { balance } = exchange.insuranceFund;
  if (coveredByFund > balance) {
    throw new InsuranceFundExhausted(`the fill leaves ${wallet} quote units; the fund has ${balance}`);
  }
  const after = { ...closed, walletBalance: wallet + coveredByFund };
  return {
    exchange: withAccount(exchange, id, after, balance + fee - coveredByFund),
    fee,
    coveredByFund,
    movements: [
      { party: id, contract, units: -side * fill.units, quote: side * fill.cash - fee + coveredByFund },
      { party: MARKET, contract, units: side * fill.units, quote: -side * fill.cash },
      { party: INSURANCE_FUND, contract, units: 0n, quote: fee - coveredByFund },
    ],
  };
}

/** Net worth of the insurance fund at the marks, in quote units: cash and what it has taken over. Throws `NoMarkPrice`. */
export function fundWorth(exchange: Exchange, marks: Marks, fund: InsuranceFund): bigint {
  return Object.entries(fund.inventory).reduce(
    (worth, [name, { units, cost }]) =>
      worth + sideOf(units) * notionalValue(exchange.contracts[name], units, markOf(marks, name)) - cost,
    fund.balance,
  );
}

function withInventory(fund: InsuranceFund, contract: string, units: bigint, cost: bigint): InsuranceFund {
  const held = fund.inventory[contract] ?? { units: 0n, cost: 0n };
  return {
    ...fund,
    inventory: { ...fund.inventory, [contract]: { units: held.units + units, cost: held.cost + cost } },
  };
}

/** The fund after it has taken every position of an account at the bankruptcy terms. */
function fundAfterTakeover(exchange: Exchange, terms: readonly Bankruptcy[]): InsuranceFund {
  return terms.reduce(
    (fund, { contract, size, cash }) => withInventory(fund, contract, size, sideOf(size) * cash),
    exchange.insuranceFund,
  );
}

/** Whether the insurance fund is worth 0 or more at the marks after it has taken an account's positions. Throws `NoMarkPrice`, `NoSuchPosition`. */
export function fundCanTakeOver(exchange: Exchange, marks: Marks, id: string): boolean {
  const fund = fundAfterTakeover(exchange, bankruptcyTerms(exchange, marks, accountOf(exchange, id)));
  return fundWorth(exchange, marks, fund) >= 0n;
}

/**
 * The insurance fund takes every position of an account at the bankruptcy terms; the wallet ends at 0, what margin was left is the fund's. Throws
 * `NotLiquidatable`, `NoMarkPrice`, and `InsuranceFundExhausted` where the fund would be worth less than nothing: then auto-deleveraging. Source: Binance,
 * liquidation protocols (the fund takes over at the bankruptcy price); the fund's own limit is not published.
 */
export function takeOverByFund(
  exchange: Exchange,
  marks: Marks,
  id: string,
): { readonly exchange: Exchange; readonly movements: readonly Movement[]; readonly taken: readonly Bankruptcy[] } {
  const account = liquidatableAccount(exchange, marks, id);
  const taken = bankruptcyTerms(exchange, marks, account);
  if (!fundCanTakeOver(exchange, marks, id)) {
    throw new InsuranceFundExhausted(
      `the fund's ${exchange.insuranceFund.balance} quote units do not carry the positions of ${id}`,
    );
  }
  const emptied = taken.reduce(
    (rest, { contract, size, cash }) => closePart(rest, contract, { units: magnitude(size), cash }),
    account,
  );
  return {
    exchange: {
      ...exchange,
      accounts: { ...exchange.accounts, [id]: emptied },
      insuranceFund: fundAfterTakeover(exchange, taken),
    },
    taken,
    movements: taken.flatMap(({ contract, size, cash }) => [
      { party: id, contract, units: -size, quote: sideOf(size) * cash },
      { party: INSURANCE_FUND, contract, units: size, quote: -sideOf(size) * cash },
    ]),
  };
}

/**
 * The fund trades a part of what it has taken over on the market. Throws `NothingToDo`, `NoSuchPosition`, and `InsuranceFundExhausted` where its cash would
 * fall below 0.
 */
export function unwindInventory(
  exchange: Exchange,
  contract: string,
  { units, cash }: Fill,
): { readonly exchange: Exchange; readonly movements: readonly Movement[] } {
  const held = exchange.insuranceFund.inventory[contract] ?? { units: 0n, cost: 0n };
  if (units <= 0n) throw new NothingToDo(`${units} asset units; at least 1`);
  if (magnitude(held.units) < units)
    throw new NoSuchPosition(`the fund holds ${held.units} of ${contract}, not ${units}`);
  const side = sideOf(held.units);
  const cost = partOf(held.cost, units, held.units);
  const balance = exchange.insuranceFund.balance + side * cash - cost;
  if (balance < 0n) throw new InsuranceFundExhausted(`the trade leaves the fund with ${balance} quote units`);
  return {
    exchange: {
      ...exchange,
      insuranceFund: { ...withInventory(exchange.insuranceFund, contract, -side * units, -cost), balance },
    },
    movements: [
      { party: INSURANCE_FUND, contract, units: -side * units, quote: side * cash },
      { party: MARKET, contract, units: side * units, quote: -side * cash },
    ],
  };
}

/**
 * Auto-deleveraging of one pair: `units` of a liquidatable account's position against a counterparty of the other side, at the bankruptcy price. Who is
 * chosen and for how much is a policy's business. Throws `NotLiquidatable`, `NothingToDo`, `NoSuchPosition`, `NoMarkPrice`, `InsuranceFundSuffices` where
 * the fund can take the account over, and `CounterpartyRefused`. Source: Binance, auto-deleveraging (at the bankruptcy price of the bankrupt account).
 */
export function deleverageAgainst(
  exchange: Exchange,
  marks: Marks,
  id: string,
  counterparty: string,
  contract: string,
  units: bigint,
): { readonly exchange: Exchange; readonly movements: readonly Movement[] } {
  const account = liquidatableAccount(exchange, marks, id);
  const position = positionOf(account, contract, units);
  const other = accountOf(exchange, counterparty);
  const against = other.positions[contract]?.size ?? 0n;
  if (fundCanTakeOver(exchange, marks, id)) throw new InsuranceFundSuffices(`the insurance fund can take ${id} over`);
  if (id === counterparty || against * position.size >= 0n || magnitude(against) < units) {
    throw new CounterpartyRefused(
      `${counterparty} holds ${against} of ${contract}; the other side of ${units} is needed`,
    );
  }
  const terms = bankruptcyTerms(exchange, marks, account).find((one) => one.contract === contract) as Bankruptcy;
  const cash = partOf(terms.cash, units, position.size);
  const after = closePart(other, contract, { units, cash });
  if (accountRisk(exchange, marks, after).marginBalance < 0n) {
    throw new CounterpartyRefused(`${counterparty} would be bankrupt itself at ${terms.price} steps`);
  }
  const side = sideOf(position.size);
  return {
    exchange: {
      ...exchange,
      accounts: { ...exchange.accounts, [id]: closePart(account, contract, { units, cash }), [counterparty]: after },
    },
    movements: [
      { party: id, contract, units: -side * units, quote: side * cash },
      { party: counterparty, contract, units: side * units, quote: -side * cash },
    ],
  };
}
