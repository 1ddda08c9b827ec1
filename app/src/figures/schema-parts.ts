import type { JsonSchema } from "@firebreak/engine";

/** A table of stated keys, all there unless they are listed as optional. */
export function table(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema {
  return {
    type: "object",
    properties,
    required: Object.keys(properties).filter((key) => !optional.includes(key)),
  };
}

/** A list of one kind of thing. */
export const listOf = (items: JsonSchema): JsonSchema => ({ type: "array", items });
/** A table whose keys are names. */
export const byName = (of: JsonSchema): JsonSchema => ({ type: "object", additionalProperties: of });
/** That, or null. */
export const orNull = (of: JsonSchema): JsonSchema => ({ anyOf: [of, { type: "null" }] });
/** That, with a description. */
export const said = (of: JsonSchema, description: string): JsonSchema => ({ ...of, description });
/** A definition of the published schema. */
export const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });

/** A text. */
export const text: JsonSchema = { type: "string" };
/** A whole number from 0. */
export const count: JsonSchema = { type: "integer", minimum: 0 };
/** A number. */
export const number: JsonSchema = { type: "number" };
/** True or false. */
export const flag: JsonSchema = { type: "boolean" };
/** A SHA-256 in hexadecimal. */
export const hash: JsonSchema = { type: "string", pattern: "^[0-9a-f]{64}$" };
/** A figure: value, unit, basis, band. */
export const figure: JsonSchema = ref("figure");
/** What a figure rests on. */
export const basis: JsonSchema = ref("basis");
/** A number, or null. */
export const nullableNumber: JsonSchema = { type: ["number", "null"] };
