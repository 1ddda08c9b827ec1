import { type AccountIds, accountIds, compareAccounts } from "./account-ids.js";
import type { PositionColumn } from "./book.js";
import { type AssetScale, columnOf, parseCell, placed, type QuantityColumn, splitHeading } from "./column.js";
import type { Problem } from "./problem.js";
import type { ProblemList } from "./problem-list.js";
import { isProblem, splitQuantity } from "./quantity.js";
import { limits, parseName } from "./schema.js";
import { isForbiddenKey, isTable } from "./shape.js";
import { clean, quote, under } from "./wording.js";

/** A position table's rows in canonical order, and its columns by role and asset. */
export interface PositionRows {
  readonly ids: AccountIds;
  readonly columns: readonly PositionColumn[];
}

/** Columns of numbers being filled, with the accounts they belong to. */
interface Filled {
  readonly accounts: readonly string[];
  readonly columns: readonly { readonly column: QuantityColumn; readonly values: Float64Array }[];
}

/**
 * Reads `columns` and `rows`. Problems: `column-missing`, `column-malformed`, `duplicate-column`, `unknown-asset`, `type-wrong`,
 * `too-many-rows`, `row-length`, `account-malformed`, `duplicate-account`, and a quantity's.
 */
export function readRows(
  headings: readonly string[],
  rows: unknown,
  path: string,
  assets: ReadonlyMap<string, AssetScale>,
  problems: ProblemList,
): PositionRows | null {
  const rowsPath = under(path, "rows");
  if (!isRowList(rows, rowsPath, problems)) return null;
  const before = problems.count;
  const accountPlace = headings.indexOf("account");
  if (accountPlace < 0) {
    const message = `there is no column "account"`;
    problems.say(
      "column-missing",
      under(path, "columns"),
      message,
      'add it, usually as the first: ["account", "collateral ETH", ...]',
    );
  }
  const filled: { column: QuantityColumn; values: Float64Array; place: number; heading: string }[] = [];
  for (const [place, heading] of headings.entries()) {
    if (place === accountPlace) continue;
    const at = under(under(path, "columns"), place);
    const column = headingColumn(heading, at, assets);
    if (isProblem(column)) problems.add(column);
    else if (filled.some((other) => sameColumn(other.column, column))) {
      problems.say("duplicate-column", at, `the column ${quote(heading)} stands there twice`, "leave one of them out");
    } else filled.push({ column, values: new Float64Array(rows.length), place, heading: clean(heading) });
  }
  if (problems.count > before) return null;
  const accounts: string[] = [];
  for (let row = 0; row < rows.length && !problems.isHopeless; row++) {
    const cells: unknown = rows[row];
    if (!Array.isArray(cells) || cells.length !== headings.length) {
      problems.add(wrongRow(cells, headings.length, under(rowsPath, row)));
      accounts[row] = "";
      continue;
    }
    const account = parseAccount(cells[accountPlace]);
    if (typeof account === "string") accounts[row] = account;
    else {
      problems.add({ ...account, path: under(under(rowsPath, row), "account") });
      accounts[row] = "";
    }
    for (const { column, values, place, heading } of filled) {
      const parsed = placed(parseCell(column, cells[place], ""), () => under(under(rowsPath, row), heading));
      values[row] = problems.take(parsed);
    }
  }
  return inOrder({ accounts, columns: filled }, rowsPath, problems);
}

/**
 * Reads the friendly form, one table per account: `{ account, collateral: ["10 ETH", "1 WBTC"], debt: "15000 DAI" }`. An amount that an
 * account does not name is 0. Problems: as `readRows`, and `duplicate-amount`, `value-missing` (a plain number that others have).
 */
export function readAccounts(
  accounts: unknown,
  path: string,
  assets: ReadonlyMap<string, AssetScale>,
  problems: ProblemList,
): PositionRows | null {
  const listPath = under(path, "accounts");
  if (!isRowList(accounts, listPath, problems)) return null;
  const names = accounts.map(() => "");
  const filled = new Map<string, { column: QuantityColumn; values: Float64Array; given: Uint8Array }>();
  const total = accounts.length;
  for (let row = 0; row < total && !problems.isHopeless; row++) {
    const account: unknown = accounts[row];
    const at = under(listPath, row);
    if (!isTable(account)) {
      const hint = 'write it like { "account": "a1", "collateral": "10 ETH" }';
      problems.say("type-wrong", at, `must be a table of keys, but is ${quote(account)}`, hint);
      continue;
    }
    const name = parseAccount(Object.hasOwn(account, "account") ? account.account : undefined);
    if (typeof name === "string") names[row] = name;
    else problems.add({ ...name, path: under(at, "account") });
    for (const [role, given] of Object.entries(account)) {
      if (role !== "account") readRole(role, given, row, under(at, role));
    }
  }
  for (const { column, given } of filled.values()) {
    const missing = column.kind === "number" ? given.indexOf(0) : -1;
    if (missing >= 0) {
      const hint = "give it to every account of the protocol, or to none";
      problems.say(
        "value-missing",
        under(under(listPath, missing), column.name),
        `other accounts have ${column.name}, this one not`,
        hint,
      );
    }
  }
  return inOrder({ accounts: names, columns: [...filled.values()] }, listPath, problems);

  function readRole(role: string, given: unknown, row: number, at: string): void {
    if (isForbiddenKey(role)) {
      problems.say("key-forbidden", at, `the key ${quote(role)} is not allowed`, "rename it");
      return;
    }
    const list: readonly unknown[] = Array.isArray(given) ? given : [given];
    if (list.length > limits.columns) {
      problems.say("list-length", at, `${list.length} amounts, at most ${limits.columns}`, "write fewer");
      return;
    }
    for (const [place, value] of list.entries()) {
      readQuantity(role, value, row, Array.isArray(given) ? under(at, place) : at);
    }
  }

  function readQuantity(role: string, value: unknown, row: number, at: string): void {
    const split = splitQuantity(value);
    if (split === null || split.unit === "") {
      // No number with a unit: the parser of amounts says best what it is instead.
      const stand = { symbol: [...assets.keys()][0] ?? "ETH", index: 0, unitDecimals: 0 };
      const wrong = parseCell({ kind: "amount", name: role, asset: stand, signed: true }, value, at);
      if (isProblem(wrong)) problems.add(wrong);
      else problems.say("unit-missing", at, `${quote(value)} has no unit`, `write it like "10 ${stand.symbol}"`);
      return;
    }
    const column = columnOf(
      role,
      split.unit,
      at,
      (symbol) => assets.get(symbol) ?? null,
      () => assets.keys(),
    );
    if (isProblem(column)) {
      problems.add(column);
      return;
    }
    const key = column.kind === "amount" ? `${role} ${split.unit}` : column.name;
    let target = filled.get(key);
    if (target === undefined) {
      if (filled.size === limits.columns) {
        problems.say("too-many-entries", at, `more than ${limits.columns} columns`, "split the table by protocol");
        return;
      }
      target = { column, values: new Float64Array(total), given: new Uint8Array(total) };
      filled.set(key, target);
    }
    if (target.given[row] === 1) {
      problems.say("duplicate-amount", at, `${quote(value)}: this account has ${clean(key)} already`, "add the two up");
      return;
    }
    target.given[row] = 1;
    target.values[row] = problems.take(parseCell(column, value, at));
  }
}

/** True for a list of at most `limits.rows`; otherwise adds `type-wrong` or `too-many-rows`. */
export function isRowList(rows: unknown, path: string, problems: ProblemList): rows is readonly unknown[] {
  if (!Array.isArray(rows)) {
    problems.say("type-wrong", path, `must be a list, but is ${quote(rows)}`, "write [[...], [...]]");
    return false;
  }
  if (rows.length <= limits.rows) return true;
  const message = `${rows.length} rows, at most ${limits.rows}`;
  problems.say("too-many-rows", path, message, "split the table, or write the book in its columnar form");
  return false;
}

/** The problem of a row that is no list, or not as long as the columns. */
export function wrongRow(cells: unknown, columns: number, path: string): Problem {
  if (!Array.isArray(cells)) {
    const message = `must be a list of ${columns} cells, but is ${quote(cells)}`;
    return { code: "type-wrong", path, message, hint: "write one list per row" };
  }
  const message = `${cells.length} cells, but there are ${columns} columns`;
  return { code: "row-length", path, message, hint: "give every column a cell" };
}

const plainAccount = /^[\x21-\x7e]{1,128}$/;

/** An account's id: text, or a whole number. Problems: `account-malformed`, and those of `parseName`. */
export function parseAccount(value: unknown): string | Problem {
  if (typeof value === "string" && plainAccount.test(value) && !isForbiddenKey(value)) return value;
  if (typeof value !== "number") return parseName(value, "", limits.accountCharacters);
  if (Number.isSafeInteger(value) && value >= 0) return String(value + 0);
  const message = `${value} is no account id`;
  return { code: "account-malformed", path: "", message, hint: "put ids that are no small whole numbers in quotes" };
}

function headingColumn(
  heading: string,
  path: string,
  assets: ReadonlyMap<string, AssetScale>,
): QuantityColumn | Problem {
  const { role, unit } = splitHeading(heading);
  if (unit === "") {
    const message = `the column ${quote(heading)} names no unit`;
    const hint =
      "write `<role> <ASSET>` for amounts, `<name> <UNIT>` for plain numbers; `x` is the unit of plain factors";
    return { code: "column-malformed", path, message, hint };
  }
  return columnOf(
    role,
    unit,
    path,
    (symbol) => assets.get(symbol) ?? null,
    () => assets.keys(),
  );
}

function sameColumn(left: QuantityColumn, right: QuantityColumn): boolean {
  if (left.name !== right.name) return false;
  return left.kind === "number" || right.kind === "number" || left.asset.symbol === right.asset.symbol;
}

/** Sorts rows by account and columns by role and asset; adds `duplicate-account`. */
function inOrder(filled: Filled, path: string, problems: ProblemList): PositionRows | null {
  if (problems.isHopeless) return null;
  const { accounts } = filled;
  const order = canonicalOrder(accounts);
  const sorted = order === null ? accounts : Array.from(order, (row) => accounts[row]);
  for (let place = 1; place < sorted.length; place++) {
    if (sorted[place] !== sorted[place - 1] || sorted[place] === "") continue;
    const row = order === null ? place : order[place];
    const message = `the account ${quote(sorted[place])} stands there twice`;
    problems.say(
      "duplicate-account",
      under(under(path, row), "account"),
      message,
      "add the two rows up, or leave one out",
    );
  }
  const columns = filled.columns.map(({ column, values }): PositionColumn => {
    const ordered = order === null ? values : Float64Array.from(order, (row) => values[row]);
    return { role: column.name, asset: column.kind === "amount" ? column.asset.index : -1, values: ordered };
  });
  columns.sort((left, right) => (left.role < right.role ? -1 : left.role > right.role ? 1 : left.asset - right.asset));
  return { ids: accountIds(sorted), columns };
}

/** The rows in canonical order of their accounts, equal ones as they stood; null where they are in order already. */
function canonicalOrder(accounts: readonly string[]): Int32Array | null {
  let inOrderAlready = true;
  for (let row = 1; row < accounts.length && inOrderAlready; row++) {
    inOrderAlready = compareAccounts(accounts[row - 1], accounts[row]) <= 0;
  }
  if (inOrderAlready) return null;
  const order = Int32Array.from(accounts, (_, row) => row);
  return order.sort((left, right) => compareAccounts(accounts[left], accounts[right]) || left - right);
}
