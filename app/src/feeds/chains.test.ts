import { parseBook } from "@firebreak/engine";
import { describe, expect, it } from "vitest";
import { importQuoteTable, newYorkMoment } from "./cboe-chain.js";
import { importDeribitChain } from "./deribit-chain.js";
import { chainBook } from "./option-chain.js";

const summaryHead =
  ",mid_price,estimated_delivery_price,creation_timestamp,base_currency,underlying_price,mark_price,open_interest,ask_price,bid_price,instrument_name";
const atMs = Date.UTC(2024, 0, 8, 11, 19, 41);
const summaryRow = (name: string, mark: string, open: string, bid = "", ask = "", forward = "2241.65") =>
  `0,,2222.19,${atMs},ETH,${forward},${mark},${open},${ask},${bid},${name}`;
const summary = (...rows: string[]) => `${[summaryHead, ...rows].join("\n")}\n`;
const question = { fileName: "eth_chain.csv" };

describe("importDeribitChain", () => {
  it("default: a book summary: volatilities from marks in coins, open interest, the index as price", () => {
    // Two contracts of the real summary of 8 January 2024.
    const { chain, symbol, refused } = importDeribitChain(
      summary(
        summaryRow("ETH-26JAN24-1200-P", "0.000853", "965.0", "0.0004", "0.001"),
        summaryRow("ETH-29MAR24-2000-C", "0.194", "74926.0", "", "", "2293.97"),
      ),
      question,
    );
    expect(refused).toEqual([]);
    expect([symbol, chain.spotUsd, chain.atMs]).toEqual(["ETH", 2222.19, atMs]);
    expect([...chain.openInterest]).toEqual([965, 74926]);
    expect(chain.expiryMs[0]).toBe(Date.UTC(2024, 0, 26, 8));
    expect(chain.volatility[0]).toBeCloseTo(1.2553, 4);
  });

  it("behavior: the book reads back: a row for every open contract, nobody's side in it, and what open interest does not say", () => {
    const imported = importDeribitChain(
      summary(summaryRow("ETH-26JAN24-1200-P", "0.000853", "965.0"), summaryRow("ETH-26JAN24-2200-C", "0.06", "0")),
      question,
    );
    const file = chainBook(imported, { name: "chain", source: "a test", venueWords: "one venue", basis: "measured" });
    expect(file.positions.options.columns[1]).toBe("open ETH");
    expect(file.positions.options.rows).toHaveLength(1);
    expect(file.layers.chain.coverage).toContain("the net position of dealers is not known");
    const parsed = parseBook(file);
    if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
    const column = (role: string) => parsed.book.positions[0].columns.find((one) => one.role === role)?.values[0];
    expect(column("open")).toBe(965e7);
    expect(column("expiryMs")).toBe(Date.UTC(2024, 0, 26, 8) - atMs);
    expect(column("volatilityShare")).toBeCloseTo(1.2553, 4);
  });

  it("error: each fault is told by line with its code, and left out", () => {
    const { chain, refused, byCode } = importDeribitChain(
      summary(
        summaryRow("ETH-26JAN24-2200-C", "0.06", "10", "0.07", "0.05"),
        summaryRow("ETH-26JAN24-2200-P", "0", "10"),
        summaryRow("ETH-5JAN24-2200-P", "0.01", "10"),
        summaryRow("ETH-26JAN24-1000-C", "0.4", "10"),
        summaryRow("ETH-26JAN24-2400-C", "0.03", "-1"),
        summaryRow("ETH-26JAN24-2500-C", "abc", "1"),
        summaryRow("ETH-31FEB24-2500-C", "0.02", "1"),
        summaryRow("ETH-26JAN24-2600-C", "0.012", "1"),
        summaryRow("ETH-26JAN24-2600-C", "0.012", "1"),
      ),
      question,
    );
    expect(chain.contracts).toEqual(["ETH-26JAN24-2600-C"]);
    expect(refused.map(({ rowNumber, reason }) => [rowNumber, /\(([a-z-]+)\)$/.exec(reason)?.[1]])).toEqual([
      [2, "quotes-crossed"],
      [3, "volatility-missing"],
      [4, "option-expired"],
      [5, "price-below-intrinsic"],
      [6, "open-interest-negative"],
      [7, "number-malformed"],
      [8, "row-unreadable"],
      [10, "contract-twice"],
    ]);
    expect([...byCode.values()].reduce((sum, one) => sum + one, 0)).toBe(8);
  });

  it("behavior: marks with volatilities: no open interest, the moment at which the two agree, forwards by parity", () => {
    // Deviations of 0.6 sqrt(t): the moment is 2024-05-24 19:15, three expiries.
    const rows = [
      ["2024-05-25 08:00:00", 3900, 4000],
      ["2024-05-31 08:00:00", 3900, 4000],
    ] as const;
    const told = 1716578100000;
    const cells = rows.flatMap(([maturity, ...strikes]) =>
      [...strikes, 3800, 4100, 3950].flatMap((strike) =>
        ["call", "put"].map((side) => {
          const years = (Date.parse(`${maturity.replace(" ", "T")}Z`) - told) / (365 * 86_400_000);
          return `${side},${strike}.0,2024-03-27 08:01:00,${maturity},${coinMark(side === "call", 3950, strike, 0.6, years)},0,60.0,3949.5`;
        }),
      ),
    );
    const text = `option_type,strike,creation,maturity,mark_price,last_price,mark_iv,index_price\n${cells.join("\n")}\n`;
    const { chain, notes, symbol } = importDeribitChain(text, { fileName: "eth_options_iv.csv" });
    expect([symbol, chain.hasOpenInterest, chain.count]).toEqual(["ETH", false, 20]);
    expect(chain.atMs).toBe(told);
    expect(notes.join(" ")).toContain('exposures need a column "open ETH"');
    expect(chain.forwardUsd[0]).toBeCloseTo(3950, 0);
    expect(importDeribitChain(text, { fileName: "x.csv", asset: "ETH", atMs: told - 1 }).chain.atMs).toBe(told - 1);
    expect(() => importDeribitChain(text, { fileName: "x.csv" })).toThrow("--asset");
  });

  it("error: rows with another time, another index, another currency, too much open or an impossible volatility are left out one by one", () => {
    const row = (name: string, spot: string, at: string, open = "10", iv = "60") =>
      `0,,${spot},${at},ETH,2241.65,0.03,${open},,,${name},${iv}`;
    const rows = [
      row("ETH-26JAN24-2200-P", "2222.19", `${atMs}`),
      row("ETH-26JAN24-2300-P", "2222.25", `${atMs + 60_000}`, "20"),
      row("ETH-26JAN24-2400-C", "2222.19", `${Date.UTC(2030, 0, 1)}`),
      row("ETH-26JAN24-2500-C", "2222.19", `${Math.floor(atMs / 1000)}`),
      row("ETH-26JAN24-2600-C", "-5", `${atMs}`),
      row("ETH-26JAN24-2700-C", "99999", `${atMs}`),
      row("ETH_USDC-26JAN24-2200-P", "2222.19", `${atMs}`),
      row("ETH-26JAN24-2800-C", "2222.19", `${atMs}`, "1e300"),
      row("ETH-26JAN24-2900-C", "2222.19", `${atMs}`, "10", "1e-9"),
      row("ETH-26JAN24-3000-C", "2222.19", `${atMs}`, "10", "1e30"),
    ];
    const { chain, refused } = importDeribitChain(`${summaryHead},mark_iv\n${rows.join("\n")}\n`, question);
    expect(chain.contracts).toEqual(["ETH-26JAN24-2200-P", "ETH-26JAN24-2300-P"]);
    // The latest of the times that belong together, the middle of the indices.
    expect([chain.atMs, chain.spotUsd]).toEqual([Math.floor((atMs + 60_000) / 1000) * 1000, 2222.19]);
    expect(refused.map(({ rowNumber, reason }) => [rowNumber, /\(([a-z-]+)\)$/.exec(reason)?.[1]])).toEqual([
      [4, "row-unreadable"],
      [5, "row-unreadable"],
      [6, "row-unreadable"],
      [7, "row-unreadable"],
      [8, "row-unreadable"],
      [9, "open-interest-too-large"],
      [10, "volatility-out-of-range"],
      [11, "volatility-out-of-range"],
    ]);
    expect(refused.every(({ reason }) => /^ETH(_USDC)?-26JAN24/.test(reason))).toBe(true);
    const seconds = summary(`0,,2222.19,${Math.floor(atMs / 1000)},ETH,2241.65,0.03,1,,,ETH-26JAN24-2200-P`);
    expect(() => importDeribitChain(seconds, question)).toThrow("in milliseconds since 1970");
  });

  it("error: a price of 0 in the money, also where the file gives a volatility; a column that is there twice", () => {
    const head = `${summaryHead},mark_iv`;
    const text = `${head}\n${summaryRow("ETH-26JAN24-1000-C", "0", "10")},60\n${summaryRow("ETH-26JAN24-2200-P", "0.03", "1")},60\n`;
    const { refused } = importDeribitChain(text, question);
    expect(refused.map(({ reason }) => reason)).toEqual([expect.stringContaining("(price-below-intrinsic)")]);
    expect(() => importDeribitChain(text.replace(/,mark_iv/, ",mark_iv,mark_iv"), question)).toThrow("more than once");
  });

  it("limit: 130,000 rows are read", () => {
    const rows = Array.from({ length: 130_000 }, (_, k) => summaryRow(`ETH-26JAN24-${2300 + k}-C`, "0.03", "1"));
    expect(importDeribitChain(`${summaryHead}\n${rows.join("\n")}\n`, question).chain.count).toBe(130_000);
  });

  it("error: a file that is no chain says which columns it lacks", () => {
    expect(() => importDeribitChain("a,b\n1,2\n", question)).toThrow(/lacks instrument_name/);
    expect(() => importDeribitChain(summary("x"), question)).toThrow(/no option understood/);
    const sound = summary(summaryRow("ETH-26JAN24-2200-P", "0.03", "1"));
    expect(() => importDeribitChain(sound, { ...question, asset: "BTC" })).toThrow("not on BTC: leave --asset out");
    expect(() => importDeribitChain(sound, { ...question, atMs: 0 })).toThrow("leave --at out");
    expect(importDeribitChain(sound, { ...question, asset: "ETH", atMs }).chain.count).toBe(1);
  });
});

/** A mark in coins, to four digits after the point as the file has it: Black (1976) with the error function of Abramowitz and Stegun, 7.1.26. */
function coinMark(isCall: boolean, forward: number, strike: number, volatility: number, years: number): string {
  const cdf = (x: number) => {
    const t = 1 / (1 + 0.3275911 * (Math.abs(x) / Math.SQRT2));
    const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    const tail = 0.5 * poly * Math.exp((-x * x) / 2);
    return x < 0 ? tail : 1 - tail;
  };
  const width = volatility * Math.sqrt(years);
  const d1 = Math.log(forward / strike) / width + width / 2;
  const call = cdf(d1) - (strike / forward) * cdf(d1 - width);
  return (isCall ? call : call - 1 + strike / forward).toFixed(6);
}

const quoteHead =
  "Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,Strike,Puts,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest";
const quoteRow = (strike: number, call: string, put: string, date = "Fri Jan 19 2024") =>
  `${date},SPX240119C0${strike}000,0,0,${call.replace(/ /g, ",")},${strike},SPX240119P0${strike}000,0,0,${put.replace(/ /g, ",")}`;
// Bid Ask Volume IV Delta Gamma OpenInterest
const quotes = (...rows: string[]) =>
  ["SPX (S&P 500 INDEX),4763.54,+66.30", "Jan 08 2024 @ 16:15 ET,Bid,4759.9,Ask,4767.1,Vol,0", quoteHead, ...rows].join(
    "\n",
  );

describe("importQuoteTable", () => {
  const row = quoteRow(4750, "62.1 62.9 10 0.1172 0.55 0.002 1520", "46.9 47.6 12 0.1181 -0.45 0.002 803");

  it("default: three header lines, calls left and puts right of the strike, contracts of 100", () => {
    const { chain, symbol, refused } = importQuoteTable(quotes(row), {});
    expect(refused).toEqual([]);
    expect([symbol, chain.spotUsd, chain.count]).toEqual(["SPX", 4763.54, 2]);
    expect(chain.atMs).toBe(Date.UTC(2024, 0, 8, 21, 15));
    expect(chain.expiryMs[0]).toBe(Date.UTC(2024, 0, 19, 21));
    expect([...chain.call]).toEqual([1, -1]);
    expect([...chain.openInterest]).toEqual([152_000, 80_300]);
    expect([...chain.volatility]).toEqual([0.1172, 0.1181]);
    expect(chain.contracts[1]).toBe("SPX240119P04750000");
  });

  it("error: zero volatility, crossed quotes, expired rows, strikes out of order, bad dates and short lines", () => {
    const { refused, chain } = importQuoteTable(
      quotes(
        quoteRow(4700, "90 91 1 0 1 0 10", "30 29 1 0.12 0 0 10"),
        quoteRow(4725, "80 81 1 0.12 1 0 10", "38 39 1 0.12 0 0 10"),
        quoteRow(4760, "55 56 1 0.12 1 0 10", "52 53 1 0.12 0 0 10"),
        row,
        quoteRow(4755, "59 60 1 0.12 1 0 10", "49 50 1 0.12 0 0 10"),
        quoteRow(4750, "62 63 1 0.12 1 0 10", "46 47 1 0.12 0 0 10", "Fri Jan 05 2024"),
        quoteRow(4760, "55 56 1 0.12 1 0 10", "52 53 1 0.12 0 0 10", "someday"),
        "Fri Jan 19 2024,SPX,1",
      ),
      {},
    );
    expect(refused.map(({ rowNumber, reason }) => [rowNumber, /\(([a-z-]+)\)$/.exec(reason)?.[1]])).toEqual([
      [4, "volatility-zero"],
      [4, "quotes-crossed"],
      [6, "strikes-out-of-order"],
      [6, "strikes-out-of-order"],
      [9, "option-expired"],
      [9, "option-expired"],
      [10, "row-unreadable"],
      [11, "row-unreadable"],
    ]);
    expect(chain.count).toBe(6);
  });

  it("behavior: contracts of one day that settle at the opening and at the close stand beside each other", () => {
    const later = quoteRow(4760, "55 56 1 0.12 1 0 10", "52 53 1 0.12 0 0 10");
    const weekly = (text: string) => text.replaceAll("SPX240119", "SPXW240119");
    const { refused, chain } = importQuoteTable(quotes(row, later, weekly(row), weekly(later)), {});
    expect(refused).toEqual([]);
    expect(chain.count).toBe(8);
    const twice = importQuoteTable(quotes(row, later, weekly(row), weekly(row)), {});
    expect(twice.refused.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^SPXW.*contract-twice/),
      expect.stringMatching(/^SPXW.*contract-twice/),
    ]);
  });

  it("error: more cells than heads; a name that cannot be printed is quoted", () => {
    const escaped = quoteRow(4760, "56 55 1 0.12 1 0 10", "52 53 1 0.12 0 0 10").replace("SPX240119C", "\u001b[31mX");
    const { refused } = importQuoteTable(quotes(row, `${row},9`, `${escaped},`), {});
    expect(refused.map(({ rowNumber }) => rowNumber)).toEqual([5, 6]);
    expect(refused[0].reason).toBe("23 cells where the heads are 22 (row-unreadable)");
    expect(refused[1].reason).toContain('"\\u001b[31mX04760000"');
  });

  it("limit: an expiry of 6,000 strikes near the money takes no longer than its rows", () => {
    const rows = Array.from({ length: 6000 }, (_, k) => {
      const strike = 4300 + k / 10;
      const [call, put] = [Math.max(0, 4763.54 - strike) + 30, Math.max(0, strike - 4763.54) + 30];
      return `Fri Jan 19 2024,C${k},0,0,${call},${call + 1},1,0.12,0,0,10,${strike},P${k},0,0,${put},${put + 1},1,0.12,0,0,10`;
    });
    const { chain } = importQuoteTable(quotes(...rows), {});
    expect([chain.count, chain.forwardUsd[0]]).toEqual([12_000, expect.closeTo(4763.54, 1)]);
  });

  it("error: heads in another order, a missing column, no date, no price", () => {
    const head = (change: (text: string) => string) => () => importQuoteTable(change(quotes(row)), {});
    expect(head((text) => text.replace("Calls", "Puts").replace("Strike,Puts", "Strike,Calls"))).toThrow("third line");
    expect(head((text) => text.replace(/IV/g, "Vola"))).toThrow('the calls have no column "iv"');
    expect(head((text) => text.replace("Jan 08 2024 @ 16:15 ET", "yesterday"))).toThrow("--at");
    expect(head((text) => text.replace("4763.54", "none"))).toThrow("no last price");
    expect(() => importQuoteTable("SPX,1\n", {})).toThrow("three header lines");
    // A name in words is no symbol, and its first letter is none either.
    expect(head((text) => text.replace("SPX (S&P 500 INDEX)", "S&P 500 INDEX"))).toThrow("--asset SPX");
  });

  it("behavior: moments in New York, winter and summer", () => {
    expect(newYorkMoment("Date: January 8, 2024 at 4:15 PM EST")).toBe(Date.UTC(2024, 0, 8, 21, 15));
    expect(newYorkMoment("Jul 01 2024 @ 09:45 ET")).toBe(Date.UTC(2024, 6, 1, 13, 45));
    expect(newYorkMoment("2024-03-10 16:00")).toBe(Date.UTC(2024, 2, 10, 20));
    expect(newYorkMoment("11/03/2024 16:00")).toBe(Date.UTC(2024, 10, 3, 21));
    expect(newYorkMoment("no day at 10:00")).toBeNull();
    expect(newYorkMoment("Feb 31 2024 10:00")).toBeNull();
  });
});
