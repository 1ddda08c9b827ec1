import { constants } from "node:fs";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import {
  type ParsedBook,
  type ParsedSeries,
  type Problem,
  parseBook,
  parseColumns,
  parseSeries,
  suggestion,
} from "@firebreak/engine";
import { parseJsonBytes } from "./json.js";
import { fileLimits } from "./limits.js";
import { type Sniffed, sniff, sniffedBytes } from "./sniff.js";
import { jsonLines, type LineOf, parseYaml } from "./yaml.js";

/** Called after every piece of a file that was read. */
export type Progress = (bytesRead: number, bytesTotal: number) => void;

/** What a file holds. */
export type Input =
  /** A book in columnar form; `parseColumns` reads it, and the buffer is the book's from then on. */
  | { readonly form: "columns"; readonly path: string; readonly buffer: ArrayBuffer }
  /** A value out of JSON or YAML, with its `kind` where it says one. */
  | {
      readonly form: "json" | "yaml";
      readonly path: string;
      readonly value: unknown;
      readonly kind: string | null;
      readonly lineOf: LineOf;
    };

export type ReadInput = { readonly input: Input } | { readonly problems: readonly Problem[] };

/** Bytes that are read at a time. */
const pieceBytes = 8 * 1024 * 1024;

/**
 * Reads a file, whatever it is: a book in columnar form, JSON, or YAML, told apart by its first bytes. Limits are checked before anything
 * is read whole. Nothing is thrown for what a file may be. Problems: `file-missing`, `file-unreadable`, `file-is-directory`,
 * `file-special`, `file-too-large`, `input-empty`, and those of `sniff`, `parseJsonBytes` and `parseYaml`.
 */
export async function readInput(path: string, progress: Progress = () => {}): Promise<ReadInput> {
  const refusal = await refusalOf(path);
  if (refusal !== null) return { problems: [refusal] };
  let file: FileHandle;
  try {
    // Never wait on a pipe that took the file's place since it was looked at.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return { problems: [await unreadable(path, error)] };
  }
  try {
    return await readOpen(file, path, progress);
  } catch (error) {
    return { problems: [await unreadable(path, error)] };
  } finally {
    await file.close();
  }
}

/** Reads a book from a file in any form; problems of its contents name their line where that is known. */
export async function readBookFile(path: string, progress?: Progress): Promise<ParsedBook> {
  const read = await readInput(path, progress);
  if ("problems" in read) return read;
  if (read.input.form === "columns") return parseColumns(read.input.buffer);
  const parsed = parseBook(read.input.value);
  return "problems" in parsed ? { problems: withLines(parsed.problems, read.input) } : parsed;
}

/** Reads a series from a file; problems of its contents name their line where that is known. */
export async function readSeriesFile(path: string, progress?: Progress): Promise<ParsedSeries> {
  const read = await readInput(path, progress);
  if ("problems" in read) return read;
  if (read.input.form === "columns") {
    const message = "it is a book in columnar form, not a series";
    return { problems: [{ code: "kind-wrong", path, message, hint: "name a file whose kind is series" }] };
  }
  const parsed = parseSeries(read.input.value);
  return "problems" in parsed ? { problems: withLines(parsed.problems, read.input) } : parsed;
}

/** The problems with the lines of their places, as far as they are known: `assets.ETH.price (line 12)`. */
export function withLines(problems: readonly Problem[], input: Input): readonly Problem[] {
  if (input.form === "columns") return problems;
  return problems.map((problem) => {
    const line = input.lineOf(problem.path);
    return line === null ? problem : { ...problem, path: `${problem.path} (line ${line})` };
  });
}

/** Why a path is not even opened, or null. */
async function refusalOf(path: string): Promise<Problem | null> {
  try {
    const status = await stat(path);
    if (status.isFile()) return null;
    if (status.isDirectory()) {
      return { code: "file-is-directory", path: path, message: "it is a directory", hint: "name a file in it" };
    }
    const message = "it is a pipe, a socket or a device, not a file";
    return { code: "file-special", path, message, hint: "write its contents to a file first" };
  } catch (error) {
    return unreadable(path, error);
  }
}

async function unreadable(path: string, error: unknown): Promise<Problem> {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // Only the system's own refusals are the file's fault; anything else is a bug and flies on.
  if (!(error instanceof Error) || code === "") throw error;
  const shown = path === "" ? '""' : path;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return { code: "file-missing", path: shown, message: "there is no such file", hint: await neighbours(path) };
  }
  return {
    code: "file-unreadable",
    path: shown,
    message: `it cannot be read (${code})`,
    hint: "check its name and permissions",
  };
}

/** Files beside a missing one that may have been meant. */
async function neighbours(path: string): Promise<string> {
  try {
    const names = await readdir(dirname(path));
    const inputs = names.filter((name) => /\.(?:ya?ml|json|fbk)$/.test(name)).slice(0, 1000);
    return inputs.length === 0 ? "check the path" : suggestion(basename(path), inputs);
  } catch {
    return "check the path; its directory does not exist either";
  }
}

async function readOpen(file: FileHandle, path: string, progress: Progress): Promise<ReadInput> {
  const { size } = await file.stat();
  const head = new Uint8Array(Math.min(size, sniffedBytes));
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  const start = head.subarray(0, bytesRead);
  if (start.every((byte) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) && size <= sniffedBytes) {
    const hint = "name another file, or write one: firebreak new";
    return { problems: [{ code: "input-empty", path, message: "the file is empty", hint }] };
  }
  const sniffed = sniff(start, path);
  if ("code" in sniffed) return { problems: [sniffed] };
  if (size > sniffed.mostBytes) return { problems: [tooLarge(path, size, sniffed)] };
  const buffer = new ArrayBuffer(size);
  const length = await fill(file, new Uint8Array(buffer), progress);
  const whole = length === size ? buffer : buffer.slice(0, length);
  if (sniffed.form === "columns") return { input: { form: "columns", path, buffer: whole } };
  const bytes = new Uint8Array(whole).subarray(sniffed.skip);
  return sniffed.form === "json" ? readJson(bytes, path, sniffed) : readYaml(bytes, path);
}

/** Reads piece by piece, so that progress can be shown and Ctrl-C gets its turn; returns the bytes that were there. */
async function fill(file: FileHandle, bytes: Uint8Array, progress: Progress): Promise<number> {
  let place = 0;
  while (place < bytes.length) {
    const { bytesRead } = await file.read(bytes, place, Math.min(pieceBytes, bytes.length - place), place);
    if (bytesRead === 0) break;
    place += bytesRead;
    progress(place, bytes.length);
  }
  return place;
}

function readJson(bytes: Uint8Array, path: string, sniffed: Sniffed): ReadInput {
  const containers = sniffed.isTable ? fileLimits.jsonTableContainers : fileLimits.jsonContainers;
  const parsed = parseJsonBytes(bytes, { depth: fileLimits.depth, containers, keys: fileLimits.jsonKeys });
  if ("problems" in parsed) return parsed;
  let find: LineOf | null = null;
  const lineOf: LineOf = (at) => {
    if (bytes.length > fileLimits.linedJsonBytes) return null;
    find ??= jsonLines(new TextDecoder().decode(bytes));
    return find(at);
  };
  return { input: { form: "json", path, value: parsed.value, kind: kindOf(parsed.value), lineOf } };
}

function readYaml(bytes: Uint8Array, path: string): ReadInput {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { problems: [{ code: "encoding-wrong", path, message: "it is not UTF-8", hint: "save it as UTF-8" }] };
  }
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    const message = `it holds a NUL character at ${nul}, so it is no text`;
    return { problems: [{ code: "file-binary", path, message, hint: "name a text file" }] };
  }
  const parsed = parseYaml(text);
  if ("problems" in parsed) return parsed;
  return { input: { form: "yaml", path, ...parsed, kind: kindOf(parsed.value) } };
}

function kindOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "kind")) return null;
  const { kind } = value as { readonly kind: unknown };
  return typeof kind === "string" ? kind : null;
}

function tooLarge(path: string, size: number, { form, mostBytes, isTable }: Sniffed): Problem {
  const hint =
    form === "yaml" || (form === "json" && !isTable)
      ? 'keep large tables in a book of their own: JSON with "kind": "book" among its first keys, or columnar'
      : "write the book in its columnar form, or split it";
  return { code: "file-too-large", path, message: `${size} bytes; ${form} is read up to ${mostBytes}`, hint };
}
