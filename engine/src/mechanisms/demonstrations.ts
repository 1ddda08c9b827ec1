/** What a demonstration may change of the common small scenario. */
export interface SmallVariant {
  /** The market is a pool instead of an order book. */
  readonly pool?: boolean;
  readonly prices?: Readonly<Record<string, unknown>>;
  readonly liquidity?: Readonly<Record<string, unknown>>;
  readonly pressure?: Readonly<Record<string, unknown>>;
  readonly guards?: readonly unknown[];
  readonly clock?: Readonly<Record<string, unknown>>;
  readonly lasting?: string;
  readonly venues?: Readonly<Record<string, unknown>>;
  readonly instruments?: Readonly<Record<string, unknown>>;
  readonly positions?: Readonly<Record<string, unknown>>;
  /** Recorded series, written in place. */
  readonly series?: Readonly<Record<string, unknown>>;
}

/**
 * The smallest scenario in which something happens, as its author would write it: ETH falls 30 % within an hour, three accounts owe USD against ETH at a
 * lender called `lender`, and a market called `market` absorbs. Demonstrations and tests change parts of it.
 */
export function oneAccountFalls(variant: SmallVariant = {}): unknown {
  const assumed = {
    source: "made for the demonstration",
    asOf: "2024-01-01T00:00:00Z",
    coverage: "everything there is",
    coverageShare: 1,
    basis: "assumed",
  };
  return {
    version: 1,
    name: "one-account-falls",
    book: {
      name: "one-account-falls",
      at: "2024-01-01T00:00:00Z",
      assets: { ETH: { price: "2000 USD" }, USD: { price: "1 USD" } },
      instruments: { "ETH/USD": { asset: "ETH", quote: "USD" }, ...variant.instruments },
      layers: { made: assumed },
      positions: {
        lender: {
          layer: "made",
          accounts: [
            { account: "1", collateral: "100 ETH", debt: "150000 USD" },
            { account: "2", collateral: "100 ETH", debt: "120000 USD" },
            { account: "3", collateral: "100 ETH", debt: "40000 USD" },
          ],
        },
        ...variant.positions,
      },
      venues: {
        market:
          variant.pool === true
            ? {
                kind: "constant-product",
                instrument: "ETH/USD",
                layer: "made",
                base: "5000 ETH",
                quote: "10000000 USD",
                fee: "0.3%",
              }
            : {
                kind: "order-book",
                instrument: "ETH/USD",
                layer: "made",
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
              },
        ...variant.venues,
      },
    },
    ...(variant.series === undefined ? {} : { series: variant.series }),
    clock: { tick: "5 min", duration: "2 h", ...variant.clock },
    ...(variant.lasting === undefined ? {} : { lasting: variant.lasting }),
    prices: {
      shock: { kind: "line", moves: { ETH: "-30%" }, over: "1 h" },
      spot: { kind: "spot-oracle" },
      ...variant.prices,
    },
    ...(variant.liquidity === undefined ? {} : { liquidity: variant.liquidity }),
    pressure: {
      lender: { kind: "lending", threshold: { ETH: "85%" }, bonus: { ETH: "5%" } },
      ...variant.pressure,
    },
    ...(variant.guards === undefined ? {} : { guards: variant.guards }),
  };
}
