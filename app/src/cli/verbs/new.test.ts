import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { call, inFolder } from "../test-command.js";

describe("firebreak new", () => {
  it("default: a commented scenario that runs as it stands, its version first", async () => {
    await inFolder(async (cwd) => {
      expect((await call(["new"], { cwd })).code).toBe(0);
      const text = readFileSync(join(cwd, "scenario.yaml"), "utf8");
      expect(text.startsWith("version: 1\n")).toBe(true);
      expect(text.split("\n").length).toBeLessThan(40);
      expect(text.match(/#/g)?.length).toBeGreaterThan(4);
      expect((await call(["run", "scenario.yaml"], { cwd })).code).toBe(0);
    });
  });

  it("behavior: it names its schema, so that editors complete", async () => {
    await inFolder(async (cwd) => {
      await call(["new"], { cwd });
      const [, line] = readFileSync(join(cwd, "scenario.yaml"), "utf8").split("\n");
      const [, url] = /^# yaml-language-server: \$schema=(file:.*)$/.exec(line) ?? [];
      expect(JSON.parse(readFileSync(new URL(url), "utf8")).title).toBe("Firebreak scenario, version 1");
    });
  });

  it("error: file-exists, and the file is left alone", async () => {
    await inFolder(async (cwd) => {
      await call(["new", "mine"], { cwd });
      const before = readFileSync(join(cwd, "mine.yaml"), "utf8");
      const { code, err } = await call(["new", "mine.yaml"], { cwd });
      expect(code).toBe(2);
      expect(err).toContain("file-exists");
      expect(readFileSync(join(cwd, "mine.yaml"), "utf8")).toBe(before);
    });
  });

  it("error: name-malformed", async () => {
    expect((await call(["new", "a b: c"])).err).toContain("name-malformed");
  });
});
