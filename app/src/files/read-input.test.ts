import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bookHash, encodeBook, readBook } from "@firebreak/engine";
import { afterAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { sampleBookFile } from "../../../engine/src/book/test-support.js";
import { readBookFile, readInput } from "./read-input.js";

const directory = mkdtempSync(join(tmpdir(), "firebreak-files-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function written(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const hashOf = async (path: string) => {
  const parsed = await readBookFile(path);
  return "book" in parsed ? bookHash(parsed.book) : parsed.problems;
};

describe("readInput", () => {
  it("default: one book in three forms, whatever the file is called", async () => {
    const book = readBook(sampleBookFile());
    expect(await hashOf(written("book.txt", JSON.stringify(sampleBookFile())))).toBe(bookHash(book));
    expect(await hashOf(written("book", stringify(sampleBookFile())))).toBe(bookHash(book));
    expect(await hashOf(written("book.json", new Uint8Array(encodeBook(book))))).toBe(bookHash(book));
  });

  it("behavior: a byte-order mark, a YAML table in one line, and the kind", async () => {
    const mark = await readInput(written("mark", "\ufeffversion: 1\nkind: scenario"));
    expect(mark).toMatchObject({ input: { form: "yaml", kind: "scenario", value: { version: 1 } } });
    const line = await readInput(written("line", "{version: 1, kind: book}"));
    expect(line).toMatchObject({ input: { form: "yaml", kind: "book" } });
    const json = await readInput(written("json", '\ufeff{"kind": "book"}'));
    expect(json).toMatchObject({ input: { form: "json", kind: "book" } });
  });

  it("behavior: progress reaches the end", async () => {
    const seen: number[] = [];
    const path = written("progress", `{"a": "${"x".repeat(10_000_000)}"}`);
    await readInput(path, (bytesRead, bytesTotal) => seen.push(bytesRead / bytesTotal));
    expect(seen.length).toBeGreaterThan(1);
    expect(seen[seen.length - 1]).toBe(1);
  });

  it("behavior: problems of JSON contents name their line", async () => {
    const text = JSON.stringify(sampleBookFile(), null, 2).replace("3375.69 USD", "3375.69 EUR");
    const parsed = await readBookFile(written("lines", text));
    const line = text.split("\n").findIndex((one) => one.includes("EUR")) + 1;
    expect(parsed).toHaveProperty("problems.0.path", `assets.ETH.price (line ${line})`);
  });

  it("error: file-missing names a neighbour", async () => {
    written("scenario.yaml", "a: 1");
    expect(await readInput(join(directory, "scenaro.yaml"))).toMatchObject({
      problems: [{ code: "file-missing", hint: 'did you mean "scenario.yaml"?' }],
    });
  });
});
