import type { Answer, Workplace } from "../answer.js";
export async function runImport(_workplace: Workplace): Promise<Answer> {
  throw new Error("todo");
}
