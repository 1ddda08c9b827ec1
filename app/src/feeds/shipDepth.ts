import type { LayerFile, LevelFile, OrderBookFile } from "./ourFormat.js";
import { type CurveLevel, type QuoteDepth, quoteDepth } from "./quoteDepth.js";
import { type Quote, tokens } from "./quotes.js";

/** A depth curve in the shipped form, with what it rests on. */
export interface DepthFile {
  readonly layer: LayerFile;
  readonly curve: Pick<OrderBookFile, "bids" | "asks" | "refill">;
}

/** A refill rate with its interval, per hour, and the words that say how it was measured. */
export interface RefillFigure {
  readonly perHour: number;
  readonly words: string;
}

/** The wider market's depth for the Maker books: WETH/USDC quotes of 2023-11-20 over all routes of an aggregator. */
export function widerMarketDepth(quotes: readonly Quote[], refill: RefillFigure): DepthFile {
  const sell = quoteDepth(quotes, { base: tokens.weth, quote: tokens.usdc }, "sell");
  const buy = quoteDepth(quotes, { base: tokens.weth, quote: tokens.usdc }, "buy");
  return {
    layer: {
      source:
        "xenophonlabs/crvUSDrisk, commit 7d17fa798e908e1032e4ee432ff14667f284febe, MIT: 1inch executable quotes; refill from nkaz001/hftbacktest, commit 5f3ec40b2afb764e0fea112f941ed85523ef4e88, MIT: Binance ETHUSDT perpetual",
      asOf: "2023-11-20T00:00:00Z",
      coverage: `WETH/USDC over all routes of one aggregator on Ethereum on 2023-11-20 (another year, USDC for DAI; centralised exchanges not included), ${curveWords("selling", sell)}; ${curveWords("buying", buy)}; prices relative to the best small size, half the spread not included. ${refill.words}`,
      coverageShare: null,
      basis: "borrowed",
    },
    curve: { bids: levelRows(sell.levels, "ETH"), asks: levelRows(buy.levels, "ETH"), refill: `${refill.perHour} /h` },
  };
}

function curveWords(verb: string, depth: QuoteDepth): string {
  return `${verb}: ${depth.quoteCount} quotes in ${depth.runCount} runs, ${depth.levels.length} of ${depth.points.length} sizes kept (the others lie off the envelope or have fewer than five quotes), average prices reproduced within ${(depth.averageError * 100).toFixed(2)} %`;
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
