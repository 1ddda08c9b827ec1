import { describe, expect, it } from "vitest";
import { decodeBook, encodeBook, parseColumns } from "./columns.js";
import { bookHash } from "./hash.js";
import { readBook } from "./parse.js";
import { ProblemsError } from "./problem.js";
import { sampleBookFile } from "./test-support.js";

const sample = () => readBook(sampleBookFile());

function codes(buffer: ArrayBuffer): readonly string[] {
  const parsed = parseColumns(buffer);
  return "problems" in parsed ? parsed.problems.map(({ code }) => code) : [];
}

describe("columns", () => {
  it("default: the same book, the same hash, the same bytes again", () => {
    const buffer = encodeBook(sample());
    const book = decodeBook(buffer);
    expect(bookHash(book)).toBe(bookHash(sample()));
    expect(new Uint8Array(encodeBook(book))).toEqual(new Uint8Array(buffer));
    expect(buffer.byteLength % 8).toBe(0);
  });

  it("behavior: columns are views into the buffer, not copies", () => {
    const buffer = encodeBook(sample());
    for (const { columns } of decodeBook(buffer).positions) {
      for (const { values } of columns) expect(values.buffer).toBe(buffer);
    }
  });

  it("behavior: numbers, addresses and texts as ids", () => {
    const address = (digit: string) => `0x${digit.repeat(40)}`;
    const lists = [
      ["0", "9", "9007199254740991", "9007199254740992", "007", "é", "\u{1f525}"],
      ["3", address("0"), address("1"), address("a")],
      [address("1"), address("A")],
      [],
    ];
    for (const list of lists) {
      const file = { ...sampleBookFile() };
      file.positions = { p: { layer: "vaults", columns: ["account", "debt DAI"], rows: list.map((id) => [id, 1]) } };
      const book = readBook(file);
      const again = decodeBook(encodeBook(book));
      const { ids } = again.positions[0];
      expect(ids.length).toBe(list.length);
      for (const id of list) expect(ids.at(ids.indexOf(id))).toBe(id);
      expect(bookHash(again)).toBe(bookHash(book));
    }
  });

  it("behavior: no flipped bit is accepted", () => {
    const bytes = new Uint8Array(encodeBook(sample()));
    for (let bit = 0; bit < bytes.length * 8; bit += 13) {
      bytes[bit >>> 3] ^= 1 << (bit & 7);
      expect(codes(bytes.buffer).length).toBe(1);
      bytes[bit >>> 3] ^= 1 << (bit & 7);
    }
  });

  it("error: file-truncated at every length", () => {
    const buffer = encodeBook(sample());
    for (let length = 0; length < buffer.byteLength; length += 11) {
      expect(codes(buffer.slice(0, length))).toEqual(["file-truncated"]);
    }
  });

  it("error: decodeBook throws the problems", () => {
    expect(() => decodeBook(new ArrayBuffer(100))).toThrow(ProblemsError);
  });
});
