import { createReadStream, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { formatMoment, isProblem, type Problem, ProblemsError, parseMoment, parseNumber } from "@firebreak/engine";
import {
  type BookFile,
  type DepthCsv,
  importDepthCsv,
  importPositionsCsv,
  type LayerFile,
  type LevelFile,
  type MappedColumn,
  type PositionsCsv,
  parseMapping,
  positionsSection,
  userLayer,
} from "../../feeds/index.js";
import type { Call } from "../call.js";

/** What a user's own tables gave. */
export interface OwnTables {
  readonly file: BookFile;
  readonly positions: PositionsCsv | null;
  readonly depth: DepthCsv | null;
}

/** Reads a table of positions (`csv`) or of depth (`depth-csv`) into a book. Throws `ProblemsError`. */
export async function importOwnTables(
  call: Call,
  kind: "csv" | "depth-csv",
  paths: readonly string[],
  cwd: string,
  onRows: (bytes: number) => void,
  signal: AbortSignal,
): Promise<OwnTables> {
  const problems: Problem[] = [];
  if (paths.length > 1)
    problems.push(said("word-unexpected", paths[1], `${kind} reads one file`, "import each into a book of its own"));
  const protocol = call.text("protocol") ?? "";
  if (kind === "csv" && protocol === "") {
    problems.push(
      said("value-missing", "--protocol", "whose rows are these?", "name the protocol: --protocol my-lender"),
    );
  }
  const prices = readPrices(call.list("asset"), problems);
  const columns = readMapping(call.text("map"), problems);
  const at = readMoment(call.text("at"), paths[0], problems);
  const beside = call.text("depth");
  const depthPath = kind === "depth-csv" ? paths[0] : beside === undefined ? undefined : resolve(cwd, beside);
  if (problems.length > 0) throw new ProblemsError(problems);

  const positions =
    kind === "depth-csv"
      ? null
      : understood(
          await importPositionsCsv(openTable(paths[0], signal), {
            protocol,
            columns,
            previewOnly: call.flag("preview"),
            onProgress: ({ bytesRead }) => onRows(bytesRead),
          }).catch(unreadable(paths[0])),
          paths[0],
        );
  const depth =
    depthPath === undefined
      ? null
      : understood(
          await importDepthCsv(openTable(depthPath, signal), kind === "depth-csv" ? columns : undefined).catch(
            unreadable(depthPath),
          ),
          depthPath,
        );
  return {
    file: assemble({ name: basename(paths[0]), protocol, prices, at, depthPath }, positions, depth),
    positions,
    depth,
  };
}

/** A table piece by piece until Ctrl-C; a pipe has an end as a file has, a device need not have one. */
function openTable(path: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isCharacterDevice() || status?.isBlockDevice()) {
    throw new ProblemsError([said("file-special", path, "it is a device, not a file", "name a file or a pipe")]);
  }
  return createReadStream(path, { signal });
}

function readPrices(parts: readonly string[], problems: Problem[]): Map<string, number> {
  const prices = new Map<string, number>([["USD", 1]]);
  for (const part of parts) {
    const [symbol, price] = part.split("=");
    const parsed =
      price === undefined
        ? said("value-missing", "--asset", `${symbol} has no price`, `write it like --asset ${symbol}=3375.69`)
        : parseNumber(price.replace(/ *USD$/, ""), "", `--asset ${symbol}`, { above: 0 }, "3375.69");
    if (isProblem(parsed)) problems.push(parsed);
    else prices.set(symbol, parsed);
  }
  return prices;
}

function readMapping(text: string | undefined, problems: Problem[]): readonly MappedColumn[] | undefined {
  if (text === undefined) return undefined;
  const mapping = parseMapping(text);
  if ("columns" in mapping) return mapping.columns;
  for (const sentence of mapping.problems) {
    problems.push(said("mapping-malformed", "--map", sentence, "write it like account=Id,collateral.ETH=Coll"));
  }
  return undefined;
}

/** The moment given, or that of the file's last change. */
function readMoment(text: string | undefined, path: string, problems: Problem[]): string {
  if (text !== undefined) {
    const parsed = parseMoment(text, "--at");
    if (!isProblem(parsed)) return formatMoment(parsed);
    problems.push(parsed);
    return "";
  }
  try {
    return formatMoment(1000 * Math.floor(statSync(path).mtimeMs / 1000));
  } catch {
    problems.push(said("file-missing", path, "there is no such file", "check the path"));
    return "";
  }
}

function understood<Table extends object>(
  table: Table | { readonly problems: readonly string[] },
  path: string,
): Table {
  if (!("problems" in table)) return table;
  const hint =
    "name the columns: --map account=Id,collateral.ETH=Coll,debt.USD=Debt; --preview shows what is understood";
  throw new ProblemsError(table.problems.map((sentence) => said("table-unclear", path, sentence, hint)));
}

function unreadable(path: string): (error: unknown) => never {
  return (error) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new ProblemsError([
      said(
        code === "ENOENT" ? "file-missing" : "file-unreadable",
        path,
        `it cannot be read (${code})`,
        "check the path",
      ),
    ]);
  };
}

interface Frame {
  readonly name: string;
  readonly protocol: string;
  readonly prices: ReadonlyMap<string, number>;
  readonly at: string;
  readonly depthPath: string | undefined;
}

/** The book: assets with their prices, one spot instrument per traded asset against what is owed, a layer per table. */
function assemble(frame: Frame, positions: PositionsCsv | null, depth: DepthCsv | null): BookFile {
  const { protocol, prices, at, depthPath } = frame;
  const amounts = positions?.columns.filter((column) => column.unitDecimals >= 0) ?? [];
  const named = amounts.map((column) => column.asset);
  const symbols = [...new Set(positions === null ? [...prices.keys()] : named)];
  const missing = symbols.filter((symbol) => !prices.has(symbol));
  if (missing.length > 0) {
    throw new ProblemsError(
      missing.map((symbol) =>
        said(
          "price-missing",
          "--asset",
          `the table holds ${symbol}, and its price is not known`,
          `write --asset ${symbol}=PRICE`,
        ),
      ),
    );
  }
  const owed = amounts.find((column) => /^(debt|margin|cash)$/.test(column.role))?.asset ?? "USD";
  const traded = symbols.filter((symbol) => symbol !== owed);
  if (!symbols.includes(owed)) symbols.push(owed);
  const layers: Record<string, LayerFile> = {};
  if (positions !== null) layers.positions = userLayer(frame.name, positions, at);
  if (depth !== null) {
    const levels = depth.bids.length + depth.asks.length;
    layers.depth = {
      source: `user file ${basename(depthPath ?? "")}`,
      asOf: at,
      coverage: `${levels} levels taken, ${depth.refusedCount} rows refused; coverage not stated`,
      coverageShare: null,
      basis: "measured",
    };
  }
  return {
    version: 1,
    kind: "book",
    name: frame.name.replace(/\.[A-Za-z]+$/, ""),
    at,
    assets: Object.fromEntries(
      symbols.map((symbol) => [
        symbol,
        {
          unitDecimals: amounts.find((column) => column.asset === symbol)?.unitDecimals ?? defaultDecimals(symbol),
          price: `${prices.get(symbol)} USD`,
        },
      ]),
    ),
    instruments: Object.fromEntries(
      traded.map((symbol) => [`${symbol}/${owed}`, { asset: symbol, quote: owed, market: "spot", chain: "ethereum" }]),
    ),
    layers,
    positions: positions === null ? {} : { [protocol]: positionsSection(positions, "positions") },
    venues:
      depth === null || traded.length === 0
        ? {}
        : {
            market: {
              kind: "order-book",
              instrument: `${traded[0]}/${owed}`,
              layer: "depth",
              bids: levelFiles(depth.bids, traded[0]),
              asks: levelFiles(depth.asks, traded[0]),
              refill: "0 /h",
            },
          },
  };
}

function levelFiles(levels: DepthCsv["bids"], asset: string): LevelFile[] {
  return levels.map(({ relativePrice, units }) => [
    `${Number((100 * (relativePrice - 1)).toPrecision(12))}%`,
    `${units} ${asset}`,
  ]);
}

function defaultDecimals(symbol: string): number {
  if (symbol === "ETH" || symbol === "WETH") return 7;
  return symbol === "BTC" || symbol === "WBTC" ? 8 : 6;
}

function said(code: string, path: string, message: string, hint: string): Problem {
  return { code, path, message, hint };
}
