import { describe, expect, it } from "vitest";
import { solve } from "../../engine/src/map/index.js";
import { uniform } from "../../engine/src/math/index.js";
import { readScenario } from "../../engine/src/scenario/parse.js";
import { openRun } from "../../engine/src/study/paths.js";
import { openMarket } from "../../engine/src/study/plan-market.js";

/**
 * P03, mixed: lenders that seize all collateral of longs and of shorts, a perpetual exchange without deleveraging, a short-gamma dealer without a band and accounts
 * with stops, a spot instrument with a pool and two books and a perpetual one, falls and rises. One tick: the run lands on the map's shallowest fixed point, to the unit.
 */
const seed = 20261123;
const bookCount = 1_000;

function randomScenario(index: number): { scenario: unknown; shock: number } {
  let draws = 0;
  const between = (low: number, high: number) => low + (high - low) * uniform(seed, index, 0, 19, draws++);
  const whole = (low: number, high: number) => Math.floor(between(low, high + 1));
  const up = between(0, 1) < 0.5;
  const shock = up ? between(0.01, 0.8) : -between(0.01, 0.6);
  const fair = 2000 * (1 + shock);
  const layer = "made";
  const levels = (sign: 1 | -1) => {
    let units = 0;
    return (sign < 0 ? [1, 8, 30, 95] : [1, 10, 60, 500]).map((percent) => {
      units += between(500, 12_000);
      return [`${sign * percent}%`, `${Math.floor(units)} ETH`];
    });
  };
  const book = (instrument: string) => ({
    kind: "order-book",
    instrument,
    layer,
    bids: levels(-1),
    asks: levels(1),
    refill: "0 /h",
  });
  const base = Math.floor(between(500, 20_000));
  const coins = () => Math.floor(between(1, 1_500) * 100) / 100;
  const borrowers = Array.from({ length: whole(0, 6) }, (_, row) => {
    const units = coins();
    return {
      account: `l${row}`,
      collateral: `${units} ETH`,
      debt: `${Math.floor(units * 2000 * between(0.2, 0.84))} USD`,
    };
  });
  const traders = Array.from({ length: whole(0, 8) }, (_, row) => {
    const units = coins();
    const margin = (units * 2000) / between(1.5, 30);
    return [`p${row}`, up ? -units : units, 2000, Math.floor(margin * 100) / 100];
  });
  const options = Array.from({ length: whole(0, 3) }, (_, row) => [
    `o${row}`,
    -whole(10, 900),
    whole(1200, 3000),
    whole(2, 60),
    whole(0, 1) * 2 - 1,
    whole(30, 120),
  ]);
  const stopped = Array.from({ length: whole(0, 5) }, (_, row) => [`s${row}`, coins(), 0, whole(700, 2000)]);
  return {
    shock,
    scenario: {
      version: 1,
      name: "mixed",
      book: {
        name: "mixed",
        at: "2024-01-01T00:00:00Z",
        assets: { ETH: { price: "2000 USD" }, USD: { price: "1 USD" } },
        instruments: {
          "ETH/USD": { asset: "ETH", quote: "USD" },
          "ETH-PERP": { asset: "ETH", quote: "USD", market: "perpetual" },
        },
        layers: { made: { source: "random", asOf: "2024-01-01T00:00:00Z", coverage: "all", basis: "assumed" } },
        positions: {
          lender: { layer, accounts: borrowers },
          exchange: { layer, columns: ["account", "size ETH", "entry USD", "margin USD"], rows: traders },
          dealer: {
            layer,
            columns: ["account", "size ETH", "strike USD", "expiry day", "call x", "volatility %"],
            rows: options,
          },
          stops: { layer, columns: ["account", "risky ETH", "cash USD", "stop USD"], rows: stopped },
        },
        venues: {
          one: book("ETH/USD"),
          two: book("ETH/USD"),
          pool: {
            kind: "constant-product",
            instrument: "ETH/USD",
            layer,
            base: `${base} ETH`,
            quote: `${Math.round(base * fair)} USD`,
            fee: "0%",
          },
          futures: book("ETH-PERP"),
        },
      },
      clock: { tick: "1 min", duration: "1 min", rounds: 2000 },
      prices: {
        shock: { kind: "line", moves: { ETH: `${shock * 100}%` }, over: "0 s" },
        spot: { kind: "spot-oracle" },
        mark: { kind: "spot-oracle", venues: { futures: 1, one: 2, two: 1, pool: 1 } },
      },
      pressure: {
        lender: { kind: "lending", oracle: "mark", threshold: { ETH: "85%" }, size: { rule: "all-collateral" } },
        exchange: {
          kind: "perpetuals",
          instrument: "ETH-PERP",
          oracle: "mark",
          tiers: [{ maintenance: "0.5%" }, { from: "500000 USD", maintenance: "2%" }],
          deleveraging: "none",
        },
        dealer: { kind: "dealer", instrument: "ETH/USD" },
        stops: { kind: "stop-loss", instrument: "ETH/USD", oracle: "mark" },
      },
    },
  };
}

const nothingElse = (): never => {
  throw new Error("a random scenario names no files");
};

describe("P03: mixed mechanisms land on the map", () => {
  it(`behavior: lending, perpetuals, a dealer and stops over three venues and a perpetual, up and down, in ${bookCount} random books`, () => {
    const seen = { down: 0, up: 0, exhausted: 0, opposed: 0 };
    for (let index = 0; index < bookCount; index++) {
      const place = `book ${index}, seed ${seed}`;
      const { scenario } = randomScenario(index);
      const plan = readScenario(scenario, nothingElse);
      const eth = plan.book.assets.findIndex((asset) => asset.symbol === "ETH");
      const move = (plan.mechanisms.find((one) => one.name === "shock")?.params as { moves: { share: number }[] })
        .moves[0].share;
      const { kernel, run } = openRun(plan);
      const end = run(1, 0);
      const market = openMarket(plan);
      const { shallowest } = solve(
        market,
        { moves: plan.book.assets.map((_, asset) => (asset === eth ? move : 0)) },
        { arbitragePools: false },
      );
      if (shallowest.depthExhausted) {
        seen.exhausted++;
        continue;
      }
      if (shallowest.opposed || shallowest.limit !== null) {
        // A trade against the move: another landing may be found by the run (MODEL section 6).
        seen.opposed++;
        continue;
      }
      expect(end.end, place).toBe("settled");
      plan.book.instruments.forEach((_, instrument) => {
        const sold = shallowest.soldUnits[instrument] - shallowest.boughtUnits[instrument];
        expect(kernel.opened.depths[instrument].position(), `units on ${instrument}: ${place}`).toBe(sold);
      });
      const spot = plan.book.instruments.findIndex(({ id }) => id === "ETH/USD");
      expect(kernel.middle(spot), `price: ${place}`).toBe(shallowest.pricesUsd[eth]);
      if (shallowest.waves > 1) seen[move < 0 ? "down" : "up"]++;
    }
    expect(Math.min(seen.down, seen.up)).toBeGreaterThan(bookCount / 20);
    expect(seen.exhausted).toBeLessThan(bookCount / 3);
  });
});
