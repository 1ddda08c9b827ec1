import { heldTables, ProblemsError, suggestion } from "@firebreak/engine";
import type { Answer, Workplace } from "../answer.js";
import { accountStory } from "../explain/account-story.js";
import { accountText } from "../explain/account-text.js";
import { explainPlan } from "../explain/plan-facts.js";
import { planText } from "../explain/plan-text.js";
import { loadScenarioFile } from "../load-scenario.js";

/** `firebreak explain`: every parameter and what it rests on; with `--account` the story of one account. */
export async function runExplain({ call, streams }: Workplace): Promise<Answer> {
  const { plan, value } = await loadScenarioFile(call.operands[0], streams.cwd());
  const account = call.text("account");
  if (account === undefined) {
    const facts = explainPlan(plan, value);
    return { json: facts, text: (paint) => planText(facts, paint) };
  }
  const protocol = call.text("protocol");
  const tables = plan.book.positions.filter((table) => protocol === undefined || table.protocol === protocol);
  if (protocol !== undefined && tables.length === 0) {
    const known = plan.book.positions.map((table) => table.protocol);
    throw problem("protocol-unknown", "--protocol", `there is no protocol ${protocol}`, suggestion(protocol, known));
  }
  // Tables that no mechanism holds are no reason to ask whose account it is.
  const named = tables.filter((table) => table.ids.indexOf(account) >= 0);
  const held = named.filter((table) => heldTables(plan).has(table.protocol));
  const holders = held.length > 0 ? held : named;
  if (holders.length === 0) {
    const protocols = tables.map((table) => table.protocol).join(", ");
    const some = tables.flatMap((table) => (table.ids.length > 0 ? [table.ids.at(0)] : [])).slice(0, 3);
    throw problem(
      "account-unknown",
      "--account",
      `no account ${account} in ${protocols}`,
      `accounts are written as in the book, like ${some.join(", ")}`,
    );
  }
  if (holders.length > 1) {
    const names = holders.map((table) => table.protocol);
    throw problem(
      "account-ambiguous",
      "--account",
      `${account} is an account of ${names.join(" and ")}`,
      `say whose: --protocol ${names[0]}`,
    );
  }
  const story = accountStory(plan, holders[0].protocol, account, call.whole("seed", 1), call.whole("path", 0));
  return { json: story, text: (paint) => accountText(story, paint) };
}

function problem(code: string, path: string, message: string, hint: string): ProblemsError {
  return new ProblemsError([{ code, path, message, hint }]);
}
