import { openMarket, type Problem, ProblemsError } from "@firebreak/engine";
import { mapFigures } from "../../figures/map.js";
import type { Answer, Workplace } from "../answer.js";
import { loadScenario } from "../load-scenario.js";
import { readHorizon, readMove } from "../read-question.js";
import { mapText } from "../text/map-text.js";

/** `firebreak map`: where forced selling waits, against how much depth. */
export async function runMap({ call, streams }: Workplace): Promise<Answer> {
  const plan = await loadScenario(call.operands[0], streams.cwd());
  const market = openMarket(plan);
  const problems: Problem[] = [];
  const move = readMove(call, problems);
  const horizonMs = readHorizon(call, market, problems);
  if (problems.length > 0) throw new ProblemsError(problems);
  const json = mapFigures(plan, market, move, horizonMs);
  return { json, text: (paint) => mapText(plan, json, paint) };
}
