import { readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ProblemsError, type RecordedWindow, recordedWindow } from "@firebreak/engine";
import { loadScenario } from "../cli/load-scenario.js";

/**
 * The recorded windows of other scenarios in the same folder, in the order of their names. A neighbour that cannot be read is no neighbour: what is wrong
 * with it is told when it is run itself.
 */
export async function otherWindows(file: string): Promise<RecordedWindow[]> {
  const folder = dirname(resolve(file));
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  const windows: RecordedWindow[] = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    if (path === resolve(file)) continue;
    const window = await readWindow(path);
    if (window !== null) windows.push(window);
  }
  return windows;
}

async function readWindow(path: string): Promise<RecordedWindow | null> {
  try {
    return recordedWindow(await loadScenario(path, "/"));
  } catch (error) {
    if (error instanceof ProblemsError) return null;
    throw error;
  }
}
