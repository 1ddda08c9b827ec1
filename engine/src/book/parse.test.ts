import { describe, expect, it } from "vitest";
import type { Book } from "./book.js";
import { bookHash } from "./hash.js";
import { parseBook, readBook } from "./parse.js";
import { ProblemsError } from "./problem.js";
import { limits } from "./schema.js";
import { sampleBookFile } from "./test-support.js";

type Editable = Record<string, any>;

function damaged(damage: (file: Editable) => void): ReturnType<typeof parseBook> {
  const file: Editable = sampleBookFile();
  damage(file);
  return parseBook(file);
}

function codes(parsed: ReturnType<typeof parseBook>): readonly string[] {
  return "problems" in parsed ? parsed.problems.map(({ code }) => code) : [];
}

const sample = (): Book => readBook(sampleBookFile());

describe("parseBook", () => {
  it("default", () => {
    const { assets, instruments, venues, positions, layers, atMs } = sample();
    expect(atMs).toBe(1621382400000);
    expect(assets.map(({ symbol, unitDecimals }) => [symbol, unitDecimals])).toEqual([
      ["DAI", 6],
      ["ETH", 7],
      ["WBTC", 8],
    ]);
    expect(instruments).toEqual([
      { id: "ETH-PERP", asset: 1, quote: 0, market: "perpetual", chain: "exchange" },
      { id: "ETH/DAI", asset: 1, quote: 0, market: "spot", chain: "ethereum" },
    ]);
    expect(venues.map(({ id, instrument }) => [id, instrument])).toEqual([
      ["dai-weth", 1],
      ["wider-market", 1],
    ]);
    expect(venues[0]).toMatchObject({ baseUnits: 232213463503, quoteUnits: 67923883662778, fee: 0.003 });
    expect(venues[1]).toMatchObject({
      bids: [
        { relativePrice: 0.9995, units: 3000000 },
        { relativePrice: 0.9, units: 69000000000 },
      ],
      refillPerHour: 6,
    });
    expect(positions.map(({ protocol }) => protocol)).toEqual(["exchange", "lending", "maker-eth-b"]);
    expect(layers.quotes).toMatchObject({ asOf: "2023-11-20T00:00:00Z", coverageShare: null });
  });

  it("behavior: rows come sorted by account, numbers first and by value, columns by role and asset", () => {
    const { ids, columns } = sample().positions[2];
    expect([ids.at(0), ids.at(1), ids.at(2)]).toEqual(["9", "17608", "19172"]);
    expect(columns.map(({ role, asset, values }) => [role, asset, [...values]])).toEqual([
      ["collateral", 1, [5000000, 54265824700, 21252967570]],
      ["debt", 0, [1000000000, 11198770030000, 5476554970000]],
    ]);
  });

  it("behavior: plain numbers carry their unit in the name; shares become fractions, times milliseconds", () => {
    const { columns } = sample().positions[0];
    expect(columns.map(({ role, asset, values }) => [role, asset, [...values]])).toEqual([
      ["entryUsd", -1, [3400, 3300]],
      ["feeShare", -1, [0.0005, 0.0005]],
      ["heldMs", -1, [600000, 3600000]],
      ["leverage", -1, [6.8, 4.4]],
      ["margin", 0, [5000000000, 3000000000]],
      ["size", 1, [100000000, -40000000]],
    ]);
  });

  it("behavior: the friendly form and rows give the same table", () => {
    const rows = damaged((file) => {
      file.positions.lending = {
        layer: "vaults",
        columns: ["debt DAI", "account", "collateral WBTC", "collateral ETH"],
        rows: [
          [100, "a2", 0, 3],
          ["15000 DAI", "a1", 1, 10],
        ],
      };
    });
    expect("book" in rows && bookHash(rows.book)).toBe(bookHash(sample()));
  });

  it("behavior: whatever the order of the file, the same hash; another book, another hash", () => {
    const turned = damaged((file) => {
      for (const section of ["assets", "instruments", "layers", "positions", "venues"]) {
        file[section] = Object.fromEntries(Object.entries(file[section]).reverse());
      }
      for (const key of ["maker-eth-b", "exchange"]) {
        const { columns, rows } = file.positions[key];
        columns.reverse();
        for (const row of rows.reverse()) row.reverse();
      }
      file.positions.lending.accounts.reverse();
    });
    expect("book" in turned && bookHash(turned.book)).toBe(bookHash(sample()));
    const other = damaged((file) => (file.positions["maker-eth-b"].rows[0][1] = 5426.5824701));
    expect("book" in other && bookHash(other.book)).not.toBe(bookHash(sample()));
  });

  it("behavior: all problems at once, and none about a reference to something that is itself wrong", () => {
    const parsed = damaged((file) => {
      file.assets.ETH.price = "3375 EUR";
      file.instruments["ETH/DAI"].market = "spott";
      file.positions["maker-eth-b"].rows[0][1] = -1;
      file.venues["wider-market"].layer = "quote";
      file.nmae = 1;
    });
    expect([...codes(parsed)].sort()).toEqual([
      "amount-negative",
      "unit-wrong",
      "unknown-key",
      "unknown-layer",
      "value-wrong",
    ]);
    expect("problems" in parsed && parsed.problems.find(({ code }) => code === "unknown-key")).toEqual({
      code: "unknown-key",
      path: "nmae",
      message: 'there is no key "nmae" here',
      hint: 'did you mean "name"?',
    });
  });

  it("behavior: a book inside a scenario may leave out version and kind, and its problems say where it stands", () => {
    const file: Editable = sampleBookFile();
    delete file.version;
    delete file.kind;
    expect(parseBook(file, { path: "book", inline: true })).toHaveProperty("book");
    file.assets.ETH.price = 5;
    expect(parseBook(file, { path: "book", inline: true })).toHaveProperty("problems.0.path", "book.assets.ETH.price");
  });

  it("behavior: keys of the prototype change nothing", () => {
    const parsed = parseBook(JSON.parse('{"version":1,"kind":"book","assets":{"__proto__":{"price":"1 USD"}}}'));
    expect(codes(parsed)).toContain("key-forbidden");
    expect(Object.prototype).not.toHaveProperty("price");
  });

  it("behavior: nothing but problems comes back, whatever the value", () => {
    const cycle: Editable = { version: 1, kind: "book" };
    cycle.assets = cycle;
    let deep: unknown = {};
    for (let depth = 0; depth < 100_000; depth++) deep = { deep };
    let wide: unknown = ["x"];
    for (let depth = 0; depth < 50; depth++) wide = [wide, wide, wide];
    for (const value of [
      undefined,
      null,
      0,
      "",
      "x",
      [],
      {},
      Number.NaN,
      Symbol("x"),
      cycle,
      { assets: deep },
      { assets: wide },
      new Map(),
      new Date(0),
    ]) {
      expect(codes(parseBook(value)).length).toBeGreaterThan(0);
    }
    expect(codes(parseBook(cycle))).toContain("cycle");
  });

  it("behavior: readBook throws the problems", () => {
    expect(() => readBook({})).toThrow(ProblemsError);
  });

  it("limit: a hundred problems are listed, the rest counted", () => {
    const rows = (count: number) => damaged((file) => (file.positions["maker-eth-b"].rows = Array(count).fill(0)));
    expect(codes(rows(100))).toHaveLength(100);
    expect(codes(rows(100))).not.toContain("more-problems");
    expect(codes(rows(101))).toHaveLength(101);
    expect(rows(150)).toHaveProperty("problems.100.message", "50 more problems not listed");
    expect(rows(20_000)).toHaveProperty("problems.100.message", "at least 9900 more problems not listed");
  });

  it("limit: columns, names, levels and entries at their limit and one past it", () => {
    const columns = (count: number) =>
      damaged((file) => {
        const names = Array.from({ length: count - 1 }, (_, place) => `c${place} x`);
        file.positions["maker-eth-b"] = {
          layer: "vaults",
          columns: ["account", ...names],
          rows: [["a", ...names.map(() => 1)]],
        };
      });
    expect(codes(columns(limits.columns))).toEqual([]);
    expect(codes(columns(limits.columns + 1))).toEqual(["list-length"]);
    expect(codes(damaged((file) => (file.name = "x".repeat(limits.nameCharacters))))).toEqual([]);
    expect(codes(damaged((file) => (file.name = "x".repeat(limits.nameCharacters + 1))))).toEqual(["text-too-long"]);
    const levels = (count: number) =>
      damaged((file) => {
        file.venues["wider-market"].bids = Array.from({ length: count }, (_, place) => [
          `-${place + 1} bps`,
          `${place + 1} ETH`,
        ]);
      });
    expect(codes(levels(9_999))).toEqual([]);
    expect(codes(levels(limits.levels + 1))).toContain("list-length");
  });

  it("error: total-too-large names the decimals that fit", () => {
    const parsed = damaged((file) => (file.positions["maker-eth-b"].rows[0][2] = 5e9));
    expect(parsed).toMatchObject({ problems: [{ code: "total-too-large", path: "assets.DAI.unitDecimals" }] });
    expect(parsed).toHaveProperty("problems.0.hint", expect.stringContaining('"unitDecimals": 5'));
  });
});
