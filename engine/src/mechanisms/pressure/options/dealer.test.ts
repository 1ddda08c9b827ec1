import { describe, expect, it } from "vitest";
import { ProblemsError } from "../../../book/problem.js";
import { emptyFlow } from "../../../ladder/index.js";
import { parseScenario } from "../../../scenario/parse.js";
import { playDealer as play, dealerScenario as scenarioOf } from "./dealer.fixture.js";

const nothingElse = (path: string): never => {
  throw new Error(`no files, but ${path}`);
};

const anHour = { duration: "1 h" };
const oneTick = { tick: "1 h", duration: "1 h" };

describe("dealer", () => {
  it("default: short gamma sells what falls and buys what rises; long gamma the other way round", () => {
    expect(play({ move: "-10%", clock: anHour }).trades.every((row) => row.x > 0)).toBe(true);
    expect(play({ move: "10%", clock: anHour }).trades.every((row) => row.x < 0)).toBe(true);
    const long = [["call", 1000, 2000, 30, 1, 70]];
    const fall = play({ move: "-10%", rows: long, clock: anHour });
    expect(fall.trades.length).toBeGreaterThan(0);
    // Its first purchase overshoots, as it lifts the price: later rounds give some back.
    expect(fall.trades[0].x).toBeLessThan(0);
    expect(fall.trades.reduce((sum, row) => sum + row.x, 0)).toBeLessThan(0);
    // A long call is hedged short: what is sold short is borrowed, and the ledger holds no negative balance.
    expect(fall.rows.held).toBeLessThan(0);
    expect(fall.kernel.ledger.balance(fall.rows.account, fall.rows.traded)).toBe(0);
  });

  it("behavior: the dealer starts neutral; a quiet market of one hour costs only the decay of delta", () => {
    const { rows, trades } = play({ move: "0%", clock: oneTick });
    expect(trades).toHaveLength(0);
    expect(rows.held).toBe(rows.openingHedge);
  });

  it("behavior: inside the band the gain is zero, in the map and in the run", () => {
    const { trades, flowAt, ladder } = play({ move: "-2%", dealer: { band: "100 ETH" } });
    expect(trades).toHaveLength(0);
    expect(flowAt(1960)).toEqual(emptyFlow(1));
    expect(flowAt(2040)).toEqual(emptyFlow(1));
    expect(flowAt(1700).sold[0]).toBeGreaterThan(100e7);
    expect(ladder?.pathFree).toBe(false);
    expect(play({ move: "-2%" }).trades.length).toBeGreaterThan(0);
  });

  it("behavior: beyond the band it goes to the delta or to the edge", () => {
    const target = play({ move: "-15%", clock: oneTick, dealer: { band: "50 ETH", every: "1 h" } });
    const edge = play({ move: "-15%", clock: oneTick, dealer: { band: "50 ETH", every: "1 h", to: "edge" } });
    expect(target.trades[0].x - edge.trades[0].x).toBe(50e7);
  });

  it("behavior: options expire and their hedge is taken off", () => {
    const rows = [["call", -1000, 1500, 0.5, 1, 60]];
    const before = play({ move: "0%", rows, clock: { tick: "1 h", duration: "12 h" } });
    const after = play({ move: "0%", rows, clock: { tick: "1 h", duration: "13 h" } });
    expect(before.rows.held).toBeGreaterThan(900e7);
    expect(after.rows.held).toBe(0);
  });

  it("behavior: a slower clock hedges less often", () => {
    const { trades } = play({ move: "-10%", dealer: { every: "30 min" } });
    expect(trades.every((row) => row.round === 0 && row.tick % 6 === 5)).toBe(true);
  });

  it("behavior: hedged on a perpetual it trades contracts and leaves the spot market alone", () => {
    const { trades, rows, kernel, plan } = play({ perpetual: true, move: "-10%" });
    const instrument = plan.book.instruments.findIndex((one) => one.market === "perpetual");
    expect(trades.length).toBeGreaterThan(0);
    expect(trades.every((row) => row.z === instrument)).toBe(true);
    expect(kernel.ledger.balance(rows.account, rows.traded)).toBe(Math.max(0, rows.held));
    expect(kernel.ledger.balance(rows.account, rows.quote)).toBe(0);
  });

  it("limit: without a band map and run agree to the unit in one tick, down and up", () => {
    for (const move of ["-20%", "-5%", "7%", "25%"]) {
      const { rows, flowAt, ladder } = play({ move, clock: oneTick });
      const flow = flowAt();
      expect(ladder?.pathFree).toBe(true);
      expect(flow.sold[0] - flow.bought[0]).toBe(rows.openingHedge - rows.held);
    }
  });

  it("behavior: short gamma deepens a fall, long gamma damps it", () => {
    const price = (size: number) =>
      play({ move: "-10%", clock: oneTick, rows: [["call", size, 2000, 30, 1, 70]] }).end.measures.lowestPriceShare;
    expect(price(-1000)).toBeLessThan(0.9);
    expect(price(1000)).toBeGreaterThan(0.9);
  });

  it("error: column-missing, call-wrong, band-wrong, duration-no-multiple, number-out-of-range", () => {
    const codes = (dealer: Record<string, unknown>, rows?: readonly unknown[]) => {
      const parsed = parseScenario(scenarioOf({ dealer, rows }), nothingElse);
      return "problems" in parsed ? parsed.problems.map((problem) => problem.code) : [];
    };
    expect(codes({ positions: "lender" })).toEqual(Array(5).fill("column-missing"));
    expect(codes({}, [["o", -1, 2000, 7, 0, 70]])).toEqual(["call-wrong"]);
    expect(codes({}, [["o", -1, 0, 7, 1, 70]])).toEqual(["number-out-of-range"]);
    expect(codes({ band: "10 USD" })).toEqual(["band-wrong"]);
    expect(codes({ every: "7 min" })).toEqual(["duration-no-multiple"]);
  });

  it("error: amount-too-large: coins that hedge a put deep in the money grow with strike / price, beyond 2^53 units", () => {
    const rows = [["put", 1000, 1e9, 30, -1, 60]];
    const codes = (move: string) => {
      try {
        play({ rows, move, clock: oneTick, dealer: { settled: "coin" } });
        return [];
      } catch (error) {
        return error instanceof ProblemsError ? error.problems.map(({ code }) => code) : [String(error)];
      }
    };
    expect(codes("-1%")).toEqual([]);
    expect(codes("-99.99%")).toEqual(["amount-too-large"]);
  });
});
