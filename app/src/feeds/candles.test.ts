import { describe, expect, it } from "vitest";
import { importFifteenMinuteCandles, importTenMinuteCandles } from "./candles.js";
import { importGas } from "./gas.js";
import { importReserves } from "./reserves.js";

const bar = (start: string, open: number, high: number, low: number, close: number) =>
  `{"time_period_start":"${start}.0000000Z","price_open":${open}.500000000,"price_high":${high},"price_low":${low},"price_close":${close},"volume_traded":1.25}`;
const gas = (timestamp: string, p30: string, p100: string) =>
  `{"datetime":"2021-05-19 12:00:00","timestamp":"${timestamp}","30.0 Perc":${p30},"60.0 Perc":67302210377,"90.0 Perc":98845445473.2673,"100.0 Perc":${p100}}`;

describe("ten-minute candles", () => {
  it("default", () => {
    const { rows, refused } = importTenMinuteCandles(`[${bar("2021-05-19T00:00:00", 10, 12, 9, 11)}]`);
    expect(refused).toEqual([]);
    expect(rows).toEqual([
      { startMs: Date.UTC(2021, 4, 19), open: "10.5", high: "12", low: "9", close: "11", volume: "1.25" },
    ]);
  });
  it("error: repeated bars, bars off the grid and highs below the close are refused", () => {
    const bars = [
      bar("2021-05-19T00:00:00", 10, 12, 9, 11),
      bar("2021-05-19T00:00:00", 10, 12, 9, 11),
      bar("2021-05-19T00:15:00", 10, 12, 9, 11),
      bar("2021-05-19T00:20:00", 10, 10, 9, 11),
      bar("2021-05-19T00:20:00", 10, 12, 11, 11),
    ];
    const { rows, refused } = importTenMinuteCandles(`[${bars.join(",")}, 5, {"price_open": 1}]`);
    expect(rows).toHaveLength(1);
    expect(refused.map((row) => `${row.rowNumber} ${row.reason}`)).toEqual([
      "6 no object",
      "7 lacks time_period_start, price_high, price_low, price_close, volume_traded",
      "2 start is not after the bar before",
      "3 start is no multiple of 10 min after the bar before",
      "4 high is below open or close",
      "5 low is above open or close",
    ]);
  });
  it("error: no JSON", () => {
    expect(importTenMinuteCandles("[").refused[0].reason).toContain("not readable as JSON");
    expect(importTenMinuteCandles("{}").refused[0].reason).toBe("no list");
  });
});

describe("fifteen-minute candles", () => {
  const header = "open_time_ms,open,high,low,close,volume_base\n";
  it("behavior: the bar with the known bad high is refused whole, with its reason", () => {
    const rows = `1584065700000,95,96,94,95.93,10\n1584066600000,95.93,323.00,95.82,118.40,195155.441\n1584067500000,118,119,117,118,5\n`;
    const imported = importFifteenMinuteCandles(header + rows);
    expect(imported.rows.map((row) => row.high)).toEqual(["96", "119"]);
    expect(imported.refused).toMatchObject([
      { rowNumber: 3, reason: "known bad high: a one-print wick to 323.00 on the perpetual" },
    ]);
  });
  it("error: a price of zero and a negative volume are refused", () => {
    const imported = importFifteenMinuteCandles(
      `${header}1584065700000,0,96,94,95,1\n1584065700000,95,96,94,95,-1\nx,95,96,94,95,1\n`,
    );
    expect(imported.refused.map((row) => row.reason)).toEqual([
      "open is not above 0",
      "volume is negative",
      "start is no time",
    ]);
  });
});

describe("gas", () => {
  it("behavior: the timestamp is the clock, wei become gwei", () => {
    const { rows, refused } = importGas(
      `{"schema":{},"data":[${gas("2021-05-19T13:10:00.000Z", "6.5e10", "1203798405272")}]}`,
    );
    expect(refused.map((row) => row.reason)).toEqual([]);
    expect(rows[0]).toMatchObject({
      startMs: Date.UTC(2021, 4, 19, 13, 10),
      p30Gwei: "65",
      p60Gwei: "67.302210377",
      p90Gwei: "98.845445473",
    });
  });
  it("error: times that do not rise, falling percentiles and negative prices are refused", () => {
    const rows = [
      gas("2021-05-19T00:00:00.000Z", "1", "2e11"),
      gas("2021-05-19T00:00:00.000Z", "1", "2e11"),
      gas("2021-05-19T00:10:00.000Z", "1", "2"),
      gas("2021-05-19T00:10:00.000Z", "-1", "2e11"),
    ];
    const { refused } = importGas(`{"data":[${rows.join(",")}]}`);
    expect(refused.map((row) => row.reason)).toEqual([
      "timestamp is not after the row before",
      "percentiles fall",
      "negative gas price",
    ]);
  });
});

describe("reserves", () => {
  it("behavior: row order is the clock, and a refused entry moves no other", () => {
    const { rows, refused } = importReserves(
      '[{"DAI": 67923883.66277882, "WETH": 23221.34635038082}, {"DAI": 0, "WETH": 1}, {"DAI": 2, "WETH": 1}]',
      1000,
    );
    expect(rows).toEqual([
      { startMs: 1000, baseEth: "23221.3463503", quoteDai: "67923883.662778" },
      { startMs: 1_201_000, baseEth: "1", quoteDai: "2" },
    ]);
    expect(refused).toMatchObject([{ rowNumber: 2, reason: "a reserve is not above 0" }]);
  });
});
