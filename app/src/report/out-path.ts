import { join } from "node:path";

/** Where a report goes: `--out` names a file (`x.html`) or a folder; without it `out/NAME/report.html`. */
export function reportPath(out: string | undefined, name: string): string {
  if (out === undefined) return join("out", name, "report.html");
  return /\.html?$/.test(out) ? out : join(out, "report.html");
}

/** The findings' JSON beside a report. */
export function findingsPath(report: string): string {
  return report.endsWith("report.html") ? report.replace(/report\.html$/, "findings.json") : `${report}.json`;
}
