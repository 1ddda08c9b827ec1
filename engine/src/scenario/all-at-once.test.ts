import { describe, expect, it } from "vitest";
import { oneAccountFalls } from "../mechanisms/demonstrations.js";
import { parseScenario } from "./parse.js";

/** Codes and places of everything wrong with a lender's parameters. */
function problemsOf(lender: Readonly<Record<string, unknown>>): string[] {
  const parsed = parseScenario(oneAccountFalls({ pressure: { lender } }), () => ({ problems: [] }));
  return "problems" in parsed ? parsed.problems.map(({ code, path }) => `${code} ${path}`).sort() : [];
}

describe("all problems at once", () => {
  it("behavior: what a key is wrong in itself does not hide what others are wrong beside the book", () => {
    expect(
      problemsOf({
        protocol: "aave-v3",
        threshold: { ETH: "101%" },
        bonus: { ETH: "5%" },
        closeFactor: "-3%",
        colour: "red",
      }),
    ).toEqual([
      "number-out-of-range pressure.lender.closeFactor",
      expect.stringMatching(/^threshold-above-one pressure\.lender\.threshold/),
      expect.stringMatching(/^threshold-times-bonus pressure\.lender/),
      "unknown-key pressure.lender.colour",
    ]);
  });

  it("behavior: a market that does not exist is one problem, not one for each of its terms", () => {
    expect(problemsOf({ protocol: "aave-v3", market: "atlantis" })).toEqual(["value-wrong pressure.lender.market"]);
  });

  it("error: positions-twice: an account is not at two protocols at once", () => {
    const second = { kind: "lending", positions: "lender", threshold: { ETH: "80%" } };
    const parsed = parseScenario(oneAccountFalls({ pressure: { second } }), () => ({ problems: [] }));
    expect("problems" in parsed ? parsed.problems.map(({ code, path }) => `${code} ${path}`) : []).toEqual([
      "positions-twice pressure.second.positions",
    ]);
  });
});
