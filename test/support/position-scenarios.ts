import { type Plan, uniform } from "../../engine/src/index.js";
import { planOf } from "./generated-scenarios.js";

/** What a random scenario of an exchange with its own position table may ask for. */
export interface PositionCase {
  /** The mechanism as its author writes it. It is called `exchange`, trades ETH-PERP and reads the mark of `mark`. */
  readonly exchange: Readonly<Record<string, unknown>>;
  readonly accounts?: number;
  readonly ticks?: number;
  /** Headings of size, entry and margins; sizes are in dollars where the heading's unit is USD, margins in coins where theirs is ETH. */
  readonly columns: readonly string[];
  /** Sizes are multiples of this. */
  readonly sizeStep?: number;
  /** Leverage from and to. */
  readonly leverage?: readonly [number, number];
  /** Coins within 3 % of the middle, from and to. */
  readonly depth?: readonly [number, number];
  /** Venues that the mark reads; the perpetual's own by default. */
  readonly fairMark?: boolean;
  readonly tick?: string;
}

const made = {
  source: "made for the test",
  asOf: "2024-01-01T00:00:00Z",
  coverage: "everything there is",
  coverageShare: 1,
  basis: "assumed",
};

/** The random scenario of (seed, index): longs and shorts on ETH near their limits around 2,000 dollars, a price that falls or rises with jumps, two books. */
export function positionPlan(seed: number, index: number, of: PositionCase): Plan {
  let draws = 0;
  const random = () => uniform(seed, index, 7, 4, draws++);
  const between = (low: number, high: number) => low + (high - low) * random();
  const round = (value: number) => Number(value.toFixed(6));
  const [sizeHeading, , ...margins] = of.columns;
  const inDollars = sizeHeading.endsWith("USD");
  const step = of.sizeStep ?? 0.001;
  const [low, high] = of.leverage ?? [3, 60];
  const rows = Array.from({ length: of.accounts ?? 14 }, (_, row) => {
    const dollars = 10 ** between(2.5, 6);
    const steps = Math.max(1, Math.round((inDollars ? dollars : dollars / 2000) / step));
    const size = round(steps * step) * (random() < 0.6 ? 1 : -1);
    const marginUsd = Math.abs(inDollars ? size : size * 2000) / between(low, high);
    const paid = Math.floor(random() * margins.length);
    const cells = margins.map((heading, place) =>
      place === paid ? round(marginUsd / (heading.endsWith("ETH") ? 2000 : 1)) : 0,
    );
    return [`a${row}`, size, round(2000 * between(0.96, 1.04)), ...cells];
  });
  const [thin, deep] = of.depth ?? [30, 3000];
  const depth = thin * 10 ** (Math.log10(deep / thin) * random());
  const levels = (sign: string) => [
    [`${sign}0.2%`, `${round(depth * 0.1)} ETH`],
    [`${sign}3%`, `${round(depth)} ETH`],
    [`${sign}40%`, `${round(depth * 4)} ETH`],
  ];
  const book = (instrument: string) => ({
    kind: "order-book",
    instrument,
    layer: "made",
    bids: levels("-"),
    asks: levels(""),
    refill: "20 /h",
  });
  const way = index % 2 === 0 ? -1 : 1;
  const tick = of.tick ?? "1 min";
  const seconds = Number.parseFloat(tick) * (tick.endsWith("min") ? 60 : 1);
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
      layers: { made },
      positions: { exchange: { layer: "made", columns: ["account", ...of.columns], rows } },
      venues: { spot: book("ETH/USD"), perpetual: book("ETH-PERP") },
    },
    clock: { tick, duration: `${seconds * (of.ticks ?? 240)} s` },
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
      mark: { kind: "spot-oracle", venues: { [of.fairMark === true ? "spot" : "perpetual"]: 1 } },
    },
    pressure: { exchange: { oracle: "mark", ...of.exchange } },
  });
}
