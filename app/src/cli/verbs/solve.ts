import type { Answer, Workplace } from "../answer.js";
export async function runSolve(_workplace: Workplace): Promise<Answer> {
  throw new Error("todo");
}
