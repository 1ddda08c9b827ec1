import { describe, expect, it } from "vitest";
import { solve } from "../../engine/src/map/index.js";
import { uniform } from "../../engine/src/math/index.js";
import { readScenario } from "../../engine/src/scenario/parse.js";
import { openRun } from "../../engine/src/study/paths.js";
import { openMarket } from "../../engine/src/study/plan-market.js";

/**
 * P03: in the limit case (one tick, no refill, no lasting impact, no delay, no guard, fees outside the pool invariant) the run lands on the map's shallowest
 * fixed point, to the unit, for mechanisms whose forced units do not depend on the way (MODEL section 6).
 */
const seed = 20261122;
const bookCount = 10_000;

/** A random small book: up to 12 accounts at two lenders and a perpetual exchange, one to three venues, a shock of up to -60 %. */
function randomScenario(index: number): { scenario: unknown; shock: number } {
  let draw = 0;
  const next = () => uniform(seed, index, 0, 9, draw++);
  const between = (low: number, high: number) => low + (high - low) * next();
  const count = 1 + Math.floor(next() * 12);
  const accounts = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, row) => {
      const collateral = Math.floor(between(1, 5_000) * 100) / 100;
      return {
        account: String(from + row),
        collateral: `${collateral} ETH`,
        debt: `${Math.floor(collateral * 2000 * between(0.2, 0.84) * 100) / 100} USD`,
      };
    });
  const split = Math.floor(next() * (count + 1));
  const layer = "made";
  const levels = (sign: number) => {
    let units = 0;
    return [0.01, 0.08, 0.3, 0.9].map((move) => {
      units += between(50, 8_000);
      return [`${sign * move * (sign > 0 ? 3 : 1) * 100}%`, `${Math.floor(units)} ETH`];
    });
  };
  const venues: Record<string, unknown> = {
    first: { kind: "order-book", instrument: "ETH/USD", layer, bids: levels(-1), asks: levels(1), refill: "0 /h" },
  };
  if (next() < 0.5)
    venues.second = {
      kind: "order-book",
      instrument: "ETH/USD",
      layer,
      bids: levels(-1),
      asks: levels(1),
      refill: "0 /h",
    };
  const shock = -between(0.01, 0.6);
  const fair = 2000 * (1 + shock);
  // A pool stands at the shocked price already: its arbitrage is a flow of its own, outside the limit case.
  if (next() < 0.4) {
    const base = Math.floor(between(500, 20_000));
    venues.pool = {
      kind: "constant-product",
      instrument: "ETH/USD",
      layer,
      base: `${base} ETH`,
      quote: `${Math.round(base * fair)} USD`,
      fee: "0%",
    };
  }
  return {
    shock,
    scenario: {
      version: 1,
      name: "random",
      book: {
        name: "random",
        at: "2024-01-01T00:00:00Z",
        assets: { ETH: { price: "2000 USD" }, USD: { price: "1 USD" } },
        instruments: { "ETH/USD": { asset: "ETH", quote: "USD" } },
        layers: { made: { source: "random", asOf: "2024-01-01T00:00:00Z", coverage: "all", basis: "assumed" } },
        positions: {
          a: { layer, accounts: accounts(0, split) },
          b: { layer, accounts: accounts(split, count) },
        },
        venues,
      },
      clock: { tick: "1 min", duration: "1 min", rounds: 1000 },
      prices: { shock: { kind: "line", moves: { ETH: `${shock * 100}%` }, over: "0 s" } },
      pressure: {
        a: { kind: "lending", threshold: { ETH: "85%" }, size: { rule: "all-collateral" } },
        b: { kind: "lending", threshold: { ETH: "85%" }, size: { rule: "all-collateral" }, atEquality: true },
      },
    },
  };
}

const nothingElse = (): never => {
  throw new Error("a random scenario names no files");
};

describe("P03: the run lands on the map's shallowest fixed point", () => {
  it(`behavior: to the unit, in ${bookCount} random books`, () => {
    let cascades = 0;
    let exhausted = 0;
    for (let index = 0; index < bookCount; index++) {
      const { scenario } = randomScenario(index);
      const plan = readScenario(scenario, nothingElse);
      const eth = plan.book.assets.findIndex((asset) => asset.symbol === "ETH");
      // The line multiplies in the same way, so that both see the same fair value to the last bit.
      const move = (plan.mechanisms.find((one) => one.name === "shock")?.params as { moves: { share: number }[] })
        .moves[0].share;
      const open = openRun(plan);
      open.run(1, 0);
      const depth = open.kernel.opened.depths[0];
      const { shallowest } = solve(
        openMarket(plan),
        { moves: plan.book.assets.map((_, asset) => (asset === eth ? move : 0)) },
        { arbitragePools: false },
      );
      if (shallowest.depthExhausted) {
        // Depth ran out: both say so; what stands on is not the same question.
        exhausted++;
        expect(depth.capacity(1), `book ${index}, seed ${seed}`).toBe(0);
        continue;
      }
      expect(depth.position(), `units absorbed: book ${index}, seed ${seed}`).toBe(shallowest.soldUnits[0]);
      expect(open.kernel.middle(0), `price: book ${index}, seed ${seed}`).toBe(shallowest.pricesUsd[eth]);
      if (shallowest.waves > 1) cascades++;
    }
    // A generator that never cascades, or always runs dry, would prove nothing.
    expect(cascades).toBeGreaterThan(bookCount / 10);
    expect(exhausted).toBeLessThan(bookCount / 2);
  });
});
