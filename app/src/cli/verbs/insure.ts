import { insuranceFigures } from "../../figures/insure.js";
import { insurePage } from "../../report/insure-page.js";
import { insuranceOnWorkers } from "../../workers/insurance-paths.js";
import { workersFor } from "../../workers/path-pool.js";
import type { Answer, Workplace } from "../answer.js";
import { insuranceDefaults, readInsurance } from "../read-insurance.js";
import { insureText } from "../text/insure-text.js";
import { version } from "../version.js";

/** `firebreak insure`: strategies that keep a floor, alone and with everybody else doing the same. */
export async function runInsure({ call, streams, progress }: Workplace): Promise<Answer> {
  const request = await readInsurance(call, streams.cwd());
  const seed = call.whole("seed", 1);
  const paths = call.whole("paths", insuranceDefaults.paths);
  const workers = call.whole("workers", workersFor(paths));
  const { market, question, strategies } = request;
  const bar = progress("paths, per cent", 100);
  const task = { market, question, strategies: strategies.map(({ name }) => name), seed };
  const runs = await insuranceOnWorkers(task, paths, workers, streams.signal, (share) =>
    bar.reach(Math.floor(100 * share)),
  ).finally(bar.end);
  const json = insuranceFigures(request, runs, seed);
  const again = `firebreak insure ${asTyped(call)} --seed ${seed} --paths ${paths}`.replace(/ {2,}/g, " ");
  const out = call.text("out");
  const page = out !== undefined && /\.html?$/.test(out) && !call.flag("json");
  return {
    json,
    text: (paint) => insureText(json, again, paint),
    ...(page
      ? { files: [{ path: out, content: insurePage(json, { again: `npx ${again}`, version: version() }) }] }
      : {}),
  };
}

/** The words of the question as a shell takes them, seed and paths apart. */
function asTyped(call: Workplace["call"]): string {
  const options = call.verb.options.flatMap(({ name, kind }) => {
    if (["seed", "paths", "workers"].includes(name) || call.text(name) === undefined) return [];
    return [`--${name} ${quoted(kind === "list" ? call.list(name).join(",") : (call.text(name) ?? ""))}`];
  });
  return [...call.operands.map(quoted), ...options].join(" ");
}

function quoted(word: string): string {
  return /^[\w.,:/%=-]+$/.test(word) ? word : `"${word.replaceAll(/["\\$`]/g, "\\$&")}"`;
}
