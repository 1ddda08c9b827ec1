import { describe, expect, it } from "vitest";
import { randomCascade, watch } from "../../../../test/support/watched-cascade.js";
import { uniform } from "../../math/index.js";
import { tapeKinds } from "../../run/index.js";

const seed = 20261122;

/** Every guard and arbitrageur at once, at random parameters and in a random order. */
function everything(index: number) {
  let word = 0;
  const draw = (low: number, high: number) => low + (high - low) * uniform(seed, index, 0, 3, word++);
  const one = <Choice>(...choices: readonly Choice[]): Choice => choices[Math.floor(draw(0, choices.length))];
  const guards: object[] = [
    {
      kind: "keepers",
      capital: `${Math.floor(draw(0, 1) * draw(0, 2_000_000))} USD`,
      gas: Math.floor(draw(0, 2_000_000)),
      leastProfit: `${Math.floor(draw(0, 200))} USD`,
      hedge: "ETH-PERP",
      unwind: one("5 min", "30 min", "2 h"),
      holdShare: `${draw(0, 100).toFixed(2)}%`,
      keepers: [{ route: one("atomic", "hold", "hedge") }, { route: one("atomic", "hold", "hedge"), latency: "5 min" }],
    },
    {
      kind: "throttle",
      share: one("unlimited", `${draw(1, 200).toFixed(2)}%`),
      allot: one("proportion", "stable-order"),
      window: one("0 s", "15 min"),
    },
    {
      kind: "circuit-breaker",
      instrument: one("ETH/USD", "ETH-PERP"),
      move: one("-4%", "-10%", "+5%"),
      halt: one("venue", "liquidations"),
      duration: one("5 min", "20 min"),
    },
  ];
  const order = guards.map((guard) => ({ guard, key: draw(0, 1) })).sort((a, b) => a.key - b.key);
  const pool = {
    kind: "constant-product",
    instrument: "ETH/USD",
    layer: "made",
    base: `${draw(10, 3000).toFixed(3)} ETH`,
    quote: `${draw(20_000, 6_000_000).toFixed(3)} USD`,
    fee: `${draw(0, 1).toFixed(3)}%`,
  };
  return {
    guards: order.map(({ guard }) => guard),
    pool,
    liquidity: {
      arbitrage: { kind: "pool-arbitrage", venue: "pool", speed: `${draw(1, 100).toFixed(2)}%` },
      basis: {
        kind: "basis-arbitrage",
        instruments: ["ETH/USD", "ETH-PERP"],
        cost: `${draw(0, 40).toFixed(2)} bps`,
        speed: one("100%", "10%"),
        capital: `${Math.floor(draw(0, 1_000_000))} USD`,
      },
    },
  };
}

describe("guards and arbitrageurs together", () => {
  it("behavior: in any order and at any parameters the ledger holds, and every tick settles", () => {
    for (let index = 0; index < 50; index++) {
      const { variant, place } = randomCascade(seed, index, { shorts: true });
      const { guards, pool, liquidity } = everything(index);
      const where = `${place}: ${JSON.stringify(guards)}`;
      const watched = watch({ ...variant, guards, liquidity, venues: { ...variant.venues, pool } });
      watched.kernel.ledger.check();
      expect(
        watched.rows.some((row) => row.kind === tapeKinds.limit),
        where,
      ).toBe(false);
      for (const value of Object.values(watched.measures)) expect(Number.isFinite(value), where).toBe(true);
    }
  });

  it("behavior: while a venue is halted its pool's arbitrageur stands still as well", () => {
    const watched = watch({
      pool: true,
      liquidity: { arbitrage: { kind: "pool-arbitrage", venue: "market" } },
      guards: [
        { kind: "circuit-breaker", instrument: "ETH/USD", move: "-8%", halt: "venue", duration: "30 min", trips: 1 },
      ],
    });
    const [tripped, reopened] = watched.rows.filter((row) => row.kind === tapeKinds.guard);
    const ticks = watched.rows.filter((row) => row.kind === tapeKinds.trade).map((row) => row.tick);
    expect(ticks.some((tick) => tick > tripped.tick && tick <= reopened.tick)).toBe(false);
    expect(ticks.some((tick) => tick > reopened.tick)).toBe(true);
  });
});
