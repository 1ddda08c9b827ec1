import { ProblemsError } from "@firebreak/engine";

/** Imports a part of the command that may not be there yet (`path` relative to this file); throws `ProblemsError` with `verb-unbuilt`. */
export async function whenBuilt<Module>(verb: string, path: string): Promise<Module> {
  const url = new URL(path, import.meta.url).href;
  try {
    return (await import(url)) as Module;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = code === "ERR_MODULE_NOT_FOUND" || /Cannot find module|Failed to load url/.test(message);
    if (!missing || !message.includes(path.replace("../", "/"))) throw error;
    throw new ProblemsError([
      {
        code: "verb-unbuilt",
        path: verb,
        message: `${verb} is not part of this build yet`,
        hint: "use solve, map or run meanwhile",
      },
    ]);
  }
}
