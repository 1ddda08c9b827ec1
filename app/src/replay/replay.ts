import { findingSteps } from "@firebreak/engine";
import pc from "picocolors";
import type { AnswerFile } from "../cli/answer.js";
import { loadScenarioFile } from "../cli/load-scenario.js";
import { plainPaint } from "../cli/paint.js";
import { version } from "../cli/version.js";
import { findingsPath, reportPath } from "../report/out-path.js";
import { reportPage } from "../report/page.js";
import type { Told } from "../workers/told.js";
import { toldHistory } from "./history-replay.js";
import { otherWindows } from "./other-windows.js";
import { replayFigures } from "./replay-figures.js";
import { replayText } from "./replay-text.js";
import { replayDay, usualPaths } from "./replayed-day.js";

/** What a replay is asked, as a thread can be told. */
export interface ReplayTask {
  readonly file: string;
  readonly cwd: string;
  /** The day as its asker wrote it. */
  readonly named: string;
  readonly seed: number;
  /** Null: as many as usual. */
  readonly paths: number | null;
  readonly out: string | null;
  /** Only JSON is wanted: without `out` no file is made. */
  readonly onlyJson: boolean;
}

/**
 * A day at both ends beside what was observed: the terminal's findings, the report and its JSON. `progress` hears the share that is done. Throws
 * `ProblemsError`.
 */
export async function toldReplay(task: ReplayTask, progress: (share: number) => void): Promise<Told> {
  const { seed, named } = task;
  const paths = task.paths ?? usualPaths;
  const { plan, history } = await loadScenarioFile(task.file, task.cwd);
  if (history !== undefined) return toldHistory(plan, history, task, progress);
  const others = await otherWindows(task.file);
  const day = replayDay(plan, others, { seed, paths, progress: (done) => progress(done / findingSteps) });
  const json = replayFigures(day, seed, paths);
  const again = `npx firebreak replay ${named} --seed ${seed}${paths === usualPaths ? "" : ` --paths ${paths}`}`;
  const report = reportPath(task.out ?? undefined, plan.name);
  const files: AnswerFile[] =
    task.out === null && task.onlyJson
      ? []
      : [
          { path: report, content: reportPage(day.plan, day.findings, { again, day, version: version() }) },
          { path: findingsPath(report), content: `${JSON.stringify(json, null, 2)}\n` },
        ];
  const text = (paint: typeof plainPaint) => replayText(day, json, { report, again }, paint);
  return { json, files, plain: text(plainPaint), coloured: text(pc.createColors(true)) };
}
