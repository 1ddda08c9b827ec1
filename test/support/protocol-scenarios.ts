import { type Plan, uniform } from "../../engine/src/index.js";
import { planOf } from "./generated-scenarios.js";

/** What a random scenario of a lending protocol may ask for. */
export interface LendingCase {
  /** The mechanism as its author writes it: `{ protocol: "aave-v3", ... }`. It is called `lender` and owns the position table of that name. */
  readonly lender: Readonly<Record<string, unknown>>;
  /** Collateral symbols and debt symbols that accounts may have; `ETH` and `USD` by default. Assets: ETH 2,000 USD, BTC 40,000 USD, DAI and USD 1 USD. */
  readonly collaterals?: readonly string[];
  readonly debts?: readonly string[];
  /** Debt over collateral value at the opening: from and to. */
  readonly leverage?: readonly [number, number];
  /** Collaterals and debts of one account at most. */
  readonly assetsPerAccount?: number;
  readonly accounts?: number;
  readonly ticks?: number;
  /** Length of a tick, 1 minute by default. */
  readonly tickMinutes?: number;
  /** Yearly volatility of ETH and BTC, 1 is 100 %. */
  readonly volatility?: number;
  readonly guards?: readonly unknown[];
  /** Anything else that is laid over the scenario's sections. */
  readonly prices?: Readonly<Record<string, unknown>>;
  readonly pressure?: Readonly<Record<string, unknown>>;
  readonly instruments?: Readonly<Record<string, unknown>>;
  readonly venues?: Readonly<Record<string, unknown>>;
  readonly positions?: Readonly<Record<string, unknown>>;
}

const assumed = {
  source: "made for the test",
  asOf: "2024-01-01T00:00:00Z",
  coverage: "everything there is",
  coverageShare: 1,
  basis: "assumed",
};

const openingUsd: Readonly<Record<string, number>> = { ETH: 2000, BTC: 40_000, DAI: 1, USD: 1 };

/** The random scenario of (seed, index): accounts near their limits, prices that wander and jump, depth that a few of them exhaust. */
export function lendingScenario(seed: number, index: number, of: LendingCase): unknown {
  let draws = 0;
  const random = () => uniform(seed, index, 0, 4, draws++);
  const between = (low: number, high: number) => low + (high - low) * random();
  const collaterals = of.collaterals ?? ["ETH"];
  const debts = of.debts ?? ["USD"];
  const [low, high] = of.leverage ?? [0.5, 0.82];
  const some = (symbols: readonly string[]) => {
    const count = 1 + Math.floor(random() * Math.min(of.assetsPerAccount ?? 1, symbols.length));
    const left = [...symbols];
    return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0]);
  };
  const round = (value: number) => Number(value.toFixed(6));
  const accounts = Array.from({ length: of.accounts ?? 12 }, (_, row) => {
    const size = 10 ** between(2, 6.3);
    const held = some(collaterals);
    const owed = some(debts.filter((symbol) => !held.includes(symbol)));
    const debt = size * between(low, high);
    const amounts = (symbols: readonly string[], usd: number) =>
      symbols.map((symbol) => `${round(usd / symbols.length / openingUsd[symbol])} ${symbol}`);
    const list = (written: readonly string[]) => (written.length === 1 ? written[0] : written);
    return { account: `a${row}`, collateral: list(amounts(held, size)), debt: list(amounts(owed, debt)) };
  });
  const depth = round(10 ** between(1.5, 3.5));
  const levels = (sign: string, share: number) => [
    [`${sign}0.2%`, `${round(depth * share * 0.1)}`],
    [`${sign}3%`, `${round(depth * share)}`],
    [`${sign}40%`, `${round(depth * share * 4)}`],
  ];
  const side = (sign: string, symbol: string, share: number) =>
    levels(sign, share).map(([at, units]) => [at, `${units} ${symbol}`]);
  const venue = (asset: string, share: number) => ({
    kind: "order-book",
    instrument: `${asset}/USD`,
    layer: "made",
    bids: side("-", asset, share),
    asks: side("", asset, share),
    refill: "20 /h",
  });
  const volatility = of.volatility ?? 3;
  return {
    version: 1,
    name: `case-${index}`,
    book: {
      name: `case-${index}`,
      at: "2024-01-01T00:00:00Z",
      assets: Object.fromEntries(Object.entries(openingUsd).map(([symbol, usd]) => [symbol, { price: `${usd} USD` }])),
      instruments: {
        "ETH/USD": { asset: "ETH", quote: "USD" },
        "BTC/USD": { asset: "BTC", quote: "USD" },
        "DAI/USD": { asset: "DAI", quote: "USD" },
        ...of.instruments,
      },
      layers: { made: assumed },
      positions: { lender: { layer: "made", accounts }, ...of.positions },
      venues: {
        "eth-market": venue("ETH", 1),
        "btc-market": venue("BTC", 0.05),
        "dai-market": venue("DAI", 2000),
        ...of.venues,
      },
    },
    clock: { tick: `${of.tickMinutes ?? 1} min`, duration: `${(of.ticks ?? 240) * (of.tickMinutes ?? 1)} min` },
    prices: {
      wander: {
        kind: "brownian",
        calibrated: "net",
        assets: {
          ETH: {
            volatility: `${100 * volatility}%`,
            drift: "-10000%",
            jumps: { perYear: 4000, logMean: -0.01, logDeviation: 0.02 },
          },
          BTC: { volatility: `${80 * volatility}%`, drift: "-8000%" },
        },
      },
      spot: { kind: "spot-oracle" },
      ...of.prices,
    },
    pressure: { lender: of.lender, ...of.pressure },
    ...(of.guards === undefined ? {} : { guards: of.guards }),
  };
}

/** Its plan; throws with all problems where the case is not a valid scenario. */
export function lendingPlan(seed: number, index: number, of: LendingCase): Plan {
  return planOf(lendingScenario(seed, index, of));
}
