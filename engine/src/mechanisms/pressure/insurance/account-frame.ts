import type { Book } from "../../../book/book.js";
import { basisPoints, stepsPerUsd, unitsDown, valuesPerUsd, valueUp } from "../../../rules/account-value.js";
import { leavesBand } from "../../../rules/cppi.js";
import type { Decide, Ladder, Layout, Mechanism, Publish, Reset, Settle } from "../../../run/index.js";
import { tapeKinds } from "../../../run/tape.js";
import { type AccountRows, type Asked, cashValue, countableSteps, openAccounts, riskyValue } from "./account-rows.js";
import {
  type ExecutionRows,
  followed,
  isMechanical,
  openExecution,
  orderedNow,
  remember,
  resetExecution,
  watchPrice,
} from "./execution.js";
import type { FrameParams } from "./frame-schema.js";

/** A target below 0: the account sells everything, whatever its band. */
export const allOut = -1;

/**
 * A rule that says how much of an asset an account should hold. The frame does the rest: bands and clocks, people who hold back, cash and credit, trades, the
 * map. Everything a rule remembers is in its state, laid out once; the map asks the same functions of a second state that it puts back first.
 */
export interface Strategy<State> {
  /** Lays a state out for these accounts. Called twice: for the run, and for the map. */
  open(rows: AccountRows, book: Book, layout: Layout): State;
  /** Puts a state back to the start of a path. */
  reset(state: State, rows: AccountRows): void;
  /** Sees the prices of a round before any target is asked (volatility estimates, triggers). Saying the same twice changes nothing. */
  observe?(state: State, rows: AccountRows, at: Asked): void;
  /** Sees one account before its target is asked (ratchets, locks). Saying the same twice changes nothing. `wealth` in whole 1e-6 USD. */
  watch?(state: State, rows: AccountRows, row: number, wealth: number, at: Asked): void;
  /** Exposure wanted, in whole 1e-6 USD, or `allOut`. `wealth` and `exposure` likewise. Writes nothing. A rule has either this or `holding`. */
  target?(state: State, rows: AccountRows, row: number, wealth: number, exposure: number, at: Asked): number;
  /** Holding wanted in whole units, for rules that count coins; asked in place of `target`. `risky`: what the account holds now. Writes nothing. */
  holding?(state: State, rows: AccountRows, row: number, risky: number, wealth: number, at: Asked): number;
  /** The floor of an account in whole 1e-6 USD, for rules that have one: at the end of a path the tape says whether it held. */
  floor?(state: State, rows: AccountRows, row: number, at: Asked): number;
  /** True where the units traded at a price do not depend on the way there. */
  readonly pathFree?: boolean;
  /** True where `holding` may say "what you have": people who follow such a rule half never trade against it. */
  readonly holdsOn?: boolean;
  /** True where a price is answered in the next tick (an estimate that takes one price per tick). */
  readonly answersNextTick?: boolean;
  /** How the map finds its answer, in words. */
  readonly method?: string;
}

/** The rows of a strategy's mechanism. */
export interface FrameRows<State> extends AccountRows {
  readonly strategy: Strategy<State>;
  /** What the rule remembers of the path. */
  readonly state: State;
  /** What the map asks in its place. */
  readonly fresh: State;
  readonly execution: ExecutionRows;
}

/** Accounts that hold an asset against cash by a rule, and trade for themselves on one spot instrument. */
export function strategyAccounts<State>(
  name: string,
  params: FrameParams,
  strategy: Strategy<State>,
): Mechanism<FrameRows<State>> {
  return {
    name,
    open: (book, layout) => openRows(name, params, strategy, book, layout),
    reset,
    decide,
    settle,
    publish: sayFloors,
    ladder: (rows) => strategyLadder(name, rows),
  };
}

function openRows<State>(
  name: string,
  params: FrameParams,
  strategy: Strategy<State>,
  book: Book,
  layout: Layout,
): FrameRows<State> {
  const accounts = openAccounts(name, params, book, layout);
  const rows: FrameRows<State> = {
    ...accounts,
    strategy,
    state: strategy.open(accounts, book, layout),
    fresh: strategy.open(accounts, book, layout),
    execution: openExecution(accounts.ids.length),
  };
  if (params.start === "rule") beginAtRule(rows, book);
  if (params.announced > 0) {
    layout.offerPlan({
      mechanism: name,
      announced: (instrument, at) =>
        instrument === rows.instrument ? Math.trunc(plannedUnits(rows, at) * params.announced) : 0,
      announcedAt: (instrument, published) =>
        instrument === rows.instrument ? Math.trunc(heldUnits(rows, published) * params.announced) : 0,
    });
  }
  return rows;
}

/** What the table gives each account is split between asset and cash at opening prices as its rule has it, whatever its band: nothing is traded for it. */
function beginAtRule<State>(rows: FrameRows<State>, book: Book): void {
  const { strategy, fresh, openingRisky, openingCash } = rows;
  const [assetSteps, quoteSteps] = [rows.asset, rows.quote].map((index) =>
    Math.floor(book.assets[index].priceUsd * stepsPerUsd),
  );
  const asked = { assetSteps, quoteSteps, timeMs: 0, tickMs: rows.layout.tickMs };
  const withoutBand = { ...rows, bandBps: 0 };
  strategy.reset(fresh, rows);
  strategy.observe?.(fresh, rows, asked);
  for (let row = 0; row < openingRisky.length; row++) {
    const units = demanded(withoutBand, fresh, row, openingRisky[row], openingCash[row], asked, 1);
    const cash = unitsDown(riskyValue(rows, Math.abs(units), assetSteps), quoteSteps, rows.quoteDecimals);
    openingRisky[row] -= units;
    openingCash[row] += units > 0 ? cash : -cash;
  }
}

function reset<State>(rows: FrameRows<State>, at: Reset): void {
  rows.risky.set(rows.openingRisky);
  rows.cash.set(rows.openingCash);
  rows.strategy.reset(rows.state, rows);
  resetExecution(rows.execution, Math.floor(rows.openingUsd * stepsPerUsd));
  let risky = 0;
  let cash = 0;
  for (let row = 0; row < rows.risky.length; row++) {
    risky += rows.risky[row];
    cash += Math.max(0, rows.cash[row]);
  }
  at.transfer(rows.layout.issuer, rows.positions, rows.asset, risky);
  at.transfer(rows.layout.issuer, rows.positions, rows.quote, cash);
}

// ── what the rule asks for ────────────────────────────────────────────────────────────────────────────────────

/**
 * Units that a holding should sell (positive) or buy at these prices where people follow a share of the way from the opening holding to what the rule wants; 1: by the
 * rule alone. The band counts from what they want: nobody trades to and fro at a price that stands still.
 */
function demanded<State>(
  rows: FrameRows<State>,
  state: State,
  row: number,
  risky: number,
  cash: number,
  at: Asked,
  discretion: number,
): number {
  const { strategy } = rows;
  const exposure = riskyValue(rows, risky, at.assetSteps);
  const wealth = exposure + cashValue(rows, cash, at.quoteSteps);
  strategy.watch?.(state, rows, row, wealth, at);
  if (strategy.holding !== undefined) {
    const ruled = strategy.holding(state, rows, row, risky, wealth, at);
    const wanted = followed(rows, row, ruled, discretion);
    if (strategy.holdsOn === true && (ruled < risky ? wanted >= risky : wanted <= risky)) return 0;
    if (ruled === 0) return Math.max(0, risky - wanted);
    return leavesBand(rows, exposure, riskyValue(rows, wanted, at.assetSteps), wealth) ? risky - wanted : 0;
  }
  const target = strategy.target?.(state, rows, row, wealth, exposure, at) ?? exposure;
  if (target === allOut) return Math.max(0, risky - followed(rows, row, 0, discretion));
  if (discretion === 1 && !leavesBand(rows, exposure, target, wealth)) return 0;
  const wanted = followed(rows, row, unitsDown(target, at.assetSteps, rows.assetDecimals), discretion);
  if (discretion < 1 && !leavesBand(rows, exposure, riskyValue(rows, wanted, at.assetSteps), wealth)) return 0;
  return risky - wanted;
}

function askedIn<State>(rows: FrameRows<State>, at: Decide): Asked | null {
  const { everyMs } = rows.params;
  if (everyMs > 0 && (at.round > 0 || at.timeMs % everyMs !== 0)) return null;
  const assetSteps = at.published(rows.assetFeed);
  const quoteSteps = at.published(rows.quoteFeed);
  if (assetSteps === 0 || quoteSteps === 0) return null;
  return { assetSteps, quoteSteps, timeMs: at.timeMs - at.tickMs, tickMs: at.tickMs };
}

/** Calls `visit` with each account's demand by the rule, what its people ask of it, and what is ordered in this round. */
function visitOrders<State>(
  rows: FrameRows<State>,
  at: Decide,
  visit: (row: number, asked: number, demand: number, ordered: number) => void,
): void {
  const asked = askedIn(rows, at);
  if (asked === null) return;
  const { execution } = rows;
  const { discretion } = rows.params.execution;
  rows.strategy.observe?.(rows.state, rows, asked);
  watchPrice(rows, execution, asked.assetSteps, asked.timeMs);
  for (let row = 0; row < rows.risky.length; row++) {
    const units = demanded(rows, rows.state, row, rows.risky[row], rows.cash[row], asked, 1);
    const demand =
      discretion === 1 ? units : demanded(rows, rows.state, row, rows.risky[row], rows.cash[row], asked, discretion);
    const allowed = orderedNow(rows, execution, row, demand, at);
    const ordered = allowed < 0 ? -affordableUnits(rows, row, -allowed, at) : allowed;
    visit(row, units, demand, ordered);
  }
}

function decide<State>(rows: FrameRows<State>, at: Decide): void {
  const mechanical = isMechanical(rows);
  visitOrders(rows, at, (row, asked, demand, ordered) => {
    if (ordered !== 0) at.trade(row, rows.positions, rows.instrument, ordered, 0);
    if (!mechanical) remember(rows, rows.execution, row, asked, demand, ordered, at);
  });
}

/** Units that all accounts together order in this round. */
function plannedUnits<State>(rows: FrameRows<State>, at: Decide): number {
  let sum = 0;
  visitOrders(rows, at, (_row, _asked, _demand, ordered) => {
    sum += ordered;
  });
  return sum;
}

/** The most units, at most `units`, that the row's cash and credit pay for at what depth asks. */
function affordableUnits(rows: AccountRows, row: number, units: number, at: Decide): number {
  const steps = at.published(rows.assetFeed);
  const quoteSteps = at.published(rows.quoteFeed);
  const wealth = riskyValue(rows, rows.risky[row], steps) + cashValue(rows, rows.cash[row], quoteSteps);
  const credit = unitsDown(
    Math.max(0, Math.floor((wealth * (rows.leverageBps - basisPoints)) / basisPoints)),
    quoteSteps,
    rows.quoteDecimals,
  );
  const most = rows.cash[row] + credit;
  if (at.quoteCash(rows.instrument, -units) <= most) return units;
  let low = 0;
  let high = units;
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2);
    if (at.quoteCash(rows.instrument, -middle) <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}

// ── booking ───────────────────────────────────────────────────────────────────────────────────────────────────

function settle<State>(rows: FrameRows<State>, at: Settle): void {
  if (!at.afterTrades) return;
  const { fills } = at;
  for (let fill = 0; fill < fills.count; fill++) {
    if (fills.order[fill] >= 0 || fills.mechanism[fill] !== at.mechanismIndex) continue;
    const row = fills.row[fill];
    const units = fills.soldUnits[fill] - fills.boughtUnits[fill];
    const received = fills.soldCash[fill] - fills.boughtCash[fill];
    const before = rows.cash[row];
    rows.risky[row] -= units;
    rows.cash[row] += received;
    at.record(tapeKinds.trade, at.mechanismIndex, row, units, Math.abs(received), rows.instrument);
    borrow(rows, at, Math.max(0, -rows.cash[row]) - Math.max(0, -before));
    if (rows.risky[row] === 0 && rows.cash[row] < 0) writeOff(rows, at, row);
  }
  if (rows.contract >= 0 && fills.count > 0) balanceContracts(rows, at);
}

/**
 * Futures sold in place of the asset are owed to the rest of the market, as a hedger's are: the accounts keep their assets, and what they hold of contracts is the
 * sum by which their exposure exceeds them. Cash is booked as if the future were delivered at the price at which it was sold, so the basis is theirs to gain or lose.
 */
function balanceContracts(rows: AccountRows, at: Settle): void {
  let more = 0;
  for (let row = 0; row < rows.risky.length; row++) more += rows.risky[row] - rows.openingRisky[row];
  const change = Math.max(0, more) - at.balance(rows.positions, rows.contract);
  if (change >= 0) at.transfer(rows.layout.restOfMarket, rows.positions, rows.contract, change);
  else at.transfer(rows.positions, rows.layout.restOfMarket, rows.contract, -change);
}

/** Cash beyond what is held is lent by `outside`, and paid back first. */
function borrow(rows: AccountRows, at: Settle, more: number): void {
  if (more > 0) at.transfer(rows.layout.outside, rows.positions, rows.quote, more);
  if (more < 0) at.transfer(rows.positions, rows.layout.outside, rows.quote, -more);
}

/** A leveraged account that a gap took below 0 owes nothing more: the lender's loss is bad debt. */
function writeOff(rows: AccountRows, at: Settle, row: number): void {
  const units = -rows.cash[row];
  const usd = valueUp(units, Math.round(at.fair(rows.quote) * stepsPerUsd), rows.quoteDecimals) / valuesPerUsd;
  at.record(tapeKinds.badDebt, at.mechanismIndex, row, units, rows.quote, usd);
  rows.cash[row] = 0;
}

/** At the end of a path: whether each floor held. */
function sayFloors<State>(rows: FrameRows<State>, at: Publish): void {
  const { strategy, state } = rows;
  if (!at.lastTick || !at.endOfTick || strategy.floor === undefined) return;
  const assetSteps = at.published(rows.assetFeed);
  const quoteSteps = at.published(rows.quoteFeed);
  const asked = { assetSteps, quoteSteps, timeMs: at.timeMs, tickMs: at.tickMs };
  for (let row = 0; row < rows.risky.length; row++) {
    const wealth = riskyValue(rows, rows.risky[row], assetSteps) + cashValue(rows, rows.cash[row], quoteSteps);
    const floor = strategy.floor(state, rows, row, asked);
    const broken = wealth < floor ? 1 : 0;
    at.record(tapeKinds.floor, at.mechanismIndex, row, wealth / valuesPerUsd, floor / valuesPerUsd, broken);
  }
}

// ── the map ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Calls `visit` with what each account trades at held prices from the opening book: once, as a trade at a held price changes no wealth. */
function visitHeld<State>(
  rows: FrameRows<State>,
  published: Float64Array,
  visit: (row: number, units: number) => void,
): void {
  const assetSteps = published[rows.assetFeed];
  const quoteSteps = published[rows.quoteFeed];
  if (assetSteps === 0 || quoteSteps === 0) return;
  const { strategy, fresh } = rows;
  const { discretion } = rows.params.execution;
  const held = { assetSteps, quoteSteps, timeMs: 0, tickMs: rows.layout.tickMs };
  strategy.reset(fresh, rows);
  strategy.observe?.(fresh, rows, held);
  for (let row = 0; row < rows.openingRisky.length; row++) {
    const risky = rows.openingRisky[row];
    const steps = countableSteps(rows, row, assetSteps);
    const asked = steps === assetSteps ? held : { ...held, assetSteps: steps };
    const units = demanded(rows, fresh, row, risky, rows.openingCash[row], asked, discretion);
    if (units !== 0) visit(row, units);
  }
}

/** The longest from a price to an order: a stroke of the clock, and as many more as the delay takes. */
function slowestMs({ everyMs, execution }: FrameParams): number {
  const { delayMs } = execution;
  return everyMs === 0 ? delayMs : everyMs * (1 + Math.ceil(delayMs / everyMs));
}

function heldUnits<State>(rows: FrameRows<State>, published: Float64Array): number {
  let sum = 0;
  visitHeld(rows, published, (_, units) => {
    sum += units;
  });
  return sum;
}

function strategyLadder<State>(name: string, rows: FrameRows<State>): Ladder {
  const { instrument, strategy } = rows;
  return {
    mechanism: name,
    // What was sold on the way down was sold at other prices than the last: wealth, and so the target, depends on the way.
    pathFree: strategy.pathFree ?? false,
    reactionMs: slowestMs(rows.params) + (strategy.answersNextTick === true ? rows.layout.tickMs : 0),
    method: strategy.method ?? `${rows.risky.length} accounts one by one, to their targets at the held price`,
    forced(published, into) {
      visitHeld(rows, published, (_, units) => {
        into.accounts++;
        if (units > 0) into.sold[instrument] += units;
        else into.bought[instrument] -= units;
      });
    },
    accounts(published, visit) {
      visitHeld(rows, published, (row, units) => visit({ row, instrument, units, badDebtUsd: 0 }));
    },
    describe: (row) => ({
      account: rows.ids.at(row) ?? String(row),
      collateral: [
        { asset: rows.asset, units: rows.openingRisky[row] },
        { asset: rows.quote, units: Math.max(0, rows.openingCash[row]) },
      ],
      debt: [{ asset: rows.quote, units: Math.max(0, -rows.openingCash[row]) }],
    }),
  };
}
