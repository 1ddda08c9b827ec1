import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { importTenMinuteCandles } from "./candles.js";
import { importGas } from "./gas.js";
import { importHourlyPrices, priceNearest } from "./hourlyPrices.js";
import { importMakerEvents } from "./makerEvents.js";
import { importMakerParameters, makerTermsAt } from "./makerParameters.js";
import { importMakerVaults } from "./makerVaults.js";
import { type BookFile, formatFile, type SeriesFile } from "./ourFormat.js";
import { importQuotes } from "./quotes.js";
import type { Imported } from "./refusedRow.js";
import { importReserves } from "./reserves.js";
import { widerMarketDepth } from "./shipDepth.js";
import { hourlyPriceLayer, type MakerDay, makerBook, makerSeries, openPriceLayer } from "./shipMaker.js";

const makerDays = ["2021-04-22", "2021-05-19", "2021-09-20", "2022-01-21"];
const dayMs = 86_400_000;

/**
 * Writes every shipped book and series into `outFolder` from the raw sets in `sharedDataFolder`, and returns the file names.
 * Throws where a row of a raw set is refused: shipped figures rest on files that are understood whole.
 */
export function shipBooks(sharedDataFolder: string, outFolder: string): readonly string[] {
  mkdirSync(outFolder, { recursive: true });
  const raw = (path: string) => readFileSync(join(sharedDataFolder, path), "utf8");
  const written: string[] = [];
  const write = (name: string, file: BookFile | SeriesFile) => {
    writeFileSync(join(outFolder, name), formatFile(file));
    written.push(name);
  };
  const depth = widerMarketDepth(whole("quotes", importQuotes(raw("dex-slippage-quotes/quotes.csv"))), {
    perHour: 0,
    words: "Refill: none stated.",
  });
  for (const day of makerDays) {
    const known = readMakerDay(day, raw);
    write(`maker-eth-b-${day}.json`, makerBook(known, depth));
    write(`maker-eth-b-${day}.series.json`, makerSeries(known));
  }
  return written;
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
    feeWords: "not estimated",
    totalWords: "",
    intraday,
  };
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
