import { describe, expect, it } from "vitest";
import { type TapeRow, tapeKinds } from "../../../run/index.js";
import { readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { longsAndShorts } from "./demonstration.js";
import type { PerpetualsRows } from "./rows.js";

function play(guards: readonly unknown[], exchange: Readonly<Record<string, unknown>> = {}) {
  const plan = readScenario(longsAndShorts({ exchange, small: { guards } }), () => {
    throw new Error("no files");
  });
  const tape: TapeRow[] = [];
  const open = openRun(plan, (row) => tape.push(row));
  open.run(1, 0);
  open.kernel.ledger.check();
  const index = plan.mechanisms.findIndex((one) => one.name === "exchange");
  const rows = open.kernel.opened.rows[index] as PerpetualsRows;
  const closes = tape.filter((row) => row.kind === tapeKinds.liquidate && row.a === index);
  return { closes, rows, lastTick: Math.max(-1, ...closes.map((row) => row.tick)) };
}

describe("perpetuals under guards", () => {
  it("behavior: keepers never take an exchange's order: its own engine closes", () => {
    const { closes, rows } = play([{ kind: "keepers", capital: "1000000 USD" }], { deleveraging: "none" });
    expect(closes.length).toBeGreaterThan(0);
    expect(closes.every((row) => row.z === rows.engine)).toBe(true);
  });

  it("behavior: a throttle by depth spreads the closes over more ticks", () => {
    const free = play([], { deleveraging: "none" });
    const slow = play([{ kind: "throttle", share: "20%", protocol: "exchange" }], { deleveraging: "none" });
    expect(slow.closes.length).toBeGreaterThan(free.closes.length);
    expect(slow.lastTick).toBeGreaterThan(free.lastTick);
  });

  it("behavior: a halt of liquidations holds closes and deleveraging alike", () => {
    const halt = {
      kind: "circuit-breaker",
      asset: "ETH",
      oracle: "mark",
      move: "-1%",
      halt: "liquidations",
      duration: "1 day",
    };
    for (const deleveraging of ["none", "queue"]) {
      const { closes, rows } = play([halt], { deleveraging, insuranceFund: "0 USD" });
      expect(closes).toHaveLength(0);
      expect(rows.standingCount).toBeGreaterThan(0);
    }
  });
});
