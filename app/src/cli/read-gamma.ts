import { resolve } from "node:path";
import {
  type Book,
  formatMoment,
  heldOptions,
  isOptionTable,
  isProblem,
  type OptionTable,
  optionExposure,
  optionTables,
  type Plan,
  type Problem,
  ProblemsError,
  parseBook,
  parseColumns,
  parseShare,
  type SignConvention,
  type SmileRegime,
  signConventions,
  smileRegimes,
  suggestion,
} from "@firebreak/engine";
import type { GammaMap, SidedTable } from "../figures/gamma.js";
import { readInput, withLines } from "../files/index.js";
import type { Call } from "./call.js";
import { loadScenario } from "./load-scenario.js";

/** Share of spot to either side, and levels in all, where nobody says. */
const usualRange = 0.4;
const usualLevels = 81;
/** The side that is taken where neither the call nor the scenario says one. */
const usualConvention: SignConvention = "short-all";

/** What the operand holds: a book, and the plan where it is a scenario. */
interface Opened {
  readonly name: string;
  readonly book: Book;
  readonly plan: Plan | null;
}

/** Opens what `gamma` was asked about and finds the exposures. Throws `ProblemsError` with everything that is wrong. */
export async function readGamma(call: Call, cwd: string): Promise<GammaMap> {
  const path = call.operands[0];
  const opened = await open(path, cwd);
  const problems: Problem[] = [];
  const sign = oneOf(call.text("sign"), signConventions, "--sign", problems);
  const regime = oneOf(call.text("smile"), smileRegimes, "--smile", problems);
  const range = readRange(call, problems);
  const tables = optionTablesOf(opened, path, problems);
  const asset = readAsset(call, opened.book, tables, problems);
  if (problems.length > 0 || asset === null) throw new ProblemsError(problems);
  const sided = tables.filter((table) => table.asset === asset).map((table) => sidedTable(opened, table, sign));
  return exposed(opened, asset, sided, { range, levels: levelCount(call), regime, expiries: call.list("expiry") });
}

async function open(path: string, cwd: string): Promise<Opened> {
  const read = await readInput(resolve(cwd, path));
  if ("problems" in read) throw new ProblemsError(read.problems.map(importedFirst));
  const { input } = read;
  if (input.form !== "columns" && input.kind !== "book") {
    if (/\.csv$/i.test(path)) {
      const message = "it is a table of quotes, not a book";
      throw new ProblemsError([importedFirst({ code: "file-is-csv", path, message, hint: "" })]);
    }
    const plan = await loadScenario(path, cwd);
    return { name: plan.name, book: plan.book, plan };
  }
  const parsed = input.form === "columns" ? parseColumns(input.buffer) : parseBook(input.value);
  if ("problems" in parsed) throw new ProblemsError(withLines(parsed.problems, input));
  return { name: parsed.book.name, book: parsed.book, plan: null };
}

/** A raw chain is imported first: that is where its bad rows are told. */
function importedFirst(problem: Problem): Problem {
  if (problem.code !== "file-is-csv") return problem;
  return {
    ...problem,
    hint: `make a book of it: firebreak import deribit-chain ${problem.path} --out chain.json (or cboe-chain)`,
  };
}

/** A scenario's dealers, by the table they hold. */
function dealersOf(plan: Plan | null): ReadonlyMap<string, SignConvention | null> {
  const dealers = (plan?.mechanisms ?? []).filter(({ kind }) => kind === "dealer");
  return new Map(
    dealers.map(({ params }) => {
      const { positions, sign } = params as { readonly positions: string; readonly sign?: unknown };
      return [positions, signConventions.find((one) => one === sign) ?? null];
    }),
  );
}

function optionTablesOf({ book, plan }: Opened, path: string, problems: Problem[]): OptionTable[] {
  const dealers = dealersOf(plan);
  const tables = optionTables(book).filter(({ protocol }) => plan === null || dealers.has(protocol));
  if (tables.length > 0) return tables;
  const uncounted = book.positions.find(
    (table) => isOptionTable(table) && (plan === null || dealers.has(table.protocol)),
  );
  if (uncounted !== undefined) {
    problems.push({
      code: "open-interest-missing",
      path,
      message: `the options ${uncounted.protocol} have no open interest: how much of each contract is held is not known, so there is no exposure`,
      hint: 'give every contract its open interest in a column like "open ETH", or a dealer\'s own signed "size ETH"',
    });
  } else {
    problems.push({
      code: "options-missing",
      path,
      message: plan === null ? "the book holds no options" : "the scenario has no dealer of options",
      hint: "make a book of a chain: firebreak import deribit-chain FILE --out chain.json",
    });
  }
  return [];
}

function sidedTable({ plan }: Opened, table: OptionTable, asked: SignConvention | null): SidedTable {
  if (table.counts === "size" || table.signedRows) return { table, convention: null, saidBy: "rows" };
  if (asked !== null) return { table, convention: asked, saidBy: "asked" };
  const declared = dealersOf(plan).get(table.protocol) ?? null;
  if (declared !== null) return { table, convention: declared, saidBy: "scenario" };
  return { table, convention: usualConvention, saidBy: "default" };
}

interface Asked {
  readonly range: number;
  readonly levels: number;
  readonly regime: SmileRegime | null;
  readonly expiries: readonly string[];
}

function exposed(opened: Opened, asset: number, tables: readonly SidedTable[], asked: Asked): GammaMap {
  const { book, name } = opened;
  const spotUsd = book.assets[asset].priceUsd;
  const conventions = new Map(tables.map(({ table, convention }) => [table.protocol, convention ?? usualConvention]));
  const all = heldOptions(
    book,
    tables.map(({ table }) => table),
    asset,
    (table) => conventions.get(table.protocol) ?? usualConvention,
  );
  const dateOf = (leftMs: number) => formatMoment(book.atMs + leftMs).slice(0, 10);
  const dates = [...new Set(Array.from(all.leftMs, dateOf))].sort();
  const unknown = asked.expiries.filter((date) => !dates.includes(date));
  if (unknown.length > 0) {
    throw new ProblemsError(
      unknown.map((date) => ({
        code: "expiry-unknown",
        path: "--expiry",
        message: `nothing expires on ${JSON.stringify(date.slice(0, 40))}`,
        hint: dates.length === 0 ? "nothing is open at all" : `${suggestion(date, dates)}; the first is ${dates[0]}`,
      })),
    );
  }
  const kept = Array.from(
    all.leftMs,
    (leftMs) => asked.expiries.length === 0 || asked.expiries.includes(dateOf(leftMs)),
  );
  const column = (values: Float64Array) => values.filter((_, row) => kept[row]);
  const held = {
    count: kept.filter(Boolean).length,
    strikeUsd: column(all.strikeUsd),
    leftMs: column(all.leftMs),
    call: column(all.call),
    volatility: column(all.volatility),
    coins: column(all.coins),
    side: column(all.side),
    byConvention: all.byConvention.filter((_, row) => kept[row]),
    leftOut: all.leftOut,
  };
  const regime = asked.regime ?? "sticky-strike";
  const half = (asked.levels - 1) / 2;
  const levelsUsd = Float64Array.from(
    { length: asked.levels },
    (_, at) => spotUsd * (1 + (asked.range * (half - at)) / half),
  );
  return {
    name,
    book,
    asset,
    tables,
    exposure: optionExposure(held, { spotUsd, levelsUsd, regime }),
    atSpot: optionExposure(held, { spotUsd, levelsUsd: Float64Array.of(spotUsd), regime }),
    onlyExpiries: asked.expiries,
    leftOut: all.leftOut,
  };
}

function readAsset(call: Call, book: Book, tables: readonly OptionTable[], problems: Problem[]): number | null {
  const assets = [...new Set(tables.map(({ asset }) => asset))];
  const symbols = assets.map((asset) => book.assets[asset].symbol);
  const asked = call.text("asset");
  if (asked !== undefined && tables.length > 0) {
    const found = symbols.indexOf(asked);
    if (found >= 0) return assets[found];
    const message = `there are no options on ${JSON.stringify(asked.slice(0, 40))} in it`;
    problems.push({ code: "unknown-asset", path: "--asset", message, hint: suggestion(asked, symbols) });
    return null;
  }
  if (assets.length > 1) {
    problems.push({
      code: "value-missing",
      path: "--asset",
      message: `it holds options on ${symbols.join(" and ")}`,
      hint: `say which: --asset ${symbols[0]}`,
    });
  }
  return assets[0] ?? null;
}

/** Levels in all: an odd number, so that spot is one of them. */
function levelCount(call: Call): number {
  const asked = Math.max(3, call.whole("levels", usualLevels));
  return asked % 2 === 0 ? asked + 1 : asked;
}

function readRange(call: Call, problems: Problem[]): number {
  const text = call.text("range");
  if (text === undefined) return usualRange;
  const share = parseShare(text, "--range", { above: 0, most: 0.95 });
  if (!isProblem(share)) return share;
  problems.push(share);
  return usualRange;
}

function oneOf<Word extends string>(
  text: string | undefined,
  known: readonly Word[],
  path: string,
  problems: Problem[],
): Word | null {
  if (text === undefined) return null;
  const found = known.find((word) => word === text);
  if (found !== undefined) return found;
  const message = `${JSON.stringify(text.slice(0, 40))} is none of ${known.join(", ")}`;
  problems.push({ code: "word-unknown", path, message, hint: suggestion(text, known) });
  return null;
}
