import { describe, expect, it } from "vitest";
import { applyMapping, guessMapping, parseMapping } from "./column-mapping.js";
import { guessDelimiter } from "./csv-stream.js";
import { importDepthCsv } from "./depth-csv.js";
import {
  importPositionsCsv,
  type PositionsCsv,
  type PositionsCsvOptions,
  positionsSection,
  userLayer,
} from "./positions-csv.js";

const bytes = (text: string) => [new TextEncoder().encode(text)];

async function read(text: string, options: Partial<PositionsCsvOptions> = {}): Promise<PositionsCsv> {
  const imported = await importPositionsCsv(bytes(text), { protocol: "mine", ...options });
  if ("problems" in imported) throw new Error(imported.problems.join("; "));
  return imported;
}

describe("column mapping", () => {
  it("default", () => {
    expect(parseMapping("account=Vault, collateral.ETH=Coll,debt.DAI=Debt = all")).toEqual({
      columns: [
        { role: "account", asset: "", header: "Vault" },
        { role: "collateral", asset: "ETH", header: "Coll" },
        { role: "debt", asset: "DAI", header: "Debt = all" },
      ],
    });
  });
  it("error: all that is wrong is said at once", () => {
    const parsed = parseMapping("account,__proto__=x,Collateral.ETH=y,debt.=z");
    expect("problems" in parsed ? parsed.problems : []).toHaveLength(4);
    const applied = applyMapping(
      [
        { role: "account", asset: "", header: "A" },
        { role: "account", asset: "", header: "B" },
      ],
      ["B", "C"],
    );
    expect("problems" in applied ? applied.problems : []).toEqual([
      'the file has no column "A"; it has "B", "C"',
      "account is mapped twice",
    ]);
  });
  it.each([
    ["vault,collateral_eth,debt_dai_ex_interest,liq_price", ["account", "collateral ETH", "debt DAI"]],
    ["account,collateral ETH,debt DAI", ["account", "collateral ETH", "debt DAI"]],
    ["User Address;Supplied (WBTC);Borrowed (USDC)", ["account", "collateral WBTC", "debt USDC"]],
    [
      "id,collateralWstEth,size ETH,entryPrice,margin USDC",
      ["account", "collateral wstETH", "size ETH", "entry USD", "margin USDC"],
    ],
  ])("behavior: guesses %s", (header, expected) => {
    const guessed = guessMapping(header.split(/[,;]/));
    const columns =
      "problems" in guessed
        ? guessed.problems
        : guessed.columns.map((column) => `${column.role} ${column.asset}`.trim());
    expect(columns).toEqual(expected);
  });
  it("error: an amount without an asset is never guessed", () => {
    const guessed = guessMapping(["vault", "collateral", "debt_dai"]);
    expect("problems" in guessed ? guessed.problems[0] : "").toContain("collateral.ASSET=collateral");
    expect(guessMapping(["x", "y"])).toHaveProperty("problems");
    expect(guessMapping(["vault", "y"])).toHaveProperty("problems");
  });
});

describe("positions from CSV", () => {
  it("default: quotes, blanks, a byte-order mark and CRLF are understood; amounts become whole units", async () => {
    const imported = await read('\uFEFFVault,"Coll, ETH" , Debt DAI\r\n"a ""1""",1.5,10\r\n\r\nb,1e3,0.0000019\r\n');
    expect(imported.accounts).toEqual(['a "1"', "b"]);
    expect([...imported.columns[0].values]).toEqual([15_000_000, 10_000_000_000]);
    expect([...imported.columns[1].values]).toEqual([10_000_000, 1]);
    expect(imported.preview).toEqual([
      ["account", "collateral ETH", "debt DAI"],
      ['a "1"', "1.5", "10"],
      ["b", "1000", "0.000001"],
    ]);
    expect(positionsSection(imported, "mine").rows[1]).toEqual(["b", 1000, 0.000001]);
    expect(userLayer("my.csv", imported, "2024-01-01T00:00:00Z").coverage).toBe(
      "2 rows taken, 0 refused; coverage not stated",
    );
  });
  it("behavior: every refused row has its line and its reason, and broken quoting costs its own line only", async () => {
    const rows = [
      "b,-1,5",
      "c,NaN,5",
      "d,1e400,5",
      ",1,1",
      "a,1,1",
      "e,1",
      'f,"1,234.5",3',
      "g,abc,1",
      "h,,1",
      '"i"x,1,2',
      "j,1,2",
      'k,2,"3',
      "l,1,1,1",
      "m,99999999999999,1",
      "n,Infinity,1",
      "o\u0000,1,1",
    ];
    const imported = await read(`Vault,Coll ETH,Debt DAI\na,1,1\n${rows.join("\n")}\n`);
    expect(imported.accounts).toEqual(["a", "j"]);
    expect(imported.refusedCount).toBe(15);
    expect(
      imported.refused.map((row) => `${row.rowNumber} ${row.reason.split(":").slice(0, 2).join(":").slice(0, 44)}`),
    ).toEqual([
      "3 Coll ETH: negative amount",
      "4 Coll ETH: no finite number",
      "5 Coll ETH: too large",
      "6 empty account",
      '7 account "a" stands twice',
      "8 2 cells where the header has 3",
      "9 Coll ETH: thousands separators",
      "10 Coll ETH: not a plain number",
      "11 Coll ETH: empty where a number is due",
      "12 broken quoting: Invalid Closing Quote",
      "14 broken quoting: Quote Not Closed",
      "15 4 cells where the header has 3",
      "16 Coll ETH: too large to count in units of 1e-",
      "17 Coll ETH: no finite number",
      "18 account with characters that do not print",
    ]);
  });
  it("behavior: cells split between chunks, and characters too", async () => {
    const whole = new TextEncoder().encode("Vault,Coll ETH,Debt DAI\nåäö,12.25,1\nb,2,2\n");
    const pieces = [...whole].map((byte) => Uint8Array.of(byte));
    const imported = await importPositionsCsv(pieces, { protocol: "mine" });
    expect("problems" in imported ? imported : imported.accounts).toEqual(["åäö", "b"]);
  });
  it("behavior: a given mapping wins, plain numbers stay plain, sizes may be negative", async () => {
    const mapping = parseMapping("account=T,size.ETH=S,entry.USD=P");
    const imported = await read("T;S;P;other\nx;-2;3000.5;1\n", {
      columns: "columns" in mapping ? mapping.columns : [],
    });
    expect(imported.mapping).toMatchObject({ guessed: false, ignored: ["other"] });
    expect(imported.columns.map((column) => [column.unitDecimals, ...column.values])).toEqual([
      [7, -20_000_000],
      [-1, 3000.5],
    ]);
  });
  it("behavior: progress is told and a preview stops early", async () => {
    const chunks = Array.from({ length: 50 }, (_, index) =>
      new TextEncoder().encode(index === 0 ? "id,coll ETH\n" : `v${index},1\n`),
    );
    let told = 0;
    const imported = await importPositionsCsv(chunks, {
      protocol: "mine",
      previewOnly: true,
      previewCount: 3,
      onProgress: () => told++,
    });
    expect("problems" in imported ? 0 : imported.accounts.length).toBe(3);
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(6);
  });
  it("limit: a hundred thousand rows; refused rows are kept to the limit and all counted", async () => {
    function* chunks() {
      yield new TextEncoder().encode("id,coll ETH\n");
      for (let row = 0; row < 100_000; row++)
        yield new TextEncoder().encode(`v${row},${row % 2 === 0 ? "1.25" : "x"}\n`);
    }
    const imported = await importPositionsCsv(chunks(), { protocol: "mine", refusedKept: 10 });
    if ("problems" in imported) throw new Error("problems");
    expect([imported.accounts.length, imported.refused.length, imported.refusedCount]).toEqual([50_000, 10, 50_000]);
    expect(imported.columns[0].values.length).toBe(50_000);
  });
  it("limit: a line without end is refused and not kept", async () => {
    const imported = await read(`id,coll ETH\n${"x".repeat(300_000)}\na,1\n`);
    expect([imported.accounts, imported.refused[0].reason]).toEqual([["a"], "a line of more than 65536 characters"]);
  });
  it("error: an empty file, a missing account column, a broken header", async () => {
    expect(await importPositionsCsv([], { protocol: "m" })).toEqual({ problems: ["the file is empty: no header"] });
    expect(await importPositionsCsv(bytes('a,"b\nc,d\n'), { protocol: "m" })).toHaveProperty("problems");
    const mapping = parseMapping("debt.DAI=b");
    expect(
      await importPositionsCsv(bytes("a,b\n1,2\n"), {
        protocol: "m",
        columns: "columns" in mapping ? mapping.columns : [],
      }),
    ).toEqual({
      problems: ["the mapping names no account column; add account=HEADER"],
    });
    const binary = await importPositionsCsv([Uint8Array.of(0xff, 0xfe, 0, 1)], { protocol: "m" });
    expect(binary).toHaveProperty("problems");
  });
  it("behavior: the delimiter is what the header holds most of", () => {
    expect([
      guessDelimiter("a,b"),
      guessDelimiter("a;b;c,d"),
      guessDelimiter("a\tb"),
      guessDelimiter('"a;b;c",d'),
    ]).toEqual([",", ";", "\t", ","]);
  });
});

describe("depth from CSV", () => {
  it("default: prices and amounts become moves and cumulative levels", async () => {
    const depth = await importDepthCsv(bytes("side,price,amount\nbid,98,2\nbid,99,1\nask,101,3\nask,101,1\n"));
    expect(depth).toMatchObject({
      middle: 100,
      bids: [
        { relativePrice: 0.99, units: 1 },
        { relativePrice: 0.98, units: 3 },
      ],
      asks: [{ relativePrice: 1.01, units: 4 }],
      refusedCount: 0,
    });
  });
  it("behavior: moves and cumulative amounts under other names", async () => {
    const mapping = parseMapping("side=S,move=M,cumulative=C");
    const depth = await importDepthCsv(
      bytes("S,M,C\nb,-1%,2\nb,-2%,1\nb,-3%,5\na,0.01,3\n"),
      "columns" in mapping ? mapping.columns : [],
    );
    expect(depth).toMatchObject({
      bids: [{ units: 2 }, { units: 5 }],
      asks: [{ relativePrice: 1.01 }],
      refusedCount: 1,
    });
  });
  it("error: refused rows and missing columns", async () => {
    const depth = await importDepthCsv(
      bytes("side,move,amount\nbid,1%,2\nmid,1%,1\nask,1%,0\nask,x,1\nask,1%\nask,2%,1\n"),
    );
    expect("problems" in depth ? [] : depth.refused.map((row) => row.rowNumber)).toEqual([2, 3, 4, 5, 6]);
    expect(await importDepthCsv(bytes("price\n1\n"))).toHaveProperty("problems");
    expect(await importDepthCsv(bytes("side,price,amount\nbid,2,1\nask,1,1\n"))).toEqual({
      problems: ["prices need both a bid and an ask, the best bid below the best ask"],
    });
  });
});
