import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coinOptionDelta, optionDelta } from "../../../rules/option-delta.js";
import { dealerFaultsOf, playDealer as play } from "./dealer.fixture.js";
import { dealerSizes } from "./option-book.js";

const oneTick = { tick: "1 h", duration: "1 h" };
const openColumns = ["account", "open ETH", "strike USD", "expiry day", "call x", "volatility %"];
const signColumns = [...openColumns.slice(0, 2), "sign x", ...openColumns.slice(2)];
const chain = [
  ["call-2200", 800, 2200, 20, 1, 65],
  ["put-1700", 600, 1700, 40, -1, 80],
];
/** Puts far below the price: what volatility does to them is nearly all of their delta. */
const wing = [["put-1000", -1000, 1000, 60, -1, 80]];

describe("dealer: the side of open interest", () => {
  it("default: each convention trades as signed sizes that say the same", () => {
    const signs = {
      "long-all": [1, 1],
      "short-all": [-1, -1],
      "long-calls-short-puts": [1, -1],
      "short-calls-long-puts": [-1, 1],
    };
    for (const [sign, [call, put]] of Object.entries(signs)) {
      const open = play({ columns: openColumns, rows: chain, dealer: { sign }, clock: oneTick });
      const signed = chain.map(([name, size, ...rest], row) => [
        name,
        Number(size) * (row === 0 ? call : put),
        ...rest,
      ]);
      const size = play({ rows: signed, clock: oneTick });
      expect(open.end.tapeHash, sign).toBe(size.end.tapeHash);
    }
  });

  it("behavior: a sign of each row's own, whole or in part", () => {
    const rows = chain.map(([name, open, ...rest], row) => [name, open, row === 0 ? -0.25 : 1, ...rest]);
    const open = play({ columns: signColumns, rows, clock: oneTick });
    const size = play({
      rows: [
        ["call-2200", -200, 2200, 20, 1, 65],
        ["put-1700", 600, 1700, 40, -1, 80],
      ],
      clock: oneTick,
    });
    expect(open.end.tapeHash).toBe(size.end.tapeHash);
  });

  it("property: who is long all and who is short all hold opposite options, unit by unit", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1e9), fc.boolean()), { maxLength: 20 }), (options) => {
        const open = Float64Array.from(options, ([units]) => units);
        const call = Float64Array.from(options, ([, isCall]) => (isCall ? 1 : -1));
        const held = dealerSizes(open, call, "long-all");
        const sold = dealerSizes(open, call, "short-all");
        const mixed = dealerSizes(open, call, "short-calls-long-puts");
        for (let row = 0; row < open.length; row++) {
          expect(held[row] + sold[row]).toBe(0);
          expect(mixed[row]).toBe(call[row] > 0 ? sold[row] : held[row]);
        }
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it("error: no side, two sides, a side beside signed sizes, a sign beyond one", () => {
    expect(dealerFaultsOf({ columns: openColumns, rows: chain })).toEqual(["sign sign-missing"]);
    const withSigns = chain.map(([name, open, ...rest]) => [name, open, 2, ...rest]);
    expect(dealerFaultsOf({ columns: signColumns, rows: withSigns })).toEqual(["positions number-out-of-range"]);
    expect(dealerFaultsOf({ columns: signColumns, rows: withSigns, dealer: { sign: "short-all" } })).toEqual([
      "sign sign-twice",
    ]);
    expect(dealerFaultsOf({ dealer: { sign: "short-all" } })).toEqual(["sign sign-twice"]);
    expect(dealerFaultsOf({ columns: openColumns, rows: chain, dealer: { sign: "naive" } })).toEqual([
      "sign value-wrong",
    ]);
  });
});

describe("dealer: hedge volatility", () => {
  it("default: a surface that stays where it is changes nothing", () => {
    const without = play();
    const flat = play({ iv: {}, dealer: { volatility: "iv" } });
    expect(flat.rows.held).toBe(without.rows.held);
    expect(flat.trades.map((row) => row.x)).toEqual(without.trades.map((row) => row.x));
  });

  it("behavior: by regime: a short put far below is sold against most under local volatility, least under sticky delta", () => {
    const sold = (regime: string) =>
      play({ rows: wing, iv: { skew: 0.5, regime }, dealer: { volatility: "iv" }, move: "-20%", clock: oneTick }).end
        .measures.executedSalesUsd;
    expect(sold("local")).toBeGreaterThan(sold("sticky-strike") * 1.2);
    expect(sold("sticky-delta")).toBeLessThan(sold("sticky-strike") / 1.2);
  });

  it("behavior: a volatility that jumps at a standing price forces a hedge (vanna)", () => {
    const clock = { tick: "1 h", duration: "2 h" };
    const jumps = [{ at: "1 h", by: "60%" }];
    const jumped = play({ rows: wing, move: "0%", iv: { jumps }, dealer: { volatility: "iv" }, clock });
    const still = play({ rows: wing, move: "0%", iv: {}, dealer: { volatility: "iv" }, clock });
    const hour = 3_600_000;
    const delta = (volatility: number) => -1000 * optionDelta(false, 2000, 1000, volatility, 60 * 24 * hour - hour);
    // Hedge = -delta of what was sold: the first round sells the difference, later ones answer to what that did to the price.
    const first = jumped.trades[0].x - still.trades[0].x;
    expect(first / 1e7).toBeCloseTo(delta(1.4) - delta(0.8), 6);
    expect(jumped.end.measures.tradedUsd).toBeGreaterThan(50 * still.end.measures.tradedUsd);
  });

  it("limit: with a surface map and run agree to the unit in one tick, the surface asked at the held price", () => {
    for (const regime of ["sticky-strike", "sticky-delta", "local"]) {
      for (const move of ["-25%", "10%"]) {
        const { rows, flowAt, ladder } = play({
          iv: { skew: 0.4, regime, spike: "3%", decay: "1 day" },
          dealer: { volatility: "iv" },
          move,
          clock: oneTick,
        });
        const flow = flowAt();
        expect(ladder?.pathFree).toBe(true);
        expect(flow.sold[0] - flow.bought[0]).toBe(rows.openingHedge - rows.held);
      }
    }
  });

  it("property: any options by any surface: map and run agree to the unit in one tick, and the ledger sums to 0", () => {
    let settledPaths = 0;
    const option = fc.tuple(
      fc.integer({ min: -300, max: 300 }),
      fc.integer({ min: 800, max: 4000 }),
      fc.integer({ min: 1, max: 400 }),
      fc.boolean(),
      fc.integer({ min: 0, max: 200 }),
    );
    fc.assert(
      fc.property(
        fc.array(option, { minLength: 1, maxLength: 12 }),
        fc.constantFrom("sticky-strike", "sticky-delta", "local"),
        fc.constantFrom("cash", "coin"),
        fc.integer({ min: -40, max: 60 }),
        (options, regime, settled, move) => {
          const { rows, flowAt, end } = play({
            rows: options.map(([size, strike, days, isCall, volatility], row) => [
              `option ${row}`,
              size,
              strike,
              days,
              isCall ? 1 : -1,
              volatility,
            ]),
            iv: { skew: 0.3, regime, spike: "2%" },
            dealer: { volatility: "iv", settled },
            move: `${move}%`,
            clock: oneTick,
          });
          const flow = flowAt();
          expect(Number.isSafeInteger(rows.held)).toBe(true);
          if (end.end !== "settled") return;
          settledPaths++;
          expect(flow.sold[0] - flow.bought[0]).toBe(rows.openingHedge - rows.held);
        },
      ),
      { seed: 4, numRuns: 60 },
    );
    // The others end at the round limit: long gamma that answers to its own trades.
    expect(settledPaths).toBeGreaterThan(50);
  });

  it("behavior: inside the band the gain is exactly zero, with a surface as without", () => {
    const variant = { iv: { skew: 0.3, regime: "local", spike: "1%" }, dealer: { volatility: "iv", band: "150 ETH" } };
    const { flowAt, trades } = play({ ...variant, move: "-2%" });
    expect(trades).toHaveLength(0);
    for (const price of [1960, 1990, 2000, 2040]) {
      const { sold, bought, accounts } = flowAt(price);
      expect([sold[0], bought[0], accounts]).toEqual([0, 0, 0]);
    }
    expect(flowAt(1700).sold[0]).toBeGreaterThan(150e7);
  });

  it("behavior: options that pay in coins are hedged by delta less their price in coins", () => {
    const rows = [["call", -1000, 2200, 30, 1, 70]];
    const hour = 3_600_000;
    const opening = (settled: string) =>
      play({ rows, dealer: { settled }, move: "0%", clock: oneTick }).rows.openingHedge;
    expect(opening("cash") / 1e10).toBeCloseTo(optionDelta(true, 2000, 2200, 0.7, 720 * hour), 9);
    expect(opening("coin") / 1e10).toBeCloseTo(coinOptionDelta(true, 2000, 2200, 0.7, 720 * hour), 9);
  });

  it("error: an unknown surface, another asset's", () => {
    expect(dealerFaultsOf({ dealer: { volatility: "iv" } })).toEqual(["volatility unknown-surface"]);
    expect(dealerFaultsOf({ dealer: { volatility: "spot" } })).toEqual(["volatility unknown-surface"]);
    expect(dealerFaultsOf({ iv: { asset: "USD" }, dealer: { volatility: "iv" } })).toEqual([
      "volatility surface-wrong",
    ]);
  });
});

describe("dealer: vega", () => {
  const vega = { band: "500 USD" };
  const spiking = { spike: "3%", demand: "0%" };
  const short = { rows: wing, move: "-15%", clock: { tick: "10 min", duration: "2 h" } };

  it("default: beyond its band a dealer buys options back at the surface's volatility, and hedges less from then on", () => {
    const { premiums, rows, end } = play({ ...short, iv: spiking, dealer: { volatility: "iv", vega } });
    expect(premiums.length).toBeGreaterThan(0);
    expect(premiums.every((row) => row.x > 0 && Math.abs(row.y - 1000) < 1e-9 && row.z > 0.8)).toBe(true);
    expect(end.measures.premiumUsd).toBeCloseTo(
      premiums.reduce((sum, row) => sum + row.x, 0),
      6,
    );
    expect(rows.share).toBeLessThan(1);
    const unbounded = play({ ...short, iv: spiking, dealer: { volatility: "iv" } });
    expect(unbounded.premiums).toHaveLength(0);
    expect(rows.held).toBeGreaterThan(unbounded.rows.held);
  });

  it("behavior: what dealers buy raises volatility, so that they pay more; a spread raises it as well", () => {
    const paid = (iv: object, spread = "0%") =>
      play({ ...short, iv: { ...spiking, ...iv }, dealer: { volatility: "iv", vega: { ...vega, spread } } }).end
        .measures.premiumUsd;
    expect(paid({ demand: 100 })).toBeGreaterThan(paid({}));
    expect(paid({}, "5%")).toBeGreaterThan(paid({}));
  });

  it("behavior: in the map the dealer keeps what the band allows at the held price", () => {
    const { flowAt, ladder, rows } = play({
      ...short,
      clock: oneTick,
      iv: spiking,
      dealer: { volatility: "iv", vega, every: "1 h" },
    });
    expect(ladder?.pathFree).toBe(false);
    const unbounded = play({ ...short, clock: oneTick, iv: spiking, dealer: { volatility: "iv" } });
    expect(flowAt(1700).sold[0]).toBeLessThan(unbounded.flowAt(1700).sold[0]);
    expect(rows.share).toBeLessThan(1);
  });
});
