import { z } from "zod";
import { bookFileSchema, seriesFileSchema } from "../book/index.js";
import { type Definition, definitions, type Part } from "../mechanisms/index.js";
import { historySchema, ownName, scenarioOutline } from "./parse.js";

/** A JSON Schema, or a part of one. */
export interface JsonSchema {
  readonly [key: string]: unknown;
}

/** Kinds of files that editors have a JSON Schema for. */
export const editorKinds = ["scenario", "book", "series"] as const;

const partWords: Readonly<Record<Part, string>> = {
  prices: "How the world outside moves, and the oracles that publish it: by name, one of each kind.",
  liquidity: "What absorbs, by name. Venues of the book are there without being listed.",
  pressure: "Who must trade, by name.",
  guards: "What slows or refuses, in the order in which orders pass them.",
};

/**
 * The JSON Schema (2020-12) that editors take for a file's kind, with a title and an id. It is made of the zod schemas that read the files, as an author
 * writes them: what it cannot say (names that must exist, whole ticks) parsing says.
 */
export function publishedSchema(kind: (typeof editorKinds)[number]): JsonSchema {
  const { $schema, ...schema } =
    kind === "scenario" ? scenarioSchema() : written(kind === "book" ? bookFileSchema : seriesFileSchema);
  return { $schema, $id: `urn:firebreak:${kind}:1`, title: `Firebreak ${kind}, version 1`, ...schema };
}

/** The outline of a scenario with its book, its series and, by part, every registered kind of mechanism. */
function scenarioSchema(): JsonSchema {
  const outline = written(scenarioOutline);
  const properties = outline.properties as Readonly<Record<string, JsonSchema>>;
  const path = { type: "string", description: "The path of a file, relative to this one." };
  return {
    ...outline,
    description: "A Firebreak scenario: a book, how prices move, who must trade, what absorbs and what slows.",
    properties: {
      ...properties,
      book: { ...properties.book, anyOf: [path, { $ref: "#/$defs/book" }] },
      series: { ...properties.series, additionalProperties: { anyOf: [path, { $ref: "#/$defs/series" }] } },
      prices: namedMechanisms("prices"),
      liquidity: namedMechanisms("liquidity"),
      pressure: namedMechanisms("pressure"),
      history: withoutDraft(written(historySchema)),
      guards: { description: partWords.guards, type: "array", items: { oneOf: kindsOf("guards") } },
    },
    $defs: {
      book: inPlace(written(bookFileSchema)),
      series: withoutDraft(written(seriesFileSchema)),
      ...Object.fromEntries(definitions.map((one) => [one.kind, mechanismSchema(one)])),
    },
  };
}

function namedMechanisms(part: Part): JsonSchema {
  return { description: partWords[part], type: "object", additionalProperties: { oneOf: kindsOf(part) } };
}

function kindsOf(part: Part): JsonSchema[] {
  return definitions.filter((one) => one.part === part).map((one) => ({ $ref: `#/$defs/${one.kind}` }));
}

/** One kind as its author writes it: a guard may have a name, and what defaults to the name may be left out. */
function mechanismSchema(definition: Definition): JsonSchema {
  const { summary, kind, part } = definition;
  const schema = writtenSchema(definition);
  const properties = schema.properties as JsonSchema;
  const name = { type: "string", description: "What this guard is called; by default as its kind." };
  return {
    ...schema,
    title: kind,
    description: summary,
    properties: {
      ...properties,
      [definition.protocol === undefined ? "kind" : "protocol"]: { const: kind, description: summary },
      ...(part === "guards" ? { name } : {}),
    },
  };
}

/** The JSON Schema of a kind's parameters, as an author writes them: the key that defaults to the mechanism's own name may be left out. */
export function writtenSchema(definition: Definition): JsonSchema {
  const { required, ...rest } = withoutDraft(written(definition.schema));
  return { ...rest, required: (required as readonly string[]).filter((key) => key !== ownName(definition)) };
}

function written(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = (zodSchema as z.core.$ZodTypes)._zod;
      if (def.type === "default" && jsonSchema.default === undefined)
        jsonSchema.default = asWritten(def.defaultValue, jsonSchema.pattern ?? "") as never;
    },
  });
}

/** Quantities by the units in their pattern, with how a parsed default of theirs is written. */
const quantities: readonly (readonly [string, (value: number) => string])[] = [
  ["(?:%|bps)", (value) => `${Number((100 * value).toPrecision(12))}%`],
  ["(?:ms|s|min|h|day)", (value) => `${value} ms`],
  ["(?:/s|/min|/h|/day)", (value) => `${value} /h`],
  ["(?:USD)", (value) => `${value} USD`],
  ["(?:gwei)", (value) => `${value} gwei`],
];

/** The default of a quantity is kept as parsed (a fraction, milliseconds): shown as an author would write it. */
function asWritten(value: unknown, pattern: string): unknown {
  if (typeof value !== "number") return value;
  return quantities.find(([units]) => pattern.includes(units))?.[1](value) ?? value;
}

function withoutDraft({ $schema: _, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

/** A book that stands inside a scenario: the scenario's version holds, and its kind is clear. */
function inPlace(file: JsonSchema): JsonSchema {
  const required = file.required as readonly string[];
  return { ...withoutDraft(file), required: required.filter((key) => key !== "version" && key !== "kind") };
}
