import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyFlow } from "../../../ladder/index.js";
import { readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { longsAndShorts } from "./demonstration.js";
import { markOf, type PerpetualsRows } from "./rows.js";

const account = fc.record({
  units: fc.integer({ min: 1, max: 400_000 }),
  leverage: fc.integer({ min: 1, max: 50 }),
});

describe("perpetuals, map and run", () => {
  it("limit: one tick, no deleveraging: what the run closed is what the map shows at the price it came to, to the unit", () => {
    let most = 0;
    fc.assert(
      fc.property(
        fc.array(account, { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 35 }),
        (accounts, long, move) => {
          const plan = readScenario(
            longsAndShorts({
              rows: accounts.map(({ units, leverage }, place) => [
                `a${place}`,
                (long ? units : -units) / 1000,
                2000,
                Math.floor((units * 2e6) / leverage / 1000) / 1e3,
              ]),
              exchange: { deleveraging: "none" },
              levels: { bids: [["-60%", "20000 ETH"]], asks: [["150%", "20000 ETH"]], refill: "0 /h" },
              small: {
                prices: { shock: { kind: "line", moves: { ETH: `${long ? -move : move}%` }, over: "1 h" } },
                clock: { tick: "1 h", duration: "1 h" },
              },
            }),
            () => {
              throw new Error("no files");
            },
          );
          const { kernel, run } = openRun(plan);
          run(1, 0);
          const index = plan.mechanisms.findIndex((one) => one.name === "exchange");
          const rows = kernel.opened.rows[index] as PerpetualsRows;
          const flow = emptyFlow(plan.book.instruments.length);
          const published = Float64Array.from(kernel.opened.feeds, (_, feed) => kernel.published(feed));
          kernel.opened.mechanisms[index].ladder?.(rows).forced(published, flow);
          const closed = rows.size.reduce((sum, size, row) => sum + Math.abs(rows.openingSize[row] - size), 0);
          expect(flow.sold[rows.instrument] + flow.bought[rows.instrument]).toBe(closed);
          expect(flow.accounts).toBe(rows.size.filter((size, row) => size !== rows.openingSize[row]).length);
          most = Math.max(most, flow.accounts);
        },
      ),
      { seed: 404, numRuns: 300 },
    );
    expect(most).toBeGreaterThan(10);
  });

  it("behavior: the mark is counted in quote coins: a dollar token at 0.5 doubles it, one without a price has none", () => {
    expect(markOf(2000e8, 1e8)).toBe(2000e8);
    expect(markOf(2000e8, 0.5e8)).toBe(4000e8);
    expect(markOf(2000e8, 0)).toBe(0);
  });
});
