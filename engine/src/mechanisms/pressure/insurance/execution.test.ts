import { describe, expect, it } from "vitest";
import { tapeKinds } from "../../../run/index.js";
import { faultsOf, type Played, playStrategy, type StrategyCase } from "./strategy.fixture.js";

/** Everything is to be sold at -10 %: what people make of that is all that differs. */
const stop = (execution: Readonly<Record<string, unknown>>, more: Omit<StrategyCase, "entry"> = {}) =>
  playStrategy({ entry: { kind: "stop-loss", stop: "-10%", execution }, ...more });
const required = ({ tape }: Played) => tape.filter((row) => row.kind === tapeKinds.required);
/** -30 % within an hour in ticks of 5 minutes: the fourth tick is the first at or below -10 %. */
const reached = 3;
/** 100 ETH at the opening price. */
const everything = 200_000;

describe("execution", () => {
  it("default: at once and in full; nothing is held back and nothing is said of it", () => {
    const played = stop({});
    expect(played.trades.map((row) => [row.tick, row.x])).toEqual([[reached, 100e7]]);
    expect(required(played)).toEqual([]);
    expect(played.measures.heldBackSalesUsd).toBe(0);
    expect(played.measures.executedSalesUsd).toBe(everything);
  });

  it("behavior: discretion off, executed sales rise and what is held back falls to 0", () => {
    const { measures, trades } = stop({ discretion: "30%" });
    expect(measures.executedSalesUsd).toBe(0.3 * everything);
    expect(measures.heldBackSalesUsd).toBe(0.7 * everything);
    expect(trades).toHaveLength(1);
    expect(stop({ discretion: 0 }).trades).toHaveLength(0);
    expect(stop({ discretion: 0 }).measures.heldBackSalesUsd).toBe(everything);
    expect(stop({ discretion: 1 }).measures.executedSalesUsd).toBeGreaterThan(measures.executedSalesUsd);
  });

  it("behavior: delay off, a fall that does not last is sold into", () => {
    const path = [
      [0, 2000],
      [20, 1700],
      [40, 2000],
      [120, 2000],
    ] as const;
    const cppi = (delay: string) =>
      playStrategy({ entry: { kind: "cppi", multiplier: 4, floor: "87.5%", execution: { delay } }, path });
    const late = cppi("25 min");
    const early = cppi("0 s");
    expect(early.measures.executedSalesUsd).toBeGreaterThan(50_000);
    expect(late.measures.executedSalesUsd).toBeLessThan(early.measures.executedSalesUsd);
    expect(late.measures.heldBackSalesUsd).toBeGreaterThan(early.measures.heldBackSalesUsd);
    const { trades, measures } = stop({ delay: "20 min" });
    expect(trades.map((row) => [row.tick, row.x])).toEqual([[reached + 4, 100e7]]);
    expect(measures.heldBackSalesUsd).toBe(everything);
  });

  it("behavior: a pace sells a share per hour; off, everything is sold and nothing held back", () => {
    const { trades, measures, tape } = stop({ perHour: "60%" });
    // 60 % of 100 ETH an hour is 5 ETH in 5 minutes, once per tick, from the fourth of 24 ticks to the end.
    expect(trades.map((row) => row.x)).toEqual(Array.from({ length: 20 }, () => 5e7));
    expect(trades.map((row) => row.tick)).toEqual(Array.from({ length: 20 }, (_, place) => reached + place));
    expect(measures.heldBackSalesUsd).toBe(0.95 * everything);
    expect(measures.executedSalesUsd).toBe(everything);
    const said = tape.filter((row) => row.kind === tapeKinds.required).map((row) => row.x / 1e7);
    expect(said).toEqual(Array.from({ length: 20 }, (_, place) => 95 - 5 * place));
    expect(stop({ perHour: "30%" }).measures.executedSalesUsd).toBe(0.525 * everything);
  });

  it("behavior: what is worked off at a pace waits its delay once", () => {
    const { trades } = stop({ delay: "20 min", perHour: "60%" });
    expect(trades.map((row) => row.tick)).toEqual(Array.from({ length: 17 }, (_, place) => reached + 4 + place));
  });

  it("behavior: a pause stops trading for its length, and the next fall is counted from where it began", () => {
    // At -9.1 % in the third tick; the stop is reached in the fourth, within the pause of half an hour that began there.
    const { trades, measures } = stop({ pauseAfter: "-8%", pause: "30 min" }, { move: "-12%", over: "20 min" });
    expect(trades.map((row) => row.tick)).toEqual([8]);
    expect(measures.heldBackSalesUsd).toBe(everything);
    // -30 % in an hour: each pause ends 8 % below where it began, so that the next one begins; the third begins at the last price.
    expect(stop({ pauseAfter: "-8%", pause: "30 min" }).trades.map((row) => row.tick)).toEqual([20]);
    expect(stop({ pauseAfter: "-50%", pause: "30 min" }).trades.map((row) => row.tick)).toEqual([reached]);
  });

  it("behavior: the band counts from what people want: at a standing price they come to rest, and small moves are left alone", () => {
    // Half the way from 100 ETH to the rule: were the band counted from the rule, there would be holdings that are in it and whose half is not.
    for (const move of ["-1%", "-3%", "-5%", "-8%", "8%"]) {
      const entry = { kind: "cppi", multiplier: 4, floor: "87.5%", band: "5%", execution: { discretion: "50%" } };
      const played = playStrategy({ entry, move, over: "0 s" });
      expect(played.end, move).toBe("settled");
      expect(played.trades.length, move).toBeLessThan(2);
      const { sold, bought } = played.flowAt(2000 * (1 + Number.parseInt(move, 10) / 100));
      expect(sold[0] + bought[0] === 0, move).toBe(["-1%", "-3%", "-5%"].includes(move));
    }
    const slow = { kind: "cppi", multiplier: 4, floor: "87.5%", band: "2%", execution: { discretion: "50%" } };
    expect(playStrategy({ entry: slow, move: "-20%", tick: "1 min" }).trades.length).toBeLessThan(10);
  });

  it("behavior: with discretion nobody trades against a rule that says to hold", () => {
    // Out with a tenth of its wealth in ETH: while it is out it never buys, half-hearted or not.
    const entry = { kind: "volatility-exit", above: "150%", before: "60%", halfLife: "1 h", exposure: "10%" };
    for (const discretion of [0.2, 0.5, 0.9]) {
      const { trades } = playStrategy({ entry: { ...entry, execution: { discretion } } });
      expect(trades.length).toBeGreaterThan(0);
      expect(trades.every((row) => row.x > 0)).toBe(true);
    }
  });

  it("behavior: buyers wait and are paced as sellers are", () => {
    const buy = (execution: Readonly<Record<string, unknown>>) =>
      playStrategy({ entry: { kind: "rebalancer", execution }, move: "-20%", over: "0 s" });
    expect(buy({ delay: "10 min" }).trades[0].tick).toBe(2);
    const paced = buy({ perHour: "12%" });
    expect(paced.trades.every((row) => row.x === -1e7)).toBe(true);
    expect(paced.measures.heldBackSalesUsd).toBe(0);
    expect(required(paced)[0].x).toBeLessThan(0);
  });

  it("limit: on the map discretion counts and time does not; the slowest reaction is its horizon", () => {
    const slow = stop({ discretion: "30%", delay: "20 min", perHour: "1%" });
    expect(slow.flowAt(1800).sold[0]).toBe(30e7);
    expect(slow.ladder.reactionMs).toBe(1_200_000);
    const clocked = playStrategy({
      entry: { kind: "cppi", multiplier: 4, floor: "80%", every: "30 min", execution: { delay: "40 min" } },
    });
    expect(clocked.ladder.reactionMs).toBe(5_400_000);
  });

  it("error: a pause of no length, a pause after a rise, durations off the tick", () => {
    const faults = (execution: Readonly<Record<string, unknown>>) =>
      faultsOf({ entry: { kind: "stop-loss", stop: "-10%", execution } });
    expect(faults({ pauseAfter: "-5%" })).toEqual(["execution.pause value-missing"]);
    expect(faults({ pauseAfter: "5%", pause: "5 min" })).toEqual(["execution.pauseAfter number-out-of-range"]);
    expect(faults({ delay: "7 min" })).toEqual(["execution.delay duration-no-multiple"]);
    expect(faults({ perHour: "0%" })).toHaveLength(1);
    expect(faults({ discretion: "120%" })).toHaveLength(1);
  });
});
