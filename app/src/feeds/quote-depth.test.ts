import { describe, expect, it } from "vitest";
import { curveAverage, median, quoteDepth } from "./quote-depth.js";
import { importQuotes, type Quote, tokens } from "./quotes.js";

const pair = { base: tokens.weth, quote: tokens.usdc };

/** Quotes on a market whose marginal price is exp(-size / 10,000) of 2,000, in runs an hour apart with the price moved. */
function smoothQuotes(
  side: "sell" | "buy",
  bend = (size: number, price: number) => (size > 0 ? price : price),
): Quote[] {
  const quotes: Quote[] = [];
  for (let run = 0; run < 6; run++) {
    for (let step = 0; step < 20; step++) {
      const size = 0.4 * 10 ** (step * 0.25);
      const sign = side === "sell" ? -1 : 1;
      const average = bend(
        size,
        (Math.expm1((sign * size) / 10_000) / ((sign * size) / 10_000)) * 2000 * (1 + run / 100),
      );
      const time = run * 3_600_000 + step * 1000;
      const base = { amount: size * 1e18, address: tokens.weth.address };
      const quote = { amount: size * average * 1e6, address: tokens.usdc.address };
      const [sent, received] = side === "sell" ? [base, quote] : [quote, base];
      quotes.push({
        source: sent.address,
        destination: received.address,
        amountIn: sent.amount,
        amountOut: received.amount,
        timeMs: time,
      });
    }
  }
  return quotes;
}

describe("quote depth", () => {
  it("default: the marginal curve of a smooth market is found from average prices", () => {
    const depth = quoteDepth(smoothQuotes("sell"), pair, "sell");
    expect([depth.quoteCount, depth.runCount]).toEqual([120, 6]);
    for (const level of depth.levels.slice(0, -1)) {
      expect(Math.abs(level.relativePrice / Math.exp(-level.units / 10_000) - 1)).toBeLessThan(0.03);
    }
    expect(depth.averageError).toBeLessThan(0.02);
  });
  it("behavior: buying is counted in the asset received and rises", () => {
    const { levels } = quoteDepth(smoothQuotes("buy"), pair, "buy");
    expect(levels.length).toBeGreaterThan(5);
    levels.forEach((level, index) => {
      expect(level.relativePrice).toBeGreaterThan(levels[index - 1]?.relativePrice ?? 1);
      expect(level.units).toBeGreaterThan(levels[index - 1]?.units ?? 0);
    });
  });
  it("behavior: a size whose route was worse than a mix of its neighbours is dropped and named", () => {
    const bent = quoteDepth(
      smoothQuotes("sell", (size, price) => (size > 60 && size < 80 ? price * 0.98 : price)),
      pair,
      "sell",
    );
    expect(
      bent.dropped.some((point) => point.size > 60 && point.size < 80 && point.reason.startsWith("not monotone")),
    ).toBe(true);
    bent.levels.forEach((level, index) => {
      expect(level.relativePrice).toBeLessThan(bent.levels[index - 1]?.relativePrice ?? 1);
    });
  });
  it("behavior: sizes from which on selling brings nothing are left out", () => {
    const capped = quoteDepth(
      smoothQuotes("sell", (size, price) => Math.min(price, 4_000_000 / size)),
      pair,
      "sell",
    );
    expect(capped.dropped.some((point) => point.reason.startsWith("exhausted"))).toBe(true);
    expect(capped.levels.every((level) => level.relativePrice > 0)).toBe(true);
  });
  it("limit: fewer than five quotes of a size are not pooled", () => {
    const few = quoteDepth(smoothQuotes("sell").slice(0, 80), pair, "sell");
    expect(few.levels).toEqual([]);
    expect(few.dropped.every((point) => point.reason === "fewer than 5 quotes")).toBe(true);
  });
  it("behavior: the average of a flat curve is its price", () => {
    expect(curveAverage([{ relativePrice: 1, units: 10 }], 5)).toBe(1);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
});

describe("quotes", () => {
  it("error: addresses, amounts and times that are none are refused", () => {
    const good = `${tokens.weth.address},${tokens.usdc.address}`;
    const text = `src,dst,in_amount,out_amount,price,price_impact,timestamp\n${good},6e17,1202995168.0,2004,0,1700439384\nx,${tokens.usdc.address},1,1,1,0,1700439384\n${good},0,1,1,0,1700439384\n${good},1,-1,1,0,1700439384\n${good},1,1,1,0,soon\n`;
    const { rows, refused } = importQuotes(text);
    expect(rows).toHaveLength(1);
    expect(refused.map((row) => row.reason)).toEqual([
      "src is no address",
      "in_amount is not above 0",
      "out_amount is not above 0",
      "timestamp is no time in seconds",
    ]);
  });
});
