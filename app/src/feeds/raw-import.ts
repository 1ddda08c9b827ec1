import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { type Candle, importFifteenMinuteCandles, importTenMinuteCandles } from "./candles.js";
import { importChainFile } from "./chain-file.js";
import { type ImportedCrvusd, importCrvusd } from "./crvusd.js";
import { importGas } from "./gas.js";
import { importHourlyPrices } from "./hourly-prices.js";
import { type RefusedInFile, readMakerDay } from "./maker-day.js";
import type { BookFile, LayerFile, SeriesFile, SeriesTableFile } from "./our-format.js";
import { measureFeed } from "./perpetual-feed.js";
import { quoteDepth } from "./quote-depth.js";
import { importQuotes, tokens } from "./quotes.js";
import type { RefusedRow } from "./refused-row.js";
import { importReserves, pacificMidnight } from "./reserves.js";
import { crvusdBook } from "./ship-crvusd.js";
import { levelRows, perpetualBook, refillWords } from "./ship-depth.js";
import { feeWords, makerBook, makerSeries, termsWords, totalWords } from "./ship-maker.js";
import { utcText } from "./utc-time.js";

/** The raw sets that can be imported: what each reads, and an example. */
export const rawKinds = {
  "maker-vaults": {
    reads: "positions_<day>.csv with its siblings in the same folder",
    gives: "book",
    example: "firebreak import maker-vaults raw/positions_2021-05-19.csv",
  },
  "maker-events": {
    reads: "positions_<day>.csv with its siblings in the same folder",
    gives: "series",
    example: "firebreak import maker-events raw/positions_2021-05-19.csv",
  },
  crvusd: {
    reads: "pool_metadata_<market>.json, one or more",
    gives: "book",
    example: "firebreak import crvusd raw/pool_metadata_*.json",
  },
  "dex-quotes": {
    reads: "quotes.csv of executable quotes",
    gives: "book",
    example: "firebreak import dex-quotes raw/quotes.csv",
  },
  "binance-l2": {
    reads: "a raw feed, `<local ns> <json>` lines, gzip or plain",
    gives: "book",
    example: "firebreak import binance-l2 raw/usdm_ethusdt_20240808.gz",
  },
  "candles-10m": {
    reads: "a JSON list of ten-minute bars",
    gives: "series",
    example: "firebreak import candles-10m raw/eth/05-19-2021.json",
  },
  "candles-15m": {
    reads: "a CSV of 15-minute bars",
    gives: "series",
    example: "firebreak import candles-15m raw/ethusdt-perp-15m-2020-03-12.csv",
  },
  "prices-hourly": {
    reads: "a CSV timestamp_ms,price_usd",
    gives: "series",
    example: "firebreak import prices-hourly raw/eth_usd_hourly.csv",
  },
  gas: {
    reads: "a JSON table of gas percentiles in wei",
    gives: "series",
    example: "firebreak import gas raw/gas/05-19-2021.json",
  },
  "deribit-chain": {
    reads:
      "a CSV of Deribit's options of one asset: a book summary (with open interest), or marks with their volatility",
    gives: "book",
    example: "firebreak import deribit-chain raw/eth_options_oi_2024-01-08.csv --out chain.json",
  },
  "cboe-chain": {
    reads: "a quote table with three header lines, calls left of the strike, puts right of it",
    gives: "book",
    example: "firebreak import cboe-chain raw/spx_quotedata.csv --out chain.json",
  },
  reserves: {
    reads: "a JSON list of pool reserves named MM-DD-YYYY.json",
    gives: "series",
    example: "firebreak import reserves raw/eth_dai_liquidity/05-19-2021.json",
  },
} as const;

/** The name of a raw set. */
export type RawKind = keyof typeof rawKinds;

/** What a raw import gives. */
export interface RawImport {
  readonly file: BookFile | SeriesFile;
  readonly refused: readonly RefusedInFile[];
  /** What was measured or noticed on the way, one sentence each. */
  readonly notes: readonly string[];
}

/** What an import may be told beside its files. */
export interface RawQuestion {
  /** The asset of candles, prices and chains where the file does not say (candles and prices: by default BTC where the file's name says so, else ETH). */
  readonly asset?: string;
  /** Chains: the moment at which the file was recorded, milliseconds since 1970, where it does not say. */
  readonly atMs?: number;
}

/** Whether `text` names a raw set. */
export function isRawKind(text: string): text is RawKind {
  return Object.hasOwn(rawKinds, text);
}

/**
 * Reads a raw set from files into a book or a series. Throws `Error` where a file is missing or nothing in it can be understood.
 */
export function importRaw(kind: RawKind, paths: readonly string[], question: RawQuestion = {}): RawImport {
  const { asset } = question;
  const path = paths[0];
  if (path === undefined) throw new Error(`${kind} needs a path: ${rawKinds[kind].reads}`);
  if (kind === "crvusd") return crvusd(paths);
  if (paths.length > 1) throw new Error(`${kind} reads one path, not ${paths.length}`);
  if (kind === "maker-vaults" || kind === "maker-events") return maker(kind, path);
  if (kind === "dex-quotes") return dexQuotes(path);
  if (kind === "binance-l2") return binance(path);
  if (kind === "deribit-chain" || kind === "cboe-chain") return importChainFile(kind, path, question);
  return series(kind, path, asset ?? (/btc/i.test(basename(path)) ? "BTC" : "ETH"));
}

function maker(kind: "maker-vaults" | "maker-events", path: string): RawImport {
  const name = /^positions_(\d{4}-\d{2}-\d{2})\.csv$/.exec(basename(path));
  if (name === null) throw new Error(`${basename(path)} is not named positions_<day>.csv`);
  const { day, refused } = readMakerDay(dirname(path), null, name[1]);
  const notes = [
    `${day.vaults.length} vaults, ${day.events.length} event rows in five days`,
    `terms: ${termsWords(day.terms)}`,
    `debts: ${feeWords(day.fees)}`,
    totalWords(day.total),
  ];
  return { file: kind === "maker-vaults" ? makerBook(day, null) : makerSeries(day), refused, notes };
}

function crvusd(paths: readonly string[]): RawImport {
  const markets: ImportedCrvusd[] = [];
  const refused: RefusedInFile[] = [];
  for (const path of paths) {
    const imported = importCrvusd(readFileSync(path, "utf8"));
    refused.push(...inFile(path, imported.refused));
    if (imported.market !== null) markets.push(imported);
  }
  if (markets.length === 0) throw new Error(`no market understood: ${refused[0]?.reason ?? "empty"}`);
  const notes = markets.map(({ market, rows }) => `${market?.symbol}: ${rows.length} borrowers`);
  return { file: crvusdBook(markets, {}), refused, notes };
}

function dexQuotes(path: string): RawImport {
  const imported = importQuotes(readFileSync(path, "utf8"));
  const pair = { base: tokens.weth, quote: tokens.usdc };
  const sell = quoteDepth(imported.rows, pair, "sell");
  const buy = quoteDepth(imported.rows, pair, "buy");
  if (sell.levels.length === 0) throw new Error(`no WETH/USDC quotes in ${basename(path)}`);
  const times = imported.rows.map((quote) => quote.timeMs);
  const at = utcText(times.reduce((least, time) => Math.min(least, time)));
  const first = imported.rows.find(
    (quote) => quote.source === tokens.weth.address && quote.destination === tokens.usdc.address,
  );
  const price = first === undefined ? 0 : (first.amountOut / first.amountIn) * 1e12;
  return {
    file: {
      version: 1,
      kind: "book",
      name: "dex-quotes-weth-usdc",
      at,
      assets: {
        WETH: { unitDecimals: 7, price: `${price.toFixed(6)} USD` },
        USDC: { unitDecimals: 6, price: "1 USD" },
      },
      instruments: { "WETH/USDC": { asset: "WETH", quote: "USDC", market: "spot", chain: "ethereum" } },
      layers: {
        quotes: fileLayer(path, at, `${sell.quoteCount} quotes selling and ${buy.quoteCount} buying, median by size`),
      },
      positions: {},
      venues: {
        quotes: {
          kind: "order-book",
          instrument: "WETH/USDC",
          layer: "quotes",
          bids: levelRows(sell.levels, "WETH"),
          asks: levelRows(buy.levels, "WETH"),
          refill: "0 /h",
        },
      },
    },
    refused: inFile(path, imported.refused),
    notes: [
      ...sell.dropped.map((point) => `selling ${point.size.toFixed(4)} WETH left out: ${point.reason}`),
      ...buy.dropped.map((point) => `buying ${point.size.toFixed(4)} WETH left out: ${point.reason}`),
    ],
  };
}

function binance(path: string): RawImport {
  const feed = measureFeed(path);
  const refill = feed.refill ?? {
    perHour: 0,
    band: [0, 0] as const,
    episodeCount: 0,
    clusterCount: 0,
    missingShare: [],
  };
  const notes = [
    feed.matchWords,
    feed.refill === null ? "no episode to measure a refill on: 0 an hour" : `refill: ${refillWords(feed.refill)}`,
  ];
  return {
    file: perpetualBook(feed.depth, refill, feed.matchWords, feed.atMs),
    refused: inFile(path, feed.replay.refused),
    notes,
  };
}

function series(
  kind: Exclude<
    RawKind,
    "maker-vaults" | "maker-events" | "crvusd" | "dex-quotes" | "binance-l2" | "deribit-chain" | "cboe-chain"
  >,
  path: string,
  asset: string,
): RawImport {
  const text = readFileSync(path, "utf8");
  const { name, table, refused } = seriesTable(kind, path, text, asset);
  const first = table.rows[0]?.[0];
  if (first === undefined)
    throw new Error(`no row understood in ${basename(path)}: ${refused[0]?.reason ?? "it is empty"}`);
  const layers = {
    [name]: fileLayer(path, String(first), `${table.rows.length} rows taken, ${refused.length} refused`),
  };
  return {
    file: {
      version: 1,
      kind: "series",
      name: basename(path).replace(/\.[a-z]+$/, ""),
      layers,
      tables: { [name]: table },
    },
    refused: inFile(path, refused),
    notes: [`${table.rows.length} rows`],
  };
}

interface Table {
  readonly name: string;
  readonly table: SeriesTableFile;
  readonly refused: readonly RefusedRow[];
}

function seriesTable(
  kind: "candles-10m" | "candles-15m" | "prices-hourly" | "gas" | "reserves",
  path: string,
  text: string,
  asset: string,
): Table {
  switch (kind) {
    case "candles-10m": {
      const { rows, refused } = importTenMinuteCandles(text);
      return { name: "candles", table: candleTable(rows, asset, "10 min"), refused };
    }
    case "candles-15m": {
      const { rows, refused } = importFifteenMinuteCandles(text);
      return { name: "candles", table: candleTable(rows, asset, "15 min"), refused };
    }
    case "prices-hourly": {
      const { rows, refused } = importHourlyPrices(text);
      const cells = rows.map((row) => [utcText(row.timeMs), Number(row.priceUsd)]);
      return {
        name: "prices",
        table: { layer: "prices", asset, columns: ["time", "price USD"], rows: cells },
        refused,
      };
    }
    case "gas": {
      const { rows, refused } = importGas(text);
      const cells = rows.map((row) => [
        utcText(row.startMs),
        ...[row.p30Gwei, row.p60Gwei, row.p90Gwei, row.p100Gwei].map(Number),
      ]);
      return {
        name: "gas",
        table: {
          layer: "gas",
          interval: "10 min",
          columns: ["start", "p30 gwei", "p60 gwei", "p90 gwei", "p100 gwei"],
          rows: cells,
        },
        refused,
      };
    }
    case "reserves": {
      const name = /^(\d{2})-(\d{2})-(\d{4})\.json$/.exec(basename(path));
      if (name === null) throw new Error("reserves carry no times: the file must be named MM-DD-YYYY.json");
      const { rows, refused } = importReserves(text, pacificMidnight(Date.UTC(+name[3], +name[1] - 1, +name[2])));
      const cells = rows.map((row) => [utcText(row.startMs), Number(row.baseEth), Number(row.quoteDai)]);
      return {
        name: "reserves",
        table: {
          layer: "reserves",
          venue: "dai-weth",
          interval: "10 min",
          columns: ["start", "base ETH", "quote DAI"],
          rows: cells,
        },
        refused,
      };
    }
  }
}

function candleTable(rows: readonly Candle[], asset: string, interval: string): SeriesTableFile {
  return {
    layer: "candles",
    asset,
    interval,
    columns: ["start", "open USD", "high USD", "low USD", "close USD"],
    rows: rows.map((row) => [utcText(row.startMs), ...[row.open, row.high, row.low, row.close].map(Number)]),
  };
}

function fileLayer(path: string, asOf: string, coverage: string): LayerFile {
  return { source: `file ${basename(path)}`, asOf, coverage, coverageShare: null, basis: "measured" };
}

function inFile(path: string, refused: readonly RefusedRow[]): RefusedInFile[] {
  return refused.map((row) => ({ ...row, file: basename(path) }));
}
