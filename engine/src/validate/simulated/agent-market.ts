import type { TapeRow } from "../../run/index.js";
import { Kernel, Tape } from "../../run/index.js";
import { readScenario } from "../../scenario/parse.js";
import { runSetting } from "../../scenario/plan.js";

/** One coin of a market, and the order book that absorbs what is traded in it. */
export interface AgentCoin {
  readonly priceUsd: number;
  /** Cumulative levels as a scenario writes them: `["-50%", "1000 COIN"]`, or the relative price and the units as text. */
  readonly bids: readonly (readonly [string, string])[];
  readonly asks: readonly (readonly [string, string])[];
}

/** A market whose agents alone act on it, as an author would write it. */
export interface AgentMarket {
  readonly coins: Readonly<Record<string, AgentCoin>>;
  readonly tickMs: number;
  readonly ticks: number;
  /** Rounds in a tick at most; the scenario's own default when left out. */
  readonly rounds?: number;
  readonly prices: Readonly<Record<string, unknown>>;
  /** Position tables by name; `agentTable` makes one. */
  readonly positions: Readonly<Record<string, unknown>>;
  readonly pressure: Readonly<Record<string, unknown>>;
  readonly liquidity?: Readonly<Record<string, unknown>>;
}

/** A market that is open for many paths. */
export interface OpenMarket {
  readonly kernel: Kernel;
  /** Plays one path; `after` is called at the end of every tick. */
  play(seed: number, path: number, after?: (tick: number) => void): void;
  /** Index by which the tape names a mechanism. */
  indexOf(mechanism: string): number;
}

/** A position table with one heading per column and one array per account. */
export function agentTable(headings: readonly string[], accounts: readonly (readonly (number | string)[])[]): unknown {
  return {
    layer: "made",
    columns: ["account", ...headings],
    rows: accounts.map((one, place) => [String(place), ...one]),
  };
}

/** A book so deep that what an account of a hundred thousand dollars trades moves its price by less than 1e-6: 1e9 coins to half and to twice the price. */
export function boundlessCoin(symbol: string, priceUsd: number): AgentCoin {
  return evenCoin(symbol, priceUsd, 1e9);
}

/** A book whose log price is a straight line: `depth` coins to half the price and to twice the price, so ln 2 / depth per coin. */
export function evenCoin(symbol: string, priceUsd: number, depth: number): AgentCoin {
  return { priceUsd, bids: [["-50%", `${depth} ${symbol}`]], asks: [["100%", `${depth} ${symbol}`]] };
}

/** Opens a market through the same door as a scenario's file. `reader` sees every row of the tape. */
export function openMarket(market: AgentMarket, reader: (row: TapeRow) => void = () => {}): OpenMarket {
  const plan = readScenario(scenarioOf(market), () => ({ problems: [] }));
  const kernel = new Kernel(runSetting(plan), new Tape(false, reader));
  return {
    kernel,
    play(seed, path, after): void {
      kernel.begin(seed, path);
      for (let tick = 0; tick < plan.tickCount; tick++) {
        kernel.step(tick);
        after?.(tick);
      }
    },
    indexOf: (mechanism) => plan.mechanisms.findIndex((one) => one.name === mechanism),
  };
}

function scenarioOf({ coins, tickMs, ticks, rounds, prices, positions, pressure, liquidity }: AgentMarket): unknown {
  const symbols = Object.keys(coins);
  const each = (entry: (symbol: string, coin: AgentCoin) => unknown, key = (symbol: string) => symbol) =>
    Object.fromEntries(symbols.map((symbol) => [key(symbol), entry(symbol, coins[symbol])]));
  const venue = (symbol: string) => `market-${symbol.toLowerCase()}`;
  return {
    version: 1,
    name: "validate",
    book: {
      name: "validate",
      at: "2000-01-01T00:00:00Z",
      assets: { ...each((_, coin) => ({ price: `${coin.priceUsd} USD` })), USD: { price: "1 USD" } },
      instruments: each(
        (symbol) => ({ asset: symbol, quote: "USD" }),
        (symbol) => `${symbol}/USD`,
      ),
      layers: {
        made: {
          source: "made for the validation",
          asOf: "2000-01-01T00:00:00Z",
          coverage: "everything there is",
          coverageShare: 1,
          basis: "assumed",
        },
      },
      positions,
      venues: each(
        (symbol, { bids, asks }) => ({
          kind: "order-book",
          instrument: `${symbol}/USD`,
          layer: "made",
          bids,
          asks,
          refill: "0 /h",
        }),
        venue,
      ),
    },
    clock: { tick: `${tickMs} ms`, duration: `${tickMs * ticks} ms`, ...(rounds === undefined ? {} : { rounds }) },
    prices: { spot: { kind: "spot-oracle" }, ...prices },
    ...(liquidity === undefined ? {} : { liquidity }),
    pressure,
  };
}
