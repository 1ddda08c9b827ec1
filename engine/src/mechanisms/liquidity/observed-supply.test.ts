import { describe, expect, it } from "vitest";
import { watchScenario } from "../../../../test/support/watched-cascade.js";
import { gainAt } from "../../map/index.js";
import { supplyImpact } from "../../rules/supply-impact.js";
import { tapeKinds } from "../../run/index.js";
import { parseScenario, readScenario } from "../../scenario/parse.js";
import { openMarket } from "../../study/plan-market.js";
import { oneAccountFalls } from "../demonstrations.js";

const nothingElse = (path: string): never => {
  throw new Error(`no files, but ${path}`);
};

interface Case {
  readonly announced?: string;
  readonly investors?: Readonly<Record<string, unknown>> | null;
  readonly move?: string;
}

/** One insurer of 4 million dollars in a book of one log-linear slope: -50 % takes 20,000 ETH. */
function insured({ announced = "100%", investors = {}, move = "-10%" }: Case = {}): unknown {
  const book = {
    kind: "order-book",
    instrument: "ETH/USD",
    layer: "made",
    bids: [["-50%", "20000 ETH"]],
    asks: [["100%", "20000 ETH"]],
  };
  return oneAccountFalls({
    clock: { tick: "1 h", duration: "1 h" },
    venues: { market: book },
    positions: {
      insurer: { layer: "made", columns: ["account", "risky ETH", "cash USD"], rows: [["fund", 1000, 2000000]] },
    },
    prices: { shock: { kind: "line", moves: { ETH: move }, over: "1 h" } },
    ...(investors === null
      ? {}
      : { liquidity: { investors: { kind: "observed-supply", instrument: "ETH/USD", ...investors } } }),
    pressure: {
      insurer: { kind: "cppi", instrument: "ETH/USD", multiplier: 2, floor: "75%", band: "0%", announced },
    },
  });
}

const lowest = (one: Case) => watchScenario(insured(one)).measures.lowestPriceShare;

describe("observed supply", () => {
  it("behavior: what is announced moves the price by the observed impact, what is hidden by the unobserved one", () => {
    const { observed, unobserved } = supplyImpact({
      riskAversion: 1.5,
      priorVariance: 0.04,
      signalVarianceOverInformed: 10,
      hiddenSupplyVariance: 0.0001,
    });
    const fair = Math.log(0.9);
    const hidden = Math.log(lowest({ announced: "0%" })) - fair;
    const known = Math.log(lowest({})) - fair;
    // The rule sells a little less where the price falls less: 1 % of the ratio.
    expect(hidden).toBeLessThan(-0.003);
    expect(known / hidden).toBeGreaterThan(0.9 * (observed / unobserved));
    expect(known / hidden).toBeLessThan(1.1 * (observed / unobserved));
  });

  it("limit: nothing announced equals nobody there, to the bit of the price", () => {
    expect(lowest({ announced: "0%" })).toBe(lowest({ investors: null }));
    expect(lowest({ announced: "0%" })).toBe(lowest({ announced: "100%", investors: null }));
  });

  it("behavior: announcing part of it lies between, and capital ends", () => {
    const half = lowest({ announced: "50%" });
    expect(half).toBeGreaterThan(lowest({ announced: "0%" }));
    expect(half).toBeLessThan(lowest({}));
    const poor = lowest({ investors: { capital: "10000 USD" } });
    expect(poor).toBeGreaterThan(lowest({ announced: "0%" }));
    expect(poor).toBeLessThan(lowest({}));
  });

  it("behavior: with less noise to hide in, hidden sales say more: the share that is met rises", () => {
    const met = (supplyVariance: number) => lowest({ investors: { supplyVariance } });
    expect(met(0.0001)).toBeGreaterThan(met(0.1));
  });

  it("behavior: it buys what others sell, both ways, and money is conserved", () => {
    for (const move of ["-10%", "10%"]) {
      const { rows, kernel } = watchScenario(insured({ move }));
      const trades = rows.filter((row) => row.kind === tapeKinds.trade);
      const mine = kernel.setting.mechanisms.findIndex((one) => one.name === "investors");
      const own = trades.filter((row) => row.a === mine);
      expect(own.length).toBeGreaterThan(0);
      expect(own.every((row) => row.x < 0 === move.startsWith("-"))).toBe(true);
      kernel.ledger.check();
    }
  });

  it("behavior: on the map it buys what is announced, so the gain is smaller than with hidden sales", () => {
    const gain = (announced: string) => {
      const market = openMarket(readScenario(insured({ announced }), nothingElse));
      return gainAt(market, [1900, 1], { move: 0.01, direction: -1, horizonMs: 600_000 }).value;
    };
    expect(gain("0%")).toBeGreaterThan(0);
    expect(gain("100%")).toBeGreaterThan(0);
    expect(gain("100%")).toBeLessThan(0.01 * gain("0%"));
  });

  it("error: capital in the quote asset, numbers above 0, an instrument that exists", () => {
    const codes = (investors: Readonly<Record<string, unknown>>) => {
      const parsed = parseScenario(insured({ investors }), nothingElse);
      return "problems" in parsed ? parsed.problems.map((problem) => problem.code) : [];
    };
    expect(codes({ capital: "5 ETH" })).toEqual(["unit-wrong"]);
    expect(codes({ riskAversion: 0 })).toEqual(["number-out-of-range"]);
    expect(codes({ instrument: "BTC/USD" })).toEqual(["unknown-instrument"]);
  });

  it("error: two crowds do not both meet the same orders: the share is the whole market's", () => {
    const scenario = insured() as { liquidity: Record<string, unknown> };
    scenario.liquidity.others = { kind: "observed-supply", instrument: "ETH/USD" };
    const parsed = parseScenario(scenario, nothingElse);
    expect("problems" in parsed ? parsed.problems.map(({ code, path }) => `${code} ${path}`) : []).toEqual([
      "choice-wrong liquidity.investors.instrument",
      "choice-wrong liquidity.others.instrument",
    ]);
  });
});
