import { type Problem, ProblemsError } from "@firebreak/engine";
import { type VolatilityQuestion, volatilityFigures } from "../../figures/volatility.js";
import type { Answer, Workplace } from "../answer.js";
import type { Call } from "../call.js";
import { readPrices } from "../read-prices.js";
import { volatilityText } from "../text/volatility-text.js";

const usualEventSize = 2;
const usualWindow = 20;

/** `firebreak volatility`: every estimator that a file of prices or returns has the columns for. */
export async function runVolatility({ call, streams }: Workplace): Promise<Answer> {
  const question = questionOf(call);
  const [path] = call.operands;
  const prices = await readPrices({ path, cwd: streams.cwd(), table: call.text("table"), skip: call.flag("skip") });
  const found = volatilityFigures(prices, question);
  return { json: found, text: (paint) => volatilityText(found, paint) };
}

function questionOf(call: Call): VolatilityQuestion {
  const problems: Problem[] = [];
  const positive = (name: string): number | null => {
    const text = call.text(name);
    if (text === undefined) return null;
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (value > 0 && Number.isFinite(value)) return value;
    const message = `${JSON.stringify(text)} is no number above 0`;
    problems.push({
      code: "option-wrong",
      path: `--${name}`,
      message,
      hint: `write it like --${name} ${name === "event" ? "2" : "252"}`,
    });
    return null;
  };
  const question = {
    perYear: positive("year"),
    last: call.text("last") === undefined ? null : call.whole("last", 0),
    eventSize: positive("event") ?? usualEventSize,
    window: call.whole("window", usualWindow),
  };
  if (problems.length > 0) throw new ProblemsError(problems);
  return question;
}
