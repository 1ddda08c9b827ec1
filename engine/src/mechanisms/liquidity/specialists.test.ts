import { describe, expect, it } from "vitest";
import { randomCascade, type Watched, watch } from "../../../../test/support/watched-cascade.js";
import { uniform } from "../../math/index.js";
import { tapeKinds } from "../../run/index.js";
import { parseScenario } from "../../scenario/parse.js";
import { oneAccountFalls, type SmallVariant } from "../demonstrations.js";

const seed = 19871019;
const quiet: SmallVariant = {
  positions: { lender: { layer: "made", accounts: [] } },
  pressure: {},
  prices: { shock: { kind: "line", moves: { ETH: "-10%" }, over: "5 min" } },
};
const withMakers = (entry: object, more: SmallVariant = {}): SmallVariant => ({
  ...more,
  liquidity: { makers: { kind: "specialists", instrument: "ETH/USD", capital: "100000000 USD", ...entry } },
});
const ofKind = ({ rows }: Watched, kind: number) => rows.filter((row) => row.kind === kind);
const marketPrices = (watched: Watched) =>
  ofKind(watched, tapeKinds.price)
    .filter((row) => row.a === 0)
    .map((row) => row.y);
const makers = ({ kernel }: Watched) => kernel.opened.accounts.findIndex(({ name }) => name === "makers/specialists");
const bought = (watched: Watched) => ofKind(watched, tapeKinds.trade).map((row) => -row.x);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("specialists", () => {
  it("default: they buy a fall back to the edge of their band and no further", () => {
    const watched = watch(withMakers({ memory: "1 day" }, quiet));
    // The reference is 2,000 USD in the first tick, the band 1 %.
    expect(marketPrices(watched)[0]).toBeCloseTo(1980, 3);
    expect(marketPrices(watch(quiet))[0]).toBeCloseTo(1800, 6);
    expect(watched.measures.exhaustedMakers).toBe(0);
    for (const row of ofKind(watched, tapeKinds.trade)) {
      const price = row.y / 1e6 / (Math.abs(row.x) / 1e7);
      expect(price).toBeLessThanOrEqual(1980 + 1e-6);
    }
  });

  it("behavior: a share of what is needed, once per tick however many rounds it has", () => {
    const whole = sum(bought(watch(withMakers({ memory: "1 day" }, { ...quiet, clock: { duration: "5 min" } }))));
    const half = watch(withMakers({ memory: "1 day", share: "50%" }, { ...quiet, clock: { duration: "5 min" } }));
    expect(Math.abs(sum(bought(half)) - whole / 2)).toBeLessThanOrEqual(2);
    expect(ofKind(half, tapeKinds.trade).length).toBe(1);
  });

  it("behavior: inventory is worth their capital at most; then they stop, and the tape says so once", () => {
    const watched = watch(withMakers({ capital: "500000 USD", memory: "1 day" }, quiet));
    const [spent] = ofKind(watched, tapeKinds.exhausted);
    expect(spent).toMatchObject({ tick: 0, x: 0, y: 500_000e6 });
    expect(watched.measures.exhaustedMakers).toBe(1);
    const units = sum(bought(watched)) / 1e7;
    expect(units * 1800).toBeLessThanOrEqual(500_000);
    expect(units * 1980).toBeGreaterThan(450_000);
    expect(watched.kernel.ledger.balance(makers(watched), 1)).toBeGreaterThanOrEqual(0);
    expect(marketPrices(watched)[0]).toBeLessThan(1980);
  });

  it("behavior: they sell against a rise, short of what they do not have", () => {
    const up = { ...quiet, prices: { shock: { kind: "line", moves: { ETH: "+10%" }, over: "5 min" } } };
    const watched = watch(withMakers({ memory: "1 day" }, up));
    expect(marketPrices(watched)[0]).toBeCloseTo(2020, 3);
    expect(sum(bought(watched))).toBeLessThan(0);
    expect(watched.kernel.ledger.balance(makers(watched), 0)).toBe(0);
  });

  it("behavior: without memory the reference is the price of the tick before", () => {
    const slide = { ...quiet, prices: { shock: { kind: "line", moves: { ETH: "-10%" }, over: "1 h" } } };
    // A twelfth of ln 0.9 in each tick is 0.87 %, within the band of 1 %.
    expect(bought(watch(withMakers({ memory: "0 ms" }, slide)))).toEqual([]);
    expect(sum(bought(watch(withMakers({ memory: "1 day" }, slide))))).toBeGreaterThan(0);
  });

  it("behavior: within the band they trade their inventory away", () => {
    // The price gives way by a band in each tick until it has come down to fair value; then it stands within the band.
    const long = { ...quiet, clock: { tick: "5 min", duration: "6 h" } };
    const kept = watch(withMakers({ memory: "0 ms" }, long));
    const sold = watch(withMakers({ memory: "0 ms", unwind: "2 /h" }, long));
    expect(sum(bought(kept))).toBeGreaterThan(0);
    expect(sum(bought(sold))).toBeLessThan(0.5 * sum(bought(kept)));
    expect(sum(bought(sold))).toBeGreaterThanOrEqual(0);
  });

  it("limit: in a market that does not leave the band they change nothing but their own money", () => {
    const still = { ...quiet, prices: { shock: { kind: "line", moves: { ETH: "-0.5%" }, over: "1 h" } } };
    // The lender after them in the order is another mechanism by number: column a of what mechanisms say.
    const said = ({ rows }: Watched) => rows.filter(({ kind }) => kind !== tapeKinds.underwater);
    expect(said(watch(withMakers({}, still)))).toEqual(said(watch(still)));
  });

  it("behavior: over random cascades they never owe, and everything sums to 0", () => {
    let traded = 0;
    let spent = 0;
    for (let index = 0; index < 80; index++) {
      const { variant, place } = randomCascade(seed, index, { shorts: true });
      const draw = (word: number) => uniform(seed, index, 0, 3, word);
      const watched = watch({
        ...variant,
        liquidity: {
          makers: {
            kind: "specialists",
            instrument: draw(0) < 0.5 ? "ETH/USD" : "ETH-PERP",
            capital: `${Math.floor(draw(1) * 300_000)} USD`,
            share: `${(10 + draw(2) * 90).toFixed(2)}%`,
            band: `${(draw(3) * 5).toFixed(3)}%`,
            memory: `${Math.floor(draw(4) * 120)} min`,
            unwind: `${draw(5).toFixed(3)} /h`,
          },
        },
      });
      const { kernel } = watched;
      traded += ofKind(watched, tapeKinds.trade).length;
      spent += watched.measures.exhaustedMakers;
      for (let asset = 0; asset < kernel.ledger.assetCount; asset++)
        expect(kernel.ledger.balance(makers(watched), asset), place).toBeGreaterThanOrEqual(0);
      kernel.ledger.check();
      expect(kernel.run(1, 0).tapeHash, place).toBe(watched.hash);
    }
    expect(traded).toBeGreaterThan(100);
    expect(spent).toBeGreaterThan(10);
  });

  it("error: capital is in the quote asset, the instrument exists", () => {
    const problems = (entry: object) => parseScenario(oneAccountFalls(withMakers(entry)), () => ({ problems: [] }));
    expect(problems({ capital: "5 ETH" })).toMatchObject({
      problems: [{ code: "unit-wrong", path: "liquidity.makers.capital" }],
    });
    expect(problems({ instrument: "SPX" })).toMatchObject({
      problems: [{ code: "unknown-instrument", path: "liquidity.makers.instrument" }],
    });
    expect(problems({ capital: "-5 USD" })).toMatchObject({ problems: [{ code: "amount-negative" }] });
  });
});
