import {
  type InsuranceMarket,
  type InsuranceQuestion,
  insuranceRunCount,
  insuranceStrategies,
  runInsurance,
} from "@firebreak/engine";
import { answerAside } from "./answer-aside.js";

/** What a thread is asked of a comparison: some of its paths. */
export interface InsuranceTask {
  readonly market: InsuranceMarket;
  readonly question: InsuranceQuestion;
  /** Names of the strategies. */
  readonly strategies: readonly string[];
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/** Progress is told this many times. */
const tellings = 200;

await answerAside(({ market, question, strategies, seed, from, to }: InsuranceTask, progress) => {
  const asked = insuranceStrategies.filter(({ name }) => strategies.includes(name));
  const all = insuranceRunCount(asked) * (to - from);
  const step = Math.ceil(all / tellings);
  let done = 0;
  return runInsurance(market, question, asked, seed, from, to, () => {
    done++;
    if (done % step === 0) progress(done / all);
  });
});
