import type { Problem } from "./problem.js";
import {
  isProblem,
  parseAmount,
  parseDuration,
  parseNumber,
  parseRate,
  parseShare,
  parseUsd,
  plainUnits,
} from "./quantity.js";
import { isForbiddenKey } from "./shape.js";
import { quote, suggestion } from "./wording.js";

/** What amounts of an asset are counted in, and its place in the book. */
export interface AssetScale {
  readonly symbol: string;
  readonly index: number;
  readonly unitDecimals: number;
}

/** A column of amounts of one asset. */
export interface AmountColumn {
  readonly kind: "amount";
  readonly name: string;
  readonly asset: AssetScale;
  readonly signed: boolean;
}

/** A column of numbers in one plain unit; its name carries the unit. */
export interface PlainColumn {
  readonly kind: "number";
  readonly name: string;
  readonly unit: string;
}

/** A column of amounts or of plain numbers. */
export type QuantityColumn = AmountColumn | PlainColumn;

/** Roles that always hold amounts, with whether they may be negative. */
const amountRoles: ReadonlyMap<string, boolean> = new Map([
  ["collateral", false],
  ["debt", false],
  ["margin", false],
  ["cash", true],
  ["size", true],
]);

/** What a plain unit adds to a column's name: `entry USD` becomes `entryUsd`. */
const nameEndings: ReadonlyMap<string, string> = new Map([
  ["USD", "Usd"],
  ["gwei", "Gwei"],
  ["%", "Share"],
  ["bps", "Share"],
  ["x", ""],
  ["ms", "Ms"],
  ["s", "Ms"],
  ["min", "Ms"],
  ["h", "Ms"],
  ["day", "Ms"],
  ["/s", "PerHour"],
  ["/min", "PerHour"],
  ["/h", "PerHour"],
  ["/day", "PerHour"],
]);

const roleWord = /^[a-z][A-Za-z0-9]{0,63}$/;

/**
 * What a column `<role> <UNIT>` holds: amounts where the unit is an asset, plain numbers where it is a plain unit (USD beside the roles
 * collateral, debt, margin, cash and size). `scaleOf` finds an asset. Problems: `column-malformed`, `unknown-asset`, `key-forbidden`.
 */
export function columnOf(
  role: string,
  unit: string,
  path: string,
  scaleOf: (symbol: string) => AssetScale | null,
  symbols: () => Iterable<string>,
  alwaysSigned = false,
): QuantityColumn | Problem {
  if (isForbiddenKey(role)) {
    return {
      code: "key-forbidden",
      path,
      message: `the name ${quote(role)} is not allowed`,
      hint: "rename the column",
    };
  }
  if (!roleWord.test(role)) {
    const hint = "write one word in camelCase and a unit, like `collateral ETH` or `entry USD`";
    return { code: "column-malformed", path, message: `${quote(role)} is no name of a column`, hint };
  }
  const roleIsSigned = amountRoles.get(role);
  const ending = nameEndings.get(unit);
  if (ending !== undefined && roleIsSigned === undefined) return { kind: "number", name: role + ending, unit };
  const asset = scaleOf(unit);
  if (asset !== null) {
    return { kind: "amount", name: role, asset, signed: alwaysSigned || (roleIsSigned ?? false) };
  }
  const message = `${quote(unit)} is no asset of this file${roleIsSigned === undefined ? " and no unit" : ""}`;
  const names = roleIsSigned === undefined ? [...symbols(), "USD", ...plainUnits] : symbols();
  return { code: "unknown-asset", path, message, hint: suggestion(unit, names) };
}

/** Splits a column's heading at its last blank; a heading of one word has an empty unit. */
export function splitHeading(heading: string): { readonly role: string; readonly unit: string } {
  const text = heading.trim();
  const blank = text.lastIndexOf(" ");
  return blank < 0 ? { role: text, unit: "" } : { role: text.slice(0, blank).trim(), unit: text.slice(blank + 1) };
}

/** Units that columns are kept in, so that a bare number needs no conversion. */
const baseUnits: ReadonlySet<string> = new Set(["USD", "gwei", "x", "/h"]);

const bareNumber = /^[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?$/;

/** A cell of a column, its unit given by the heading or repeated in the cell. Problems: a quantity's. */
export function parseCell(column: QuantityColumn, cell: unknown, path: string): number | Problem {
  if (column.kind === "amount") {
    const { asset, signed } = column;
    return parseAmount(cell, asset.symbol, asset.unitDecimals, path, { signed, bare: true });
  }
  if (typeof cell === "number" && baseUnits.has(column.unit)) {
    const { least, most } = columnRange(column);
    if (cell >= least && cell <= most) return cell + 0;
  }
  return parsePlain(column.unit, withUnit(cell, column.unit), path);
}

/** Gives a bare number the unit that its heading names; anything else is judged as it is. */
function withUnit(cell: unknown, unit: string): unknown {
  if (typeof cell === "number" && Number.isFinite(cell)) return `${cell} ${unit}`;
  if (typeof cell === "string" && bareNumber.test(cell.trim())) return `${cell.trim()} ${unit}`;
  return cell;
}

/** A number in one of the plain units: dollars, gas, durations and rates at 0 or more, shares and factors of either sign. */
function parsePlain(unit: string, cell: unknown, path: string): number | Problem {
  const ending = nameEndings.get(unit);
  if (ending === "Usd") return parseUsd(cell, path);
  if (ending === "Share") return parseShare(cell, path, { least: -1e6, most: 1e6 });
  if (ending === "Ms") return parseDuration(cell, path);
  if (ending === "PerHour") return parseRate(cell, path);
  return parseNumber(cell, unit, path, ending === "Gwei" ? { least: 0 } : {});
}

/** The problem at its place: cells are parsed without a path, which is made only where something is wrong. */
export function placed(parsed: number | Problem, path: () => string): number | Problem {
  return isProblem(parsed) ? { ...parsed, path: path() } : parsed;
}

/** What a column's values must lie in: the same bounds as `parseCell` keeps, for columns that come as numbers. */
export function columnRange(column: QuantityColumn): {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
} {
  const most = Number.MAX_SAFE_INTEGER;
  if (column.kind === "amount") return { least: column.signed ? -most : 0, most, whole: true };
  const ending = nameEndings.get(column.unit);
  if (ending === "Ms") return { least: 0, most, whole: true };
  if (ending === "Share") return { least: -1e6, most: 1e6, whole: false };
  return { least: ending === "" ? -Number.MAX_VALUE : 0, most: Number.MAX_VALUE, whole: false };
}
