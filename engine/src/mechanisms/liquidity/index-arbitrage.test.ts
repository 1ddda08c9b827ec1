import { describe, expect, it } from "vitest";
import { randomCascade, type Watched, watch } from "../../../../test/support/watched-cascade.js";
import { exp, uniform } from "../../math/index.js";
import { tapeKinds } from "../../run/index.js";
import { parseScenario } from "../../scenario/parse.js";
import { oneAccountFalls, type SmallVariant } from "../demonstrations.js";
import { linkRows } from "./linked-instruments.js";

const seed = 20261019;
const book = (instrument: string, units: number) => ({
  kind: "order-book",
  instrument,
  layer: "made",
  bids: [["-50%", `${units} ETH`]],
  asks: [["50%", `${units} ETH`]],
});

/** Cash and futures on one asset; the lender's liquidations sell cash. */
function twoMarkets(entry: object, more: SmallVariant = {}): SmallVariant {
  return {
    instruments: { FUT: { asset: "ETH", quote: "USD", market: "perpetual" } },
    venues: { market: book("ETH/USD", 2000), futures: book("FUT", 8000) },
    ...more,
    liquidity: {
      programme: { kind: "index-arbitrage", cash: "ETH/USD", futures: "FUT", capital: "9000000 USD", ...entry },
    },
  };
}

const quiet: SmallVariant = {
  positions: { lender: { layer: "made", accounts: [] } },
  pressure: {},
  prices: { shock: { kind: "line", moves: { ETH: "-0.01%" }, over: "5 min" } },
};
const ofKind = ({ rows }: Watched, kind: number) => rows.filter((row) => row.kind === kind);
const gaps = (watched: Watched) => ofKind(watched, tapeKinds.basis).map((row) => row.x);
const instrumentOf = ({ kernel }: Watched, id: string) =>
  kernel.setting.book.instruments.findIndex((one) => one.id === id);
const account = ({ kernel }: Watched) => kernel.opened.accounts.findIndex(({ role }) => role === "arbitrageur");
const asset = ({ kernel }: Watched, symbol: string) =>
  kernel.setting.book.assets.findIndex((one) => one.symbol === symbol);

/** Filled legs of one of its rows. */
function trades(watched: Watched, row: number) {
  return ofKind(watched, tapeKinds.trade).filter((one) => one.b === row);
}

describe("index arbitrage", () => {
  it("default: without carry, index or delay it is the basis arbitrageur with the same capital, trade for trade", () => {
    const index = watch(twoMarkets({ cost: "10 bps" }));
    const basis = watch({
      ...twoMarkets({}),
      liquidity: {
        programme: {
          kind: "basis-arbitrage",
          instruments: ["ETH/USD", "FUT"],
          cost: "10 bps",
          capital: "9000000 USD",
        },
      },
    });
    expect(trades(index, linkRows.pair).length).toBeGreaterThan(0);
    expect(index.hash).toBe(basis.hash);
  });

  it("behavior: futures come to stand at cash x exp(carry x years to expiry)", () => {
    const watched = watch(twoMarkets({ cost: "0%", carry: "4%", expiry: "60 day" }, quiet));
    const gap = gaps(watched);
    // 4 % over the 60 days less the two hours of the path.
    const years = (60 * 86_400_000 - 2 * 3_600_000) / (365 * 86_400_000);
    expect(1 / (1 + gap[gap.length - 1])).toBeCloseTo(exp(0.04 * years), 5);
    expect(gaps(watch(twoMarkets({ cost: "0%" }, quiet))).every((one) => Math.abs(one) < 1e-9)).toBe(true);
  });

  it("behavior: who takes a stale index for the cash price sells cash that is no longer dear, and loses", () => {
    const stale = { index: { kind: "stale-index", asset: "ETH", staleness: "1 h" }, spot: { kind: "spot-oracle" } };
    const fall: SmallVariant = {
      ...quiet,
      prices: { shock: { kind: "line", moves: { ETH: "-20%" }, over: "10 min" }, ...stale },
    };
    const misled = watch(twoMarkets({ reads: "index" }, fall));
    const knowing = watch(twoMarkets({}, fall));
    expect(trades(knowing, linkRows.pair)).toEqual([]);
    const legs = trades(misled, linkRows.pair);
    expect(legs[0]).toMatchObject({ z: instrumentOf(misled, "ETH/USD") });
    expect(legs[0].x).toBeGreaterThan(0);
    expect(gaps(misled)[2]).toBeLessThan(-0.01);
    const paid = legs.reduce((sum, leg) => sum + (leg.x > 0 ? leg.y : -leg.y), 0);
    expect(paid).toBeLessThan(0);
    const { kernel } = misled;
    expect(kernel.ledger.balance(account(misled), asset(misled, "USD"))).toBeGreaterThanOrEqual(0);
  });

  it("behavior: late cash orders come `cashDelay` after their futures, as many units", () => {
    const sale: SmallVariant = { prices: { shock: { kind: "line", moves: { ETH: "-13%" }, over: "5 min" } } };
    const watched = watch(twoMarkets({ cost: "10 bps", late: "50%", cashDelay: "10 min" }, sale));
    const futures = trades(watched, linkRows.futures);
    const cash = trades(watched, linkRows.cash);
    expect(futures.length).toBeGreaterThan(0);
    const units = (rows: readonly { readonly x: number }[]) => rows.reduce((sum, row) => sum + row.x, 0);
    expect(units(cash)).toBe(-units(futures));
    expect(cash[0].tick).toBe(futures[0].tick + 2);
    const last = ofKind(watched, tapeKinds.basis).at(-1);
    expect((last?.y ?? 0) + (last?.z ?? 0)).toBe(0);
  });

  it("behavior: from `until` on it opens nothing new", () => {
    const sale: SmallVariant = { prices: { shock: { kind: "line", moves: { ETH: "-30%" }, over: "2 h" } } };
    const never = watch(twoMarkets({ until: "0 ms" }, sale));
    expect(ofKind(never, tapeKinds.trade)).toEqual([]);
    const short = watch(twoMarkets({ cost: "0%", until: "1 h" }, sale));
    const ticks = ofKind(short, tapeKinds.trade).map((row) => row.tick);
    expect(Math.max(...ticks)).toBeLessThan(12);
    const whole = watch(twoMarkets({ cost: "0%" }, sale));
    expect(Math.max(...ofKind(whole, tapeKinds.trade).map((row) => row.tick))).toBeGreaterThanOrEqual(12);
  });

  it("behavior: while a halt keeps its cash orders from being done it opens nothing new", () => {
    const sale: SmallVariant = {
      prices: { shock: { kind: "line", moves: { ETH: "-30%" }, over: "1 h" } },
      guards: [
        {
          name: "closed",
          kind: "circuit-breaker",
          instrument: "ETH/USD",
          move: "-14%",
          from: "open",
          halt: "venue",
          duration: "1 h",
          trips: 1,
        },
      ],
    };
    const watched = watch(twoMarkets({ cost: "0%", late: "100%", cashDelay: "5 min" }, sale));
    const tripped = ofKind(watched, tapeKinds.guard)[0].tick;
    const during = trades(watched, linkRows.futures).filter(({ tick }) => tick > tripped && tick < tripped + 12);
    expect(during).toEqual([]);
    expect(trades(watched, linkRows.cash).some(({ tick }) => tick > tripped && tick < tripped + 12)).toBe(false);
  });

  it("behavior: over random cascades balances never fall below 0, and everything sums to 0", () => {
    let pairs = 0;
    let late = 0;
    for (let index = 0; index < 80; index++) {
      const { variant, place } = randomCascade(seed, index, { shorts: true });
      const draw = (word: number) => uniform(seed, index, 0, 2, word);
      const capital = 10_000 + Math.floor(draw(2) * 1_000_000);
      const watched = watch({
        ...variant,
        prices: {
          ...variant.prices,
          spot: { kind: "spot-oracle" },
          index: { kind: "stale-index", staleness: `${Math.floor(draw(3) * 60)} min` },
        },
        liquidity: {
          programme: {
            kind: "index-arbitrage",
            cash: "ETH/USD",
            futures: "ETH-PERP",
            cost: `${(draw(0) * 50).toFixed(2)} bps`,
            speed: draw(1) < 0.5 ? "100%" : "20%",
            capital: `${capital} USD`,
            carry: `${(draw(4) * 8 - 4).toFixed(3)}%`,
            expiry: "60 day",
            ...(draw(5) < 0.5 ? { reads: "index" } : {}),
            ...(draw(6) < 0.5 ? { late: `${(draw(7) * 100).toFixed(1)}%`, cashDelay: "10 min" } : {}),
          },
        },
      });
      const { kernel } = watched;
      pairs += trades(watched, linkRows.pair).length;
      late += trades(watched, linkRows.cash).length;
      for (let held = 0; held < kernel.ledger.assetCount; held++)
        expect(kernel.ledger.balance(account(watched), held), place).toBeGreaterThanOrEqual(0);
      kernel.ledger.check();
    }
    expect(pairs).toBeGreaterThan(100);
    expect(late).toBeGreaterThan(50);
  });

  it("error: what is wrong with the markets, the money and the clock comes at once", () => {
    const variant = twoMarkets({
      cash: "FUT",
      futures: "ETH/USD",
      capital: "10 ETH",
      carry: "4%",
      late: "10%",
      until: "7 min",
    });
    const parsed = parseScenario(oneAccountFalls(variant), () => ({ problems: [] }));
    expect(parsed).toMatchObject({
      problems: [
        { code: "choice-wrong", path: "liquidity.programme.cash" },
        { code: "choice-wrong", path: "liquidity.programme.futures" },
        { code: "choice-wrong", path: "liquidity.programme.capital" },
        { code: "value-missing", path: "liquidity.programme.expiry" },
        { code: "value-missing", path: "liquidity.programme.cashDelay" },
        { code: "duration-no-multiple", path: "liquidity.programme.until" },
      ],
    });
  });

  it("error: the oracle it reads must exist", () => {
    const parsed = parseScenario(oneAccountFalls(twoMarkets({ reads: "tape" })), () => ({ problems: [] }));
    expect(parsed).toMatchObject({ problems: [{ code: "unknown-oracle", path: "liquidity.programme.reads" }] });
  });
});
