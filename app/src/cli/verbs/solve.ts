import { openMarket } from "@firebreak/engine";
import { solveFigures } from "../../figures/solve.js";
import type { Answer, Workplace } from "../answer.js";
import { loadScenario } from "../load-scenario.js";
import { readQuestion } from "../read-question.js";
import { solveText } from "../text/solve-text.js";

/** `firebreak solve`: what a shock or a sale ends in. */
export async function runSolve({ call, streams }: Workplace): Promise<Answer> {
  const plan = await loadScenario(call.operands[0], streams.cwd());
  const market = openMarket(plan);
  const json = solveFigures(plan, market, readQuestion(call, plan, market));
  return { json, text: (paint) => solveText(plan, json, paint) };
}
