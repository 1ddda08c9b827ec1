import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { blocksOf, checkoutIn } from "./support/document.js";
import { followed } from "./support/followed.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const guides = readdirSync(join(root, "docs/guide"))
  .filter((name) => name.endsWith(".md"))
  .map((name) => `docs/guide/${name}`);
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-guides-"));
  checkoutIn(folder, root);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Beside `documents.test.ts`, in a file of its own: the two take the longest of all, and so run on two cores. */
describe("guides: what a reader types works, and prints what is shown (P51)", () => {
  it.each(guides)("default: %s", async (name) => {
    const document = readFileSync(join(root, name), "utf8");
    expect(blocksOf(document).filter(({ language }) => language === "sh").length).toBeGreaterThan(2);
    await expect(followed(document, folder)).toMatchFileSnapshot(join(root, name));
  });

  it("limit: every guide is followed", () => {
    expect(guides.length).toBeGreaterThanOrEqual(5);
  });
});
