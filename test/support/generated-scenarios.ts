import { definitions, type Plan, parseScenario, uniform } from "../../engine/src/index.js";

/** Ticks of a generated scenario at most: many small ones say more than a few long ones. */
const tickLimit = 200;

type Table = Record<string, unknown>;

/**
 * The scenario that belongs to (seed, index), as an author would write it: a registered mechanism's demonstration, where they fit together with the parts of a
 * second one, and some of its quantities multiplied by random factors. Whatever the parser refuses is taken back, so every one of them runs.
 */
export function generatedScenario(seed: number, index: number): unknown {
  let draws = 0;
  const random = () => uniform(seed, index, 0, 1, draws++);
  const pick = (count: number) => Math.floor(random() * count);
  // Every kind has its turn, and a drawn place in the next round of all, so that none is left out where only some indices are asked for; the second is drawn.
  const round = Math.floor(index / definitions.length);
  const turn = (index + Math.floor(definitions.length * uniform(seed, round, 0, 3, 0))) % definitions.length;
  let scenario = copy(definitions[turn].demonstration.scenario);
  const merged = merge(scenario, definitions[pick(definitions.length)].demonstration.scenario);
  if (isFit(merged)) scenario = merged;
  for (const told of [carriedOut, inFutures]) {
    const changed = told(scenario, seed, index);
    if (isFit(changed)) scenario = changed;
  }
  for (let change = 0; change < 8; change++) {
    const changed = copy(scenario);
    const places = quantities(changed);
    const { holder, key } = places[pick(places.length)];
    holder[key] = scaled(holder[key], Math.round(100 * (0.5 + 1.5 * random())) / 100);
    if (isFit(changed)) scenario = changed;
  }
  return scenario;
}

/** What accounts that follow a rule may be told beside it: each of them for every other account. */
const ways: readonly Readonly<Table>[] = [
  { execution: { discretion: "60%" } },
  { execution: { delay: "10 min", perHour: "80%" } },
  { execution: { discretion: "30%", pauseAfter: "-5%", pause: "10 min" } },
  { announced: "50%" },
  { every: "10 min" },
  { leverage: 2 },
  { start: "rule" },
  { times: 3 },
];

/** The names of a scenario's mechanisms whose accounts hold an asset against cash by a rule. */
function rules(scenario: Table): string[] {
  const { positions } = scenario.book as { positions: Readonly<Record<string, { columns?: readonly string[] }>> };
  return Object.entries((scenario.pressure ?? {}) as Readonly<Record<string, Table>>).flatMap(([name, entry]) =>
    positions[String(entry.positions ?? name)]?.columns?.some((column) => column.startsWith("risky ")) ? [name] : [],
  );
}

/** The scenario with its insurers' and other strategies' orders carried out by people, in ways that are drawn. */
function carriedOut(scenario: Table, seed: number, index: number): Table {
  const changed = copy(scenario);
  const pressure = changed.pressure as Readonly<Record<string, Table>>;
  let draws = 0;
  for (const name of rules(scenario))
    for (const way of ways) if (uniform(seed, index, 0, 2, draws++) < 0.2) Object.assign(pressure[name], copy(way));
  return changed;
}

/** One scenario in four of theirs with a future that they trade in place of the asset. */
function inFutures(scenario: Table, seed: number, index: number): Table {
  const changed = copy(scenario);
  const names = rules(scenario);
  if (names.length === 0 || uniform(seed, index, 0, 4, 0) > 0.25) return changed;
  const { instruments, venues } = changed.book as { instruments: Table; venues: Table };
  instruments["ETH-FUTURE"] = { asset: "ETH", quote: "USD", market: "perpetual" };
  const [bids, asks] = [-1, 1].map((side) => [[`${side * 40}%`, "9000 ETH"]]);
  venues.futures = { kind: "order-book", instrument: "ETH-FUTURE", layer: "made", bids, asks, refill: "1 /h" };
  for (const name of names) (changed.pressure as Readonly<Record<string, Table>>)[name].hedge = "ETH-FUTURE";
  return changed;
}

/** The plan of a scenario without files. */
export function planOf(scenario: unknown): Plan {
  const parsed = parseScenario(scenario, (path) => {
    throw new Error(`a generated scenario names no files, but this one names ${path}`);
  });
  if ("problems" in parsed) throw new Error(parsed.problems.map((problem) => problem.message).join("; "));
  return parsed.plan;
}

function isFit(scenario: unknown): boolean {
  const parsed = parseScenario(scenario, () => ({ value: null }));
  return "plan" in parsed && parsed.plan.tickCount <= tickLimit;
}

function copy(value: unknown): Table {
  return structuredClone(value) as Table;
}

/** `base` with all that only `other` has: names that both have stay those of `base`; lists are joined. */
function merge(base: unknown, other: unknown): Table {
  const merged = copy(base);
  for (const [key, value] of Object.entries(copy(other))) {
    const mine = merged[key];
    if (mine === undefined) merged[key] = value;
    else if (Array.isArray(mine) && Array.isArray(value)) merged[key] = [...mine, ...value];
    else if (isTable(mine) && isTable(value) && !("kind" in mine)) merged[key] = merge(mine, value);
  }
  return merged;
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface Place {
  readonly holder: Table;
  readonly key: string;
}

const quantityPattern = /^([+-]?[0-9]+(?:\.[0-9]+)?)( *(?:%|[A-Za-z/][A-Za-z/]*))$/;

/** Every place of a number or of a number with a unit, but for versions. */
function quantities(value: Table): Place[] {
  return Object.entries(value).flatMap(([key, entry]) => {
    if (key === "version") return [];
    if (typeof entry === "number" || (typeof entry === "string" && quantityPattern.test(entry)))
      return [{ holder: value, key }];
    return typeof entry === "object" && entry !== null ? quantities(entry as Table) : [];
  });
}

function scaled(value: unknown, factor: number): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? Math.round(value * factor) : value * factor;
  const match = quantityPattern.exec(String(value));
  if (match === null) return value;
  return `${Number((Number(match[1]) * factor).toFixed(6))}${match[2]}`;
}
