import { describe, expect, it } from "vitest";
import { emptyFlow } from "../../../ladder/index.js";
import { parseScenario, readScenario } from "../../../scenario/parse.js";
import { openRun } from "../../../study/paths.js";
import type { GmxRows } from "../gmx/rows.js";
import { type ExchangeVariant, longsAndShorts } from "../perpetuals/demonstration.js";

const noFiles = (path: string): never => {
  throw new Error(path);
};

const market = {
  protocol: "gmx-v2",
  market: "base-market",
  instrument: "ETH/USD-PERP",
  oracle: "mark",
  poolLong: 2000,
  poolShort: 4_000_000,
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
  return { plan, kernel, run, index, rows: kernel.opened.rows[index] as GmxRows };
}

const measured = (exchange: Readonly<Record<string, unknown>>, variant: ExchangeVariant = {}) =>
  opened(exchange, variant).run(1, 0).measures;

const falls = (share: string): ExchangeVariant => ({
  small: { prices: { shock: { kind: "line", moves: { ETH: share }, over: "1 h" } } },
});

const coins = (kernel: ReturnType<typeof opened>["kernel"], account: number, asset: number) =>
  kernel.ledger.balance(account, asset);

describe("gmx-v2, rule by rule", () => {
  it("behavior: a liquidation sells nothing by itself; hedgers sell their share of what was closed", () => {
    const none = measured({});
    expect(none.liquidatedAccounts).toBeGreaterThan(0);
    expect(none.soldUsd).toBe(0);
    expect(none.lowestPriceShare).toBeCloseTo(0.7, 6);
    const half = measured({ hedged: "50%" });
    const all = measured({ hedged: "100%" });
    expect(half.soldUsd).toBeGreaterThan(0);
    expect(all.soldUsd).toBeGreaterThan(half.soldUsd);
    const spot = measured({ hedged: "100%", instrument: "ETH/USD" });
    expect(spot.lowestPriceShare).toBeLessThan(0.7);
  });

  it("behavior: impact that counts in the check liquidates an account that is left without it (maxImpact)", () => {
    // A 20x long after a fall of 3 %: 2 % of size is left, one of it is needed; an impact of 2 % takes it.
    const impact = { impactFactor: 1e-7, impactExponent: 2 };
    const rows = [
      ["long", 100, 2000, 10000],
      ["short", -900, 2000, 900000],
    ];
    const off = measured({ ...impact, maxImpact: 0 }, { ...falls("-3%"), rows });
    const on = measured({ ...impact, maxImpact: "2%" }, { ...falls("-3%"), rows });
    expect(off.liquidatedAccounts).toBe(0);
    expect(on.liquidatedAccounts).toBe(1);
  });

  it("behavior: the liquidation fee leaves less for the trader; its receiver's part does not reach the pool", () => {
    const receiver = (liquidationFee: string) => {
      const { kernel, run, rows } = opened({ liquidationFee }, falls("-6%"));
      run(1, 0);
      return coins(kernel, rows.receiver, rows.assets[1]);
    };
    expect(receiver("0.5%")).toBeGreaterThan(receiver("0%"));
  });

  it("behavior: a higher share that must remain liquidates more accounts, and so does a smallest collateral", () => {
    const low = measured({ liquidationShare: "0.1%", minCollateralShare: "1%" }, falls("-4.2%")).liquidatedAccounts;
    const high = measured({ liquidationShare: "8%", minCollateralShare: "8%" }, falls("-4.2%")).liquidatedAccounts;
    expect(high).toBeGreaterThan(low);
    expect(measured({ minCollateral: "12000 USD" }, falls("-4.2%")).liquidatedAccounts).toBeGreaterThan(low);
  });

  it("behavior: where the shorts' profit nears the pool, deleveraging closes them; switched off, it does not", () => {
    const small = {
      poolLong: 300,
      poolShort: 120_000,
      maxProfitForTraders: "60%",
      deleverageAbove: "40%",
      deleverageTo: "30%",
    };
    const on = measured(small);
    const off = measured({ ...small, deleveraging: false });
    expect(on.deleveragedAccounts).toBeGreaterThan(0);
    expect(off.deleveragedAccounts).toBe(0);
  });

  it("behavior: what a position owes beyond its collateral is the pool's loss and shows as bad debt", () => {
    const jump: ExchangeVariant = {
      small: {
        prices: { shock: { kind: "line", moves: { ETH: "-30%" }, over: "5 min" } },
        clock: { tick: "5 min", duration: "1 h" },
      },
    };
    expect(measured({}, jump).badDebtUsd).toBeGreaterThan(0);
    expect(measured({}, falls("-4.2%")).badDebtUsd).toBe(0);
  });

  it("limit: the map counts accounts at the held price and sells the hedged share of the longs among them", () => {
    const { plan, kernel, index, rows } = opened({ hedged: "40%" });
    const flow = emptyFlow(plan.book.instruments.length);
    const published = Float64Array.from(kernel.opened.feeds, (_, feed) => (feed === rows.feeds[1] ? 1e8 : 1700e8));
    kernel.opened.mechanisms[index].ladder?.(rows).forced(published, flow);
    // Down 15 %: the longs of 20 and 10 times are gone, that of 5 is not.
    expect(flow.accounts).toBe(2);
    expect(flow.sold[rows.instrument]).toBe(80e7);
  });

  it("error: every bad parameter is refused at once, with its own key", () => {
    const parsed = parseScenario(
      scenarioOf(
        {
          liquidationShare: "5%",
          minCollateralShare: "1%",
          deleverageAbove: "80%",
          maxProfitForTraders: "50%",
          deleverageTo: "90%",
          poolLong: 0,
        },
        { columns: ["account", "size USD", "entry USD", "margin USD"], rows: [["a", 1, 0, 1]] },
      ),
      noFiles,
    );
    const found =
      "problems" in parsed ? parsed.problems.map(({ code, path }) => `${code} ${path.split(".").at(-1)}`) : [];
    for (const one of [
      "threshold-above-opening liquidationShare",
      "deleveraging-without-room deleverageTo",
      "deleveraging-too-late deleverageAbove",
      "column-missing positions",
    ])
      expect(found).toContain(one);
    const both = parseScenario(
      scenarioOf(
        {},
        {
          columns: ["account", "size ETH", "entry USD", "margin USD", "margin ETH"],
          rows: [
            ["a", 1, 2000, 1, 1],
            ["b", 1, 0, 1, 0],
          ],
        },
      ),
      noFiles,
    );
    const codes = "problems" in both ? both.problems.map(({ code }) => code) : [];
    expect(codes.sort()).toEqual(["entry-not-positive", "margin-of-both"]);
  });
});
