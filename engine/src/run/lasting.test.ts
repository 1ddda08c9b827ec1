import { describe, expect, it } from "vitest";
import { oneAccountFalls } from "../mechanisms/demonstrations.js";
import { readScenario } from "../scenario/parse.js";
import { openRun } from "../study/paths.js";
import { tapeKinds } from "./tape.js";

const nothingElse = (): never => {
  throw new Error("no files");
};

/** Fair value at the end of the small cascade, and the units that its makers passed on. */
function ending(lasting: string): { fair: number; recovered: number } {
  let recovered = 0;
  const open = openRun(readScenario(oneAccountFalls({ lasting }), nothingElse), (row) => {
    if (row.kind === tapeKinds.refill) recovered += row.x;
  });
  open.run(1, 0);
  return { fair: open.kernel.fair(0), recovered };
}

describe("lasting impact", () => {
  it("behavior: switched off, fair value ends where the path put it; switched on, lower", () => {
    const off = ending("0%");
    const on = ending("50%");
    expect(off.recovered).toBeGreaterThan(0);
    expect(off.fair).toBeCloseTo(1400, 9);
    expect(on.fair).toBeLessThan(off.fair);
  });

  it("behavior: ln F falls by share x flattest slope x units that recovered", () => {
    const { fair, recovered } = ending("50%");
    // The book of the demonstration: -1 % at 200 ETH, -10 % at 1,000, -50 % at 4,000, asks mirrored; its flattest part is the first ask or a later one.
    const parts = [
      -Math.log(0.99) / 200,
      (Math.log(0.99) - Math.log(0.9)) / 800,
      (Math.log(0.9) - Math.log(0.5)) / 3000,
      Math.log(1.01) / 200,
      (Math.log(1.1) - Math.log(1.01)) / 800,
      (Math.log(1.5) - Math.log(1.1)) / 3000,
    ];
    const expected = 1400 * Math.exp((-0.5 * Math.min(...parts) * recovered) / 1e7);
    expect(fair / expected).toBeCloseTo(1, 12);
  });
});
