import { basename } from "node:path";
import { type ChainFault, type ChainRow, type ChainTerms, checkedChain, type OptionChain } from "@firebreak/engine";
import type { BookFile, LayerFile, PositionsFile } from "./our-format.js";
import { type RefusedRow, refusedRow } from "./refused-row.js";
import { utcText } from "./utc-time.js";

/** What one file of options gave: the chain of its good rows, the others with their reasons, and what was noticed. */
export interface ImportedChain {
  readonly symbol: string;
  readonly chain: OptionChain;
  readonly rowCount: number;
  readonly refused: readonly RefusedRow[];
  /** Rows left out by fault code. */
  readonly byCode: ReadonlyMap<string, number>;
  /** What is particular to the file: where its moment, its volatilities and its forwards come from. */
  readonly notes: readonly string[];
}

/** A file read into rows, before they are checked. */
export interface ChainRows {
  readonly symbol: string;
  readonly terms: ChainTerms;
  readonly rows: readonly ChainRow[];
  /** The line's text, for whoever is refused. */
  readonly textOf: ReadonlyMap<number, string>;
  /** Lines that could not be read into a row at all. */
  readonly refused: readonly RefusedRow[];
  readonly notes: readonly string[];
}

/** What every chain's layer says of what it is not. */
export const netPositionWords =
  "open interest counts contracts, not who holds which side: it holds spreads and trades between dealers, and other venues are not in it, so the net position of dealers is not known and its sign is an assumption of whoever uses it";

/** Checks a file's rows: what is wrong is left out, with a reason each, never repaired. */
export function importedChain({ symbol, terms, rows, textOf, refused, notes }: ChainRows): ImportedChain {
  const mostOpenInterest = 2 ** 53 / 10 ** unitDecimalsOf(symbol);
  const { chain, faults } = checkedChain(rows, { ...terms, mostOpenInterest });
  const byRow = new Map<string, ChainFault[]>();
  for (const fault of faults) {
    const key = `${fault.line} ${fault.contract}`;
    byRow.set(key, [...(byRow.get(key) ?? []), fault]);
  }
  const left = [...byRow.values()].map((list) => {
    const [{ line, contract }] = list;
    const reasons = list.map(({ code, message }) => `${message} (${code})`).join("; ");
    return refusedRow(line, `${plainWords(contract)}: ${reasons}`, textOf.get(line) ?? "");
  });
  const byCode = new Map<string, number>();
  for (const { code } of faults) byCode.set(code, (byCode.get(code) ?? 0) + 1);
  const unread = new Map(refused.map((row) => [row.rowNumber, row]));
  if (unread.size > 0) byCode.set("row-unreadable", unread.size);
  return {
    symbol,
    chain,
    rowCount: rows.length + refused.length,
    refused: [...unread.values(), ...left].sort((a, b) => a.rowNumber - b.rowNumber),
    byCode,
    notes: [...notes, ...volatilityNotes(chain), ...openInterestNotes(chain, symbol)],
  };
}

/** Digits after the point of one unit of an asset: fewer where contracts are of many. */
function unitDecimalsOf(symbol: string): number {
  return symbol === "BTC" ? 8 : symbol === "ETH" ? 7 : 6;
}

/** A name that may be shown: one with characters nobody can print is quoted. */
function plainWords(name: string): string {
  return /^[ -~]{1,60}$/.test(name) ? name : JSON.stringify(name.slice(0, 60));
}

/** How many rows were left out, and why, in one sentence. */
export function leftOutWords({ byCode, refused, rowCount }: ImportedChain): string {
  if (refused.length === 0) return `all ${rowCount} contracts taken`;
  const why = [...byCode].map(([code, count]) => `${count} ${code}`).join(", ");
  return `${refused.length} of ${rowCount} contracts left out (${why})`;
}

function volatilityNotes({ count, inverted }: OptionChain): string[] {
  const own = inverted.reduce((sum, one) => sum + one, 0);
  if (own === 0) return ["volatility: the file's own"];
  return [`volatility: inverted from the price for ${own} contracts, the file's own for ${count - own}`];
}

function openInterestNotes({ hasOpenInterest }: OptionChain, symbol: string): string[] {
  if (hasOpenInterest) return [];
  return [
    `the file has no open interest: the book holds contracts and volatilities, and exposures need a column "open ${symbol}"`,
  ];
}

/** What a chain's book is called and where it comes from. */
export interface ChainOrigin {
  readonly name: string;
  readonly source: string;
  /** What is particular to this venue, said in the layer: multiplier, hour of expiry. */
  readonly venueWords: string;
  readonly basis: LayerFile["basis"];
}

/** Milliseconds from the book's moment as days, so that reading them back gives the same millisecond. */
export function daysText(ms: number): number {
  return Math.ceil((ms / 86_400_000) * 1e9) / 1e9;
}

/** A contract's cells without its open interest: strike, expiry from the book's moment, side, volatility. */
function contractCells(chain: OptionChain, row: number, atMs: number): number[] {
  const percent = Number((100 * chain.volatility[row]).toFixed(4));
  return [chain.strikeUsd[row], daysText(chain.expiryMs[row] - atMs), chain.call[row], percent];
}

/** A table of contracts as the dealer mechanism reads it, nobody's side baked in; contracts in which nothing is open are no rows. */
export function chainTable(chain: OptionChain, symbol: string, layer: string, atMs = chain.atMs): PositionsFile {
  const rows = Array.from({ length: chain.count }, (_, row) => row);
  const shared = ["strike USD", "expiry day", "call x", "volatility %"];
  if (!chain.hasOpenInterest) {
    const cells = rows.map((row) => [chain.contracts[row], ...contractCells(chain, row, atMs)]);
    return { layer, columns: ["account", ...shared], rows: cells };
  }
  return {
    layer,
    columns: ["account", `open ${symbol}`, ...shared],
    rows: rows.flatMap((row) =>
      chain.openInterest[row] > 0 && chain.expiryMs[row] > atMs
        ? [[chain.contracts[row], chain.openInterest[row], ...contractCells(chain, row, atMs)]]
        : [],
    ),
  };
}

/** Expiries and open interest of a chain in words. */
export function chainWords(imported: ImportedChain): string {
  const { chain, symbol } = imported;
  const expiries = new Set(chain.expiryMs).size;
  const open = chain.openInterest.reduce((sum, one) => sum + one, 0);
  const standing = chain.openInterest.reduce((sum, one) => sum + (one > 0 ? 1 : 0), 0);
  const interest = chain.hasOpenInterest
    ? `, ${Math.round(open)} ${symbol} open in ${standing} of them`
    : ", open interest not stated";
  return `${chain.count} contracts of ${expiries} expiries${interest}; ${leftOutWords(imported)}`;
}

/** A chain as a book of its own: one row per contract, the price of the asset, no venue. */
export function chainBook(imported: ImportedChain, origin: ChainOrigin): BookFile {
  const { chain, symbol, notes } = imported;
  const at = utcText(chain.atMs);
  return {
    version: 1,
    kind: "book",
    name: origin.name,
    at,
    assets: {
      [symbol]: { unitDecimals: unitDecimalsOf(symbol), price: `${chain.spotUsd} USD` },
      USD: { unitDecimals: 6, price: "1 USD" },
    },
    instruments: { [`${symbol}/USD`]: { asset: symbol, quote: "USD", market: "spot", chain: "exchange" } },
    layers: {
      chain: {
        source: origin.source,
        asOf: at,
        coverage: [chainWords(imported), ...notes, origin.venueWords, netPositionWords].join(". "),
        coverageShare: null,
        basis: origin.basis,
      },
    },
    positions: { options: chainTable(chain, symbol, "chain") },
    venues: {},
  };
}

/** A file's name without its ending. */
export function stemOf(path: string): string {
  return basename(path).replace(/\.[A-Za-z]+$/, "");
}
