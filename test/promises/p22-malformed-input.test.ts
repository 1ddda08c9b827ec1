import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { fileLimits, printProblems, readBookFile, readInput, readSeriesFile } from "../../app/src/files/index.js";
import { xxh32 } from "../../engine/src/book/checksum.js";
import {
  type Book,
  bookFile,
  bookHash,
  encodeBook,
  type Problem,
  parseBook,
  type Series,
} from "../../engine/src/book/index.js";
import { sampleBookFile, sampleSeriesFile } from "../../engine/src/book/test-support.js";

/** 5,000 by default; the push figure is `FIREBREAK_MUTATIONS=200000 npx vitest run test/promises/p22-malformed-input.test.ts`. */
const mutations = Number(process.env.FIREBREAK_MUTATIONS ?? 5000);
const seed = Number(process.env.FIREBREAK_SEED ?? 22);

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "firebreak-p22-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Editable = Record<string, any>;
type Result = { readonly book: Book } | { readonly series: Series } | { readonly problems: readonly Problem[] };

/** Writes a file and reads it as what it says it is. */
async function readWritten(name: string, content: string | Uint8Array): Promise<Result> {
  const path = join(directory, name);
  writeFileSync(path, content);
  return name.startsWith("series") ? readSeriesFile(path) : readBookFile(path);
}

function problemsOf(result: Result): readonly Problem[] {
  return "problems" in result ? result.problems : [];
}

/** The sample book, damaged. */
function book(damage: (file: Editable) => void): string {
  const file: Editable = sampleBookFile();
  damage(file);
  return JSON.stringify(file);
}

function series(damage: (file: Editable) => void): string {
  const file: Editable = sampleSeriesFile();
  damage(file);
  return JSON.stringify(file);
}

/** The sample in columnar form, damaged and then given a checksum that fits. */
function sealed(damage: (bytes: Uint8Array, view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(columns());
  damage(bytes, new DataView(bytes.buffer));
  return seal(bytes);
}

function seal(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer).setUint32(24, xxh32(bytes.subarray(32), xxh32(bytes.slice(0, 24))), true);
  return bytes;
}

function columns(): ArrayBuffer {
  const parsed = parseBook(sampleBookFile());
  if ("problems" in parsed) throw new Error("the sample is wrong");
  return encodeBook(parsed.book);
}

/** Replaces text in the header by text of the same length. */
function inHeader(from: string, to: string): Uint8Array {
  return sealed((bytes) => {
    const place = Buffer.from(bytes.buffer).indexOf(from);
    bytes.set(Buffer.from(to.padEnd(from.length).slice(0, from.length)), place);
  });
}

/** Byte offset of the last table's first column: the file ends with three tables' columns of Float64. */
const lastColumn = (bytes: Uint8Array) => bytes.length - 8;

const bomb = [
  "a: &a [x,x,x,x,x,x,x,x,x]",
  ...[..."bcdefghi"].map((name, place) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[place]}`).join(",")}]`),
].join("\n");

/** Every problem code with a file that is answered by it. */
const cases: readonly (readonly [code: string, name: string, content: () => string | Uint8Array])[] = [
  ["input-empty", "a", () => ""],
  ["input-empty", "null", () => "null"],
  ["type-wrong", "a", () => "[1, 2]"],
  ["type-wrong", "a", () => book((file) => (file.positions["maker-eth-b"].rows[0] = 5))],
  ["type-wrong", "a", () => book((file) => (file.assets.ETH.price = true))],
  ["version-wrong", "a", () => book((file) => (file.version = 2))],
  ["version-wrong", "b.fbk", () => sealed((_, view) => view.setUint32(8, 9, true))],
  ["kind-wrong", "a", () => book((file) => (file.kind = "scenario"))],
  ["kind-wrong", "series.fbk", () => new Uint8Array(columns())],
  ["unknown-key", "a", () => book((file) => (file.assets.ETH.pricee = 1))],
  ["key-forbidden", "a", () => book((file) => (file.assets.constructor = { price: "1 USD" }))],
  ["key-forbidden", "a", () => book(() => {}).replace('"ETH":{', '"__proto__":{"price":"1 USD"},"ETH":{')],
  ["value-missing", "a", () => book((file) => delete file.name)],
  ["value-empty", "a", () => book((file) => (file.name = " "))],
  ["value-wrong", "a", () => book((file) => (file.venues["wider-market"].kind = "orderbook"))],
  ["text-too-long", "a", () => book((file) => (file.name = "x".repeat(129)))],
  ["name-malformed", "a", () => book((file) => (file.name = "a\u0007b"))],
  ["name-reserved", "a", () => book((file) => (file.assets.bps = { price: "1 USD" }))],
  ["time-malformed", "a", () => book((file) => (file.at = "19 May"))],
  [
    "too-many-entries",
    "a",
    () =>
      book((file) => {
        for (let place = 0; place < 1001; place++) file.layers[`layer ${place}`] = {};
      }),
  ],
  ["list-length", "a", () => book((file) => (file.positions["maker-eth-b"].columns = []))],
  ["number-out-of-range", "a", () => book((file) => (file.assets.ETH.price = "0 USD"))],
  ["number-out-of-range", "b.fbk", () => sealed((bytes, view) => view.setFloat64(lastColumn(bytes), Number.NaN, true))],
  ["number-not-finite", "a", () => book((file) => (file.assets.ETH.price = "NaN USD"))],
  ["number-not-finite", "a", () => book(() => {}).replace("5426.58247", "1e400")],
  ["number-not-finite", "a.yaml", () => stringify(sampleBookFile()).replace("5426.58247", ".nan")],
  ["number-too-large", "a", () => book((file) => (file.assets.ETH.price = "1e400 USD"))],
  ["number-malformed", "a", () => book((file) => (file.assets.ETH.price = "1,000 USD"))],
  ["unit-missing", "a", () => book((file) => (file.assets.ETH.price = 3375))],
  ["unit-wrong", "a", () => book((file) => (file.venues["dai-weth"].base = "10 WBTC"))],
  ["amount-negative", "a", () => book((file) => (file.positions["maker-eth-b"].rows[1][1] = -1))],
  ["amount-too-large", "a", () => book((file) => (file.positions["maker-eth-b"].rows[1][1] = 1e300))],
  ["total-too-large", "a", () => book((file) => (file.positions["maker-eth-b"].rows[1][1] = 3e8))],
  ["unknown-asset", "a", () => book((file) => (file.instruments["ETH/DAI"].asset = "ETC"))],
  ["unknown-instrument", "a", () => book((file) => (file.venues["dai-weth"].instrument = "ETH/DIA"))],
  ["unknown-layer", "a", () => book((file) => (file.venues["dai-weth"].layer = "quote"))],
  ["reference-cycle", "a", () => book((file) => (file.instruments["ETH/DAI"].quote = "ETH"))],
  ["positions-form", "a", () => book((file) => (file.positions.lending.rows = []))],
  ["column-missing", "a", () => book((file) => (file.positions["maker-eth-b"].columns[0] = "collateral WBTC"))],
  ["column-malformed", "a", () => book((file) => (file.positions["maker-eth-b"].columns[1] = "Collateral!"))],
  ["duplicate-column", "a", () => book((file) => (file.positions["maker-eth-b"].columns[2] = "collateral ETH"))],
  ["duplicate-account", "a", () => book((file) => (file.positions["maker-eth-b"].rows[0][0] = 9))],
  ["duplicate-amount", "a", () => book((file) => (file.positions.lending.accounts[0].debt = ["1 DAI", "2 DAI"]))],
  ["account-malformed", "a", () => book((file) => (file.positions["maker-eth-b"].rows[0][0] = 1.5))],
  ["row-length", "a", () => book((file) => file.positions["maker-eth-b"].rows[0].pop())],
  [
    "too-many-rows",
    "a",
    () =>
      '{"version":1,"kind":"book","positions":{"p":{"layer":"l","columns":["account"],"rows":[' +
      "0,".repeat(2_000_000) +
      "0]}}}",
  ],
  ["curve-not-monotone", "a", () => book((file) => file.venues["wider-market"].bids.reverse())],
  ["curve-empty", "a", () => book((file) => Object.assign(file.venues["wider-market"], { bids: [], asks: [] }))],
  ["more-problems", "a", () => book((file) => (file.positions["maker-eth-b"].rows = Array(150).fill(0)))],
  ["duplicate-time", "series", () => series((file) => file.tables.prices.rows.push(file.tables.prices.rows[0]))],
  ["candle-inconsistent", "series", () => series((file) => (file.tables.candles.rows[0][3] = 4000))],
  ["too-deep", "a", () => `{"a":${"[".repeat(100)}${"]".repeat(100)}}`],
  ["too-deep", "a", () => "[".repeat(100_000)],
  ["too-deep", "a.yaml", () => `a: ${"[".repeat(30_000)}`],
  ["cycle", "a.yaml", () => "a: &a [*a]"],
  ["json-syntax", "a", () => book(() => {}).slice(0, -20)],
  ["duplicate-key", "a", () => '{"version": 1, "version": 1}'],
  ["duplicate-key", "a.yaml", () => "version: 1\nversion: 1"],
  ["too-many-values", "a", () => `{"a":[${"[],".repeat(fileLimits.jsonContainers)}1]}`],
  ["too-many-values", "a.yaml", () => `a: [${"1,".repeat(fileLimits.yamlMarks)}]`],
  ["encoding-wrong", "a", () => Buffer.from("\ufeffversion: 1", "utf16le")],
  [
    "encoding-wrong",
    "a",
    () => Buffer.concat([Buffer.from(`{"a":"${" ".repeat(5000)}`), Buffer.from([0xff, 0x22, 0x7d])]),
  ],
  ["yaml-syntax", "a.yaml", () => "a: [1, 2\nb: 3"],
  ["yaml-version", "a.yaml", () => "%YAML 1.1\n---\na: 1"],
  ["alias-bomb", "a.yaml", () => bomb],
  ["alias-unknown", "a.yaml", () => "a: *b"],
  ["file-compressed", "a", () => Uint8Array.of(0x1f, 0x8b, 8, 0)],
  ["file-binary", "a", () => Uint8Array.from({ length: 300 }, (_, place) => place * 97)],
  ["file-is-csv", "a", () => "vault,collateral_eth\n1,2\n"],
  ["file-too-large", "a.yaml", () => `#${"x".repeat(fileLimits.yamlBytes)}`],
  ["file-truncated", "b.fbk", () => new Uint8Array(columns()).slice(0, -1)],
  ["file-too-long", "b.fbk", () => Buffer.concat([new Uint8Array(columns()), Buffer.from("x")])],
  [
    "checksum-wrong",
    "b.fbk",
    () => {
      const bytes = new Uint8Array(columns());
      bytes[bytes.length - 9] ^= 4;
      return bytes;
    },
  ],
  ["header-too-long", "b.fbk", () => sealed((_, view) => view.setUint32(12, 0xffffffff, true))],
  ["header-malformed", "b.fbk", () => sealed((bytes) => (bytes[33] = 0x7b))],
  ["header-malformed", "b.fbk", () => inHeader('"numbers":3', '"numbers":4')],
  ["ids-malformed", "b.fbk", () => inHeader('"textBytes":4', '"textBytes":3')],
  [
    "account-order",
    "b.fbk",
    () =>
      sealed((bytes, view) => {
        // The numbers of the last table, maker-eth-b, stand before its two columns: 9, 17608, 19172.
        view.setFloat64(bytes.length - 8 * 7, 9, true);
      }),
  ],
  ["protocol-order", "b.fbk", () => inHeader('"protocol":"lending"', '"protocol":"alendin"')],
];

/** Codes that no file can bring about, with what does. */
const elsewhere: readonly (readonly [code: string, read: () => Promise<readonly Problem[]>])[] = [
  ["file-missing", async () => problemsOf(await readBookFile(join(directory, "nowhere", "book.json")))],
  ["file-is-directory", async () => problemsOf(await readBookFile(directory))],
  ["file-special", async () => problemsOf(await readBookFile("/dev/zero"))],
  ["file-unreadable", async () => problemsOf(await readBookFile(`${directory}/${"x".repeat(5000)}`))],
  [
    "columns-magic",
    async () => problemsOf((await import("../../engine/src/book/index.js")).parseColumns(new ArrayBuffer(64))),
  ],
];

/** Kebab-case words in the sources that are no problem codes. */
const noCodes = new Set([
  "order-book",
  "constant-product",
  "row-amount",
  "utf-8",
  "maker-eth-b",
  "dai-weth",
  "maker-eth-b-2021-05-19",
  "eth-2021-05-19",
]);

describe("P22: every malformed input gets a clear answer", () => {
  it.each(cases.map(([code, name, content], index) => ({ code, index, name, content })))(
    "error: $code ($index)",
    async ({ code, name, content }) => {
      const written = content();
      const started = performance.now();
      const result = await readWritten(name, written);
      const elapsed = performance.now() - started;
      const problems = problemsOf(result);
      expect(problems.map((problem) => problem.code)).toContain(code);
      for (const problem of problems) expectComplete(problem);
      expect(printProblems(problems, name)).toContain(code);
      // The promise is 1 s; a machine shared with other work gets three.
      expect(elapsed).toBeLessThan(3000);
    },
  );

  it.each(elsewhere.map(([code, read]) => ({ code, read })))("error: $code", async ({ code, read }) => {
    const problems = await read();
    expect(problems.map((problem) => problem.code)).toContain(code);
    for (const problem of problems) expectComplete(problem);
  });

  it("behavior: a pipe is refused, not waited for", async () => {
    const path = join(directory, "pipe");
    execFileSync("mkfifo", [path]);
    expect(problemsOf(await readBookFile(path))[0].code).toBe("file-special");
  });

  it("behavior: every code of the sources is reached above", () => {
    const reached = new Set([...cases, ...elsewhere].map(([code]) => code));
    for (const folder of ["../../engine/src/book/", "../../app/src/files/"]) {
      const path = fileURLToPath(new URL(folder, import.meta.url));
      for (const name of readdirSync(path)) {
        if (!name.endsWith(".ts") || name.includes("test")) continue;
        for (const [, word] of readFileSync(join(path, name), "utf8").matchAll(/"([a-z]+(?:-[a-z0-9]+)+)"/g)) {
          expect(`${word} is ${reached.has(word) || noCodes.has(word) ? "reached" : "not reached"}`).toBe(
            `${word} is reached`,
          );
        }
      }
    }
  });

  it("behavior: all problems of a file at once, with their lines", async () => {
    const text = stringify(sampleBookFile())
      .replace("3375.69 USD", "3375.69 EUR")
      .replace("layer: quotes", "layer: quote");
    const problems = problemsOf(await readWritten("lines.yaml", text));
    expect(problems.map(({ code }) => code).sort()).toEqual(["unit-wrong", "unknown-layer"]);
    for (const { path } of problems) {
      const line = Number(/ \(line ([0-9]+)\)$/.exec(path)?.[1]);
      expect(text.split("\n")[line - 1]).toMatch(/price|layer/);
    }
  });

  it("limit: YAML at 4 MiB is read, one byte more is not", async () => {
    const text = `version: 1\n#${"x".repeat(fileLimits.yamlBytes - 12)}`;
    expect(text.length).toBe(fileLimits.yamlBytes);
    writeFileSync(join(directory, "limit.yaml"), text);
    expect(await readInput(join(directory, "limit.yaml"))).toHaveProperty("input.value.version", 1);
    writeFileSync(join(directory, "limit.yaml"), `${text}x`);
    expect(await readInput(join(directory, "limit.yaml"))).toHaveProperty("problems.0.code", "file-too-large");
  });

  it("limit: a JSON scenario at 16 MiB is read, one byte more is not", async () => {
    const text = `{"version":1,"note":"${"x".repeat(fileLimits.jsonBytes - 23)}"}`;
    expect(text.length).toBe(fileLimits.jsonBytes);
    writeFileSync(join(directory, "limit.json"), text);
    expect(await readInput(join(directory, "limit.json"))).toHaveProperty("input.kind", null);
    writeFileSync(join(directory, "limit.json"), `${text} `);
    expect(await readInput(join(directory, "limit.json"))).toHaveProperty("problems.0.code", "file-too-large");
  });

  it(
    `behavior: ${mutations} mutated files are accepted as valid or answered with problems`,
    async () => {
      mkdirSync(join(directory, "mutated"));
      let accepted = 0;
      for (let index = 0; index < mutations; index++) {
        const { name, content } = mutated(index);
        const replay = `FIREBREAK_SEED=${seed}, mutation ${index} (${name})`;
        const started = performance.now();
        let result: Result;
        try {
          result = await readWritten(name, content);
        } catch (error) {
          throw new Error(`${replay}: ${String(error)}`, { cause: error });
        }
        expect(performance.now() - started, replay).toBeLessThan(3000);
        if ("problems" in result) {
          expect(result.problems.length, replay).toBeGreaterThan(0);
          expect(result.problems.length, replay).toBeLessThan(102);
          for (const problem of result.problems) expectComplete(problem, replay);
        } else {
          accepted++;
          if ("book" in result) expectValidBook(result.book, replay);
          else expectValidSeries(result.series, replay);
        }
      }
      // Both answers must occur, or the mutations are too mild or too wild to test anything.
      expect(accepted).toBeGreaterThan(mutations / 50);
      expect(accepted).toBeLessThan(mutations / 2);
      expect(Object.prototype).not.toHaveProperty("price");
    },
    mutations * 30 + 30_000,
  );
});

function must(condition: boolean, sentence: string): void {
  if (!condition) throw new Error(sentence);
}

function expectComplete(problem: Problem, replay = ""): void {
  for (const key of ["code", "path", "message", "hint"] as const) {
    if (typeof problem[key] !== "string" || problem[key].trim() === "")
      throw new Error(`${replay} ${JSON.stringify(problem)}`);
  }
}

function expectValidBook(found: Book, replay: string): void {
  // `expect` is too slow for every number of thousands of books.
  const whole = (value: number) => must(Number.isSafeInteger(value), `${replay}: ${value} is not whole`);
  const finite = (value: number) => must(Number.isFinite(value), `${replay}: ${value} is not finite`);
  finite(found.atMs);
  for (const asset of found.assets) finite(asset.priceUsd);
  for (const venue of found.venues) {
    expect(found.instruments[venue.instrument], replay).toBeDefined();
    if (venue.kind === "constant-product") for (const units of [venue.baseUnits, venue.quoteUnits]) whole(units);
    else for (const { relativePrice, units } of [...venue.bids, ...venue.asks]) [whole(units), finite(relativePrice)];
  }
  for (const { ids, columns: list } of found.positions) {
    expect(new Set(Array.from({ length: ids.length }, (_, row) => ids.at(row))).size, replay).toBe(ids.length);
    for (const { asset, values } of list) {
      expect(values.length, replay).toBe(ids.length);
      for (const value of values) (asset >= 0 ? whole : finite)(value);
    }
  }
  const again = parseBook(bookFile(found));
  expect("book" in again ? bookHash(again.book) : again.problems, replay).toBe(bookHash(found));
}

function expectValidSeries(found: Series, replay: string): void {
  for (const table of found.tables) {
    for (const column of table.columns) {
      expect(column.values.length, replay).toBe(table.rowCount);
      if (column.kind === "text") continue;
      for (const value of column.values) must(Number.isFinite(value), replay);
      if (column.kind !== "number") for (const value of column.values) must(Number.isSafeInteger(value), replay);
    }
  }
}

/** A generator of numbers below `bound` from a mutation's number alone, so that any one can be replayed by itself (mulberry32). */
function draws(index: number): (bound: number) => number {
  let state = (seed * 1_000_003 + index * 7919) >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

const nasty: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1e308,
  5e-324,
  -0,
  1.5,
  2 ** 53,
  2 ** 53 + 2,
  "",
  " ",
  "NaN",
  "-NaN ETH",
  "1e400 ETH",
  "-5 ETH",
  "10 BTC",
  "10",
  "ETH",
  "0 ETH",
  "1e-400 USD",
  "1e9999999999 ETH",
  "__proto__",
  "constructor",
  "toString",
  "\u0000",
  "\ud800",
  "\u202egnp.exe",
  "é",
  "x".repeat(10_000),
  [],
  {},
  [[]],
  [null],
  [[[[[[]]]]]],
  { a: 1 },
  { a: null },
  "2021-02-30",
  "100%",
  "-100%",
  "1000000 %",
  "0.3",
  ".nan",
  "1_000 ETH",
  "0x10 ETH",
  "١ ETH",
  "\t10 ETH",
  "10\nETH",
  "10 ETH ",
  "$&",
  "${1}",
  "%s%n",
  "' OR 1=1",
  "../../x",
];

const renames: readonly string[] = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "",
  " ",
  "x",
  "version",
  "\u0000",
  "é",
  "rows",
  "a.b[0]",
  "x".repeat(500),
];

/** One mutated file: which sample, which form, which damage all follow from the index. */
function mutated(index: number): { readonly name: string; readonly content: string | Uint8Array } {
  const draw = draws(index);
  const isSeries = draw(4) === 0;
  const base = isSeries ? "series" : "book";
  const file: unknown = isSeries ? sampleSeriesFile() : sampleBookFile();
  const form = draw(12);
  if (form < 2 && !isSeries) return { name: "book.fbk", content: mutatedColumns(draw) };
  if (form < 6) {
    for (let count = 1 + draw(2); count > 0; count--) mutateValue(file, draw);
    return form === 2
      ? { name: `${base}.yaml`, content: stringify(file, { aliasDuplicateObjects: false }) }
      : { name: `${base}.json`, content: JSON.stringify(file) };
  }
  const text = form === 6 ? stringify(file) : JSON.stringify(file, null, form === 7 ? 1 : 0);
  return { name: `${base}${form === 6 ? ".yaml" : ".json"}`, content: mutateBytes(Buffer.from(text), draw) };
}

/** Replaces, removes, renames, doubles or swaps something somewhere in a value. */
function mutateValue(root: unknown, draw: (bound: number) => number): void {
  const places: { readonly parent: Editable; readonly key: string }[] = [];
  const open: unknown[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== "object" || node === null) continue;
    for (const [key, child] of Object.entries(node)) {
      places.push({ parent: node, key });
      open.push(child);
    }
  }
  const { parent, key } = places[draw(places.length)];
  const other = places[draw(places.length)];
  switch (draw(6)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      break;
    case 1:
      if (Array.isArray(parent)) parent.push(parent[Number(key)]);
      else
        Object.defineProperty(parent, renames[draw(renames.length)], {
          value: parent[key],
          enumerable: true,
          configurable: true,
          writable: true,
        });
      break;
    case 2: {
      const held = structuredClone(parent[key]);
      parent[key] = structuredClone(other.parent[other.key]);
      other.parent[other.key] = held;
      break;
    }
    default:
      parent[key] = nasty[draw(nasty.length)];
  }
}

/** Flips, cuts, swaps, doubles or inserts bytes. */
function mutateBytes(bytes: Buffer, draw: (bound: number) => number): Uint8Array {
  const place = draw(bytes.length);
  const length = 1 + draw(40);
  switch (draw(7)) {
    case 0:
      return bytes.subarray(0, place);
    case 1:
      return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + length)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, place + length), bytes.subarray(place)]);
    case 3: {
      const other = draw(bytes.length);
      [bytes[place], bytes[other]] = [bytes[other], bytes[place]];
      return bytes;
    }
    case 4:
      return Buffer.concat([
        bytes.subarray(0, place),
        Buffer.from(JSON.stringify(nasty[draw(nasty.length)])),
        bytes.subarray(place),
      ]);
    case 5:
      bytes[place] = draw(256);
      return bytes;
    default:
      bytes[place] ^= 1 << draw(8);
      return bytes;
  }
}

/** Damages the columnar form; half of the time the checksum is made to fit, so that what stands behind it is tested too. */
function mutatedColumns(draw: (bound: number) => number): Uint8Array {
  const bytes = Buffer.from(columns());
  const isSealed = draw(2) === 0;
  const damaged = isSealed && draw(2) === 0 ? bytes : mutateBytes(bytes, draw);
  const copy = new Uint8Array(damaged);
  if (!isSealed || copy.length < 40) return copy;
  const view = new DataView(copy.buffer);
  if (draw(2) === 0) view.setFloat64(16, copy.length, true);
  if (copy.length > 400) {
    const numbers = [Number.NaN, -1, 0.5, 1e300, Number.POSITIVE_INFINITY, 3, -0];
    view.setFloat64(copy.length - 8 * (1 + draw(30)), numbers[draw(numbers.length)], true);
  }
  return seal(copy);
}
