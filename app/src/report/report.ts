import { findingSteps, findings, type Plan } from "@firebreak/engine";
import type { Answer, Workplace } from "../cli/answer.js";
import { paragraph } from "../cli/text/table.js";
import { version } from "../cli/version.js";
import { findingsFigures } from "./figures.js";
import { findingsPath, reportPath } from "./out-path.js";
import { reportPage } from "./page.js";
import { mapPicture } from "./picture.js";
import { decisiveText, sentenceOf, verdictText } from "./sentence.js";

/** Paths of each run where owners act, where nobody says. */
const usualPaths = 5;

/** `firebreak report SCENARIO`: one HTML file that opens from disk, and its figures as JSON beside it. */
export async function writeReport(plan: Plan, { call, progress }: Workplace): Promise<Answer> {
  const seed = call.whole("seed", 1);
  const paths = call.whole("paths", usualPaths);
  const bar = progress("findings", findingSteps);
  const found = findings(plan, { seed, paths, progress: bar.reach });
  bar.end();
  const json = { version: version(), ...findingsFigures(plan, found) };
  const again = `npx firebreak report ${call.operands[0]} --seed ${seed}${paths === usualPaths ? "" : ` --paths ${paths}`}`;
  const picture = call.text("picture");
  const report = reportPath(call.text("out"), plan.name);
  return {
    json,
    files: [
      { path: report, content: reportPage(plan, found, { again, version: version(), day: null }) },
      { path: findingsPath(report), content: `${JSON.stringify(json, null, 2)}\n` },
      ...(picture === undefined ? [] : [{ path: picture, content: mapPicture(plan, found) }]),
    ],
    text: (paint) =>
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
      ].join("\n"),
  };
}
