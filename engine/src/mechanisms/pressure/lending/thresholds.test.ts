import { describe, expect, it } from "vitest";
import { runLenderCase, type WrittenCase } from "../../../../../test/support/lender-case.js";
import { lendingPlan } from "../../../../../test/support/protocol-scenarios.js";
import { runWatched } from "../../../../../test/support/watched-mechanism.js";
import { health, liquidatable } from "../../../rules/lending.js";
import { rampedThreshold } from "../../../rules/threshold-ramp.js";
import { type LendingState, load } from "./state.js";

const seed = 20_260_214;
const scenarios = 30;

describe("thresholds that move", () => {
  it("limit: a ramp is what it was until it begins, what it becomes once it ends, and in between rounded down", () => {
    const at = (nowMs: number) => rampedThreshold(8_500, 7_000, 1_000, 3_000, nowMs);
    expect([999, 1_000, 1_001, 2_500, 3_999, 4_000, 9_999].map(at)).toEqual([
      8_500, 8_500, 8_499, 7_750, 7_000, 7_000, 7_000,
    ]);
    expect(rampedThreshold(7_000, 8_500, 1_000, 3_000, 1_000)).toBe(8_500);
    expect(rampedThreshold(8_500, 7_000, 1_000, 0, 1_000)).toBe(7_000);
  });

  it(`property: whoever breaches is found in the tick in which it breaches, whatever thresholds do (seed ${seed})`, () => {
    let breaches = 0;
    let moves = 0;
    let rises = 0;
    for (let index = 0; index < scenarios; index++) {
      const governs = index % 3 !== 0;
      const plan = lendingPlan(seed, index, {
        lender: {
          kind: "lending",
          threshold: { ETH: "83%", BTC: "80%", DAI: "75%" },
          bonus: { ETH: "5%", BTC: "5%", DAI: "1%" },
          interest: index % 2 === 0 ? "80%" : 0,
          ramps: {
            ...(governs ? {} : { ETH: { to: "60%", start: "50 min", over: "2 h" } }),
            BTC: { to: index % 2 === 0 ? "90%" : "0%", start: "70 min" },
            DAI: { to: "50%", start: "20 min", over: "3 h" },
          },
        },
        collaterals: ["ETH", "BTC", "DAI"],
        debts: ["USD", "DAI"],
        assetsPerAccount: 3,
        // Prices alone would not tell a late look from a timely one: quiet in every other scenario.
        volatility: index % 2 === 0 ? 0.4 : 2,
        ...(governs
          ? {
              guards: [
                {
                  name: "governor",
                  protocol: "smart-ltv",
                  lender: "lender",
                  asset: "ETH",
                  cap: "3000000 USD",
                  bonus: "5%",
                  volatility: "1%",
                  halfLife: "30 min",
                  every: "7 min",
                  refresh: "3 min",
                  over: index % 4 === 1 ? "20 min" : "0 s",
                },
              ],
            }
          : {}),
      });
      let before: readonly number[] = [];
      runWatched<LendingState>(plan, "lender", seed, index, {
        decide(rows, at, inner) {
          inner(at);
          const now = [...rows.thresholds.now];
          now.forEach((threshold, asset) => {
            if (before.length > 0 && threshold !== before[asset]) moves++;
            if (threshold > before[asset]) rises++;
          });
          before = now;
          for (let row = 0; row < rows.columns.rowCount; row++) {
            load(rows, row);
            const account = { collateral: rows.heldNow, debt: rows.owedNow };
            health(rows.rule, account, rows.steps, rows.unitDecimals, rows.at);
            const isBreaching = liquidatable(rows.rule, rows.at);
            if (isBreaching) breaches++;
            const found = rows.orderOf[row] >= 0 || rows.uncovered.includes(row);
            expect(found, `scenario ${index} tick ${at.tick} round ${at.round} row ${row}`).toBe(isBreaching);
          }
        },
      });
    }
    expect(breaches).toBeGreaterThan(200);
    expect(moves).toBeGreaterThan(1_000);
    expect(rises).toBeGreaterThan(50);
  });

  it("behavior: a threshold that is raised lets a breach go", () => {
    const run = (ramps: Record<string, unknown>) =>
      runLenderCase({ kind: "lending", threshold: { ETH: "70%" }, ramps }, (scenario: WrittenCase) => {
        scenario.prices.shock = { ...scenario.prices.shock, moves: { ETH: "0%" } };
      });
    // An account at 75 % is liquidated at 70 %, and not at 80 % from the start on.
    expect(run({}).measures.liquidatedAccounts).toBe(1);
    expect(run({ ETH: { to: "80%" } }).measures.liquidatedAccounts).toBe(0);
  });
});
