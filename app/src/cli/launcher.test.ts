import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { call, inFolder } from "./test-command.js";

const launcher = fileURLToPath(new URL("../../bin/firebreak.js", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts the built command as a process; `meanwhile` may interrupt it. */
function start(
  words: readonly string[],
  cwd: string,
  meanwhile: (child: ReturnType<typeof spawn>) => void = () => {},
): Promise<Ended> {
  const child = spawn(process.execPath, [launcher, ...words], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.on("data", (piece) => {
    out += piece;
  });
  child.stderr.on("data", (piece) => {
    err += piece;
  });
  meanwhile(child);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

describe("the launcher", () => {
  it("default: the built command answers, and its exit code is the process's", async () => {
    await inFolder(async (cwd) => {
      const help = await start(["--help"], cwd);
      expect(help).toMatchObject({ code: 0, err: "" });
      expect(help.out).toBe((await call(["--help"])).out);
      expect((await start(["run", "absent.yaml"], cwd)).code).toBe(2);
    });
  });

  it.each(["1", "2"])(
    "behavior: Ctrl-C on %s workers ends with 130 and leaves nothing half-written",
    async (workers) => {
      await inFolder(async (cwd) => {
        await call(["new", "mine"], { cwd });
        const words = ["run", "mine.yaml", "--paths", "50000000", "--workers", workers, "--out", "x.json"];
        const ended = await start(words, cwd, (child) => setTimeout(() => child.kill("SIGINT"), 2500));
        expect(ended.code, ended.err).toBe(130);
        expect(ended.err).toContain("stopped");
        expect(readdirSync(cwd)).toEqual(["mine.yaml"]);
      });
    },
  );

  it("behavior: a reader that closes the pipe early is no failure", async () => {
    await inFolder(async (cwd) => {
      await call(["new", "mine"], { cwd });
      const ended = await start(["map", "mine.yaml", "--json"], cwd, (child) => child.stdout?.destroy());
      expect(ended).toMatchObject({ code: 0, err: "" });
    });
  });
});
