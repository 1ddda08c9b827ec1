import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A fenced block of a document. */
export interface Block {
  readonly language: string;
  /** The file that the block is, where its fence says `file=PATH`. */
  readonly file: string | undefined;
  readonly code: string;
}

const fence = /^( *)```(\w+)(?: file=(\S+))?\n([\s\S]*?)^ *```$/gm;

/** Lines that stand for a fresh clone; the tests themselves are what they start. */
const installing = /^npm ci && npm (?:start|test)\n$/;

/** The fenced blocks of a document in their order, without the indent of the list they stand in. */
export function blocksOf(document: string): Block[] {
  return [...document.matchAll(fence)].map(([, indent, language, file, code]) => ({
    language,
    file,
    code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
}

/**
 * A folder that looks like the root of a checkout to whoever types commands there: the shipped files and the installed packages, and an `npx` that starts
 * the built command. What is written stays in the folder.
 */
export function checkoutIn(folder: string, root: string): void {
  for (const name of ["books", "scenarios", "schemas", "node_modules", "package.json"])
    symlinkSync(join(root, name), join(folder, name));
  mkdirSync(join(folder, ".bin"));
  const launcher = join(root, "app", "bin", "firebreak.js");
  const stub = `#!/bin/sh\n[ "$1" = firebreak ] || exit 127\nshift\nexec "${process.execPath}" "${launcher}" "$@"\n`;
  writeFileSync(join(folder, ".bin", "npx"), stub);
  chmodSync(join(folder, ".bin", "npx"), 0o755);
}

/** Does what a reader does with a block: saves it, types it, or runs it. Returns what it printed, or undefined where it prints nothing. */
export function follow(block: Block, folder: string): string | undefined {
  const { language, file, code } = block;
  if (file !== undefined) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
    return undefined;
  }
  if (language === "sh") return installing.test(code) ? undefined : started("sh", ["-e", "-c", code], folder);
  if (language !== "ts") return undefined;
  writeFileSync(join(folder, "example.ts"), code);
  const strict = "--noEmit --strict --ignoreConfig --target es2023 --module nodenext --skipLibCheck --types node";
  started(
    process.execPath,
    [join("node_modules", "typescript", "bin", "tsc"), ...strict.split(" "), "example.ts"],
    folder,
  );
  return started(process.execPath, ["--import", "tsx", "example.ts"], folder);
}

function started(command: string, words: readonly string[], folder: string): string {
  const path = `${join(folder, ".bin")}:${process.env.PATH ?? ""}`;
  return execFileSync(command, words, {
    cwd: folder,
    env: { ...process.env, PATH: path, NO_COLOR: "1" },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/**
 * What a block of output should say after the commands before it printed `printed`: all of it, or, where a line `...` stands in it, as many lines from the
 * beginning and the end as are shown.
 */
export function renewedOutput(shown: string, printed: string): string {
  const lines = printed.trimEnd().split("\n");
  const shownLines = shown.trimEnd().split("\n");
  const gap = shownLines.indexOf("...");
  if (gap < 0) return `${lines.join("\n")}\n`;
  const tail = shownLines.length - gap - 1;
  return [...lines.slice(0, gap), "...", ...lines.slice(lines.length - tail), ""].join("\n");
}
