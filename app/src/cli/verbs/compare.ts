import { measureNames, runHash, weakest } from "@firebreak/engine";
import { runBasis } from "../../figures/basis.js";
import { type PairedFigures, pairedFigures } from "../../figures/paired.js";
import { openPathPool, workersFor } from "../../workers/path-pool.js";
import type { Answer, Workplace } from "../answer.js";
import { loadScenario } from "../load-scenario.js";
import type { Paint } from "../paint.js";
import { figureText, grouped, percent, valueText } from "../text/numbers.js";
import { paragraph, tableText } from "../text/table.js";

/** What `compare --json` prints. */
interface CompareJson {
  readonly a: { readonly scenario: string; readonly tapeHash: string };
  readonly b: { readonly scenario: string; readonly tapeHash: string };
  readonly seed: number;
  readonly paths: number;
  /** Share of 1 that the intervals of mean differences cover. */
  readonly confidence: number;
  readonly measures: PairedFigures;
}

/** `firebreak compare A B`: both on the same seeds, path by path. */
export async function runCompare({ call, streams, progress }: Workplace): Promise<Answer> {
  const [fileA, fileB] = call.operands;
  const planA = await loadScenario(fileA, streams.cwd());
  const planB = await loadScenario(fileB, streams.cwd());
  const seed = call.whole("seed", 1);
  const paths = call.whole("paths", 100);
  const chunk = call.text("chunk") === undefined ? undefined : call.whole("chunk", 1);
  const bar = progress("paths", 2 * paths);
  const pool = await openPathPool(call.whole("workers", workersFor(paths)));
  try {
    const options = { seed, paths, chunk, signal: streams.signal };
    const a = await pool.run(planA, { ...options, progress: bar.reach });
    const b = await pool.run(planB, { ...options, progress: (done) => bar.reach(paths + done) });
    const json: CompareJson = {
      a: { scenario: planA.name, tapeHash: runHash(a) },
      b: { scenario: planB.name, tapeHash: runHash(b) },
      seed,
      paths,
      confidence: 0.95,
      measures: pairedFigures(a, b, weakest(runBasis(planA), runBasis(planB))),
    };
    const names = planA.name === planB.name ? [fileA, fileB] : [planA.name, planB.name];
    return { json, text: (paint) => compareText(json, names[0], names[1], paint) };
  } finally {
    bar.end();
    await pool.close();
  }
}

function compareText(json: CompareJson, nameA: string, nameB: string, paint: Paint): string {
  const { measures, paths } = json;
  const same = json.a.tapeHash === json.b.tapeHash;
  const sold = measures.soldUsd.difference;
  const bad = measures.badDebtUsd.difference;
  const sentence = same
    ? `${nameA} and ${nameB} are the same on all ${grouped(paths)} paths, bit for bit.`
    : `Against A, B sells ${figureText(sold)} more into depth and takes ${figureText(bad)} more bad debt, as means over the same ${grouped(paths)} paths with 95 % intervals.`;
  const rows = measureNames.map((name) => {
    const { a, b, difference, largerShare } = measures[name];
    const [low, high] = difference.band ?? [null, null];
    const sure = low !== null && high !== null && (low > 0 || high < 0);
    const middle = valueText(difference.value, difference.unit);
    return [
      name,
      valueText(a.value, a.unit),
      valueText(b.value, b.unit),
      sure ? paint.bold(middle) : middle,
      low === null ? "" : valueText(low, difference.unit),
      high === null ? "" : valueText(high, difference.unit),
      percent(largerShare.value, 0),
    ];
  });
  return [
    `A ${nameA}   B ${nameB}`,
    "",
    paragraph(sentence),
    "",
    tableText(
      [
        { head: "measure", align: "left" },
        { head: "A", align: "right" },
        { head: "B", align: "right" },
        { head: "B - A", align: "right" },
        { head: "from", align: "right" },
        { head: "to", align: "right" },
        { head: "B > A", align: "right" },
      ],
      rows,
    ),
    "",
    `  seed ${json.seed}, ${grouped(paths)} paths; B > A: share of the paths`,
    "",
  ].join("\n");
}
