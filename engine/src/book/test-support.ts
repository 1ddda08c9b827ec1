import type { BookFile, SeriesFile } from "./writing.js";

/** A valid book that uses every part of the format, as its file; each call gives a new one to damage. */
export function sampleBookFile(): BookFile & Record<string, unknown> {
  return {
    version: 1,
    kind: "book",
    name: "sample",
    at: "2021-05-19T00:00:00Z",
    assets: { ETH: { price: "3375.69 USD" }, DAI: { unitDecimals: 6, price: "1 USD" }, WBTC: { price: "40000 USD" } },
    instruments: {
      "ETH/DAI": { asset: "ETH", quote: "DAI" },
      "ETH-PERP": { asset: "ETH", quote: "DAI", market: "perpetual", chain: "exchange" },
    },
    layers: {
      vaults: {
        source: "Maker vaults",
        asOf: "2021-05-19T00:00:00Z",
        coverage: "all of ETH-B",
        coverageShare: 0.01,
        basis: "measured",
      },
      quotes: { source: "DEX quotes", asOf: "2023-11-20", coverage: "one day", coverageShare: null, basis: "borrowed" },
    },
    positions: {
      "maker-eth-b": {
        layer: "vaults",
        columns: ["account", "collateral ETH", "debt DAI"],
        rows: [
          ["17608", 5426.58247, 11198770.03],
          ["19172", "2125.296757", "5476554.97 DAI"],
          [9, 0.5, 1000],
        ],
      },
      exchange: {
        layer: "vaults",
        columns: ["account", "size ETH", "margin DAI", "entry USD", "leverage x", "fee %", "held min"],
        rows: [
          ["long", 10, 5000, 3400, 6.8, 0.05, 10],
          ["short", -4, 3000, 3300, 4.4, "5 bps", "1 h"],
        ],
      },
      lending: {
        layer: "vaults",
        accounts: [
          { account: "a1", collateral: ["10 ETH", "1 WBTC"], debt: "15000 DAI" },
          { account: "a2", collateral: "3 ETH", debt: ["100 DAI"] },
        ],
      },
    },
    venues: {
      "dai-weth": {
        kind: "constant-product",
        instrument: "ETH/DAI",
        layer: "quotes",
        base: "23221.34635038 ETH",
        quote: "67923883.66277882 DAI",
        fee: "0.3%",
      },
      "wider-market": {
        kind: "order-book",
        instrument: "ETH/DAI",
        layer: "quotes",
        bids: [
          ["-0.05%", "0.3 ETH"],
          ["-10%", "6900 ETH"],
        ],
        asks: [["0.05%", "0.3 ETH"]],
        refill: "6 /h",
      },
    },
  };
}

/** A valid series with a table of each kind, as its file. */
export function sampleSeriesFile(): SeriesFile & Record<string, unknown> {
  return {
    version: 1,
    kind: "series",
    name: "sample",
    assets: { DAI: { unitDecimals: 2 } },
    layers: {
      chain: { source: "chain", asOf: "2021-05-19", coverage: "all", coverageShare: 1, basis: "measured" },
    },
    tables: {
      candles: {
        layer: "chain",
        asset: "ETH",
        interval: "10 min",
        columns: ["start", "open USD", "high USD", "low USD", "close USD", "volume ETH"],
        rows: [
          ["2021-05-19T00:10:00Z", 3370, 3380, 3360, 3365, 12.5],
          ["2021-05-19T00:00:00Z", 3375, 3376, 3369, 3370, 20],
        ],
      },
      prices: {
        layer: "chain",
        asset: "ETH",
        columns: ["time", "price USD"],
        rows: [
          [1618877679923, 2167.240265865905],
          ["2021-05-19T00:00:00.500Z", 2115],
        ],
      },
      gas: {
        layer: "chain",
        interval: "10 min",
        columns: ["start", "p30 gwei", "p100 gwei"],
        rows: [["2021-05-19T00:00:00Z", 30, 1500.25]],
      },
      reserves: {
        layer: "chain",
        venue: "dai-weth",
        columns: ["start", "base ETH", "quote DAI"],
        rows: [["2021-05-19T00:00:00Z", 23221.34635038, "67923883.66 DAI"]],
      },
      events: {
        layer: "chain",
        protocol: "maker-eth-b",
        columns: ["time", "block", "logIndex", "account", "kind", "amount", "asset"],
        rows: [
          ["2021-05-19T07:03:59Z", 12463369, 2, 23919, "liquidation", -7, "ETH"],
          ["2021-05-19T07:03:59Z", 12463369, 1, "23919", "repay", "15015.644565739", "DAI"],
        ],
      },
    },
  };
}
