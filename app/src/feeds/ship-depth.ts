import type { L2Depth } from "./l2-depth.js";
import type { RefillRate } from "./l2-refill.js";
import type { BookFile, LayerFile, LevelFile, OrderBookFile } from "./our-format.js";
import { type CurveLevel, type QuoteDepth, quoteDepth } from "./quote-depth.js";
import { type Quote, tokens } from "./quotes.js";
import { utcText } from "./utc-time.js";

/** A depth curve in the shipped form, with what it rests on. */
export interface DepthFile {
  readonly layer: LayerFile;
  readonly curve: Pick<OrderBookFile, "bids" | "asks" | "refill">;
}

const quotesSource =
  "xenophonlabs/crvUSDrisk, commit 7d17fa798e908e1032e4ee432ff14667f284febe, MIT: 1inch executable quotes by size";
const l2Source =
  "nkaz001/hftbacktest, commit 5f3ec40b2afb764e0fea112f941ed85523ef4e88, MIT: Binance ETHUSDT perpetual, raw feed";

/** The wider market's depth of one asset: quotes of 2023-11-20 against USDC over all routes of an aggregator, with the refill of another market. */
export function widerMarketDepth(
  quotes: readonly Quote[],
  token: keyof typeof tokens,
  asset: string,
  refill: RefillRate,
): DepthFile {
  const pair = { base: tokens[token], quote: tokens.usdc };
  const sell = quoteDepth(quotes, pair, "sell");
  const buy = quoteDepth(quotes, pair, "buy");
  return {
    layer: {
      source: `${quotesSource}; refill: ${l2Source}`,
      asOf: "2023-11-20T00:00:00Z",
      coverage: [
        `${asset} against USDC over all routes of one aggregator on Ethereum on 2023-11-20: another date, and USDC for the debt asset; centralised exchanges are not in it`,
        `median of the day by size; ${curveWords("sold", sell)}; ${curveWords("bought", buy)}`,
        "prices relative to the best small size: half the spread is not in the curve",
        `the refill is borrowed from another market, a calm-minutes measure: ${refillWords(refill)}. It is what happens within 0.05 % of the price, not at -10 %, and no crisis refill: scenarios put a multiplier on it`,
      ].join(". "),
      coverageShare: null,
      basis: "borrowed",
    },
    curve: { bids: levelRows(sell.levels, asset), asks: levelRows(buy.levels, asset), refill: refillText(refill) },
  };
}

function curveWords(verb: string, depth: QuoteDepth): string {
  const error = (depth.averageError * 100).toFixed(2);
  return `${verb}: ${depth.quoteCount} quotes in ${depth.runCount} runs, ${depth.levels.length} of ${depth.points.length} sizes kept (others off the concave envelope, or fewer than five quotes), average prices met within ${error} %`;
}

function refillText(refill: RefillRate): string {
  return `${Math.round(refill.perHour)} /h`;
}

/** The rate and its interval in words. */
export function refillWords(refill: RefillRate): string {
  const [low, high] = refill.band.map((rate) => Math.round(rate));
  return `${Math.round(refill.perHour)} an hour, 95 % interval ${low} to ${high}, from ${refill.episodeCount} episodes of at least 20 ETH in 345 s of 2024-08-08 on the Binance ETHUSDT perpetual`;
}

/** Levels as they stand in a book: `["-0.0424%", "141.0606 ETH"]`, amounts cut to 4 places; a level that the cut makes equal to the one before is left out. */
export function levelRows(levels: readonly CurveLevel[], asset: string): LevelFile[] {
  const rows: LevelFile[] = [];
  for (const level of levels) {
    const percent = Number(((level.relativePrice - 1) * 100).toFixed(5));
    const amount = Math.floor(level.units * 1e4) / 1e4;
    const row: LevelFile = [`${percent}%`, `${amount} ${asset}`];
    const before = rows[rows.length - 1];
    if (percent !== 0 && amount > 0 && before?.[0] !== row[0] && before?.[1] !== row[1]) rows.push(row);
  }
  return rows;
}

/** The Binance ETHUSDT perpetual of 2024-08-08 as a book of its own: depth and refill measured on the same feed. */
export function perpetualBook(depth: L2Depth, refill: RefillRate, matchWords: string, atMs: number): BookFile {
  const at = utcText(atMs);
  return {
    version: 1,
    kind: "book",
    name: "binance-ethusdt-perp-2024-08-08",
    at,
    assets: {
      ETH: { unitDecimals: 7, price: `${depth.middle} USD` },
      USDT: { unitDecimals: 6, price: "1 USD" },
    },
    instruments: { "ETH/USDT-PERP": { asset: "ETH", quote: "USDT", market: "perpetual", chain: "binance" } },
    layers: {
      binance: {
        source: l2Source,
        asOf: at,
        coverage: [
          `one perpetual of one exchange; median of ${depth.momentCount} moments a second apart, resting volume within 0.01 to 0.35 % of the middle price (a snapshot covers 0.49 %)`,
          matchWords,
          `refill measured in calm minutes, three days after a crash: ${refillWords(refill)}; volume missing within 0.05 % of the price before a run of trades, fitted as exp(-rate t) over 0.25 to 20 s; lasting moves count as missing, so the rate is on the slow side`,
          "USDT is taken as 1 USD",
        ].join(". "),
        coverageShare: null,
        basis: "measured",
      },
    },
    positions: {},
    venues: {
      "binance-ethusdt-perp": {
        kind: "order-book",
        instrument: "ETH/USDT-PERP",
        layer: "binance",
        bids: levelRows(depth.bids, "ETH"),
        asks: levelRows(depth.asks, "ETH"),
        refill: refillText(refill),
      },
    },
  };
}
