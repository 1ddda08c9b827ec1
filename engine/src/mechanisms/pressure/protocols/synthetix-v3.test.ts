import { describe, expect, it } from "vitest";
import { emptyFlow } from "../../../ladder/index.js";
import { parseScenario, readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import { type ExchangeVariant, longsAndShorts } from "../perpetuals/demonstration.js";
import type { SynthetixRows } from "../synthetix/rows.js";

const noFiles = (path: string): never => {
  throw new Error(path);
};

const market = {
  protocol: "synthetix-v3",
  instrument: "ETH/USD-PERP",
  oracle: "mark",
  skewScale: 100_000,
  pool: "1000000 USD",
};

function scenarioOf(exchange: Readonly<Record<string, unknown>>, variant: ExchangeVariant = {}) {
  const { small = {} } = variant;
  const scenario = longsAndShorts({
    ...variant,
    small: { ...small, pressure: { exchange: { ...market, ...exchange }, ...small.pressure } },
  }) as { readonly pressure: Record<string, unknown> };
  delete scenario.pressure.lender;
  return scenario;
}

function opened(exchange: Readonly<Record<string, unknown>>, variant: ExchangeVariant = {}) {
  const plan = readScenario(scenarioOf(exchange, variant), noFiles);
  const { kernel, run } = openRun(plan);
  const index = plan.mechanisms.findIndex(({ name }) => name === "exchange");
  return { plan, kernel, run, index, rows: kernel.opened.rows[index] as SynthetixRows };
}

const measured = (exchange: Readonly<Record<string, unknown>>, variant: ExchangeVariant = {}) =>
  opened(exchange, variant).run(1, 0).measures;

const falls = (share: string): ExchangeVariant => ({
  small: { prices: { shock: { kind: "line", moves: { ETH: share }, over: "1 h" } } },
});

describe("synthetix-v3, rule by rule", () => {
  it("behavior: a liquidation sells nothing by itself; hedgers sell their share of what was closed", () => {
    const none = measured({});
    expect(none.liquidatedAccounts).toBeGreaterThan(0);
    expect(none.soldUsd).toBe(0);
    const half = measured({ hedged: "50%" });
    expect(half.soldUsd).toBeGreaterThan(0);
    expect(measured({ hedged: "100%" }).soldUsd).toBeGreaterThan(half.soldUsd);
  });

  it("behavior: the throttle closes later: what is left open at the end is more than with the endorsed liquidator", () => {
    const leftOpen = (exchange: Readonly<Record<string, unknown>>) => {
      const { run, rows } = opened(exchange);
      run(1, 0);
      return rows.flaggedCount;
    };
    const slow = { skewScale: 100_000, makerFee: "0.01%", takerFee: "0.01%", windowMultiplier: 0.001 };
    expect(leftOpen(slow)).toBeGreaterThan(0);
    expect(leftOpen({ ...slow, endorsed: true })).toBe(0);
    expect(leftOpen({ ...slow, windowMultiplier: 10 })).toBe(0);
  });

  it("behavior: a flagged account loses all of its collateral at once, though it closes bit by bit", () => {
    const slow = { skewScale: 100_000, makerFee: "0.01%", takerFee: "0.01%", windowMultiplier: 0.001 };
    const { run, rows, kernel } = opened({ ...slow, pool: "0 USD" }, { rows: [["long", 100, 2000, 10000]] });
    run(1, 0);
    expect(rows.size[0]).toBeGreaterThan(0);
    expect(rows.collateral[0]).toBe(0);
    expect(kernel.ledger.balance(rows.positions, rows.quote)).toBe(0);
  });

  it("behavior: below the low-skew threshold a full window opens another one", () => {
    const tight = { makerFee: "0.01%", takerFee: "0.01%", windowMultiplier: 0.1, window: "3600 s" };
    const left = (exchange: Readonly<Record<string, unknown>>) => {
      const { run, rows } = opened({ ...tight, ...exchange });
      run(1, 0);
      return rows.size.reduce((sum, units, row) => sum + (rows.flagged[row] === 1 ? Math.abs(units) : 0), 0);
    };
    expect(left({ windowMultiplier: 0.001, lowSkew: "100%" })).toBeLessThan(
      left({ windowMultiplier: 0.001, lowSkew: 0 }),
    );
  });

  it("behavior: margins that grow with size liquidate an account that flat ones leave", () => {
    const flat = measured({ skewScale: 0 }, falls("-4.2%")).liquidatedAccounts;
    expect(measured({ skewScale: 500 }, falls("-4.2%")).liquidatedAccounts).toBeGreaterThan(flat);
    expect(measured({ skewScale: 0, minimumMargin: "10000 USD" }, falls("-4.2%")).liquidatedAccounts).toBeGreaterThan(
      flat,
    );
  });

  it("behavior: keepers earn the flag reward out of what the providers have; the endorsed one does not", () => {
    const paid = measured({ flagReward: "1%" });
    expect(paid.keeperProfitUsd).toBeGreaterThan(measured({ flagReward: 0 }).keeperProfitUsd);
    expect(measured({ flagReward: "1%", endorsed: true }).keeperProfitUsd).toBeLessThan(paid.keeperProfitUsd);
  });

  it("limit: the map counts accounts at the held price and sells the hedged share of the longs among them", () => {
    const { plan, kernel, index, rows } = opened({ hedged: "40%" });
    const flow = emptyFlow(plan.book.instruments.length);
    const published = Float64Array.from(kernel.opened.feeds, (_, feed) => (feed === rows.quoteFeed ? 1e8 : 1700e8));
    kernel.opened.mechanisms[index].ladder?.(rows).forced(published, flow);
    // Down 15 %: the longs of 20 and 10 times are gone, that of 5 is not. The first lacks 20,000 dollars, the second 10,000.
    expect(flow.accounts).toBe(2);
    expect(flow.sold[rows.instrument]).toBe(80e7);
    expect(flow.badDebtUsd).toBeCloseTo(30_000, 6);
  });

  it("error: every bad parameter is refused at once, with its own key", () => {
    const parsed = parseScenario(
      scenarioOf(
        { keeperReward: ["9 USD", "1 USD"], windowMultiplier: 0, window: "1500 ms" },
        { columns: ["account", "size USD", "entry USD", "margin ETH"], rows: [["a", 1, 1, 1]] },
      ),
      noFiles,
    );
    const found =
      "problems" in parsed ? parsed.problems.map(({ code, path }) => `${code} ${path.split(".").at(-1)}`) : [];
    expect(found.sort()).toEqual([
      "column-missing positions",
      "column-missing positions",
      "duration-no-multiple window",
      "reward-bounds-cross keeperReward",
      "throttle-without-limit window",
    ]);
  });
});
