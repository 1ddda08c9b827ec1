import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { call, inFolder } from "../test-command.js";

const loans = "Vault,coll_eth,debt_usd,note\n1,100,150000,x\n2,50.5,20000,y\n3,abc,1,z\n2,3,4,twice\n";
const depth = "side,price,amount\nbid,1990,200\nbid,1800,800\nask,2010,200\nask,2200,800\n";

describe("firebreak import", () => {
  it("default: own tables become a book that a scenario made with new runs on", async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, "loans.csv"), loans);
      writeFileSync(join(cwd, "depth.csv"), depth);
      const words = "import csv loans.csv --protocol mine --asset ETH=2000 --depth depth.csv --out own.json --json";
      const imported = await call(words.split(" "), { cwd });
      expect(imported.code, imported.err).toBe(0);
      const said = JSON.parse(imported.out) as { rows: unknown; refusedCount: number; refused: { reason: string }[] };
      expect(said.rows).toEqual({ mine: 2, market: 4 });
      expect(said.refusedCount).toBe(2);
      expect(said.refused[0].reason).toContain("not a plain number");
      expect((await call(["new", "mine", "--book", "own.json"], { cwd })).code).toBe(0);
      const ran = await call(["run", "mine.yaml", "--json"], { cwd });
      expect(ran.code, ran.err).toBe(0);
      const { measures } = JSON.parse(ran.out) as { measures: { liquidatedAccounts: { value: number } } };
      expect(measures.liquidatedAccounts.value).toBe(1);
    });
  });

  it("behavior: the columnar form reads back as the same book", async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, "loans.csv"), loans);
      const words = "import csv loans.csv --protocol mine --asset ETH=2000 --at 2024-01-01 --out";
      await call([...words.split(" "), "own.json"], { cwd });
      await call([...words.split(" "), "own.fbk"], { cwd });
      expect(readFileSync(join(cwd, "own.fbk"), "latin1").startsWith("FBRKBOOK")).toBe(true);
      const hashOf = async (book: string) => {
        await call(["new", book.replace(".", "-"), "--book", book], { cwd });
        const { out, err } = await call(["explain", `${book.replace(".", "-")}.yaml`, "--json"], { cwd });
        expect(err).toBe("");
        return (JSON.parse(out) as { book: { hash: string } }).book.hash;
      };
      expect(await hashOf("own.fbk")).toBe(await hashOf("own.json"));
    });
  });

  it("behavior: --preview shows what is understood and writes nothing", async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, "loans.csv"), loans);
      const words = "import csv loans.csv --protocol mine --asset ETH=2000 --preview --out own.json";
      const { code, out } = await call(words.split(" "), { cwd });
      expect(code).toBe(0);
      expect(out).toContain("coll_eth: collateral ETH");
      expect(out).toContain("ignored: note");
      expect(readdirSync(cwd)).toEqual(["loans.csv"]);
    });
  });

  it("error: --strict refuses a file with bad rows, each told with its line", async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, "loans.csv"), loans);
      const words = "import csv loans.csv --protocol mine --asset ETH=2000 --strict --out own.json --json";
      const { code, out } = await call(words.split(" "), { cwd });
      expect(code).toBe(2);
      const { problems } = JSON.parse(out) as { problems: { code: string; path: string }[] };
      expect(problems.map(({ code: one, path }) => [one, path])).toEqual([
        ["row-refused", "the file line 4"],
        ["row-refused", "the file line 5"],
      ]);
      expect(readdirSync(cwd)).toEqual(["loans.csv"]);
    });
  });

  it("behavior: a mapping of one's own", async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, "odd.csv"), "k,a,b\nx,1,1000\n");
      const words =
        "import csv odd.csv --protocol p --asset ETH=2000 --out o.json --map account=k,collateral.ETH=a,debt.USD=b";
      expect((await call(words.split(" "), { cwd })).code).toBe(0);
      expect(readFileSync(join(cwd, "o.json"), "utf8")).toContain('["x", 1, 1000]');
    });
  });

  it("behavior: a raw set: gas in wei", async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, "gas.json"), "{}");
      const { code, err } = await call(["import", "gas", "gas.json", "--out", "gas.series.json"], { cwd });
      expect(code).toBe(2);
      expect(err).toContain("import-refused");
      expect(readdirSync(cwd)).toEqual(["gas.json"]);
    });
  });

  it("error: file-special, for a device that never ends", async () => {
    await inFolder(async (cwd) => {
      const { code, err } = await call(["import", "csv", "/dev/zero", "--protocol", "p", "--out", "o.json"], { cwd });
      expect(err).toContain("file-special");
      expect(code).toBe(2);
      expect(readdirSync(cwd)).toEqual([]);
    });
  });

  it("behavior: Ctrl-C is heard in the middle of a table, and nothing is written", async () => {
    await inFolder(async (cwd) => {
      const rows = Array.from({ length: 400_000 }, (_, row) => `${row},1,100`);
      writeFileSync(join(cwd, "many.csv"), `account,coll_eth,debt_usd\n${rows.join("\n")}\n`);
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 20);
      const words = "import csv many.csv --protocol p --asset ETH=2000 --out o.json";
      const { code } = await call(words.split(" "), { cwd, signal: stop.signal });
      expect(code).toBe(130);
      expect(readdirSync(cwd)).toEqual(["many.csv"]);
    });
  });

  it("error: price-missing, kind-unknown, file-missing, table-unclear, and nothing written", async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, "loans.csv"), loans);
      const refused = async (words: string) => {
        const { code, err } = await call([...words.split(" "), "--out", "out.json"], { cwd });
        expect(code, words).toBe(2);
        return err;
      };
      expect(await refused("import csv loans.csv --protocol mine")).toContain("price-missing");
      expect(await refused("import cvs loans.csv")).toContain("kind-unknown");
      expect(await refused("import csv absent.csv --protocol mine")).toContain("file-missing");
      expect(await refused("import csv loans.csv --protocol mine --map account=Nope")).toContain("table-unclear");
      expect(await refused("import csv loans.csv")).toContain("--protocol");
      expect(readdirSync(cwd)).toEqual(["loans.csv"]);
    });
  });
});
