import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { importQuoteTable, indexMultiplier } from "./cboe-chain.js";
import { importDeribitChain } from "./deribit-chain.js";
import { chainBook, chainWords, type ImportedChain, leftOutWords, stemOf } from "./option-chain.js";
import type { BookFile } from "./our-format.js";
import type { RefusedRow } from "./refused-row.js";

/** Raw sets of options. */
export type ChainKind = "deribit-chain" | "cboe-chain";

/** A file of options as a book, with what was left out and why. Throws `Error` where the file is none, or no contract of it is left. */
export function importChainFile(
  kind: ChainKind,
  path: string,
  question: { readonly asset?: string; readonly atMs?: number },
): {
  readonly file: BookFile;
  readonly refused: readonly (RefusedRow & { readonly file: string })[];
  readonly notes: readonly string[];
} {
  const text = readFileSync(path, "utf8");
  const fileName = basename(path);
  const imported =
    kind === "deribit-chain" ? importDeribitChain(text, { ...question, fileName }) : importQuoteTable(text, question);
  if (imported.chain.count === 0) throw new Error(noneLeft(imported));
  const venueWords =
    kind === "deribit-chain"
      ? "one venue, one coin a contract, expiries at 08:00 UTC"
      : `one venue, ${indexMultiplier} units a contract, expiries taken at 16:00 in New York`;
  return {
    file: chainBook(imported, { name: stemOf(path), source: `file ${fileName}`, venueWords, basis: "measured" }),
    refused: imported.refused.map((row) => ({ ...row, file: fileName })),
    notes: [chainWords(imported), ...imported.notes],
  };
}

const mostTold = 20;

/** A file of which nothing is left, with the first rows and what is wrong with each. */
function noneLeft(imported: ImportedChain): string {
  const { refused } = imported;
  const told = refused.slice(0, mostTold).map(({ rowNumber, reason }) => `line ${rowNumber}: ${reason}`);
  const more = refused.length > mostTold ? [`and ${refused.length - mostTold} more`] : [];
  return [`no contract is left: ${leftOutWords(imported)}`, ...told, ...more].join("; ");
}
