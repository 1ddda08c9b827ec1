/** The files that this project ships and reads, as its importers write them. The schema that reads them back is the engine's. */

/** What a figure rests on. */
export interface LayerFile {
  readonly source: string;
  /** ISO UTC. */
  readonly asOf: string;
  readonly coverage: string;
  /** 0 to 1; null where nobody knows. */
  readonly coverageShare: number | null;
  readonly basis: "measured" | "borrowed" | "assumed";
}

/** A level of a depth curve: relative price as a signed per cent of fair value, cumulative amount with its asset. */
export type LevelFile = readonly [relativePrice: string, amount: string];

/** A measured order-book curve. */
export interface OrderBookFile {
  readonly kind: "order-book";
  readonly instrument: string;
  readonly layer: string;
  readonly bids: readonly LevelFile[];
  readonly asks: readonly LevelFile[];
  /** `6 /h`. */
  readonly refill: string;
}

/** A constant-product pool. */
export interface ConstantProductFile {
  readonly kind: "constant-product";
  readonly instrument: string;
  readonly layer: string;
  readonly base: string;
  readonly quote: string;
  readonly fee: string;
}

/** A cell of a table: text, or a number whose unit the column names. */
export type Cell = string | number;

/** The positions of one protocol; columns are `account` and `<role> <ASSET>`. */
export interface PositionsFile {
  readonly layer: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What exists at one moment. */
export interface BookFile {
  readonly version: 1;
  readonly kind: "book";
  readonly name: string;
  readonly at: string;
  readonly assets: Readonly<Record<string, { readonly unitDecimals: number; readonly price: string }>>;
  readonly instruments: Readonly<
    Record<string, { readonly asset: string; readonly quote: string; readonly market: string; readonly chain: string }>
  >;
  readonly layers: Readonly<Record<string, LayerFile>>;
  readonly positions: Readonly<Record<string, PositionsFile>>;
  readonly venues: Readonly<Record<string, OrderBookFile | ConstantProductFile>>;
}

/** One table of a series: what it is about (asset, venue, protocol, interval) and its rows. */
export interface SeriesTableFile {
  /** What the table is about, where its name does not say it. */
  readonly table?: "candles" | "prices" | "gas" | "reserves" | "events";
  readonly layer: string;
  readonly asset?: string;
  readonly interval?: string;
  readonly venue?: string;
  readonly protocol?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What happened over time. */
export interface SeriesFile {
  readonly version: 1;
  readonly kind: "series";
  readonly name: string;
  readonly layers: Readonly<Record<string, LayerFile>>;
  readonly tables: Readonly<Record<string, SeriesTableFile>>;
}

/** JSON with one table row per line, so that a diff shows the row that changed. Ends with a newline. */
export function formatFile(file: BookFile | SeriesFile): string {
  return `${format(file, "")}\n`;
}

function format(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inline = JSON.stringify(value);
  const members = Array.isArray(value) ? value : Object.values(value);
  const flat = members.every((member) => typeof member !== "object" || member === null);
  if (members.length === 0 || (flat && (Array.isArray(value) || inline.length <= 120))) return spaced(inline, value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((member) => inner + format(member, inner)).join(",\n")}\n${indent}]`;
  const lines = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${inner}${JSON.stringify(name)}: ${format(member, inner)}`);
  return `{\n${lines.join(",\n")}\n${indent}}`;
}

function spaced(inline: string, value: object): string {
  if (Array.isArray(value)) return `[${value.map((member) => JSON.stringify(member)).join(", ")}]`;
  const lines = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${JSON.stringify(member)}`);
  return inline === "{}" ? inline : `{ ${lines.join(", ")} }`;
}

/** What is wrong with the shape of a file of ours, as sentences: tables whose rows do not fit their columns, layers that nobody names, depth that does not deepen. */
export function shippedShape(file: BookFile | SeriesFile): string[] {
  const wrong: string[] = [];
  const tables = Object.entries(file.kind === "book" ? file.positions : file.tables);
  for (const [name, table] of tables) {
    if (!Object.hasOwn(file.layers, table.layer)) wrong.push(`${name} names the unknown layer ${table.layer}`);
    const misfit = table.rows.findIndex((row) => row.length !== table.columns.length || row.some(isBadCell));
    if (misfit >= 0) wrong.push(`row ${misfit} of ${name} does not fit its columns`);
  }
  if (file.kind === "series") return wrong;
  for (const [name, venue] of Object.entries(file.venues)) {
    if (!Object.hasOwn(file.layers, venue.layer)) wrong.push(`${name} names the unknown layer ${venue.layer}`);
    if (!Object.hasOwn(file.instruments, venue.instrument))
      wrong.push(`${name} names the unknown instrument ${venue.instrument}`);
    if (venue.kind === "order-book" && !(deepens(venue.bids, -1) && deepens(venue.asks, 1)))
      wrong.push(`${name} does not deepen`);
  }
  return wrong;
}

function isBadCell(cell: Cell): boolean {
  return typeof cell === "number" ? !Number.isFinite(cell) : cell === "";
}

function deepens(levels: readonly LevelFile[], sign: 1 | -1): boolean {
  return levels.every(([move, amount], index) => {
    const [moveBefore, amountBefore] = levels[index - 1] ?? ["0%", "0"];
    return (
      sign * (Number.parseFloat(move) - Number.parseFloat(moveBefore)) > 0 &&
      Number.parseFloat(amount) > Number.parseFloat(amountBefore)
    );
  });
}
