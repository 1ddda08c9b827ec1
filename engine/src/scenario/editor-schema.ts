import { z } from "zod";
import { bookFileSchema, editorSchema, seriesFileSchema } from "../book/index.js";
import { type Definition, definitions, type Part } from "../mechanisms/index.js";
import { ownName, scenarioOutline } from "./parse.js";

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
  const { $schema, ...schema } = kind === "scenario" ? scenarioSchema() : (editorSchema(kind) as JsonSchema);
  return { $schema, $id: `urn:firebreak:${kind}:1`, title: `Firebreak ${kind}, version 1`, ...schema };
}

/** The outline of a scenario with its book, its series and, by part, every registered kind of mechanism. */
function scenarioSchema(): JsonSchema {
  const outline = z.toJSONSchema(scenarioOutline, { io: "input" }) as JsonSchema;
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
      guards: { description: partWords.guards, type: "array", items: { oneOf: kindsOf("guards") } },
    },
    $defs: {
      book: inPlace(z.toJSONSchema(bookFileSchema, { io: "input" })),
      series: withoutDraft(z.toJSONSchema(seriesFileSchema, { io: "input" })),
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
  const required = schema.required as readonly string[];
  const name = { type: "string", description: "What this guard is called; by default as its kind." };
  return {
    ...schema,
    title: kind,
    description: summary,
    properties: {
      ...properties,
      kind: { const: kind, description: summary },
      ...(part === "guards" ? { name } : {}),
    },
    required: required.filter((key) => key !== ownName[kind]),
  };
}

/** The JSON Schema of a kind's parameters, as an author writes them. */
export function writtenSchema(definition: Definition): JsonSchema {
  return withoutDraft(z.toJSONSchema(definition.schema, { io: "input" }));
}

function withoutDraft({ $schema: _, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

/** A book that stands inside a scenario: the scenario's version holds, and its kind is clear. */
function inPlace(file: JsonSchema): JsonSchema {
  const required = file.required as readonly string[];
  return { ...withoutDraft(file), required: required.filter((key) => key !== "version" && key !== "kind") };
}
