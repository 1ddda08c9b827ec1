import { describe, expect, it } from "vitest";
import { emptyFlow } from "../../../ladder/index.js";
import { parseScenario, readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import type { DriftRows } from "../drift/rows.js";
import { type ExchangeVariant, longsAndShorts } from "../perpetuals/demonstration.js";

const noFiles = (path: string): never => {
  throw new Error(path);
};

const market = {
  protocol: "drift-v2",
  market: "code-defaults",
  instrument: "ETH/USD-PERP",
  oracle: "mark",
  liquidatorCapital: "100000000 USD",
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
  return { plan, kernel, run, index, rows: kernel.opened.rows[index] as DriftRows };
}

const measured = (exchange: Readonly<Record<string, unknown>>, variant: ExchangeVariant = {}) =>
  opened(exchange, variant).run(1, 0).measures;

const oneLong: ExchangeVariant = { rows: [["long", 100, 2000, 20000]] };
const deep = { bids: [["-30%", "900000 ETH"]], asks: [["30%", "900000 ETH"]], refill: "1 /h" };
const falls = (share: string, over = "1 h"): ExchangeVariant => ({
  ...oneLong,
  levels: deep,
  small: { prices: { shock: { kind: "line", moves: { ETH: share }, over } } },
});

describe("drift-v2, rule by rule", () => {
  it("behavior: the liquidator sells on the market what he took over, as his own trades", () => {
    const all = measured({});
    expect(all.liquidatedAccounts).toBeGreaterThan(0);
    expect(all.tradedUsd).toBeGreaterThan(0);
    expect(all.soldUsd).toBe(all.tradedUsd);
  });

  it("behavior: a share that grows over more slots takes over less in the same time", () => {
    const fast = measured({ duration: 0 }, falls("-8%"));
    const slow = measured({ duration: 100_000, initialShare: "1%" }, falls("-8%"));
    expect(slow.tradedUsd).toBeGreaterThan(0);
    expect(slow.tradedUsd).toBeLessThan(fast.tradedUsd * 0.9);
  });

  it("behavior: a liquidator without capital takes nothing over", () => {
    expect(measured({ liquidatorCapital: "0 USD" }).tradedUsd).toBe(0);
    const jump: ExchangeVariant = {
      ...falls("-9%", "5 min"),
      small: {
        prices: { shock: { kind: "line", moves: { ETH: "-9%" }, over: "5 min" } },
        clock: { tick: "5 min", duration: "10 min" },
      },
    };
    const some = measured({ duration: 0, liquidatorCapital: "2000 USD" }, jump).tradedUsd;
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(measured({ duration: 0 }, jump).tradedUsd);
  });

  it("behavior: a larger buffer takes more of a position over before the liquidation ends", () => {
    const small = measured({ buffer: "0.1%", duration: 0 }, falls("-6%"));
    const large = measured({ buffer: "4%", duration: 0 }, falls("-6%"));
    expect(large.tradedUsd).toBeGreaterThan(small.tradedUsd);
  });

  it("behavior: a higher maintenance ratio begins earlier; so does one that grows with size", () => {
    expect(measured({}, falls("-4%")).liquidatedAccounts).toBe(0);
    expect(measured({ maintenance: "9%" }, falls("-4%")).liquidatedAccounts).toBe(1);
    expect(measured({ imf: 0.005 }, falls("-4%")).liquidatedAccounts).toBe(1);
  });

  it("behavior: bankruptcy is paid by the insurance fund as far as it may, and shared by open positions beyond it", () => {
    const jump: ExchangeVariant = {
      rows: [
        ["long", 100, 2000, 20000],
        ["short", -200, 2000, 400000],
      ],
      levels: deep,
      small: { prices: { shock: { kind: "line", moves: { ETH: "-30%" }, over: "5 min" } } },
    };
    const after = (exchange: Readonly<Record<string, unknown>>) => {
      const { run, rows } = opened({ duration: 0, ...exchange }, jump);
      const { measures } = run(1, 0);
      return { paid: measures.insurancePaidUsd, rate: rows.longRate };
    };
    const none = after({ insuranceFund: "0 USD" });
    const some = after({ insuranceFund: "5000 USD" });
    const rich = after({ insuranceFund: "10000000 USD" });
    expect(none.paid).toBe(0);
    expect(some.paid).toBeCloseTo(5000, 3);
    expect(rich.rate).toBe(0);
    expect(some.rate).toBeGreaterThan(0);
    expect(none.rate).toBeGreaterThan(some.rate);
    expect(after({ insuranceFund: "10000000 USD", maxInsurance: "1000 USD" }).paid).toBeCloseTo(1000, 3);
  });

  it("limit: the map sells what restores the margin with its buffer: part of a position in need, all of a bankrupt one", () => {
    const { plan, kernel, index, rows } = opened({}, oneLong);
    const sold = (price: number) => {
      const flow = emptyFlow(plan.book.instruments.length);
      const published = Float64Array.from(kernel.opened.feeds, (_, feed) =>
        feed === rows.quoteFeed ? 1e8 : price * 1e8,
      );
      kernel.opened.mechanisms[index].ladder?.(rows).forced(published, flow);
      return flow.sold[rows.instrument];
    };
    expect(sold(1900)).toBe(0);
    expect(sold(1890)).toBeGreaterThan(0);
    expect(sold(1890)).toBeLessThan(100e7);
    expect(sold(1700)).toBe(100e7);
  });

  it("error: every bad parameter is refused at once, with its own key", () => {
    const parsed = parseScenario(
      scenarioOf(
        { initialMargin: "3%", maintenance: "4%", buffer: 0, liquidatorFee: "3%", insuranceFee: "2%", step: 1e-9 },
        { columns: ["account", "size USD", "entry USD", "margin ETH"], rows: [["a", 1, 1, 1]] },
      ),
      noFiles,
    );
    const found =
      "problems" in parsed ? parsed.problems.map(({ code, path }) => `${code} ${path.split(".").at(-1)}`) : [];
    expect(found.sort()).toEqual([
      "buffer-missing buffer",
      "column-missing positions",
      "column-missing positions",
      "fees-above-maintenance liquidatorFee",
      "scale-not-positive step",
      "threshold-above-opening maintenance",
    ]);
  });
});
