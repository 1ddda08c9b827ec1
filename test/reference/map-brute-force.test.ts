import { describe, expect, it } from "vitest";
import { type Fold, fold, gainAt, solve } from "../../engine/src/map/index.js";
import { ethBorrowers, ethMarket, orderBook } from "../../engine/src/map/market.fixture.js";
import { uniform } from "../../engine/src/math/index.js";
import { breachPrice, type LendingRule } from "../../engine/src/rules/lending.js";

/**
 * The map against the definitions of docs/model.md, computed the long way: every account by its exact breach price, every position of the book by its price,
 * fixed points by trying, the fold by walking through shocks.
 */
const seed = 20261125;
const spotUsd = 2_000;
const rule: LendingRule = {
  thresholdBps: [8_000, 0],
  bonusBps: [0, 0],
  penaltyBps: 0,
  protocolFeeBps: 0,
  size: { kind: "all-collateral" },
  dustValue: 0,
  atEquality: true,
};

function draw(index: number) {
  let draws = 0;
  const between = (low: number, high: number) => Math.floor(low + (high - low) * uniform(seed, index, 0, 3, draws++));
  const accounts = Array.from({ length: between(1, 9) }, () => ({
    units: between(1, 900),
    breachUsd: between(900, 1_999),
  }));
  const near = between(50, 1_500);
  const levels = [
    { fall: 0.05, units: near },
    { fall: 0.6, units: near + between(200, 4_000) },
    { fall: 0.99, units: near + 20_000 },
  ];
  return { accounts, levels, venue: orderBook("a", 0, levels) };
}

/** Units of the accounts that breach at a whole published price. */
function forcedOf(accounts: readonly { units: number; breachUsd: number }[]) {
  const breach = accounts.map(({ units, breachUsd }) => {
    const debt = Math.floor((units / 1e7) * breachUsd * 0.8 * 1e6);
    const account = { collateral: [units, 0], debt: [0, debt] };
    return debt === 0 ? -1 : breachPrice(rule, account, 0, [spotUsd * 1e8, 1e8], [7, 6]);
  });
  return (priceUsd: number) => {
    const steps = Math.floor(priceUsd * 1e8);
    return accounts.reduce((sum, { units }, row) => (steps <= breach[row] ? sum + units : sum), 0);
  };
}

describe("the map by brute force", () => {
  it("behavior: gain is forced units over every position that the book holds down to the price", () => {
    for (let index = 0; index < 60; index++) {
      const { accounts, venue } = draw(index);
      const forced = forcedOf(accounts);
      const market = ethMarket(spotUsd, [venue], [ethBorrowers(accounts, spotUsd)]);
      for (const priceUsd of [2_000, 1_700, 1_300, 1_000]) {
        const gain = gainAt(market, [priceUsd, 1], { move: 0.05, direction: -1, horizonMs: 0 });
        venue.ladder.follow(priceUsd);
        let depth = 0;
        while (venue.ladder.middle(depth + 1) >= priceUsd * 0.95) depth++;
        const expected = forced(priceUsd * 0.95) - forced(priceUsd);
        expect(gain.forcedUnits[0], `book ${index}`).toBe(expected);
        expect(gain.depthUnits[0], `book ${index}`).toBe(depth);
        expect(gain.value).toBe(expected === 0 ? 0 : expected / depth);
        expect(gain.nonMonotone).toBe(false);
      }
    }
  });

  it("behavior: shallowest and deepest are the least and the greatest fixed point of all totals", () => {
    let apart = 0;
    for (let index = 0; index < 200; index++) {
      const { accounts, venue } = draw(index);
      const forced = forcedOf(accounts);
      const market = ethMarket(spotUsd, [venue], [ethBorrowers(accounts, spotUsd)]);
      const total = accounts.reduce((sum, { units }) => sum + units, 0);
      for (const shock of [-0.05, -0.2, -0.4]) {
        const { shallowest, deepest, nonMonotone } = solve(market, { moves: [shock, 0] });
        venue.ladder.follow(spotUsd * (1 + shock));
        const fixed: number[] = [];
        for (let units = 0; units <= total; units++) {
          if (forced(venue.ladder.middle(units)) === units) fixed.push(units);
        }
        expect(shallowest.soldUnits[0], `book ${index}, shock ${shock}`).toBe(fixed[0]);
        expect(deepest.soldUnits[0], `book ${index}, shock ${shock}`).toBe(fixed[fixed.length - 1]);
        expect(nonMonotone).toBe(false);
        if (fixed.length > 1) apart++;
      }
    }
    expect(apart).toBeGreaterThan(10);
  });

  it("behavior: the fold is the first shock, walked to in small steps, at which the landing jumps by more than the shock", () => {
    let folds = 0;
    const step = 0.0005;
    for (let index = 0; index < 60; index++) {
      const { accounts, venue } = draw(index);
      const forced = forcedOf(accounts);
      const market = ethMarket(spotUsd, [venue], [ethBorrowers(accounts, spotUsd)]);
      const found: Fold | null = fold(market, 0, -1);
      const landing = (shock: number) => {
        venue.ladder.follow(spotUsd * (1 + shock));
        let units = 0;
        for (;;) {
          const next = forced(venue.ladder.middle(units));
          if (next === units) return venue.ladder.middle(units) / spotUsd - 1;
          units = next;
        }
      };
      let first: number | null = null;
      for (let shock = 0; shock > -0.95 && first === null; shock -= step) {
        const fall = landing(shock) - landing(shock - step);
        // A step of the walk moves the landing by itself: what jumps does so within any part of it.
        if (fall > Math.max(-shock, 0.01) + 4 * step) first = shock - step;
      }
      if (first !== null) {
        folds++;
        expect(found, `book ${index}: a fold near ${first}`).not.toBeNull();
        expect(Math.abs(found?.shock ?? 0), `book ${index}`).toBeLessThanOrEqual(-first + 1e-9);
      }
      if (found !== null) {
        const jump = landing(found.shock + 2e-10) - landing(found.shock);
        expect(jump, `book ${index}: at ${found.shock}`).toBeGreaterThan(Math.max(-found.shock - 1e-6, 0.01));
      }
    }
    expect(folds).toBeGreaterThan(5);
  });
});
