import type { Plan } from "@firebreak/engine";
import type { Answer, Workplace } from "../answer.js";
import { loadScenarioFile } from "../load-scenario.js";
import { whenBuilt } from "../when-built.js";

/** What `app/src/report/report.ts` offers: a plan's report as an answer with its file. */
interface ReportModule {
  readonly writeReport: (plan: Plan, workplace: Workplace) => Promise<Answer>;
}

/** `firebreak report SCENARIO`: one HTML file that opens from disk. */
export async function runReport(workplace: Workplace): Promise<Answer> {
  const { plan } = await loadScenarioFile(workplace.call.operands[0], workplace.streams.cwd());
  const { writeReport } = await whenBuilt<ReportModule>("report", "../report/report.js");
  return writeReport(plan, workplace);
}
