import { describe, expect, it } from "vitest";
import { Kernel, type Mechanism, type Plan, readScenario, runSetting, Tape, uniform } from "../../engine/src/index.js";

/**
 * Nobody makes money out of a quiet market: a trader who buys and sells in any order and ends flat never gains, with refill and lasting impact on
 * (Huberman and Stanzl 2004; exponential recovery of volume: Alfonsi, Fruth and Schied 2010).
 */
const tries = 10_000;
const seed = 20261122;

function quietMarket(index: number): Plan {
  let draws = 0;
  const random = () => uniform(seed, index, 0, 5, draws++);
  const levels = (sign: 1 | -1) => {
    let units = 0;
    // Concave and convex curves alike, one side deeper than the other.
    return [0.005, 0.02, 0.1, 0.4].map((move) => {
      units += 50 + 5_000 * random() * random();
      return [`${(sign * move * (0.5 + random()) * 100).toFixed(4)}%`, `${units.toFixed(3)} ETH`] as const;
    });
  };
  const sorted = (side: (readonly [string, string])[]) => {
    const moves = side.map(([move]) => Number.parseFloat(move)).sort((a, b) => Math.abs(a) - Math.abs(b));
    return side.map(([, units], row) => [`${moves[row]}%`, units]);
  };
  const pool =
    random() < 0.3
      ? {
          pool: {
            kind: "constant-product",
            instrument: "ETH/USD",
            layer: "made",
            base: "3000 ETH",
            quote: "6000000 USD",
            fee: "0.3%",
          },
        }
      : {};
  // A second book that recovers at a pace of its own.
  const second =
    random() < 0.3
      ? {
          other: {
            kind: "order-book",
            instrument: "ETH/USD",
            layer: "made",
            bids: sorted(levels(-1)),
            asks: sorted(levels(1)),
            refill: `${(200 * random()).toFixed(2)} /h`,
          },
        }
      : {};
  return readScenario(
    {
      version: 1,
      name: "quiet",
      book: {
        name: "quiet",
        at: "2024-01-01T00:00:00Z",
        assets: { ETH: { price: "2000 USD" }, USD: { price: "1 USD" } },
        instruments: { "ETH/USD": { asset: "ETH", quote: "USD" } },
        layers: { made: { source: "random", asOf: "2024-01-01T00:00:00Z", coverage: "all", basis: "assumed" } },
        venues: {
          market: {
            kind: "order-book",
            instrument: "ETH/USD",
            layer: "made",
            bids: sorted(levels(-1)),
            asks: sorted(levels(1)),
            refill: `${(20 * random()).toFixed(2)} /h`,
          },
          ...second,
          ...pool,
        },
      },
      clock: { tick: "1 min", duration: "12 min" },
      lasting: `${Math.floor(random() * 101)}%`,
    },
    () => {
      throw new Error("no files");
    },
  );
}

interface Trader extends Mechanism<{ account: number; outside: number }> {
  units: number;
  cash: number;
}

/** Trades random amounts for eleven ticks and sells what is left, or buys back what is missing, in the last. */
function trader(index: number): Trader {
  let draws = 0;
  const random = () => uniform(seed, index, 0, 6, draws++);
  const self: Trader = {
    name: "trader",
    units: 0,
    cash: 0,
    open: (_book, layout) => ({ account: layout.account("trader", "arbitrageur"), outside: layout.outside }),
    reset: (rows, at) => {
      // Enough of both to buy and to sell short: what it ends with beyond this is its profit.
      at.transfer(rows.outside, rows.account, 0, 2 ** 49);
      at.transfer(rows.outside, rows.account, 1, 2 ** 49);
    },
    decide: (rows, at) => {
      if (at.round > 0) return;
      const last = at.tick === 11;
      const wanted = last ? self.units : Math.floor((random() - 0.5) * 2e10 * random());
      if (!last && random() < 0.4) return;
      const room = Math.max(0, at.venueDepth(0, wanted > 0 ? 1 : -1) - 1);
      const units =
        Math.sign(wanted) * Math.min(Math.abs(wanted), last ? Number.POSITIVE_INFINITY : Math.floor(room / 4));
      if (units !== 0) at.trade(0, rows.account, 0, units, 0);
    },
    settle: (_rows, at) => {
      if (!at.afterTrades) return;
      for (let fill = 0; fill < at.fills.count; fill++) {
        if (at.fills.mechanism[fill] !== at.mechanismIndex) continue;
        self.units += at.fills.boughtUnits[fill] - at.fills.soldUnits[fill];
        self.cash += at.fills.soldCash[fill] - at.fills.boughtCash[fill];
      }
    },
  };
  return self;
}

describe("P03: a round trip in a quiet market does not pay", () => {
  it(`behavior: none of ${tries} random strategies ends flat with a profit`, () => {
    let flat = 0;
    let traded = 0;
    for (let index = 0; index < tries; index++) {
      const plan = quietMarket(index);
      const setting = runSetting(plan);
      const one = trader(index);
      const mechanisms = [...setting.mechanisms, one];
      new Kernel({ ...setting, mechanisms, openOrder: [...setting.openOrder, mechanisms.length - 1] }, new Tape()).run(
        seed,
        index,
      );
      // Depth may have run out in the last tick: then the trader is not flat and the question is not answered.
      if (one.units !== 0) continue;
      flat++;
      if (one.cash < 0) traded++;
      expect(one.cash, `strategy ${index} of seed ${seed}`).toBeLessThanOrEqual(0);
    }
    expect(flat).toBeGreaterThan(tries * 0.8);
    expect(traded).toBeGreaterThan(tries * 0.7);
  });
});
