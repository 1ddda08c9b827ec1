import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { openRun } from "../../engine/src/index.js";
import { oneAccountFalls } from "../../engine/src/mechanisms/demonstrations.js";
import { planOf } from "../support/generated-scenarios.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Megabytes of heap in use after a path of so many ticks, its results still held. */
function heapAfter(ticks: number): number {
  const plan = planOf(
    oneAccountFalls({
      clock: { tick: "1 s", duration: `${ticks} s` },
      guards: [{ kind: "keepers", capital: "1000000 USD" }],
    }),
  );
  const open = openRun(plan);
  const result = open.run(1, 0);
  expect(result.tapeRows).toBeGreaterThan(ticks);
  collect();
  const used = process.memoryUsage();
  expect(open.kernel.opened.mechanisms.length).toBeGreaterThan(0);
  return (used.heapUsed + used.arrayBuffers) / 1e6;
}

describe("P07: memory does not grow with ticks", () => {
  it("limit: ten times the ticks take less than two megabytes more", () => {
    heapAfter(2_000);
    const short = heapAfter(20_000);
    const long = heapAfter(200_000);
    expect(long - short).toBeLessThan(2);
  });
});
