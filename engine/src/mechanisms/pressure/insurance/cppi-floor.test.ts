import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TapeRow, tapeKinds } from "../../../run/index.js";
import { playStrategy } from "./strategy.fixture.js";

/** One decision of the account: the price it was asked at, and what its own trade brought per coin (that price where it did not trade). */
interface Decision {
  readonly price: number;
  average: number;
}

/** What the account was asked at and traded at, in order: every published price, and the averages of its own trades. */
function decisionsOf(tape: readonly TapeRow[], feed: number, trades: readonly TapeRow[]): Decision[] {
  const own = new Set(trades);
  const decisions: Decision[] = [];
  for (const row of tape) {
    if (row.kind === tapeKinds.publish && row.a === feed) {
      const price = row.x / 1e8;
      decisions.push({ price, average: price });
    } else if (own.has(row)) {
      // The first round of a path may keep the opening price: then nothing was published since.
      const last = decisions[decisions.length - 1];
      // Dollars of six decimals per coin of seven.
      last.average = (10 * row.y) / Math.abs(row.x);
    }
  }
  return decisions;
}

/**
 * The worst step: from the price at which exposure was taken on (with what buying it cost) down to the worst of the price at which the account is asked next, what its
 * sale there brings, and where that sale leaves the price; as a share of the first price.
 */
function worstStep(decisions: readonly Decision[]): number {
  let worst = 0;
  for (let from = 0; from + 1 < decisions.length; from++) {
    const { price, average } = decisions[from];
    const next = decisions[from + 1];
    const low = Math.min(next.price, next.average, decisions[from + 2]?.price ?? next.price);
    worst = Math.min(worst, (low - Math.max(price, average)) / price);
  }
  return worst;
}

describe("the floor of constant-proportion insurance", () => {
  it("behavior: it never breaks while every step, its own impact included, stays above -1 / multiplier (random paths, rules and depths)", () => {
    let held = 0;
    let large = 0;
    let broken = 0;
    fc.assert(
      fc.property(
        fc.record({
          multiplier: fc.integer({ min: 2, max: 8 }),
          floor: fc.integer({ min: 50, max: 95 }),
          leverage: fc.constantFrom(1, 8),
          depth: fc.constantFrom(500, 1_000, 3_000, 20_000, 1e6),
          moves: fc.array(fc.integer({ min: -260, max: 200 }), { minLength: 3, maxLength: 12 }),
          each: fc.constantFrom("0 ms", "5 min"),
        }),
        ({ multiplier, floor, leverage, depth, moves, each }) => {
          const path: [number, number][] = [[0, 2000]];
          moves.forEach((thousandths, place) => {
            path.push([5 * (place + 1), path[place][1] * (1 + thousandths / 1000)]);
          });
          const entry = {
            kind: "cppi",
            multiplier,
            floor: `${floor}%`,
            leverage,
            band: "0%",
            start: "rule",
            every: each,
          };
          const duration = `${5 * moves.length} min`;
          const { tape, trades, kernel } = playStrategy({ entry, path, depth, tick: "5 min", duration, rounds: 2_000 });
          const feed = kernel.opened.feeds.findIndex((one) => one.asset === 0);
          const step = worstStep(decisionsOf(tape, feed, trades));
          const ending = tape.filter((row) => row.kind === tapeKinds.floor);
          expect(ending).toHaveLength(1);
          // Whole units and published steps: a millionth of the price.
          if (step > -1 / multiplier + 1e-6) {
            held++;
            if (step < -0.5 / multiplier) large++;
            expect(ending[0].z, `worst step ${step}`).toBe(0);
          } else broken += ending[0].z;
        },
      ),
      { seed: 1987, numRuns: 600 },
    );
    // The bound is not met by calm paths alone, and paths that break it do break floors.
    expect(held).toBeGreaterThan(150);
    expect(large).toBeGreaterThan(50);
    expect(broken).toBeGreaterThan(50);
  });

  it("limit: one step of just above -1 / multiplier leaves the floor whole, and one of just below breaks it", () => {
    for (const multiplier of [2, 4, 5, 8])
      for (const [share, broken] of [
        [0.9999, 0],
        [1.0001, 1],
      ]) {
        const usd = 2000 * (1 - share / multiplier);
        const entry = { kind: "cppi", multiplier, floor: "90%", leverage: 8, band: "0%", start: "rule" };
        // The price falls within one tick of the line's end.
        const { tape } = playStrategy({
          entry,
          path: [
            [0, 2000],
            [5, usd],
          ],
          depth: 1e8,
          tick: "5 min",
          duration: "5 min",
        });
        expect(tape.find((row) => row.kind === tapeKinds.floor)?.z, `${multiplier} ${share}`).toBe(broken);
      }
  });
});
