import { NothingToDo, NotLiquidatable } from "../errors.js";
import { divDown, most, mulDivDown } from "../rounding.js";
import {
  BackstopRefused,
  CoolingDown,
  CounterpartyRefused,
  FillRefused,
  NoSuchPosition,
  NotUnderwater,
  VaultExhausted,
} from "./errors.js";
import { accountRisk, isLiquidatable, maintenanceMargin, notionalValue, priceOf } from "./margin.js";
import { MILLIONTHS } from "./parameters.js";
import {
  type Account,
  type Exchange,
  type Fill,
  MARKET,
  type Movement,
  magnitude,
  type Position,
  type Prices,
  sideOf,
  VAULT,
  type Vault,
} from "./state.js";

/** The market order that the exchange sends for one position of a liquidatable account. */
export interface LiquidationOrder {
  readonly asset: string;
  readonly side: "sell" | "buy";
  /** In asset units. */
  readonly units: bigint;
  /** Whether it asks for a part only: once filled, the user's cooldown begins. */
  readonly partial: boolean;
}

/** The new state and who got what; units and quote add up to nothing. */
export interface Outcome {
  readonly exchange: Exchange;
  readonly movements: readonly Movement[];
}

function accountOf(exchange: Exchange, id: string): Account {
  const account = exchange.accounts[id];
  if (account === undefined) throw new NoSuchPosition(`there is no account ${id}`);
  return account;
}

function liquidatableAccount(exchange: Exchange, marks: Prices, id: string): Account {
  const account = accountOf(exchange, id);
  if (isLiquidatable(exchange, marks, account)) return account;
  const risk = accountRisk(exchange, marks, account);
  throw new NotLiquidatable(
    `${id} is worth ${risk.accountValue}; liquidatable below ${risk.maintenanceMargin} quote units`,
  );
}

function positionOf(account: Account, asset: string, units: bigint): Position {
  const position = account.positions[asset];
  if (units <= 0n) throw new NothingToDo(`${units} asset units; at least 1`);
  if (position === undefined || magnitude(position.size) < units) {
    throw new NoSuchPosition(
      `the position in ${asset} is ${position?.size ?? 0n} asset units; at least ${units} are asked for`,
    );
  }
  return position;
}

/** The part of an amount that belongs to `units` of a position: everything for the whole, rounded down else. */
export function partOf(amount: bigint, units: bigint, size: bigint): bigint {
  return units === magnitude(size) ? amount : mulDivDown(amount, units, magnitude(size));
}

/** Takes `units` off a position for `cash` and books profit or loss into the wallet. A position of 0 goes. */
function closePart(account: Account, asset: string, { units, cash }: Fill): Account {
  const { [asset]: position, ...others } = account.positions;
  const side = sideOf(position.size);
  const entry = partOf(position.entryNotional, units, position.size);
  const size = position.size - side * units;
  const rest = { size, entryNotional: position.entryNotional - entry };
  return {
    ...account,
    walletBalance: account.walletBalance + side * (cash - entry),
    positions: size === 0n ? others : { ...others, [asset]: rest },
  };
}

/** Whether an order asks for a part: a large position, and no cooldown that says otherwise. Throws `CoolingDown`. */
function asksForPart(exchange: Exchange, account: Account, notional: bigint, now: bigint): boolean {
  const { partialAbove, partialShare, cooldown, duringCooldown } = exchange.rules;
  const large = notional > partialAbove && partialShare < MILLIONTHS;
  // Positions of the same block as the first part are no later attempt.
  if (account.partialAt === null || now === account.partialAt) return large;
  const cooling = now < account.partialAt + cooldown;
  if (duringCooldown === "entire-position") return large && !cooling;
  if (cooling)
    throw new CoolingDown(
      `a part was liquidated at ${account.partialAt} ms; next order from ${account.partialAt + cooldown} ms on`,
    );
  return false;
}

/**
 * The order for one position of a liquidatable account at `now` (ms): 20 % (rounded down, at least one unit) of a position above 100,000 USDC, the whole of
 * a smaller one; for 30 s after a partial liquidation the whole of any. Throws `NotLiquidatable`, `NoSuchPosition`, `NoPrice`, `CoolingDown`. Source:
 * Hyperliquid docs, liquidations (partial liquidations).
 */
export function liquidationOrder(
  exchange: Exchange,
  marks: Prices,
  id: string,
  asset: string,
  now: bigint,
): LiquidationOrder {
  const account = liquidatableAccount(exchange, marks, id);
  const { size } = positionOf(account, asset, 1n);
  const notional = notionalValue(exchange.assets[asset], size, priceOf(marks, asset));
  const partial = asksForPart(exchange, account, notional, now);
  const whole = magnitude(size);
  const units = partial ? most(1n, mulDivDown(whole, exchange.rules.partialShare, MILLIONTHS)) : whole;
  return { asset, side: size > 0n ? "sell" : "buy", units, partial };
}

/**
 * Books what the book took of the present order; there is no clearance fee, what is left stays the trader's. The exchange does not publish a limit price: a fill
 * that leaves the account worth less than nothing at the marks is refused here, so that nobody else pays for it. Throws what `liquidationOrder`
 * throws, `NothingToDo`, and `FillRefused`.
 */
export function fillLiquidation(
  exchange: Exchange,
  marks: Prices,
  id: string,
  asset: string,
  fill: Fill,
  now: bigint,
): Outcome {
  const order = liquidationOrder(exchange, marks, id, asset, now);
  const account = exchange.accounts[id];
  const side = sideOf(positionOf(account, asset, fill.units).size);
  if (fill.units > order.units)
    throw new FillRefused(`the order asks for ${order.units} asset units, not ${fill.units}`);
  if (fill.cash < 0n) throw new FillRefused(`cash is ${fill.cash} quote units; 0 or more`);
  const closed = closePart(account, asset, fill);
  const { accountValue } = accountRisk(exchange, marks, closed);
  if (accountValue < 0n) throw new FillRefused(`the fill leaves ${id} with ${accountValue} quote units; 0 or more`);
  const after = order.partial ? { ...closed, partialAt: now } : closed;
  return {
    exchange: { ...exchange, accounts: { ...exchange.accounts, [id]: after } },
    movements: [
      { party: id, asset, units: -side * fill.units, quote: side * fill.cash },
      { party: MARKET, asset, units: side * fill.units, quote: -side * fill.cash },
    ],
  };
}

/** Whether the vault steps in: an account value of 0 or more that is below two thirds of the maintenance margin. Throws `NoPrice`. */
export function isBackstopped(exchange: Exchange, marks: Prices, account: Account): boolean {
  const { numerator, denominator } = exchange.rules.backstopShare;
  const risk = accountRisk(exchange, marks, account);
  return risk.accountValue >= 0n && risk.accountValue * denominator < risk.maintenanceMargin * numerator;
}

/** Whether only auto-deleveraging is left: an account value below 0 at the marks with an open position. Throws `NoPrice`. */
export function isUnderwater(exchange: Exchange, marks: Prices, account: Account): boolean {
  return Object.keys(account.positions).length > 0 && accountRisk(exchange, marks, account).accountValue < 0n;
}

function withInventory(vault: Vault, asset: string, units: bigint, cost: bigint): Vault {
  const held = vault.inventory[asset] ?? { units: 0n, cost: 0n };
  return {
    ...vault,
    inventory: { ...vault.inventory, [asset]: { units: held.units + units, cost: held.cost + cost } },
  };
}

/**
 * The liquidator vault takes all positions of an account at the marks and all its margin: nothing is returned, the account ends with 0. Throws `NoSuchPosition`,
 * `NoPrice`, and `BackstopRefused` above two thirds of the maintenance margin or below 0. Source: Hyperliquid docs, liquidations (backstop).
 */
export function backstop(exchange: Exchange, marks: Prices, id: string): Outcome & { readonly marginTaken: bigint } {
  const account = accountOf(exchange, id);
  if (!isBackstopped(exchange, marks, account)) {
    const risk = accountRisk(exchange, marks, account);
    throw new BackstopRefused(
      `${id} is worth ${risk.accountValue} of ${risk.maintenanceMargin} quote units; from 0 to below two thirds`,
    );
  }
  const legs = Object.entries(account.positions).map(([asset, { size }]) => ({
    asset,
    size,
    cash: notionalValue(exchange.assets[asset], size, priceOf(marks, asset)),
  }));
  const closed = legs.reduce(
    (rest, { asset, size, cash }) => closePart(rest, asset, { units: magnitude(size), cash }),
    account,
  );
  const marginTaken = closed.walletBalance;
  const vault = legs.reduce(
    (held, { asset, size, cash }) => withInventory(held, asset, size, sideOf(size) * cash),
    exchange.vault,
  );
  return {
    exchange: {
      ...exchange,
      accounts: { ...exchange.accounts, [id]: { ...closed, walletBalance: 0n } },
      vault: { ...vault, balance: vault.balance + marginTaken },
    },
    marginTaken,
    movements: [
      ...legs.flatMap(({ asset, size, cash }) => [
        { party: id, asset, units: -size, quote: sideOf(size) * cash },
        { party: VAULT, asset, units: size, quote: -sideOf(size) * cash },
      ]),
      { party: id, asset: null, units: 0n, quote: -marginTaken },
      { party: VAULT, asset: null, units: 0n, quote: marginTaken },
    ],
  };
}

/** The vault trades a part of what it holds on the market. Throws `NothingToDo`, `NoSuchPosition`, and `VaultExhausted` where its cash would fall below 0. */
export function unwindVault(exchange: Exchange, asset: string, { units, cash }: Fill): Outcome {
  const held = exchange.vault.inventory[asset] ?? { units: 0n, cost: 0n };
  if (units <= 0n) throw new NothingToDo(`${units} asset units; at least 1`);
  if (magnitude(held.units) < units)
    throw new NoSuchPosition(`the vault holds ${held.units} of ${asset}, not ${units}`);
  const side = sideOf(held.units);
  const cost = partOf(held.cost, units, held.units);
  const balance = exchange.vault.balance + side * cash - cost;
  if (balance < 0n) throw new VaultExhausted(`the trade leaves the vault with ${balance} quote units`);
  return {
    exchange: { ...exchange, vault: { ...withInventory(exchange.vault, asset, -side * units, -cost), balance } },
    movements: [
      { party: VAULT, asset, units: -side * units, quote: side * cash },
      { party: MARKET, asset, units: side * units, quote: -side * cash },
    ],
  };
}

/** What an underwater account's position is closed for. */
export interface DeleveragingTerms {
  readonly asset: string;
  readonly size: bigint;
  /** Cash for the whole position in quote units: a long receives it, a short pays it. */
  readonly cash: bigint;
}

/**
 * Terms of auto-deleveraging: the previous mark prices. Where an account is worth less than nothing even at these, the shortfall is taken by its counterparties,
 * in proportion to the positions' maintenance margins (rounded down, the last by name takes the rest), for the documents promise that no bad debt is
 * left and do not say how. Throws `NoPrice`. Source: Hyperliquid docs, auto-deleveraging.
 */
export function deleveragingTerms(exchange: Exchange, previousMarks: Prices, account: Account): DeleveragingTerms[] {
  const risk = accountRisk(exchange, previousMarks, account);
  const shortfall = most(0n, -risk.accountValue);
  const names = Object.keys(account.positions).sort();
  let left = shortfall;
  return names.map((asset, place) => {
    const { size } = account.positions[asset];
    const notional = notionalValue(exchange.assets[asset], size, priceOf(previousMarks, asset));
    const last = place === names.length - 1;
    const weight = shortfall * maintenanceMargin(exchange.assets[asset], notional);
    const share = last ? left : divDown(weight, most(1n, risk.maintenanceMargin));
    left -= share;
    return { asset, size, cash: notional + sideOf(size) * share };
  });
}

/**
 * Auto-deleveraging of one pair: `units` of an underwater account's position against a counterparty of the other side, at the terms of `deleveragingTerms`. Who
 * is chosen and for how much is a policy's business. Throws `NothingToDo`, `NoSuchPosition`, `NoPrice`, `NotUnderwater`, `CounterpartyRefused`.
 */
export function deleverageAgainst(
  exchange: Exchange,
  marks: Prices,
  previousMarks: Prices,
  id: string,
  counterparty: string,
  asset: string,
  units: bigint,
): Outcome {
  const account = accountOf(exchange, id);
  const position = positionOf(account, asset, units);
  if (!isUnderwater(exchange, marks, account)) throw new NotUnderwater(`${id} is worth nothing or more at the marks`);
  const other = accountOf(exchange, counterparty);
  const against = other.positions[asset]?.size ?? 0n;
  if (id === counterparty || against * position.size >= 0n || magnitude(against) < units) {
    throw new CounterpartyRefused(`${counterparty} holds ${against} of ${asset}; the other side of ${units} is needed`);
  }
  const terms = deleveragingTerms(exchange, previousMarks, account).find((one) => one.asset === asset);
  const cash = partOf((terms as DeleveragingTerms).cash, units, position.size);
  const after = closePart(other, asset, { units, cash });
  if (accountRisk(exchange, marks, after).accountValue < 0n) {
    throw new CounterpartyRefused(`${counterparty} would be worth less than nothing itself`);
  }
  const side = sideOf(position.size);
  const closed = closePart(account, asset, { units, cash });
  return {
    exchange: { ...exchange, accounts: { ...exchange.accounts, [id]: closed, [counterparty]: after } },
    movements: [
      { party: id, asset, units: -side * units, quote: side * cash },
      { party: counterparty, asset, units: side * units, quote: -side * cash },
    ],
  };
}
