import { describe, expect, it } from "vitest";
import { parseYaml } from "./yaml.js";

function problem(text: string): readonly string[] {
  const parsed = parseYaml(text);
  return "problems" in parsed ? [parsed.problems[0].code, parsed.problems[0].path] : ["no problem"];
}

describe("parseYaml", () => {
  it("default", () => {
    const parsed = parseYaml('version: 1\nassets:\n  "USDC.e":\n    price: 1 USD\nrows:\n  - [a, 1]\n  - [b, 2]\n');
    expect(parsed).toMatchObject({ value: { version: 1, assets: { "USDC.e": { price: "1 USD" } } } });
    const lineOf = "lineOf" in parsed ? parsed.lineOf : () => null;
    expect(lineOf("assets.USDC.e.price")).toBe(4);
    expect(lineOf("assets.USDC.e.missing")).toBe(3);
    expect(lineOf("rows[1].debt DAI")).toBe(7);
    expect(lineOf("nowhere")).toBeNull();
  });

  it("behavior: aliases that are used with measure are read", () => {
    expect(parseYaml("a: &a {x: 1}\nb: [*a, *a]")).toMatchObject({ value: { b: [{ x: 1 }, { x: 1 }] } });
  });

  it("error: yaml-syntax with its place", () => {
    expect(problem("a: 1\nb: [1, 2\nc: 3")[0]).toBe("yaml-syntax");
    expect(problem("a:\n\t- b")).toEqual(["yaml-syntax", "line 2, column 1"]);
    expect(problem("a: 1\n---\nb: 2")[0]).toBe("yaml-syntax");
  });

  it("error: duplicate-key", () => expect(problem("a: 1\nb: 1\na: 2")).toEqual(["duplicate-key", "line 3, column 1"]));
  it("error: cycle", () => expect(problem("a: &a\n  b: *a")).toEqual(["cycle", "a.b"]));
  it("error: alias-unknown", () => expect(problem("a: *b")[0]).toBe("alias-unknown"));
  it("error: key-forbidden", () => expect(problem("__proto__: {a: 1}")).toEqual(["key-forbidden", "__proto__"]));
  it("error: yaml-version", () => expect(problem("%YAML 1.1\n---\na: 1")[0]).toBe("yaml-version"));

  it("error: too-deep, answered quickly", () => {
    for (const text of ["[".repeat(30_000), "- ".repeat(30_000), "? ".repeat(30_000), "{a: ".repeat(10_000)]) {
      expect(problem(text)[0]).toBe("too-deep");
    }
  });
});
