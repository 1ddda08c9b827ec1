import { describe, expect, it } from "vitest";
import { emptyFlow } from "../../../ladder/index.js";
import { type TapeRow, tapeKinds } from "../../../run/index.js";
import { readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { definitions } from "../../registry.js";

/** Exchanges whose demonstration is the small one of longs and shorts: what they hold is called `exchange`. */
const exchanges = definitions.filter(
  ({ part, demonstration }) => part === "pressure" && demonstration.subject === "exchange",
);

/** The price falls to nothing within half an hour, while a breaker holds every order; it reopens when there is no price any more. */
function fallToNothing(scenario: unknown) {
  const written = structuredClone(scenario) as Record<string, Record<string, unknown>>;
  written.prices.shock = { kind: "line", moves: { ETH: "-99.9999999999%" }, over: "30 min" };
  // A published price has eight decimals: below one step of them there is none.
  written.prices.mark = { kind: "spot-oracle" };
  const guards = [
    { kind: "circuit-breaker", asset: "ETH", oracle: "mark", move: "-1%", halt: "liquidations", duration: "45 min" },
  ];
  const plan = readScenario({ ...written, guards }, () => {
    throw new Error("no files");
  });
  const tape: TapeRow[] = [];
  const open = openRun(plan, (row) => tape.push(row));
  const { end } = open.run(1, 0);
  open.kernel.ledger.check();
  const own = plan.mechanisms.findIndex(({ name }) => name === "exchange");
  const map = emptyFlow(plan.book.instruments.length);
  const { mechanisms, rows, feeds } = open.kernel.opened;
  mechanisms[own].ladder?.(rows[own])?.forced(new Float64Array(feeds.length), map);
  return { end, map, own: tape.filter((row) => row.a === own) };
}

describe("exchanges without a mark price", () => {
  it("behavior: there are all of them", () => {
    expect(exchanges.length).toBeGreaterThan(7);
  });

  it.each(exchanges.map((one) => [one.kind, one] as const))(
    "behavior: %s fills no order of an earlier price once there is none",
    (_, { demonstration }) => {
      const { end, own, map } = fallToNothing(demonstration.scenario);
      expect(end).toBe("settled");
      // The map judges nobody either.
      expect(map.accounts).toBe(0);
      // Orders stood; none of them was filled, nobody deleveraged, nothing lost.
      expect(own.some(({ kind }) => kind === tapeKinds.order)).toBe(true);
      for (const kind of ["liquidate", "deleverage", "badDebt", "seize"] as const)
        expect(
          own.filter((row) => row.kind === tapeKinds[kind]),
          kind,
        ).toEqual([]);
    },
  );
});
