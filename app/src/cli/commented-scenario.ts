import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { type Book, type OptionTable, optionTables, type PositionTable } from "@firebreak/engine";
import { packageRoot } from "./package-root.js";

/**
 * The comment by which editors find the schema and complete: relative inside the checkout, absolute elsewhere; nothing where no schema was
 * installed. It stands behind the version, which comes first.
 */
function schemaLine(folder: string): string {
  const schema = join(packageRoot, "schemas", "scenario.schema.json");
  if (!existsSync(schema)) return "";
  const inside = !relative(packageRoot, folder).startsWith("..");
  const place = inside ? relative(folder, schema).split(sep).join("/") : pathToFileURL(schema).href;
  return `# yaml-language-server: $schema=${place}\n`;
}

/** A scenario for `firebreak new`: every part once, with a comment on what it is for. Fits on a screen and runs as it stands. It will stand in `folder`. */
export function commentedScenario(name: string, folder: string): string {
  return `version: 1
${schemaLine(folder)}name: ${name}
summary: Three loans against ETH, one order book, a fall of 30 %

# What exists at one moment. For your own: firebreak import csv ... --out book.json, then \`book: book.json\`.
book:
  name: ${name}
  at: 2024-01-01T00:00:00Z
  assets: { ETH: { price: 2000 USD }, USD: { price: 1 USD } }
  instruments: { ETH/USD: { asset: ETH, quote: USD } }
  layers: # where each part comes from; basis: measured, borrowed (another date) or assumed
    invented: { source: an example, asOf: 2024-01-01T00:00:00Z, coverage: all there is, coverageShare: 1, basis: assumed }
  positions:
    lender:
      layer: invented
      accounts:
        - { account: safe, collateral: 100 ETH, debt: 40000 USD }
        - { account: tight, collateral: 100 ETH, debt: 120000 USD }
        - { account: tighter, collateral: 100 ETH, debt: 150000 USD }
  venues:
    market: # how much may be sold until the price has moved so far, cumulative; it refills once an hour
      kind: order-book
      instrument: ETH/USD
      layer: invented
      bids: [[-1%, 200 ETH], [-10%, 1000 ETH], [-50%, 4000 ETH]]
      asks: [[1%, 200 ETH], [10%, 1000 ETH], [50%, 4000 ETH]]
      refill: 1 /h

clock: { tick: 5 min, duration: 2 h }

prices: # how the world outside moves
  shock: { kind: line, moves: { ETH: -30% }, over: 1 h }

pressure: # who must sell: the positions above, by this rule
  lender: { kind: lending, threshold: { ETH: 85% }, bonus: { ETH: 5% } }
`;
}

/** A scenario in `folder` around a book of one's own (`path` from there): its loans under one rule, the price of its first traded asset falling. */
export function scenarioAround(name: string, book: Book, path: string, folder: string): string {
  const traded = book.instruments[0] === undefined ? undefined : book.assets[book.instruments[0].asset].symbol;
  const loans = book.positions.filter((table) => collaterals(book, table).length > 0);
  const entries = [
    ...loans.map((table) => loanEntry(book, table)),
    ...optionTables(book).map((table) => dealerEntry(book, table)),
  ];
  return `version: 1
${schemaLine(folder)}name: ${name}
summary: ${JSON.stringify(`${book.name}, a fall of 30 %`)}

book: ${JSON.stringify(path)}

clock: { tick: 1 min, duration: 1 day }
${
  traded === undefined
    ? ""
    : `
prices: # how the world outside moves; afterwards the price stays
  shock: { kind: line, moves: { ${traded}: -30% }, over: 1 h }
`
}
${entries.length === 0 ? "# pressure: no loans in this book\n" : `pressure: # ASSUMED: ${loans.length === 0 ? "nobody publishes which side dealers hold" : "put your protocol's own thresholds and bonuses here"}\n`}${entries.join("")}`;
}

/** A dealer who hedges a table of options on the first instrument of its asset; the side of open interest is an assumption to be changed. */
function dealerEntry(book: Book, { protocol, asset, counts, signedRows }: OptionTable): string {
  const instrument = book.instruments.find((one) => one.asset === asset);
  if (instrument === undefined) return "";
  const sign = counts === "open" && !signedRows ? ", sign: short-all" : "";
  return `  ${JSON.stringify(protocol)}: { kind: dealer, instrument: ${JSON.stringify(instrument.id)}${sign} }\n`;
}

function collaterals(book: Book, table: PositionTable): string[] {
  return table.columns.flatMap(({ role, asset }) => (role === "collateral" ? [book.assets[asset].symbol] : []));
}

function loanEntry(book: Book, table: PositionTable): string {
  const each = (share: string) =>
    collaterals(book, table)
      .map((symbol) => `${symbol}: ${share}`)
      .join(", ");
  return `  ${JSON.stringify(table.protocol)}: { kind: lending, threshold: { ${each("80%")} }, bonus: { ${each("5%")} } }\n`;
}
