import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** All files below a folder, as paths from the root. */
function files(folder: string, ending: RegExp): string[] {
  const found: string[] = [];
  for (const name of readdirSync(join(root, folder))) {
    if (name === "node_modules" || name === "dist" || name === "out" || name.startsWith(".")) continue;
    const path = join(folder, name);
    if (statSync(join(root, path)).isDirectory()) found.push(...files(path, ending));
    else if (ending.test(name)) found.push(path);
  }
  return found;
}

const text = (path: string) => readFileSync(join(root, path), "utf8");
/** The code without comments and without what stands in quotes: prose may use any word. */
const code = (path: string) =>
  text(path)
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(^|[^:])\/\/.*$/gm, "$1");
const isTest = (path: string) => /\.test\.ts$|test-support|fixture/.test(path);
const engine = files("engine/src", /\.ts$/);
const app = files("app/src", /\.ts$/);
const sources = [...engine, ...app].filter((path) => !isTest(path));

/** Lower layers first: a folder may import its own files and those of lower rank. */
const rank: Readonly<Record<string, number>> = {
  // math asserts with book/problem.ts, and nothing else of book
  math: 0,
  book: 1,
  exact: 2,
  rules: 2,
  options: 2,
  volatility: 2,
  // what a ladder is stands in run/mechanism.ts: the two share types
  ladder: 3,
  run: 3,
  mechanisms: 4,
  map: 5,
  scenario: 5,
  study: 6,
  report: 7,
  validate: 7,
};

function imports(path: string): string[] {
  return [
    ...code(path).matchAll(/(?:import|export)[^"';]*?from\s*"([^"]+)"|import\("([^"]+)"\)|import\s+"([^"]+)"/g),
  ].map((match) => match[1] ?? match[2] ?? match[3]);
}

describe("tidy: the style guide as a test", () => {
  it("behavior: layers import downwards only", () => {
    const wrong: string[] = [];
    for (const path of engine.filter((one) => !isTest(one))) {
      const [, , folder] = path.split("/");
      if (rank[folder] === undefined) continue;
      for (const target of imports(path)) {
        if (!target.startsWith(".")) continue;
        const found = relative(join(root, "engine/src"), resolve(root, dirname(path), target)).split("/")[0];
        if (found === folder || (folder === "math" && target.endsWith("book/problem.js"))) continue;
        if (!(rank[found] <= rank[folder])) wrong.push(`${path} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("behavior: the engine reaches nothing outside itself but its declared dependencies", () => {
    const allowed = new Set(Object.keys(JSON.parse(text("engine/package.json")).dependencies));
    const wrong = engine
      .filter((path) => !isTest(path))
      .flatMap((path) =>
        imports(path)
          .filter(
            (target) =>
              !target.startsWith(".") && ![...allowed].some((name) => target === name || target.startsWith(`${name}/`)),
          )
          .map((target) => `${path} imports ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it("limit: the engine's runtime dependencies are these (P50)", () => {
    expect(Object.keys(JSON.parse(text("engine/package.json")).dependencies).sort()).toEqual(["@noble/hashes", "zod"]);
  });

  it("behavior: every division in exact/ says in its name how it rounds", () => {
    const wrong = files("engine/src/exact", /\.ts$/)
      .filter((path) => !isTest(path) && path !== "engine/src/exact/rounding.ts")
      .flatMap((path) =>
        code(path)
          .split("\n")
          .filter((line) => / \/=? /.test(line.replace(/"[^"]*"|`[^`]*`/g, '""')))
          .map((line) => `${path}: ${line.trim()}`),
      );
    expect(wrong).toEqual([]);
  });

  it("behavior: no mechanism imports another mechanism", () => {
    const defines = new Set(
      engine
        .filter((path) => /mechanisms\/\w+\//.test(path) && /\bdefine</.test(text(path)))
        .map((path) => resolve(root, path)),
    );
    const wrong = engine
      .filter((path) => /mechanisms\/\w+\//.test(path) && !isTest(path))
      .flatMap((path) =>
        imports(path)
          .map((target) => resolve(root, dirname(path), target.replace(/\.js$/, ".ts")))
          .filter((target) => defines.has(target) && target !== resolve(root, path))
          .map((target) => `${path} imports ${relative(root, target)}`),
      );
    expect(defines.size).toBeGreaterThan(5);
    expect(wrong).toEqual([]);
  });

  it("behavior: the pure layers have no clock, no Math.random and no function that differs between engines", () => {
    const banned =
      /\bMath\.(random|exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|cbrt|hypot)\b|\bDate\b|\bperformance\b|\bprocess\.|\bsetTimeout\b|[^*/]\*\*[^*/]|\bconsole\./;
    const wrong = engine
      .filter((path) => !isTest(path))
      .flatMap((path) =>
        code(path)
          .split("\n")
          .filter((line) =>
            banned.test(line.replace(/\b2 \*\* \d+\b/g, "1").replace(/"[^"]*"|`[^`]*`|\/[^/\n]+\/[a-z]*/g, '""')),
          )
          .map((line) => `${path}: ${line.trim()}`),
      );
    expect(wrong).toEqual([]);
  });

  it("behavior: no file or exported name is called after nothing in particular", () => {
    const vague = /(manager|helper|util|utils|info|handle|handler|misc|stuff)(?![a-z])/i;
    const named = sources.filter((path) => vague.test(path.split("/").at(-1) ?? ""));
    const exported = sources.flatMap((path) =>
      [...code(path).matchAll(/export (?:async )?(?:function|class|const|interface|type) (\w+)/g)]
        .map((match) => match[1])
        .filter((name) => /(Manager|Helper|Utils?|Info|Handler)$/.test(name))
        .map((name) => `${path}: ${name}`),
    );
    expect([...named, ...exported]).toEqual([]);
  });

  it("behavior: every exported symbol of the engine has a docstring", () => {
    const wrong: string[] = [];
    for (const path of engine.filter((one) => !isTest(one))) {
      const lines = text(path).split("\n");
      lines.forEach((line, index) => {
        // A schema and a definition describe themselves, field by field.
        if (/Schema = z\.|Definition = define</.test(line)) return;
        if (!/^export (?:abstract )?(?:async )?(?:function|class|interface|type|const) \w+/.test(line)) return;
        let above = index - 1;
        while (above >= 0 && lines[above].trim() === "") above--;
        if (!lines[above]?.trim().endsWith("*/")) wrong.push(`${path}:${index + 1} ${line.slice(0, 60)}`);
      });
    }
    expect(wrong).toEqual([]);
  });

  it("limit: no source file is longer than 500 lines", () => {
    expect(sources.filter((path) => text(path).split("\n").length > 500)).toEqual([]);
  });

  it("behavior: file names are words with dashes", () => {
    expect(
      [...engine, ...app].filter(
        (path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.ts$/.test(path.split("/").at(-1) ?? ""),
      ),
    ).toEqual([]);
  });

  it("behavior: nothing is left for later in the code", () => {
    expect(sources.filter((path) => /\b(TODO|FIXME|XXX|HACK)\b|not implemented/i.test(text(path)))).toEqual([]);
  });

  it("behavior: every promise in PROMISES.md names a test that exists", () => {
    const rows = [...text("PROMISES.md").matchAll(/^\| (P\d\d) \|.*$/gm)];
    expect(rows.length).toBeGreaterThan(3);
    const wrong = rows.flatMap(([row, id]) => {
      const tests = [...row.matchAll(/`((?:test|engine|app)\/[^`]+\.test\.ts)`/g)].map((match) => match[1]);
      return tests.length === 0
        ? [`${id} names no test`]
        : tests.filter((path) => !existsSync(join(root, path))).map((path) => `${id}: ${path} is not there`);
    });
    expect(wrong).toEqual([]);
  });

  it("behavior: links between our documents lead somewhere", () => {
    const documents = [
      "README.md",
      "ARCHITECTURE.md",
      "PROMISES.md",
      "CONTRIBUTING.md",
      "CHANGELOG.md",
      "SECURITY.md",
      ...files("docs", /\.md$/),
    ];
    const dead = documents.flatMap((path) =>
      [...text(path).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map((match) => match[1])
        .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(resolve(root, dirname(path), target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(dead).toEqual([]);
  });
});
