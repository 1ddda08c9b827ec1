import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJsonBytes } from "./json.js";

const bounds = { depth: 50, containers: 1000, keys: 100 };
const parse = (text: string | Uint8Array) =>
  parseJsonBytes(typeof text === "string" ? new TextEncoder().encode(text) : text, bounds);

function problem(text: string | Uint8Array): readonly string[] {
  const parsed = parse(text);
  return "problems" in parsed ? [parsed.problems[0].code, parsed.problems[0].path] : ["no problem"];
}

describe("parseJsonBytes", () => {
  it("default", () => {
    expect(parse(' {"a": [1, -2.5e3, true, false, null, "é\\n\\u00e9"], "b": {}} ')).toEqual({
      value: { a: [1, -2500, true, false, null, "é\né"], b: {} },
    });
  });

  it("behavior: reads what JSON.parse reads, to the bit", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.nat(2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parse(text)).toEqual({ value: JSON.parse(text) });
      }),
      { seed: 1, numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(15), (value, digits) => {
        for (const text of [String(value), value.toPrecision(digits + 1), (value % 1e9).toFixed(digits)]) {
          expect(parse(text)).toEqual({ value: JSON.parse(text) });
        }
      }),
      { seed: 2, numRuns: 3000 },
    );
  });

  it("behavior: refuses what JSON.parse refuses", () => {
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"b"',
      "1",
      "-",
      "0",
      ".5",
      "e3",
      "true",
      "nul",
      " ",
      "\n",
      '"\\x"',
      "\u0001",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (list) => {
        const text = list.join("");
        let expected: unknown = "refused";
        try {
          expected = { value: JSON.parse(text) };
        } catch {}
        const parsed = parse(text);
        const doubled = "problems" in parsed && parsed.problems.every(({ code }) => code === "duplicate-key");
        expect("problems" in parsed ? (doubled ? expected : "refused") : parsed).toEqual(expected);
      }),
      { seed: 3, numRuns: 5000 },
    );
  });

  it("behavior: a number beyond Float64 comes out infinite, for its reader to refuse in its place", () => {
    expect(parse("1e400")).toEqual({ value: Number.POSITIVE_INFINITY });
  });

  it("behavior: __proto__ becomes a key like any other, for its reader to refuse", () => {
    const parsed = parse('{"__proto__": {"a": 1}}');
    expect("value" in parsed && Object.keys(parsed.value as object)).toEqual(["__proto__"]);
    expect({}).not.toHaveProperty("a");
  });

  it("limit: depth, containers and keys at their limit and one past it", () => {
    expect(problem("[".repeat(50) + "]".repeat(50))).toEqual(["no problem"]);
    expect(problem("[".repeat(51) + "]".repeat(51))[0]).toBe("too-deep");
    expect(problem(`[${"{},".repeat(998)}{}]`)).toEqual(["no problem"]);
    expect(problem(`[${"{},".repeat(999)}{}]`)[0]).toBe("too-many-values");
    const keys = (count: number) => `{${Array.from({ length: count }, (_, place) => `"${place}":1`).join()}}`;
    expect(problem(keys(100))).toEqual(["no problem"]);
    expect(problem(keys(101))[0]).toBe("too-many-values");
  });

  it("error: json-syntax with its place", () => {
    expect(problem('{"a": 1,\n "b" 2}')).toEqual(["json-syntax", "line 2, column 6"]);
    expect(problem('{"a": [1, 2')).toEqual(["json-syntax", "line 1, column 12"]);
    expect(problem('"abc')).toEqual(["json-syntax", "line 1, column 1"]);
    expect(problem("1 2")).toEqual(["json-syntax", "line 1, column 3"]);
    expect(problem('{"a": \0}')).toEqual(["json-syntax", "line 1, column 7"]);
  });

  it("error: duplicate-key, all of them", () => {
    const parsed = parse('{"a": 1, "a": 2, "b": {"c": 1, "c": 2}}');
    expect("problems" in parsed && parsed.problems.map(({ path }) => path)).toEqual([
      "line 1, column 10",
      "line 1, column 32",
    ]);
  });

  it("error: encoding-wrong", () => {
    expect(problem(Uint8Array.of(0x22, 0xff, 0x22))[0]).toBe("encoding-wrong");
  });
});
