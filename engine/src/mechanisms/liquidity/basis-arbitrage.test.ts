import { describe, expect, it } from "vitest";
import { randomCascade, type Watched, watch, watchScenario } from "../../../../test/support/watched-cascade.js";
import { uniform } from "../../math/index.js";
import { tapeKinds } from "../../run/index.js";
import { parseScenario } from "../../scenario/parse.js";
import { oneAccountFalls, type SmallVariant } from "../demonstrations.js";

const seed = 20261122;
const perpetual = { asset: "ETH", quote: "USD", market: "perpetual" };
const book = (instrument: string, units: number) => ({
  kind: "order-book",
  instrument,
  layer: "made",
  bids: [["-50%", `${units} ETH`]],
  asks: [["50%", `${units} ETH`]],
});

/** Spot and perpetual, linked; spot is sold by the lender's liquidations. */
function linked(entry: object, more: SmallVariant = {}): SmallVariant {
  return {
    instruments: { "ETH/USD-PERP": perpetual },
    venues: { market: book("ETH/USD", 2000), perpetual: book("ETH/USD-PERP", 8000) },
    ...more,
    liquidity: { basis: { kind: "basis-arbitrage", instruments: ["ETH/USD", "ETH/USD-PERP"], ...entry } },
  };
}

const ofKind = ({ rows }: Watched, kind: number) => rows.filter((row) => row.kind === kind);
const largestGap = (watched: Watched) => Math.max(...ofKind(watched, tapeKinds.basis).map((row) => Math.abs(row.x)));
const arbitrageur = ({ kernel }: Watched) =>
  kernel.opened.accounts.findIndex((account) => account.role === "arbitrageur");

describe("basis arbitrage", () => {
  it("default: the gap at the end of every tick is at most the cost, and spot falls less than alone", () => {
    const watched = watch(linked({ cost: "10 bps" }));
    expect(ofKind(watched, tapeKinds.trade).length).toBeGreaterThan(0);
    expect(ofKind(watched, tapeKinds.basis).length).toBe(24);
    expect(largestGap(watched)).toBeLessThan(0.001 + 1e-6);
    const alone = watch({ ...linked({}), liquidity: {} });
    expect(watched.measures.lowestPriceShare).toBeGreaterThan(alone.measures.lowestPriceShare);
  });

  it("limit: without cost two books of one asset share a sale as one merged book would", () => {
    const sale = { prices: { shock: { kind: "line", moves: { ETH: "-13%" }, over: "5 min" } } };
    const watched = watch(linked({}, sale));
    const used = (id: string) => {
      const walked = ofKind(watched, tapeKinds.batch).filter((row) => instruments[row.a].id === id);
      return walked.reduce((sum, row) => sum + row.x, 0);
    };
    const { instruments } = watched.kernel.setting.book;
    const [spot, other] = [used("ETH/USD"), used("ETH/USD-PERP")];
    // One price on curves of 2,000 and 8,000 ETH to the same level: a fifth and four fifths of the units.
    expect(spot + other).toBeGreaterThan(0);
    expect(Math.abs(other - 4 * spot)).toBeLessThanOrEqual(10);
  });

  it("behavior: capital bounds the position, a speed leaves a gap", () => {
    const rich = watch(linked({ capital: "9000000 USD" }));
    const poor = watch(linked({ capital: "20000 USD" }));
    expect(largestGap(poor)).toBeGreaterThan(largestGap(rich));
    for (const { y, tick } of ofKind(poor, tapeKinds.basis))
      expect((Math.abs(y) / 1e7) * 1399, `tick ${tick}`).toBeLessThanOrEqual(20_000);
    const slow = watch(linked({ speed: "1%" }));
    expect(largestGap(slow)).toBeGreaterThan(largestGap(watch(linked({}))));
  });

  it("behavior: over random cascades it never loses, its cash never falls, and contracts and coins sum to 0", () => {
    let traded = 0;
    for (let index = 0; index < 80; index++) {
      const { variant, place } = randomCascade(seed, index, { shorts: true });
      const draw = (word: number) => uniform(seed, index, 0, 2, word);
      const watched = watch({
        ...variant,
        liquidity: {
          basis: {
            kind: "basis-arbitrage",
            instruments: ["ETH/USD", "ETH-PERP"],
            cost: `${(draw(0) * 50).toFixed(2)} bps`,
            speed: draw(1) < 0.5 ? "100%" : "20%",
            capital: `${Math.floor(draw(2) * 1_000_000)} USD`,
          },
        },
      });
      const { kernel } = watched;
      const trades = ofKind(watched, tapeKinds.trade);
      traded += trades.length;
      for (let leg = 0; leg < trades.length; leg += 2) {
        expect(trades[leg].y, `${place}, tick ${trades[leg].tick}`).toBeGreaterThanOrEqual(trades[leg + 1].y - 1);
      }
      const account = arbitrageur(watched);
      for (let asset = 0; asset < kernel.ledger.assetCount; asset++)
        expect(kernel.ledger.balance(account, asset), place).toBeGreaterThanOrEqual(0);
      kernel.ledger.check();
    }
    expect(traded).toBeGreaterThan(100);
  });

  it("behavior: spot against two quotes is linked through their fair values", () => {
    const scenario = oneAccountFalls({
      instruments: { "ETH/USDT": { asset: "ETH", quote: "USDT" } },
      venues: { market: book("ETH/USD", 2000), other: book("ETH/USDT", 8000) },
      liquidity: { basis: { kind: "basis-arbitrage", instruments: ["ETH/USD", "ETH/USDT"] } },
    }) as { book: { assets: Record<string, unknown> } };
    scenario.book.assets.USDT = { price: "0.98 USD" };
    const watched = watchScenario(scenario);
    expect(ofKind(watched, tapeKinds.trade).length).toBeGreaterThan(0);
    expect(largestGap(watched)).toBeLessThan(1e-6);
  });

  it("error: two instruments of one asset", () => {
    const parsed = parseScenario(
      oneAccountFalls({ liquidity: { basis: { kind: "basis-arbitrage", instruments: ["ETH/USD", "ETH/USD"] } } }),
      () => ({ problems: [] }),
    );
    expect(parsed).toMatchObject({ problems: [{ code: "choice-wrong", path: "liquidity.basis.instruments" }] });
  });
});
