import type { z } from "zod";
import type { Problem } from "./problem.js";
import type { ProblemList } from "./problem-list.js";
import { clean, quote, suggestion, under, wholeInput } from "./wording.js";

/** Deepest nesting of tables and lists that any of our files needs, with room. */
const deepest = 64;

/** Keys that would reach into an object's prototype; they are refused wherever they stand. */
const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Walks a parsed file without recursion and adds its structural problems: `key-forbidden`, `too-deep`, `cycle`. A table seen twice is walked
 * once, so aliases that multiply cost nothing. Lists of rows (`skip`) are left to whoever reads them.
 * Returns false where the value must not be read any further.
 */
export function checkStructure(
  value: unknown,
  path: string,
  problems: ProblemList,
  skip: ReadonlySet<string> = new Set(),
): boolean {
  if (typeof value !== "object" || value === null) return true;
  interface Place {
    readonly value: object;
    readonly path: string;
    readonly depth: number;
    readonly parent: Place | null;
  }
  const seen = new Set<object>();
  const open: Place[] = [{ value, path, depth: 0, parent: null }];
  let sound = true;
  const refuse = (code: string, at: string, message: string, hint: string) => {
    sound = false;
    problems.say(code, at === "" ? wholeInput : at, message, hint);
  };
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (place.depth > deepest) {
      refuse(
        "too-deep",
        shortened(place.path),
        `nested more than ${deepest} deep`,
        "flatten it; no part of a file nests so deep",
      );
      return false;
    }
    if (seen.has(place.value)) {
      if (isAncestor(place)) {
        refuse("cycle", place.path, "it contains itself", "remove the reference (YAML alias) to an enclosing part");
      }
      continue;
    }
    seen.add(place.value);
    const isList = Array.isArray(place.value);
    for (const [key, child] of Object.entries(place.value)) {
      const childPath = under(place.path, isList ? Number(key) : key);
      if (!isList && forbiddenKeys.has(key)) {
        refuse("key-forbidden", childPath, `the key ${quote(key)} is not allowed`, "rename it");
      } else if (typeof child === "object" && child !== null && !(Array.isArray(child) && skip.has(key))) {
        open.push({ value: child, path: childPath, depth: place.depth + 1, parent: place });
      }
    }
  }
  return sound;

  function isAncestor(place: Place): boolean {
    for (let above = place.parent; above !== null; above = above.parent) if (above.value === place.value) return true;
    return false;
  }
}

function shortened(path: string): string {
  return path.length > 80 ? `${path.slice(0, 80)}…` : path;
}

/** True for a key that no file may use. */
export function isForbiddenKey(key: string): boolean {
  return forbiddenKeys.has(key);
}

/**
 * Parses a value by a zod schema; every issue becomes a Problem below `path`. Returns the output, or undefined where there were any.
 * The schema's own depth bounds the recursion.
 */
export function checkShape<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  path: string,
  problems: ProblemList,
): z.output<Schema> | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues)
    for (const found of problemsOf(issue, schema, value, path)) problems.add(found);
  return undefined;
}

/** A list of `[key, value]` of a table, or of nothing; problems `type-wrong` and `too-many-entries` are added. */
export function entriesOf(
  value: unknown,
  path: string,
  most: number,
  problems: ProblemList,
): readonly (readonly [string, unknown])[] {
  if (value === undefined) return [];
  if (!isTable(value)) {
    problems.say(
      "type-wrong",
      path,
      `must be a table of names, but is ${quote(value)}`,
      'write it like { "name": ... }',
    );
    return [];
  }
  const entries = Object.entries(value);
  if (entries.length > most) {
    problems.say("too-many-entries", path, `${entries.length} entries, at most ${most}`, "split the file");
    return [];
  }
  return entries;
}

/** True for a table of keys: an object that is no list. */
export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Issue = z.core.$ZodIssue;

/** The Problems of one zod issue. */
function problemsOf(issue: Issue, schema: z.ZodType, value: unknown, path: string): readonly Problem[] {
  const place = issue.path.reduce<string>(under, path);
  const found = valueAt(value, issue.path);
  const problem = (code: string, message: string, hint: string, at = place): Problem => ({
    code,
    path: at === "" ? wholeInput : at,
    message,
    hint,
  });
  switch (issue.code) {
    case "custom": {
      const code: unknown = issue.params?.code;
      const hint: unknown = issue.params?.hint;
      return [
        problem(
          typeof code === "string" ? code : "value-wrong",
          issue.message,
          typeof hint === "string" ? hint : "see the schema",
        ),
      ];
    }
    case "unrecognized_keys": {
      const known = keysAt(schema, issue.path);
      return issue.keys.map((key) =>
        problem("unknown-key", `there is no key ${quote(key)} here`, suggestion(key, known), under(place, clean(key))),
      );
    }
    case "invalid_type":
      if (found === undefined) return [problem("value-missing", `${words(issue.expected)} is missing`, "add it")];
      if (typeof found === "number" && issue.expected === "number") {
        return [problem("number-not-finite", `${found} is no finite number`, "write a finite number")];
      }
      if (typeof found === "number" && issue.expected === "int") {
        return [problem("number-out-of-range", `${found} must be a whole number`, "write a whole number")];
      }
      return [
        problem(
          "type-wrong",
          `must be ${words(issue.expected)}, but is ${quote(found)}`,
          `write ${words(issue.expected)}`,
        ),
      ];
    case "invalid_value": {
      const names = issue.values.map(String);
      if (found === undefined)
        return [problem("value-missing", "a value is missing", `there are: ${names.join(", ")}`)];
      return [problem("value-wrong", `${quote(found)} is not one of the values`, suggestion(String(found), names))];
    }
    case "invalid_union": {
      const options: unknown = "options" in issue ? issue.options : undefined;
      if (Array.isArray(options)) {
        const names = options.map(String);
        if (found === undefined)
          return [problem("value-missing", "a value is missing", `there are: ${names.join(", ")}`)];
        return [problem("value-wrong", `${quote(found)} is not one of the values`, suggestion(String(found), names))];
      }
      return [
        problem("value-wrong", `${quote(found)} fits none of the forms`, "see the schema for the forms it takes"),
      ];
    }
    case "too_small":
    case "too_big": {
      const bound = issue.code === "too_small" ? issue.minimum : issue.maximum;
      const side = issue.code === "too_small" ? "at least" : "at most";
      if (issue.origin === "string") {
        const code = issue.code === "too_small" ? "value-empty" : "text-too-long";
        return [
          problem(code, `${quote(found)} must have ${side} ${bound} characters`, `write ${side} ${bound} characters`),
        ];
      }
      if (issue.origin === "array") {
        const length = Array.isArray(found) ? found.length : 0;
        return [problem("list-length", `${length} entries, must be ${side} ${bound}`, `write ${side} ${bound}`)];
      }
      return [problem("number-out-of-range", `${quote(found)} must be ${side} ${bound}`, `write ${side} ${bound}`)];
    }
    default:
      return [problem("value-wrong", `${quote(found)} does not fit: ${issue.message}`, "see the schema")];
  }
}

const kinds: Readonly<Record<string, string>> = {
  object: "a table of keys",
  record: "a table of names",
  array: "a list",
  tuple: "a list",
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  nonoptional: "a value",
};

function words(expected: string): string {
  return kinds[expected] ?? expected;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return found;
}

/** The keys that a schema knows at a path, for "did you mean". */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let places: readonly z.core.$ZodType[] = opened(schema);
  for (const step of path) {
    places = places.flatMap((place) => {
      const definition = (place as z.core.$ZodTypes)._zod.def;
      if (definition.type === "object")
        return definition.shape[String(step)] ? opened(definition.shape[String(step)]) : [];
      if (definition.type === "record") return opened(definition.valueType);
      if (definition.type === "array") return opened(definition.element);
      return [];
    });
  }
  return places.flatMap((place) => {
    const definition = (place as z.core.$ZodTypes)._zod.def;
    return definition.type === "object" ? Object.keys(definition.shape) : [];
  });
}

/** A schema without its wrappers; all the options of a union. */
function opened(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const definition = (schema as z.core.$ZodTypes)._zod.def;
  switch (definition.type) {
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "readonly":
    case "nonoptional":
      return opened(definition.innerType);
    case "pipe":
      return opened(definition.in);
    case "union":
      return definition.options.flatMap(opened);
    default:
      return [schema];
  }
}
