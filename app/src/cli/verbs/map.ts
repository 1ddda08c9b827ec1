import type { Answer, Workplace } from "../answer.js";
export async function runMap(_workplace: Workplace): Promise<Answer> {
  throw new Error("todo");
}
