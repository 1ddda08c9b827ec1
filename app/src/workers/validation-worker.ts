import { closedFormCases, validationCases } from "@firebreak/engine";
import { answerAside } from "./answer-aside.js";

/** Stages that report how far they are: the stochastic cascade at three gains, dealers twice, insured accounts by month, by week and under jumps, a hedge by the clock. */
const stages = 9;

/** What the validation's thread is asked. */
export interface ValidationTask {
  /** Only what a formula gives; nothing goes through the engine. */
  readonly closedOnly: boolean;
}

await answerAside(({ closedOnly }: ValidationTask, progress) => {
  if (closedOnly) return closedFormCases();
  const seen: string[] = [];
  return validationCases((done, total, what) => {
    if (!seen.includes(what)) seen.push(what);
    progress(Math.min(1, (seen.length - 1 + done / total) / stages));
  });
});
