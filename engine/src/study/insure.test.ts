import { describe, expect, it } from "vitest";
import { ProblemsError } from "../book/problem.js";
import { tapeKinds } from "../run/index.js";
import { readScenario } from "../scenario/parse.js";
import type { Plan } from "../scenario/plan.js";
import { discreteShortfall } from "../validate/discrete-cppi.js";
import { insuranceHarm, insuranceOutcome, insuranceRunCount, runInsurance } from "./insure.js";
import { insuredMap } from "./insure-map.js";
import { type InsuranceMarket, insuranceMarket, marketDepthUsd, mostInsuredUsd } from "./insure-market.js";
import { runInsured } from "./insure-paths.js";
import { insurancePlan } from "./insure-plans.js";
import { putMarket, putTerms } from "./insure-puts.js";
import { type InsuranceQuestion, insuranceYearMs, tickFor } from "./insure-question.js";
import { controlled, lowestMean, meanWithError, wilsonInterval } from "./insure-statistics.js";
import { type InsuranceStrategy, insuranceStrategies } from "./insure-strategies.js";
import { openRun } from "./paths.js";

const dayMs = 86_400_000;

/** A market for ether at 2,000 USD whose order book takes `coins` within -10 %, a tenth of them within -1 %. */
function marketOf(
  coins: number,
  plan: (book: Record<string, unknown>) => Record<string, unknown> = (book) => book,
): InsuranceMarket {
  return insuranceMarket(planOf(coins, plan), "ETH");
}

function planOf(
  coins: number,
  changed: (book: Record<string, unknown>) => Record<string, unknown> = (book) => book,
): Plan {
  const level = (share: string, part: number) => [share, `${coins * part} ETH`];
  const book = {
    name: "made",
    at: "2024-01-01T00:00:00Z",
    assets: { ETH: { price: "2000 USD" }, USD: { price: "1 USD" }, GOLD: { price: "2000 USD" } },
    instruments: {
      "ETH/USD": { asset: "ETH", quote: "USD" },
      "ETH/USD-PERP": { asset: "ETH", quote: "USD", market: "perpetual" },
    },
    layers: { made: { source: "this test", asOf: "2024-01-01T00:00:00Z", coverage: "all", basis: "assumed" } },
    venues: {
      market: {
        kind: "order-book",
        instrument: "ETH/USD",
        layer: "made",
        bids: [level("-1%", 0.1), level("-10%", 1), level("-50%", 4)],
        asks: [level("1%", 0.1), level("10%", 1), level("100%", 4)],
        refill: "6 /h",
      },
      futures: {
        kind: "order-book",
        instrument: "ETH/USD-PERP",
        layer: "made",
        bids: [level("-10%", 9)],
        asks: [level("10%", 9)],
        refill: "6 /h",
      },
    },
  };
  return readScenario({ version: 1, name: "made", book: changed(book) }, () => ({ problems: [] }));
}

const question: InsuranceQuestion = {
  asset: "ETH",
  floorShare: 0.9,
  horizonMs: 30 * dayMs,
  tickMs: dayMs / 2,
  sumUsd: 1e6,
  crowdUsd: 20e6,
  volatility: 0.7,
  jumps: { perYear: 0, logMean: 0, logDeviation: 0 },
  drift: 0,
  multiplier: 4,
  leverage: 1,
  everyMs: 0,
  lastingShare: 0.5,
};

const strategy = (name: string): InsuranceStrategy => {
  const found = insuranceStrategies.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no strategy ${name}`);
  return found;
};

describe("insurance: statistics", () => {
  it("default: Wilson's interval, as tables print it", () => {
    // 95 %, n = 100: 0 hits [0, 0.0370], 50 hits [0.4038, 0.5962].
    expect(wilsonInterval(0, 100)[0]).toBe(0);
    expect(wilsonInterval(0, 100)[1]).toBeCloseTo(0.037, 4);
    expect(wilsonInterval(50, 100)[0]).toBeCloseTo(0.40383, 5);
    expect(wilsonInterval(50, 100)[1]).toBeCloseTo(0.59617, 5);
    expect(wilsonInterval(7, 7)).toEqual([wilsonInterval(7, 7)[0], 1]);
  });

  it("default: the mean of a tail, a mean with its error", () => {
    expect(lowestMean([5, 1, 3, 2, 4], 0.4)).toBe(1.5);
    expect(lowestMean([5, 1], 0.05)).toBe(1);
    expect(meanWithError([3])).toEqual({ value: 3, band: null });
    const { value, band } = meanWithError([1, 2, 3, 4]);
    expect(value).toBe(2.5);
    expect((band?.[1] ?? 0) - 2.5).toBeCloseTo(1.959964 * Math.sqrt(5 / 3 / 4), 5);
  });

  it("limit: a control that explains everything leaves its known mean; one that explains nothing changes nothing", () => {
    expect([...controlled([3, 5, 7], [1, 2, 3], 2.5)]).toEqual([6, 6, 6]);
    expect([...controlled([3, 5, 7], [1, 1, 1], 9)]).toEqual([3, 5, 7]);
    // Two values lie on a line whatever they are: it would explain them, and leave no error.
    expect([...controlled([3, 5], [1, 2], 0)]).toEqual([2, 3]);
  });
});

describe("insurance: the market", () => {
  it("default: one spot instrument and its venues; what links others is left out by name", () => {
    const market = marketOf(10_000);
    expect(market.book.instruments.map(({ id }) => id)).toEqual(["ETH/USD"]);
    expect(market.book.venues.map(({ id }) => id)).toEqual(["market"]);
    expect(market.book.assets.map(({ symbol }) => symbol)).toEqual(["ETH", "USD"]);
    expect(market.leftOut).toEqual(["futures"]);
    const plan = insurancePlan(market, question, strategy("hold"), false);
    // 10,000 ETH at 2,000 USD.
    expect(marketDepthUsd(plan, market.instrument)).toBeCloseTo(20e6, 0);
  });

  it("error: no such asset, and nobody who buys it", () => {
    const codes = (symbol: string) => {
      try {
        insuranceMarket(planOf(100), symbol);
        return [];
      } catch (error) {
        return error instanceof ProblemsError ? error.problems.map(({ code, hint }) => `${code}: ${hint}`) : ["?"];
      }
    };
    expect(codes("ETHH")[0]).toMatch(/^unknown-asset: .*ETH/);
    expect(codes("GOLD")[0]).toMatch(/^no-market: /);
  });

  it("limit: the most that can be insured keeps amounts below 2^53 after a rise by five deviations", () => {
    const most = mostInsuredUsd(question, marketOf(100));
    const rise = Math.exp(5 * 0.7 * Math.sqrt((30 * dayMs) / insuranceYearMs));
    expect((most * rise) / (Number.MAX_SAFE_INTEGER / 1e6)).toBeCloseTo(1, 9);
  });

  it("default: the tick is the shortest usual one that keeps the number of ticks", () => {
    expect(tickFor(90 * dayMs, 400)).toBe(dayMs / 4);
    expect(tickFor(30 * dayMs, 400)).toBe(dayMs / 12);
    expect(tickFor(60_000, 400)).toBe(60_000);
    expect(tickFor(3650 * dayMs, 400)).toBe(dayMs);
    expect(tickFor(90_001, 400)).toBe(null);
  });
});

describe("insurance: one strategy on many paths", () => {
  it("behavior: every account begins as its rule has it, so at a price that stands still nobody trades", () => {
    const calm = { ...question, volatility: 1e-6, horizonMs: dayMs };
    const market = marketOf(1e4);
    for (const one of insuranceStrategies.filter(({ kind }) => kind !== null)) {
      const plan = insurancePlan(market, calm, one, true);
      const { wealthUsd } = runInsured(plan, market.instrument, calm, 1, 0, 1);
      expect(Math.abs(wealthUsd[0] / 1e6 - 1), one.name).toBeLessThan(1e-5);
    }
  });

  // Balder, Brandl and Mahayni (2009), re-derived in validate/discrete-cppi.ts: twelve and fifty-two trades a year at 80 % volatility.
  it.each([
    [12, 30 * dayMs, 400],
    [52, 7 * dayMs, 400],
  ])(
    "behavior: in a deep market CPPI that trades %i times breaks as often as the closed form says",
    (steps, stepMs, paths) => {
      const asked = {
        ...question,
        volatility: 0.8,
        leverage: 100,
        tickMs: stepMs,
        everyMs: stepMs,
        horizonMs: steps * stepMs,
        floorShare: 0.8,
        sumUsd: 1e4,
      };
      const market = marketOf(5e6);
      const plan = insurancePlan(market, asked, strategy("cppi"), false);
      const { wealthUsd } = runInsured(plan, market.instrument, asked, 1, 0, paths);
      const broken = wealthUsd.filter((usd) => usd < 0.8 * 1e4 - 0.01).length / paths;
      const years = asked.horizonMs / insuranceYearMs;
      const { global } = discreteShortfall({ multiplier: 4, drift: 0, rate: 0, volatility: 0.8, years, steps });
      expect(Math.abs(broken - global)).toBeLessThan(3 * Math.sqrt((global * (1 - global)) / paths));
    },
  );

  it("behavior: luck is a martingale and explains all of what a holder's wealth does", () => {
    const asked = { ...question, drift: 0.5, jumps: { perYear: 20, logMean: -0.05, logDeviation: 0.05 } };
    const market = marketOf(1e5);
    const paths = runInsured(
      insurancePlan(market, asked, strategy("cppi"), false),
      market.instrument,
      asked,
      1,
      0,
      400,
    );
    const { value, band } = meanWithError(paths.luckUsd);
    expect(Math.abs(value)).toBeLessThan((2 * ((band?.[1] ?? 0) - (band?.[0] ?? 0))) / 2);
    const held = runInsured(insurancePlan(market, asked, strategy("hold"), false), market.instrument, asked, 1, 0, 200);
    const { cost } = insuranceOutcome(asked, held, held, 2000);
    // What is left of a holder's noise is growth on what luck added.
    expect(Math.abs(cost.value)).toBeLessThan(2e-3);
    const quiet = { ...asked, drift: 0 };
    const fair = runInsured(insurancePlan(market, quiet, strategy("hold"), false), market.instrument, quiet, 1, 0, 20);
    expect(Math.abs(insuranceOutcome(quiet, fair, fair, 2000).cost.value)).toBeLessThan(1e-9);
  });

  it("behavior: a crowd's price without its lasting impact is the quiet price, tick by tick", () => {
    const market = marketOf(1e4);
    const quietOf = (name: string, crowd: boolean) => {
      const found: number[] = [];
      let impact = 0;
      const open = openRun(insurancePlan(market, question, strategy(name), crowd), ({ kind, a, x, y }) => {
        if (kind === tapeKinds.lasting && a === 0) impact += y;
        if (kind === tapeKinds.price && a === 0) found.push(x * Math.exp(-impact));
      });
      open.run(1, 2);
      return { found, impact };
    };
    const held = quietOf("hold", false);
    const stopped = quietOf("stop-loss", true);
    expect(held.impact).toBe(0);
    expect(stopped.impact).toBeLessThan(-0.001);
    stopped.found.forEach((price, tick) => expect(price / held.found[tick]).toBeCloseTo(1, 12));
  });

  it("behavior: draws are common to strategies and crowds, and ranges of paths put together are the whole", () => {
    const market = marketOf(1e4);
    const hold = strategy("hold");
    const [held, cppi] = runInsurance(market, question, [hold, strategy("cppi")], 3, 0, 6);
    expect(held.crowd).toBe(held.alone);
    expect(insuranceRunCount([hold, strategy("cppi")])).toBe(3);
    const [, second] = runInsurance(market, question, [hold, strategy("cppi")], 3, 4, 6);
    expect(cppi.crowd.wealthUsd.slice(4)).toEqual(second.crowd.wealthUsd);
    const noImpact = { ...question, lastingShare: 0, sumUsd: 100 };
    const [quiet, alone] = runInsurance(market, noImpact, [hold, strategy("cppi")], 3, 0, 2);
    for (const path of [0, 1]) expect(alone.alone.priceUsd[path] / quiet.alone.priceUsd[path]).toBeCloseTo(1, 5);
  });

  it("behavior: with everybody else doing the same stop-losses break far more floors, cost more, and harm who holds", () => {
    const market = marketOf(1e4);
    const [hold, stop] = runInsurance(market, question, [strategy("hold"), strategy("stop-loss")], 1, 0, 200);
    const alone = insuranceOutcome(question, stop.alone, hold.alone, 2000);
    const crowd = insuranceOutcome(question, stop.crowd, hold.alone, 2000);
    expect(crowd.broken.value).toBeGreaterThan(alone.broken.value + 0.3);
    expect(crowd.broken.band?.[0]).toBeGreaterThan(alone.broken.band?.[1] ?? 1);
    expect(crowd.cost.value).toBeGreaterThan(alone.cost.value + 0.01);
    expect(crowd.tailLoss).toBeGreaterThan(alone.tailLoss);
    expect(crowd.bystanderLoss.band?.[0]).toBeGreaterThan(0);
    const harm = insuranceHarm(question, stop);
    expect(harm.broken.value).toBeCloseTo(crowd.broken.value - alone.broken.value, 12);
    expect(harm.cost.band?.[0]).toBeGreaterThan(0.01);
  });

  it("behavior: CPPI's crowd costs its members, the more the larger it is; TIPP keeps less of the gains", () => {
    const market = marketOf(1e4);
    const names = ["hold", "cppi", "tipp"].map(strategy);
    const costOf = (crowdUsd: number) => {
      const [hold, cppi, tipp] = runInsurance(market, { ...question, crowdUsd }, names, 1, 0, 60);
      return [cppi, tipp].map((one) => insuranceOutcome(question, one.crowd, hold.alone, 2000));
    };
    const [small, large] = [costOf(5e6), costOf(40e6)];
    expect(large[0].cost.value).toBeGreaterThan(2 * small[0].cost.value);
    expect(small[1].upsideKept ?? 1).toBeLessThan(small[0].upsideKept ?? 0);
  });

  it("behavior: the synthetic put alone ends at its floor or above, but for what replication leaves", () => {
    const market = marketOf(1e6);
    const [hold, put] = runInsurance(market, question, [strategy("hold"), strategy("synthetic-put")], 1, 0, 200);
    const outcome = insuranceOutcome(question, put.alone, hold.alone, 2000);
    // Hedging twice a day for thirty days leaves an error of about 0.9 x sigma x sqrt(dt) x vega-like sums, below a hundredth of the sum.
    expect(outcome.shortfall.value).toBeLessThan(0.005);
    expect(outcome.tailLoss).toBeLessThan(0.13);
    expect(insuranceOutcome(question, hold.alone, hold.alone, 2000).tailLoss).toBeGreaterThan(0.25);
  });

  it("behavior: a put that is bought never breaks its floor, in any crowd; the crowd raises its premium, and with it what it costs", () => {
    const market = marketOf(1e4);
    const [hold, put] = runInsurance(market, question, [strategy("hold"), strategy("put-bought")], 1, 0, 150);
    const [alone, crowd] = [put.alone, put.crowd].map((one) => insuranceOutcome(question, one, hold.alone, 2000));
    expect(alone.broken.value).toBe(0);
    expect(crowd.broken.value).toBe(0);
    // The floor is what n coins and n puts at K are worth at least: nobody ends below it, many end at it.
    expect(Math.min(...put.alone.wealthUsd)).toBeCloseTo(0.9e6, -1);
    expect(alone.cost.band?.[0]).toBeGreaterThan(0);
    const terms = [false, true].map((all) => putTerms(question, all, question.horizonMs));
    expect(terms[1].premium).toBeGreaterThan(terms[0].premium);
    for (const { strike, premium } of terms) expect(strike / (1 + premium)).toBeCloseTo(0.9, 9);
    // A crowd twenty times larger is asked two hundredths of volatility per million of vega and point, of about 20e6 x 0.4 x 0.29 / 100.
    expect(putMarket.atm(question, true) - putMarket.atm(question, false)).toBeCloseTo(0.2 * 0.0228, 3);
    const dear = runInsurance(market, { ...question, crowdUsd: 400e6 }, [strategy("put-bought")], 1, 0, 1);
    expect(putMarket.atm({ ...question, crowdUsd: 400e6 }, true)).toBeGreaterThan(putMarket.atm(question, true) + 0.08);
    expect(dear[0].crowd.wealthUsd[0]).toBeGreaterThan(0.9e6 - 1);
  });

  it("behavior: puts that are rolled are as far below the price each time, so the floor of the whole time may break", () => {
    const market = marketOf(1e5);
    const [hold, rolled] = runInsurance(market, question, [strategy("hold"), strategy("puts-rolled")], 1, 0, 150);
    const { broken, tailLoss } = insuranceOutcome(question, rolled.alone, hold.alone, 2000);
    expect(broken.value).toBeGreaterThan(0.1);
    expect(tailLoss).toBeLessThan(insuranceOutcome(question, hold.alone, hold.alone, 2000).tailLoss);
  });

  it("behavior: a hedge with perpetuals keeps the floor as CPPI does, by shorts", () => {
    const market = marketOf(1e4);
    const asked = { ...question, jumps: { perYear: 30, logMean: -0.1, logDeviation: 0.1 } };
    const names = ["hold", "cppi", "perpetual-hedge"].map(strategy);
    const [hold, cppi, hedge] = runInsurance(market, asked, names, 1, 0, 100);
    const [own, short] = [cppi, hedge].map((one) => insuranceOutcome(asked, one.alone, hold.alone, 2000));
    expect(Math.abs(own.broken.value - short.broken.value)).toBeLessThan(0.05);
    expect(Math.abs((own.upsideKept ?? 0) - (short.upsideKept ?? 1))).toBeLessThan(0.05);
    const map = insuredMap(insurancePlan(market, asked, strategy("perpetual-hedge"), true), market.instrument);
    expect(map.flows[0].accountUsd).toBeCloseTo(120_000 / 0.9, -2);
  });

  it("limit: one path has no interval but Wilson's", () => {
    const market = marketOf(1e4);
    const [hold] = runInsurance(market, question, [strategy("hold")], 1, 0, 1);
    const outcome = insuranceOutcome(question, hold.alone, hold.alone, 2000);
    expect(outcome.cost.band).toBe(null);
    expect(outcome.cost.value).toBeCloseTo(0, 9);
    expect(outcome.broken.band).not.toBe(null);
  });
});

describe("insurance: the map", () => {
  it("behavior: CPPI sells (m - 1) x fall of its exposure, everybody as much again per dollar", () => {
    const market = marketOf(1e4);
    const map = insuredMap(insurancePlan(market, question, strategy("cppi"), true), market.instrument);
    const [first] = map.flows;
    // Exposure 400,000: after -10 % it is worth 360,000, the cushion 60,000, so 240,000 are wanted: 120,000 at 0.9 of the opening price.
    expect(first.fall).toBe(-0.1);
    expect(first.accountUsd).toBeCloseTo(120_000 / 0.9, -1);
    expect(first.everybodyUsd / first.accountUsd).toBeCloseTo(21, 4);
    // -10 % below any price is 10,000 ETH: this order book follows fair value.
    expect(first.depthUsd).toBeCloseTo(20e6, 0);
    expect(map.foldShock).toBe(null);
  });

  it("behavior: stops sell at once where they stand: the gain is largest there, and the price jumps", () => {
    const market = marketOf(1e4);
    const map = insuredMap(insurancePlan(market, question, strategy("stop-loss"), true), market.instrument);
    expect(map.largestGainFall).toBeGreaterThan(-0.08);
    expect(map.largestGainFall).toBeLessThan(-0.07);
    // 10,500 ETH against 1,000 within -1 %.
    expect(map.largestGain).toBeCloseTo(10.5, 1);
    expect(map.foldShock).toBeCloseTo(-0.08, 6);
    expect(map.flows.map(({ gain }) => gain)).toEqual([0, 0, 0]);
  });
});
