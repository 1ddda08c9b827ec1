import { z } from "zod";
import {
  checkShape,
  isForbiddenKey,
  isProblem,
  isTable,
  type ProblemList,
  quantity,
  quote,
  suggestion,
  under,
  word,
} from "../book/index.js";
import { parseNote } from "../book/schema.js";
import { numbersOf } from "../book/series.js";
import { publishesFeeds } from "../mechanisms/definition.js";
import type { Plan } from "./plan.js";

/** What is read off a run and set beside what was observed. Prices are named by their instrument (its market's middle) or by their oracle (what it published). */
export type Reading =
  | { readonly reading: "fall"; readonly of: string; readonly at: "close" | "lowest" }
  | { readonly reading: "discount"; readonly of: string; readonly below: string }
  | { readonly reading: "sold"; readonly by: readonly string[] }
  | { readonly reading: "sold-share"; readonly by: readonly string[]; readonly ofUsd: number }
  | { readonly reading: "asked"; readonly by: readonly string[]; readonly at: "open" | "close" };

/** One published figure of a day, and how the model's is read. */
export interface HistoryFact {
  readonly name: string;
  readonly reading: Reading;
  readonly unit: "share" | "USD";
  /** The published figure, or the ends between which published figures lie; null where nobody published one. */
  readonly observed: readonly [number, number] | null;
  readonly source: string;
}

/** A recorded price that the model's is drawn beside. */
export interface HistoryTrack {
  readonly name: string;
  /** Instrument or oracle. */
  readonly of: string;
  /** Milliseconds since the start of the path, and dollars. */
  readonly timesMs: Float64Array;
  readonly pricesUsd: Float64Array;
}

/** The same scenario with some of its values changed. */
export interface Variant {
  readonly name: string;
  readonly plan: Plan;
}

/** What is known of the day that a scenario is about, what nobody knows of it, and what might have been. */
export interface History {
  /** What a reader must know before the figures; empty where there is nothing. */
  readonly note: string;
  readonly facts: readonly HistoryFact[];
  readonly tracks: readonly HistoryTrack[];
  /** Other values of what nobody measured: every figure is a band over these and the scenario itself. */
  readonly sets: readonly Variant[];
  /** What would have been different. */
  readonly counterfactuals: readonly Variant[];
}

const observedShare = z
  .array(quantity.share({ bare: true, least: -1, most: 1000 }))
  .min(1)
  .max(2)
  .describe("The published figure, or the lowest and the highest of several.");
const observedUsd = z
  .array(quantity.usd())
  .min(1)
  .max(2)
  .describe("The published figure, or the lowest and the highest of several.");
const named = {
  name: word.note("What it is, for people.", "fall of the cash index at the close"),
  source: word.note("Who published it.", "Brady report, 1988"),
};
const priceName = (what: string) => z.string().describe(what);
const sellers = z.array(z.string()).min(1).max(64).describe("Mechanisms whose own sales count.");

const factSchema = z.discriminatedUnion("reading", [
  z.strictObject({
    ...named,
    reading: z.literal("fall"),
    of: priceName("The instrument, or the oracle, whose price fell."),
    at: z.enum(["close", "lowest"]).default("close").describe("At the end of the path, or at its lowest."),
    observed: observedShare,
  }),
  z.strictObject({
    ...named,
    reading: z.literal("discount"),
    of: priceName("The instrument or oracle that stood lower."),
    below: priceName("The one that it is compared with: the largest discount of the path counts."),
    observed: observedShare,
  }),
  z.strictObject({ ...named, reading: z.literal("sold"), by: sellers, observed: observedUsd }),
  z.strictObject({
    ...named,
    reading: z.literal("sold-share"),
    by: sellers,
    ofUsd: quantity.usd({ above: 0 }).describe("All sales of that market on the day."),
    observed: observedShare,
  }),
  z.strictObject({
    ...named,
    reading: z.literal("asked"),
    by: sellers,
    at: z
      .enum(["open", "close"])
      .default("close")
      .describe(
        "What rules ask for before anything was sold, or in the whole path: what was sold and what still stands, at opening prices.",
      ),
    observed: observedUsd.optional(),
  }),
]);

const trackSchema = z.strictObject({
  name: word.note("What it is, for people.", "cash index"),
  of: priceName("The instrument, or the oracle, whose price is drawn beside it."),
  series: word.reference("The series that holds it.", "day"),
  table: word.reference("Its table of prices.", "cash"),
});

const changes = z
  .record(z.string(), z.record(z.string(), z.unknown()))
  .default({})
  .describe("By name: values by their path in this file (`pressure.insurers.multiplier: 3`); null takes one out.");

/** How a scenario writes what is known of its day. */
export const historySchema = z
  .strictObject({
    note: word
      .note("What a reader must know before the figures.", "Depth was chosen with the outcome known.")
      .optional(),
    facts: z.array(factSchema).max(64).default([]).describe("Published figures, each with how the model's is read."),
    tracks: z.array(trackSchema).max(16).default([]).describe("Recorded prices that the model's are drawn beside."),
    sets: changes,
    counterfactuals: changes,
  })
  .describe("What is known of the day that this scenario is about; `firebreak replay` sets it beside the model.");

/** A history as its author wrote it, every quantity read. */
export type WrittenHistory = z.infer<typeof historySchema>;

/** Sets, or counterfactuals: each is a run of its own and a line of a table. */
const variantLimit = 64;
const variantNameLimit = 60;

/** How a changed scenario is read: the plan, or what is wrong with it. */
export type ReadVariant = (
  value: Readonly<Record<string, unknown>>,
) =>
  | { readonly plan: Plan }
  | { readonly problems: readonly { code: string; path: string; message: string; hint: string }[] };

/** Reads the shape of the section `history`, whatever else is wrong with the scenario: all of it, or what has the right shape. Problems: the shape's. */
export function shapeOfHistory(
  value: Readonly<Record<string, unknown>>,
  problems: ProblemList,
): WrittenHistory | undefined {
  if (value.history === undefined) return undefined;
  return checkShape(historySchema, value.history, "history", problems) ?? soundParts(value.history);
}

/** What can be read of a malformed section, so that its names and variants are checked too; lists have holes where an entry is malformed: each keeps its place. */
function soundParts(section: unknown): WrittenHistory | undefined {
  if (!isTable(section)) return undefined;
  const entries = <Entry>(list: unknown, schema: z.ZodType<Entry>): Entry[] => {
    const sound: Entry[] = [];
    if (!Array.isArray(list)) return sound;
    list.slice(0, 64).forEach((entry, place) => {
      const parsed = schema.safeParse(entry);
      if (parsed.success) sound[place] = parsed.data;
    });
    return sound;
  };
  const variants = (table: unknown) =>
    isTable(table) ? Object.fromEntries(Object.entries(table).filter(([, changed]) => isTable(changed))) : {};
  return {
    facts: entries(section.facts, factSchema),
    tracks: entries(section.tracks, trackSchema),
    sets: variants(section.sets) as WrittenHistory["sets"],
    counterfactuals: variants(section.counterfactuals) as WrittenHistory["sets"],
  };
}

/**
 * Reads what the section `history` names. Every set and counterfactual is the scenario with some values changed, read as a scenario of its own: what is wrong with
 * one is said under its name. Problems: `unknown-price`, `unknown-mechanism`, `unknown-series`, `unknown-table`, `table-wrong`, `change-wrong`, `name-twice`,
 * `name-malformed`, `text-too-long`, `too-many-entries`.
 */
export function readHistory(
  value: Readonly<Record<string, unknown>>,
  shaped: WrittenHistory,
  plan: Plan,
  problems: ProblemList,
  read: ReadVariant,
): History | undefined {
  const before = problems.count;
  checkNames(shaped, plan, problems);
  const tracks = shaped.tracks.flatMap((track, place) => readTrack(track, `history.tracks[${place}]`, plan, problems));
  const { history: _, ...base } = value;
  const prices = namedPrices(shaped);
  const variants = (section: "sets" | "counterfactuals") => {
    const entries = Object.entries(shaped[section]);
    if (entries.length > variantLimit) {
      const message = `${entries.length} entries, at most ${variantLimit}`;
      problems.say("too-many-entries", under("history", section), message, "name fewer");
      return [];
    }
    return entries.flatMap(([name, changed]) => {
      const path = under(under("history", section), name);
      const sound = parseNote(name, path, variantNameLimit);
      if (isProblem(sound)) {
        problems.add(sound);
        return [];
      }
      const next = withChanges(base, changed, path, problems);
      if (next === undefined) return [];
      const parsed = read(next);
      if ("problems" in parsed) {
        for (const problem of parsed.problems) problems.add({ ...problem, path: `${path}: ${problem.path}` });
        return [];
      }
      const known = priceNames(parsed.plan);
      for (const price of prices) {
        if (known.has(price) || !priceNames(plan).has(price)) continue;
        const message = `takes ${quote(price)} out, which facts or tracks name`;
        problems.say("unknown-price", path, message, "leave every price in that is read");
      }
      return [{ name, plan: parsed.plan }];
    });
  };
  const sets = variants("sets");
  const counterfactuals = variants("counterfactuals");
  if (problems.count > before) return undefined;
  return { note: shaped.note ?? "", facts: shaped.facts.map(factOf), tracks, sets, counterfactuals };
}

function factOf({ name, source, observed, ...reading }: WrittenHistory["facts"][number]): HistoryFact {
  return {
    name,
    source,
    reading,
    unit: reading.reading === "sold" || reading.reading === "asked" ? "USD" : "share",
    observed: observed === undefined ? null : [Math.min(...observed), Math.max(...observed)],
  };
}

/** Names of prices: instruments, and oracles. */
function priceNames({ book, mechanisms }: Plan): ReadonlySet<string> {
  return new Set([
    ...book.instruments.map((one) => one.id),
    ...mechanisms.filter((one) => publishesFeeds(one.kind)).map((one) => one.name),
  ]);
}

/** Every price that facts and tracks name. */
function namedPrices({ facts, tracks }: WrittenHistory): ReadonlySet<string> {
  const ofFacts = facts.flatMap((fact) => {
    if (fact.reading === "fall") return [fact.of];
    return fact.reading === "discount" ? [fact.of, fact.below] : [];
  });
  return new Set([...ofFacts, ...tracks.map((track) => track.of)]);
}

/** Figures are kept by the names of their facts: each name is said once. */
function checkTwice(names: readonly string[], path: string, problems: ProblemList): void {
  names.forEach((name, place) => {
    const first = names.indexOf(name);
    if (first < place)
      problems.say("name-twice", `${path}[${place}].name`, `${path}[${first}] has that name`, "name each otherwise");
  });
}

function checkNames({ facts, tracks }: WrittenHistory, plan: Plan, problems: ProblemList): void {
  const prices = priceNames(plan);
  const mechanisms = new Set(plan.mechanisms.map((one) => one.name));
  checkTwice(
    facts.map((fact) => fact.name),
    "history.facts",
    problems,
  );
  checkTwice(
    tracks.map((track) => track.name),
    "history.tracks",
    problems,
  );
  const price = (name: string, path: string) => {
    if (prices.has(name)) return;
    problems.say("unknown-price", path, `there is no instrument or oracle ${quote(name)}`, suggestion(name, prices));
  };
  facts.forEach((fact, place) => {
    const path = `history.facts[${place}]`;
    if (fact.reading === "fall" || fact.reading === "discount") price(fact.of, under(path, "of"));
    if (fact.reading === "discount") price(fact.below, under(path, "below"));
    if (!("by" in fact)) return;
    fact.by.forEach((name, which) => {
      if (!mechanisms.has(name)) {
        const message = `there is no mechanism ${quote(name)}`;
        problems.say("unknown-mechanism", under(under(path, "by"), which), message, suggestion(name, mechanisms));
      }
    });
  });
  tracks.forEach((track, place) => {
    price(track.of, under(`history.tracks[${place}]`, "of"));
  });
}

function readTrack(
  track: WrittenHistory["tracks"][number],
  path: string,
  { series, book }: Plan,
  problems: ProblemList,
): HistoryTrack[] {
  const found = series[track.series];
  if (found === undefined) {
    const message = `there is no series ${quote(track.series)}`;
    problems.say("unknown-series", under(path, "series"), message, suggestion(track.series, Object.keys(series)));
    return [];
  }
  const table = found.tables.find((one) => one.id === track.table);
  if (table === undefined) {
    const tables = found.tables.map((one) => one.id);
    const message = `the series ${track.series} has no table ${quote(track.table)}`;
    problems.say("unknown-table", under(path, "table"), message, suggestion(track.table, tables));
    return [];
  }
  const times = numbersOf(table, "timeMs");
  const prices = numbersOf(table, "priceUsd");
  if (times === null || prices === null) {
    const message = `the table ${track.table} holds ${table.kind}, no prices`;
    problems.say("table-wrong", under(path, "table"), message, 'name a table with "time" and "price USD"');
    return [];
  }
  return [
    {
      name: track.name,
      of: track.of,
      timesMs: times.map((time) => time - book.atMs),
      pricesUsd: Float64Array.from(prices),
    },
  ];
}

/** A copy of a scenario's value with values changed by their paths. Every path that leads nowhere is said. */
function withChanges(
  base: Readonly<Record<string, unknown>>,
  changed: Readonly<Record<string, unknown>>,
  path: string,
  problems: ProblemList,
): Readonly<Record<string, unknown>> | undefined {
  const before = problems.count;
  const copy: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(changed)) {
    const steps = key.split(".");
    const last = steps[steps.length - 1];
    const table = tableAt(copy, steps);
    if (table === undefined) {
      const hint = "write the keys from the top of the file down, with dots between them";
      problems.say("change-wrong", under(path, key), `${quote(key)} is no path to a value of this file`, hint);
    } else if (value !== null) table[last] = value;
    else if (Object.hasOwn(table, last)) delete table[last];
    else {
      const message = `there is no ${quote(key)} to take out`;
      problems.say("change-wrong", under(path, key), message, suggestion(last, Object.keys(table)));
    }
  }
  return problems.count > before ? undefined : copy;
}

/** The table that a path's last step is a key of; tables on the way are copied, so that the scenario itself stays as it was written. */
function tableAt(copy: Record<string, unknown>, steps: readonly string[]): Record<string, unknown> | undefined {
  if (steps[0] === "history" || !steps.every((step) => /^[\w-]+$/.test(step) && !isForbiddenKey(step)))
    return undefined;
  let table = copy;
  for (const step of steps.slice(0, -1)) {
    const next: unknown = Object.hasOwn(table, step) ? table[step] : {};
    if (!isTable(next)) return undefined;
    const own: Record<string, unknown> = { ...next };
    table[step] = own;
    table = own;
  }
  return table;
}
