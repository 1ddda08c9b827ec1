import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { measureAccruedFees } from "./accruedFees.js";
import { booksReadme, type MeasuredFeed } from "./booksReadme.js";
import { importTenMinuteCandles } from "./candles.js";
import { type ImportedCrvusd, importCrvusd } from "./crvusd.js";
import { importGas } from "./gas.js";
import { importHourlyPrices, priceNearest } from "./hourlyPrices.js";
import { medianDepth } from "./l2Depth.js";
import { measureRefill } from "./l2Refill.js";
import { replayL2 } from "./l2Replay.js";
import { importMakerEvents, type MakerEvent } from "./makerEvents.js";
import { importMakerParameters, makerTermsAt, type ParameterChange } from "./makerParameters.js";
import { replayVaults } from "./makerReplay.js";
import { protocolTotals } from "./makerTotals.js";
import { importMakerVaults, type MakerVault } from "./makerVaults.js";
import { formatFile } from "./ourFormat.js";
import { importQuotes, tokens } from "./quotes.js";
import type { Imported } from "./refusedRow.js";
import { importReserves } from "./reserves.js";
import { crvusdBook } from "./shipCrvusd.js";
import { perpetualBook, widerMarketDepth } from "./shipDepth.js";
import { hourlyPriceLayer, type MakerDay, makerBook, makerSeries, openPriceLayer } from "./shipMaker.js";

const makerDays = ["2021-04-22", "2021-05-19", "2021-09-20", "2022-01-21"];
const dayMs = 86_400_000;

/**
 * Writes every shipped book and series and their README into `outFolder` from the raw sets in `sharedDataFolder`, and returns the file names.
 * Throws where a row of a raw set is refused: shipped figures rest on files that are understood whole.
 */
export function shipBooks(sharedDataFolder: string, outFolder: string): readonly string[] {
  mkdirSync(outFolder, { recursive: true });
  const raw = (path: string) => readFileSync(join(sharedDataFolder, path), "utf8");
  const written: string[] = [];
  const write = (name: string, text: string) => {
    writeFileSync(join(outFolder, name), text);
    written.push(name);
  };
  const feed = readFeed(join(sharedDataFolder, "l2-binance-ethusdt-perp-2024-08-08/usdm_ethusdt_20240808.gz"));
  const quotes = whole("quotes", importQuotes(raw("dex-slippage-quotes/quotes.csv")));
  const depthOf = (token: keyof typeof tokens, asset: string) => widerMarketDepth(quotes, token, asset, feed.refill);
  const days = makerDays.map((day) => readMakerDay(day, raw));
  for (const day of days) {
    write(`maker-eth-b-${day.day}.json`, formatFile(makerBook(day, depthOf("weth", "ETH"))));
    write(`maker-eth-b-${day.day}.series.json`, formatFile(makerSeries(day)));
  }
  write(
    "binance-ethusdt-perp-2024-08-08.json",
    formatFile(perpetualBook(feed.depth, feed.refill, feed.matchWords, feed.atMs)),
  );
  const depths = {
    WETH: depthOf("weth", "WETH"),
    wstETH: depthOf("wsteth", "wstETH"),
    sfrxETH: depthOf("sfrxeth", "sfrxETH"),
    WBTC: depthOf("wbtc", "WBTC"),
  };
  write("crvusd-2024-01-30.json", formatFile(crvusdBook(readMarkets(sharedDataFolder), depths)));
  write("README.md", booksReadme(days, feed));
  return written;
}

function readMarkets(sharedDataFolder: string): readonly ImportedCrvusd[] {
  const folder = join(sharedDataFolder, "crvusd-positions");
  const names = readdirSync(folder).filter((name) => name.startsWith("pool_metadata_"));
  return names.sort().map((name) => {
    const imported = importCrvusd(readFileSync(join(folder, name), "utf8"));
    whole(name, imported);
    return imported;
  });
}

function readFeed(path: string): MeasuredFeed {
  const lines = gunzipSync(readFileSync(path)).toString("utf8").split("\n");
  let atMs = 0;
  const replay = replayL2(lines, {
    beforeUpdate(book) {
      if (atMs === 0) atMs = book.timeMs;
    },
  });
  if (replay.refused.length > 0)
    throw new Error(`feed: ${replay.refused.length} lines refused, the first: ${replay.refused[0].reason}`);
  const refill = measureRefill(() => lines);
  if (refill === null) throw new Error("feed: no episode to measure the refill on");
  const matchWords = `book rebuilt from ${replay.appliedCount} updates with ${replay.gaps.length} gaps; best bid and ask equal the feed's own best quote, prices and sizes, in ${replay.sameSizeCount} of ${replay.comparedCount} states`;
  return { replay, refill, depth: medianDepth(lines), matchWords, atMs };
}

function whole<Row>(name: string, imported: Imported<Row>): readonly Row[] {
  const first = imported.refused[0];
  if (first !== undefined)
    throw new Error(
      `${name}: ${imported.refused.length} rows refused, the first (${first.rowNumber}): ${first.reason}`,
    );
  return imported.rows;
}

function readMakerDay(day: string, raw: (path: string) => string): MakerDay {
  const atMs = Date.parse(`${day}T00:00:00Z`);
  const maker = (name: string) => raw(`maker-ethb-vaults/${name}.csv`);
  const vaults = whole(`vaults of ${day}`, importMakerVaults(maker(`positions_${day}`)));
  const events = whole(
    `events of ${day}`,
    importMakerEvents(
      {
        creations: maker("events_creations"),
        deposits: maker("events_deposits"),
        repayments: maker("events_repayments"),
        borrows: maker("events_borrows"),
        withdrawals: maker("events_withdrawals"),
        liquidations: maker("events_liquidations"),
      },
      atMs,
      atMs + 5 * dayMs,
    ),
  );
  const changes = whole("parameters", importMakerParameters(maker("parameter_changes")));
  const prices = whole("hourly prices", importHourlyPrices(maker("eth_usd_hourly")));
  const intraday = day === "2021-05-19" ? readIntraday(day, atMs, raw) : null;
  const nearest = priceNearest(prices, atMs);
  if (nearest === undefined) throw new Error(`no hourly price near ${day}`);
  return {
    day,
    atMs,
    vaults: [...vaults].sort((a, b) => Number(a.account) - Number(b.account)),
    events,
    terms: makerTermsAt(changes, atMs),
    hourly: prices.filter((point) => point.timeMs >= atMs - 7_200_000 && point.timeMs < atMs + 5 * dayMs),
    priceUsd: intraday?.candles[0].open ?? nearest.priceUsd,
    priceSource: intraday === null ? hourlyPriceLayer(nearest) : openPriceLayer(intraday.candles[0]),
    fees: measureAccruedFees(vaults, events),
    total: nearestTotal(changes, vaults, events, atMs),
    intraday,
  };
}

/** The protocol's own total nearest to the book: the first one of the window, else the last one of the day before. */
function nearestTotal(
  changes: readonly ParameterChange[],
  vaults: readonly MakerVault[],
  events: readonly MakerEvent[],
  atMs: number,
): MakerDay["total"] {
  const within = protocolTotals(changes, atMs, atMs + 5 * dayMs)[0];
  const total = within ?? protocolTotals(changes, atMs - dayMs, atMs).at(-1);
  if (total === undefined) return null;
  const states = replayVaults(vaults, events, within === undefined ? 0 : total.block);
  const bookDai = [...states.values()].reduce((sum, state) => sum + Math.max(0, state.debtDai), 0);
  return { ...total, bookDai };
}

function readIntraday(day: string, atMs: number, raw: (path: string) => string): NonNullable<MakerDay["intraday"]> {
  const [year, month, date] = day.split("-");
  const file = (folder: string) => raw(`eth-10m-gas-liquidity/${folder}/${month}-${date}-${year}.json`);
  return {
    candles: whole("candles", importTenMinuteCandles(file("eth"))),
    gas: whole("gas", importGas(file("gas"))),
    reserves: whole("reserves", importReserves(file("eth_dai_liquidity"), atMs)),
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , from, to] = process.argv;
  if (from === undefined || to === undefined) {
    process.stderr.write("usage: npx tsx app/src/feeds/ship.ts RAW_FOLDER OUT_FOLDER\n");
    process.exitCode = 2;
  } else {
    for (const name of shipBooks(from, to)) process.stdout.write(`${name}\n`);
  }
}
