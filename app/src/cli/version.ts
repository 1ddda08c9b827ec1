import { readFileSync } from "node:fs";

/** The version of the installed command. */
export function version(): string {
  const file: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return (file as { readonly version: string }).version;
}
