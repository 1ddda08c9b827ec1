import { type Plan, uniform } from "../../engine/src/index.js";
import { planOf } from "./generated-scenarios.js";

/** What a random scenario of a perpetual exchange may ask for. */
export interface PerpetualCase {
  /** The exchange as its author writes it: `{ protocol: "hyperliquid", ... }`. It is called `exchange` and trades ETH-PERP, quoted in USD, at the mark of `mark`. */
  readonly exchange: Readonly<Record<string, unknown>>;
  readonly accounts?: number;
  /** Notional over margin at the opening: from and to. */
  readonly leverage?: readonly [number, number];
  /** Notional of one position in dollars, as powers of ten: from and to. */
  readonly size?: readonly [number, number];
  /** Coins within 3 % of the middle, as powers of ten: from and to. */
  readonly depth?: readonly [number, number];
  /** Dollars of the insurance fund; null: the exchange has no key for it. */
  readonly fundUsd?: number | null;
  /** Decimals of a position's size in coins; 6 by default. */
  readonly sizeDecimals?: number;
  readonly ticks?: number;
  readonly tick?: string;
}

const assumed = {
  source: "made for the test",
  asOf: "2024-01-01T00:00:00Z",
  coverage: "everything there is",
  coverageShare: 1,
  basis: "assumed",
};

/** The random scenario of (seed, index): longs and shorts near their limits, a price that wanders and jumps either way, depth that a few of them exhaust. */
export function perpetualPlan(seed: number, index: number, of: PerpetualCase): Plan {
  let draws = 0;
  const random = () => uniform(seed, index, 0, 5, draws++);
  const between = (low: number, high: number) => low + (high - low) * random();
  const round = (value: number) => Number(value.toFixed(6));
  const [low, high] = of.leverage ?? [4, 45];
  const [small, large] = of.size ?? [3, 6.5];
  const rows = Array.from({ length: of.accounts ?? 14 }, (_, row) => {
    const notional = 10 ** between(small, large);
    const entry = round(between(1900, 2100));
    const side = random() < 0.5 ? 1 : -1;
    return [
      `a${row}`,
      side * Number((notional / entry).toFixed(of.sizeDecimals ?? 6)),
      entry,
      round(notional / between(low, high)),
    ];
  });
  const [thin, deep] = of.depth ?? [1, 3.2];
  const depth = 10 ** between(thin, deep);
  const levels = (sign: string) => [
    [`${sign}0.1%`, `${round(depth * 0.1)} ETH`],
    [`${sign}3%`, `${round(depth)} ETH`],
    [`${sign}30%`, `${round(depth * 4)} ETH`],
  ];
  const ticks = of.ticks ?? 240;
  const tick = of.tick ?? "1 min";
  const minutes = tick.endsWith("s") ? Number.parseFloat(tick) / 60 : Number.parseFloat(tick);
  const way = index % 2 === 0 ? -1 : 1;
  return planOf({
    version: 1,
    name: `case-${index}`,
    book: {
      name: `case-${index}`,
      at: "2024-01-01T00:00:00Z",
      assets: { ETH: { price: "2000 USD" }, USD: { price: "1 USD" } },
      instruments: {
        "ETH/USD": { asset: "ETH", quote: "USD" },
        "ETH-PERP": { asset: "ETH", quote: "USD", market: "perpetual" },
      },
      layers: { made: assumed },
      positions: { exchange: { layer: "made", columns: ["account", "size ETH", "entry USD", "margin USD"], rows } },
      venues: {
        perpetual: {
          kind: "order-book",
          instrument: "ETH-PERP",
          layer: "made",
          bids: levels("-"),
          asks: levels(""),
          refill: "40 /h",
        },
      },
    },
    clock: { tick, duration: `${ticks * minutes} min` },
    prices: {
      wander: {
        kind: "brownian",
        calibrated: "net",
        assets: {
          ETH: {
            volatility: "300%",
            drift: `${way * 4000}%`,
            jumps: { perYear: 9000, logMean: way * 0.008, logDeviation: 0.02 },
          },
        },
      },
      mark: { kind: "spot-oracle", venues: { perpetual: 1 } },
    },
    pressure: {
      exchange: {
        instrument: "ETH-PERP",
        oracle: "mark",
        ...(of.fundUsd === null ? {} : { insuranceFund: `${of.fundUsd ?? Math.floor(10 ** between(2, 5))} USD` }),
        ...of.exchange,
      },
    },
  });
}
