import { resolve } from "node:path";
import type { ReportTask } from "../../report/report.js";
import type { Answer, Workplace } from "../answer.js";
import { loadScenario } from "../load-scenario.js";
import { tellAside } from "../tell-aside.js";

/** `firebreak report SCENARIO`: one HTML file that opens from disk. */
export async function runReport(workplace: Workplace): Promise<Answer> {
  const { call, streams } = workplace;
  const named = call.operands[0];
  // Problems are said before a thread is started.
  await loadScenario(named, streams.cwd());
  const task: ReportTask = {
    file: resolve(streams.cwd(), named),
    cwd: streams.cwd(),
    named,
    seed: call.whole("seed", 1),
    paths: call.text("paths") === undefined ? null : call.whole("paths", 1),
    out: call.text("out") ?? null,
    picture: call.text("picture") ?? null,
  };
  return tellAside("report-worker", task, workplace);
}
