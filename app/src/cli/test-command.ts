import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "./main.js";

/** What one call of the command did. */
export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Calls the command in this thread with streams of its own, as a pipe would see it. */
export async function call(
  words: readonly string[],
  place: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
    readonly isTTY?: boolean;
  } = {},
): Promise<Called> {
  let out = "";
  let err = "";
  const code = await main(words, {
    stdout: {
      write: (text) => {
        out += text;
      },
      isTTY: place.isTTY,
    },
    stderr: {
      write: (text) => {
        err += text;
      },
    },
    env: place.env ?? {},
    cwd: () => place.cwd ?? process.cwd(),
    signal: place.signal ?? new AbortController().signal,
  });
  return { code, out, err };
}

/** Runs `work` in an empty folder that is removed afterwards. */
export async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
