import { describe, expect, it } from "vitest";
import { bookDepth, depthAt, medianDepth } from "./l2-depth.js";
import { parseL2Line } from "./l2-line.js";
import { measureRefill, refillMethod } from "./l2-refill.js";
import { L2Replay, replayL2 } from "./l2-replay.js";

const at = (message: unknown) => `1723161255088156767 ${JSON.stringify(message)}`;
type Level = readonly [string, string];
const snapshot = (id: number, bids: readonly Level[], asks: readonly Level[], time = 1000) =>
  at({ lastUpdateId: id, E: time, T: time, bids, asks });
const depth = (
  first: number,
  last: number,
  previous: number,
  bids: readonly Level[],
  asks: readonly Level[],
  time = 1000,
) => at({ stream: "s", data: { e: "depthUpdate", T: time, U: first, u: last, pu: previous, b: bids, a: asks } });
const best = (id: number, bid: Level, ask: Level) =>
  at({ stream: "s", data: { e: "bookTicker", u: id, b: bid[0], B: bid[1], a: ask[0], A: ask[1] } });
const trade = (time: number, price: string, size: string, sold: boolean) =>
  at({ stream: "s", data: { e: "trade", T: time, p: price, q: size, m: sold } });

const bids: Level[] = [
  ["100.00", "5"],
  ["99.00", "7"],
];
const asks: Level[] = [["101.00", "4"]];

describe("l2 line", () => {
  it("error: broken lines are refused with a sentence", () => {
    expect(parseL2Line("nonsense")).toContain("no local time");
    expect(parseL2Line("1723161255088156767 {")).toContain("no JSON");
    expect(parseL2Line(at({ data: { e: "funding" } }))).toContain("unknown event");
    expect(parseL2Line(depth(1, 2, 0, [["-1", "1"]], []))).toContain("price is no plain decimal");
    expect(parseL2Line(depth(1, 2, 0, [["1", "NaN"]], []))).toContain("size is no plain decimal");
    expect(parseL2Line(at({ data: { e: "depthUpdate", U: 1.5 } }))).toContain("U is no whole number");
  });
});

describe("l2 replay", () => {
  it("default: the book follows snapshot and updates, and equals the feed's own best quotes", () => {
    const lines = [
      depth(8, 9, 7, [["100.00", "1"]], []),
      depth(10, 12, 9, [["100.00", "6"]], []),
      snapshot(11, bids, asks),
      depth(13, 15, 12, [["100.00", "0"]], [["100.50", "2"]]),
      best(12, ["100.00", "6"], ["101.00", "4"]),
      best(14, ["99.00", "7"], ["100.50", "2"]),
      best(16, ["99.00", "7"], ["100.50", "1"]),
    ];
    const result = replayL2(lines);
    expect(result).toMatchObject({
      appliedCount: 2,
      skippedCount: 1,
      comparedCount: 2,
      samePriceCount: 2,
      sameSizeCount: 2,
      crossedCount: 0,
      gaps: [],
    });
  });
  it("behavior: a wrong best quote is counted as a mismatch", () => {
    const lines = [
      snapshot(11, bids, asks),
      depth(11, 12, 10, [["100.00", "6"]], []),
      best(12, ["99.50", "6"], ["101.00", "4"]),
      best(13, ["1.00", "1"], ["2.00", "1"]),
    ];
    expect(replayL2(lines)).toMatchObject({ comparedCount: 1, samePriceCount: 0, sameSizeCount: 0 });
  });
  it("behavior: after a gap the book is stale until the next snapshot", () => {
    const replay = new L2Replay();
    for (const line of [snapshot(11, bids, asks), depth(11, 12, 10, [], []), depth(14, 15, 13, [["100.00", "9"]], [])])
      replay.line(line);
    expect(replay.book).toBeNull();
    expect(replay.result().gaps).toEqual([{ lineNumber: 3, expected: 12, found: 13 }]);
    replay.line(snapshot(15, bids, asks));
    replay.line(depth(16, 17, 15, [["100.00", "3"]], []));
    expect(replay.book?.bids.sizeAt(100e8)).toBe(3);
  });
  it("behavior: a snapshot newer than all updates waits for the one that spans it", () => {
    expect(replayL2([snapshot(20, bids, asks), depth(18, 19, 17, [], []), depth(20, 22, 19, [], [])])).toMatchObject({
      appliedCount: 1,
      skippedCount: 1,
    });
    expect(replayL2([snapshot(20, bids, asks), depth(22, 23, 21, [], [])]).gaps).toHaveLength(1);
  });
});

describe("l2 depth", () => {
  const lines = [
    snapshot(11, bids, asks),
    depth(11, 12, 10, [], [], 1000),
    depth(13, 14, 12, [["100.00", "6"]], [], 2000),
    depth(15, 16, 14, [], [], 3000),
  ];
  it("default: cumulative volume by distance from the middle", () => {
    const replay = new L2Replay();
    for (const line of lines) replay.line(line);
    const book = replay.book;
    if (book === null) throw new Error("stale");
    const curve = bookDepth(book, [0.004, 0.005, 0.02]);
    expect(curve?.middle).toBe(100.5);
    expect(curve?.bids).toEqual([
      { relativePrice: 0.995, units: 6 },
      { relativePrice: 0.98, units: 13 },
    ]);
    expect(curve?.asks).toEqual([{ relativePrice: 1.005, units: 4 }]);
  });
  it("behavior: the moment is the last state not after it; the median pools moments", () => {
    expect(depthAt(lines, 1500)?.momentCount).toBe(1);
    expect(depthAt(lines, 500)).toBeNull();
    expect(medianDepth(lines, 1000, [0.02]).bids[0].units).toBe(12.5);
  });
});

/** A market that loses 40 coins at its bid every 30 s, of which `rate` a second comes back. */
function refillingFeed(rate: number): string[] {
  const lines = [snapshot(1, [["100.00", "500.00000000"]], [["100.01", "500"]], 0)];
  let missing = 0;
  let id = 1;
  for (let time = 50; time < 1_500_000; time += 50) {
    missing *= Math.exp(-rate * 0.05);
    if (time % 30_000 === 0) {
      missing += 40;
      lines.push(trade(time, "100.00", "40", true));
    }
    lines.push(depth(id, id + 1, id === 1 ? 0 : id, [["100.00", (500 - missing).toFixed(8)]], [], time));
    id += 1;
  }
  return lines;
}

describe("l2 refill", () => {
  it("default: a known rate is found, with an interval around it", () => {
    const lines = refillingFeed(0.2);
    const rate = measureRefill(() => lines, { ...refillMethod, resampleCount: 50 });
    expect(rate?.episodeCount).toBe(49);
    expect(Math.abs((rate?.perHour ?? 0) / 720 - 1)).toBeLessThan(0.05);
    expect(rate?.band[0]).toBeLessThanOrEqual(rate?.perHour ?? 0);
    expect(rate?.band[1]).toBeGreaterThanOrEqual(rate?.perHour ?? 0);
  });
  it("behavior: the same seed gives the same interval", () => {
    const lines = refillingFeed(0.05);
    const once = measureRefill(() => lines, { ...refillMethod, resampleCount: 20 });
    expect(measureRefill(() => lines, { ...refillMethod, resampleCount: 20 })).toEqual(once);
  });
  it("limit: without an episode there is no rate", () => {
    expect(measureRefill(() => [snapshot(1, bids, asks), depth(1, 2, 0, [], [])])).toBeNull();
  });
});
