import { oneAccountFalls } from "../../engine/src/mechanisms/demonstrations.js";
import { parseScenario } from "../../engine/src/scenario/parse.js";
import { type Watched, watchScenario } from "./watched-cascade.js";

/** The small scenario as its author writes it, so far as tests change it. */
export interface WrittenCase {
  book: {
    assets: Record<string, unknown>;
    instruments: Record<string, unknown>;
    venues: Record<string, unknown>;
    positions: { lender: { accounts: unknown[] } };
  };
  clock: Record<string, unknown>;
  prices: { shock: { moves: Record<string, string>; over: string } };
  pressure: Record<string, Record<string, unknown>>;
  guards?: unknown[];
}

/** The small scenario with its lender given, and changed as a test likes. */
export function lenderCase(
  lender: Readonly<Record<string, unknown>>,
  change: (scenario: WrittenCase) => void = () => {},
): WrittenCase {
  const scenario = oneAccountFalls({ pressure: { lender } }) as WrittenCase;
  change(scenario);
  return scenario;
}

/** Runs it on one path. */
export function runLenderCase(
  lender: Readonly<Record<string, unknown>>,
  change?: (scenario: WrittenCase) => void,
): Watched {
  return watchScenario(lenderCase(lender, change));
}

/** All that is wrong with it: code and place of each problem; every one has a message and a hint. */
export function refusals(
  lender: Readonly<Record<string, unknown>>,
  change?: (scenario: WrittenCase) => void,
): readonly string[] {
  const parsed = parseScenario(lenderCase(lender, change), () => {
    throw new Error("no files");
  });
  if (!("problems" in parsed)) return [];
  return parsed.problems.map(({ code, path, message, hint }) => {
    if (message.length < 10 || hint.length < 5) throw new Error(`${code} says too little: ${message}; ${hint}`);
    return `${code} ${path}`;
  });
}
