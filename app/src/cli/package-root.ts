import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ProblemsError } from "@firebreak/engine";

/** The root of the checkout, which holds `scenarios` and `books`: two levels above the command's build (or source). */
export const packageRoot: string = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * The file of a shipped day (`2021-05-19` is `scenarios/2021-05-19.yaml` of the checkout, from whatever folder), or of a scenario named by its
 * path. Throws `ProblemsError` with `day-unknown`.
 */
export function dayFile(day: string, cwd: string): string {
  const shipped = join(packageRoot, "scenarios", `${day}.yaml`);
  if (/^[\w.-]+$/.test(day) && existsSync(shipped)) return shipped;
  const named = resolve(cwd, day);
  if (existsSync(named)) return named;
  throw new ProblemsError([
    {
      code: "day-unknown",
      path: "DAY",
      message: `there is no shipped day ${JSON.stringify(day.slice(0, 60))} and no file of that name`,
      hint: "name one of the shipped days (scenarios/*.yaml) or a scenario's file",
    },
  ]);
}
