import { describe, expect, it } from "vitest";
import { emptyFlow } from "../../../ladder/index.js";
import { type TapeRow, tapeKinds } from "../../../run/index.js";
import { parseScenario, readScenario } from "../../../scenario/parse.js";
import { type Plan, without } from "../../../scenario/plan.js";
import { openRun } from "../../../study/paths.js";
import { type ExchangeVariant, longsAndShorts } from "./demonstration.js";
import type { PerpetualsRows } from "./rows.js";

const nothingElse = (path: string): never => {
  throw new Error(`no files, but ${path}`);
};
const planOf = (variant: ExchangeVariant = {}): Plan => readScenario(longsAndShorts(variant), nothingElse);

/** Runs one path and keeps its tape; `rows` are the exchange's at the end. */
function play(plan: Plan) {
  const tape: TapeRow[] = [];
  const open = openRun(plan, (row) => tape.push(row));
  const end = open.run(1, 0);
  open.kernel.ledger.check();
  const index = plan.mechanisms.findIndex((one) => one.name === "exchange");
  const rows = open.kernel.opened.rows[index] as PerpetualsRows;
  const of = (kind: number) => tape.filter((row) => row.kind === kind);
  const name = (row: number) => plan.book.positions.find((one) => one.protocol === "exchange")?.ids.at(row) ?? "";
  const fund = open.kernel.ledger.balance(rows.fund, rows.quote) / 1e6;
  return { end, tape, of, rows, name, fund, kernel: open.kernel, measures: end.measures };
}

const deep = { bids: [["-90%", "1000000 ETH"]], asks: [["900%", "1000000 ETH"]], refill: "0 /h" };
const quiet = { shock: { kind: "line", moves: { ETH: "0%" }, over: "1 h" } };
const moves = (share: string, over = "1 h") => ({ shock: { kind: "line", moves: { ETH: share }, over } });

describe("perpetuals", () => {
  it("default: a fall closes the longs it reaches, the shorts and the 1x long stay", () => {
    const { of, name, rows } = play(planOf());
    const closed = new Set(
      of(tapeKinds.liquidate)
        .filter((row) => row.a === mechanismOf(planOf()))
        .map((row) => name(row.b)),
    );
    expect([...closed].sort()).toEqual(["long-10x", "long-20x", "long-5x"]);
    expect(rows.size.filter((size) => size > 0)).toHaveLength(1);
  });

  it("default: what an account has left after its close is margin + profit - fee", () => {
    const plan = planOf({
      levels: deep,
      small: { prices: moves("-4.5%") },
      exchange: { fee: "0.1%" },
      rows: [["long", 100, 2000, 10000]],
    });
    const { of, rows, fund } = play(plan);
    const [close] = of(tapeKinds.liquidate).filter((row) => row.a === mechanismOf(plan));
    const proceeds = close.y / 1e6;
    const fee = Math.ceil(close.y * 0.001) / 1e6;
    expect(rows.margin[0] / 1e6).toBeCloseTo(10_000 + proceeds - 200_000 - fee, 6);
    expect(fund).toBeCloseTo(1000 + fee, 6);
  });

  it("behavior: switched off, nobody is closed and the perpetual's price is its fair value", () => {
    const plan = planOf();
    const off = openRun(without(plan, "exchange")).run(1, 0).measures;
    const on = openRun(plan).run(1, 0).measures;
    expect(on.soldUsd).toBeGreaterThan(off.soldUsd);
  });

  it("behavior: a squeeze upwards is the mirror of a fall", () => {
    const mirrored = (leverage: number) => 1 / leverage;
    const leverages = [50, 30, 20, 15, 12, 10, 8, 6, 5, 4, 3];
    const levels = {
      bids: [["-50%", "2000 ETH"]],
      asks: [["100%", "2000 ETH"]],
      refill: "2 /h",
    };
    const exchange = { deleveraging: "none", tiers: [{ from: "0 USD", maintenance: "0%" }], fee: "0%" };
    // Without maintenance a long of leverage l is bankrupt at 1 - 1/l and a short with margin 1/(l - 1) at 1/(1 - 1/l): mirror images in log price.
    const longs = leverages.map((l) => [`a${l}`, 50, 2000, 100_000 * mirrored(l)]);
    const shorts = leverages.map((l) => [`a${l}`, -50, 2000, Math.round(1e11 / (l - 1)) / 1e6]);
    const small = (prices: Record<string, unknown>) => ({
      prices,
      pressure: {},
      clock: { tick: "5 min", duration: "1 h" },
    });
    const fall = play(planOf({ rows: longs, levels, exchange, small: small(moves("-20%")) }));
    const squeeze = play(planOf({ rows: shorts, levels, exchange, small: small(moves("25%")) }));
    const count = (run: ReturnType<typeof play>) => run.rows.size.filter((size) => size === 0).length;
    expect(count(fall)).toBeGreaterThan(5);
    expect(count(fall)).toBeLessThan(leverages.length);
    expect(count(squeeze)).toBe(count(fall));
    expect(squeeze.measures.boughtUsd).toBeCloseTo(50 * 2000 * count(squeeze), 0);
  });

  it("behavior: a loss beyond the margin is paid by the insurance fund, to the unit", () => {
    const plan = planOf({
      levels: deep,
      small: { prices: moves("-10%", "5 min"), clock: { tick: "5 min", duration: "1 h" } },
      exchange: { insuranceFund: "50000 USD" },
      rows: [["long", 100, 2000, 10000]],
    });
    const { of, fund, measures } = play(plan);
    const [close] = of(tapeKinds.liquidate).filter((row) => row.a === mechanismOf(plan));
    const gap = 200_000 - 10_000 - close.y / 1e6;
    expect(gap).toBeGreaterThan(0);
    expect(measures.insurancePaidUsd).toBeCloseTo(gap, 6);
    expect(fund).toBeCloseTo(50_000 - gap, 6);
    expect(measures.deleveragedAccounts).toBe(0);
    expect(measures.badDebtUsd).toBe(0);
  });

  const crash = (exchange: Record<string, unknown>, rows: readonly (readonly (string | number)[])[]) =>
    play(
      planOf({
        levels: deep,
        exchange: { insuranceFund: "0 USD", fee: "0%", ...exchange },
        rows,
        small: { prices: moves("-10%", "5 min"), clock: { tick: "5 min", duration: "1 h" } },
      }),
    );
  const bankrupt = ["a-long", 90, 2000, 9000];
  const winners = [
    ["b-short-2x", -60, 2000, 60000],
    ["c-short-10x", -60, 2000, 12000],
    ["d-short-losing", -60, 1700, 60000],
  ] as const;

  it("behavior: an empty fund deleverages by queue: profit x leverage first, exactly what is needed, at the bankruptcy price", () => {
    const { of, name, rows, measures } = crash({ deleveraging: "queue" }, [bankrupt, ...winners]);
    const closed = of(tapeKinds.deleverage).map((row) => [name(row.b), row.x / 1e7, row.y / 1e8]);
    expect(closed).toEqual([
      ["c-short-10x", 60, 1900],
      ["b-short-2x", 30, 1900],
    ]);
    expect([...rows.size].map((size) => size / 1e7)).toEqual([0, -30, 0, -60]);
    // The winner sold at 2,000 and bought back at 1,900.
    expect(rows.margin[2] / 1e6).toBe(12_000 + 60 * 100);
    expect(rows.margin[0]).toBe(0);
    expect(measures.soldUsd).toBe(0);
    expect(measures.badDebtUsd).toBe(0);
  });

  it("behavior: pro rata closes every winner by size", () => {
    const { of, name, rows } = crash({ deleveraging: "pro-rata" }, [bankrupt, ...winners]);
    expect(of(tapeKinds.deleverage).map((row) => [name(row.b), row.x / 1e7])).toEqual([
      ["b-short-2x", 45],
      ["c-short-10x", 45],
    ]);
    expect([...rows.size].map((size) => size / 1e7)).toEqual([0, -15, -15, -60]);
  });

  it("behavior: without a policy it is sold and the loss is recorded as bad debt; without winners rest-of-market takes it", () => {
    const none = crash({ deleveraging: "none" }, [bankrupt, ...winners]);
    expect(none.measures.deleveragedAccounts).toBe(0);
    expect(none.measures.soldUsd).toBe(180_000);
    expect(none.measures.badDebtUsd).toBeGreaterThan(9000);
    const alone = crash({ deleveraging: "queue" }, [bankrupt]);
    expect(alone.measures.soldUsd).toBe(0);
    // 90 x (1900 - 1800) at the mark.
    expect(alone.measures.badDebtUsd).toBeCloseTo(9000, 3);
    expect(alone.rows.size[0]).toBe(0);
  });

  it("behavior: where depth runs out, the market takes what it can and the rest is deleveraged", () => {
    const { rows, measures, of } = play(
      planOf({
        levels: { bids: [["-1%", "20 ETH"]], asks: [["1%", "20 ETH"]], refill: "0 /h" },
        exchange: { insuranceFund: "1000000 USD", fee: "0%" },
        rows: [
          ["a-long", 90, 2000, 9000],
          ["b-short", -200, 2000, 100000],
        ],
        small: { prices: moves("-4.4%"), clock: { tick: "5 min", duration: "2 h" } },
      }),
    );
    expect(measures.soldUsd).toBe(20 * 2000);
    expect(of(tapeKinds.deleverage).reduce((sum, row) => sum + row.x, 0)).toBe(70e7);
    expect([...rows.size]).toEqual([0, -130e7]);
  });

  it("behavior: a fund that covers part sends that part to the market and deleverages the rest", () => {
    const { measures, fund, rows } = crash({ insuranceFund: "4000 USD" }, [bankrupt, ...winners]);
    expect(measures.insurancePaidUsd).toBeGreaterThan(3900);
    expect(measures.insurancePaidUsd + fund).toBeCloseTo(4000, 6);
    expect(measures.soldUsd).toBeGreaterThan(0);
    expect(measures.soldUsd + (rows.size[1] + rows.size[2] + 120e7) * 2e-4).toBeCloseTo(180_000, 3);
    expect(measures.badDebtUsd).toBe(0);
  });

  it("behavior: funding moves margin from longs to shorts, and what they do not owe each other from rest-of-market", () => {
    const rows = [
      ["long", 100, 2000, 100000],
      ["short", -40, 2000, 100000],
    ] as const;
    const small = { prices: quiet, clock: { tick: "1 h", duration: "8 h" } };
    const paid = play(planOf({ rows, small, exchange: { funding: { rule: "fixed", rate: "0.1%" } } }));
    expect(paid.rows.margin[0] / 1e6).toBe(100_000 - 200);
    expect(paid.rows.margin[1] / 1e6).toBe(100_000 + 80);
    const off = play(planOf({ rows, small }));
    expect([...off.rows.margin]).toEqual([100_000e6, 100_000e6]);
    // A negative rate mirrors it; at the basis of a quiet market nobody pays.
    const mirror = play(planOf({ rows, small, exchange: { funding: { rule: "fixed", rate: "-0.1%" } } }));
    expect([...mirror.rows.margin].map((units) => units / 1e6)).toEqual([100_200, 99_920]);
    const basis = play(planOf({ rows, small, exchange: { funding: { rule: "basis" } } }));
    expect([...basis.rows.margin]).toEqual([100_000e6, 100_000e6]);
  });

  it("behavior: funding alone can liquidate", () => {
    const rows = [
      ["long", 100, 2000, 2600],
      ["short", -100, 2000, 20000],
    ] as const;
    const small = { prices: quiet, clock: { tick: "1 h", duration: "1 day" } };
    const funding = { rule: "fixed", rate: "0.2%" };
    const tiers = [{ from: "0 USD", maintenance: "1%" }];
    const { rows: end } = play(planOf({ rows, small, exchange: { tiers, funding } }));
    expect(end.size[0]).toBe(0);
    expect(play(planOf({ rows, small, exchange: { tiers } })).rows.size[0]).toBe(100e7);
  });

  it("limit: map and run agree to the unit where nobody is deleveraged", () => {
    const plan = planOf({
      exchange: { deleveraging: "none" },
      small: { pressure: {}, clock: { tick: "1 h", duration: "1 h" } },
    });
    const { kernel, rows } = play(plan);
    const index = mechanismOf(plan);
    const ladder = kernel.opened.mechanisms[index].ladder?.(rows);
    expect(ladder?.pathFree).toBe(true);
    const flow = emptyFlow(plan.book.instruments.length);
    const published = new Float64Array(kernel.opened.feeds.length);
    for (let feed = 0; feed < published.length; feed++) published[feed] = kernel.published(feed);
    ladder?.forced(published, flow);
    const sold = rows.openingSize.reduce((sum, size, row) => sum + Math.max(0, size - Math.max(0, rows.size[row])), 0);
    expect(flow.sold[rows.instrument]).toBe(sold);
    expect(flow.bought[rows.instrument]).toBe(0);
    const accounts: number[] = [];
    ladder?.accounts(published, (account) => accounts.push(account.row));
    expect(accounts.length).toBe(flow.accounts);
    expect(ladder?.describe(0).account).toBe("long-10x");
  });

  it("limit: an account without a position is left alone, one without any margin is closed at once", () => {
    const rows = [
      ["bare", 10, 2000, 0],
      ["none", 0, 2000, 5],
    ] as const;
    const { name, of, rows: end } = play(planOf({ rows, small: { prices: quiet } }));
    expect(of(tapeKinds.liquidate).map((row) => name(row.b))).toEqual(["bare"]);
    expect([...end.margin]).toEqual([0, 5e6]);
  });

  it("error: instrument-wrong, column-missing, tiers-order, duration-no-multiple, unknown-instrument", () => {
    const codes = (variant: ExchangeVariant) => {
      const parsed = parseScenario(longsAndShorts(variant), nothingElse);
      return "problems" in parsed ? parsed.problems.map((problem) => [problem.code, problem.path]) : [];
    };
    expect(codes({ exchange: { instrument: "ETH/USD" } })).toEqual([
      ["instrument-wrong", "pressure.exchange.instrument"],
    ]);
    expect(codes({ exchange: { instrument: "BTC/USD" } })).toEqual([
      ["unknown-instrument", "pressure.exchange.instrument"],
    ]);
    expect(codes({ columns: ["account", "size ETH", "entry USD", "cash USD"] })).toEqual([
      ["column-missing", "pressure.exchange.positions"],
    ]);
    expect(codes({ exchange: { tiers: [{ from: "5 USD", maintenance: "1%" }] } })).toEqual([
      ["tiers-order", "pressure.exchange.tiers[0]"],
    ]);
    expect(codes({ exchange: { funding: { rule: "basis", every: "7 min" } } })).toEqual([
      ["duration-no-multiple", "pressure.exchange.funding.every"],
    ]);
    expect(codes({ exchange: { deleveraging: "socialised" } })).toHaveLength(1);
    expect(codes({ exchange: { fee: "-1%" } })).toHaveLength(1);
  });
});

function mechanismOf(plan: Plan): number {
  return plan.mechanisms.findIndex((one) => one.name === "exchange");
}
