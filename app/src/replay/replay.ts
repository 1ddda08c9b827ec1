import { findingSteps } from "@firebreak/engine";
import type { Answer, AnswerFile, Workplace } from "../cli/answer.js";
import { loadScenario } from "../cli/load-scenario.js";
import { version } from "../cli/version.js";
import { findingsPath, reportPath } from "../report/out-path.js";
import { reportPage } from "../report/page.js";
import { otherWindows } from "./other-windows.js";
import { replayFigures } from "./replay-figures.js";
import { replayText } from "./replay-text.js";
import { replayDay, usualPaths } from "./replayed-day.js";

/** `firebreak replay DAY`: a day at both ends beside what was observed; the terminal's findings, the report and its JSON. */
export async function replay(file: string, { call, streams, progress }: Workplace): Promise<Answer> {
  const plan = await loadScenario(file, streams.cwd());
  const others = await otherWindows(file);
  const seed = call.whole("seed", 1);
  const paths = call.whole("paths", usualPaths);
  const bar = progress("findings", findingSteps);
  const day = replayDay(plan, others, { seed, paths, progress: bar.reach });
  bar.end();
  const json = replayFigures(day, seed, paths);
  const named = call.operands[0];
  const again = `npx firebreak replay ${named} --seed ${seed}${paths === usualPaths ? "" : ` --paths ${paths}`}`;
  const out = call.text("out");
  const report = reportPath(out, plan.name);
  // With `--json` only what is asked for is written: nothing without `--out`.
  const wanted = out !== undefined || !call.flag("json");
  const files: AnswerFile[] = wanted
    ? [
        {
          path: report,
          content: reportPage(day.plan, day.findings, { again, day, version: version() }),
        },
        { path: findingsPath(report), content: `${JSON.stringify(json, null, 2)}\n` },
      ]
    : [];
  return { json, files, text: (paint) => replayText(day, json, { report, again }, paint) };
}
