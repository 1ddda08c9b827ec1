import type { Book, PositionTable } from "../book/book.js";
import { conventionSign, type SignConvention } from "../options/index.js";
import { powersOfTen } from "../rules/account-value.js";

/** One table of options of a book. */
export interface OptionTable {
  readonly protocol: string;
  /** Index of the asset that the options are on. */
  readonly asset: number;
  readonly layer: string;
  /** `size`: the dealer's own signed contracts. `open`: open interest, nobody's side. */
  readonly counts: "size" | "open";
  /** Whether each row says the dealers' side itself, in a column `sign x`. */
  readonly signedRows: boolean;
  readonly rows: number;
}

/** The columns that make a table one of options, beside its size or open interest. */
const contractRoles = ["strikeUsd", "expiryMs", "call", "volatilityShare"] as const;

const columnOf = (table: PositionTable, role: string) => table.columns.find((column) => column.role === role);

/** The tables of a book that hold options with a size or open interest, in the book's order. */
export function optionTables(book: Book): OptionTable[] {
  return book.positions.flatMap((table): OptionTable[] => {
    if (!isOptionTable(table)) return [];
    const counted = columnOf(table, "size") ?? columnOf(table, "open");
    if (counted === undefined || counted.asset < 0) return [];
    return [
      {
        protocol: table.protocol,
        asset: counted.asset,
        layer: table.layer,
        counts: counted.role === "size" ? "size" : "open",
        signedRows: counted.role === "open" && columnOf(table, "sign") !== undefined,
        rows: table.ids.length,
      },
    ];
  });
}

/** Whether a table holds contracts of options, with or without their open interest. */
export function isOptionTable(table: PositionTable): boolean {
  return contractRoles.every((role) => columnOf(table, role) !== undefined);
}

/** A row that is no option that anybody holds, and why. */
export interface LeftOutOption {
  readonly protocol: string;
  readonly account: string;
  readonly code: "strike-not-positive" | "option-expired" | "volatility-zero" | "call-wrong" | "sign-out-of-range";
  readonly message: string;
}

/** Options on one asset, row by row, with the dealers' side where it is known. */
export interface HeldOptions {
  readonly count: number;
  readonly strikeUsd: Float64Array;
  /** Milliseconds left from the book's moment. */
  readonly leftMs: Float64Array;
  /** 1 call, -1 put. */
  readonly call: Float64Array;
  /** A year's, as a share. */
  readonly volatility: Float64Array;
  /** Coins, 0 or more. */
  readonly coins: Float64Array;
  /** The dealers' share of it, -1 (short all) to 1, as declared. */
  readonly side: Float64Array;
  /** 1 where that share comes from a convention, 0 where the row's own size or sign says it. */
  readonly byConvention: Uint8Array;
  /** Rows with a size or open interest that are not among the others: none is left out silently. */
  readonly leftOut: readonly LeftOutOption[];
}

/**
 * The options of the given tables on one asset. A row whose side the book does not say has the side of its table's convention. Rows of nothing are no
 * options; contracts that have expired, and rows that are none, are left out and told.
 */
export function heldOptions(
  book: Book,
  tables: readonly OptionTable[],
  asset: number,
  conventionOf: (table: OptionTable) => SignConvention,
): HeldOptions {
  const coinUnits = powersOfTen[book.assets[asset].unitDecimals];
  const rows: number[][] = [];
  const leftOut: LeftOutOption[] = [];
  for (const one of tables) {
    const table = book.positions.find((other) => other.protocol === one.protocol);
    if (table === undefined || one.asset !== asset) continue;
    const [strike, expiry, call, volatility] = contractRoles.map((role) => columnOf(table, role)?.values ?? noValues);
    const counted = columnOf(table, one.counts)?.values ?? noValues;
    const signs = one.signedRows ? columnOf(table, "sign")?.values : undefined;
    for (let row = 0; row < counted.length; row++) {
      if (counted[row] === 0) continue;
      const wrong = wrongWith({
        strike: strike[row],
        leftMs: expiry[row],
        call: call[row],
        volatility: volatility[row],
        sign: signs?.[row],
      });
      if (wrong !== null) {
        leftOut.push({ protocol: one.protocol, account: table.ids.at(row), ...wrong });
        continue;
      }
      const own = one.counts === "size" ? Math.sign(counted[row]) : signs?.[row];
      const side = own ?? conventionSign(conventionOf(one), call[row]);
      const coins = Math.abs(counted[row]) / coinUnits;
      rows.push([strike[row], expiry[row], call[row], volatility[row], coins, side, own === undefined ? 1 : 0]);
    }
  }
  const column = (place: number) => Float64Array.from(rows, (row) => row[place]);
  return {
    count: rows.length,
    strikeUsd: column(0),
    leftMs: column(1),
    call: column(2),
    volatility: column(3),
    coins: column(4),
    side: column(5),
    byConvention: Uint8Array.from(rows, (row) => row[6]),
    leftOut,
  };
}

interface Contract {
  readonly strike: number;
  readonly leftMs: number;
  readonly call: number;
  readonly volatility: number;
  readonly sign: number | undefined;
}

/** The first reason why a row is no option; null where it is one. */
function wrongWith({
  strike,
  leftMs,
  call,
  volatility,
  sign,
}: Contract): Pick<LeftOutOption, "code" | "message"> | null {
  if (!(strike > 0)) return { code: "strike-not-positive", message: `its strike is ${strike}` };
  if (!(leftMs > 0)) return { code: "option-expired", message: "it has no time left" };
  if (!(volatility > 0)) return { code: "volatility-zero", message: `its implied volatility is ${volatility}` };
  if (call !== 1 && call !== -1) return { code: "call-wrong", message: `its call of ${call} is neither 1 nor -1` };
  if (sign !== undefined && !(sign >= -1 && sign <= 1))
    return { code: "sign-out-of-range", message: `its sign of ${sign} is not within -1 to 1` };
  return null;
}

const noValues = new Float64Array(0);
