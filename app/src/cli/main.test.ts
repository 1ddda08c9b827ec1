import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AssertionError } from "@firebreak/engine";
import { describe, expect, it } from "vitest";
import { oneAccountFalls } from "../../../engine/src/mechanisms/demonstrations.js";
import { exitCodes } from "./exit-codes.js";
import { main } from "./main.js";
import { call, inFolder } from "./test-command.js";
import { verbTable } from "./verb-table.js";

/** What the test makes too large. */
interface HugeScenario {
  book: { assets: { ETH: { price: string } } };
  prices: { shock: { moves: { ETH: string } } };
}

const escape = "\u001b[";

describe("the command", () => {
  it("default: help names every verb and every exit code within 80 columns", async () => {
    const { code, out } = await call(["--help"]);
    expect(code).toBe(0);
    for (const verb of verbTable) expect(out).toContain(`  ${verb.name} `);
    for (const { code: number, meaning } of Object.values(exitCodes)) {
      expect(out).toContain(String(number));
      expect(out).toContain(meaning.split(":")[0]);
    }
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("default: without words it shows help", async () => {
    expect((await call([])).out).toContain("Exit codes");
  });

  it.each(verbTable.map((verb) => verb.name))("default: %s has help with an example", async (name) => {
    const { code, out } = await call([name, "--help"]);
    expect(code).toBe(0);
    expect(out).toContain(`firebreak ${name}`);
    expect(out).toContain("Example\n  firebreak");
    expect(out).toContain("--json");
    expect(out).toContain("--out");
    for (const line of out.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it("error: verb-unknown", async () => {
    const { code, out, err } = await call(["solv"]);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain("verb-unknown");
    expect(err).toContain("solve");
  });

  it("error: every problem of the words at once, missing files too, and no stack", async () => {
    await inFolder(async (cwd) => {
      const { code, err } = await call(["run", "absent.yaml", "--bogus", "--paths", "x", "--seed", "-1"], { cwd });
      expect(code).toBe(2);
      for (const expected of ["option-unknown", "number-malformed", "file-missing"]) expect(err).toContain(expected);
      expect(err).not.toMatch(/^\s+at /m);
      expect(readdirSync(cwd)).toEqual([]);
    });
  });

  it("error: a missing operand, one too many, an option twice", async () => {
    expect((await call(["compare", "a.yaml"])).err).toContain("value-missing");
    expect((await call(["validate", "extra"])).err).toContain("word-unexpected");
    expect((await call(["run", "a.yaml", "--seed", "1", "--seed", "2"])).err).toContain("option-twice");
    expect((await call(["run", "a.yaml", "--paths", "0"])).err).toContain("number-out-of-range");
  });

  it("limit: a number below 0 is an option's value, not an option", async () => {
    const { err } = await call(["insure", "--drift", "-5000%", "--floor", "-5%"]);
    expect(err).toContain("--drift  [number-out-of-range]");
    expect(err).toContain("--floor  [number-out-of-range]");
    expect(err).not.toContain("option-unknown");
  });

  it("error: with --json problems are JSON on standard output and words on standard error", async () => {
    const { code, out, err } = await call(["run", "absent.yaml", "--json"]);
    expect(code).toBe(2);
    expect((JSON.parse(out) as { problems: { code: string }[] }).problems[0].code).toBe("file-missing");
    expect(err).toContain("file-missing");
  });

  it("behavior: a malformed scenario is refused with its problems and nothing written", async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, "bad.yaml"), "version: 2\nname: x\nprices: 7\n");
      const { code, err } = await call(["run", "bad.yaml", "--out", "result.txt"], { cwd });
      expect(code).toBe(2);
      expect(err).toContain("version");
      expect(readdirSync(cwd)).toEqual(["bad.yaml"]);
    });
  });

  it("error: scenario-idle, for a file cut off where it still reads as a scenario", async () => {
    await inFolder(async (cwd) => {
      await call(["new", "mine"], { cwd });
      const lines = readFileSync(join(cwd, "mine.yaml"), "utf8").split("\n");
      const end = lines.findIndex((line) => line.startsWith("prices:"));
      writeFileSync(join(cwd, "cut.yaml"), lines.slice(0, end).join("\n"));
      const { code, err } = await call(["run", "cut.yaml"], { cwd });
      expect(code).toBe(2);
      expect(err).toContain("scenario-idle");
    });
  });

  it("behavior: colour on a terminal, none with NO_COLOR, in a pipe or in a file", async () => {
    await inFolder(async (cwd) => {
      await call(["new", "mine"], { cwd });
      const words = ["run", "mine.yaml"];
      expect((await call(words, { cwd, isTTY: true })).out).toContain(escape);
      expect((await call(words, { cwd, isTTY: true, env: { NO_COLOR: "1" } })).out).not.toContain(escape);
      expect((await call(words, { cwd, isTTY: true, env: { TERM: "dumb" } })).out).not.toContain(escape);
      expect((await call(words, { cwd })).out).not.toContain(escape);
    });
  });

  it("error: a failed assertion of our own exits 70, says that it is a bug, and shows its stack to those who ask", async () => {
    const failing = async (env: Record<string, string>) => {
      let err = "";
      const code = await main(["--version"], {
        stdout: {
          write: () => {
            throw new AssertionError("money is conserved");
          },
        },
        stderr: {
          write: (text) => {
            err += text;
          },
        },
        env,
        cwd: () => process.cwd(),
        signal: new AbortController().signal,
      });
      return { code, err };
    };
    const { code, err } = await failing({});
    expect(code).toBe(70);
    expect(err).toContain("bug in Firebreak, not in your input: money is conserved");
    expect(err).not.toMatch(/^\s+at /m);
    expect((await failing({ FIREBREAK_DEBUG: "1" })).err).toMatch(/^\s+at /m);
  });

  it("error: amount-too-large, for prices that whole numbers cannot hold: exit 2, in workers too", async () => {
    await inFolder(async (cwd) => {
      const scenario = oneAccountFalls() as HugeScenario;
      scenario.book.assets.ETH.price = "10000000 USD";
      scenario.prices.shock.moves.ETH = "900%";
      writeFileSync(join(cwd, "dear.json"), JSON.stringify(scenario));
      for (const words of [
        ["run", "dear.json", "--paths", "4", "--workers", "2"],
        ["run", "dear.json"],
        ["map", "dear.json"],
        ["solve", "dear.json", "--shock", "ETH=-10%"],
      ]) {
        const { code, err } = await call(words, { cwd });
        expect(err, words.join(" ")).toContain("amount-too-large");
        expect(code, words.join(" ")).toBe(2);
      }
    });
  }, 30_000);

  it("behavior: Ctrl-C ends with 130 and nothing written", async () => {
    await inFolder(async (cwd) => {
      await call(["new", "mine"], { cwd });
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 300);
      const words = ["run", "mine.yaml", "--paths", "10000000", "--workers", "1", "--out", "x.json", "--json"];
      const { code, out } = await call(words, { cwd, signal: stop.signal });
      expect(code).toBe(130);
      expect(out).toBe("");
      expect(readdirSync(cwd)).toEqual(["mine.yaml"]);
    });
  });

  it("behavior: --version prints the package's version", async () => {
    expect((await call(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
