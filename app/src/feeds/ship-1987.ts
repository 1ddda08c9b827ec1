import { readFileSync } from "node:fs";
import { join } from "node:path";
import { insuredShares, replicatedShare } from "@firebreak/engine";
import { readCsvTable } from "./csv-table.js";
import type { BookFile, Cell, LayerFile, LevelFile, OrderBookFile, PositionsFile, SeriesFile } from "./our-format.js";

/** 9:30 in New York (daylight time) on 19 October 1987. */
const opens = "1987-10-19T13:30:00Z";
/** The day from which the rules count, as Hull tells it: they should have sold after the falls of 14 to 16 October. */
const before = "1987-10-13";
const friday = "1987-10-16";

/** Insured on 13 October, in dollars: the middle of the published 60 to 90 billion. */
const insuredUsd = 75e9;
/** Share of it that is hedged with index futures; the rest sells stock. Two thirds is assumed from the published sales of 19 October. */
const inFutures = 2 / 3;
/** Dollars of one account: the engine's arithmetic takes nine billion at most, and a map asks at sixteen times the price. */
const accountUsd = 5e8;
/** Floor as a share of wealth on 13 October, and the multipliers whose required sales are published as a band. */
const floorShare = 0.85;
const multipliers = [3, 4, 5] as const;
/** Replicated puts: Hull's own example, a floor of 95 per cent over a year at a volatility of 18 and a rate of 7 per cent. */
const replicated = { floorShare: 0.95, years: 1, volatility: 0.18, rate: 0.07 } as const;
/** Of what the rules asked after 14 to 16 October so much was sold: 4 of 12 billion dollars (Hull). */
const soldBefore = 1 / 3;
/** All shares, in dollars: 75 billion are 3 per cent of it. */
const marketUsd = 2.5e12;
/** Change of ln price per share of the market sold, at the depth that the book states; see docs/guide/1987.md. */
const impact = 40;
/** Share of depth that the stocks themselves have; the rest is the futures pit's. */
const cashShare = 0.6;
/** Investors without a rule of their own who sell what has fallen so far: dollars, and how far. */
const stopsUsd = 10e9;
const stopMoves = Array.from({ length: 20 }, (_, place) => 3 + place / 2);

/** The half-hour table of 19 October 1987, New York time: the cash index and the December future. */
const halfHours: readonly (readonly [time: string, cash: number, future: number])[] = [
  ["10:00", 273.17, 261.5],
  ["10:30", 265.77, 253],
  ["11:00", 258.38, 263],
  ["11:30", 263.85, 265.5],
  ["12:00", 265.28, 257],
  ["13:00", 257.17, 254],
  ["13:30", 255.7, 235],
  ["14:00", 247, 227],
  ["14:30", 245, 233],
  ["15:00", 243.93, 226],
  ["15:30", 235.78, 226],
  ["16:00", 225.41, 219],
];

const reports =
  "half-hour table of the cash index and the December future as second-hand texts quote the reports of the Presidential Task Force (Brady, 1988), the SEC and the Boston Fed";
const daily = "fja05680/stock_market_calendar, commit 7041e86b (MIT): S&P 500, daily, from Yahoo";

interface Day {
  readonly date: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** October 1987 of the daily file. Throws where a row is not readable. */
function october(sharedDataFolder: string): readonly Day[] {
  const text = readFileSync(join(sharedDataFolder, "us-equity-1987/sp500_daily_1986_1988.csv"), "utf8");
  const { rows, refused } = readCsvTable(text, ["Date", "Open", "High", "Low", "Close"]);
  if (refused[0] !== undefined) throw new Error(`daily prices: ${refused[0].reason}`);
  // Yahoo's figures are single-precision renderings of prices in cents.
  const cents = (cell: string) => Math.round(Number(cell) * 100) / 100;
  return rows
    .filter(({ cells }) => cells.Date.startsWith("1987-10-"))
    .map(({ cells }) => ({
      date: cells.Date,
      open: cents(cells.Open),
      high: cents(cells.High),
      low: cents(cells.Low),
      close: cents(cells.Close),
    }));
}

function closeOf(days: readonly Day[], date: string): number {
  const day = days.find((one) => one.date === date);
  if (day === undefined) throw new Error(`no price of ${date}`);
  return day.close;
}

/** Rounds to whole index units' hundredths and cents, as the book counts. */
const hundredths = (value: number) => Math.round(value * 100) / 100;

/** Accounts of constant-proportion insurers as Monday finds them: a third of what the rule asked for is done, two thirds stand. */
function insurers(sumUsd: number, multiplier: number, from: number, now: number): readonly (readonly Cell[])[] {
  const count = Math.round(sumUsd / accountUsd);
  const rows: Cell[][] = [];
  for (let place = 0; place < count; place++) {
    const wealth = sumUsd / count;
    const exposure = Math.min(1, multiplier * (1 - floorShare)) * wealth;
    const fallen = exposure * (now / from);
    const left = wealth - exposure + fallen;
    const wanted = multiplier * Math.max(0, left - floorShare * wealth);
    const sold = soldBefore * Math.max(0, fallen - wanted);
    const risky = hundredths((fallen - sold) / now);
    const cash = hundredths(wealth - exposure + sold);
    rows.push([`fund-${String(place + 1).padStart(3, "0")}`, risky, cash, hundredths(floorShare * wealth)]);
  }
  return rows;
}

/** Accounts that replicate puts as Monday finds them, likewise. */
function replicators(sumUsd: number, from: number, now: number): readonly (readonly Cell[])[] {
  const { floorShare: floor, years, volatility, rate } = replicated;
  const { shares, strike } = insuredShares(replicated);
  const held = (price: number) => shares * replicatedShare(price / from, strike, years, volatility, rate);
  const count = Math.round(sumUsd / accountUsd);
  const wealth = sumUsd / count;
  const before = held(from);
  const sold = soldBefore * (before - held(now));
  const risky = hundredths(((before - sold) * wealth) / from);
  // Sold on the way, at the middle of the two prices.
  const cash = hundredths(wealth * (1 - before + (sold * (1 + now / from)) / 2));
  return Array.from({ length: count }, (_, place) => [
    `fund-${String(place + 1).padStart(3, "0")}`,
    risky,
    cash,
    hundredths(floor * wealth),
  ]);
}

function table(rows: readonly (readonly Cell[])[]): PositionsFile {
  return { layer: "insurers", columns: ["account", "risky SPX", "cash USD", "floor USD"], rows };
}

/** An order book whose ln price falls by `impact` per share of the market, to half the price and to twice it. */
function linearBook(instrument: string, share: number, priceUsd: number): OrderBookFile {
  const perLog = ((marketUsd / priceUsd) * share) / impact;
  const level = (move: number): LevelFile => [
    `${move}%`,
    `${hundredths(perLog * Math.abs(Math.log(1 + move / 100)))} SPX`,
  ];
  return {
    kind: "order-book",
    instrument,
    layer: "depth",
    bids: [-1, -5, -10, -20, -30, -40, -50, -60, -70].map(level),
    asks: [1, 5, 10, 20, 40, 60, 100].map(level),
    refill: "0 /h",
  };
}

/** The American market at the opening of 19 October 1987: real prices, published sums, assumed depth. */
export function crashBook(sharedDataFolder: string): BookFile {
  const days = october(sharedDataFolder);
  const from = closeOf(days, before);
  const now = closeOf(days, friday);
  const layers: Record<string, LayerFile> = {
    prices: {
      source: daily,
      asOf: "1987-10-16T20:00:00Z",
      coverage: "the close of the S&P 500 on Friday, 16 October 1987",
      coverageShare: 1,
      basis: "measured",
    },
    insurers: {
      source: `Hull, Options, futures and other derivatives, and the reports of 1988 as quoted: 60 to 90 billion dollars insured, here ${insuredUsd / 1e9}; rules asked for 12 billion after 14 to 16 October, 4 were sold`,
      asOf: "1987-10-16T20:00:00Z",
      coverage: `alike in floor (${100 * floorShare} % of 13 October) and multiplier, which nobody published`,
      coverageShare: null,
      basis: "assumed",
    },
    others: {
      source:
        "assumption: investors without a rule who sell what has fallen far enough (Shiller's survey of 1987 found many)",
      asOf: "1987-10-16T20:00:00Z",
      coverage: `${stopsUsd / 1e9} billion dollars, in equal parts at falls of ${stopMoves[0]} to ${stopMoves.at(-1)} %, every half`,
      coverageShare: null,
      basis: "assumed",
    },
    depth: {
      source: `Gennotte and Leland (1990) with our parameters: selling one per cent of the market moves the logarithm of the price by ${impact / 100}`,
      asOf: "1987-10-16T20:00:00Z",
      coverage:
        "nobody measured the depth of that day; it is chosen with the outcome known, and the scenario's parameter sets vary it",
      coverageShare: null,
      basis: "assumed",
    },
  };
  const positions: Record<string, PositionsFile> = {};
  for (const multiplier of multipliers) {
    positions[`futures-m${multiplier}`] = table(insurers(insuredUsd * inFutures, multiplier, from, now));
    positions[`stock-m${multiplier}`] = table(insurers(insuredUsd * (1 - inFutures), multiplier, from, now));
  }
  positions["futures-puts"] = table(replicators(insuredUsd * inFutures, from, now));
  positions["stock-puts"] = table(replicators(insuredUsd * (1 - inFutures), from, now));
  positions.others = {
    layer: "others",
    columns: ["account", "risky SPX", "cash USD", "stop USD"],
    rows: stopMoves.map((move) => [
      `fall-${move.toFixed(1).padStart(4, "0")}`,
      hundredths(stopsUsd / stopMoves.length / now),
      0,
      hundredths(now * (1 - move / 100)),
    ]),
  };
  return {
    version: 1,
    kind: "book",
    name: "us-equity-1987-10-19",
    at: opens,
    assets: { SPX: { unitDecimals: 2, price: `${now} USD` }, USD: { unitDecimals: 2, price: "1 USD" } },
    instruments: {
      "SPX/USD": { asset: "SPX", quote: "USD", market: "spot", chain: "new-york" },
      "SPX/USD-DEC": { asset: "SPX", quote: "USD", market: "perpetual", chain: "chicago" },
    },
    layers,
    positions,
    venues: {
      stocks: linearBook("SPX/USD", cashShare, now),
      pit: linearBook("SPX/USD-DEC", 1 - cashShare, now),
    },
  };
}

/** What is recorded of the day: the daily candles of October 1987, the half-hour table of cash and future. */
export function crashSeries(sharedDataFolder: string): SeriesFile {
  const time = (clock: string) => {
    const [hours, minutes] = clock.split(":").map(Number);
    return `1987-10-19T${String(hours + 4).padStart(2, "0")}:${String(minutes).padStart(2, "0")}:00Z`;
  };
  const layer = (source: string, coverage: string): LayerFile => ({
    source,
    asOf: "1987-10-19T20:00:00Z",
    coverage,
    coverageShare: null,
    basis: "measured",
  });
  return {
    version: 1,
    kind: "series",
    name: "us-equity-1987-10-19",
    layers: {
      daily: layer(daily, "every trading day of October 1987"),
      "half-hours": layer(reports, "twelve moments of the day; the last is 4 pm, not the close of 224.84"),
    },
    tables: {
      candles: {
        layer: "daily",
        asset: "SPX",
        interval: "1 day",
        columns: ["start", "open USD", "high USD", "low USD", "close USD"],
        rows: october(sharedDataFolder).map(({ date, open, high, low, close }) => [
          `${date}T00:00:00Z`,
          open,
          high,
          low,
          close,
        ]),
      },
      cash: {
        table: "prices",
        layer: "half-hours",
        asset: "SPX",
        columns: ["time", "price USD"],
        rows: halfHours.map(([clock, cash]) => [time(clock), cash]),
      },
      future: {
        table: "prices",
        layer: "half-hours",
        asset: "SPX",
        columns: ["time", "price USD"],
        rows: halfHours.map(([clock, , future]) => [time(clock), future]),
      },
    },
  };
}
