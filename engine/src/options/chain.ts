import { impliedVolatility } from "./implied-volatility.js";
import { parityOf } from "./parity.js";

/** One contract as a file states it; null where the file says nothing. */
export interface ChainRow {
  readonly contract: string;
  /** Line of the file, 1 being its first. */
  readonly line: number;
  readonly strikeUsd: number;
  readonly expiryMs: number;
  readonly isCall: boolean;
  /** Prices in what the chain is quoted in. */
  readonly bid: number | null;
  readonly ask: number | null;
  /** The venue's own price of the contract. */
  readonly mark: number | null;
  /** A year's, as a share: 0.7 is 70 %. */
  readonly volatility: number | null;
  /** Units of the asset: contracts times their multiplier. */
  readonly openInterest: number | null;
  /** Price of the underlying future of this expiry. */
  readonly forwardUsd: number | null;
  /** What else tells contracts of one expiry, strike and side apart: SPX settles at the opening, SPXW at the close of one day. */
  readonly series?: string;
}

/** What holds for all rows of a chain. */
export interface ChainTerms {
  /** Moment at which it was recorded, milliseconds since 1970. */
  readonly atMs: number;
  readonly spotUsd: number;
  /** Prices are in coins of the asset (Deribit) or in dollars. */
  readonly quotedIn: "coin" | "usd";
  /** Whether the file lists strikes in rising order within an expiry. */
  readonly inOrder: boolean;
  /** Prices are written in steps of this: an arbitrage bound counts as broken beyond one step. */
  readonly priceStep: number;
  /** Open interest from here on is too large to count, in units of the asset. */
  readonly mostOpenInterest?: number;
}

/** What can be wrong with a row of a chain. */
export type ChainFaultCode =
  | "number-malformed"
  | "strike-not-positive"
  | "price-negative"
  | "quotes-crossed"
  | "volatility-zero"
  | "volatility-missing"
  | "volatility-out-of-range"
  | "option-expired"
  | "open-interest-negative"
  | "open-interest-missing"
  | "open-interest-too-large"
  | "contract-twice"
  | "strikes-out-of-order"
  | "price-below-intrinsic"
  | "price-above-bound";

/** One thing that is wrong with one row. The row is left out of the chain. */
export interface ChainFault {
  readonly code: ChainFaultCode;
  readonly line: number;
  readonly contract: string;
  readonly message: string;
}

/** Options of one asset at one moment, column by column: only rows of which nothing is wrong. */
export interface OptionChain extends ChainTerms {
  readonly count: number;
  readonly contracts: readonly string[];
  readonly strikeUsd: Float64Array;
  readonly expiryMs: Float64Array;
  /** 1 call, -1 put. */
  readonly call: Float64Array;
  /** In what the chain is quoted in; 0 where nobody quotes. */
  readonly bid: Float64Array;
  readonly ask: Float64Array;
  readonly mark: Float64Array;
  /** A year's, as a share. */
  readonly volatility: Float64Array;
  /** 1 where the volatility is inverted from the price, 0 where the file gives it. */
  readonly inverted: Uint8Array;
  /** Units of the asset; all 0 where the file has none. */
  readonly openInterest: Float64Array;
  /** Whether the file says how many contracts are open: without it there is no exposure. */
  readonly hasOpenInterest: boolean;
  /** Price at which each row's expiry was taken to stand: the file's own, by put-call parity, or spot. */
  readonly forwardUsd: Float64Array;
}

/** A chain and everything that was left out of it. A row may have several faults. */
export interface CheckedChain {
  readonly chain: OptionChain;
  /** By line. */
  readonly faults: readonly ChainFault[];
}

const msPerYear = 365 * 86_400_000;

/** Volatilities that are a contract's, as shares a year: 0.0001 % to 100,000 %. A mistake of units or a price that says nothing lies beyond. */
const leastVolatility = 1e-6;
const mostVolatility = 1000;

/** Collects faults and knows which rows have one. */
class Faults {
  readonly list: ChainFault[] = [];
  readonly #bad = new Set<ChainRow>();

  say(row: ChainRow, code: ChainFaultCode, message: string): void {
    this.list.push({ code, line: row.line, contract: row.contract, message });
    this.#bad.add(row);
  }

  isGood(row: ChainRow): boolean {
    return !this.#bad.has(row);
  }
}

/**
 * Checks every row of a chain and keeps the good ones, in their order. Nothing is repaired: a row that is crossed, expired, twice there, out of order, outside
 * the bounds of its price (call: between max(0, D (F - K)) and D F; put: max(0, D (K - F)) and D K; Merton 1973, theorem 1) or without a volatility
 * is left out and told. A volatility that the file does not give is inverted from the mark, or where there is none from the middle of the quotes.
 */
export function checkedChain(rows: readonly ChainRow[], terms: ChainTerms): CheckedChain {
  const faults = new Faults();
  const hasOpenInterest = rows.some((row) => row.openInterest !== null);
  for (const row of rows) checkAlone(row, terms, hasOpenInterest, faults);
  checkTwice(rows, faults);
  if (terms.inOrder) checkOrder(rows, faults);
  const priced = checkPrices(rows, terms, faults);
  const order = (a: ChainFault, b: ChainFault) => a.line - b.line;
  return { chain: columnsOf(priced, terms, hasOpenInterest), faults: [...faults.list].sort(order) };
}

function checkAlone(
  row: ChainRow,
  { atMs, mostOpenInterest }: ChainTerms,
  hasOpenInterest: boolean,
  faults: Faults,
): void {
  const { strikeUsd, expiryMs, bid, ask, mark, volatility, openInterest, forwardUsd } = row;
  const numbers = {
    strike: strikeUsd,
    expiry: expiryMs,
    bid,
    ask,
    mark,
    volatility,
    openInterest,
    forward: forwardUsd,
  };
  const strange = Object.entries(numbers).filter(([, value]) => value !== null && !Number.isFinite(value));
  for (const [name] of strange) faults.say(row, "number-malformed", `its ${name} is no number`);
  if (strange.length > 0) return;
  if (strikeUsd <= 0) faults.say(row, "strike-not-positive", `its strike is ${strikeUsd}`);
  if (forwardUsd !== null && forwardUsd <= 0)
    faults.say(row, "price-negative", `its underlying stands at ${forwardUsd}`);
  for (const [name, price] of [
    ["bid", bid],
    ["ask", ask],
    ["mark", mark],
  ] as const)
    if (price !== null && price < 0) faults.say(row, "price-negative", `its ${name} is ${price}`);
  if (bid !== null && ask !== null && bid > ask)
    faults.say(row, "quotes-crossed", `its bid of ${bid} is above its ask of ${ask}`);
  if (volatility !== null && volatility <= 0)
    faults.say(row, "volatility-zero", `its implied volatility is ${volatility}`);
  else if (volatility !== null) checkVolatility(row, volatility, faults);
  if (expiryMs <= atMs) faults.say(row, "option-expired", "it had expired when the chain was recorded");
  if (openInterest !== null && openInterest < 0)
    faults.say(row, "open-interest-negative", `its open interest is ${openInterest}`);
  if (openInterest === null && hasOpenInterest)
    faults.say(row, "open-interest-missing", "its open interest is missing, and other rows have one");
  if (openInterest !== null && mostOpenInterest !== undefined && openInterest >= mostOpenInterest)
    faults.say(row, "open-interest-too-large", `its open interest of ${openInterest} is too large to count`);
}

/** Whether a volatility above 0 is one that a contract can have; says so where it is not. */
function checkVolatility(row: ChainRow, volatility: number, faults: Faults): boolean {
  if (volatility >= leastVolatility && volatility <= mostVolatility) return true;
  const percent = Number((100 * volatility).toPrecision(4));
  faults.say(
    row,
    "volatility-out-of-range",
    `its implied volatility of ${percent} % is not within 0.0001 % to 100,000 %`,
  );
  return false;
}

function checkTwice(rows: readonly ChainRow[], faults: Faults): void {
  const first = new Map<string, ChainRow>();
  for (const row of rows) {
    const key = `${row.expiryMs}/${row.strikeUsd}/${row.isCall}/${row.series ?? ""}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, row);
    else faults.say(row, "contract-twice", `line ${before.line} has the same expiry, strike and side`);
  }
}

/** Of each expiry, side and series, the fewest rows that leave the strikes of the rest rising are out of order. */
function checkOrder(rows: readonly ChainRow[], faults: Faults): void {
  for (const list of grouped(rows, (row) => `${row.expiryMs}/${row.isCall}/${row.series ?? ""}`).values()) {
    const listed = list.filter((row) => Number.isFinite(row.strikeUsd));
    const kept = longestRise(listed.map((row) => row.strikeUsd));
    listed.forEach((row, place) => {
      if (kept.has(place)) return;
      faults.say(row, "strikes-out-of-order", `its strike of ${row.strikeUsd} breaks the rising order of its expiry`);
    });
  }
}

/** Places of a longest part that never falls. Source: Fredman (1975), "On computing the length of longest increasing subsequences". */
function longestRise(values: readonly number[]): ReadonlySet<number> {
  const ends: number[] = [];
  const before = new Int32Array(values.length).fill(-1);
  values.forEach((value, place) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (values[ends[middle]] <= value) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before[place] = ends[low - 1];
    ends[low] = place;
  });
  const kept = new Set<number>();
  for (let place = ends[ends.length - 1] ?? -1; place >= 0; place = before[place]) kept.add(place);
  return kept;
}

/** A good row with what its price came to. */
interface Priced {
  readonly row: ChainRow;
  readonly forwardUsd: number;
  readonly volatility: number;
  readonly inverted: boolean;
}

function checkPrices(rows: readonly ChainRow[], terms: ChainTerms, faults: Faults): Priced[] {
  const good = rows.filter((row) => faults.isGood(row));
  const parities = new Map(
    [...grouped(good, (row) => row.expiryMs)].map(([expiry, list]) => [expiry, parityOf(list, terms)]),
  );
  return good.flatMap((row): Priced[] => {
    const parity = parities.get(row.expiryMs) ?? { forwardUsd: terms.spotUsd, discount: 1 };
    const forwardUsd = row.forwardUsd ?? parity.forwardUsd;
    checkBounds(row, terms, forwardUsd, parity.discount, faults);
    if (!faults.isGood(row)) return [];
    if (row.volatility !== null) return [{ row, forwardUsd, volatility: row.volatility, inverted: false }];
    const volatility = invertedVolatility(row, terms, forwardUsd, parity.discount, faults);
    return volatility === null ? [] : [{ row, forwardUsd, volatility, inverted: true }];
  });
}

/** A venue's mark must lie within the bounds; of quotes alone the ask must reach the lower one and the bid must not pass the upper one. */
function checkBounds(row: ChainRow, terms: ChainTerms, forward: number, discount: number, faults: Faults): void {
  const { strikeUsd, isCall, mark, bid, ask } = row;
  const scale = terms.quotedIn === "coin" ? 1 / forward : discount;
  const intrinsic = scale * Math.max(0, isCall ? forward - strikeUsd : strikeUsd - forward);
  const bound = scale * (isCall ? forward : strikeUsd);
  const highest = mark ?? ask;
  const lowest = mark ?? bid;
  const told = (value: number) => Number(value.toPrecision(6));
  // An ask of 0 is nobody's offer; a venue's own price of 0 is a price.
  if (highest !== null && (highest > 0 || mark !== null) && highest < intrinsic - terms.priceStep)
    faults.say(
      row,
      "price-below-intrinsic",
      `its price of ${highest} is below its intrinsic value of ${told(intrinsic)}`,
    );
  if (lowest !== null && lowest > bound + terms.priceStep)
    faults.say(
      row,
      "price-above-bound",
      `its price of ${lowest} is above ${told(bound)}, which such an option never exceeds`,
    );
}

function invertedVolatility(
  row: ChainRow,
  terms: ChainTerms,
  forward: number,
  discount: number,
  faults: Faults,
): number | null {
  const { isCall, strikeUsd } = row;
  const price = row.mark ?? middleOf(row);
  if (price === null || price === 0) {
    const why = price === null ? "there is no price to invert" : "its price is 0, to which no volatility leads";
    faults.say(row, "volatility-missing", `it states no volatility, and ${why}`);
    return null;
  }
  const years = (row.expiryMs - terms.atMs) / msPerYear;
  const usd = terms.quotedIn === "coin" ? price * forward : price;
  const found = impliedVolatility(isCall, usd, forward, strikeUsd, years, terms.quotedIn === "coin" ? 1 : discount);
  if (typeof found === "number" && found > 0) return checkVolatility(row, found, faults) ? found : null;
  faults.say(row, "volatility-missing", `it states no volatility, and none leads to its price of ${price}`);
  return null;
}

/** The middle of two quotes; null where a side is not quoted. */
function middleOf({ bid, ask }: ChainRow): number | null {
  return bid === null || ask === null || bid === 0 || ask === 0 ? null : (bid + ask) / 2;
}

function columnsOf(priced: readonly Priced[], terms: ChainTerms, hasOpenInterest: boolean): OptionChain {
  const column = (of: (one: Priced) => number) => Float64Array.from(priced, of);
  return {
    ...terms,
    count: priced.length,
    contracts: priced.map(({ row }) => row.contract),
    strikeUsd: column(({ row }) => row.strikeUsd),
    expiryMs: column(({ row }) => row.expiryMs),
    call: column(({ row }) => (row.isCall ? 1 : -1)),
    bid: column(({ row }) => row.bid ?? 0),
    ask: column(({ row }) => row.ask ?? 0),
    mark: column(({ row }) => row.mark ?? 0),
    volatility: column((one) => one.volatility),
    inverted: Uint8Array.from(priced, (one) => (one.inverted ? 1 : 0)),
    openInterest: column(({ row }) => row.openInterest ?? 0),
    hasOpenInterest,
    forwardUsd: column((one) => one.forwardUsd),
  };
}

function grouped<Key>(rows: readonly ChainRow[], keyOf: (row: ChainRow) => Key): Map<Key, ChainRow[]> {
  const groups = new Map<Key, ChainRow[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
