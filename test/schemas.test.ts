import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { definitions, editorKinds, publishedSchema } from "@firebreak/engine";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { call, inFolder } from "../app/src/cli/test-command.js";
import { closed, outputSchema } from "../app/src/figures/output-schema.js";
import { readInput } from "../app/src/files/index.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const file = (path: string) => join(root, path);
const printed = (schema: unknown) => `${JSON.stringify(schema, null, 2)}\n`;

function validator(schema: unknown): Ajv2020 {
  // Quantities are text or, where the key names the unit, numbers: a union of types, and so no keyword is tied to one of them.
  return new Ajv2020({ allowUnionTypes: true, strictTypes: false, allErrors: true }).addSchema(schema as object, "it");
}

function compiled(ajv: Ajv2020, place: string): ValidateFunction {
  const found = ajv.getSchema(`it${place}`);
  if (found === undefined) throw new Error(`the schema has no ${place}`);
  return found;
}

const wrongOf = (validate: ValidateFunction, value: unknown) =>
  validate(value)
    ? []
    : (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message} ${JSON.stringify(one.params)}`);

async function valueOf(path: string): Promise<unknown> {
  const read = await readInput(path);
  if ("problems" in read || read.input.form === "columns") throw new Error(`${path} is no text`);
  return read.input.value;
}

describe("the schemas for editors", () => {
  it.each(editorKinds)("behavior: schemas/%s.schema.json is what the code says", async (kind) => {
    await expect(printed(publishedSchema(kind))).toMatchFileSnapshot(file(`schemas/${kind}.schema.json`));
  });

  it("default: every shipped scenario and everything that `new` writes fits", async () => {
    const validate = compiled(validator(publishedSchema("scenario")), "");
    const shipped = readdirSync(file("scenarios")).map((name) => file(`scenarios/${name}`));
    expect(shipped.length).toBeGreaterThanOrEqual(5);
    for (const path of shipped) expect(wrongOf(validate, await valueOf(path)), path).toEqual([]);
    await inFolder(async (cwd) => {
      await call(["new", "mine"], { cwd });
      await call(["new", "around", "--book", file("books/maker-eth-b-2021-05-19.json")], { cwd });
      for (const name of ["mine", "around"])
        expect(wrongOf(validate, await valueOf(join(cwd, `${name}.yaml`))), name).toEqual([]);
    });
  });

  it("default: every shipped book and series fits", () => {
    const names = readdirSync(file("books")).filter((name) => name.endsWith(".json"));
    const validate = {
      book: compiled(validator(publishedSchema("book")), ""),
      series: compiled(validator(publishedSchema("series")), ""),
    };
    for (const name of names) {
      const value = JSON.parse(readFileSync(file(`books/${name}`), "utf8")) as { kind: "book" | "series" };
      expect(wrongOf(validate[value.kind], value), name).toEqual([]);
    }
  });

  it("default: every scenario in the mechanisms' pages, and their book, fits", () => {
    const validate = compiled(validator(publishedSchema("scenario")), "");
    const folder = file("docs/mechanisms");
    for (const name of readdirSync(folder).filter((one) => one.endsWith(".md") && one !== "README.md")) {
      const [, scenario] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(folder, name), "utf8")) ?? [];
      expect(wrongOf(validate, parse(scenario)), name).toEqual([]);
    }
    const book = parse(readFileSync(join(folder, "small-book.yaml"), "utf8"));
    expect(wrongOf(compiled(validator(publishedSchema("book")), ""), book)).toEqual([]);
  });

  it("behavior: every registered kind is a part of it, and every demonstration fits", () => {
    const validate = compiled(validator(publishedSchema("scenario")), "");
    for (const { kind, demonstration } of definitions)
      expect(wrongOf(validate, demonstration.scenario), kind).toEqual([]);
  });

  it("error: a wrong key, a wrong unit, a wrong kind and a part in the wrong place do not fit", () => {
    const validate = compiled(validator(publishedSchema("scenario")), "");
    const text = readFileSync(file("scenarios/small.yaml"), "utf8");
    const changed = (from: string, to: string) => {
      expect(text).toContain(from);
      return wrongOf(validate, parse(text.replace(from, to)));
    };
    expect(changed("prices:", "prizes:")).not.toEqual([]);
    expect(changed("over: 1 h", "over: 1 ETH")).not.toEqual([]);
    expect(changed("kind: line", "kind: lines")).not.toEqual([]);
    expect(changed("kind: keepers", "kind: lending")).not.toEqual([]);
    expect(changed("{ ETH: 85% }", "{ ETH: high }")).not.toEqual([]);
    expect(changed("version: 1\n", "version: 2\n")).not.toEqual([]);
  });
});

describe("the schema of outputs", () => {
  let ajv: Ajv2020;
  beforeAll(() => {
    ajv = validator(closed(outputSchema()));
  });
  const fits = async (verb: string, words: readonly string[], cwd = root) => {
    const { code, out, err } = await call([...words, "--json"], { cwd });
    expect(code, err).toBe(0);
    expect(wrongOf(compiled(ajv, `#/$defs/${verb}`), JSON.parse(out)), words.join(" ")).toEqual([]);
  };

  it("behavior: schemas/output.schema.json is what the code says", async () => {
    await expect(printed(outputSchema())).toMatchFileSnapshot(file("schemas/output.schema.json"));
  });

  it("default: solve, map and run", async () => {
    for (const day of ["small", "2021-05-19"]) {
      await fits("solve", ["solve", `scenarios/${day}.yaml`, "--shock", "ETH=-30%"]);
      await fits("map", ["map", `scenarios/${day}.yaml`]);
    }
    await fits("solve", ["solve", "scenarios/small.yaml", "--sale", "50 ETH"]);
    await fits("run", ["run", "scenarios/small.yaml", "--paths", "2", "--workers", "1"]);
  });

  it("default: gamma, and a map with dealers whose side is a convention", async () => {
    await fits("gamma", ["gamma", "scenarios/eth-winter-2024.yaml", "--levels", "5"]);
    await fits("gamma", ["gamma", "books/eth-winter-2024.json", "--levels", "5", "--smile", "local"]);
    await fits("map", ["map", "scenarios/eth-winter-2024.yaml"]);
    await fits("solve", ["solve", "scenarios/eth-winter-2024.yaml", "--shock", "ETH=-10%"]);
  });

  it("default: compare", async () => {
    const words = ["compare", "scenarios/small.yaml", "scenarios/small.yaml", "--paths", "2", "--workers", "1"];
    await fits("compare", words);
  });

  it("default: insure, of the shipped market and of a scenario's", async () => {
    const words = ["--horizon", "2day", "--paths", "2", "--workers", "1"];
    await fits("insure", ["insure", ...words]);
    await fits("insure", ["insure", "scenarios/small.yaml", "--only", "cppi", ...words]);
  });

  it("default: explain, of a scenario and of an account that is liquidated and one that is not", async () => {
    for (const day of ["small", "2021-05-19"]) await fits("plan", ["explain", `scenarios/${day}.yaml`]);
    for (const account of ["reckless", "careful"])
      await fits("story", ["explain", "scenarios/small.yaml", "--account", account]);
    await fits("explain", ["explain", "scenarios/small.yaml"]);
  });

  it("default: validate", async () => {
    await fits("validate", ["validate", "--closed"]);
  });

  it("default: volatility, with and without a fit", async () => {
    for (const series of ["us-equity-1987-10-19", "maker-eth-b-2021-05-19"])
      await fits("volatility", ["volatility", `books/${series}.series.json`, "--window", "10"]);
  });

  it("default: protocols", async () => {
    await fits("protocols", ["protocols"]);
  });

  it("default: replay", async () => {
    await fits("replay", ["replay", "2021-09-20", "--paths", "2"]);
  });

  it("error: what is refused is printed as problems", async () => {
    const { code, out } = await call(["solve", "scenarios/small.yaml", "--json"], { cwd: root });
    expect(code).toBe(2);
    expect(wrongOf(compiled(ajv, "#/$defs/problems"), JSON.parse(out))).toEqual([]);
  });

  it("error: a figure without its basis, or with a key that nobody described, does not fit", () => {
    const figure = compiled(ajv, "#/$defs/figure");
    expect(figure({ value: 1, unit: "USD", basis: "measured", band: [0, 2] })).toBe(true);
    expect(figure({ value: 1, unit: "USD" })).toBe(false);
    expect(figure({ value: 1, unit: "USD", basis: "guessed" })).toBe(false);
    expect(figure({ value: 1, unit: "USD", basis: "measured", colour: "red" })).toBe(false);
  });
});
