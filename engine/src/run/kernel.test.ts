import { describe, expect, it } from "vitest";
import { oneInsurer } from "../mechanisms/pressure/insurance/demonstration.js";
import { readScenario } from "../scenario/parse.js";
import { runSetting } from "../scenario/plan.js";
import { Kernel } from "./kernel.js";
import { Tape, type TapeRow, tapeKinds } from "./tape.js";

const plan = readScenario(oneInsurer(), () => {
  throw new Error("no files");
});

describe("the kernel", () => {
  it("default: a path is the same row by row, whatever ran before it in the same kernel", () => {
    const tapes = [0, 1].map(() => new Tape(true));
    const [used, fresh] = tapes.map((tape) => new Kernel(runSetting(plan), tape));
    used.run(1, 0);
    const again = used.run(1, 7);
    expect(again).toEqual(fresh.run(1, 7));
    expect(tapes[0].kept).toEqual(tapes[1].kept);
  });

  it("limit: what is said in the last tick is said once, at its end", () => {
    const floors: TapeRow[] = [];
    const kernel = new Kernel(
      runSetting(plan),
      new Tape(false, (row) => {
        if (row.kind === tapeKinds.floor) floors.push(row);
      }),
    );
    for (let path = 0; path < 3; path++) kernel.run(1, path);
    expect(floors.map((row) => row.tick)).toEqual(Array(3).fill(plan.tickCount - 1));
  });
});
