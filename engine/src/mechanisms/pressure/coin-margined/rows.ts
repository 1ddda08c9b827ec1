import type { AccountIds } from "../../../book/account-ids.js";
import type { Book } from "../../../book/book.js";
import { assert, refuseTooLarge } from "../../../book/problem.js";
import { powersOfTen, stepsPerUsd } from "../../../rules/account-value.js";
import { CoinContract, coinMarginRule } from "../../../rules/coin-contract.js";
import { type PerpetualRule, perpetualBreachSteps } from "../../../rules/perpetual.js";
import type { Layout, Reset, Settle } from "../../../run/index.js";
import type { FundingRule } from "../perpetuals/schema.js";
import { type HolderTrades, openHolderTrades, resetHolderTrades } from "../positions/holder-trades.js";
import { openTable, type PositionTable, resetTable } from "../positions/table.js";

/** What every coin-margined exchange says of itself. */
export interface CoinMarginedTerms {
  readonly positions: string;
  readonly instrument: string;
  readonly oracle: string;
  /** US dollars of one contract; the exchange counts its quote coin at par. */
  readonly contractUsd: number;
  readonly atEquality: boolean;
  /** Fee on what a liquidation closes, in millionths. */
  readonly feeRate: number;
  /** What the insurance fund holds at the start, in dollars at the book's price; it holds the coin. */
  readonly insuranceFundUsd: number;
  readonly funding: FundingRule;
}

/** How one exchange closes accounts, deleverages and shares losses; state by row is its own. */
export interface CoinMarginedPolicy {
  /** Maintenance margin in coin units of a position's coin value. */
  maintenance(coinDecimals: number): (valueUnits: number) => number;
  /** What goes to the market now of one side's liquidatable rows, and what is taken over without a trade; see `Closes`. */
  plan(rows: CoinMarginedRows, breaching: readonly number[], side: 1 | -1, at: Closes): void;
  /** Books contracts that the market closed at a price. Returns how many were closed: at most `count`. */
  close(rows: CoinMarginedRows, at: Settle, row: number, count: number, priceSteps: number): number;
  /** Closes takeovers against others; called after the market's closes of a round were booked. */
  takeOver?(rows: CoinMarginedRows, at: Settle, taken: readonly number[]): void;
  /** Contracts that reach the market until quiet with a mark price held, of an opening row. */
  forced(rows: CoinMarginedRows, row: number, mark: number): number;
  /** A new tick began. */
  tick?(rows: CoinMarginedRows, tickMs: number): void;
  reset?(rows: CoinMarginedRows): void;
}

/** How a plan places closes. */
export interface Closes {
  /** Contracts that depth can take on that side as it stands, and the price in steps at which it takes `contracts` of them in one batch. */
  capacity(side: 1 | -1): number;
  averageSteps(side: 1 | -1, contracts: number): number;
  /** What the fund has, less what this round's orders so far may cost it. */
  fundUnits(): number;
  /** So many units of the fund are what the orders of this side may cost. */
  promise(units: number): void;
  /** Sends contracts of a row to the market. */
  toMarket(row: number, contracts: number): void;
  /** Takes the whole row over without a trade. */
  takeOver(row: number): void;
}

/** A coin-margined exchange's state. Sizes are contracts; entries and margins coin units. */
export interface CoinMarginedRows {
  readonly terms: CoinMarginedTerms;
  readonly contract: CoinContract;
  readonly rule: PerpetualRule;
  readonly maintenance: (valueUnits: number) => number;
  readonly table: PositionTable;
  readonly standingOf: Int32Array;
  standingCount: number;
  /** By row: contracts of its standing order on the market; 0 where it is taken over without a trade. */
  readonly ordered: Float64Array;
  /** By row: quote units that its orders have traded since its last whole contract was closed; less than one contract. */
  readonly carriedCash: Float64Array;
  /** Tick in which nobody was found to take the whole row over: it is not tried again before the next. */
  readonly stuckTick: Int32Array;
  /** By row: coin units closed by deleveraging on this path, at the mark. */
  readonly deleveragedUnits: Float64Array;
  readonly holderTrades: HolderTrades;
  /** What longs paid to shorts in the last interval; 0 before the first. */
  fundingRate: number;
  mark: number;
  /** Something may happen although the mark price stands still. */
  restless: boolean;
  lastTick: number;
  toldUnderwater: boolean;
  /** Coin units that nobody paid in this round. */
  uncovered: number;
  /** The row whose loss that was last. */
  uncoveredRow: number;
  readonly openingMarginUnits: number;
  readonly openingFundUnits: number;
  /** Quote units of one contract, and what turns cash over coin units into steps. */
  readonly contractCash: number;
  readonly cashToSteps: number;
  readonly coinDecimals: number;
  readonly instrument: number;
  readonly coin: number;
  readonly quote: number;
  /** The ledger's name of what the instrument trades. */
  readonly traded: number;
  readonly coinFeed: number;
  readonly quoteFeed: number;
  readonly positions: number;
  readonly engine: number;
  readonly fund: number;
  readonly layout: Layout;
  readonly ids: AccountIds | undefined;
}

/** Lays out an exchange's rows on a book. */
export function openRows(
  name: string,
  terms: CoinMarginedTerms,
  policy: CoinMarginedPolicy,
  book: Book,
  layout: Layout,
): CoinMarginedRows {
  const found = book.positions.find((one) => one.protocol === terms.positions);
  const instrument = book.instruments.findIndex((one) => one.id === terms.instrument);
  assert(found !== undefined && instrument >= 0, `positions ${terms.positions} and ${terms.instrument} exist`);
  const { asset: coin, quote } = book.instruments[instrument];
  const coinDecimals = book.assets[coin].unitDecimals;
  const quoteDecimals = book.assets[quote].unitDecimals;
  const shift = 8 + coinDecimals - quoteDecimals;
  if (!(shift >= 0 && shift <= 15)) refuseTooLarge(`${terms.instrument} needs 0 to 15 digits between coin and quote`);
  const column = (role: string, index: number) => {
    const one = found.columns.find((each) => each.role === role && each.asset === index);
    assert(one !== undefined, `positions ${terms.positions} have a column ${role}`);
    return one.values;
  };
  const contract = new CoinContract(Math.round(terms.contractUsd * stepsPerUsd), coinDecimals);
  const maintenance = policy.maintenance(coinDecimals);
  const rule = coinMarginRule(contract, maintenance, terms.atEquality);
  const contractCash = Math.round(terms.contractUsd * powersOfTen[quoteDecimals]);
  const dollars = column("size", quote);
  const entryUsd = column("entryUsd", -1);
  const margin = column("margin", coin);
  const size = Float64Array.from(dollars, (units) => Math.trunc(units / contractCash));
  const entry = Float64Array.from(size, (contracts, row) =>
    contracts === 0 ? 0 : contract.entry(contracts, Math.round(entryUsd[row] * stepsPerUsd)),
  );
  const openingMarginUnits = margin.reduce((sum, units) => sum + units, 0);
  if (!(openingMarginUnits < 2 ** 53)) refuseTooLarge(`margins of ${terms.positions} stay below 2^53 units together`);
  const table = openTable(size, entry, Float64Array.from(margin), (row) =>
    perpetualBreachSteps(rule, size[row], entry[row], margin[row]),
  );
  return {
    terms,
    contract,
    rule,
    maintenance,
    table,
    standingOf: new Int32Array(table.count).fill(-1),
    standingCount: 0,
    ordered: new Float64Array(table.count),
    carriedCash: new Float64Array(table.count),
    stuckTick: new Int32Array(table.count).fill(-1),
    deleveragedUnits: new Float64Array(table.count),
    holderTrades: openHolderTrades(),
    fundingRate: 0,
    mark: 0,
    restless: true,
    lastTick: -1,
    toldUnderwater: false,
    uncovered: 0,
    uncoveredRow: 0,
    openingMarginUnits,
    openingFundUnits: Math.floor((terms.insuranceFundUsd / book.assets[coin].priceUsd) * powersOfTen[coinDecimals]),
    contractCash,
    cashToSteps: powersOfTen[shift],
    coinDecimals,
    instrument,
    coin,
    quote,
    traded: layout.contract(instrument),
    coinFeed: layout.feed(terms.oracle, coin),
    quoteFeed: layout.feed(terms.oracle, quote),
    positions: layout.account(`${name}/positions`, "positions"),
    engine: layout.account(`${name}/engine`, "reserves"),
    fund: layout.account(`${name}/insurance fund`, "insurance-fund"),
    layout,
    ids: found.ids,
  };
}

/** Puts the rows back to the start of a path. */
export function resetRows(rows: CoinMarginedRows, policy: CoinMarginedPolicy, at: Reset): void {
  resetTable(rows.table, (row) => {
    rows.standingOf[row] = -1;
    rows.ordered[row] = 0;
    rows.carriedCash[row] = 0;
    rows.stuckTick[row] = -1;
    rows.deleveragedUnits[row] = 0;
  });
  resetHolderTrades(rows.holderTrades);
  rows.fundingRate = 0;
  rows.standingCount = 0;
  rows.mark = 0;
  rows.restless = true;
  rows.lastTick = -1;
  rows.toldUnderwater = false;
  rows.uncovered = 0;
  policy.reset?.(rows);
  at.transfer(rows.layout.issuer, rows.positions, rows.coin, rows.openingMarginUnits);
  at.transfer(rows.layout.issuer, rows.fund, rows.coin, rows.openingFundUnits);
}
