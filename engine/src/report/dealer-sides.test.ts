import { describe, expect, it } from "vitest";
import { heldOptions, levelsOf, optionExposure, optionTables } from "../map/index.js";
import { readScenario } from "../scenario/parse.js";
import { openMarket } from "../study/plan-market.js";
import { assuming } from "./assuming.js";
import { dealerSides, levelsBySide, sideBand } from "./dealer-sides.js";
import { endsOf } from "./ends.js";

function planOf(columns: readonly string[], rows: readonly unknown[], sign: Readonly<Record<string, string>>) {
  const layer = { source: "test", asOf: "2024-01-01T00:00:00Z", coverage: "all", coverageShare: 1, basis: "assumed" };
  return readScenario(
    {
      version: 1,
      name: "dealers",
      summary: "dealers of open interest",
      book: {
        version: 1,
        kind: "book",
        name: "dealers",
        at: "2024-01-01T00:00:00Z",
        assets: { ETH: { price: "2000 USD" }, USD: { price: "1 USD" } },
        instruments: { "ETH/USD": { asset: "ETH", quote: "USD" } },
        layers: { made: layer },
        positions: { dealer: { layer: "made", columns, rows } },
        venues: {
          market: {
            kind: "order-book",
            instrument: "ETH/USD",
            layer: "made",
            bids: [["-50%", "20000 ETH"]],
            asks: [["100%", "20000 ETH"]],
            refill: "0 /h",
          },
        },
      },
      clock: { tick: "5 min", duration: "1 h" },
      prices: { fall: { kind: "line", moves: { ETH: "-10%" }, over: "1 h" } },
      pressure: { dealer: { kind: "dealer", instrument: "ETH/USD", ...sign } },
    },
    () => {
      throw new Error("no files");
    },
  );
}

const shared = ["strike USD", "expiry day", "call x", "volatility %"];
const open = (sign: string) =>
  planOf(
    ["account", "open ETH", ...shared],
    [
      ["c", 5000, 2200, 30, 1, 60],
      ["p", 3000, 1800, 30, -1, 65],
    ],
    { sign },
  );
const own = () => planOf(["account", "size ETH", ...shared], [["c", -5000, 2200, 30, 1, 60]], {});

describe("dealers whose side is a convention", () => {
  it("default: named with their sign; a dealer with sizes of its own is none", () => {
    expect(dealerSides(open("long-all"))).toEqual([{ mechanism: "dealer", positions: "dealer", sign: "long-all" }]);
    expect(dealerSides(own())).toEqual([]);
    expect(levelsBySide(own(), 0, { horizonMs: 600_000 })).toBeNull();
  });

  it("behavior: the convention that is declared gives the map's own bands; long all is minus short all", () => {
    const plan = open("short-all");
    const sides = levelsBySide(plan, 0, { horizonMs: 600_000 });
    const down = levelsOf(openMarket(plan), 0, -1, { horizonMs: 600_000 });
    const by = new Map(sides?.map((side) => [side.convention, side]));
    down.forEach((level, place) => {
      expect(by.get("short-all")?.down[place].gain).toBe(level.gain);
      // One hedge is rounded to whole units at each end of a band.
      expect(Math.abs(level.forcedUnits + (by.get("long-all")?.down[place].forcedUnits ?? 0))).toBeLessThanOrEqual(2);
      const [low, high] = sideBand(sides ?? [], -1, place, (one) => one.gain, level.gain);
      expect(high).toBe(level.gain);
      expect(low).toBeLessThan(0);
    });
  });

  it("behavior: what a dealer trades on the map is the gamma map's: the same contracts, dollars per 1 %, opposite sign", () => {
    const plan = open("short-all");
    const move = 0.001;
    const bands = levelsOf(openMarket(plan), 0, -1, { horizonMs: 600_000, move, lowest: -0.3 });
    const held = heldOptions(plan.book, optionTables(plan.book), 0, () => "short-all");
    const middles = Float64Array.from(bands, ({ fromUsd, priceUsd }) => Math.sqrt(fromUsd * priceUsd));
    const { gammaUsd } = optionExposure(held, { spotUsd: 2000, levelsUsd: middles });
    bands.forEach(({ forcedUnits }, place) => {
      const tradedUsd = (forcedUnits / 1e7) * middles[place];
      // Over a tenth of a per cent the gamma at the middle is that of the band to the third order.
      expect(tradedUsd / (-gammaUsd[place] * (move / 0.01))).toBeCloseTo(1, 2);
    });
  });

  it("behavior: no convention has more gain than short all, none less than long all", () => {
    const sides = levelsBySide(open("long-calls-short-puts"), 0, { horizonMs: 600_000 }) ?? [];
    const gainOf = (convention: string, place: number) =>
      sides.find((side) => side.convention === convention)?.down[place].gain ?? Number.NaN;
    for (let place = 0; place < sides[0].down.length; place++)
      for (const { down } of sides) {
        expect(down[place].gain).toBeLessThanOrEqual(gainOf("short-all", place) + 1e-9);
        expect(down[place].gain).toBeGreaterThanOrEqual(gainOf("long-all", place) - 1e-9);
      }
  });

  it("behavior: the sign is an end of every figure and part of both corners; where it is declared it is not asked again", () => {
    const ids = (plan: ReturnType<typeof open>) => endsOf(plan).map(({ id }) => id);
    expect(ids(open("short-all"))).toContain("dealers-long");
    expect(ids(open("short-all"))).not.toContain("dealers-short");
    expect(ids(open("long-calls-short-puts"))).toEqual(expect.arrayContaining(["dealers-long", "dealers-short"]));
    expect(ids(own()).some((id) => id.startsWith("dealers"))).toBe(false);
    const worst = endsOf(open("long-all")).find(({ id }) => id === "worst");
    expect(worst?.words).toContain("dealers short all");
    expect(dealerSides(assuming(open("long-all"), worst?.assumption ?? {}))[0].sign).toBe("short-all");
    expect(assuming(own(), { dealers: "long-all" }).mechanisms).toEqual(own().mechanisms);
  });
});
