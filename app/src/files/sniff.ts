import { columnsMagic, type Problem } from "@firebreak/engine";
import { fileLimits } from "./limits.js";

/** How an input is written. */
export type Form = "columns" | "json" | "yaml";

/** What the first bytes of a file tell: its form, how much of it may be read, and where its text begins. */
export interface Sniffed {
  readonly form: Form;
  readonly mostBytes: number;
  /** Bytes of a byte-order mark to skip. */
  readonly skip: number;
  /** It says that it is a book or a series. */
  readonly isTable: boolean;
}

/** Bytes that `sniff` wants to see. */
export const sniffedBytes = 4096;

const compressed: readonly (readonly [string, readonly number[], string])[] = [
  ["gzip", [0x1f, 0x8b], "gunzip -k"],
  ["zip", [0x50, 0x4b, 0x03, 0x04], "unzip"],
  ["zstandard", [0x28, 0xb5, 0x2f, 0xfd], "unzstd"],
  ["bzip2", [0x42, 0x5a, 0x68], "bunzip2 -k"],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a], "unxz -k"],
];

/**
 * Tells a file's form from its first bytes, never from its name. Problems: `file-compressed`, `encoding-wrong` (UTF-16 and UTF-32),
 * `file-binary`, `file-is-csv`.
 */
export function sniff(head: Uint8Array, path: string): Sniffed | Problem {
  if (
    startsWith(
      head,
      [...columnsMagic].map((letter) => letter.charCodeAt(0)),
    )
  ) {
    return { form: "columns", mostBytes: fileLimits.columnsBytes, skip: 0, isTable: true };
  }
  for (const [name, magic, command] of compressed) {
    if (!startsWith(head, magic)) continue;
    const hint = `unpack it first: ${command} ${path}`;
    return { code: "file-compressed", path, message: `it is compressed (${name})`, hint };
  }
  if (startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff]) || looksLikeUtf16(head)) {
    return { code: "encoding-wrong", path, message: "it is text in UTF-16 or UTF-32", hint: "save it as UTF-8" };
  }
  const nul = head.indexOf(0);
  if (nul >= 0 || !isTextual(head)) {
    const what = nul >= 0 ? `it holds a NUL byte at ${nul}` : "its bytes are no text";
    const hint = "name a scenario, a book or a series: YAML, JSON, or a book in columnar form";
    return { code: "file-binary", path, message: `${what}, so it is no text`, hint };
  }
  const skip = startsWith(head, [0xef, 0xbb, 0xbf]) ? 3 : 0;
  const text = new TextDecoder().decode(head.subarray(skip));
  const isTable = /"?\bkind"?\s*:\s*"?(?:book|series)\b/.test(text);
  const first = text.trimStart()[0];
  if (first === "{" || first === "[") {
    // A YAML table in one line begins so as well, but then without quotes around its first key.
    const isJson = /^\s*(?:\{\s*(?:"|\}|$)|\[)/.test(text) || !/^\s*\{\s*[A-Za-z$_]/.test(text);
    const mostBytes = isTable ? fileLimits.jsonTableBytes : fileLimits.jsonBytes;
    if (isJson) return { form: "json", mostBytes, skip, isTable };
  }
  if (looksLikeCsv(text)) {
    const hint = `import it: firebreak import csv ${path} --protocol NAME --out book.json`;
    return { code: "file-is-csv", path, message: "it is a table of comma-separated values", hint };
  }
  return { form: "yaml", mostBytes: fileLimits.yamlBytes, skip, isTable };
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length >= magic.length && magic.every((byte, place) => bytes[place] === byte);
}

/** Plain text in UTF-16 has a NUL in every other byte. */
function looksLikeUtf16(head: Uint8Array): boolean {
  if (head.length < 4) return false;
  const nuls = [0, 1].map((parity) => head.filter((byte, place) => byte === 0 && place % 2 === parity).length);
  return Math.max(...nuls) > head.length * 0.4 && Math.min(...nuls) < head.length * 0.05;
}

/** No control characters but tab, line feed, form feed, carriage return and escape, and UTF-8 as far as the excerpt reaches. */
function isTextual(head: Uint8Array): boolean {
  if (
    head.some(
      (byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d && byte !== 0x1b,
    )
  ) {
    return false;
  }
  try {
    // `stream` forgives a character that the excerpt cuts through.
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Two lines with the same number of separators, at least one, and no key before a colon. */
function looksLikeCsv(text: string): boolean {
  const lines = text.split(/\r?\n/, 3);
  const rows = lines.slice(0, lines.length > 2 ? 2 : lines.length).filter((line) => line.trim() !== "");
  if (rows.length === 0 || rows.some((line) => /^\s*(?:#|-|\?|%|---)/.test(line) || /^[^,;\t]*:(?:\s|$)/.test(line)))
    return false;
  return [",", ";", "\t"].some((separator) => {
    const counts = rows.map((line) => line.split(separator).length - 1);
    return counts[0] > 0 && counts.every((count) => count === counts[0]);
  });
}
