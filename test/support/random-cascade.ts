import { uniform } from "../../engine/src/index.js";

/** An account as a scenario writes it. */
export interface WrittenAccount {
  account: string;
  collateral: string;
  debt: string;
}

/** A scenario with one falling asset, as an author would write it; parts are open to change by the tests. */
export interface CascadeScenario {
  version: 1;
  name: string;
  book: {
    name: string;
    at: string;
    assets: Record<string, unknown>;
    instruments: Record<string, unknown>;
    layers: Record<string, unknown>;
    positions: Record<string, { layer: string; accounts: WrittenAccount[] }>;
    venues: Record<
      string,
      {
        kind: string;
        instrument: string;
        layer: string;
        bids: [string, string][];
        asks: [string, string][];
        refill: string;
      }
    >;
  };
  clock: { tick: string; duration: string };
  lasting: string;
  prices: Record<string, unknown>;
  pressure: Record<string, Record<string, unknown>>;
  guards: unknown[];
}

/** Whole hundredths of a coin, so that halves and doubles are exact in text. */
const cents = (amount: number) => (Math.round(amount * 100) / 100).toFixed(2);

/** A random cascade: two lenders, up to 16 accounts, an order book, a shock of -10 to -50 % over half an hour. */
export function randomCascade(seed: number, index: number): CascadeScenario {
  let draws = 0;
  const random = () => uniform(seed, index, 0, 77, draws++);
  const between = (low: number, high: number) => low + (high - low) * random();
  const count = 2 + Math.floor(random() * 15);
  const split = 1 + Math.floor(random() * (count - 1));
  const accounts = (from: number, to: number): WrittenAccount[] =>
    Array.from({ length: to - from }, (_, row) => {
      const coins = between(1, 3_000);
      return {
        account: String(from + row + 1),
        collateral: `${cents(coins)} ETH`,
        debt: `${cents(coins * 2000 * between(0.3, 0.78))} USD`,
      };
    });
  const levels = (sign: 1 | -1): [string, string][] => {
    let units = 0;
    return [0.01, 0.1, 0.4, 0.8].map((move): [string, string] => {
      units += between(200, 8_000);
      return [`${sign * move * 100}%`, `${cents(units)} ETH`];
    });
  };
  const size =
    random() < 0.5
      ? { rule: "all-collateral" }
      : { rule: "close-factor", steps: [{ healthBelow: 100, closeFactor: "100%" }] };
  return {
    version: 1,
    name: `cascade-${index}`,
    book: {
      name: `cascade-${index}`,
      at: "2024-01-01T00:00:00Z",
      assets: { ETH: { price: "2000 USD" }, USD: { price: "1 USD" } },
      instruments: { "ETH/USD": { asset: "ETH", quote: "USD" } },
      layers: { made: { source: "random", asOf: "2024-01-01T00:00:00Z", coverage: "all", basis: "assumed" } },
      positions: {
        first: { layer: "made", accounts: accounts(0, split) },
        second: { layer: "made", accounts: accounts(split, count) },
      },
      venues: {
        market: {
          kind: "order-book",
          instrument: "ETH/USD",
          layer: "made",
          bids: levels(-1),
          asks: levels(1),
          refill: `${cents(between(0, 4))} /h`,
        },
      },
    },
    clock: { tick: "2 min", duration: "1 h" },
    lasting: random() < 0.5 ? "0%" : `${Math.floor(between(0, 50))}%`,
    prices: {
      shock: { kind: "line", moves: { ETH: `${cents(-between(10, 50))}%` }, over: "30 min" },
      spot: { kind: "spot-oracle" },
    },
    pressure: {
      first: { kind: "lending", threshold: { ETH: "85%" }, bonus: { ETH: "5%" }, size },
      second: { kind: "lending", threshold: { ETH: "80%" }, bonus: { ETH: "8%" }, size },
    },
    guards: [],
  };
}

/** A number out of a quantity as the generator writes it: `12.50 ETH` is 12.5. */
export function amountOf(quantity: string): number {
  return Number.parseFloat(quantity);
}

/** A deterministic shuffle (Fisher and Yates) keyed by seed and index. */
export function shuffled<Value>(values: readonly Value[], seed: number, index: number): Value[] {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(uniform(seed, index, last, 78, 0) * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}
