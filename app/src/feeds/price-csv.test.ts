import { describe, expect, it } from "vitest";
import { readPriceCsv } from "./price-csv.js";

const reasons = (text: string) => readPriceCsv(text).refused.map(({ rowNumber, reason }) => [rowNumber, reason]);

describe("readPriceCsv", () => {
  it("default: candles with their dates, whatever the case of the header and whatever else is there", () => {
    const { table, refused } = readPriceCsv(
      "Date,Open,High,Low,Close,Volume\n1987-10-16,298,298.9,281.5,282.7,338500000\n",
    );
    expect(refused).toEqual([]);
    expect(table).toEqual({
      timesMs: [Date.UTC(1987, 9, 16)],
      candles: { open: [298], high: [298.9], low: [281.5], close: [282.7] },
      closes: [282.7],
      returns: null,
    });
  });

  it("behavior: prices alone, and returns in per cent without dates", () => {
    expect(readPriceCsv("rownames,date,value\n1,1987-10-16,2246.73\n").table).toMatchObject({
      candles: null,
      closes: [2246.73],
    });
    expect(readPriceCsv("return_percent\n0.5\n-1\n").table).toEqual({
      timesMs: null,
      candles: null,
      closes: null,
      returns: [0.005, -0.01],
    });
    expect(readPriceCsv("return\n0.5\n").table.returns).toEqual([0.5]);
  });

  it("error: rows are refused one by one, with what they were", () => {
    const text = `date,open,high,low,close
1987-10-15,305,306,298,298
1987-10-14,305,306,298,298
1987-10-16,298,290,299,295
1987-10-19,282,283,.,225
1987-10-20,225,245,216,300
1987-10-32,225,245,216,230
1987-10-21,0,260,230,258
`;
    expect(reasons(text)).toEqual([
      [3, "its time is not after that of the row before"],
      [4, "high 290 is below low 299"],
      [5, 'low "." is no number'],
      [6, "close 300 is not between low 216 and high 245"],
      [7, 'date "1987-10-32" is no date, written 1987-10-19 or 1987-10-19T16:00:00Z'],
      [8, "open 0 is not above 0"],
    ]);
    expect(readPriceCsv(text).table.closes).toEqual([298]);
  });

  it("error: a header without prices or returns, a file without rows", () => {
    expect(reasons("DATE,VXOCLS\n1986-01-02,18.07\n")[0][1]).toMatch(/^header lacks a column of prices or returns/);
    expect(reasons("date,close\n")).toEqual([[1, "no rows"]]);
    expect(reasons("date,price,close\n1986-01-02,1,2\n")[0][1]).toMatch(
      /^header has 2 columns of prices, price and close/,
    );
    expect(reasons("date,close,close\n1986-01-02,1,2\n")[0][1]).toBe('header names "close" more than once');
    expect(reasons("close\n0x10\n1e2\n")).toEqual([[2, 'close "0x10" is no number']]);
    expect(reasons("")[0][1]).toBe("empty file: no header");
  });
});
