import { accountIds, type Book, compareAccounts, type PositionColumn, type PositionTable } from "../book/index.js";
import { assert, ProblemsError } from "../book/problem.js";
import { defaultUnitDecimals } from "../book/schema.js";
import { numbersOf, type Series, type SeriesTable, wordsOf } from "../book/series.js";

/** What an owner does with an account, and what the protocol does to it. */
export type EventKind = "open" | "deposit" | "withdraw" | "borrow" | "repay" | "liquidate";

/** One event of an account, in the book's units. */
export interface AccountEvent {
  /** Row of the series' table. */
  readonly row: number;
  readonly timeMs: number;
  /** Block number, or -1 where the table has none. */
  readonly block: number;
  readonly account: string;
  readonly kind: EventKind;
  /** Index into the book's assets. */
  readonly asset: number;
  readonly units: number;
}

const eventKinds: ReadonlySet<string> = new Set(["open", "deposit", "withdraw", "borrow", "repay", "liquidate"]);

/**
 * The events of a series' table in the order of time and block. Throws `ProblemsError` where the table speaks of kinds or assets unknown here, or
 * counts an asset in other units than the book.
 */
export function accountEvents(book: Book, series: Series, table: SeriesTable): readonly AccountEvent[] {
  const times = numbersOf(table, "timeMs") ?? new Float64Array(0);
  const blocks = numbersOf(table, "block");
  const amounts = numbersOf(table, "amount") ?? new Float64Array(0);
  const [kinds, accounts, symbols] = ["kind", "account", "asset"].map((name) => wordsOf(table, name) ?? []);
  const assetOf = new Map(book.assets.map((asset, index) => [asset.symbol, index]));
  for (const symbol of new Set(symbols)) {
    const asset = assetOf.get(symbol);
    const decimals = series.unitDecimals[symbol] ?? defaultUnitDecimals(symbol);
    if (asset !== undefined && book.assets[asset].unitDecimals === decimals) continue;
    const found =
      asset === undefined ? "the book has no such asset" : `the book has ${book.assets[asset].unitDecimals}`;
    refuse(`tables.${table.id}`, `${symbol} with ${decimals} decimals, but ${found}`);
  }
  return kinds.map((kind, row) => {
    if (!eventKinds.has(kind)) refuse(`tables.${table.id}.rows[${row}]`, `there is no event "${kind}"`);
    return {
      row,
      timeMs: times[row],
      block: blocks === null ? -1 : blocks[row],
      account: accounts[row],
      kind: kind as EventKind,
      asset: assetOf.get(symbols[row]) ?? -1,
      units: amounts[row],
    };
  });
}

function refuse(path: string, message: string): never {
  const hint = "take the series that belongs to the book";
  throw new ProblemsError([{ code: "series-wrong", path, message, hint }]);
}

/** Collateral and debt of one account, whole units by asset. */
export interface AccountState {
  readonly collateral: Float64Array;
  readonly debt: Float64Array;
}

/** Why an event could not be as recorded, or could only in part; nothing is cut without one of these. */
export type Discrepancy =
  /** Refused: the account held less than was withdrawn. `units`: what was missing. */
  | "collateral-below-zero"
  /** Applied: the account held `units` less than was withdrawn, no more than cutting the amounts of its events to whole units explains. */
  | "rounded-amount"
  /** Refused: the account was opened twice. */
  | "account-open"
  /** Applied up to the debt: `units` more were repaid than the account owed by the record (accrued fees, where debts leave them out). */
  | "repaid-beyond-debt"
  /** Applied up to the collateral or debt: `units` more were seized or covered than the record had (rounded amounts; accrued fees). */
  | "liquidated-beyond-account"
  /** Applied to an empty account: it is not in the book and was not opened since, so what it held before is not known. */
  | "account-before-unknown";

/** What `apply` has to say of an event. */
export interface EventNote {
  readonly event: AccountEvent;
  readonly code: Discrepancy;
  /** False: nothing of the event was applied. */
  readonly applied: boolean;
  readonly units: number;
}

/** The accounts of one protocol while their events are applied one by one. */
export class AccountStates {
  private readonly states = new Map<string, AccountState>();
  /** Events applied so far by account: each amount was cut by less than a unit, and so was the book's. */
  private readonly counts = new Map<string, number>();
  private readonly table: PositionTable;
  /** By asset: whether the table counts it as debt. */
  private readonly isDebt: readonly boolean[];

  constructor(
    private readonly book: Book,
    protocol: string,
  ) {
    const table = book.positions.find((one) => one.protocol === protocol);
    assert(table !== undefined, `positions ${protocol} are in the book`);
    this.table = table;
    this.isDebt = book.assets.map((_, asset) => this.column("debt", asset) !== undefined);
    for (let row = 0; row < table.ids.length; row++) {
      const of = (role: string) =>
        Float64Array.from(book.assets, (_, asset) => this.column(role, asset)?.values[row] ?? 0);
      this.states.set(table.ids.at(row), { collateral: of("collateral"), debt: of("debt") });
    }
  }

  private column(role: string, asset: number): PositionColumn | undefined {
    return this.table.columns.find((column) => column.role === role && column.asset === asset);
  }

  /** The account as it is now, or undefined where it is not known. */
  get(account: string): AccountState | undefined {
    return this.states.get(account);
  }

  /** Applies one event; returns what does not fit, or null. */
  apply(event: AccountEvent): EventNote | null {
    const { account, asset, kind, units } = event;
    const note = (code: Discrepancy, applied: boolean, by: number): EventNote => ({ event, code, applied, units: by });
    const known = this.states.get(account);
    if (kind === "open") {
      if (known !== undefined) return note("account-open", false, 0);
      this.open(account);
      return null;
    }
    const state = known ?? this.open(account);
    const rounding = (this.counts.get(account) ?? 0) + 2;
    this.counts.set(account, rounding - 1);
    const unknown = known === undefined ? note("account-before-unknown", true, 0) : null;
    const held = state.collateral[asset];
    const owed = state.debt[asset];
    switch (kind) {
      case "deposit":
        state.collateral[asset] = held + units;
        return unknown;
      case "borrow":
        state.debt[asset] = owed + units;
        return unknown;
      case "withdraw":
        if (units > held + rounding) return note("collateral-below-zero", false, units - held);
        state.collateral[asset] = Math.max(0, held - units);
        return units > held ? note("rounded-amount", true, units - held) : unknown;
      case "repay":
        state.debt[asset] = Math.max(0, owed - units);
        return units > owed ? note("repaid-beyond-debt", true, units - owed) : unknown;
      case "liquidate": {
        const column = this.isDebt[asset] ? state.debt : state.collateral;
        const before = column[asset];
        column[asset] = Math.max(0, before - units);
        return units > before ? note("liquidated-beyond-account", true, units - before) : unknown;
      }
      default:
        return kind satisfies never;
    }
  }

  private open(account: string): AccountState {
    const empty = () => new Float64Array(this.book.assets.length);
    const state = { collateral: empty(), debt: empty() };
    this.states.set(account, state);
    return state;
  }

  /** The position table as the accounts are now, in canonical order; the columns are those of the book, widened where accounts now hold more assets. */
  toTable(): PositionTable {
    const ids = [...this.states.keys()].sort(compareAccounts);
    const columns: PositionColumn[] = [];
    for (const role of ["collateral", "debt"] as const) {
      this.book.assets.forEach((_, asset) => {
        const values = Float64Array.from(ids, (id) => this.states.get(id)?.[role][asset] ?? 0);
        if (this.column(role, asset) !== undefined || values.some((units) => units > 0))
          columns.push({ role, asset, values });
      });
    }
    return { ...this.table, ids: accountIds(ids), columns };
  }
}
