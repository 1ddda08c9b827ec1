import { checkStructure, clean, type Problem, ProblemList, quote, wholeInput } from "@firebreak/engine";
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError,
} from "yaml";
import { fileLimits } from "./limits.js";
import { mayNestTooDeep } from "./yaml-depth.js";

/** Finds the line of a problem's path in a text; null where it cannot tell. */
export type LineOf = (path: string) => number | null;

/** A value with the lines it came from, or what is wrong with the text. */
export type ParsedYaml =
  | { readonly value: unknown; readonly lineOf: LineOf }
  | { readonly problems: readonly Problem[] };

/**
 * Parses YAML 1.2 (core schema). Problems: `yaml-syntax` with line and column, `duplicate-key`, `alias-bomb`, `cycle`, `alias-unknown`,
 * `too-deep`, `too-many-values`, `yaml-version`, `key-forbidden`.
 */
export function parseYaml(text: string): ParsedYaml {
  const problems = new ProblemList();
  if (!isWithinBudget(text, problems)) return { problems: problems.list() };
  if (mayNestTooDeep(text)) {
    problems.add(tooDeep(wholeInput));
    return { problems: problems.list() };
  }
  const lines = new LineCounter();
  const document = read(text, lines, problems);
  if (document === null) return { problems: problems.list() };
  checkDocument(document, lines, problems);
  const value = problems.count === 0 ? valueOf(document, problems) : undefined;
  if (problems.count === 0) checkStructure(value, "", problems);
  return problems.count === 0 ? { value, lineOf: lineFinder(document, lines) } : { problems: problems.list() };
}

/** Lines of a JSON text's paths, by reading it as YAML, which contains JSON. */
export function jsonLines(text: string): LineOf {
  const problems = new ProblemList();
  if (!isWithinBudget(text, problems) || mayNestTooDeep(text)) return () => null;
  const lines = new LineCounter();
  const document = read(text, lines, problems);
  return document === null || document.errors.length > 0 ? () => null : lineFinder(document, lines);
}

/**
 * The parser takes microseconds per mark, so marks and lines are counted before it starts: `too-many-values`. Marks inside texts count as
 * well; that errs on the careful side.
 */
function isWithinBudget(text: string, problems: ProblemList): boolean {
  let marks = 0;
  let lines = 1;
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place);
    if (unit === 0x0a) lines++;
    else if (isMark(unit, text.charCodeAt(place + 1))) marks++;
  }
  const { yamlMarks, yamlLines } = fileLimits;
  if (marks <= yamlMarks && lines <= yamlLines) return true;
  const message = `${marks} commas, colons, dashes and brackets on ${lines} lines; YAML is read up to ${yamlMarks} on ${yamlLines}`;
  problems.say(
    "too-many-values",
    wholeInput,
    message,
    "keep large tables in a book of their own, as JSON or in columnar form",
  );
  return false;
}

/** Brackets, commas, anchors, aliases and tags anywhere; `-`, `:` and `?` where a blank or the end of a line follows. */
function isMark(unit: number, next: number): boolean {
  switch (unit) {
    case 0x21: // !
    case 0x26: // &
    case 0x2a: // *
    case 0x2c: // ,
    case 0x5b: // [
    case 0x5d: // ]
    case 0x7b: // {
    case 0x7d: // }
      return true;
    case 0x2d: // -
    case 0x3a: // :
    case 0x3f: // ?
      return next === 0x20 || next === 0x0a || next === 0x09 || next === 0x0d || Number.isNaN(next);
    default:
      return false;
  }
}

function read(text: string, lines: LineCounter, problems: ProblemList): Document | null {
  try {
    // Keys are compared below: the parser's own comparison takes the square of their number.
    return parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: "error",
      version: "1.2",
    });
  } catch (error) {
    problems.add(tooDeepOr(error));
    return null;
  }
}

/** Adds the document's own errors, a foreign version, and keys that stand twice. */
function checkDocument(document: Document, lines: LineCounter, problems: ProblemList): void {
  // A parser that gave up for depth reports every level again.
  const exhausted = document.errors.find(({ code }) => code === "RESOURCE_EXHAUSTION");
  for (const error of exhausted === undefined ? document.errors : [exhausted]) problems.add(problemOf(error, lines));
  const version = document.directives?.yaml.version;
  if (version !== "1.2") {
    const hint = "remove the %YAML line; 1.2 is read";
    problems.say("yaml-version", wholeInput, `YAML ${version ?? "of an unknown version"}`, hint);
  }
  const open: unknown[] = [document.contents];
  while (open.length > 0) {
    const node = open.pop();
    if (isPair(node)) open.push(node.value, node.key);
    if (!isCollection(node)) continue;
    const seen = new Set<string>();
    for (const item of node.items) {
      open.push(item);
      if (!isMap(node) || !isPair(item)) continue;
      const key = isScalar(item.key) ? String(item.key.value) : null;
      if (key !== null && seen.has(key)) {
        const place = isNode(item.key) && item.key.range ? lineText(item.key.range[0], lines) : wholeInput;
        problems.say(
          "duplicate-key",
          place,
          `the key ${quote(key)} stands twice in one table`,
          "leave one of them out",
        );
      }
      if (key !== null) seen.add(key);
    }
  }
}

function valueOf(document: Document, problems: ProblemList): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    if (message.startsWith("Excessive alias count")) {
      problems.say(
        "alias-bomb",
        wholeInput,
        "its aliases multiply without measure",
        "write out what the aliases stand for",
      );
    } else if (error instanceof ReferenceError) {
      problems.say(
        "alias-unknown",
        wholeInput,
        sentence(message),
        "define the anchor before its alias, outside of itself",
      );
    } else problems.add(tooDeepOr(error));
    return undefined;
  }
}

/** A stack overflow of the parser is the file's fault; anything else is a bug and flies on. */
function tooDeepOr(error: unknown): Problem {
  if (!(error instanceof RangeError)) throw error;
  return tooDeep(wholeInput);
}

function tooDeep(path: string): Problem {
  return {
    code: "too-deep",
    path,
    message: "nested too deep to read",
    hint: "flatten it; no file of ours nests so deep",
  };
}

function problemOf(error: YAMLError, lines: LineCounter): Problem {
  const path = lineText(error.pos[0], lines);
  if (error.code === "RESOURCE_EXHAUSTION") return tooDeep(path);
  if (error.code === "BAD_ALIAS" || error.message.startsWith("Unresolved alias")) {
    const hint = "define the anchor before its alias, outside of itself";
    return { code: "alias-unknown", path, message: sentence(error.message), hint };
  }
  return {
    code: "yaml-syntax",
    path,
    message: sentence(error.message),
    hint: hints[error.code] ?? "correct it there or just before",
  };
}

/** The parser's own words on one line, not too long. */
function sentence(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

const hints: Readonly<Record<string, string>> = {
  BAD_INDENT: "indent with blanks, evenly",
  TAB_AS_INDENT: "indent with blanks, not with tabs",
  MISSING_CHAR: "close what was opened before it",
  MULTIPLE_DOCS: "a file holds one document; take out the line ---",
  BLOCK_AS_IMPLICIT_KEY: "put texts that contain a colon in quotes",
};

function lineText(offset: number, lines: LineCounter): string {
  const { line, col } = lines.linePos(offset);
  return `line ${line === 0 ? 1 : line}, column ${col === 0 ? 1 : col}`;
}

/**
 * Walks a problem's path down the document as far as it goes. Keys may contain dots, so the longest key that the path continues with wins.
 */
function lineFinder(document: Document, lines: LineCounter): LineOf {
  return (path) => {
    let rest = path;
    let node: unknown = document.contents;
    let offset = -1;
    for (;;) {
      if (isAlias(node)) node = node.resolve(document);
      const step = isMap(node) ? keyStep(node.items, rest) : isSeq(node) ? indexStep(node.items, rest) : null;
      if (step === null) return offset < 0 ? null : lines.linePos(offset).line;
      ({ rest, node } = step);
      offset = step.offset;
    }
  };
}

interface Step {
  readonly rest: string;
  readonly node: unknown;
  readonly offset: number;
}

function keyStep(items: readonly unknown[], rest: string): Step | null {
  const path = rest.startsWith(".") ? rest.slice(1) : rest;
  let best: Step | null = null;
  let longest = -1;
  for (const item of items) {
    if (!isPair(item) || !isScalar(item.key)) continue;
    const key = clean(String(item.key.value));
    const next = path[key.length];
    if (key.length <= longest || !path.startsWith(key) || !(next === undefined || next === "." || next === "["))
      continue;
    longest = key.length;
    best = { rest: path.slice(key.length), node: item.value, offset: item.key.range?.[0] ?? 0 };
  }
  return best;
}

function indexStep(items: readonly unknown[], rest: string): Step | null {
  const match = /^\[([0-9]+)\]/.exec(rest);
  const item = match === null ? undefined : items[Number(match[1])];
  if (match === null || !isNode(item)) return null;
  return { rest: rest.slice(match[0].length), node: item, offset: item.range?.[0] ?? 0 };
}
