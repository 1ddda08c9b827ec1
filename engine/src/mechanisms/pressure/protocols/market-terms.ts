import { z } from "zod";
import { type Book, quantity } from "../../../book/index.js";
import type { Fault } from "../../definition.js";

/** Terms by asset symbol as a scenario may write them: shares. */
export function perSymbol() {
  return z.record(z.string(), quantity.share({ bare: true, most: 10 })).optional();
}

/** Whether a market's asset is what a book calls `symbol`: the same name, or a wrapped coin for the coin. */
export function symbolIn(marketAsset: string, symbol: string): boolean {
  const wrapped: Readonly<Record<string, readonly string[]>> = { ETH: ["WETH"], BTC: ["WBTC"] };
  return marketAsset === symbol || (wrapped[symbol]?.includes(marketAsset) ?? false);
}

/** Symbols of which some account of a table holds more than nothing on one side. */
export function heldSymbols(book: Book, positions: string, role: "collateral" | "debt"): readonly string[] {
  const table = book.positions.find(({ protocol }) => protocol === positions);
  return (table?.columns ?? [])
    .filter((column) => column.role === role && column.values.some((units) => units > 0))
    .map((column) => book.assets[column.asset].symbol);
}

/** A table of a lending protocol without a collateral or without a debt column. */
export function missingColumns(book: Book, positions: string): Fault[] {
  const table = book.positions.find(({ protocol }) => protocol === positions);
  if (table === undefined) return [];
  return (["collateral", "debt"] as const)
    .filter((role) => !table.columns.some((column) => column.role === role))
    .map((role) => ({
      code: "column-missing",
      key: "positions",
      message: `the positions ${positions} have no ${role} column`,
      hint: `give accounts their ${role}, like "10 ETH"`,
    }));
}

/**
 * Sides of a protocol of one pair of which nothing is known: nobody holds (owes) anything, and what is written has no column in the table. `debtKey`: how the
 * protocol calls what is owed.
 */
export function unknownPair(
  book: Book,
  positions: string,
  pair: { readonly collateral: string | undefined; readonly debt: string | undefined },
  debtKey = "debt",
): Fault[] {
  const columns = book.positions.find(({ protocol }) => protocol === positions)?.columns ?? [];
  return (["collateral", "debt"] as const).flatMap((role) => {
    const named = columns.filter((column) => column.role === role).map(({ asset }) => book.assets[asset].symbol);
    if (named.length === 0 || named.includes(pair[role] ?? "") || heldSymbols(book, positions, role).length > 0)
      return [];
    const key = role === "debt" ? debtKey : role;
    return [
      {
        code: "term-missing",
        key,
        message: `no account of ${positions} ${role === "debt" ? "owes" : "holds"} anything, so its ${role} asset is not known`,
        hint: `write ${key}: ${named[0]}`,
      },
    ];
  });
}

/** Assets that accounts hold and for which neither the scenario nor its market says a term. */
export function missingTerms(
  key: string,
  terms: Readonly<Record<string, number>>,
  symbols: readonly string[],
  market: string | undefined,
): Fault[] {
  return symbols
    .filter((symbol) => terms[symbol] === undefined)
    .map((symbol) => ({
      code: "term-missing",
      key: `${key}.${symbol}`,
      message:
        market === undefined
          ? `accounts hold ${symbol}, and no ${key} is written for it`
          : `accounts hold ${symbol}, and market ${market} has no ${key} for it`,
      hint: `write ${key}: { ${symbol}: 80% }`,
    }));
}
