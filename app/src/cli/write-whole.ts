import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ProblemsError } from "@firebreak/engine";

/**
 * Writes a file whole or not at all: beside it first, then renamed over it. Folders on the way are made. Throws `ProblemsError` with
 * `file-not-writable`.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const beside = `${path}.${process.pid}.part`;
  try {
    if (existsSync(path) && statSync(path).isDirectory()) throw new Error("it is a folder");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(beside, content);
    renameSync(beside, path);
  } catch (error) {
    if (existsSync(beside)) rmSync(beside);
    throw new ProblemsError([
      {
        code: "file-not-writable",
        path,
        message: `it cannot be written: ${error instanceof Error ? error.message : String(error)}`,
        hint: "name another file, or mend the folder's permissions",
      },
    ]);
  }
}
