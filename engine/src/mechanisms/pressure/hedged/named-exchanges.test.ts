import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { longsAndShorts } from "../perpetuals/demonstration.js";
import { playHedged } from "./hedged.fixture.js";

const exchanges = {
  "binance-usdm": { protocol: "binance-usdm", market: "eth-usdt", insuranceFund: "1000 USD" },
  hyperliquid: { protocol: "hyperliquid", market: "eth" },
  "dydx-v4": { protocol: "dydx-v4", market: "eth-usd", insuranceFund: "1000 USD" },
  deribit: { protocol: "deribit", market: "eth-inverse", insuranceFund: "1000 USD" },
  "inverse-perpetual": {
    protocol: "inverse-perpetual",
    tiers: [{ maintenance: "1%" }],
    funding: { rule: "basis", every: "15 min" },
  },
} as const;

interface Drawn {
  readonly coins: number;
  readonly short: number;
  readonly margin: number;
  readonly move: number;
  readonly depth: number;
  readonly deleveraged: string;
  readonly over: string;
}

/** A synthetic dollar and an insurer, both with shorts beside two longs on one exchange. */
function scenarioOf(name: keyof typeof exchanges, drawn: Drawn): unknown {
  const { coins, short, margin, move, depth } = drawn;
  const inCoins = name === "deribit" || name === "inverse-perpetual";
  const row = (account: string, size: number, behind: number) =>
    inCoins ? [account, size * 2000, 2000, behind / 2000] : [account, size, 2000, behind];
  const scenario = longsAndShorts({
    exchange: { ...exchanges[name], oracle: "spot" },
    columns: ["account", inCoins ? "size USD" : "size ETH", "entry USD", inCoins ? "margin ETH" : "margin USD"],
    rows: [
      row("a-long-10x", 400, 80_000),
      row("a-long-5x", 300, 120_000),
      row("book", -short, margin),
      row("fund", -Math.floor(short / 3), margin),
    ],
    levels: { bids: [["-40%", `${depth} ETH`]], asks: [["40%", `${depth} ETH`]], refill: "1 /h" },
    small: {
      clock: { tick: "15 min", duration: "3 h" },
      prices: {
        shock: { kind: "line", moves: { ETH: `${move}%` }, over: "1 h" },
        spot: { kind: "spot-oracle", venues: { market: 1 } },
      },
      positions: {
        dollar: { layer: "made", columns: ["account", "risky ETH"], rows: [["book", coins]] },
        insurer: { layer: "made", columns: ["account", "risky ETH", "cash USD"], rows: [["fund", coins, 50_000]] },
      },
      pressure: {
        dollar: {
          kind: "delta-neutral",
          exchange: "exchange",
          instrument: "ETH/USD",
          over: drawn.over,
          patience: "15 min",
        },
        insurer: {
          kind: "perpetual-hedge",
          exchange: "exchange",
          instrument: "ETH/USD",
          floor: "85%",
          deleveraged: drawn.deleveraged,
        },
      },
    },
  }) as Record<string, Record<string, unknown>>;
  delete scenario.pressure.lender;
  return scenario;
}

describe("hedged books on named exchanges", () => {
  it.each(Object.keys(exchanges) as (keyof typeof exchanges)[])(
    "behavior: %s: every path settles, the ledger holds what the rows say, nothing is negative or NaN",
    (name) => {
      let trades = 0;
      fc.assert(
        fc.property(
          fc.record({
            coins: fc.integer({ min: 0, max: 600 }),
            short: fc.integer({ min: 0, max: 600 }),
            margin: fc.integer({ min: 20_000, max: 600_000 }),
            move: fc.integer({ min: -60, max: 80 }),
            depth: fc.integer({ min: 1, max: 1500 }),
            deleveraged: fc.constantFrom("rehedge", "sell"),
            over: fc.constantFrom("0 ms", "1 h"),
          }),
          (drawn) => {
            const scenario = scenarioOf(name, drawn);
            const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
            for (const holder of ["dollar", "insurer"]) {
              const { kernel, rows, end, ...path } = playHedged(scenario, holder);
              trades += path.trades.length;
              expect(end).toBe("settled");
              expect(kernel.ledger.balance(rows.account, 0)).toBe(sum(rows.risky));
              expect(kernel.ledger.balance(rows.account, 1)).toBe(sum(rows.cash));
              expect(kernel.ledger.balance(rows.account, 2)).toBe(0);
              for (const values of [rows.risky, rows.cash])
                for (const value of values) expect(value).toBeGreaterThanOrEqual(0);
              for (const value of Object.values(path.measures)) expect(Number.isFinite(value)).toBe(true);
            }
          },
        ),
        { seed: 10, numRuns: 40 },
      );
      expect(trades).toBeGreaterThan(40);
    },
  );
});
