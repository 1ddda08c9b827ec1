import { type History, type Plan, studyHistory } from "@firebreak/engine";
import pc from "picocolors";
import type { AnswerFile } from "../cli/answer.js";
import { plainPaint } from "../cli/paint.js";
import { findingsPath, reportPath } from "../report/out-path.js";
import type { Told } from "../workers/told.js";
import { historyFigures } from "./history-figures.js";
import { historyPage } from "./history-page.js";
import { historyText } from "./history-text.js";
import type { ReplayTask } from "./replay.js";

/** Paths of each plan where nobody says: most such days have one path, drawn by nobody's chance. */
const usualPaths = 1;

/** A scenario's day beside the published figures that it carries: the terminal's findings, a page and its JSON. */
export function toldHistory(plan: Plan, history: History, task: ReplayTask, progress: (share: number) => void): Told {
  const { seed, named } = task;
  const paths = task.paths ?? usualPaths;
  const study = studyHistory(plan, history, { seed, paths, progress: (done, total) => progress(done / total) });
  const json = historyFigures(plan, history, study, seed, paths);
  const again = `npx firebreak replay ${named} --seed ${seed}${paths === usualPaths ? "" : ` --paths ${paths}`}`;
  const report = reportPath(task.out ?? undefined, plan.name);
  const files: AnswerFile[] =
    task.out === null && task.onlyJson
      ? []
      : [
          { path: report, content: historyPage(plan, history, study, { again, version: json.version }) },
          { path: findingsPath(report), content: `${JSON.stringify(json, null, 2)}\n` },
        ];
  const text = (paint: typeof plainPaint) => historyText(plan, history, study, json, { report, again }, paint);
  return { json, files, plain: text(plainPaint), coloured: text(pc.createColors(true)) };
}
