import { findingSteps, findings } from "@firebreak/engine";
import pc from "picocolors";
import { loadScenario } from "../cli/load-scenario.js";
import { plainPaint } from "../cli/paint.js";
import { paragraph } from "../cli/text/table.js";
import { version } from "../cli/version.js";
import type { Told } from "../workers/told.js";
import { findingsFigures } from "./figures.js";
import { findingsPath, reportPath } from "./out-path.js";
import { reportPage } from "./page.js";
import { mapPicture } from "./picture.js";
import { decisiveText, sentenceOf, verdictText } from "./sentence.js";

/** Paths of each run where owners act, where nobody says. */
const usualPaths = 5;

/** What a report is asked, as a thread can be told. */
export interface ReportTask {
  readonly file: string;
  readonly cwd: string;
  /** The scenario as its asker wrote it. */
  readonly named: string;
  readonly seed: number;
  /** Null: as many as usual. */
  readonly paths: number | null;
  readonly out: string | null;
  /** Where the map alone goes as a picture; null: nowhere. */
  readonly picture: string | null;
}

/** One HTML file that opens from disk, and its figures as JSON beside it. `progress` hears the share that is done. Throws `ProblemsError`. */
export async function toldReport(task: ReportTask, progress: (share: number) => void): Promise<Told> {
  const { seed, named, picture } = task;
  const paths = task.paths ?? usualPaths;
  const plan = await loadScenario(task.file, task.cwd);
  const found = findings(plan, { seed, paths, progress: (done) => progress(done / findingSteps) });
  const json = { version: version(), ...findingsFigures(plan, found) };
  const again = `npx firebreak report ${named} --seed ${seed}${paths === usualPaths ? "" : ` --paths ${paths}`}`;
  const report = reportPath(task.out ?? undefined, plan.name);
  const text = (paint: typeof plainPaint) =>
    [
      paint.bold(plan.summary),
      "",
      paragraph(sentenceOf(plan, found)),
      paragraph(decisiveText(found)),
      paragraph(verdictText(found.verdict)),
      "",
      `  report   ${report}`,
      `  again    ${again}`,
      "",
    ].join("\n");
  return {
    json,
    files: [
      { path: report, content: reportPage(plan, found, { again, version: version(), day: null }) },
      { path: findingsPath(report), content: `${JSON.stringify(json, null, 2)}\n` },
      ...(picture === null ? [] : [{ path: picture, content: mapPicture(plan, found) }]),
    ],
    plain: text(plainPaint),
    coloured: text(pc.createColors(true)),
  };
}
