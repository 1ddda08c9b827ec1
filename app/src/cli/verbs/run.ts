import { type Figure, measureNames, type PathResult, type Plan, runHash } from "@firebreak/engine";
import { runBasis } from "../../figures/basis.js";
import { type MeasureFigures, measureFigures } from "../../figures/measures.js";
import { runOnWorkers, workersFor } from "../../workers/path-pool.js";
import type { Answer, Workplace } from "../answer.js";
import { loadScenario } from "../load-scenario.js";
import type { Paint } from "../paint.js";
import { durationText, figureText, grouped, valueText } from "../text/numbers.js";
import { paragraph, tableText } from "../text/table.js";
import { version } from "../version.js";

/** What a run found, as `--json` prints it. */
interface RunJson {
  readonly scenario: string;
  readonly version: string;
  readonly seed: number;
  readonly paths: number;
  readonly ticks: number;
  readonly tickMs: number;
  readonly tapeHash: string;
  readonly tapeRows: number;
  /** How the paths ended: settled, or at the limit of rounds in a tick. */
  readonly ends: { readonly settled: number; readonly rounds: number };
  readonly measures: MeasureFigures;
}

/** `firebreak run`: the scenario over many paths. */
export async function runRun({ call, streams, progress }: Workplace): Promise<Answer> {
  const file = call.operands[0];
  const plan = await loadScenario(file, streams.cwd());
  const seed = call.whole("seed", 1);
  const paths = call.whole("paths", 1);
  const workers = call.whole("workers", workersFor(paths));
  const bar = progress("paths", paths);
  const chunk = call.text("chunk") === undefined ? undefined : call.whole("chunk", 1);
  const options = { seed, paths, chunk, signal: streams.signal, progress: bar.reach };
  const results = await runOnWorkers(plan, workers, options).finally(bar.end);
  const json = runJson(plan, seed, results);
  const again = `firebreak run ${file} --seed ${seed} --paths ${paths}`;
  return { json, text: (paint) => runText(plan, json, again, paint) };
}

/** The run's JSON from its paths. */
function runJson(plan: Plan, seed: number, results: readonly PathResult[]): RunJson {
  return {
    scenario: plan.name,
    version: version(),
    seed,
    paths: results.length,
    ticks: plan.tickCount,
    tickMs: plan.tickMs,
    tapeHash: runHash(results),
    tapeRows: results.reduce((sum, result) => sum + result.tapeRows, 0),
    ends: {
      settled: results.filter((result) => result.end === "settled").length,
      rounds: results.filter((result) => result.end === "rounds").length,
    },
    measures: measureFigures(results, runBasis(plan)),
  };
}

function runText(plan: Plan, json: RunJson, again: string, paint: Paint): string {
  const { measures, paths, ends } = json;
  const { liquidatedAccounts, soldUsd, badDebtUsd } = measures;
  const over = `${paths === 1 ? "one path" : `${grouped(paths)} paths`} of ${durationText(plan.tickMs * plan.tickCount)}`;
  const sentence = `On ${over}, ${figureText(liquidatedAccounts)} are liquidated and ${figureText(soldUsd)} sold into depth; bad debt ${figureText(badDebtUsd)}.`;
  const rows = measureNames.map((name) => {
    const { value, unit, band }: Figure = measures[name];
    const ends = band === undefined ? ["", ""] : band.map((end) => valueText(end, unit));
    return [name, valueText(value, unit), ...ends, unit];
  });
  const limited =
    ends.rounds === 0
      ? ""
      : `${paint.red(`${ends.rounds} paths met the limit of rounds in a tick`)}; their figures are outcomes of the limit.`;
  return [
    paint.bold(paragraph(plan.summary, 0)),
    "",
    paragraph(sentence),
    ...(limited === "" ? [] : [paragraph(limited)]),
    "",
    tableText(
      [
        { head: "measure", align: "left" },
        { head: "mean", align: "right" },
        { head: "5 %", align: "right" },
        { head: "95 %", align: "right" },
        { head: "unit", align: "left" },
      ],
      rows,
    ),
    "",
    `  rests on  ${liquidatedAccounts.basis}   (firebreak explain says why)`,
    `  tape      sha256 ${json.tapeHash.slice(0, 16)}…  seed ${json.seed}  version ${json.version}`,
    `  again     ${again}`,
    "",
  ].join("\n");
}
