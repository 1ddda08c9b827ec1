import { readCsvTable } from "./csv-table.js";
import { parseDecimal, toNumber } from "./decimal.js";
import { type Imported, type RefusedRow, refusedRow } from "./refused-row.js";

/** One executable quote: what a router would have paid out for an amount in. */
export interface Quote {
  /** Lower-case addresses. */
  readonly source: string;
  readonly destination: string;
  /** Raw integer amounts of the tokens (1e18 wei a WETH), as far as the feed kept digits. */
  readonly amountIn: number;
  readonly amountOut: number;
  readonly timeMs: number;
}

/** The tokens of the depth curves that ship. */
export const tokens = {
  weth: { address: "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2", decimals: 18 },
  wsteth: { address: "0x7f39c581f595b53c5cb19bd0b3f8da6c935e2ca0", decimals: 18 },
  sfrxeth: { address: "0xac3e018457b222d93114458476f3e3416abbe38f", decimals: 18 },
  wbtc: { address: "0x2260fac5e5542a773aa44fbcfedf7c193bc2c599", decimals: 8 },
  usdc: { address: "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48", decimals: 6 },
} as const;

const columns = ["src", "dst", "in_amount", "out_amount", "timestamp"];

/** Reads `quotes.csv`. Refuses addresses that are none, amounts not above 0 and times that are none. `price` is not read: it is out/in in coins. */
export function importQuotes(text: string): Imported<Quote> {
  const table = readCsvTable(text, columns);
  const refused: RefusedRow[] = [...table.refused];
  const rows: Quote[] = [];
  for (const { cells, rowNumber, text: line } of table.rows) {
    const quote = readQuote(cells);
    if (typeof quote === "string") refused.push(refusedRow(rowNumber, quote, line));
    else rows.push(quote);
  }
  return { rows, refused };
}

function readQuote(cells: Readonly<Record<string, string>>): Quote | string {
  for (const name of ["src", "dst"]) if (!/^0x[0-9a-fA-F]{40}$/.test(cells[name])) return `${name} is no address`;
  const amounts: number[] = [];
  for (const name of ["in_amount", "out_amount"]) {
    const decimal = parseDecimal(cells[name]);
    if (typeof decimal === "string") return `${name}: ${decimal}`;
    if (decimal.digits <= 0n) return `${name} is not above 0`;
    amounts.push(toNumber(decimal));
  }
  if (!/^\d{9,11}$/.test(cells.timestamp)) return "timestamp is no time in seconds";
  return {
    source: cells.src.toLowerCase(),
    destination: cells.dst.toLowerCase(),
    amountIn: amounts[0],
    amountOut: amounts[1],
    timeMs: Number(cells.timestamp) * 1000,
  };
}
