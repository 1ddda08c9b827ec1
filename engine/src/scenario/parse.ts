import { z } from "zod";
import {
  type Book,
  type BookPlace,
  checkShape,
  checkStructure,
  entriesOf,
  isTable,
  type Problem,
  ProblemList,
  ProblemsError,
  parseBook,
  quantity,
  quote,
  suggestion,
  under,
  wholeInput,
  word,
} from "../book/index.js";
import { parseSeries } from "../book/parse-series.js";
import type { Series } from "../book/series.js";
import {
  type CheckContext,
  type Definition,
  definitionOf,
  definitions,
  type NamedMechanism,
  offersSurface,
  type Part,
  publishesFeeds,
  type Reference,
} from "../mechanisms/index.js";
import { type History, historySchema, readHistory, shapeOfHistory } from "./history.js";
import type { MechanismPlan, Plan } from "./plan.js";

/** Mechanisms of one scenario at most. */
const mechanismLimit = 256;
/** Ticks of one path at most. */
const tickLimit = 10_000_000;

/** What a scenario's references to other files resolve to: the file's value or a finished book, or what is wrong with it. */
export type Loaded = { readonly value: unknown } | { readonly book: Book } | { readonly problems: readonly Problem[] };

/** What parsing a scenario gives: the plan with what is known of its day, or all that is wrong with it. */
export type ParsedScenario =
  | { readonly plan: Plan; readonly history?: History }
  | { readonly problems: readonly Problem[] };

const section = () => z.unknown().optional();

/** A scenario's head, its mechanisms unread; the JSON Schema for editors begins with it (`editor-schema.ts`). */
export const scenarioOutline = z.strictObject({
  $schema: z.string().optional().describe("The JSON Schema, for editors."),
  version: word.exactly(1, "version-wrong", "version"),
  kind: word.exactly("scenario", "kind-wrong", "kind").optional(),
  name: word.name("What this scenario is called.", "2021-05-19"),
  summary: word.note("One sentence for people.", "ETH-B vaults on Maker, 19 May 2021").optional(),
  book: z.unknown().describe("A book written in place, or the path of a book's file, relative to this one."),
  series: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("Recorded series by name: written in place, or the path of a file, relative to this one."),
  clock: z
    .strictObject({
      tick: quantity.duration({ above: 0 }).prefault("1 min").describe("One step of time."),
      duration: quantity.duration({ above: 0 }).prefault("1 day").describe("How long a path lasts; whole ticks."),
      rounds: quantity
        .number({ whole: true, least: 1, most: 1_000_000 })
        .default(10_000)
        .describe("Rounds per tick at most."),
    })
    .prefault({}),
  lasting: quantity.share({ bare: true }).default(0).describe("Share of a walk's impact that stays in fair value."),
  prices: section(),
  liquidity: section(),
  pressure: section(),
  guards: section(),
  history: section(),
});

/** The section `history`, for the JSON Schema for editors. */
export { historySchema };

/**
 * Reads a scenario as JSON or YAML gave it: every default filled in, every reference resolved, or everything that is wrong with it at once. `load` resolves the
 * files it names (books, series); it is called once per path.
 */
export function parseScenario(value: unknown, load: (path: string, kind: "book" | "series") => Loaded): ParsedScenario {
  const problems = new ProblemList();
  if (value === undefined || value === null || value === "") {
    problems.say(
      "input-empty",
      wholeInput,
      "there is no scenario, only nothing",
      "write one: `firebreak new` makes a commented example",
    );
    return { problems: problems.list() };
  }
  if (!isTable(value)) {
    problems.say(
      "type-wrong",
      wholeInput,
      `a scenario is a table of keys, but this is ${quote(value)}`,
      'begin with "version: 1"',
    );
    return { problems: problems.list() };
  }
  if (!checkStructure(value, "", problems, new Set(["rows", "accounts"]))) return { problems: problems.list() };
  const head = checkShape(scenarioOutline, value, "", problems);
  const before = problems.count;
  const shaped = shapeOfHistory(value, problems);
  const misshapen = problems.count - before;
  const book = readBookPart(value.book, load, problems);
  const series = readSeries(head?.series ?? {}, load, problems);
  const written = readMechanisms(value, book, problems);
  const sound = book === undefined ? [] : checkReferences(written, book, series, problems);
  checkPaths(written, problems);
  checkTables(written, problems);
  if (head !== undefined && book !== undefined && checkClock(head.clock, problems)) {
    const kinds = new Map(written.map((one) => [one.name, namedMechanism(one)]));
    const surfaces = new Map(
      written
        .filter((one) => offersSurface(one.kind))
        .map(({ name, params }) => [name, (params as { asset: string }).asset]),
    );
    const context = { book, series, tickMs: head.clock.tick, durationMs: head.clock.duration, kinds, surfaces };
    for (const one of sound) {
      one.params = definitionOf(one.kind)?.fill?.(one.params, book) ?? one.params;
      checkParams(one, context, problems);
    }
  }
  // What is wrong with the shape of the history hides nothing else that is wrong with it.
  if (problems.count > misshapen || head === undefined || book === undefined) return { problems: problems.list() };
  const plan: Plan = {
    name: head.name,
    summary: head.summary ?? head.name,
    book,
    series,
    tickMs: head.clock.tick,
    tickCount: Math.round(head.clock.duration / head.clock.tick),
    roundLimit: head.clock.rounds,
    lastingShare: head.lasting,
    mechanisms: written.map(({ path: _, references: __, wrong: ___, ...one }) => one),
  };
  if (shaped === undefined) return misshapen > 0 ? { problems: problems.list() } : { plan };
  const history = readHistory(value, shaped, plan, problems, (variant) =>
    parseScenario(variant, loadedAlready(value, plan, load)),
  );
  return history === undefined || misshapen > 0 ? { problems: problems.list() } : { plan, history };
}

/** A variant that names the same book gets the book that was read; series are small enough to be read again. */
function loadedAlready(
  value: Readonly<Record<string, unknown>>,
  { book }: Plan,
  load: (path: string, kind: "book" | "series") => Loaded,
): (path: string, kind: "book" | "series") => Loaded {
  return (path, kind) => (kind === "book" && path === value.book ? { book } : load(path, kind));
}

/** As `parseScenario`, for callers that cannot go on without it: throws `ProblemsError`. */
export function readScenario(value: unknown, load: (path: string, kind: "book" | "series") => Loaded): Plan {
  const parsed = parseScenario(value, load);
  if ("problems" in parsed) throw new ProblemsError(parsed.problems);
  return parsed.plan;
}

/** What others may know of a mechanism. */
function namedMechanism({ kind, params }: Written): NamedMechanism {
  const { positions, instrument } = params as { positions?: unknown; instrument?: unknown };
  return {
    kind,
    family: definitionOf(kind)?.protocol?.family ?? null,
    ...(typeof positions === "string" ? { positions } : {}),
    ...(typeof instrument === "string" ? { instrument } : {}),
  };
}

function readBookPart(
  value: unknown,
  load: (path: string, kind: "book" | "series") => Loaded,
  problems: ProblemList,
): Book | undefined {
  if (value === undefined) {
    problems.say("value-missing", "book", "a book is missing", "write the book in place, or the path of its file");
    return undefined;
  }
  let place: BookPlace = { path: "book", inline: true };
  let content = value;
  if (typeof value === "string") {
    const loaded = load(value, "book");
    if ("problems" in loaded) {
      for (const problem of loaded.problems) problems.add({ ...problem, path: `book ${value}: ${problem.path}` });
      return undefined;
    }
    if ("book" in loaded) return loaded.book;
    content = loaded.value ?? null;
    place = { path: "book" };
  }
  const parsed = parseBook(content, place);
  if ("book" in parsed) return parsed.book;
  for (const problem of parsed.problems) problems.add(problem);
  return undefined;
}

function readSeries(
  written: Readonly<Record<string, unknown>>,
  load: (path: string, kind: "book" | "series") => Loaded,
  problems: ProblemList,
): Readonly<Record<string, Series>> {
  const series: [string, Series][] = [];
  for (const name of Object.keys(written).sort()) {
    const file = written[name];
    if (typeof file !== "string") {
      const parsed = parseSeries(file ?? null, { path: under("series", name) });
      if ("series" in parsed) series.push([name, parsed.series]);
      else for (const problem of parsed.problems) problems.add(problem);
      continue;
    }
    const loaded = load(file, "series");
    if ("problems" in loaded) {
      for (const problem of loaded.problems) problems.add({ ...problem, path: `series.${name}: ${problem.path}` });
      continue;
    }
    if ("book" in loaded) {
      problems.say("kind-wrong", `series.${name}`, `${quote(file)} is a book`, "name a series file");
      continue;
    }
    const parsed = parseSeries(loaded.value);
    if ("series" in parsed) series.push([name, parsed.series]);
    else for (const problem of parsed.problems) problems.add({ ...problem, path: `series.${name}: ${problem.path}` });
  }
  return Object.fromEntries(series);
}

interface Written extends MechanismPlan {
  params: unknown;
  readonly path: string;
  readonly references: readonly Reference[];
  /** Keys that the schema refused: nothing more is said of them. */
  readonly wrong: ReadonlySet<string>;
}

/** The key of a kind that defaults to the mechanism's own name, or undefined: who pushes has a position table, but for those who act on others' accounts or pools. */
export function ownName({ kind, part }: Definition): string | undefined {
  if (part === "pressure") return withoutTable.has(kind) ? undefined : "positions";
  return venueKinds.has(kind) ? "venue" : undefined;
}

/** Kinds that push without a position table: owners act on others' accounts, hedgers of a pool on the pool's coins. */
const withoutTable: ReadonlySet<string> = new Set(["owners", "hedged-pool"]);

/** Kinds that are a venue of the book: it needs no other mechanism. */
const venueKinds: ReadonlySet<string> = new Set(["order-book", "constant-product", "recorded-reserves"]);

function readMechanisms(
  value: Readonly<Record<string, unknown>>,
  book: Book | undefined,
  problems: ProblemList,
): Written[] {
  const written: Written[] = [];
  const taken = new Set<string>();
  const read = (part: Part, name: string, entry: unknown, path: string): void => {
    if (taken.has(name)) {
      problems.say(
        "name-taken",
        path,
        `there is already a mechanism ${quote(name)}`,
        "give each mechanism a name of its own",
      );
      return;
    }
    taken.add(name);
    const one = readMechanism(part, name, entry, path, problems);
    if (one !== undefined) written.push(one);
  };
  for (const part of ["prices", "liquidity", "pressure"] as const) {
    const entries = entriesOf(value[part], part, mechanismLimit, problems);
    for (const [name, entry] of [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      read(part, name, entry, under(part, name));
    if (part === "prices" && book !== undefined && !written.some((one) => one.kind.endsWith("oracle"))) {
      read("prices", "spot", { kind: "spot-oracle" }, "prices.spot");
    }
    if (part === "liquidity" && book !== undefined) {
      for (const venue of book.venues) {
        const already = written.some(
          (one) => (one.params as { venue?: string }).venue === venue.id && venueKinds.has(one.kind),
        );
        if (!already) read("liquidity", venue.id, { kind: venue.kind }, `book.venues.${venue.id}`);
      }
      const order = (one: Written) => (one.part === "liquidity" ? 1 : 0);
      written.sort((a, b) => order(a) - order(b) || (order(a) === 1 ? (a.name < b.name ? -1 : 1) : 0));
    }
  }
  if (value.guards !== undefined && !Array.isArray(value.guards)) {
    problems.say(
      "type-wrong",
      "guards",
      `must be a list, but is ${quote(value.guards)}`,
      "write a list: guards act in the stated order",
    );
  } else if (Array.isArray(value.guards)) {
    if (value.guards.length > mechanismLimit) {
      problems.say(
        "too-many-entries",
        "guards",
        `${value.guards.length} entries, at most ${mechanismLimit}`,
        "name fewer guards",
      );
    } else {
      value.guards.forEach((entry: unknown, index) => {
        const path = `guards[${index}]`;
        if (!isTable(entry)) {
          problems.say(
            "type-wrong",
            path,
            `must be a table of keys, but is ${quote(entry)}`,
            "write it like { kind: throttle, ... }",
          );
          return;
        }
        const { name, ...rest } = entry;
        read("guards", typeof name === "string" ? name : String(entry.kind ?? entry.protocol ?? index), rest, path);
      });
    }
  }
  return written;
}

function readMechanism(
  part: Part,
  name: string,
  entry: unknown,
  path: string,
  problems: ProblemList,
): Written | undefined {
  if (!isTable(entry)) {
    problems.say(
      "type-wrong",
      path,
      `must be a table of keys, but is ${quote(entry)}`,
      "write it like { kind: lending, ... }",
    );
    return undefined;
  }
  const word = entry.kind === undefined && entry.protocol !== undefined ? "protocol" : "kind";
  const choices = definitions.filter(
    (one) => one.part === part && (one.protocol !== undefined) === (word === "protocol"),
  );
  const definition = choices.find((one) => one.kind === entry[word]);
  if (definition === undefined) {
    const what = word === "kind" ? "mechanism" : "protocol";
    const found = entry[word] === undefined ? `"kind" is missing` : `there is no ${part} ${what} ${quote(entry[word])}`;
    const kinds = choices.map((one) => one.kind);
    const isProtocol = word === "kind" && definitions.some((one) => one.protocol && one.kind === entry.kind);
    const hint = isProtocol ? `write "protocol: ${String(entry.kind)}"` : suggestion(String(entry[word] ?? ""), kinds);
    problems.say(`${word}-unknown`, under(path, word), found, hint);
    return undefined;
  }
  const key = ownName(definition);
  const filled = key !== undefined && entry[key] === undefined ? { ...entry, [key]: name } : entry;
  const whole = checkShape(definition.schema, filled, path, problems);
  // What is wrong in itself has been said; what is left is still held against the book, so that all problems come at once.
  const wrong = whole === undefined ? wrongKeys(definition, filled) : new Set<string>();
  const params = whole ?? definition.schema.safeParse(without(filled, wrong)).data;
  if (params === undefined) return undefined;
  const references = (definition.references?.(params) ?? []).filter((one) => !isBelow(one.key, wrong));
  return { part, kind: definition.kind, name, params, path, references, wrong };
}

/** The first keys of everything that a kind's schema refuses. */
function wrongKeys({ schema }: Definition, entry: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const issues = schema.safeParse(entry).error?.issues ?? [];
  return new Set(
    issues.flatMap((issue) =>
      issue.path.length > 0 ? [String(issue.path[0])] : issue.code === "unrecognized_keys" ? issue.keys : [],
    ),
  );
}

function without(entry: Readonly<Record<string, unknown>>, keys: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !keys.has(key)));
}

/** Whether a key is one of `keys` or stands below one. */
function isBelow(key: string, keys: ReadonlySet<string>): boolean {
  return keys.has(key.split(/[.[]/)[0]);
}

/** Reports names that do not exist; returns the mechanisms that name none of them. */
function checkReferences(
  written: readonly Written[],
  book: Book,
  series: Readonly<Record<string, Series>>,
  problems: ProblemList,
): readonly Written[] {
  const names: Record<Reference["kind"], ReadonlySet<string>> = {
    asset: new Set(book.assets.map((asset) => asset.symbol)),
    instrument: new Set(book.instruments.map((instrument) => instrument.id)),
    venue: new Set(book.venues.map((venue) => venue.id)),
    positions: new Set(book.positions.map((table) => table.protocol)),
    oracle: new Set(written.filter((one) => publishesFeeds(one.kind)).map((one) => one.name)),
    surface: new Set(written.filter((one) => offersSurface(one.kind)).map((one) => one.name)),
    mechanism: new Set(written.map((one) => one.name)),
    series: new Set(Object.keys(series)),
  };
  return written.filter((one) => {
    const before = problems.count;
    for (const reference of one.references) {
      const known = names[reference.kind];
      if (known.has(reference.name)) continue;
      problems.say(
        `unknown-${reference.kind}`,
        under(one.path, reference.key),
        `there is no ${reference.kind} ${quote(reference.name)}`,
        suggestion(reference.name, known),
      );
    }
    return problems.count === before;
  });
}

/** Asks a mechanism's definition what is wrong with its parameters beside the rest of the scenario. */
function checkParams(one: Written, context: CheckContext, problems: ProblemList): void {
  for (const fault of definitionOf(one.kind)?.check?.(one.params, context) ?? []) {
    // A market that does not exist leaves its terms missing: said already.
    const follows = fault.code === "term-missing" && one.wrong.has("market");
    if (!follows && !isBelow(fault.key, one.wrong))
      problems.say(fault.code, under(one.path, fault.key), fault.message, fault.hint);
  }
}

/** Position tables that two mechanisms would both hold: every account would be there twice, with its collateral and its debt. */
function checkTables(written: readonly Written[], problems: ProblemList): void {
  const heldBy = new Map<string, string>();
  for (const one of written) {
    for (const { key, kind, name } of one.references) {
      if (kind !== "positions") continue;
      const other = heldBy.get(name);
      if (other === undefined) heldBy.set(name, one.name);
      else {
        problems.say(
          "positions-twice",
          under(one.path, key),
          `${quote(other)} already holds the accounts of ${name}`,
          "give each mechanism a table of its own",
        );
      }
    }
  }
}

/** Assets that two price paths would both set: the later would silently win. */
function checkPaths(written: readonly Written[], problems: ProblemList): void {
  const setBy = new Map<string, string>();
  for (const one of written) {
    if (one.part !== "prices" || publishesFeeds(one.kind) || offersSurface(one.kind)) continue;
    for (const { kind, name } of one.references) {
      if (kind !== "asset") continue;
      const other = setBy.get(name);
      if (other === undefined) setBy.set(name, one.name);
      else if (other !== one.name) {
        problems.say("path-twice", one.path, `${quote(other)} already moves ${name}`, "let one path move each asset");
      }
    }
  }
}

/** Reports what is wrong with the clock; returns whether there is a tick to go by. */
function checkClock(clock: { readonly tick: number; readonly duration: number }, problems: ProblemList): boolean {
  if (clock.tick === 0) {
    problems.say("number-out-of-range", "clock.tick", "a tick is shorter than a millisecond", "write at least 1 ms");
    return false;
  }
  if (clock.duration % clock.tick !== 0) {
    const message = `${clock.duration} ms is no whole number of ticks of ${clock.tick} ms`;
    problems.say("duration-no-multiple", "clock.duration", message, "make the duration a multiple of the tick");
  }
  if (clock.duration / clock.tick > tickLimit) {
    problems.say(
      "number-out-of-range",
      "clock.duration",
      `more than ${tickLimit} ticks`,
      "make the tick longer or the path shorter",
    );
  }
  return true;
}
