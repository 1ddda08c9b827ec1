import { statSync } from "node:fs";
import { resolve } from "node:path";
import { encodeBook, isProblem, ProblemsError, parseBook, parseMoment, parseSeries } from "@firebreak/engine";
import {
  type BookFile,
  formatFile,
  type LayerFile,
  type RawQuestion,
  type RefusedRow,
  type SeriesFile,
} from "../../feeds/index.js";
import type { Answer, AnswerFile, Workplace } from "../answer.js";
import type { Call } from "../call.js";
import { importOwnTables, type OwnTables } from "../import/own-tables.js";
import { importRawSet, rawKindOf } from "../import/raw-sets.js";
import type { Paint } from "../paint.js";
import { grouped } from "../text/numbers.js";
import { paragraph, tableText } from "../text/table.js";

/** A refused row with the file it stood in. */
interface Refused extends RefusedRow {
  readonly file?: string;
}

/** What `import --json` prints. */
interface ImportJson {
  readonly kind: string;
  readonly gives: "book" | "series";
  readonly name: string;
  readonly out: string | null;
  /** Rows by table: positions of protocols, levels of venues, rows of series. */
  readonly rows: Readonly<Record<string, number>>;
  readonly refusedCount: number;
  readonly refused: readonly Refused[];
  readonly notes: readonly string[];
  readonly layers: Readonly<Record<string, LayerFile>>;
  /** Own tables: the columns as understood, the ones nobody asked for, and the first rows. */
  readonly mapping: { readonly columns: readonly string[]; readonly ignored: readonly string[] } | null;
  readonly preview: readonly (readonly string[])[];
}

const refusedShown = 20;
/** Refused rows that `--strict` tells as problems. */
const mostProblems = 50;

/** `firebreak import`: files of others to a book or a series of ours. */
export async function runImport({ call, streams, progress }: Workplace): Promise<Answer> {
  const [kind, ...named] = call.operands;
  const paths = named.map((path) => resolve(streams.cwd(), path));
  const out = call.text("out");
  const preview = call.flag("preview");
  const own = kind === "csv" || kind === "depth-csv";
  if (!own) {
    const rawKind = rawKindOf(kind, paths);
    if (out === undefined) throw new ProblemsError([noOut(call)]);
    const found = await importRawSet(rawKind, paths, rawQuestion(call), streams.signal);
    if (call.flag("strict")) refuseStrictly(found.refused);
    const json = importJson(kind, found.file, out, found.refused, found.refused.length, found.notes, null);
    return answer(json, [{ path: out, content: contentOf(found.file, out) }]);
  }
  if (out === undefined && !preview) throw new ProblemsError([noOut(call)]);
  const bar = progress("bytes", sizeOf(paths[0]));
  const tables = await importOwnTables(call, kind, paths, streams.cwd(), bar.reach, streams.signal).finally(bar.end);
  const refused = [...(tables.positions?.refused ?? []), ...(tables.depth?.refused ?? [])];
  const refusedCount = (tables.positions?.refusedCount ?? 0) + (tables.depth?.refusedCount ?? 0);
  if (call.flag("strict")) refuseStrictly(refused);
  const target = preview ? null : (out ?? null);
  const json = importJson(kind, tables.file, target, refused, refusedCount, [], tables);
  return answer(json, target === null ? [] : [{ path: target, content: contentOf(tables.file, target) }]);
}

/** Throws `ProblemsError` with every refused row, as far as anybody reads: `--strict` takes a file whole or not at all. */
function refuseStrictly(refused: readonly Refused[]): void {
  if (refused.length === 0) return;
  const problems = refused.slice(0, mostProblems).map(({ file, rowNumber, reason }) => ({
    code: /\(([a-z]+(?:-[a-z]+)+)\)$/.exec(reason)?.[1] ?? "row-refused",
    path: `${file ?? "the file"} line ${rowNumber}`,
    message: reason,
    hint: "mend the row, or leave --strict out: then it is left out and told",
  }));
  const rest = refused.length - problems.length;
  const more = {
    code: "rows-refused",
    path: "--strict",
    message: `${rest} more rows are refused`,
    hint: "leave --strict out and use --json: it lists all of them",
  };
  throw new ProblemsError(rest > 0 ? [...problems, more] : problems);
}

/** What the options say beside the files. Throws `ProblemsError` for a moment that is none. */
function rawQuestion(call: Call): RawQuestion {
  const text = call.text("at");
  const atMs = text === undefined ? undefined : parseMoment(text, "--at");
  if (isProblem(atMs)) throw new ProblemsError([atMs]);
  return { asset: call.list("asset")[0], atMs };
}

function answer(json: ImportJson, files: readonly AnswerFile[]): Answer {
  return { json, text: (paint) => importText(json, paint), files };
}

function noOut(call: Call) {
  return {
    code: "value-missing",
    path: "--out",
    message: "where should the result be written?",
    hint: `name a file: firebreak import ${call.operands.join(" ")} --out mine.json`,
  };
}

function sizeOf(path: string | undefined): number {
  try {
    return path === undefined ? 0 : statSync(path).size;
  } catch {
    return 0;
  }
}

/** The file's text, or its columnar form for `.fbk`; read back first, so that nothing is written that a run would refuse. */
function contentOf(file: BookFile | SeriesFile, out: string): string | Uint8Array {
  if (file.kind === "series") {
    const parsed = parseSeries(file);
    if ("problems" in parsed) throw new ProblemsError(parsed.problems);
    return formatFile(file);
  }
  const parsed = parseBook(file);
  if ("problems" in parsed) throw new ProblemsError(parsed.problems);
  return out.endsWith(".fbk") ? new Uint8Array(encodeBook(parsed.book)) : formatFile(file);
}

function importJson(
  kind: string,
  file: BookFile | SeriesFile,
  out: string | null,
  refused: readonly Refused[],
  refusedCount: number,
  notes: readonly string[],
  tables: OwnTables | null,
): ImportJson {
  const mapping = tables?.positions?.mapping;
  return {
    kind,
    gives: file.kind,
    name: file.name,
    out,
    rows: file.kind === "book" ? bookRows(file) : seriesRows(file),
    refusedCount,
    refused,
    notes,
    layers: file.layers,
    mapping:
      mapping === undefined
        ? null
        : {
            columns: mapping.columns.map(
              ({ role, asset, header }) => `${header}: ${asset === "" ? role : `${role} ${asset}`}`,
            ),
            ignored: mapping.ignored,
          },
    preview: tables?.positions?.preview ?? tables?.depth?.preview ?? [],
  };
}

function bookRows(file: BookFile): Record<string, number> {
  const positions = Object.entries(file.positions).map(([name, table]) => [name, table.rows.length] as const);
  const venues = Object.entries(file.venues).map(
    ([name, venue]) => [name, venue.kind === "order-book" ? venue.bids.length + venue.asks.length : 1] as const,
  );
  return Object.fromEntries([...positions, ...venues]);
}

function seriesRows(file: SeriesFile): Record<string, number> {
  return Object.fromEntries(Object.entries(file.tables).map(([name, table]) => [name, table.rows.length]));
}

function importText(json: ImportJson, paint: Paint): string {
  const rows = Object.entries(json.rows).map(([name, count]) => `${grouped(count)} of ${name}`);
  const verb = json.out === null ? "would be taken" : "taken";
  const refused = json.refusedCount === 0 ? "none refused" : paint.yellow(`${grouped(json.refusedCount)} refused`);
  return [
    paragraph(`Rows ${verb}: ${rows.join(", ")}; ${refused}.`),
    ...(json.mapping === null
      ? []
      : [
          "",
          paint.bold("Columns as understood"),
          ...json.mapping.columns.map((line) => `  ${line}`),
          ...(json.mapping.ignored.length === 0 ? [] : [`  ignored: ${json.mapping.ignored.join(", ")}`]),
        ]),
    ...previewLines(json, paint),
    ...json.notes.map((note) => paragraph(note)),
    ...refusedLines(json, paint),
    "",
    paint.bold("Rests on"),
    ...Object.entries(json.layers).map(([name, layer]) =>
      paragraph(`${name}: ${layer.source}, ${layer.asOf}, ${layer.coverage}, ${layer.basis}`),
    ),
    ...(json.gives === "book" && json.out !== null ? ["", `  now: ${nextStep(json)}`] : []),
    "",
  ].join("\n");
}

/** What is asked of a book next: a chain of options, its gamma map; anything else, a scenario. */
function nextStep({ kind, out, notes }: ImportJson): string {
  if (notes.some((note) => note.includes("no open interest"))) return "add the open interest of each contract";
  return kind.endsWith("chain") || kind === "deribit" || kind === "cboe"
    ? `firebreak gamma ${out} --sign short-all`
    : `firebreak new mine --book ${out}`;
}

function previewLines({ preview }: ImportJson, paint: Paint): string[] {
  if (preview.length < 2) return [];
  const [head, ...rows] = preview;
  const columns = head.map((name, place) => ({
    head: name,
    align: place === 0 ? ("left" as const) : ("right" as const),
  }));
  return ["", paint.bold("First rows as understood"), tableText(columns, rows)];
}

function refusedLines({ refused, refusedCount }: ImportJson, paint: Paint): string[] {
  if (refusedCount === 0) return [];
  const lines = refused.slice(0, refusedShown).map(({ file, rowNumber, reason }) => {
    const where = file === undefined ? `line ${rowNumber}` : `${file} line ${rowNumber}`;
    return paragraph(`${where}: ${reason}`);
  });
  const rest = refusedCount - Math.min(refused.length, refusedShown);
  return [
    "",
    paint.bold("Refused"),
    ...lines,
    ...(rest === 0 ? [] : [`  and ${grouped(rest)} more (--json lists them)`]),
  ];
}
