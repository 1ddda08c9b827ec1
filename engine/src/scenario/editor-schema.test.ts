import { describe, expect, it } from "vitest";
import { definitions } from "../mechanisms/index.js";
import { type JsonSchema, publishedSchema } from "./editor-schema.js";

const at = (schema: unknown, ...keys: string[]) =>
  keys.reduce<unknown>((found, key) => (found as JsonSchema)[key], schema) as JsonSchema;

describe("publishedSchema", () => {
  it("default: quantities as text with a pattern, tables by their schemas", () => {
    const book = publishedSchema("book");
    expect(book.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(book.$id).toBe("urn:firebreak:book:1");
    expect(book.required).toEqual(expect.arrayContaining(["version", "kind", "name", "at", "assets"]));
    expect(at(book, "properties", "assets", "additionalProperties", "properties", "price").pattern).toContain("USD");
    expect(publishedSchema("series")).toHaveProperty("properties.tables");
  });

  it("default: every registered kind is one of its part's, and its own name need not be repeated", () => {
    const scenario = publishedSchema("scenario");
    for (const { kind, part, protocol } of definitions) {
      const entries = at(scenario, "properties", part);
      const kinds = part === "guards" ? at(entries, "items") : at(entries, "additionalProperties");
      expect(kinds.oneOf, kind).toContainEqual({ $ref: `#/$defs/${kind}` });
      const word = protocol === undefined ? "kind" : "protocol";
      expect(at(scenario, "$defs", kind, "properties", word).const).toBe(kind);
    }
    expect(at(scenario, "$defs", "lending").required).toEqual(["kind", "threshold"]);
  });

  it("behavior: defaults are shown as an author would write them", () => {
    const properties = at(publishedSchema("scenario"), "$defs", "lending", "properties");
    expect(at(properties, "penalty").default).toBe("0%");
    expect(at(properties, "dust").default).toBe("0 USD");
    expect(at(publishedSchema("scenario"), "$defs", "throttle", "properties", "window").default).toBe("0 ms");
  });

  it("limit: a guard may have a name, other mechanisms have theirs as their key", () => {
    const scenario = publishedSchema("scenario");
    expect(at(scenario, "$defs", "throttle", "properties")).toHaveProperty("name");
    expect(at(scenario, "$defs", "lending", "properties")).not.toHaveProperty("name");
  });
});
