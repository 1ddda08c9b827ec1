import { describe, expect, it } from "vitest";
import { levelsOf, solve } from "../map/index.js";
import { powersOfTen } from "../rules/account-value.js";
import { run } from "../study/paths.js";
import { openMarket } from "../study/plan-market.js";
import { assuming } from "./assuming.js";
import { banded, endsOf } from "./ends.js";
import { threeBorrowers } from "./plans.fixture.js";
import { shockPlan } from "./shock-plan.js";
import { liquidatableAt, shockMoves, shockOutcome, shockTable } from "./shock-table.js";
import { triggerUsd } from "./trigger.js";

const eth = (plan: { book: { assets: readonly { symbol: string }[] } }) =>
  plan.book.assets.findIndex((asset) => asset.symbol === "ETH");

describe("shock table", () => {
  it("default: eight rows, each with the smallest and largest over its ends", () => {
    const plan = threeBorrowers({ refill: "2 /h" });
    const asked = { asset: eth(plan), horizonMs: 600_000, gasGwei: 0, seed: 1, paths: 1 };
    const table = shockTable(plan, asked);
    expect(table.map((row) => row.move)).toEqual(shockMoves);
    for (const row of table) {
      for (const one of [row.soldSoon, row.soldDay, row.depthCoins, row.badDebtUsd, row.gain]) {
        expect(one.low).toBeLessThanOrEqual(one.value);
        expect(one.high).toBeGreaterThanOrEqual(one.value);
      }
    }
    // Depth is no more than the book has down to there, by hand from its levels: log-linear in volume between -1 % and -10 %.
    const fromHand = 300 + (1700 * (Math.log(0.95) - Math.log(0.99))) / (Math.log(0.9) - Math.log(0.99));
    expect(table[0].depthCoins.value).toBeCloseTo(fromHand, 3);
    expect(table[0].depthCoins.low).toBeCloseTo(fromHand / 2, 3);
    expect(table[0].depthCoins).toMatchObject({ lowEnd: "half the depth", highEnd: "twice the depth" });
  });

  it("behavior: cumulative levels equal the static count at their edge", () => {
    const plan = threeBorrowers();
    const market = openMarket(plan);
    const asset = eth(plan);
    const spotUsd = market.assets[asset].spotUsd;
    const coin = powersOfTen[market.assets[asset].unitDecimals];
    for (const level of levelsOf(market, asset, -1, { horizonMs: 600_000 })) {
      const there = liquidatableAt(market, asset, level.priceUsd / spotUsd - 1);
      expect(there.coins).toBeCloseTo(level.cumulativeUnits / coin, 6);
      expect(there.accounts).toBe(level.cumulativeAccounts);
    }
  });

  it("limit: without guards, refill or delay a shock in time lands where the map does, to the unit", () => {
    const plan = threeBorrowers();
    const asset = eth(plan);
    const market = openMarket(plan);
    const coin = powersOfTen[market.assets[asset].unitDecimals];
    for (const move of shockMoves) {
      const moves = new Float64Array(plan.book.assets.length);
      moves[asset] = move;
      const landing = solve(market, { moves }).shallowest;
      const outcome = shockOutcome(plan, { asset, horizonMs: 600_000, gasGwei: 0, seed: 1, paths: 1 }, move);
      expect(outcome.soldDay).toBe(landing.soldUnits[0] / coin);
      expect(outcome.liquidated).toBe(landing.liquidated);
    }
  });

  it("behavior: a trigger is debt over collateral over threshold", () => {
    const plan = threeBorrowers();
    const market = openMarket(plan);
    const [ladder] = market.ladders;
    const table = plan.book.positions[0];
    const row = table.ids.indexOf("bold");
    expect(triggerUsd(market, ladder, row, eth(plan))).toBeCloseTo(1_150_000 / 800 / 0.85, 1);
  });
});

describe("shock plan", () => {
  it("default: replaces the path, keeps oracles, and its tick divides the plan's and ten minutes", () => {
    const plan = { ...threeBorrowers(), tickMs: 15 * 60_000 };
    const shocked = shockPlan(plan, { asset: "ETH", move: -0.3, gasGwei: 50 });
    expect(shocked.tickMs).toBe(5 * 60_000);
    expect(shocked.tickMs * shocked.tickCount).toBe(25 * 3_600_000);
    expect(shocked.mechanisms.map((one) => one.kind)).toEqual(["line", "spot-oracle", "order-book", "lending"]);
    expect(run(shocked, 1).measures.lowestPriceShare).toBeLessThan(0.7);
  });
});

describe("assumptions", () => {
  it("behavior: each changes only its own parameters", () => {
    const plan = threeBorrowers();
    const find = (changed: typeof plan, kind: string) => changed.mechanisms.find((one) => one.kind === kind)?.params;
    const thin = assuming(plan, { depthTimes: 0.5, refillTimes: 4 });
    expect(find(thin, "order-book")).toMatchObject({ depthShare: 0.5, refillShare: 4 });
    expect(find(thin, "lending")).toEqual(find(plan, "lending"));
    expect(find(assuming(plan, { bonusTimes: 2 }), "lending")).toMatchObject({ bonus: { ETH: 0.1 } });
    expect(assuming(plan, { lastingShare: 0.5 }).lastingShare).toBe(0.5);
  });

  it("behavior: without owners no end is about them; with owners one is that nobody acts", () => {
    const plan = threeBorrowers();
    expect(endsOf(plan).map((end) => end.id)).not.toContain("nobody-acts");
    const owners = { owners: { kind: "owners", protocol: "lender", share: "50%", reaction: "5 min" } };
    const acting = threeBorrowers({ pressure: owners });
    expect(endsOf(acting).map((end) => end.id)).toContain("nobody-acts");
    expect(assuming(acting, { owners: "nobody" }).mechanisms.map((one) => one.kind)).not.toContain("owners");
  });

  it("behavior: a band names the ends that make it, and the plan where none goes further", () => {
    const [half, twice] = endsOf(threeBorrowers());
    expect(
      banded(2, [
        { end: half, value: 5 },
        { end: twice, value: 2 },
      ]),
    ).toEqual({ value: 2, low: 2, high: 5, lowEnd: "as planned", highEnd: "half the depth" });
  });
});
