import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { verbTable } from "../app/src/cli/verb-table.js";
import { blocksOf, checkoutIn, follow, renewedOutput } from "./support/document.js";
import { followed } from "./support/followed.js";

const root = fileURLToPath(new URL("..", import.meta.url));
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-documents-"));
  checkoutIn(folder, root);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("documents: what a reader types works, and prints what is shown (P51)", () => {
  it("default: README.md", async () => {
    const name = join(root, "README.md");
    const document = readFileSync(name, "utf8");
    expect(blocksOf(document).filter(({ language }) => language === "sh").length).toBeGreaterThan(3);
    await expect(followed(document, folder)).toMatchFileSnapshot(name);
  });

  // `validate` takes minutes: its closed half and its simulated half have tests of their own.
  it.each(verbTable.filter(({ name }) => name !== "validate"))(
    "default: the example of $name, as --help and docs/command-line.md give it",
    ({ name, example }) => {
      if (name !== "new") follow({ language: "sh", file: undefined, code: "npx firebreak new mine\n" }, folder);
      writeFileSync(join(folder, "loans.csv"), "account,collateral ETH,debt USD\na,10,20000\n");
      expect(follow({ language: "sh", file: undefined, code: `npx ${example}\n` }, folder)).not.toBe("");
    },
  );

  it("limit: the two lines of the README are these, exactly", () => {
    const lines = blocksOf(readFileSync(join(root, "README.md"), "utf8")).map(({ code }) => code);
    expect(lines.slice(0, 2)).toEqual(["npm ci && npm start\n", "npm ci && npm test\n"]);
  });
});

describe("renewedOutput", () => {
  it("behavior: an output is compared as a whole, an excerpt by its first and last lines", () => {
    expect(renewedOutput("old\n", "a\nb\n\n")).toBe("a\nb\n");
    expect(renewedOutput("a\n...\nd\n", "a\nb\nc\nd\n")).toBe("a\n...\nd\n");
    expect(renewedOutput("x\ny\n...\n", "a\nb\nc\nd\n")).toBe("a\nb\n...\n");
    expect(renewedOutput("...\nx\n", "a\nb\nc\nd\n")).toBe("...\nd\n");
  });

  it("error: a command that fails, and code that does not compile, fail", () => {
    expect(() => followed("```sh\nnpx firebreak solve absent.yaml\n```", folder)).toThrow();
    expect(() => followed("```ts\nconst count: number = 'one';\nconsole.log(count);\n```", folder)).toThrow();
    expect(followed("```sh\necho 7\n```\n\n```text\n6\n```\n", folder)).toBe("```sh\necho 7\n```\n\n```text\n7\n```\n");
  });
});
