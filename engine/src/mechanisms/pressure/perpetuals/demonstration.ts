import { oneAccountFalls, type SmallVariant } from "../../demonstrations.js";

/** What a test may change of the small perpetual exchange. */
export interface ExchangeVariant {
  readonly exchange?: Readonly<Record<string, unknown>>;
  /** Share of the depth that the demonstration's book has. */
  readonly columns?: readonly string[];
  readonly rows?: readonly (readonly (string | number)[])[];
  readonly levels?: { readonly bids: readonly unknown[]; readonly asks: readonly unknown[]; readonly refill: string };
  readonly small?: SmallVariant;
}

/** Terms of the exchange that has no name; a named one writes its own. */
const genericTerms = {
  kind: "perpetuals",
  tiers: [
    { from: "0 USD", maintenance: "1%" },
    { from: "100000 USD", maintenance: "2%" },
  ],
  fee: "0.5%",
  insuranceFund: "1000 USD",
};

/** The small scenario with a perpetual exchange called `exchange` beside the lender: four longs and three shorts, and a book of its own. */
export function longsAndShorts(variant: ExchangeVariant = {}): unknown {
  const { small = {} } = variant;
  return oneAccountFalls({
    ...small,
    prices: {
      mark: { kind: "spot-oracle", venues: { "perp-market": 1 } },
      spot: { kind: "spot-oracle", venues: { market: 1 } },
      ...small.prices,
    },
    instruments: { "ETH/USD-PERP": { asset: "ETH", quote: "USD", market: "perpetual" }, ...small.instruments },
    venues: {
      "perp-market": {
        kind: "order-book",
        instrument: "ETH/USD-PERP",
        layer: "made",
        ...(variant.levels ?? {
          bids: [
            ["-1%", "200 ETH"],
            ["-10%", "1000 ETH"],
            ["-50%", "4000 ETH"],
          ],
          asks: [
            ["1%", "200 ETH"],
            ["10%", "1000 ETH"],
            ["50%", "4000 ETH"],
          ],
          refill: "1 /h",
        }),
      },
      ...small.venues,
    },
    positions: {
      exchange: {
        layer: "made",
        columns: variant.columns ?? ["account", "size ETH", "entry USD", "margin USD"],
        rows: variant.rows ?? [
          ["long-20x", 100, 2000, 10000],
          ["long-10x", 100, 2000, 20000],
          ["long-5x", 100, 2000, 40000],
          ["long-1x", 100, 2000, 200000],
          ["short-2x", -100, 2100, 100000],
          ["short-5x", -100, 2000, 40000],
          ["short-20x", -50, 1950, 10000],
        ],
      },
      ...small.positions,
    },
    pressure: {
      exchange: {
        instrument: "ETH/USD-PERP",
        oracle: "mark",
        ...(variant.exchange?.protocol === undefined ? genericTerms : {}),
        ...variant.exchange,
      },
      ...small.pressure,
    },
  });
}
